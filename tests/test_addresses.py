"""Nothing that people type, and no token, is sent where somebody on the way could read it."""

import pytest

from bot.addresses import keeps_secrets


@pytest.mark.parametrize(
    "address",
    [
        "https://slack.com/api/",
        "HTTPS://SLACK.COM",
        "wss://wss-primary.slack.com/link?ticket=1",
        "http://127.0.0.1:3970/api/",
        "http://127.9.9.9/",
        "http://localhost:1/",
        "ws://[::1]:8/link",
    ],
)
def test_what_is_encrypted_or_stays_on_this_machine_keeps_secrets(address: str) -> None:
    assert keeps_secrets(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://slack.com/api/",
        "ws://wss-primary.slack.com/link",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://localhost@example.com/",
        "http://example.com#127.0.0.1",
        "http://2130706433/",
        "http:///api/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "slack.com/api/",
        "https://",
        "https://slack.com:99999/",
        "https://[::1/",
        "",
    ],
)
def test_everything_else_does_not(address: str) -> None:
    assert not keeps_secrets(address)
