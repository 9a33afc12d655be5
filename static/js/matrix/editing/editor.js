// The editable matrix: keys, clicks and buttons → acts on marks and rows.
import { Choice } from "./choice.js";
import { Clipboard } from "./clipboard.js";
import { afterPaint, ask, make } from "./dialog.js";
import { Outline } from "./outline.js";
import { Saving } from "./saving.js";
import { Selection } from "./selection.js";
import { Server } from "./server.js";
import { Stopped } from "./stopped.js";

export class Editor {
  constructor(page) {
    Object.assign(this, page);
    this.say = (text) => this.tell(text);
    this.guarded = (action) => this.hasReason() && action();
    this.server = new Server(this.dataset);
    this.stopped = new Stopped(this);
    this.saving = new Saving({
      cells: this.cells,
      server: this.server,
      dataset: this.dataset,
      state: document.getElementById("saved"),
      reason: () => this.reason(),
      base: () => this.live?.revision ?? 0,
      onStopped: (operations) => this.stopped.take(operations),
      onSaved: (revision) => this.live.own.add(revision),
    });
    this.stopped.save = (changes) => this.saving.act(changes);
    this.selection = new Selection(this.table, this.folding, this.cursor);
    this.clipboard = new Clipboard(this);
    this.choice = new Choice({ ...this, onChosen: (cell, symbol) => this.put([{ row: cell.parentNode, column: cell.cellIndex, after: symbol }]) });
    this.outline = new Outline(this);
    this.table.addEventListener("keydown", (event) => this.onKey(event), true);
    this.table.addEventListener("pointerdown", (event) => this.onPointer(event));
    this.table.addEventListener("click", (event) => this.onClick(event), true);
    document.getElementById("editing").addEventListener("click", (event) => this.onButton(event));
    this.cursor.watch(() => afterPaint(() => this.bar()));
    this.bar();
    this.saving.resume();
  }

  reason() {
    return document.getElementById("reason").value.trim();
  }

  // A project may require a reason; then nothing is changed without one.
  hasReason() {
    const field = document.getElementById("reason");
    if (!field.required || this.reason()) return true;
    this.say("この案件では変更理由の入力が必要です。");
    field.focus();
    return false;
  }

