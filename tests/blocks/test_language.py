from datetime import UTC, date, datetime

import pytest

from bot.blocks.block_kit import day_with_year, long_day, moment, people
from bot.blocks.language import speaking, spoken
from bot.domain.languages import language_of


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-DE", "de"), ("de_AT", "de"), ("DE", "de"), ("en-US", "en"), ("fr-FR", "en"), ("", "en"), (None, "en")],
)
def test_an_account_is_spoken_to_in_its_language_or_in_english(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_days_and_lists_are_written_as_in_the_language_spoken() -> None:
    day = date(2026, 11, 30)

    assert (long_day(day), day_with_year(day)) == ("Monday 30 November", "30 November 2026")
    assert people(["UA", "UB", "UC"]) == "<@UA>, <@UB> and <@UC>"
    assert moment(datetime(2026, 11, 30, 9, 5, tzinfo=UTC)).endswith("|Mon 30 Nov 09:05 UTC>")
    with speaking("de"):
        assert people(["UA", "UB", "UC"]) == "<@UA>, <@UB> und <@UC>"
        assert long_day(day) == "Montag, 30. November"
        assert day_with_year(day) == "30. November 2026"
        assert moment(datetime(2026, 11, 30, 9, 5, tzinfo=UTC)).endswith("|Mo. 30. Nov. 09:05 UTC>")


def test_a_language_is_spoken_only_where_it_is_asked_for() -> None:
    with speaking("de"):
        with speaking("en"):
            assert spoken() == "en"
        assert spoken() == "de"

    assert spoken() == "en"
