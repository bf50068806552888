"""A person's own settings for the pairing, and the private list: forms and answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.blocks.block_kit import (
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
    select,
)
from bot.blocks.communities import weekday
from bot.blocks.ids import RoundId, SettingsId
from bot.blocks.language import N_, _, joined, ngettext
from bot.blocks.names import CommandNames
from bot.domain.cadence import DAYS_IN_WEEK, WORKING_DAYS
from bot.domain.languages import LANGUAGES, MEETING_LANGUAGES
from bot.domain.settings import MOST_BLOCKED, MOST_LANGUAGES, PACES, PersonSettings

_PACES: Final = {1: N_("Every round"), 2: N_("Every second round"), 4: N_("Every fourth round")}
_EVERY: Final = {
    1: N_("Introductions: every round"),
    2: N_("Introductions: every second round"),
    4: N_("Introductions: every fourth round"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that people say of themselves.

    Args:
        fields: Its fields in the form, as it is set now.
        line: Its line in the list of a person's settings.
        columns: What an export calls its columns of the table of people.
    """

    fields: Callable[[PersonSettings], list[Block]]
    line: Callable[[PersonSettings], str]
    columns: Mapping[str, str]


def settings_form(settings: PersonSettings) -> Block:
    """Build the form for what a person says of themselves."""
    fields = [one for setting in OWN_SETTINGS for one in setting.fields(settings)]
    return form(SettingsId.FORM, _("Your settings"), fields, submit=_("Save"))


def _pace_fields(settings: PersonSettings) -> list[Block]:
    paces = [option(_(_PACES[pace]), str(pace)) for pace in PACES]
    return [field("pace", _("How often shall I introduce you?"), select(paces, PACES.index(settings.pace)))]


def _team_fields(settings: PersonSettings) -> list[Block]:
    return [
        field(
            "team",
            _("Your team"),
            line_input(settings.team),
            hint=_("In the words others use, such as: Logistics. I prefer people of other teams."),
            optional=True,
        )
    ]


def _manager_fields(settings: PersonSettings) -> list[Block]:
    element = {"type": "users_select"} | ({"initial_user": settings.manager} if settings.manager else {})
    hint = _("Only so that you are never paired.")
    return [field("manager", _("Your manager"), element, hint=hint, optional=True)]


def _writing_fields(settings: PersonSettings) -> list[Block]:
    choice = [option(_("No, I'd rather talk"), "no"), option(_("Yes, writing is fine"), "yes")]
    hint = _("Then working hours need not overlap.")
    chosen = select(choice, int(settings.writing_ok))
    return [field("writing", _("Is an exchange in writing fine?"), chosen, hint=hint)]


def _meeting_fields(settings: PersonSettings) -> list[Block]:
    return [
        field(
            "meets_in",
            _("In which languages can you meet?"),
            _meeting_choice(settings.meets_in),
            hint=_("I introduce you to people with whom you share one. Choose none, and any will do."),
            optional=True,
        )
    ]


def _language_fields(settings: PersonSettings) -> list[Block]:
    return [field("language", _("In which language shall I write to you?"), _language_choice(settings.language))]


def _mentions_fields(settings: PersonSettings) -> list[Block]:
    choice = [option(_("Yes, they may"), "yes"), option(_("No, tell me in private"), "no")]
    hint = _("If not, thanks for you reach you in a direct message, and nobody else reads them.")
    chosen = select(choice, int(not settings.mentions_ok))
    return [field("mentions", _("May others mention you in a channel?"), chosen, hint=hint)]


def _witness_fields(settings: PersonSettings) -> list[Block]:
    choice = [option(_("Yes, they may ask"), "yes"), option(_("No, nobody"), "no")]
    hint = _("You can say no each time as well.")
    chosen = select(choice, int(not settings.witness_ok))
    return [field("witness", _("May others ask you to be the witness of a goal?"), chosen, hint=hint)]


def _hours_fields(settings: PersonSettings) -> list[Block]:
    days = [option(weekday(number), str(number)) for number in range(DAYS_IN_WEEK)]
    chosen = [days[number] for number in sorted(settings.days)]
    return [
        field(
            "days",
            _("On which days may I write to you?"),
            {"type": "checkboxes", "options": days, "initial_options": chosen},
            hint=_("Introductions need an hour that suits all of a group."),
        ),
        field("from", _("From"), _time_picker(settings.start), hint=_("In your own time zone, as Slack has it.")),
        field("until", _("Until"), _time_picker(settings.end)),
    ]


