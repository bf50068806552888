"""What people say of themselves for the pairing, and whom they do not want to meet."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Profile
from bot.domain.settings import PersonSettings, check_blocked, check_settings
from bot.services.members.members import UNTIL_I_SAY, plan_return, remember
from bot.services.offers.requests import keep_apart
from bot.services.overview.note_times import move_notes
from bot.services.rounds.groups import part
from storage import members, private_lists
from storage.database import Database
from storage.members import Person
from storage.privacy.vault import Vault, WrongKeyError
from storage.rounds import rounds
from storage.rounds.rounds import SeatState


class SettingsService:
    """Everything here is the person's own; nobody else can read it.

    Args:
        database: Where it is kept.
        vault: Seals private lists.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def of(self, who: Actor) -> PersonSettings:
        """Return what a person has set; the defaults for somebody the bot has not met."""
        with self._database.read() as session:
            person = members.find_person(session, who.workspace, who.user_id)
            if person is None:
                return PersonSettings()
            return PersonSettings(
                team=person.team,
                manager=person.manager,
                pace=person.pace,
                writing_ok=person.writing_ok,
                mentions_ok=person.mentions_ok,
                witness_ok=person.witness_ok,
                language=person.language if person.is_language_chosen else "",
                meets_in=frozenset(person.meets_in),
                days=person.window.days,
                start=person.hours_start,
                end=person.hours_end,
                has_note=person.has_note,
                note_weekday=person.note_weekday,
                note_at=person.note_at,
            )

    def change(self, who: Actor, form: PersonSettings, profile: Profile, now: datetime) -> PersonSettings:
        """Store a person's settings. They hold at once: nobody is introduced to a manager just named.

        Raises:
            FormError: A field cannot be taken as it is.
        """
        if troubles := check_settings(form, who.user_id):
            raise FormError(troubles)
        with self._database.write(who.workspace) as session:
            person = remember(session, who.tenant, profile, "UTC")
            person.is_language_chosen = bool(form.language)
            person.language = form.language or profile.language or person.language
            person.meets_in = tuple(sorted(form.meets_in))
            person.team = form.team.strip()
            person.manager = form.manager
            person.pace = form.pace
            person.writing_ok = form.writing_ok
            person.mentions_ok = form.mentions_ok
            person.witness_ok = form.witness_ok
            _set_hours(session, person, form, now)
            if form.manager:
                part(session, who.workspace, who.user_id, form.manager, now)
                keep_apart(session, who.workspace, who.user_id, form.manager, now)
        return form

    def blocked(self, who: Actor) -> tuple[str, ...]:
        """Return the ids on a person's private list.

        Raises:
            UserError: There is no key to keep such lists with, or none that opens this one.
        """
        self._check_key()
        with self._database.read() as session:
            return self._blocked(session, who)

    def block(self, who: Actor, other: str, now: datetime) -> int | None:
        """Put somebody on a person's private list, once; nobody else ever learns of it.

        Returns:
            The id of the group in which the two were introduced and are still together, if there is one.

        Raises:
            UserError: It is the person, the list is full, or there is no key to keep or to open it with.
        """
        self._check_key()
        with self._database.write(who.workspace) as session:
            before = self._blocked(session, who)
            self._set(session, who, (*(one for one in before if one != other), other), now)
            session.flush()
            return _shared_group(session, who, other, now)

    def unblock(self, who: Actor, other: str) -> None:
        """Take somebody off a person's private list.

        Raises:
            UserError: There is no key to keep such lists with, or none that opens this one.
        """
        self._check_key()
        with self._database.write(who.workspace) as session:
            before = self._blocked(session, who)
            left = [one for one in before if one != other]
            private_lists.set_blocked(session, self._vault, who.workspace, who.user_id, left)

    def set_blocked(self, who: Actor, others: tuple[str, ...], now: datetime) -> None:
        """Make exactly these people a person's private list.

        Raises:
            FormError: The person is among them, or they are too many.
            UserError: There is no key to keep it with.
        """
        self._check_key()
        if trouble := check_blocked(others, who.user_id):
            raise FormError({"people": trouble})
        with self._database.write(who.workspace) as session:
            self._set(session, who, others, now)

    def _set(self, session: Session, who: Actor, others: tuple[str, ...], now: datetime) -> None:
        if trouble := check_blocked(others, who.user_id):
            raise UserError(trouble.problem, **trouble.details)
        private_lists.set_blocked(session, self._vault, who.workspace, who.user_id, others)
        for other in others:
            part(session, who.workspace, who.user_id, other, now)
            keep_apart(session, who.workspace, who.user_id, other, now)

    def _blocked(self, session: Session, who: Actor) -> tuple[str, ...]:
        try:
            return private_lists.list_blocked(session, self._vault, who.workspace, who.user_id)
        except WrongKeyError:
            raise UserError(Problem.LIST_LOCKED) from None

    def _check_key(self) -> None:
        if not self._vault.has_key:
            raise UserError(Problem.NO_KEY)


def _set_hours(session: Session, person: Person, form: PersonSettings, now: datetime) -> None:
    weekday_before = person.note_weekday
    person.days = "".join(map(str, sorted(form.days)))
    person.hours_start, person.hours_end = form.start, form.end
    person.has_note, person.note_weekday, person.note_at = form.has_note, form.note_weekday, form.note_at
    move_notes(session, person, weekday_before, now)
    if person.paused_until not in {None, UNTIL_I_SAY}:
        # The first day back begins when they now say that it does.
        plan_return(session, person, person.paused_until)


def _shared_group(session: Session, who: Actor, other: str, now: datetime) -> int | None:
    for seat, its_round in rounds.list_open_seats(session, who.workspace, who.user_id, now):
        if its_round.community_id is None:
            # Nobody takes the other's place there.
            continue
        if seat.state == SeatState.SEATED and seat.group_id is not None and not rounds.has_met(session, seat):
            group = rounds.get_group(session, who.workspace, seat.group_id)
            if other in {mate.user_id for mate in rounds.list_seats_of_group(session, group)}:
                return group.id
    return None
