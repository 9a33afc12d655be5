// Marks are on the screen at once and travel one act at a time. What could not be sent is kept in
// this tab, also over a reload, and tried again until the server has answered.
import { afterPaint } from "./dialog.js";
import { Offline } from "./server.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

export class Saving {
  constructor({ cells, server, dataset, state, reason, base, onStopped, onSaved }) {
    Object.assign(this, { cells, server, state, reason, base, onStopped, onSaved });
    this.key = `raci:${dataset.base}:${dataset.user}`;
    this.queue = [];
    this.wait = FIRST_WAIT;
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => {
      if (this.queue.length) event.preventDefault();
    });
    addEventListener("pagehide", () => this.keep());
    this.show();
  }

  // Sends what an earlier page could not.
  resume() {
    const kept = JSON.parse(sessionStorage.getItem(this.key) || "[]");
    for (const act of kept) {
      for (const { item, role, before, after } of act.operations) {
        const row = document.getElementById(item);
        const column = this.cells.columnOf(role);
        if (row && column > 0 && this.cells.mark(row, column) === before) this.draw(row, column, after);
      }
      this.queue.push(act);
    }
    if (kept.length) this.send();
    this.show();
  }

  // What waits is on the screen again after the table was read anew.
  redraw() {
    for (const { item, role, after } of this.queue.flatMap((act) => act.operations)) {
      const row = document.getElementById(item);
      const column = this.cells.columnOf(role);
      if (row && column > 0) this.draw(row, column, after);
    }
  }

  // One act: changes are { row, column, after }. Returns how many differ from what is there.
  act(changes, kind = "edit") {
    const operations = [];
    for (const { row, column, after } of changes) {
      const before = this.cells.mark(row, column);
      if (before === after) continue;
      operations.push({ item: row.id, role: this.cells.role(column), before, after });
      this.draw(row, column, after);
    }
    if (operations.length) {
      this.queue.push({ kind, reason: this.reason(), operations });
      this.show();
      afterPaint(() => {
        this.keep();
        this.send();
      });
    }
    return operations.length;
  }

  draw(row, column, symbol) {
    this.cells.set(row, column, symbol);
    row.cells[column].classList.add("w");
  }

  // Whether a change of this cell has not been answered yet.
  isPending(item, role) {
    return this.queue.some((act) => act.operations.some((o) => o.item === item && o.role === role));
  }

  async send() {
    if (this.sending) return this.sending;
    this.sending = this.drain();
    try {
      await this.sending;
    } finally {
      this.sending = undefined;
    }
  }

  async drain() {
    clearTimeout(this.timer);
    while (this.queue.length) {
      const act = this.queue[0];
      try {
        const answer = await this.server.post("cells/", { ...act, base: this.base() });
        this.finish(act, answer);
      } catch (error) {
        if (error instanceof Offline) return this.later(error);
        this.refuse(act, error);
      }
      this.wait = FIRST_WAIT;
      this.trouble = "";
      this.show();
    }
  }

  // All that was typed is with the server, or false when it cannot be reached.
  async flush() {
    await this.send();
    return this.queue.length === 0;
  }

  finish(act, answer) {
    this.queue.shift();
    this.keep();
    if (answer.changed) this.onSaved(answer.revision);
    const stopped = [];
    act.operations.forEach((operation, index) => {
      const result = answer.results[index];
      if (result.outcome === "saved") this.settle(operation);
      else stopped.push({ ...operation, after: this.takeLater(operation), ...result, kind: act.kind });
    });
    if (stopped.length) this.onStopped(stopped);
  }

  // A stopped cell is asked about once: what was set there later waits no longer, and the last of
  // it is what the person wants.
  takeLater({ item, role, after }) {
    let last = after;
    for (const act of this.queue) {
      act.operations = act.operations.filter((later) => {
        const same = later.item === item && later.role === role;
        if (same) last = later.after;
        return !same;
      });
    }
    this.queue = this.queue.filter((act) => act.operations.length);
    this.keep();
    return last;
  }

  settle({ item, role }) {
    const row = document.getElementById(item);
    const column = this.cells.columnOf(role);
    if (row && column > 0 && !this.isPending(item, role)) row.cells[column]?.classList.remove("w");
  }

  refuse(act, error) {
    this.queue.shift();
    this.keep();
    const stopped = act.operations.map((o) => ({ ...o, outcome: "refused", words: error.message }));
    this.onStopped(stopped);
  }

  later(error) {
    this.trouble = error.message;
    this.show();
    this.timer = setTimeout(() => this.retry(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  retry() {
    if (this.queue.length) this.send();
  }

  // What is too large for the browser's storage is sent all the same, and leaving warns.
  keep() {
    sessionStorage.removeItem(this.key);
    if (!this.queue.length) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.queue));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
    }
  }

  show() {
    const count = this.queue.reduce((sum, act) => sum + act.operations.length, 0);
    const [kind, text] = this.trouble && count
      ? ["bad", `未保存 ${count}件：${this.trouble}`]
      : count ? ["busy", `保存中 ${count}件`] : ["good", "保存済み"];
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.kind = kind;
  }
}
