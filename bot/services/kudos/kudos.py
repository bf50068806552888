"""Thanks: precise, to at most five people, at most five a day, in a channel or privately."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlmodel import Session

from bot.domain.cadence import at_local, known_zone, local_day
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.home import MOST_THANKS
from bot.domain.identity import Actor, Profile, check_accounts
from bot.domain.kudos import (
    A_DAY,
    LAST_THANKS,
    PRIVATELY,
    RETURNED_WITHIN,
    UNDO_WITHIN,
    Draft,
    Given,
    Hints,
    Places,
    Thanks,
    ThanksCard,
    check_thanks,
    check_value,
    few_people,
    mentioned,
)
from bot.domain.precision import Precision, precision_of
from bot.services.communities.communities import list_known, own_community
from bot.services.kudos.delivery import change, post_in_channel, post_privately, received_by, take_back, words_of
from storage import communities, kudos, members, seen
from storage.communities import Community
from storage.database import Database
from storage.kudos import Kudos, KudosDraft, KudosMeToo, KudosReceiver


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Who reads thanks where."""

    community: Community | None
    in_channel: tuple[str, ...]
    privately: tuple[str, ...]


class KudosService:
    """Who thanked whom for what; never counted per person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def places(self, who: Actor, channel_id: str) -> Places:
        """Return where somebody's thanks can be read when they are typed in a channel; "" is no channel's."""
        with self._database.read() as session:
            here = communities.find_community_of_channel(session, who.workspace, channel_id)
            own = {row.community_id for row in members.list_memberships(session, who.workspace, who.user_id)}
            known = list_known(session, who)
            # A person who takes part in none may still thank in one they may hear of.
            elsewhere = [one for one in known if one.id in own] or known[:1]
            awake = [*([here] if here and here.asleep_at is None else ()), *elsewhere]
            awake = [one for one in awake if one.thanks_here]
            channels = dict.fromkeys(community.channel_id for community in awake)
            return Places(
                here=channel_id if channel_id in channels else "",
                others=tuple(channel for channel in channels if channel != channel_id),
                values={one.channel_id: _values(one) for one in awake},
            )

    def check(self, who: Actor, place: str, thanks: Thanks, profiles: Sequence[Profile], now: datetime) -> Hints:
        """Make sure that thanks could be given as they are, and return what the giver may want to know before.

        Args:
            who: The giver.
            place: The channel of a community, or PRIVATELY.
            thanks: To whom and for what.
            profiles: The accounts of those who are thanked, as far as Slack knows them.
            now: This moment, aware UTC.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: The channel is no community, or five were given today.
        """
        _check_words(who, thanks, profiles)
        with self._database.read() as session:
            community = _community(session, who, place, thanks)
            _check_room(session, who, thanks, community, now)
            return _hints(session, who, thanks, community, now)

    def give(
        self, who: Actor, place: str, thanks: Thanks, profiles: Sequence[Profile], now: datetime, draft_id: int = 0
    ) -> Given | None:
        """Store thanks and have them sent; None when this very act was carried out before.

        A person who does not want to be mentioned in channels reads them privately. `draft_id` is the draft they were
        kept in, if they were. The other arguments and what is raised are those of `check`.
        """
        _check_words(who, thanks, profiles)
        with self._database.write(who.workspace) as session:
            community = _community(session, who, place, thanks)
            if not seen.is_first_time(session, who, now):
                return None
            _check_room(session, who, thanks, community, now)
            hints = _hints(session, who, thanks, community, now)
            row = Kudos(
                workspace=who.workspace,
                community_id=community.id if community else None,
                giver=who.user_id,
                deed=thanks.deed.strip(),
                effect=thanks.effect.strip(),
                tag=thanks.tag,
                link=thanks.link,
                score=hints.precision.score,
                given_at=now,
            )
            session.add(row)
            session.flush()
            delivery = _delivery(session, who, community, thanks)
            posted_at = _deliver(session, row, delivery, profiles, now)
            draft = kudos.find_draft(session, who.workspace, who.user_id, draft_id) if draft_id else None
            if draft is not None:
                session.delete(draft)
            return Given(
                kudos_id=row.id,
                people=delivery.in_channel,
                privately=delivery.privately,
                channel_id=community.channel_id if community and delivery.in_channel else "",
                later_at=posted_at if posted_at > now else None,
                hints=hints,
            )

    def undo(self, who: Actor, kudos_id: int, now: datetime) -> Thanks:
        """Take thanks back within ten minutes, and return them; the messages with them go too.

        Raises:
            UserError: They are gone or somebody else's, or ten minutes are over.
        """
        with self._database.write(who.workspace) as session:
            row = _just_given(session, who, kudos_id, now)
            receivers = kudos.list_receivers(session, row)
            thanks = words_of(row, [one.user_id for one in receivers])
            take_back(session, who, receivers, now)
            return thanks

    def just_given(self, who: Actor, kudos_id: int, now: datetime) -> tuple[Thanks, tuple[str, ...]]:
        """Return thanks whose words can still be changed, and the values they may name; empty for any.

        Raises UserError as `undo` does.
        """
        with self._database.read() as session:
            row = _just_given(session, who, kudos_id, now)
            thanks = words_of(row, [one.user_id for one in kudos.list_receivers(session, row)])
            return thanks, _values(_community_of(session, row))

    def reword(self, who: Actor, kudos_id: int, words: Thanks, now: datetime) -> Precision:
        """Change the words of thanks just given, and the messages with them; whom they thank stays.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: As `undo` does.
        """
        with self._database.write(who.workspace) as session:
            row = _just_given(session, who, kudos_id, now)
            receivers = kudos.list_receivers(session, row)
            thanks = replace(words, people=tuple(one.user_id for one in receivers))
            _check_form(who, thanks, _community_of(session, row))
            precision = _precision(thanks)
            row.deed, row.effect = thanks.deed.strip(), thanks.effect.strip()
            row.tag, row.link, row.score = thanks.tag, thanks.link, precision.score
            session.add(row)
            session.flush()
            for post_id in sorted({one.post_id for one in receivers}):
                post = kudos.find_post(session, who.workspace, post_id)
                if post is not None:
                    change(session, who, post, now)
            return precision

    def take_down(self, who: Actor, kudos_id: int, now: datetime) -> None:
        """Let somebody who is thanked, or the giver, take thanks down; nothing of them is left.

        While others are thanked along, only this person is taken out, unless the words mention them.

        Raises:
            UserError: They are gone, or the person has no part in them.
        """
        with self._database.write(who.workspace) as session:
            row = _get(session, who, kudos_id)
            receivers = kudos.list_receivers(session, row)
            own = [one for one in receivers if one.user_id == who.user_id]
            if not own and row.giver != who.user_id:
                raise UserError(Problem.NOT_YOURS)
            names_them = who.user_id in mentioned(words_of(row, ()))
            take_back(session, who, own if own and not names_them else receivers, now)

    def me_too(self, who: Actor, kudos_id: int, now: datetime) -> bool:
        """Note that a person says so too, and show it; False when they did before.

        Raises:
            UserError: The thanks are gone or private, or the person gave or got them.
        """
        with self._database.write(who.workspace) as session:
            row = _get(session, who, kudos_id)
            receivers = kudos.list_receivers(session, row)
            if row.community_id is None:
                raise UserError(Problem.GONE)
            if who.user_id in {row.giver, *(one.user_id for one in receivers)}:
                raise UserError(Problem.OWN_THANKS)
            if kudos.find_me_too(session, row, who.user_id) is not None:
                return False
            session.add(KudosMeToo(kudos_id=row.id, user_id=who.user_id, workspace=who.workspace, tapped_at=now))
            session.flush()
            _show(session, who, receivers, now)
            return True

    def not_me_too(self, who: Actor, kudos_id: int, now: datetime) -> None:
        """Take back that a person says so too. Raises UserError when the thanks are gone."""
        with self._database.write(who.workspace) as session:
            row = _get(session, who, kudos_id)
            said = kudos.find_me_too(session, row, who.user_id)
            if said is not None:
                session.delete(said)
                session.flush()
                _show(session, who, kudos.list_receivers(session, row), now)

    def received(self, who: Actor, now: datetime) -> tuple[ThanksCard, ...]:
        """Return the newest thanks that reached a person, newest first, at most twenty."""
        with self._database.read() as session:
            return received_by(session, who.workspace, who.user_id, now, MOST_THANKS)

    def keep(self, who: Actor, thanks: Thanks, now: datetime) -> int | None:
        """Keep thanks for another day and return the draft's id; None when this very act was carried out before."""
        with self._database.write(who.workspace) as session:
            if not seen.is_first_time(session, who, now):
                return None
            draft = KudosDraft(
                workspace=who.workspace,
                giver=who.user_id,
                people=thanks.people,
                deed=thanks.deed,
                effect=thanks.effect,
                tag=thanks.tag,
                link=thanks.link,
                saved_at=now,
            )
            session.add(draft)
            session.flush()
            return draft.id

    def oldest_draft(self, who: Actor) -> Draft | None:
        """Return the draft that a person kept first, or None."""
        with self._database.read() as session:
            row = kudos.find_oldest_draft(session, who.workspace, who.user_id)
            return _draft(session, who, row) if row else None

    def draft(self, who: Actor, draft_id: int) -> Draft:
        """Return one of a person's own drafts. Raises UserError when it is not there any more."""
        with self._database.read() as session:
            row = kudos.find_draft(session, who.workspace, who.user_id, draft_id)
            if row is None:
                raise UserError(Problem.GONE)
            return _draft(session, who, row)

    def discard(self, who: Actor, draft_id: int) -> None:
        """Remove one of a person's own drafts; one that is gone already stays so."""
        with self._database.write(who.workspace) as session:
            row = kudos.find_draft(session, who.workspace, who.user_id, draft_id)
            if row is not None:
                session.delete(row)


