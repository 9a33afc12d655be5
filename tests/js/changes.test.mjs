import assert from "node:assert/strict";
import { test } from "node:test";
import { unseenChanges } from "../../static/js/matrix/changes.js";

const changes = (...numbers) => numbers.map((number) => ({ number }));
const numbers = ({ changes: unseen, gap }) => [unseen.map(({ number }) => number), gap];

test("changes that the page knows already are left out", () => {
  assert.deepEqual(numbers(unseenChanges(changes(3, 4, 5), 4, false)), [[5], false]);
  assert.deepEqual(numbers(unseenChanges(changes(3), 4, false)), [[], false]);
});

test("nothing after a missing change is taken", () => {
  assert.deepEqual(numbers(unseenChanges(changes(5, 7, 8), 4, false)), [[5], true]);
  assert.deepEqual(numbers(unseenChanges(changes(6), 4, false)), [[], true]);
});

test("a change missing among known ones is no gap", () => {
  assert.deepEqual(numbers(unseenChanges(changes(1, 3, 5), 4, false)), [[5], false]);
});

test("gaps are taken over when the missing changes were asked for already", () => {
  assert.deepEqual(numbers(unseenChanges(changes(6, 8), 4, true)), [[6, 8], false]);
});
