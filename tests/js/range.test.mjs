import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fills,
  isSingle,
  pasted,
  positions,
  rectangle,
} from "../../static/js/matrix/editing/range.js";

test("a rectangle is the same from each of its corners", () => {
  const expected = { top: 2, bottom: 5, from: 1, to: 3 };
  assert.deepEqual(rectangle({ place: 5, column: 1 }, { place: 2, column: 3 }), expected);
  assert.deepEqual(rectangle({ place: 2, column: 3 }, { place: 5, column: 1 }), expected);
});

test("a single cell is a rectangle", () => {
  const corner = { place: 4, column: 2 };
  assert.deepEqual(rectangle(corner, corner), { top: 4, bottom: 4, from: 2, to: 2 });
});

test("positions go row by row, both ends of the columns within", () => {
  assert.deepEqual(positions({ height: 2, from: 3, to: 4 }), [
    { down: 0, column: 3 },
    { down: 0, column: 4 },
    { down: 1, column: 3 },
    { down: 1, column: 4 },
  ]);
});

test("filling down takes each column's first row", () => {
  assert.deepEqual(fills({ height: 3, from: 5, to: 5 }, "down"), [
    { target: { down: 1, column: 5 }, source: { down: 0, column: 5 } },
    { target: { down: 2, column: 5 }, source: { down: 0, column: 5 } },
  ]);
});

test("filling to the right takes each row's first column", () => {
  assert.deepEqual(fills({ height: 2, from: 1, to: 2 }, "right"), [
    { target: { down: 0, column: 2 }, source: { down: 0, column: 1 } },
    { target: { down: 1, column: 2 }, source: { down: 1, column: 1 } },
  ]);
});

test("a single cell has nothing to be filled", () => {
  assert.deepEqual(fills({ height: 1, from: 1, to: 1 }, "down"), []);
  assert.deepEqual(fills({ height: 1, from: 1, to: 1 }, "right"), []);
});

test("a single text fills the range", () => {
  assert.deepEqual(pasted([["◎"]], { height: 2, from: 1, to: 2 }), [
    { down: 0, column: 1, text: "◎" },
    { down: 0, column: 2, text: "◎" },
    { down: 1, column: 1, text: "◎" },
    { down: 1, column: 2, text: "◎" },
  ]);
});

test("a block goes from the corner on, whatever the range is", () => {
  assert.deepEqual(pasted([["a", "b"], ["c"]], { height: 1, from: 3, to: 9 }), [
    { down: 0, column: 3, text: "a" },
    { down: 0, column: 4, text: "b" },
    { down: 1, column: 3, text: "c" },
  ]);
});

test("one row of several texts is not a single text", () => {
  assert.equal(isSingle([["a"]]), true);
  assert.equal(isSingle([["a", "b"]]), false);
  assert.equal(isSingle([["a"], ["b"]]), false);
});
