// The editable matrix: keys, clicks and buttons → acts on marks and rows.
import { closest, isComposing, make } from "../../dom.js";
import { bodyCell, isClosed, isHeading, rowOf } from "../table.js";
import { afterPaint, inform, messageOf } from "./dialog.js";
import { fills, positions } from "./range.js";
import { RefusedError } from "./server.js";

/**
 * @import { Cursor } from "../cursor.js"
 * @import { Live } from "../live.js"
 * @import { Cells, Change } from "./cells.js"
 * @import { Choice } from "./choice.js"
 * @import { Clipboard } from "./clipboard.js"
 * @import { Marks } from "./marks.js"
 * @import { Outline } from "./outline.js"
 * @import { Reason } from "./reason.js"
 * @import { Saving } from "./saving.js"
 * @import { Selection } from "./selection.js"
 * @import { Server } from "./server.js"
 *
 * @typedef {() => unknown} Action
 */

export class Editor {
  /** Whether the pointer went down on the cell that had the focus already. */
  isSecondClick = false;

  /**
   * @param {{
   *   table: HTMLTableElement,
   *   bar: HTMLElement,
   *   cursor: Cursor,
   *   cells: Cells,
   *   marks: Marks,
   *   selection: Selection,
   *   saving: Saving,
   *   server: Server,
   *   reason: Reason,
   *   clipboard: Clipboard,
   *   choice: Choice,
   *   outline: Outline,
   *   live: Live,
   *   announce: (text: string) => void,
   *   notify: (text: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.cursor = parts.cursor;
    this.cells = parts.cells;
    this.marks = parts.marks;
    this.selection = parts.selection;
    this.saving = parts.saving;
    this.server = parts.server;
    this.reason = parts.reason;
    this.clipboard = parts.clipboard;
    this.choice = parts.choice;
    this.outline = parts.outline;
    this.live = parts.live;
    this.announce = parts.announce;
    this.notify = parts.notify;
    const { table, bar } = parts;
    table.addEventListener("keydown", (event) => this.onKey(event), true);
    table.addEventListener("pointerdown", (event) => this.onPointer(event));
    table.addEventListener("click", (event) => this.onClick(event), true);
    bar.addEventListener("click", (event) => this.onButton(event));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const cell = bodyCell(event.target);
    if (!cell || event.target !== cell || isComposing(event) || event.metaKey) return;
    const action = this.actionOf(event, cell);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTableCellElement} cell
   */
  actionOf(event, cell) {
    if (event.ctrlKey) return event.altKey ? null : this.withControl(event);
    if (event.altKey) return this.withAlt(event);
    return this.cells.isMark(cell.cellIndex) ? this.onMark(event, cell) : this.onText(event, cell);
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Action | null}
   */
  withControl({ key, shiftKey }) {
    switch (key.toLowerCase()) {
      case "a":
        return () => this.selection.all();
      case "d":
        return () => this.fill("down");
      case "r":
        return () => this.fill("right");
      case "z":
        return () => this.undo(shiftKey ? "redo" : "undo");
      case "y":
        return () => this.undo("redo");
      case "enter":
        return this.guarded(() => this.outline.insert(shiftKey ? "above" : "below"));
      default:
        return null;
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Action | null}
   */
  withAlt({ key }) {
    if (key === "Enter") return this.guarded(() => this.outline.insert("child"));
    return key.startsWith("Arrow") ? this.guarded(() => this.outline.step(key)) : null;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTableCellElement} cell
   * @returns {Action | null}
   */
  onMark({ key }, cell) {
    const { marks } = this;
    if (key === "Delete" || key === "Backspace") return this.guarded(() => this.clipboard.clear());
    if (key === " ") {
      return () => this.set(marks.next(this.cells.mark(rowOf(cell), cell.cellIndex)));
    }
    if (key === "Enter" || key === "F2") return () => this.openChoice(cell);
    if (key.length !== 1) return null;
    const symbol = /^[1-9]$/.test(key) ? marks.nth(Number(key)) : marks.read(key);
    return symbol ? () => this.set(symbol) : null;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTableCellElement} cell
   * @returns {Action | null}
   */
  onText({ key }, cell) {
    const isName = cell.cellIndex === 0;
    if (key === "F2" || (key === "Enter" && !isName)) {
      return this.guarded(() => this.outline.edit(cell));
    }
    return key === "Delete" && isName ? this.guarded(() => this.outline.remove()) : null;
  }

  /**
   * @param {Action} action
   * @returns {Action}
   */
  guarded(action) {
    return () => this.reason.guard(action);
  }

  /**
   * One mark for the whole range.
   *
   * @param {string} symbol
   */
  set(symbol) {
    const range = this.selection.range();
    const changes = positions(range)
      .filter(({ column }) => this.cells.isMark(column))
      .map(({ down, column }) => ({ row: range.rows[down], column, after: symbol }));
    this.put(changes);
  }

  /** @param {Change[]} changes */
  put(changes) {
    if (!this.reason.isGiven()) return;
    const allowed = changes.filter(({ row, after }) => !after || !isHeading(row));
    const count = this.saving.act(allowed);
    const { cell } = this.cursor;
    afterPaint(() => {
      const message = this.summary(allowed, count, changes.length > allowed.length);
      // The bar is left alone when the cursor has moved on.
      const show = this.cursor.cell === cell ? this.notify : this.announce;
      if (message) show(message);
    });
  }

  /**
   * What a key did, "" for nothing.
   *
   * @param {Change[]} changes
   * @param {number} count
   * @param {boolean} refused
   */
  summary(changes, count, refused) {
    if (refused) return "見出しには記号を付けられません。";
    if (count === 0) return "";
    const [{ row, column, after }] = changes;
    if (count === 1) return this.cells.describe(row, column);
    return `${count}件のセルを${this.marks.label(after)}にしました`;
  }

  /**
   * Fills the range from its first row or its first column.
   *
   * @param {"down" | "right"} way
   */
  fill(way) {
    const range = this.selection.range();
    /** @type {Change[]} */
    const changes = [];
    for (const { target, source } of fills(range, way)) {
      if (!this.cells.isMark(target.column) || !this.cells.isMark(source.column)) continue;
      const after = this.cells.mark(range.rows[source.down], source.column);
      changes.push({ row: range.rows[target.down], column: target.column, after });
    }
    if (changes.length) this.put(changes);
  }

  /** @param {"undo" | "redo"} way */
  async undo(way) {
    if (!(await this.saving.flush())) {
      this.notify("接続が戻るまで、元に戻せません。");
      return;
    }
    try {
      await this.server.undo(way);
      await this.live.catchUp();
      this.notify(way === "undo" ? "元に戻しました" : "やり直しました");
    } catch (error) {
      await this.explain(error);
    }
  }

  /** @param {unknown} error */
  async explain(error) {
    const obstacles = error instanceof RefusedError ? (error.answer.stopped ?? []) : [];
    if (!obstacles.length) {
      this.notify(messageOf(error));
      return;
    }
    const note = make("p", { textContent: "次の内容が後から変更されています。" });
    const list = make("ul", {}, ...obstacles.map((textContent) => make("li", { textContent })));
    await inform("元に戻せません", [note, list]);
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const cell = bodyCell(event.target);
    this.isSecondClick = cell !== null && cell === document.activeElement;
    if (event.shiftKey && cell) event.preventDefault();
  }

  /**
   * The first click selects, the second one on the same cell or a tap opens the choice.
   *
   * @param {PointerEvent} event
   */
  onClick(event) {
    const cell = closest(event.target, "tbody td", HTMLTableCellElement);
    if (!cell || event.shiftKey || closest(event.target, "textarea", HTMLElement)) return;
    const second = this.isSecondClick;
    if (!second && event.pointerType !== "touch") return;
    // The cursor moves first.
    setTimeout(() => this.open(second));
  }

  /** @param {boolean} second */
  open(second) {
    const { cell, row } = this.cursor;
    if (row.hidden) return;
    if (this.cells.isMark(cell.cellIndex)) this.openChoice(cell);
    else if (cell.cellIndex > 0 && second) this.reason.guard(() => this.outline.edit(cell));
  }

  /** @param {HTMLTableCellElement} cell */
  openChoice(cell) {
    if (!isClosed(rowOf(cell)) && this.reason.isGiven()) this.choice.open(cell);
  }

  /** @param {MouseEvent} event */
  onButton(event) {
    const button = closest(event.target, "button", HTMLButtonElement);
    const act = button?.dataset.act;
    if (!act) return;
    button.closest("details")?.removeAttribute("open");
    if (act === "undo" || act === "redo") this.undo(act);
    else this.reason.guard(() => this.edit(act));
  }

  /** @param {string} act */
  edit(act) {
    const { row } = this.cursor;
    switch (act) {
      case "rename":
        return this.outline.edit(this.cursor.at(row, 0));
      case "describe":
        return this.outline.edit(row.cells[row.cells.length - 1]);
      case "delete":
        return this.outline.remove();
      case "above":
      case "below":
      case "child":
        return this.outline.insert(act);
      default:
        return this.outline.step(act);
    }
  }
}
