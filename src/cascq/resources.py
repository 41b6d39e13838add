"""Where ontology/, data/ and queries/ are: in a checkout its own, else the copies that the wheel carries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cascq import namespaces as ns
from cascq.errors import CascqError

_FOLDERS = ("ontology", "data", "queries")


def _is_checkout(folder: Path) -> bool:
    """Tell whether a folder is a checkout of this project."""
    project = folder / "pyproject.toml"
    if not (project.is_file() and all((folder / name).is_dir() for name in _FOLDERS)):
        return False
    try:
        return 'name = "cascq"' in project.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


@cache
def root() -> Path:
    """Return the folder that holds ontology/, data/ and queries/.

    In order: the checkout that this module stands in; the checkout that the command is run in (so that a steward who
    installed the wheel and edits the files beside it sees the edits); the wheel's own copies.

    Raises:
        CascqError: there is none, which means a broken installation.
    """
    own = Path(__file__).resolve().parents[2]
    if _is_checkout(own):
        return own
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _is_checkout(folder):
            return folder
    shipped = Path(__file__).resolve().parent / "_shipped"
    if all((shipped / name).is_dir() for name in _FOLDERS):
        return shipped
    raise CascqError(
        f"this installation of cascq carries no graph: {shipped} lacks ontology/, data/ or queries/",
        f"此 cascq 安装不含图谱：{shipped} 缺少 ontology/、data/ 或 queries/",
    )


def data() -> Path:
    """Return the folder of the shipped data."""
    return root() / "data"


def ontology() -> list[Path]:
    """Return the file or files of the ontology itself."""
    return sorted((root() / "ontology").glob("*.ttl"))


def vocabularies() -> list[Path]:
    """Return the SKOS vocabularies."""
    return sorted((root() / "ontology" / "vocabularies").glob("*.ttl"))


def alignments() -> list[Path]:
    """Return the alignments with other ontologies."""
    return sorted((root() / "ontology" / "alignments").glob("*.ttl"))


def terms() -> list[tuple[Path, str]]:
    """Return the files of ontology, vocabularies and alignments, each with the IRI of the graph that it goes into."""
    return [
        *((path, ns.ONTOLOGY_GRAPH) for path in ontology()),
        *((path, ns.VOC + path.stem) for path in vocabularies()),
        *((path, ns.ALIGNMENT + path.stem) for path in alignments()),
    ]


def shapes() -> list[Path]:
    """Return the SHACL shapes."""
    return sorted((root() / "ontology" / "shapes").glob("*.ttl"))


def rules() -> list[Path]:
    """Return the rules of the derived graph, in the order in which they run."""
    return sorted((root() / "ontology" / "rules").glob("*.rq"))


def checks() -> list[Path]:
    """Return the checks that are queries."""
    return sorted((root() / "queries" / "checks").glob("*.rq"))


def queries() -> list[Path]:
    """Return the canned queries of all topics, in path order."""
    return sorted(path for path in (root() / "queries").glob("*/*.rq") if path.parent.name != "checks")
