"""The words by which headers say what a column is, and lines say what they are."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from projects.domain.grid import clean_text
from projects.domain.text.match_key import match_key


class Field(Enum):
    """The columns that are not a party's."""

    NUMBER = "number"
    NAME = "name"
    DESCRIPTION = "description"
    LEVEL = "level"
    IGNORE = "ignore"
    LEGEND = "legend"


WORDS = {
    Field.NUMBER: (
        *("項番", "番号", "no", "no.", "№", "id", "#", "項目番号", "作業番号", "通番", "連番"),
        *(
            "管理番号",
            "整理番号",
            "項",
            "番",
            "wbs",
            "wbs番号",
            "wbsno",
            "wbsコード",
            "code",
            "number",
        ),
        *("タスク番号", "タスクid", "taskid", "taskno", "itemno", "作業no", "作業id", "作業項番"),
    ),
    Field.NAME: (
        *(
            "役割分担項目",
            "分担項目",
            "実施作業",
            "主な作業",
            "主要作業",
            "対象作業",
            "役務",
            "役務名",
        ),
        *(
            "検討項目",
            "管理項目",
            "実施項目名",
            "作業項目名称",
            "wbs名",
            "taskdescription",
            "機能名",
        ),
        *("作業項目", "作業名", "作業名称", "項目", "項目名", "作業", "作業項目名", "タスク"),
        *(
            "タスク名",
            "業務",
            "業務名",
            "業務項目",
            "実施項目",
            "実施事項",
            "作業事項",
            "アクティビティ",
        ),
        *(
            "task",
            "taskname",
            "tasks",
            "activity",
            "activities",
            "item",
            "workitem",
            "name",
            "名称",
        ),
        *(
            "件名",
            "役割",
            "役割項目",
            "作業・役割",
            "作業工程",
            "工程・作業",
            "作業タスク",
            "title",
        ),
    ),
    Field.DESCRIPTION: (
        *(
            "作業内容",
            "内容",
            "備考",
            "notes",
            "note",
            "説明",
            "詳細",
            "作業詳細",
            "作業概要",
            "概要",
        ),
        *("作業内容・備考", "作業内容(備考)", "摘要", "コメント", "補足", "補足事項", "特記事項"),
        *("description", "details", "remarks", "remark", "comment", "comments", "作業の内容"),
        *(
            "業務内容",
            "実施内容",
            "タスク内容",
            "作業内容詳細",
            "主な作業内容",
            "役務内容",
            "詳細内容",
        ),
        *("具体的な作業内容", "具体的内容", "内容・備考", "備考・補足", "注記", "memo", "メモ"),
        *("役割内容", "作業内容等", "備考欄", "内容説明"),
    ),
    Field.LEVEL: ("階層", "レベル", "level", "lv", "深さ", "depth", "階層レベル", "outlinelevel"),
}
# Columns that are about the work and no party's, unless the project knows a party of that name.
_NO_PARTY = frozenset(
    match_key(word)
    for word in (
        *("期限", "期日", "納期", "期間", "時期", "実施時期", "頻度", "実施頻度", "周期", "日程"),
        *("開始", "終了", "開始日", "終了日", "開始予定日", "終了予定日", "完了日", "完了予定日"),
        *("予定", "実績", "予定日", "実績日", "予定工数", "実績工数", "工数", "人月", "人日"),
        *(
            "担当",
            "担当者",
            "担当者名",
            "担当部署",
            "責任者",
            "作業者",
            "作成者",
            "更新者",
            "確認者",
        ),
        *(
            "状況",
            "状態",
            "進捗",
            "進捗率",
            "進捗状況",
            "ステータス",
            "完了",
            "対応状況",
            "作業状況",
        ),
        *("優先度", "重要度", "難易度", "成果物", "成果物名", "納品物", "関連資料", "参照", "根拠"),
        *(
            "更新日",
            "作成日",
            "登録日",
            "変更日",
            "変更履歴",
            "改訂履歴",
            "様式",
            "前提",
            "前提条件",
        ),
        *("先行作業", "後続作業", "関連項番", "単位", "数量", "変更", "変更点", "変更区分", "差分"),
        *("status", "state", "progress", "due", "duedate", "deadline", "start", "end", "finish"),
        *("startdate", "enddate", "priority", "effort", "deliverable"),
        *("deliverables", "predecessor", "predecessors", "duration", "date", "updated"),
    )
)
# The same for columns of people's names; where marks stand below, they are parties.
_PEOPLE = frozenset(
    match_key(word)
    for word in (
        *("担当", "担当者", "担当者名", "担当部署", "担当課", "責任者", "作業者", "作業担当"),
        *("作成者", "更新者", "確認者", "承認者", "起票者", "連絡先", "owner", "assignee"),
    )
)
# Of two columns for descriptions the one whose word stands first here is taken.
DESCRIPTIONS = {match_key(word): rank for rank, word in enumerate(WORDS[Field.DESCRIPTION])}
_FIELD_OF = {match_key(word): field for field, words in WORDS.items() for word in words}

