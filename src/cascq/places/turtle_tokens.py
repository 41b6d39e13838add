"""The statements of Turtle, TriG, N-Triples and N-Quads, with the place of each term.

RDF 1.1 Turtle, TriG, N-Triples and N-Quads (W3C Recommendations of 25 February 2014), and of RDF 1.2 the directives for
the version and literals with a direction. It is no validator: text that Oxigraph's parser accepts is understood, and
other text may be. Triples about triples (RDF 1.2) are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import pyoxigraph as ox

# What a term is here: Oxigraph's own terms, but a blank node is its label (str), or a number if it has none (int).
Term = ox.NamedNode | ox.Literal | str | int
# Subject, predicate, object and graph name (None: the default graph), each followed by its offset in the text.
Statement = tuple[Term, int, ox.NamedNode, int, Term, int, Term | None, int]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = ox.NamedNode(_RDF + "type")
FIRST = ox.NamedNode(_RDF + "first")
REST = ox.NamedNode(_RDF + "rest")
NIL = ox.NamedNode(_RDF + "nil")
_BOOLEAN, _INTEGER, _DECIMAL, _DOUBLE = (
    ox.NamedNode(_XSD + name) for name in ("boolean", "integer", "decimal", "double")
)

# Every repetition is possessive: no way back into a long literal or comment, so time is linear in the text.
_SPACE = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"
_IRI = r'<[^<>"\x00-\x20]*+>'
# Sets of characters, by what of ASCII is not in them: to name all the rest takes a hundred times as long to compile.
_CHAR = r"[^\x00-,./:-@\[-^`{-\x7f]"  # - \w, wider than PN_CHARS: what is not ASCII has passed the real parser
_LOCAL_CHAR = r"(?:[^\x00-$&-,./;-@\[-^`{-\x7f]|\\.)"  # : % too
_LOCAL = rf"{_LOCAL_CHAR}*+(?:\.++(?={_LOCAL_CHAR}){_LOCAL_CHAR}++)*+"  # a dot inside, but not at the end
_NAME = rf"(?:[^\x00-@\[-`{{-\x7f](?:{_CHAR}|\.)*+)?:{_LOCAL}"
_BLANK = rf"_:{_CHAR}++(?:\.++(?={_CHAR}){_CHAR}++)*+"
_STRING = (
    r'"""[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+)*+"""'
    r"|'''[^'\\]*+(?:(?:\\[\s\S]|'(?!''))[^'\\]*+)*+'''"
    r'|"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"'
    r"|'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'"
)
_LANGUAGE = r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?"
_LITERAL = rf"(?P<string>{_STRING})(?:{_SPACE}(?:(?P<lang>{_LANGUAGE})|\^\^{_SPACE}(?P<type>{_IRI}|{_NAME})))?"
_NUMBER = r"[-+]?(?:[0-9]++(?:\.[0-9]*+[eE][-+]?[0-9]++|[eE][-+]?[0-9]++|\.[0-9]++)?|\.[0-9]++(?:[eE][-+]?[0-9]++)?)"

# The last group that closes tells the kind of token: the groups within `literal` close before it.
_TOKEN = re.compile(
    rf"{_SPACE}(?:(?P<name>{_NAME})|(?P<mark>[][(){{}};,]|\.(?![0-9]))|(?P<literal>{_LITERAL})|(?P<iri>{_IRI})"
    rf"|(?P<blank>{_BLANK})|(?P<number>{_NUMBER})|(?P<word>@?[A-Za-z]++)|(?P<end>\Z)|(?P<bad>[\s\S]))"
)
_NODE = rf"{_IRI}|{_BLANK}"
_LINE = re.compile(
    rf"{_SPACE}(?:(?P<s>{_NODE}){_SPACE}(?P<p>{_IRI}){_SPACE}(?P<o>{_NODE}|{_LITERAL}){_SPACE}(?P<g>{_NODE})?"
    rf"{_SPACE}\.|(?P<end>\Z)|(?P<bad>[\s\S]))"
)
_EMPTY_BRACKETS = re.compile(r"\[[ \t\r\n]*+\]")
_ABSOLUTE = re.compile(r"[A-Za-z][-+.A-Za-z0-9]*+:")
_LOCAL_ESCAPE = re.compile(r"\\(.)")

_MEMORY = 100_000  # how many names are remembered at once


class NotUnderstoodError(ValueError):
    """The text is not in one of the four formats, or says something of RDF 1.2 that is not understood."""


def length_at(text: str, offset: int) -> int:
    """Return the length of the term written at an offset, in code points.

    A blank node without a label is as long as `[]` if it is empty, else it is its opening bracket alone.
    """
    match = _EMPTY_BRACKETS.match(text, offset) or _TOKEN.match(text, offset)
    return match.end() - offset if match is not None else 0


def statements(text: str, form: ox.RdfFormat) -> Iterator[Statement]:
    """Yield the statements of a text in the order in which Oxigraph's parser gives them.

    What is not written stands where its reader would look for it: the cells of a collection at their elements (the
    first at the opening bracket), rdf:first and rdf:rest at the element, the last rdf:rest and its rdf:nil at the
    closing bracket.

    Args:
        text: the whole file, without a byte order mark.
        form: Turtle, TriG, N-Triples or N-Quads.

    Raises:
        NotUnderstoodError: at the place that is not understood.
    """
    if form in {ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS}:
        return _lines(text)
    return _Turtle(text).read()


def read_prefix(text: str) -> tuple[str, str]:
    """Return the prefix, without its colon, and the IRI of the directive with which a text begins.

    Raises:
        NotUnderstoodError: it is no directive for a prefix, or its IRI is not absolute.
    """
    tokens = _TOKEN.finditer(text)
    word = next(tokens)
    if word["word"] is None or word["word"].removeprefix("@").lower() != "prefix":
        raise NotUnderstoodError(text[:20])
    terms = _Terms()
    _directive("prefix", terms, tokens)
    [declared] = terms.prefixes.items()
    return declared


class _Terms:
    """Turns what is written into terms, and remembers names: files repeat them."""

    def __init__(self) -> None:
        self.base: str | None = None
        self.prefixes: dict[str, str] = {}
        self.known: dict[str, ox.NamedNode] = {}

    def set_base(self, written: str) -> None:
        self.base = self.named(written).value
        self.known.clear()

    def set_prefix(self, name: str, written: str) -> None:
        self.prefixes[name.removesuffix(":")] = self.named(written).value
        self.known.clear()

    def named(self, written: str) -> ox.NamedNode:
        """Return the node of an IRI in angle brackets or of a prefixed name."""
        known = self.known.get(written)
        if known is not None:
            return known
        if written[0] != "<":
            prefix, _, local = written.partition(":")
            if prefix not in self.prefixes:
                raise NotUnderstoodError(f"prefix {prefix}: is not declared")
            known = ox.NamedNode(self.prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local))
        elif "\\" not in written and _ABSOLUTE.match(written, 1):
            known = ox.NamedNode(written[1:-1])
        else:
            read = self._read(written)
            if not isinstance(read, ox.NamedNode):
                raise NotUnderstoodError(written)
            known = read
        if len(self.known) >= _MEMORY:
            self.known.clear()
        self.known[written] = known
        return known

    def literal(self, match: re.Match[str]) -> ox.Literal:
        """Return the literal of a match of `_LITERAL`."""
        string, language, datatype = match["string"], match["lang"], match["type"]
        if "\\" in string:
            value = self._read_literal(string).value
        else:
            value = string[3:-3] if string.startswith(('"""', "'''")) else string[1:-1]
        if language is not None:
            if "--" in language:
                like = self._read_literal(f'""{language}')
                return ox.Literal(value, language=like.language, direction=like.direction)
            return ox.Literal(value, language=language[1:])
        return ox.Literal(value) if datatype is None else ox.Literal(value, datatype=self.named(datatype))

    def _read_literal(self, written: str) -> ox.Literal:
        read = self._read(written)
        if not isinstance(read, ox.Literal):
            raise NotUnderstoodError(written)
        return read

    def _read(self, written: str) -> object:
        """Let Oxigraph read what takes more than taking off the brackets or quotes; slower."""
        try:
            for quad in ox.parse(f"<x:s> <x:p> {written} .", ox.RdfFormat.TURTLE, base_iri=self.base):
                return quad.object
        except (SyntaxError, ValueError) as error:
            raise NotUnderstoodError(written) from error
        return None


