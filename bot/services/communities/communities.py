"""Communities: switching a channel on, changing its rhythm, following what happens to the channel."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from bot.domain.cadence import Weekly, known_zone, local_day
from bot.domain.communities import (
    SMALLEST_ROUND,
    CommunityCard,
    Meeting,
    Rhythm,
    SetUp,
    check_set_up,
    is_asked_again,
    majority_zone,
)
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Profile, Tenant, check_accounts
from bot.domain.messages import MessageKind
from bot.domain.schedule import ROUND_AT, ROUND_WEEKDAY, DueKind, round_comes_at
from storage import communities, due, members, prompts, seen
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.members import Part
from storage.outbox import outbox
from storage.rounds import rounds

_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class SetUpDone:
    """What setting up led to; `is_new` is False when a community was changed."""

    community_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation led to.

    Args:
        is_new: False when Slack tells of the same invitation again.
        is_community: Whether the channel is a community, which now goes on.
    """

    is_new: bool
    is_community: bool


class CommunityService:
    """The channels that somebody switched on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check_may_set_up(self, who: Actor, channel_id: str, now: datetime) -> CommunityCard | None:
        """Return the card of the channel's community, or None for a channel that is none yet.

        Raises:
            UserError: It is one, and the person is not a facilitator of it.
        """
        with self._database.read() as session:
            community = communities.find_community_of_channel(session, who.workspace, channel_id)
            if community is None:
                return None
            _check_may_change(session, community, who)
            return card_of(session, community, now)

    def set_up(
        self,
        who: Actor,
        channel_id: str,
        form: SetUp,
        profile: Profile,
        facilitators: Sequence[Profile],
        now: datetime,
        *,
        is_private: bool = False,
    ) -> SetUpDone:
        """Switch a channel's community on, or change it, and plan its prompts and rounds.

        Args:
            who: The person.
            channel_id: A channel in which the bot is.
            form: What was typed and chosen.
            profile: The person's account.
            facilitators: The accounts of those who shall look after it, as far as Slack knows them.
            now: This moment, aware UTC.
            is_private: Whether only those in the channel may hear of it.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: The person is a guest, or it exists and the person is not a facilitator of it.
        """
        if not profile.can_take_part:
            raise UserError(Problem.CANNOT_TAKE_PART)
        troubles = check_set_up(form)
        if trouble := check_accounts(form.facilitators, (profile, *facilitators)):
            troubles["facilitators"] = trouble
        if troubles:
            raise FormError(troubles)
        with self._database.write(who.workspace) as session:
            community = communities.find_community_of_channel(session, who.workspace, channel_id)
            is_new = community is None
            if not seen.is_first_time(session, who, now) and community is not None:
                return SetUpDone(community.id, is_new=False)
            if community is None:
                community = _begin(who, channel_id, form, profile, now)
            else:
                _check_may_change(session, community, who)
                community.sqlmodel_update({**_chosen(form), "asleep_at": None})
            community.is_private = is_private
            session.add(community)
            session.flush()
            communities.set_facilitators(session, community, form.facilitators or (who.user_id,))
            session.flush()
            _plan(session, community, now)
            if is_new:
                due.set_due(session, who.workspace, DueKind.ZONE, str(community.id), now)
            outbox.add(
                session,
                who.workspace,
                f"community:{community.id}",
                MessageKind.COMMUNITY_INTRO,
                subject=community.id,
                channel_id=channel_id,
                now=now,
            )
            if not is_new:
                outbox.revive(session, who.workspace, f"community:{community.id}", now)
                outbox.add(
                    session,
                    who.workspace,
                    f"community-changed:{community.id}:{who.act_id}",
                    MessageKind.COMMUNITY_INTRO_EDIT,
                    subject=community.id,
                    channel_id=channel_id,
                    edits=f"community:{community.id}",
                    now=now,
                )
            return SetUpDone(community.id, is_new)

    def channel_of(self, row: Due) -> str:
        """Return the channel of the community that a due row is about."""
        with self._database.read() as session:
            return communities.get_community(session, row.workspace, int(row.subject)).channel_id

    def settle_zone(self, row: Due, zones: Sequence[str], now: datetime) -> None:
        """Handle the question of a new community's zone: it lives where the most people of its channel do."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            community = communities.get_community(session, row.workspace, int(row.subject))
            zone = majority_zone((known_zone(zone, community.zone) for zone in zones), community.zone)
            if zone != community.zone:
                with keeping_cards(session, now, community):
                    community.zone = zone
                    session.add(community)
                    _plan(session, community, now)

    def about(self, who: Actor, channel_id: str, now: datetime) -> CommunityCard:
        """Return the card of a channel's community.

        Raises:
            UserError: The channel is no community.
        """
        with self._database.read() as session:
            return card_of(session, own_community(session, who, channel_id), now)

    def channels(self, tenant: Tenant) -> tuple[str, ...]:
        """Return the channels that are communities now."""
        with self._database.read() as session:
            return tuple(row.channel_id for row in communities.list_communities(session, tenant.key))

    def known_to(self, who: Actor) -> tuple[str, ...]:
        """Return the channels of the communities that a person may hear of: their own, and public ones."""
        with self._database.read() as session:
            return tuple(row.channel_id for row in list_known(session, who))

    def person_came(self, tenant: Tenant, channel_id: str, user_id: str, now: datetime) -> None:
        """Show somebody who came into a community's channel what it is, once, to them alone."""
        with self._database.write(tenant.key) as session:
            community = communities.find_community_of_channel(session, tenant.key, channel_id)
            if community is None or community.asleep_at is not None or not may_ask(session, community, user_id, now):
                return
            outbox.add(
                session,
                tenant.key,
                f"community-for-one:{community.id}:{user_id}",
                MessageKind.COMMUNITY_INTRO_FOR_ONE,
                subject=community.id,
                channel_id=channel_id,
                reader=user_id,
                now=now,
                not_after=now + timedelta(hours=1),
            )

    def fall_asleep(self, tenant: Tenant, channel_id: str, now: datetime) -> None:
        """Stop a community whose channel was archived or whose bot was removed; all data stays."""
        with self._database.write(tenant.key) as session:
            community = communities.find_community_of_channel(session, tenant.key, channel_id)
            if community is not None:
                fall_asleep(session, community, now)

    def invited(self, who: Actor, channel_id: str, now: datetime) -> Invited:
        """Note that the bot was invited to a channel; a community that slept there goes on."""
        with self._database.write(who.workspace) as session:
            is_new = seen.is_first_time(session, who, now)
            community = communities.find_community_of_channel(session, who.workspace, channel_id)
            slept = community is not None and community.asleep_at is not None
            if community is not None and slept:
                _wake(session, community, now)
            if community is not None:
                outbox.revive(session, who.workspace, f"community:{community.id}", now)
            return Invited(is_new=is_new, is_community=community is not None)

    def wake_up(self, tenant: Tenant, channel_id: str, now: datetime) -> bool:
        """Go on with a community that slept; False when the channel is none or was awake."""
        with self._database.write(tenant.key) as session:
            community = communities.find_community_of_channel(session, tenant.key, channel_id)
            if community is None or community.asleep_at is None:
                return False
            _wake(session, community, now)
            return True

    def channel_moved(self, tenant: Tenant, old: str, new: str) -> None:
        """Follow a channel to its new id."""
        with self._database.write(tenant.key) as session:
            community = communities.find_community_of_channel(session, tenant.key, old)
            if community is not None:
                community.channel_id = new
                session.add(community)
                outbox.move_channel(session, tenant.key, old, new)


