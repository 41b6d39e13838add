"""Results of SHACL engines as findings: one shape for all engines, with messages that do not depend on the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from cascq.language import LANGUAGES
from cascq.reports.report import Finding, Node, Severity
from cascq.shacl.lexical import well_formed
from cascq.shacl.shape_terms import SH, VALIDATORS, sh
from cascq.shacl.shapes import UNNAMED, Shapes

_SEVERITIES: dict[str, Severity] = {SH + "Violation": "violation", SH + "Warning": "warning", SH + "Info": "info"}
_VARIABLE = re.compile(r"\{[?$](\w+)\}")

# What is said where a shape has no sh:message, by the name of the component. Engines have texts of their own, each
# others, and in English only.
_DEFAULT: dict[str, tuple[str, str]] = {
    "And": ("does not conform to all of the shapes", "不符合全部所列形状"),
    "Class": ("is no instance of the class", "不是该类的实例"),
    "Closed": ("this property is not allowed here", "此处不允许这个属性"),
    "Datatype": ("is no well-formed literal of the datatype", "不是该数据类型的合法字面量"),
    "Disjoint": ("is also a value of a property that must not share values", "同时是另一个不得有相同取值的属性的值"),
    "Equals": ("the two properties must have the same values", "两个属性的取值须相同"),
    "HasValue": ("the required value is missing", "缺少必需的值"),
    "In": ("is not in the list of allowed values", "不在允许的取值之内"),
    "LanguageIn": ("has none of the allowed languages", "语言不在允许之列"),
    "LessThan": ("is not less than the value of the other property", "不小于另一属性的值"),
    "LessThanOrEquals": ("is greater than the value of the other property, or cannot be compared with it",
                         "大于另一属性的值，或无法与其比较"),
    "MaxCount": ("has more values than allowed", "取值过多"),
    "MaxExclusive": ("is not below the upper bound", "不小于上限"),
    "MaxInclusive": ("is above the upper bound", "大于上限"),
    "MaxLength": ("is longer than allowed", "过长"),
    "MinCount": ("has fewer values than required", "取值不足"),
    "MinExclusive": ("is not above the lower bound", "不大于下限"),
    "MinInclusive": ("is below the lower bound", "小于下限"),
    "MinLength": ("is shorter than required", "过短"),
    "Node": ("does not conform to the shape", "不符合该形状"),
    "NodeKind": ("is not of the required kind of node", "节点种类不对"),
    "Not": ("conforms to a shape that it must not conform to", "符合了不得符合的形状"),
    "Or": ("conforms to none of the shapes", "不符合所列形状中的任何一个"),
    "Pattern": ("does not match the pattern", "与模式不符"),
    "QualifiedMaxCount": ("too many values conform to the shape", "符合该形状的取值过多"),
    "QualifiedMinCount": ("too few values conform to the shape", "符合该形状的取值不足"),
    "SPARQL": ("is what the SPARQL constraint looks for", "命中了 SPARQL 约束"),
    "UniqueLang": ("two values have the same language", "同一语言有两个取值"),
    "Xone": ("conforms to none or to more than one of the shapes", "不符合其中任何一个形状，或符合不止一个"),
}  # fmt: skip
_OTHER = ("does not meet the constraint", "不满足约束")


class NotForThisEngineError(Exception):
    """An engine cannot apply these shapes, or does so otherwise than the reference.

    Attributes:
        en: why.
        zh: the same in Chinese; an engine's own words stay as they are.
    """

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.zh = en if zh is None else zh


@dataclass(frozen=True, slots=True)
class Result:
    """A validation result as an engine gives it (SHACL recommendation, section 3.6.2).

    Attributes:
        path: the property, None if there is none or the path is more than one property.
        shape: IRI of the shape, as in `Shapes.triples`.
        component: IRI of the constraint component.
        severity: IRI of the severity.
        messages: texts, of which only those of SPARQL constraints count: the rest is in the shapes.
        has_path: whether there is a path.
    """

    focus: Node
    path: ox.NamedNode | None
    has_path: bool
    value: Node | None
    shape: str
    component: str
    severity: str
    messages: tuple[str, ...]


def findings(
    results: Iterable[Result], shapes: Shapes, meanings: Mapping[tuple[str, str], str] | None = None
) -> list[Finding]:
    """Return results as findings, in no particular order.

    Args:
        results: what an engine found.
        shapes: the shapes as written.
        meanings: see `shape_rewriting.rewrite`.

    Of results that repeat each other, as those of queries and of two ways to look at a literal do, one is returned.
    """
    found: list[Finding] = []
    told: set[tuple[object, ...]] = set()
    text: tuple[str, ...] | None
    for result in results:
        meant = (meanings or {}).get((result.shape, result.component))
        component = meant or result.component
        if component == SH + "SPARQLConstraintComponent" or not component.startswith(SH):
            text = result.messages  # a query may give the same row many times
        elif component == SH + "DatatypeConstraintComponent":
            text = ()
        else:
            text = None
        key = (result.focus, result.shape, component, result.path, result.value, text)
        if (text is not None and key in told) or _is_mistaken(result, shapes):
            continue
        told.add(key)
        found.append(_finding(result, component, shapes))
    return found


def _is_mistaken(result: Result, shapes: Shapes) -> bool:
    """Tell whether an engine takes a literal for ill-formed that is not.

    To pySHACL no year is before Christ; to `shacl` no decimal number has more than 18 digits behind the point.
    """
    value = result.value
    if result.component != SH + "DatatypeConstraintComponent" or not isinstance(value, ox.Literal):
        return False
    return shapes.value(_shape(result), sh("datatype")) == value.datatype and well_formed(value) is True


def _shape(result: Result) -> Node:
    """Return the shape of a result as it is in the shapes graph."""
    unnamed = result.shape.startswith(UNNAMED)
    return ox.BlankNode(result.shape.removeprefix(UNNAMED)) if unnamed else ox.NamedNode(result.shape)


def _finding(result: Result, component: str, shapes: Shapes) -> Finding:
    shape = _shape(result)
    longer = None if result.path is not None or not result.has_path else shapes.value(shape, sh("path"))
    return Finding(
        severity=_SEVERITIES.get(result.severity, "violation"),
        source=str(shape) if isinstance(shape, ox.BlankNode) else result.shape,
        focus=result.focus,
        path=result.path,
        value=result.value,
        component=component,
        messages=_messages(result, component, shape, shapes),
        passage=None,
        path_text="" if longer is None else shapes.path_text(longer),
        path_turtle="" if longer is None else shapes.path_turtle(longer),
        expected=shapes.expected(shape, component),
    )


def _messages(result: Result, component: str, shape: Node, shapes: Shapes) -> dict[str, str]:
    """Return the messages by language."""
    literals = _of_queries(result, component, shape, shapes) or shapes.messages(shape)
    if not literals:
        own = result.messages if not component.startswith(SH) else ()
        if own:  # of a constraint component that the shapes define: nobody else knows it
            return dict.fromkeys(LANGUAGES, " ".join(sorted(own)))
        name = component.removeprefix(SH).removesuffix("ConstraintComponent")
        en, zh = _DEFAULT.get(name, _OTHER)
        return {"en": en, "zh": zh}
    told = {tag: [m.value for m in literals if _tag(m) == tag] for tag in map(_tag, literals)}
    # What lacks a language is said in no language, else in the other one, else in whatever there is.
    return {
        lang: " ".join(sorted(next(told[tag] for tag in (lang, "", "en", "zh", *told) if tag in told)))
        for lang in LANGUAGES
    }


def _tag(message: ox.Literal) -> str:
    """Return the language of a message without its region, empty if it has none."""
    return (message.language or "").split("-")[0]


def _of_queries(result: Result, component: str, shape: Node, shapes: Shapes) -> list[ox.Literal]:
    """Return the messages of the SPARQL query behind a result, with its values filled in, in their languages.

    Engines fill them in, and do not tell the languages. A blank node has no name of its own: it is shown as [].
    """
    if component == SH + "SPARQLConstraintComponent":
        queries = shapes.objects(shape, sh("sparql"))
    elif component.startswith(SH):
        return []
    else:
        queries = [query for kind in VALIDATORS for query in shapes.objects(ox.NamedNode(component), kind)]
    blank = {node.value for node in (result.focus, result.value) if isinstance(node, ox.BlankNode)}
    found = []
    for query in queries:
        for template in shapes.messages(query):
            parts = list(map(re.escape, _VARIABLE.split(template.value)[::2]))
            pattern = re.compile("(.*?)".join(parts), re.DOTALL)
            for text in result.messages:
                if match := pattern.fullmatch(text):
                    filled = ("[]" if part.startswith("_:") or part in blank else part for part in match.groups())
                    plain = _VARIABLE.split(template.value)[::2]
                    whole = "".join(one + other for one, other in zip(plain, (*filled, ""), strict=True))
                    found.append(ox.Literal(whole, language=template.language))
    return list(dict.fromkeys(found))
