// Ranges to and from Excel as tab-separated text.
import { make } from "../../dom.js";
import { BODY_CELL, isClosed, isHeading } from "../table.js";
import { ask, tableOf } from "./dialog.js";
import { isSingle, pasted, positions } from "./range.js";
import { readTsv, writeTsv } from "./tsv.js";

/**
 * @import { Folding } from "../folding.js"
 * @import { Cells, Change } from "./cells.js"
 * @import { Marks } from "./marks.js"
 * @import { Reason } from "./reason.js"
 * @import { Saving } from "./saving.js"
 * @import { Selection } from "./selection.js"
 *
 * A pasted text that has no place, with the reason.
 *
 * @typedef {{
 *   row: HTMLTableRowElement | undefined,
 *   column: number,
 *   text: string,
 *   reason: string,
 * }} Misplaced
 */

const SHOWN = 200;

export class Clipboard {
  /**
   * @param {{
   *   folding: Folding,
   *   cells: Cells,
   *   marks: Marks,
   *   selection: Selection,
   *   saving: Saving,
   *   reason: Reason,
   *   notify: (text: string) => void,
   * }} parts
   */
  constructor({ folding, cells, marks, selection, saving, reason, notify }) {
    this.folding = folding;
    this.cells = cells;
    this.marks = marks;
    this.selection = selection;
    this.saving = saving;
    this.reason = reason;
    this.notify = notify;
    this.listen("copy", (data) => this.copy(data));
    this.listen("cut", (data) => this.cut(data));
    this.listen("paste", (data) => this.paste(data));
  }

  /**
   * @param {"copy" | "cut" | "paste"} kind
   * @param {(data: DataTransfer) => void} action
   */
  listen(kind, action) {
    document.addEventListener(kind, (event) => {
      const inTable = document.activeElement?.matches(`#mx ${BODY_CELL}`);
      if (!inTable || !getSelection()?.isCollapsed || !event.clipboardData) return;
      event.preventDefault();
      action(event.clipboardData);
    });
  }

  /** @param {DataTransfer} data */
  copy(data) {
    const { rows, from, to } = this.selection.range();
    const columns = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const texts = rows.map((row) => columns.map((column) => this.text(row, column)));
    data.setData("text/plain", writeTsv(texts));
    this.notify(`${rows.length}行×${columns.length}列をコピーしました`);
  }

  /** @param {DataTransfer} data */
  cut(data) {
    this.copy(data);
    this.reason.guard(() => this.clear());
  }

  /** Blanks the range's marks as one act. */
  clear() {
    const range = this.selection.range();
    const changes = positions(range)
      .map(({ down, column }) => ({ row: range.rows[down], column, after: "" }))
      .filter(({ row, column }) => this.cells.isMark(column) && !isClosed(row));
    this.notify(`${this.saving.act(changes)}件の記号を消しました`);
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {number} column
   */
  text(row, column) {
    if (column === 0) return this.cells.name(row);
    if (this.cells.isMark(column)) return this.cells.mark(row, column);
    return row.cells[row.cells.length - 1].textContent;
  }

  /** @param {DataTransfer} data */
  paste(data) {
    const block = readTsv(data.getData("text/plain"));
    if (block.length) this.reason.guard(() => this.put(block));
  }

  /** @param {string[][]} block */
  async put(block) {
    const { changes, misplaced } = this.plan(block);
    if (changes.length === 1 && !misplaced.length && isSingle(block)) {
      this.saving.act(changes);
      return;
    }
    if (!changes.length && !misplaced.length) {
      this.notify("貼り付けで変わるセルはありません");
      return;
    }
    if (await this.confirm(changes, misplaced)) {
      const count = this.saving.act(changes, "paste");
      this.notify(`${count}件のセルに貼り付けました`);
    }
  }

  /**
   * What the block would change from the range's corner on, and what has no place.
   *
   * @param {string[][]} block
   */
  plan(block) {
    const range = this.selection.range();
    const rows = isSingle(block)
      ? range.rows
      : this.folding.visible(this.folding.place(range.rows[0]));
    /** @type {Change[]} */
    const changes = [];
    /** @type {Misplaced[]} */
    const misplaced = [];
    for (const { down, column, text } of pasted(block, range)) {
      const row = rows[down];
      const symbol = this.marks.read(text);
      const reason = this.refusal(row, column, symbol);
      if (!reason && symbol !== null) {
        if (!isClosed(row) && this.cells.mark(row, column) !== symbol) {
          changes.push({ row, column, after: symbol });
        }
      } else if (text.trim()) misplaced.push({ row, column, text, reason });
    }
    return { changes, misplaced };
  }

  /**
   * Why a mark cannot stand in a cell, "" when it can.
   *
   * @param {HTMLTableRowElement | undefined} row
   * @param {number} column
   * @param {string | null} symbol
   */
  refusal(row, column, symbol) {
    if (!row) return "表の最後の行を越えています";
    if (column > this.cells.columns) return "最後の列を越えています";
    if (!this.cells.isMark(column)) return "作業項目の列には貼り付けられません";
    if (symbol === null) return "凡例にない記号です";
    return isHeading(row) && symbol ? "見出しには記号を付けられません" : "";
  }

  /**
   * @param {Change[]} changes
   * @param {Misplaced[]} misplaced
   */
  async confirm(changes, misplaced) {
    const refused = misplaced.length ? `${misplaced.length}件は貼り付けられません。` : "";
    const summary = `${changes.length}件のセルが変わります。${refused}`;
    const parts = [
      make("p", { textContent: summary }),
      ...part(
        "貼り付けられないセル",
        ["作業項目", "関連業者", "値", "理由"],
        misplaced.map((one) => [this.row(one.row), this.column(one.column), one.text, one.reason]),
      ),
      ...part(
        "変わるセル",
        ["作業項目", "関連業者", "現在", "変更後"],
        changes.map(({ row, column, after }) => [
          this.row(row),
          this.column(column),
          this.cells.mark(row, column) || "空白",
          after || "空白",
        ]),
      ),
    ];
    /** @type {import("./dialog.js").Button[]} */
    const buttons = [["", "やめる"]];
    if (changes.length) buttons.unshift(["paste", "貼り付ける", "fill"]);
    return (await ask("貼り付けの確認", parts, buttons)) === "paste";
  }

  /** @param {HTMLTableRowElement | undefined} row */
  row(row) {
    return row ? `${this.cells.number(row)} ${this.cells.name(row)}` : "―";
  }

  /** @param {number} column */
  column(column) {
    return this.cells.isMark(column) ? this.cells.role(column) : "―";
  }
}

/**
 * A heading and a table of the first rows; nothing when there are none.
 *
 * @param {string} title
 * @param {string[]} headers
 * @param {string[][]} rows
 */
function part(title, headers, rows) {
  if (!rows.length) return [];
  const more = rows.length > SHOWN ? `ほか${rows.length - SHOWN}件` : "";
  return [
    make("h3", { textContent: title }),
    tableOf(headers, rows.slice(0, SHOWN)),
    make("p", { textContent: more }),
  ];
}
