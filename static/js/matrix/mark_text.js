// Marks as text: a packed row's glyphs, and the counts below a closed heading and in the 合計 row.

/** Stands for no mark in packed text. */
export const BLANK = "\u3000";

/**
 * The full-width character that stands for a mark in packed text.
 *
 * @param {string} mark
 */
export function glyph(mark) {
  const code = mark.codePointAt(0) ?? 0;
  return mark.length === 1 && code > 0x20 && code < 0x7f
    ? String.fromCodePoint(code + 0xfee0)
    : mark;
}

/**
 * Glyph → mark.
 *
 * @param {readonly string[]} legend
 * @returns {ReadonlyMap<string, string>}
 */
export function marksByGlyph(legend) {
  return new Map(legend.map((mark) => [glyph(mark), mark]));
}

/**
 * The marks of a packed text in column order, "" for blank. Blanks at the end may be left out.
 *
 * @param {string} text
 * @param {number} columns
 * @param {ReadonlyMap<string, string>} marks by their glyphs
 */
export function unpackedMarks(text, columns, marks) {
  const glyphs = [...text];
  return Array.from({ length: columns }, (_, column) => marks.get(glyphs[column]) ?? "");
}

/**
 * How often each mark stands in each column.
 *
 * @param {Iterable<readonly string[]>} rows
 * @param {number} columns
 */
export function columnCounts(rows, columns) {
  const counts = Array.from(
    { length: columns },
    () => /** @type {Map<string, number>} */ (new Map()),
  );
  for (const marks of rows) {
    marks.forEach((mark, column) => {
      if (mark) counts[column].set(mark, (counts[column].get(mark) ?? 0) + 1);
    });
  }
  return counts;
}

/**
 * 「◎4 ○8」 on lines of their own, "" for none.
 *
 * @param {ReadonlyMap<string, number>} counts
 * @param {readonly string[]} legend
 */
export function countText(counts, legend) {
  const parts = legend.filter((mark) => (counts.get(mark) ?? 0) > 0);
  return parts.map((mark) => `${mark}${counts.get(mark)}`).join("\n");
}

/**
 * The counts of a text that `countText` made, after one cell changed.
 *
 * @param {string} text
 * @param {readonly string[]} legend
 * @param {{ before: string, after: string }} change
 */
export function recountedText(text, legend, { before, after }) {
  const counts = new Map();
  for (const line of text.split("\n")) {
    const symbol = legend.find((mark) => isCountOf(line, mark));
    if (symbol) counts.set(symbol, Number(line.slice(symbol.length)));
  }
  if (before) counts.set(before, (counts.get(before) ?? 0) - 1);
  if (after) counts.set(after, (counts.get(after) ?? 0) + 1);
  return countText(counts, legend);
}

/**
 * One mark may begin with another one.
 *
 * @param {string} line
 * @param {string} mark
 */
function isCountOf(line, mark) {
  return line.startsWith(mark) && /^\d+$/.test(line.slice(mark.length));
}
