"""Rules for the elements of blocks, and which element stands in which block on which surface.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

from playground.block_kit.checks import (
    Check,
    Review,
    boolean,
    both,
    by_type,
    items,
    listed,
    needs_one_of,
    one_of,
    pattern,
    text,
    thing,
    whole,
)
from playground.block_kit.texts import (
    CONFIRM,
    DISPATCH,
    FILTER,
    FORMATTED_OPTION,
    ID,
    IMAGE_FIELDS,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    PICTURE,
    RICH_TEXT,
    URL,
    formatted,
    plain,
)

MESSAGE, MODAL, HOME = "message", "modal", "home"
_ID = {"action_id": ID}
_TOUCHED = {**_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_SELECT = {**_TOUCHED, "placeholder": plain(150)}
_TYPED = {**_ID, "placeholder": plain(150), "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
_MANY = {**_SELECT, "max_selected_items": whole(1, 100)}
_STATIC = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_IDS = items(ID, 1000, 0)
_USERS = {"visible_to_user_ids": _IDS}
_DATE = pattern(r"\d{4}-\d{2}-\d{2}", "a date in the format YYYY-MM-DD")
_TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time in the format HH:mm")
_OPTIONS_OR_GROUPS = needs_one_of("options", "option_groups", most=1)


def _initial_is_an_option(*names: str) -> Check:
    """Want what is preset to be one of the options, as Slack does."""

    def check(value: object, pointer: str, review: Review) -> None:
        if not isinstance(value, dict):
            return
        groups = [group for group in listed(value.get("option_groups")) if isinstance(group, dict)]
        offered = [*listed(value.get("options")), *(one for group in groups for one in listed(group.get("options")))]
        for name in names:
            held = value.get(name)
            for one in held if isinstance(held, list) else [held]:
                if one is not None and not any(_is_same_option(one, other) for other in offered):
                    review.note("invalid_value", f"{name} must be one of the options", f"{pointer}/{name}")

    return check


def _is_same_option(one: object, other: object) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    texts = [part.get("text", {}).get("text") if isinstance(part.get("text"), dict) else None for part in (one, other)]
    return one.get("value") == other.get("value") and texts[0] == texts[1]


def _lengths_in_order(value: object, pointer: str, review: Review) -> None:
    if isinstance(value, dict):
        least, most = value.get("min_length"), value.get("max_length")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            review.note("invalid_value", "min_length must not be greater than max_length", f"{pointer}/min_length")


_LENGTHS = {"min_length": whole(0, 3000), "max_length": whole(1, 3000)}
_SINGLE = {"initial_option": OPTION}
_SEVERAL = {"initial_options": items(OPTION, 100, 0)}
_FEEDBACK = thing({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)})

ELEMENTS: dict[str, Check] = {
    "button": thing(
        {"text": plain(75)},
        {
            **_ID,
            **_USERS,
            "url": URL,
            "value": text(2000, 0),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": text(75),
            "agent_prompt": text(4000),
            "agent_prompt_display": text(4000),
        },
    ),
    "workflow_button": thing(
        {
            "text": plain(75),
            "workflow": thing({"trigger": thing({"url": URL}, {"customizable_input_parameters": _IDS})}),
        },
        {**_ID, "style": one_of("primary", "danger"), "accessibility_label": text(75)},
    ),
    "icon_button": thing(
        {"icon": one_of("trash"), "text": plain(75)},
        {**_ID, **_USERS, "value": text(2000), "confirm": CONFIRM, "accessibility_label": text(75)},
    ),
    "feedback_buttons": thing({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ID),
    "overflow": thing({"options": items(OVERFLOW_OPTION, 5)}, {**_ID, "confirm": CONFIRM}),
    "image": both(PICTURE, thing({"alt_text": text(2000)}, IMAGE_FIELDS)),
    "checkboxes": both(
        _initial_is_an_option("initial_options"),
        thing(
            {"options": items(FORMATTED_OPTION, 10)},
            {**_TOUCHED, "initial_options": items(FORMATTED_OPTION, 10)},
        ),
    ),
    "radio_buttons": both(
        _initial_is_an_option("initial_option"),
        thing({"options": items(FORMATTED_OPTION, 10)}, {**_TOUCHED, "initial_option": FORMATTED_OPTION}),
    ),
    "static_select": both(
        _OPTIONS_OR_GROUPS, _initial_is_an_option("initial_option"), thing({}, {**_SELECT, **_STATIC, **_SINGLE})
    ),
    "multi_static_select": both(
        _OPTIONS_OR_GROUPS, _initial_is_an_option("initial_options"), thing({}, {**_MANY, **_STATIC, **_SEVERAL})
    ),
    "external_select": thing({}, {**_SELECT, **_SINGLE, "min_query_length": whole(0, 3000)}),
    "multi_external_select": thing({}, {**_MANY, **_SEVERAL, "min_query_length": whole(0, 3000)}),
    "users_select": thing({}, {**_SELECT, "initial_user": ID}),
    "multi_users_select": thing({}, {**_MANY, "initial_users": _IDS}),
    "conversations_select": thing(
        {},
        {
            **_SELECT,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": thing(
        {},
        {**_MANY, "initial_conversations": _IDS, "default_to_current_conversation": boolean, "filter": FILTER},
    ),
    "channels_select": thing({}, {**_SELECT, "initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": thing({}, {**_MANY, "initial_channels": _IDS}),
    "datepicker": thing({}, {**_SELECT, "initial_date": _DATE}),
    "timepicker": thing({}, {**_SELECT, "initial_time": _TIME, "timezone": text(100)}),
    "datetimepicker": thing({}, {**_TOUCHED, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": both(
        _lengths_in_order, thing({}, {**_TYPED, **_LENGTHS, "initial_value": text(3000, 0), "multiline": boolean})
    ),
    "email_text_input": thing({}, {**_TYPED, "initial_value": text(3000, 0)}),
    "url_text_input": thing({}, {**_TYPED, "initial_value": text(3000, 0)}),
    "number_input": thing(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": text(3000, 0), "min_value": text(100), "max_value": text(100)},
    ),
    "rich_text_input": thing(
        {}, {**_TYPED, "initial_value": RICH_TEXT, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    ),
    "file_input": thing({}, {**_ID, "filetypes": items(text(20), 100), "max_files": whole(1, 10)}),
}
# Which surfaces take an element at all; the others stand everywhere.
PLACED = {
    "email_text_input": (MODAL,),
    "url_text_input": (MODAL,),
    "number_input": (MODAL,),
    "file_input": (MODAL,),
    "rich_text_input": (MODAL, HOME),
    "datetimepicker": (MESSAGE, MODAL),
    "workflow_button": (MESSAGE,),
    "feedback_buttons": (MESSAGE,),
    "icon_button": (MESSAGE,),
}
_SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
_SINGLE_SELECTS = tuple(name for name in _SELECTS if not name.startswith("multi_"))
_PICKERS = ("datepicker", "timepicker")
_CHOICES = ("checkboxes", "radio_buttons")
_IN_ACTIONS = ("button", "workflow_button", "overflow", *_CHOICES, *_SINGLE_SELECTS, *_PICKERS, "datetimepicker")
_IN_SECTION = ("button", "workflow_button", "overflow", "image", *_CHOICES, *_SELECTS, *_PICKERS)
_INPUTS = (
    *(*_CHOICES, *_SELECTS, *_PICKERS, "datetimepicker"),
    *("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"),
)


def _of(*names: str) -> Check:
    return by_type({name: ELEMENTS[name] for name in names}, PLACED)


def _context(value: object, pointer: str, review: Review) -> None:
    """Want a picture or a text; texts are whole objects with their type."""
    kind = value.get("type") if isinstance(value, dict) else None
    (formatted(3000) if kind in ("plain_text", "mrkdwn") else _of("image"))(value, pointer, review)


def _response_url_needs_an_input(value: object, pointer: str, review: Review) -> None:
    if isinstance(value, dict) and value.get("response_url_enabled"):
        review.note("invalid_value", "response_url_enabled is for input blocks of modals", pointer)


IN_ACTIONS = both(_of(*_IN_ACTIONS), _response_url_needs_an_input)
IN_SECTION = both(_of(*_IN_SECTION), _response_url_needs_an_input)
IN_CONTEXT = _context
IN_INPUT = _of(*_INPUTS)
IN_CONTEXT_ACTIONS = _of("feedback_buttons", "icon_button")
BUTTON = _of("button")
