import pytest

from playground.messages.typed import command_text, message_text
from playground.state.state import Conversation, Person

PEOPLE = [Person("U1", "amara", "Amara", "UTC"), Person("U2", "old-ben", "Ben", "UTC")]
CHANNELS = [Conversation("C1", "channel", "design", [])]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello", "hello"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("@amara.", "<@U1>."),
        ("(@old-ben, @nobody)", "(<@U2>, @nobody)"),
        ("mail amara@amara.example", "mail amara@amara.example"),
        ("@channel @here", "<!channel> <!here>"),
        ("see #design, not #unknown", "see <#C1|design>, not #unknown"),
        ("https://a.example/x?y=1&z=2.", "<https://a.example/x?y=1&amp;z=2>."),
        ("https://a.example/#design", "<https://a.example/#design>"),
    ],
)
def test_typed_text_is_kept_as_slack_keeps_it(typed: str, kept: str) -> None:
    assert message_text(typed, PEOPLE, CHANNELS) == kept


def test_commands_carry_names_beside_ids() -> None:
    assert command_text("@amara in #design", PEOPLE, CHANNELS) == "<@U1|amara> in <#C1|design>"
