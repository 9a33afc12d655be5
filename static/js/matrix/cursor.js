// One tab stop in the table and a cursor that the arrow keys move (WAI-ARIA treegrid pattern).
import { closest, isComposing, required } from "../dom.js";
import { bodyCell, headerCells, isHeading, rowById, rowOf } from "./table.js";

/**
 * @import { Folding } from "./folding.js"
 * @import { Packing } from "./packing.js"
 */

const PAGE_ROWS = 12;
const MOVES = new Set([
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "PageUp",
  "PageDown",
  "Home",
  "End",
]);

export class Cursor {
  /** @type {((extend: boolean) => void)[]} */
  watchers = [];

  /**
   * @param {{
   *   table: HTMLTableElement,
   *   scroller: HTMLElement,
   *   folding: Folding,
   *   packing: Packing,
   * }} parts
   */
  constructor({ table, scroller, folding, packing }) {
    this.table = table;
    this.scroller = scroller;
    this.folding = folding;
    this.packing = packing;
    this.heads = headerCells(table);
    this.cell = required("tbody [tabindex='0']", HTMLTableCellElement, table);
    this.column = this.cell.cellIndex;
    table.addEventListener("keydown", (event) => this.onKey(event));
    table.addEventListener("focusin", (event) => this.onFocus(event));
    table.addEventListener("click", (event) => this.onClick(event));
    // The browser's own jump to the fragment takes the focus away once more at the end of loading.
    if (location.hash) {
      addEventListener("load", () => requestAnimationFrame(() => this.showTarget()));
    }
  }

  get row() {
    return rowOf(this.cell);
  }

  /** Goes to the row that the address names (#uid). */
  showTarget() {
    const row = rowById(location.hash.slice(1));
    if (!row) return;
    this.folding.reveal(row);
    this.place(row.cells[0]);
    row.scrollIntoView({ block: "center" });
  }

  /**
   * Calls back after every move, with whether it extends the range.
   *
   * @param {(extend: boolean) => void} callback
   */
  watch(callback) {
    this.watchers.push(callback);
  }

  /**
   * Moves the tab stop to a cell; `focus` also brings it into view, `extend` keeps the anchor.
   *
   * @param {HTMLTableCellElement} cell
   * @param {{ focus?: boolean, extend?: boolean }} [options]
   */
  place(cell, { focus = true, extend = false } = {}) {
    if (this.cell !== cell) {
      this.cell.removeAttribute("tabindex");
      this.cell.parentElement?.classList.remove("cur");
      this.heads[this.column]?.classList.remove("hot");
    }
    this.cell = cell;
    this.column = cell.cellIndex;
    cell.tabIndex = 0;
    this.row.classList.add("cur");
    this.heads[this.column]?.classList.add("hot");
    if (focus) this.show(cell);
    for (const callback of this.watchers) callback(extend);
  }

  /** @param {HTMLTableCellElement} cell */
  show(cell) {
    if (document.activeElement !== cell) cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.column === 0) this.scroller.scrollLeft = 0;
  }

  /**
   * The same place after the table was read anew; the nearest row when that row is gone.
   *
   * @param {{ uid: string, place: number, column: number, focus: boolean }} old
   */
  restore({ uid, place, column, focus }) {
    this.heads = headerCells(this.table);
    const rows = this.folding.rows;
    if (!rows.length) return;
    let row = rowById(uid) ?? rows[Math.min(place, rows.length - 1)];
    if (row.hidden) row = this.folding.step(row, 0);
    this.place(this.at(row, column), { focus });
  }

  /**
   * The cell in a row and column; packed rows get their real cells first.
   *
   * @param {HTMLTableRowElement} row
   * @param {number} column
   */
  at(row, column) {
    this.packing.unpack(row);
    return row.cells[Math.min(Math.max(column, 0), row.cells.length - 1)];
  }

  /** @param {FocusEvent} event */
  onFocus(event) {
    const cell = bodyCell(event.target);
    if (cell && cell !== this.cell && event.target === cell) this.place(cell, { focus: false });
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const cell = bodyCell(event.target);
    if (!cell || closest(event.target, "a", HTMLAnchorElement)) return;
    const row = rowOf(cell);
    const column = this.packing.columnAt(cell, event.clientX) ?? cell.cellIndex;
    const extend = event.shiftKey;
    if (column === 0 && isHeading(row) && !extend) this.folding.toggle(row);
    this.place(this.at(row, column), { extend });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const cell = bodyCell(event.target);
    if (!cell || isComposing(event) || event.metaKey || event.altKey) return;
    const target = this.foldBy(event, cell) ?? this.moveBy(event, cell);
    if (!target) return;
    event.preventDefault();
    this.place(target, { extend: event.shiftKey && MOVES.has(event.key) });
  }

  /**
   * On a name ← closes its heading, or goes to the heading above; → opens a closed one.
   *
   * @param {KeyboardEvent} event
   * @param {HTMLTableCellElement} cell
   */
  foldBy(event, cell) {
    const row = rowOf(cell);
    if (cell.cellIndex !== 0 || event.shiftKey || event.ctrlKey) return null;
    const closed = this.folding.closed.has(row);
    if (event.key === "ArrowLeft") {
      if (!isHeading(row) || closed) return this.folding.parent(row)?.cells[0] ?? cell;
      this.folding.set(row, true);
      return cell;
    }
    if (event.key !== "ArrowRight" || !closed) return null;
    this.folding.set(row, false);
    return cell;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLTableCellElement} cell
   */
  moveBy(event, cell) {
    const row = rowOf(cell);
    const column = cell.cellIndex;
    const last = this.heads.length - 1;
    switch (event.key) {
      case "ArrowUp":
        return this.at(this.folding.step(row, -1), column);
      case "ArrowDown":
        return this.at(this.folding.step(row, 1), column);
      case "ArrowLeft":
        return this.at(row, column - 1);
      case "ArrowRight":
        return this.at(row, column + 1);
      case "PageUp":
        return this.at(this.folding.step(row, -PAGE_ROWS), column);
      case "PageDown":
        return this.at(this.folding.step(row, PAGE_ROWS), column);
      case "Home":
        return this.at(event.ctrlKey ? this.folding.first() : row, 0);
      case "End":
        return this.at(event.ctrlKey ? this.folding.last() : row, last);
      case "Enter":
        return this.enter(event, row, column);
      case " ":
        return column === 0 && isHeading(row) ? this.flip(row) : null;
      default:
        return null;
    }
  }

  /** @param {HTMLTableRowElement} row */
  flip(row) {
    this.folding.toggle(row);
    return row.cells[0];
  }

  /**
   * Enter on a heading's name opens or closes it; on a task's name it opens the item's page.
   *
   * @param {KeyboardEvent} event
   * @param {HTMLTableRowElement} row
   * @param {number} column
   */
  enter(event, row, column) {
    if (column !== 0 || closest(event.target, "a", HTMLAnchorElement)) return null;
    if (isHeading(row)) return this.flip(row);
    row.querySelector("a")?.click();
    return row.cells[0];
  }
}
