"""The rows that a year of Peerloop leaves behind, made up week by week in the order in which they came about.

What people do is drawn by seed, in the shares that playing a year for real has shown. Who meets whom is
chosen by preferences, as in real rounds, and by nobody's pairing.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, count
from pathlib import Path
from typing import Any, Final, Protocol

import yaml
from sqlmodel import SQLModel

from benchmarks.companies import draw_company
from benchmarks.preferences import Preferences
from bot.domain.cadence import Weekly, at_local, local_day
from bot.domain.goals import Progress
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicKind
from bot.domain.pairing import Member, ReasonKind, Rules
from bot.domain.prompts import TapKind
from bot.domain.round_inputs import Inputs, write_down
from bot.domain.rounds import FRESH_AFTER_DAYS, Met, Share, Worth, seed_of
from bot.domain.schedule import INPUTS_KEPT_FOR, MESSAGES_KEPT_FOR, PROMPT_AT, PROMPT_WEEKDAY, ROUND_AT, DueKind
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.overview.note_times import note_day, note_row
from bot.services.rounds.groups import introduction_key
from storage.activity import LastAct
from storage.communities import Community, Facilitator
from storage.due import Due
from storage.goals import Goal, GoalCheck
from storage.kudos import Kudos, KudosMeToo, KudosPost, KudosReceiver
from storage.members import Membership, Part, Person
from storage.notes import LearningNote
from storage.offers import Topic
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.pings import Ping
from storage.privacy.vault import Vault
from storage.private_lists import PrivateList
from storage.private_lists import place_of as place_of_list
from storage.prompts import PromptPost, PromptTap
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, Introduced, Lesson, Round, RoundInputs, Seat, SeatState
from storage.rounds.rounds import place_of as place_of_inputs

WORKSPACE: Final = "T0LOCAL1"
BERLIN: Final = "Europe/Berlin"
LAST_MONDAY: Final = date(2026, 11, 23)
# The Wednesday of the last round: there is time left to meet somebody else.
NOW: Final = datetime(2026, 11, 25, 10, tzinfo=UTC)
_TOPICS: Final = Path(__file__).parents[1] / "bot" / "content" / "topics.yaml"
# How many of a hundred people or groups do something, each week unless it says otherwise.
_PRESENT, _IN_MORE, _WITH_GOAL, _GIVING_UP = 86, 30, 25, 30
_LEAVING, _UNTOLD, _ANSWERING, _KEEPING, _BOOKING = 2, 0.3, 60, 30, 20
_TAPPING, _THANKING, _NOTING = 22, 20, 4

Row = Mapping[str, Any]


class Writer(Protocol):
    """Takes rows of one table; what a row does not say is as usual."""

    def __call__(self, table: type[SQLModel], rows: Iterable[Row], /) -> None:
        """Write them."""


@dataclass(frozen=True)
class Size:
    """How large a company is and how long it has had Peerloop.

    Args:
        people: How many there are; all take part in the first community, and three in ten in each further one.
        rounds: How many weekly rounds each community has had; the last one runs.
        communities: How many communities there are.
        seed: Decides what is drawn.
    """

    people: int
    rounds: int = 52
    communities: int = 2
    seed: int = 1

    def __str__(self) -> str:
        """Return what a file of this size is called."""
        return f"{self.people}-people-{self.rounds}-rounds-{self.communities}-communities-seed-{self.seed}"


def write_year(write: Writer, size: Size, vault: Vault) -> None:
    """Write a year's rows, those first that others point to."""
    year = _Year(write, size, vault)
    year.write_company()
    for number in range(1, size.rounds + 1):
        year.write_week(number)
    year.write_goals()


