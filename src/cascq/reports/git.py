"""What git knows of files: the revision that a branch left, the files of that revision, and the lines changed since."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cascq.errors import CascqError

# What a hook's or a user's environment says of other repositories and other forms of output.
_UNSET = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_DIFF_OPTS",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
_SET = {"GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
# One form of output, whatever is configured.
_PLAIN = ("-c", "core.splitIndex=false", "-c", "core.fsmonitor=false")
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules", "-M")


@dataclass(frozen=True)
class Repository:
    """A work tree and the commit with which it is compared.

    Attributes:
        top: its folder.
        base: hash of the commit: the last one that HEAD and the revision have in common.
        index: a copy of the index that knows untracked files as well.
        renamed: the path at that commit of each file that was added, changed or renamed since; None if it is new.
    """

    top: Path
    base: str
    index: Path
    renamed: Mapping[str, str | None] = field(default_factory=dict)

    def name(self, file: Path) -> str | None:
        """Return the path of a file in the work tree, as git writes it; None outside."""
        file = file.resolve()
        return file.relative_to(self.top).as_posix() if file.is_relative_to(self.top) else None

    def lines(self, name: str) -> set[int] | None:
        """Return the numbers of the lines of a file that were added or changed; None for all of them."""
        old = self.renamed.get(name, name)
        if old is None:
            return None
        paths = dict.fromkeys((old, name))
        text = _git(
            self.top, *_DIFF, "-U0", "--inter-hunk-context=0", "--text", self.base, "--", *paths, index=self.index
        )
        found: set[int] = set()
        rest = iter(text.split(b"\n"))
        for line in rest:
            if hunk := _HUNK.match(line):
                removed, start, added = (1 if part is None else int(part) for part in hunk.groups())
                found.update(range(start, start + added))
                for _ in range(removed + added):
                    next(rest, None)  # text of the file, which may look like anything
        return found

    def files_then(self) -> set[str]:
        """Return the paths of the files at the commit, without links and submodules."""
        listed = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", self.base)
        entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry)
        return {os.fsdecode(path) for about, _, path in entries if about.startswith(b"100")}

    def restore(self, names: Sequence[str], folder: Path) -> None:
        """Write files as they were at the commit into a folder, under the same paths, as a checkout would."""
        index = folder.parent / f"{folder.name}.index"
        _git(self.top, "read-tree", self.base, index=index)
        listed = b"".join(os.fsencode(name) + b"\0" for name in names)
        _git(self.top, "checkout-index", f"--prefix={folder}/", "-z", "--stdin", index=index, given=listed)


def open_repository(rev: str, files: Sequence[Path], folder: Path) -> Repository:
    """Compare the work tree that holds files with where it left a revision.

    Args:
        rev: the revision, as git understands it: a branch, a tag, a hash, HEAD~3.
        files: files of the project; those that git does not track yet are compared too. The first one that is in a
            repository says which repository is meant.
        folder: an empty folder for what git has to write.

    Raises:
        CascqError: no git, no repository, no such revision, no history that reaches it.
    """
    top = _top(files)
    commit = _commit(top, rev)
    try:
        base = _git(top, "merge-base", commit, "HEAD").decode().strip()
    except _GitError as error:
        fetch_en, fetch_zh = _advice(top)
        raise CascqError(
            f"{rev} and HEAD have no commit in common{fetch_en}", f"{rev} 与 HEAD 没有共同的提交{fetch_zh}"
        ) from error
    index = folder / "index"
    current = top / os.fsdecode(_git(top, "rev-parse", "--git-path", "index").rstrip(b"\n"))
    if current.exists():
        # With its time: git compares the content of files that are no older than the index, whatever their stamps say.
        shutil.copy2(current, index)
    plain = Repository(top, base, index)
    names = {name for file in files if (name := plain.name(file)) is not None}
    tracked = {os.fsdecode(name) for name in _git(top, "ls-files", "-z", index=index).split(b"\0")}
    if new := sorted(names - tracked):
        # As empty files, whose content git then takes from the work tree; `git add` would write into the repository.
        empty = _git(top, "hash-object", "--stdin").strip()
        listed = b"".join(b"100644 " + empty + b"\t" + os.fsencode(name) + b"\0" for name in new)
        _git(top, "update-index", "-z", "--index-info", index=index, given=listed)
    return Repository(top, base, index, _changes(top, base, index))


def _changes(top: Path, base: str, index: Path) -> dict[str, str | None]:
    """Return the files that were added, changed or renamed since a commit, each with its path then."""
    parts = iter(_git(top, *_DIFF, "--name-status", "-z", base, "--", index=index).split(b"\0"))
    renamed: dict[str, str | None] = {}
    for status in parts:
        if not status:
            continue
        path = os.fsdecode(next(parts))
        kind = status[:1]
        if kind in {b"R", b"C"}:
            renamed[os.fsdecode(next(parts))] = path
        elif kind != b"D":
            renamed[path] = None if kind == b"A" else path
    return renamed


def _top(files: Sequence[Path]) -> Path:
    """Return the work tree that holds the first file that is in one."""
    refused: _GitError | None = None
    for folder in dict.fromkeys(file.resolve().parent for file in files):
        try:
            return Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n"))).resolve()
        except _GitError as error:
            refused = refused or error
    where = files[0].resolve().parent if files else Path.cwd()
    if refused is None or "not a git repository" in refused.said:
        raise CascqError(
            f"--changed-since: {where} is not in a git repository", f"--changed-since：{where} 不在 git 仓库中"
        )
    raise refused


def _commit(top: Path, rev: str) -> str:
    """Return the hash of the commit that a revision means."""
    # A name of a revision never begins with a hyphen, so none can be taken for an option.
    if rev and not rev.startswith("-") and "\0" not in rev:
        try:
            named = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", rev).decode().strip()
            return _git(top, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}").decode().strip()
        except _GitError:
            pass
    fetch_en, fetch_zh = _advice(top)
    raise CascqError(
        f"--changed-since: '{rev}' is no revision of the repository in {top}{fetch_en}",
        f"--changed-since：{top} 中的仓库没有修订版本“{rev}”{fetch_zh}",
    )


def _advice(top: Path) -> tuple[str, str]:
    """Return what to do if history is missing because only a part of it was fetched, in en and zh."""
    if _git(top, "rev-parse", "--is-shallow-repository").strip() != b"true":
        return "", ""
    return (
        "; this clone is shallow: `git fetch --unshallow` (in CI: fetch-depth: 0) gets the history",
        "；此克隆为浅克隆：请用 `git fetch --unshallow` 取得全部历史（CI 中设 fetch-depth: 0）",
    )


class _GitError(CascqError):
    """git refused; `said` is what it said."""

    def __init__(self, said: str) -> None:
        super().__init__(f"git: {said}", f"git：{said}")
        self.said = said


def _git(folder: Path, *arguments: str, index: Path | None = None, given: bytes = b"") -> bytes:
    """Run git in a folder and return what it prints.

    Raises:
        CascqError: there is no git, or it refused.
    """
    program = shutil.which("git")
    if program is None:
        raise CascqError("--changed-since needs git, which is not installed", "--changed-since 需要 git，但未安装")
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET} | _SET
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    done = subprocess.run(
        [program, "-C", str(folder), *_PLAIN, *arguments],
        input=given,
        capture_output=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise _GitError(said or f"{arguments[0]}: {done.returncode}")
    return done.stdout
