"""The languages that the bot speaks."""

from typing import Final

ENGLISH: Final = "en"
# By its code, what each language calls itself.
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch"}


def language_of(locale: str | None) -> str:
    """Return the code of the language to speak to somebody whose account has a locale such as "de-AT".

    English for every language that the bot does not speak, and where there is no locale.
    """
    code = (locale or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH
