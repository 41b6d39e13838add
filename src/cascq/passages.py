"""The passages of the documents: where each begins and ends, and its hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from cascq import namespaces as ns
from cascq.encoding import cannot_be_read
from cascq.errors import CascqError
from cascq.language import say
from cascq.line_ends import twin
from cascq.printed import squeeze
from cascq.remote.stores import Store
from cascq.sparql import select

_DOCUMENT = re.compile(re.escape(ns.SOURCE) + r"[a-z][a-z0-9-]*")
_PASSAGE = re.compile(r"(?P<document>.+)/(?P<section>[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)-[1-9][0-9]*")


@dataclass(frozen=True)
class Document:
    """A document's record: IRI, titles by language, length in Unicode code points, SHA-256 of its UTF-8 bytes."""

    iri: str
    titles: dict[str, str] = field(default_factory=dict)
    characters: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Passage:
    """A passage's record: half-open code-point offsets, SHA-256 of the UTF-8 bytes of exactly that text."""

    iri: str
    document: str
    section: str
    start: int | None
    end: int | None
    sha256: str | None
    summaries: dict[str, str]


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def documents(store: Store) -> list[Document]:
    """Return the documents, by IRI."""
    rows = select(
        store,
        "SELECT ?d ?characters ?hash WHERE { ?d a cascq:Document . OPTIONAL { ?d cascq:characters ?characters } "
        "OPTIONAL { ?d cascq:sha256 ?hash } } ORDER BY ?d",
    )
    found = {}
    for row in rows:
        found[row["d"].value] = Document(
            row["d"].value,
            _texts(store, row["d"], ns.DCTERMS + "title"),
            _number(row.get("characters")),
            row["hash"].value if "hash" in row else None,
        )
    return list(found.values())


def passages(store: Store) -> list[Passage]:
    """Return the passages, document by document, in reading order."""
    rows = select(
        store,
        """SELECT ?p ?doc ?section ?start ?end ?hash WHERE { ?p a cascq:Passage .
        OPTIONAL { ?p oa:hasSource ?doc } OPTIONAL { ?p cascq:section ?section } OPTIONAL { ?p cascq:sha256 ?hash }
        OPTIONAL { ?p oa:hasSelector ?s . OPTIONAL { ?s oa:start ?start } OPTIONAL { ?s oa:end ?end } } }""",
    )
    found = {
        row["p"].value: Passage(
            row["p"].value,
            row["doc"].value if "doc" in row else "",
            row["section"].value if "section" in row else "",
            _number(row.get("start")),
            _number(row.get("end")),
            row["hash"].value if "hash" in row else None,
            _texts(store, row["p"], ns.DCTERMS + "description"),
        )
        for row in rows
    }
    return sorted(
        found.values(), key=lambda p: (p.document, p.start if p.start is not None else -1, ns.natural_key(p.iri))
    )


def _number(term: object) -> int | None:
    try:
        return int(term.value) if isinstance(term, ox.Literal) else None
    except ValueError:
        return None


def _texts(store: Store, node: object, prop: str) -> dict[str, str]:
    """Return the texts of a property by language."""
    if not isinstance(node, ox.NamedNode):
        return {}
    quads = store.quads_for_pattern(node, ox.NamedNode(prop), None, None)
    return {
        (quad.object.language or "")[:2]: quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)
    }


def read_document(path: Path) -> tuple[str, str]:
    """Return a source document's text, every character as it stands, and the SHA-256 of its bytes.

    Raises:
        CascqError: it cannot be read, or is not UTF-8.
    """
    try:
        content = path.read_bytes()
        return content.decode("utf-8"), hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise cannot_be_read(path, error) from error
    except UnicodeDecodeError as error:
        raise CascqError(
            f"{path}: not UTF-8 at byte {error.start + 1}; offsets count the characters of the UTF-8 text",
            f"{path}：第 {error.start + 1} 个字节不是 UTF-8；位置按 UTF-8 文本的字符计算",
        ) from error


