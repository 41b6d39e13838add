"""RDF terms as SPARQL text and as readable text."""

from __future__ import annotations

import re

import pyoxigraph as ox

from cascq.namespaces import shorten

# The surrogates are no characters; the others cannot be written in XML, one of the result formats.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# Control characters have pictures (U+2400 and on) or become U+FFFD, as do those that change the direction of a line.
_SEEN = (
    {code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
)


def forbidden_character(text: str) -> str | None:
    """Return the first character that may not stand in a literal, as U+XXXX, or None."""
    match = _FORBIDDEN.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


def serialise(term: ox.NamedNode | ox.Literal) -> str:
    r"""Return a term as SPARQL text, written by the RDF library.

    One thing is added. SPARQL lets an engine expand `\uXXXX` before it parses, and rdflib does so without looking
    whether the backslash is itself escaped: it would read `"\\u0022"` as a string that ends early. So a `u` behind an
    escaped backslash is written as its own code point; then every engine reads the same string.
    """
    return re.sub(
        r"\\\\([uU])|\\.",
        lambda m: m[0] if m[1] is None else rf"\\\U{ord(m[1]):08X}",
        str(term),
        flags=re.DOTALL,
    )


def readable(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """Return a term as a person would write it: the text of a literal, the CURIE of an IRI."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return term.value
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return str(term)


def one_line(text: str) -> str:
    """Return text without line breaks, what a terminal would obey as pictures; for one line or a table cell."""
    return visible(re.sub(r"[\t\n\v\f\r\u2028\u2029]+", " ", text))


def visible(text: str) -> str:
    """Return text in which all that a terminal would obey, but tabs and line feeds, is seen: ␛ for an escape."""
    return text.translate(_SEEN)
