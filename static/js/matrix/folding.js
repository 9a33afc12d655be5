// Opening and closing headings. A closed row is hidden=until-found, so that the browser's own
// find still reaches it. The state lives in the URL: fold=<level> and flip=<uid.uid…>.
export class Folding {
  constructor(table, packing) {
    this.table = table;
    this.packing = packing;
    this.legend = (table.dataset.legend || "").split(" ");
    this.read();
    this.level = Number(new URLSearchParams(location.search).get("fold")) || null;
    table.addEventListener("beforematch", (event) => this.reveal(event.target.closest("tr")), true);
    document.getElementById("levels")?.addEventListener("click", (event) => this.onLevel(event));
  }

  // Takes the rows as they stand in the table.
  read() {
    this.rows = [...this.table.querySelectorAll("tbody > tr")];
    this.rows.forEach((row, index) => {
      row.place = index;
      row.level = Number(row.ariaLevel);
    });
    this.closed = new Set(this.rows.filter((row) => this.name(row).ariaExpanded === "false"));
  }

  name(row) {
    return row.cells[0];
  }

  isHeading(row) {
    return this.name(row).hasAttribute("aria-expanded");
  }

  parent(row) {
    for (let i = row.place - 1; i >= 0; i--) if (this.rows[i].level < row.level) return this.rows[i];
    return null;
  }

  first() {
    return this.rows[0];
  }

  last() {
    return this.step(this.rows.at(-1), 0);
  }

  // The visible row `count` visible rows further on; 0 is the row itself or the one above it.
  step(row, count) {
    const way = count < 0 || (count === 0 && row.hidden) ? -1 : 1;
    let found = row;
    let left = Math.abs(count) || (row.hidden ? 1 : 0);
    for (let i = row.place + way; left && i >= 0 && i < this.rows.length; i += way) {
      if (!this.rows[i].hidden) {
        found = this.rows[i];
        left -= 1;
      }
    }
    return found;
  }

  toggle(row) {
    this.set(row, !this.closed.has(row));
  }

  set(row, close) {
    if (!this.isHeading(row) || this.closed.has(row) === close) return;
    close ? this.closed.add(row) : this.closed.delete(row);
    this.draw();
    this.remember();
    this.say(`${this.name(row).lastChild.data}を${close ? "閉じました" : "開きました"}`);
  }

  // Opens everything above a row.
  reveal(row) {
    if (!row) return;
    let opened = false;
    for (let up = this.parent(row); up; up = this.parent(up)) opened = this.closed.delete(up) || opened;
    if (!opened) return;
    this.draw();
    this.remember();
  }

  onLevel(event) {
    const link = event.target.closest("a[data-level]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.level = Number(link.dataset.level);
    this.closed = new Set(this.rows.filter((row) => this.isHeading(row) && row.level >= this.level));
    for (const other of link.parentNode.children) {
      other === link ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current");
    }
    this.draw();
    this.remember();
    this.say(`第${this.level}階層まで表示しました`);
  }

  // Makes the rows look as `closed` says. One pass, no layout in between.
  draw() {
    let under = Infinity;
    for (const body of this.table.tBodies) {
      let visible = 0;
      for (const row of body.rows) {
        if (row.level <= under) under = Infinity;
        const hide = under !== Infinity;
        this.hide(row, hide);
        if (!hide) visible += 1;
        if (this.isHeading(row)) this.drawHeading(row, hide);
        if (!hide && this.closed.has(row)) under = row.level;
      }
      this.drawBody(body, visible);
    }
  }

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

  drawHeading(row, hidden) {
    const shut = this.closed.has(row);
    if (hidden || (this.name(row).ariaExpanded === "false") === shut) return;
    this.name(row).ariaExpanded = String(!shut);
    this.count(row, shut);
  }

  drawBody(body, visible) {
    const share = visible / body.rows.length;
    body.classList.toggle("off", visible === 0);
    visible ? body.removeAttribute("aria-hidden") : (body.ariaHidden = "true");
    body.fullHeight ??= this.heightOf(body);
    body.style.containIntrinsicBlockSize = `auto ${Math.round(body.fullHeight * share)}px`;
  }

  heightOf(body) {
    return parseFloat(body.dataset.h) || body.rows.length * 36;
  }

  // Writes how many of each mark stand below a closed heading, per role; clears them when open.
  count(row, shut) {
    this.packing.unpack(row);
    const columns = row.cells.length - 2;
    const found = Array.from({ length: columns }, () => new Map());
    for (let i = row.place + 1; shut && i < this.rows.length && this.rows[i].level > row.level; i++) {
      if (this.isHeading(this.rows[i])) continue;
      this.packing.marks(this.rows[i]).forEach((mark, column) => {
        if (mark) found[column].set(mark, (found[column].get(mark) || 0) + 1);
      });
    }
    found.forEach((marks, column) => {
      const parts = this.legend.filter((mark) => marks.has(mark)).map((mark) => mark + marks.get(mark));
      row.cells[column + 1].textContent = parts.join("\n");
    });
  }

  remember() {
    const query = new URLSearchParams(location.search);
    const shut = (row) => this.level !== null && row.level >= this.level;
    const flipped = this.rows.filter((row) => this.isHeading(row) && shut(row) !== this.closed.has(row));
    this.level === null ? query.delete("fold") : query.set("fold", this.level);
    flipped.length ? query.set("flip", flipped.map((row) => row.id).join(".")) : query.delete("flip");
    const text = query.toString();
    history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
  }

  say(text) {
    document.getElementById("live").textContent = text;
  }
}
