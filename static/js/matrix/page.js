// The matrix page: cursor, folding and, above 50,000 cells, real cells where the reader looks.
import { Cursor } from "./cursor.js";
import { Cells } from "./editing/cells.js";
import { Editor } from "./editing/editor.js";
import { Marks } from "./editing/marks.js";
import { Folding } from "./folding.js";
import { Live } from "./live.js";
import { Others, refresh } from "./others.js";
import { Packing } from "./packing.js";

const PHONE = "(max-width: 47.99rem)";
const table = document.getElementById("mx");

if (table) {
  table.style.setProperty("--np", table.dataset.columns);
  const packing = new Packing(table, document.getElementById("scroll"));
  const folding = new Folding(table, packing);
  const cursor = new Cursor(table, folding, packing);
  const marks = new Marks(table);
  const cells = new Cells(table, folding, packing, marks);
  const dataset = document.getElementById("project").dataset;
  const page = { table, packing, folding, cursor, marks, cells, dataset, say: (text) => folding.say(text) };
  page.refresh = (uid) => refresh(page, uid);
  const editor = document.getElementById("editing") && new Editor(page);
  const others = new Others(page, editor);
  Object.assign(page, { editor, others });
  page.live = new Live(dataset, others);
  import("./findings.js").then(({ Findings }) => new Findings(page));
  cursor.watch(() => cells.label(cursor.cell));
  if (editor) Object.assign(editor, { live: page.live, others });
}

// On a phone the filters would lie over the rows.
const filters = document.getElementById("filters");
if (table && matchMedia(PHONE).matches) filters.open = false;

const first = document.getElementById("first");
if (first) import("./editing/first.js").then(({ listen }) => listen(first, document.getElementById("project").dataset));

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]:not(.filters)")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
