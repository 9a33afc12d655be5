// Marks that wait until the server has answered, in acts, oldest first.

/**
 * A cell as the server knows it.
 *
 * @typedef {{ item: string, role: string }} Place
 *
 * A mark to set, with the one that it replaces.
 *
 * @typedef {Place & { before: string, after: string }} Operation
 *
 * What one key or one paste did.
 *
 * @typedef {{ kind: "edit" | "paste", reason: string, operations: Operation[] }} Act
 *
 * What became of an operation. With a conflict come the cell's mark now, and whose and of when it
 * is.
 *
 * @typedef {object} Result
 * @property {"saved" | "conflict" | "gone" | "refused"} outcome
 * @property {string} [now]
 * @property {string} [by]
 * @property {string} [at]
 *
 * An operation that was not saved, with the person's last wish for the cell.
 *
 * @typedef {Operation & Result & { message?: string }} StoppedOperation
 */

export class EditQueue {
  /** @param {Act[]} [acts] */
  constructor(acts = []) {
    this.acts = acts;
  }

  get isEmpty() {
    return this.acts.length === 0;
  }

  /** How many cells wait. */
  get size() {
    return this.operations().length;
  }

  operations() {
    return this.acts.flatMap((act) => act.operations);
  }

  /** @param {Act} act */
  add(act) {
    this.acts.push(act);
  }

  /**
   * Whether a change of this cell has not been answered yet.
   *
   * @param {string} item
   * @param {string} role
   */
  isPending(item, role) {
    return this.acts.some((act) =>
      act.operations.some((one) => one.item === item && one.role === role),
    );
  }

  /**
   * Takes the oldest act out, and gives what was not saved of it. Such a cell is asked about once:
   * what was set there later waits no longer, and the last of it is what the person wants.
   *
   * @param {readonly Result[]} results one for each operation
   * @returns {{ saved: Operation[], stopped: StoppedOperation[] }}
   */
  settle(results) {
    const operations = this.acts.shift()?.operations ?? [];
    /** @type {Operation[]} */
    const saved = [];
    /** @type {StoppedOperation[]} */
    const stopped = [];
    operations.forEach((operation, index) => {
      const result = results[index];
      if (result.outcome === "saved") saved.push(operation);
      else stopped.push({ ...operation, after: this.withdraw(operation), ...result });
    });
    return { saved, stopped };
  }

  /**
   * Takes the oldest act out as refused.
   *
   * @param {string} message
   * @returns {StoppedOperation[]}
   */
  refuse(message) {
    const operations = this.acts.shift()?.operations ?? [];
    return operations.map((operation) => ({ ...operation, outcome: "refused", message }));
  }

  /**
   * Removes what waits for a cell; gives its last mark.
   *
   * @param {Operation} operation
   */
  withdraw({ item, role, after }) {
    let last = after;
    for (const act of this.acts) {
      act.operations = act.operations.filter((later) => {
        const same = later.item === item && later.role === role;
        if (same) last = later.after;
        return !same;
      });
    }
    this.acts = this.acts.filter((act) => act.operations.length);
    return last;
  }
}
