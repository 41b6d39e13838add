"""Writing a query so that stores that misread portable SPARQL 1.1 read it rightly; what it means stays the same.

Virtuoso 7 loses the values of an opening `VALUES` (and of `BIND`) inside OPTIONAL and FILTER where a variable is not
selected too. So the values are written where the variables stand: the parameters of a canned query are constants.
It loses rows where a filter with EXISTS, or of many alternatives, stands beside OPTIONAL: so what constants decide is
left out, and what must exist is joined. It loses rows at times where both ends of a repeated path are given: so one end
is kept away from it. It finds no Chinese pattern in a text without language: so it gets one. Its answers are
arranged once more: see `arranging`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from cascq.sparql import Token, closing, depth, prologue, tokens, values
from cascq.terms import serialise

_REPEATED = {"*", "+", "?"}
_CONSTANT = {"iri", "name"}
_CONTINUED = {";", ",", "/", "|"}  # what goes on with a triple or a path
_OF_PATHS = {"a", "|", "/", "^", "*", "+", "?", "(", ")"}
_ALL = 2_000_000_000  # rows: as good as all


@dataclass(frozen=True)
class _Opening:
    """The VALUES clause of one row that opens a query's WHERE: its place among the tokens, and what it binds."""

    start: int
    end: int
    row: Mapping[str, ox.NamedNode | ox.Literal | None]


def native(query: str) -> str:
    """Return a query as Virtuoso 7 reads it rightly, as far as is known: with all that follows.

    Args:
        query: a query that can be read, with all its prefixes declared.
    """
    return tagged(apart(joined(simplified(inline_values(query)))))


def inline_values(query: str) -> str:
    """Return a query with the one row of values that opens its WHERE written where the variables stand.

    What the query selects, groups and orders by keeps its names. A query that does not open so, or uses one of these
    variables in a sub-select, where it may be another variable, is returned as it is.

    Args:
        query: a query that can be read, with all its prefixes declared.
    """
    found = list(tokens(query))
    where = _where(found)
    opening = None if where is None else _opening(query, found, where)
    if where is None or opening is None:
        return query
    end = closing(found, where)
    names = {"?" + name: value for name, value in opening.row.items()}
    inside = found[opening.end : end]
    if _in_sub_select(inside, set(names)) or _assigned(inside) & set(names):
        return query
    edits: list[tuple[int, int, str]] = [(found[opening.start].start, found[opening.end - 1].end, "")]
    skip = 0
    for index, token in enumerate(inside):
        if skip:
            skip -= 1
        elif token.text.upper() == "BOUND" and index + 3 < len(inside) and _name(inside[index + 2]) in names:
            bound = names[_name(inside[index + 2])] is not None
            edits.append((token.start, inside[index + 3].end, "true" if bound else "false"))
            skip = 3
        elif token.kind == "variable" and (value := names.get(_name(token))) is not None:
            edits.append((token.start, token.end, serialise(value)))
    outside = {_name(token) for token in [*found[:where], *found[end:]] if token.kind == "variable"}
    binds = " ".join(
        f"BIND({serialise(value)} AS {name})" for name, value in names.items() if value is not None and name in outside
    )
    if binds:
        edits.append((found[end].start, found[end].start, f"{binds} "))
    return _edited(query, edits)


def simplified(query: str) -> str:
    """Return a query without the conditions that constants decide: what `inline_values` leaves of open parameters.

    `FILTER(!false || …)` goes, of `FILTER(!true || …)` the rest stays, and of `IF("zh" = "en", …, …)` one branch.

    Args:
        query: a query that can be read.
    """
    while True:
        found = list(tokens(query))
        edit = next(
            (edit for i in range(len(found)) if (edit := _filter(query, found, i) or _if(query, found, i))), None
        )
        if edit is None:
            return query
        query = _edited(query, [edit])


