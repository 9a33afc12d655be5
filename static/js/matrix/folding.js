// Opening and closing headings. A closed row is hidden=until-found, so that the browser's own
// find still reaches it. The state lives in the URL: fold=<level> and flip=<uid.uid…>.
import { closest } from "../dom.js";
import { columnCounts, countText } from "./mark_text.js";
import {
  foldLevel,
  foldQuery,
  hiddenRows,
  parentPlace,
  subtreeEnd,
  visiblePlace,
} from "./outline_levels.js";
import { isClosed, isHeading, legendOf, nameText } from "./table.js";

/** @import { Packing } from "./packing.js" */

const ROW_HEIGHT = 36;

export class Folding {
  /** @type {HTMLTableRowElement[]} */
  rows = [];
  /** @type {number[]} */
  levels = [];
  /** @type {Map<HTMLTableRowElement, number>} */
  places = new Map();
  /** @type {Set<HTMLTableRowElement>} */
  closed = new Set();

  /**
   * @param {{
   *   table: HTMLTableElement,
   *   levels: HTMLElement | null,
   *   packing: Packing,
   *   announce: (text: string) => void,
   * }} parts
   */
  constructor({ table, levels, packing, announce }) {
    this.table = table;
    this.packing = packing;
    this.announce = announce;
    this.legend = legendOf(table);
    this.level = foldLevel(location.search);
    this.read();
    table.addEventListener("beforematch", (event) => this.onMatch(event), true);
    levels?.addEventListener("click", (event) => this.onLevel(event));
  }

  /** Takes the rows as they stand in the table. */
  read() {
    this.rows = [...this.table.tBodies].flatMap((body) => [...body.rows]);
    this.levels = this.rows.map((row) => Number(row.ariaLevel));
    this.places = new Map(this.rows.map((row, place) => [row, place]));
    this.closed = new Set(this.rows.filter(isClosed));
  }

  /**
   * How many rows stand above a row, hidden ones too.
   *
   * @param {HTMLTableRowElement} row
   */
  place(row) {
    return this.places.get(row) ?? 0;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @returns {HTMLTableRowElement | null}
   */
  parent(row) {
    return this.rows[parentPlace(this.levels, this.place(row))] ?? null;
  }

  /**
   * The row and all below it.
   *
   * @param {HTMLTableRowElement} row
   */
  subtree(row) {
    const place = this.place(row);
    return this.rows.slice(place, subtreeEnd(this.levels, place));
  }

  /**
   * The visible rows from one place on.
   *
   * @param {number} place
   * @param {number} [end] the place after the last
   */
  visible(place, end) {
    return this.rows.slice(place, end).filter((row) => !row.hidden);
  }

  first() {
    return this.rows[0];
  }

  last() {
    return this.step(this.rows[this.rows.length - 1], 0);
  }

  /**
   * The visible row `count` visible rows further on; 0 is the row itself or the one above it.
   *
   * @param {HTMLTableRowElement} row
   * @param {number} count
   */
  step(row, count) {
    const isHidden = (/** @type {number} */ place) => Boolean(this.rows[place].hidden);
    return this.rows[visiblePlace(this.place(row), count, this.rows.length, isHidden)];
  }

  /** @param {HTMLTableRowElement} row */
  toggle(row) {
    this.set(row, !this.closed.has(row));
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {boolean} close
   */
  set(row, close) {
    if (!isHeading(row) || this.closed.has(row) === close) return;
    if (close) this.closed.add(row);
    else this.closed.delete(row);
    this.draw();
    this.remember();
    this.announce(`${nameText(row)?.data}を${close ? "閉じました" : "開きました"}`);
  }

  /**
   * Opens everything above a row.
   *
   * @param {HTMLTableRowElement} row
   */
  reveal(row) {
    let opened = false;
    for (let up = this.parent(row); up; up = this.parent(up)) {
      opened = this.closed.delete(up) || opened;
    }
    if (!opened) return;
    this.draw();
    this.remember();
  }

  /** @param {Event} event */
  onMatch(event) {
    const row = closest(event.target, "tr", HTMLTableRowElement);
    if (row) this.reveal(row);
  }

  /** @param {MouseEvent} event */
  onLevel(event) {
    const link = closest(event.target, "a[data-level]", HTMLAnchorElement);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const level = Number(link.dataset.level);
    this.level = level;
    this.closed = new Set(this.rows.filter((row, i) => isHeading(row) && this.levels[i] >= level));
    for (const other of link.parentElement?.children ?? []) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    this.draw();
    this.remember();
    this.announce(`第${level}階層まで表示しました`);
  }

  /** Makes the rows look as `closed` says. One pass, no layout in between. */
  draw() {
    const hidden = hiddenRows(this.levels, (place) => this.closed.has(this.rows[place]));
    let place = 0;
    for (const body of this.table.tBodies) {
      let visible = 0;
      for (const row of body.rows) {
        this.hide(row, hidden[place]);
        if (isHeading(row)) this.drawHeading(row, hidden[place]);
        visible += Number(!hidden[place]);
        place += 1;
      }
      this.drawBody(body, visible);
    }
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {boolean} hide
   */
  hide(row, hide) {
    if (hide === row.hasAttribute("hidden")) return;
    if (hide) {
      row.setAttribute("hidden", "until-found");
      row.ariaHidden = "true";
    } else {
      row.removeAttribute("hidden");
      row.removeAttribute("aria-hidden");
    }
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {boolean} hidden
   */
  drawHeading(row, hidden) {
    const shut = this.closed.has(row);
    if (hidden || isClosed(row) === shut) return;
    row.cells[0].ariaExpanded = String(!shut);
    this.count(row);
  }

  /**
   * @param {HTMLTableSectionElement} body
   * @param {number} visible
   */
  drawBody(body, visible) {
    body.classList.toggle("off", visible === 0);
    if (visible) body.removeAttribute("aria-hidden");
    else body.ariaHidden = "true";
    const height = Math.round((this.fullHeight(body) * visible) / body.rows.length);
    body.style.containIntrinsicBlockSize = `auto ${height}px`;
  }

  /**
   * About how many pixels the chunk takes, as the server says.
   *
   * @param {HTMLTableSectionElement} body
   */
  fullHeight(body) {
    return Number.parseFloat(body.dataset.h ?? "") || body.rows.length * ROW_HEIGHT;
  }

  /**
   * Writes how many of each mark stand below a closed heading, per role; clears them when open.
   *
   * @param {HTMLTableRowElement} row
   */
  count(row) {
    this.packing.unpack(row);
    const below = isClosed(row) ? this.subtree(row).filter((one) => !isHeading(one)) : [];
    const marks = below.map((one) => this.packing.marks(one));
    columnCounts(marks, row.cells.length - 2).forEach((counts, column) => {
      row.cells[column + 1].textContent = countText(counts, this.legend);
    });
  }

  remember() {
    const headings = this.rows.filter(isHeading).map((row) => ({
      uid: row.id,
      level: this.levels[this.place(row)],
      closed: this.closed.has(row),
    }));
    const query = foldQuery(location.search, this.level, headings);
    history.replaceState(null, "", location.pathname + query);
  }
}
