"""What changed since a revision of git: of all findings, those that a change has to answer for.

A finding stays if a line at which it stands was added or changed, if the file of its shape or check was, or if the data
as they were, validated with today's shapes and checks, do not have it: so a label that was taken away from a node is
found though the node's own lines are the old ones.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from cascq import resources
from cascq.errors import CascqError
from cascq.given import Paths, as_paths
from cascq.reading import find_files, format_of, read_file
from cascq.reports.baseline import Entry, match
from cascq.reports.git import Repository, open_repository
from cascq.reports.report import Finding, Location, Report

_EVIDENCE = "evidence"


@dataclass
class Changes:
    """What changed in the files of a validation since a revision; `since` makes it.

    Attributes:
        rev: the revision, as it was asked for.
        repository: the work tree that holds the data.
        folder: where the data are put as they were.
        paths, shapes, engine, source: what `cascq.validation.validate` is given.
        notes: what is to be said of the comparison, in "zh" and "en".
    """

    rev: str
    repository: Repository
    folder: Path
    paths: Sequence[Path] | None
    shapes: Sequence[Path] | None
    engine: str
    source: Sequence[Path]
    notes: list[Mapping[str, str]] = field(default_factory=list)
    _lines: dict[str, Collection[int] | None] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)

    def limit(self, report: Report) -> Report:
        """Return a report whose `findings` are those that changed; the others are in `left_out`.

        Args:
            report: what validation found in the same paths.

        Raises:
            CascqError: git refuses.
        """
        kept = [self._touched(finding) for finding in report.findings]
        if not all(kept):
            old = None if self._terms_changed() else self._found_then(report)
            kept = [
                is_kept or old is None or self._was_broken(f) for is_kept, f in zip(kept, report.findings, strict=True)
            ]
            rest = [finding for finding, is_kept in zip(report.findings, kept, strict=True) if not is_kept]
            # What a baseline accepts was there first.
            known, _ = match([*report.accepted, *rest], [Entry.of(finding) for finding in old or ()])
            of_rest = iter(known[len(report.accepted) :])
            kept = [is_kept or not next(of_rest) for is_kept in kept]
        pairs = list(zip(report.findings, kept, strict=True))
        return replace(
            report,
            findings=[finding for finding, is_kept in pairs if is_kept],
            left_out=[*report.left_out, *(finding for finding, is_kept in pairs if not is_kept)],
            since=self.rev,
            notes=[*report.notes, *self.notes],
        )

    def _touched(self, f: Finding) -> bool:
        """Tell whether a line of a finding, or the file of its shape or check, was added or changed."""
        if f.source_place is not None and self._changed(Path(f.source_place.file)):
            return True
        if f.source == _EVIDENCE and f.component is None and any(map(self._changed, self.source)):
            return True
        return any(self._is_new(place) for place in f.places)

    def _changed(self, file: Path) -> bool:
        """Tell whether a file in the repository was added or changed."""
        return self.repository.name(file) in self.repository.renamed

    def _is_new(self, place: Location) -> bool:
        """Tell whether a place in the data was added or changed."""
        if place.file not in self._lines:
            self._lines[place.file] = self._new_lines(place.file)
        lines = self._lines[place.file]
        return lines is None or place.line in lines or (place.line is None and bool(lines))

    def _new_lines(self, file: str) -> Collection[int] | None:
        """Return the lines of a file that were added or changed; None for all, which is said."""
        name = self.repository.name(Path(file))
        if name is not None and name not in self.repository.renamed:
            return ()
        if name is not None and file.endswith(".gz") and self.repository.renamed[name] is not None:
            return range(1, sys.maxsize)  # git sees no lines in it
        lines = None if name is None else self.repository.lines(name)
        if lines is None:
            self._say(
                f"{file}: not in git at {self.rev}: every finding in it counts as changed",
                f"{file}：在 {self.rev} 时不在 git 中：其中所有发现都视为有变",
            )
        return lines

    def _terms_changed(self) -> bool:
        """Tell whether the ontology changed: it is part of what is validated, but the old one cannot be put there."""
        terms = [] if self.shapes is not None else [*resources.ontology(), *resources.vocabularies()]
        if not any(map(self._changed, terms)):
            return False
        self._say(
            f"the ontology or a vocabulary changed since {self.rev}: every finding counts as changed",
            f"自 {self.rev} 以来本体或词表有改动：所有发现都视为有变",
        )
        return True

    def _found_then(self, report: Report) -> list[Finding] | None:
        """Return what is found in the data as they were; None if that cannot be known, which is said."""
        from cascq.validation import validate

        now = find_files(_data(self.paths))
        inside = {name for file in now if (name := self.repository.name(file)) is not None}
        then = self._names_then(inside)
        if then == inside and not inside & set(self.repository.renamed):
            return [*report.accepted, *report.findings]
        self.repository.restore(sorted(then), self.folder)
        files = [self.folder / name for name in sorted(then)]
        files += [file for file in now if self.repository.name(file) is None]  # git cannot say what these were
        try:
            return list(validate(files, self.shapes, self.engine, self.source or None).findings) if files else []
        except CascqError as error:
            readable = [file for file in files if self._reads(file)]
            if len(readable) == len(files):
                self._not_validated(error)
                return None
        try:
            return list(validate(readable, self.shapes, self.engine, self.source or None).findings) if readable else []
        except CascqError as error:
            self._not_validated(error)
            return None

    def _reads(self, file: Path) -> bool:
        """Tell whether a file, as it was, can be read; if not, that is said, and its findings count as changed."""
        try:
            read_file(file)
        except CascqError as error:
            self._broken.add(
                file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else str(file)
            )
            self._say(
                f"broken at {self.rev}, so every finding in it counts as changed: {error.en}",
                f"在 {self.rev} 时有错误，因此其中所有发现都视为有变：{error.zh}",
            )
            return False
        return True

    def _was_broken(self, f: Finding) -> bool:
        """Tell whether a finding stands in a file that could not be read as it was."""
        names = [self.repository.name(Path(place.file)) for place in f.places] if self._broken else []
        return any(name is not None and self.repository.renamed.get(name, name) in self._broken for name in names)

    def _not_validated(self, error: CascqError) -> None:
        self._say(
            f"the data at {self.rev} cannot be validated, so every finding counts as changed: {error.en}",
            f"{self.rev} 时的数据无法验证，因此所有发现都视为有变：{error.zh}",
        )

    def _names_then(self, now: Collection[str]) -> set[str]:
        """Return the paths that the data had: those of the files of today, and what their folders held besides.

        Of folders that were not given as such, what is gone now: a shell's `data/*.ttl` no longer names it.
        """
        there = self.repository.files_then()
        names = {old for name in now if (old := self.repository.renamed.get(name, name)) is not None} & there
        for folder in _data(self.paths):
            top = self.repository.name(folder) if folder.is_dir() else None
            if top is not None:
                names |= {name for name in there if _is_data(name, top)}
        folders = {str(PurePosixPath(name).parent) for name in now}
        gone = {name for name in there if str(PurePosixPath(name).parent) in folders and _is_data(name, ".")}
        return names | {name for name in gone if not (self.repository.top / name).exists()}

    def _say(self, en: str, zh: str) -> None:
        """Note something; the folder with the old data is nobody's concern."""
        self.notes.append({"en": en.replace(f"{self.folder}/", ""), "zh": zh.replace(f"{self.folder}/", "")})


