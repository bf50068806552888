"""What the courier asks of the outbox: what comes next, what was begun, how often Slack was asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    literal_column,
    not_,
    or_,
    union_all,
)
from sqlalchemy import select as select_columns
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, func, select, update

from bot.domain.messages import RULES, Doubt
from bot.domain.pacing import Method, Pace
from storage.columns import UtcDateTime
from storage.outbox.outbox import OutboxMessage, OutboxState, may_go
from storage.outbox.slack_waits import EVERYTHING, SlackWait

# People's ids until the conversation with them is known, and after.
_CONVERSATION = func.coalesce(func.nullif(col(OutboxMessage.people), ""), col(OutboxMessage.channel_id))
_URGENCY = (col(OutboxMessage.priority), col(OutboxMessage.not_before), col(OutboxMessage.id))
_BETTER_TWICE = col(OutboxMessage.kind).in_([kind for kind, rule in RULES.items() if rule.doubt is Doubt.TWICE])
# What is posted while Slack has trouble may be in doubt afterwards: first comes what can be looked up.
_IN_DOUBT_FOR_GOOD = 2
_RISK = case(
    (and_(col(OutboxMessage.people) != "", col(OutboxMessage.people).not_like("% %")), 0),
    (_BETTER_TWICE, 1),
    else_=_IN_DOUBT_FOR_GOOD,
)


_DECIDED: Final = {
    "state",
    "reason",
    "method",
    "attempts",
    "failures",
    "retry_at",
    "channel_id",
    "ts",
    "sent_at",
    "not_before",
}
_POSTING: Final = (Method.POST, Method.OPEN)
# Statements that are run for every message are made once; what differs is bound to these.
_WORKSPACE: Final = bindparam("of_workspace", type_=String)
_NOW: Final = bindparam("now", type_=UtcDateTime)
_AT: Final = bindparam("at", type_=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Ledger:
    """How things stand with what was sent and what Slack may be asked for.

    Args:
        calls: How often each method was asked for within its span.
        resting: The conversations posted in a moment ago: a channel's id, or the people's ids.
        in_doubt: The conversations in which a message is being sent, or is in doubt.
        has_old_doubt: Whether a message has been in doubt for so long that it can be settled.
        has_posted_again: Whether there is a message of unknown fate that is not left to people yet.
        noted: The methods that Slack was in trouble with, or was asked for too often, and that did not work since.
        waiting: The methods that must not be asked for now; `EVERYTHING` until it is ended.
        troubled: The methods that failed when they were asked for last.
        careful: Those of them that must not be asked now for what would be left in doubt for good.
    """

    calls: dict[Method, int]
    resting: frozenset[str]
    in_doubt: frozenset[str]
    has_old_doubt: bool
    has_posted_again: bool
    noted: frozenset[str]
    waiting: frozenset[str]
    troubled: frozenset[str]
    careful: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sendable:
    """What may be sent now.

    Args:
        now: What time it is for people, aware UTC.
        at: What time it is by the machine's clock, aware UTC.
        methods: What Slack may be asked for.
        resting: The conversations that may not be posted in, as a `Ledger` names them.
        in_doubt: The conversations in which nothing more is said before it is known what became of a message.
        is_troubled: Whether posting failed when it was asked for last, so that what can be looked up goes first.
        is_careful: Whether nothing may be posted that would be left in doubt for good.
    """

    now: datetime
    at: datetime
    methods: Collection[Method] = tuple(Method)
    resting: Collection[str] = ()
    in_doubt: Collection[str] = ()
    is_troubled: bool = False
    is_careful: bool = False


def find_next(session: Session, workspace: str, sendable: Sendable) -> OutboxMessage | None:
    """Return the most urgent message of a workspace that may be sent, or None."""
    if not sendable.methods:
        return None
    query, query_of_id = _next_queries(
        tuple(sorted(sendable.methods)), is_troubled=sendable.is_troubled, is_careful=sendable.is_careful
    )
    params = {
        "of_workspace": workspace,
        "now": sendable.now,
        "at": sendable.at,
        "in_doubt": [*sendable.in_doubt],
        "closed": [*{*sendable.in_doubt, *sendable.resting}],
    }
    while True:
        message: OutboxMessage | None = session.exec(query, params=params).first()
        if message is not None:
            return message
        # What cannot be read is left out of the answer above.
        first = session.exec(query_of_id, params=params).first()
        if first is None:
            return None
        _set_aside(session, first)


@cache
def _next_queries(methods: tuple[Method, ...], *, is_troubled: bool, is_careful: bool) -> tuple[Any, Any]:
    """Return the queries for the most urgent message and for its id."""
    order = (_RISK, *_URGENCY) if is_troubled else _URGENCY
    # One short look into the index for each method; those that must not be asked for may be thousands.
    looks = [_look(method, is_careful=is_careful).order_by(*order).limit(1) for method in methods]
    firsts = union_all(*(select_columns(look.subquery().c.id) for look in looks))
    query = select(OutboxMessage).where(col(OutboxMessage.id).in_(firsts)).order_by(*order).limit(1)
    return query, query.with_only_columns(col(OutboxMessage.id))


def _set_aside(session: Session, message_id: int) -> None:
    """Give up a message that cannot be read, or nothing behind it would ever be sent."""
    session.exec(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id)
        .values(state=OutboxState.FAILED, reason="its row cannot be read")
    )


def _look(method: Method, *, is_careful: bool) -> Select[int]:
    query = select_columns(col(OutboxMessage.id)).where(
        col(OutboxMessage.workspace) == _WORKSPACE,
        col(OutboxMessage.state) == OutboxState.QUEUED,
        col(OutboxMessage.method) == method,
        col(OutboxMessage.not_before) <= _NOW,
        _may_be_tried(_AT),
        may_go(),
    )
    if method not in _POSTING:
        return query
    if is_careful:
        query = query.where(_RISK < _IN_DOUBT_FOR_GOOD)
    closed = bindparam("closed" if method is Method.POST else "in_doubt", expanding=True, type_=String)
    return query.where(_CONVERSATION.not_in(closed))


def _may_be_tried(at: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a moment, or what one is bound to
    return or_(col(OutboxMessage.retry_at).is_(None), col(OutboxMessage.retry_at) <= at)


def list_pinged_next(session: Session, workspace: str, now: datetime, limit: int) -> list[str]:
    """List the people of about as many messages as `limit` that are pings and may be sent now, most urgent first."""
    query = (
        select(OutboxMessage.people)
        .where(
            OutboxMessage.workspace == workspace,
            OutboxMessage.state == OutboxState.QUEUED,
            col(OutboxMessage.is_ping).is_(True),
            col(OutboxMessage.not_before) <= now,
            may_go(),
        )
        .order_by(col(OutboxMessage.priority), col(OutboxMessage.not_before), col(OutboxMessage.id))
    )
    return [user_id for people in session.exec(query.limit(limit)) for user_id in people.split()]


def has_waiting(session: Session, workspace: str, now: datetime, at: datetime) -> bool:
    """Tell whether a workspace has something to send or to settle now; `at` is the same moment of the machine."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.workspace == workspace,
        col(OutboxMessage.state).in_((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNCONFIRMED)),
        col(OutboxMessage.not_before) <= now,
        or_(
            and_(col(OutboxMessage.state) == OutboxState.QUEUED, _may_be_tried(at), may_go()),
            col(OutboxMessage.state) == OutboxState.SENDING,
            _is_posted_again(),
        ),
    )
    return session.exec(query.limit(1)).first() is not None