def _filter(query: str, found: Sequence[Token], at: int) -> tuple[int, int, str] | None:
    """Return what stands for a FILTER at a place whose condition begins with a constant."""
    if not _is_word(found[at], {"FILTER"}) or at + 2 >= len(found) or found[at + 1].text != "(":
        return None
    end = closing(found, at + 1)
    condition = [token.text.lower() for token in found[at + 2 : end]]
    start = found[at].start
    if condition[:4] == ["!", "false", "|", "|"] or condition == ["true"]:
        return start, found[end].end, ""
    if condition[:4] == ["!", "true", "|", "|"]:
        first = at + 6
        if _is_word(found[first], {"EXISTS"}) and closing(found, first + 1) == end - 1:
            return start, found[end].end, f"FILTER {query[found[first].start : found[end - 1].end]}"
        return start, found[first].start, "FILTER("
    return None


def _if(query: str, found: Sequence[Token], at: int) -> tuple[int, int, str] | None:
    """Return what stands for an IF at a place whose condition is a constant, or compares two."""
    if not _is_word(found[at], {"IF"}) or at + 1 >= len(found) or found[at + 1].text != "(":
        return None
    end = closing(found, at + 1)
    cuts = [at + 1, *(i for i in range(at + 2, end) if found[i].text == "," and depth(found[at + 2 : i]) == 0), end]
    if len(cuts) != 4:
        return None
    condition = [token.text for token in found[cuts[0] + 1 : cuts[1]]]
    if condition in (["true"], ["false"]):
        holds = condition == ["true"]
    elif len(condition) == 3 and condition[1] == "=" and found[at + 2].kind == found[at + 4].kind == "string":
        holds = condition[0] == condition[2]
    else:
        return None
    before, after = (cuts[1], cuts[2]) if holds else (cuts[2], cuts[3])
    chosen = query[found[before + 1].start : found[after - 1].end]
    return found[at].start, found[end].end, f"({chosen})" if after - before > 2 else chosen


def joined(query: str) -> str:
    """Return a query whose WHERE joins what its filters say must exist, in place of `FILTER EXISTS`.

    Only filters of the outermost group, and only where every solution has a value for each variable that they share
    with the rest: then it means the same. Virtuoso 7 loses rows of such a filter beside OPTIONAL.

    Args:
        query: a query whose values are in place; see `inline_values`.
    """
    found = list(tokens(query))
    where = _where(found)
    if where is None:
        return query
    end = closing(found, where)
    whole = _sure(found[where + 1 : end])
    edits: list[tuple[int, int, str]] = []
    index, number = where + 1, 0
    while index < end:
        word, start = found[index], index
        if word.text == "{":
            index = closing(found, index)
        elif _is_word(word, {"FILTER", "BIND"}):
            simple = _is_word(found[index + 1], {"EXISTS"})
            index = closing(found, index + (2 if simple else 1))
            sure = whole if simple else _sure(found[where + 1 : start])
            for at in range(start, index):
                if not _is_word(found[at], {"EXISTS"}):
                    continue
                close = closing(found, at + 1)
                shared = _variables(found[at + 2 : close]) & _variables([*found[:at], *found[close:]])
                if not shared or not shared <= sure & _sure(found[at + 2 : close]):
                    continue
                pattern = query[found[at + 1].start : found[close].end]
                names = " ".join(sorted(shared))
                if simple:
                    edits.append(
                        (found[where].end, found[where].end, f" {{ SELECT DISTINCT {names} WHERE {pattern} }}")
                    )
                    edits.append((word.start, found[close].end, ""))
                    continue
                number += 1
                copy = f"?exists{number}"
                part = f"OPTIONAL {{ SELECT DISTINCT {names} ({min(shared)} AS {copy}) WHERE {pattern} }} "
                edits.append((word.start, word.start, part))
                negated = _is_word(found[at - 1], {"NOT"})
                edits.append((found[at - negated].start, found[close].end, f"{'!' * negated}BOUND({copy})"))
        index += 1
    return _edited(query, edits)


