"""Mistakes such as stewards make, one at a time, in an invented document. The shipped shapes find each of them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from invented.document import Document, Pairs

Places = list[Pairs]

_REFERENCES = [
    "cascq:party",
    "cascq:founder",
    "cascq:develops",
    "cascq:tests",
    "cascq:exports",
    "cascq:host",
    "cascq:holder",
    "cascq:incubates",
    "cascq:transfers",
    "cascq:signatory",
    "cascq:establishes",
    "cascq:figureOf",
    "cascq:identifies",
    "cascq:aboutPassage",
]
_CONCEPTS = [
    "cascq:agreementKind",
    "cascq:platformKind",
    "cascq:productKind",
    "cascq:status",
    "cascq:qualifier",
    "cascq:noteKind",
    "cascq:completeness",
]
_REQUIRED = [
    "cascq:signs",
    "cascq:status",
    "cascq:measure",
    "cascq:unit",
    "cascq:distinctionKind",
    "oa:hasSource",
    "cascq:sha256",
    "cascq:identifierValue",
    "cascq:noteKind",
    "cascq:post",
    "cascq:asPrinted",
]
_ONCE = {
    "oa:start": "0",
    "cascq:section": '"9.9"',
    "cascq:identifierScheme": "voc:isni",
    "cascq:measure": "voc:licence-term",
    "cascq:unit": "voc:year",
    "cascq:postIn": "id:invented-academy",
    "cascq:identifierValue": '"0"',
}
_NUMBERS = ["cascq:value", "cascq:minValue", "cascq:maxValue"]
_REFERRED = {
    "cascq:Company",
    "cascq:ResearchPlatform",
    "cascq:Technology",
    "cascq:Product",
    "cascq:Person",
    "cascq:Post",
}


def _change(
    places: Places,
    paths: str | list[str],
    new: Callable[[str], str | None],
    when: Callable[[str], bool] = lambda _: True,
) -> bool:
    """Replace the first value that fits, or take it away where the new one is None; tell whether there was one."""
    for pairs in places:
        for at, (path, value) in enumerate(pairs):
            if path in paths and when(value):
                changed = new(value)
                if changed is None:
                    del pairs[at]
                else:
                    pairs[at] = (path, changed)
                return True
    return False


def _value(places: Places, path: str) -> str | None:
    """Return the first value of a property."""
    return next((value for pairs in places for other, value in pairs if other == path), None)


def _misspell(places: Places) -> bool:
    """Add a letter to the name of a property."""
    for pairs in places:
        for at, (path, value) in enumerate(pairs):
            if path.startswith("cascq:"):
                pairs[at] = (f"{path}s", value)
                return True
    return False


def _misclass(places: Places) -> bool:
    """Put a node that others refer to into a class that does not exist, wherever its class is stated."""
    if _value(places, "rdf:type") not in _REFERRED:
        return False
    while _change(places, ["rdf:type"], lambda _: "cascq:Compagny", lambda value: value != "cascq:Compagny"):
        pass
    return True


def _repeat(places: Places) -> bool:
    """Give a second value where one is allowed."""
    for pairs in places:
        for path, value in pairs:
            if (second := _ONCE.get(path)) is not None and second != value:
                pairs.append((path, second))
                return True
    return False


def _reverse(places: Places) -> bool:
    """Let something begin after its end, or a lower bound be above the upper one."""
    for low, high in (("oa:start", "oa:end"), ("cascq:minValue", "cascq:maxValue")):
        end = _value(places, high)
        if end is not None and _value(places, low) is not None:
            return _change(places, [low], f"{{}}{end}0".format)
    return False


MISTAKES: dict[str, Callable[[Places], bool]] = {
    "no Chinese name": lambda at: _change(at, ["skos:prefLabel"], lambda _: None, lambda value: value.endswith("@zh")),
    "name in a third language": lambda at: _change(
        at, ["skos:prefLabel"], lambda value: f"{value[:-2]}fr", lambda value: value.endswith("@en")
    ),
    "blank at the end of a name": lambda at: _change(
        at, ["skos:prefLabel"], lambda value: f'{value[:-4]} "@zh', lambda value: value.endswith("@zh")
    ),
    "misspelt property": _misspell,
    "number in quotation marks": lambda at: _change(
        at, ["oa:start", "cascq:characters", *_NUMBERS], lambda value: f'"{value}"'
    ),
    # Not at oa:end: where sh:lessThan meets an ill-formed number, pySHACL gives no result and the others do.
    "ill-formed number": lambda at: _change(
        at, ["cascq:characters", "cascq:rank", *_NUMBERS], lambda value: f'"{value}o"^^xsd:integer'
    ),
    "a day that does not exist": lambda at: _change(at, ["cascq:date"], lambda _: '"2019-02-30"^^xsd:date'),
    "a date with a time": lambda at: _change(at, ["cascq:date"], lambda _: '"2019-05-01T00:00:00"^^xsd:dateTime'),
    "a mistyped year": lambda at: _change(at, ["cascq:date"], lambda _: '"0219"^^xsd:gYear'),
    "unknown class": _misclass,
    "reference to nothing": lambda at: _change(at, _REFERENCES, lambda _: "id:invented-nobody"),
    "text in place of a node": lambda at: _change(at, _REFERENCES, lambda _: '"虚构"@zh'),
    "concept of another scheme": lambda at: _change(at, _CONCEPTS, lambda _: "voc:robotics"),
    "value that is not in the list": lambda at: (
        _value(at, "rdf:type") in {"cascq:Document", "cascq:CuratedGraph"}
        and _change(
            at,
            ["dcterms:language", "cascq:confidence"],
            lambda value: "voc:unresolved" if value.startswith("voc:") else '"zho"',
        )
    ),
    "no value where one is needed": lambda at: _change(at, _REQUIRED, lambda _: None),
    "two values where one is allowed": _repeat,
    "bounds reversed": _reverse,
    "hash cut off": lambda at: _change(at, ["cascq:sha256"], lambda value: f'{value[:-9]}"'),
    "a sentence as the printed form": lambda at: _change(at, ["cascq:asPrinted"], lambda _: f'"{"虚构" * 24}"@zh'),
    "out of range": lambda at: _change(at, ["cascq:latitude", "cascq:rank", "oa:start"], lambda _: "-129"),
}


def spoil(document: Document, rate: float, chance: Random) -> list[tuple[str, str]]:
    """Put a mistake into some nodes of a finished document; return these nodes, each with its mistake.

    Args:
        document: the document; its graphs are changed.
        rate: for each node, the probability of a mistake.
        chance: where chance comes from; not the one by which documents are made, so that the rate changes nothing else.
    """
    nodes: dict[str, Places] = {}
    for graph in document.graphs.values():
        for subject, pairs in graph.items():
            if subject not in document.world.shared:
                nodes.setdefault(subject, []).append(pairs)
    spoilt = []
    kinds = list(MISTAKES)
    for node, places in nodes.items():
        if chance.random() < rate:
            chance.shuffle(kinds)
            made = next((kind for kind in kinds if MISTAKES[kind](places)), None)
            if made is not None:
                spoilt.append((node, made))
    return spoilt
