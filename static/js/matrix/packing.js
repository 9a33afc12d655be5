// Above 50,000 cells a row's marks come as one text cell with a glyph per role. Real cells are
// made for the chunks where scrolling rests, and for a row that is about to get the focus.
import { make } from "../dom.js";
import { BLANK, glyph, marksByGlyph, unpackedMarks } from "./mark_text.js";
import { isClosed, legendOf } from "./table.js";

const REST = 80;
const KEEP = 40;

export class Packing {
  /** @type {Set<HTMLTableSectionElement>} */
  near = new Set();
  /** @type {Set<HTMLTableSectionElement>} */
  warm = new Set();
  /** @type {((row: HTMLTableRowElement) => void)[]} */
  watchers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {HTMLTableElement} table
   * @param {HTMLElement} scroller
   */
  constructor(table, scroller) {
    this.scroller = scroller;
    this.columns = Number(table.dataset.columns);
    this.glyphs = marksByGlyph(legendOf(table));
    this.packed = table.querySelector("tbody td.c") !== null;
    if (!this.packed) return;
    table.addEventListener("contentvisibilityautostatechange", (event) => this.onNear(event), true);
    scroller.addEventListener("scroll", () => this.settle(), { passive: true });
  }

  /**
   * Calls back after a row got its real cells.
   *
   * @param {(row: HTMLTableRowElement) => void} callback
   */
  watch(callback) {
    this.watchers.push(callback);
  }

  /**
   * The marks of a row in column order, "" for blank, from real cells or the packed text.
   *
   * @param {HTMLTableRowElement} row
   * @returns {string[]}
   */
  marks(row) {
    if (this.isPacked(row)) {
      return unpackedMarks(row.cells[1].textContent, this.columns, this.glyphs);
    }
    return [...row.cells].slice(1, -1).map((cell) => cell.textContent);
  }

  /** @param {HTMLTableRowElement} row */
  isPacked(row) {
    return row.cells[1]?.className === "c";
  }

  /**
   * Which column a click at x on a packed cell means, null on a real cell.
   *
   * @param {HTMLTableCellElement} cell
   * @param {number} x
   */
  columnAt(cell, x) {
    if (cell.className !== "c") return null;
    const box = cell.getBoundingClientRect();
    const column = Math.floor(((x - box.left) / box.width) * this.columns);
    return 1 + Math.min(this.columns - 1, column);
  }

  /** @param {HTMLTableRowElement} row */
  unpack(row) {
    if (!this.isPacked(row)) return;
    const strong = new Set([...row.cells[1].querySelectorAll("b")].map((b) => b.textContent));
    const cells = this.marks(row).map((mark) => {
      const className = mark && (strong.has(glyph(mark)) ? "p" : "s");
      return gridCell(className, mark);
    });
    row.cells[1].replaceWith(...cells);
    for (const callback of this.watchers) callback(row);
  }

  /** @param {Event} event */
  onNear(event) {
    if (!(event instanceof ContentVisibilityAutoStateChangeEvent)) return;
    if (!(event.target instanceof HTMLTableSectionElement)) return;
    if (event.skipped) this.near.delete(event.target);
    else this.near.add(event.target);
    this.settle();
  }

  settle() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), REST);
  }

  rest() {
    const view = this.scroller.getBoundingClientRect();
    for (const body of this.near) {
      const box = body.getBoundingClientRect();
      if (this.warm.has(body) || box.bottom < view.top || box.top > view.bottom) continue;
      this.warm.add(body);
      for (const row of body.rows) this.unpack(row);
    }
    for (const body of this.warm) {
      if (this.warm.size <= KEEP) break;
      if (!this.near.has(body) && !body.contains(document.activeElement)) this.cool(body);
    }
  }

  /**
   * Packs a chunk again. Counts of closed headings stay as they are.
   *
   * @param {HTMLTableSectionElement} body
   */
  cool(body) {
    this.warm.delete(body);
    for (const row of body.rows) {
      if (isClosed(row)) continue;
      const packed = gridCell("c", "");
      packed.ariaColSpan = String(this.columns);
      const [name, ...cells] = row.cells;
      const description = cells.pop() ?? name;
      for (const cell of cells) {
        const text = cell.textContent ? glyph(cell.textContent) : BLANK;
        packed.append(cell.classList.contains("p") ? make("b", { textContent: text }) : text);
      }
      row.replaceChildren(name, packed, description);
    }
  }
}

/**
 * @param {string} className
 * @param {string} text
 */
function gridCell(className, text) {
  const cell = document.createElement("td");
  cell.setAttribute("role", "gridcell");
  if (className) cell.className = className;
  if (text) cell.textContent = text;
  return cell;
}
