"""What a tap under a prompt tells about the prompt itself."""

from sqlmodel import select

from bot.blocks.ids import PromptId
from bot.domain.identity import Actor, Tenant
from bot.domain.prompts import TapKind
from bot.domain.schedule import DueKind
from storage import due
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from tests.handlers.edge import LEARNING, NOW, TEAM, Edge, Json


def doubtful_prompt(edge: Edge) -> None:
    """A prompt was posted in #learning, and the bot does not know it."""
    with edge.database.read() as session:
        row = session.exec(select(due.Due).where(due.Due.kind == DueKind.PROMPT)).one()
    edge.services.prompts.post(row, row.due_at)
    with edge.database.write() as session:
        prompt = outbox.find_message(session, TEAM, "prompt:1")
        assert prompt is not None
        prompt.state = OutboxState.UNCONFIRMED
        session.add(prompt)


def tapped(edge: Edge, **message: Json) -> OutboxMessage | None:
    """Tap under the prompt, and tell what the outbox then knows of it."""
    edge.send(edge.click("U0LEE", f"{PromptId.TAP}:did", f"1:{TapKind.DID}") | message)
    with edge.database.read() as session:
        return outbox.find_message(session, TEAM, "prompt:1")


def test_a_tap_shows_where_a_prompt_stands(edge: Edge) -> None:
    doubtful_prompt(edge)

    prompt = tapped(edge, message={"type": "message", "user": "U0BOT", "ts": "1700000000.000200", "text": "A prompt"})

    assert prompt is not None
    assert (prompt.state, prompt.channel_id, prompt.ts) == ("sent", LEARNING, "1700000000.000200")


def test_a_tap_shows_where_a_prompt_stands_that_somebody_has_seen(edge: Edge) -> None:
    doubtful_prompt(edge)
    edge.services.delivery.note_arrival(Actor(Tenant(TEAM), "U0AMARA", "act"), number_of_prompt(edge), NOW)

    prompt = tapped(edge, message={"type": "message", "user": "U0BOT", "ts": "1700000000.000200", "text": "A prompt"})

    assert prompt is not None
    assert (prompt.state, prompt.channel_id, prompt.ts) == ("sent", LEARNING, "1700000000.000200")


def number_of_prompt(edge: Edge) -> int:
    with edge.database.read() as session:
        prompt = outbox.find_message(session, TEAM, "prompt:1")
        assert prompt is not None
        return prompt.id


def state_of_prompt(edge: Edge) -> str:
    with edge.database.read() as session:
        prompt = outbox.find_message(session, TEAM, "prompt:1")
        assert prompt is not None
        return prompt.state


def test_a_tap_in_what_only_one_person_sees_shows_nothing(edge: Edge) -> None:
    doubtful_prompt(edge)

    prompt = tapped(edge)

    assert prompt is not None
    assert (prompt.state, prompt.ts) == ("unconfirmed", "")
