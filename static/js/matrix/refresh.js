// Reads the table anew after rows or columns changed, and keeps cursor, range, focus and scroll.
import { optional, required } from "../dom.js";
import { section } from "./table.js";

/**
 * @import { Cursor } from "./cursor.js"
 * @import { Saving } from "./editing/saving.js"
 * @import { Selection } from "./editing/selection.js"
 * @import { Folding } from "./folding.js"
 * @import { Live } from "./live.js"
 * @import { Others } from "./others.js"
 * @import { Packing } from "./packing.js"
 */

/** Texts outside of the table that change with it. */
const TEXTS = [".head h1", ".head .meta", ".stat > span:first-child"];

/** Whether somebody is in the middle of something that a new table would take away. */
export function isTyping() {
  return document.querySelector("dialog[open], #mx textarea, .choice:not([hidden])") !== null;
}

export class Refresh {
  /**
   * @param {{
   *   table: HTMLTableElement,
   *   scroller: HTMLElement,
   *   packing: Packing,
   *   folding: Folding,
   *   cursor: Cursor,
   *   live: Live,
   *   others: Others,
   *   editing: { saving: Saving, selection: Selection } | null,
   * }} parts
   */
  constructor({ table, scroller, packing, folding, cursor, live, others, editing }) {
    this.table = table;
    this.scroller = scroller;
    this.packing = packing;
    this.folding = folding;
    this.cursor = cursor;
    this.live = live;
    this.others = others;
    this.editing = editing;
  }

  /**
   * Goes to a row afterwards, or with "" stays where the cursor is.
   *
   * @param {string} [uid]
   */
  async run(uid = "") {
    const options = /** @type {const} */ ({ headers: { Accept: "text/html" }, redirect: "manual" });
    const response = await fetch(location.href, options);
    if (!response.ok) return location.reload();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (isTyping()) return this.others.refreshLater();
    const table = optional("#mx", HTMLTableElement, page);
    if (!table || !this.isAlike(table)) return location.reload();
    const focused = this.table.contains(document.activeElement);
    const { row, column } = this.cursor;
    const old = { uid: uid || row.id, place: this.folding.place(row), column };
    const anchor = this.editing?.selection.anchor;
    const top = this.scroller.scrollTop;
    this.replace(table);
    this.replaceTexts(page);
    this.folding.read();
    this.others.markRows();
    this.scroller.scrollTop = top;
    this.editing?.saving.redraw();
    this.cursor.restore({ ...old, focus: focused || uid !== "" });
    if (anchor && !uid) this.editing?.selection.restore(anchor);
    document.dispatchEvent(new Event("raci:changed"));
    this.live.restart(Number(required("#project", HTMLElement, page).dataset.revision));
    return undefined;
  }

  /**
   * Whether the columns and the packing stay, so that only rows need to be exchanged.
   *
   * @param {HTMLTableElement} table
   */
  isAlike(table) {
    const packed = table.querySelector("tbody td.c") !== null;
    return Number(table.dataset.columns) === this.packing.columns && packed === this.packing.packed;
  }

  /** @param {HTMLTableElement} table */
  replace(table) {
    Object.assign(this.table.dataset, table.dataset);
    const head = document.importNode(section(table.tHead), true);
    section(this.table.tHead).replaceWith(head);
    for (const body of [...this.table.tBodies]) body.remove();
    head.after(...[...table.tBodies].map((body) => document.importNode(body, true)));
    section(this.table.tFoot).replaceWith(document.importNode(section(table.tFoot), true));
  }

  /** @param {Document} page */
  replaceTexts(page) {
    for (const selector of TEXTS) {
      const [old, now] = [document.querySelector(selector), page.querySelector(selector)];
      if (old && now) old.textContent = now.textContent;
    }
  }
}
