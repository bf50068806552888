"""Whether people used what they learned: asked once for each thing, once a week at most, in the weekly note."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import check_length
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.rounds import StillAsked
from bot.domain.uses import MAX_LINE, UseAnswered, Used, UseShare, choose
from bot.services.goals.goals import zone_of
from bot.services.members.members import is_available
from bot.services.notes.notes import check_open, open_to
from bot.services.overview.note_times import next_note
from bot.services.overview.use_questions import learned_of, list_unasked, plan_use, take_use_away, use_key
from bot.services.overview.weekly_note import still_asked
from storage import due, members, uses
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.uses import UseCheck


class UseService:
    """What became of what people learned, by their own word; nobody else hears of an answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, row: Due, now: datetime) -> None:
        """Handle that somebody may be asked: one thing they learned goes into this week's note.

        Nobody is asked during a pause, while away, or without a weekly note; what waits for too long is left alone.
        """
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            person = members.find_person(session, row.workspace, row.subject)
            if person is None:
                return
            today = local_day(now, person.zone)
            learned = choose(list_unasked(session, person, now), today)
            if learned is not None and person.has_note and is_available(person, now):
                next_note(session, person, now)
                session.add(
                    UseCheck(
                        workspace=row.workspace,
                        owner=row.subject,
                        source=learned.source,
                        source_id=learned.source_id,
                        asked_on=today,
                        asked_at=now,
                    )
                )
            plan_use(session, person, now)

    def answer(self, who: Actor, check_id: int, used: Used, now: datetime) -> tuple[UseAnswered, StillAsked]:
        """Store whether somebody used it; a later answer replaces an earlier one, and takes its line with it.

        Returns:
            What is in the answer now, and what the person is still asked besides.

        Raises:
            UserError: Nothing of the kind was asked of this person, or what it was about is gone.
        """
        with self._database.write(who.workspace) as session:
            check = _own(session, who, check_id)
            check.answer, check.answered_at = used, now
            if used is not Used.YES:
                take_use_away(session, check, now)
                check.line, check.share, check.channel_id = "", None, ""
            session.add(check)
            session.flush()
            return _answered(session, who, check), still_asked(session, who.workspace, who.user_id, now)

    def current(self, who: Actor, check_id: int) -> UseAnswered:
        """Return what a person answered. Raises UserError when they have answered nothing of the kind."""
        with self._database.read() as session:
            return _answered(session, who, _own(session, who, check_id))

    def keep_line(self, who: Actor, check_id: int, line: str, channel_id: str, now: datetime) -> UseAnswered:
        """Keep where somebody used it, for themselves, or for a channel to read with their name.

        Raises:
            FormError: The line is empty or too long.
            UserError: The person did not say that they used it, or the channel is no community of theirs.
        """
        if trouble := check_length(line, 1, MAX_LINE, Problem.TAKEAWAY_EMPTY):
            raise FormError({"line": trouble})
        with self._database.write(who.workspace) as session:
            check = _own_used(session, who, check_id)
            if channel_id:
                check_open(session, who, channel_id)
            if not check.is_for_channel or (check.line, check.channel_id) != (line.strip(), channel_id):
                take_use_away(session, check, now)
                check.line, check.channel_id = line.strip(), channel_id
                check.share = UseShare.CHANNEL if channel_id else UseShare.ME
                _share(session, who, check, now)
            return _answered(session, who, check)

    def take_back(self, who: Actor, check_id: int, now: datetime) -> str:
        """Take where somebody used it out of the channel again, without a trace; return the line, which they keep.

        Raises:
            UserError: It is somebody else's, or gone.
        """
        with self._database.write(who.workspace) as session:
            if uses.find_use(session, who.workspace, check_id) is None:
                raise UserError(Problem.GONE)
            try:
                check = uses.get_use(session, who, check_id)
            except LookupError:
                raise UserError(Problem.NOT_YOURS) from None
            if check.is_for_channel:
                take_use_away(session, check, now)
                check.share, check.channel_id = UseShare.ME, ""
                session.add(check)
            return check.line

    def count_only(self, who: Actor, check_id: int, now: datetime) -> UseAnswered:
        """Count that somebody knows where they used it, without a word about it.

        Raises:
            UserError: The person did not say that they used it.
        """
        with self._database.write(who.workspace) as session:
            check = _own_used(session, who, check_id)
            take_use_away(session, check, now)
            check.line, check.share, check.channel_id = "", UseShare.COUNTED, ""
            session.add(check)
            return _answered(session, who, check)


def _share(session: Session, who: Actor, check: UseCheck, now: datetime) -> None:
    """Store who may read a line; a channel gets a message with it."""
    if check.is_for_channel:
        check.shared += 1
        outbox.add(
            session,
            who.workspace,
            use_key(check),
            MessageKind.USE_SHARED,
            subject=check.id,
            about=who.user_id,
            channel_id=check.channel_id,
            now=now,
        )
    session.add(check)


def _own(session: Session, who: Actor, check_id: int) -> UseCheck:
    try:
        return uses.get_use(session, who, check_id)
    except LookupError:
        raise UserError(Problem.GONE) from None


def _own_used(session: Session, who: Actor, check_id: int) -> UseCheck:
    check = _own(session, who, check_id)
    if check.answer != Used.YES:
        raise UserError(Problem.GONE)
    return check


def _answered(session: Session, who: Actor, check: UseCheck) -> UseAnswered:
    learned = learned_of(session, check, zone_of(session, who))
    if learned is None or check.answer is None:
        raise UserError(Problem.GONE)
    return UseAnswered(
        check_id=check.id,
        source=check.source,
        source_id=check.source_id,
        text=learned.text,
        used=Used(check.answer),
        line=check.line,
        share=check.share,
        channel_id=check.channel_id,
        channels=open_to(session, who),
    )
