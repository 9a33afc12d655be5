// The outline as the levels of its rows from top to bottom, and which headings are closed.

/**
 * The place of the heading above a row, -1 for none.
 *
 * @param {readonly number[]} levels
 * @param {number} place
 */
export function parentPlace(levels, place) {
  let above = place - 1;
  while (above >= 0 && levels[above] >= levels[place]) above -= 1;
  return above;
}

/**
 * The place after the last row below a row.
 *
 * @param {readonly number[]} levels
 * @param {number} place
 */
export function subtreeEnd(levels, place) {
  let end = place + 1;
  while (end < levels.length && levels[end] > levels[place]) end += 1;
  return end;
}

/**
 * For each row whether a closed heading hides it.
 *
 * @param {readonly number[]} levels
 * @param {(place: number) => boolean} isClosed
 */
export function hiddenRows(levels, isClosed) {
  let under = Number.POSITIVE_INFINITY;
  return levels.map((level, place) => {
    if (level <= under) under = Number.POSITIVE_INFINITY;
    const hidden = under !== Number.POSITIVE_INFINITY;
    if (!hidden && isClosed(place)) under = level;
    return hidden;
  });
}

/**
 * The place `count` visible rows further on, as far as there are any; 0 is the row itself, or the
 * visible one above a hidden row.
 *
 * @param {number} place
 * @param {number} count
 * @param {number} size
 * @param {(place: number) => boolean} isHidden
 */
export function visiblePlace(place, count, size, isHidden) {
  const way = count < 0 || (count === 0 && isHidden(place)) ? -1 : 1;
  let left = Math.abs(count) || (isHidden(place) ? 1 : 0);
  let target = place;
  for (let at = place + way; left > 0 && at >= 0 && at < size; at += way) {
    if (isHidden(at)) continue;
    target = at;
    left -= 1;
  }
  return target;
}

/**
 * The level from which on an address closes the headings, null for none.
 *
 * @param {string} search
 */
export function foldLevel(search) {
  return Number(new URLSearchParams(search).get("fold")) || null;
}

/**
 * An address's query with the state: fold=<level>, and flip=<uid.uid…> for the headings that are
 * not as the level says.
 *
 * @param {string} search
 * @param {number | null} level
 * @param {Iterable<{ uid: string, level: number, closed: boolean }>} headings
 */
export function foldQuery(search, level, headings) {
  const query = new URLSearchParams(search);
  const flipped = [];
  for (const heading of headings) {
    const byLevel = level !== null && heading.level >= level;
    if (byLevel !== heading.closed) flipped.push(heading.uid);
  }
  if (level === null) query.delete("fold");
  else query.set("fold", String(level));
  if (flipped.length) query.set("flip", flipped.join("."));
  else query.delete("flip");
  const text = query.toString();
  return text ? `?${text}` : "";
}
