"""The languages that the bot speaks, and those in which people can meet."""

from typing import Final

ENGLISH: Final = "en"
# By its code, what each language calls itself.
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch"}
# By its code, what each language calls itself that people can say they meet in, in the order of those names.
MEETING_LANGUAGES: Final = {
    "id": "Bahasa Indonesia",
    "cs": "\u010ce\u0161tina",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Espa\u00f1ol",
    "fr": "Fran\u00e7ais",
    "hr": "Hrvatski",
    "it": "Italiano",
    "hu": "Magyar",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Portugu\u00eas",
    "ro": "Rom\u00e2n\u0103",
    "sk": "Sloven\u010dina",
    "fi": "Suomi",
    "sv": "Svenska",
    "vi": "Ti\u1ebfng Vi\u1ec7t",
    "tr": "T\u00fcrk\u00e7e",
    "el": "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac",
    "bg": "\u0411\u044a\u043b\u0433\u0430\u0440\u0441\u043a\u0438",
    "ru": "\u0420\u0443\u0441\u0441\u043a\u0438\u0439",
    "sr": "\u0421\u0440\u043f\u0441\u043a\u0438",
    "uk": "\u0423\u043a\u0440\u0430\u0457\u043d\u0441\u044c\u043a\u0430",
    "he": "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "ar": "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "fa": "\u0641\u0627\u0631\u0633\u06cc",
    "hi": "\u0939\u093f\u0928\u094d\u0926\u0940",
    "th": "\u0e44\u0e17\u0e22",
    "zh": "\u4e2d\u6587",
    "ja": "\u65e5\u672c\u8a9e",
    "ko": "\ud55c\uad6d\uc5b4",
}


def language_of(locale: str | None) -> str:
    """Return the code of the language to speak to somebody whose account has a locale such as "de-AT".

    English for every language that the bot does not speak, and where there is no locale.
    """
    code = (locale or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH
