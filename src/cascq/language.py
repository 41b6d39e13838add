"""The two languages in which everything is said, and which of them to use."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("zh", "en")


def default_language(environ: Mapping[str, str]) -> str:
    """Return "zh" or "en" from the locale variables, in the order that POSIX gives them.

    Args:
        environ: the environment; LC_ALL, then LC_MESSAGES, then LANG decide, the first that is not empty.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(lang: str, en: str, zh: str) -> str:
    """Return `zh` if `lang` is "zh", else `en`."""
    return zh if lang == "zh" else en
