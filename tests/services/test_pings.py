"""What somebody is told of the messages they got: their own, of the last weeks, with the reason."""

from datetime import timedelta

from bot.domain.home import Received
from bot.domain.messages import MessageKind
from bot.services.members.pings import LOG_REACHES, PingService
from storage import members
from storage.database import Database
from storage.outbox import outbox, pings
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, queue

DAY = timedelta(days=1)


def test_everybody_sees_their_own_and_nobody_elses(database: Database) -> None:
    kinds = [MessageKind.INTRODUCTION, MessageKind.WEEKLY_NOTE, MessageKind.PROMPT_QUIET]
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
        for number, kind in enumerate(kinds):
            queue(session, str(kind), kind, channel_id="", people=("UA",))
            row = outbox.find_message(session, "T1", str(kind))
            assert row is not None
            pings.add_pings(session, row, members.list_people(session, "T1", ["UA"]), MONDAY_8 + number * DAY)
    service = PingService(database)

    log = service.log(actor("UA"), MONDAY_8 + 3 * DAY)

    assert log.this_week == 3
    assert log.received == (
        Received(MONDAY_8 + 2 * DAY, MessageKind.PROMPT_QUIET, "C1"),
        Received(MONDAY_8 + DAY, MessageKind.WEEKLY_NOTE, ""),
        Received(MONDAY_8, MessageKind.INTRODUCTION, "C1"),
    )
    assert service.log(actor("UB"), MONDAY_8 + 3 * DAY).received == ()
    assert service.log(actor("UX"), MONDAY_8).this_week == 0
    # The week is over on Monday, and the log after four weeks.
    assert service.log(actor("UA"), MONDAY_8 + 7 * DAY).this_week == 0
    assert len(service.log(actor("UA"), MONDAY_8 + LOG_REACHES + DAY).received) == 2


def test_what_came_of_their_own_act_is_listed_and_not_counted(database: Database) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        group = add_group(session, community, "UA", "UB")
        columns = {"subject": group.id, "people": ("UA", "UB"), "now": MONDAY_8}
        row = outbox.queued("T1", "intro:1", MessageKind.INTRODUCTION, is_result=True, **columns)  # type: ignore[arg-type]
        outbox.add_all(session, [{**row, "state": "sent", "sent_at": MONDAY_8}])

    log = PingService(database).log(actor("UB"), MONDAY_8 + DAY)

    assert log.this_week == 0
    assert log.received == (Received(MONDAY_8, MessageKind.INTRODUCTION, "C1", is_counted=False),)
    assert PingService(database).log(actor("UX"), MONDAY_8 + DAY).received == ()
