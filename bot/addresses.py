"""Addresses of the web: their parts, and whether what is sent there can be read on its way."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_SPACE: Final = re.compile(r"\s")
_ENCRYPTED: Final = frozenset({"https", "wss"})
_IN_CLEAR: Final = frozenset({"http", "ws"})


def split_address(address: str) -> SplitResult | None:
    """Return the parts of an address; None when it is none, or holds more than where something is."""
    parts = _parts_of(address)
    if parts is None:
        return None
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment or _SPACE.search(address))
    return parts if is_plain and address.isascii() else None


def keeps_secrets(address: str) -> bool:
    """Tell whether what is sent to an address is encrypted, or never leaves this machine."""
    parts = _parts_of(address)
    if parts is None:
        return False
    return parts.scheme in _ENCRYPTED or (parts.scheme in _IN_CLEAR and is_loopback(parts.hostname or ""))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself, without looking its name up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parts_of(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        # The port is read only when it is asked for.
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if is_whole else None
