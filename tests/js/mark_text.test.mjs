import assert from "node:assert/strict";
import { test } from "node:test";
import {
  columnCounts,
  countText,
  glyph,
  marksByGlyph,
  recountedText,
  unpackedMarks,
} from "../../static/js/matrix/mark_text.js";

const LEGEND = ["◎", "A", "○"];
const MARKS = marksByGlyph(LEGEND);

test("letters become full-width glyphs, signs stay", () => {
  assert.equal(glyph("A"), "Ａ");
  assert.equal(glyph("~"), "～");
  assert.equal(glyph("◎"), "◎");
  assert.equal(glyph("主"), "主");
});

test("packed text gives a mark for each column", () => {
  assert.deepEqual(unpackedMarks("◎\u3000Ａ○", 4, MARKS), ["◎", "", "A", "○"]);
});

test("blanks that the text leaves out at its end are columns too", () => {
  assert.deepEqual(unpackedMarks("\u3000◎", 4, MARKS), ["", "◎", "", ""]);
  assert.deepEqual(unpackedMarks("", 2, MARKS), ["", ""]);
});

test("a glyph outside of the basic plane is one column", () => {
  const marks = marksByGlyph(["🔴"]);
  assert.deepEqual(unpackedMarks("🔴\u3000🔴", 5, marks), ["🔴", "", "🔴", "", ""]);
});

test("marks are counted by column", () => {
  const rows = [
    ["◎", "", "○"],
    ["◎", "", "◎"],
  ];
  const texts = columnCounts(rows, 3).map((counts) => countText(counts, LEGEND));
  assert.deepEqual(texts, ["◎2", "", "◎1\n○1"]);
});

test("no rows have no counts in any column", () => {
  const texts = columnCounts([], 2).map((counts) => countText(counts, LEGEND));
  assert.deepEqual(texts, ["", ""]);
});

test("a new mark is counted in the order of the legend", () => {
  assert.equal(recountedText("○9", LEGEND, { before: "", after: "◎" }), "◎1\n○9");
  assert.equal(recountedText("", LEGEND, { before: "", after: "A" }), "A1");
});

test("a mark that replaces another moves one count", () => {
  assert.equal(recountedText("◎12\n○9", LEGEND, { before: "○", after: "◎" }), "◎13\n○8");
});

test("the last of a kind leaves the text", () => {
  assert.equal(recountedText("◎1\n○9", LEGEND, { before: "◎", after: "" }), "○9");
});

test("a mark that another begins with keeps its own count", () => {
  const legend = ["○", "○○"];
  assert.equal(recountedText("○3\n○○4", legend, { before: "", after: "○○" }), "○3\n○○5");
});
