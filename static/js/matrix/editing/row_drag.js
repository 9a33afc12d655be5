// A row is dragged by its 項番: dropped on the upper third above, on the lower third below, else
// as a child.
import { closest } from "../../dom.js";

/**
 * @import { Cells } from "./cells.js"
 * @import { Outline } from "./outline.js"
 * @import { Reason } from "./reason.js"
 * @import { Where } from "./server.js"
 */

export class RowDrag {
  /** Uids of the rows that are dragged. @type {string[] | null} */
  items = null;
  /** @type {{ row: HTMLTableRowElement, where: Where } | null} */
  target = null;

  /**
   * @param {{ table: HTMLTableElement, cells: Cells, outline: Outline, reason: Reason }} parts
   */
  constructor({ table, cells, outline, reason }) {
    this.cells = cells;
    this.outline = outline;
    this.reason = reason;
    table.addEventListener("dragstart", (event) => this.onStart(event));
    table.addEventListener("dragover", (event) => this.onOver(event));
    table.addEventListener("drop", (event) => this.onDrop(event));
    table.addEventListener("dragend", () => this.reset());
  }

  /** @param {DragEvent} event */
  onStart(event) {
    const number = closest(event.target, "tbody .n", HTMLElement);
    const row = closest(number, "tr", HTMLTableRowElement);
    if (!row || !event.dataTransfer) return;
    const rows = this.outline.rows();
    this.items = rows.includes(row) ? rows.map((one) => one.id) : [row.id];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.cells.name(row));
  }

  /** @param {DragEvent} event */
  onOver(event) {
    const row = closest(event.target, "tbody tr", HTMLTableRowElement);
    if (!row || !this.items) return;
    event.preventDefault();
    const box = row.getBoundingClientRect();
    const where = whereAt((event.clientY - box.top) / box.height);
    if (this.target?.row === row && this.target.where === where) return;
    this.clear();
    this.target = { row, where };
    row.classList.add(`drop-${where}`);
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    event.preventDefault();
    const { items, target } = this;
    this.reset();
    if (!items || !target || items.includes(target.row.id)) return;
    this.reason.guard(() => this.outline.move(items, target.row, target.where));
  }

  clear() {
    this.target?.row.classList.remove("drop-above", "drop-below", "drop-child");
  }

  reset() {
    this.clear();
    this.items = null;
    this.target = null;
  }
}

/**
 * @param {number} part of the row's height, from above
 * @returns {Where}
 */
function whereAt(part) {
  if (part < 1 / 3) return "above";
  return part > 2 / 3 ? "below" : "child";
}
