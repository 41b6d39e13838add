"""The one exception that a user of the package has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class CascqError(Exception):
    """Something could not be run: bad usage, unreadable input, an unknown name. The command line exits with code 2.

    Attributes:
        en: the message in English, complete, without a traceback.
        zh: the same in Chinese; equal to `en` where no translation is given.
    """

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh if zh is not None else en

    def message(self, lang: str) -> str:
        """Return the message in `lang` ("zh" or "en")."""
        return self.zh if lang == "zh" else self.en

    @classmethod
    def join(cls, errors: Sequence[CascqError]) -> CascqError:
        """Make one error of several, one message per line, so that a steward sees all of them at once."""
        return cls("\n".join(error.en for error in errors), "\n".join(error.zh for error in errors))


def collect(given: Iterable[Given], make: Callable[[Given], Made]) -> list[Made]:
    """Apply a function to each of several things, such as a reader to files, and return what it makes of them.

    Raises:
        CascqError: those of all calls that failed, in one: whoever mends a file wants to see what else is broken.
    """
    made: list[Made] = []
    errors: list[CascqError] = []
    for one in given:
        try:
            made.append(make(one))
        except CascqError as error:
            errors.append(error)
    if errors:
        raise CascqError.join(errors)
    return made
