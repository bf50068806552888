"""The words of every kind of message, made from the state at the moment of sending."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import check_ins as check_in_blocks
from bot.blocks import communities as community_blocks
from bot.blocks import goal_checks as goal_check_blocks
from bot.blocks import invitations as invitation_blocks
from bot.blocks import kudos as kudos_blocks
from bot.blocks import members as member_blocks
from bot.blocks import notes as note_blocks
from bot.blocks import offers as offer_blocks
from bot.blocks import privacy as privacy_blocks
from bot.blocks import prompts as prompt_blocks
from bot.blocks import requests as request_blocks
from bot.blocks import rounds as round_blocks
from bot.blocks import suggestions as suggestion_blocks
from bot.blocks import uses as use_blocks
from bot.blocks import witnesses as witness_blocks
from bot.blocks.language import speaking, spoken
from bot.blocks.names import CommandNames
from bot.courier.exports import export_file
from bot.courier.languages import language_for
from bot.courier.lessened import LEFT_OUT, is_left_out
from bot.courier.verdicts import Drop, Hand, Say, TakeAway, TakeBack, Verdict, Wait
from bot.domain.cadence import common_openings, local_day
from bot.domain.goals import WitnessSays
from bot.domain.guides import GuideLibrary
from bot.domain.messages import MessageKind
from bot.domain.offers import LASTS, TopicKind
from bot.domain.pings import is_wanted
from bot.domain.privacy import BACKUP_DAYS, read_counts
from bot.domain.prompts import PromptLibrary
from bot.domain.requests import RequestState
from bot.domain.rounds import CheckInQuestion, Introduction, Met, Share, StillAsked, Taught
from bot.domain.topics import Thesaurus
from bot.services.communities import card_of, first_round_on, may_ask
from bot.services.exports import gather
from bot.services.goals import others_goal
from bot.services.groups import introduction_key
from bot.services.offers import card_of as card_of_topic
from bot.services.requests import card_of as card_of_request
from bot.services.thanks import cards_of, with_lessons, words_of
from bot.services.weekly_note import still_asked
from storage import (
    check_ins,
    communities,
    erasures,
    goals,
    history,
    kudos,
    members,
    notes,
    offers,
    outbox,
    pings,
    prompts,
    requests,
    rounds,
    suggestions,
    uses,
)
from storage.outbox import OutboxMessage, OutboxState
from storage.rounds import Group, Round, SeatState
from storage.vault import NoKeyError, Vault, WrongKeyError

OPENINGS_SHOWN: Final = 2
MOST_FOLDED: Final = 3
# Two that came a month apart and longer ago than this would only bring one note more.
NOTES_REMEMBERED: Final = timedelta(weeks=12)
RETRY_WITHOUT_KEY: Final = timedelta(minutes=1)
NOT_ON_THE_DAY: Final = timedelta(hours=12)
LOOKED_AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Library:
    """What words are made from besides the database.

    Args:
        names: The names of the commands.
        prompts: The prompts to post.
        guides: The conversation guides.
        thesaurus: Knows which words mean the same.
        vault: Opens a person's own private list, for the file with everything about them.
        backup_days: For how long the operator keeps copies of the database.
    """

    names: CommandNames
    prompts: PromptLibrary
    guides: GuideLibrary
    thesaurus: Thesaurus
    vault: Vault = field(default_factory=Vault)
    backup_days: int = BACKUP_DAYS


Renderer = Callable[[Session, OutboxMessage, Library, datetime], Verdict]


def render(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """Ask the rules of a message once more and make its words, in the language of whoever reads them."""
    with speaking(language_for(session, row)):
        return _say(session, row, library, now)


def _say(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    return _RENDERERS[MessageKind(row.kind)](session, row, library, now)


def _community(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    return Say(community_blocks.intro_message(card_of(session, community)))


def _community_for_one(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.reader)
    if membership is not None and membership.part == members.Part.IN:
        return Say(community_blocks.intro_message(card_of(session, community)))
    if not may_ask(session, community, row.reader, now):
        return Drop("would rather not be asked")
    return Say(community_blocks.intro_for_one_message(card_of(session, community)))


def _community_stopped(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    if community.asleep_at is None:
        return Drop("awake again")
    return Say(community_blocks.stopped_message(community.channel_id, library.names))


def _community_refused(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    return Say(community_blocks.refused_message(community.channel_id, row.about))


def _invitation(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    return Say(invitation_blocks.invitation_message(card_of(session, community), row.about))


def _suggestion(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    suggestion = suggestions.find_suggestion(session, row.workspace, row.subject)
    if suggestion is None:
        return Drop("taken back")
    community = communities.get_community(session, row.workspace, suggestion.community_id)
    if row.recipients[0] not in communities.list_facilitators(session, community):
        return Drop("no facilitator any more")
    return Say(
        suggestion_blocks.suggestion_message(
            suggestion.author, community.channel_id, suggestion.proposal, library.names
        )
    )


def _onboarding(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.recipients[0])
    if membership is None or membership.part != members.Part.IN:
        return Drop("left meanwhile")
    return Say(
        member_blocks.onboarding_message(community.channel_id, first_round_on(session, community), library.names)
    )


def _pause_over(_session: Session, _row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    return Say(member_blocks.pause_over_message(library.names))


def _resting(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    membership = members.find_membership(session, community, row.recipients[0])
    if membership is None or membership.part != members.Part.RESTING:
        return Drop("in again, or out")
    return Say(member_blocks.resting_message(community.channel_id))


def _prompt(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    post = prompts.get_post(session, row.workspace, row.subject)
    prompt = library.prompts.in_language(spoken()).prompts.get(post.prompt_id)
    if prompt is None:
        return Drop("the prompt is no longer in the library")
    theme = library.prompts.in_language(prompt.language).themes[prompt.theme]
    taps = prompts.count_taps(session, post)
    return Say(prompt_blocks.prompt_message(prompt, theme, post.id, taps, library.names))


def _prompt_follow_up(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    post = prompts.get_post(session, row.workspace, row.subject)
    prompt = library.prompts.in_language(spoken()).prompts.get(post.prompt_id)
    if prompt is None:
        return Drop("the prompt is no longer in the library")
    return Say(prompt_blocks.follow_up_message(prompt))


def _prompt_quiet(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    community = communities.get_community(session, row.workspace, row.subject)
    return Say(prompt_blocks.quiet_message(community.channel_id, library.names))


def _introduction(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    if seats != sorted(row.recipients):
        return Drop("the group changed")
    its_round = rounds.get_round(session, row.workspace, group.round_id)
    if rounds.get_community(session, its_round).asleep_at is not None:
        return Drop("the community is asleep")
    guide = library.guides.in_language(spoken()).guides[group.guide_ids.split()[0]]
    return Say(round_blocks.introduction_message(_values(session, group, its_round, seats, now), guide))


def _values(session: Session, group: Group, its_round: Round, people: list[str], now: datetime) -> Introduction:
    windows = [person.window for person in members.list_people(session, group.workspace, people)]
    openings = common_openings(windows, now + NOT_ON_THE_DAY, its_round.ends_at)
    return Introduction(
        group_id=group.id,
        people=tuple(people),
        reason=group.reason,
        again_after=_again_after(session, its_round, people),
        guide_id=group.guide_ids.split()[0],
        openings=tuple(openings[:OPENINGS_SHOWN]),
        lessons=_lessons(session, group, now),
        round_number=its_round.number,
    )


def _lessons(session: Session, group: Group, now: datetime) -> tuple[Taught, ...]:
    """Return what the people of a group can show each other, in the teachers' own words, as far as it still holds."""
    found = []
    for lesson in rounds.list_lessons(session, group):
        ends = ((lesson.teacher, TopicKind.OFFER), (lesson.learner, TopicKind.WANT))
        offer, want = (
            offers.find_topic(session, group.workspace, user_id, kind, lesson.topic) for user_id, kind in ends
        )
        if offer is not None and want is not None and min(offer.said_at, want.said_at) >= now - LASTS:
            found.append(Taught(lesson.teacher, lesson.learner, offer.topic))
    return tuple(found)