_LEVEL_WORD = re.compile(
    r"(?:作業|業務)?(?:項目|分類|区分|工程|作業)?[(\[【]?"
    r"(?P<size>大|中|小|細|微)"
    r"(?:項目|分類|区分|工程|作業|業務|タスク)?[)\]】]?(?:名|名称)?"
)
_LEVEL_COUNT = re.compile(
    r"(?:第(?P<dai>[1-9])(?:階層|レベル|層)|(?:階層|レベル|level|lv\.?|l|フェーズ/?)(?P<n>[1-9]))"
)
_SIZES = {"大": 1, "中": 2, "小": 3, "細": 4, "微": 5}
# Words that name a level of 別紙10's own tree where a column of names stands to their right.
STAGES = {"フェーズ": 1, "phase": 1, "工程": 2, "stage": 2, "作業区分": 3, "区分": 3, "category": 3}

NOTE = re.compile(
    r"^[(（【\[〔]?\s*(?:※|注|備考|(?:\*|＊)\s*\d|凡例|note|remarks?\b|以\s*上)", re.I
)
PAGE = re.compile(
    r"^(?:[-‐－―–]\s*\d+\s*[-‐－―–]|(?:p|page|ページ|頁)\.?\s*\d+(?:\s*/\s*\d+)?"
    r"|\d+\s*/\s*\d+\s*(?:ページ|頁|枚|page|p)?|\d+\s*(?:ページ|頁)(?:目)?)$",
    re.I,
)
_SUM = re.compile(
    r"[◎○〇◯●△▲▽▼◇◆□■☆★raci]?の?(?:小|合|総|累|総合)?計(?:数|件数|値)?(?:[(（].*)?"
    r"|[◎○〇◯●△▲▽▼◇◆□■☆★raci]の?(?:個数|件数|数)"
    r"|(?:項目|作業|タスク|件)数|(?:sub-?|grand)?total.{0,12}|sum|count"
)
SAME = frozenset(("〃", "々", "同上", "仝", '"', "''", "”", "″", "↑"))
_NOTE_END = re.compile(r"\s*[(（]?(?:※|注|\*|＊)\s*\d*[)）]?$")
_DECORATION = re.compile(r"^[■□●○◆◇▼▲▽△★☆・*＊※\s]+(?=\w|[【\[〔「『<＜])|[\s▼▽▲△↓:：*＊]+$")
_BRACKETED = re.compile(r"[【\[［〔「『<＜〈《(（](?P<inner>[^()（）]+)[】\]］〕」』>＞〉》)）]")
# 「項番 No.」 says the same in two languages.
_LANGUAGES = re.compile(r"[\s/／()（）]+(?=\S)")
_ASIDE = re.compile(r"\s*[(（\[［〔【][^()（）]*[)）\]］〕】]$")
_CJK = r"\u3000-\u9fff\uf900-\ufaff\uff00-\uffef"
_BREAK = re.compile(rf"(?<=[{_CJK}])\n\s*(?=[{_CJK}])")


@lru_cache(4096)
def field_of(header: str) -> Field | None:
    """The field whose word the header is, e.g. NUMBER for 「項番」, also for 「■作業項目※1」."""
    bare = bare_header(header)
    for text in (header, bare, _ASIDE.sub("", bare)):
        if found := _FIELD_OF.get(match_key(text)):
            return None if text != header and level_word(header) else found
    both = {_FIELD_OF.get(match_key(part)) for part in _LANGUAGES.split(bare)}
    return both.pop() if len(both) == 1 else None


def bare_header(header: str) -> str:
    """The header without bullets, brackets around it, arrows and signs of notes."""
    text = _NOTE_END.sub("", _DECORATION.sub("", header))
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed["inner"] if bracketed else text


@lru_cache(4096)
def is_no_party(header: str, *, marked: bool) -> bool:
    """Whether the header names something about the work, such as 期限, or people, such as 担当者.

    `marked`: marks stand below it, so that people are a party.
    """
    bare = bare_header(header)
    keys = {match_key(text) for text in (header, bare, _ASIDE.sub("", bare))}
    return bool(keys & _NO_PARTY) or (not marked and bool(keys & _PEOPLE))


@lru_cache(4096)
def level_word(header: str) -> int | None:
    """1 for 「大項目」, 2 for 「中分類」 or 「第2階層」, None for other words."""
    key = match_key(header)
    size = _LEVEL_WORD.fullmatch(key)
    if size:
        return _SIZES[size["size"]]
    count = _LEVEL_COUNT.fullmatch(key)
    return int(count["dai"] or count["n"]) if count else None


def is_sum(text: str) -> bool:
    """Whether the text says that numbers beside it are sums, e.g. 「合計」 or 「◎の数」."""
    return bool(_SUM.fullmatch(match_key(text)))


def header_text(raw: str) -> str:
    """A header as one line: lines broken for narrow or vertical cells are put together."""
    text = clean_text(visible(raw))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 2 and all(len(line) == 1 for line in lines):
        return "".join("ー" if line in "｜|│︱丨" else line for line in lines)
    return " ".join(_BREAK.sub("", "\n".join(lines)).split("\n")).strip()


@lru_cache(65536)
def visible(text: str) -> str:
    """The text in NFC without what no one sees: zero-width and direction characters."""
    if text.isascii():
        return text
    kept = "".join(char for char in text if char not in _UNSEEN)
    return unicodedata.normalize("NFC", kept) if _COMBINING.search(kept) else kept


_UNSEEN = frozenset(
    "\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a]")
