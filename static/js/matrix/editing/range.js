// Rectangles of cells: which cells a range, a fill and a paste reach. Rows count from the range's
// first row; columns are those of the table.

/**
 * @typedef {{ place: number, column: number }} Corner
 * @typedef {{ top: number, bottom: number, from: number, to: number }} Rectangle both ends within
 * @typedef {{ height: number, from: number, to: number }} Extent
 * @typedef {{ down: number, column: number }} Position
 */

/**
 * @param {Corner} anchor
 * @param {Corner} end
 * @returns {Rectangle}
 */
export function rectangle(anchor, end) {
  return {
    top: Math.min(anchor.place, end.place),
    bottom: Math.max(anchor.place, end.place),
    from: Math.min(anchor.column, end.column),
    to: Math.max(anchor.column, end.column),
  };
}

/**
 * @param {Extent} extent
 * @returns {Position[]}
 */
export function positions({ height, from, to }) {
  const width = to - from + 1;
  return Array.from({ length: height * width }, (_, index) => ({
    down: Math.floor(index / width),
    column: from + (index % width),
  }));
}

/**
 * From which cell each other cell of a range is filled: from its first row, or its first column.
 *
 * @param {Extent} extent
 * @param {"down" | "right"} way
 * @returns {{ target: Position, source: Position }[]}
 */
export function fills(extent, way) {
  return positions(extent)
    .map((target) => ({
      target,
      source: way === "down" ? { ...target, down: 0 } : { ...target, column: extent.from },
    }))
    .filter(({ target, source }) => target.down !== source.down || target.column !== source.column);
}

/**
 * Where a pasted block's texts go: from the range's corner on. A single text fills the range.
 *
 * @param {readonly (readonly string[])[]} block
 * @param {Extent} extent
 * @returns {(Position & { text: string })[]}
 */
export function pasted(block, extent) {
  if (isSingle(block)) return positions(extent).map((at) => ({ ...at, text: block[0][0] }));
  return block.flatMap((texts, down) =>
    texts.map((text, right) => ({ down, column: extent.from + right, text })),
  );
}

/** @param {readonly (readonly string[])[]} block */
export function isSingle(block) {
  return block.length === 1 && block[0].length === 1;
}
