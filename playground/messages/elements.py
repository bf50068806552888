"""Interactive elements of blocks: finding them, naming them, and what a person's choice looks like.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

from playground.state.state import WorkspaceError
from playground.state.store import Json

# Element type -> the key of the person's choice in Slack's payloads, and of what is preset.
CHOICES = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
EXTERNAL = ("external_select", "multi_external_select")
STATELESS = ("button", "overflow", "workflow_button", "icon_button", "feedback_buttons")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WEB = re.compile(r"https?://[^\s]+")
REQUIRED = "Please complete this required field."
# What is in `state.values` for a list that nobody touched.
LISTS = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")

Found = tuple[str, Json]


def with_ids(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """Copy blocks, giving every block and interactive element that has no id a made-up one, as Slack does."""
    blocks = deepcopy(blocks)
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = new_id("b")
        for part in _parts(block):
            interactive = part.get("type") in CHOICES or part.get("type") in STATELESS
            if interactive and not part.get("action_id"):
                part["action_id"] = new_id("a")
    return blocks


def elements(blocks: list[Json]) -> Iterator[Found]:
    """Yield (block id, element) for every interactive element."""
    for block in blocks:
        for part in _parts(block):
            if "action_id" in part:
                yield block.get("block_id", ""), part


def find_element(blocks: list[Json], action_id: str, block_id: str | None, value: str | None = None) -> Found:
    """Find the element that a person means.

    Raises WorkspaceError when there is none, or several that `block_id` and `value` do not tell apart.
    """
    found = [
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == action_id and block_id in (None, block)
    ]
    if len(found) > 1 and value is not None:
        found = [(block, element) for block, element in found if _offers(element, value)]
    if not found:
        raise WorkspaceError(f"There is no element {action_id!r} here.")
    if len(found) > 1:
        raise WorkspaceError(f"There are {len(found)} elements {action_id!r} here; say block_id or value.")
    return found[0]


def choice(element: Json, simple: object) -> Json:
    """Say a person's choice the way Slack does, from a simple value (text, option value, id, or a list).

    Raises WorkspaceError for an option that the element does not have.
    """
    kind = element["type"]
    if kind not in CHOICES:
        raise WorkspaceError(f"A {kind} holds no value.")
    key = CHOICES[kind][0]
    chosen = simple
    if key == "selected_option":
        chosen = None if simple in (None, "") else find_option(element, simple)
    elif key == "selected_options":
        chosen = [find_option(element, one) for one in _as_list(simple)]
        _check_count(element, len(chosen))
    elif key in LISTS:
        chosen = _as_list(simple)
        _check_count(element, len(chosen))
    elif key == "value":
        chosen = None if simple in (None, "") else str(simple)
    elif key == "rich_text_value" and isinstance(simple, str):
        chosen = _rich_text(simple)
    elif simple == "":
        chosen = None
    return {"type": kind, key: chosen}


def _check_count(element: Json, count: int) -> None:
    most = element.get("max_selected_items") or element.get("max_files")
    if most is not None and count > most:
        raise WorkspaceError(f"No more than {most} can be chosen here.")


def preset(element: Json) -> Json:
    """Say what an element holds before anybody touches it."""
    kind = element["type"]
    key, initial = CHOICES[kind]
    return {"type": kind, key: element.get(initial, [] if key in LISTS else None)}


def find_option(element: Json, simple: object) -> Json:
    """Find an option by its value, or by the whole option."""
    value = simple.get("value") if isinstance(simple, dict) else simple
    for option in options(element):
        if option.get("value") == value:
            return option
    raise WorkspaceError(f"There is no option {value!r} in {element.get('action_id')!r}.")


def options(element: Json) -> list[Json]:
    """List an element's options, those of its groups included.

    Those of an external select are what it holds at first and, under `options`, what the app was asked for.
    """
    if element["type"] in EXTERNAL:
        held = element.get("initial_option")
        return [*(element.get("options") or []), *([held] if held else []), *(element.get("initial_options") or [])]
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def state_values(blocks: list[Json], kept: Json, given: Json) -> Json:
    """Build Slack's `state.values`: what was given, else what was kept, else what was preset.

    Args:
        blocks: of the message or view.
        kept: an earlier `state.values`.
        given: {block_id: {action_id: simple value}}.

    Raises WorkspaceError when something is given for a field that is not there.
    """
    values: Json = {}
    unknown = {(block, action) for block, actions in given.items() for action in actions}
    for block_id, element in elements(blocks):
        if element.get("type") not in CHOICES:
            continue
        action_id = element["action_id"]
        unknown.discard((block_id, action_id))
        if action_id in given.get(block_id, {}):
            held = choice(element, given[block_id][action_id])
        elif kept.get(block_id, {}).get(action_id, {}).get("type") == element["type"]:
            held = kept[block_id][action_id]
        else:
            held = preset(element)
        values.setdefault(block_id, {})[action_id] = held
    if unknown:
        block, action = min(unknown)
        raise WorkspaceError(f"There is no field {action!r} in block {block!r}.")
    return values


def field_errors(blocks: list[Json], values: Json) -> dict[str, str]:
    """Find the fields that Slack's own form would not let a person submit: {block_id: text}."""
    errors = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            held = values.get(block["block_id"], {}).get(element["action_id"], {})
            error = _field_error(block, held.get(CHOICES[element["type"]][0]))
            if error is not None:
                errors[block["block_id"]] = error
    return errors


def _field_error(block: Json, chosen: object) -> str | None:
    """Say what is wrong with what a field holds; None when nothing is."""
    element = block["element"]
    if chosen in (None, "", []):
        return None if block.get("optional") else REQUIRED
    return FIELD_ERRORS.get(element["type"], _no_error)(element, str(chosen))


def _no_error(element: Json, typed: str) -> str | None:
    del element, typed
    return None


def _length_error(element: Json, typed: str) -> str | None:
    if len(typed) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    if len(typed) > element.get("max_length", len(typed)):
        return f"Please use at most {element['max_length']} characters."
    return None


def _email_error(element: Json, typed: str) -> str | None:
    del element
    return None if EMAIL.fullmatch(typed) else "Please enter a valid email address."


def _url_error(element: Json, typed: str) -> str | None:
    del element
    return None if WEB.fullmatch(typed) else "Please enter a valid URL."


def _number_error(element: Json, typed: str) -> str | None:
    """Say what is wrong with a number; None when nothing is."""
    try:
        number = float(typed)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed", True) and not number.is_integer():
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if (least is not None and number < float(least)) or (most is not None and number > float(most)):
        return f"Please enter a number from {least or 'any'} to {most or 'any'}."
    return None


FIELD_ERRORS = {
    "plain_text_input": _length_error,
    "email_text_input": _email_error,
    "url_text_input": _url_error,
    "number_input": _number_error,
}


def plain_text(blocks: list[Json]) -> str:
    """Read the text out of blocks, as Slack does for a message that came without one."""
    return " ".join(part["text"] for block in blocks for part in _parts(block) if _is_text(part))


def _is_text(part: Json) -> bool:
    return part.get("type") in ("plain_text", "mrkdwn", "text") and isinstance(part.get("text"), str)


def _offers(element: Json, value: str) -> bool:
    return element.get("value") == value or any(option.get("value") == value for option in options(element))


def _as_list(simple: object) -> list[object]:
    if simple in (None, ""):
        return []
    return list(simple) if isinstance(simple, (list, tuple)) else [simple]


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _parts(part: Json) -> Iterator[Json]:
    """Walk a block and everything in it."""
    yield part
    for inner in part.values():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from _parts(one)
