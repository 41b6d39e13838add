"""Which document a file is: the one on record, the same with other line ends, another version of it, or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from cascq.line_ends import twin
from cascq.passages import Document, Passage, sha256


@dataclass(frozen=True)
class Edition:
    """What a file is.

    Attributes:
        document: the document on record; None if that cannot be told.
        text: what passages can be compared with: the file's text, or the one on record made from it. None if it has
            nothing to do with the passages on record.
        is_exact: the text is that on record, by its hash.
        problem: what is wrong and what to do, in English and Chinese; None if nothing is.
    """

    document: Document | None
    text: str | None
    is_exact: bool
    problem: tuple[str, str] | None = None


def recognise(
    path: Path,
    text: str,
    known: Sequence[Document],
    passages: Sequence[Passage],
    taken: Collection[str] = (),
) -> Edition:
    """Tell which document a file is.

    Args:
        path: the file.
        text: what is in it, every character as it stands.
        known: the documents on record.
        passages: their passages.
        taken: IRIs of documents that other files are.
    """
    digest = sha256(text)
    for document in known:
        if document.sha256 == digest:
            return Edition(document, text, is_exact=True)
    if (same := twin(text, {document.sha256 for document in known})) is not None:
        document = next(d for d in known if d.sha256 == same.digest)
        problem = (
            f"{path} is the document on record but for this: {same.en}; the rest is compared as if that were done",
            f"{path} 与登记的文献只有以下差别：{same.zh}；以下按改好后的文本核对",
        )
        return Edition(document, same.text, is_exact=True, problem=problem)
    others = [document for document in known if document.iri not in taken]
    for document in others:
        own = [p for p in passages if p.document == document.iri]
        if number := sum(1 for p in own if sha256(text[p.start or 0 : p.end or 0]) == p.sha256):
            en, zh = _sizes(text, digest, document)
            en = f"{number} of {len(own)} passages stand where they are recorded; {en}"
            zh = f"{len(own)} 个段落中有 {number} 个在登记的位置上；{zh}"
            problem = (
                f"{path} is another version of the document on record: {en}; take that on record, or mend the record",
                f"{path} 是登记文献的另一版本：{zh}；请换用登记的版本，或改正登记",
            )
            return Edition(document, text, is_exact=False, problem=problem)
    en, zh = _sizes(text, digest, *others)
    en = f"no passage stands where it is recorded; {en}; nothing is compared with it"
    zh = f"没有一个段落在登记的位置上；{zh}；未与其核对"
    problem = (f"{path} is not the document on record: {en}", f"{path} 不是登记的文献：{zh}")
    return Edition(others[0] if len(others) == 1 else None, None, is_exact=False, problem=problem)


def _sizes(text: str, digest: str, *documents: Document) -> tuple[str, str]:
    """Write length and hash of a text, and those on record, in English and Chinese."""
    recorded = [(d.characters, d.sha256) for d in documents]
    en = ", ".join(f"{size} and {sha}" for size, sha in recorded) or "none"
    zh = "、".join(f"{size} 与 {sha}" for size, sha in recorded) or "无"
    return (
        f"it has {len(text)} characters and SHA-256 {digest}, recorded are {en}",
        f"它有 {len(text)} 个字符，SHA-256 为 {digest}，登记的是 {zh}",
    )
