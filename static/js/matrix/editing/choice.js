// The choice of marks at a cell: a listbox, with ways to the history of what one looks at.
import { make } from "./dialog.js";

export class Choice {
  constructor({ cells, marks, dataset, onChosen }) {
    Object.assign(this, { cells, marks, dataset, onChosen });
    this.box = make("div", { className: "choice", hidden: true });
    this.list = make("ul", { role: "listbox", tabIndex: -1 });
    this.links = make("p", { className: "links" });
    this.box.append(this.list, this.links);
    document.getElementById("scroll").append(this.box);
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && !this.box.contains(event.target)) this.close(false);
    });
  }

  open(cell) {
    this.cell = cell;
    const [row, column] = [cell.parentNode, cell.cellIndex];
    const now = this.cells.mark(row, column);
    this.list.ariaLabel = this.cells.describe(row, column);
    this.list.replaceChildren(...["", ...this.marks.legend.toReversed()].map((symbol, index) => this.option(symbol, index, now)));
    const item = encodeURIComponent(row.id);
    const role = encodeURIComponent(this.cells.role(column));
    this.links.replaceChildren(
      ...[["セルの履歴", `item=${item}&role=${role}`], ["行の履歴", `item=${item}`], ["列の履歴", `role=${role}`]]
        .map(([text, query]) => make("a", { textContent: text, href: `${this.dataset.base}history/?${query}` })),
    );
    this.box.hidden = false;
    this.put(cell);
    this.mark(this.list.querySelector("[aria-selected=true]"));
  }

  option(symbol, index, now) {
    const option = make("li", { role: "option", ariaSelected: String(symbol === now), tabIndex: -1 });
    option.dataset.symbol = symbol;
    option.append(make("kbd", { textContent: index || "Del" }), make("b", { textContent: symbol || "―" }), this.marks.say(symbol));
    return option;
  }

  // Below the cell, or above it near the lower edge.
  put(cell) {
    const scroll = this.box.parentNode;
    const view = scroll.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    const size = this.box.getBoundingClientRect();
    const below = box.bottom + size.height + 60 < view.bottom;
    const top = (below ? box.bottom : box.top - size.height) - view.top + scroll.scrollTop;
    const left = Math.min(box.left, view.right - size.width - 24) - view.left + scroll.scrollLeft;
    this.box.style.top = `${top}px`;
    this.box.style.left = `${Math.max(left, scroll.scrollLeft)}px`;
  }

  mark(option) {
    option?.focus();
  }

  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const option = event.target.closest("[role=option]");
    const symbol = /^[0-9]$/.test(event.key) ? (event.key === "0" ? "" : this.marks.nth(Number(event.key))) : this.marks.read(event.key);
    if (event.key === "Escape") this.close();
    else if (event.key === "Tab") this.tab(event.target, event.shiftKey ? -1 : 1);
    else if (option && event.key === "ArrowDown") this.mark(option.nextElementSibling);
    else if (option && event.key === "ArrowUp") this.mark(option.previousElementSibling);
    else if (option && (event.key === "Enter" || event.key === " ")) this.choose(option);
    else if (event.key === "Delete" || event.key === "Backspace") this.done("");
    else if (event.key.length === 1 && symbol !== null && event.key !== " ") this.done(symbol);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // From the marks to the histories, and at either end back to the cell.
  tab(from, way) {
    const stops = [this.list.querySelector("[aria-selected=true]"), ...this.links.children];
    const next = stops[Math.max(stops.indexOf(from), 0) + way];
    next ? next.focus() : this.close();
  }

  choose(option) {
    if (option) this.done(option.dataset.symbol);
  }

  done(symbol) {
    const cell = this.cell;
    this.close();
    this.onChosen(cell, symbol);
  }

  close(focus = true) {
    this.box.hidden = true;
    if (focus) this.cell.focus({ preventScroll: true });
  }
}