def apart(query: str) -> str:
    """Return a query in whose repeated paths (`ex:p*`, `ex:p+`, `ex:p?`) not both ends are given.

    Virtuoso 7 may walk from one given end to the other, and then takes the other from a wrong row: it reads the value
    by the number of the row at hand where it was computed for the rows of an earlier step (`tn_target` of its trans.c,
    which sqlvec.c does not trace back as it does `tn_input`). So a constant is found for the first row only, which
    mostly loses rows. Whether it walks so, its statistics of the moment tell.

    A path to or from a constant goes into a sub-select with a LIMIT, as good as none: into such a one Virtuoso takes
    nothing from outside. In EXISTS, where a path leads from a variable of the group to one from outside, the end of the
    path is compared as a text.

    Args:
        query: a query whose values are in place; see `inline_values`.
    """
    found = list(tokens(query))
    taken = {_name(token) for token in found if token.kind == "variable"}
    edits: list[tuple[int, int, str]] = []
    for at in range(3, len(found) - 2):
        if not (found[at].kind == "mark" and found[at].text in _REPEATED):
            continue
        first = _step(found, at - 1)
        if first is None or found[at + 2].text in _CONTINUED:
            continue
        before, after = found[first - 1], found[at + 1]
        path = query[found[first].start : found[at].end]
        if after.kind in _CONSTANT and before.text == "/":  # the steps before lead to a variable of its own
            name = _fresh(taken)
            edits.append((before.start, after.end, f" {name} . {_alone(name, f'{name} {path} {after.text}')}"))
        elif after.kind in _CONSTANT and before.kind == "variable":
            edits.append((before.start, after.end, _alone(before.text, f"{before.text} {path} {after.text}")))
        elif after.kind == "variable" and before.kind in _CONSTANT and found[first - 2].text in {"{", "}", "."}:
            edits.append((before.start, after.end, _alone(after.text, f"{before.text} {path} {after.text}")))
        elif after.kind == before.kind == "variable" and (group := _of_exists(found, at)):
            others = _variables([*found[group[0] : first - 1], *found[at + 2 : group[1]]])
            if _name(before) in others and _name(after) not in others:
                name = _fresh(taken)
                edits.append((after.start, after.end, f"{name} . FILTER(STR({name}) = STR({after.text}))"))
    return _edited(query, edits)


def tagged(query: str) -> str:
    """Return a query in whose REGEX a text made by STR has a language, if the pattern may have more than ASCII.

    To Virtuoso 7, `REGEX(STR(?name), "[院所]$")` is false of every name, but `REGEX(STRLANG(STR(?name), "zh"), …)` is
    right; what it means is the same.

    Args:
        query: a query that can be read.
    """
    found = list(tokens(query))
    edits: list[tuple[int, int, str]] = []
    for at in range(len(found) - 4):
        if _is_word(found[at], {"REGEX"}) and _is_word(found[at + 2], {"STR"}):
            end = closing(found, at + 3)
            pattern = found[end + 2]
            if found[end + 1].text == "," and not (pattern.kind == "string" and pattern.text.isascii()):
                edits.append((found[at + 2].start, found[at + 2].start, "STRLANG("))
                edits.append((found[end].end, found[end].end, ', "zh")'))
    return _edited(query, edits)


def _alone(name: str, triple: str) -> str:
    return f"{{ SELECT DISTINCT {name} WHERE {{ {triple} }} LIMIT {_ALL} }}"


