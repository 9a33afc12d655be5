import assert from "node:assert/strict";
import { test } from "node:test";
import {
  foldLevel,
  foldQuery,
  hiddenRows,
  parentPlace,
  subtreeEnd,
  visiblePlace,
} from "../../static/js/matrix/outline_levels.js";

// 0 1
// 1   2
// 2     3
// 3     3
// 4   2
// 5 1
const LEVELS = [1, 2, 3, 3, 2, 1];

/** @param {number[]} closed */
const hiddenPlaces = (...closed) => {
  const hidden = hiddenRows(LEVELS, (place) => closed.includes(place));
  return hidden.flatMap((isHidden, place) => (isHidden ? [place] : []));
};

test("the heading of a row is the nearest one above with a lower level", () => {
  assert.deepEqual(
    LEVELS.map((_, place) => parentPlace(LEVELS, place)),
    [-1, 0, 1, 1, 0, -1],
  );
});

test("levels may be skipped", () => {
  assert.equal(parentPlace([1, 4, 2], 1), 0);
  assert.equal(parentPlace([1, 4, 2], 2), 0);
});

test("a subtree ends before the next row of its level", () => {
  assert.deepEqual(
    LEVELS.map((_, place) => subtreeEnd(LEVELS, place)),
    [5, 4, 3, 4, 5, 6],
  );
});

test("a closed heading hides what is below it and not itself", () => {
  assert.deepEqual(hiddenPlaces(), []);
  assert.deepEqual(hiddenPlaces(1), [2, 3]);
  assert.deepEqual(hiddenPlaces(0), [1, 2, 3, 4]);
});

test("a heading that is closed inside of a closed one changes nothing", () => {
  assert.deepEqual(hiddenPlaces(0, 1), [1, 2, 3, 4]);
});

test("steps go over hidden rows and stop at the ends", () => {
  const isHidden = (/** @type {number} */ place) => place === 2 || place === 3;
  const step = (/** @type {number} */ place, /** @type {number} */ count) =>
    visiblePlace(place, count, LEVELS.length, isHidden);
  assert.equal(step(1, 1), 4);
  assert.equal(step(4, -1), 1);
  assert.equal(step(0, 2), 4);
  assert.equal(step(0, 12), 5);
  assert.equal(step(5, 1), 5);
  assert.equal(step(1, -12), 0);
});

test("a step of nothing stays, or leaves a hidden row upwards", () => {
  const isHidden = (/** @type {number} */ place) => place === 2 || place === 3;
  assert.equal(visiblePlace(4, 0, LEVELS.length, isHidden), 4);
  assert.equal(visiblePlace(3, 0, LEVELS.length, isHidden), 1);
});

test("the level is in the address or nowhere", () => {
  assert.equal(foldLevel("?fold=2"), 2);
  assert.equal(foldLevel("?q=fold"), null);
  assert.equal(foldLevel("?fold=all"), null);
});

test("without a level the closed headings are named", () => {
  const headings = [
    { uid: "a", level: 1, closed: true },
    { uid: "b", level: 2, closed: false },
    { uid: "c", level: 2, closed: true },
  ];
  assert.equal(foldQuery("", null, headings), "?flip=a.c");
});

test("with a level only those that differ from it are named", () => {
  const headings = [
    { uid: "a", level: 1, closed: false },
    { uid: "b", level: 2, closed: false },
    { uid: "c", level: 2, closed: true },
    { uid: "d", level: 1, closed: true },
  ];
  assert.equal(foldQuery("?flip=old", 2, headings), "?flip=b.d&fold=2");
});

test("the rest of the address stays", () => {
  assert.equal(foldQuery("?q=%E8%A8%AD%E8%A8%88&fold=1&flip=a", null, []), "?q=%E8%A8%AD%E8%A8%88");
  assert.equal(foldQuery("?fold=1", null, []), "");
});
