"""What passages are made of: listings, figures with their hedges, distinctions, bodies and things, events."""

from __future__ import annotations

from collections.abc import Sequence

from invented.document import Document

A, LABEL, DATE = "rdf:type", "rdfs:label", "cascq:date"
FIELDS = (
    "voc:3d-printing",
    "voc:additive-manufacturing",
    "voc:advanced-manufacturing",
    "voc:artificial-intelligence",
    "voc:basic-medicine",
    "voc:big-data",
    "voc:chips",
    "voc:cloud-computing",
    "voc:environment",
    "voc:information-technology",
    "voc:internet",
    "voc:laser-technology",
    "voc:materials",
    "voc:medical-devices",
    "voc:robotics",
    "voc:smart-city",
    "voc:smart-manufacturing",
    "voc:space-technology",
    "voc:translational-medicine",
    "voc:water-treatment",
)
TOPICS = ("voc:talent-training", "voc:industry-innovation", "voc:transfer-of-results", "voc:institution-development")
AIMS = (
    "voc:commercialisation-of-results",
    "voc:industrialisation-of-results",
    "voc:serving-industry-development",
    "voc:gathering-innovation-resources",
)
MODES = ("voc:joint-planning", "voc:research-cooperation", "voc:building-parks", "voc:promoting-transfer")
SECTORS = ("voc:civil-aviation", "voc:health-industry", "voc:dental-products")
STATUSES = ("voc:planned", "voc:announced", "voc:reported", "voc:completed")
# Qualifier, printed form, and what is stated of the number.
HEDGES = (
    ("exact", "{0}{word}", [("cascq:value", 0)]),
    ("about", "约{0}{word}", [("cascq:value", 0)]),
    ("nearly", "近{0}{word}", [("cascq:value", 0)]),
    ("more-than", "{0}余{word}", [("cascq:minValue", 0)]),
    ("at-least", "至少{0}{word}", [("cascq:minValue", 0)]),
    ("at-most", "至多{0}{word}", [("cascq:maxValue", 0)]),
    ("less-than", "不足{0}{word}", [("cascq:maxValue", 0)]),
    ("between", "{0}至{1}{word}", [("cascq:minValue", 0), ("cascq:maxValue", 10)]),
    ("several", "多{word}", []),
)
OPEN, CLOSED = "voc:open-list", "voc:closed-list"


def each(path: str, values: Sequence[str]) -> list[str]:
    """Return property and value in turn for each value."""
    return [term for value in values for term in (path, value)]


def say_listing(d: Document, graph: str, members: Sequence[str], completeness: str, *terms: str) -> str:
    """State a listing of members."""
    listing, printed = d.new("listing", "列举", "listing")
    d.say(graph, listing, A, "cascq:Listing", LABEL, printed, *each("cascq:member", members), *terms)
    return d.say(graph, listing, "cascq:completeness", completeness)


def say_figure(d: Document, graph: str, of: str, counted: tuple[str, str, str], least: int, *terms: str) -> str:
    """State a figure of a measure in a unit, with its word, hedged in one of the nine ways; above `least`."""
    measure, unit, word = counted
    figure, _ = d.new("figure", "数字", "figure")
    number = least + int(d.world.chance.random() * 40) + 1
    qualifier, shown, paths = HEDGES[int(d.world.chance.random() * len(HEDGES))]
    bounds = [term for path, more in paths for term in (path, str(number + more))]
    d.say(graph, figure, A, "cascq:StatedFigure", "cascq:figureOf", of, "cascq:measure", f"voc:{measure}")
    d.say(graph, figure, "cascq:qualifier", f"voc:{qualifier}", "cascq:unit", f"voc:{unit}", *bounds, *terms)
    d.say(graph, figure, "cascq:asPrinted", f'"{shown.format(number, number + 10, word=word)}"@zh')
    if qualifier in {"about", "nearly"}:
        d.note(graph, (figure, "cascq:value", str(number)), "数字只是大约。", "The number is rough.")
    return figure


def say_distinction(d: Document, graph: str, of: str, kind: str, printed: str, *terms: str) -> None:
    """State a distinction."""
    distinction, _ = d.new("distinction", "称号", "distinction")
    d.say(graph, distinction, A, "cascq:StatedDistinction", "cascq:distinctionOf", of, *terms)
    d.say(graph, distinction, "cascq:distinctionKind", f"voc:{kind}", "cascq:asPrinted", f'"{printed}"@zh')


def say_thing(d: Document, graph: str, kind: str, names: tuple[str, str, str], *terms: str) -> str:
    """State a new entity with its class and printed name."""
    thing, printed = d.new(*names)
    return d.say(graph, thing, A, kind, LABEL, printed, *terms)


def say_company(d: Document, graph: str) -> str:
    """State a new company with a code."""
    company = say_thing(d, graph, "cascq:Company", ("company", "科技公司", "Technology Company"))
    d.identify(company, "wikidata" if d.world.chance.random() < 0.5 else "grid")
    return company


def say_technology(d: Document, graph: str) -> str:
    """State a new technology with its field."""
    fields = each("cascq:field", d.world.some(FIELDS, 1))
    return say_thing(d, graph, "cascq:Technology", ("technology", "技术", "technology"), *fields)


def say_product(d: Document, graph: str) -> str:
    """State a new product with its kind and fields."""
    kind = d.world.pick(("voc:system", "voc:experimental-prototype", "voc:production-line", "voc:software-platform"))
    terms = ("cascq:productKind", kind, *each("cascq:field", d.world.some(FIELDS, 2)))
    product = say_thing(d, graph, "cascq:Product", ("product", "产品", "product"), *terms)
    if d.world.chance.random() < 0.4:
        d.say(graph, product, "cascq:material", d.world.pick(("voc:metal", "voc:polymer-composite")))
    return product


def say_event(d: Document, graph: str, kind: str, names: tuple[str, str, str], *terms: str) -> str:
    """State a new event, which has no printed name."""
    return d.say(graph, d.new(*names)[0], A, kind, *terms)
