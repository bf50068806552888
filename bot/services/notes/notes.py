"""Learning notes: what people learned, for themselves alone unless they share it."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Profile
from bot.domain.messages import MessageKind
from bot.domain.notes import MOST_LISTED, NoteCard, NoteForm, Notes, check_note, may_undo
from bot.domain.uses import Source
from bot.services.communities.communities import list_known, not_a_community
from bot.services.goals.goals import zone_of
from bot.services.members.members import remember
from bot.services.overview.use_questions import forget_uses_of, plan_use, plan_use_of
from storage import members, notes, seen
from storage.database import Database
from storage.notes import LearningNote
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState


class NoteService:
    """What people learned. Nobody but the owner can read or change a note, unless the owner shares it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, who: Actor, form: NoteForm, profile: Profile, now: datetime) -> NoteCard:
        """Store a note, once however often Slack delivers it.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: The channel it shall be shared in is no community, or the note was kept and taken back before.
        """
        _check(form)
        with self._database.write(who.workspace) as session:
            person = remember(session, who.tenant, profile, "UTC")
            if not seen.is_first_time(session, who, now):
                newest = notes.list_newest(session, who, 1)
                if not newest:
                    # It was taken back before it was delivered again.
                    raise UserError(Problem.GONE)
                return _card(newest[0], person.zone)
            note = LearningNote(workspace=who.workspace, owner=who.user_id, text="", noted_at=now)
            _write(note, form)
            session.add(note)
            session.flush()
            _share(session, who, note, form.channel_id, now)
            plan_use(session, person, now)
            return _card(note, person.zone)

    def change(self, who: Actor, note_id: int, form: NoteForm, now: datetime) -> NoteCard:
        """Change a note; where it is shared it reads like that as well.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: It is no note of this person, or the channel is no community.
        """
        _check(form)
        with self._database.write(who.workspace) as session:
            note = _own(session, who, note_id)
            is_other = (note.text, note.link) != (form.text.strip(), form.link.strip())
            _write(note, form)
            session.add(note)
            if is_other and note.channel_id == form.channel_id:
                _show_anew(session, who, note, now)
            _share(session, who, note, form.channel_id, now)
            plan_use_of(session, who, now)
            return _card(note, zone_of(session, who))

    def share(self, who: Actor, note_id: int, channel_id: str, now: datetime) -> NoteCard:
        """Let a channel read a note; it is taken away from where it was shared before.

        Raises:
            UserError: It is no note of this person, or the channel is no community.
        """
        with self._database.write(who.workspace) as session:
            note = _own(session, who, note_id)
            _share(session, who, note, channel_id, now)
            return _card(note, zone_of(session, who))

    def ask_later(self, who: Actor, note_id: int, now: datetime, *, wanted: bool) -> NoteCard:
        """Store whether somebody wants to be asked if they used what they noted.

        Raises:
            UserError: It is no note of this person.
        """
        with self._database.write(who.workspace) as session:
            note = _own(session, who, note_id)
            note.asks = wanted
            session.add(note)
            plan_use_of(session, who, now)
            return _card(note, zone_of(session, who))

    def get(self, who: Actor, note_id: int) -> NoteCard:
        """Return a note to its owner. Raises UserError when it is no note of this person."""
        with self._database.read() as session:
            return _card(_own(session, who, note_id), zone_of(session, who))

    def newest(self, who: Actor) -> Notes:
        """Return a person's newest notes."""
        with self._database.read() as session:
            return newest_notes(session, who, MOST_LISTED)

    def channels(self, who: Actor, here: str = "") -> tuple[str, ...]:
        """Return the channels in which somebody can share a note: `here`, if they may, then those they are in."""
        with self._database.read() as session:
            return open_to(session, who, here)

    def delete(self, who: Actor, note_id: int, now: datetime) -> NoteCard:
        """Remove a note, and its message where it was shared. Raises UserError when it is no note of this person."""
        with self._database.write(who.workspace) as session:
            return _remove(session, who, _own(session, who, note_id), now)

    def undo(self, who: Actor, note_id: int, now: datetime) -> NoteCard:
        """Take a note back within ten minutes, as if it had never been.

        Raises:
            UserError: It is no note of this person, or ten minutes are over.
        """
        with self._database.write(who.workspace) as session:
            note = _own(session, who, note_id)
            if not may_undo(note.noted_at, now):
                raise UserError(Problem.NOTE_UNDO_OVER)
            return _remove(session, who, note, now)


