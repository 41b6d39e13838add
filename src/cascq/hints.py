"""Where to look on when a canned query answers nothing: what the graph does have."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cascq import binding, catalogue
from cascq.language import say
from cascq.namespaces import shorten

if TYPE_CHECKING:
    from cascq.graph import KnowledgeGraph

_DOUBTS = "doubts"  # the canned query of what is doubtful, and its parameter
_ABOUT = "about"


def without_rows(
    graph: KnowledgeGraph, name: str, given: Mapping[str, str], read: Sequence[str], lang: str
) -> Iterator[str]:
    """Yield, for each value that a query was asked with, the command that shows what is known of it.

    Args:
        graph: what was asked.
        name: the query.
        given: the values, by parameter.
        read: the options of the command line that say what is read.
        lang: language of what is said.
    """
    query = catalogue.get(name)
    ask_doubts = name != _DOUBTS and _DOUBTS in catalogue.names()
    terms = binding.terms(query, given, graph.store, graph.names, lang)
    for parameter in query.parameters:
        value = terms[parameter.name] if parameter.name in given else None
        if isinstance(value, ox.NamedNode):
            label, short = graph.names.label(value.value, lang), shorten(value.value)
            command = _command("describe", short, *read)
            yield say(lang, f"what is known of {label}: {command}", f"关于“{label}”的已知内容：{command}")
            if ask_doubts and len(graph.query(_DOUBTS, {_ABOUT: short}, lang=lang)):
                command = _command("query", _DOUBTS, "-p", f"{_ABOUT}={short}", *read)
                yield say(lang, f"what is in doubt of it: {command}", f"与之有关的疑点：{command}")
        elif isinstance(value, ox.Literal) and parameter.type == "string":
            command = _command("search", value.value, *read)
            yield say(
                lang,
                f"names, notes and printed figures, however they are typed: {command}",
                f"不拘写法地查找名称、注记和数字写法：{command}",
            )


def _command(*parts: str) -> str:
    """Write a command as a shell takes it."""
    return "cascq " + " ".join(map(shlex.quote, parts))
