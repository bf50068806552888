"""Taking part: join, leave, pause, resume, and what Slack says of an account."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Daily, at_local, known_zone, local_day
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.messages import MessageKind
from bot.domain.rounds import is_first_half
from bot.domain.schedule import PEOPLE_AT, DueKind
from bot.services.communities.communities import keeping_cards, own_community
from bot.services.rounds.groups import start_of_week, vacate_everywhere
from bot.services.rounds.turns import next_introduction_on
from storage import communities, due, members, nightly_looks, seen
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.members import Membership, Part, Person
from storage.outbox import outbox
from storage.privacy import tracing
from storage.rounds import history, rounds
from storage.rounds.rounds import Seat, SeatState

UNTIL_I_SAY: Final = date.max


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining led to.

    Args:
        first_on: The day of the first introduction in the community's zone; None while too few are in.
        is_new: False when the person was in already.
        is_paused: Whether the person's own pause still holds.
        is_looking: Whether somebody is looked for in the round that runs now.
    """

    community_id: int
    channel_id: str
    first_on: date | None
    is_new: bool
    is_paused: bool
    is_looking: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """The channels of the communities somebody left; empty when there was none."""

    channel_ids: tuple[str, ...]


class MemberService:
    """Who takes part in what; every change is the person's own act, or Slack's word on the account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def join(self, who: Actor, channel_id: str, profile: Profile, now: datetime) -> Joined:
        """Let a person into the introductions of a channel's community.

        Raises:
            UserError: The channel is no community, or the account may not take part.
        """
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            if not profile.can_take_part:
                raise UserError(Problem.CANNOT_TAKE_PART)
            with _following(session, who.workspace, who.user_id, now):
                person = remember(session, who.tenant, profile, community.zone)
                person.gone_at = None
            membership = members.find_membership(session, community, who.user_id)
            is_new = membership is None or membership.part != Part.IN
            if is_new:
                _set_part(session, community, who.user_id, membership, Part.IN, now)
            if person.onboarded_at is None:
                person.onboarded_at = now
                outbox.add(
                    session,
                    who.workspace,
                    f"onboarding:{who.user_id}",
                    MessageKind.ONBOARDING,
                    subject=community.id,
                    people=(who.user_id,),
                    now=now,
                )
            return Joined(
                community_id=community.id,
                channel_id=channel_id,
                first_on=next_introduction_on(session, community, who.user_id, now),
                is_new=is_new,
                is_paused=is_paused(person, now),
                is_looking=is_new and _let_look(session, community, person, now),
            )

    def leave(self, who: Actor, channel_id: str | None, now: datetime) -> Left:
        """Take a person out of one channel's introductions, or of all when the channel is None."""
        with self._database.write(who.workspace) as session:
            return Left(take_out(session, who.workspace, who.user_id, now, channel_id))

    def decline(self, who: Actor, channel_id: str, now: datetime, *, for_good: bool) -> bool:
        """Note that a person does not want to be asked to take part, for 90 days or for good; False when they are in.

        Raises:
            UserError: The channel is no community.
        """
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            membership = members.find_membership(session, community, who.user_id)
            if membership is not None and membership.part == Part.IN:
                return False
            _set_part(session, community, who.user_id, membership, Part.NO_THANKS if for_good else Part.NOT_NOW, now)
            return True

    def rest(self, who: Actor, channel_id: str, now: datetime, *, is_out: bool) -> None:
        """Take the word of somebody who rests: they stay out, or are introduced only when they ask.

        Raises:
            UserError: The channel is no community, or they do not rest there.
        """
        with self._database.write(who.workspace) as session:
            community = own_community(session, who, channel_id)
            membership = members.find_membership(session, community, who.user_id)
            if membership is None or membership.part not in {Part.RESTING, Part.OUT}:
                raise UserError(Problem.GONE)
            _set_part(session, community, who.user_id, membership, Part.OUT if is_out else Part.RESTING, now)

    def channels_of(self, who: Actor) -> tuple[str, ...]:
        """Return the channels of the communities a person takes part in."""
        with self._database.read() as session:
            return tuple(
                communities.get_community(session, who.workspace, row.community_id).channel_id
                for row in members.list_memberships(session, who.workspace, who.user_id)
            )

    def pause(self, who: Actor, until: date | None, profile: Profile, now: datetime) -> date | None:
        """Stop everything the bot would send a person by itself.

        Args:
            who: The person.
            until: The first day back in the person's zone; None until the person says so.
            profile: The account as Slack has it.
            now: This moment, aware UTC.
        """
        with self._database.write(who.workspace) as session:
            person = remember(session, who.tenant, profile, "UTC")
            person.paused_until = until or UNTIL_I_SAY
            vacate_everywhere(session, who.workspace, who.user_id, now, hears=True)
            if until is None:
                due.clear_due(session, who.workspace, DueKind.PAUSE_OVER, who.user_id)
            else:
                plan_return(session, person, until)
            return until

    def resume(self, who: Actor) -> bool:
        """End a person's pause; False when there was none."""
        with self._database.write(who.workspace) as session:
            person = members.find_person(session, who.workspace, who.user_id)
            if person is None or person.paused_until is None:
                return False
            person.paused_until = None
            session.add(person)
            due.clear_due(session, who.workspace, DueKind.PAUSE_OVER, who.user_id)
            return True

    def end_pause(self, row: Due, now: datetime) -> None:
        """Handle the end of a dated pause: one line, no pile."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            person = members.find_person(session, row.workspace, row.subject)
            if person is None or person.paused_until is None or person.gone_at is not None:
                return
            outbox.add(
                session,
                row.workspace,
                f"pause-over:{row.subject}:{person.paused_until.isoformat()}",
                MessageKind.PAUSE_OVER,
                subject=0,
                people=(row.subject,),
                now=now,
                not_before=person.window.next_opening(now),
            )
            person.paused_until = None
            session.add(person)

    def left_channel(self, tenant: Tenant, channel_id: str, user_id: str, now: datetime) -> None:
        """Note that a person left a channel: no introductions there any more."""
        with self._database.write(tenant.key) as session:
            community = communities.find_community_of_channel(session, tenant.key, channel_id)
            if community is None:
                return
            membership = members.find_membership(session, community, user_id)
            if membership is not None and membership.part == Part.IN:
                _set_part(session, community, user_id, membership, Part.OUT, now)
                vacate_everywhere(session, tenant.key, user_id, now, community.id)

    def plan_look(self, tenant: Tenant, now: datetime) -> None:
        """Plan the nightly look at people, if it is not planned yet."""
        cadence = Daily(PEOPLE_AT, "UTC")
        with self._database.write(tenant.key) as session:
            if due.find_due(session, tenant.key, DueKind.PEOPLE, "") is None:
                due.set_due(session, tenant.key, DueKind.PEOPLE, "", cadence.next_after(now), cadence.encode())

    def begin_look(self, row: Due, last_channel: str, next_at: datetime, now: datetime) -> bool:
        """Begin tonight's look at people; False when another process has. Forgets old clicks on the way.

        `last_channel` is the one that is looked at last, in the order of their ids.
        """
        with self._database.write(row.workspace) as session:
            seen.forget_old(session, now)
            if not due.advance(session, row, next_at):
                return False
            nightly_looks.begin(session, row.workspace, last_channel, now)
            return True

    def keep_present(self, tenant: Tenant, channel_id: str, present: Collection[str], now: datetime) -> None:
        """Take those out of a community's introductions who are no longer in its channel."""
        with self._database.read() as session:
            community = communities.find_community_of_channel(session, tenant.key, channel_id)
            if community is None:
                return
            absent = [
                person.user_id
                for person in members.list_participants(session, community)
                if person.user_id not in present
            ]
        for user_id in absent:
            self.left_channel(tenant, channel_id, user_id, now)

    def account_changed(self, tenant: Tenant, profiles: Sequence[Profile], now: datetime) -> None:
        """Take over what Slack says of accounts the bot knows, if only as somebody who was thanked.

        Slack tells of every change of every account of a company; only what differs is written.
        """
        with self._database.read() as session:
            found = members.list_people(session, tenant.key, [profile.user_id for profile in profiles])
            known = {person.user_id: person for person in found}
            differing = [one for one in profiles if one.user_id in known and _differs(known[one.user_id], one)]
            # A person who stands only in what others did is remembered once they are gone, to be erased in time.
            strangers = [one for one in profiles if not one.is_active and one.user_id not in known]
            if strangers:
                named = tracing.list_named(session, tenant.key)
                differing += [profile for profile in strangers if profile.user_id in named]
        if not differing:
            return
        with self._database.write(tenant.key) as session:
            for profile in differing:
                with _following(session, tenant.key, profile.user_id, now):
                    _take_over(session, tenant, profile, now)


