// The parts of the matrix table that every script of the page relies on.
import { closest } from "../dom.js";

/** Cells of the body: the names, the marks and the descriptions. */
export const BODY_CELL = "tbody :is(td, th)";

/** @param {EventTarget | null} target */
export function bodyCell(target) {
  return closest(target, BODY_CELL, HTMLTableCellElement);
}

/** @param {HTMLTableCellElement} cell */
export function rowOf(cell) {
  const row = cell.parentElement;
  if (!(row instanceof HTMLTableRowElement)) throw new Error("The cell is not in the table.");
  return row;
}

/**
 * The row of an item, null when the table does not show it.
 *
 * @param {string} uid
 */
export function rowById(uid) {
  const row = document.getElementById(uid);
  return row instanceof HTMLTableRowElement ? row : null;
}

/**
 * The header cells, one for each column.
 *
 * @param {HTMLTableElement} table
 */
export function headerCells(table) {
  return section(table.tHead).rows[1].cells;
}

/**
 * The cells of the 合計 row.
 *
 * @param {HTMLTableElement} table
 */
export function totalCells(table) {
  return section(table.tFoot).rows[0].cells;
}

/** @param {HTMLTableSectionElement | null} part */
export function section(part) {
  if (!part) throw new Error("The table has no head or foot.");
  return part;
}

/**
 * The text node with an item's name; what stands before it is its number and signs.
 *
 * @param {HTMLTableRowElement} row
 */
export function nameText(row) {
  const text = row.cells[0].lastChild;
  return text instanceof Text ? text : null;
}

/** @param {HTMLTableRowElement} row */
export function isHeading(row) {
  return row.cells[0].hasAttribute("aria-expanded");
}

/**
 * Whether a heading is closed as the table shows it; its cells hold counts then.
 *
 * @param {HTMLTableRowElement} row
 */
export function isClosed(row) {
  return row.cells[0].ariaExpanded === "false";
}

/**
 * The symbols of the 凡例, strongest first.
 *
 * @param {HTMLTableElement} table
 */
export function legendOf(table) {
  return (table.dataset.legend ?? "").split(" ").filter(Boolean);
}
