"""What is asked of shapes beyond the linter: the W3C's shapes for shapes, targets that exist, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq import resources
from cascq.language import LANGUAGES
from cascq.reading import read, read_file
from cascq.reports.report import Finding, Node
from cascq.shacl.engines import Engine
from cascq.shacl.removals import Bench
from cascq.shacl.shape_terms import CONSTRAINTS, TYPE, sh
from cascq.shacl.shapes import Shapes

Files = Mapping[Path, Sequence[ox.Quad]]
Note = dict[str, str]

_DEMANDS = frozenset(map(sh, CONSTRAINTS)) - {sh("property"), sh("sparql")}
_TARGETS = {sh("targetClass"): "class", sh("targetSubjectsOf"): "property", sh("targetObjectsOf"): "property"}


def note(en: str, zh: str) -> Note:
    """Return something to be told, in both languages."""
    return {"en": en, "zh": zh}


def finding(rule: str, focus: Node, path: ox.NamedNode | None, value: Node | None, texts: tuple[str, str]) -> Finding:
    """Return a violation of a rule by a node, and by its value for a property if one is given.

    Args:
        rule: name of the rule.
        focus: the node.
        path: the property.
        value: the value.
        texts: what is wrong, in English and Chinese.
    """
    return Finding("violation", rule, focus, path, value, None, {"en": texts[0], "zh": texts[1]}, None)


def shapes_for_shapes(files: Files, engine: Engine, notes: list[Note]) -> Iterator[Finding]:
    """Apply the W3C's shapes for shapes, which pySHACL carries."""
    spec = find_spec("pyshacl")
    path = Path(spec.origin or "").parent / "assets" / "shacl-shacl.ttl" if spec else Path()
    if not path.is_file():
        notes.append(
            note(
                "the W3C's shapes for shapes were not applied: this pySHACL does not carry them",
                "未应用 W3C 的“形状之形状”：此 pySHACL 不含该文件",
            )
        )
        return
    data = dict.fromkeys(quad.triple for quads in files.values() for quad in quads)
    for f in engine.apply(data, read_file(path)):
        what = f.expected or f.path_text or ""
        yield replace(
            f,
            source="shapes-for-shapes",
            component=None,
            severity="violation",
            messages={
                "en": f"the W3C's shapes for shapes complain: {f.messages['en']} ({what})",
                "zh": f"不符合 W3C 的“形状之形状”：{f.messages['zh']}（{what}）",
            },
        )


def messages(bench: Bench, notes: list[Note], *, own: bool) -> Iterator[Finding]:
    """Whatever is reported says in each language what is wrong.

    The shipped shapes speak Chinese and English; others those of the two that they use at all.
    """
    graph = bench.graph
    every = graph.pairs(sh("message"))
    used = tuple(lang for lang in LANGUAGES if own or any(_is_in(value, lang) for _, value in every))
    if not used:
        notes.append(
            note(
                "these shapes have no messages in Chinese or English, so none was missed",
                "这些形状没有中文或英文消息，因此未检查消息是否齐全",
            )
        )
    for shape in bench.owners:
        said = graph.about(shape)
        speakers = [] if _DEMANDS.isdisjoint(said) else [shape]
        speakers += [q for q in said.get(sh("sparql"), ()) if not isinstance(q, ox.Literal)]
        for speaker in speakers:
            own_messages = [*graph.messages(speaker), *graph.messages(shape)]
            missing = [lang for lang in used if not any(_is_in(value, lang) for value in own_messages)]
            if missing:
                en, zh = (
                    " or ".join(_IN_ENGLISH[lang] for lang in missing),
                    "和".join(_IN_CHINESE[lang] for lang in missing),
                )
                texts = (f"has constraints, but no message in {en}", f"有约束，但缺少{zh}消息")
                yield finding("message-missing", speaker, None, None, texts)


_IN_ENGLISH = {"zh": "Chinese", "en": "English"}
_IN_CHINESE = {"zh": "中文", "en": "英文"}


def _is_in(value: Node, lang: str) -> bool:
    """Tell whether a text is in a language, regional or not."""
    return isinstance(value, ox.Literal) and (value.language or "").split("-")[0] == lang


def unknown_targets(graph: Shapes, terms: Sequence[ox.Quad]) -> Iterator[Finding]:
    """The targets of the shipped shapes are in the ontology, or in a vocabulary that it or the data use."""
    declared: set[object] = {quad.subject for quad in terms if quad.predicate == TYPE}
    used: set[object] = set()
    for quad in [*terms, *read([resources.data()])]:
        used |= {quad.predicate, quad.object} if quad.predicate == TYPE else {quad.predicate}
    for target, kind in _TARGETS.items():
        for shape, value in graph.pairs(target):
            own = isinstance(value, ox.NamedNode) and value.value.startswith(ns.CASCQ)
            if value not in (declared if own else used):
                zh = "类" if kind == "class" else "属性"
                texts = (
                    f"there is no such {kind}: the shape applies to nothing",
                    f"没有这个{zh}：形状不会用到任何节点上",
                )
                yield finding("target-unknown", shape, target, value, texts)


def idle(bench: Bench, given: Sequence[ox.Quad], notes: list[Note]) -> Iterator[Finding]:
    """Other people's shapes have focus nodes in the data that are given."""
    from cascq.shacl.focus import FocusCounter

    data = [*given, *(ox.Quad(t.subject, t.predicate, t.object) for t in bench.world)]
    if not data:
        notes.append(
            note(
                "whether each shape applies to anything was not checked: no data and no cases were given",
                "未检查每个形状是否有焦点节点：未给出数据或用例",
            )
        )
        return
    counter = FocusCounter(bench.graph)
    counter.count(data)
    counts = counter.result()
    for shape in bench.targeted:
        if not counts.get(shape.value if isinstance(shape, ox.NamedNode) else str(shape), 1):
            texts = ("no node in the data is targeted", "数据中没有它的焦点节点")
            yield replace(finding("shape-idle", shape, None, None, texts), severity="warning")
