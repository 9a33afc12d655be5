// Ranges to and from Excel as tab-separated text.
import { ask, make, tableOf } from "./dialog.js";

const SHOWN = 200;

export class Clipboard {
  constructor({ table, cells, marks, selection, saving, say, guarded }) {
    Object.assign(this, { table, cells, marks, selection, saving, say, guarded });
    for (const kind of ["copy", "cut", "paste"]) {
      document.addEventListener(kind, (event) => {
        if (!document.activeElement?.matches("#mx tbody :is(td, th)") || !getSelection().isCollapsed) return;
        event.preventDefault();
        this[kind](event.clipboardData);
      });
    }
  }

  copy(data) {
    const { rows, from, to } = this.selection.range();
    const lines = rows.map((row) => {
      const texts = [];
      for (let column = from; column <= to; column += 1) texts.push(quote(this.text(row, column)));
      return texts.join("\t");
    });
    data.setData("text/plain", lines.join("\r\n"));
    this.say(`${rows.length}行×${to - from + 1}列をコピーしました`);
  }

  cut(data) {
    this.copy(data);
    this.guarded(() => this.clear());
  }

  // Blanks the range's marks as one act.
  clear() {
    const { rows, from, to } = this.selection.range();
    const changes = [];
    for (const row of rows) {
      for (let column = from; column <= to; column += 1) {
        if (this.cells.isMark(column) && !this.cells.isClosed(row)) changes.push({ row, column, after: "" });
      }
    }
    this.say(`${this.saving.act(changes)}件の記号を消しました`);
  }

  text(row, column) {
    if (column === 0) return this.cells.name(row);
    return this.cells.isMark(column) ? this.cells.mark(row, column) : row.cells[row.cells.length - 1].textContent;
  }

  paste(data) {
    const block = parse(data.getData("text/plain"));
    if (block.length) this.guarded(() => this.put(block));
  }

  async put(block) {
    const { changes, misplaced } = this.plan(block);
    if (changes.length === 1 && !misplaced.length && block.length === 1 && block[0].length === 1) {
      this.saving.act(changes);
      return;
    }
    if (!changes.length && !misplaced.length) {
      this.say("貼り付けで変わるセルはありません");
      return;
    }
    if (await this.confirm(changes, misplaced)) {
      const count = this.saving.act(changes, "paste");
      this.say(`${count}件のセルに貼り付けました`);
    }
  }

  // What the block would change from the range's corner on, and what has no place. A single
  // value fills the whole range.
  plan(block) {
    const { rows, from, to } = this.selection.range();
    const [changes, misplaced] = [[], []];
    const single = block.length === 1 && block[0].length === 1;
    const height = single ? rows.length : block.length;
    const below = this.below(rows[0], height);
    for (let down = 0; down < height; down += 1) {
      const line = single ? block[0] : block[down];
      const width = single ? to - from + 1 : line.length;
      for (let right = 0; right < width; right += 1) {
        this.place(below[down], from + right, single ? line[0] : line[right], changes, misplaced);
      }
    }
    return { changes, misplaced };
  }

  below(first, count) {
    const all = this.selection.folding.rows;
    const found = [];
    for (let i = first.place; i < all.length && found.length < count; i += 1) if (!all[i].hidden) found.push(all[i]);
    return found;
  }

  place(row, column, text, changes, misplaced) {
    const symbol = this.marks.read(text);
    const stop = (words) => { if (text.trim()) misplaced.push({ row, column, text, words }); };
    if (!row) return stop("表の最後の行を越えています");
    if (column > this.cells.columns) return stop("最後の列を越えています");
    if (!this.cells.isMark(column)) return stop("作業項目の列には貼り付けられません");
    if (symbol === null) return stop("凡例にない記号です");
    if (row.cells[0].hasAttribute("aria-expanded") && symbol) return stop("見出しには記号を付けられません");
    if (!this.cells.isClosed(row) && this.cells.mark(row, column) !== symbol) changes.push({ row, column, after: symbol });
  }

  async confirm(changes, misplaced) {
    const parts = [make("p", { textContent: `${changes.length}件のセルが変わります。${misplaced.length ? `${misplaced.length}件は貼り付けられません。` : ""}` })];
    if (misplaced.length) {
      parts.push(make("h3", { textContent: "貼り付けられないセル" }));
      parts.push(tableOf(["作業項目", "関連業者", "値", "理由"], misplaced.slice(0, SHOWN).map(({ row, column, text, words }) => [this.row(row), this.column(column), text, words])));
      parts.push(rest(misplaced.length));
    }
    if (changes.length) {
      parts.push(make("h3", { textContent: "変わるセル" }));
      parts.push(tableOf(["作業項目", "関連業者", "現在", "変更後"], changes.slice(0, SHOWN).map(({ row, column, after }) => [this.row(row), this.column(column), this.cells.mark(row, column) || "空白", after || "空白"])));
      parts.push(rest(changes.length));
    }
    const buttons = [["", "やめる"]];
    if (changes.length) buttons.unshift(["paste", "貼り付ける", "fill"]);
    return (await ask("貼り付けの確認", parts, buttons)) === "paste";
  }

  row(row) {
    return row ? `${this.cells.number(row)} ${this.cells.name(row)}` : "―";
  }

  column(column) {
    return this.cells.isMark(column) ? this.cells.role(column) : "―";
  }
}

function rest(count) {
  return make("p", { textContent: count > SHOWN ? `ほか${count - SHOWN}件` : "" });
}

function quote(text) {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Excel's clipboard text → rows of texts. Quoted fields may hold tabs and breaks.
export function parse(text) {
  const rows = [[]];
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!body) return text ? [[""]] : [];
  const field = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/y;
  while (field.lastIndex <= body.length) {
    const [, quoted, plain, end] = field.exec(body);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end === "\n") rows.push([]);
  }
  return rows;
}
