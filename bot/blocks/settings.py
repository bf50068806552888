"""A person's own settings for the pairing, and the private list: forms and answers."""

from collections.abc import Sequence
from typing import Final

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
from bot.blocks.names import CommandNames
from bot.blocks.rounds import SWAP
from bot.domain.settings import MOST_BLOCKED, PACES, PersonSettings

SETTINGS: Final = "settings.open"
SETTINGS_FORM: Final = "settings.form"
NOT_WITH: Final = "settings.not_with"
NOT_WITH_FORM: Final = "settings.not_with_form"
UNBLOCK: Final = "settings.unblock"

_PACES: Final = {1: "Every round", 2: "Every second round", 4: "Every fourth round"}


def settings_form(settings: PersonSettings) -> Block:
    """Build the form for what a person says of themselves."""
    paces = [option(_PACES[pace], str(pace)) for pace in PACES]
    writing = [option("No, I'd rather talk", "no"), option("Yes, writing is fine", "yes")]
    manager = {"type": "users_select"} | ({"initial_user": settings.manager} if settings.manager else {})
    return form(
        SETTINGS_FORM,
        "Your settings",
        [
            field(
                "pace",
                "How often shall I introduce you?",
                {
                    "type": "static_select",
                    "options": paces,
                    "initial_option": paces[PACES.index(settings.pace)],
                },
            ),
            field(
                "team",
                "Your team",
                line_input(settings.team),
                hint="In the words others use, such as: Logistics. I prefer people of other teams.",
                optional=True,
            ),
            field("manager", "Your manager", manager, hint="Only so that you are never paired.", optional=True),
            field(
                "writing",
                "Is an exchange in writing fine?",
                {
                    "type": "static_select",
                    "options": writing,
                    "initial_option": writing[settings.writing_ok],
                },
                hint="Then working hours need not overlap.",
            ),
        ],
        submit="Save",
    )


def settings_reply(settings: PersonSettings, names: CommandNames) -> Message:
    """Confirm, or show, what a person has set."""
    team = escape(settings.team) or "not said"
    manager = person(settings.manager) if settings.manager else "not said"
    return message(
        section(
            "*Your settings*\n"
            f"\u2022 Introductions: {_PACES[settings.pace].lower()}\n"
            f"\u2022 Team: {team}\n"
            f"\u2022 Manager, never paired with you: {manager}\n"
            f"\u2022 In writing: {'fine' if settings.writing_ok else 'rather not'}"
        ),
        actions(button("Change", SETTINGS), button("Who I don't meet", NOT_WITH)),
        context(f"Only you see this. `{names.learn} teach` and `{names.learn} want` say what you offer and want."),
    )


def not_with_form(others: Sequence[str]) -> Block:
    """Build the form of the private list."""
    return form(
        NOT_WITH_FORM,
        "Who I don't meet",
        [
            field(
                "people",
                "I'd rather not be introduced to",
                {"type": "multi_users_select", "max_selected_items": MOST_BLOCKED}
                | ({"initial_users": list(others)} if others else {}),
                hint="Private: nobody else ever learns of it, and it is stored unreadably.",
                optional=True,
            )
        ],
        submit="Save",
    )


def not_with_reply(other: str, group_id: int | None) -> Message:
    """Confirm that somebody is on the private list; offers another partner where the two are together now."""
    undo = button("Undo", UNBLOCK, other)
    if group_id is None:
        return message(section("*Noted, and private.* You won't be introduced."), actions(undo))
    return message(
        section("*Noted, and private.* You won't be introduced again. This round you are in one group."),
        actions(button("Another partner", SWAP, group_id, primary=True), undo),
    )


def list_reply(count: int, *, is_saved: bool) -> Message:
    """Say how long the private list is, without a name, and open it on request."""
    who = {0: "Nobody is", 1: "1 person is"}.get(count, f"{count} people are")
    return message(
        section(f"{'*Noted, and private.* ' if is_saved else ''}{who} on your private list."),
        actions(button("Who I don't meet", NOT_WITH)),
    )


def unblocked_reply() -> Message:
    """Confirm that somebody is off the private list."""
    return message(section("*Undone.* You can be introduced again."))