def fall_asleep(session: Session, community: Community, now: datetime) -> None:
    """Stop a community and tell those who look after it; does nothing when it sleeps already."""
    if community.asleep_at is not None:
        return
    community.asleep_at = now
    session.add(community)
    for user_id in communities.list_facilitators(session, community):
        outbox.add(
            session,
            community.workspace,
            f"community-stopped:{community.id}:{now:%Y-%m-%dT%H:%M}:{user_id}",
            MessageKind.COMMUNITY_STOPPED,
            subject=community.id,
            people=(user_id,),
            now=now,
        )


def _wake(session: Session, community: Community, now: datetime) -> None:
    # While it slept its rounds were put off, and its card could not follow.
    with keeping_cards(session, now, community):
        community.asleep_at = None
        session.add(community)


def tell_refused(session: Session, community: Community, error: str, now: datetime) -> None:
    """Tell those who look after a community, at most once a week, that Slack refuses what is posted there."""
    for user_id in communities.list_facilitators(session, community):
        outbox.add(
            session,
            community.workspace,
            f"community-refused:{community.id}:{now:%G-%V}:{user_id}",
            MessageKind.COMMUNITY_REFUSED,
            subject=community.id,
            about=error,
            people=(user_id,),
            now=now,
        )


def own_community(session: Session, who: Actor, channel_id: str) -> Community:
    """Return the community of a channel.

    Raises:
        UserError: It is none; the answer can name the first channel that is one.
    """
    community = communities.find_community_of_channel(session, who.workspace, channel_id)
    if community is None or community.asleep_at is not None:
        raise not_a_community(session, who, channel_id)
    return community


