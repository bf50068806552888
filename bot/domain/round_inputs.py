"""Everything a round is worked out from, as one value that can be written down and read again."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any, Final

from bot.domain.cadence import Window
from bot.domain.pairing import PAIRING_VERSION, History, Member, Plan, Rules, plan_groups

# Rounds that were made before rounds kept a version.
UNVERSIONED: Final = 0
# What inputs raise that were written for another pairing, or changed by somebody.
UNPACKABLE: Final = (KeyError, TypeError, ValueError, AttributeError, zlib.error)


@dataclass(frozen=True)
class Inputs:
    """What the pairing takes; two that are equal give the same plan.

    Args:
        members: Those who are available, in the order of their ids.
        met: The last round in which each two people met.
        rules: What the community chose.
        number: The number of the round.
        seed: Decides what nothing else decides.
    """

    members: tuple[Member, ...]
    met: Mapping[frozenset[str], int]
    rules: Rules
    number: int
    seed: int

    def plan(self) -> Plan:
        """Work out who meets whom."""
        return plan_groups(self.members, History.of(self.met), self.number, self.seed, self.rules)


@dataclass(frozen=True)
class Written:
    """Inputs as they are stored.

    Args:
        packed: Everything but private lists, as compressed JSON.
        secret: Private lists as JSON, with a lot so that nobody can try lists out against the digest; empty
            when nobody has one.
        digest: Of both together.
    """

    packed: bytes
    secret: str
    digest: str


def write_down(inputs: Inputs, lot: str) -> Written:
    """Write inputs down; `lot` is any text that nobody can guess."""
    blocked = {member.id: sorted(member.blocked) for member in inputs.members if member.blocked}
    open_part = {
        "pairing": PAIRING_VERSION,
        "number": inputs.number,
        "seed": inputs.seed,
        "rules": {
            "group_size": inputs.rules.group_size,
            "again_after": inputs.rules.again_after,
            "recent_rounds": inputs.rules.recent_rounds,
            "fresh_after": inputs.rules.fresh_after,
            "teaching_rounds": inputs.rules.teaching_rounds,
            "week": inputs.rules.week.isoformat(),
        },
        "members": [_member(member) for member in inputs.members],
        "met": sorted([*sorted(pair), number] for pair, number in inputs.met.items()),
    }
    packed = zlib.compress(json.dumps(open_part, separators=(",", ":"), sort_keys=True).encode())
    secret = json.dumps({"lot": lot, "blocked": blocked}, sort_keys=True) if blocked else ""
    return Written(packed, secret, digest_of(packed, secret))


def read_back(packed: bytes, secret: str) -> Inputs:
    """Read what `write_down` wrote."""
    told = json.loads(zlib.decompress(packed))
    blocked = json.loads(secret)["blocked"] if secret else {}
    return Inputs(
        members=tuple(_read_member(one, blocked.get(one["id"], ())) for one in told["members"]),
        met={frozenset((one, other)): number for one, other, number in told["met"]},
        rules=Rules(**{**told["rules"], "week": date.fromisoformat(told["rules"]["week"])}),
        number=told["number"],
        seed=told["seed"],
    )


def version_in(packed: bytes) -> int:
    """Return the version of the pairing that the inputs were written down for; `UNVERSIONED` where none stands."""
    version: int = json.loads(zlib.decompress(packed)).get("pairing", UNVERSIONED)
    return version


def digest_of(packed: bytes, secret: str) -> str:
    """Return the digest of inputs as they are stored."""
    return sha256(zlib.decompress(packed) + b"\0" + secret.encode()).hexdigest()


def member_in(packed: bytes, user_id: str) -> dict[str, Any] | None:
    """Return what inputs say of one person, as far as it is theirs to see; None when they are not among the members.

    Which partners never said a word is what those partners did, and stays out.
    """
    members = json.loads(zlib.decompress(packed))["members"]
    found: dict[str, Any] | None = next((one for one in members if one["id"] == user_id), None)
    return {name: value for name, value in found.items() if name not in {"id", "silent"}} if found else None


def is_in(user_id: str, packed: bytes, secret: str) -> bool:
    """Tell whether a person stands anywhere in inputs as they are stored, or may: in some that nobody can unpack."""
    written = json.dumps(user_id)
    try:
        return written.encode() in zlib.decompress(packed) or written in secret
    except zlib.error:
        return True


def _member(member: Member) -> dict[str, Any]:
    """Write a member down without the private list; what is as usual is left out."""
    window = member.window
    whole = {
        "id": member.id,
        "window": [f"{window.start:%H:%M}", f"{window.end:%H:%M}", sorted(window.days), window.zone],
        "languages": sorted(member.languages),
        "writing_ok": member.writing_ok,
        "team": member.team,
        "manager": member.manager,
        "offers": sorted(member.offers),
        "wants": sorted(member.wants),
        "trios": member.trios,
        "taught": member.taught,
        "silent": sorted(member.silent),
    }
    return {name: value for name, value in whole.items() if value}


def _read_member(told: Mapping[str, Any], blocked: list[str]) -> Member:
    start, end, days, zone = told["window"]
    return Member(
        id=told["id"],
        window=Window(time.fromisoformat(start), time.fromisoformat(end), frozenset(days), zone),
        languages=frozenset(told.get("languages", ())),
        writing_ok=told.get("writing_ok", False),
        team=told.get("team", ""),
        manager=told.get("manager", ""),
        blocked=frozenset(blocked),
        offers=frozenset(told.get("offers", ())),
        wants=frozenset(told.get("wants", ())),
        trios=told.get("trios", 0),
        taught=told.get("taught", 0),
        silent=frozenset(told.get("silent", ())),
    )
