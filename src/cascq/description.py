"""The description of one thing: what `cascq describe` shows, as data and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cascq import namespaces as ns
from cascq.language import say
from cascq.terms import one_line

_SHOWN = 6


@dataclass(frozen=True)
class Fact:
    """One statement about the thing: the other end, and where it is stated.

    Attributes:
        value: text of the other end, in the asked language. iri: its IRI, None for a literal.
        language: language tag of a literal.
        passages: CURIEs of the passages. curated: CURIEs of the editors' graphs. derived: made by a rule.
        plausible: it rests on what the editors call plausible only. corrected: the value in its place and the CURIE of
            the passage that says so, where a later passage corrects it; no value where the statement is withdrawn.
        event: of an event at the other end: when, where, how far, and with whom else.
    """

    value: str
    iri: str | None
    language: str | None
    passages: tuple[str, ...]
    curated: tuple[str, ...]
    derived: bool
    plausible: bool = False
    corrected: tuple[str | None, str] | None = None
    event: Sequence[Group] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fact as plain data."""
        return {
            "value": self.value,
            **({"iri": self.iri} if self.iri else {}),
            **({"language": self.language} if self.language else {}),
            "passages": list(self.passages),
            "curated": list(self.curated),
            "derived": self.derived,
            **({"plausible": True} if self.plausible else {}),
            **({"corrected": {"value": self.corrected[0], "passage": self.corrected[1]}} if self.corrected else {}),
            **({"event": [group.to_dict() for group in self.event]} if self.event else {}),
        }

    def marks(self, lang: str) -> str:
        """Write that a fact is plausible only, or corrected."""
        marks = [say(lang, "plausible", "可能")] if self.plausible else []
        if self.corrected:
            value, passage = self.corrected
            new = value if value is not None else say(lang, "withdrawn", "撤回")
            marks.append(say(lang, f"corrected by {passage}: {new}", f"{passage} 更正为：{new}"))
        return f"  ({one_line('; '.join(marks))})" if marks else ""

    def where(self, lang: str) -> str:
        """Write where a fact is stated."""
        graphs = [*self.passages, *self.curated]
        shown = " ".join(graphs[:_SHOWN]) + (f" +{len(graphs) - _SHOWN}" if len(graphs) > _SHOWN else "")
        if self.derived:
            mark = say(lang, "derived", "推导")
            shown = f"{mark}: {shown}" if shown else mark
        return f"  [{shown}]" if shown else ""


@dataclass(frozen=True)
class Group:
    """The facts with one property; `incoming` if the thing is their object."""

    property: str
    label: str
    incoming: bool
    facts: Sequence[Fact]

    def to_dict(self) -> dict[str, Any]:
        """Return the group as plain data."""
        return {
            "property": self.property,
            "label": self.label,
            "direction": "in" if self.incoming else "out",
            "values": [fact.to_dict() for fact in self.facts],
        }

    def in_short(self, lang: str) -> str:
        """Write the property and its values in one line."""
        comma = say(lang, ", ", "、")
        values = [one_line(fact.value) + fact.marks(lang).replace("  (", " (") for fact in self.facts[:_SHOWN]]
        more = f" +{len(self.facts) - _SHOWN}" if len(self.facts) > _SHOWN else ""
        return f"{self.label} {comma.join(values)}{more}"


@dataclass(frozen=True)
class Named:
    """A term as a reader sees it, and its IRI; None for a literal."""

    value: str
    iri: str | None

    def to_dict(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"value": self.value, **({"iri": self.iri} if self.iri else {})}


@dataclass(frozen=True)
class Note:
    """An editors' remark on the thing: its kind and text in the asked language, and what it is about.

    Attributes:
        statement: subject, property and value of the statement that it is about, as far as the note names them.
        passages: CURIEs of the passages that it is about. confidence: how sure the editors are. sources: what says so.
    """

    iri: str
    kind: str
    text: str
    statement: tuple[Named | None, Named | None, Named | None] = (None, None, None)
    passages: tuple[str, ...] = ()
    confidence: Named | None = None
    sources: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the note as plain data."""
        parts = {
            **dict(zip(("subject", "property", "value"), self.statement, strict=True)),
            "confidence": self.confidence,
        }
        return {
            "iri": self.iri,
            "kind": self.kind,
            "text": self.text,
            **{name: part.to_dict() for name, part in parts.items() if part is not None},
            "passages": list(self.passages),
            "sources": list(self.sources),
        }

    def lines(self, lang: str) -> Iterator[str]:
        """Yield the note as text: what it says, then what it is about and how far it can be relied on."""
        colon = say(lang, ": ", "：")
        yield f"  {self.kind}{colon}{one_line(self.text)}"
        stated = " · ".join(one_line(part.value) for part in self.statement if part is not None)
        about = " ".join([*([stated] if stated else []), *([f"[{' '.join(self.passages)}]"] if self.passages else [])])
        parts = [f"{say(lang, 'about', '所涉')}{colon}{about}"] if about else []
        if self.confidence:
            parts.append(f"{say(lang, 'confidence', '可信度')}{colon}{one_line(self.confidence.value)}")
        if self.sources:
            listed = say(lang, ", ", "、").join(map(one_line, self.sources))
            parts.append(f"{say(lang, 'source', '来源')}{colon}{listed}")
        if parts:
            yield "      " + say(lang, "; ", "；").join(parts)


@dataclass(frozen=True)
class Description:
    """All that the graph says about one thing."""

    lang: str
    iri: str
    label: str
    classes: Sequence[str]
    groups: Sequence[Group]
    notes: Sequence[Note] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """Return the description as plain data."""
        return {
            "iri": self.iri,
            "id": ns.shorten(self.iri),
            "label": self.label,
            "classes": list(self.classes),
            "facts": [group.to_dict() for group in self.groups],
            "notes": [note.to_dict() for note in self.notes],
        }

    def render(self) -> str:
        """Return the description as text."""
        kinds = f"  ({', '.join(self.classes)})" if self.classes else ""
        short = ns.shorten(self.iri)
        lines = [f"{one_line(self.label)}  {short}{kinds}" if self.label != short else f"{short}{kinds}"]
        told: set[str] = set()  # events, of which once is enough
        for incoming in (False, True):
            groups = [group for group in self.groups if group.incoming == incoming]
            if incoming and groups:
                lines += ["", say(self.lang, "Stated elsewhere about it:", "其他对象与它的关系：")]
            for group in groups:
                lines.append(f"  {'← ' if incoming else ''}{group.label}")
                for fact in group.facts:
                    lines.append(f"      {one_line(fact.value)}{fact.marks(self.lang)}{fact.where(self.lang)}")
                    if fact.event and fact.iri not in told:
                        told.add(fact.iri or "")
                        details = [one.in_short(self.lang) for one in fact.event]
                        lines.append("          " + say(self.lang, "; ", "；").join(details))
        if self.notes:
            lines += ["", say(self.lang, "Doubts and remarks of the editors:", "编者的疑点与说明：")]
            lines += [line for note in self.notes for line in note.lines(self.lang)]
        return "\n".join(lines) + "\n"
