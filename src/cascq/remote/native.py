"""Which canned queries and checks a Virtuoso 7 server answers rightly itself, and which it misreads.

Those that it answers are tested against a real server (tests/test_stores.py), with all their parameters; the others
are answered from a copy, as are all queries that are not shipped with the package.
"""

from __future__ import annotations

from functools import lru_cache

from cascq import resources
from cascq.reading import read_text

# What Virtuoso 7.2.5 misreads, each with what was seen.
MISREAD = {
    "academy-bodies": "refuses EXISTS joined by && or || inside BIND",
    "curated-only-statements": "a literal got lost, whose variable is a subject elsewhere: not seen lately",
    "entity-facts": "a literal gets lost when its variable is a subject elsewhere",
    "partner-counts": "a join of two alternatives with repeated paths loses rows, or ends the server",
    "partners": "a join of two alternatives with repeated paths loses rows",
    # Checks of what stands in which graph: they see the graphs beside ours too.
    "curated-graph-elsewhere": "sees Virtuoso's own graphs",
    "record-graph-without-document": "sees Virtuoso's own graphs",
    "record-misplaced": "sees Virtuoso's own graphs",
    "stray-characters": "sees Virtuoso's own graphs",
    "unknown-graph": "sees Virtuoso's own graphs",
    # Checks that find something else in their seeded faults.
    "alias-of-two": "named another pair once: cause unknown",
    "blank-node": "orders blank nodes after IRIs",
    "chinese-text-without-chinese": "finds too much: cause unknown",
    "figure-as-printed": "finds nothing: cause unknown",
    "hedge-as-printed": "finds nothing: cause unknown",
    "identifier-of-two": "refuses SUBSTR of a length that is not there inside COALESCE",
    "name-of-another": "was refused: 'Aggregate function not allowed in context'",
    "passage-language": "finds a row too many: cause unknown",
    "probable-duplicate": "loses a row: cause unknown",
    "two-identifiers": "refuses SUBSTR of a length that is not there inside COALESCE",
}
PARAMETERS = "# parameters"


def answers_itself(query: str) -> bool:
    """Tell whether a query is a shipped one, with whatever values, that Virtuoso answers rightly.

    Args:
        query: the text of a query or check, as in its file but for the line of parameters.
    """
    return query.startswith("#+") and _without_values(query) in _shipped()


def _without_values(query: str) -> str:
    return "\n".join(line for line in query.split("\n") if not line.rstrip().endswith(PARAMETERS))


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    paths = (resources.root() / "queries").glob("*/*.rq")
    return frozenset(_without_values(read_text(path)) for path in paths if path.stem not in MISREAD)
