// Marks what has open findings: rows and columns with a link to them, cells with a frame. Only
// chunks of rows that are near are marked. F goes to the findings of the row, Shift+F to those of
// the column.
import { isComposing, make } from "../dom.js";
import { bodyCell, headerCells, rowOf, section } from "./table.js";

/**
 * @import { Packing } from "./packing.js"
 *
 * The codes of the open findings.
 *
 * @typedef {object} Report
 * @property {Record<string, string>} titles by code
 * @property {Record<string, string[]>} rows by uid
 * @property {Record<string, Record<string, string[]>>} cells by uid and column
 * @property {Record<string, string[]>} columns by column
 */

const WAIT = 1_500;
const NEAR = "100%";
const TITLE = "要確認";

export class Findings {
  /** @type {Report} */
  report = { titles: {}, rows: {}, cells: {}, columns: {} };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {{
   *   table: HTMLTableElement,
   *   scroller: HTMLElement,
   *   packing: Packing,
   *   base: string,
   *   announce: (text: string) => void,
   * }} parts
   */
  constructor({ table, scroller, packing, base, announce }) {
    this.table = table;
    this.packing = packing;
    this.base = base;
    this.announce = announce;
    this.descriptions = make("div", { hidden: true });
    table.after(this.descriptions);
    const options = { root: scroller, rootMargin: NEAR };
    this.near = new IntersectionObserver((entries) => this.onNear(entries), options);
    packing.watch((row) => this.drawCells(row));
    table.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("raci:changed", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), WAIT);
    });
    if (!location.hash) {
      const head = table.querySelector(".pt.found");
      head?.scrollIntoView({ block: "nearest", inline: "center" });
    }
    this.load();
  }

  async load() {
    try {
      const response = await fetch(`${this.base}checks/rows/`, { redirect: "manual" });
      if (response.ok) this.draw(await response.json());
    } catch {
      // offline; the marks stay as they were
    }
  }

  /** @param {Report} report */
  draw(report) {
    this.report = report;
    const codes = Object.keys(report.titles);
    this.descriptions.replaceChildren(...codes.map((code) => this.description(code)));
    this.drawHeads();
    this.near.disconnect();
    for (const body of this.table.tBodies) this.near.observe(body);
  }

  /**
   * What aria-describedby of a cell names.
   *
   * @param {string} code
   */
  description(code) {
    return make("span", { id: `finding-${code}`, textContent: this.title([code]) });
  }

  /** @param {IntersectionObserverEntry[]} entries */
  onNear(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLTableSectionElement)) continue;
      for (const row of target.rows) this.drawRow(row);
    }
  }

  /** @param {HTMLTableRowElement} row */
  drawRow(row) {
    const codes = this.report.rows[row.id];
    row.cells[0].querySelector("a.fd")?.remove();
    if (codes) row.cells[0].lastChild?.before(this.link(codes, this.rowPath(row)));
    if (!this.packing.isPacked(row)) this.drawCells(row);
  }

  /** @param {HTMLTableRowElement} row */
  drawCells(row) {
    const marked = row.querySelectorAll(".fc");
    for (const cell of /** @type {NodeListOf<HTMLTableCellElement>} */ (marked)) {
      cell.classList.remove("fc");
      cell.removeAttribute("aria-describedby");
      if (cell.title.startsWith(TITLE)) cell.removeAttribute("title");
    }
    for (const [column, codes] of Object.entries(this.report.cells[row.id] ?? {})) {
      const cell = row.cells[Number(column)];
      cell.classList.add("fc");
      cell.setAttribute("aria-describedby", codes.map((code) => `finding-${code}`).join(" "));
      cell.title ||= this.title(codes);
    }
  }

  drawHeads() {
    const heads = headerCells(this.table);
    for (const mark of section(this.table.tHead).querySelectorAll("a.fd")) mark.remove();
    for (const [column, codes] of Object.entries(this.report.columns)) {
      heads[Number(column)]?.append(this.link(codes, this.columnPath(Number(column))));
    }
  }

  /**
   * @param {string[]} codes
   * @param {string} path
   */
  link(codes, path) {
    return make("a", {
      className: "fd",
      tabIndex: -1,
      href: path,
      title: this.title(codes),
      ariaLabel: `${TITLE} ${codes.join("、")}`,
    });
  }

  /** @param {string[]} codes */
  title(codes) {
    return `${TITLE} ${codes.map((code) => `${code} ${this.report.titles[code]}`).join("、")}`;
  }

  /** @param {HTMLTableRowElement} row */
  rowPath(row) {
    return `${this.base}checks/?row=${row.id}`;
  }

  /** @param {number} column */
  columnPath(column) {
    const role = headerCells(this.table)[column].ariaLabel ?? "";
    return `${this.base}checks/?column=${encodeURIComponent(role)}`;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const cell = bodyCell(event.target);
    if (!cell || cell !== event.target || event.key.toLowerCase() !== "f") return;
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.shiftKey) this.openColumn(cell.cellIndex);
    else this.openRow(rowOf(cell));
  }

  /** @param {number} column */
  openColumn(column) {
    if (this.report.columns[column]) location.assign(this.columnPath(column));
    else this.announce("この列に要確認はありません。");
  }

  /** @param {HTMLTableRowElement} row */
  openRow(row) {
    if (this.report.rows[row.id]) location.assign(this.rowPath(row));
    else this.announce("この行に要確認はありません。");
  }
}
