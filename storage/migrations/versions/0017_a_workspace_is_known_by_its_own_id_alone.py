"""A workspace is known by its own id alone.

The key of its rows had the id of its organization in front, as in "E1:T1", once there was one. Where a workspace has
rows under both keys, they become one: the rows under the longer key are the later ones, and win.
"""

from collections import defaultdict
from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Messages about a community have its id as their subject.
_ABOUT_COMMUNITY = (
    *("community.intro", "community.intro.edit", "community.intro.one", "community.stopped", "community.refused"),
    *("community.invitation", "member.onboarding", "prompt.quiet"),
)
_PLANNED_FOR_COMMUNITY = ("round", "prompt", "place", "zone")
# What a row says as long as its person has said nothing, and which columns belong together.
_UNSAID: dict[str, object] = {
    "team": "",
    "manager": "",
    "writing_ok": False,
    "pace": 1,
    "meets_in": "",
    "mentions_ok": True,
    "witness_ok": True,
    "paused_until": None,
    "onboarded_at": None,
    "less_of": "",
    "has_note": True,
    "days": "01234",
    "hours_start": time(9, 30),
    "hours_end": time(16, 30),
    "note_weekday": 3,
    "note_at": time(14),
    "is_language_chosen": False,
}
_SAID_TOGETHER = {"is_language_chosen": ("language",)}
# Of these a workspace has one row for the same.
_SAME = {
    "due": ("kind", "subject"),
    "topic": ("user_id", "kind", "key"),
    "usecheck": ("owner", "source", "source_id"),
    "answercount": ("month", "question", "answer"),
    "lastact": ("user_id",),
    "seen": ("act_id",),
    "slack_wait": ("method",),
    "last_error": (),
}
_TWICE = "said in this workspace already"


def upgrade() -> None:
    # Nothing that ran before still runs, and each says at its start whose token it has.
    op.execute(sa.text("delete from process"))
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.add_column(sa.Column("workspace", sa.String(), nullable=False, server_default=""))
    tables = sa.MetaData()
    tables.reflect(op.get_bind())
    with_workspace = [table for table in tables.sorted_tables if "workspace" in table.columns]
    for longer in _longer_names(with_workspace):
        _Joining(tables, longer).join(with_workspace)


def _longer_names(tables: list[sa.Table]) -> list[str]:
    every = sa.union(*(sa.select(table.c.workspace).where(table.c.workspace.contains(":")) for table in tables))
    return sorted(op.get_bind().execute(every).scalars())