def _is_posted_again() -> ColumnElement[bool]:
    """Of a message that nobody knows to have arrived: it is not left to people."""
    return and_(col(OutboxMessage.state) == OutboxState.UNCONFIRMED, col(OutboxMessage.retry_at).is_not(None))


def list_posted_again(session: Session, workspace: str) -> Sequence[OutboxMessage]:
    """List the messages of unknown fate that are not left to people yet, oldest first."""
    query = select(OutboxMessage).where(OutboxMessage.workspace == workspace, _is_posted_again())
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


def list_doubtful(
    session: Session, workspaces: Collection[str], limit: int, *, is_posted_again: bool
) -> Sequence[OutboxMessage]:
    """List the messages of unknown fate that the bot may post once more by itself, or else the others, newest first."""
    query = select(OutboxMessage).where(*_doubtful(workspaces, is_posted_again=is_posted_again))
    return session.exec(query.order_by(col(OutboxMessage.id).desc()).limit(limit)).all()


def count_left_since(session: Session, workspaces: Collection[str], since: datetime) -> int:
    """Count the messages of unknown fate left to people that could first be sent, or were queued, since a moment."""
    query = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            *_doubtful(workspaces, is_posted_again=False),
            or_(col(OutboxMessage.queued_at) >= since, col(OutboxMessage.not_before) >= since),
        )
    )
    return session.exec(query).one()


