"""IRIs and prefixes: written out once, here.

The prefixes are those of the data files, so that what is printed can be pasted into them.
"""

from __future__ import annotations

import re
from functools import lru_cache

BASE = "https://w3id.org/cascq/"
CASCQ = BASE + "ontology#"
ID = BASE + "id/"
VOC = BASE + "vocabulary/"
SOURCE = BASE + "source/"
CURATED = BASE + "curated/"
SHAPES = BASE + "shapes/"
ALIGNMENT = BASE + "alignment/"

ONTOLOGY_GRAPH = BASE + "ontology"
DERIVED_GRAPH = BASE + "derived"
SHAPES_GRAPH = BASE + "shapes"
# What `cascq load` keeps in a store beside the graph itself: not part of what is asked or checked.
CATALOGUE_GRAPH = BASE + "catalogue"
STAGING_GRAPH = BASE + "staging"
LOCK_GRAPH = BASE + "staging/lock"
BOOKKEEPING = frozenset({SHAPES_GRAPH, CATALOGUE_GRAPH, STAGING_GRAPH, LOCK_GRAPH})

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"

RDF_TYPE = RDF + "type"
RDFS_LABEL = RDFS + "label"
RDFS_SUBCLASS = RDFS + "subClassOf"
PREF_LABEL = SKOS + "prefLabel"
ALT_LABEL = SKOS + "altLabel"
NOTATION = SKOS + "notation"

PREFIXES: dict[str, str] = {
    "cascq": CASCQ,
    "id": ID,
    "voc": VOC,
    "report": SOURCE + "cas-chongqing-report/",
    "source": SOURCE,
    "curated": CURATED,
    "alignment": ALIGNMENT,
    "csh": SHAPES,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "oa": OA,
    "prov": PROV,
    "org": "http://www.w3.org/ns/org#",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
    "schema": "http://schema.org/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "time": "http://www.w3.org/2006/time#",
    "foaf": "http://xmlns.com/foaf/0.1/",
}

# Passages of any document have a short form, letter:1.1-3, without the document being listed above.
_PASSAGE = re.compile(re.escape(SOURCE) + r"([a-z][a-z0-9-]*)/(\d[\d.]*-\d+)")
_PASSAGE_CURIE = re.compile(r"([a-z][a-z0-9-]*):(\d[\d.]*-\d+)", re.ASCII)
_LOCAL = re.compile(r"[\w](?:[\w.-]*[\w-])?")
_CURIE = re.compile(r"([A-Za-z][\w-]*):([^/\s<>\"{}|^`\\][^\s<>\"{}|^`\\]*)")


@lru_cache(maxsize=100_000)
def shorten(iri: str) -> str:
    """Return the CURIE of an IRI ("id:cigit"), or the IRI itself where no prefix fits.

    The longest namespace wins, so a passage is `report:1.1-2` and not `source:…`.
    """
    best = ""
    for prefix, namespace in PREFIXES.items():
        if (
            len(namespace) > len(PREFIXES.get(best, ""))
            and iri.startswith(namespace)
            and _LOCAL.fullmatch(iri[len(namespace) :])
        ):
            best = prefix
    if best:
        return f"{best}:{iri[len(PREFIXES[best]) :]}"
    passage = _PASSAGE.fullmatch(iri)
    return f"{passage[1]}:{passage[2]}" if passage and passage[1] not in PREFIXES else iri


def expand(text: str) -> str | None:
    """Return the full IRI of a CURIE or of an absolute IRI (with or without angle brackets), else None.

    A text with an unknown prefix is None too: `重庆: 科学城` is a name, not an identifier.
    """
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    if re.match(r"[a-z][a-z0-9+.-]*://\S+$", text, re.IGNORECASE) or re.match(r"urn:\S+$", text):
        return text
    match = _CURIE.fullmatch(text)
    if match and match[1] in PREFIXES:
        return PREFIXES[match[1]] + match[2]
    if passage := _PASSAGE_CURIE.fullmatch(text):
        return f"{SOURCE}{passage[1]}/{passage[2]}"
    return None


def is_bookkeeping(graph: str) -> bool:
    """Tell of the IRI of a graph whether `cascq load` keeps it in a store beside the graph itself."""
    return graph in BOOKKEEPING or graph.startswith(STAGING_GRAPH + "/")


def is_made(graph: str) -> bool:
    """Tell of the IRI of a graph whether the project makes it, from ontology/ and by rules, so that it is no data.

    An export and a store hold these graphs too. Whoever reads data leaves them out: they come from ontology/ anew.
    """
    made = graph in {ONTOLOGY_GRAPH, DERIVED_GRAPH} or graph.startswith((VOC, ALIGNMENT))
    return made or is_bookkeeping(graph)


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key in which 1.1-2 comes before 1.1-10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)
