// The matrix page: builds what the table needs, and for editors what they need.
import { optional, required } from "../dom.js";
import { Cursor } from "./cursor.js";
import { Cells } from "./editing/cells.js";
import { Choice } from "./editing/choice.js";
import { Clipboard } from "./editing/clipboard.js";
import { Conflicts } from "./editing/conflicts.js";
import { Editor } from "./editing/editor.js";
import { Marks } from "./editing/marks.js";
import { Outline } from "./editing/outline.js";
import { Reason } from "./editing/reason.js";
import { RowDrag } from "./editing/row_drag.js";
import { Saving } from "./editing/saving.js";
import { Selection } from "./editing/selection.js";
import { Server } from "./editing/server.js";
import { StatusBar } from "./editing/status_bar.js";
import { Folding } from "./folding.js";
import { Live } from "./live.js";
import { Others } from "./others.js";
import { Packing } from "./packing.js";
import { isTyping, Refresh } from "./refresh.js";
import { rowOf } from "./table.js";

const PHONE = "(max-width: 47.99rem)";

const { base = "", stream = "", user = "", revision } = required("#project", HTMLElement).dataset;
const scroller = required("#scroll", HTMLElement);
const liveRegion = required("#live", HTMLElement);

/** @param {string} text */
function announce(text) {
  liveRegion.textContent = text;
}

/** @param {HTMLTableElement} table */
function start(table) {
  const packing = new Packing(table, scroller);
  const levels = optional("#levels", HTMLElement);
  const folding = new Folding({ table, levels, packing, announce });
  const cursor = new Cursor({ table, scroller, folding, packing });
  const marks = new Marks(table.dataset);
  const cells = new Cells({ table, folding, packing, marks });
  const live = new Live({
    base,
    stream,
    revision: Number(revision),
    onChange: (change, own) => others.take(change, own),
    onReload: () => others.refreshLater(),
  });
  const others = new Others({
    cells,
    user,
    announce,
    isPending: (item, role) => editing?.saving.isPending(item, role) ?? false,
    isBusy: () => editing !== null && (!editing.saving.isDone || isTyping()),
    refresh: () => refresh.run(),
  });
  const bar = optional("#editing", HTMLElement);
  const shared = { table, packing, folding, cursor, marks, cells, live, others };
  const editing = bar && startEditing(bar, shared, (uid) => refresh.run(uid));
  const refresh = new Refresh({ ...shared, scroller, editing });
  cursor.watch(() => cells.label(cursor.cell));
  live.start();
  import("./findings.js").then(
    ({ Findings }) => new Findings({ table, scroller, packing, base, announce }),
  );
}

/**
 * @param {HTMLElement} bar
 * @param {{
 *   table: HTMLTableElement,
 *   packing: Packing,
 *   folding: Folding,
 *   cursor: Cursor,
 *   marks: Marks,
 *   cells: Cells,
 *   live: Live,
 *   others: Others,
 * }} shared
 * @param {(uid?: string) => Promise<void>} refresh
 */
function startEditing(bar, shared, refresh) {
  const { table, packing, folding, cursor, marks, cells, live } = shared;
  const selection = new Selection({ folding, packing, cursor });
  const line = required("#where", HTMLElement);
  const status = new StatusBar({ line, cells, cursor, announce });
  const notify = (/** @type {string} */ text) => status.notify(text);
  const reason = new Reason(required("#reason", HTMLInputElement), notify);
  const server = new Server({ base, user });
  const conflicts = new Conflicts({
    cells,
    marks,
    notify,
    save: (changes) => saving.act(changes),
  });
  const saving = new Saving({
    cells,
    server,
    state: required("#saved", HTMLElement),
    reason: () => reason.text,
    revision: () => live.revision,
    onStopped: (operations) => conflicts.take(operations),
    onSaved: (number) => live.addOwn(number),
  });
  const tools = { ...shared, selection, saving, server, reason, notify };
  const clipboard = new Clipboard(tools);
  const outline = new Outline({ ...tools, refresh });
  const choice = new Choice({
    scroller,
    cells,
    marks,
    base,
    onChosen: (cell, after) => editor.put([{ row: rowOf(cell), column: cell.cellIndex, after }]),
  });
  const editor = new Editor({ ...tools, bar, announce, clipboard, choice, outline });
  new RowDrag({ table, cells, outline, reason });
  saving.resume();
  return { saving, selection };
}

const table = optional("#mx", HTMLTableElement);
if (table) start(table);

// On a phone the filters would lie over the rows.
const filters = optional("#filters", HTMLDetailsElement);
if (filters && table && matchMedia(PHONE).matches) filters.open = false;

const firstRow = optional("#first", HTMLFormElement);
if (firstRow) {
  import("./editing/first_row.js").then(({ listen }) =>
    listen(firstRow, new Server({ base, user })),
  );
}

const print = required("#print", HTMLButtonElement);
print.hidden = false;
print.addEventListener("click", () => window.print());

document.addEventListener("click", (event) => {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll("details.menu[open]:not(.filters)");
  for (const menu of menus) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (menu instanceof HTMLDetailsElement) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
