// Rows: insert, rename, describe, delete, move. The server answers, then the table is read anew.
import { ask, make } from "./dialog.js";
import { Offline } from "./server.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" };
const DONE = { up: "上へ移動しました", down: "下へ移動しました", indent: "階層を下げました", outdent: "階層を上げました" };

export class Outline {
  constructor(page) {
    this.page = page;
    this.listenToDrag();
    addEventListener("beforeunload", (event) => {
      const input = document.querySelector("#mx textarea");
      if (input && input.value !== input.defaultValue) event.preventDefault();
    });
  }

  get cells() {
    return this.page.cells;
  }

  // The rows of the range, or the one with the cursor.
  rows() {
    return this.page.selection.range().rows;
  }

  // Sends one edit after everything typed before it; true when it was done.
  async send(body, done) {
    try {
      if (!(await this.page.saving.flush())) throw new Offline("接続が戻るまで、行の変更はできません。");
      const answer = await this.page.server.post("outline/", { reason: this.page.reason(), ...body });
      // The server tells a text once more as it cleaned it.
      if (body.act !== "text") this.page.live.own.add(answer.revision);
      if (body.act === "text") this.page.others.text(body.item, ...(body.field === "name" ? [body.after] : [undefined, body.after]));
      else await this.page.refresh(answer.uid);
      this.page.say(done);
      return answer;
    } catch (error) {
      await this.fail(error);
      return null;
    }
  }

  async fail(error) {
    const parts = [make("p", { textContent: error.message })];
    if (error.answer?.now !== undefined) parts.push(make("p", { textContent: `現在の値：${error.answer.now || "空白"}` }));
    if (error instanceof Offline) parts.push(make("p", { textContent: "接続を確認して、もう一度操作してください。" }));
    await ask("変更できませんでした", parts, [["", "閉じる", "fill"]]);
    if (error.status === 409) await this.page.refresh();
  }

  step(key) {
    const way = STEPS[key];
    return this.send({ act: "step", items: this.rows().map((row) => row.id), way }, DONE[way]);
  }

  // Asks for the name in a line of its own, then inserts. A name that could not be saved is asked again.
  async insert(where, typed = "") {
    const row = this.page.cursor.cell.parentNode;
    const words = { above: "上に挿入", below: "下に挿入", child: "下位に追加" }[where];
    const input = make("input", { name: "name", value: typed, maxLength: 1000, required: true, autofocus: true, className: "wide" });
    const label = make("label", { className: "field" }, "作業項目の名称 ", input);
    const note = make("p", { textContent: `項番${this.cells.number(row)}「${this.cells.name(row)}」の${words}します。` });
    const answer = await ask(`作業項目を${words}`, [note, label], [["insert", "追加する", "fill"], ["", "やめる"]]);
    const name = input.value.trim();
    if (answer !== "insert" || !name) return;
    if (!(await this.send({ act: "insert", anchor: row.id, where, name }, "追加しました"))) await this.insert(where, name);
  }

  async remove() {
    const rows = this.rows();
    const folding = this.page.folding;
    let below = 0;
    let marks = 0;
    const last = rows.at(-1);
    for (let i = rows[0].place; i < folding.rows.length; i += 1) {
      const row = folding.rows[i];
      if (row.place > last.place && row.level <= last.level) break;
      below += 1;
      if (!this.cells.isClosed(row)) marks += this.page.packing.marks(row).filter(Boolean).length;
    }
    const first = `項番${this.cells.number(rows[0])}「${this.cells.name(rows[0])}」`;
    const note = make("p", { textContent: `${first}から${below}行（下位の項目を含む）と、その記号${marks}個を削除します。「元に戻す」で取り消せます。` });
    const answer = await ask("作業項目の削除", [note], [["", "やめる"], ["delete", `${below}行を削除する`, "fill"]]);
    if (answer === "delete") await this.send({ act: "delete", items: rows.map((row) => row.id) }, `${below}行を削除しました`);
  }

  // Edits 作業項目 or 作業内容 where it stands. Enter saves (Alt+Enter breaks the line), Esc leaves.
  // A text that could not be saved is open again.
  edit(cell, typed) {
    const row = cell.parentNode;
    const column = cell.cellIndex;
    const field = column === 0 ? "name" : "description";
    const before = field === "name" ? this.cells.name(row) : cell.textContent;
    const input = make("textarea", { defaultValue: before, value: typed ?? before, className: "inline", rows: field === "name" ? 2 : 4, maxLength: field === "name" ? 1000 : 20000 });
    input.ariaLabel = `${this.cells.describe(row, 0)}の${field === "name" ? "作業項目" : "作業内容"}`;
    const holder = make("div", { className: "holder" }, input);
    this.page.cursor.place(cell);
    cell.append(holder);
    input.select();
    let open = true;
    const leave = async (save) => {
      if (!open) return;
      open = false;
      const after = input.value.trim();
      holder.remove();
      cell.focus({ preventScroll: true });
      if (!save || after === before) return;
      if (await this.send({ act: "text", item: row.id, field, before, after }, "変更しました")) return;
      const now = document.getElementById(row.id);
      if (now) this.edit(this.page.cursor.at(now, column), after);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Escape") leave(false);
      else if (event.key === "Enter" && !event.altKey && !event.shiftKey) leave(true);
      else if (event.key === "Enter" && event.altKey && field === "description") input.setRangeText("\n", input.selectionStart, input.selectionEnd, "end");
      else if (event.key === "Tab") leave(true);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => leave(true));
    input.addEventListener("click", (event) => event.stopPropagation());
  }

  // A row is dragged by its 項番: dropped on the upper third above, on the lower third below, else as a child.
  listenToDrag() {
    const table = this.page.table;
    let dragged = null;
    let over = null;
    const clear = () => over?.row.classList.remove("drop-above", "drop-below", "drop-child");
    table.addEventListener("dragstart", (event) => {
      const row = event.target.closest?.("tbody .n")?.closest("tr");
      if (!row) return;
      const rows = this.rows();
      dragged = rows.includes(row) ? rows.map((one) => one.id) : [row.id];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", this.cells.name(row));
    });
    table.addEventListener("dragover", (event) => {
      const row = dragged && event.target.closest("tbody tr");
      if (!row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      const part = (event.clientY - box.top) / box.height;
      const where = part < 1 / 3 ? "above" : part > 2 / 3 ? "below" : "child";
      if (over?.row === row && over.where === where) return;
      clear();
      over = { row, where };
      row.classList.add(`drop-${where}`);
    });
    table.addEventListener("drop", (event) => {
      event.preventDefault();
      clear();
      const [items, target] = [dragged, over];
      dragged = over = null;
      if (items && target && !items.includes(target.row.id)) {
        this.page.guarded(() => this.send({ act: "move", items, anchor: target.row.id, where: target.where }, "移動しました"));
      }
    });
    table.addEventListener("dragend", () => {
      clear();
      dragged = over = null;
    });
  }
}