def _note_fields(settings: PersonSettings) -> list[Block]:
    days = [option(weekday(number), str(number)) for number in range(DAYS_IN_WEEK)]
    notes = [option(_("No weekly note"), "none"), *days]
    hint = _("It asks whether you met, and comes only when there is something to ask.")
    chosen = select(notes, settings.note_weekday + 1 if settings.has_note else 0)
    return [
        field("note_day", _("When shall your weekly note come?"), chosen, hint=hint),
        field("note_at", _("Time of the weekly note"), _time_picker(settings.note_at)),
    ]


def _time_picker(at: time) -> Block:
    return {"type": "timepicker", "initial_time": f"{at:%H:%M}"}


def _language_choice(chosen: str) -> Block:
    others = [option(name, code) for code, name in LANGUAGES.items()]
    return select(
        [option(_("As in Slack"), "slack"), *others], [*LANGUAGES].index(chosen) + 1 if chosen in LANGUAGES else 0
    )


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
    listed = "\n".join(f"\u2022 {setting.line(settings)}" for setting in OWN_SETTINGS)
    return message(
        section(_("*Your settings*") + f"\n{listed}"),
        actions(button(_("Change"), SettingsId.OPEN), button(_("Who I don't meet"), SettingsId.NOT_WITH)),
        context(
            _("Only you see this. `{learn} teach` and `{learn} want` say what you offer and want.").format(
                learn=names.learn
            )
        ),
    )


def _pace_line(settings: PersonSettings) -> str:
    return _(_EVERY[settings.pace])


def _team_line(settings: PersonSettings) -> str:
    return _("Team: {team}").format(team=escape(settings.team) or _("not said"))


def _manager_line(settings: PersonSettings) -> str:
    manager = person(settings.manager) if settings.manager else _("not said")
    return _("Manager, never paired with you: {manager}").format(manager=manager)


def _writing_line(settings: PersonSettings) -> str:
    return _("In writing: fine") if settings.writing_ok else _("In writing: rather not")


def _language_line(settings: PersonSettings) -> str:
    return _("Language: {language}").format(language=LANGUAGES.get(settings.language) or _("as in Slack"))


def _mentions_line(settings: PersonSettings) -> str:
    return _("Mentioned in channels: fine") if settings.mentions_ok else _("Mentioned in channels: never")


def _witness_line(settings: PersonSettings) -> str:
    return _("Witness of goals: fine") if settings.witness_ok else _("Witness of goals: never")


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


# In the order in which people see them.
OWN_SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(_pace_fields, _pace_line, {"pace": N_("rounds from one introduction to the next")}),
    Setting(_team_fields, _team_line, {"team": N_("team")}),
    Setting(_manager_fields, _manager_line, {"manager": N_("manager, never paired with you")}),
    Setting(_writing_fields, _writing_line, {"writing_ok": N_("writing is fine")}),
    Setting(_meeting_fields, _meeting_line, {"meets_in": N_("languages you can meet in")}),
    Setting(_language_fields, _language_line, {"is_language_chosen": N_("language chosen by yourself")}),
    Setting(_mentions_fields, _mentions_line, {"mentions_ok": N_("others may mention you")}),
    Setting(_witness_fields, _witness_line, {"witness_ok": N_("others may ask you to be their witness")}),
    Setting(_hours_fields, _hours_line, {"days": N_("days"), "hours_start": N_("from"), "hours_end": N_("until")}),
    Setting(
        _note_fields,
        _note_line,
        {
            "has_note": N_("wants the weekly note"),
            "note_weekday": N_("weekly note on day, from 0 for Monday"),
            "note_at": N_("weekly note at"),
        },
    ),
)


def not_with_form(others: Sequence[str]) -> Block:
    """Build the form of the private list."""
    return form(
        SettingsId.NOT_WITH_FORM,
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
    undo = button(_("Undo"), SettingsId.UNBLOCK, " ".join(others))
    if group_id is None:
        return message(section(_("*Noted, and private.* You won't be introduced.")), actions(undo))
    return message(
        section(_("*Noted, and private.* You won't be introduced again. This round you are in one group.")),
        actions(button(_("Another partner"), RoundId.SWAP, group_id, primary=True), undo),
    )


def list_reply(count: int, *, is_saved: bool) -> Message:
    """Say how long the private list is, without a name, and open it on request."""
    if count:
        text = ngettext("{number} person is on your private list.", "{number} people are on your private list.", count)
    else:
        text = _("Nobody is on your private list.")
    lines = [*([_("*Noted, and private.*")] if is_saved else ()), text.format(number=count)]
    return message(section(" ".join(lines)), actions(button(_("Who I don't meet"), SettingsId.NOT_WITH)))


def unblocked_reply() -> Message:
    """Confirm that somebody is off the private list."""
    return message(section(_("*Undone.* You can be introduced again.")))