def _check_words(who: Actor, thanks: Thanks, profiles: Sequence[Profile]) -> None:
    troubles = check_thanks(who.user_id, thanks)
    if "people" not in troubles and (trouble := check_accounts(thanks.people, profiles)):
        troubles["people"] = trouble
    if troubles:
        raise FormError(troubles)


def _check_form(who: Actor, thanks: Thanks, community: Community | None) -> None:
    troubles = check_thanks(who.user_id, thanks)
    if "tag" not in troubles and (trouble := check_value(thanks.tag, _values(community))):
        troubles["tag"] = trouble
    if troubles:
        raise FormError(troubles)


def _community(session: Session, who: Actor, place: str, thanks: Thanks) -> Community | None:
    """Return the community in whose channel thanks are to be read; None when they are private."""
    community = None if place == PRIVATELY else own_community(session, who, place)
    if community is not None and not community.thanks_here:
        # Chosen in a form that was opened before its facilitators decided so.
        community = None
    _check_form(who, thanks, community)
    return community


def _community_of(session: Session, row: Kudos) -> Community | None:
    return communities.get_community(session, row.workspace, row.community_id) if row.community_id else None


def _values(community: Community | None) -> tuple[str, ...]:
    return community.value_tags if community else ()


def _zone(session: Session, workspace: str, user_id: str, community: Community | None) -> str:
    person = members.find_person(session, workspace, user_id)
    if person is not None:
        return person.zone
    return community.zone if community else "UTC"


