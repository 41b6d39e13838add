"""Grow this graph: invented regions, years, documents and passages with the same shapes of data as the shipped ones.

    python benchmarks/generate.py --triples N [--seed S] [--errors RATE] [--with-terms] [-o FILE]

Writes TriG, or N-Quads, N-Triples, Turtle by the ending of FILE (.nq, .nt, .ttl); the last two have no graphs, so they
hold the union. All names are invented. The same arguments give the same bytes. A document is held in memory at a time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TextIO

import pyoxigraph as ox
from invented.document import Document, Graphs, Region, World
from invented.mistakes import spoil
from invented.passages import SECTIONS, remark

PREFIXES = {
    "cascq": "https://w3id.org/cascq/ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "id": "https://w3id.org/cascq/id/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "voc": "https://w3id.org/cascq/vocabulary/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ONTOLOGY = Path(__file__).resolve().parents[1] / "ontology"
_DOCUMENTS = 4  # for each region, year after year
_ROOM = 150  # above the largest passage with its names: with less room left, only short passages are added
_REST = 450  # above what a new document takes before its first passage: with less left over, the last one goes on
_SHORT = 15  # what a short passage takes
_LEAST = 1_000


def documents(world: World, triples: int) -> Iterator[Document]:
    """Yield documents, finished, of about as many triples in all; each is small and may be forgotten at once."""
    size = index = 0
    while triples - size > _SHORT:
        region = Region(world, index)
        index += 1
        for number in range(_DOCUMENTS):
            document = Document(world, region, region.first_year + number, first=number == 0)
            _fill(document, triples - size)
            size += document.size
            yield document
            if triples - size <= _SHORT:
                return


def _fill(document: Document, room: int) -> None:
    """Write passages into a document, section by section, until it is long enough or the room is used up."""
    chance = document.world.chance
    for section, most in SECTIONS[: -1 if room > document.size + _ROOM else 2]:
        count = 1 if most == 1 else 1 + int(chance.random() * most)
        for _ in range(count):
            if document.passages[1:] and room - document.size < _ROOM:
                break
            section(document)
    remark(document)
    while _SHORT < room - document.size < _REST:
        remark(document)
    document.finish()


class Turtle:
    """Writes TriG, or Turtle for the one graph without a name."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        out.write("".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()))

    def write(self, graphs: Graphs) -> int:
        """Write graphs; return the number of triples."""
        count, lines = 0, []
        for graph, subjects in graphs.items():
            lines.append(f"\n{graph} {{\n" if graph else "\n")
            for subject, pairs in subjects.items():
                if pairs:
                    count += len(pairs)
                    lines.append(f"\n{subject} {self._join(pairs)} .\n")
            lines.append("\n}\n" if graph else "")
        self.out.writelines(lines)
        return count

    @staticmethod
    def _join(pairs: list[tuple[str, str]]) -> str:
        return " ;\n    ".join([f"a {value}" if path == "rdf:type" else f"{path} {value}" for path, value in pairs])

    def terms(self, graph: str, path: Path) -> int:
        """Write a file of the ontology or the vocabularies as a graph; return the number of triples."""
        triples = list(ox.parse(path=path))
        text = "".join(f"{quad.triple} .\n" for quad in triples)
        self.out.write(f"\n<{graph}> {{\n{text}}}\n" if graph else text)
        return len(triples)


class Lines:
    """Writes N-Quads, or N-Triples for the one graph without a name."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.common: dict[str, str] = {}

    def write(self, graphs: Graphs) -> int:
        """Write graphs; return the number of triples."""
        lines = []
        for graph, subjects in graphs.items():
            end = f" {graph} .\n" if graph else " .\n"
            for subject, pairs in subjects.items():
                start = self.full(subject)
                lines += [f"{start} {self.full(path)} {self.full(value)}{end}" for path, value in pairs]
        self.out.writelines(lines)
        return len(lines)

    def full(self, term: str) -> str:
        """Write a term without prefixes."""
        first = term[0]
        if first == "<":
            return term
        if first == '"':
            text, typed, name = term.rpartition("^^xsd:")
            return f"{text}^^<{PREFIXES['xsd']}{name}>" if typed else term
        if first.isdigit() or first == "-":
            return f'"{term}"^^<{PREFIXES["xsd"]}{"decimal" if "." in term else "integer"}>'
        if first == "i":
            return f"<{PREFIXES['id']}{term[3:]}>"
        if term not in self.common:
            prefix, _, name = term.partition(":")
            self.common[term] = f"<{PREFIXES[prefix]}{name}>"
        return self.common[term]

    def terms(self, graph: str, path: Path) -> int:
        """Write a file of the ontology or the vocabularies as a graph; return the number of triples."""
        triples = list(ox.parse(path=path))
        end = f" <{graph}> .\n" if graph else " .\n"
        self.out.writelines(f"{quad.triple}{end}" for quad in triples)
        return len(triples)


def generate(
    out: TextIO, ending: str, triples: int, *, seed: int, errors: float, with_terms: bool
) -> tuple[int, int, int]:
    """Write a graph of about as many triples; return the numbers of triples, documents and mistakes written."""
    union = ending in {".nt", ".ttl"}
    writer = Lines(out) if ending in {".nq", ".nt"} else Turtle(out)
    count = made = mistakes = 0
    if with_terms:
        graphs = [(PREFIXES["cascq"].rstrip("#"), _ONTOLOGY / "cascq.ttl")]
        graphs += [(PREFIXES["voc"] + path.stem, path) for path in sorted((_ONTOLOGY / "vocabularies").glob("*.ttl"))]
        count += sum(writer.terms("" if union else graph, path) for graph, path in graphs)
    chance = Random(-seed - 1)
    for document in documents(World(seed, union), triples - count):
        mistakes += len(spoil(document, errors, chance)) if errors else 0
        count += writer.write(document.graphs)
        made += 1
    return count, made, mistakes


def main() -> None:
    """Read the command line and write the graph."""
    parser = argparse.ArgumentParser(description="Grow this graph with invented data, for measurements.")
    parser.add_argument("--triples", type=int, required=True, metavar="N", help="how many triples, within 2 %%")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="another number gives other data (default 0)")
    parser.add_argument(
        "--errors", type=float, default=0.0, metavar="RATE", help="share of nodes with a mistake, as 0.01"
    )
    parser.add_argument("--with-terms", action="store_true", help="include ontology and vocabularies, and count them")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help=".trig, .nq, .nt or .ttl (default: TriG on stdout)"
    )
    given = parser.parse_args()
    ending = given.output.suffix if given.output else ".trig"
    if ending not in {".trig", ".nq", ".nt", ".ttl"}:
        parser.error(f"{given.output}: the name ends in .trig, .nq, .nt or .ttl")
    least = _LEAST + (4_000 if given.with_terms else 0)
    if given.triples < least or not 0 <= given.errors <= 1:
        parser.error(f"at least {least} triples, and a rate from 0 to 1")
    options = {"seed": given.seed, "errors": given.errors, "with_terms": given.with_terms}
    if given.output:
        with given.output.open("w", encoding="utf-8", newline="\n") as out:
            counts = generate(out, ending, given.triples, **options)
    else:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        counts = generate(sys.stdout, ending, given.triples, **options)
    print("{:,} triples, {:,} documents, {:,} mistakes".format(*counts), file=sys.stderr)


if __name__ == "__main__":
    main()
