"""What the courier asks of the outbox: what comes next, what was begun, how often Slack was asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select, update

from bot.domain.pacing import Method
from storage.outbox import OutboxMessage, OutboxState

# People's ids until the conversation with them is known, and after.
_CONVERSATION = func.coalesce(func.nullif(col(OutboxMessage.people), ""), col(OutboxMessage.channel_id))


def find_next(
    session: Session,
    workspace: str,
    now: datetime,
    methods: Collection[Method] = tuple(Method),
    resting: Collection[str] = (),
) -> OutboxMessage | None:
    """Return the most urgent message that may be sent now, or None.

    Args:
        session: A transaction.
        workspace: Whose messages.
        now: A moment, aware UTC.
        methods: What Slack may be asked for now.
        resting: The conversations that may not be posted in now, as `list_posted_since` names them.
    """
    order = (col(OutboxMessage.priority), col(OutboxMessage.not_before), col(OutboxMessage.id))
    # One short look into the index for each method; those that must not be asked for may be thousands.
    looks = [_look(workspace, now, method, resting).order_by(*order).limit(1) for method in sorted(methods)]
    if not looks:
        return None
    firsts = union_all(*(select_columns(look.subquery().c.id) for look in looks))
    query = select(OutboxMessage).where(col(OutboxMessage.id).in_(firsts)).order_by(*order).limit(1)
    return session.exec(query).first()


def _look(workspace: str, now: datetime, method: Method, resting: Collection[str]) -> Select[int]:
    query = select_columns(col(OutboxMessage.id)).where(
        col(OutboxMessage.workspace) == workspace,
        col(OutboxMessage.state) == OutboxState.QUEUED,
        col(OutboxMessage.method) == method,
        col(OutboxMessage.not_before) <= now,
    )
    if resting and method is Method.POST:
        query = query.where(_CONVERSATION.not_in(resting))
    return query


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


def has_waiting(session: Session, workspace: str, now: datetime) -> bool:
    """Tell whether a workspace has something to send or to settle now."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.workspace == workspace,
        col(OutboxMessage.state).in_((OutboxState.QUEUED, OutboxState.SENDING)),
        col(OutboxMessage.not_before) <= now,
    )
    return session.exec(query.limit(1)).first() is not None


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
    """Write down what became of a message in hand; gives it as it stands now.

    None, and nothing written, when it was removed meanwhile, or when whoever sends in its place has decided about it.
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
    for name in ("state", "reason", "method", "attempts", "channel_id", "ts", "sent_at", "not_before"):
        setattr(row, name, getattr(message, name))
    session.add(row)
    return row


def count_calls(session: Session, workspace: str, since: Mapping[Method, datetime]) -> dict[Method, int]:
    """Count how often each method was asked for since a moment of the machine, which may differ by method."""
    counts = [
        func.count().filter(
            col(OutboxMessage.attempted_at) > moment,
            # Whoever opens a conversation posts in it as well.
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
