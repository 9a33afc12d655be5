// Rows: insert, rename, describe, delete, move. The server answers, then the table is read anew.
import { isComposing, make } from "../../dom.js";
import { isClosed, rowById, rowOf } from "../table.js";
import { ask, inform, messageOf } from "./dialog.js";
import { OfflineError, RefusedError } from "./server.js";

/**
 * @import { Cursor } from "../cursor.js"
 * @import { Folding } from "../folding.js"
 * @import { Live } from "../live.js"
 * @import { Others } from "../others.js"
 * @import { Packing } from "../packing.js"
 * @import { Cells } from "./cells.js"
 * @import { Reason } from "./reason.js"
 * @import { Saving } from "./saving.js"
 * @import { Selection } from "./selection.js"
 * @import { RowEdit, Server, Way, Where } from "./server.js"
 */

/** @type {Record<string, Way>} */
const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "outdent", ArrowRight: "indent" };
/** @type {Record<Way, string>} */
const DONE = {
  up: "上へ移動しました",
  down: "下へ移動しました",
  indent: "階層を下げました",
  outdent: "階層を上げました",
};
/** @type {Record<Where, string>} */
const PLACES = { above: "上に挿入", below: "下に挿入", child: "下位に追加" };

export class Outline {
  /**
   * @param {{
   *   cursor: Cursor,
   *   folding: Folding,
   *   packing: Packing,
   *   cells: Cells,
   *   selection: Selection,
   *   saving: Saving,
   *   server: Server,
   *   reason: Reason,
   *   live: Live,
   *   others: Others,
   *   refresh: (uid?: string) => Promise<void>,
   *   notify: (text: string) => void,
   * }} parts
   */
  constructor(parts) {
    this.cursor = parts.cursor;
    this.folding = parts.folding;
    this.packing = parts.packing;
    this.cells = parts.cells;
    this.selection = parts.selection;
    this.saving = parts.saving;
    this.server = parts.server;
    this.reason = parts.reason;
    this.live = parts.live;
    this.others = parts.others;
    this.refresh = parts.refresh;
    this.notify = parts.notify;
    addEventListener("beforeunload", (event) => {
      const input = document.querySelector("textarea.inline");
      if (!(input instanceof HTMLTextAreaElement)) return;
      if (input.value !== input.defaultValue) event.preventDefault();
    });
  }

  /** The rows of the range, or the one with the cursor. */
  rows() {
    return this.selection.range().rows;
  }

  /**
   * Sends one edit after everything typed before it. Gives whether it was done.
   *
   * @param {RowEdit} edit
   * @param {string} done what is announced then
   */
  async send(edit, done) {
    try {
      if (!(await this.saving.flush())) {
        throw new OfflineError("接続が戻るまで、行の変更はできません。");
      }
      const { revision, uid } = await this.server.editRows(edit, this.reason.text);
      await this.show(edit, revision, uid);
      this.notify(done);
      return true;
    } catch (error) {
      await this.explain(error);
      return false;
    }
  }

  /**
   * Puts an edit on the page. A text is not counted as this page's own change: it comes once more
   * as the server cleaned it.
   *
   * @param {RowEdit} edit
   * @param {number} revision
   * @param {string} uid of a new row, or ""
   */
  async show(edit, revision, uid) {
    if (edit.act === "text") {
      this.others.text(edit.item, { [edit.field]: edit.after });
      return;
    }
    this.live.addOwn(revision);
    await this.refresh(uid);
  }

  /** @param {unknown} error */
  async explain(error) {
    const refusal = error instanceof RefusedError ? error : null;
    const texts = [messageOf(error)];
    const now = refusal?.answer.now;
    if (now !== undefined) texts.push(`現在の値：${now || "空白"}`);
    if (error instanceof OfflineError) texts.push("接続を確認して、もう一度操作してください。");
    const parts = texts.map((textContent) => make("p", { textContent }));
    await inform("変更できませんでした", parts);
    if (refusal?.status === 409) await this.refresh();
  }

  /**
   * Moves the rows by an arrow key.
   *
   * @param {string} key
   */
  step(key) {
    const way = WAYS[key];
    const items = this.rows().map((row) => row.id);
    return this.send({ act: "step", items, way }, DONE[way]);
  }

  /**
   * Puts rows beside or below another.
   *
   * @param {string[]} items
   * @param {HTMLTableRowElement} anchor
   * @param {Where} where
   */
  move(items, anchor, where) {
    return this.send({ act: "move", items, anchor: anchor.id, where }, "移動しました");
  }

