// Marks are on the screen at once and travel one act at a time. What could not be sent is kept in
// this tab, also over a reload, and tried again until the server has answered.
import { rowById } from "../table.js";
import { afterPaint, messageOf } from "./dialog.js";
import { EditQueue } from "./edit_queue.js";
import { OfflineError } from "./server.js";

/**
 * @import { Cells, Change } from "./cells.js"
 * @import { Act, Place, StoppedOperation } from "./edit_queue.js"
 * @import { CellsAnswer, Server } from "./server.js"
 */

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

export class Saving {
  queue = new EditQueue();
  wait = FIRST_WAIT;
  /** Why the server was not reached. */
  trouble = "";
  /** @type {Promise<void> | undefined} */
  sending;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {{
   *   cells: Cells,
   *   server: Server,
   *   state: HTMLElement,
   *   reason: () => string,
   *   revision: () => number,
   *   onStopped: (operations: StoppedOperation[]) => void,
   *   onSaved: (revision: number) => void,
   * }} parts
   */
  constructor({ cells, server, state, reason, revision, onStopped, onSaved }) {
    this.cells = cells;
    this.server = server;
    this.state = state;
    this.reason = reason;
    this.revision = revision;
    this.onStopped = onStopped;
    this.onSaved = onSaved;
    this.key = `raci:${server.base}:${server.user}`;
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => {
      if (!this.queue.isEmpty) event.preventDefault();
    });
    addEventListener("pagehide", () => this.keep());
    this.show();
  }

  /** Sends what an earlier page could not. */
  resume() {
    /** @type {Act[]} */
    const kept = JSON.parse(sessionStorage.getItem(this.key) || "[]");
    for (const act of kept) {
      for (const operation of act.operations) {
        const { row, column } = this.find(operation);
        if (row && this.cells.mark(row, column) === operation.before) {
          this.draw(row, column, operation.after);
        }
      }
      this.queue.add(act);
    }
    if (kept.length) this.send();
    this.show();
  }

  /** What waits is on the screen again after the table was read anew. */
  redraw() {
    for (const operation of this.queue.operations()) {
      const { row, column } = this.find(operation);
      if (row) this.draw(row, column, operation.after);
    }
  }

  /**
   * One act. Gives how many cells differ from what is there.
   *
   * @param {Change[]} changes
   * @param {Act["kind"]} [kind]
   */
  act(changes, kind = "edit") {
    const operations = [];
    for (const { row, column, after } of changes) {
      const before = this.cells.mark(row, column);
      if (before === after) continue;
      operations.push({ item: row.id, role: this.cells.role(column), before, after });
      this.draw(row, column, after);
    }
    if (operations.length) {
      this.queue.add({ kind, reason: this.reason(), operations });
      this.show();
      afterPaint(() => {
        this.keep();
        this.send();
      });
    }
    return operations.length;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   * @param {string} symbol
   */
  draw(row, column, symbol) {
    this.cells.set(row, column, symbol);
    row.cells[column].classList.add("w");
  }

  /**
   * Where a cell is on the screen; the row is null when it is not there.
   *
   * @param {Place} place
   */
  find({ item, role }) {
    const column = this.cells.columnOf(role);
    return { row: column > 0 ? rowById(item) : null, column };
  }

  /** Whether all that was typed is with the server. */
  get isDone() {
    return this.queue.isEmpty;
  }

  /**
   * Whether a change of this cell has not been answered yet.
   *
   * @param {string} item
   * @param {string} role
   */
  isPending(item, role) {
    return this.queue.isPending(item, role);
  }

  /** Sends what waits. Gives whether it is with the server; false when that cannot be reached. */
  async flush() {
    await this.send();
    return this.isDone;
  }

  async send() {
    this.sending ??= this.drain().finally(() => {
      this.sending = undefined;
    });
    await this.sending;
  }

  async drain() {
    clearTimeout(this.timer);
    while (!this.queue.isEmpty) {
      try {
        const [act] = this.queue.acts;
        this.finish(await this.server.saveCells(act, this.revision()));
      } catch (error) {
        if (error instanceof OfflineError) {
          this.later(error.message);
          return;
        }
        this.stop(this.queue.refuse(messageOf(error)));
      }
      this.wait = FIRST_WAIT;
      this.trouble = "";
      this.show();
    }
  }

  /** @param {CellsAnswer} answer */
  finish({ changed, revision, results }) {
    const { saved, stopped } = this.queue.settle(results);
    if (changed) this.onSaved(revision);
    for (const { item, role } of saved) {
      const { row, column } = this.find({ item, role });
      if (!this.isPending(item, role)) row?.cells[column]?.classList.remove("w");
    }
    this.stop(stopped);
  }

  /** @param {StoppedOperation[]} operations */
  stop(operations) {
    this.keep();
    if (operations.length) this.onStopped(operations);
  }

  /** @param {string} trouble */
  later(trouble) {
    this.trouble = trouble;
    this.show();
    this.timer = setTimeout(() => this.retry(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  retry() {
    if (!this.queue.isEmpty) this.send();
  }

  /** What is too large for the browser's storage is sent all the same, and leaving warns. */
  keep() {
    sessionStorage.removeItem(this.key);
    if (this.queue.isEmpty) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.queue.acts));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
    }
  }

  show() {
    const { kind, text } = this.status();
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.kind = kind;
  }

  status() {
    const count = this.queue.size;
    if (!count) return { kind: "good", text: "保存済み" };
    if (this.trouble) return { kind: "bad", text: `未保存 ${count}件：${this.trouble}` };
    return { kind: "busy", text: `保存中 ${count}件` };
  }
}
