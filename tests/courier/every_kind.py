"""One message of every kind that has a row of its own, each true and to people of its own, so that none gives way."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, select

from bot.domain.goals import Visibility, WitnessSays
from bot.domain.messages import RULES, MessageKind
from bot.domain.requests import RequestState
from bot.domain.rounds import Met, Share
from bot.domain.schedule import DueKind
from bot.domain.uses import Source, UseShare
from storage import due
from storage.communities import Community
from storage.goals import Goal, GoalCheck
from storage.kudos import KudosPost, KudosReceiver
from storage.members import Membership, Part
from storage.notes import LearningNote
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy import erasures
from storage.prompts import PromptPost
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Introduced, Round, Seat, SeatState
from storage.suggestions import Suggestion
from storage.uses import UseCheck
from tests.factories import MONDAY_8, add_community, add_group, add_kudos, add_members, open_request, queue

# These two stand in weekly notes and nowhere else.
IN_NOTES: Final = frozenset({MessageKind.TOPIC_STILL_TRUE, MessageKind.TOPIC_MATCH})
KINDS: Final = tuple(kind for kind in MessageKind if kind not in IN_NOTES)
_LATER: Final = timedelta(days=5)


class EveryKind:
    """Queues one message of each kind; its key is the kind."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._number = 0

    def queue_all(self, not_after: datetime | None) -> None:
        """Queue them, each in the right place, and none to be sent later than a moment."""
        for kind in KINDS:
            columns: dict[str, Any] = {"now": self._now, "not_after": not_after, **self._columns(kind)}
            queue(self._session, kind, kind, **columns)

    def _columns(self, kind: MessageKind) -> Mapping[str, object]:
        """Make what a message is about, and return its columns."""
        self._number += 1
        a, b = f"UA{self._number}", f"UB{self._number}"
        community = add_community(self._session, f"C{self._number}", facilitators=(f"UF{self._number}",))
        add_members(self._session, community, a, b)
        make = {
            "round": self._of_a_round,
            "note": self._of_people,
            "goal": self._of_a_goal,
            "kudos": self._of_thanks,
            "request": self._of_a_request,
            "privacy": self._of_privacy,
            "delivery": self._of_another,
            "answer": self._of_another,
            "prompt": self._of_a_prompt,
            "learning_note": self._of_a_note,
        }.get(kind.value.partition(".")[0], self._of_a_community)
        return make(kind, community, a, b)

    def _of_a_community(self, kind: MessageKind, community: Community, a: str, _b: str) -> Mapping[str, object]:
        here = {"subject": community.id, "channel_id": community.channel_id}
        match kind:
            case MessageKind.COMMUNITY_INTRO | MessageKind.COMMUNITY_INVITATION:
                return {**here, "about": a}
            case MessageKind.COMMUNITY_INTRO_EDIT:
                return {**here, "edits": self._sent("a card", MessageKind.COMMUNITY_INTRO, community)}
            case MessageKind.COMMUNITY_INTRO_FOR_ONE:
                return {**here, "reader": a}
            case MessageKind.COMMUNITY_STOPPED:
                community.asleep_at = self._now
            case MessageKind.COMMUNITY_FAILING:
                planned = due.find_due(self._session, "T1", DueKind.ROUND, str(community.id))
                assert planned is not None
                planned.failures, planned.failing_since = 1, self._now
                return self._to(f"UF{self._number}", planned.id)
            case MessageKind.SUGGESTION:
                proposal = Suggestion(
                    workspace="T1", community_id=community.id, author=a, proposal="Less", made_at=self._now
                )
                return self._to(f"UF{self._number}", self._add(proposal), about=a)
            case MessageKind.RESTING:
                row = self._session.get_one(Membership, self._last(Membership) - 1)
                row.part = Part.RESTING
        return self._to(a, community.id, about="restricted_action")

    def _of_a_prompt(self, kind: MessageKind, community: Community, a: str, _b: str) -> Mapping[str, object]:
        if kind is MessageKind.PROMPT_QUIET:
            return self._to(a, community.id)
        post = PromptPost(
            workspace="T1",
            community_id=community.id,
            prompt_id="tools-01",
            cycle=1,
            due_at=MONDAY_8,
            posted_on=MONDAY_8.date(),
        )
        here = {"subject": self._add(post), "channel_id": community.channel_id}
        if kind is MessageKind.PROMPT:
            return here
        under = self._sent(f"the prompt of {kind}", MessageKind.PROMPT, community)
        return {**here, "edits" if kind is MessageKind.PROMPT_EDIT else "replies_to": under}

    def _of_a_round(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        group = add_group(self._session, community, a, b)
        its_round = self._session.get_one(Round, group.round_id)
        match kind:
            case MessageKind.INTRODUCTION | MessageKind.HALFWAY:
                return {"subject": group.id, "channel_id": "", "people": (a, b)}
            case MessageKind.ROUND_SKIPPED | MessageKind.ROUND_HELD:
                its_round.skipped = "away" if kind is MessageKind.ROUND_SKIPPED else ""
                return {"subject": its_round.id, "channel_id": community.channel_id}
            case MessageKind.NO_PARTNER:
                self._session.get_one(Seat, self._last(Seat) - 1).state = SeatState.LOOKING
                return self._to(a, its_round.id)
            case MessageKind.ROUND_INCOMPLETE:
                its_round.unplaced = {"hours": 2}
                return self._to(f"UF{self._number}", its_round.id)
        return self._to(a, group.id, about=b)

    def _of_people(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        group = add_group(self._session, community, a, b)
        if kind is MessageKind.WEEKLY_NOTE:
            # The round ends this week, so that the note has something to ask.
            group.formed_at = MONDAY_8 - timedelta(days=6)
            its_round = self._session.get_one(Round, group.round_id)
            its_round.ends_at = self._now - timedelta(hours=1)
            return self._to(a, 0)
        booked = kind is MessageKind.MET_LATER
        met = Met.BOOKED if booked else Met.YES
        check_in = CheckIn(workspace="T1", group_id=group.id, user_id=a, met=met, answered_at=self._now)
        if not booked:
            check_in.takeaway, check_in.takeaway_for = "Filters first", Share.PARTNER
        number = self._add(check_in)
        if booked:
            return self._to(a, group.id)
        return {"subject": number, "channel_id": "", "people": (a, b), "about": a}

    def _of_thanks(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        row = add_kudos(self._session, community, a, b)
        post_id = self._last(KudosPost)
        here = {"subject": post_id, "channel_id": community.channel_id}
        match kind:
            case MessageKind.KUDOS:
                return here
            case MessageKind.KUDOS_PRIVATE:
                private = KudosPost(workspace="T1", reader=b, posted_at=self._now)
                receiver = self._session.get_one(KudosReceiver, (row.id, b))
                receiver.post_id = self._add(private)
                return self._to(b, private.id)
            case MessageKind.KUDOS_MOVED:
                return self._to(a, row.id)
        return {**here, "about": a, "edits": self._sent(f"thanks of {kind}", MessageKind.KUDOS, community)}

    def _of_a_goal(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        says = WitnessSays.ASKED if kind is MessageKind.WITNESS_ASKED else WitnessSays.YES
        goal = Goal(
            workspace="T1",
            owner=a,
            title="Run a retro",
            evidence="I show it",
            due_on=(self._now + _LATER).date(),
            plan="",
            why="",
            set_at=MONDAY_8,
            done_at=self._now if kind is MessageKind.WITNESS_TOLD else None,
            visibility=Visibility.WITNESS,
            witness=b,
            witness_says=says,
        )
        goal_id = self._add(goal)
        if kind is MessageKind.GOAL_HELP:
            check = GoalCheck(workspace="T1", goal_id=goal_id, asked_on=self._now.date(), question="How do you begin?")
            return {"subject": self._add(check), "channel_id": community.channel_id, "about": a}
        reader, other = (a, b) if kind is MessageKind.WITNESS_SAYS else (b, a)
        return self._to(reader, goal_id, about=other)

    def _of_a_note(self, kind: MessageKind, community: Community, a: str, _b: str) -> Mapping[str, object]:
        here = {"channel_id": community.channel_id, "about": a}
        if kind in {MessageKind.USE_SHARED, MessageKind.USE_REMOVED}:
            use = UseCheck(
                workspace="T1",
                owner=a,
                source=Source.NOTE,
                source_id=self._number,
                asked_on=self._now.date(),
                asked_at=self._now,
                line="In a report",
                share=UseShare.CHANNEL,
                channel_id=community.channel_id,
            )
            subject, is_out = self._add(use), kind is MessageKind.USE_REMOVED
        else:
            note = LearningNote(
                workspace="T1", owner=a, text="It takes a filter", noted_at=MONDAY_8, channel_id=community.channel_id
            )
            subject, is_out = self._add(note), kind is not MessageKind.NOTE_SHARED
        edits = self._sent(f"what is shared before {kind}", MessageKind.NOTE_SHARED, community) if is_out else ""
        return {**here, "subject": subject, "edits": edits}

    def _of_a_request(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        request = open_request(a, b)
        if kind is MessageKind.REQUEST:
            return self._to(b, self._add(request))
        request.state = RequestState.AGREED
        if kind in {MessageKind.REQUEST_AGREED, MessageKind.REQUEST_INTRODUCTION}:
            request.group_id = self._on_request(community, a, b)
        request_id = self._add(request)
        if kind is MessageKind.REQUEST_INTRODUCTION:
            return {"subject": request.group_id, "channel_id": "", "people": (a, b)}
        if kind is MessageKind.REQUEST_AGREED:
            # The introduction that it announces waits for the next morning.
            outbox.add(
                self._session,
                "T1",
                f"intro:{request.group_id}",
                MessageKind.REQUEST_INTRODUCTION,
                subject=request.group_id or 0,
                people=(a, b),
                now=self._now,
                not_before=self._now + _LATER,
                is_result=True,
            )
        return self._to(a, request_id, about="0")

    def _on_request(self, community: Community, a: str, b: str) -> int:
        group = add_group(self._session, community, a, b)
        its_round = self._session.get_one(Round, group.round_id)
        its_round.community_id, its_round.number = None, 0
        self._session.get_one(Introduced, self._last(Introduced)).community_id = None
        return group.id

    def _of_privacy(self, kind: MessageKind, _community: Community, a: str, _b: str) -> Mapping[str, object]:
        if kind is MessageKind.ERASED:
            record = erasures.add_erasure(self._session, "T1", "UGONE", "wish", self._now)
            self._session.flush()
            return {"subject": record.id, "channel_id": "", "about": "en "}
        if kind is MessageKind.EXPORT_REMOVED:
            return {"subject": 0, "about": "F1", "channel_id": f"D{a}"}
        return self._to(a, 0)

    def _of_another(self, kind: MessageKind, community: Community, a: str, b: str) -> Mapping[str, object]:
        if kind is MessageKind.ANSWER_LOST:
            return self._to(a, 0, about="done:")
        add_kudos(self._session, community, a, b)
        key = f"thanks before {kind}"
        queue(self._session, key, MessageKind.KUDOS, subject=self._last(KudosPost), channel_id=community.channel_id)
        row = outbox.find_message(self._session, "T1", key)
        assert row is not None
        is_asked = kind is MessageKind.DELIVERY_ASKED
        row.state, row.attempts = (OutboxState.UNCONFIRMED, 1) if is_asked else (OutboxState.FAILED, 1)
        return self._to(a, row.id, about="1")

    def _sent(self, key: str, kind: MessageKind, community: Community) -> str:
        """Let another message stand in the channel already, and return its key."""
        queue(self._session, key, kind, subject=community.id, channel_id=community.channel_id)
        row = outbox.find_message(self._session, "T1", key)
        assert row is not None
        row.state, row.ts = OutboxState.SENT, f"{self._number}.0"
        return key

    def _to(self, reader: str, subject: int, about: str = "") -> Mapping[str, object]:
        return {"subject": subject, "channel_id": "", "people": (reader,), "about": about}

    def _add(self, row: Any) -> int:  # noqa: ANN401 - rows of every table
        self._session.add(row)
        self._session.flush()
        number: int = row.id
        return number

    def _last(self, table: type[Any]) -> int:
        """Return the number of the newest row of a table."""
        self._session.flush()
        found: int = max(row.id for row in self._session.exec(select(table)))
        return found


def of_every_kind(found: list[OutboxMessage]) -> Iterator[tuple[MessageKind, OutboxMessage]]:
    """Yield each kind with its message; one that is not there any more was done and forgotten."""
    by_key = {message.key: message for message in found}
    assert {kind for kind in KINDS if kind in by_key} | {kind for kind in KINDS if RULES[kind].removes} == set(KINDS)
    yield from ((kind, by_key[kind]) for kind in KINDS if kind in by_key)
