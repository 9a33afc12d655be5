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
  scroll.scrollTop = top;
  editor?.saving.redraw();
  cursor.restore(place.uid, place.place, place.column, focused || Boolean(uid));
  if (anchor && !uid) editor.selection.restore(anchor);
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
