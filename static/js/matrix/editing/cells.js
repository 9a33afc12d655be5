// The marks on the screen: reading, writing, and the counts that follow from them.
export class Cells {
  constructor(table, folding, packing, marks) {
    Object.assign(this, { table, folding, packing, marks });
    this.dirty = new Set();
    this.changed = [];
  }

  get columns() {
    return this.packing.columns;
  }

  // Names of the columns as the server knows them.
  role(column) {
    return this.table.tHead.rows[1].cells[column].ariaLabel;
  }

  columnOf(role) {
    return [...this.table.tHead.rows[1].cells].findIndex((cell) => cell.ariaLabel === role);
  }

  isMark(column) {
    return column > 0 && column <= this.columns;
  }

  // A closed heading shows counts instead of marks.
  isClosed(row) {
    return row.cells[0].ariaExpanded === "false";
  }

  mark(row, column) {
    if (this.isClosed(row)) return "";
    if (this.packing.isPacked(row)) return this.packing.marks(row)[column - 1];
    return row.cells[column].textContent;
  }

  set(row, column, symbol) {
    if (this.isClosed(row)) return;
    this.packing.unpack(row);
    const cell = row.cells[column];
    const was = cell.textContent;
    if (was === symbol) return;
    cell.textContent = symbol;
    cell.classList.remove("p", "s");
    if (symbol) cell.classList.add(this.marks.leads.has(symbol) ? "p" : "s");
    if (cell.ariaLabel) this.label(cell);
    this.dirty.add(row);
    this.changed.push([column, was, symbol]);
    this.idle ??= requestIdleCallback(() => this.recount(), { timeout: 500 });
  }

  // The 合計 row.
  count(column, was, now) {
    const cell = this.table.tFoot.rows[0].cells[column];
    const counts = new Map();
    for (const line of cell.textContent.split("\n")) {
      const symbol = this.marks.legend.find((mark) => line.startsWith(mark));
      if (symbol) counts.set(symbol, Number(line.slice(symbol.length)));
    }
    if (was) counts.set(was, (counts.get(was) || 0) - 1);
    if (now) counts.set(now, (counts.get(now) || 0) + 1);
    cell.textContent = this.marks.legend
      .filter((mark) => counts.get(mark) > 0)
      .map((mark) => mark + counts.get(mark))
      .join("\n");
  }

  // The counts of closed headings above the rows that changed.
  recount() {
    for (const change of this.changed.splice(0)) this.count(...change);
    const shut = new Set();
    for (const row of this.dirty) {
      for (let up = this.folding.parent(row); up; up = this.folding.parent(up)) {
        if (this.isClosed(up)) shut.add(up);
      }
    }
    for (const row of shut) this.folding.count(row, true);
    this.dirty.clear();
    this.idle = undefined;
  }

  number(row) {
    return row.querySelector(".n").textContent;
  }

  name(row) {
    return row.cells[0].lastChild.data ?? "";
  }

  // What a screen reader says at a cell: 「項番295、本受託者、主たる作業者」.
  label(cell) {
    if (this.isMark(cell.cellIndex)) cell.ariaLabel = this.describe(cell.parentNode, cell.cellIndex);
  }

  describe(row, column) {
    const where = `項番${this.number(row)}`;
    if (column === 0) return `${where}、${this.name(row)}`;
    if (!this.isMark(column)) return `${where}、作業内容`;
    const text = this.isClosed(row) ? row.cells[column].textContent.replace("\n", " ") || "空白" : this.marks.say(this.mark(row, column));
    return `${where}、${this.role(column)}、${text}`;
  }
}
