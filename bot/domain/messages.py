"""The kinds of message the bot sends by itself, and the rules of each kind."""

from dataclasses import dataclass
from enum import StrEnum


class Doubt(StrEnum):
    """What to do when nobody knows whether Slack accepted a message."""

    TWICE = "better twice than never"
    NEVER = "better never than twice"


class DropReason(StrEnum):
    """Why a message is not sent after all; for the operator, and names no person.

    The values are stored with the messages, so an existing one never changes.
    """

    TOO_LATE = "too late"
    PARENT_UNSENT = "what it belongs to was not sent"
    ASLEEP = "the community is asleep"
    ERASED = "what it was about was erased"
    DEACTIVATED = "deactivated"
    PAUSED = "paused"
    LESS_WANTED = "less of this was wanted"
    NO_ROOM = "no room within three working days"
    IN_NOTE = "moved into the weekly note"
    NO_NOTE = "no weekly note wanted"
    LEFT = "left meanwhile"
    NOT_RESTING = "in again, or out"
    OVER = "over by now"
    CALLED_OFF = "called off"
    TOPIC_SETTLED = "taken back, said again or over"
    NO_MATCH = "no longer wanted or offered"
    ASKED_ALREADY = "asked already"
    NOT_ASKED = "not asked any more"
    WITNESS_REFUSES = "does not want to be asked"
    OTHER_WITNESS = "somebody else is the witness by now, or nobody"
    GOAL_OPEN = "open again, or no witness any more"
    NO_ERASURE = "the record of the erasure is gone"
    GROUP_CHANGED = "the group changed"
    HAS_GROUP = "in a group by now, or out"
    NO_FACILITATOR = "no facilitator any more"
    BOOKED = "booked already"
    OUT_TOO = "out of the group too"
    INTRODUCED_TO_OTHERS = "introduced to others by now"
    NO_PROMPT = "the prompt is no longer in the library"
    TAKEN_BACK = "taken back"
    NOTHING_TO_SAY = "nothing to say"
    NOTES_IGNORED = "two were ignored, so one a month"
    ANSWERED = "answered meanwhile"
    ASK_UNWANTED = "would rather not be asked"
    AWAKE = "awake again"
    HELD = "held after all"
    SETTLED = "known by now"


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands in Slack; a file that was shared has its id for a time."""

    channel_id: str
    ts: str


class Concerned(StrEnum):
    """Whom it concerns when nobody knows whether a message arrived, and nobody can look."""

    NOBODY = "nobody"
    READERS = "those it is to"
    FACILITATORS = "those who look after the community"
    AUTHOR = "whoever it passes something on for"
    GIVERS = "those who give the thanks"


class MessageKind(StrEnum):
    """What an outbox row says; the texts are in `bot.blocks`."""

    COMMUNITY_INTRO = "community.intro"
    COMMUNITY_INTRO_EDIT = "community.intro.edit"
    COMMUNITY_INTRO_FOR_ONE = "community.intro.one"
    COMMUNITY_STOPPED = "community.stopped"
    COMMUNITY_REFUSED = "community.refused"
    COMMUNITY_INVITATION = "community.invitation"
    SUGGESTION = "suggestion"
    ONBOARDING = "member.onboarding"
    PAUSE_OVER = "member.pause_over"
    RESTING = "member.resting"
    PROMPT = "prompt"
    PROMPT_EDIT = "prompt.edit"
    PROMPT_FOLLOW_UP = "prompt.follow_up"
    PROMPT_QUIET = "prompt.quiet"
    INTRODUCTION = "round.introduction"
    NO_PARTNER = "round.no_partner"
    HALFWAY = "round.halfway"
    PARTNER_OUT = "round.partner_out"
    PARTNER_UNREACHABLE = "round.partner_unreachable"
    ROUND_SKIPPED = "round.skipped"
    ROUND_INCOMPLETE = "round.incomplete"
    WEEKLY_NOTE = "note.weekly"
    MET_LATER = "note.met_later"
    TAKEAWAY_SHARED = "note.takeaway"
    KUDOS = "kudos"
    KUDOS_PRIVATE = "kudos.private"
    KUDOS_EDIT = "kudos.edit"
    KUDOS_REMOVED = "kudos.removed"
    KUDOS_MOVED = "kudos.moved"
    WITNESS_ASKED = "goal.witness_asked"
    WITNESS_SAYS = "goal.witness_says"
    WITNESS_TOLD = "goal.witness_told"
    GOAL_HELP = "goal.help"
    USE_SHARED = "learning_note.used"
    USE_REMOVED = "learning_note.used.removed"
    NOTE_SHARED = "learning_note"
    NOTE_EDIT = "learning_note.edit"
    NOTE_REMOVED = "learning_note.removed"
    EXPORT = "privacy.export"
    EXPORT_REMOVED = "privacy.export_removed"
    ERASED = "privacy.erased"
    REQUEST = "request"
    REQUEST_INTRODUCTION = "request.introduction"
    REQUEST_NO_LUCK = "request.no_luck"
    REQUEST_OFF = "request.off"
    TOPIC_STILL_TRUE = "topic.still_true"
    TOPIC_MATCH = "topic.match"
    DELIVERY_ASKED = "delivery.asked"
    DELIVERY_TOO_LATE = "delivery.too_late"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that came too late, or of which nobody knows whether it arrived, as somebody hears of it.

    Args:
        message_id: Its number.
        kind: What it says.
        channel_id: Where it was to be read; empty for one to people.
        people: Whom it is about or to, without the one who hears of it.
    """

    message_id: int
    kind: MessageKind
    channel_id: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindRule:
    """How one kind behaves.

    Args:
        priority: Order inside a workspace; small goes first.
        is_ping: Whether it notifies somebody and counts against the weekly cap.
        doubt: What to do when the outcome of sending is unknown.
        removes: Whether it takes another message away instead of saying something.
        asks: Who is asked whether it arrived where the bot cannot look, and told when it was too late.
    """

    priority: int
    is_ping: bool
    doubt: Doubt
    removes: bool = False
    asks: Concerned = Concerned.NOBODY


