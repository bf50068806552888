"""How far a newcomer has come in the first visit."""

from itertools import takewhile

from playground.people.visit import Step, Visit
from playground.state.state import Person, State

# So many of the newest messages of each conversation are searched for what a step waits for.
LOOK_BACK = 40


class Newcomer:
    """The newcomer's progress; a step that is done stays done.

    Args:
        state: what the newcomer can have seen, and where the progress is kept.
        visit: the steps.
    """

    def __init__(self, state: State, visit: Visit) -> None:
        self._state = state
        self.visit = visit

    def visitor(self) -> Person | None:
        """Find whom the newcomer acts as; None when there is no visit or nobody of that name."""
        return next((one for one in self._state.people.values() if one.name == self.visit.visitor), None)

    def steps_done(self) -> int:
        """Count the steps that are done; each is looked for only when those before it are done."""
        done = self._state.number("visit-steps")
        visitor = self.visitor()
        if visitor is None or done == len(self.visit.steps):
            return done
        texts = self._texts_before(visitor.id)
        left = self.visit.steps[done:]
        new = sum(1 for _ in takewhile(lambda step: _is_done(step, texts), left))
        if new:
            self._state.set_number("visit-steps", done + new)
        return done + new

    def _texts_before(self, visitor: str) -> list[str]:
        """List the texts of the app's messages in the visitor's conversations.

        A message that only one person can see proves nothing: it may be a sample, or a preview of something to come.
        """
        return [
            message.text
            for channel, messages in self._state.messages.items()
            if visitor in self._state.conversations[channel].members
            for message in messages[-LOOK_BACK:]
            if message.bot and message.reader is None
        ]


def _is_done(step: Step, texts: list[str]) -> bool:
    return all(any(part in text for text in texts) for part in step.seen)
