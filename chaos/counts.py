"""What came of a run: told from the local workspace's own record and the bot's database, not by the bot."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.domain.messages import RULES, Concerned, DropReason, MessageKind
from chaos.visitors import Visitors
from playground.client import Json
from tests.journeys.stage import ProcessStage

# What must be there once: a table, the values that name one of them.
FACTS = (
    ("round", "community_id, due_at"),
    ("promptpost", "community_id, due_at"),
    ("seat", "round_id, user_id"),
    ("introduced", "round_id, user_a, user_b"),
    ("checkin", "group_id, user_id"),
    ("prompttap", "post_id, user_id, kind"),
    ("membership", "community_id, user_id"),
    ("outboxmessage", "workspace, key"),
    # Every text was typed once.
    ("goal", "title"),
    ("kudos", "deed"),
)
# Edits change nothing when they are not needed any more.
EDITS = ("community.intro.edit", "prompt.edit")
# What was not posted is not changed, and nobody is asked about what is known.
NOT_NEEDED = (DropReason.PARENT_UNSENT, DropReason.SETTLED)


@dataclass(frozen=True)
class Counts:
    """The result of a run with one database.

    Args:
        kills: How many processes were ended by SIGKILL.
        lost_answers: How many messages were accepted by Slack whose answer was lost.
        messages: How many messages the courier got accepted by Slack, doubled ones included.
        lost: Messages and facts that should be there and are not; `what_was_lost` names them.
        doubled_facts: Rows that say the same thing as another.
        doubled_messages: Messages that Slack accepted more than once, each as often as it was too many.
        unconfirmed: Messages of which nobody knows whether they arrived.
        direct: How many of the doubled and unconfirmed ones are in the direct messages of one person with the bot,
            where it can look them up.
        acts: Acts of people that were confirmed to them while the processes were killed.
        introductions: How many groups were introduced to each other.
    """

    kills: int
    lost_answers: int
    messages: int
    lost: int
    doubled_facts: int
    doubled_messages: int
    unconfirmed: int
    direct: int
    acts: int
    introductions: int
    what_was_lost: list[str] = field(default_factory=list)
    what_was_doubled: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every bar of the design is met."""
        doubtful = self.doubled_messages + self.unconfirmed
        return self.lost == self.doubled_facts == self.direct == 0 and doubtful <= self.kills + self.lost_answers


def count(
    stage: ProcessStage, weeks: int, people: list[str], visitors: Visitors, kills: int, lost_answers: int
) -> Counts:
    """Compare what Slack was told and what people were told with what should be there."""
    posted = [one for one in stage.client.posted() if "key" in one]
    times = Counter(one["key"] for one in posted)
    doubled = {key: number - 1 for key, number in times.items() if number > 1}
    unconfirmed = {key for (key,) in stage.rows("select key from outboxmessage where state = 'unconfirmed'")}
    direct = {key for key, people in stage.rows("select key, people from outboxmessage") if len(people.split()) == 1}
    lost = [
        *_lost_messages(stage, posted, unconfirmed),
        *_lost_questions(stage, times),
        *_lost_facts(stage, weeks, people, visitors),
    ]
    return Counts(
        kills=kills,
        lost_answers=lost_answers,
        messages=len(posted),
        lost=len(lost),
        doubled_facts=sum(_doubled(stage, table, columns) for table, columns in FACTS),
        doubled_messages=sum(doubled.values()),
        unconfirmed=len(unconfirmed),
        direct=sum(number for key, number in doubled.items() if key in direct) + len(unconfirmed & direct),
        acts=visitors.confirmed,
        introductions=stage.rows("select count(*) from pair_group")[0][0],
        what_was_lost=lost,
        what_was_doubled=sorted(doubled),
    )


def _doubled(stage: ProcessStage, table: str, columns: str) -> int:
    query = f"select coalesce(sum(times - 1), 0) from (select count(*) as times from {table} group by {columns}) as t"  # noqa: S608 - our own names
    return int(stage.rows(query)[0][0])


