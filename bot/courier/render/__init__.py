"""The words of every kind of message, made from the state at the moment of sending."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from bot.blocks.language import speaking
from bot.courier.languages import language_for
from bot.courier.library import Library
from bot.courier.render import (
    check_ins,
    communities,
    delivery,
    goals,
    kudos,
    members,
    notes,
    offers,
    privacy,
    prompts,
    requests,
    rounds,
    uses,
    witnesses,
)
from bot.courier.verdicts import TakeAway, Verdict
from bot.domain.messages import MessageKind
from storage.outbox import OutboxMessage

Renderer = Callable[[Session, OutboxMessage, Library, datetime], Verdict]


def render(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """Ask the rules of a message once more and make its words, in the language of whoever reads them."""
    with speaking(language_for(session, row)):
        return _say(session, row, library, now)


def _say(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    return _RENDERERS[MessageKind(row.kind)](session, row, library, now)


def _weekly_note(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    return check_ins.weekly_note(session, row, now, lambda other: _say(session, other, library, now))


def _removed(_session: Session, _row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    return TakeAway()


_RENDERERS: Mapping[MessageKind, Renderer] = {
    MessageKind.COMMUNITY_INTRO: communities.intro,
    MessageKind.COMMUNITY_INTRO_EDIT: communities.intro,
    MessageKind.COMMUNITY_INTRO_FOR_ONE: communities.intro_for_one,
    MessageKind.COMMUNITY_STOPPED: communities.stopped,
    MessageKind.COMMUNITY_REFUSED: communities.refused,
    MessageKind.COMMUNITY_INVITATION: communities.invitation,
    MessageKind.SUGGESTION: communities.suggestion,
    MessageKind.ONBOARDING: members.onboarding,
    MessageKind.PAUSE_OVER: members.pause_over,
    MessageKind.RESTING: members.resting,
    MessageKind.PROMPT: prompts.prompt,
    MessageKind.PROMPT_EDIT: prompts.prompt,
    MessageKind.PROMPT_FOLLOW_UP: prompts.follow_up,
    MessageKind.PROMPT_QUIET: prompts.quiet,
    MessageKind.INTRODUCTION: rounds.introduction,
    MessageKind.NO_PARTNER: rounds.no_partner,
    MessageKind.HALFWAY: rounds.halfway,
    MessageKind.PARTNER_OUT: rounds.partner_out,
    MessageKind.PARTNER_UNREACHABLE: rounds.unreachable,
    MessageKind.ROUND_SKIPPED: rounds.skipped,
    MessageKind.ROUND_INCOMPLETE: rounds.incomplete,
    MessageKind.WEEKLY_NOTE: _weekly_note,
    MessageKind.MET_LATER: check_ins.met_later,
    MessageKind.TAKEAWAY_SHARED: check_ins.takeaway,
    MessageKind.KUDOS: kudos.thanks,
    MessageKind.KUDOS_PRIVATE: kudos.thanks,
    MessageKind.KUDOS_EDIT: kudos.thanks,
    MessageKind.KUDOS_MOVED: kudos.moved,
    MessageKind.KUDOS_REMOVED: _removed,
    MessageKind.USE_SHARED: uses.shared,
    MessageKind.USE_REMOVED: _removed,
    MessageKind.NOTE_SHARED: notes.shared,
    MessageKind.NOTE_EDIT: notes.shared,
    MessageKind.NOTE_REMOVED: _removed,
    MessageKind.GOAL_HELP: goals.help_wanted,
    MessageKind.WITNESS_ASKED: witnesses.asked,
    MessageKind.WITNESS_SAYS: witnesses.says,
    MessageKind.WITNESS_TOLD: witnesses.told,
    MessageKind.EXPORT: privacy.export,
    MessageKind.EXPORT_REMOVED: privacy.export_removed,
    MessageKind.ERASED: privacy.erased,
    MessageKind.REQUEST: requests.asked,
    MessageKind.REQUEST_INTRODUCTION: requests.introduction,
    MessageKind.REQUEST_NO_LUCK: requests.no_luck,
    MessageKind.REQUEST_OFF: requests.off,
    MessageKind.TOPIC_STILL_TRUE: offers.still_true,
    MessageKind.TOPIC_MATCH: offers.match,
    MessageKind.DELIVERY_ASKED: delivery.asked,
    MessageKind.DELIVERY_TOO_LATE: delivery.too_late,
}
assert set(_RENDERERS) == set(MessageKind)  # noqa: S101 - a kind without words must not start
