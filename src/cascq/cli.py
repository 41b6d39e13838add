"""The command line: it parses, calls and prints. What it can do is done by the modules of the same names.

Exit codes: 0 fine; 1 the data was found wanting (validate, check, evidence --source); 2 could not run.
Nothing heavy is imported here: `cascq --help` must answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from cascq.arguments import parse
from cascq.chinese import argparse_in, reason
from cascq.errors import CascqError
from cascq.language import LANGUAGES, default_language, say


def _asked_language(arguments: Sequence[str]) -> str:
    """Find the language before parsing, so that help and usage errors come in it too."""
    for index, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        if value in LANGUAGES:
            return str(value)
    return default_language(os.environ)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never a traceback.

    Args:
        arguments: without the program's name; from the process if left out.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    lang = _asked_language(arguments)
    # A command makes many objects, few circles of them, and ends soon: looking for circles takes a third of its time.
    gc.set_threshold(200_000, 50, 100)
    _prepare_streams()
    try:
        with argparse_in(lang):
            options = parse(arguments, lang)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    options.lang = lang
    from cascq import commands
    from cascq.output import talk

    try:
        return commands.RUN[options.verb](options)
    except CascqError as error:
        from cascq.terms import visible

        talk(visible(say(lang, "cascq: ", "cascq：") + _message(error, lang)))
    except KeyboardInterrupt:
        talk(say(lang, "cascq: interrupted", "cascq：已中断"))
    except RecursionError:
        talk(say(lang, "cascq: the input is nested too deeply", "cascq：输入嵌套过深"))
    except MemoryError:
        talk(say(lang, "cascq: out of memory", "cascq：内存不足"))
    except OSError as error:
        colon = say(lang, ": ", "：")
        where = f"{error.filename}{colon}" if error.filename else ""
        talk(f"cascq{colon}{where}{reason(error, lang)}")
    return 2


def _message(error: CascqError, lang: str) -> str:
    """Return the message of an error; what the system said is in the asked language too."""
    message, cause = error.message(lang), error.__cause__
    if isinstance(cause, OSError) and cause.strerror:
        message = message.replace(cause.strerror, reason(cause, lang))
    return message


def _prepare_streams() -> None:
    """Write UTF-8 into files and pipes whatever the locale says; on a terminal, never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="backslashreplace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
