"""Check the environment: settings, disk, mail, static files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings as site
from django.core import mail as mails
from django.core.checks import WARNING, run_checks

from raci.doctor.finding import Finding, note, ok, wrong

SETTINGS, DISK, MAIL, STATIC = "設定", "ディスク", "メール", "画面の部品"
LEAST_FREE = 1 << 30
LEAST_SHARE = 0.05
_NOWHERE = tuple(f".{name}.EmailBackend" for name in ("console", "locmem", "dummy"))


def settings() -> Iterator[Finding]:
    """Report what `check --deploy` finds."""
    found = [one for one in run_checks(include_deployment_checks=True) if one.level >= WARNING]
    if site.PLAIN_HTTP:
        yield note(
            SETTINGS,
            "TLSなしで動いています（RACI_PLAIN_HTTP=1）",
            "ほかの人が使うサーバーでは外し、TLSを終端するプロキシを置いてください。",
        )
    elif not found:
        yield ok(SETTINGS, "check --deploy に指摘なし")
    for one in found if not site.PLAIN_HTTP else ():
        yield wrong(SETTINGS, f"{one.id} {one.msg}", one.hint or "raci/settings.py の表を参照。")


def disk() -> Iterator[Finding]:
    """Check the free space of the data folder and of the folder for temporary files."""
    for place in dict.fromkeys((Path(site.DATA_DIR), Path(tempfile.gettempdir()))):
        there = next(folder for folder in (place, *place.parents) if folder.exists())
        usage = shutil.disk_usage(there)
        words = f"{place} の空きは{usage.free / 1e9:,.1f} GB（{usage.free / usage.total:.0%}）"
        if usage.free < LEAST_FREE or usage.free < LEAST_SHARE * usage.total:
            yield wrong(DISK, words, "不要なファイルを消すか、ディスクを増やしてください。")
        else:
            yield ok(DISK, words)


def mail() -> Iterator[Finding]:
    """Check that the mail server accepts a connection; nothing is sent."""
    if site.MAIL_TRANSPORT.endswith(_NOWHERE):
        advice = "RACI_EMAIL_URL にメールサーバーを指定してください。招待と通知が届きません。"
        yield note(MAIL, "どこにも送られません", advice)
        return
    connection = mails.get_connection(site.MAIL_TRANSPORT)
    place = f"{site.EMAIL_HOST}:{site.EMAIL_PORT}"
    try:
        connection.open()
        connection.close()
    except (OSError, SMTPException) as error:
        advice = "RACI_EMAIL_URL の接続先・利用者・パスワードと、通信経路を確認してください。"
        yield wrong(MAIL, f"{place} に接続できません（{error}）", advice)
    else:
        yield ok(MAIL, place)


def static_files() -> Iterator[Finding]:
    """Check that every file of the pages was collected."""
    advice = "manage.py collectstatic --noinput を実行してください。"
    root = Path(site.STATIC_ROOT)
    try:
        names = json.loads((root / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        yield wrong(STATIC, f"{root} にありません", advice)
        return
    missing = [name for name in names.values() if not (root / name).exists()]
    stale = [name for name in _own() if name not in names]
    if missing or stale:
        yield wrong(STATIC, f"{len(missing) + len(stale)}個が足りません", advice)
    else:
        yield ok(STATIC, f"{len(names)}個")


def _own() -> Iterator[str]:
    """Yield the static files of this release."""
    for folder in map(Path, site.STATICFILES_DIRS):
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.relative_to(folder).as_posix()
