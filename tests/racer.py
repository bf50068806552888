"""A process of its own that does the same as others at the same moment: `python -m tests.racer URL START`."""

import contextlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial

from bot.domain.errors import UserError
from bot.domain.goals import GoalForm
from bot.domain.identity import Actor
from bot.domain.kudos import Thanks
from bot.domain.schedule import DueKind
from bot.services.goals.goals import GoalService
from bot.services.kudos.kudos import KudosService
from storage import due
from storage.database import Database
from tests.factories import MONDAY_8, VAULT, actor, profile

THREADS = 6


class Racer:
    """What one process does, and how often it succeeded."""

    def __init__(self, url: str, start: float) -> None:
        self.counts = Counter[str]()
        self._counting = threading.Lock()
        self._database = Database(url)
        self._start = start
        with self._database.read() as session:
            self._row = due.find_due(session, "T1", DueKind.ROUND, "1")

    def race(self) -> None:
        """Do everything on many threads."""
        threads = [threading.Thread(target=self._act) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._database.close()

    def _act(self) -> None:
        mine = f"{self._start}-{threading.get_native_id()}"
        time.sleep(max(0.0, self._start - time.time()))
        for number in range(3):
            self._try("goals", partial(self._set_goal, actor(act=f"goal-{mine}-{number}")))
            self._try("thanks", partial(self._thank, actor("UA", act=f"{mine}-{number}")))
            self._try("same act", partial(self._thank, actor("UB", act=f"the-same-{number}")))
        self._try("due", self._advance)

    def _try(self, what: str, act: Callable[[], bool]) -> None:
        with contextlib.suppress(UserError):
            if act():
                with self._counting:
                    self.counts[what] += 1

    def _set_goal(self, who: Actor) -> bool:
        form = GoalForm(title="run a retro on my own", evidence="I do it alone once", due_on=date(2027, 1, 4))
        GoalService(self._database, VAULT).set(who, form, profile(), MONDAY_8)
        return True

    def _thank(self, who: Actor) -> bool:
        thanks = Thanks(("UC",), "showed me how the export filter works", "", None)
        return KudosService(self._database).give(who, "C1", thanks, [profile("UC")], MONDAY_8) is not None

    def _advance(self) -> bool:
        assert self._row is not None
        with self._database.write("T1") as session:
            return due.advance(session, self._row, None)


if __name__ == "__main__":
    racer = Racer(sys.argv[1], float(sys.argv[2]))
    racer.race()
    print(*(racer.counts[what] for what in ("goals", "thanks", "same act", "due")))  # noqa: T201 - told to the test