def _lines(text: str) -> Iterator[Statement]:
    """Yield the statements of N-Triples or N-Quads."""
    terms = _Terms()
    for match in _LINE.finditer(text):
        if match.lastgroup == "end":
            return
        subject, predicate, target, graph = match.group("s", "p", "o", "g")
        if subject is None:
            raise NotUnderstoodError(f"offset {match.start('bad')}: {match['bad']!r}")
        yield (
            terms.named(subject) if subject[0] == "<" else subject[2:],
            match.start("s"),
            terms.named(predicate),
            match.start("p"),
            terms.named(target) if target[0] == "<" else target[2:] if target[0] == "_" else terms.literal(match),
            match.start("o"),
            None if graph is None else terms.named(graph) if graph[0] == "<" else graph[2:],
            match.start("g"),
        )


# What may come next; and what may come after the marks that do nothing else.
_AT_SUBJECT, _AT_PREDICATE, _AT_OBJECT, _AFTER_OBJECT, _AT_ELEMENT = range(5)
_AFTER = {".": _AT_SUBJECT, ";": _AT_PREDICATE, ",": _AT_OBJECT}


@dataclass(slots=True)
class _Level:
    """How far the text is read outside all brackets, or inside a pair of them.

    Attributes:
        state: what may come next.
        subject: the subject; in a collection, its last cell.
        s_at: where it stands.
        predicate: the predicate.
        p_at: where it stands.
        in_list: whether this is a collection.
        head: the first cell of the collection, None before its first element.
        head_at: where the collection begins.
    """

    state: int
    subject: Term = 0
    s_at: int = 0
    predicate: ox.NamedNode = TYPE
    p_at: int = 0
    in_list: bool = False
    head: Term | None = None
    head_at: int = 0


