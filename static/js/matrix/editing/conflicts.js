// What could not be saved is shown with both values; nothing is dropped without an answer.
import { make } from "../../dom.js";
import { rowById } from "../table.js";
import { ask, inform, tableOf } from "./dialog.js";

/**
 * @import { Cells, Change } from "./cells.js"
 * @import { Place, StoppedOperation } from "./edit_queue.js"
 * @import { Marks } from "./marks.js"
 */

/** @type {Partial<Record<StoppedOperation["outcome"], string>>} */
const REASONS = {
  gone: "行または列が削除されています",
  refused: "保存できません",
};

export class Conflicts {
  /** By cell. @type {Map<string, StoppedOperation>} */
  waiting = new Map();
  isOpen = false;

  /**
   * @param {{
   *   cells: Cells,
   *   marks: Marks,
   *   notify: (text: string) => void,
   *   save: (changes: Change[]) => void,
   * }} parts
   */
  constructor({ cells, marks, notify, save }) {
    this.cells = cells;
    this.marks = marks;
    this.notify = notify;
    this.save = save;
  }

  /** @param {StoppedOperation[]} operations */
  take(operations) {
    for (const operation of operations) {
      const key = `${operation.item}\n${operation.role}`;
      const before = this.waiting.get(key)?.before ?? operation.before;
      this.waiting.set(key, { ...operation, before });
    }
    if (!this.isOpen) this.show();
  }

  async show() {
    this.isOpen = true;
    while (this.waiting.size) {
      const all = [...this.waiting.values()];
      this.waiting.clear();
      const conflicts = all.filter(isConflict);
      const lost = all.filter((one) => !isConflict(one));
      for (const one of all) this.draw(one, isConflict(one) ? (one.now ?? "") : one.before);
      if (lost.length) await this.showLost(lost);
      if (conflicts.length) await this.settle(conflicts);
    }
    this.isOpen = false;
  }

  /**
   * @param {Place} place
   * @param {string} symbol
   */
  draw({ item, role }, symbol) {
    const row = rowById(item);
    const column = this.cells.columnOf(role);
    if (!row || column < 1) return;
    this.cells.set(row, column, symbol);
    row.cells[column]?.classList.remove("w");
  }

  /** @param {Place} place */
  place({ item, role }) {
    const row = rowById(item);
    return [row ? `${this.cells.number(row)} ${this.cells.name(row)}` : "（削除された行）", role];
  }

  /** @param {StoppedOperation[]} lost */
  async showLost(lost) {
    const rows = lost.map((one) => [
      ...this.place(one),
      this.value(one.after),
      one.message ?? REASONS[one.outcome] ?? "",
    ]);
    const note = make("p", { textContent: "次の変更は保存されませんでした。" });
    const table = tableOf(["作業項目", "関連業者", "入力した記号", "理由"], rows);
    await inform("保存できなかった変更", [note, table]);
  }

  /** @param {StoppedOperation[]} conflicts */
  async settle(conflicts) {
    const rows = conflicts.map((one) => [
      ...this.place(one),
      this.value(one.after),
      this.value(one.now ?? ""),
      `${one.by || "ほかの人"}（${localTime(one.at)}）`,
    ]);
    const note = make("p", {
      textContent: `${conflicts.length}件のセルを、ほかの人が先に変更しました。どちらの値にしますか。`,
    });
    const table = tableOf(["作業項目", "関連業者", "自分の値", "相手の値", "変更した人"], rows);
    const answer = await ask(
      "変更が重なりました",
      [note, table],
      [
        ["theirs", "相手の値のままにする"],
        ["mine", "自分の値にする", "fill"],
      ],
    );
    if (answer === "mine") this.save(this.changes(conflicts));
    else this.notify("相手の値のままにしました");
  }

  /** @param {StoppedOperation[]} conflicts */
  changes(conflicts) {
    /** @type {Change[]} */
    const changes = [];
    for (const { item, role, after } of conflicts) {
      const row = rowById(item);
      const column = this.cells.columnOf(role);
      if (row && column > 0) changes.push({ row, column, after });
    }
    return changes;
  }

  /** @param {string} symbol */
  value(symbol) {
    return symbol ? `${symbol} ${this.marks.label(symbol)}` : "空白";
  }
}

/** @param {StoppedOperation} operation */
function isConflict(operation) {
  return operation.outcome === "conflict";
}

/** @param {string} [text] */
function localTime(text) {
  if (!text) return "";
  return new Date(text).toLocaleString("ja-JP", { dateStyle: "short", timeStyle: "short" });
}
