// Marks what has open findings: rows and columns with a link to them, cells with a frame. Only
// chunks of rows that are near are marked. F goes to the findings of the row, Shift+F to those of
// the column.
const WAIT = 1_500;
const NEAR = "100%";
const TITLE = "要確認";

export class Findings {
  constructor({ table, packing, dataset, say }) {
    Object.assign(this, { table, packing, say, base: dataset.base });
    this.found = { titles: {}, rows: {}, cells: {}, columns: {} };
    this.words = document.createElement("div");
    this.words.hidden = true;
    table.after(this.words);
    this.near = new IntersectionObserver((seen) => this.onSeen(seen), { root: document.getElementById("scroll"), rootMargin: NEAR });
    packing.onUnpacked = (row) => this.drawCells(row);
    table.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("raci:changed", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), WAIT);
    });
    if (!location.hash) table.querySelector(".pt.found")?.scrollIntoView({ block: "nearest", inline: "center" });
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

  draw(found) {
    this.found = found;
    this.words.replaceChildren(...Object.keys(found.titles).map((code) => this.word(code)));
    this.drawHeads();
    this.near.disconnect();
    for (const body of this.table.tBodies) this.near.observe(body);
  }

  // What aria-describedby of a cell names.
  word(code) {
    const word = document.createElement("span");
    word.id = `finding-${code}`;
    word.textContent = this.title([code]);
    return word;
  }

  onSeen(seen) {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) for (const row of target.rows) this.drawRow(row);
    }
  }

  drawRow(row) {
    const name = row.cells[0];
    const codes = this.found.rows[row.id];
    name.querySelector("a.fd")?.remove();
    if (codes) name.lastChild.before(this.link(codes, this.rowPath(row)));
    if (!this.packing.isPacked(row)) this.drawCells(row);
  }

  drawCells(row) {
    for (const cell of row.querySelectorAll(".fc")) {
      cell.classList.remove("fc");
      cell.removeAttribute("aria-describedby");
      if (cell.title.startsWith(TITLE)) cell.removeAttribute("title");
    }
    for (const [column, codes] of Object.entries(this.found.cells[row.id] ?? {})) {
      const cell = row.cells[column];
      cell.classList.add("fc");
      cell.setAttribute("aria-describedby", codes.map((code) => `finding-${code}`).join(" "));
      cell.title ||= this.title(codes);
    }
  }

  drawHeads() {
    const heads = this.table.tHead.rows[1].cells;
    for (const mark of this.table.tHead.querySelectorAll("a.fd")) mark.remove();
    for (const [column, codes] of Object.entries(this.found.columns)) heads[column]?.append(this.link(codes, this.columnPath(column)));
  }

  link(codes, path) {
    const link = document.createElement("a");
    link.className = "fd";
    link.tabIndex = -1;
    link.href = path;
    link.title = this.title(codes);
    link.ariaLabel = `${TITLE} ${codes.join("、")}`;
    return link;
  }

  title(codes) {
    return `${TITLE} ${codes.map((code) => `${code} ${this.found.titles[code]}`).join("、")}`;
  }

  rowPath(row) {
    return `${this.base}checks/?row=${row.id}`;
  }

  columnPath(column) {
    return `${this.base}checks/?column=${encodeURIComponent(this.table.tHead.rows[1].cells[column].ariaLabel)}`;
  }

  onKey(event) {
    const cell = event.target.closest("tbody td, tbody th");
    if (cell !== event.target || event.key.toLowerCase() !== "f" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { cellIndex: column, parentNode: row } = cell;
    event.preventDefault();
    if (event.shiftKey) this.go(this.found.columns[column], () => this.columnPath(column), "この列に要確認はありません。");
    else this.go(this.found.rows[row.id], () => this.rowPath(row), "この行に要確認はありません。");
  }

  go(codes, path, none) {
    codes ? location.assign(path()) : this.say(none);
  }
}
