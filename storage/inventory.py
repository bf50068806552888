"""What in every table concerns a person: whose a row is, what somebody wrote, and what erasing does with it.

Export and erase go by this list, and a test compares it with the schema: every table stands in it, and of each
table every column that can hold a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlmodel import SQLModel

from storage.acts import LastAct
from storage.answers import AnswerCount
from storage.check_ins import CheckIn
from storage.communities import Community, Facilitator
from storage.due import Due
from storage.erasures import Erasure
from storage.goals import Goal, GoalCheck
from storage.kudos import Kudos, KudosDraft, KudosMeToo, KudosPost, KudosReceiver
from storage.looks import Look
from storage.members import Membership, Person
from storage.notes import LearningNote
from storage.notwith import PrivateList
from storage.offers import Topic
from storage.outbox import OutboxMessage
from storage.pings import Folded, Ping
from storage.processes import LastError, Process
from storage.prompts import PromptPost, PromptTap
from storage.requests import Request
from storage.rounds import Group, Introduced, Lesson, Round, RoundInputs, Seat
from storage.seen import Seen
from storage.suggestions import Suggestion
from storage.uses import UseCheck
from storage.waits import SlackWait


class Fate(StrEnum):
    """What becomes of a row when the person is erased whose id stands in one of its columns."""

    REMOVED = "the row is removed"
    NAMELESS = "the row stays, with a name of nobody where the id stood"
    EMPTIED = "the row is another's and stays; the id is taken out of it"
    OWN_STEP = "a step of its own, in `storage.erasing`"
    KEPT = "the record of an erasure, which stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One table.

    Every column that can hold a text stands in exactly one of `people`, `among`, `words` and `codes`.

    Args:
        people: The columns with one person's id, and what erasing that person does with the row.
        among: The columns in which ids of people can stand among other things, as words; else as `people`.
        words: What a person typed. When somebody is erased, mentions of them are taken out of everybody's words.
        codes: The texts that can hold no id of a person: kinds, states, zones, ids of channels.
        part_of: The foreign key to the row whose person this row concerns, in a table without people of its own.
        told: The columns of `people` and `among` whose person gets the row in an export.
        columns: What an export tells of a row; None for all of it. Words of somebody else are never among them.
        follows: For a foreign key, the columns of the row it points to that make the row readable in an export.
        ages_by: The moment from which on a row is a raw answer, which is kept for twelve months only.
        aged: What becomes of it then: removed, or nameless where the row itself is what is counted.
        counted: The columns whose values are counted before an old answer is removed.
        signs: The moments at which somebody did something, and the column with who; of a row that is part of
            another, that is a column of the other.
    """

    table: type[SQLModel]
    people: Mapping[str, Fate] = field(default_factory=dict)
    among: Mapping[str, Fate] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    part_of: str = ""
    told: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    follows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages_by: str = ""
    aged: Fate = Fate.REMOVED
    counted: tuple[str, ...] = ()
    signs: Mapping[str, str] = field(default_factory=dict)


_COMMUNITY: Final = {"community_id": ("channel_id",)}

