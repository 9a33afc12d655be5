// A rectangle of cells between the anchor and the cursor, over the rows that are visible.
import { rowById } from "../table.js";
import { rectangle } from "./range.js";

/**
 * @import { Cursor } from "../cursor.js"
 * @import { Folding } from "../folding.js"
 * @import { Packing } from "../packing.js"
 *
 * @typedef {{ row: HTMLTableRowElement, column: number }} Anchor
 *
 * Visible rows from top to bottom, and the columns with both ends within.
 *
 * @typedef {{ rows: HTMLTableRowElement[], height: number, from: number, to: number }} Range
 */

const MOST_CELLS = 20_000;

export class Selection {
  /** What is marked as selected. @type {HTMLElement[]} */
  shown = [];

  /**
   * @param {{ folding: Folding, packing: Packing, cursor: Cursor }} parts
   */
  constructor({ folding, packing, cursor }) {
    this.folding = folding;
    this.packing = packing;
    this.cursor = cursor;
    this.anchor = this.end();
    cursor.watch((extend) => this.follow(extend));
  }

  /** @returns {Anchor} */
  end() {
    return { row: this.cursor.row, column: this.cursor.column };
  }

  /** @param {boolean} extend */
  follow(extend) {
    if (!extend) this.anchor = this.end();
    this.draw();
  }

  /** All marks. */
  all() {
    this.anchor = { row: this.folding.first(), column: 1 };
    const corner = this.cursor.at(this.folding.last(), this.packing.columns);
    this.cursor.place(corner, { extend: true });
  }

  /** @returns {Range} */
  range() {
    const end = this.end();
    const anchor = this.anchor.row.isConnected ? this.anchor : end;
    const { top, bottom, from, to } = rectangle(this.corner(anchor), this.corner(end));
    const rows = this.folding.visible(top, bottom + 1);
    return { rows, height: rows.length, from, to };
  }

  /** @param {Anchor} anchor */
  corner({ row, column }) {
    return { place: this.folding.place(row), column };
  }

  /**
   * The same range after the table was read anew.
   *
   * @param {Anchor} anchor
   */
  restore({ row, column }) {
    const now = rowById(row.id);
    if (now && !now.hidden) this.anchor = { row: now, column };
    this.draw();
  }

  isSingle() {
    const { row, column } = this.end();
    return this.anchor.row === row && this.anchor.column === column;
  }

  draw() {
    for (const element of this.shown) element.removeAttribute("aria-selected");
    this.shown = [];
    if (this.isSingle()) return;
    const { rows, height, from, to } = this.range();
    const whole = height * (to - from + 1) > MOST_CELLS;
    for (const row of rows) {
      if (whole || this.packing.isPacked(row)) this.shown.push(row);
      else this.shown.push(...[...row.cells].slice(from, to + 1));
    }
    for (const element of this.shown) element.setAttribute("aria-selected", "true");
  }
}