class _Joining:
    """Moves the rows of a longer key to the workspace's own key, which may have rows already."""

    def __init__(self, tables: sa.MetaData, longer: str) -> None:
        self._tables = tables.tables
        self._run = op.get_bind().execute
        self._newer = longer
        self._older = longer.rpartition(":")[2]

    def join(self, tables: list[sa.Table]) -> None:
        """Join rows that would be the same, then change the key."""
        self._erase_again()
        self._join_people()
        self._join_private_lists()
        for old, new in self._pairs("community", "channel_id"):
            self._join_communities(old, new)
        self._end_older_requests()
        self._add_counts()
        for name, columns in _SAME.items():
            self._keep_the_newer(name, *columns)
        self._rename_older_messages()
        for table in tables:
            self._run(sa.update(table).where(table.c.workspace == self._newer).values(workspace=self._older))

    def _pairs(self, name: str, *columns: str) -> list[tuple[sa.Row[Any], sa.Row[Any]]]:
        """List the older and the newer row of each that both have, by what makes them the same."""
        older, newer = (
            {
                tuple(getattr(row, column) for column in columns): row
                for row in self._run(self._in_both(name, columns, *one))
            }
            for one in ((self._older, self._newer), (self._newer, self._older))
        )
        return [(older[same], newer[same]) for same in older]

    def _in_both(self, name: str, columns: tuple[str, ...], one: str, other: str) -> sa.Select[Any]:
        table = self._tables[name]
        twin = table.alias()
        is_same = [twin.c[column] == table.c[column] for column in columns]
        return sa.select(table).where(table.c.workspace == one, sa.exists().where(twin.c.workspace == other, *is_same))

    def _keep_the_newer(self, name: str, *columns: str) -> None:
        table = self._tables[name]
        newer = table.alias()
        is_same = [newer.c[column] == table.c[column] for column in columns]
        is_said_again = sa.exists().where(newer.c.workspace == self._newer, *is_same)
        self._run(sa.delete(table).where(table.c.workspace == self._older, is_said_again))

    def _erase_again(self) -> None:
        """Plan to erase people from the older rows who were erased since."""
        erasure, person, due = self._tables["erasure"], self._tables["person"], self._tables["due"]
        came_back = sa.select(person.c.user_id).where(person.c.workspace == self._newer)
        still_there = sa.select(person.c.user_id).where(person.c.workspace == self._older)
        erased = (
            sa.select(erasure.c.user_id, sa.func.max(erasure.c.erased_at))
            .where(erasure.c.workspace == self._newer, erasure.c.cause == "asked")
            .where(erasure.c.user_id.in_(still_there), erasure.c.user_id.not_in(came_back))
            .group_by(erasure.c.user_id)
        )
        for user_id, erased_at in self._run(erased).all():
            is_planned = (due.c.workspace == self._older, due.c.kind == "erase", due.c.subject == user_id)
            self._run(sa.delete(due).where(*is_planned))
            row = {"workspace": self._older, "kind": "erase", "subject": user_id, "due_at": erased_at}
            self._run(sa.insert(due).values(**row, failures=0, error=""))

    def _join_people(self) -> None:
        """Keep what people said of themselves last; what they did not say again stays as it was said."""
        person, due = self._tables["person"], self._tables["due"]
        for old, new in self._pairs("person", "user_id"):
            unsaid = [name for name, value in _UNSAID.items() if getattr(new, name) == value]
            kept = [*unsaid, *(other for name in unsaid for other in _SAID_TOGETHER.get(name, ()))]
            if new.paused_until is not None:
                # The end of the older pause would end this one.
                of_pause = (due.c.kind == "pause_over", due.c.subject == new.user_id)
                self._run(sa.delete(due).where(due.c.workspace == self._older, *of_pause))
            whose = person.c.user_id == new.user_id
            self._run(sa.delete(person).where(person.c.workspace == self._older, whose))
            values = {name: getattr(old, name) for name in kept}
            self._run(sa.update(person).where(person.c.workspace == self._newer, whose).values(values))

    def _join_private_lists(self) -> None:
        """Put both lists beside each other, since they can be opened only with the key, at the next start."""
        table = self._tables["privatelist"]
        for old, new in self._pairs("privatelist", "user_id"):
            whose = table.c.user_id == new.user_id
            self._run(sa.delete(table).where(table.c.workspace == self._older, whose))
            both = {"sealed": f"{old.sealed} {new.sealed}"}
            self._run(sa.update(table).where(table.c.workspace == self._newer, whose).values(both))

    def _join_communities(self, old: sa.Row[Any], new: sa.Row[Any]) -> None:
        """Make one community of two in the same channel: as it was set up last, with everything that happened."""
        community, due, message = self._tables["community"], self._tables["due"], self._tables["outboxmessage"]
        self._join_memberships(old.id, new.id)
        self._renumber_rounds(old.id, new.id)
        self._move_moments("promptpost", old.id, new.id)
        post, facilitator = self._tables["promptpost"], self._tables["facilitator"]
        of_old = sa.select(post.c.id).where(post.c.community_id == old.id)
        # The newer community says these itself.
        says_too = sa.or_(
            sa.and_(message.c.kind.in_(_ABOUT_COMMUNITY), message.c.subject == old.id),
            sa.and_(message.c.kind == "prompt", message.c.subject.in_(of_old)),
        )
        is_older = message.c.workspace == self._older
        self._run(
            sa.update(message)
            .where(is_older, says_too, message.c.state == "queued")
            .values(state="dropped", reason=_TWICE)
        )
        is_about = (message.c.kind.in_(_ABOUT_COMMUNITY), message.c.subject == old.id)
        self._run(sa.update(message).where(is_older, *is_about).values(subject=new.id))
        planned = (due.c.kind.in_(_PLANNED_FOR_COMMUNITY), due.c.subject == str(old.id))
        self._run(sa.delete(due).where(due.c.workspace == self._older, *planned))
        self._run(sa.delete(facilitator).where(facilitator.c.community_id == old.id))
        for name in ("membership", "round", "promptpost", "kudos", "kudospost", "suggestion", "introduced"):
            table = self._tables[name]
            self._run(sa.update(table).where(table.c.community_id == old.id).values(community_id=new.id))
        self._run(sa.delete(community).where(community.c.id == old.id))
        self._run(sa.update(community).where(community.c.id == new.id).values(created_at=old.created_at))

    def _join_memberships(self, old_id: int, new_id: int) -> None:
        table = self._tables["membership"]
        rows = self._run(sa.select(table).where(table.c.community_id.in_((old_id, new_id)))).all()
        of_person = defaultdict(list)
        for row in rows:
            of_person[row.user_id].append(row)
        for both in of_person.values():
            for row in sorted(both, key=lambda one: (one.changed_at, one.community_id == new_id))[:-1]:
                self._run(sa.delete(table).where(table.c.id == row.id))

    def _renumber_rounds(self, old_id: int, new_id: int) -> None:
        """Number the rounds of both in the order in which they began."""
        self._move_moments("round", old_id, new_id)
        table = self._tables["round"]
        of_both = sa.select(table.c.id).where(table.c.community_id.in_((old_id, new_id)))
        ids = self._run(of_both.order_by(table.c.started_at, table.c.id)).scalars().all()
        # Below zero no number is taken.
        for number, round_id in enumerate(ids, start=1):
            self._run(sa.update(table).where(table.c.id == round_id).values(number=-number))
        self._run(sa.update(table).where(table.c.community_id == old_id).values(community_id=new_id))
        self._run(sa.update(table).where(table.c.id.in_(ids)).values(number=-table.c.number))

    def _move_moments(self, name: str, old_id: int, new_id: int) -> None:
        """Where both have a row for the same moment, move the older one to a microsecond before it."""
        table = self._tables[name]
        query = sa.select(table.c.id, table.c.due_at, table.c.community_id)
        rows = self._run(query.where(table.c.community_id.in_((old_id, new_id)))).all()
        taken = {row.due_at for row in rows}
        twice = {row.due_at for row in rows if row.community_id == new_id}
        for row in rows:
            if row.community_id == old_id and row.due_at in twice:
                moment = row.due_at
                while moment in taken:
                    moment -= timedelta(microseconds=1)
                taken.add(moment)
                self._run(sa.update(table).where(table.c.id == row.id).values(due_at=moment))

    def _end_older_requests(self) -> None:
        """Keep one open request for two people: the newer."""
        request, due = self._tables["request"], self._tables["due"]
        newer = request.alias()
        asked_again = sa.exists().where(
            newer.c.workspace == self._newer, newer.c.state == "open", newer.c.pair == request.c.pair
        )
        is_older = (request.c.workspace == self._older, request.c.state == "open")
        ids = self._run(sa.select(request.c.id).where(*is_older, asked_again)).scalars().all()
        ended = {"state": "taken_back", "ended_at": request.c.asked_at}
        self._run(sa.update(request).where(request.c.id.in_(ids)).values(ended))
        over = (due.c.kind == "request.over", due.c.subject.in_([str(one) for one in ids]))
        self._run(sa.delete(due).where(due.c.workspace == self._older, *over))

    def _add_counts(self) -> None:
        table = self._tables["answercount"]
        columns = _SAME["answercount"]
        for old, new in self._pairs("answercount", *columns):
            of_newer = (table.c.workspace == self._newer, *(table.c[name] == getattr(new, name) for name in columns))
            self._run(sa.update(table).where(*of_newer).values(count=new[-1] + old[-1]))

    def _rename_older_messages(self) -> None:
        """Leave a key to the newer message that has it; the older one is sent no more."""
        table = self._tables["outboxmessage"]
        for old, _new in self._pairs("outboxmessage", "key"):
            is_older, renamed = table.c.workspace == self._older, f"{old.key}:{old.id}"
            for name in ("edits", "replies_to"):
                self._run(sa.update(table).where(is_older, table.c[name] == old.key).values({name: renamed}))
            dropped = {"state": "dropped", "reason": _TWICE} if old.state == "queued" else {}
            self._run(sa.update(table).where(table.c.id == old.id).values(key=renamed, **dropped))