def _check_room(session: Session, who: Actor, thanks: Thanks, community: Community | None, now: datetime) -> None:
    """Make sure that the giver has not given five since their own midnight."""
    zone = _zone(session, who.workspace, who.user_id, community)
    midnight = at_local(local_day(now, zone), time(0, 0), zone)
    if kudos.count_given_since(session, who.workspace, who.user_id, midnight) >= A_DAY:
        raise UserError(Problem.ENOUGH_TODAY, kept=thanks.deed)


def _precision(thanks: Thanks) -> Precision:
    return precision_of(thanks.deed, thanks.effect, has_anchor=bool(thanks.tag or thanks.link))


def _hints(session: Session, who: Actor, thanks: Thanks, community: Community | None, now: datetime) -> Hints:
    found = kudos.find_last_between(session, who.workspace, thanks.people, who.user_id, now - RETURNED_WITHIN)
    zone = _zone(session, who.workspace, who.user_id, community)
    before = kudos.list_last_receivers(session, who.workspace, who.user_id, LAST_THANKS - 1)
    return Hints(
        precision=_precision(thanks),
        returned=(found[0], local_day(found[1], zone)) if found else None,
        few=few_people([frozenset(thanks.people), *before]),
    )


def _delivery(session: Session, who: Actor, community: Community | None, thanks: Thanks) -> _Delivery:
    people = tuple(dict.fromkeys(thanks.people))
    if community is None:
        return _Delivery(None, (), people)
    known = members.list_people(session, who.workspace, people)
    refused = {person.user_id for person in known if not person.mentions_ok}
    in_channel = tuple(one for one in people if one not in refused)
    return _Delivery(community, in_channel, tuple(one for one in people if one in refused))