def _lost_messages(stage: ProcessStage, posted: list[Json], unconfirmed: set[str]) -> Iterable[str]:
    """Name what the facts say must have been said, and what the outbox says was said, and Slack never heard."""
    heard = {one["key"]: one for one in posted}
    for key in _expected(stage):
        if key not in heard and key not in unconfirmed:
            yield key
    for group_id, seated in _groups(stage).items():
        introduction = heard.get(f"intro:{group_id}")
        if introduction is not None and set(introduction["members"]) - {"U0BOT"} != seated:
            yield f"intro:{group_id} went to {introduction['members']}, not to {sorted(seated)}"
    rows = stage.rows("select key, kind, state, reason from outboxmessage where not_before <= ?", _now(stage))
    for key, kind, state, reason in rows:
        if kind in EDITS:
            continue
        was_said = state == "sent" and (key in heard or kind == "community.intro.one")
        if not was_said and state != "unconfirmed" and reason not in NOT_NEEDED:
            yield f"{key} ({state}: {reason})"


def _lost_questions(stage: ProcessStage, heard: Collection[str]) -> Iterable[str]:
    """Name the messages left in doubt about which nobody was asked, although somebody is concerned."""
    left = "select id, key, kind from outboxmessage where state = 'unconfirmed' and retry_at is null"
    for number, key, kind in stage.rows(left):
        is_asked = any(one.startswith(f"delivery-asked:{number}:") for one in heard)
        if not is_asked and RULES[MessageKind(kind)].asks is not Concerned.NOBODY:
            yield f"the question about {key}"


def _expected(stage: ProcessStage) -> Iterable[str]:
    """Name the messages that follow from the facts."""
    for prefix, query in (
        ("intro", "select id from pair_group"),
        ("prompt", "select id from promptpost"),
        ("onboarding", "select user_id from person where onboarded_at is not null"),
    ):
        yield from (f"{prefix}:{subject}" for (subject,) in stage.rows(query))
    # What is more than three an hour goes out later.
    thanked = stage.rows("select id from kudospost where posted_at <= ?", _now(stage))
    yield from (f"kudos:{subject}" for (subject,) in thanked)


def _groups(stage: ProcessStage) -> dict[int, set[str]]:
    groups: dict[int, set[str]] = {}
    for group_id, user_id in stage.rows("select group_id, user_id from seat where group_id is not null"):
        groups.setdefault(group_id, set()).add(user_id)
    return groups


def _lost_facts(stage: ProcessStage, weeks: int, people: list[str], visitors: Visitors) -> Iterable[str]:
    """Name the rounds, prompts and seats that time should have brought, and what people were told was taken."""
    for table in ("round", "promptpost"):
        numbers = stage.rows(f"select count(*) from {table}")  # noqa: S608 - our own names
        yield from (f"{table} of a week" for _ in range(weeks - numbers[0][0]))
    wanted = 0
    for round_id, seated, rest in stage.rows(
        "select r.id, (select count(*) from seat s where s.round_id = r.id and s.group_id is not null),"
        " (select count(*) from membership m where m.part = 'resting' and m.changed_at <= r.started_at) from round r"
    ):
        # People rest who left question after question without an answer.
        wanted += len(people) - rest
        yield from (f"a seat in round {round_id}" for _ in range(len(people) - rest - seated))
    notes = stage.rows("select count(*) from outboxmessage where kind = 'note.weekly' and state <> 'queued'")
    yield from ("a weekly note" for _ in range(wanted - notes[0][0]))
    yield from set(visitors.goals) - {title for (title,) in stage.rows("select title from goal")}
    yield from set(visitors.deeds) - {deed for (deed,) in stage.rows("select deed from kudos")}
    answers = set(stage.rows("select user_id, group_id from checkin"))
    yield from (f"the answer of {who} on group {group_id}" for who, group_id in set(visitors.answers) - answers)
    taps = set(stage.rows("select user_id, post_id from prompttap"))
    yield from (f"the tap of {who} on prompt {post_id}" for who, post_id in set(visitors.taps) - taps)


def _now(stage: ProcessStage) -> str:
    return stage.client.now().isoformat(sep=" ")
