"""Everything that people are shown, built with the longest names and texts that the forms accept."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from bot.blocks import (
    check_ins,
    communities,
    delivery,
    errors,
    goal_checks,
    goals,
    home,
    hub,
    invitations,
    kudos,
    members,
    notes,
    offers,
    pings,
    privacy,
    prompts,
    requests,
    rounds,
    settings,
    suggestions,
    tryout,
    uses,
    witnesses,
)
from bot.blocks.block_kit import Message
from bot.blocks.export import TITLES
from bot.blocks.help import HELPED, topic_help
from bot.blocks.kudos import Pending
from bot.blocks.language import spoken
from bot.blocks.names import CommandNames
from bot.domain.commands import COMMANDS, Typed
from bot.domain.communities import MAX_PURPOSE, MOST_VALUES, CommunityCard, Rhythm
from bot.domain.errors import Problem, Refusal
from bot.domain.goals import (
    MAX_EVIDENCE,
    MAX_HELP,
    MAX_LINE,
    MAX_TITLE,
    MOST_SHARED,
    CheckRef,
    GoalAnswered,
    GoalCard,
    GoalForm,
    GoalHelp,
    GoalQuestion,
    OthersGoal,
    Progress,
    Visibility,
    WitnessSays,
)
from bot.domain.guides import Guide
from bot.domain.home import (
    MOST_THANKS,
    LookedAfter,
    Overview,
    Participation,
    PartOfDay,
    PingLog,
    PromptOfWeek,
    Received,
)
from bot.domain.kudos import (
    MAX_DEED,
    MAX_EFFECT,
    MAX_LINK,
    MAX_PEOPLE,
    MAX_TAG,
    MOST_TOGETHER,
    Draft,
    Given,
    Hints,
    Places,
    Thanks,
    ThanksCard,
    has_room,
)
from bot.domain.languages import MEETING_LANGUAGES
from bot.domain.messages import INTRODUCTIONS, RULES, Came, Concerned, Undelivered
from bot.domain.notes import MAX_NOTE, MOST_AT_HOME, MOST_LISTED, NoteCard, NoteForm, Notes
from bot.domain.offers import (
    MAX_SENTENCE,
    MAX_TOPIC,
    MOST_FOUND,
    MOST_OPEN,
    Before,
    Found,
    TopicCard,
    TopicForm,
    TopicKind,
    TopicSaved,
    TopicsOverview,
)
from bot.domain.pairing import Cause
from bot.domain.pings import RANKS, REDUCIBLE
from bot.domain.precision import Precision
from bot.domain.prompts import Prompt, TapKind
from bot.domain.requests import MOST_OPEN_REQUESTS, RequestCard, RequestState
from bot.domain.results import Coming
from bot.domain.rounds import (
    Answered,
    CheckInQuestion,
    GroupCard,
    Introduction,
    Met,
    RoundPreview,
    RoundStatus,
    Share,
    Standing,
    StillAsked,
    Taught,
    Worth,
    WouldHelp,
)
from bot.domain.schedule import ABOUT_A_COMMUNITY, DueKind
from bot.domain.settings import MAX_TEAM, MOST_BLOCKED, MOST_LANGUAGES, PersonSettings
from bot.domain.suggestions import MAX_SUGGESTION
from bot.domain.uses import MAX_LINE as MAX_USE_LINE
from bot.domain.uses import Source, UseAnswered, Used, UseQuestion, UseShare
from bot.library import load_guides, load_prompts

Json = dict[str, Any]

# Every character of it is longer once it is escaped, and it tries to call a channel.
HOSTILE = "<!channel> & <b> "
LONGEST_ID = "U0ABCDEFGHIJ"
CHANNEL = "C0ABCDEFGHIJ"
DAY = date(2026, 9, 30)
MOMENT = datetime(2026, 9, 30, 13, 30, tzinfo=UTC)
TYPED = 3_000


def full(length: int) -> str:
    """Hostile text of this many characters, none of them at the end lost by trimming."""
    return (HOSTILE * (length // len(HOSTILE) + 1))[: length - 1] + "&"


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"{LONGEST_ID}{number}" for number in range(count))


CARD = CommunityCard(
    community_id=1,
    channel_id=CHANNEL,
    purpose=full(MAX_PURPOSE),
    rhythm=Rhythm(2, time(10, 30), 4),
    zone="America/Argentina/ComodRivadavia",
    facilitators=ids(5),
    first_round_on=DAY,
    next_prompt_on=DAY,
)
TARGET = f"close 20 deals {full(MAX_TITLE - 15)}"
GOALS = [
    GoalCard(
        goal_id=10**9 + number,
        number=number,
        title=TARGET,
        evidence=full(MAX_EVIDENCE),
        due_on=DAY,
        plan=full(MAX_LINE),
        set_on=DAY,
        why=full(MAX_LINE),
        visibility=visibility,
        witness=LONGEST_ID,
        witness_says=says,
        check_weeks=2,
    )
    for number, (visibility, says) in enumerate(
        (
            (Visibility.COMMUNITY, WitnessSays.ASKED),
            (Visibility.WITNESS, WitnessSays.YES),
            (Visibility.COMMUNITY, WitnessSays.NO),
        ),
        start=1,
    )
]
PRIVATE_GOAL = replace(GOALS[0], visibility=Visibility.ME, witness="", witness_says=WitnessSays.NOTHING)
ENDED_GOALS = [replace(goal, number=0, line=line) for goal in GOALS[:2] for line in ("", full(MAX_LINE))]
OTHERS_GOALS = [OthersGoal(LONGEST_ID, full(MAX_TITLE), DAY, full(MAX_EVIDENCE))] * MOST_SHARED
EVERYTHING_ERASED = dict.fromkeys(TITLES, 10**5)
EVERY_CAUSE = {str(cause): 10**5 for cause in Cause}
TOPICS = tuple(
    TopicCard(10**9 + n, kind, full(MAX_TOPIC), 60 if kind is TopicKind.OFFER else None, DAY)
    for kind in TopicKind
    for n in range(MOST_OPEN)
)
FOUND = tuple(
    Found(10**9 + n, f"{LONGEST_ID}{n}", TopicKind.OFFER, full(MAX_TOPIC), 60, full(MAX_SENTENCE), was_asked=n == 0)
    for n in range(MOST_FOUND)
)
OFFERED = TopicSaved(
    TOPICS[0], 10**5, FOUND, Before(full(MAX_TOPIC), 60, full(MAX_SENTENCE), findable=True, said_at=MOMENT)
)
REQUESTS = {
    kind: RequestCard(10**9, f"{LONGEST_ID}1", f"{LONGEST_ID}2", kind, full(MAX_TOPIC), DAY) for kind in TopicKind
}
WANTED = TopicSaved(TOPICS[-1], found=FOUND)
OWN = PersonSettings(
    full(MAX_TEAM),
    LONGEST_ID,
    4,
    writing_ok=True,
    meets_in=frozenset(sorted(MEETING_LANGUAGES, key=lambda one: len(MEETING_LANGUAGES[one]))[-MOST_LANGUAGES:]),
    days=frozenset({0, 1, 2, 3, 5, 6}),
    note_weekday=2,
)
PREVIEW = RoundPreview(CHANNEL, 10**6, DAY, 10**5, {2: 10**5, 3: 1}, 0.5, 10**5, 10**5, EVERY_CAUSE, 10**5, 10**5)
STATUS = RoundStatus(CHANNEL, 10**6, DAY, "", 10**5, 10**5, 10**5, 10**5, 10**5, DAY)
LINK = f"https://a.bc/?{'&' * (MAX_LINK - 14)}"
THANKS = Thanks(ids(MAX_PEOPLE), full(MAX_DEED), full(MAX_EFFECT), full(MAX_TAG), LINK)
TOO_MUCH = Pending(
    Thanks(ids(6), full(TYPED), full(TYPED), full(TYPED), LINK * 4), CHANNEL, CHANNEL, "heard:" + "1" * 40
)
VALUES = tuple(f"{number}{'&' * 29}"[:MAX_TAG] for number in range(MOST_VALUES))
PLACES = Places(CHANNEL, tuple(f"{CHANNEL}{number}" for number in range(20)), {CHANNEL: VALUES})
ONE_PLACE = Places("", (CHANNEL,), {CHANNEL: VALUES})
HINTS = Hints(Precision(deed=False, effect=False, anchor=False), (LONGEST_ID, DAY), 2)
FEW = Hints(Precision(deed=False, effect=True, anchor=True), None, 1)
PRECISE = Hints(Precision(deed=True, effect=True, anchor=True))
THANKED = ThanksCard(10**9, LONGEST_ID, THANKS, ids(100), frozenset(ids(1)), ((10**9, full(MAX_TOPIC)),) * 3)


def together() -> list[ThanksCard]:
    """As many thanks as fit into one message, each as long as lets them fit."""
    short = replace(THANKED, thanks=Thanks(ids(5), "x" * 60, "y" * 40, "z" * MAX_TAG, "https://a.bc"))
    long = replace(THANKED, thanks=Thanks(ids(5), full(MAX_DEED), full(MAX_EFFECT)))
    cards: list[ThanksCard] = []
    for number in range(MOST_TOGETHER):
        for card in (long, short):
            if has_room([one.thanks for one in cards], card.thanks):
                cards.append(replace(card, kudos_id=10**9 + number))
                break
    return cards


PROMPTS, GUIDES = load_prompts(), load_guides()
LONGEST_PROMPT = max(PROMPTS.prompts.values(), key=lambda prompt: len(prompt.text))
LONGEST_GUIDE = max(GUIDES.guides.values(), key=lambda guide: len(str(guide)))


def longest_prompt() -> Prompt:
    """The longest prompt in the language spoken now."""
    return max(PROMPTS.in_language(spoken()).prompts.values(), key=lambda prompt: len(prompt.text))


def longest_guides() -> list[Guide]:
    """The guides in the language spoken now, the longest first."""
    return sorted(GUIDES.in_language(spoken()).guides.values(), key=lambda guide: -len(str(guide)))


GROUP = GroupCard(
    group_id=10**9,
    channel_id=CHANNEL,
    standing=Standing.SEATED,
    others=ids(2),
    reason="looking",
    guide_ids=(LONGEST_GUIDE.id,),
    ends_on=DAY,
    booked=True,
)
ON_REQUEST = replace(GROUP, channel_id="", others=ids(1))
MET_QUESTIONS = (CheckInQuestion(10**9, ids(2)), CheckInQuestion(10**9 + 1, ids(1)))
CHECK_REF = CheckRef(10**9, DAY)
GOAL_QUESTION = GoalQuestion(CHECK_REF, full(MAX_TITLE), DAY, full(MAX_LINE))
HELP = GoalHelp(ids(4), (CHANNEL,) * 30)
GOAL_ANSWERED = GoalAnswered(CHECK_REF, GOALS[1], Progress.STUCK, full(MAX_LINE), full(MAX_HELP), HELP, DAY)
NOTE = NoteCard(10**9, full(MAX_NOTE), LINK, DAY, asks=True, channel_id=CHANNEL)
PRIVATE_NOTE = NoteCard(10**9, full(MAX_NOTE), "", DAY, asks=False, channel_id="")
USE_QUESTION = UseQuestion(10**9, Source.NOTE, full(MAX_NOTE), 3)
USED = UseAnswered(10**9, Source.NOTE, 10**9, full(MAX_NOTE), Used.YES, channels=(CHANNEL, *ids(30)))
USED_LINE = replace(USED, line=full(MAX_USE_LINE), share=UseShare.CHANNEL, channel_id=CHANNEL)
FULL_OVERVIEW = Overview(
    taking_part=tuple(Participation(CHANNEL, DAY) for _ in range(5)),
    groups=(GROUP,) * 3,
    on_request=(ON_REQUEST,) * 30,
    goals=tuple(GOALS),
    prompts=tuple(PromptOfWeek(CHANNEL, LONGEST_PROMPT.id) for _ in range(5)),
    paused_until=DAY,
    open_channels=(CHANNEL,) * 30,
    goal_question=GOAL_QUESTION,
    user_id=LONGEST_ID,
    topics=tuple(replace(card, introductions=10**5, offered_by=MOST_FOUND) for card in TOPICS),
    thanks=(THANKED,) * 4,
    asked=REQUESTS[TopicKind.OFFER],
    asking=tuple(replace(REQUESTS[TopicKind.WANT], request_id=10**9 + number) for number in range(MOST_OPEN_REQUESTS)),
    looks_after=(LookedAfter(STATUS, DAY),) * 30,
    notes=Notes((NOTE,) * MOST_AT_HOME, 10**9),
    use_question=USE_QUESTION,
)
NEW_OVERVIEW = Overview((), (), (), (), None, (CHANNEL,) * 30, user_id=LONGEST_ID)
LESSONS = tuple(Taught(f"{LONGEST_ID}1", f"{LONGEST_ID}2", full(MAX_TOPIC)) for _ in range(3))
ANSWERED = Answered(10**9, ids(2), CHANNEL, Met.YES, Worth.USE, first_time=True, takeaway=full(200))

# Everything any sentence of a refusal may name.
DETAILS = {
    "here": CHANNEL,
    "channel": CHANNEL,
    "people": " ".join(ids(5)),
    "person": full(60),
    "typed": full(TYPED),
    "one": "2026-09-30",
    "other": "2026-10-30",
    "last": "2026-09-30",
    "next": "2026-09-30",
    "length": "3000",
    "limit": "300",
    "wanted": "join",
    "values": " ".join(VALUES),
    "start": "09:30",
    "end": "16:30",
    "until": "2026-09-30",
}


UNDELIVERED = {
    f"{kind} to {place or 'people'}": Undelivered(10**9, kind, place, ids(5))
    for kind, rule in RULES.items()
    if rule.asks is not Concerned.NOBODY
    for place in ("", CHANNEL)
}
GIVEN_UP = {
    f"{name}{' in time' if is_late else ''}": replace(one, is_given_up=True, is_late=is_late)
    for name, one in UNDELIVERED.items()
    for is_late in (False, True)
} | {
    f"{name} at a place unknown": replace(one, is_given_up=True, is_place_unknown=True)
    for name, one in UNDELIVERED.items()
    if RULES[one.kind].removes
}


def sent_unasked(names: CommandNames) -> dict[str, Message]:
    """What the bot sends by itself: to channels, groups and people."""
    openings = ((MOMENT, MOMENT), (MOMENT, MOMENT))
    introductions = {
        f"introduction {people} {reason} {again}": rounds.introduction_message(
            Introduction(10**9, ids(people), reason, again, LONGEST_GUIDE.id, openings, LESSONS), longest_guides()[0]
        )
        for people in (2, 5)
        for reason, again in (
            ("lot", None),
            ("lot", 100),
            ("looking", None),
            ("swap", 100),
            ("ring", 100),
            ("lesson", 100),
        )
    }
    taps = {str(kind): 1_000 for kind in TapKind}
    return introductions | {
        "channel introduction": communities.intro_message(CARD),
        "onboarding": members.onboarding_message(CHANNEL, DAY, names),
        "pause over": members.pause_over_message(names),
        "resting": members.resting_message(CHANNEL),
        "channel introduction for one": communities.intro_for_one_message(CARD),
        "prompt": prompts.prompt_message(
            longest_prompt(), max(PROMPTS.in_language(spoken()).themes.values(), key=len), 10**9, taps, names
        ),
        "prompt follow-up": prompts.follow_up_message(
            max(PROMPTS.in_language(spoken()).prompts.values(), key=lambda one: len(one.follow_up))
        ),
        "prompt quiet": prompts.quiet_message(CHANNEL, names),
        "halfway": rounds.halfway_message(10**9),
        "halfway, on request": rounds.halfway_message(10**9, on_request=True),
        "partner out": rounds.partner_out_message(10**9, LONGEST_ID, ()),
        "partner out, others stay": rounds.partner_out_message(10**9, LONGEST_ID, ids(2)),
        "unreachable": rounds.unreachable_message(10**9, ids(2)),
        "unreachable, nobody named": rounds.unreachable_message(10**9, ()),
        "round skipped, away": rounds.round_skipped_message(CHANNEL, "away", DAY),
        "partner out, another found": rounds.partner_out_message(10**9, LONGEST_ID, (), ids(4)),
        "no partner": rounds.no_partner_message(CHANNEL, 10**9, "", names),
        "no partner, hours": rounds.no_partner_message(CHANNEL, 10**9, "hours", names),
        "no partner, language": rounds.no_partner_message(CHANNEL, 10**9, "language", names),
        "round incomplete": rounds.incomplete_message(CHANNEL, 10**6, 10**5, EVERY_CAUSE),
        "round skipped, by word": rounds.round_skipped_message(CHANNEL, "facilitator", DAY),
        "round held after all": rounds.round_held_message(CHANNEL, DAY),
        "round skipped, late": rounds.round_skipped_message(CHANNEL, "late", DAY),
        "weekly note": check_ins.note_message(StillAsked(MET_QUESTIONS)),
        "weekly note, folded": check_ins.note_message(
            StillAsked(), [members.pause_over_message(names), rounds.halfway_message(1)]
        ),
        "takeaway shared": check_ins.takeaway_message(LONGEST_ID, full(200)),
        "kudos": kudos.kudos_message([THANKED]),
        "kudos, together": kudos.kudos_message(together()),
        "kudos, privately": kudos.private_message([THANKED]),
        "kudos, privately together": kudos.private_message(together()),
        "kudos, moved": kudos.moved_message(CHANNEL, THANKS),
        "weekly note, a goal": check_ins.note_message(StillAsked(goal=GOAL_QUESTION)),
        **{
            f"weekly note, used {source}": check_ins.note_message(StillAsked(used=replace(USE_QUESTION, source=source)))
            for source in Source
        },
        "use shared": uses.shared_message(LONGEST_ID, full(MAX_USE_LINE), 10**9),
        "note shared": notes.shared_message(LONGEST_ID, full(MAX_NOTE), LINK),
        "goal help": goal_checks.help_message(LONGEST_ID, full(MAX_HELP)),
        "witness asked": witnesses.asked_message(LONGEST_ID, 10**9, names),
        "witness says yes": witnesses.agreed_message(LONGEST_ID, OTHERS_GOALS[0]),
        "witness says no": witnesses.declined_message(LONGEST_ID, OTHERS_GOALS[0], 10**9),
        "witness told": witnesses.told_message(OTHERS_GOALS[0]),
        "export": privacy.export_message(),
        "export, no files": privacy.no_files_message(names),
        "erased": privacy.erased_message(EVERYTHING_ERASED, 3_650, names),
        "erased, nothing": privacy.erased_message({}, 1, names),
        **{f"request because of {kind}": requests.request_message(one) for kind, one in REQUESTS.items()},
        **{
            f"introduction on request, {kind}": requests.introduction_message(one, 10**9, longest_guides()[0], openings)
            for kind, one in REQUESTS.items()
        },
        **{
            f"no luck, {number} others": requests.no_luck_message(full(MAX_TOPIC), TopicKind.OFFER, number)
            for number in (0, 1, 5)
        },
        "no luck, with a want": requests.no_luck_message(full(MAX_TOPIC), TopicKind.WANT, 0),
        "request agreed, told to who asked": requests.agreed_message(
            replace(REQUESTS[TopicKind.OFFER], coming=Coming(MOMENT, (f"{LONGEST_ID}1",)))
        ),
        "request over": requests.over_message(LONGEST_ID),
        "request off": requests.off_message(REQUESTS[TopicKind.OFFER], f"{LONGEST_ID}1", is_paused=False),
        "request off, in a pause": requests.off_message(REQUESTS[TopicKind.WANT], LONGEST_ID, is_paused=True),
        **{f"still true, {one.kind}": offers.still_true_message(one) for one in (TOPICS[0], TOPICS[-1])},
        "match": offers.match_message(TOPICS[0]),
        "invitation": invitations.invitation_message(CARD, LONGEST_ID),
        "suggestion": suggestions.suggestion_message(LONGEST_ID, CHANNEL, full(MAX_SUGGESTION), names),
        "community stopped": communities.stopped_message(CHANNEL, names),
        **{
            f"community failing, {kind}": communities.failing_message(CHANNEL, kind, MOMENT)
            for kind in (*sorted(ABOUT_A_COMMUNITY), DueKind.PROMPT_FOLLOW_UP)
        },
        "community refused": communities.refused_message(CHANNEL, "restricted_action_read_only_channel"),
        "awake": communities.awake_message(CHANNEL),
        "invited": communities.invited_message(CHANNEL, names),
        **{f"asked whether it arrived, {name}": delivery.asked_message(one) for name, one in UNDELIVERED.items()},
        **{f"too late, {name}": delivery.not_delivered_message(one) for name, one in GIVEN_UP.items()},
        **{f"never known, {name}": delivery.never_known_message(one) for name, one in UNDELIVERED.items()},
        **{f"answer lost, {came}": delivery.answer_lost_message(came, "abc123", names) for came in Came},
    }


def replies(names: CommandNames) -> dict[str, Message]:
    """What the bot answers to what somebody does, besides refusals."""
    answered = {
        f"answered {met}": check_ins.met_reply(Answered(10**9, ids(2), CHANNEL, met, None, None, "")) for met in Met
    }
    return answered | {
        **{f"posted again, {name}": delivery.again_reply(one) for name, one in UNDELIVERED.items()},
        **{
            f"given up, {name}": delivery.again_reply(replace(one, is_given_up=True))
            for name, one in UNDELIVERED.items()
        },
        "arrived": delivery.settled_reply(),
        "answered all": check_ins.met_reply(ANSWERED),
        "booked for": check_ins.booked_for_reply(StillAsked()),
        **{f"help {what}": check_ins.help_reply(what, StillAsked()) for what in WouldHelp},
        **{f"takeaway kept {share}": check_ins.takeaway_kept(full(200), share) for share in Share},
        "card": communities.card_message(CARD, names),
        "which to join": communities.which_to_join((CHANNEL,) * 30),
        "which to show": communities.which_to_show((CHANNEL,) * 30),
        "set up": communities.set_up_reply(CHANNEL, is_new=True),
        "changed": communities.set_up_reply(CHANNEL, is_new=False),
        "goal offer": goals.form_offer(full(TYPED)),
        "goal set": goals.goal_set_reply(PRIVATE_GOAL, names),
        "goal set, witness": goals.goal_set_reply(GOALS[1], names),
        "goal set, community": goals.goal_set_reply(GOALS[0], names),
        "goals": goals.goals_reply(GOALS, names, OTHERS_GOALS),
        "no goals": goals.goals_reply([], names),
        "which goal is done": goals.which_goal(GOALS, done=True),
        "which goal is dropped": goals.which_goal(GOALS, done=False),
        "kudos offer": kudos.form_offer(TOO_MUCH),
        "kudos preview, here": kudos.preview_message(PLACES, Pending(THANKS, CHANNEL), LONGEST_ID, HINTS),
        "kudos preview, elsewhere": kudos.preview_message(ONE_PLACE, Pending(THANKS), LONGEST_ID, FEW),
        "kudos preview, nowhere": kudos.preview_message(Places(), Pending(THANKS), LONGEST_ID, PRECISE),
        "kudos given": kudos.given_reply(Given(10**9, ids(4), ids(1), CHANNEL, None, HINTS)),
        "kudos given, later": kudos.given_reply(Given(10**9, ids(5), (), CHANNEL, MOMENT, FEW)),
        "kudos given, privately": kudos.given_reply(Given(10**9, (), ids(5), "", None, PRECISE)),
        "kudos undone": kudos.undone_reply(THANKS),
        "kudos reworded": kudos.reworded_reply(PRECISE.precision),
        "me too": kudos.me_too_reply(10**9, is_new=True),
        "me too, again": kudos.me_too_reply(10**9, is_new=False),
        "not me too": kudos.not_me_too_reply(),
        "kudos taken down": kudos.taken_down_reply(),
        "kudos to keep": kudos.keep_offer(TOO_MUCH),
        "kudos kept": kudos.kept_reply(10**9, names),
        "kudos draft": kudos.draft_message(Draft(10**9, TOO_MUCH.thanks, DAY)),
        "kudos discarded": kudos.discarded_reply(),
        **{f"goal done {n}": goals.done_reply(goal) for n, goal in enumerate(ENDED_GOALS)},
        **{f"goal dropped {n}": goals.dropped_reply(goal) for n, goal in enumerate(ENDED_GOALS[:2])},
        **{f"goal ended {n}": goals.ended_reply(goal) for n, goal in enumerate(ENDED_GOALS)},
        "goal done, line kept": goals.ended_reply(replace(ENDED_GOALS[1], is_done=True)),
        **{
            f"goal check {one}": goal_checks.answered_reply(
                replace(GOAL_ANSWERED, progress=one, line=line), StillAsked()
            )
            for one, line in zip(Progress, ("", *[full(MAX_LINE)] * 4), strict=True)
        },
        "goal check, stuck": goal_checks.answered_reply(replace(GOAL_ANSWERED, line=""), StillAsked(MET_QUESTIONS[:1])),
        "goal check, never again": goal_checks.answered_reply(
            replace(GOAL_ANSWERED, progress=Progress.LATER, next_on=None), StillAsked(goal=GOAL_QUESTION)
        ),
        "goal check, which channel": goal_checks.which_channel(GOAL_ANSWERED),
        "goal check, line kept": goal_checks.line_kept(GOAL_ANSWERED),
        "goal check, no line": goal_checks.line_kept(replace(GOAL_ANSWERED, line="")),
        "goal help asked": goal_checks.asked_reply(CHANNEL),
        "goal help asked, buddy": goal_checks.asked_reply(""),
        "goal open again": goals.reopened_reply(GOALS[0]),
        "witness agreed": witnesses.agreed_reply(OTHERS_GOALS[0], 10**9),
        "witness declined": witnesses.declined_reply(LONGEST_ID),
        "witness hears of it": witnesses.told_reply(LONGEST_ID),
        "joined": members.joined_reply(CHANNEL, DAY, names, is_new=False, is_paused=True),
        "joined, late": members.joined_reply(CHANNEL, DAY, names, is_new=True, is_paused=False, is_looking=True),
        "joined, too few": members.joined_reply(CHANNEL, None, names, is_new=True, is_paused=False),
        "left": members.left_reply((CHANNEL,) * 20),
        "left one": members.left_reply((CHANNEL,)),
        "left nothing": members.left_reply((), (CHANNEL,) * 20),
        "which to leave": members.which_to_leave((CHANNEL,) * 30),
        "pause choices": members.pause_choices(),
        "paused": members.paused_reply(DAY, names),
        "paused, goals": members.paused_reply(DAY, names, 182),
        "goals moved": members.moved_reply(3, 182),
        "no goals moved": members.moved_reply(0, 182),
        "stays out": members.rests_reply(names, is_out=True),
        "only when asked": members.rests_reply(names, is_out=False),
        **{
            f"not asked {number}": communities.declined_reply(CHANNEL, names, was_in=number == 2, for_good=number == 1)
            for number in range(3)
        },
        **{f"less of {kind}": pings.lessened_reply(kind) for kind in REDUCIBLE},
        **{f"tryout {step}": tryout.tryout_message(step, LONGEST_ID, PROMPTS, GUIDES, names) for step in tryout.STEPS},
        "paused, open end": members.paused_reply(None, names),
        "resumed": members.resumed_reply(was_paused=True),
        "was not paused": members.resumed_reply(was_paused=False),
        "messages": pings.log_message(PingLog(3, tuple(Received(MOMENT, kind, CHANNEL) for kind in RANKS)), names),
        "messages, not counted": pings.log_message(
            PingLog(0, tuple(Received(MOMENT, kind, CHANNEL, is_counted=False) for kind in INTRODUCTIONS)), names
        ),
        "messages, none": pings.log_message(PingLog(0, ()), names),
        "privacy": privacy.privacy_message(names),
        "export on its way": privacy.export_reply(),
        "forget me": privacy.forget_message(names),
        "forget me, sure": privacy.sure_message(),
        "forget me, soon": privacy.erasing_message(),
        "forget me, later": privacy.lengthened_message(),
        "forget me, undone": privacy.kept_message(),
        "forget me, too late": privacy.too_late_message(names),
        **{f"tapped {kind}": prompts.tapped_reply(kind, is_new=True) for kind in TapKind},
        "tapped again": prompts.tapped_reply(TapKind.DID, is_new=False),
        "booked": rounds.booked_reply(),
        "out": rounds.out_reply(GROUP),
        "out, on request": rounds.out_reply(ON_REQUEST),
        "group on request": rounds.group_reply(ON_REQUEST, longest_guides()[0]),
        "group on request, not introduced": rounds.group_reply(
            replace(ON_REQUEST, coming=Coming(MOMENT, (LONGEST_ID,))), longest_guides()[0]
        ),
        "found somebody at night": rounds.looking_reply(replace(GROUP, coming=Coming(MOMENT, GROUP.others))),
        "group on request, not booked": rounds.group_reply(replace(ON_REQUEST, booked=False), longest_guides()[0]),
        **{f"group {one}": rounds.group_reply(_standing(one), longest_guides()[0]) for one in Standing},
        "note offer": notes.form_offer(full(TYPED)),
        "note kept": notes.kept_reply(PRIVATE_NOTE, CHANNEL, names),
        "note kept, to ask": notes.kept_reply(replace(PRIVATE_NOTE, asks=True), "", names),
        "note kept, shared": notes.kept_reply(NOTE, CHANNEL, names),
        "note changed": notes.kept_reply(PRIVATE_NOTE, CHANNEL, names, is_changed=True),
        "notes": notes.notes_reply(Notes((NOTE,) * MOST_LISTED, 10**9), names),
        "no notes": notes.notes_reply(Notes(), names),
        "note deleted": notes.deleted_reply(PRIVATE_NOTE),
        "note deleted, shared": notes.deleted_reply(NOTE),
        **{
            f"used {one}, {source}": uses.answered_reply(
                replace(USED, used=one, source=source), StillAsked(MET_QUESTIONS[:1], GOAL_QUESTION)
            )
            for one in Used
            for source in (Source.NOTE, Source.GOAL)
        },
        "used, line kept": uses.answered_reply(USED_LINE, StillAsked()),
        "used, line": uses.line_kept(USED_LINE),
        "used, own line": uses.line_kept(replace(USED_LINE, share=UseShare.ME)),
        "use taken back": uses.taken_back_reply(full(MAX_USE_LINE)),
        "use taken back, nothing kept": uses.taken_back_reply(""),
        "used, counted": uses.line_kept(replace(USED, share=UseShare.COUNTED)),
        "thanks to oneself": kudos.yourself_reply(TOO_MUCH),
        "offer saved": offers.saved_reply(OFFERED, names),
        "want saved": offers.saved_reply(WANTED, names),
        "topics": offers.topics_reply(TopicsOverview(TOPICS, FOUND, (full(MAX_TOPIC),) * MOST_FOUND), names),
        "topics of others": offers.topics_reply(TopicsOverview((), FOUND, (full(MAX_TOPIC),) * MOST_FOUND), names),
        "no topics": offers.topics_reply(TopicsOverview(), names),
        "offer taken back": offers.removed_reply(TOPICS[0]),
        "want taken back": offers.removed_reply(TOPICS[-1]),
        "found": offers.found_reply(full(TYPED), FOUND, names),
        "found nobody": offers.found_reply(full(TYPED), (), names),
        "undone": offers.undone_reply(None),
        "undone, something before": offers.undone_reply(TOPICS[0]),
        "kept": offers.kept_reply(TOPICS[0]),
        "asked": requests.asked_reply(REQUESTS[TopicKind.OFFER]),
        "request taken back": requests.taken_back_reply(REQUESTS[TopicKind.OFFER]),
        **{
            f"request {state}": requests.answered_reply(replace(REQUESTS[TopicKind.OFFER], state=state))
            for state in (RequestState.AGREED, RequestState.DECLINED)
        },
        "request agreed at night": requests.answered_reply(
            replace(REQUESTS[TopicKind.OFFER], state=RequestState.AGREED, coming=Coming(MOMENT))
        ),
        "settings": settings.settings_reply(OWN, names),
        "settings, none": settings.settings_reply(PersonSettings(), names),
        "settings, refusing": settings.settings_reply(PersonSettings(mentions_ok=False, witness_ok=False), names),
        "settings, no note": settings.settings_reply(PersonSettings(has_note=False), names),
        "not with": settings.not_with_reply((LONGEST_ID,) * MOST_BLOCKED, None),
        "not with, together now": settings.not_with_reply((LONGEST_ID,), 10**9),
        "suggestion passed on": suggestions.passed_on_reply(ids(5), full(MAX_SUGGESTION)),
        "invitation shared": invitations.shared_reply(CHANNEL),
        "private list": settings.list_reply(MOST_BLOCKED, is_saved=True),
        "no longer on the list": settings.unblocked_reply(),
        "preview": rounds.preview_reply(PREVIEW, names),
        "preview, too few": rounds.preview_reply(RoundPreview(CHANNEL, 1, DAY, is_enough=False), names),
        "preview, mostly away": rounds.preview_reply(RoundPreview(CHANNEL, 1, DAY, is_mostly_away=True), names),
        "round status": rounds.status_reply(STATUS),
        "round status, skipped": rounds.status_reply(replace(STATUS, skipped="facilitator")),
        "round status, the next left out": rounds.status_reply(replace(STATUS, left_out_on=DAY)),
        "round left out already": rounds.status_reply(replace(STATUS, left_out_on=DAY, is_repeated=True)),
        "round status, none": rounds.status_reply(RoundStatus(CHANNEL, 0, None, "", 0, 0, 0, 0, 0, None)),
        "hub, new": hub.hub_message(NEW_OVERVIEW, PROMPTS, names),
        "hub, full": hub.hub_message(FULL_OVERVIEW, PROMPTS, names),
        "help": hub.help_message(names),
        **{f"help with {word}": topic_help(word, names) for word in sorted(HELPED)},
    }


def _standing(standing: Standing) -> GroupCard:
    others = GROUP.others if standing is Standing.SEATED else ()
    return GroupCard(10**9, CHANNEL, standing, others, "lot", GROUP.guide_ids, DAY, booked=False)


def with_words_given_back(names: CommandNames) -> dict[str, Message]:
    """What gives back the words that somebody typed."""
    refused = {
        f"refused, {problem}": errors.error_reply(Refusal(problem, DETAILS), full(TYPED), names) for problem in Problem
    }
    slips = {
        f"closest {word}": hub.closest_message(
            Typed(None, full(TYPED), f"x{word} {full(TYPED - 20)}", closest=word), CHANNEL
        )
        for word in COMMANDS
    }
    return (
        refused
        | slips
        | {
            "hub, with words": hub.hub_message(FULL_OVERVIEW, PROMPTS, names, full(TYPED)),
            "which community for thanks": errors.error_reply(
                Refusal(Problem.WHICH_COMMUNITY, {**DETAILS, "channels": " ".join([CHANNEL] * 30)}), full(TYPED), names
            ),
            "refused, paused until further notice": errors.error_reply(
                Refusal(Problem.PAUSED, {**DETAILS, "until": ""}), full(TYPED), names
            ),
            "apology": errors.error_reply(None, full(TYPED), names, "abc123"),
        }
    )


def views(names: CommandNames) -> dict[str, Json]:
    """Every form, page and Home."""
    note = errors.form_note(Refusal(Problem.NOT_RECOGNIZED, DETAILS), names)
    longest = longest_guides()
    return {
        "set-up form": communities.set_up_form(CHANNEL, CARD, LONGEST_ID),
        "set-up form, thanks in private": communities.set_up_form(
            CHANNEL, replace(CARD, thanks_here=False), LONGEST_ID
        ),
        "set-up form, new": communities.set_up_form(CHANNEL, None, LONGEST_ID),
        "kudos form": kudos.kudos_form(PLACES, TOO_MUCH, note),
        "kudos form, empty": kudos.kudos_form(Places(), Pending(Thanks((), ""))),
        "kudos form, values": kudos.kudos_form(ONE_PLACE, Pending(replace(THANKS, tag=VALUES[0]))),
        "kudos form, effect": kudos.effect_form(PLACES, TOO_MUCH),
        "kudos words form": kudos.reword_form(10**9, CHANNEL, THANKS, ()),
        "kudos keep form": kudos.keep_form(TOO_MUCH),
        "goal form": goals.goal_form(GoalForm(full(TYPED), "", DAY), note),
        "goal form, empty": goals.goal_form(GoalForm("", "", None)),
        "goal form, to change": goals.goal_form(GOALS[1].form, goal_id=10**9),
        "goal check line form": goal_checks.line_form(GOAL_ANSWERED),
        "goal help form": goal_checks.help_form(GOAL_ANSWERED, CHANNEL),
        "goal help form, buddy": goal_checks.help_form(replace(GOAL_ANSWERED, question=""), ""),
        "goal line form": goals.line_form(ENDED_GOALS[1]),
        "goal line form, done": goals.line_form(replace(ENDED_GOALS[0], is_done=True)),
        "note form": notes.note_form(NoteForm(full(TYPED), LINK), (CHANNEL, *ids(30)), note, here=CHANNEL),
        "use line form": uses.line_form(USED_LINE),
        "use line form, empty": uses.line_form(replace(USED, channels=())),
        "note form, empty": notes.note_form(NoteForm(""), ()),
        "note form, to change": notes.note_form(NOTE.form, (CHANNEL,), note_id=10**9),
        "offer form": offers.topic_form(TopicForm(TopicKind.OFFER, full(TYPED), 10), note),
        "want form": offers.topic_form(TopicForm(TopicKind.WANT, "")),
        "offer form, edited": offers.topic_form(
            TopicForm(TopicKind.OFFER, full(MAX_TOPIC), 60, full(MAX_SENTENCE), findable=False), topic_id=10**9
        ),
        "find form": offers.find_form(full(TYPED)),
        "find form, empty": offers.find_form(),
        "settings form": settings.settings_form(OWN),
        "settings form, no note": settings.settings_form(PersonSettings(has_note=False)),
        "settings form, new": settings.settings_form(PersonSettings()),
        "suggestion form": suggestions.suggestion_form(CHANNEL, full(TYPED), note),
        "suggestion form, empty": suggestions.suggestion_form(CHANNEL, ""),
        "private list form": settings.not_with_form(ids(MOST_BLOCKED)),
        "private list form, empty": settings.not_with_form(()),
        "takeaway form": check_ins.takeaway_form(ANSWERED),
        "takeaway form, no channel": check_ins.takeaway_form(replace(ANSWERED, channel_id="")),
        "guide": rounds.guide_view(longest[0], longest[:2]),
        "home, new": home.home_view(NEW_OVERVIEW, PROMPTS, GUIDES, names),
        "home, full": home.home_view(FULL_OVERVIEW, PROMPTS, GUIDES, names),
        "home, back again": home.home_view(
            Overview(FULL_OVERVIEW.taking_part, (), (), (), None, (), user_id=LONGEST_ID), PROMPTS, GUIDES, names
        ),
        "home, only goals": home.home_view(
            replace(NEW_OVERVIEW, goals=tuple(GOALS), goal_question=GOAL_QUESTION, part_of_day=PartOfDay.EVENING),
            PROMPTS,
            GUIDES,
            names,
        ),
        "home, of a facilitator": home.home_view(
            replace(NEW_OVERVIEW, looks_after=(LookedAfter(STATUS, None),)), PROMPTS, GUIDES, names
        ),
        "thanks received": kudos.received_view((THANKED,) * MOST_THANKS),
        "thanks received, none": kudos.received_view(()),
    }


def every_message(names: CommandNames) -> dict[str, Message]:
    return sent_unasked(names) | replies(names) | with_words_given_back(names)


def every_view_and_message(names: CommandNames) -> dict[str, Json]:
    """Everything as Slack gets it; what a view lacks, such as a text, is left out."""
    return as_slack_gets_it(every_message(names), names)


def as_slack_gets_it(messages: dict[str, Message], names: CommandNames) -> dict[str, Json]:
    return {name: one.payload() for name, one in messages.items()} | views(names)


# With the commands' usual names, and in English.
MESSAGES = every_message(CommandNames())
SHOWN = as_slack_gets_it(MESSAGES, CommandNames())
