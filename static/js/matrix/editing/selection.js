// A rectangle of cells between the anchor and the cursor, over the rows that are visible.
const MOST_CELLS = 20_000;

export class Selection {
  constructor(table, folding, cursor) {
    Object.assign(this, { table, folding, cursor });
    this.shown = [];
    cursor.watch((extend) => this.follow(extend));
    this.anchor = cursor.cell && this.here();
  }

  here() {
    return { row: this.cursor.cell.parentNode, column: this.cursor.column };
  }

  follow(extend) {
    if (!extend) this.anchor = this.here();
    this.draw();
  }

  all() {
    this.anchor = { row: this.folding.first(), column: 1 };
    this.cursor.place(this.cursor.at(this.folding.last(), this.cursor.heads.length - 2), { extend: true });
  }

  // { rows, from, to }: visible rows from top to bottom and the columns, both ends within.
  range() {
    const end = this.here();
    const start = this.anchor?.row.isConnected ? this.anchor : end;
    const places = [start.row.place, end.row.place].sort((a, b) => a - b);
    const rows = this.folding.rows.slice(places[0], places[1] + 1).filter((row) => !row.hidden);
    const [from, to] = [start.column, end.column].sort((a, b) => a - b);
    return { rows, from, to };
  }

  // The same range after the table was read anew.
  restore({ row, column }) {
    const now = document.getElementById(row.id);
    if (now && !now.hidden) this.anchor = { row: now, column };
    this.draw();
  }

  isSingle() {
    return !this.anchor || (this.anchor.row === this.cursor.cell.parentNode && this.anchor.column === this.cursor.column);
  }

  draw() {
    for (const node of this.shown) node.removeAttribute("aria-selected");
    this.shown = [];
    if (this.isSingle()) return;
    const { rows, from, to } = this.range();
    const whole = rows.length * (to - from + 1) > MOST_CELLS;
    for (const row of rows) {
      if (whole || this.cursor.packing.isPacked(row)) this.shown.push(row);
      else for (let column = from; column <= to; column += 1) this.shown.push(row.cells[column]);
    }
    for (const node of this.shown) node.setAttribute("aria-selected", "true");
  }
}
