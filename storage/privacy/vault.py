"""Keeps what nobody with a copy of the database may read: sealed with keys that stand only in the environment."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class NoKeyError(Exception):
    """Something is to be sealed or opened and there is no key at all."""


class WrongKeyError(Exception):
    """Something was sealed with a key that is not among those given."""


class Vault:
    """Seals and opens texts.

    Args:
        keys: Keys as `new_key` makes them. The first seals; each of them opens. None at all is a vault that
            can neither seal nor open.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._first = Fernet(keys[0]) if keys else None
        self._all = MultiFernet([Fernet(key) for key in keys]) if keys else None

    @property
    def has_key(self) -> bool:
        """Tell whether anything can be sealed."""
        return self._all is not None

    def seal(self, text: str) -> str:
        """Make a text unreadable. Raises NoKeyError without a key."""
        if self._all is None:
            raise NoKeyError
        return self._all.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Read a sealed text; several sealed texts with spaces between them come back with spaces between them.

        Raises NoKeyError without a key and WrongKeyError when none of the keys fits.
        """
        if self._all is None:
            raise NoKeyError
        try:
            return " ".join(self._all.decrypt(one).decode() for one in sealed.split(" "))
        except InvalidToken:
            raise WrongKeyError from None

    def renewed(self, sealed: str) -> str | None:
        """Return a text as it is sealed with the first key, in one piece; None when it is so already.

        Raises:
            NoKeyError: There is no key.
            WrongKeyError: None of the keys fits.
        """
        if self._first is None:
            raise NoKeyError
        if " " in sealed:
            return self.seal(self.open(sealed))
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None


def new_key() -> str:
    """Return a key that nobody has had before."""
    return Fernet.generate_key().decode()
