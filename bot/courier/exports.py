"""The file with everything about a person: a page to read and the same as data, in one archive."""

import json
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.blocks.export import page
from bot.blocks.language import _
from bot.domain.files import File
from bot.domain.privacy import Export

FORMAT: Final = "peerloop-export-1"


def export_file(export: Export) -> File:
    """Pack an export for the person."""
    made_at = export.made_at.astimezone(UTC)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in (("read-me.html", page(export)), ("data.json", _data(export))):
            inside = ZipInfo(name, made_at.timetuple()[:6])
            inside.compress_type = ZIP_DEFLATED
            archive.writestr(inside, text.encode())
    return File(
        name=f"peerloop-{made_at:%Y-%m-%d}.zip",
        title=_("Everything Peerloop stores about you"),
        description=_("An archive with a page to read, read-me.html, and the same as data, data.json."),
        content=packed.getvalue(),
    )


def _data(export: Export) -> str:
    whole = {
        "format": FORMAT,
        "person": export.user_id,
        "workspace": export.workspace,
        "made_at": export.made_at,
        "tables": export.tables,
    }
    return json.dumps(whole, default=_plain, ensure_ascii=False, indent=2)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(f"an export holds no {type(value).__name__}")
