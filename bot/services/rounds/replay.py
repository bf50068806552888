"""Working a round out again from what was stored, to find out why it came out as it did."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.domain.pairing import PAIRING_VERSION
from bot.domain.round_inputs import UNPACKABLE, digest_of, read_back, version_in
from bot.domain.schedule import INPUTS_KEPT_FOR
from storage.database import Database
from storage.privacy.vault import NoKeyError, Vault, WrongKeyError
from storage.rounds import rounds
from storage.rounds.rounds import RoundInputs


class Verdict(Enum):
    """How what came out compares with what the round began with."""

    SAME = "same"
    OTHER = "other"
    CHANGED_INPUTS = "changed inputs"
    OLDER_PAIRING = "older pairing"


class ReplayError(Exception):
    """A round cannot be worked out again; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out.

    Args:
        verdict: How that compares with what the round began with.
        version: The version of the pairing that made the round; 0 when that was not kept.
        groups: Ids of the people of each group and why they; of private lists and managers nothing shows.
        unplaced: How many were in no group, by cause.
    """

    verdict: Verdict
    version: int
    groups: tuple[tuple[tuple[str, ...], str], ...] = ()
    unplaced: Mapping[str, int] = field(default_factory=dict)


def replay_round(database: Database, vault: Vault, round_id: int) -> Replayed:
    """Work a round out again.

    Raises:
        ReplayError: There is no such round, it introduced nobody, or its inputs cannot be opened.
    """
    with database.read() as session:
        this_round = rounds.find_round(session, round_id)
        if this_round is None:
            raise ReplayError(f"There is no round {round_id}.")
        stored = rounds.find_inputs(session, this_round)
        if stored is None:
            if this_round.skipped:
                raise ReplayError(f"Round {round_id} was skipped ({this_round.skipped}): there is nothing to work out.")
            raise ReplayError(
                f"What round {round_id} was worked out from is gone: it is kept for {INPUTS_KEPT_FOR.days} days, "
                "and goes at once when somebody is erased who stands in it."
            )
        began_with = rounds.list_planned_groups(session, this_round)
    try:
        secret = rounds.secret_of(vault, stored)
    except (NoKeyError, WrongKeyError):
        raise ReplayError(
            f"The private lists of round {round_id} are sealed with a key that is not in PEERLOOP_KEYS."
        ) from None
    try:
        return _compare(stored, secret, began_with, this_round.seed)
    except UNPACKABLE:
        raise ReplayError(f"What round {round_id} was worked out from cannot be read: somebody changed it.") from None


def _compare(stored: RoundInputs, secret: str, began_with: list[tuple[str, ...]], seed: int) -> Replayed:
    version = version_in(stored.packed)
    if digest_of(stored.packed, secret) != stored.digest:
        return Replayed(Verdict.CHANGED_INPUTS, version)
    try:
        inputs = read_back(stored.packed, secret)
    except UNPACKABLE:
        if version == PAIRING_VERSION:
            raise
        # It asked for other things than the pairing of today.
        return Replayed(Verdict.OLDER_PAIRING, version)
    plan = inputs.plan()
    is_same = sorted(group.people for group in plan.groups) == began_with and inputs.seed == seed
    other = Verdict.OTHER if version == PAIRING_VERSION else Verdict.OLDER_PAIRING
    return Replayed(
        verdict=Verdict.SAME if is_same else other,
        version=version,
        groups=tuple((group.people, group.reason.kind.value) for group in plan.groups),
        unplaced=Counter(one.cause.value for one in plan.unplaced),
    )
