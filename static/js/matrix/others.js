// Puts others' changes on the page, marked with whose they are. What one edits stays untouched.
import { isClosed, nameText, rowById } from "./table.js";

/**
 * @import { ChangeSet } from "./changes.js"
 * @import { Cells } from "./editing/cells.js"
 */

const SHOWN_FOR = 60_000;
const SOON = 50;
const BUSY = 500;

export class Others {
  /** Uid of a row that another person wrote → whose it is. @type {Map<string, string>} */
  rows = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {{
   *   cells: Cells,
   *   user: string,
   *   announce: (text: string) => void,
   *   isPending: (item: string, role: string) => boolean,
   *   isBusy: () => boolean,
   *   refresh: () => Promise<void>,
   * }} parts
   */
  constructor({ cells, user, announce, isPending, isBusy, refresh }) {
    this.cells = cells;
    this.user = user;
    this.announce = announce;
    this.isPending = isPending;
    this.isBusy = isBusy;
    this.refresh = refresh;
  }

  /**
   * @param {ChangeSet} change
   * @param {boolean} own whether this very page made it
   */
  take(change, own) {
    if (own) return;
    const mine = String(change.user) === this.user;
    if (change.structure) this.refreshLater();
    if (!mine) {
      const uids = [...change.rows, ...change.texts.map(([uid]) => uid)];
      for (const uid of uids) this.remember(uid, change.name);
    }
    for (const [uid, role, symbol] of change.cells) {
      this.put(uid, role, symbol, mine ? "" : change.name);
    }
    for (const [uid, name, description] of change.texts) this.text(uid, { name, description });
    if (!mine) this.announce(this.summary(change));
  }

  /**
   * 作業項目 and 作業内容 of a row; a text that somebody is editing here stays as it is.
   *
   * @param {string} uid
   * @param {{ name?: string, description?: string }} texts
   */
  text(uid, { name, description }) {
    const row = rowById(uid);
    if (!row) return;
    if (row.querySelector("textarea")) {
      this.refreshLater();
      return;
    }
    const text = nameText(row);
    if (text && name !== undefined) text.data = name;
    if (description !== undefined) row.cells[row.cells.length - 1].textContent = description;
  }

  /** @param {ChangeSet} change */
  summary({ name, cells, texts, structure }) {
    if (!cells.length) {
      return `${name}さんが${structure ? "行または列" : `${texts.length}件の作業項目`}を変更しました`;
    }
    const [uid, role] = cells[0];
    const row = rowById(uid);
    const column = this.cells.columnOf(role);
    if (cells.length > 1 || !row || column < 1) {
      return `${name}さんが${cells.length}件のセルを変更しました`;
    }
    return `${name}さんが変更：${this.cells.describe(row, column)}`;
  }

  /**
   * @param {string} uid
   * @param {string} role
   * @param {string} symbol
   * @param {string} name whose it is, "" for one's own
   */
  put(uid, role, symbol, name) {
    const row = rowById(uid);
    const column = this.cells.columnOf(role);
    if (!row || column < 1 || this.isPending(uid, role)) return;
    this.cells.set(row, column, symbol);
    const cell = row.cells[column];
    if (name && cell && !isClosed(row)) this.mark(cell, name);
  }

  /**
   * @param {HTMLTableCellElement} cell
   * @param {string} name
   */
  mark(cell, name) {
    cell.dataset.by = name;
    cell.title = `${name}さんが変更しました`;
    setTimeout(() => {
      delete cell.dataset.by;
      cell.removeAttribute("title");
    }, SHOWN_FOR);
  }

  /**
   * A row's name carries whose it is, also when the table has been read anew since.
   *
   * @param {string} uid
   * @param {string} name
   */
  remember(uid, name) {
    this.rows.set(uid, name);
    setTimeout(() => this.rows.delete(uid), SHOWN_FOR);
    this.markRows();
  }

  markRows() {
    for (const [uid, name] of this.rows) {
      const row = rowById(uid);
      if (row && !isClosed(row)) this.mark(row.cells[0], name);
    }
  }

  /** Rows or columns changed: the table is read anew, but not under somebody's typing. */
  refreshLater() {
    clearTimeout(this.timer);
    const busy = this.isBusy();
    const next = () => (busy ? this.refreshLater() : this.refresh());
    this.timer = setTimeout(next, busy ? BUSY : SOON);
  }
}