def _is_data(name: str, folder: str) -> bool:
    """Tell whether a path is that of an RDF file below a folder, not hidden: what `find_files` takes."""
    path = PurePosixPath(name)
    if folder != "." and not path.is_relative_to(folder):
        return False
    below = path if folder == "." else path.relative_to(folder)
    return format_of(Path(name)) is not None and not any(part.startswith(".") for part in below.parts)


def _data(paths: Sequence[Path] | None) -> Sequence[Path]:
    return [resources.data()] if paths is None else paths


@contextmanager
def since(
    rev: str,
    paths: Paths | None = None,
    shapes: Paths | None = None,
    engine: str = "auto",
    source: Paths | None = None,
) -> Iterator[Changes]:
    """Compare the files of a validation with where HEAD left a revision; what is not committed counts as changed.

    Args:
        rev: the revision, as git understands it: a branch, a tag, a hash, HEAD~3.
        paths: the data, as `cascq.validation.validate` is given them.
        shapes: the shapes likewise.
        engine: the SHACL engine likewise.
        source: the source documents likewise.

    Raises:
        CascqError: a path is missing; no git, no repository, no such revision, or a clone too shallow to know.
    """
    data, given_shapes, sources = (None if given is None else as_paths(given) for given in (paths, shapes, source))
    files = find_files(_data(data))
    own = [*resources.shapes(), *resources.checks(), *resources.ontology(), *resources.vocabularies()]
    asked = own if given_shapes is None else find_files(given_shapes)
    with tempfile.TemporaryDirectory(prefix="cascq-") as folder:
        work = Path(folder).resolve()
        repository = open_repository(rev, [*files, *asked, *(sources or [])], work)
        yield Changes(rev, repository, work / "then", data, given_shapes, engine, sources or [])


def limit(
    report: Report,
    rev: str,
    *,
    paths: Paths | None = None,
    shapes: Paths | None = None,
    engine: str = "auto",
    source: Paths | None = None,
) -> Report:
    """Return a report whose `findings` changed since a revision; see `since` and `Changes.limit`."""
    with since(rev, paths, shapes, engine, source) as changes:
        return changes.limit(report)
