// The choice of marks at a cell: a listbox, with ways to the history of what one looks at.
import { closest, isComposing, make } from "../../dom.js";
import { rowOf } from "../table.js";

/**
 * @import { Cells } from "./cells.js"
 * @import { Marks } from "./marks.js"
 */

export class Choice {
  /** @type {HTMLTableCellElement | null} */
  cell = null;
  list = make("ul", { role: "listbox", tabIndex: -1 });
  links = make("p", { className: "links" });
  box = make("div", { className: "choice", hidden: true }, this.list, this.links);

  /**
   * @param {{
   *   scroller: HTMLElement,
   *   cells: Cells,
   *   marks: Marks,
   *   base: string,
   *   onChosen: (cell: HTMLTableCellElement, symbol: string) => void,
   * }} parts
   */
  constructor({ scroller, cells, marks, base, onChosen }) {
    this.scroller = scroller;
    this.cells = cells;
    this.marks = marks;
    this.base = base;
    this.onChosen = onChosen;
    scroller.append(this.box);
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => this.choose(optionOf(event.target)));
    document.addEventListener("pointerdown", (event) => {
      const inside = event.target instanceof Node && this.box.contains(event.target);
      if (!this.box.hidden && !inside) this.box.hidden = true;
    });
  }

  /** @param {HTMLTableCellElement} cell */
  open(cell) {
    this.cell = cell;
    const row = rowOf(cell);
    const column = cell.cellIndex;
    const now = this.cells.mark(row, column);
    const symbols = ["", ...this.marks.legend.toReversed()];
    this.list.ariaLabel = this.cells.describe(row, column);
    this.list.replaceChildren(
      ...symbols.map((symbol, index) => this.option(symbol, index, symbol === now)),
    );
    this.links.replaceChildren(...this.histories(row, column));
    this.box.hidden = false;
    this.put(cell);
    this.selected()?.focus();
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   */
  histories(row, column) {
    const item = encodeURIComponent(row.id);
    const role = encodeURIComponent(this.cells.role(column));
    const queries = {
      セルの履歴: `item=${item}&role=${role}`,
      行の履歴: `item=${item}`,
      列の履歴: `role=${role}`,
    };
    return Object.entries(queries).map(([text, query]) =>
      make("a", { textContent: text, href: `${this.base}history/?${query}` }),
    );
  }

  /**
   * @param {string} symbol
   * @param {number} index
   * @param {boolean} selected
   */
  option(symbol, index, selected) {
    const option = make(
      "li",
      { role: "option", ariaSelected: String(selected), tabIndex: -1 },
      make("kbd", { textContent: index ? String(index) : "Del" }),
      make("b", { textContent: symbol || "―" }),
      this.marks.label(symbol),
    );
    option.dataset.symbol = symbol;
    return option;
  }

  /** @returns {HTMLElement | null} */
  selected() {
    return this.list.querySelector("[aria-selected=true]");
  }

  /**
   * Below the cell, or above it near the lower edge.
   *
   * @param {HTMLTableCellElement} cell
   */
  put(cell) {
    const view = this.scroller.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    const size = this.box.getBoundingClientRect();
    const { scrollTop, scrollLeft } = this.scroller;
    const below = box.bottom + size.height + 60 < view.bottom;
    const top = (below ? box.bottom : box.top - size.height) - view.top + scrollTop;
    const left = Math.min(box.left, view.right - size.width - 24) - view.left + scrollLeft;
    this.box.style.top = `${top}px`;
    this.box.style.left = `${Math.max(left, scrollLeft)}px`;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (isComposing(event)) return;
    const action = this.actionOf(event);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {(() => void) | null}
   */
  actionOf({ key, target, shiftKey }) {
    const option = optionOf(target);
    if (key === "Escape") return () => this.close();
    if (key === "Tab") return () => this.tab(target, shiftKey ? -1 : 1);
    if (option && key === "ArrowDown") return () => focus(option.nextElementSibling);
    if (option && key === "ArrowUp") return () => focus(option.previousElementSibling);
    if (option && (key === "Enter" || key === " ")) return () => this.choose(option);
    if (key === "Delete" || key === "Backspace") return () => this.done("");
    const symbol = this.symbolOf(key);
    return key.length === 1 && key !== " " && symbol !== null ? () => this.done(symbol) : null;
  }

  /** @param {string} key */
  symbolOf(key) {
    if (!/^[0-9]$/.test(key)) return this.marks.read(key);
    return key === "0" ? "" : this.marks.nth(Number(key));
  }

  /**
   * From the marks to the histories, and at either end back to the cell.
   *
   * @param {EventTarget | null} from
   * @param {1 | -1} way
   */
  tab(from, way) {
    /** @type {(Element | null)[]} */
    const stops = [this.selected(), ...this.links.children];
    const place = from instanceof Element ? stops.indexOf(from) : 0;
    const next = stops[Math.max(place, 0) + way];
    if (next) focus(next);
    else this.close();
  }

  /** @param {HTMLElement | null} option */
  choose(option) {
    if (option) this.done(option.dataset.symbol ?? "");
  }

  /** @param {string} symbol */
  done(symbol) {
    const { cell } = this;
    this.close();
    if (cell) this.onChosen(cell, symbol);
  }

  close() {
    this.box.hidden = true;
    this.cell?.focus({ preventScroll: true });
  }
}

/** @param {EventTarget | null} target */
function optionOf(target) {
  return closest(target, "[role=option]", HTMLElement);
}

/** @param {Element | null} element */
function focus(element) {
  if (element instanceof HTMLElement) element.focus();
}