RULES: dict[MessageKind, KindRule] = {
    MessageKind.COMMUNITY_INTRO: KindRule(20, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.FACILITATORS),
    # Doing an edit again changes nothing, so it may always be repeated.
    MessageKind.COMMUNITY_INTRO_EDIT: KindRule(60, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.COMMUNITY_INTRO_FOR_ONE: KindRule(50, is_ping=False, doubt=Doubt.NEVER),
    # What goes wrong is told at once, and costs nobody a place for what they are in here for.
    MessageKind.COMMUNITY_STOPPED: KindRule(20, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.COMMUNITY_REFUSED: KindRule(20, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.COMMUNITY_INVITATION: KindRule(50, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.ONBOARDING: KindRule(10, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.PAUSE_OVER: KindRule(50, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.RESTING: KindRule(75, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.PROMPT: KindRule(30, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.PROMPT_EDIT: KindRule(60, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.PROMPT_FOLLOW_UP: KindRule(40, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.PROMPT_QUIET: KindRule(80, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.INTRODUCTION: KindRule(10, is_ping=True, doubt=Doubt.TWICE, asks=Concerned.READERS),
    MessageKind.NO_PARTNER: KindRule(40, is_ping=True, doubt=Doubt.TWICE),
    MessageKind.HALFWAY: KindRule(60, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.PARTNER_OUT: KindRule(10, is_ping=True, doubt=Doubt.TWICE),
    MessageKind.PARTNER_UNREACHABLE: KindRule(10, is_ping=True, doubt=Doubt.TWICE),
    MessageKind.ROUND_SKIPPED: KindRule(70, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.ROUND_INCOMPLETE: KindRule(80, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.WEEKLY_NOTE: KindRule(30, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.MET_LATER: KindRule(70, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.TAKEAWAY_SHARED: KindRule(30, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.KUDOS: KindRule(10, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.GIVERS),
    # A person thanks a person; the bot only carries it.
    MessageKind.KUDOS_PRIVATE: KindRule(10, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.KUDOS_EDIT: KindRule(60, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.KUDOS_REMOVED: KindRule(10, is_ping=False, doubt=Doubt.TWICE, removes=True),
    MessageKind.KUDOS_MOVED: KindRule(40, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.USE_SHARED: KindRule(30, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.USE_REMOVED: KindRule(10, is_ping=False, doubt=Doubt.TWICE, removes=True),
    MessageKind.NOTE_SHARED: KindRule(30, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.NOTE_EDIT: KindRule(60, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.NOTE_REMOVED: KindRule(10, is_ping=False, doubt=Doubt.TWICE, removes=True),
    # What people ask each other is no message of the bot's own.
    MessageKind.GOAL_HELP: KindRule(30, is_ping=False, doubt=Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.SUGGESTION: KindRule(30, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.WITNESS_ASKED: KindRule(50, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.WITNESS_SAYS: KindRule(70, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.WITNESS_TOLD: KindRule(70, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.EXPORT: KindRule(10, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.EXPORT_REMOVED: KindRule(60, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.ERASED: KindRule(10, is_ping=False, doubt=Doubt.TWICE),
    MessageKind.REQUEST: KindRule(50, is_ping=True, doubt=Doubt.NEVER),
    # Both have asked for it, so no budget holds it back; see also `is_result` in `storage.outbox`.
    MessageKind.REQUEST_INTRODUCTION: KindRule(20, is_ping=False, doubt=Doubt.TWICE, asks=Concerned.READERS),
    MessageKind.REQUEST_NO_LUCK: KindRule(70, is_ping=True, doubt=Doubt.NEVER),
    MessageKind.REQUEST_OFF: KindRule(20, is_ping=True, doubt=Doubt.TWICE),
    # These two stand in weekly notes and nowhere else.
    MessageKind.TOPIC_STILL_TRUE: KindRule(70, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.TOPIC_MATCH: KindRule(70, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.DELIVERY_ASKED: KindRule(20, is_ping=False, doubt=Doubt.NEVER),
    MessageKind.DELIVERY_TOO_LATE: KindRule(20, is_ping=False, doubt=Doubt.NEVER),
}

# What people send each other through the bot: no pings, and so throttled together.
FROM_PEOPLE = frozenset(
    {MessageKind.KUDOS_PRIVATE, MessageKind.TAKEAWAY_SHARED, MessageKind.GOAL_HELP, MessageKind.SUGGESTION}
)

INTRODUCTIONS = frozenset({MessageKind.INTRODUCTION, MessageKind.REQUEST_INTRODUCTION})

# Posted once, and changed for as long as the community lives, or until those whose they are take them down.
EDITED_LATER = frozenset(
    {
        MessageKind.COMMUNITY_INTRO,
        MessageKind.KUDOS,
        MessageKind.KUDOS_PRIVATE,
        MessageKind.NOTE_SHARED,
        MessageKind.USE_SHARED,
    }
)
