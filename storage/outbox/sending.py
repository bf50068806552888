"""What the courier asks of the outbox: what comes next, what was begun, how often Slack was asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, not_, or_, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select, update

from bot.domain.messages import RULES, Doubt
from bot.domain.pacing import Method
from storage.outbox.outbox import OutboxMessage, OutboxState

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


@dataclass(frozen=True, slots=True)
class Sendable:
    """What may be sent now.

    Args:
        now: What time it is for people, aware UTC.
        at: What time it is by the machine's clock, aware UTC.
        methods: What Slack may be asked for.
        resting: The conversations that may not be posted in, as `list_posted_since` names them.
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
    order = (_RISK, *_URGENCY) if sendable.is_troubled else _URGENCY
    # One short look into the index for each method; those that must not be asked for may be thousands.
    looks = [_look(workspace, method, sendable).order_by(*order).limit(1) for method in sorted(sendable.methods)]
    if not looks:
        return None
    firsts = union_all(*(select_columns(look.subquery().c.id) for look in looks))
    query = select(OutboxMessage.id).where(col(OutboxMessage.id).in_(firsts)).order_by(*order).limit(1)
    while (first := session.exec(query).first()) is not None:
        message = session.get(OutboxMessage, first)
        if message is not None:
            return message
        _set_aside(session, first)
    return None


def _set_aside(session: Session, message_id: int) -> None:
    """Give up a message that cannot be read, or nothing behind it would ever be sent."""
    session.exec(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id)
        .values(state=OutboxState.FAILED, reason="its row cannot be read")
    )


def _look(workspace: str, method: Method, sendable: Sendable) -> Select[int]:
    query = select_columns(col(OutboxMessage.id)).where(
        col(OutboxMessage.workspace) == workspace,
        col(OutboxMessage.state) == OutboxState.QUEUED,
        col(OutboxMessage.method) == method,
        col(OutboxMessage.not_before) <= sendable.now,
        _may_be_tried(sendable.at),
    )
    if method not in (Method.POST, Method.OPEN):
        return query
    if sendable.is_careful:
        query = query.where(_RISK < _IN_DOUBT_FOR_GOOD)
    closed = {*sendable.in_doubt, *(sendable.resting if method is Method.POST else ())}
    return query.where(_CONVERSATION.not_in(closed)) if closed else query


def _may_be_tried(at: datetime) -> ColumnElement[bool]:
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
            and_(col(OutboxMessage.state) == OutboxState.QUEUED, _may_be_tried(at)),
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


def list_closed(session: Session, workspace: str) -> Sequence[str]:
    """List the conversations in which a message is being sent, or is in doubt: a channel's id, or the people's ids."""
    query = select(_CONVERSATION).where(
        col(OutboxMessage.workspace) == workspace,
        col(OutboxMessage.state) == OutboxState.SENDING,
        col(OutboxMessage.method).in_((Method.POST, Method.OPEN)),
    )
    return session.exec(query).all()


def list_in_doubt(session: Session, workspace: str, attempted_before: datetime) -> Sequence[OutboxMessage]:
    """List the messages whose sending was begun before a moment of the machine and never recorded, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.SENDING,
        col(OutboxMessage.attempted_at) <= attempted_before,
    )
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


def claim(session: Session, message: OutboxMessage, attempted_at: datetime) -> bool:
    """Mark a queued message as being sent since a moment of the machine; False when another was quicker."""
    changed = session.exec(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message.id, col(OutboxMessage.state) == OutboxState.QUEUED)
        .values(
            state=OutboxState.SENDING,
            attempts=col(OutboxMessage.attempts) + 1,
            attempted_at=attempted_at,
        )
    )
    return changed.rowcount == 1


def save(session: Session, message: OutboxMessage) -> OutboxMessage | None:
    """Write down what became of a claimed message; return it as it is now.

    None, and nothing written, when it was removed meanwhile, or when another process has decided about it.
    That it was sent is written all the same, unless it is being sent once more.
    Whom it names stays as it stands: somebody may have been erased while it was being sent.
    """
    row = session.get(OutboxMessage, message.id)
    if row is None:
        return None
    is_in_hand = row.state == OutboxState.SENDING and row.attempted_at == message.attempted_at
    is_found_late = message.state == OutboxState.SENT and row.state in (OutboxState.QUEUED, OutboxState.UNCONFIRMED)
    if not is_in_hand and not is_found_late:
        return None
    row.sqlmodel_update(message.model_dump(include=_DECIDED))
    session.add(row)
    return row


def count_calls(session: Session, workspace: str, since: Mapping[Method, datetime]) -> dict[Method, int]:
    """Count how often each method was asked for since a moment of the machine, which may differ by method."""
    counts = [
        func.count().filter(
            col(OutboxMessage.attempted_at) > moment,
            # A person who opens a conversation posts in it as well.
            col(OutboxMessage.method).in_((Method.POST, Method.OPEN) if method is Method.POST else (method,)),
        )
        for method, moment in since.items()
    ]
    query = select_columns(*counts).where(
        col(OutboxMessage.workspace) == workspace, col(OutboxMessage.attempted_at) > min(since.values())
    )
    return dict(zip(since, session.connection().execute(query).one(), strict=True))


def list_posted_since(session: Session, workspace: str, since: datetime) -> Sequence[str]:
    """List the conversations posted in since a moment of the machine: a channel's id, or the people's ids."""
    query = select(_CONVERSATION).where(
        col(OutboxMessage.workspace) == workspace,
        col(OutboxMessage.attempted_at) > since,
        col(OutboxMessage.method).in_((Method.POST, Method.OPEN)),
    )
    return session.exec(query).all()
