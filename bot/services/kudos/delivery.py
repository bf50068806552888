"""Where thanks stand: the messages they are put into, and what becomes of those when thanks change or go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from sqlmodel import Session

from bot.domain.cadence import at_local, local_day
from bot.domain.identity import NOBODY, Actor
from bot.domain.kudos import MOST_LESSONS, POSTS_WITHIN, Thanks, ThanksCard, has_room, mentioned, post_at
from bot.domain.messages import MessageKind
from bot.domain.offers import LASTS, TopicKind
from bot.domain.topics import Thesaurus
from bot.services.members.peer_messages import reaches_one_at
from storage import communities, kudos, members, offers
from storage.communities import Community
from storage.kudos import Kudos, KudosPost, KudosReceiver
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState


def cards_of(session: Session, post: KudosPost) -> tuple[ThanksCard, ...]:
    """Return the thanks in a message as they stand there now."""
    cards = []
    for row, people in kudos.list_in_post(session, post):
        thanks = words_of(row, people)
        unnamed = frozenset() if post.reader else _unnamed(session, post.workspace, thanks)
        cards.append(ThanksCard(row.id, row.giver, thanks, kudos.list_me_too(session, row), unnamed))
    return tuple(cards)


def received_by(session: Session, workspace: str, user_id: str, now: datetime, limit: int) -> tuple[ThanksCard, ...]:
    """Return the newest thanks that reached a person, newest first."""
    rows = kudos.list_received(session, workspace, user_id, now, limit)
    return tuple(ThanksCard(row.id, row.giver, words_of(row, (user_id,))) for row in rows)


def with_lessons(
    session: Session, thesaurus: Thesaurus, post: KudosPost, cards: Sequence[ThanksCard], now: datetime
) -> tuple[ThanksCard, ...]:
    """Return thanks with what somebody who is thanked offers to show, where all of its topic stands in the words."""
    found = []
    for card in cards:
        said = " ".join((card.thanks.deed, card.thanks.effect, card.thanks.tag or ""))
        lessons = [
            (row.id, row.topic)
            for row in offers.list_topics(session, post.workspace, now - LASTS, card.thanks.people)
            if row.kind == TopicKind.OFFER and row.findable and thesaurus.is_named(row.topic, said)
        ]
        found.append(replace(card, lessons=tuple(lessons[:MOST_LESSONS])))
    return tuple(found)


def words_of(row: Kudos, people: Sequence[str]) -> Thanks:
    """Return thanks as the rules take them, to some of those they are for."""
    return Thanks(tuple(people), row.deed, row.effect, row.tag, row.link)


def post_in_channel(session: Session, community: Community, thanks: Thanks, now: datetime) -> KudosPost:
    """Return the message in a community's channel into which new thanks go, which is queued."""
    posts = kudos.list_posts(session, community.workspace, now - POSTS_WITHIN, community_id=community.id)
    waiting = _with_room(session, posts, thanks, now)
    if waiting is not None:
        return waiting
    at = post_at([post.posted_at for post in posts], now)
    post = KudosPost(workspace=community.workspace, community_id=community.id, posted_at=at)
    return _queue(session, post, MessageKind.KUDOS, now, channel_id=community.channel_id)


def post_privately(
    session: Session, workspace: str, reader: str, zone: str, thanks: Thanks, now: datetime
) -> KudosPost:
    """Return the message to one person into which new thanks go, which is queued; `zone` is that person's."""
    midnight = at_local(local_day(now, zone), time(0, 0), zone)
    posts = kudos.list_posts(session, workspace, midnight, reader=reader)
    waiting = _with_room(session, posts, thanks, now)
    if waiting is not None:
        return waiting
    at = reaches_one_at(session, workspace, reader, zone, now)
    post = KudosPost(workspace=workspace, reader=reader, posted_at=at)
    return _queue(session, post, MessageKind.KUDOS_PRIVATE, now, people=(reader,))


