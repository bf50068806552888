from bot.domain.messages import RULES, Concerned
from tests.docs.pages import ROOT, rows, section


def test_the_page_says_of_each_kind_of_message_who_hears_that_it_does_not_come() -> None:
    told = rows(section(ROOT / "docs/reliability.md", "Who hears of a message that does not come"))

    declared = [
        [kind, rule.harmless if rule.asks is Concerned.NOBODY else f"told: {rule.asks}"] for kind, rule in RULES.items()
    ]
    assert told == declared
