"""Listeners for witnesses of goals: yes, no, and told by the owner."""

from bot.blocks import witnesses as blocks
from bot.blocks.ids import GoalId, WitnessId
from bot.clock import Clock
from bot.services.goals.witnesses import WitnessService
from handlers.listeners import Listeners
from handlers.payloads import Click, id_in
from handlers.replies import InPlace, Private, Reply


class WitnessHandlers:
    """Somebody is asked first, and told after a yes."""

    def __init__(self, witnesses: WitnessService, clock: Clock) -> None:
        self._witnesses = witnesses
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the two answers, and the owner's button."""
        return Listeners(
            clicks={
                WitnessId.AGREE: self.agree,
                WitnessId.DECLINE: self.decline,
                WitnessId.STEP_BACK: self.step_back,
                GoalId.TELL_WITNESS: self.tell,
            }
        )

    def agree(self, click: Click) -> Reply:
        """Tell a witness what the goal is, in the place of the question."""
        goal_id = id_in(click.value)
        return InPlace(blocks.agreed_reply(self._witnesses.agree(click.who, goal_id, self._clock.now()), goal_id))

    def decline(self, click: Click) -> Reply:
        """Take a no in the place of the question; after a yes, show what that was to, with the way back."""
        goal_id = id_in(click.value)
        goal = self._witnesses.decline(click.who, goal_id, self._clock.now())
        return InPlace(blocks.agreed_reply(goal, goal_id) if goal.is_witnessed else blocks.declined_reply(goal.owner))

    def step_back(self, click: Click) -> Reply:
        """Take a no after a yes."""
        goal = self._witnesses.step_back(click.who, id_in(click.value), self._clock.now())
        return InPlace(blocks.declined_reply(goal.owner))

    def tell(self, click: Click) -> Reply:
        """Have the witness told that the goal is reached."""
        witness = self._witnesses.tell(click.who, id_in(click.value), self._clock.now())
        return Private(blocks.told_reply(witness))
