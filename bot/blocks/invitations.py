"""What is said when a community's invitation is shared once more, because somebody asked for it."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.block_kit import Message, channel, context, message, person, section
from bot.blocks.communities import intro_message
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _
from bot.domain.communities import CommunityCard
from bot.domain.messages import MessageKind


def invitation_message(card: CommunityCard, who: str) -> Message:
    """Say once more what the channel is, with the button to be counted in, and who shares it."""
    # Its small print is of the first time, and stands there still.
    *introduction, _small_print = intro_message(card).blocks
    return message(*introduction, context(_("Shared by {person}.").format(person=person(who))))


def shared_reply(channel_id: str) -> Message:
    """Confirm that the invitation is on its way."""
    return message(
        section(_("*The invitation is on its way to {channel},* with your name.").format(channel=channel(channel_id)))
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.COMMUNITY_INVITATION: KindWords(name=N_("the invitation you shared")),
}
