"""Names of things: labels to show, names to find things by, search.

A name is looked up without differences of width, case, white space and quotes (see `likeness`). The ranks in which
names count are those of the conventions: preferred label; alias, notation, identifier or other recorded name; printed
name. Things come before the terms that describe them: a name of both a thing and a concept means the thing, whatever
the ranks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import say
from cascq.likeness import comparable, likeness, normalise
from cascq.remote.stores import Store

# Names that are resources of their own point to what they name.
_NAME_TEXT, _NAME_OF = ns.CASCQ + "nameText", ns.CASCQ + "nameOf"
_CODE, _IDENTIFIES = ns.CASCQ + "identifierValue", ns.CASCQ + "identifies"
_RANKS: tuple[tuple[tuple[str, str | None], ...], ...] = (
    ((ns.PREF_LABEL, None),),
    ((ns.ALT_LABEL, None), (ns.NOTATION, None), (_CODE, _IDENTIFIES), (_NAME_TEXT, _NAME_OF)),
    ((ns.RDFS_LABEL, None),),
)

# The properties that name things.
LABELS = frozenset(prop for rank in _RANKS for prop, _ in rank)

# Terms of other vocabularies that readers meet; their own files are not loaded. The canned queries use the same words.
BORROWED: dict[str, tuple[str, str]] = {
    ns.RDF_TYPE: ("class", "类别"),
    # In a passage's graph, rdfs:label is the name that the passage prints.
    ns.RDFS_LABEL: ("printed name", "原文名称"),
    ns.PREF_LABEL: ("preferred name", "首选名称"),
    ns.ALT_LABEL: ("alias", "别名"),
    ns.NOTATION: ("notation", "代号"),
    ns.SKOS + "Concept": ("concept", "概念"),
    ns.SKOS + "ConceptScheme": ("concept scheme", "概念体系"),
    ns.SKOS + "inScheme": ("in scheme", "所属概念体系"),
    ns.SKOS + "topConceptOf": ("top concept of", "顶层概念所属体系"),
    ns.SKOS + "hasTopConcept": ("has top concept", "顶层概念"),
    ns.SKOS + "broader": ("broader", "上位概念"),
    ns.SKOS + "narrower": ("narrower", "下位概念"),
    ns.SKOS + "definition": ("definition", "定义"),
    ns.SKOS + "scopeNote": ("scope note", "范围说明"),
    ns.SKOS + "editorialNote": ("editorial note", "编者按"),
    ns.SKOS + "exactMatch": ("exact match", "完全对应"),
    ns.SKOS + "closeMatch": ("close match", "近似对应"),
    ns.RDFS + "comment": ("comment", "说明"),
    ns.RDFS + "isDefinedBy": ("defined by", "定义于"),
    ns.RDFS + "seeAlso": ("see also", "参见"),
    ns.RDFS_SUBCLASS: ("sub-class of", "父类"),
    ns.RDFS + "subPropertyOf": ("sub-property of", "父属性"),
    ns.RDFS + "domain": ("domain", "定义域"),
    ns.RDFS + "range": ("range", "值域"),
    ns.RDF + "Property": ("property", "属性"),
    ns.OWL + "Class": ("class", "类"),
    ns.OWL + "ObjectProperty": ("object property", "对象属性"),
    ns.OWL + "DatatypeProperty": ("datatype property", "数据属性"),
    ns.OWL + "AnnotationProperty": ("annotation property", "注释属性"),
    ns.OWL + "Ontology": ("ontology", "本体"),
    ns.OWL + "inverseOf": ("inverse of", "逆属性"),
    ns.OWL + "sameAs": ("same as", "等同于"),
    ns.DCTERMS + "title": ("title", "标题"),
    ns.DCTERMS + "description": ("summary", "概述"),
    ns.DCTERMS + "source": ("source", "来源"),
    ns.DCTERMS + "created": ("created", "编写日期"),
    ns.DCTERMS + "language": ("language", "语言"),
    ns.DCTERMS + "subject": ("subject", "主题"),
    ns.OA + "hasSource": ("in document", "所在文献"),
    ns.OA + "hasSelector": ("position", "位置"),
    ns.OA + "start": ("start", "起点"),
    ns.OA + "end": ("end", "终点"),
    ns.OA + "TextPositionSelector": ("text position", "文字位置"),
    ns.PREFIXES["org"] + "subOrganizationOf": ("belongs to", "上级机构"),
    ns.PREFIXES["org"] + "unitOf": ("unit of", "所属机构"),
}

# Texts that search looks through behind the names: what notes say, and what figures and distinctions are printed as.
_TEXTS = (ns.CASCQ + "asPrinted", ns.CASCQ + "text")


def is_term(iri: str) -> bool:
    """Tell whether an IRI is of the ontology or its vocabularies: a word to describe things with."""
    return iri.startswith((ns.CASCQ, ns.VOC))


@dataclass(frozen=True)
class Hit:
    """A thing found by `search`: its IRI, label and classes, the name that matched, and the property that gives it."""

    iri: str
    label: str
    matched: str
    property: str
    classes: tuple[str, ...]


class Names:
    """The names in a store, read once, when first needed.

    Attributes:
        namesakes: for names that have been resolved, the other things that have the name too, by IRI.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.namesakes: dict[str, list[str]] = {}

    @cached_property
    def _entries(self) -> list[tuple[int, str, ox.Literal, str]]:
        """All names as (rank, property, literal, IRI of what is named)."""
        entries: dict[tuple[int, str, ox.Literal, str], None] = {}
        for rank, sources in enumerate(_RANKS):
            for prop, link in sources:
                for quad in self._store.quads_for_pattern(None, ox.NamedNode(prop), None, None):
                    if not isinstance(quad.object, ox.Literal):
                        continue
                    for node in self._named(quad.subject, link):
                        entries[rank, prop, quad.object, node] = None
        return sorted(entries, key=lambda e: (e[0], e[1], e[2].value, e[2].language or "", e[3]))

    def _named(self, subject: ox.NamedNode | ox.BlankNode | ox.Triple, link: str | None) -> Iterable[str]:
        """Yield the IRI that a name belongs to: its subject, or what the subject names."""
        if link is None:
            nodes: list[object] = [subject]
        else:
            nodes = [q.object for q in self._store.quads_for_pattern(subject, ox.NamedNode(link), None, None)]
        for node in nodes:
            if isinstance(node, ox.NamedNode):
                yield node.value

    @cached_property
    def _by_name(self) -> list[dict[str, list[str]]]:
        """For each rank: normalised name to IRIs."""
        found: list[dict[str, list[str]]] = [defaultdict(list) for _ in _RANKS]
        for rank, _, literal, iri in self._entries:
            if iri not in found[rank][key := comparable(literal.value)]:
                found[rank][key].append(iri)
        return found

    def label(self, iri: str, lang: str) -> str:
        """Return the label of an IRI in a language; else in the other language; else the shortened IRI."""
        node = ox.NamedNode(iri)
        candidates: list[tuple[bool, bool, str]] = []
        for prop in (ns.PREF_LABEL, ns.RDFS_LABEL):
            for quad in self._store.quads_for_pattern(node, ox.NamedNode(prop), None, None):
                if isinstance(quad.object, ox.Literal):
                    other = not (quad.object.language or "").startswith(lang)
                    candidates.append((other, prop == ns.RDFS_LABEL, quad.object.value))
        if candidates:
            return min(candidates)[2]
        borrowed = BORROWED.get(iri)
        return say(lang, *borrowed) if borrowed else self._own_text(node, lang) or ns.shorten(iri)

    def _own_text(self, node: ox.NamedNode, lang: str) -> str:
        """Return what an unlabelled name, identifier, document or graph says itself, in a language if it can, or ""."""
        for prop in (_NAME_TEXT, _CODE, ns.DCTERMS + "title"):
            quads = self._store.quads_for_pattern(node, ox.NamedNode(prop), None, None)
            texts = [quad.object for quad in quads if isinstance(quad.object, ox.Literal)]
            if texts:
                return min(texts, key=lambda text: (not (text.language or "").startswith(lang), text.value)).value
        return ""

    def classes(self, iri: str) -> list[str]:
        """Return the IRIs of the classes that an IRI is stated to be of."""
        quads = self._store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(ns.RDF_TYPE), None, None)
        return sorted({quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)})

    def exists(self, iri: str) -> bool:
        """Tell whether an IRI occurs in the store, in whatever place."""
        node = ox.NamedNode(iri)
        return any(
            True
            for s, p, o in ((node, None, None), (None, None, node), (None, node, None))
            for _ in self._store.quads_for_pattern(s, p, o, None)
        ) or self._store.contains_named_graph(node)

    def resolve(
        self,
        text: str,
        accept: Callable[[str], bool] | None = None,
        wanted: tuple[str, str] = ("", ""),
    ) -> ox.NamedNode:
        """Return the one thing that an IRI, a CURIE or a name means.

        Args:
            text: what the user wrote.
            accept: which IRIs are allowed (of a class, for example); all, if left out.
            wanted: what is allowed, in English and Chinese, for the messages.

        Raises:
            CascqError: nothing or nothing allowed has that name, or several things have it.
        """
        if iri := ns.expand(text.strip()):
            return self._resolve_iri(text, iri, accept, wanted)
        key = comparable(text)
        if not key:
            raise CascqError("a name is needed, not an empty text", "需要名称，不能为空")
        ranks = [rank.get(key, []) for rank in self._by_name] + [self._passages(key)]
        found = [[iri for iri in hits if accept is None or accept(iri)] for hits in ranks]
        things = [[iri for iri in hits if not is_term(iri)] for hits in found]
        if best := next(filter(None, things + found), None):
            everything = list(dict.fromkeys(iri for hits in found for iri in hits))
            if len(best) == 1:
                self.namesakes[text] = [iri for iri in everything if iri != best[0]]
                return ox.NamedNode(best[0])
            candidates = best + [iri for iri in everything if is_term(iri) and iri not in best]
            raise CascqError(
                f"'{text}' means several things; say which: {self.listed(candidates, 'en')}",
                f"“{text}”可指多个对象，请指明：{self.listed(candidates, 'zh')}",
            )
        refused = [iri for hits in ranks for iri in hits]
        near = self.near(text, accept)
        meant = (
            f"; did you mean: {self.listed(near, 'en')}" * bool(near),
            f"；是否指：{self.listed(near, 'zh')}" * bool(near),
        )
        if refused:
            raise CascqError(
                f"'{text}' is {self.listed(refused, 'en')}, not {wanted[0]}{meant[0]}",
                f"“{text}”是 {self.listed(refused, 'zh')}，此处需要{wanted[1]}{meant[1]}",
            )
        raise CascqError(f"nothing is called '{text}'{meant[0]}", f"没有名为“{text}”的对象{meant[1]}")

    def _passages(self, number: str) -> list[str]:
        """Return the passages that a bare number such as 1.1-6 may mean."""
        if not re.fullmatch(r"\d[\d.]*-\d+", number, re.ASCII):
            return []
        quads = self._store.quads_for_pattern(None, ox.NamedNode(ns.RDF_TYPE), ox.NamedNode(ns.CASCQ + "Passage"), None)
        subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        return sorted(iri for iri in subjects if iri.endswith("/" + number))

    def _resolve_iri(
        self,
        text: str,
        iri: str,
        accept: Callable[[str], bool] | None,
        wanted: tuple[str, str],
    ) -> ox.NamedNode:
        """Check an IRI that the user wrote."""
        try:
            node = ox.NamedNode(iri)
        except ValueError as error:
            raise CascqError(f"'{text}' is no valid IRI: {error}", f"“{text}”不是有效的 IRI：{error}") from error
        if not self.exists(iri):
            known = sorted({entry[3] for entry in self._entries})
            short = {ns.shorten(known_iri): known_iri for known_iri in known}
            import difflib  # slow to import, and needed only here

            near = [short[n] for n in difflib.get_close_matches(ns.shorten(iri), list(short), 5, 0.75)]
            raise CascqError(
                f"{text} is not in the graph" + f"; did you mean: {self.listed(near, 'en')}" * bool(near),
                f"图谱中没有 {text}" + f"；是否指：{self.listed(near, 'zh')}" * bool(near),
            )
        if accept is not None and not accept(iri):
            raise CascqError(
                f"{text} is {self.listed([iri], 'en')}, not {wanted[0]}",
                f"{text} 是 {self.listed([iri], 'zh')}，此处需要{wanted[1]}",
            )
        return node

    def near(self, text: str, accept: Callable[[str], bool] | None = None, limit: int = 5) -> list[str]:
        """Return up to `limit` IRIs whose names resemble a text: things, then concepts, then classes and properties.

        Notes come last among the things: their names are made of what they are about.
        """
        key = comparable(text)
        found: dict[str, tuple[int, tuple[int, int], str]] = {}
        for rank in self._by_name:
            for name, iris in rank.items():
                if (alike := likeness(key, name)) is None:
                    continue
                for iri in iris:
                    score = (iri.startswith(ns.VOC) + 2 * iri.startswith(ns.CASCQ), alike, name)
                    if (accept is None or accept(iri)) and score < found.get(iri, (3, alike, name)):
                        found[iri] = score
        best = sorted(found, key=lambda iri: (found[iri], iri))[: 10 * limit]
        best.sort(key=lambda iri: (found[iri][0], ns.CASCQ + "Note" in self.classes(iri)))
        return best[:limit]

    def listed(self, iris: Iterable[str], lang: str) -> str:
        """Write IRIs with their labels and classes."""
        shown = []
        for iri in iris:
            kinds = say(lang, ", ", "、").join(self.label(kind, lang) for kind in self.classes(iri))
            name = self.label(iri, lang) + (say(lang, ": ", "：") + kinds if kinds else "")
            shown.append(ns.shorten(iri) + say(lang, f" ({name})", f"（{name}）"))
        return say(lang, "; ", "；").join(dict.fromkeys(shown))

    def search(self, text: str, lang: str, limit: int | None = None) -> list[Hit]:
        """Return the things whose names contain a text (or, failing that, all its words), best matches first.

        Behind them come notes of the editors, and figures and distinctions as they are printed.

        Args:
            text: what to look for, in Chinese or English.
            lang: language of the labels in the result.
            limit: at most so many, 1 or more; all, if left out.

        Raises:
            CascqError: the text is empty, or the limit is less than 1.
        """
        if limit is not None and limit < 1:
            raise CascqError("limit must be 1 or more", "limit 须为 1 或以上")
        return [
            Hit(iri, self.label(iri, lang), matched, prop, tuple(self.classes(iri)))
            for iri, matched, prop in self.matching(text)[:limit]
        ]

    def matching(self, text: str) -> list[tuple[str, str, str]]:
        """Return all that `search` finds: the IRI, the text that matches, and the property that gives it.

        Raises:
            CascqError: the text is empty.
        """
        key = comparable(text)
        if not key:
            raise CascqError("nothing to search for: the text is empty", "没有可搜索的内容：文字为空")
        words = [comparable(word) for word in normalise(text).split(" ")]
        found: dict[str, tuple[tuple[int, int, int, str], str, str]] = {}
        for rank, prop, literal, iri in [*self._entries, *self._texts]:
            name = comparable(literal.value)
            if key in name:
                quality = 0 if name == key else 1 if name.startswith(key) else 2
            elif all(word in name for word in words):
                quality = 3
            else:
                continue
            behind = len(_RANKS) <= rank  # a text is no name: the best of them comes behind all names
            score = (4 * behind + quality, rank, len(name), name)
            if iri not in found or score < found[iri][0]:
                found[iri] = (score, literal.value, prop)
        ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
        return [(iri, matched, prop) for iri, (_, matched, prop) in ordered]

    @cached_property
    def _texts(self) -> list[tuple[int, str, ox.Literal, str]]:
        """The texts that search looks through, like `_entries`."""
        return [
            (len(_RANKS), prop, quad.object, quad.subject.value)
            for prop in _TEXTS
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(prop), None, None)
            if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode)
        ]
