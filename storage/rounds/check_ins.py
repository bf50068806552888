"""What people answered about their groups: whether they met, what it was worth, and what they take away."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, Index, Session, UniqueConstraint, col, func, select

from bot.domain.rounds import Met, Share, Worth, WouldHelp
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class CheckIn(Table, table=True):
    """What one person answered about one group.

    `met` is yes, booked, no or skip; `meets_on` is the day given with booked.
    """

    __table_args__ = (
        UniqueConstraint("group_id", "user_id"),
        Index("ix_checkin_person", "workspace", "user_id"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    group_id: int = Field(foreign_key="pair_group.id")
    user_id: str
    met: Met = Field(sa_type=WordOf(Met))
    answered_at: datetime = Field(sa_type=UtcDateTime)
    meets_on: date | None = None
    worth: Worth | None = Field(default=None, sa_type=WordOf(Worth))
    first_time: bool | None = None
    would_help: WouldHelp | None = Field(default=None, sa_type=WordOf(WouldHelp))
    takeaway: str | None = None
    takeaway_for: Share | None = Field(default=None, sa_type=WordOf(Share))

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        words=("takeaway",),
        codes=("met", "worth", "would_help", "takeaway_for"),
        told=("user_id",),
        follows={"group_id": ("formed_at",)},
        ages_by="answered_at",
        counted=("met", "worth", "first_time", "would_help"),
        signs={"answered_at": "user_id"},
    )


def find_check_in(session: Session, workspace: str, check_in_id: int) -> CheckIn | None:
    """Return an answer by its id, or None when this workspace has none such any more."""
    found = session.get(CheckIn, check_in_id)
    return found if found is not None and found.workspace == workspace else None


def get_check_in(session: Session, workspace: str, check_in_id: int) -> CheckIn:
    """Return an answer by its id; raises LookupError when this workspace has none such."""
    found = find_check_in(session, workspace, check_in_id)
    if found is None:
        raise LookupError(f"check-in {check_in_id}")
    return found


def find_own(session: Session, workspace: str, group_id: int, user_id: str) -> CheckIn | None:
    """Return what a person answered about a group, or None."""
    query = select(CheckIn).where(
        CheckIn.workspace == workspace, CheckIn.group_id == group_id, CheckIn.user_id == user_id
    )
    return session.exec(query).first()


def find_last_answered_at(session: Session, workspace: str, user_id: str) -> datetime | None:
    """Return when a person last answered whether they met, for whichever group; None when they never did."""
    query = select(func.max(CheckIn.answered_at)).where(CheckIn.workspace == workspace, CheckIn.user_id == user_id)
    return session.exec(query).first()


def list_takeaways(session: Session, workspace: str, user_id: str, since: datetime) -> Sequence[CheckIn]:
    """List the answers that a person gave since a moment and keeps a line with, oldest first."""
    query = select(CheckIn).where(
        CheckIn.workspace == workspace,
        CheckIn.user_id == user_id,
        CheckIn.answered_at >= since,
        col(CheckIn.takeaway).is_not(None),
    )
    return session.exec(query.order_by(col(CheckIn.id))).all()
