"""A person's own settings for the pairing, and the private list: forms and answers."""

from collections.abc import Collection, Sequence
from datetime import time
from typing import Final

from bot.blocks.communities import weekday
from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    field,
    form,
    line_input,
    message,
    option,
    person,
    section,
)
from bot.blocks.language import N_, _, joined, ngettext
from bot.blocks.names import CommandNames
from bot.blocks.rounds import SWAP
from bot.domain.cadence import DAYS_IN_WEEK, WORKING_DAYS
from bot.domain.languages import LANGUAGES, MEETING_LANGUAGES
from bot.domain.settings import MOST_BLOCKED, MOST_LANGUAGES, PACES, PersonSettings

SETTINGS: Final = "settings.open"
SETTINGS_FORM: Final = "settings.form"
NOT_WITH: Final = "settings.not_with"
NOT_WITH_FORM: Final = "settings.not_with_form"
UNBLOCK: Final = "settings.unblock"

_PACES: Final = {1: N_("Every round"), 2: N_("Every second round"), 4: N_("Every fourth round")}
_EVERY: Final = {
    1: N_("Introductions: every round"),
    2: N_("Introductions: every second round"),
    4: N_("Introductions: every fourth round"),
}


def settings_form(settings: PersonSettings) -> Block:
    """Build the form for what a person says of themselves."""
    paces = [option(_(_PACES[pace]), str(pace)) for pace in PACES]
    writing = [option(_("No, I'd rather talk"), "no"), option(_("Yes, writing is fine"), "yes")]
    mentions = [option(_("Yes, they may"), "yes"), option(_("No, tell me in private"), "no")]
    witness = [option(_("Yes, they may ask"), "yes"), option(_("No, nobody"), "no")]
    manager = {"type": "users_select"} | ({"initial_user": settings.manager} if settings.manager else {})
    return form(
        SETTINGS_FORM,
        _("Your settings"),
        [
            field(
                "pace",
                _("How often shall I introduce you?"),
                {
                    "type": "static_select",
                    "options": paces,
                    "initial_option": paces[PACES.index(settings.pace)],
                },
            ),
            field(
                "team",
                _("Your team"),
                line_input(settings.team),
                hint=_("In the words others use, such as: Logistics. I prefer people of other teams."),
                optional=True,
            ),
            field(
                "manager",
                _("Your manager"),
                manager,
                hint=_("Only so that you are never paired."),
                optional=True,
            ),
            field(
                "writing",
                _("Is an exchange in writing fine?"),
                {
                    "type": "static_select",
                    "options": writing,
                    "initial_option": writing[settings.writing_ok],
                },
                hint=_("Then working hours need not overlap."),
            ),
            field(
                "meets_in",
                _("In which languages can you meet?"),
                _meeting_choice(settings.meets_in),
                hint=_("I introduce you to people with whom you share one. Choose none, and any will do."),
                optional=True,
            ),
            field("language", _("In which language shall I write to you?"), _language_choice(settings.language)),
            field(
                "mentions",
                _("May others mention you in a channel?"),
                {
                    "type": "static_select",
                    "options": mentions,
                    "initial_option": mentions[not settings.mentions_ok],
                },
                hint=_("If not, thanks for you reach you in a direct message, and nobody else reads them."),
            ),
            field(
                "witness",
                _("May others ask you to be the witness of a goal?"),
                {
                    "type": "static_select",
                    "options": witness,
                    "initial_option": witness[not settings.witness_ok],
                },
                hint=_("You can say no each time as well."),
            ),
            *_hours_fields(settings),
        ],
        submit=_("Save"),
    )


def _hours_fields(settings: PersonSettings) -> list[Block]:
    days = [option(weekday(number), str(number)) for number in range(DAYS_IN_WEEK)]
    notes = [option(_("No weekly note"), "none"), *days]
    chosen_days = [days[number] for number in sorted(settings.days)]
    chosen_note = notes[settings.note_weekday + 1 if settings.has_note else 0]
    return [
        field(
            "days",
            _("On which days may I write to you?"),
            {"type": "checkboxes", "options": days, "initial_options": chosen_days},
            hint=_("Introductions need an hour that suits all of a group."),
        ),
        field("from", _("From"), _time_picker(settings.start), hint=_("In your own time zone, as Slack has it.")),
        field("until", _("Until"), _time_picker(settings.end)),
        field(
            "note_day",
            _("When shall your weekly note come?"),
            {"type": "static_select", "options": notes, "initial_option": chosen_note},
            hint=_("It asks whether you met, and comes only when there is something to ask."),
        ),
        field("note_at", _("Time of the weekly note"), _time_picker(settings.note_at)),
    ]


def _time_picker(at: time) -> Block:
    return {"type": "timepicker", "initial_time": f"{at:%H:%M}"}


