// Reads the table anew after rows or columns changed, and keeps cursor, focus and scroll in place.
export async function refresh(page, uid) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!response.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const wanted = fresh.getElementById("mx");
  const { table, cursor, folding, packing } = page;
  if (!wanted || Number(wanted.dataset.columns) !== packing.columns || packing.packed !== (wanted.querySelector("tbody td.c") !== null)) {
    return location.reload();
  }
  const focused = table.contains(document.activeElement);
  const row = cursor.cell.parentNode;
  const place = { uid: uid || row.id, place: row.place ?? 0, column: cursor.column };
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
  cursor.restore(place.uid, place.place, place.column, focused || Boolean(uid));
  page.onFresh?.();
  return undefined;
}
