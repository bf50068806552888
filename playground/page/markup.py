"""The one place where the name of an HTML element becomes mark-up."""

from markupsafe import Markup


def wrap(tag: str, content: Markup | str) -> Markup:
    """Put content, escaped unless it is mark-up, into an element; `tag` is a word of our own."""
    return Markup(f"<{tag}>{{}}</{tag}>").format(content)  # noqa: S704 - no tag ever comes from a message