INVENTORY: Final = (
    Entry(
        table=Community,
        people={"created_by": Fate.EMPTIED},
        words=("purpose", "value_tags"),
        codes=("channel_id", "zone", "language"),
        told=("created_by",),
        # Whoever changed the purpose since, it is theirs.
        columns=("channel_id", "created_at"),
    ),
    Entry(table=Facilitator, people={"user_id": Fate.REMOVED}, told=("user_id",), follows=_COMMUNITY),
    Entry(
        table=Person,
        # Whom others call their manager is what they said, and stays with them.
        people={"user_id": Fate.REMOVED, "manager": Fate.EMPTIED},
        words=("team",),
        codes=("zone", "language", "meets_in", "days", "less_of"),
        told=("user_id",),
    ),
    Entry(table=LastAct, people={"user_id": Fate.REMOVED}, told=("user_id",), signs={"acted_at": "user_id"}),
    Entry(
        table=Membership,
        people={"user_id": Fate.REMOVED},
        codes=("part",),
        told=("user_id",),
        follows=_COMMUNITY,
        signs={"changed_at": "user_id"},
    ),
    Entry(
        table=Topic,
        people={"user_id": Fate.REMOVED},
        # Two topics are never the same by their key, whoever is mentioned in them.
        among={"key": Fate.NAMELESS},
        words=("topic", "sentence"),
        codes=("kind",),
        told=("user_id",),
        signs={"said_at": "user_id"},
    ),
    Entry(
        table=Request,
        people={"asker": Fate.REMOVED, "asked": Fate.REMOVED},
        among={"pair": Fate.REMOVED, "key": Fate.NAMELESS},
        words=("topic",),
        codes=("kind", "state"),
        told=("asker", "asked", "pair"),
        # The topic is in the words of whoever was asked.
        columns=("asker", "asked", "kind", "state", "asked_at", "ended_at"),
        signs={"asked_at": "asker"},
    ),
    Entry(
        table=PrivateList,
        people={"user_id": Fate.REMOVED},
        among={"sealed": Fate.OWN_STEP},
        told=("user_id",),
        # The export opens it.
        columns=("user_id",),
    ),
    Entry(
        table=Goal,
        # Whom others asked to be their witness is what they did, and stays with them.
        people={"owner": Fate.REMOVED, "witness": Fate.EMPTIED},
        words=("title", "evidence", "plan", "why", "line"),
        codes=("visibility", "witness_says"),
        told=("owner",),
        signs={"set_at": "owner", "done_at": "owner", "dropped_at": "owner"},
    ),
    Entry(
        table=GoalCheck,
        words=("line", "question"),
        codes=("answer",),
        part_of="goal_id",
        follows={"goal_id": ("title",)},
        signs={"answered_at": "owner"},
    ),
    Entry(
        table=LearningNote,
        people={"owner": Fate.REMOVED},
        words=("text", "link"),
        codes=("channel_id",),
        told=("owner",),
        signs={"noted_at": "owner"},
    ),
    Entry(
        table=Kudos,
        people={"giver": Fate.NAMELESS},
        words=("deed", "effect", "tag", "link"),
        told=("giver",),
        follows=_COMMUNITY,
        signs={"given_at": "giver"},
    ),
    Entry(table=KudosPost, people={"reader": Fate.EMPTIED}, told=("reader",), follows=_COMMUNITY),
    Entry(
        table=KudosReceiver,
        people={"user_id": Fate.NAMELESS},
        told=("user_id",),
        follows={"kudos_id": ("giver", "given_at")},
    ),
    Entry(
        table=KudosMeToo,
        people={"user_id": Fate.REMOVED},
        told=("user_id",),
        follows={"kudos_id": ("giver", "given_at")},
        signs={"tapped_at": "user_id"},
    ),
    Entry(
        table=KudosDraft,
        people={"giver": Fate.REMOVED},
        among={"people": Fate.EMPTIED},
        words=("deed", "effect", "tag", "link"),
        told=("giver",),
        signs={"saved_at": "giver"},
    ),
    Entry(table=PromptPost, codes=("prompt_id",)),
    Entry(
        table=PromptTap,
        people={"user_id": Fate.NAMELESS},
        codes=("kind",),
        told=("user_id",),
        follows={"post_id": ("prompt_id", "posted_on")},
        ages_by="tapped_at",
        # The post shows how many there are, for as long as it stands.
        aged=Fate.NAMELESS,
        signs={"tapped_at": "user_id"},
    ),
    Entry(table=Round, codes=("skipped", "unplaced")),
    Entry(table=RoundInputs, among={"packed": Fate.OWN_STEP, "sealed": Fate.OWN_STEP}, codes=("digest",)),
    Entry(table=Group, codes=("reason", "guide_ids")),
    Entry(
        table=Seat,
        people={"user_id": Fate.REMOVED},
        codes=("state", "why_alone"),
        told=("user_id",),
        follows={"round_id": ("number", "started_at"), "group_id": ("reason", "guide_ids", "booked_at")},
    ),
    Entry(
        table=Lesson,
        people={"teacher": Fate.REMOVED, "learner": Fate.REMOVED},
        among={"topic": Fate.NAMELESS},
        told=("teacher", "learner"),
    ),
    Entry(
        table=Introduced,
        people={"user_a": Fate.OWN_STEP, "user_b": Fate.OWN_STEP},
        told=("user_a", "user_b"),
        follows={"community_id": ("channel_id",), "round_id": ("number", "started_at")},
    ),
    Entry(
        table=CheckIn,
        people={"user_id": Fate.REMOVED},
        words=("takeaway",),
        codes=("met", "worth", "would_help", "takeaway_for"),
        told=("user_id",),
        follows={"group_id": ("formed_at",)},
        ages_by="answered_at",
        counted=("met", "worth", "first_time", "would_help"),
        signs={"answered_at": "user_id"},
    ),
    Entry(
        table=UseCheck,
        people={"owner": Fate.REMOVED},
        words=("line",),
        codes=("source", "answer", "share", "channel_id"),
        told=("owner",),
        ages_by="asked_at",
        counted=("source", "answer", "share"),
        signs={"answered_at": "owner"},
    ),
    Entry(
        table=Suggestion,
        people={"author": Fate.REMOVED},
        words=("proposal",),
        told=("author",),
        follows=_COMMUNITY,
        ages_by="made_at",
        signs={"made_at": "author"},
    ),
    Entry(table=AnswerCount, codes=("question", "answer")),
    Entry(
        table=Due,
        among={"subject": Fate.REMOVED},
        codes=("kind", "cadence", "error"),
        told=("subject",),
        columns=("kind", "due_at"),
    ),
    Entry(
        table=OutboxMessage,
        # Those to the person alone are removed before, in a step of its own.
        among=dict.fromkeys(("key", "about", "people", "reader", "edits", "replies_to"), Fate.NAMELESS),
        codes=("kind", "channel_id", "state", "reason", "method", "ts"),
        told=("key", "about", "people", "reader", "edits", "replies_to"),
        columns=("kind", "state", "queued_at", "not_before", "sent_at"),
    ),
    Entry(table=Ping, people={"user_id": Fate.REMOVED}, told=("user_id",), follows={"message_id": ("kind",)}),
    Entry(table=Folded, people={"user_id": Fate.REMOVED}, told=("user_id",), follows={"message_id": ("kind",)}),
    Entry(table=Seen, among={"act_id": Fate.REMOVED}, told=("act_id",)),
    Entry(table=Erasure, people={"user_id": Fate.KEPT}, codes=("cause",), told=("user_id",)),
    Entry(table=Process, codes=("name", "kind")),
    Entry(table=LastError, codes=("work", "error")),
    Entry(table=Look, codes=("after_channel", "cursor")),
    Entry(table=SlackWait, codes=("method", "error")),
)