def not_a_community(session: Session, who: Actor, channel_id: str) -> UserError:
    """Refuse a channel, which may be none at all, naming a community that the person may know of."""
    there = next((row.channel_id for row in list_known(session, who)), "")
    return UserError(Problem.NOT_A_COMMUNITY, here=channel_id, channel=there)


@contextmanager
def keeping_cards(session: Session, now: datetime, *which: Community) -> Iterator[None]:
    """Have the card in each channel redrawn when what it says of introductions is no longer the same afterwards.

    Whatever can change that stands in such a block, and nothing else decides whether a card is redrawn.
    """
    before = [_said_of_introductions(session, community) for community in which]
    yield
    session.flush()
    for community, said in zip(which, before, strict=True):
        says = _said_of_introductions(session, community)
        if says in {said, _NOTHING}:
            continue
        outbox.add(
            session,
            community.workspace,
            f"community-standing:{community.id}:{now.isoformat()}:{says}",
            MessageKind.COMMUNITY_INTRO_EDIT,
            subject=community.id,
            channel_id=community.channel_id,
            edits=f"community:{community.id}",
            now=now,
        )


def _said_of_introductions(session: Session, community: Community) -> str:
    """Return what the card in a channel says of introductions; nothing where it cannot be changed.

    The card was drawn before its day came, so that what is planned counts and not what has become of that by now.
    """
    if community.asleep_at is not None:
        return _NOTHING
    planned = _planned_round(session, community)
    if planned is None:
        return "too few"
    if rounds.has_begun(session, community.workspace, community.id):
        return "begun"
    return local_day(planned.due_at, community.zone).isoformat()


def list_known(session: Session, who: Actor) -> list[Community]:
    """List the communities that a person may hear of: first their own, then public ones."""
    own = {row.community_id for row in members.list_memberships(session, who.workspace, who.user_id)}
    every = communities.list_communities(session, who.workspace)
    known = [row for row in every if row.id in own or not row.is_private]
    return sorted(known, key=lambda row: row.id not in own)


def may_ask(session: Session, community: Community, user_id: str, now: datetime) -> bool:
    """Tell whether somebody may be asked to take part in a community: not if they are in, or said that they would not.

    After "not now" they may be asked again in 90 days, after "no, thanks" never.
    """
    membership = members.find_membership(session, community, user_id)
    if membership is None or membership.part in {Part.OUT, Part.RESTING}:
        return True
    return membership.part == Part.NOT_NOW and is_asked_again(membership.changed_at, now)


def first_round_on(session: Session, community: Community, now: datetime) -> date | None:
    """Return the day of the next introductions, never one that has passed; None while fewer than four people are in."""
    planned = _planned_round(session, community)
    if planned is None:
        return None
    return local_day(round_comes_at(planned.due_at, Weekly.decode(planned.cadence or ""), now), community.zone)


