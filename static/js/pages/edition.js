// A published 版: the matrix without editing and without others' changes.
import { Cursor } from "../matrix/cursor.js";
import { Folding } from "../matrix/folding.js";
import { Packing } from "../matrix/packing.js";

const table = document.getElementById("mx");

if (table) {
  table.style.setProperty("--np", table.dataset.columns);
  const packing = new Packing(table, document.getElementById("scroll"));
  new Cursor(table, new Folding(table, packing), packing);
}
