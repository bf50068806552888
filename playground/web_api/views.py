"""`views.*`: modals and Homes."""

from playground.api_error import ApiError, invalid_arguments
from playground.state.objects import view_object
from playground.state.state import View
from playground.state.store import Json
from playground.web_api.call import Call, Method


def open_modal(call: Call) -> Json:
    """Open a modal for the person who just did something."""
    return _answer(call.workspace.desk.open(_trigger(call), _content(call)))


def push_modal(call: Call) -> Json:
    """Put a modal on top of the open ones."""
    return _answer(call.workspace.desk.push(_trigger(call), _content(call)))


def update_view(call: Call) -> Json:
    """Change an open modal."""
    wanted = call.optional("view_id") or call.text("external_id")
    view = call.workspace.desk.find(wanted)
    if view is None:
        raise ApiError("not_found")
    return _answer(call.workspace.desk.update(view, _content(call), call.optional("hash")))


def publish_home(call: Call) -> Json:
    """Put a Home in front of a person."""
    person = call.person(call.text("user_id"))
    return _answer(call.workspace.desk.publish(person.id, _content(call), call.optional("hash")))


def _trigger(call: Call) -> str:
    return call.optional("trigger_id") or call.text("interactivity_pointer")


def _content(call: Call) -> Json:
    content = call.data("view")
    if not isinstance(content, dict):
        raise invalid_arguments("missing required field: view")
    return content


def _answer(view: View) -> Json:
    return {"ok": True, "view": view_object(view)}


METHODS = (
    Method("views.open", open_modal),
    Method("views.push", push_modal),
    Method("views.update", update_view),
    Method("views.publish", publish_home),
)
