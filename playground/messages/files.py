"""Uploaded files: the app's and people's own."""

import mimetypes
from collections.abc import Callable
from urllib.parse import quote

from playground.state.clock import MovableClock
from playground.state.state import State, WorkspaceError
from playground.state.store import Json


class Files:
    """All files of the workspace.

    Args:
        state: keeps them.
        clock: dates them.
        base_url: tells where this server listens, with a slash at its end.
    """

    def __init__(self, state: State, clock: MovableClock, base_url: Callable[[], str]) -> None:
        self._state = state
        self._clock = clock
        self._base_url = base_url

    def promise(self, user: str, name: str, size: int, alt_text: str = "") -> Json:
        """Make a file whose bytes are still to come; gives Slack's object for it."""
        file_id = self._state.new_id("F")
        url = f"{self._base_url()}files/{file_id}/{quote(name)}"
        file: Json = {
            "id": file_id,
            "created": int(self._clock.timestamp()),
            "name": name,
            "title": name,
            "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "filetype": name.rpartition(".")[2],
            "user": user,
            "size": size,
            "alt_txt": alt_text,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
        }
        self._state.save_file(file)
        return file

    def add(self, user: str, name: str, content: bytes) -> Json:
        """Take a file from a person; gives Slack's object for it."""
        if not name or not content:
            raise WorkspaceError("A file has a name and something in it.")
        file = self.promise(user, name, len(content))
        self._state.save_upload(file["id"], content)
        return file
