import assert from "node:assert/strict";
import { test } from "node:test";
import { EditQueue } from "../../static/js/matrix/editing/edit_queue.js";

const SAVED = { outcome: "saved" };
const CONFLICT = { outcome: "conflict", now: "×", by: "佐藤", at: "2026-05-01T09:00:00Z" };

const set = (item, before, after, role = "甲") => ({ item, role, before, after });
const act = (...operations) => ({ kind: "edit", reason: "", operations });

test("the cells of all acts wait", () => {
  const queue = new EditQueue();
  assert.equal(queue.isEmpty, true);
  queue.add(act(set("1", "", "◎"), set("2", "", "○")));
  queue.add(act(set("1", "◎", "")));
  assert.equal(queue.size, 3);
  assert.equal(queue.isEmpty, false);
});

test("a cell is pending by row and column", () => {
  const queue = new EditQueue([act(set("1", "", "◎", "甲"))]);
  assert.equal(queue.isPending("1", "甲"), true);
  assert.equal(queue.isPending("1", "乙"), false);
  assert.equal(queue.isPending("2", "甲"), false);
});

test("what was saved leaves the queue, and later acts wait on", () => {
  const queue = new EditQueue([act(set("1", "", "◎")), act(set("1", "◎", "○"))]);
  const { saved, stopped } = queue.settle([SAVED]);
  assert.deepEqual(saved, [set("1", "", "◎")]);
  assert.deepEqual(stopped, []);
  assert.equal(queue.isPending("1", "甲"), true);
});

test("each operation has the result at its place", () => {
  const queue = new EditQueue([act(set("1", "", "◎"), set("2", "", "○"))]);
  const { saved, stopped } = queue.settle([CONFLICT, SAVED]);
  assert.deepEqual(saved, [set("2", "", "○")]);
  assert.deepEqual(stopped, [{ ...set("1", "", "◎"), ...CONFLICT }]);
});

test("a stopped cell takes what was set there later, so that it is asked about once", () => {
  const queue = new EditQueue([
    act(set("1", "", "◎")),
    act(set("1", "◎", "○"), set("2", "", "○")),
    act(set("1", "○", "△")),
  ]);
  const { stopped } = queue.settle([CONFLICT]);
  assert.equal(stopped[0].after, "△");
  assert.equal(stopped[0].before, "");
  assert.deepEqual(queue.operations(), [set("2", "", "○")]);
  assert.equal(queue.acts.length, 1);
});

test("the same row in another column waits on when a cell was stopped", () => {
  const queue = new EditQueue([act(set("1", "", "◎", "甲")), act(set("1", "", "○", "乙"))]);
  queue.settle([CONFLICT]);
  assert.equal(queue.isPending("1", "乙"), true);
});

test("a refused act gives all its operations with the reason", () => {
  const queue = new EditQueue([act(set("1", "", "◎"), set("2", "", "○")), act(set("3", "", "○"))]);
  const refused = queue.refuse("編集する権限がありません。");
  assert.deepEqual(
    refused.map(({ item, outcome, message }) => [item, outcome, message]),
    [
      ["1", "refused", "編集する権限がありません。"],
      ["2", "refused", "編集する権限がありません。"],
    ],
  );
  assert.equal(queue.size, 1);
});
