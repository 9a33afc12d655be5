"""The matrix table as HTML, and what the page shows around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from projects.domain.grid import DEFAULT_LEGEND, Grid, Mark, column_counts
from projects.domain.matrix_filter import Selection, select
from projects.domain.phases import Phase, phases
from projects.matrix.page import surroundings
from projects.render.column_header import Header
from projects.render.matrix_table import (
    CHUNK,
    PACK_ABOVE,
    Fold,
    Table,
    count_text,
    glyphs,
    table,
)
from tests.support.grid_builders import (
    DOTS,
    RACI,
    WORDS,
    grid_of,
    item,
    roles_of,
    scanned,
    uid,
)

OPEN = Fold()
GRID = grid_of(
    "設計",
    "  要件定義",
    "    要件定義書作成 ◎ ○",
    "    要件定義書承認 ○ ◎",
    "  基本設計",
    "    基本設計書作成 ◎ .",
    "製造",
    "  実装 . ◎",
)


def table_of(
    grid: Grid = GRID, fold: Fold = OPEN, shown: Sequence[int] | None = None, url: str = "/i/"
) -> Table:
    rows = range(len(grid.items)) if shown is None else shown
    return table(grid, rows, fold, item_url=url)


def row_of(html: str, index: int) -> str:
    """The HTML of the row with that built uid."""
    found = re.search(rf'<tr id="{uid(index)}".*?</tr>', html, re.DOTALL)
    assert found is not None
    return found[0]


def cells_of(row: str) -> list[str]:
    """The texts of the data cells of a row, without the description."""
    return re.findall(r'<td role="gridcell"(?: class="[psc]")?[^>]*>(.*?)</td>', row, re.DOTALL)[
        :-1
    ]


class Texts(HTMLParser):
    """Collects the tags and the texts of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags = Counter[str]()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags[tag] += 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


# ---- rows


def test_rows_stand_in_the_order_of_the_grid() -> None:
    ids = re.findall(r'<tr id="(\d+)"', table_of().body)
    assert ids == [row.uid for row in GRID.items]


def test_row_has_a_cell_for_every_role() -> None:
    assert cells_of(row_of(table_of().body, 3)) == ["◎", "○"]


def test_leading_mark_has_its_own_class() -> None:
    row = row_of(table_of().body, 3)
    assert re.findall(r'class="([ps])">(.)<', row) == [("p", "◎"), ("s", "○")]


def test_row_says_its_level_and_kind() -> None:
    rows = [row_of(table_of().body, index) for index in (1, 2, 3)]
    found = [re.findall(r'class="(\w+)" aria-level="(\d)"', row)[0] for row in rows]
    assert found == [("l1", "1"), ("l2", "2"), ("t", "3")]


def test_number_links_to_the_page_of_the_row() -> None:
    assert f'href="/p/besshi10/items/{uid(3)}/">3</a>' in table_of(url="/p/besshi10/items/").body


def test_only_the_first_row_takes_the_focus() -> None:
    found = re.findall(r'<tr id="(\d+)"[^\n]*class="nm"[^>]* tabindex="0"', table_of().body)
    assert found == [uid(1)]


def test_only_headings_can_be_expanded() -> None:
    body = table_of().body
    found = [index for index in range(1, 9) if "aria-expanded" in row_of(body, index)]
    assert found == [1, 2, 5, 7]


def test_only_wanted_rows_are_shown() -> None:
    shown = select(GRID, Selection(role="B社", marks=frozenset("◎"))).shown
    ids = re.findall(r'<tr id="(\d+)"', table_of(shown=shown).body)
    assert ids == [uid(index) for index in (1, 2, 4, 7, 8)]


def test_no_rows_are_an_empty_body() -> None:
    assert table_of(grid_of()).body == ""


def test_scan_has_all_its_marks_in_the_html() -> None:
    body = table_of(scanned().grid).body
    assert (body.count('class="p">◎<'), body.count('class="s">○<')) == (530, 1267)


# ---- escaping

ATTACK = "<script>alert(1)</script>&amp;\"'"


@pytest.mark.parametrize("field", ["number", "name", "description"])
def test_text_of_a_row_is_escaped(field: str) -> None:
    row = replace(item(1, marks=("", "")), **{field: ATTACK})  # type: ignore[arg-type]
    found = Texts(table_of(replace(GRID, items=(row,))).body)
    assert found.tags["script"] == 0
    assert ATTACK in "".join(found.texts)