def _planned_round(session: Session, community: Community) -> Due | None:
    """Return the row of the next round; None while fewer than four people are in."""
    if members.count_participants(session, community) < SMALLEST_ROUND:
        return None
    return due.find_due(session, community.workspace, DueKind.ROUND, str(community.id))


def card_of(session: Session, community: Community, now: datetime) -> CommunityCard:
    """Return what everybody may see of a community."""
    prompt = due.find_due(session, community.workspace, DueKind.PROMPT, str(community.id))
    return CommunityCard(
        community_id=community.id,
        channel_id=community.channel_id,
        purpose=community.purpose,
        rhythm=Rhythm(community.prompt_weekday, community.prompt_at, community.round_weeks),
        zone=community.zone,
        facilitators=tuple(communities.list_facilitators(session, community)),
        first_round_on=first_round_on(session, community, now),
        next_prompt_on=local_day(prompt.due_at, community.zone) if prompt else None,
        has_begun=rounds.has_begun(session, community.workspace, community.id),
        meeting=Meeting(community.group_size, community.again_after),
        language=community.language,
        values=community.value_tags,
        thanks_here=community.thanks_here,
    )


def _begin(who: Actor, channel_id: str, form: SetUp, profile: Profile, now: datetime) -> Community:
    """Return a new community of a channel, which lives where the person does until its own zone is known."""
    return Community(
        workspace=who.workspace,
        channel_id=channel_id,
        zone=known_zone(profile.zone, "UTC"),
        created_by=who.user_id,
        created_at=now,
        **_chosen(form),
    )


def _chosen(form: SetUp) -> dict[str, Any]:
    """Return the columns that what was typed and chosen goes into."""
    return {
        "purpose": form.purpose.strip(),
        "prompt_weekday": form.rhythm.prompt_weekday,
        "prompt_at": form.rhythm.prompt_at,
        "round_weeks": form.rhythm.round_weeks,
        "group_size": form.meeting.group_size,
        "again_after": form.meeting.again_after,
        "language": form.language,
        "value_tags": form.values,
        "thanks_here": form.thanks_here,
    }


def _check_may_change(session: Session, community: Community, who: Actor) -> None:
    """Make sure that a person looks after a community, or that nobody does any more, so that somebody can begin to."""
    if communities.list_facilitators(session, community):
        check_facilitator(session, community, who)


def check_facilitator(session: Session, community: Community, who: Actor) -> None:
    """Make sure that a person looks after a community. Raises UserError when they do not."""
    facilitators = communities.list_facilitators(session, community)
    if who.user_id not in facilitators:
        raise UserError(Problem.NOT_FACILITATOR, channel=community.channel_id, people=" ".join(facilitators))


def _plan(session: Session, community: Community, now: datetime) -> None:
    weekly = Weekly(community.prompt_weekday, community.prompt_at, community.zone)
    posts = prompts.list_posts(session, community.workspace, community.id)
    last_prompt_at = posts[-1].due_at if posts else None
    # The first prompt leaves people at least a day to find out what the channel is now.
    _replan(session, community, DueKind.PROMPT, weekly, now + timedelta(days=1), last_prompt_at)
    meets = Weekly(ROUND_WEEKDAY, ROUND_AT, community.zone, community.round_weeks)
    last_round = rounds.find_last_round(session, community.workspace, community.id)
    last_round_at = last_round.due_at if last_round is not None and not last_round.skipped else None
    # What a facilitator left out or began before its moment is not planned once more.
    after = max(now, last_round.due_at) if last_round is not None else now
    _replan(session, community, DueKind.ROUND, meets, after, last_round_at)


def _replan(
    session: Session, community: Community, kind: DueKind, cadence: Weekly, after: datetime, last: datetime | None
) -> None:
    """Plan the next time, keeping one that stands already where only the words were changed.

    It is counted from `last`, the last time it happened, so that a change brings no second one in a week.
    """
    subject = str(community.id)
    row = due.find_due(session, community.workspace, kind, subject)
    if row is None or row.cadence != cadence.encode():
        due.set_due(session, community.workspace, kind, subject, cadence.next_after(after, last), cadence.encode())
