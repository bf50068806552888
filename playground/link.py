"""Socket Mode: the app's connections, envelopes, acknowledgements and redelivery.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.record import Record
from playground.state import APP_ID, State, real_time
from playground.store import Json

ACKNOWLEDGE_WITHIN = 3.0
# Waiting times before the three further attempts at an unacknowledged event.
RETRY_AFTER = (0.0, 60.0, 300.0)
REFRESH_GRACE = 1.0


class NotDeliveredError(Exception):
    """An interaction reached no app; the text is Slack's error code."""


@dataclass(eq=False)
class Connection:
    """One open socket; `leaving` ones get nothing new, `cut` ends it without a goodbye."""

    socket: WebSocket
    leaving: bool = False
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)


class AppLink:
    """The way from the workspace to the app.

    Args:
        state: keeps the events that are not acknowledged yet.
        record: notes every delivery.
        now: the workspace's time as text, for the record.
        changed: called when the app connects or disconnects.
    """

    def __init__(self, state: State, record: Record, now: Callable[[], str], changed: Callable[[], None]) -> None:
        self._state = state
        self._record = record
        self._now = now
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = 0
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._last_event: Json | None = None
        self._last_interaction: tuple[str, Json] | None = None

    @property
    def connected(self) -> int:
        """Count the open sockets."""
        return len(self._open())

    def new_ticket(self) -> str:
        """Make a ticket that opens one socket."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Talk to one socket until it ends."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = Connection(socket)
        self._connections.append(connection)
        listening = asyncio.ensure_future(self._listen(connection))
        cutting = asyncio.ensure_future(connection.cut.wait())
        try:
            await socket.send_json(self._hello())
            self._changed()
            self._deliver_kept()
            await asyncio.wait((listening, cutting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Returning without a close frame is what an abrupt loss of the network looks like.
            listening.cancel()
            cutting.cancel()
            self._connections.remove(connection)
            for answer in connection.waiting.values():
                if not answer.done():
                    answer.cancel()
            self._changed()

    async def ask(self, kind: str, payload: Json) -> Json:
        """Deliver an interaction and give the app's answer, {} for a plain acknowledgement.

        Raises NotDeliveredError when nothing is connected or nobody acknowledges within 3 s.
        """
        self._last_interaction = (kind, payload)
        return await self._ask(kind, payload)

    def send_event(self, payload: Json) -> None:
        """Deliver an event in the background, and again until it is acknowledged."""
        body: Json = {"payload": payload, "attempt": 0, "reason": ""}
        self._last_event = payload
        self._state.save_pending(payload["event_id"], body)
        self._start(payload["event_id"])

    async def repeat_event(self, event_id: str | None) -> str:
        """Deliver the last event again, under its own id (None) or another; gives the id.

        Raises LookupError when there was none.
        """
        if self._last_event is None:
            raise LookupError("There was no event yet.")
        payload = self._last_event | ({"event_id": event_id} if event_id else {})
        self.send_event(payload)
        return str(payload["event_id"])

    async def repeat_interaction(self) -> Json:
        """Deliver the last command, click or form again; gives the app's answer.

        Raises LookupError when there was none and NotDeliveredError when it failed.
        """
        if self._last_interaction is None:
            raise LookupError("There was no interaction yet.")
        return await self._ask(*self._last_interaction)

    async def refresh(self) -> int:
        """Ask every connection to reconnect, as Slack does every few hours; gives their number."""
        leaving = self._open()
        for connection in leaving:
            connection.leaving = True
            message = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "local"}}
            await connection.socket.send_json(message)
            self._spawn(self._close_later(connection))
        return len(leaving)

    def cut(self) -> int:
        """Break every connection without a goodbye; gives their number."""
        for connection in self._connections:
            connection.cut.set()
        return len(self._connections)

    def close(self) -> None:
        """Stop delivering; what is not acknowledged stays kept."""
        for task in (*self._deliveries.values(), *self._background):
            task.cancel()
        self.cut()

    def forget(self) -> None:
        """Drop what is under way, for a workspace that starts over."""
        for task in self._deliveries.values():
            task.cancel()
        self._last_event = self._last_interaction = None

    def _open(self) -> list[Connection]:
        return [connection for connection in self._connections if not connection.leaving]

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    async def _listen(self, connection: Connection) -> None:
        # Slack hangs up on a client that talks no JSON.
        with contextlib.suppress(WebSocketDisconnect, ValueError, KeyError):
            while True:
                message = await connection.socket.receive_json()
                answer = connection.waiting.get(message.get("envelope_id", ""))
                if answer is not None and not answer.done():
                    answer.set_result(message.get("payload"))

    async def _close_later(self, connection: Connection) -> None:
        await asyncio.sleep(REFRESH_GRACE)
        if connection.socket.application_state is WebSocketState.CONNECTED:
            await connection.socket.close()
        connection.cut.set()

    async def _ask(self, kind: str, payload: Json) -> Json:
        try:
            answer = await self._send({"type": kind, "payload": payload, "accepts_response_payload": True})
        except TimeoutError:
            raise NotDeliveredError("operation_timeout") from None
        except ConnectionError:
            raise NotDeliveredError("dispatch_failed") from None
        return answer or {}

    async def _send(self, envelope: Json) -> Json | None:
        """Send one envelope over one connection and wait for its acknowledgement.

        Raises ConnectionError when there is no connection or it ends, TimeoutError after 3 s.
        """
        connections = self._open()
        if not connections:
            raise ConnectionError
        self._turn += 1
        connection = connections[self._turn % len(connections)]
        envelope = {"envelope_id": str(uuid4()), **envelope}
        entry = self._record.add_delivery(self._now(), envelope)
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = answer
        sent_at = real_time()
        try:
            await connection.socket.send_json(envelope)
            payload = await asyncio.wait_for(asyncio.shield(answer), ACKNOWLEDGE_WITHIN)
        except (RuntimeError, WebSocketDisconnect) as error:
            raise ConnectionError from error
        except asyncio.CancelledError:
            if answer.cancelled():
                raise ConnectionError from None
            raise
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
            answer.cancel()
        entry["acked_ms"] = round((real_time() - sent_at) * 1000, 1)
        entry["response"] = payload
        self._changed()
        return payload

    def _deliver_kept(self) -> None:
        """Deliver what was raised while nothing was connected, as retries."""
        for event_id, body in list(self._state.pending.items()):
            if event_id not in self._deliveries:
                self._note_failure(event_id, body, "connection_failed")
                self._start(event_id)

    def _start(self, event_id: str) -> None:
        task = self._spawn(self._deliver(event_id))
        self._deliveries[event_id] = task
        task.add_done_callback(lambda done: self._delivery_ended(event_id, done))

    def _delivery_ended(self, event_id: str, task: asyncio.Task[None]) -> None:
        if self._deliveries.get(event_id) is task:
            del self._deliveries[event_id]

    async def _deliver(self, event_id: str) -> None:
        while (body := self._state.pending.get(event_id)) is not None:
            if not self._open():
                # The next connection takes it up.
                return
            try:
                await self._send(_event_envelope(body))
            except (TimeoutError, ConnectionError) as error:
                reason = "http_timeout" if isinstance(error, TimeoutError) else "connection_failed"
                if body["attempt"] >= len(RETRY_AFTER):
                    break
                wait = RETRY_AFTER[body["attempt"]]
                self._note_failure(event_id, body, reason)
                await asyncio.sleep(wait)
            else:
                break
        self._state.drop_pending(event_id)

    def _note_failure(self, event_id: str, body: Json, reason: str) -> None:
        body["attempt"] = min(body["attempt"] + 1, len(RETRY_AFTER))
        body["reason"] = reason
        self._state.save_pending(event_id, body)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


def _event_envelope(body: Json) -> Json:
    return {
        "type": "events_api",
        "payload": body["payload"],
        "accepts_response_payload": False,
        "retry_attempt": body["attempt"],
        "retry_reason": body["reason"],
    }
