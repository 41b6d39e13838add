"""Write the expected results anew: python tests/expected/update.py [NAME …]

One file per canned query, NAME.tsv, with what the query answers on the shipped graph with the values in its file.
Read the difference (git diff tests/expected) before you commit it: these files say what is right.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cascq import catalogue, load

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    wanted = sys.argv[1:]
    known = catalogue.names()
    if unknown := set(wanted) - set(known):
        sys.exit(f"no such query: {', '.join(sorted(unknown))}")
    graph = load()
    for name in wanted or known:
        text = catalogue.get(name).text
        (HERE / f"{name}.tsv").write_text(graph.sparql(text).render("tsv"), encoding="utf-8", newline="\n")
    if not wanted:
        for path in HERE.glob("*.tsv"):
            if path.stem not in known:
                path.unlink()
    print(f"{len(wanted or known)} files written; now read: git diff tests/expected")