def _doubtful(workspaces: Collection[str], *, is_posted_again: bool) -> tuple[ColumnElement[bool], ...]:
    again = _is_posted_again()
    return (
        col(OutboxMessage.workspace).in_(workspaces),
        col(OutboxMessage.state) == OutboxState.UNCONFIRMED,
        col(OutboxMessage.is_dealt_with).is_(False),
        again if is_posted_again else not_(again),
    )


def settle(session: Session, keys: Collection[str]) -> int:
    """Note that the operator has dealt with failed and unconfirmed messages of these keys, or all; return how many."""
    chosen = update(OutboxMessage).where(
        col(OutboxMessage.state).in_((OutboxState.FAILED, OutboxState.UNCONFIRMED)),
        col(OutboxMessage.is_dealt_with).is_(False),
    )
    if keys:
        chosen = chosen.where(col(OutboxMessage.key).in_(keys))
    return session.exec(chosen.values(is_dealt_with=True)).rowcount


def list_in_doubt(session: Session, workspace: str, attempted_before: datetime) -> Sequence[OutboxMessage]:
    """List the messages whose sending was begun before a moment of the machine and never recorded, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.SENDING,
        col(OutboxMessage.attempted_at) <= attempted_before,
    )
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


_CLAIM: Final = (
    update(OutboxMessage)
    .where(col(OutboxMessage.id) == bindparam("message_id"), col(OutboxMessage.state) == OutboxState.QUEUED)
    .values(
        state=OutboxState.SENDING,
        attempts=col(OutboxMessage.attempts) + 1,
        attempted_at=bindparam("begun_at", type_=UtcDateTime),
    )
    .execution_options(synchronize_session=False)
)


def claim(session: Session, message: OutboxMessage, attempted_at: datetime) -> bool:
    """Mark a queued message as being sent since a moment of the machine; False when another was quicker."""
    session.flush()
    changed = session.exec(_CLAIM, params={"message_id": message.id, "begun_at": attempted_at})
    if changed.rowcount != 1:
        return False
    for name, value in (
        ("state", OutboxState.SENDING),
        ("attempts", message.attempts + 1),
        ("attempted_at", attempted_at),
    ):
        set_committed_value(message, name, value)
    return True


_IS_IN_HAND: Final = and_(
    col(OutboxMessage.state) == OutboxState.SENDING,
    col(OutboxMessage.attempted_at) == bindparam("begun_at", type_=UtcDateTime),
)
_SAVE: Final = (
    update(OutboxMessage)
    .where(
        col(OutboxMessage.id) == bindparam("message_id"),
        or_(
            _IS_IN_HAND,
            and_(
                bindparam("was_sent", type_=Boolean),
                col(OutboxMessage.state).in_((OutboxState.QUEUED, OutboxState.UNCONFIRMED)),
            ),
        ),
    )
    .values({name: bindparam(f"new_{name}") for name in sorted(_DECIDED)})
    .returning(OutboxMessage)
    .execution_options(synchronize_session=False, populate_existing=True)
)


def save(session: Session, message: OutboxMessage) -> OutboxMessage | None:
    """Write down what became of a claimed message; return it as it is now.

    None, and nothing written, when it was removed meanwhile, or when another process has decided about it.
    That it was sent is written all the same, unless it is being sent once more.
    Whom it names stays as it stands: somebody may have been erased while it was being sent.
    """
    session.flush()
    became = {f"new_{name}": value for name, value in message.model_dump(include=_DECIDED).items()}
    about = {
        "message_id": message.id,
        "begun_at": message.attempted_at,
        "was_sent": message.state == OutboxState.SENT,
    }
    saved: OutboxMessage | None = session.exec(_SAVE, params={**became, **about}).scalars().first()
    return saved


def look(session: Session, workspace: str, pace: Pace, at: datetime, attempted_before: datetime) -> Ledger:
    """Return how things stand at a moment of the machine.

    Args:
        session: The transaction in which a message would be claimed.
        workspace: Whose messages.
        pace: What Slack allows.
        at: The moment.
        attempted_before: What has been in doubt since before this moment can be settled.
    """
    spans = tuple(sorted({limit.span for limit in pace.limits.values()}))
    params = {f"since_{place}": at - span for place, span in enumerate(spans)}
    about = {
        "of_workspace": workspace,
        "at": at,
        "rested_since": at - pace.rest,
        "attempted_before": attempted_before,
    }
    found: dict[str, dict[str, int]] = {}
    for what, word, number in session.connection().execute(_ledger_query(len(spans)), {**params, **about}):
        found.setdefault(what, {})[word] = number

    def count(method: Method, span: timedelta) -> int:
        calls = found.get(f"calls {spans.index(span)}", {})
        # A person who opens a conversation posts in it as well.
        return sum(calls.get(one, 0) for one in (_POSTING if method is Method.POST else (method,)))

    return Ledger(
        calls={method: count(method, limit.span) for method, limit in pace.limits.items()},
        has_old_doubt="old doubt" in found,
        has_posted_again="posted again" in found,
        **{name: frozenset(found.get(name, ())) for name in _WORDS},
    )


_WORDS: Final = ("resting", "in_doubt", "noted", "waiting", "troubled", "careful")


@cache
def _ledger_query(spans: int) -> CompoundSelect[Any]:
    """Return the one query of a ledger, in rows of what is told, of what, and how often."""
    once = literal_column("1", Integer)

    def branch(what: str, *columns: Any, where: tuple[ColumnElement[bool], ...]) -> Select[Any]:  # noqa: ANN401 - of any type
        return select_columns(literal_column(f"'{what}'"), *columns).where(*where)

    ours = col(OutboxMessage.workspace) == _WORKSPACE
    posts = col(OutboxMessage.method).in_(_POSTING)
    attempted_at = col(OutboxMessage.attempted_at)
    is_sending = col(OutboxMessage.state) == OutboxState.SENDING
    of_ours = col(SlackWait.workspace) == _WORKSPACE
    method = col(SlackWait.method)
    has_begun = attempted_at <= bindparam("attempted_before", type_=UtcDateTime)
    rests = attempted_at > bindparam("rested_since", type_=UtcDateTime)
    counts = [
        branch(
            f"calls {place}",
            col(OutboxMessage.method),
            func.count(),
            where=(ours, attempted_at > bindparam(f"since_{place}", type_=UtcDateTime)),
        ).group_by(col(OutboxMessage.method))
        for place in range(spans)
    ]
    return union_all(
        branch("in_doubt", _CONVERSATION, once, where=(ours, is_sending, posts)),
        branch("old doubt", _CONVERSATION, once, where=(ours, is_sending, has_begun)),
        branch("posted again", _CONVERSATION, once, where=(ours, _is_posted_again())),
        branch("resting", _CONVERSATION, once, where=(ours, rests, posts)),
        *counts,
        branch("noted", method, once, where=(of_ours,)),
        branch("waiting", method, once, where=(of_ours, or_(method == EVERYTHING, col(SlackWait.until) > _AT))),
        branch("troubled", method, once, where=(of_ours, col(SlackWait.failures) > 0)),
        branch("careful", method, once, where=(of_ours, col(SlackWait.careful_until) > _AT)),
    )
