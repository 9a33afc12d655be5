import assert from "node:assert/strict";
import { test } from "node:test";
import { Marks } from "../../static/js/matrix/editing/marks.js";

const MARKS = new Marks({
  legend: "◎ ○ A",
  labels: "主たる作業者\t従たる作業者\t",
  leads: "◎ ",
});

test("every circle is the circle of the legend", () => {
  for (const circle of ["○", "〇", "◯", "⚪", "⭕", "⚪\ufe0f"]) {
    assert.equal(MARKS.read(circle), "○", circle);
  }
});

test("full-width and half-width letters are one letter", () => {
  assert.equal(MARKS.read("Ａ"), "A");
  assert.equal(MARKS.read(" A\u200b"), "A");
});

test("blanks of any kind are no mark, other texts are unknown", () => {
  assert.equal(MARKS.read(" \u3000\t"), "");
  assert.equal(MARKS.read("×"), null);
  assert.equal(MARKS.read("◎○"), null);
});

test("digits count from the weakest mark", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((n) => MARKS.nth(n)),
    ["A", "○", "◎", null],
  );
});

test("the marks go in a circle from blank over the weakest to the strongest", () => {
  const seen = ["", "A", "○", "◎"].map((symbol) => MARKS.next(symbol));
  assert.deepEqual(seen, ["A", "○", "◎", ""]);
});

test("a mark without a label is called by its symbol", () => {
  assert.equal(MARKS.label("◎"), "主たる作業者");
  assert.equal(MARKS.label("A"), "A");
  assert.equal(MARKS.label(""), "空白");
});