def occurrences(text: str, fragment: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each occurrence of a fragment in a text, white space ignored on both sides."""
    positions = [index for index, character in enumerate(text) if not character.isspace()]
    plain, wanted = squeeze(text), squeeze(fragment)
    if not wanted:
        return
    at = plain.find(wanted)
    while at >= 0:
        yield positions[at], positions[at + len(wanted) - 1] + 1
        at = plain.find(wanted, at + 1)


def find(path: Path, fragment: str, name: str | None, store: Store, lang: str = "en") -> str:
    """Return ready passage records (TriG) for each occurrence of a fragment in a document.

    Args:
        path: the document.
        fragment: the words of the passage, with or without the document's line breaks.
        name: IRI or CURIE of the passage; the next free one of its section if left out. A document that is not
            recorded is called after its file if its name will do (small letters, digits, hyphens).
        store: the graph, which tells whether the document is recorded already.
        lang: language of the comments, "zh" or "en".

    Raises:
        CascqError: the document cannot be read, the fragment does not occur in it, or the name is no IRI of a
            passage of this document, or is needed.
    """
    text, digest = read_document(path)
    found = list(occurrences(text, fragment))
    if not found:
        raise CascqError(f"{path}: this text does not occur: {fragment}", f"{path}：文中没有这段文字：{fragment}")
    known = documents(store)
    document = next((d for d in known if d.sha256 == digest), None)
    if document is None and (same := twin(text, {d.sha256 for d in known})) is not None:
        raise CascqError(
            f"{path} is the document on record but for this, which moves offsets: {same.en}",
            f"{path} 与登记的文献只有以下差别，位置会因此错开：{same.zh}",
        )
    parts: list[str] = []
    given = _given(name, document) if name else None
    if document is None:
        base = given.rsplit("/", 1)[0] if given else ns.SOURCE + path.stem
        _refuse_document(path, base, known)
        parts.append(
            say(lang, "# The document is not recorded yet; its record:", "# 文献尚未登记；其记录为：")
            + f"\n<{base}> a cascq:Document ;\n"
            '    dcterms:title "…"@zh , "…"@en ;\n'
            f'    cascq:characters {len(text)} ;\n    cascq:sha256 "{digest}" .\n'
        )
    else:
        base = document.iri
    own = [p for p in passages(store) if p.document == base]
    for number, (start, end) in enumerate(found, 1):
        iri = given or _next_name(base, own, start)
        if len(found) > 1:
            which = f"# occurrence {number} of {len(found)}; keep the one that is meant\n"
            parts.append(say(lang, which, f"# 第 {number} 处，共 {len(found)} 处；请保留所指的一处\n"))
        parts += [_on_record(passage, start, end, lang) for passage in own if _overlap(passage, start, end)]
        section = iri.rsplit("/", 1)[-1].rsplit("-", 1)[0]
        written = ns.shorten(iri) if ns.shorten(iri) != iri else f"<{iri}>"
        parts.append(
            f"{written} a cascq:Passage ;\n    oa:hasSource <{base}> ;\n    oa:hasSelector <{iri}#position> ;\n"
            f'    cascq:section "{section}" ;\n    cascq:sha256 "{sha256(text[start:end])}" ;\n'
            f'    dcterms:description "…"@zh , "…"@en .\n\n'
            f"<{iri}#position> a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} .\n"
        )
    return "\n".join(parts)


def _overlap(passage: Passage, start: int, end: int) -> bool:
    """Tell whether a passage and a part of the document have characters in common."""
    return passage.start is not None and passage.end is not None and passage.start < end and start < passage.end


def _on_record(passage: Passage, start: int, end: int, lang: str) -> str:
    """Write, as a comment, that a passage on record has these words, or some of them: they need no record then."""
    which = f"{ns.shorten(passage.iri)} [{passage.start}, {passage.end})"
    if (passage.start, passage.end) == (start, end):
        said = say(lang, f"# These words are {which}, which is on record already.", f"# 这段文字即已登记的 {which}。")
    elif (passage.start or 0) <= start and end <= (passage.end or 0):
        said = say(
            lang,
            f"# These words stand within {which}, which is on record already: state there what they say.",
            f"# 这段文字在已登记的 {which} 之内：所述内容请写入该段落的图。",
        )
    else:
        said = say(lang, f"# Some of these words stand in {which} already.", f"# 这段文字与已登记的 {which} 重叠。")
    return said + "\n"


def _given(name: str, document: Document | None) -> str:
    """Return the IRI of a passage that a name means.

    Raises:
        CascqError: it is none, or not one of the document, if that is recorded.
    """
    iri = ns.expand(name)
    if iri is None:
        raise CascqError(f"--id {name}: no IRI and no known prefix", f"--id {name}：不是 IRI，前缀也未知")
    match = _PASSAGE.fullmatch(iri)
    if document is not None and (match is None or match["document"] != document.iri):
        raise CascqError(
            f"--id {name}: no passage of this document; its passages are called {document.iri}/SECTION-NUMBER",
            f"--id {name}：不是这份文献的段落；其段落的标识应为 {document.iri}/节号-序号",
        )
    if match is None or not _DOCUMENT.fullmatch(match["document"]):
        raise CascqError(
            f"--id {name}: no IRI of a passage; write {ns.SOURCE}DOCUMENT/SECTION-NUMBER, such as "
            f"{ns.SOURCE}annual-report/1.2-3",
            f"--id {name}：不是段落的标识；应写成 {ns.SOURCE}文献/节号-序号，如 {ns.SOURCE}annual-report/1.2-3",
        )
    return iri


def _refuse_document(path: Path, iri: str, known: list[Document]) -> None:
    """Refuse what cannot be the IRI of a new document: one from a file's name that is no slug, or one that is taken."""
    if not _DOCUMENT.fullmatch(iri):
        raise CascqError(
            f"{path}: '{path.stem}' is no name for a document (small letters, digits, hyphens): name its passage, "
            f"as in --id {ns.SOURCE}annual-report/1-1",
            f"{path}：“{path.stem}”不能作文献名（只用小写字母、数字和连字符）：请指定段落标识，"
            f"如 --id {ns.SOURCE}annual-report/1-1",
        )
    if iri in {document.iri for document in known}:
        raise CascqError(
            f"{path}: {iri} is on record with another text; give a new document another name, as in --id {iri}-2/1-1",
            f"{path}：登记的 {iri} 是另一份文本；新文献请另起名称，如 --id {iri}-2/1-1",
        )


def _next_name(base: str, known: list[Passage], start: int) -> str:
    """Return the next free passage IRI in the section that an offset falls into."""
    before = [p for p in known if p.start is not None and p.start <= start]
    section = before[-1].section if before else "0"
    numbers = [int(tail) for p in known if p.section == section and (tail := p.iri.rsplit("-", 1)[-1]).isdecimal()]
    return f"{base}/{section}-{max(numbers, default=0) + 1}"
