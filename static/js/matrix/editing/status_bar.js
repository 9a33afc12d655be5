// The line below the table: what the cursor is on, or what just happened.
import { rowOf } from "../table.js";
import { afterPaint } from "./dialog.js";

/**
 * @import { Cursor } from "../cursor.js"
 * @import { Cells } from "./cells.js"
 */

export class StatusBar {
  /**
   * @param {{
   *   line: HTMLElement,
   *   cells: Cells,
   *   cursor: Cursor,
   *   announce: (text: string) => void,
   * }} parts
   */
  constructor({ line, cells, cursor, announce }) {
    this.line = line;
    this.cells = cells;
    this.cursor = cursor;
    this.announce = announce;
    cursor.watch(() => afterPaint(() => this.showPlace()));
    this.showPlace();
  }

  /**
   * What happened, for screen readers and for eyes: it stands in the bar until the cursor moves.
   *
   * @param {string} text
   */
  notify(text) {
    this.announce(text);
    const { cell } = this.cursor;
    afterPaint(() => {
      if (this.cursor.cell === cell) this.line.textContent = text;
    });
  }

  showPlace() {
    const { cell } = this.cursor;
    if (cell.isConnected) this.line.textContent = this.cells.describe(rowOf(cell), cell.cellIndex);
  }
}