def _again_after(session: Session, its_round: Round, people: list[str]) -> int | None:
    """Return how many rounds ago any two of these people were last introduced; None when never."""
    last = history.find_last_meeting(session, its_round, people)
    return None if last is None else its_round.number - last


def _no_partner(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    seat = rounds.find_seat(session, row.workspace, row.subject, row.recipients[0])
    if seat is None or seat.state != SeatState.LOOKING:
        return Drop("in a group by now, or out")
    its_round = rounds.get_round(session, row.workspace, row.subject)
    community = rounds.get_community(session, its_round)
    return Say(round_blocks.no_partner_message(community.channel_id, community.id, seat.why_alone, library.names))


def _incomplete(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    its_round = rounds.get_round(session, row.workspace, row.subject)
    community = rounds.get_community(session, its_round)
    if row.recipients[0] not in communities.list_facilitators(session, community):
        return Drop("no facilitator any more")
    unplaced = {cause: int(count) for cause, _, count in (part.partition(":") for part in its_round.unplaced.split())}
    seated = sum(len(group) for group in rounds.list_planned_groups(session, its_round))
    return Say(round_blocks.incomplete_message(community.channel_id, its_round.number, seated, unplaced))


def _halfway(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    if group.booked_at is not None:
        return Drop("booked already")
    if len(rounds.list_seats_of_group(session, group)) < len(row.recipients):
        return Drop("the group changed")
    its_round = rounds.get_round(session, row.workspace, group.round_id)
    return Say(round_blocks.halfway_message(group.id, on_request=its_round.community_id is None))


def _partner_out(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    reader = row.recipients[0]
    if rounds.get_round(session, row.workspace, group.round_id).community_id is None:
        return Say(request_blocks.over_message(row.about))
    if reader in seats:
        still_there = [user_id for user_id in seats if user_id != reader]
        return Say(round_blocks.partner_out_message(group.id, row.about, still_there))
    seat = rounds.find_seat(session, row.workspace, group.round_id, reader)
    if seat is None or seat.state == SeatState.OUT:
        return Drop("out of the group too")
    instead: list[str] = []
    if seat.state == SeatState.SEATED and seat.group_id is not None:
        new = rounds.get_group(session, row.workspace, seat.group_id)
        introduction = outbox.find_message(session, row.workspace, introduction_key(new.id))
        if introduction is not None and introduction.state == OutboxState.SENT:
            # On the day of the first introduction there was no room for this, and on the next the second went first.
            return Drop("introduced to others by now")
        instead = [one.user_id for one in rounds.list_seats_of_group(session, new) if one.user_id != reader]
    return Say(round_blocks.partner_out_message(group.id, row.about, (), instead))


def _unreachable(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    seats = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    others = [user_id for user_id in seats if user_id != row.recipients[0]]
    return Say(round_blocks.unreachable_message(group.id, others))


def _round_skipped(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    its_round = rounds.get_round(session, row.workspace, row.subject)
    community = rounds.get_community(session, its_round)
    next_on = local_day(its_round.ends_at, community.zone)
    return Say(round_blocks.round_skipped_message(community.channel_id, its_round.skipped, next_on))


def _weekly_note(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    asks = still_asked(session, row.workspace, row.recipients[0], now)
    asked = {question.group_id for question in asks.met}
    folded = [
        verdict.message
        for other in pings.list_folded(session, row)
        if (verdict := _still_true(session, other, library, asked, now)) is not None
    ]
    if not asks and not folded:
        return Drop("nothing to say")
    if not folded and not _is_wanted(session, row, now):
        return Drop("two were ignored, so one a month")
    if not folded and is_left_out(session, row, now):
        return Drop(LEFT_OUT)
    return Say(check_in_blocks.note_message(asks, folded[:MOST_FOLDED]))


def _is_wanted(session: Session, row: OutboxMessage, now: datetime) -> bool:
    reader = row.recipients[0]
    received = pings.list_received(session, row.workspace, reader, now - NOTES_REMEMBERED)
    notes = [ping.pinged_at for ping, sent in received if sent.kind == MessageKind.WEEKLY_NOTE and sent.id != row.id]
    answers = (
        check_ins.find_last_answered_at(session, row.workspace, reader),
        goals.find_last_answer(session, row.workspace, reader),
        uses.find_last_answer(session, row.workspace, reader),
    )
    return is_wanted(notes, max((at for at in answers if at), default=None), now)


def _still_true(session: Session, row: OutboxMessage, library: Library, asked: set[int], now: datetime) -> Say | None:
    """Make the words of a message that moved into a weekly note; None when there is no more need for them."""
    if row.kind == MessageKind.HALFWAY:
        group = rounds.get_group(session, row.workspace, row.subject)
        # Whoever is asked whether they met needs no other question.
        is_over = group.id in asked or rounds.get_round(session, row.workspace, group.round_id).ends_at <= now
    else:
        is_over = row.not_after is not None and row.not_after < now
    # In the language of the note: the message itself may have been meant for a whole group.
    verdict = None if is_over else _say(session, row, library, now)
    return verdict if isinstance(verdict, Say) else None


def _met_later(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    reader = row.recipients[0]
    check_in = check_ins.find_own(session, group.workspace, group.id, reader)
    if check_in is None or check_in.met != Met.BOOKED:
        return Drop("answered meanwhile")
    others = tuple(one for one in rounds.list_introduced(session, group) if one != reader)
    return Say(check_in_blocks.note_message(StillAsked((CheckInQuestion(group.id, others),))))


def _takeaway(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    check_in = check_ins.get_check_in(session, row.workspace, row.subject)
    meant_for = Share.PARTNER if row.recipients else Share.CHANNEL
    if not check_in.takeaway or check_in.takeaway_for != meant_for:
        return Drop("taken back")
    return Say(check_in_blocks.takeaway_message(check_in.user_id, check_in.takeaway))


def _kudos(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    post = kudos.find_post(session, row.workspace, row.subject)
    if post is None:
        return Drop("taken back")
    cards = cards_of(session, post)
    if post.reader:
        return Say(kudos_blocks.private_message(cards))
    return Say(kudos_blocks.kudos_message(with_lessons(session, library.thesaurus, post, cards, now)))


def _note(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    note = notes.find_note(session, row.workspace, row.subject)
    if note is None or note.channel_id != row.channel_id:
        return Drop("taken back")
    return Say(note_blocks.shared_message(note.owner, note.text, note.link))


def _use(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    check = uses.find_use(session, row.workspace, row.subject)
    if check is None or not check.is_for_channel or check.channel_id != row.channel_id:
        return Drop("taken back")
    return Say(use_blocks.shared_message(check.owner, check.line, check.id))


def _removed(_session: Session, _row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    return TakeAway()


def _kudos_moved(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    given = kudos.get_kudos(session, row.workspace, row.subject)
    receivers = [one.user_id for one in kudos.list_receivers(session, given)]
    if given.community_id is None or not receivers:
        return Drop("taken back")
    community = communities.get_community(session, row.workspace, given.community_id)
    return Say(kudos_blocks.moved_message(community.channel_id, words_of(given, receivers)))


def _goal_help(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    found = goals.find_check_with_goal(session, row.workspace, row.subject)
    if found is None or not found[1].question:
        return Drop("taken back")
    goal, check = found
    return Say(goal_check_blocks.help_message(goal.owner, check.question))


def _witness_asked(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    goal = goals.find_goal(session, row.workspace, row.subject)
    reader = row.recipients[0]
    if goal is None or not goal.is_open or (goal.witness, goal.witness_says) != (reader, WitnessSays.ASKED):
        return Drop("not asked any more")
    person = members.find_person(session, row.workspace, reader)
    if person is not None and not person.witness_ok:
        return Drop("does not want to be asked")
    return Say(witness_blocks.asked_message(goal.owner, goal.id, library.names))


def _witness_says(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    goal = goals.find_goal(session, row.workspace, row.subject)
    if goal is None or not goal.is_open or goal.witness != row.about:
        return Drop("somebody else is the witness by now, or nobody")
    if goal.witness_says == WitnessSays.YES:
        return Say(witness_blocks.agreed_message(row.about, others_goal(goal)))
    return Say(witness_blocks.declined_message(row.about, others_goal(goal), goal.id))


def _witness_told(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    goal = goals.find_goal(session, row.workspace, row.subject)
    if (
        goal is None
        or goal.done_at is None
        or (goal.witness, goal.witness_says) != (row.recipients[0], WitnessSays.YES)
    ):
        return Drop("open again, or no witness any more")
    return Say(witness_blocks.told_message(others_goal(goal)))


def _export(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    try:
        told = gather(session, library.vault, row.workspace, row.recipients[0], now)
    except (NoKeyError, WrongKeyError):
        # Another process may have the key.
        return Wait(now + RETRY_WITHOUT_KEY)
    return Hand(export_file(told), privacy_blocks.export_message(), privacy_blocks.no_files_message(library.names))


def _export_removed(_session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    return TakeBack(row.about)


def _erased(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    record = erasures.find_erasure(session, row.workspace, row.subject)
    if record is None:
        return Drop("the record of the erasure is gone")
    language, _, counts = row.about.partition(" ")
    with speaking(language):
        words = privacy_blocks.erased_message(read_counts(counts), library.backup_days, library.names)
    return Say(words, to=record.user_id)


def _request(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    request = requests.get_request(session, row.workspace, row.subject)
    if request.state != RequestState.OPEN:
        return Drop("over by now")
    return Say(request_blocks.request_message(card_of_request(session, request)))


def _request_introduction(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    group = rounds.get_group(session, row.workspace, row.subject)
    request = requests.find_by_group(session, row.workspace, group.id)
    if request is None or len(rounds.list_seats_of_group(session, group)) < len(row.recipients):
        return Drop("called off")
    windows = [person.window for person in members.list_people(session, row.workspace, row.recipients)]
    openings = common_openings(windows, now + NOT_ON_THE_DAY, now + LOOKED_AHEAD)[:OPENINGS_SHOWN]
    guide = library.guides.in_language(spoken()).guides[group.guide_ids.split()[0]]
    return Say(request_blocks.introduction_message(card_of_request(session, request), group.id, guide, openings))


def _no_luck(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    request = requests.get_request(session, row.workspace, row.subject)
    return Say(request_blocks.no_luck_message(request.topic, TopicKind(request.kind), int(row.about)))


def _request_off(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    request = requests.get_request(session, row.workspace, row.subject)
    return Say(request_blocks.off_message(card_of_request(session, request), row.recipients[0]))


def _still_true_topic(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    topic = offers.find_by_id(session, row.workspace, row.subject)
    if topic is None or topic.asked_at is None or topic.said_at < now - LASTS:
        return Drop("taken back, said again or over")
    return Say(offer_blocks.still_true_message(card_of_topic(topic)))


def _topic_match(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    want, offer = (offers.find_by_id(session, row.workspace, one) for one in (row.subject, int(row.about)))
    if want is None or offer is None or not offer.findable or min(want.said_at, offer.said_at) < now - LASTS:
        return Drop("no longer wanted or offered")
    if requests.find_last_between(session, row.workspace, want.user_id, offer.user_id) is not None:
        return Drop("asked already")
    return Say(offer_blocks.match_message(card_of_topic(offer)))


_RENDERERS: Mapping[MessageKind, Renderer] = {
    MessageKind.COMMUNITY_INTRO: _community,
    MessageKind.COMMUNITY_INTRO_EDIT: _community,
    MessageKind.COMMUNITY_INTRO_FOR_ONE: _community_for_one,
    MessageKind.COMMUNITY_STOPPED: _community_stopped,
    MessageKind.COMMUNITY_REFUSED: _community_refused,
    MessageKind.COMMUNITY_INVITATION: _invitation,
    MessageKind.SUGGESTION: _suggestion,
    MessageKind.ONBOARDING: _onboarding,
    MessageKind.PAUSE_OVER: _pause_over,
    MessageKind.RESTING: _resting,
    MessageKind.PROMPT: _prompt,
    MessageKind.PROMPT_EDIT: _prompt,
    MessageKind.PROMPT_FOLLOW_UP: _prompt_follow_up,
    MessageKind.PROMPT_QUIET: _prompt_quiet,
    MessageKind.INTRODUCTION: _introduction,
    MessageKind.NO_PARTNER: _no_partner,
    MessageKind.HALFWAY: _halfway,
    MessageKind.PARTNER_OUT: _partner_out,
    MessageKind.PARTNER_UNREACHABLE: _unreachable,
    MessageKind.ROUND_SKIPPED: _round_skipped,
    MessageKind.ROUND_INCOMPLETE: _incomplete,
    MessageKind.WEEKLY_NOTE: _weekly_note,
    MessageKind.MET_LATER: _met_later,
    MessageKind.TAKEAWAY_SHARED: _takeaway,
    MessageKind.KUDOS: _kudos,
    MessageKind.KUDOS_PRIVATE: _kudos,
    MessageKind.KUDOS_EDIT: _kudos,
    MessageKind.KUDOS_MOVED: _kudos_moved,
    MessageKind.KUDOS_REMOVED: _removed,
    MessageKind.USE_SHARED: _use,
    MessageKind.USE_REMOVED: _removed,
    MessageKind.NOTE_SHARED: _note,
    MessageKind.NOTE_EDIT: _note,
    MessageKind.NOTE_REMOVED: _removed,
    MessageKind.GOAL_HELP: _goal_help,
    MessageKind.WITNESS_ASKED: _witness_asked,
    MessageKind.WITNESS_SAYS: _witness_says,
    MessageKind.WITNESS_TOLD: _witness_told,
    MessageKind.EXPORT: _export,
    MessageKind.EXPORT_REMOVED: _export_removed,
    MessageKind.ERASED: _erased,
    MessageKind.REQUEST: _request,
    MessageKind.REQUEST_INTRODUCTION: _request_introduction,
    MessageKind.REQUEST_NO_LUCK: _no_luck,
    MessageKind.REQUEST_OFF: _request_off,
    MessageKind.TOPIC_STILL_TRUE: _still_true_topic,
    MessageKind.TOPIC_MATCH: _topic_match,
}
assert set(_RENDERERS) == set(MessageKind)  # noqa: S101 - a kind without words must not start