def _deliver(session: Session, row: Kudos, delivery: _Delivery, profiles: Sequence[Profile], now: datetime) -> datetime:
    """Put thanks into messages and return when the one in the channel goes out; now when none does."""
    zones = {profile.user_id: known_zone(profile.zone, "UTC") for profile in profiles}
    posted_at = now

    def add(user_id: str, post_id: int) -> None:
        session.add(KudosReceiver(kudos_id=row.id, user_id=user_id, workspace=row.workspace, post_id=post_id))

    if delivery.community is not None and delivery.in_channel:
        thanks = words_of(row, delivery.in_channel)
        post = post_in_channel(session, delivery.community, thanks, now)
        for user_id in delivery.in_channel:
            add(user_id, post.id)
        posted_at = post.posted_at
    for user_id in delivery.privately:
        person = members.find_person(session, row.workspace, user_id)
        zone = person.zone if person else zones[user_id]
        post = post_privately(session, row.workspace, user_id, zone, words_of(row, (user_id,)), now)
        add(user_id, post.id)
    session.flush()
    return posted_at


def _show(session: Session, who: Actor, receivers: Sequence[KudosReceiver], now: datetime) -> None:
    """Let the message in the channel show who says so too."""
    for post_id in sorted({one.post_id for one in receivers}):
        post = kudos.find_post(session, who.workspace, post_id)
        if post is not None and not post.reader:
            change(session, who, post, now)


def _get(session: Session, who: Actor, kudos_id: int) -> Kudos:
    try:
        return kudos.get_kudos(session, who.workspace, kudos_id)
    except LookupError:
        raise UserError(Problem.GONE) from None


def _just_given(session: Session, who: Actor, kudos_id: int, now: datetime) -> Kudos:
    row = _get(session, who, kudos_id)
    if row.giver != who.user_id:
        raise UserError(Problem.NOT_YOURS)
    if now - row.given_at > UNDO_WITHIN:
        raise UserError(Problem.TOO_LATE_TO_UNDO)
    return row


def _draft(session: Session, who: Actor, row: KudosDraft) -> Draft:
    thanks = Thanks(row.people, row.deed, row.effect, row.tag, row.link)
    return Draft(row.id, thanks, local_day(row.saved_at, _zone(session, who.workspace, who.user_id, None)))