def newest_notes(session: Session, who: Actor, limit: int) -> Notes:
    """Return a person's newest notes, and how many they have."""
    zone = zone_of(session, who)
    newest = notes.list_newest(session, who, limit)
    return Notes(tuple(_card(note, zone) for note in newest), notes.count_notes(session, who))


def open_to(session: Session, who: Actor, here: str = "") -> tuple[str, ...]:
    """Return the channels in which somebody can share what is theirs: `here`, if they may, then those they are in."""
    own = {row.community_id for row in members.list_memberships(session, who.workspace, who.user_id)}
    awake = [one for one in list_known(session, who) if one.asleep_at is None]
    return tuple(
        [one.channel_id for one in awake if one.channel_id == here]
        + [one.channel_id for one in awake if one.id in own and one.channel_id != here]
    )


def check_open(session: Session, who: Actor, channel_id: str) -> None:
    """Make sure that somebody may share something in a channel. Raises UserError when it is no community of theirs."""
    if channel_id not in open_to(session, who, channel_id):
        raise not_a_community(session, who, channel_id)


def shared_key(note: LearningNote) -> str:
    """Return the key of the message in which a note stands in a channel."""
    return f"note-shared:{note.id}:{note.shared}"


def _check(form: NoteForm) -> None:
    if troubles := check_note(form):
        raise FormError(troubles)


def _write(note: LearningNote, form: NoteForm) -> None:
    note.text, note.link, note.asks = form.text.strip(), form.link.strip(), form.asks


def _share(session: Session, who: Actor, note: LearningNote, channel_id: str, now: datetime) -> None:
    """Let a channel read a note, or none; it stands in one at most."""
    if note.channel_id == channel_id:
        return
    if channel_id:
        check_open(session, who, channel_id)
    _take_away(session, note, now)
    note.channel_id = channel_id
    session.add(note)
    if channel_id:
        note.shared += 1
        outbox.add(
            session,
            note.workspace,
            shared_key(note),
            MessageKind.NOTE_SHARED,
            subject=note.id,
            about=note.owner,
            channel_id=channel_id,
            now=now,
        )


def _show_anew(session: Session, who: Actor, note: LearningNote, now: datetime) -> None:
    """Let the message of a shared note read as it does now; one that was not sent yet will by itself."""
    key = shared_key(note)
    message = outbox.find_message(session, note.workspace, key) if note.channel_id else None
    is_out = message is not None and message.state in {OutboxState.SENT, OutboxState.SENDING}
    if not is_out or outbox.has_waiting_edit(session, note.workspace, key):
        return
    outbox.add(
        session,
        note.workspace,
        f"note-changed:{note.id}:{who.act_id}",
        MessageKind.NOTE_EDIT,
        subject=note.id,
        channel_id=note.channel_id,
        edits=key,
        now=now,
    )


def _take_away(session: Session, note: LearningNote, now: datetime) -> None:
    """Take the message of a note out of the channel that could read it."""
    key = shared_key(note)
    if note.channel_id and not outbox.withdraw(session, note.workspace, key):
        outbox.add(
            session,
            note.workspace,
            f"note-removed:{note.id}:{note.shared}",
            MessageKind.NOTE_REMOVED,
            subject=note.id,
            about=note.owner,
            channel_id=note.channel_id,
            edits=key,
            now=now,
        )


def _remove(session: Session, who: Actor, note: LearningNote, now: datetime) -> NoteCard:
    card = _card(note, zone_of(session, who))
    _take_away(session, note, now)
    forget_uses_of(session, who, Source.NOTE, note.id, now)
    session.delete(note)
    plan_use_of(session, who, now)
    return card


def _own(session: Session, who: Actor, note_id: int) -> LearningNote:
    try:
        return notes.get_note(session, who, note_id)
    except LookupError:
        raise UserError(Problem.GONE) from None


def _card(note: LearningNote, zone: str) -> NoteCard:
    return NoteCard(
        note_id=note.id,
        text=note.text,
        link=note.link,
        noted_on=local_day(note.noted_at, zone),
        asks=note.asks,
        channel_id=note.channel_id,
    )