  onKey(event) {
    const cell = event.target.closest("tbody td, tbody th");
    if (!cell || event.target !== cell || event.isComposing || event.keyCode === 229 || event.metaKey) return;
    const action = event.ctrlKey ? this.withControl(event) : event.altKey ? this.withAlt(event) : this.plain(event, cell);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  withControl(event) {
    const key = event.key.toLowerCase();
    if (event.altKey) return null;
    if (key === "a") return () => this.selection.all();
    if (key === "d") return () => this.fill(1, 0);
    if (key === "r") return () => this.fill(0, 1);
    if (key === "z") return () => this.undo(event.shiftKey ? "redo" : "undo");
    if (key === "y") return () => this.undo("redo");
    if (key === "enter") return () => this.guarded(() => this.outline.insert(event.shiftKey ? "above" : "below"));
    return null;
  }

  withAlt(event) {
    if (event.key === "Enter") return () => this.guarded(() => this.outline.insert("child"));
    return event.key.startsWith("Arrow") ? () => this.guarded(() => this.outline.step(event.key)) : null;
  }

  plain(event, cell) {
    const column = cell.cellIndex;
    if (!this.cells.isMark(column)) return this.onText(event, cell, column);
    const marks = this.marks;
    if (event.key === "Delete" || event.key === "Backspace") return () => this.guarded(() => this.clipboard.clear());
    if (event.key === " ") return () => this.set(marks.next(this.cells.mark(cell.parentNode, column)));
    if (event.key === "Enter" || event.key === "F2") return () => this.openChoice(cell);
    if (event.key.length !== 1) return null;
    const symbol = /^[1-9]$/.test(event.key) ? marks.nth(Number(event.key)) : marks.read(event.key);
    return symbol ? () => this.set(symbol) : null;
  }

  onText(event, cell, column) {
    const isName = column === 0;
    if (event.key === "F2" || (event.key === "Enter" && !isName)) return () => this.guarded(() => this.outline.edit(cell));
    if (event.key === "Delete" && isName) return () => this.guarded(() => this.outline.remove());
    return null;
  }

  // One mark for the whole range.
  set(symbol) {
    const { rows, from, to } = this.selection.range();
    const changes = [];
    for (const row of rows) {
      for (let column = from; column <= to; column += 1) if (this.cells.isMark(column)) changes.push({ row, column, after: symbol });
    }
    this.put(changes);
  }

  put(changes) {
    if (!this.hasReason()) return;
    const allowed = changes.filter(({ row, after }) => !after || !row.cells[0].hasAttribute("aria-expanded"));
    const count = this.saving.act(allowed);
    const at = this.cursor.cell;
    afterPaint(() => this.told(allowed, count, changes.length - allowed.length, at));
  }

  // What a key did; the bar is left alone when the cursor has moved on.
  told(allowed, count, refused, at) {
    const say = this.cursor.cell === at ? this.say : (text) => this.folding.say(text);
    if (refused) say("見出しには記号を付けられません。");
    else if (count === 1) say(this.cells.describe(allowed[0].row, allowed[0].column));
    else if (count) say(`${count}件のセルを${this.marks.say(allowed[0].after)}にしました`);
  }

  // Fills the range from its first row (down) or its first column (right).
  fill(down, right) {
    const { rows, from, to } = this.selection.range();
    const changes = [];
    rows.forEach((row, index) => {
      for (let column = from; column <= to; column += 1) {
        const source = down ? [rows[0], column] : [row, from];
        const first = down ? index === 0 : column === from;
        if (!first && this.cells.isMark(column) && this.cells.isMark(source[1])) changes.push({ row, column, after: this.cells.mark(...source) });
      }
    });
    if (changes.length || right) this.put(changes);
  }

  async undo(way) {
    if (!(await this.saving.flush())) return this.say("接続が戻るまで、元に戻せません。");
    try {
      await this.server.post("undo/", { way });
      await this.live.catchUp();
      this.say(way === "undo" ? "元に戻しました" : "やり直しました");
    } catch (error) {
      const stopped = error.answer?.stopped ?? [];
      if (!stopped.length) return this.say(error.message);
      const list = make("ul", {}, ...stopped.map((what) => make("li", { textContent: what })));
      await ask("元に戻せません", [make("p", { textContent: "次の内容が後から変更されています。" }), list], [["", "閉じる", "fill"]]);
    }
    return undefined;
  }

  onPointer(event) {
    const cell = event.target.closest("tbody td, tbody th");
    this.second = cell && cell === document.activeElement;
    if (event.shiftKey && cell) event.preventDefault();
  }

  // The first click selects, the second one on the same cell or a tap opens the choice.
  onClick(event) {
    const cell = event.target.closest("tbody td");
    if (!cell || event.shiftKey || event.target.closest("textarea")) return;
    const [second, tap] = [this.second, event.pointerType === "touch"];
    setTimeout(() => {
      const now = this.cursor.cell;
      if (!(second || tap) || now.parentNode.hidden) return;
      if (this.cells.isMark(now.cellIndex)) this.openChoice(now);
      else if (now.cellIndex > 0 && second) this.guarded(() => this.outline.edit(now));
    });
  }

  openChoice(cell) {
    if (this.cells.isClosed(cell.parentNode) || !this.hasReason()) return;
    this.choice.open(cell);
  }

  onButton(event) {
    const act = event.target.closest("button")?.dataset.act;
    if (!act) return;
    event.target.closest("details")?.removeAttribute("open");
    const cell = this.cursor.cell;
    if (act === "undo" || act === "redo") return void this.undo(act);
    this.guarded(() => {
      if (act.startsWith("Arrow")) this.outline.step(act);
      else if (act === "rename") this.outline.edit(this.cursor.at(cell.parentNode, 0));
      else if (act === "describe") this.outline.edit(cell.parentNode.lastElementChild);
      else if (act === "delete") this.outline.remove();
      else this.outline.insert(act);
    });
  }

  // What happened, for eyes too: it stands in the bar until the cursor moves.
  tell(text) {
    this.folding.say(text);
    const at = this.cursor.cell;
    afterPaint(() => { if (this.cursor.cell === at) document.getElementById("where").textContent = text; });
  }

  // The line that says what the cursor is on.
  bar() {
    const cell = this.cursor.cell;
    if (cell?.isConnected) document.getElementById("where").textContent = this.cells.describe(cell.parentNode, cell.cellIndex);
  }
}