@pytest.mark.parametrize("fold", [OPEN, Fold(1)], ids=["open", "counted"])
def test_symbol_of_the_legend_is_escaped(fold: Fold) -> None:
    legend = (Mark("<b>", "&", leads=True), Mark("&", "x"))
    grid = grid_of("一", "  二 <b> &", legend=legend)
    parsed = Texts(table_of(grid, fold).body + table_of(grid, fold).foot)
    assert parsed.tags["b"] == 0
    assert "<b>1" in "".join(parsed.texts)


def test_address_of_the_rows_is_escaped() -> None:
    assert Texts(table_of(url='"><script>').body).tags["script"] == 0


def test_counts_are_escaped() -> None:
    assert count_text(Counter({"<": 2}), (Mark("<", "x"),)) == "&lt;2"


# ---- folding


def hidden_rows(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<tr id="(\d+)"[^>]*hidden="until-found"', html)]


def test_open_table_hides_nothing() -> None:
    assert (hidden_rows(table_of().body), table_of().closed) == ([], 0)


def test_folding_to_a_level_hides_all_that_is_deeper() -> None:
    assert hidden_rows(table_of(fold=Fold(1)).body) == [2, 3, 4, 5, 6, 8]


def test_folding_to_the_second_level_keeps_it_in_view() -> None:
    assert hidden_rows(table_of(fold=Fold(2)).body) == [3, 4, 6]


def test_folding_counts_every_closed_heading() -> None:
    assert table_of(fold=Fold(1)).closed == 4


def test_flipped_heading_is_closed_alone() -> None:
    folded = table_of(fold=Fold(flipped=frozenset([uid(2)])))
    assert (hidden_rows(folded.body), folded.closed) == ([3, 4], 1)


def test_flipped_heading_is_open_among_closed_ones() -> None:
    assert hidden_rows(table_of(fold=Fold(1, frozenset([uid(7)]))).body) == [2, 3, 4, 5, 6]


def test_open_heading_inside_a_closed_one_stays_hidden() -> None:
    assert hidden_rows(table_of(fold=Fold(1, frozenset([uid(2)]))).body) == [2, 3, 4, 5, 6, 8]


def test_flipped_task_is_no_heading_to_close() -> None:
    assert table_of(fold=Fold(flipped=frozenset([uid(3)]))).closed == 0


def test_hidden_rows_are_hidden_from_readers_too() -> None:
    row = row_of(table_of(fold=Fold(1)).body, 3)
    assert 'hidden="until-found" aria-hidden="true"' in row


def test_closed_heading_says_so() -> None:
    body = table_of(fold=Fold(2)).body
    found = [re.findall(r'aria-expanded="(\w+)"', row_of(body, n))[0] for n in (1, 2)]
    assert found == ["true", "false"]


def test_closed_heading_counts_the_marks_below_it() -> None:
    assert cells_of(row_of(table_of(fold=Fold(1)).body, 1)) == ["◎2\n○1", "◎1\n○1"]


def test_heading_inside_a_closed_one_counts_its_own_rows() -> None:
    assert cells_of(row_of(table_of(fold=Fold(1)).body, 2)) == ["◎1\n○1", "◎1\n○1"]


def test_closed_heading_counts_only_shown_rows() -> None:
    shown = select(GRID, Selection(role="B社", marks=frozenset("◎"))).shown
    body = table_of(fold=Fold(1), shown=shown).body
    assert cells_of(row_of(body, 1)) == ["○1", "◎1"]


def test_open_heading_has_blank_cells() -> None:
    assert cells_of(row_of(table_of().body, 1)) == ["", ""]


def test_heading_with_marks_of_its_own_shows_them() -> None:
    assert cells_of(row_of(table_of(grid_of("一 ◎ .", "  二 . ○")).body, 1)) == ["◎", ""]


# ---- chunks


def chunks(html: str) -> list[tuple[str, int]]:
    """(the attributes, the number of rows) of each tbody."""
    found = re.findall(r"<tbody role=\"rowgroup\" (.*?)>\n(.*?)</tbody>", html, re.DOTALL)
    return [(attributes, rows.count("<tr ")) for attributes, rows in found]


def sizes(grid: Grid) -> list[int]:
    return [size for _, size in chunks(table_of(grid).body)]


def test_tasks_are_cut_at_the_largest_chunk() -> None:
    small, large = CHUNK
    assert sizes(grid_of(*["作業"] * (2 * large + 1))) == [large, large, 1]
    assert small < large


def test_heading_starts_a_chunk_when_there_is_enough() -> None:
    rows = ["一", *["  作業"] * (CHUNK[0] - 1), "二", "  作業"]
    assert sizes(grid_of(*rows)) == [CHUNK[0], 2]


def test_heading_starts_no_chunk_too_early() -> None:
    rows = ["一", *["  作業"] * (CHUNK[0] - 2), "二", "  作業"]
    assert sizes(grid_of(*rows)) == [CHUNK[0] + 1]


def test_chunks_hold_every_row_of_the_scan() -> None:
    found = sizes(scanned().grid)
    assert (sum(found), max(found)) == (648, CHUNK[1])


def test_chunk_of_hidden_rows_takes_no_room() -> None:
    rows = ["一", *["  作業"] * (2 * CHUNK[1])]
    found = [state for state, _ in chunks(table_of(grid_of(*rows), Fold(1)).body)]
    assert found[1:] == ['data-h="0px" class="off" aria-hidden="true"'] * 2


def test_chunk_says_how_high_it_is() -> None:
    (plain, _), (long, _) = (
        chunks(table_of(grid_of(items=(item(1, marks=("", ""), description=text),))).body)[0]
        for text in ("", "長い説明" * 9)
    )
    assert (plain, long) == ('data-h="33px"', 'data-h="54px"')


# ---- the foot


def foot_cells(grid: Grid, shown: Iterable[int]) -> list[str]:
    foot = table_of(grid, shown=list(shown)).foot
    return re.findall(r'<td role="gridcell">(.*?)</td>', foot, re.DOTALL)


def test_foot_counts_the_marks_of_each_column() -> None:
    assert foot_cells(GRID, range(8)) == ["◎2\n○1", "◎2\n○1"]


def test_foot_counts_only_shown_rows() -> None:
    assert foot_cells(GRID, [6, 7]) == ["", "◎1"]


def test_foot_of_no_rows_is_blank() -> None:
    assert foot_cells(GRID, []) == ["", ""]


def test_foot_of_the_scan_has_its_totals() -> None:
    grid = scanned().grid
    counts = [count_text(count, grid.legend) for count in column_counts(grid.items, 16)]
    assert foot_cells(grid, range(648)) == counts
    assert counts[0] == "◎83\n○121"


def test_counts_go_in_the_order_of_the_legend() -> None:
    counts = Counter({"I": 1, "R": 2, "C": 0})
    assert count_text(counts, RACI) == "R2\nI1"


# ---- packed rows


def test_glyphs_are_the_symbols_in_full_width() -> None:
    assert glyphs(RACI) == {"": "\u3000", "R": "Ｒ", "A": "Ａ", "C": "Ｃ", "I": "Ｉ"}


@pytest.mark.parametrize("legend", [DEFAULT_LEGEND, DOTS])
def test_wide_symbols_are_their_own_glyphs(legend: tuple[Mark, ...]) -> None:
    assert glyphs(legend) == {"": "\u3000"} | {mark.symbol: mark.symbol for mark in legend}


def test_symbol_of_several_characters_has_no_glyph() -> None:
    assert glyphs(WORDS) is None


@pytest.mark.parametrize("symbol", ["ñ", "ｱ"])
def test_narrow_symbol_has_no_glyph(symbol: str) -> None:
    assert glyphs((Mark(symbol, "x"),)) is None


def test_symbols_with_one_glyph_have_none() -> None:
    assert glyphs((Mark("R", "x"), Mark("Ｒ", "y"))) is None


WIDTH = 100
ROWS = PACK_ABOVE // WIDTH
COLUMNS = [f"業者{n}" for n in range(WIDTH)]


def large(rows: int, legend: tuple[Mark, ...] = RACI) -> Grid:
    """A grid of 100 columns whose tasks are led by the 2nd and helped by the 4th."""
    marks = ("", legend[0].symbol, "", legend[1].symbol, *[""] * (WIDTH - 4))
    items = tuple(item(index, marks=marks) for index in range(1, rows + 1))
    return Grid(legend=legend, roles=roles_of(*COLUMNS), items=items)


def test_table_up_to_the_limit_has_a_cell_per_role() -> None:
    found = table_of(large(ROWS))
    assert (found.packed, len(cells_of(row_of(found.body, 1)))) == (False, WIDTH)


def test_table_above_the_limit_has_one_cell_per_row() -> None:
    found = table_of(large(ROWS + 1))
    assert (found.packed, cells_of(row_of(found.body, 1))) == (True, ["\u3000<b>Ｒ</b>\u3000Ａ"])


def test_packed_cell_says_how_many_columns_it_spans() -> None:
    row = row_of(table_of(large(ROWS + 1)).body, 1)
    assert f'class="c" aria-colspan="{WIDTH}"' in row


def test_limit_is_of_shown_rows() -> None:
    assert not table_of(large(ROWS + 1), shown=range(10)).packed


def test_symbols_without_glyphs_are_never_packed() -> None:
    found = table_of(large(ROWS + 1, WORDS))
    assert (found.packed, cells_of(row_of(found.body, 1))[1]) == (False, "主")


def test_blank_row_is_packed_to_nothing() -> None:
    grid = large(ROWS + 1)
    blank = replace(grid.items[0], marks=("",) * WIDTH)
    found = table_of(replace(grid, items=(blank, *grid.items[1:])))
    assert cells_of(row_of(found.body, 1)) == [""]


# ---- around the table


def names_in(tree: Iterable[Phase]) -> list[object]:
    return [(phase.item.name, phase.count, names_in(phase.children)) for phase in tree]


def test_phases_are_the_headings_of_two_levels_with_their_rows() -> None:
    assert names_in(phases(GRID)) == [
        ("設計", 5, [("要件定義", 2, []), ("基本設計", 1, [])]),
        ("製造", 1, []),
    ]


def test_phases_go_as_deep_as_asked() -> None:
    assert names_in(phases(GRID, deepest=1)) == [("設計", 5, []), ("製造", 1, [])]


def test_top_task_is_no_phase() -> None:
    assert names_in(phases(grid_of("企画", "設計", "  要件定義"))) == [("設計", 1, [])]


def test_current_phase_is_marked() -> None:
    design, build = phases(GRID, current=uid(5))
    assert [phase.current for phase in (design, *design.children, build)] == [
        False,
        False,
        True,
        False,
    ]


def test_phases_of_the_scan() -> None:
    tree = phases(scanned().grid)
    assert [(phase.item.number, phase.count) for phase in tree] == [
        ("1", 28),
        ("30", 261),
        ("292", 356),
    ]
    assert sum(len(phase.children) for phase in tree) == 24


def test_phases_of_the_scan_end_at_the_second_level() -> None:
    stages = [stage for phase in phases(scanned().grid) for stage in phase.children]
    assert {stage.children for stage in stages} == {()}


def test_surroundings_name_the_way_down() -> None:
    around = surroundings(GRID, 3)
    assert [row.name for row in around.path] == ["設計", "要件定義"]


def test_neighbours_of_a_task_are_tasks_of_its_level() -> None:
    around = surroundings(GRID, 3)
    assert around.previous is not None
    assert around.next is not None
    assert (around.previous.name, around.next.name) == ("要件定義書作成", "基本設計書作成")


def test_neighbours_of_a_heading_are_headings_of_its_level() -> None:
    around = surroundings(GRID, 4)
    assert (around.previous, around.next) == (GRID.items[1], None)


def test_first_and_last_row_have_one_neighbour() -> None:
    assert (surroundings(GRID, 0).previous, surroundings(GRID, 6).next) == (None, None)


def test_children_are_the_rows_directly_below() -> None:
    assert surroundings(GRID, 0).children == (GRID.items[1], GRID.items[4])


def test_task_has_no_children() -> None:
    assert surroundings(GRID, 7).children == ()


def test_header_is_set_in_full_width_for_vertical_text() -> None:
    assert Header("LAN(1次) 保守").vertical == "ＬＡＮ（１次）\u3000保守"


@pytest.mark.parametrize(("length", "is_long"), [(48, False), (49, True)])
def test_header_of_more_than_three_lines_is_long(length: int, is_long: bool) -> None:
    assert Header("名" * length).is_long == is_long
