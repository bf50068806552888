"""Letting those rest who gave no sign for three rounds; each step in the caller's transaction."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.messages import MessageKind
from bot.domain.rounds import SILENT_ROUNDS
from storage import members, outbox, signs
from storage.communities import Community


def rest_the_silent(session: Session, community: Community, now: datetime) -> None:
    """Introduce those no more who gave no sign for three rounds, and tell each of them once, with the way back."""
    silent = signs.list_silent(session, community.workspace, community.id, SILENT_ROUNDS, now)
    resting = members.let_rest(session, community, sorted(silent), now)
    outbox.add_all(
        session,
        (
            outbox.queued(
                community.workspace,
                f"resting:{community.id}:{user_id}:{now:%Y-%m-%d}",
                MessageKind.RESTING,
                subject=community.id,
                people=(user_id,),
                now=now,
            )
            for user_id in resting
        ),
    )
