// Puts others' changes on the page, marked with whose they are. What one edits stays untouched.
const SHOWN_FOR = 60_000;

export class Others {
  constructor(page, editor) {
    Object.assign(this, { page, editor });
    this.rows = new Map(); // uid of a row that another person wrote → whose it is
    this.onAct = (act, own) => this.take(act, own);
    this.onReload = () => this.later();
  }

  take(act, own) {
    if (own) return;
    const mine = String(act.user) === this.page.dataset.user;
    if (act.structure) this.later();
    if (!mine) for (const uid of [...act.rows, ...act.texts.map(([row]) => row)]) this.remember(uid, act.name);
    for (const [uid, role, symbol] of act.cells) this.put(uid, role, symbol, mine ? "" : act.name);
    for (const [uid, name, description] of act.texts) this.text(uid, name, description);
    if (!mine) this.page.say(this.words(act));
  }

  // 作業項目 and 作業内容 of a row; a text that somebody is editing here stays as it is.
  text(uid, name, description) {
    const row = document.getElementById(uid);
    if (!row) return;
    if (row.querySelector("textarea")) return void this.later();
    if (name !== undefined) row.cells[0].lastChild.data = name;
    if (description !== undefined) row.lastElementChild.textContent = description;
  }

  words(act) {
    if (!act.cells.length) return `${act.name}さんが${act.structure ? "行または列" : `${act.texts.length}件の作業項目`}を変更しました`;
    const [uid, role] = act.cells[0];
    const row = document.getElementById(uid);
    const column = this.page.cells.columnOf(role);
    if (act.cells.length > 1 || !row || column < 1) return `${act.name}さんが${act.cells.length}件のセルを変更しました`;
    return `${act.name}さんが変更：${this.page.cells.describe(row, column)}`;
  }

  put(uid, role, symbol, name) {
    const { cells } = this.page;
    const row = document.getElementById(uid);
    const column = cells.columnOf(role);
    if (!row || column < 1 || this.editor?.saving.isPending(uid, role)) return;
    cells.set(row, column, symbol);
    const cell = row.cells[column];
    if (name && cell && !cells.isClosed(row)) this.mark(cell, name);
  }

  mark(cell, name) {
    cell.dataset.by = name;
    cell.title = `${name}さんが変更しました`;
    setTimeout(() => {
      delete cell.dataset.by;
      cell.removeAttribute("title");
    }, SHOWN_FOR);
  }

  // A row's name carries whose it is, also when the table has been read anew since.
  remember(uid, name) {
    this.rows.set(uid, name);
    setTimeout(() => this.rows.delete(uid), SHOWN_FOR);
    this.markRows();
  }

  markRows() {
    for (const [uid, name] of this.rows) {
      const row = document.getElementById(uid);
      if (row && !this.page.cells.isClosed(row)) this.mark(row.cells[0], name);
    }
  }

  // Rows or columns changed: the table is read anew, but not under somebody's typing.
  later() {
    clearTimeout(this.timer);
    const busy = this.editor && (this.editor.saving.queue.length || isTyping());
    this.timer = setTimeout(() => (busy ? this.later() : this.page.refresh()), busy ? 500 : 50);
  }
}

// Whether somebody is in the middle of something that a new table would take away.
export function isTyping() {
  return document.querySelector("dialog[open], #mx textarea, .choice:not([hidden])") !== null;
}

// Reads the table anew after rows or columns changed, and keeps cursor, range, focus and scroll.
export async function refresh(page, uid) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!response.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (isTyping()) return page.others.later();
  const wanted = fresh.getElementById("mx");
  const { table, cursor, folding, packing, editor } = page;
  if (!wanted || Number(wanted.dataset.columns) !== packing.columns || packing.packed !== (wanted.querySelector("tbody td.c") !== null)) {
    return location.reload();
  }
  const focused = table.contains(document.activeElement);
  const row = cursor.cell.parentNode;
  const place = { uid: uid || row.id, place: row.place ?? 0, column: cursor.column };
  const anchor = editor?.selection.anchor;
  const scroll = document.getElementById("scroll");
  const top = scroll.scrollTop;
  Object.assign(table.dataset, wanted.dataset);
  table.tHead.replaceWith(document.importNode(wanted.tHead, true));
  for (const body of [...table.tBodies]) body.remove();
  table.tHead.after(...[...wanted.tBodies].map((body) => document.importNode(body, true)));
  table.tFoot.replaceWith(document.importNode(wanted.tFoot, true));
  for (const name of [".head h1", ".head .meta", ".stat > span:first-child"]) {
    const [old, now] = [document.querySelector(name), fresh.querySelector(name)];
    if (old && now) old.textContent = now.textContent;
  }
  folding.read();
  page.others.markRows();
  scroll.scrollTop = top;
  editor?.saving.redraw();
  cursor.restore(place.uid, place.place, place.column, focused || Boolean(uid));
  if (anchor && !uid) editor.selection.restore(anchor);
  document.dispatchEvent(new Event("raci:changed"));
  catchUp(page.live, Number(fresh.getElementById("project").dataset.revision));
  return undefined;
}

// The table is as of a revision: what was told since, also of one's own, is told again.
function catchUp(live, revision) {
  const behind = live.revision > revision;
  live.revision = revision;
  live.own.clear();
  if (behind) live.catchUp();
}
