import assert from "node:assert/strict";
import { test } from "node:test";
import { readTsv, writeTsv } from "../../static/js/matrix/editing/tsv.js";

test("rows and columns are read as Excel writes them, with a break at the end", () => {
  assert.deepEqual(readTsv("◎\t○\r\n\tO\r\n"), [
    ["◎", "○"],
    ["", "O"],
  ]);
});

test("line breaks of all systems end a row", () => {
  assert.deepEqual(readTsv("a\rb\nc\r\nd"), [["a"], ["b"], ["c"], ["d"]]);
});

test("a blank at the end of a row is a cell", () => {
  assert.deepEqual(readTsv("a\t\nb\t"), [
    ["a", ""],
    ["b", ""],
  ]);
});

test("an empty clipboard has no cell, a single blank cell has one", () => {
  assert.deepEqual(readTsv(""), []);
  assert.deepEqual(readTsv("\r\n"), [[""]]);
});

test("a blank row between others stays", () => {
  assert.deepEqual(readTsv("a\n\nb\n"), [["a"], [""], ["b"]]);
});

test("quoted text holds tabs, breaks and quotes", () => {
  assert.deepEqual(readTsv('"a\tb"\t"c\r\nd"\t"say ""e"""\r\n'), [["a\tb", "c\nd", 'say "e"']]);
});

test("quotes that do not enclose the whole text are text", () => {
  assert.deepEqual(readTsv('"a" b\t5"'), [['"a" b', '5"']]);
  assert.deepEqual(readTsv('"open\tb'), [['"open', "b"]]);
});

test("only texts with tabs, breaks or quotes are quoted", () => {
  assert.equal(
    writeTsv([
      ["a b", "c\td"],
      ["e\nf", 'g"h'],
    ]),
    'a b\t"c\td"\r\n"e\nf"\t"g""h"',
  );
});

test("what is written is read back", () => {
  const rows = [
    ["", "◎", 'a "b"'],
    ["c\nd", "e\tf", '""'],
    ["", "", ""],
  ];
  assert.deepEqual(readTsv(writeTsv(rows)), rows);
});