class _Year:
    def __init__(self, write: Writer, size: Size, vault: Vault) -> None:
        self._write = write
        self._size = size
        self._vault = vault
        self._lots = random.Random(f"year {size}")  # noqa: S311 - not a secret
        self._ids: dict[str, Iterator[int]] = {}
        self._topics = _vocabulary()
        self._members = [_as_said(one, self._topics) for one in draw_company(size.people, size.seed)]
        self._by_id = {one.id: one for one in self._members}
        self._people = {one.id: _person(one, self._monday(1)) for one in self._members}
        self._guides = [guide.id for guide in load_guides().guides.values()]
        self._prompts = list(load_prompts().prompts)
        self._places = {
            one: [1, *(other for other in range(2, size.communities + 1) if self._happens(_IN_MORE))]
            for one in self._people
        }
        self._preferences = {
            community: Preferences(self._members, size.seed + community) for community in self._communities
        }
        self._trios: dict[int, dict[str, int]] = {community: {} for community in self._communities}

    @property
    def _communities(self) -> range:
        return range(1, self._size.communities + 1)

    def write_company(self) -> None:
        """Write the communities, the people and what they said of themselves."""
        begun = self._monday(1) - timedelta(days=7)
        here: Row = {"workspace": WORKSPACE}
        everyone = list(self._people)
        self._write(Community, (_community(community, everyone[0], begun) for community in self._communities))
        self._write(
            Facilitator,
            ({**here, "community_id": community, "user_id": everyone[community]} for community in self._communities),
        )
        self._write(Person, (person.model_dump() for person in self._people.values()))
        self._write(LastAct, ({**here, "user_id": one, "acted_at": NOW - timedelta(days=1)} for one in everyone))
        self._write(
            Membership,
            (
                {**here, "id": self._id("membership"), "community_id": place, "user_id": one, "part": Part.IN}
                | {"changed_at": begun}
                for one, places in self._places.items()
                for place in places
            ),
        )
        self._write(Topic, self._said())
        self._write(PrivateList, (self._private_list(one) for one in self._members if one.blocked))
        next_round = self._monday(self._size.rounds + 1)
        for community in self._communities:
            planned: Row = {**here, "id": self._id("due"), "subject": str(community)}
            rhythm = Weekly(0, ROUND_AT, BERLIN, 1).encode()
            self._write(Due, [{**planned, "kind": DueKind.ROUND, "due_at": next_round, "cadence": rhythm}])
            asked = {"due_at": next_round + timedelta(days=1, hours=2), "kind": DueKind.PROMPT}
            rhythm = Weekly(PROMPT_WEEKDAY, PROMPT_AT, BERLIN, 1).encode()
            self._write(Due, [{**planned, **asked, "id": self._id("due"), "cadence": rhythm}])

    def write_week(self, number: int) -> None:
        """Write what happened in one week, in every community."""
        for community in self._communities:
            self._write_prompt(community, number)
            self._write_round(community, number)
        taken = [one for one in self._people if self._happens(_NOTING)]
        at = min(NOW, self._monday(number) + timedelta(days=3))
        noted = {"workspace": WORKSPACE, "noted_at": at, "text": "Filter first, then count: half the rows were old."}
        self._write(LearningNote, ({**noted, "id": self._id("note"), "owner": one} for one in taken))

    def write_goals(self) -> None:
        """Write the goals of those who have one, with a check-in in each week."""
        next_check = self._monday(self._size.rounds) + timedelta(days=3, hours=2)
        for owner in [one for one in self._people if self._happens(_WITH_GOAL)]:
            first = self._lots.randint(1, max(1, self._size.rounds // 2))
            last = self._lots.randint(first, max(first, self._size.rounds - 1)) if self._happens(_GIVING_UP) else None
            goal: dict[str, Any] = {
                "id": self._id("goal"),
                "workspace": WORKSPACE,
                "owner": owner,
                "title": "Build the monthly report with a pivot table",
                "evidence": "The report of June is built without help",
                "plan": "Half an hour on Fridays",
                "why": "It takes me a day each month",
                "set_at": self._monday(first),
                "due_on": local_day(self._monday(first), BERLIN) + timedelta(weeks=60),
                "done_at": None if last is None else self._monday(last) + timedelta(days=1),
                "check_weeks": 1,
                "check_on": local_day(next_check, BERLIN) if last is None else None,
            }
            self._write(Goal, [goal])
            self._write(GoalCheck, self._checks(goal["id"], range(first, last or self._size.rounds)))
            if last is None:
                planned = {"id": self._id("due"), "workspace": WORKSPACE, "kind": DueKind.GOAL_CHECK, "subject": owner}
                self._write(Due, [{**planned, "due_at": next_check}])

    def _checks(self, goal_id: int, weeks: range) -> Iterator[Row]:
        for week in weeks:
            asked_on = local_day(self._monday(week), BERLIN) + timedelta(days=3)
            row = {"id": self._id("check"), "workspace": WORKSPACE, "goal_id": goal_id, "asked_on": asked_on}
            if self._happens(_ANSWERING):
                row |= {"answer": Progress.MOVED, "answered_at": self._monday(week) + timedelta(days=3, hours=9)}
            yield row

    def _write_prompt(self, community: int, number: int) -> None:
        posted_at = self._monday(number) + timedelta(days=1, hours=2)
        post_id = self._id("post")
        place = (number - 1) % len(self._prompts)
        post = {"id": post_id, "workspace": WORKSPACE, "community_id": community, "prompt_id": self._prompts[place]}
        cycle = 1 + (number - 1) // len(self._prompts)
        self._write(PromptPost, [{**post, "cycle": cycle, "due_at": posted_at, "posted_on": posted_at.date()}])
        self._write(
            PromptTap,
            [
                {"id": self._id("tap"), "workspace": WORKSPACE, "post_id": post_id, "user_id": one}
                | {"kind": TapKind.DID, "tapped_at": posted_at + timedelta(hours=1)}
                for one, places in self._people_of(community)
                if self._happens(_TAPPING / len(places))
            ],
        )
        key, channel_id = f"prompt:{post_id}", _channel(community)
        posted = outbox.queued(
            WORKSPACE, key, MessageKind.PROMPT, subject=post_id, channel_id=channel_id, now=posted_at
        )
        self._say(number, [posted])

    def _write_round(self, community: int, number: int) -> None:
        due_at, ends_at = self._monday(number), self._monday(number + 1)
        round_id = self._id("round")
        present = [
            one
            for one, places in self._people_of(community)
            if places[number % len(places)] == community and self._happens(_PRESENT)
        ]
        self._write(
            Round,
            [
                {"id": round_id, "workspace": WORKSPACE, "community_id": community, "number": number}
                | {"due_at": due_at, "started_at": due_at, "ends_at": ends_at}
                | {"seed": seed_of(WORKSPACE, community, number)}
            ],
        )
        if ends_at > NOW - INPUTS_KEPT_FOR:
            self._write_inputs(community, number, round_id, present)
        groups, left = self._preferences[community].play(number, present)
        ids = [self._id("group") for _ in groups]
        formed = list(zip(ids, groups, strict=True))
        self._write(Group, (self._group(group_id, round_id, number) for group_id, _ in formed))
        self._write(Seat, self._seats(community, round_id, formed, left))
        self._write(
            Introduced,
            (
                {"id": self._id("introduced"), "workspace": WORKSPACE, "community_id": community}
                | {"round_id": round_id, "group_id": group_id, "user_a": one, "user_b": other}
                for group_id, group in formed
                for one, other in combinations(group, 2)
            ),
        )
        self._write(Lesson, (lesson for group_id, group in formed for lesson in self._lessons(group_id, group)))
        self._say(number, self._introductions(number, formed))
        if ends_at <= NOW:
            self._write(CheckIn, [answer for one in formed for answer in self._answers(number, *one)])
            self._write_thanks(community, number, groups)

    def _write_inputs(self, community: int, number: int, round_id: int, present: Sequence[str]) -> None:
        """Write what a round of these people would have been worked out from."""
        trios = self._trios[community]
        here = set(present)
        inputs = Inputs(
            members=tuple(replace(one, trios=trios.get(one.id, 0)) for one in self._members if one.id in here),
            met=self._preferences[community].met,
            rules=Rules(
                week=local_day(self._monday(number), BERLIN), fresh_after=min(number - 1, FRESH_AFTER_DAYS // 7)
            ),
            number=number,
            seed=seed_of(WORKSPACE, community, number),
        )
        written = write_down(inputs, f"lot {round_id}")
        row = RoundInputs(round_id=round_id, workspace=WORKSPACE, digest=written.digest, packed=written.packed)
        row.sealed = self._vault.seal(written.secret, place_of_inputs(row)) if written.secret else ""
        self._write(RoundInputs, [row.model_dump()])

    def _group(self, group_id: int, round_id: int, number: int) -> Row:
        formed_at = self._monday(number)
        booked_at = min(formed_at + timedelta(days=1, hours=4), NOW) if self._happens(_BOOKING) else None
        return {
            "id": group_id,
            "workspace": WORKSPACE,
            "round_id": round_id,
            "reason": ReasonKind.LESSON.value,
            "guide_ids": tuple(self._lots.sample(self._guides, 3)),
            "formed_at": formed_at,
            "booked_at": booked_at,
        }

    def _seats(
        self, community: int, round_id: int, formed: Sequence[tuple[int, tuple[str, ...]]], left: Sequence[str]
    ) -> Iterator[Row]:
        trios = self._trios[community]
        for group_id, group in formed:
            is_larger = len(group) > 2  # noqa: PLR2004 - pairs
            is_left = len(group) == 2 and self._happens(_LEAVING)  # noqa: PLR2004 - pairs
            for one in group:
                trios[one] = trios.get(one, 0) + is_larger
                state = SeatState.SEATED
                if is_left:
                    state = SeatState.OUT if one == group[0] else SeatState.LOOKING
                seat = {"id": self._id("seat"), "workspace": WORKSPACE, "round_id": round_id, "user_id": one}
                yield {**seat, "group_id": group_id, "state": state, "in_larger": is_larger}
        for one in left:
            seat = {"id": self._id("seat"), "workspace": WORKSPACE, "round_id": round_id, "user_id": one}
            yield {**seat, "state": SeatState.LOOKING}

    def _lessons(self, group_id: int, group: tuple[str, ...]) -> Iterator[Row]:
        known = {one: self._by_id[one] for one in group}
        for teacher in group:
            for learner in group:
                shown = known[teacher].offers & known[learner].wants
                if shown and teacher != learner:
                    row = {"id": self._id("lesson"), "workspace": WORKSPACE, "group_id": group_id}
                    yield {**row, "teacher": teacher, "learner": learner, "topic": min(shown)}

    def _answers(self, number: int, group_id: int, group: tuple[str, ...]) -> Iterator[Row]:
        met = self._lots.choices((Met.YES, Met.NO, Met.SKIP), (80, 15, 5))[0]
        for one in group:
            if not self._happens(_ANSWERING):
                continue
            row: dict[str, Any] = {"id": self._id("answer"), "workspace": WORKSPACE, "group_id": group_id}
            row |= {"user_id": one, "met": met, "answered_at": self._monday(number) + timedelta(days=3, hours=7)}
            if met is Met.YES:
                row |= {"worth": Worth.USE, "first_time": number % 2 == 0}
            if met is Met.YES and self._happens(_KEEPING):
                row |= {"takeaway": "Pivot tables need no formulas at all", "takeaway_for": Share.PRIVATE}
            yield row

    def _write_thanks(self, community: int, number: int, groups: Sequence[tuple[str, ...]]) -> None:
        """Write thanks to somebody of the week's group, each in a message of its own."""
        given_at = self._monday(number) + timedelta(days=4)
        here: Row = {"workspace": WORKSPACE}
        given = [
            (giver, other) for group in groups for giver, other in combinations(group, 2) if self._happens(_THANKING)
        ]
        ids = [self._id("kudos") for _ in given]
        said: Row = {"deed": "You sat down with me for the numbers", "effect": "I sent them an hour early", "tag": None}
        said = {**said, "community_id": community, "score": 3, "given_at": given_at}
        both = list(zip(ids, given, strict=True))
        self._write(Kudos, ({**here, **said, "id": one, "giver": giver} for one, (giver, _) in both))
        posted = {**here, "community_id": community, "posted_at": given_at}
        self._write(KudosPost, ({**posted, "id": one} for one in ids))
        self._write(KudosReceiver, ({**here, "kudos_id": one, "user_id": to, "post_id": one} for one, (_, to) in both))
        self._write(
            KudosMeToo,
            (
                {**here, "kudos_id": one, "user_id": self._lots.choice(list(group)), "tapped_at": given_at}
                for one, group in zip(ids[::5], groups, strict=False)
            ),
        )
        channel_id = _channel(community)
        self._say(
            number,
            (
                outbox.queued(
                    WORKSPACE, f"kudos:{one}", MessageKind.KUDOS, subject=one, channel_id=channel_id, now=given_at
                )
                for one in ids
            ),
        )

    def _introductions(self, number: int, formed: Sequence[tuple[int, tuple[str, ...]]]) -> Iterator[Row]:
        """Yield the message that introduces each group, and everybody's weekly note."""
        now, ends_at = self._monday(number), self._monday(number + 1)
        day = local_day(now, BERLIN) + timedelta(days=3)
        for group_id, group in formed:
            yield outbox.queued(
                WORKSPACE,
                introduction_key(group_id),
                MessageKind.INTRODUCTION,
                subject=group_id,
                people=group,
                now=now,
                not_after=ends_at,
            )
            for one in group:
                person = self._people[one]
                note = note_row(person, note_day(person, day), now)
                if note is not None:
                    yield note

    def _say(self, number: int, messages: Iterable[Row]) -> None:
        """Write messages as far as they are kept: most were sent, a few came too late, and some still wait."""
        if self._monday(number) <= NOW - MESSAGES_KEPT_FOR:
            return
        rows: list[Row] = []
        pings: list[Row] = []
        for message in messages:
            row = {**message, "id": self._id("message")}
            sent_at = row["not_before"] + timedelta(minutes=1)
            if sent_at <= NOW and self._happens(_UNTOLD):
                row |= {"state": OutboxState.DROPPED, "reason": "too late"}
            elif sent_at <= NOW:
                row |= {"state": OutboxState.SENT, "attempts": 1, "attempted_at": sent_at, "sent_at": sent_at}
                row |= {"ts": f"{sent_at.timestamp():.0f}.{row['id']:06}"}
                row |= {"channel_id": row["channel_id"] or f"D{row['id']:08}"}
                ping = {"workspace": WORKSPACE, "message_id": row["id"], "attempt": 1, "pinged_at": sent_at}
                pings += [
                    {**ping, "id": self._id("ping"), "user_id": one, "pinged_on": sent_at.date()}
                    for one in row["people"].split()
                    if row["is_ping"]
                ]
            rows.append(row)
        self._write(OutboxMessage, rows)
        self._write(Ping, pings)

    def _said(self) -> Iterator[Row]:
        """Yield what everybody offers and wants."""
        thesaurus = load_thesaurus()
        for member in self._members:
            for kind, keys in ((TopicKind.OFFER, member.offers), (TopicKind.WANT, member.wants)):
                for key in sorted(keys):
                    topic = self._topics[key]
                    yield {
                        "id": self._id("topic"),
                        "workspace": WORKSPACE,
                        "user_id": member.id,
                        "kind": kind,
                        "topic": topic,
                        "key": key,
                        "stems": thesaurus.stems_of(topic),
                        "said_at": NOW - timedelta(days=self._lots.randint(1, 80)),
                    }

    def _private_list(self, member: Member) -> Row:
        row = PrivateList(workspace=WORKSPACE, user_id=member.id, sealed="")
        row.sealed = self._vault.seal(" ".join(sorted(member.blocked)), place_of_list(row))
        return row.model_dump()

    def _people_of(self, community: int) -> Iterator[tuple[str, list[int]]]:
        return ((one, places) for one, places in self._places.items() if community in places)

    def _monday(self, number: int) -> datetime:
        """Return when the rounds of a week are due."""
        return at_local(LAST_MONDAY - timedelta(weeks=self._size.rounds - number), ROUND_AT, BERLIN)

    def _happens(self, hundredths: float) -> bool:
        return self._lots.random() * 100 < hundredths

    def _id(self, name: str) -> int:
        return next(self._ids.setdefault(name, count(1)))


def _community(community: int, created_by: str, created_at: datetime) -> Row:
    return {
        "id": community,
        "workspace": WORKSPACE,
        "channel_id": _channel(community),
        "purpose": "Getting better at planning, together.",
        "zone": BERLIN,
        "prompt_weekday": PROMPT_WEEKDAY,
        "prompt_at": PROMPT_AT,
        "round_weeks": 1,
        "created_by": created_by,
        "created_at": created_at,
    }


def _channel(community: int) -> str:
    return f"C0LEARN{community:02}"


def _person(member: Member, onboarded_at: datetime) -> Person:
    window = member.window
    return Person(
        workspace=WORKSPACE,
        user_id=member.id,
        zone=window.zone,
        onboarded_at=onboarded_at,
        team=member.team,
        manager=member.manager,
        writing_ok=member.writing_ok,
        meets_in=tuple(sorted(member.languages)),
        days="".join(map(str, sorted(window.days))),
        hours_start=window.start,
        hours_end=window.end,
    )


def _vocabulary() -> dict[str, str]:
    """Return a name for each of the shipped topics, by the key under which topics are compared."""
    thesaurus = load_thesaurus()
    lines = yaml.safe_load(_TOPICS.read_text(encoding="utf-8"))["same"]
    return {thesaurus.key(names[0]): names[0] for names in lines}


def _as_said(member: Member, topics: Mapping[str, str]) -> Member:
    """Return a member whose drawn topics are topics of the vocabulary."""
    keys = list(topics)

    def named(drawn: frozenset[str]) -> frozenset[str]:
        return frozenset(keys[int(topic.rpartition(" ")[2])] for topic in drawn)

    return replace(member, offers=named(member.offers), wants=named(member.wants))
