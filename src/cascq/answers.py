"""Answers: rows of terms, and how they are written.

Tables (text, Markdown) are for people: labels in place of IRIs, column heads in the language of the answer. csv, tsv,
json and xml are the W3C result formats for programs: all columns under their variable names, as the engine writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyoxigraph as ox

from cascq.errors import CascqError
from cascq.namespaces import PREFIXES
from cascq.terms import one_line, readable

FORMATS = ("table", "csv", "tsv", "json", "xml", "markdown")
# Columns of canned queries that mark a row: what rests on a plausible fact, what is doubted or corrected, that one side
# is not named. Seldom there is anything to mark; then tables leave them out, to be read more easily. The formats for
# programs always have them.
MARKS = ("plausible", "doubt", "corrected", "otherSide")
Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None


@dataclass(frozen=True)
class Answer:
    """What a query answered.

    Attributes:
        columns: variable names.
        rows: for each solution its terms, None where unbound.
        heads: texts for the columns in zh and en, where there are any.
        boolean: the answer of an ASK, else None.
        graph: the triples of a CONSTRUCT or DESCRIBE, else None (then they are the rows as well).
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    heads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    boolean: bool | None = None
    graph: Sequence[ox.Triple] | None = None

    @classmethod
    def of(
        cls,
        result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
        heads: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Answer:
        """Make an answer of what the store returned.

        Raises:
            CascqError: the query failed while running.
        """
        try:
            if isinstance(result, ox.QueryBoolean):
                return cls((), (), boolean=bool(result))
            if isinstance(result, ox.QueryTriples):
                triples = sorted(set(result), key=str)
                return cls(
                    ("subject", "predicate", "object"),
                    [(t.subject, t.predicate, t.object) for t in triples],
                    graph=triples,
                )
            return cls([variable.value for variable in result.variables], [tuple(row) for row in result], heads or {})
        except (OSError, RuntimeError, ValueError) as error:
            raise CascqError(f"the query failed: {error}", f"查询失败：{error}") from error

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        """Yield each row as a dictionary."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def __len__(self) -> int:
        return len(self.rows)

    def with_column(self, name: str, cells: Sequence[Cell], head: Mapping[str, str]) -> Answer:
        """Return the answer with one more column."""
        rows = [(*row, cell) for row, cell in zip(self.rows, cells, strict=True)]
        return replace(self, columns=[*self.columns, name], rows=rows, heads={**self.heads, name: head})

    def render(self, form: str = "table", lang: str = "en", *, iris: bool = False) -> str:
        """Return the answer as text.

        Args:
            form: one of `FORMATS`.
            lang: language of the heads, "zh" or "en".
            iris: show the column with the IRI too where there is one with its label (tables only).

        Raises:
            CascqError: an unknown format.
        """
        if form not in FORMATS:
            known = ", ".join(FORMATS)
            raise CascqError(f"unknown format '{form}' (known: {known})", f"未知的格式“{form}”（可用：{known}）")
        if self.boolean is not None:
            return self._render_boolean(form, lang)
        if form == "table" and self.graph is not None:
            return turtle(self.graph)
        if form in {"table", "markdown"}:
            return self._render_table(form, lang, iris=iris)
        return _serialise({"head": {"vars": list(self.columns)}, "results": {"bindings": self._bindings()}}, form)

    def _render_boolean(self, form: str, lang: str) -> str:
        if form in {"table", "markdown"}:
            yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
            return (yes if self.boolean else no) + "\n"
        return _serialise({"head": {}, "boolean": self.boolean}, form)

    def _bindings(self) -> list[dict[str, Any]]:
        """Return the rows as the SPARQL 1.1 JSON results format has them."""
        return [
            {name: _json_term(cell) for name, cell in zip(self.columns, row, strict=True) if cell is not None}
            for row in self.rows
        ]

    def _render_table(self, form: str, lang: str, *, iris: bool) -> str:
        from tabulate import tabulate

        shown: list[tuple[str, int, int | None]] = []  # head, column, column to fall back to
        for index, name in enumerate(self.columns):
            label = self.columns.index(f"{name}Label") if f"{name}Label" in self.columns else None
            if label is not None and not iris:
                continue
            if name in MARKS and name in self.heads and all(row[index] is None for row in self.rows):
                continue
            base = name.removesuffix("Label")
            other = self.columns.index(base) if base != name and base in self.columns else None
            head = self.heads.get(name, {}).get(lang, name)
            shown.append((head, index, other if not iris else None))
        table: list[list[str]] = []
        for row in self.rows:
            cells = []
            for _, index, other in shown:
                cell = row[index] if row[index] is not None or other is None else row[other]
                text = one_line(readable(cell))
                cells.append(text.replace("\\", "\\\\").replace("|", "\\|") if form == "markdown" else text)
            table.append(cells)
        heads = [one_line(head) for head, _, _ in shown]
        style = "github" if form == "markdown" else "simple"
        # disable_numparse: "2016" is a year and "05" a code, neither is to be written as a number
        return tabulate(table, heads, tablefmt=style, disable_numparse=True) + "\n"


def _json_term(term: Cell) -> dict[str, Any]:
    """Return a term as the SPARQL 1.1 JSON results format has it."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Literal):
        value: dict[str, Any] = {"type": "literal", "value": term.value}
        if term.language:
            value["xml:lang"] = term.language
        elif not term.datatype.value.endswith("#string"):
            value["datatype"] = term.datatype.value
        return value
    raise CascqError(f"a triple as a value cannot be written: {term}", f"无法写出作为值的三元组：{term}")


def _serialise(results: dict[str, Any], form: str) -> str:
    """Let the RDF library write results in a W3C format."""
    if form == "json":
        return json.dumps(results, ensure_ascii=False, indent=1) + "\n"
    parsed = ox.parse_query_results(json.dumps(results), ox.QueryResultsFormat.JSON)
    formats = {"csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV, "xml": ox.QueryResultsFormat.XML}
    content = parsed.serialize(format=formats[form])
    text = content.decode("utf-8") if content is not None else ""
    return text if text.endswith("\n") else text + "\n"


def turtle(triples: Sequence[ox.Triple]) -> str:
    """Return triples as Turtle, with the prefixes that occur."""
    text = " ".join(str(triple) for triple in triples)
    used = {prefix: iri for prefix, iri in PREFIXES.items() if iri in text}
    content = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used)
    return content.decode("utf-8") if content is not None else ""