def bring_in_private(session: Session, post: KudosPost, now: datetime) -> None:
    """Bring thanks that their channel does not take to each of those who are thanked, and tell the givers."""
    for row, people in kudos.list_in_post(session, post):
        if not row.giver.startswith(NOBODY):
            outbox.add(
                session,
                post.workspace,
                f"kudos-moved:{row.id}",
                MessageKind.KUDOS_MOVED,
                subject=row.id,
                people=(row.giver,),
                now=now,
            )
        for user_id in people:
            receiver = kudos.get_receiver(session, row, user_id)
            person = members.find_person(session, post.workspace, user_id)
            zone = person.zone if person else "UTC"
            private = post_privately(session, post.workspace, user_id, zone, words_of(row, (user_id,)), now)
            receiver.post_id = private.id
            session.add(receiver)
    session.flush()
    session.delete(post)


def take_back(session: Session, who: Actor, receivers: Sequence[KudosReceiver], now: datetime) -> None:
    """Take people out of thanks, and the thanks out of the messages in which these people read them."""
    posts = {receiver.post_id for receiver in receivers}
    kudos.remove_receivers(session, receivers)
    for post_id in sorted(posts):
        post = kudos.find_post(session, who.workspace, post_id)
        if post is not None and kudos.list_in_post(session, post):
            change(session, who, post, now)
        elif post is not None:
            _remove(session, who, post, now)


def change(session: Session, who: Actor, post: KudosPost, now: datetime) -> None:
    """Let a message show its thanks as they are now; one that was not sent yet will by itself."""
    key = post_key(post)
    message = outbox.find_message(session, who.workspace, key)
    is_out = message is not None and message.state in {OutboxState.SENT, OutboxState.SENDING}
    if not is_out or outbox.has_waiting_edit(session, who.workspace, key):
        return
    outbox.add(
        session,
        who.workspace,
        f"kudos-changed:{post.id}:{who.act_id}",
        MessageKind.KUDOS_EDIT,
        subject=post.id,
        channel_id=_channel_of(session, post),
        edits=key,
        now=now,
    )


def post_key(post: KudosPost) -> str:
    """Return the key of a message with thanks."""
    return f"kudos:{post.id}"


def _with_room(session: Session, posts: Sequence[KudosPost], thanks: Thanks, now: datetime) -> KudosPost | None:
    """Return the message that waits to go out and has room for one more, or None."""
    for post in posts:
        if post.posted_at > now:
            together = [card.thanks for card in cards_of(session, post)]
            if has_room(together, thanks):
                return post
    return None


def _queue(
    session: Session,
    post: KudosPost,
    kind: MessageKind,
    now: datetime,
    *,
    channel_id: str = "",
    people: Sequence[str] = (),
) -> KudosPost:
    session.add(post)
    session.flush()
    outbox.add(
        session,
        post.workspace,
        post_key(post),
        kind,
        subject=post.id,
        channel_id=channel_id,
        people=people,
        now=now,
        not_before=post.posted_at,
    )
    return post


def _remove(session: Session, who: Actor, post: KudosPost, now: datetime) -> None:
    key, channel_id = post_key(post), _channel_of(session, post)
    session.delete(post)
    session.flush()
    if not outbox.withdraw(session, who.workspace, key):
        outbox.add(
            session,
            who.workspace,
            f"kudos-removed:{post.id}",
            MessageKind.KUDOS_REMOVED,
            subject=post.id,
            about=who.user_id,
            channel_id=channel_id,
            edits=key,
            now=now,
        )


def _channel_of(session: Session, post: KudosPost) -> str:
    if post.community_id is None:
        return ""
    return communities.get_community(session, post.workspace, post.community_id).channel_id


def _unnamed(session: Session, workspace: str, thanks: Thanks) -> frozenset[str]:
    """Return those whom the words mention and who do not want others to mention them in channels."""
    people = members.list_people(session, workspace, sorted(mentioned(thanks)))
    return frozenset(person.user_id for person in people if not person.mentions_ok)
