"""Suggestions to those who look after a community, and its invitation. It is Monday 23 November 2026, 08:00."""

from datetime import timedelta

import pytest

from bot.blocks.names import CommandNames
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.render import render
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.messages import DropReason, MessageKind
from bot.domain.prompts import PromptLibrary
from bot.domain.suggestions import MAX_SUGGESTION, MOST_A_DAY
from bot.domain.topics import Thesaurus
from bot.services.communities.invitations import InvitationService
from bot.services.communities.suggestions import SuggestionService
from storage import communities
from storage.communities import Community
from storage.database import Database
from storage.outbox.outbox import OutboxMessage
from storage.privacy import ageing
from storage.suggestions import Suggestion
from tests.factories import MONDAY_8, actor, add_community, add_members, messages, profile, rows

TEXT = "Prompts on Wednesdays, please <!here>"
DAY = timedelta(days=1)


@pytest.fixture
def community(database: Database) -> Community:
    with database.write() as session:
        found = add_community(session, facilitators=("UF", "UM"))
        add_members(session, found, "UA")
        return found


@pytest.fixture
def words(library: PromptLibrary, guides: GuideLibrary, thesaurus: Thesaurus) -> Library:
    return Library(CommandNames(), library, guides, thesaurus)


def say(database: Database, words: Library, row: OutboxMessage) -> Verdict:
    with database.read() as session:
        return render(session, row, words, MONDAY_8)


def problem_of(refusal: pytest.ExceptionInfo[UserError]) -> Problem:
    return refusal.value.trouble.problem


def test_those_who_look_after_it_read_each_in_private_who_suggests_what(
    database: Database, community: Community, suggestions: SuggestionService, words: Library
) -> None:
    for _ in range(2):
        readers = suggestions.pass_on(actor("UA"), "C1", f" {TEXT} ", profile("UA"), MONDAY_8)
        assert set(readers) == {"UF", "UM"}

    sent = messages(database, MessageKind.SUGGESTION)
    assert sorted((row.people, row.channel_id, row.is_ping) for row in sent) == [("UF", "", False), ("UM", "", False)]
    said = say(database, words, sent[0])
    assert isinstance(said, Post)
    assert "<@UA> suggests for <#C1>:" in said.message.text
    assert "Prompts on Wednesdays, please &lt;!here&gt;" in said.message.text
    with database.write() as session:
        communities.set_facilitators(session, community, ["UX"])
    assert say(database, words, sent[0]) == Drop(DropReason.NO_FACILITATOR)


def test_three_a_day_are_passed_on_and_more_on_the_next(
    database: Database, community: Community, suggestions: SuggestionService
) -> None:
    del community
    for number in range(MOST_A_DAY):
        suggestions.pass_on(actor("UA", f"a{number}"), "C1", TEXT, profile("UA"), MONDAY_8)
    with pytest.raises(UserError) as refusal:
        suggestions.pass_on(actor("UA", "more"), "C1", TEXT, profile("UA"), MONDAY_8)
    assert (problem_of(refusal), refusal.value.kept) == (Problem.ENOUGH_SUGGESTIONS, TEXT)
    assert len(rows(database, Suggestion)) == MOST_A_DAY

    suggestions.pass_on(actor("UB", "other"), "C1", TEXT, profile("UB"), MONDAY_8)
    suggestions.pass_on(actor("UA", "tomorrow"), "C1", TEXT, profile("UA"), MONDAY_8 + DAY)
    assert len(rows(database, Suggestion)) == MOST_A_DAY + 2


@pytest.mark.parametrize(("text", "problem"), [("hm", Problem.SUGGESTION_SHORT), ("x" * 301, Problem.TOO_LONG)])
def test_what_is_too_short_or_too_long_is_not_passed_on(
    database: Database, community: Community, suggestions: SuggestionService, text: str, problem: Problem
) -> None:
    del community
    assert len("x" * 301) == MAX_SUGGESTION + 1
    with pytest.raises(FormError) as refusal:
        suggestions.pass_on(actor("UA"), "C1", text, profile("UA"), MONDAY_8)
    assert refusal.value.troubles["text"].problem == problem
    assert rows(database, Suggestion) == []


def test_guests_suggest_nothing_and_nobody_to_themselves(
    database: Database, community: Community, suggestions: SuggestionService
) -> None:
    with pytest.raises(UserError) as refusal:
        suggestions.pass_on(actor("UG"), "C1", TEXT, profile("UG", is_guest=True), MONDAY_8)
    assert problem_of(refusal) == Problem.CANNOT_TAKE_PART
    assert suggestions.pass_on(actor("UF"), "C1", TEXT, profile("UF"), MONDAY_8) == ("UM",)
    with database.write() as session:
        communities.set_facilitators(session, community, ["UF"])
    with pytest.raises(UserError) as refusal:
        suggestions.pass_on(actor("UF", "again"), "C1", TEXT, profile("UF"), MONDAY_8)
    assert problem_of(refusal) == Problem.GONE
    with pytest.raises(UserError) as refusal:
        suggestions.pass_on(actor("UA"), "C9", TEXT, profile("UA"), MONDAY_8)
    assert problem_of(refusal) == Problem.NOT_A_COMMUNITY


def test_an_old_suggestion_is_removed(
    database: Database, community: Community, suggestions: SuggestionService, words: Library
) -> None:
    del community
    suggestions.pass_on(actor("UA"), "C1", TEXT, profile("UA"), MONDAY_8)
    for before, left in ((MONDAY_8, 1), (MONDAY_8 + DAY, 0)):
        with database.write() as session:
            ageing.age(session, "T1", before, 10)
        assert len(rows(database, Suggestion)) == left
    assert say(database, words, messages(database, MessageKind.SUGGESTION)[0]) == Drop(DropReason.TAKEN_BACK)


def test_the_invitation_is_shared_once_a_day_by_those_who_are_in_or_look_after_it(
    database: Database, community: Community, invitations: InvitationService, words: Library
) -> None:
    invitations.share(actor("UF"), "C1", MONDAY_8)
    invitations.share(actor("UF"), "C1", MONDAY_8)
    with pytest.raises(UserError) as refusal:
        invitations.share(actor("UA"), "C1", MONDAY_8)
    assert problem_of(refusal) == Problem.INVITED_TODAY
    with pytest.raises(UserError) as refusal:
        invitations.share(actor("UX"), "C1", MONDAY_8 + DAY)
    assert problem_of(refusal) == Problem.NOT_FACILITATOR
    invitations.share(actor("UA", "tomorrow"), "C1", MONDAY_8 + DAY)

    first, second = messages(database, MessageKind.COMMUNITY_INVITATION)
    assert (first.channel_id, first.people, first.not_after) == ("C1", "", MONDAY_8 + timedelta(hours=1))
    assert second.about == "UA"
    said = say(database, words, first)
    assert isinstance(said, Post)
    assert community.purpose in said.message.text
    assert "Shared by <@UF>." in said.message.text


def test_a_community_that_is_none_or_sleeps_invites_nobody(
    database: Database, community: Community, invitations: InvitationService
) -> None:
    with database.write() as session:
        community.asleep_at = MONDAY_8
        session.add(community)
    for channel_id in ("C1", "C9"):
        with pytest.raises(UserError) as refusal:
            invitations.share(actor("UF"), channel_id, MONDAY_8)
        assert problem_of(refusal) == Problem.NOT_A_COMMUNITY
    assert messages(database, MessageKind.COMMUNITY_INVITATION) == []
