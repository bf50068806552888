"""Every limit of the product in one list, for `peerloop settings`; the values live with their rules."""

from typing import Final

from bot.domain import communities, goals, kudos, notes, offers, pings, privacy, rounds, schedule, settings, uses
from bot.domain.cadence import Window

_WINDOW: Final = Window()

LIMITS: Final = (
    ("people in before a round starts", str(communities.SMALLEST_ROUND)),
    ("weeks between rounds", ", ".join(str(weeks) for weeks in communities.ROUND_WEEKS)),
    ("people in a group", ", ".join(str(size) for size in communities.GROUP_SIZES)),
    ("rounds until partners may meet again", ", ".join(str(one or "all met") for one in communities.AGAIN_AFTER)),
    ("rounds from one introduction of a person to the next", ", ".join(str(pace) for pace in settings.PACES)),
    ("somebody who comes late is placed", "in the first half of a round"),
    ("a conversation guide comes back to a person", f"after {rounds.GUIDES_REMEMBERED} rounds"),
    ("somebody met is no new face", f"for {rounds.FRESH_AFTER_DAYS} days"),
    ("offer or want", f"{offers.MIN_TOPIC} to {offers.MAX_TOPIC} characters, for {offers.LASTS.days} days"),
    ("offers, and wants, a person", str(offers.MOST_OPEN)),
    ("people on a private list", str(settings.MOST_BLOCKED)),
    ("languages a person can meet in", f"any, or up to {settings.MOST_LANGUAGES}"),
    ("hours in which messages arrive", f"at least {settings.SHORTEST_DAY_MINUTES} minutes a day, on at least one day"),
    ("team", f"up to {settings.MAX_TEAM} characters"),
    ("round starts (community's zone)", f"Monday {schedule.ROUND_AT:%H:%M}"),
    ("a late round still starts", "until Wednesday"),
    ("round waits a week when away or paused", f"{rounds.AWAY_SHARE:.0%} or more"),
    ("prompt by default (community's zone)", f"Tuesday {schedule.PROMPT_AT:%H:%M}"),
    ("a late prompt is still posted", f"within {schedule.PROMPT_LATENESS.days} day"),
    ("follow-up after a prompt", f"{schedule.FOLLOW_UP_DAYS} days"),
    ("weekly note by default (person's zone)", f"Thursday {schedule.NOTE_AT:%H:%M}"),
    ("messages arrive by default (person's zone)", f"Monday to Friday {_WINDOW.start:%H:%M} to {_WINDOW.end:%H:%M}"),
    ("messages are forgotten after they were done with", f"{schedule.MESSAGES_KEPT_FOR.days} days"),
    ("what a round was worked out from is kept", f"{schedule.INPUTS_KEPT_FOR.days} days"),
    ("raw answers are kept, then only counts", f"{schedule.ANSWERS_KEPT_FOR.days} days"),
    ("an account deactivated in Slack is erased after", f"{schedule.GONE_KEPT_FOR.days} days"),
    ("the record that somebody was erased is kept", f"{schedule.ERASURES_KEPT_FOR.days} days"),
    ("a file with everything about a person stays in the chat", f"{privacy.EXPORT_STAYS.days} days"),
    ("time to undo an erasure", f"{privacy.UNDO.seconds} seconds, or {privacy.LONG_UNDO.seconds // 60} minutes"),
    ("messages by itself a person", f"{pings.A_WEEK} a week, {pings.A_DAY} a day"),
    ("a message that does not fit waits", f"up to {pings.KEPT_WORKING_DAYS} working days"),
    ("purpose of a community", f"{communities.MIN_PURPOSE} to {communities.MAX_PURPOSE} characters"),
    ("goal", f"{goals.MIN_TITLE} to {goals.MAX_TITLE} characters"),
    ("a goal is asked about every so many weeks", ", ".join(str(one or "never") for one in goals.CHECK_WEEKS)),
    ("goals asked about in a weekly note", "1"),
    ("a goal that ended can be opened again", f"for {goals.UNDO_WITHIN.seconds // 60} minutes"),
    ("open goals a person", str(goals.OPEN_LIMIT)),
    ("goal due within", f"{goals.LONGEST_TIME.days // 7} weeks"),
    ("learning note", f"{notes.MIN_NOTE} to {notes.MAX_NOTE} characters"),
    (
        "somebody is asked whether they used what they learned",
        f"after {uses.ASKED_AFTER_WEEKS} weeks, once a week at most",
    ),
    ("a note just kept can be taken back", f"for {notes.UNDO_FOR.seconds // 60} minutes"),
    ("thanks", f"{kudos.MIN_DEED} to {kudos.MAX_DEED} characters, up to {kudos.MAX_PEOPLE} people"),
    ("effect in thanks", f"up to {kudos.MAX_EFFECT} characters"),
    ("value named in thanks", f"up to {kudos.MAX_TAG} characters"),
    ("values a community can list", str(communities.MOST_VALUES)),
    ("thanks a person a day", str(kudos.A_DAY)),
    ("messages with thanks in a channel", f"{kudos.POSTS} an hour, what is more goes out together"),
    (
        "private thanks to a person",
        f"{kudos.PRIVATE_A_DAY} a day singly, what is more together at {kudos.TOGETHER_AT:%H:%M}",
    ),
    ("thanks can be taken back or changed", f"for {kudos.UNDO_WITHIN.seconds // 60} minutes"),
)