def _of_exists(found: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Return the brackets of the group that a token stands in, if that is the pattern of an EXISTS."""
    level = 0
    for start in range(at, 0, -1):
        level += depth([found[start]])
        if level > 0:
            return (start, closing(found, start)) if _is_word(found[start - 1], {"EXISTS"}) else None
    return None


def _step(found: Sequence[Token], last: int) -> int | None:
    """Return where the step of a path begins whose last token is given, with its `^`; None if that is no step."""
    first = last
    if found[last].text == ")":
        level = 0
        while first >= 0:
            level += depth([found[first]])
            if level == 0:
                break
            first -= 1
        inside = found[first + 1 : last]
        if not inside or any(t.kind not in _CONSTANT and t.text not in _OF_PATHS for t in inside):
            return None
    elif found[last].kind not in _CONSTANT and found[last].text != "a":
        return None
    return first - 1 if found[first - 1].text == "^" else first


def _fresh(taken: set[str]) -> str:
    """Return the name of a variable that is not taken, and take it."""
    number = 1
    while f"?step{number}" in taken:
        number += 1
    taken.add(f"?step{number}")
    return f"?step{number}"


def _variables(found: Sequence[Token]) -> set[str]:
    return {_name(token) for token in found if token.kind == "variable"}


def _sure(group: Sequence[Token]) -> set[str]:
    """Return the variables that have a value in every solution of a group: of its triples, and of all alternatives."""
    sure: set[str] = set()
    index = 0
    while index < len(group):
        token = group[index]
        if token.text == "(":
            index = closing(group, index)
        elif token.text == "{":
            close = closing(group, index)
            before = group[index - 1].text.upper() if index else ""
            if before not in {"OPTIONAL", "MINUS", "EXISTS"} and not _is_word(group[index + 1], {"SELECT"}):
                branch = _sure(group[index + 1 : close])
                while close + 2 < len(group) and _is_word(group[close + 1], {"UNION"}):
                    index, close = close + 2, closing(group, close + 2)
                    branch &= _sure(group[index + 1 : close])
                sure |= branch
            elif _is_word(group[index + 1], {"SELECT"}):
                inner = next(i for i in range(index + 1, close) if group[i].text == "{")
                bound = _sure(group[inner + 1 : closing(group, inner)])
                sure |= bound & _variables(group[index + 1 : inner])
            index = close
        elif token.kind == "variable":
            sure.add(_name(token))
        index += 1
    return sure


def _is_word(token: Token, words: set[str]) -> bool:
    return token.kind == "word" and token.text.upper() in words


def _name(token: Token) -> str:
    """Return the name of a variable with a question mark, however it is written."""
    return "?" + token.text[1:] if token.kind == "variable" else ""


def _where(found: Sequence[Token]) -> int | None:
    """Return the place of the bracket that opens the WHERE of a SELECT; None for other queries."""
    _, select = prologue(found)
    if select == len(found) or not _is_word(found[select], {"SELECT"}):
        return None
    return next((i for i in range(select, len(found)) if found[i].text == "{"), None)


def _opening(query: str, found: Sequence[Token], where: int) -> _Opening | None:
    """Return the one row of VALUES right after the bracket of WHERE."""
    start = where + 1
    if start >= len(found) or not _is_word(found[start], {"VALUES"}):
        return None
    bracket = next((i for i in range(start, len(found)) if found[i].text == "{"), len(found) - 1)
    end = closing(found, bracket)
    prefixes, _ = prologue(found)
    rows = values(query[found[start].start : found[end].end], prefixes)
    names = [token.text[1:] for token in found[start:bracket] if token.kind == "variable"]
    if len(rows) != 1:
        return None
    row = {name: None if isinstance(cell, ox.BlankNode) else cell for name, cell in zip(names, rows[0], strict=True)}
    return _Opening(start, end + 1, row)


def _in_sub_select(inside: Sequence[Token], names: set[str]) -> bool:
    """Tell whether one of the variables occurs in a sub-select."""
    for index, token in enumerate(inside):
        if _is_word(token, {"SELECT"}):
            end = closing(inside, next(i for i in range(index, len(inside)) if inside[i].text == "{"))
            if any(_name(part) in names for part in inside[index:end]):
                return True
    return False


def _assigned(inside: Sequence[Token]) -> set[str]:
    """Return the variables that BIND and inner VALUES give values to."""
    assigned = set()
    for index, token in enumerate(inside):
        if _is_word(token, {"AS"}) and index + 1 < len(inside):
            assigned.add(_name(inside[index + 1]))
        elif _is_word(token, {"VALUES"}):
            for part in inside[index + 1 :]:
                if part.text == "{":
                    break
                assigned.add(_name(part))
    return assigned


def _edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with parts replaced."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
