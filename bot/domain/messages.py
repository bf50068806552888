"""The kinds of message the bot sends by itself, and the rules of each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


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
    PLACE_UNKNOWN = "nobody knows whether and where it stands"
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
    WORKS_AGAIN = "works again"
    HELD = "held after all"
    SETTLED = "known by now"
    NOT_INTRODUCED = "its people were never introduced"


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is in Slack; a file that was shared has its id for a time."""

    channel_id: str
    ts: str


class Concerned(StrEnum):
    """Whom it concerns when nobody knows whether a message arrived, and nobody can look."""

    NOBODY = "nobody"
    READERS = "those it is to"
    FACILITATORS = "those who look after the community"
    AUTHOR = "the person it passes something on for"
    GIVERS = "those who give the thanks"


class Came(StrEnum):
    """What came of what somebody did, whose answer may not have reached them.

    The values are stored with the messages, so an existing one never changes.
    """

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class MessageKind(StrEnum):
    """What an outbox row says; the texts are in `bot.blocks`."""

    COMMUNITY_INTRO = "community.intro"
    COMMUNITY_INTRO_EDIT = "community.intro.edit"
    COMMUNITY_INTRO_FOR_ONE = "community.intro.one"
    COMMUNITY_STOPPED = "community.stopped"
    COMMUNITY_REFUSED = "community.refused"
    COMMUNITY_FAILING = "community.failing"
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
    ROUND_HELD = "round.held"
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
    REQUEST_AGREED = "request.agreed"
    REQUEST_INTRODUCTION = "request.introduction"
    REQUEST_NO_LUCK = "request.no_luck"
    REQUEST_OFF = "request.off"
    TOPIC_STILL_TRUE = "topic.still_true"
    TOPIC_MATCH = "topic.match"
    DELIVERY_ASKED = "delivery.asked"
    DELIVERY_TOO_LATE = "delivery.too_late"
    ANSWER_LOST = "answer.lost"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that came too late, or of which nobody knows whether it arrived, as somebody hears of it.

    Args:
        message_id: Its number.
        kind: What it says.
        channel_id: Where it was to be read; empty for one to people.
        people: Whom it is about or to, without the one who hears of it.
        is_given_up: Whether it is not posted any more, since it would no longer be right, or Slack did not take it.
        is_late: Whether it is not posted any more because it would come too late.
        is_place_unknown: Whether it was to be taken away, and nobody knows whether it stands anywhere.
    """

    message_id: int
    kind: MessageKind
    channel_id: str
    people: tuple[str, ...]
    is_given_up: bool = False
    is_late: bool = False
    is_place_unknown: bool = False


class Rank(IntEnum):
    """What goes before what when somebody's notification budget is full; smaller goes first."""

    INTRODUCTION = 1
    CHANGE = 2
    WEEKLY_NOTE = 3
    REQUEST = 5
    HALFWAY = 6
    RESTING = 7
    REST = 8


class Subject(StrEnum):
    """What a message's subject is the number of, where it leads to a community."""

    COMMUNITY = "community"
    ROUND = "round"
    GROUP = "group"
    CHECK_IN = "check-in"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KindRule:
    """How one kind of message behaves: everything about it but its words.

    Args:
        priority: Order inside a workspace; small goes first.
        doubt: What to do when the outcome of sending is unknown.
        rank: For a ping, which notifies people and counts against their weekly cap: what it gives way to.
        subject: What its subject is.
        asks: Who is asked whether it arrived where the bot cannot look, and told when it does not come any more.
        harmless: Why nobody has to be told when it does not come any more; empty where somebody is.
        removes: Whether it takes another message away instead of saying something.
        introduces: Whether it is the group message of an introduction.
        moves_into_note: Whether a ping without room may move into the next weekly note.
        can_be_reduced: Whether people can want less of it: nothing that they booked, asked for or have to know.
        is_from_people: Whether people send it each other through the bot; these are no pings and throttled together.
        is_edited_later: Whether it is changed for as long as what it shows lives, or until its people take it down.
    """

    priority: int
    doubt: Doubt
    rank: Rank | None = None
    subject: Subject = Subject.OTHER
    asks: Concerned = Concerned.NOBODY
    harmless: str = ""
    removes: bool = False
    introduces: bool = False
    moves_into_note: bool = True
    can_be_reduced: bool = False
    is_from_people: bool = False
    is_edited_later: bool = False

    @property
    def is_ping(self) -> bool:
        """Tell whether it notifies people and counts against their weekly cap."""
        return self.rank is not None


_WAITS: Final = "It is never too late for it."
_DONE_AGAIN: Final = "Doing it once more changes nothing, so it is done in the end."