class _Turtle:
    """A reader of Turtle or TriG.

    The order of the statements is Oxigraph's, which gives those that one token completes the last first, and knows that
    a string is complete (no language, no datatype follows) when it has seen the token after it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.finditer(text)
        self._terms = _Terms()
        self._number = count()  # of nodes without a label
        self._graph: Term | None = None
        self._g_at = -1
        self._here = _Level(_AT_SUBJECT)
        self._outside: list[_Level] = []
        self._complete: list[Statement] = []  # by the token at hand

    def read(self) -> Iterator[Statement]:
        """Yield the statements."""
        known, named, complete = self._terms.known, self._terms.named, self._complete
        waiting: Statement | None = None  # with a string as its object, for the token after it
        for match in self._tokens:
            kind = match.lastgroup
            if waiting is not None:
                complete.append(waiting)
                waiting = None
            if kind == "end":
                return
            if kind is None or kind == "bad":
                raise _not_understood(match.end() - 1, self._text[match.end() - 1 : match.end() + 20])
            at = match.start(kind)
            written = match[kind]
            here = self._here
            if here.state == _AT_ELEMENT and written != ")":
                self._begin_element(at)

            if kind == "mark":
                if (after := _AFTER.get(written)) is not None:
                    here.state = after
                else:
                    self._bracket(written, at)
            elif kind == "word" and here.state == _AT_SUBJECT:
                _directive(written.removeprefix("@").lower(), self._terms, self._tokens)
            else:
                if kind in {"name", "iri"}:
                    term: Term = known.get(written) or named(written)  # most are known: that saves a call
                else:
                    term = self._term(kind, written, match)
                if here.state == _AT_OBJECT:
                    statement = (here.subject, here.s_at, here.predicate, here.p_at, term, at, self._graph, self._g_at)
                    here.state = _AT_ELEMENT if here.in_list else _AFTER_OBJECT
                    if kind != "literal":
                        complete.append(statement)
                    elif match.end("string") == match.end():
                        waiting = statement
                    else:
                        while complete:  # what the string completes comes before what its language or datatype does
                            yield complete.pop()
                        yield statement
                elif here.state == _AT_PREDICATE and isinstance(term, ox.NamedNode):
                    here.predicate, here.p_at, here.state = term, at, _AT_OBJECT
                elif here.state == _AT_SUBJECT:
                    here.subject, here.s_at, here.state = term, at, _AT_PREDICATE
                else:
                    raise _not_understood(at, written)
            while complete:
                yield complete.pop()

    def _stated(self, level: _Level, target: Term, at: int) -> Statement:
        """Return the statement of a level that an object completes."""
        return level.subject, level.s_at, level.predicate, level.p_at, target, at, self._graph, self._g_at

    def _term(self, kind: str, written: str, match: re.Match[str]) -> Term:
        """Return the term that a token is, if it is neither an IRI nor a prefixed name."""
        if kind == "literal":
            return self._terms.literal(match)
        if kind == "blank":
            return written[2:]
        if kind == "number":
            double = "e" in written or "E" in written
            return ox.Literal(written, datatype=_DOUBLE if double else _DECIMAL if "." in written else _INTEGER)
        if self._here.state == _AT_PREDICATE and written == "a":
            return TYPE
        if self._here.state == _AT_OBJECT and written in {"true", "false"}:
            return ox.Literal(written, datatype=_BOOLEAN)
        raise _not_understood(match.start(kind), written)

    def _begin_element(self, at: int) -> None:
        """Begin a new cell of the collection that is being read."""
        here, cell = self._here, next(self._number)
        if here.head is not None:
            self._complete.append((here.subject, here.s_at, REST, at, cell, at, self._graph, self._g_at))
            here.s_at = at
        else:
            here.head, here.s_at = cell, here.head_at
            if self._outside[-1].state == _AT_OBJECT:
                self._complete.append(self._stated(self._outside[-1], cell, here.head_at))
        here.subject, here.predicate, here.p_at, here.state = cell, FIRST, at, _AT_OBJECT

    def _bracket(self, written: str, at: int) -> None:
        """Go into brackets or out of them."""
        here = self._here
        if written == "{":
            self._graph, self._g_at = (here.subject, here.s_at) if here.state == _AT_PREDICATE else (None, -1)
            here.state = _AT_SUBJECT
        elif written == "}":
            self._graph, self._g_at, here.state = None, -1, _AT_SUBJECT
        elif written == "[":
            self._outside.append(here)
            self._here = _Level(_AT_PREDICATE, next(self._number), at)
        elif written == "(":
            self._outside.append(here)
            self._here = _Level(_AT_ELEMENT, in_list=True, head_at=at)
        elif not self._outside or (written == ")") != here.in_list:
            raise _not_understood(at, written)
        else:
            self._close(at)

    def _close(self, at: int) -> None:
        """Go out of brackets: what was inside becomes a subject or an object outside."""
        inside, here = self._here, self._outside.pop()
        self._here = here
        node, node_at = inside.subject, inside.s_at
        if inside.in_list:
            node, node_at = NIL if inside.head is None else inside.head, inside.head_at
            if inside.head is not None:
                self._complete.append((inside.subject, inside.s_at, REST, at, NIL, at, self._graph, self._g_at))
        if here.state == _AT_SUBJECT:
            here.subject, here.s_at, here.state = node, node_at, _AT_PREDICATE
            return
        if inside.head is None:  # else its first element has told already
            self._complete.append(self._stated(here, node, node_at))
        here.state = _AT_ELEMENT if here.in_list else _AFTER_OBJECT


def _not_understood(at: int, written: str) -> NotUnderstoodError:
    return NotUnderstoodError(f"offset {at}: {written!r}")


def _directive(word: str, terms: _Terms, tokens: Iterator[re.Match[str]]) -> None:
    """Read the rest of a directive; the full stop after it is one more token, and does nothing."""
    expected = {"prefix": 2, "base": 1, "version": 1, "graph": 0}.get(word)  # a graph's name may also do without GRAPH
    if expected is None:
        raise NotUnderstoodError(word)
    following = [token[token.lastgroup] if token.lastgroup else "" for token in islice(tokens, expected)]
    if len(following) < expected or "" in following:
        raise NotUnderstoodError(f"{word}: the text ends here")
    if word == "prefix":
        terms.set_prefix(following[0], following[1])
    elif word == "base":
        terms.set_base(following[0])
