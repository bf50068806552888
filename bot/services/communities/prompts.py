"""The weekly prompt: posting it when it is due, counting taps, following up."""

from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import MONDAY, SUNDAY, at_local, decode_cadence, iso_week, local_day, weekday_in_week_of
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind, Posted
from bot.domain.prompts import PastPrompt, PromptLibrary, TapKind, choose_prompt
from bot.domain.schedule import FOLLOW_UP_DAYS, PROMPT_LATENESS, DueKind, is_prompt_too_late
from storage import communities, due, members, prompts
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.prompts import PromptPost, PromptTap
from storage.rounds import rounds

QUIET_WEEKS: Final = 3
MANY_OF_THE_SAME: Final = 5


class PromptService:
    """One small prompt a week in each community.

    Args:
        database: Where posts and taps are kept.
        library: The prompts to choose from.
    """

    def __init__(self, database: Database, library: PromptLibrary) -> None:
        self._database = database
        self._library = library

    def post(self, row: Due, now: datetime) -> None:
        """Handle a prompt that is due; one that is more than a day late is left out."""
        with self._database.write(row.workspace) as session:
            community = communities.get_community(session, row.workspace, int(row.subject))
            next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at), last=row.due_at)
            if not due.advance(session, row, next_at) or community.asleep_at is not None:
                return
            if is_prompt_too_late(row.due_at, now):
                return
            post = self._add_post(session, community, row, now)
            outbox.add(
                session,
                row.workspace,
                f"prompt:{post.id}",
                MessageKind.PROMPT,
                subject=post.id,
                channel_id=community.channel_id,
                now=now,
                not_after=now + PROMPT_LATENESS,
            )
            follow_up_on = local_day(now, community.zone) + timedelta(days=FOLLOW_UP_DAYS)
            due.set_due(
                session,
                row.workspace,
                DueKind.PROMPT_FOLLOW_UP,
                str(post.id),
                at_local(follow_up_on, community.prompt_at, community.zone),
            )
            self._tell_of_quiet_weeks(session, community, post, now)

    def follow_up(self, row: Due, now: datetime) -> None:
        """Handle a follow-up that is due: a line in the thread, if anybody tapped."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None) or is_prompt_too_late(row.due_at, now):
                return
            post = prompts.get_post(session, row.workspace, int(row.subject))
            community = communities.get_community(session, row.workspace, post.community_id)
            if community.asleep_at is not None or not prompts.count_taps(session, post):
                return
            outbox.add(
                session,
                row.workspace,
                f"prompt-follow-up:{post.id}",
                MessageKind.PROMPT_FOLLOW_UP,
                subject=post.id,
                channel_id=community.channel_id,
                replies_to=f"prompt:{post.id}",
                now=now,
                not_after=now + PROMPT_LATENESS,
            )

    def tap(self, who: Actor, post_id: int, kind: TapKind, now: datetime, stands: Posted | None = None) -> bool:
        """Count one tap of a person on a prompt that stands somewhere; False when it was counted before.

        Of a prompt that nobody knew to have arrived, this is the proof that it did.

        Raises:
            UserError: There is no such prompt in this workspace.
        """
        with self._database.write(who.workspace) as session:
            try:
                post = prompts.get_post(session, who.workspace, post_id)
            except LookupError:
                raise UserError(Problem.GONE) from None
            is_found = stands is not None and outbox.confirm(session, who.workspace, f"prompt:{post_id}", stands, now)
            if prompts.find_tap(session, post, who.user_id, kind) is not None:
                if is_found:
                    _queue_counts(session, post, "found", now)
                return False
            session.add(
                PromptTap(workspace=who.workspace, post_id=post_id, user_id=who.user_id, kind=kind, tapped_at=now)
            )
            session.flush()
            _queue_counts(session, post, str(sum(prompts.count_taps(session, post).values())), now)
            return True

    def _add_post(self, session: Session, community: Community, row: Due, now: datetime) -> PromptPost:
        reacted = prompts.list_reacted(session, community.workspace, community.id)
        history = [
            PastPrompt(past.prompt_id, past.cycle, past.id in reacted)
            for past in prompts.list_posts(session, community.workspace, community.id)
        ]
        last_round = rounds.find_last_round(session, community.workspace, community.id)
        after_postponed = last_round is not None and last_round.skipped == "away"
        choice = choose_prompt(
            self._library,
            f"{community.workspace}:{community.id}",
            history,
            short_only=after_postponed,
            elsewhere=_shown_next_door(session, community, now),
        )
        post = PromptPost(
            workspace=community.workspace,
            community_id=community.id,
            prompt_id=choice.prompt_id,
            cycle=choice.cycle,
            due_at=row.due_at,
            posted_on=local_day(now, community.zone),
        )
        session.add(post)
        session.flush()
        return post

    def _tell_of_quiet_weeks(self, session: Session, community: Community, post: PromptPost, now: datetime) -> None:
        reacted = prompts.list_reacted(session, community.workspace, community.id)
        before = [past for past in prompts.list_posts(session, community.workspace, community.id) if past.id != post.id]
        silent = 0
        for past in reversed(before):
            if past.id in reacted:
                break
            silent += 1
        if silent == 0 or silent % QUIET_WEEKS != 0:
            return
        for user_id in communities.list_facilitators(session, community):
            outbox.add(
                session,
                community.workspace,
                f"prompt-quiet:{community.id}:{iso_week(post.posted_on)}:{user_id}",
                MessageKind.PROMPT_QUIET,
                subject=community.id,
                people=(user_id,),
                now=now,
                not_after=at_local(post.posted_on + timedelta(days=2), time(0, 0), community.zone),
            )


def _queue_counts(session: Session, post: PromptPost, what: str, now: datetime) -> None:
    """Have the numbers under a prompt redrawn, unless that is going to happen; `what` has made them old."""
    if outbox.has_waiting_edit(session, post.workspace, f"prompt:{post.id}"):
        return
    community = communities.get_community(session, post.workspace, post.community_id)
    outbox.add(
        session,
        post.workspace,
        f"prompt-count:{post.id}:{what}",
        MessageKind.PROMPT_EDIT,
        subject=post.id,
        channel_id=community.channel_id,
        edits=f"prompt:{post.id}",
        now=now,
    )


def _shown_next_door(session: Session, community: Community, now: datetime) -> frozenset[str]:
    """Return the prompts that communities with many of the same people were shown this week."""
    today = local_day(now, community.zone)
    monday, sunday = weekday_in_week_of(today, MONDAY), weekday_in_week_of(today, SUNDAY)
    return frozenset(
        post.prompt_id
        for post in prompts.list_posts_between(session, community.workspace, monday, sunday)
        if post.community_id != community.id
        and members.count_in_both(session, community, post.community_id) >= MANY_OF_THE_SAME
    )