RULES: dict[MessageKind, KindRule] = {
    MessageKind.COMMUNITY_INTRO: KindRule(20, Doubt.NEVER, asks=Concerned.FACILITATORS, is_edited_later=True),
    # Doing an edit again changes nothing, so it may always be repeated.
    MessageKind.COMMUNITY_INTRO_EDIT: KindRule(60, Doubt.TWICE, harmless=_DONE_AGAIN),
    # One person alone sees it, and two of them are no harm.
    MessageKind.COMMUNITY_INTRO_FOR_ONE: KindRule(
        50, Doubt.TWICE, harmless="The channel's own card says the same, and the person has asked for nothing."
    ),
    # What goes wrong is told at once, and costs nobody a place for what they are in here for.
    MessageKind.COMMUNITY_STOPPED: KindRule(20, Doubt.TWICE, harmless=_WAITS),
    MessageKind.COMMUNITY_REFUSED: KindRule(20, Doubt.TWICE, harmless=_WAITS),
    MessageKind.COMMUNITY_FAILING: KindRule(20, Doubt.TWICE, harmless=_WAITS),
    MessageKind.COMMUNITY_INVITATION: KindRule(50, Doubt.NEVER, asks=Concerned.AUTHOR),
    MessageKind.ONBOARDING: KindRule(10, Doubt.NEVER, harmless=_WAITS),
    MessageKind.PAUSE_OVER: KindRule(50, Doubt.NEVER, rank=Rank.REST, harmless=_WAITS),
    MessageKind.RESTING: KindRule(75, Doubt.NEVER, rank=Rank.RESTING, harmless=_WAITS),
    MessageKind.PROMPT: KindRule(30, Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.PROMPT_EDIT: KindRule(60, Doubt.TWICE, harmless=_DONE_AGAIN),
    MessageKind.PROMPT_FOLLOW_UP: KindRule(40, Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.PROMPT_QUIET: KindRule(
        80,
        Doubt.NEVER,
        rank=Rank.REST,
        subject=Subject.COMMUNITY,
        can_be_reduced=True,
        harmless="The next quiet prompt says it again.",
    ),
    MessageKind.INTRODUCTION: KindRule(
        10,
        Doubt.TWICE,
        rank=Rank.INTRODUCTION,
        subject=Subject.GROUP,
        asks=Concerned.READERS,
        introduces=True,
        moves_into_note=False,
    ),
    MessageKind.NO_PARTNER: KindRule(
        40,
        Doubt.TWICE,
        rank=Rank.REST,
        subject=Subject.ROUND,
        harmless="It is too late only when the next round begins, and Home has said it meanwhile.",
    ),
    MessageKind.HALFWAY: KindRule(
        60,
        Doubt.NEVER,
        rank=Rank.HALFWAY,
        subject=Subject.GROUP,
        can_be_reduced=True,
        harmless="In doubt, its people's weekly notes say it instead; too late, their notes ask whether they met.",
    ),
    MessageKind.PARTNER_OUT: KindRule(
        10,
        Doubt.TWICE,
        rank=Rank.CHANGE,
        subject=Subject.GROUP,
        harmless="It is too late only when the round is over, and Home has said it meanwhile.",
    ),
    MessageKind.PARTNER_UNREACHABLE: KindRule(
        10,
        Doubt.TWICE,
        rank=Rank.CHANGE,
        subject=Subject.GROUP,
        harmless="It is too late only when the round is over, and Home has said it meanwhile.",
    ),
    MessageKind.ROUND_SKIPPED: KindRule(70, Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.ROUND_HELD: KindRule(70, Doubt.NEVER, asks=Concerned.FACILITATORS),
    MessageKind.ROUND_INCOMPLETE: KindRule(
        80,
        Doubt.NEVER,
        rank=Rank.REST,
        subject=Subject.ROUND,
        harmless="The answer to `/learn round` counts them too.",
    ),
    MessageKind.WEEKLY_NOTE: KindRule(
        30,
        Doubt.NEVER,
        rank=Rank.WEEKLY_NOTE,
        moves_into_note=False,
        can_be_reduced=True,
        harmless="Home asks the same, and so does the next note as long as the answers are wanted.",
    ),
    MessageKind.MET_LATER: KindRule(
        70,
        Doubt.NEVER,
        rank=Rank.REST,
        subject=Subject.GROUP,
        harmless="They have said that they found a time, and this asks once more.",
    ),
    MessageKind.TAKEAWAY_SHARED: KindRule(
        30, Doubt.NEVER, subject=Subject.CHECK_IN, asks=Concerned.AUTHOR, is_from_people=True
    ),
    MessageKind.KUDOS: KindRule(10, Doubt.NEVER, asks=Concerned.GIVERS, is_edited_later=True),
    # A person thanks a person; the bot only carries it.
    MessageKind.KUDOS_PRIVATE: KindRule(
        10, Doubt.NEVER, asks=Concerned.GIVERS, is_from_people=True, is_edited_later=True
    ),
    MessageKind.KUDOS_EDIT: KindRule(60, Doubt.TWICE, harmless=_DONE_AGAIN),
    MessageKind.KUDOS_REMOVED: KindRule(10, Doubt.TWICE, asks=Concerned.AUTHOR, removes=True),
    MessageKind.KUDOS_MOVED: KindRule(40, Doubt.TWICE, harmless=_WAITS),
    MessageKind.USE_SHARED: KindRule(30, Doubt.NEVER, asks=Concerned.AUTHOR, is_edited_later=True),
    MessageKind.USE_REMOVED: KindRule(10, Doubt.TWICE, asks=Concerned.AUTHOR, removes=True),
    MessageKind.NOTE_SHARED: KindRule(30, Doubt.NEVER, asks=Concerned.AUTHOR, is_edited_later=True),
    MessageKind.NOTE_EDIT: KindRule(60, Doubt.TWICE, harmless=_DONE_AGAIN),
    MessageKind.NOTE_REMOVED: KindRule(10, Doubt.TWICE, asks=Concerned.AUTHOR, removes=True),
    # What people ask each other is no message of the bot's own.
    MessageKind.GOAL_HELP: KindRule(30, Doubt.NEVER, asks=Concerned.AUTHOR, is_from_people=True),
    MessageKind.SUGGESTION: KindRule(30, Doubt.NEVER, asks=Concerned.AUTHOR, is_from_people=True),
    MessageKind.WITNESS_ASKED: KindRule(50, Doubt.NEVER, rank=Rank.REQUEST, can_be_reduced=True, asks=Concerned.AUTHOR),
    MessageKind.WITNESS_SAYS: KindRule(70, Doubt.NEVER, rank=Rank.REST, harmless=_WAITS),
    MessageKind.WITNESS_TOLD: KindRule(70, Doubt.NEVER, rank=Rank.REST, asks=Concerned.AUTHOR),
    MessageKind.EXPORT: KindRule(10, Doubt.TWICE, harmless=_WAITS),
    MessageKind.EXPORT_REMOVED: KindRule(60, Doubt.TWICE, harmless=_DONE_AGAIN),
    MessageKind.ERASED: KindRule(10, Doubt.TWICE, harmless=_WAITS),
    MessageKind.REQUEST_AGREED: KindRule(
        20, Doubt.TWICE, harmless="It is too late only when the introduction itself goes out."
    ),
    MessageKind.REQUEST: KindRule(
        50,
        Doubt.NEVER,
        rank=Rank.REQUEST,
        can_be_reduced=True,
        harmless="Who asked is told that nobody was found, as after a request that nobody answers.",
    ),
    # Both have asked for it, so no budget holds it back; see also `is_result` in `storage.outbox.outbox`.
    MessageKind.REQUEST_INTRODUCTION: KindRule(20, Doubt.TWICE, asks=Concerned.READERS, introduces=True),
    MessageKind.REQUEST_NO_LUCK: KindRule(70, Doubt.NEVER, rank=Rank.REST, harmless=_WAITS),
    MessageKind.REQUEST_OFF: KindRule(20, Doubt.TWICE, rank=Rank.CHANGE, harmless=_WAITS),
    # These two stand in weekly notes and nowhere else.
    MessageKind.TOPIC_STILL_TRUE: KindRule(70, Doubt.NEVER, harmless="The weekly note says it."),
    MessageKind.TOPIC_MATCH: KindRule(70, Doubt.NEVER, harmless="The weekly note says it."),
    MessageKind.DELIVERY_ASKED: KindRule(
        20, Doubt.NEVER, harmless="It waits for days, and longer than the message that it asks about."
    ),
    MessageKind.DELIVERY_TOO_LATE: KindRule(20, Doubt.NEVER, harmless="It waits for two days."),
    # A person waits for an answer.
    MessageKind.ANSWER_LOST: KindRule(
        10, Doubt.TWICE, harmless="It waits for a day; what was done stands in Home and in the answer to any command."
    ),
}


def kinds_with(holds: Callable[[KindRule], object]) -> tuple[MessageKind, ...]:
    """Return the kinds whose rule holds something, in the order of their declaration."""
    return tuple(kind for kind, rule in RULES.items() if holds(rule))


INTRODUCTIONS: Final = frozenset(kinds_with(lambda rule: rule.introduces))
