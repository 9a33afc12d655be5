// What could not be saved is shown with both values; nothing is dropped without an answer.
import { ask, make, tableOf } from "./dialog.js";

const WORDS = {
  gone: "行または列が削除されています",
  refused: "保存できません",
};

export class Stopped {
  constructor({ cells, marks, say }) {
    Object.assign(this, { cells, marks, say });
    this.waiting = new Map();
  }

  // Operations with what the server answered; `save` is set by the page.
  take(operations) {
    for (const o of operations) {
      const key = `${o.item}\n${o.role}`;
      this.waiting.set(key, { ...o, before: this.waiting.get(key)?.before ?? o.before });
    }
    if (!this.open) this.show();
  }

  async show() {
    this.open = true;
    while (this.waiting.size) {
      const all = [...this.waiting.values()];
      this.waiting.clear();
      const conflicts = all.filter((o) => o.outcome === "conflict");
      const lost = all.filter((o) => o.outcome !== "conflict");
      for (const o of all) this.draw(o, o.outcome === "conflict" ? o.now : o.before);
      if (lost.length) await this.tell(lost);
      if (conflicts.length) await this.settle(conflicts);
    }
    this.open = false;
  }

  draw({ item, role }, symbol) {
    const row = document.getElementById(item);
    const column = this.cells.columnOf(role);
    if (!row || column < 1) return;
    this.cells.set(row, column, symbol);
    row.cells[column]?.classList.remove("w");
  }

  where({ item, role }) {
    const row = document.getElementById(item);
    return [row ? `${this.cells.number(row)} ${this.cells.name(row)}` : "（削除された行）", role];
  }

  async tell(lost) {
    const rows = lost.map((o) => [...this.where(o), this.value(o.after), o.words ?? WORDS[o.outcome]]);
    const note = make("p", { textContent: "次の変更は保存されませんでした。" });
    await ask("保存できなかった変更", [note, tableOf(["作業項目", "関連業者", "入力した記号", "理由"], rows)], [["", "閉じる", "fill"]]);
  }

  async settle(conflicts) {
    const rows = conflicts.map((o) => [...this.where(o), this.value(o.after), this.value(o.now), `${o.by || "ほかの人"}（${when(o.at)}）`]);
    const note = make("p", { textContent: `${conflicts.length}件のセルを、ほかの人が先に変更しました。どちらの値にしますか。` });
    const answer = await ask(
      "変更が重なりました",
      [note, tableOf(["作業項目", "関連業者", "自分の値", "相手の値", "変更した人"], rows)],
      [["theirs", "相手の値のままにする"], ["mine", "自分の値にする", "fill"]],
    );
    if (answer !== "mine") return this.say("相手の値のままにしました");
    const changes = [];
    for (const { item, role, after } of conflicts) {
      const row = document.getElementById(item);
      const column = this.cells.columnOf(role);
      if (row && column > 0) changes.push({ row, column, after });
    }
    this.save(changes);
  }

  value(symbol) {
    return symbol ? `${symbol} ${this.marks.say(symbol)}` : "空白";
  }
}

export function when(text) {
  return text ? new Date(text).toLocaleString("ja-JP", { dateStyle: "short", timeStyle: "short" }) : "";
}
