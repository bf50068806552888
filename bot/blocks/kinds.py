"""The words about every kind of message, gathered from the topics."""

from collections.abc import Mapping
from typing import Final

from bot.blocks import (
    check_ins,
    communities,
    goal_checks,
    invitations,
    kudos,
    members,
    notes,
    privacy,
    prompts,
    requests,
    rounds,
    suggestions,
    uses,
    witnesses,
)
from bot.blocks.kind_words import KindWords
from bot.domain.messages import RULES, Concerned, MessageKind

_NONE: Final = KindWords()
_GATHERED: Final[Mapping[MessageKind, KindWords]] = {
    **check_ins.KIND_WORDS,
    **communities.KIND_WORDS,
    **goal_checks.KIND_WORDS,
    **invitations.KIND_WORDS,
    **kudos.KIND_WORDS,
    **members.KIND_WORDS,
    **notes.KIND_WORDS,
    **privacy.KIND_WORDS,
    **prompts.KIND_WORDS,
    **requests.KIND_WORDS,
    **rounds.KIND_WORDS,
    **suggestions.KIND_WORDS,
    **uses.KIND_WORDS,
    **witnesses.KIND_WORDS,
}
WORDS: Final[Mapping[MessageKind, KindWords]] = {kind: _GATHERED.get(kind, _NONE) for kind in MessageKind}


def missing_words() -> list[str]:
    """Return what is said of a kind and has no words: no ping without its reason, and so on."""
    needed = [
        (kind, what)
        for kind, rule in RULES.items()
        for what, is_needed in (
            ("why", rule.is_ping or rule.introduces),
            ("plural", rule.can_be_reduced),
            ("name", rule.asks is not Concerned.NOBODY),
        )
        if is_needed
    ]
    return [f"{kind}: {what}" for kind, what in needed if not getattr(WORDS[kind], what)]


assert not missing_words()  # noqa: S101 - a kind without its words must not start
