"""The readable page of an export: everything that is stored about one person, in one file that needs no other."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from html import escape
from typing import Final

from bot.blocks.block_kit import day_with_year
from bot.blocks.language import N_, _, ngettext, spoken, written_moment
from bot.blocks.settings import OWN_SETTINGS
from bot.domain.identity import NOBODY
from bot.domain.privacy import Export, Row

# What each table is called, in the order of the page.
TITLES: Final[Mapping[str, str]] = {
    "person": N_("You"),
    "membership": N_("Communities you chose to be in, or not"),
    "lastact": N_("When you last pressed or typed something"),
    "goal": N_("Your goals"),
    "goalcheck": N_("When your goals were asked about, and what you answered"),
    "learningnote": N_("Your learning notes"),
    "usecheck": N_("When you were asked whether you used what you learned, and what you answered"),
    "suggestion": N_("What you suggested to those who look after a community"),
    "topic": N_("What you offer and want"),
    "checkin": N_("Your answers about introductions"),
    "kudos": N_("Thanks you gave"),
    "kudosreceiver": N_("Thanks you received; their words are the giver's, and stand in the channel"),
    "kudospost": N_("Messages with thanks to you alone"),
    "kudosmetoo": N_("Thanks of others to which you said: me too"),
    "kudosdraft": N_("Thanks you keep for another day"),
    "request": N_("Introductions that were asked for, by you or with you"),
    "introduced": N_("Whom you were introduced to"),
    "seat": N_("Your place in each round"),
    "lesson": N_("Who could show whom what in your groups"),
    "roundinputs": N_("What the rounds of the last months were worked out from, about you"),
    "prompttap": N_("Your taps on prompts"),
    "privatelist": N_("Whom you would rather not meet"),
    "facilitator": N_("Communities you look after"),
    "community": N_("Communities you switched on"),
    "ping": N_("When I notified you by myself"),
    "folded": N_("What moved into your weekly note"),
    "outboxmessage": N_("Messages to you or about you"),
    "due": N_("What is planned for you"),
    "seen": N_("Clicks, commands and forms of the last day, so that none is carried out twice"),
    "erasure": N_("When you were erased before"),
}
LABELS: Final[Mapping[str, str]] = {
    "act_id": N_("what Slack calls it"),
    "acted_at": N_("when"),
    "answer": N_("answer"),
    "answered_at": N_("answered"),
    "asked": N_("asked whom"),
    "asked_at": N_("when"),
    "asked_on": N_("asked on"),
    "asker": N_("who asked"),
    "asks": N_("wants to be asked about it later"),
    "attempt": N_("attempt"),
    "author": N_("from"),
    "away_until": N_("away until"),
    "cause": N_("why"),
    "changed_at": N_("changed"),
    "channel_id": N_("channel"),
    "community_channel_id": N_("channel"),
    "check_on": N_("asked about next"),
    "check_weeks": N_("asked about every so many weeks"),
    "created_at": N_("when"),
    "deed": N_("what for"),
    "done_at": N_("done"),
    "dropped_at": N_("dropped"),
    "due_at": N_("when"),
    "due_on": N_("by"),
    "effect": N_("what it changed"),
    "ended_at": N_("ended"),
    "erased_at": N_("when"),
    "evidence": N_("how you will know"),
    "findable": N_("others may find you by what you offer"),
    "first_time": N_("talked for the first time"),
    "given_at": N_("when"),
    "giver": N_("from"),
    "goal_title": N_("goal"),
    "gone_at": N_("account deactivated"),
    "in_larger": N_("in a larger group"),
    "is_guest": N_("guest"),
    "key": N_("compared as"),
    "kind": N_("kind"),
    "kudos_given_at": N_("when"),
    "kudos_giver": N_("from"),
    "language": N_("language"),
    "languages": N_("languages"),
    "learner": N_("learns"),
    "less_of": N_("messages you want less of"),
    "line": N_("the line you keep"),
    "link": N_("link"),
    "made_at": N_("when"),
    "meets_on": N_("booked for"),
    "met": N_("met"),
    "minutes": N_("minutes"),
    "not_before": N_("not before"),
    "noted_at": N_("noted"),
    "offers": N_("offers"),
    "onboarded_at": N_("greeted"),
    "outboxmessage_kind": N_("message"),
    "owner": N_("whose"),
    "pair_group_booked_at": N_("booked"),
    "pair_group_formed_at": N_("introduced"),
    "pair_group_guide_ids": N_("guides"),
    "pair_group_reason": N_("why these people"),
    "part": N_("in or out"),
    "paused_until": N_("paused until"),
    "people": N_("people"),
    "pinged_at": N_("when"),
    "pinged_on": N_("on"),
    "plan": N_("plan"),
    "promptpost_posted_on": N_("posted on"),
    "promptpost_prompt_id": N_("prompt"),
    "posted_at": N_("when"),
    "proposal": N_("what you suggested"),
    "question": N_("what you asked others"),
    "queued_at": N_("since"),
    "reader": N_("to"),
    "round_number": N_("round"),
    "round_started_at": N_("began"),
    "said_at": N_("said"),
    "saved_at": N_("kept since"),
    "score": N_("how precise, from 0 to 3"),
    "seen_at": N_("when"),
    "sent_at": N_("sent"),
    "sentence": N_("in a sentence"),
    "set_at": N_("set"),
    "source": N_("learned from"),
    "shared": N_("how often you shared it"),
    "share": N_("who may read the line"),
    "state": N_("state"),
    "stems": N_("searched as"),
    "tag": N_("value"),
    "takeaway": N_("what you take away"),
    "takeaway_for": N_("shared with"),
    "tapped_at": N_("when"),
    "taught": N_("rounds in a row in which you taught"),
    "teacher": N_("teaches"),
    "text": N_("what you learned"),
    "title": N_("goal"),
    "topic": N_("topic"),
    "trios": N_("times in a larger group"),
    "user_a": N_("one"),
    "user_b": N_("the other"),
    "user_id": N_("who"),
    "visibility": N_("who may know"),
    "wants": N_("wants"),
    "why": N_("why it matters"),
    "why_alone": N_("why without a group"),
    "window": N_("hours"),
    "witness": N_("witness"),
    "witness_says": N_("what the witness said"),
    "worth": N_("worth the time"),
    "would_help": N_("what would help"),
    "zone": N_("time zone"),
    **{column: label for setting in OWN_SETTINGS for column, label in setting.columns.items()},
}
# Ids of rows say nothing to people; those of channels and prompts do.
_IDS_SHOWN: Final = frozenset({"act_id", "channel_id", "community_channel_id", "promptpost_prompt_id", "user_id"})
# A single entry with more than these is written downwards.
_MOST_COLUMNS: Final = 8
_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
body { color: #1d2b3a; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; }
caption { text-align: left; color: #51606f; padding-bottom: .3rem; }
th, td { border: 1px solid #cdd5dd; padding: .35rem .6rem; text-align: left; vertical-align: top; }
td { white-space: pre-line; }
th { background: #eef2f6; font-weight: 600; } td { min-width: 4rem; max-width: 28rem; overflow-wrap: anywhere; }
"""


