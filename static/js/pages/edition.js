// A published 版: the matrix without editing and without others' changes.
import { optional, required } from "../dom.js";
import { Cursor } from "../matrix/cursor.js";
import { Folding } from "../matrix/folding.js";
import { Packing } from "../matrix/packing.js";

/** @param {HTMLTableElement} table */
function start(table) {
  const scroller = required("#scroll", HTMLElement);
  const liveRegion = required("#live", HTMLElement);
  const levels = optional("#levels", HTMLElement);
  const announce = (/** @type {string} */ text) => {
    liveRegion.textContent = text;
  };
  const packing = new Packing(table, scroller);
  const folding = new Folding({ table, levels, packing, announce });
  new Cursor({ table, scroller, folding, packing });
}

const table = optional("#mx", HTMLTableElement);
if (table) start(table);
