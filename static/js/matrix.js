// The matrix page: cursor, folding and, above 50,000 cells, real cells where the reader looks.
import { Cursor } from "./cursor.js";
import { Folding } from "./folding.js";
import { Packing } from "./packing.js";

const table = document.getElementById("mx");

if (table) {
  table.style.setProperty("--np", table.dataset.columns);
  const packing = new Packing(table, document.getElementById("scroll"));
  const folding = new Folding(table, packing);
  new Cursor(table, folding, packing);
}

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