  /**
   * Asks for the name in a line of its own, then inserts. A name that could not be saved is asked
   * again.
   *
   * @param {Where} where
   * @param {string} [typed]
   */
  async insert(where, typed = "") {
    const { row } = this.cursor;
    const words = PLACES[where];
    const input = make("input", {
      name: "name",
      value: typed,
      maxLength: 1000,
      required: true,
      autofocus: true,
      className: "wide",
    });
    const label = make("label", { className: "field" }, "作業項目の名称 ", input);
    const place = `項番${this.cells.number(row)}「${this.cells.name(row)}」の${words}します。`;
    const note = make("p", { textContent: place });
    const answer = await ask(
      `作業項目を${words}`,
      [note, label],
      [
        ["insert", "追加する", "fill"],
        ["", "やめる"],
      ],
    );
    const name = input.value.trim();
    if (answer !== "insert" || !name) return;
    const done = await this.send({ act: "insert", anchor: row.id, where, name }, "追加しました");
    if (!done) await this.insert(where, name);
  }

  async remove() {
    const rows = this.rows();
    const all = this.withBelow(rows);
    const marks = all
      .filter((row) => !isClosed(row))
      .reduce((sum, row) => sum + this.packing.marks(row).filter(Boolean).length, 0);
    const first = `項番${this.cells.number(rows[0])}「${this.cells.name(rows[0])}」`;
    const note = make("p", {
      textContent: `${first}から${all.length}行（下位の項目を含む）と、その記号${marks}個を削除します。「元に戻す」で取り消せます。`,
    });
    const answer = await ask(
      "作業項目の削除",
      [note],
      [
        ["", "やめる"],
        ["delete", `${all.length}行を削除する`, "fill"],
      ],
    );
    if (answer !== "delete") return;
    const items = rows.map((row) => row.id);
    await this.send({ act: "delete", items }, `${all.length}行を削除しました`);
  }

  /**
   * The rows with all that lies between and below them.
   *
   * @param {HTMLTableRowElement[]} rows
   */
  withBelow(rows) {
    const last = this.folding.subtree(rows[rows.length - 1]);
    const end = this.folding.place(last[last.length - 1]) + 1;
    return this.folding.rows.slice(this.folding.place(rows[0]), end);
  }

  /**
   * Edits 作業項目 or 作業内容 where it stands. A text that could not be saved is open again.
   *
   * @param {HTMLTableCellElement} cell
   * @param {string} [typed]
   */
  edit(cell, typed) {
    const row = rowOf(cell);
    const column = cell.cellIndex;
    const field = column === 0 ? "name" : "description";
    const before = field === "name" ? this.cells.name(row) : cell.textContent;
    const input = this.input(row, field, before, typed ?? before);
    const holder = make("div", { className: "holder" }, input);
    this.cursor.place(cell);
    cell.append(holder);
    input.select();
    let open = true;
    listenToInput(input, field === "description", async (save) => {
      if (!open) return;
      open = false;
      const after = input.value.trim();
      holder.remove();
      cell.focus({ preventScroll: true });
      if (!save || after === before) return;
      const edit = /** @type {const} */ ({ act: "text", item: row.id, field, before, after });
      if (await this.send(edit, "変更しました")) return;
      const now = rowById(row.id);
      if (now) this.edit(this.cursor.at(now, column), after);
    });
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {"name" | "description"} field
   * @param {string} before
   * @param {string} value
   */
  input(row, field, before, value) {
    const isName = field === "name";
    return make("textarea", {
      defaultValue: before,
      value,
      className: "inline",
      rows: isName ? 2 : 4,
      maxLength: isName ? 1_000 : 20_000,
      ariaLabel: `${this.cells.describe(row, 0)}の${isName ? "作業項目" : "作業内容"}`,
    });
  }
}

/**
 * Enter and Tab save, Alt+Enter breaks the line, Esc leaves.
 *
 * @param {HTMLTextAreaElement} input
 * @param {boolean} hasLines
 * @param {(save: boolean) => void} leave
 */
function listenToInput(input, hasLines, leave) {
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    const { key, altKey, shiftKey } = event;
    if (key === "Escape") leave(false);
    else if (key === "Tab" || (key === "Enter" && !altKey && !shiftKey)) leave(true);
    else if (key === "Enter" && altKey && hasLines) {
      input.setRangeText("\n", input.selectionStart, input.selectionEnd, "end");
    } else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => leave(true));
  input.addEventListener("click", (event) => event.stopPropagation());
}
