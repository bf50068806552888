"""What is said about requests to be introduced: to the one who asks, to the one who is asked, and to both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.blocks.block_kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    long_day,
    message,
    people,
    person,
    quote,
    section,
)
from bot.blocks.ids import RequestId, TopicId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, ngettext, speaking
from bot.blocks.rounds import coming, group_buttons, meeting_message
from bot.domain.guides import Guide
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicKind
from bot.domain.requests import RequestCard, RequestState


def introduce_button(topic_id: int) -> Block:
    """Build the button that asks somebody, because of an offer or a want of theirs, whether they would like to meet."""
    return button(_("Introduce us"), RequestId.ASK, topic_id, variant=topic_id)


def asked_reply(request: RequestCard) -> Message:
    """Tell the person who asks what happens now."""
    first = _("*I'm asking {person}.* A yes, and I introduce you two in a group message.").format(
        person=person(request.asked)
    )
    silence = _("If there is no yes by {day}, I tell you so.").format(day=long_day(request.until))
    return message(
        section(f"{first} {silence}"), actions(button(_("Take it back"), RequestId.TAKE_BACK, request.request_id))
    )


def taken_back_reply(request: RequestCard) -> Message:
    """Confirm that a request is over."""
    return message(section(_("*Taken back.* I don't ask {person} any more.").format(person=person(request.asked))))


def request_message(request: RequestCard) -> Message:
    """Ask the person who offers a topic, or wants it, whether they would like to be introduced to somebody."""
    return message(*request_blocks(request))


def request_blocks(request: RequestCard) -> list[Block]:
    """Show a request to the person who is asked, with the two answers."""
    who, topic = person(request.asker), quote(request.topic)
    if request.kind is TopicKind.OFFER:
        first = _("*{person} would like to learn {topic}, which you offer.* Shall I introduce you two?")
    else:
        first = _("*{person} can show you {topic}, which you want to learn.* Shall I introduce you two?")
    return [
        section(first.format(person=who, topic=topic)),
        actions(
            button(_("Introduce us"), RequestId.AGREE, request.request_id, primary=True),
            button(_("Not this time"), RequestId.DECLINE, request.request_id),
        ),
        context(
            _(
                "A no needs no reason, and no answer by {day} is a no too. "
                "Either way {person} only hears that there was no luck this time."
            ).format(day=long_day(request.until), person=who)
        ),
    ]


def waiting_line(request: RequestCard) -> str:
    """Tell the person who asked that the other has not answered, and until when they can."""
    return _("You asked {person} because of {topic}; there is time until {day}.").format(
        person=person(request.asked), topic=quote(request.topic), day=long_day(request.until)
    )


def answered_reply(request: RequestCard) -> Message:
    """Confirm an answer to the person who was asked."""
    if request.state is RequestState.AGREED:
        good = _("*Good.* I'm introducing you and {person} in a group message.").format(person=person(request.asker))
        return message(section(" ".join([good, *coming(request.coming, (request.asker,))])))
    return message(section(_("*Noted.* {person} hears no reason.").format(person=person(request.asker))))


def agreed_message(request: RequestCard) -> Message:
    """Tell the person who asked that the other said yes, and when the message comes that introduces the two."""
    first = _("*{person} would like to meet you too.* I'm introducing you two in a group message.").format(
        person=person(request.asked)
    )
    return message(section(" ".join([first, *coming(request.coming, (request.asked,))])))


def introduction_message(
    request: RequestCard, group_id: int, guide: Guide, openings: Sequence[tuple[datetime, datetime]]
) -> Message:
    """Write M16: as in a round, with who asked and who said yes, in the language in which there is the guide."""
    with speaking(guide.language):
        return _introduction(request, group_id, guide, openings)


def _introduction(
    request: RequestCard, group_id: int, guide: Guide, openings: Sequence[tuple[datetime, datetime]]
) -> Message:
    asker, asked, topic = person(request.asker), person(request.asked), quote(request.topic)
    if request.kind is TopicKind.OFFER:
        why = _("*Why you two:* {asker} asked; {asked} said yes. {asked} offers {topic}.")
    else:
        why = _("*Why you two:* {asker} asked; {asked} said yes. {asked} wants to learn {topic}.")
    return meeting_message(
        sorted((request.asker, request.asked)),
        why.format(asker=asker, asked=asked, topic=topic),
        guide,
        openings,
        group_buttons(group_id, on_request=True),
    )


def no_luck_message(topic: str, kind: TopicKind, others: int) -> Message:
    """Tell the person who asked that there was no yes, and where else to look; not why, and not from whom."""
    first = _("*No luck this time with {topic}.*").format(topic=quote(topic))
    if kind is TopicKind.WANT:
        return message(section(first))
    if not others:
        nobody = _("Nobody else offers it yet; when somebody does, the weekly note tells the people who want it.")
        return message(section(f"{first} {nobody}"))
    more = ngettext("{number} other person offers it.", "{number} others offer it.", others).format(number=others)
    return message(
        section(f"{first} {more}"), actions(button(_("Show me"), TopicId.FIND, topic[:VALUE_LIMIT], primary=True))
    )


def over_message(left: str) -> Message:
    """Tell somebody that whom they were introduced to on request can't make it; no reason."""
    return message(
        section(_("*{person} can't make it after all; nothing to do with you.*").format(person=person(left)))
    )


def off_message(request: RequestCard, reader: str, *, is_paused: bool) -> Message:
    """Tell somebody that an introduction both had agreed to does not come about; of a pause, only the one in it."""
    other = request.asked if reader == request.asker else request.asker
    if is_paused:
        first = _("*You're paused, so I haven't introduced you to {person}.*").format(person=people((other,)))
        return message(section(" ".join([first, _("Once you're back, you can try again.")])))
    return message(
        section(
            _("*I could not introduce you to {person} this time;* nothing to do with you.").format(
                person=people((other,))
            )
        )
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.REQUEST: KindWords(
        why=N_("somebody would like to be introduced to you"),
        plural=N_("wishes to be introduced to you"),
        upcoming=("somebody is asked: shall I introduce you?", "people are asked: shall I introduce you?"),
    ),
    MessageKind.REQUEST_INTRODUCTION: KindWords(
        why=N_("an introduction that you and somebody else agreed to"),
        name=N_("my introduction"),
        upcoming=("an introduction both agreed to", "introductions both agreed to"),
    ),
    MessageKind.REQUEST_NO_LUCK: KindWords(why=N_("the answer to your wish to be introduced")),
    MessageKind.REQUEST_OFF: KindWords(why=N_("an introduction you had agreed to did not come about")),
}
