"""The statements of Turtle, TriG, N-Triples and N-Quads, with the place of each term.

RDF 1.1 Turtle, TriG, N-Triples and N-Quads (W3C Recommendations of 25 February 2014), and of RDF 1.2 the directives for
the version and literals with a direction. It is no validator: text that Oxigraph's parser accepts is understood, and
other text may be. Triples about triples (RDF 1.2) are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    return _turtle(text)


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
        self._known: dict[str, ox.NamedNode] = {}

    def set_base(self, written: str) -> None:
        self.base = self.named(written).value
        self._known.clear()

    def set_prefix(self, name: str, written: str) -> None:
        self.prefixes[name.removesuffix(":")] = self.named(written).value
        self._known.clear()

    def named(self, written: str) -> ox.NamedNode:
        """Return the node of an IRI in angle brackets or of a prefixed name."""
        known = self._known.get(written)
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
        if len(self._known) >= _MEMORY:
            self._known.clear()
        self._known[written] = known
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


# What may come next.
_AT_SUBJECT, _AT_PREDICATE, _AT_OBJECT, _AFTER_OBJECT, _AT_ELEMENT = range(5)


def _turtle(text: str) -> Iterator[Statement]:
    """Yield the statements of Turtle or TriG.

    The order is Oxigraph's, which gives the statements that one token completes the last first, and knows that a string
    is complete (no language, no datatype follows) when it has seen the token after it.
    """
    terms = _Terms()
    number = count()
    state = _AT_SUBJECT
    subject: Term = 0
    predicate, graph = TYPE, None
    s_at = p_at = 0
    g_at = -1
    in_list = False
    head: Term | None = None  # of the collection that is being read: its first cell, None before its first element
    head_at = 0
    outside: list[tuple[int, Term, int, ox.NamedNode, int, bool, Term | None, int]] = []
    complete: list[Statement] = []
    waiting: Statement | None = None

    tokens = _TOKEN.finditer(text)
    for match in tokens:
        kind = match.lastgroup
        if waiting is not None:
            complete.append(waiting)
            waiting = None
        if kind is None or kind in {"bad", "end"}:
            if kind == "end":
                break
            raise NotUnderstoodError(f"offset {match.end() - 1}: {text[match.end() - 1 : match.end() + 20]!r}")
        at = match.start(kind)
        written = match[kind]

        if state == _AT_ELEMENT and written != ")":
            cell = next(number)
            if head is not None:
                complete.append((subject, s_at, REST, at, cell, at, graph, g_at))
                s_at = at
            else:
                head, s_at = cell, head_at
                position, o_subject, o_s_at, o_predicate, o_p_at, *_ = outside[-1]
                if position == _AT_OBJECT:
                    complete.append((o_subject, o_s_at, o_predicate, o_p_at, head, head_at, graph, g_at))
            subject, predicate, p_at, state = cell, FIRST, at, _AT_OBJECT

        term: Term
        if kind in {"name", "iri"}:
            term = terms.named(written)
        elif kind == "literal":
            term = terms.literal(match)
        elif kind == "blank":
            term = written[2:]
        elif kind == "number":
            double = "e" in written or "E" in written
            term = ox.Literal(written, datatype=_DOUBLE if double else _DECIMAL if "." in written else _INTEGER)
        elif kind == "word":
            if state == _AT_PREDICATE and written == "a":
                term = TYPE
            elif state == _AT_OBJECT and written in {"true", "false"}:
                term = ox.Literal(written, datatype=_BOOLEAN)
            elif state == _AT_SUBJECT:
                _directive(written.removeprefix("@").lower(), terms, tokens)
                continue
            else:
                raise NotUnderstoodError(f"offset {at}: {written!r}")
        else:
            if written == ".":
                state = _AT_SUBJECT
            elif written == ";":
                state = _AT_PREDICATE
            elif written == ",":
                state = _AT_OBJECT
            elif written == "{":
                graph, g_at = (subject, s_at) if state == _AT_PREDICATE else (None, -1)
                state = _AT_SUBJECT
            elif written == "}":
                graph, g_at, state = None, -1, _AT_SUBJECT
            elif written in {"[", "("}:
                outside.append((state, subject, s_at, predicate, p_at, in_list, head, head_at))
                if written == "[":
                    subject, s_at, in_list, state = next(number), at, False, _AT_PREDICATE
                else:
                    head, head_at, in_list, state = None, at, True, _AT_ELEMENT
            else:
                # A closing bracket: what was inside becomes a subject or an object outside.
                if not outside or (written == ")") != in_list:
                    raise NotUnderstoodError(f"offset {at}: {written!r}")
                node, node_at, told = subject, s_at, False
                if in_list:
                    if head is None:
                        node = NIL
                    else:
                        complete.append((subject, s_at, REST, at, NIL, at, graph, g_at))
                        node, told = head, True
                    node_at = head_at
                state, subject, s_at, predicate, p_at, in_list, head, head_at = outside.pop()
                if state == _AT_SUBJECT:
                    subject, s_at, state = node, node_at, _AT_PREDICATE
                else:
                    if not told:
                        complete.append((subject, s_at, predicate, p_at, node, node_at, graph, g_at))
                    state = _AT_ELEMENT if in_list else _AFTER_OBJECT
            while complete:
                yield complete.pop()
            continue

        if state == _AT_OBJECT:
            statement = (subject, s_at, predicate, p_at, term, at, graph, g_at)
            if kind != "literal":
                complete.append(statement)
            elif match.end("string") == match.end():
                waiting = statement
            else:
                while complete:  # what the string itself completes comes before what its language or datatype does
                    yield complete.pop()
                yield statement
            state = _AT_ELEMENT if in_list else _AFTER_OBJECT
        elif state == _AT_PREDICATE and isinstance(term, ox.NamedNode):
            predicate, p_at, state = term, at, _AT_OBJECT
        elif state == _AT_SUBJECT:
            subject, s_at, state = term, at, _AT_PREDICATE
        else:
            raise NotUnderstoodError(f"offset {at}: {written!r}")
        while complete:
            yield complete.pop()


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