def _language_choice(chosen: str) -> Block:
    as_in_slack = option(_("As in Slack"), "slack")
    others = {code: option(name, code) for code, name in LANGUAGES.items()}
    return {
        "type": "static_select",
        "options": [as_in_slack, *others.values()],
        "initial_option": others.get(chosen, as_in_slack),
    }


def _meeting_choice(chosen: Collection[str]) -> Block:
    options = {code: option(name, code) for code, name in MEETING_LANGUAGES.items()}
    now = [one for code, one in options.items() if code in chosen]
    select: Block = {
        "type": "multi_static_select",
        "options": [*options.values()],
        "max_selected_items": MOST_LANGUAGES,
    }
    return select | ({"initial_options": now} if now else {})


def settings_reply(settings: PersonSettings, names: CommandNames) -> Message:
    """Confirm, or show, what a person has set."""
    unsaid = _("not said")
    manager = person(settings.manager) if settings.manager else unsaid
    lines = [
        _(_EVERY[settings.pace]),
        _("Team: {team}").format(team=escape(settings.team) or unsaid),
        _("Manager, never paired with you: {manager}").format(manager=manager),
        _("In writing: fine") if settings.writing_ok else _("In writing: rather not"),
        _meeting_line(settings),
        _("Language: {language}").format(language=LANGUAGES.get(settings.language) or _("as in Slack")),
        _("Mentioned in channels: fine") if settings.mentions_ok else _("Mentioned in channels: never"),
        _("Witness of goals: fine") if settings.witness_ok else _("Witness of goals: never"),
    ]
    lines += [_hours_line(settings), _note_line(settings)]
    listed = "\n".join(f"\u2022 {line}" for line in lines)
    return message(
        section(_("*Your settings*") + f"\n{listed}"),
        actions(button(_("Change"), SETTINGS), button(_("Who I don't meet"), NOT_WITH)),
        context(
            _("Only you see this. `{learn} teach` and `{learn} want` say what you offer and want.").format(
                learn=names.learn
            )
        ),
    )


def _meeting_line(settings: PersonSettings) -> str:
    if not settings.meets_in:
        return _("Meeting in: any language")
    names = [name for code, name in MEETING_LANGUAGES.items() if code in settings.meets_in]
    return _("Meeting in: {languages}").format(languages=joined(names))


def _hours_line(settings: PersonSettings) -> str:
    start, end = f"{settings.start:%H:%M}", f"{settings.end:%H:%M}"
    if settings.days == WORKING_DAYS:
        return _("I write to you: Monday to Friday, {start} to {end}").format(start=start, end=end)
    days = joined([weekday(number) for number in sorted(settings.days)])
    return _("I write to you: {days}, {start} to {end}").format(days=days, start=start, end=end)


def _note_line(settings: PersonSettings) -> str:
    if not settings.has_note:
        return _("Weekly note: none")
    day, at = weekday(settings.note_weekday), f"{settings.note_at:%H:%M}"
    return _("Weekly note: {day}, {time}").format(day=day, time=at)


def not_with_form(others: Sequence[str]) -> Block:
    """Build the form of the private list."""
    return form(
        NOT_WITH_FORM,
        _("Who I don't meet"),
        [
            field(
                "people",
                _("I'd rather not be introduced to"),
                {"type": "multi_users_select", "max_selected_items": MOST_BLOCKED}
                | ({"initial_users": list(others)} if others else {}),
                hint=_("Private: nobody else ever learns of it, and it is stored unreadably."),
                optional=True,
            )
        ],
        submit=_("Save"),
    )


def not_with_reply(others: Sequence[str], group_id: int | None) -> Message:
    """Confirm that people are on the private list; offers another partner where one of them is the current one."""
    undo = button(_("Undo"), UNBLOCK, " ".join(others))
    if group_id is None:
        return message(section(_("*Noted, and private.* You won't be introduced.")), actions(undo))
    return message(
        section(_("*Noted, and private.* You won't be introduced again. This round you are in one group.")),
        actions(button(_("Another partner"), SWAP, group_id, primary=True), undo),
    )


def list_reply(count: int, *, is_saved: bool) -> Message:
    """Say how long the private list is, without a name, and open it on request."""
    if count:
        text = ngettext("{number} person is on your private list.", "{number} people are on your private list.", count)
    else:
        text = _("Nobody is on your private list.")
    lines = [*([_("*Noted, and private.*")] if is_saved else ()), text.format(number=count)]
    return message(section(" ".join(lines)), actions(button(_("Who I don't meet"), NOT_WITH)))


def unblocked_reply() -> Message:
    """Confirm that somebody is off the private list."""
    return message(section(_("*Undone.* You can be introduced again.")))