def take_out(
    session: Session, workspace: str, user_id: str, now: datetime, channel_id: str | None = None
) -> tuple[str, ...]:
    """Take a person out of one channel's introductions, or of all; return the channels.

    A person who was to meet them is told, and offered somebody else.
    """
    left = []
    for membership in members.list_memberships(session, workspace, user_id):
        community = communities.get_community(session, workspace, membership.community_id)
        if channel_id in {None, community.channel_id}:
            _set_part(session, community, user_id, membership, Part.OUT, now)
            vacate_everywhere(session, workspace, user_id, now, community.id)
            left.append(community.channel_id)
    return tuple(left)


def mark_gone(session: Session, workspace: str, profile: Profile, now: datetime) -> None:
    """Introduce somebody no more whose account turned out to be gone or a guest's; partners are looked after."""
    person = members.find_person(session, workspace, profile.user_id)
    if person is None:
        return
    with _following(session, workspace, profile.user_id, now):
        if not profile.is_active:
            person.gone_at = person.gone_at or now
        person.is_guest = person.is_guest or profile.is_guest
        session.add(person)
    vacate_everywhere(session, workspace, profile.user_id, now)


def _take_over(session: Session, tenant: Tenant, profile: Profile, now: datetime) -> None:
    person = remember(session, tenant, profile, "UTC")
    if profile.is_active:
        person.gone_at = None
    elif person.gone_at is None:
        person.gone_at = now
        vacate_everywhere(session, tenant.key, profile.user_id, now)


