// Excel's clipboard text: rows of tab-separated texts. Quoted texts may hold tabs and line breaks.

/**
 * @param {readonly (readonly string[])[]} rows
 */
export function writeTsv(rows) {
  return rows.map((texts) => texts.map(quoted).join("\t")).join("\r\n");
}

/**
 * @param {string} text
 * @returns {string[][]}
 */
export function readTsv(text) {
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!body) return text ? [[""]] : [];
  /** @type {string[]} */
  let row = [];
  const rows = [row];
  const field = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/gy;
  for (const [, inQuotes, plain, end] of body.matchAll(field)) {
    row.push(inQuotes === undefined ? plain : inQuotes.replaceAll('""', '"'));
    if (end === "") break;
    if (end === "\n") {
      row = [];
      rows.push(row);
    }
  }
  return rows;
}

/** @param {string} text */
function quoted(text) {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
