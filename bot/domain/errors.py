"""What can be wrong with what a person asked for; the sentences stand in `bot.blocks.errors`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Problem(StrEnum):
    """One thing a person can put right, or should know."""

    NOT_A_COMMUNITY = "this channel is not a community"
    NO_COMMUNITY_HERE = "only in a channel"
    NO_SUCH_CHANNEL = "no such channel"
    WHICH_COMMUNITY = "more than one community"
    NOT_FACILITATOR = "only facilitators"
    NOT_IN_CHANNEL = "the person is not in the channel"
    BOT_NOT_IN_CHANNEL = "the bot is not in the channel"
    CANNOT_TAKE_PART = "guests and bots take no part"
    TOO_LONG = "too long"
    MESSAGE_TOO_LONG = "message too long"
    PURPOSE_SHORT = "purpose too short"
    TOO_MANY_VALUES = "more than twenty values"
    DAY_MISSING = "no day given"
    DAY_UNREADABLE = "day unreadable"
    DAY_AMBIGUOUS = "could be two days"
    DAY_IMPOSSIBLE = "no such day"
    DAY_PAST = "day in the past"
    DAY_TOO_FAR = "day too far away"
    NO_GROUP = "no group this round"
    NOT_YOURS = "somebody else's"
    GONE = "no longer there"
    MET_ALREADY = "met already"
    NOBODY_NAMED = "nobody named"
    NOT_RECOGNIZED = "no such person"
    YOURSELF = "yourself"
    CROWD = "too many people"
    GROUP_NAMED = "a user group"
    CANNOT_RECEIVE = "cannot get messages"
    DEED_SHORT = "deed too short"
    NOT_A_VALUE = "not one of the company's values"
    LINK_UNREADABLE = "no address"
    OWN_THANKS = "thanks of one's own"
    TOO_LATE_TO_UNDO = "ten minutes are over"
    ENOUGH_TODAY = "enough thanks for today"
    TITLE_SHORT = "goal too short"
    EVIDENCE_SHORT = "evidence too short"
    TOO_MANY_GOALS = "three goals are open"
    NO_SUCH_GOAL = "no goal of that number"
    NO_GOALS = "no open goal"
    QUESTION_SHORT = "question too short"
    WITNESS_MISSING = "no witness chosen"
    WITNESS_OF_NOTHING = "a witness, but only me"
    WITNESS_YOURSELF = "own witness"
    WITNESS_MANAGER = "manager as witness"
    WITNESS_UNFIT = "account cannot be a witness"
    WITNESS_REFUSES = "does not want to be a witness"
    NOTE_SHORT = "learning note too short"
    NOTE_UNDO_OVER = "too late to take a note back"
    TAKEAWAY_EMPTY = "nothing written"
    TOPIC_SHORT = "topic too short"
    TOO_MANY_TOPICS = "twenty topics are open"
    ASKED_LATELY = "the same person asked not long ago"
    TOO_MANY_REQUESTS = "three requests are open"
    PAUSED = "paused"
    OTHER_NOT_NOW = "the other cannot be introduced just now"
    UNDO_OVER = "too late to undo"
    OWN_MANAGER = "nobody manages themselves"
    NO_DAYS = "no day to be written to"
    HOURS_BACKWARDS = "hours end before they start"
    HOURS_SHORT = "hours too short"
    NOTE_OFF_DAY = "the note's day is none of the person's"
    NOTE_OFF_HOURS = "the note's time is outside the person's hours"
    NOT_WITH_YOURSELF = "yourself on the private list"
    LIST_FULL = "the private list is full"
    NO_KEY = "no key to seal with"
    LIST_LOCKED = "no key opens the private list"
    ROUND_RUNS = "this week's introductions are out"
    TOO_FEW = "too few people for a round"
    SUGGESTION_SHORT = "suggestion too short"
    ENOUGH_SUGGESTIONS = "enough suggestions for today"
    INVITED_TODAY = "the invitation was shared today"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem together with what its sentence names, such as a day, a count or an id."""

    problem: Problem
    details: Mapping[str, str] = field(default_factory=dict)


class UserError(Exception):
    """A refusal that one person is told, with what to do about it.

    Args:
        problem: What is wrong.
        kept: What was typed, so that the answer can give it back.
        **details: What the sentence names.
    """

    def __init__(self, problem: Problem, *, kept: str = "", **details: str) -> None:
        super().__init__(problem)
        self.trouble = Refusal(problem, details)
        self.kept = kept

    def adding(self, **details: str) -> "UserError":
        """Return the same refusal with more for its sentence or buttons to name."""
        return UserError(self.trouble.problem, kept=self.kept, **{**self.trouble.details, **details})


class FormError(Exception):
    """A form that cannot be taken as it is.

    Args:
        troubles: What is wrong, by field; never empty.
    """

    def __init__(self, troubles: Mapping[str, Refusal]) -> None:
        super().__init__(", ".join(f"{name}: {trouble.problem}" for name, trouble in troubles.items()))
        self.troubles = troubles
