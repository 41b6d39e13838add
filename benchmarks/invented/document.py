"""Regions and documents: the frame into which benchmarks/invented/passages.py writes.

Terms are texts: `id:slug`, `cascq:party` and the like by prefix, `<https://…>` in full, `"…"@zh`, `"…"^^xsd:date`,
and bare numbers. benchmarks/generate.py writes them out in any format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Pairs = list[tuple[str, str]]
Graphs = dict[str, dict[str, Pairs]]

SOURCE = "https://w3id.org/cascq/source/"
CURATED = "https://w3id.org/cascq/curated/"
# No syllable begins another one, so that two names never run together into one.
SYLLABLES = re.findall(
    "(.)([a-z]+)",
    "霜shuang川chuan江jiang光guang松song青qing岭ling桐tong峰feng原yuan洲zhou桥qiao坪ping塘tang"
    "港gang泉quan星xing明ming康kang宁ning寿shou东dong前qian莲lian田tian寨zhai亭ting庙miao兰lan"
    "岳yue柏bai云yun石shi竹zhu梅mei津jin湾wan岛dao沙sha海hai雪xue露lou仁ren南nan北bei左zuo右you"
    "后hou桂gui翠cui丹dan银yin铁tie村cun堡bao台tai河he泽ze浦pu渡du日ri安an福fu禄lu德de智zi菊ju墨mo土tu"
    "阁ge寺si",
)
_STEP = 104_729  # prime to the number of names, so that neighbours look different
_CURATED = {
    "names": ("虚构的名称", "Invented names", "voc:editorial"),
    "places": ("虚构的地点", "Invented places", "voc:verified"),
    "kinds": ("虚构的机构类型", "Invented kinds of bodies", "voc:editorial"),
    "identifiers": ("虚构的标识符", "Invented identifiers", "voc:verified"),
    "bound": ("虚构的限定名称与时期", "Invented names limited in time, and periods", "voc:plausible"),
    "readings": ("虚构的解读", "Invented readings", "voc:editorial"),
    "notes": ("虚构的注记", "Invented notes", "voc:editorial"),
}


@dataclass
class World:
    """What all regions share, and where chance comes from."""

    seed: int
    union: bool  # one graph for all, in which each triple counts once
    chance: Random = field(init=False)
    shared: set[str] = field(default_factory=set)  # subjects that belong to no region
    known: set[tuple[str, str, str]] = field(default_factory=set)  # their triples, in a union
    numbers: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)

    def number(self) -> int:
        """Return a number for a code, never the same twice."""
        self.numbers += 1
        return self.numbers

    def pick(self, values: Sequence[str]) -> str:
        """Return one of some values."""
        return values[int(self.chance.random() * len(values))]

    def some(self, values: Sequence[str], count: int) -> list[str]:
        """Return some neighbours out of a list, fewer where it is short."""
        start = int(self.chance.random() * len(values))
        return [values[(start + step) % len(values)] for step in range(min(count, len(values)))]


class Region:
    """An invented city with its authorities and bodies, on which several documents report."""

    def __init__(self, world: World, index: int) -> None:
        place = (index * _STEP + world.seed * 7919) % len(SYLLABLES) ** 3
        parts = []
        for _ in range(3):
            place, digit = divmod(place, len(SYLLABLES))
            parts.append(SYLLABLES[digit])
        self.zh = "".join(part[0] for part in parts)
        self.en = "".join(part[1] for part in parts).capitalize()
        self.slug = "-".join(["invented", *(part[1] for part in parts)])
        self.index = index
        self.first_year = 2016 + index % 5
        self.known: set[tuple[str, str, str]] = set()
        self.area, self.government = f"id:{self.slug}", f"id:{self.slug}-government"
        self.institute, self.centre = f"id:{self.slug}-institute", f"id:{self.slug}-incubation-centre"
        self.zone = f"id:{self.slug}-zone"
        self.districts = [f"id:{self.slug}-district-{number}" for number in range(1, 4)]
        self.classes = {
            self.area: ("cascq:AdministrativeArea", f"虚构{self.zh}市"),
            self.government: ("cascq:PublicAuthority", f"虚构{self.zh}市政府"),
            self.institute: ("cascq:ResearchOrganization", f"虚构{self.zh}研究院"),
            self.centre: ("cascq:IncubationCentre", f"虚构{self.zh}育成中心"),
            self.zone: ("cascq:DevelopmentZone", f"虚构{self.zh}新区"),
            **{
                district: ("cascq:AdministrativeArea", f"虚构{self.zh}第{number}区")
                for number, district in enumerate(self.districts, 1)
            },
        }


class Document:
    """A document on one region and year: its record, its passages' graphs and the editors' graphs that belong to it."""

    def __init__(self, world: World, region: Region, year: int, first: bool) -> None:
        self.world, self.region, self.year = world, region, year
        self.slug = f"{region.slug}-{year}"
        self.iri = f"{SOURCE}generated-{region.slug.removeprefix('invented-')}-{year}"
        self.graphs: Graphs = {}
        self.size = 0
        self.offset = 2
        self.section = ""
        self.number = 0
        self.counters: dict[str, int] = {}
        self.passages: list[str] = []
        self._record()
        if first:
            self._describe_region()

    def say(self, graph: str, subject: str, *terms: str) -> str:
        """State properties and values, in turn, of a subject in a graph; return the subject."""
        pairs = self.graphs.setdefault("" if self.world.union else graph, {}).setdefault(subject, [])
        known = self.world.known if subject in self.world.shared else self.region.known
        for at in range(0, len(terms), 2):
            pair = (terms[at], terms[at + 1])
            if self.world.union:
                triple = (subject, *pair)
                if triple in known:
                    continue
                known.add(triple)
            elif pair in pairs:
                continue
            pairs.append(pair)
            self.size += 1
        return subject

    def curated(self, kind: str, subject: str, *terms: str) -> None:
        """State something in an editors' graph of this document, described on its first use."""
        graph = f"<{CURATED}generated-{self.slug.removeprefix('invented-')}-{kind}>"
        if graph not in self.counters:
            self.counters[graph] = 1
            zh, en, confidence = _CURATED[kind]
            place = f"{self.region.zh}{self.year}年", f"{self.region.en} {self.year}"
            self.say(graph, graph, "rdf:type", "cascq:CuratedGraph")
            self.say(graph, graph, "dcterms:title", f'"{zh}：{place[0]}"@zh', "dcterms:title", f'"{en}: {place[1]}"@en')
            self.say(graph, graph, "dcterms:source", '"虚构 · invented for measurements"')
            self.say(graph, graph, "dcterms:created", '"2026-11-22"^^xsd:date', "cascq:confidence", confidence)
        self.say(graph, subject, *terms)

    def name(self, subject: str, zh: str, en: str) -> str:
        """Give a subject its preferred names; return the subject."""
        self.curated("names", subject, "skos:prefLabel", f'"{zh}"@zh', "skos:prefLabel", f'"{en}"@en')
        return subject

    def identify(self, subject: str, scheme: str) -> None:
        """Give a subject a code that nobody else has, above all numbers that are in use."""
        number = self.world.number()
        code = {
            "wikidata": f"Q{900_000_000_000 + number}",
            "geonames": str(900_000_000_000 + number),
            "grid": f"grid.{9_000_000 + number}.0",
            "crossref-funder": str(900_000_000_000 + number),
        }[scheme]
        identifier = f"id:identifier-{subject.removeprefix('id:')}-{scheme}"
        self.curated("identifiers", identifier, "rdf:type", "cascq:Identifier", "cascq:identifies", subject)
        self.curated("identifiers", identifier, "cascq:identifierScheme", f"voc:{scheme}")
        self.curated("identifiers", identifier, "cascq:identifierValue", f'"{code}"')

    def new(self, kind: str, zh: str, en: str) -> tuple[str, str]:
        """Return a new entity of this document with its preferred names given, and its name as printed."""
        number = self.counters[kind] = self.counters.get(kind, 0) + 1
        entity = f"id:{self.slug}-{kind}-{number}"
        self.name(
            entity,
            f"虚构{self.region.zh}{self.year}年{zh}{number}号",
            f"Invented {en} {number} of {self.region.en}, {self.year}",
        )
        return entity, f'"虚构{self.region.zh}{zh}{number}号"@zh'

    def mention(self, graph: str, *entities: str) -> list[str]:
        """State class and printed name of bodies and places of the region in a passage; return them."""
        for entity in entities:
            kind, printed = self.region.classes[entity]
            self.say(graph, entity, "rdf:type", kind, "rdfs:label", f'"{printed}"@zh')
        return list(entities)

    def share(self, slug: str, zh: str, en: str, *, kind: str, graph: str, terms: Sequence[str]) -> str:
        """Return something that regions share, described where it is first used."""
        entity = f"id:invented-{slug}"
        if entity not in self.world.shared:
            self.world.shared.add(entity)
            self.name(entity, zh, en)
            self.curated(graph, entity, "rdf:type", kind, *terms)
        return entity

    def passage(self, section: str, zh: str, en: str) -> str:
        """Describe the next passage of the document and return its graph.

        Args:
            section: number of the section, as "1.1"; not less than that of the passage before.
            zh: summary in Chinese; made unlike the others by its number.
            en: summary in English, likewise.
        """
        self.number = self.number + 1 if section == self.section else 0
        self.section = section
        graph, selector = (f"<{self.iri}/{section}-{self.number}{ending}>" for ending in ("", "#position"))
        length = 12 + int(self.world.chance.random() * 90)
        self.say(self.record, graph, "rdf:type", "cascq:Passage", "oa:hasSource", f"<{self.iri}>")
        self.say(self.record, graph, "oa:hasSelector", selector, "cascq:section", f'"{section}"')
        self.say(self.record, graph, "cascq:sha256", self._hash())
        count = len(self.passages) + 1
        self.say(self.record, graph, "dcterms:description", f'"第{count}段：{zh}"@zh')
        self.say(self.record, graph, "dcterms:description", f'"Passage {count}: {en}"@en')
        self.say(self.record, selector, "rdf:type", "oa:TextPositionSelector")
        self.say(self.record, selector, "oa:start", str(self.offset), "oa:end", str(self.offset + length))
        self.offset += length + (self.world.chance.random() < 0.2)
        self.passages.append(graph)
        return graph

    def note(self, graph: str, statement: tuple[str, str, str], zh: str, en: str) -> None:
        """Attach an editors' remark to a statement of a passage."""
        subject, path, value = statement
        self.counters["note"] = self.counters.get("note", 0) + 1
        note = f"id:note-{self.slug}-{self.counters['note']}"
        kind = self.world.pick(("voc:doubt", "voc:left-open", "voc:reading", "voc:background"))
        confidence = self.world.pick(("voc:editorial", "voc:plausible", "voc:unresolved"))
        self.curated("notes", note, "rdf:type", "cascq:Note", "cascq:noteKind", kind, "cascq:confidence", confidence)
        self.curated(
            "notes", note, "cascq:text", f'"{zh}"@zh', "cascq:text", f'"{en}"@en', "cascq:aboutEntity", subject
        )
        self.curated("notes", note, "cascq:aboutPassage", graph, "cascq:aboutSubject", subject)
        self.curated("notes", note, "cascq:aboutProperty", path, "cascq:aboutValue", value)

    def finish(self) -> None:
        """State what is known only at the end: how long the document is."""
        self.say(self.record, f"<{self.iri}>", "cascq:characters", str(self.offset + 1))

    def period(self) -> str:
        """Return the five-year period in which the document's year lies."""
        start = self.year - (self.year - 2016) % 5
        return self.share(
            f"plan-period-{start}",
            f"虚构的{start}年起五年规划期",
            f"Invented five-year plan period from {start}",
            kind="cascq:Period",
            graph="bound",
            terms=("cascq:validFrom", f'"{start}"^^xsd:gYear', "cascq:validUntil", f'"{start + 4}"^^xsd:gYear'),
        )

    def month(self, number: int) -> str:
        """Return a month of the document's year as a value: 1 to 12."""
        return f'"{self.year}-{number:02}"^^xsd:gYearMonth'

    def _hash(self) -> str:
        return f'"{self.world.chance.getrandbits(256):064x}"'

    def _record(self) -> None:
        """Describe the document."""
        self.record = f"<{self.iri}/record>"
        titles = (
            f"虚构文献：{self.region.zh}市科技合作（{self.year}年）",
            f"Invented document: cooperation of {self.region.en}, {self.year}",
        )
        document = f"<{self.iri}>"
        self.say(self.record, document, "rdf:type", "cascq:Document", "dcterms:title", f'"{titles[0]}"@zh')
        self.say(self.record, document, "dcterms:title", f'"{titles[1]}"@en', "dcterms:language", '"zh"')
        self.say(self.record, document, "dcterms:created", f'"{self.year}-12"^^xsd:gYearMonth')
        self.say(self.record, document, "dcterms:creator", '"虚构作者"', "dcterms:source", '"虚构 · invented"')
        self.say(self.record, document, "cascq:sha256", self._hash())

    def _describe_region(self) -> None:
        """State what the editors know of the region, with its first document."""
        region = self.region
        country = self.share(
            "country",
            "虚构国",
            "Invented Country",
            kind="cascq:AdministrativeArea",
            graph="places",
            terms=("cascq:placeKind", "voc:country"),
        )
        number = region.index % 16 + 1
        province = self.share(
            f"province-{number}",
            f"虚构第{number}省",
            f"Invented Province {number}",
            kind="cascq:AdministrativeArea",
            graph="places",
            terms=("cascq:placeKind", "voc:province-level", "cascq:within", country),
        )
        zh, en = f"虚构{region.zh}", f"Invented {region.en}"
        east, north = 70 + self.world.chance.randrange(60_000) / 1000, 18 + self.world.chance.randrange(35_000) / 1000
        place = ("rdf:type", "cascq:AdministrativeArea", "cascq:placeKind")
        self.curated("places", self.name(region.area, f"{zh}市", f"{en} City"), *place, "voc:prefecture-level-city")
        self.curated("places", region.area, "cascq:within", province)
        self.curated("places", region.area, "cascq:latitude", _decimal(north), "cascq:longitude", _decimal(east))
        self.identify(region.area, "geonames")
        for count, district in enumerate(region.districts, 1):
            self.name(district, f"{zh}第{count}区", f"{en} District {count}")
            self.curated("places", district, *place, "voc:district", "cascq:within", region.area)
        self.name(region.zone, f"{zh}新区", f"{en} New Area")
        self.curated("places", region.zone, "rdf:type", "cascq:DevelopmentZone", "cascq:placeKind", "voc:new-area")
        self.curated("places", region.zone, "cascq:within", region.area)
        for body, names, kind in (
            (region.government, ("市人民政府", "Municipal Government"), "voc:municipal-government"),
            (region.institute, ("研究院", "Institute"), "voc:research-institute"),
            (region.centre, ("育成中心", "Incubation Centre"), "voc:research-centre"),
        ):
            self.name(body, zh + names[0], f"{en} {names[1]}")
            self.curated("names", body, "skos:altLabel", f'"虚构{region.zh}{names[0]}（简称）"@zh')
            self.curated("kinds", body, "rdf:type", region.classes[body][0], "cascq:organizationKind", kind)
            self.curated("kinds", body, "cascq:locatedIn", self.world.pick([region.area, *region.districts]))
            self.identify(body, "wikidata")
        self.curated("kinds", region.institute, "org:subOrganizationOf", self.academy())
        former = f"id:name-{region.slug}-institute"
        self.curated("bound", former, "rdf:type", "cascq:Name", "cascq:nameOf", region.institute)
        self.curated("bound", former, "cascq:nameText", f'"{zh}研究所"@zh', "cascq:nameKind", "voc:former-name")
        self.curated("bound", former, "cascq:validUntil", f'"{region.first_year - 3}"^^xsd:gYear')

    def academy(self) -> str:
        """Return the academy to which the institutes of all regions belong."""
        return self.share(
            "academy",
            "虚构科学院",
            "Invented Academy of Sciences",
            kind="cascq:ResearchOrganization",
            graph="kinds",
            terms=("cascq:organizationKind", "voc:academy"),
        )


def _decimal(number: float) -> str:
    """Write a decimal in the one form that every store keeps."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
