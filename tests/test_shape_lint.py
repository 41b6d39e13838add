"""The linter of shapes: each rule with shapes that it complains of, at the marked line, and with shapes that pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cascq import resources
from cascq.errors import CascqError
from cascq.reading import read_files
from cascq.reports.report import Finding
from cascq.shacl.shape_lint import lint, refuse_malformed
from cascq.shacl.shape_terms import sh
from conftest import ENVIRONMENT

HEAD = """\
@prefix ex: <https://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
"""
MARK = "# <-"


def on(constraint: str) -> str:
    """Return a property shape with a target and a constraint."""
    return f"ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ;\n{constraint}\n."


def query(text: str, *, more: str = "sh:prefixes ex: ;") -> str:
    """Return a node shape with a SPARQL-based constraint."""
    return f'ex:S a sh:NodeShape ; sh:targetClass ex:C ;\nsh:sparql [ {more}\nsh:select """{text}""" {MARK}\n] .'


# Rule, severity, shapes with the fault at the line that is marked; then the same without the fault.
CASES: list[tuple[str, str, str, str]] = [
    (
        "shape-without-path",
        "violation",
        "ex:S sh:targetClass ex:C ; sh:property ex:P .\nex:P sh:minCount 1 . # <-",
        "ex:S sh:targetClass ex:C ; sh:property ex:P .\nex:P sh:minCount 1 ; sh:path ex:p .",
    ),
    (
        "shape-without-path",
        "violation",
        "ex:S sh:targetClass ex:C ;\n  sh:property [ sh:minCount 1 ] . # <-",
        "ex:S sh:targetClass ex:C ;\n  sh:property [ sh:minCount 1 ; sh:path ex:p ] .",
    ),
    ("shape-with-several-paths", "violation", on("sh:path ex:p2 # <-"), on("sh:minCount 1")),
    (
        "path-of-node-shape",
        "violation",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ;\nsh:path ex:p . # <-",
        "ex:S a sh:PropertyShape ; sh:targetClass ex:C ;\nsh:path ex:p .",
    ),
    *(
        ("path-ill-formed", "violation", f"ex:S sh:targetClass ex:C ;\nsh:path {bad} . # <-", good)
        for bad, good in (
            ('"ex:p"', "ex:S sh:targetClass ex:C ; sh:path ex:p ."),
            ("()", "ex:S sh:targetClass ex:C ; sh:path ( ex:p ex:q ) ."),
            ("( ex:p )", "ex:S sh:targetClass ex:C ; sh:path ( ex:p [ sh:inversePath ex:q ] ) ."),
            ("[]", "ex:S sh:targetClass ex:C ; sh:path [ sh:zeroOrMorePath ex:p ] ."),
            ("[ sh:inverse ex:p ]", "ex:S sh:targetClass ex:C ; sh:path [ sh:oneOrMorePath ex:p ] ."),
            ("[ sh:inversePath ex:p , ex:q ]", "ex:S sh:targetClass ex:C ; sh:path [ sh:zeroOrOnePath ex:p ] ."),
            (
                "[ sh:inversePath ex:p ; sh:oneOrMorePath ex:q ]",
                "ex:S sh:targetClass ex:C ; sh:path [ sh:inversePath [ sh:oneOrMorePath ex:q ] ] .",
            ),
            (
                "[ sh:alternativePath ex:p ]",
                "ex:S sh:targetClass ex:C ; sh:path [ sh:alternativePath ( ex:p ex:q ) ] .",
            ),
            ('( ex:p [ sh:inversePath "q" ] )', "ex:S sh:targetClass ex:C ; sh:path ( ex:p ex:q ex:p ) ."),
        )
    ),
    (
        "path-ill-formed",
        "violation",
        "ex:S sh:targetClass ex:C ;\nsh:path _:circle . # <-\n_:circle sh:inversePath _:circle .",
        "ex:S sh:targetClass ex:C ;\nsh:path _:straight .\n_:straight sh:inversePath ex:p .",
    ),
    (
        "path-ambiguous",
        "warning",
        "ex:S sh:targetClass ex:C ;\nsh:path [ sh:inversePath ex:p ; # <-\nrdf:first ex:p ; rdf:rest ( ex:q ) ] .",
        "ex:S sh:targetClass ex:C ;\nsh:path [ rdf:first ex:p ; rdf:rest ( ex:q ) ] .",
    ),
    *(
        ("parameter-value", "violation", on(f"sh:{bad} # <-"), on(f"sh:{good}"))
        for bad, good in (
            ('minCount "one"', "minCount 1"),
            ('maxCount "1"^^xsd:int', "maxCount 0"),
            ("minLength 1.0", "minLength 1"),
            ("maxLength -1", "maxLength 12"),
            ('qualifiedValueShape ex:S2 ; sh:qualifiedMinCount "1"', "node ex:S2"),
            ("in ex:A", 'in ( ex:A "b" )'),
            ("in _:open", "in ()"),
            ("or ex:A", "or ( [ sh:class ex:A ] [ sh:class ex:B ] )"),
            ("and [ sh:class ex:A ]", "and ( [ sh:class ex:A ] )"),
            ('xone ( "A" )', "xone ( [ sh:class ex:A ] )"),
            ("languageIn ( ex:zh )", 'languageIn ( "zh" )'),
            ('languageIn "zh"', 'languageIn ( "zh" "en" )'),
            ("closed true ; sh:ignoredProperties ( 'p' )", "closed true ; sh:ignoredProperties ( ex:p )"),
            ('closed "true"', "closed false"),
            ('uniqueLang "yes"^^xsd:boolean', 'uniqueLang "1"^^xsd:boolean'),
            ('deactivated "no"', "deactivated false"),
            ("pattern 5", 'pattern "5"'),
            ('pattern "5"@en', 'pattern "5" ; sh:flags "i"'),
            ('severity "Warning"', "severity sh:Warning"),
            ("severity []", "severity ex:Urgent"),
            ("nodeKind sh:Iri", "nodeKind sh:IRI"),
            ('nodeKind "IRI"', "nodeKind sh:BlankNodeOrIRI"),
            ('class "C"', "class ex:C"),
            ('datatype "integer"', "datatype xsd:integer"),
            ('targetClass "C"', "targetClass ex:D"),
            ("targetNode []", 'targetNode "a node"'),
            ("targetSubjectsOf 'p'", "targetSubjectsOf ex:p"),
            ("targetObjectsOf 'p'", "targetObjectsOf ex:p"),
            ("minInclusive ex:one", "minInclusive 1"),
            ("lessThan 5", "lessThan ex:q"),
            ("equals 'q'", "equals ex:q"),
            ("message 5", 'message "five" , "五"@zh'),
            ("node 'S2'", "node ex:S2"),
            ("property 'S2'", "property [ sh:path ex:q ]"),
            ("not 5", "not ex:S2"),
            ("sparql 'SELECT'", "minCount 1"),
        )
    ),
    *(
        ("parameter-repeated", "violation", on(f"sh:{bad} # <-"), on(f"sh:{good}"))
        for bad, good in (
            ("minCount 1 , 2", "minCount 1"),
            ("datatype xsd:date , xsd:gYear", "class ex:A , ex:B"),
            ("nodeKind sh:IRI , sh:Literal", "nodeKind sh:IRIOrLiteral"),
            ('pattern "a" , "b"', 'pattern "a"'),
            ("in ( 1 ) , ( 2 )", "in ( 1 2 )"),
            ("severity sh:Info , sh:Warning", "severity sh:Info"),
            ("maxInclusive 1 , 2", "hasValue 1 , 2"),
            ("qualifiedValueShape ex:S2 , ex:S3 ; sh:qualifiedMinCount 1", "node ex:S2 , ex:S3"),
        )
    ),
    *(
        (
            "parameter-without-path",
            "violation",
            f"ex:S a sh:NodeShape ; sh:targetClass ex:C ;\nsh:{constraint} . # <-",
            on(f"sh:{constraint}"),
        )
        for constraint in ("minCount 1", "maxCount 1", "uniqueLang true", "lessThan ex:q", "lessThanOrEquals ex:q")
    ),
    *(
        ("parameter-without-effect", "warning", on(f"sh:{bad} # <-"), on(f"sh:{good}"))
        for bad, good in (
            ('flags "i"', 'flags "i" ; sh:pattern "a"'),
            ("ignoredProperties ( ex:p )", "ignoredProperties ( ex:p ) ; sh:closed true"),
            ("qualifiedMinCount 1", "qualifiedMinCount 1 ; sh:qualifiedValueShape ex:S2"),
            ("qualifiedValueShape ex:S2", "qualifiedValueShape ex:S2 ; sh:qualifiedMaxCount 1"),
        )
    ),
    *(
        ("shape-not-described", "violation", on(f"sh:{bad} # <-"), on(f"sh:{good}"))
        for bad, good in (
            ("node ex:S4", "node ex:S3"),
            ("property ex:S4", "property ex:P3"),
            ("not ex:S4", "not ex:S3"),
            ("or ( ex:S2 ex:S4 )", "or ( ex:S2 ex:S3 )"),
        )
    ),
    *(
        ("term-unknown", severity, on(f"{bad} # <-"), on(good))
        for severity, bad, good in (
            ("violation", "sh:minCuont 1", "sh:minCount 1"),
            ("violation", "sh:mincount 1", "sh:maxCount 1"),
            ("violation", "sh:Datatype xsd:date", "sh:datatype xsd:date"),
            ("violation", "sh:severity sh:Voilation", "sh:severity sh:Violation"),
            ("violation", "a sh:nodeshape", "a sh:PropertyShape"),
            ("warning", "sh:scopeClass ex:D", "sh:targetClass ex:D"),
            ("warning", "sh:house 1", "ex:house 1"),
        )
    ),
    *(
        (rule, "warning", on(f"{bad} # <-"), on("sh:minCount 1"))
        for rule, bad in (
            ("term-of-shacl-1.2", "sh:singleLine true"),
            ("term-of-shacl-1.2", "sh:minListLength 1"),
            ("term-of-shacl-1.2", "sh:severity sh:Debug"),
            ("term-of-extension", "sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this { ?this a ?kind }' ]"),
            ("term-of-extension", "sh:rule []"),
            ("term-of-extension", "sh:js []"),
        )
    ),
    *(
        ("pattern-ill-formed", "violation", on(f"sh:pattern {bad} # <-"), on(f"sh:pattern {good}"))
        for bad, good in (
            ("'(a'", "'(a)'"),
            ("'[a'", "'[a]'"),
            ("'*'", r"'\\*'"),
            ("'a' ; sh:flags 'g'", "'a' ; sh:flags 'i'"),
            ("'[b-a]'", "'[b-a' ; sh:flags 'q'"),
        )
    ),
    *(
        ("pattern-not-portable", "warning", on(f"sh:pattern {bad} # <-"), on(f"sh:pattern {good}"))
        for bad, good in (
            ("'^(?!a)'", "'^[^a]'"),
            ("'(?<=a)b'", "'ab'"),
            (r"'(a)\\1'", "'aa'"),
            (r"'\\p{Lu}'", "'[A-Z]'"),
            (r"'\\i\\c*'", "'[a-z]*'"),
        )
    ),
    (
        "query-missing",
        "violation",
        "ex:S sh:targetClass ex:C ; sh:sparql ex:Q .\nex:Q sh:message 'no query' . # <-",
        "ex:S sh:targetClass ex:C ; sh:sparql ex:Q .\nex:Q sh:select 'SELECT $this { $this a ?kind }' .",
    ),
    *(
        ("query-ill-formed", "violation", query(bad), query(good))
        for bad, good in (
            ("SELECT $this WHERE { $this ?p ?o", "SELECT $this WHERE { $this ?p ?o }"),
            ("ASK { $this ?p ?o }", "SELECT $this ?value { $this $PATH ?value }"),
            ("SELECT $this { $this ex:p+ }", "SELECT $this { $this $PATH/ex:p+ ?value }"),
        )
    ),
    *(
        ("prefix-not-declared", severity, query(bad, more=""), query(good, more=""))
        for severity, bad, good in (
            (
                "violation",
                "SELECT $this { $this ex:p ?o }",
                "PREFIX ex: <https://example.org/> SELECT $this { $this ex:p ?o }",
            ),
            ("warning", "SELECT $this { $this rdfs:label ?o }", "SELECT $this { $this a _:kind }"),
        )
    ),
    *(
        ("query-not-allowed", "violation", query(bad), query(good))
        for bad, good in (
            ("SELECT $this { $this ex:p ?o MINUS { $this ex:q ?o } }", "SELECT $this { $this ex:MINUS ?o }"),
            ("SELECT $this { $this ex:p ?o VALUES ?o { 1 } }", "SELECT $this { $this ex:p ?o } # VALUES"),
            ("SELECT $this { SERVICE ex:s { $this ex:p ?o } }", "SELECT $this { $this ex:p 'SERVICE' }"),
            ("SELECT ?o { $this ex:p ?o }", "SELECT $this { $this ex:p ?o }"),
            ("SELECT $this { BIND (1 AS $this) }", "SELECT $this ?value { $this ex:p ?o BIND (?o + 1 AS ?value) }"),
            (
                "SELECT $this { $this ex:p ?o { SELECT ?o { ?s ex:q ?o } } }",
                "SELECT $this { $this ex:p ?o { SELECT $this ?o { $this ex:q ?o } } }",
            ),
            (
                "SELECT $this { $this ex:p ?o { SELECT * { FILTER ($this = 1) } } }",
                "SELECT $this { $this ex:p ?o { SELECT * { $this ex:q ?o } } }",
            ),
        )
    ),
    (
        "prefix-ill-formed",
        "violation",
        query("SELECT $this { $this a ?k }").replace(MARK, "") + "\nex: sh:declare ex:d . ex:d sh:prefix 'x' . # <-",
        query("SELECT $this { $this a x:K }")
        + "\nex: sh:declare [ sh:prefix 'x' ; sh:namespace 'https://example.org/x#' ] .",
    ),
    (
        "shape-recursive",
        "warning",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .\nex:P sh:path ex:p ; sh:node ex:S . # <-",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .\nex:P sh:path ex:p ; sh:node ex:S2 .",
    ),
    (
        "shape-recursive",
        "warning",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ;\nsh:or ( ex:S2 ex:S ) . # <-",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ;\nsh:or ( ex:S2 ex:S3 ) .",
    ),
    (
        "shape-unused",
        "warning",
        "ex:Dead a sh:NodeShape ; sh:class ex:C . # <-",
        "ex:Alive a sh:NodeShape , rdfs:Class ; sh:class ex:C .",
    ),
    (
        "shape-unused",
        "warning",
        "ex:Dead sh:class ex:C . # <-",
        "ex:Alive sh:class ex:C . ex:S sh:targetClass ex:C ; sh:and ( ex:Alive ) .",
    ),
]
# What the examples refer to.
REST = """
ex:Rest sh:targetClass ex:Rest ; sh:node ex:S2 , ex:S3 ; sh:property ex:P3 .
ex:S2 sh:nodeKind sh:IRI . ex:S3 sh:nodeKind sh:IRI . ex:P3 sh:path ex:p3 .
"""


def linted(folder: Path, text: str) -> list[Finding]:
    """Lint shapes from a file."""
    path = folder / "shapes.ttl"
    path.write_text(HEAD + text + REST, encoding="utf-8")
    return lint(read_files([path]))


IDS = [f"{number}-{rule}" for number, (rule, *_) in enumerate(CASES)]


@pytest.mark.parametrize(("rule", "severity", "bad", "good"), CASES, ids=IDS)
def test_each_rule_finds_its_fault_at_its_line_and_nothing_else(
    tmp_path: Path, rule: str, severity: str, bad: str, good: str
) -> None:
    marked = next(number for number, line in enumerate((HEAD + bad).splitlines(), 1) if line.endswith(MARK))
    found = linted(tmp_path, bad)
    assert (rule, severity) in {(f.source, f.severity) for f in found}
    assert {f.places[0].line for f in found if f.source == rule} == {marked}
    assert [(f.source, f.messages["en"]) for f in linted(tmp_path, good)] == []


@pytest.mark.parametrize(("rule", "severity", "bad", "good"), CASES, ids=IDS)
def test_what_is_malformed_is_refused_and_what_is_suspicious_is_not(
    tmp_path: Path, rule: str, severity: str, bad: str, good: str
) -> None:
    found = linted(tmp_path, bad)
    assert all(f.messages["zh"] != f.messages["en"] for f in found)
    files = read_files([tmp_path / "shapes.ttl"])
    # What is not described demands nothing: published shapes have that, and validation says it.
    announced = rule == "shape-not-described" and {f.path for f in found} != {sh("property")}
    if severity == "violation" and not announced:
        with pytest.raises(CascqError, match=r"shapes\.ttl:\d+:\d+: "):
            refuse_malformed(files)
    else:
        refuse_malformed(files)


def test_one_error_lists_all_that_is_malformed_with_its_line(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ttl", tmp_path / "b.ttl"
    first.write_text(HEAD + "ex:S sh:targetClass ex:C ; sh:property\n    [ sh:minCount 1 ] .\n", encoding="utf-8")
    second.write_text(HEAD + "ex:T sh:targetClass ex:C ;\n    sh:minCuont 1 .\n", encoding="utf-8")
    with pytest.raises(CascqError) as caught:
        refuse_malformed(read_files([first, second]))
    assert [line for line in caught.value.en.splitlines() if line.startswith(str(tmp_path))] == [
        f"{first}:9:5: a property shape without sh:path checks nothing",
        f"{second}:9:5: SHACL has no sh:minCuont; did you mean sh:minCount?",
    ]
    assert "    sh:minCuont 1 ." in caught.value.en
    assert f"{second}:9:5：SHACL 没有 sh:minCuont；是否应为 sh:minCount？" in caught.value.zh


def test_a_shape_in_one_file_may_refer_to_another_file(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ttl", tmp_path / "b.ttl"
    first.write_text(HEAD + "ex:S sh:targetClass ex:C ; sh:node ex:T .", encoding="utf-8")
    second.write_text(HEAD + "ex:T sh:nodeKind sh:IRI .", encoding="utf-8")
    assert lint(read_files([first, second])) == []
    assert [f.source for f in lint(read_files([first]))] == ["shape-not-described"]
    assert [f.source for f in lint(read_files([second]))] == ["shape-unused"]


def test_components_bind_their_parameters_before_a_query_runs(tmp_path: Path) -> None:
    component = """
        ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:lang ] ;
          sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { %s FILTER (lang($value) = $lang) }" ] .
    """
    assert linted(tmp_path, component % "") == []
    for bound in ("value", "lang", "this"):
        messages = [f.messages["en"] for f in linted(tmp_path, component % f"BIND ('x' AS ${bound})")]
        assert messages == [f"the query gives ${bound} a value (AS), which SHACL does before it runs"]


def test_the_shipped_shapes_are_clean() -> None:
    assert lint(read_files(resources.shapes())) == []


def test_the_linter_needs_no_slow_library() -> None:
    code = "import sys, cascq.shacl.shape_lint; print({'rdflib', 'pyshacl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
