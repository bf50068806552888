"""Keeps what nobody with a copy of the database may read: sealed with keys that stand only in the environment."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# Which way a text was sealed; a Fernet token, the way before it, begins with another letter.
_VERSION: Final = "2"
_NONCE_BYTES: Final = 12
# A sealed text does not tell how long it is: of private lists all have one length.
_BLOCK_BYTES: Final = 1_024


class NoKeyError(Exception):
    """Something is to be sealed or opened and there is no key at all."""


class WrongKeyError(Exception):
    """Something was sealed with a key that is not among those given, or for another place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text belongs; in another place it does not open.

    Args:
        purpose: What it is, such as `private list`.
        workspace: The key of the workspace.
        owner: Whose it is: the id of a person or of a row.
    """

    purpose: str
    workspace: str
    owner: str

    def encoded(self) -> bytes:
        """Return the place as the cipher takes it; no two places have the same bytes."""
        return f"{_VERSION}\0{self.purpose}\0{self.workspace}\0{self.owner}".encode()


class Vault:
    """Seals and opens texts.

    Args:
        keys: Keys as `new_key` makes them. The first seals; each of them opens. None at all is a vault that
            can neither seal nor open.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys = tuple(keys)

    @property
    def has_key(self) -> bool:
        """Tell whether anything can be sealed."""
        return bool(self._keys)

    @property
    def key_count(self) -> int:
        """Return how many keys there are."""
        return len(self._keys)

    # The ciphers take seven megabytes, which a bot does not need before the first private entry.
    @cached_property
    def _ciphers(self) -> "list[AESGCM]":
        return [_cipher(key) for key in self._keys]

    @cached_property
    def _before(self) -> "list[Fernet]":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

        return [Fernet(key) for key in self._keys]

    def seal(self, text: str, place: Place) -> str:
        """Make a text unreadable, for one place. Raises NoKeyError without a key."""
        if not self._keys:
            raise NoKeyError
        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = text.encode()
        padded = content + b"\0" * (-len(content) % _BLOCK_BYTES)
        sealed = nonce + self._ciphers[0].encrypt(nonce, padded, place.encoded())
        return _VERSION + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, place: Place) -> str:
        """Read what was sealed for a place; also what was sealed in the way before, which knew no places.

        Raises NoKeyError without a key and WrongKeyError when none of the keys fits.
        """
        return self._open(sealed, place)[0]

    def key_of(self, sealed: str, place: Place) -> int | None:
        """Return which of the keys opens a text, the first one being 0; None when none does."""
        try:
            return self._open(sealed, place)[1]
        except (NoKeyError, WrongKeyError):
            return None

    def is_current(self, sealed: str, place: Place) -> bool:
        """Tell whether a text is sealed with the first key and for its place."""
        return sealed.startswith(_VERSION) and self.key_of(sealed, place) == 0

    def _open(self, sealed: str, place: Place) -> tuple[str, int]:
        if not self._keys:
            raise NoKeyError
        if not sealed.startswith(_VERSION):
            return self._open_before(sealed)
        try:
            content = base64.b64decode(sealed.removeprefix(_VERSION), altchars=b"-_", validate=True)
        except ValueError:
            raise WrongKeyError from None
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above

        nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        for number, cipher in enumerate(self._ciphers):
            try:
                opened = cipher.decrypt(nonce, rest, place.encoded())
            except (InvalidTag, ValueError):
                continue
            return opened.rstrip(b"\0").decode(), number
        raise WrongKeyError

    def _open_before(self, sealed: str) -> tuple[str, int]:
        """Read Fernet tokens; several come back with spaces between them, as they stood."""
        opened = [self._open_token(token) for token in sealed.split(" ")]
        return " ".join(text for text, _ in opened), max(number for _, number in opened)

    def _open_token(self, token: str) -> tuple[str, int]:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        for number, fernet in enumerate(self._before):
            try:
                return fernet.decrypt(token).decode(), number
            except InvalidToken:
                continue
        raise WrongKeyError


def new_key() -> str:
    """Return a key that nobody has had before."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

    return Fernet.generate_key().decode()


def _cipher(key: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    # One secret for two ways of sealing: each has a key of its own made from it.
    derived = HKDF(SHA256(), length=32, salt=None, info=b"peerloop sealed 2").derive(base64.urlsafe_b64decode(key))
    return AESGCM(derived)
