"""Which of the manifest's scopes the app was given: the person who installs it may refuse the optional ones.

Source: https://docs.slack.dev/authentication/installing-with-oauth
"""

from collections.abc import Iterable

from playground.manifest import Manifest
from playground.state.state import State, WorkspaceError
from playground.state.store import Json

REFUSED = "refused:"
UNINSTALLED = "uninstalled"


class Grants:
    """The scopes of the app's token.

    Args:
        state: keeps what was refused.
        manifest: says what is asked for, and what of it is optional.
    """

    def __init__(self, state: State, manifest: Manifest) -> None:
        self._state = state
        self._manifest = manifest

    @property
    def scopes(self) -> frozenset[str]:
        """Tell the scopes that the app has."""
        return self._manifest.scopes - self.refused

    @property
    def refused(self) -> frozenset[str]:
        """Tell the optional scopes that it was not given."""
        optional = self._manifest.optional_scopes
        return frozenset(scope for scope in optional if self._state.number(REFUSED + scope))

    def refuse(self, scopes: Iterable[str]) -> None:
        """Refuse exactly these optional scopes and grant the others.

        Raises WorkspaceError for a scope that is not optional.
        """
        wanted = frozenset(scopes)
        for scope in sorted(wanted - self._manifest.optional_scopes):
            raise WorkspaceError(f"{scope!r} is not among the optional scopes of the manifest.")
        for scope in self._manifest.optional_scopes:
            self._state.set_number(REFUSED + scope, int(scope in wanted))

    @property
    def installed(self) -> bool:
        """Tell whether the app is installed at all; otherwise it hears nothing and its token is dead."""
        return not self._state.number(UNINSTALLED)

    def install(self, *, installed: bool) -> None:
        """Install the app again, or take it away."""
        self._state.set_number(UNINSTALLED, int(not installed))

    def shown(self) -> Json:
        """Everything of `GET /_/scopes`: {granted, optional, refused}, each a list."""
        named = {"granted": self.scopes, "optional": self._manifest.optional_scopes, "refused": self.refused}
        return {name: sorted(scopes) for name, scopes in named.items()}
