"""A report with a finding of each severity, for the tests of formats."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from cascq.names import Names
from cascq.reports.report import Finding, Location, Report

NODE = ox.NamedNode("https://w3id.org/cascq/id/one")
FINDING = Finding(
    severity="violation",
    source="https://w3id.org/cascq/shapes/Event-date",
    focus=NODE,
    path=ox.NamedNode("https://w3id.org/cascq/ontology#date"),
    value=ox.Literal("2016-13"),
    component="http://www.w3.org/ns/shacl#DatatypeConstraintComponent",
    messages={"zh": "日期有误。", "en": "Not a date."},
    passage=None,
    expected="sh:datatype xsd:date",
    graphs=("https://w3id.org/cascq/source/report/1-1",),
    places=(
        Location("data/a b,c.trig", 3, 12, 9, 'id:one :date "2016-13" .'),
        Location("data/b.trig", 7, 5, 90, 'id:one """long'),
    ),
    source_place=Location("ontology/shapes/events.ttl", 5, 1, 14, "csh:Event-date a sh:PropertyShape ;"),
)
WARNING = replace(
    FINDING,
    severity="warning",
    source="a-check",
    component=None,
    path=None,
    value=None,
    expected="",
    messages={"zh": "一行\n二行，100%：", "en": "50%, see: one\r\ntwo"},
    places=(Location("data/c.jsonld"),),
    source_place=Location("queries/checks/a-check.rq", 1),
)
REMARK = replace(WARNING, severity="info", source="evidence", places=(), source_place=None, graphs=())


def report_of(*findings: Finding) -> Report:
    """A report with these findings."""
    return Report(
        findings=findings,
        files=1,
        statements=1,
        focus_nodes={"https://w3id.org/cascq/shapes/Event": 2, FINDING.source: 1},
        checks=2,
        engine="pyshacl",
        seconds=1.5,
        names=Names(ox.Store()),
        check_names=("a-check", "b-check", "literals", "evidence"),
    )


REPORT = report_of(FINDING, WARNING, REMARK)
EMPTY = report_of()