def is_shown(column: str) -> bool:
    """Tell whether a column is shown on the page; the data beside it has all of them."""
    return column in _IDS_SHOWN or not (column == "id" or column.endswith("_id"))


def page(export: Export) -> str:
    """Write the page. Every text in it is escaped; it asks for nothing from anywhere."""
    title = _("What Peerloop stores about you")
    made = written_moment(export.made_at.astimezone(UTC), _("d MMMM y, HH:mm"))
    parts = [
        f'<!doctype html><html lang="{escape(spoken())}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>",
        _paragraph(_("As it was on {moment} UTC; all times are in UTC.").format(moment=made)),
        _paragraph(
            _(
                "People stand here by Slack's ids, since no names are stored; yours is {id} and is written as "
                "\u201cyou\u201d. The file data.json beside this page has the same for machines, "
                "with the numbers of the rows."
            ).format(id=export.user_id)
        ),
    ]
    if not export.tables:
        parts.append(_paragraph(_("Nothing is stored about you.")))
    parts.extend(_table(table, export.tables[table], export.user_id) for table in TITLES if table in export.tables)
    parts.append("</body></html>")
    return "\n".join(parts)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(table: str, rows: tuple[Row, ...], user_id: str) -> str:
    columns = [name for name in dict.fromkeys(name for row in rows for name in row) if is_shown(name)]
    count = ngettext("{n} entry", "{n} entries", len(rows)).format(n=len(rows))
    body = _one_below_another(columns, rows[0], user_id) if _is_wide(columns, rows) else _lines(columns, rows, user_id)
    return (
        f'<h2>{escape(_(TITLES[table]))}</h2><div class="wide"><table>'
        f"<caption>{escape(count)}</caption>{body}</table></div>"
    )


def _is_wide(columns: list[str], rows: tuple[Row, ...]) -> bool:
    return len(rows) == 1 and len(columns) > _MOST_COLUMNS


def _lines(columns: list[str], rows: tuple[Row, ...], user_id: str) -> str:
    heads = "".join(f'<th scope="col">{escape(_(LABELS[name]))}</th>' for name in columns)
    lines = "".join(f"<tr>{''.join(_cell(row, name, user_id) for name in columns)}</tr>" for row in rows)
    return f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody>"


def _one_below_another(columns: list[str], row: Row, user_id: str) -> str:
    return "<tbody>{}</tbody>".format(
        "".join(
            f'<tr><th scope="row">{escape(_(LABELS[name]))}</th>{_cell(row, name, user_id)}</tr>' for name in columns
        )
    )


def _cell(row: Row, name: str, user_id: str) -> str:
    return f"<td>{escape(_said(row.get(name), user_id))}</td>"


def _said(value: object, user_id: str) -> str:
    """Say a value in words; what is not there is a dash."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(_said(one, user_id) for one in value) or "\u2013"
    if isinstance(value, date | time):
        return _when(value)
    text = "" if value is None else str(value)
    if text == user_id:
        return _("you")
    return _("a colleague") if text.startswith(NOBODY) else text or "\u2013"


def _when(value: date | time) -> str:
    if isinstance(value, datetime):
        return written_moment(value.astimezone(UTC), _("d MMM y, HH:mm"))
    return f"{value:%H:%M}" if isinstance(value, time) else day_with_year(value)