def _following(session: Session, workspace: str, user_id: str, now: datetime) -> AbstractContextManager[None]:
    """Return what lets the cards of a person's communities follow when the person's account changes."""
    own = [one.community_id for one in members.list_memberships(session, workspace, user_id)]
    return keeping_cards(session, now, *(communities.get_community(session, workspace, one) for one in own))


def _let_look(session: Session, community: Community, person: Person, now: datetime) -> bool:
    """Let somebody who came in the first half of a round have a partner in it; False where there is no place."""
    this_round = rounds.find_open_round(session, community.workspace, community.id, now)
    if this_round is None or not is_first_half(this_round.started_at, this_round.ends_at, now):
        return False
    taken = history.list_introduced_since(session, community.workspace, start_of_week(community, now))
    if person.user_id in taken or not is_available(person, now):
        return False
    seat = rounds.find_seat(session, community.workspace, this_round.id, person.user_id)
    seat = seat or Seat(
        workspace=community.workspace, round_id=this_round.id, user_id=person.user_id, state=SeatState.LOOKING
    )
    seat.state = SeatState.LOOKING
    session.add(seat)
    due.set_due(session, community.workspace, DueKind.PLACE, str(community.id), now)
    return True


def _differs(person: Person, profile: Profile) -> bool:
    return (
        known_zone(profile.zone, person.zone) != person.zone
        or profile.is_guest != person.is_guest
        or profile.away_until != person.away_until
        or account_language(person, profile) != person.language
        or profile.is_active == (person.gone_at is not None)
    )


def remember(session: Session, tenant: Tenant, profile: Profile, fallback_zone: str) -> Person:
    """Store what is needed of an account, or bring it up to date."""
    person = members.find_person(session, tenant.key, profile.user_id)
    if person is None:
        person = Person(workspace=tenant.key, user_id=profile.user_id, zone=fallback_zone)
    before, person.zone = person.zone, known_zone(profile.zone, person.zone)
    if person.zone != before and person.paused_until not in {None, UNTIL_I_SAY}:
        # The first day back begins where the person is now.
        plan_return(session, person, person.paused_until)
    person.language = account_language(person, profile)
    person.is_guest = profile.is_guest
    person.away_until = profile.away_until
    session.add(person)
    return person


def account_language(person: Person, profile: Profile) -> str:
    """Return a person's language now that their account is known: their own choice goes before it."""
    is_open = profile.language is not None and not person.is_language_chosen
    return profile.language if is_open and profile.language else person.language


def plan_return(session: Session, person: Person, first_day: date) -> None:
    """Have somebody told that their pause is over when their hours begin on the first day after it."""
    back_at = person.window.next_opening(at_local(first_day, time(0, 0), person.zone))
    due.set_due(session, person.workspace, DueKind.PAUSE_OVER, person.user_id, back_at)


def is_available(person: Person, now: datetime) -> bool:
    """Tell whether the bot may introduce a person: active, not paused and not away."""
    is_away = person.away_until is not None and now < person.away_until
    return person.gone_at is None and not is_paused(person, now) and not is_away


def is_paused(person: Person, now: datetime) -> bool:
    """Tell whether a person's own pause holds."""
    return person.paused_until is not None and local_day(now, person.zone) < person.paused_until


def _set_part(
    session: Session,
    community: Community,
    user_id: str,
    membership: Membership | None,
    part: Part,
    now: datetime,
) -> None:
    row = membership or Membership(
        workspace=community.workspace, community_id=community.id, user_id=user_id, part=part, changed_at=now
    )
    with keeping_cards(session, now, community):
        row.part = part
        row.changed_at = now
        session.add(row)
