// Above 50,000 cells a row's marks come as one text cell with a glyph per role. Real cells are
// made for the chunks where scrolling rests, and for a row that is about to get the focus.
const REST = 80;
const KEEP = 40;
const BLANK = "\u3000";

export class Packing {
  constructor(table, scroller) {
    this.columns = Number(table.dataset.columns);
    this.glyphs = new Map();
    for (const mark of (table.dataset.legend || "").split(" ")) this.glyphs.set(glyph(mark), mark);
    this.packed = table.querySelector("tbody td.c") !== null;
    if (!this.packed) return;
    this.scroller = scroller;
    this.near = new Set();
    this.warm = new Set();
    table.addEventListener("contentvisibilityautostatechange", (event) => {
      event.skipped ? this.near.delete(event.target) : this.near.add(event.target);
      this.settle();
    }, true);
    scroller.addEventListener("scroll", () => this.settle(), { passive: true });
  }

  // The marks of a row in column order, "" for blank, from real cells or the packed text.
  marks(row) {
    const first = row.cells[1];
    if (!this.isPacked(row)) return [...row.cells].slice(1, -1).map((cell) => cell.textContent);
    return Array.from(first.textContent.padEnd(this.columns, BLANK), (char) => this.glyphs.get(char) || "");
  }

  isPacked(row) {
    return row.cells[1]?.className === "c";
  }

  // Which column a click at x on a packed cell means, null on a real cell.
  columnAt(cell, x) {
    if (cell.className !== "c") return null;
    const box = cell.getBoundingClientRect();
    return 1 + Math.min(this.columns - 1, Math.floor(((x - box.left) / box.width) * this.columns));
  }

  unpack(row) {
    if (!this.isPacked(row)) return;
    const real = document.createDocumentFragment();
    const strong = new Set([...row.cells[1].querySelectorAll("b")].map((b) => b.textContent));
    for (const mark of this.marks(row)) {
      const cell = document.createElement("td");
      cell.setAttribute("role", "gridcell");
      if (mark) {
        cell.className = strong.has(glyph(mark)) ? "p" : "s";
        cell.textContent = mark;
      }
      real.append(cell);
    }
    row.cells[1].replaceWith(real);
    this.onUnpacked?.(row);
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

  // Packs a chunk again. Counts of closed headings stay as they are.
  cool(body) {
    this.warm.delete(body);
    for (const row of body.rows) {
      if (row.cells[0].ariaExpanded === "false") continue;
      const cell = document.createElement("td");
      cell.className = "c";
      cell.setAttribute("role", "gridcell");
      cell.ariaColSpan = String(this.columns);
      for (const real of [...row.cells].slice(1, -1)) {
        const text = real.textContent ? glyph(real.textContent) : BLANK;
        if (!real.classList.contains("p")) cell.append(text);
        else cell.appendChild(document.createElement("b")).textContent = text;
      }
      row.replaceChildren(row.firstElementChild, cell, row.lastElementChild);
    }
  }
}

// The full-width character that stands for a mark in packed text.
function glyph(mark) {
  const code = mark.codePointAt(0);
  return mark.length === 1 && code > 0x20 && code < 0x7f ? String.fromCodePoint(code + 0xfee0) : mark;
}
