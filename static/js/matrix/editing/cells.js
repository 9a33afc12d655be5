// The marks on the screen: reading, writing, and the counts that follow from them.
import { recountedText } from "../mark_text.js";
import { headerCells, isClosed, nameText, totalCells } from "../table.js";

/**
 * @import { Folding } from "../folding.js"
 * @import { Packing } from "../packing.js"
 * @import { Marks } from "./marks.js"
 *
 * A mark that a cell is to have, "" for blank.
 *
 * @typedef {{ row: HTMLTableRowElement, column: number, after: string }} Change
 */

export class Cells {
  /** Rows whose counts are old. @type {Set<HTMLTableRowElement>} */
  dirty = new Set();
  /** Changes that the 合計 row does not show yet. */
  /** @type {{ column: number, before: string, after: string }[]} */
  uncounted = [];
  /** @type {number | undefined} */
  idle;

  /**
   * @param {{ table: HTMLTableElement, folding: Folding, packing: Packing, marks: Marks }} parts
   */
  constructor({ table, folding, packing, marks }) {
    this.table = table;
    this.folding = folding;
    this.packing = packing;
    this.marks = marks;
    this.columns = packing.columns;
  }

  /**
   * A column's name as the server knows it.
   *
   * @param {number} column
   */
  role(column) {
    return headerCells(this.table)[column].ariaLabel ?? "";
  }

  /**
   * The column of a role, -1 when there is none.
   *
   * @param {string} role
   */
  columnOf(role) {
    return [...headerCells(this.table)].findIndex((cell) => cell.ariaLabel === role);
  }

  /** @param {number} column */
  isMark(column) {
    return column > 0 && column <= this.columns;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   * @returns {string}
   */
  mark(row, column) {
    if (isClosed(row)) return "";
    if (this.packing.isPacked(row)) return this.packing.marks(row)[column - 1];
    return row.cells[column].textContent;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   * @param {string} symbol
   */
  set(row, column, symbol) {
    if (isClosed(row)) return;
    this.packing.unpack(row);
    const cell = row.cells[column];
    const before = cell.textContent;
    if (before === symbol) return;
    cell.textContent = symbol;
    cell.classList.remove("p", "s");
    if (symbol) cell.classList.add(this.marks.leads.has(symbol) ? "p" : "s");
    if (cell.ariaLabel) this.label(cell);
    this.dirty.add(row);
    this.uncounted.push({ column, before, after: symbol });
    this.idle ??= requestIdleCallback(() => this.recount(), { timeout: 500 });
  }

  /** Brings the 合計 row and the closed headings above the changed rows up to date. */
  recount() {
    const totals = totalCells(this.table);
    for (const { column, before, after } of this.uncounted.splice(0)) {
      const cell = totals[column];
      const change = { before, after };
      cell.textContent = recountedText(cell.textContent, this.marks.legend, change);
    }
    const shut = new Set();
    for (const row of this.dirty) {
      for (let up = this.folding.parent(row); up; up = this.folding.parent(up)) {
        if (isClosed(up)) shut.add(up);
      }
    }
    for (const row of shut) this.folding.count(row);
    this.dirty.clear();
    this.idle = undefined;
  }

  /**
   * 項番 of a row.
   *
   * @param {HTMLTableRowElement} row
   */
  number(row) {
    return row.querySelector(".n")?.textContent ?? "";
  }

  /**
   * 作業項目 of a row.
   *
   * @param {HTMLTableRowElement} row
   */
  name(row) {
    return nameText(row)?.data ?? "";
  }

  /**
   * What a screen reader reads out at a cell: 「項番295、本受託者、主たる作業者」.
   *
   * @param {HTMLTableCellElement} cell
   */
  label(cell) {
    const row = cell.parentElement;
    if (row instanceof HTMLTableRowElement && this.isMark(cell.cellIndex)) {
      cell.ariaLabel = this.describe(row, cell.cellIndex);
    }
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   */
  describe(row, column) {
    const place = `項番${this.number(row)}`;
    if (column === 0) return `${place}、${this.name(row)}`;
    if (!this.isMark(column)) return `${place}、作業内容`;
    const text = isClosed(row)
      ? row.cells[column].textContent.replace("\n", " ") || "空白"
      : this.marks.label(this.mark(row, column));
    return `${place}、${this.role(column)}、${text}`;
  }
}
