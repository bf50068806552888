"""The control API under `/_/`: acting as anybody, moving the clock, watching.

`docs/local-workspace.md` has the table of its requests.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from playground.bodies import read_json
from playground.delivery.link import NotDeliveredError, new_event_id
from playground.state.store import Json
from playground.workspace import Workspace, WorkspaceError

Act = Callable[[Json], Awaitable[object]]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _are_fields(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_object, value.values()))


# What requests carry, by kind; what a click chooses is of as many kinds as there are elements.
TEXTS = (
    *("as", "channel", "ts", "thread_ts", "text", "user", "name", "real_name", "tz", "kind", "handle", "tab", "to"),
    *("action_id", "block_id", "view_id", "callback_id", "command", "typed", "content", "reason", "method", "now"),
)
KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(TEXTS, (_is_text, "a text")),
    **dict.fromkeys(("by_seconds", "seconds", "speed"), (_is_number, "a number")),
    **dict.fromkeys(("users", "refused"), (_are_texts, "a list of texts")),
    "next": (_is_object, "an object"),
    "values": (_are_fields, "an object of objects"),
}


class Control:
    """Turns requests into the workspace's methods.

    Args:
        workspace: what is controlled.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def routes(self) -> list[Route]:
        """List the routes; those that act take a JSON object."""
        shows: dict[str, Act] = {
            "state": self._state,
            "people": self._people,
            "messages": self._messages,
            "home": self._home,
            "views": self._views,
            "record": self._record,
            "record/messages": self._posted,
            "violations": self._violations,
            "waiting": self._waiting,
            "faults": self._faults,
            "outage": self._outage,
            "limits": self._limits,
            "agenda": self._agenda,
            "visit": self._visit,
            "scopes": self._scopes,
        }
        acts: dict[str, Act] = {
            "clock": self._move_clock,
            "say": self._say,
            "command": self._command,
            "click": self._click,
            "options": self._options,
            "submit": self._submit,
            "upload": self._upload,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._open_home,
            "react": self._react,
            "read": self._read,
            "dm": self._open_dm,
            "invite": self._invite,
            "remove": self._remove,
            "join": self._join,
            "leave": self._leave,
            "channels": self._create_channel,
            "archive": self._archive,
            "move": self._move_channel,
            "usergroups": self._create_group,
            "install": self._install,
            "rename": self._rename,
            "people": self._add_person,
            "disconnect": self._disconnect,
            "cut": self._cut,
            "repeat": self._repeat,
            "faults": self._add_fault,
            "faults/clear": self._clear_faults,
            "outage": self._set_outage,
            "limits": self._set_limits,
            "colleagues": self._set_colleagues,
            "scopes": self._refuse_scopes,
            "reset": self._reset,
        }
        return [
            Route("/_/changes", self._changes),
            Route("/_/people/{id}", _endpoint(self._change_person), methods=["PATCH"]),
            *(Route(f"/_/{name}", _endpoint(show), methods=["GET"]) for name, show in shows.items()),
            *(Route(f"/_/{name}", _endpoint(act), methods=["POST"]) for name, act in acts.items()),
        ]

    async def _state(self, asked: Json) -> object:
        return self._workspace.overview(asked["as"])

    async def _people(self, asked: Json) -> object:
        del asked
        return {"people": self._workspace.people()}

    async def _messages(self, asked: Json) -> object:
        found = self._workspace.messages(asked["channel"], asked["as"], asked.get("thread_ts"))
        return {"messages": found}

    async def _home(self, asked: Json) -> object:
        return self._workspace.home_view(asked["as"])

    async def _views(self, asked: Json) -> object:
        return {"views": self._workspace.modal_stack(asked["as"])}

    async def _record(self, asked: Json) -> object:
        return {"entries": self._workspace.record_entries(asked.get("method"))}

    async def _posted(self, asked: Json) -> object:
        del asked
        return self._workspace.posted.shown()

    async def _violations(self, asked: Json) -> object:
        del asked
        return {"violations": self._workspace.record.violations()}

    async def _waiting(self, asked: Json) -> object:
        del asked
        return {"events": list(self._workspace.state.pending.values())}

    async def _faults(self, asked: Json) -> object:
        del asked
        return {"faults": self._workspace.faults.shown()}

    async def _add_fault(self, asked: Json) -> object:
        return self._workspace.add_fault(asked)

    async def _clear_faults(self, asked: Json) -> object:
        self._workspace.clear_faults(asked.get("id"))
        return {}

    async def _outage(self, asked: Json) -> object:
        del asked
        return self._workspace.outage.shown()

    async def _set_outage(self, asked: Json) -> object:
        outage = self._workspace.outage
        if asked["mode"] is None:
            await outage.end()
        else:
            seconds = asked.get("seconds")
            await outage.begin(str(asked["mode"]), None if seconds is None else float(seconds))
        return outage.shown()

    async def _limits(self, asked: Json) -> object:
        del asked
        return self._workspace.limits.shown()

    async def _set_limits(self, asked: Json) -> object:
        speed = float(asked.get("speed") or 1)
        if speed <= 0:
            raise WorkspaceError("A speed is greater than 0.")
        self._workspace.limits.set(on=bool(asked["on"]), speed=speed)
        self._workspace.changes.ring()
        return self._workspace.limits.shown()

    async def _agenda(self, asked: Json) -> object:
        del asked
        coming = self._workspace.agenda.after(self._workspace.clock.now())
        return {"items": [{"at": one.at.isoformat(), "what": one.what} for one in coming]}

    async def _visit(self, asked: Json) -> object:
        del asked
        newcomer = self._workspace.newcomer
        return {"steps": [step.title for step in newcomer.visit.steps], "done": newcomer.steps_done()}

    async def _set_colleagues(self, asked: Json) -> object:
        crowd = self._workspace.crowd
        if asked["answer"]:
            crowd.begin()
        else:
            crowd.stop()
        return {"answer": crowd.answers}

    async def _scopes(self, asked: Json) -> object:
        del asked
        return self._workspace.grants.shown()

    async def _refuse_scopes(self, asked: Json) -> object:
        self._workspace.grants.refuse(map(str, asked["refused"]))
        return self._workspace.grants.shown()

    async def _move_clock(self, asked: Json) -> object:
        clock = self._workspace.clock
        try:
            if "to" in asked:
                clock.move_to(datetime.fromisoformat(asked["to"]))
            if "by_seconds" in asked:
                clock.move_by(timedelta(seconds=float(asked["by_seconds"])))
            if "next" in asked:
                wanted = asked["next"]
                clock.move_to_next(int(wanted["weekday"]), time.fromisoformat(wanted["time"]), wanted["zone"])
        except (ValueError, TypeError, OverflowError) as error:
            raise WorkspaceError(f"That is no time: {error}.") from error
        if "frozen" in asked:
            clock.freeze(frozen=bool(asked["frozen"]))
        return {"now": self._workspace.now_text(), "frozen": clock.frozen}

    async def _say(self, asked: Json) -> object:
        return await self._workspace.say(asked["as"], asked["channel"], asked["text"], asked.get("thread_ts") or None)

    async def _command(self, asked: Json) -> object:
        text = asked.get("text") or ""
        return await self._workspace.command(asked["as"], asked["channel"], asked["command"], text)

    async def _click(self, asked: Json) -> object:
        chosen = {name: value for name, value in asked.items() if name not in ("as", "user", "action_id")}
        return await self._workspace.click(asked["as"], asked["action_id"], **chosen)

    async def _options(self, asked: Json) -> object:
        where = {name: asked[name] for name in ("block_id", "view_id", "channel", "ts") if name in asked}
        found = await self._workspace.options(asked["as"], asked["action_id"], asked.get("typed") or "", **where)
        return {"options": found}

    async def _submit(self, asked: Json) -> object:
        return await self._workspace.submit(asked["as"], asked.get("view_id"), asked.get("values") or {})

    async def _upload(self, asked: Json) -> object:
        return self._workspace.upload(asked["as"], asked["name"], asked["content"])

    async def _close(self, asked: Json) -> object:
        return await self._workspace.close_view(asked["as"], asked["view_id"])

    async def _shortcut(self, asked: Json) -> object:
        return await self._workspace.shortcut(asked["as"], asked["callback_id"], asked.get("channel"), asked.get("ts"))

    async def _open_home(self, asked: Json) -> object:
        return await self._workspace.open_home(asked["as"], asked.get("tab") or "home")

    async def _react(self, asked: Json) -> object:
        await self._workspace.react(asked["as"], asked["channel"], asked["ts"], asked["name"])
        return {}

    async def _read(self, asked: Json) -> object:
        self._workspace.mark_read(asked["as"], asked["channel"])
        return {}

    async def _open_dm(self, asked: Json) -> object:
        others = asked.get("users") or [asked["user"]]
        return {"channel": self._workspace.open_dm(asked["as"], *others)}

    async def _invite(self, asked: Json) -> object:
        await self._workspace.invite(asked["as"], asked["channel"], asked["user"])
        return {}

    async def _remove(self, asked: Json) -> object:
        await self._workspace.remove(asked["as"], asked["channel"], asked["user"])
        return {}

    async def _join(self, asked: Json) -> object:
        await self._workspace.join(asked["as"], asked["channel"])
        return {}

    async def _leave(self, asked: Json) -> object:
        await self._workspace.leave(asked["as"], asked["channel"])
        return {}

    async def _create_channel(self, asked: Json) -> object:
        private = bool(asked.get("private"))
        return {"channel": await self._workspace.create_channel(asked["as"], asked["name"], private=private)}

    async def _archive(self, asked: Json) -> object:
        archived = bool(asked.get("archived", True))
        await self._workspace.archive(asked["as"], asked["channel"], archived=archived)
        return {}

    async def _move_channel(self, asked: Json) -> object:
        return {"channel": await self._workspace.move_channel(asked["as"], asked["channel"])}

    async def _create_group(self, asked: Json) -> object:
        return await self._workspace.create_group(asked["as"], asked["name"], asked["handle"], list(asked["users"]))

    async def _install(self, asked: Json) -> object:
        self._workspace.install(installed=bool(asked["installed"]))
        return {}

    async def _rename(self, asked: Json) -> object:
        await self._workspace.rename(asked["as"], asked["channel"], asked["name"])
        return {}

    async def _add_person(self, asked: Json) -> object:
        zone = asked.get("tz") or "Europe/Berlin"
        return await self._workspace.add_person(asked["name"], asked["real_name"], zone, asked.get("kind") or "member")

    async def _change_person(self, asked: Json) -> object:
        changes = {name: value for name, value in asked.items() if name != "id"}
        return await self._workspace.change_person(asked["id"], **changes)

    async def _disconnect(self, asked: Json) -> object:
        try:
            return {"connections": await self._workspace.link.refresh(asked.get("reason") or "refresh_requested")}
        except LookupError as error:
            raise WorkspaceError(str(error)) from error

    async def _cut(self, asked: Json) -> object:
        del asked
        return {"connections": self._workspace.link.cut()}

    async def _repeat(self, asked: Json) -> object:
        workspace = self._workspace
        try:
            if asked.get("what", "event") == "interaction":
                return {"response": await workspace.link.repeat_interaction()}
            new_id = new_event_id() if asked.get("new_id") else None
            return {"event_id": await workspace.link.repeat_event(new_id)}
        except (LookupError, NotDeliveredError) as error:
            raise WorkspaceError(str(error)) from error

    async def _reset(self, asked: Json) -> object:
        await self._workspace.outage.end()
        self._workspace.reset(datetime.fromisoformat(asked["now"]) if asked.get("now") else None)
        return {}

    async def _changes(self, request: Request) -> Response:
        del request
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        # The comment makes browsers consider the stream open at once.
        yield ": listening\n\n"
        async for _ in self._workspace.subscribe():
            yield "event: changed\ndata: {}\n\n"


def _endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """Make a route out of an act: arguments from query, path and JSON body; refusals as sentences."""

    async def answer(request: Request) -> Response:
        asked: Json = dict(request.query_params) | dict(request.path_params)
        try:
            if request.method != "GET" and await request.body():
                asked = _read(read_json(await request.body())) | dict(request.path_params)
            return JSONResponse(await act(asked))
        except KeyError as missing:
            return JSONResponse({"error": f"Say {missing.args[0]!r} too."}, 400)
        except (WorkspaceError, ValueError) as refusal:
            return JSONResponse({"error": str(refusal)}, 400)

    return answer


def _read(body: object) -> Json:
    """Take a body whose arguments are of their kinds, without those that are null; raises WorkspaceError."""
    if not isinstance(body, dict):
        raise WorkspaceError("Say it as a JSON object.")
    asked = {name: value for name, value in body.items() if value is not None or name not in KINDS}
    for name, value in asked.items():
        fits, words = KINDS.get(name, (None, ""))
        if fits is not None and not fits(value):
            raise WorkspaceError(f"{name!r} is {words}.")
    return asked
