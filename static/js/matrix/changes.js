// What others did, as the server sends it.

/**
 * One person's act.
 *
 * @typedef {object} ChangeSet
 * @property {number} number the revision that it made
 * @property {number | null} user
 * @property {string} name
 * @property {boolean} structure whether rows or columns changed
 * @property {[uid: string, role: string, symbol: string][]} cells
 * @property {[uid: string, name: string, description: string][]} texts
 * @property {string[]} rows uids of rows that are new
 */

/**
 * @typedef {object} News
 * @property {number} revision
 * @property {boolean} reload too many changes to send
 * @property {ChangeSet[]} changes
 */

/**
 * The changes after a revision. Where one is missing they end before it, unless gaps are allowed.
 *
 * @param {readonly ChangeSet[]} changes in the order of their numbers
 * @param {number} revision
 * @param {boolean} allowGaps
 * @returns {{ changes: ChangeSet[], gap: boolean }}
 */
export function unseenChanges(changes, revision, allowGaps) {
  const unseen = changes.filter(({ number }) => number > revision);
  const isAfterGap = (/** @type {ChangeSet} */ change, /** @type {number} */ index) =>
    change.number > (index ? unseen[index - 1].number : revision) + 1;
  const end = allowGaps ? -1 : unseen.findIndex(isAfterGap);
  return end < 0 ? { changes: unseen, gap: false } : { changes: unseen.slice(0, end), gap: true };
}
