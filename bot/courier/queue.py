"""The engine of several processes on one PostgreSQL: Procrastinate wakes couriers in the process that has time.

A job is a wake-up and holds nothing but a workspace's key; which messages were sent stands in the outbox.
"""

import asyncio
import contextlib
import logging
import threading
from dataclasses import dataclass
from typing import Any, Final

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import make_url

from bot.courier.engine import AT_ONCE, DrainRunner
from bot.outages import Outage, note_outage
from storage.outbox.queue import SCHEMA
from storage.postgresql import with_options

_DRAIN: Final = "drain"
_CONNECTIONS: Final = 4
_TALKATIVE: Final = ("procrastinate", "psycopg", "psycopg.pool", "sqlalchemy")
_WAIT_FOR_CONNECTION_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take, in seconds.

    Args:
        sign_of_life: Between two signs of life of a worker.
        silence: A worker that is silent for longer is dead, and its wake-ups are given again.
        rescue: Between two looks for such workers.
        poll: Between two looks for wake-ups that nobody announced; so long a message may wait behind another.
        retry: Until the queue is tried again after it was out of reach.
    """

    sign_of_life: float = 2.0
    silence: float = 10.0
    rescue: float = 3.0
    poll: float = 0.5
    retry: float = 1.0


class QueueEngine:
    """Wakes couriers through PostgreSQL, and works as one of them.

    Args:
        address: The database's SQLAlchemy address.
        drains: What a wake-up runs.
        queue: The name of the queue; only those with the same one hear a wake-up, so it is the workspace's key.
        timing: How long things take.
        outage: Told when the queue cannot be reached, which is when the database cannot.
    """

    def __init__(
        self, address: str, drains: DrainRunner, queue: str, timing: Timing | None = None, outage: Outage | None = None
    ) -> None:
        # What these cannot do is told by `outage`; they would tell it for every attempt, with the whole traceback.
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._outage = outage or Outage("the database")
        self._queue = queue
        self._timing = timing or Timing()
        self._app = App(
            connector=PsycopgConnector(
                kwargs=_connection_options(address),
                # Opened when first needed, so that a database that is away holds nothing up.
                min_size=0,
                max_size=_CONNECTIONS,
                timeout=_WAIT_FOR_CONNECTION_SECONDS,
                reconnect_timeout=_WAIT_FOR_CONNECTION_SECONDS,
            )
        )
        self._task = self._app.task(name=_DRAIN, queue=queue)(drains.run)
        self._runner = asyncio.Runner()
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._hints: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to work; while PostgreSQL is out of reach it keeps trying."""
        self._loop = self._runner.get_loop()
        self._loop.set_exception_handler(self._note_lost)
        self._main = self._loop.create_task(self._work_for_ever())
        self._thread.start()

    def wake(self, workspace: str) -> None:
        """Have a workspace drained by the first worker that has time, once more if it is being drained right now."""
        if self._loop is not None:
            # A loop that was closed a moment ago takes no more hints, and needs none.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._hint, workspace)

    def stop(self) -> None:
        """Take no other wake-up and wait for the running drains."""
        if self._loop is not None and self._main is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._main.cancel)
            self._thread.join()

    def _run(self) -> None:
        with self._runner as runner, contextlib.suppress(asyncio.CancelledError):
            runner.run(self._until_stopped())

    async def _until_stopped(self) -> None:
        if self._main is not None:
            await self._main

    async def _work_for_ever(self) -> None:
        while not _is_cancelled():
            try:
                async with self._app.open_async():
                    await self._work()
            except Exception as error:
                self._note(error, "queue")
            await asyncio.sleep(self._timing.retry)

    async def _work(self) -> None:
        rescuing = asyncio.create_task(self._rescue_for_ever())
        try:
            await self._app.run_worker_async(
                queues=[self._queue],
                concurrency=AT_ONCE,
                install_signal_handlers=False,
                delete_jobs="always",
                # A job that waited for another of its workspace is announced to nobody.
                fetch_job_polling_interval=self._timing.poll,
                update_heartbeat_interval=self._timing.sign_of_life,
                stalled_worker_timeout=self._timing.silence,
            )
        finally:
            rescuing.cancel()
            for hint in self._hints.values():
                hint.cancel()
            await asyncio.gather(rescuing, *self._hints.values(), return_exceptions=True)

    def _note(self, error: Exception, work: str = "") -> None:
        if note_outage(self._outage, error, work) is not None:
            return
        sentence = f"The queue of wake-ups gets no connection to it ({type(error.__cause__ or error).__name__})."
        if work:
            self._outage.failed(work, sentence)
        else:
            self._outage.met(sentence)

    def _note_lost(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Note what failed in a task that nobody waits for, as when a job cannot be called done."""
        error = context.get("exception")
        if isinstance(error, ConnectorException):
            self._note(error)
        else:
            loop.default_exception_handler(context)

    def _hint(self, workspace: str) -> None:
        if workspace in self._hints:
            return
        self._hints[workspace] = task = asyncio.create_task(self._give_hint(workspace))
        task.add_done_callback(lambda _: self._hints.pop(workspace))

    async def _give_hint(self, workspace: str) -> None:
        try:
            await self._enqueue(workspace)
        except Exception as error:
            # The next look at what waits gives it again.
            self._note(error)

    async def _enqueue(self, workspace: str) -> None:
        # Asked first, since a job that is refused leaves an error in the log of the database.
        if await self._app.job_manager.list_jobs_async(queueing_lock=workspace, status=Status.TODO.value):
            return
        with contextlib.suppress(AlreadyEnqueued):
            await self._task.configure(lock=workspace, queueing_lock=workspace).defer_async(workspace=workspace)

    async def _rescue_for_ever(self) -> None:
        while not _is_cancelled():
            await asyncio.sleep(self._timing.rescue)
            try:
                await self._rescue()
            except Exception as error:
                self._note(error, "queue")
            else:
                self._outage.works("queue")

    async def _rescue(self) -> None:
        """Give wake-ups again that died with their worker; until then they keep others of the workspace waiting."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(queue=self._queue, seconds_since_heartbeat=self._timing.silence):
            # Not put back into the queue, where one that waits already would stand in its way.
            await manager.finish_job(job, Status.FAILED, delete_job=True)
            workspace = str(job.task_kwargs["workspace"])
            _log.info("a wake-up of %s is given again; its worker is silent", workspace)
            await self._enqueue(workspace)
        await manager.prune_stalled_workers(self._timing.silence)


def _is_cancelled() -> bool:
    # The driver may answer a cancellation with an error of its own; a task that went on then would never end.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _connection_options(address: str) -> dict[str, Any]:
    url = make_url(address)
    _, options = url.get_dialect()().create_connect_args(url)
    return {
        **options,
        "application_name": "peerloop-queue",
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "options": with_options(url, f"-c search_path={SCHEMA}"),
    }
