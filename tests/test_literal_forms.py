"""Ill-formed literals are found by every engine, and well-formed ones pass.

The forms are those of XML Schema 1.1, part 2; of BCP 47 for xsd:language.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from cascq.shacl.shapes import Shapes
from engine_comparison import Trial

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:rdflib")

# Datatype: well-formed values, ill-formed values, separated by blanks.
FORMS = {
    "integer": ("0 -0 +1 007 12345678901234567890", "1.0 1e3 abc + - 0x1 1_000"),
    "nonNegativeInteger": ("0 007 12345678901234567890", "-1 1.0 abc"),
    "positiveInteger": ("1 +1", "0 -1 x"),
    "nonPositiveInteger": ("0 -1", "1 x"),
    "negativeInteger": ("-1 -01", "0 1 x"),
    "long": ("9223372036854775807 -9223372036854775808", "9223372036854775808 1.5 x"),
    "int": ("2147483647 -2147483648 +5", "2147483648 1.5 x"),
    "short": ("32767 -32768", "32768 x"),
    "byte": ("127 -128", "128 -129 x"),
    "unsignedLong": ("18446744073709551615 0", "18446744073709551616 -1 x"),
    "unsignedInt": ("4294967295 0", "4294967296 -1 x"),
    "unsignedShort": ("65535 0", "65536 -1 x"),
    "unsignedByte": ("255 0", "256 -1 x"),
    "decimal": ("0 1.50 -.5 +3. 12345678901234567890123.000000000000000001", "1,5 1e3 . x INF 1.2.3"),
    "float": ("1 1.5 1e3 -1.5E-3 INF -INF NaN", "1,5 1e inf nan x"),
    "double": ("1 1.5 1e3 -1.5E-3 INF -INF NaN", "1,5 1e inf nan x"),
    "boolean": ("true false 0 1", "yes no TRUE True 2 01"),
    "date": (
        "2016-01-01 2016-02-29 2000-02-29 2016-12-31Z 2016-12-31+08:00 2016-12-31-14:00 12016-01-01 -0044-03-15",
        (
            "2016-13-01 2016-02-30 2017-02-29 1900-02-29 2016-04-31 2016-00-10 2016-10-00 16-01-01 2016-1-1 2016/01/01 "
            "20160101 2016 2016-01-01+15:00 012016-01-01 2016-01-01T00:00:00"
        ),
    ),
    "time": (
        "00:00:00 23:59:59.999 24:00:00 10:00:00Z 10:00:00-05:00",
        "24:00:01 25:00:00 10:60:00 10:00:60 10:00 1:00:00",
    ),
    "dateTime": (
        "2016-01-01T00:00:00 2016-02-29T23:59:59.5Z 2016-12-31T24:00:00 2016-01-01T10:00:00+08:00 -0044-03-15T12:00:00",
        (
            "2016-02-30T00:00:00 2016-01-01 2016-13-01T00:00:00 2016-01-01T25:00:00 2016-01-01T10:00 "
            "2016-01-01T24:00:01 2017-02-29T00:00:00Z"
        ),
    ),
    "dateTimeStamp": (
        "2016-01-01T00:00:00Z 2016-02-29T10:00:00+08:00",
        "2016-01-01T00:00:00 2016-02-30T00:00:00Z 2016-01-01 x",
    ),
    "gYear": ("2016 0001 -0044 12016 2016Z 2016+08:00", "16 201 02016 2016-01 x 2016+15:00 +2016"),
    "gYearMonth": ("2016-01 2016-12Z -0044-03 12016-10", "2016-13 2016-00 2016-1 2016 201601 2016-01-01"),
    "gMonth": ("--01 --12 --12Z", "--13 --00 12 --1 -12 --12--"),
    "gDay": ("---01 ---31 ---15+08:00", "---32 ---00 31 ---1"),
    "gMonthDay": ("--02-29 --12-31 --04-30Z", "--02-30 --04-31 --13-01 02-29 --2-9"),
    "duration": ("P1Y P1Y2M3DT4H5M6.7S PT0S -P1D P0Y PT1.5S", "1Y P PT P1S PT1D P-1Y P1YT P1.5Y x"),
    "dayTimeDuration": ("P1D PT1H P1DT2H3M4.5S -PT0S", "P1Y P PT P1M x P1DT"),
    "yearMonthDuration": ("P1Y P1M P1Y2M -P5Y", "P1D P P1Y2D PT1M x"),
    "hexBinary": ("00 0aF1", "0 0g 0x00"),
    "base64Binary": ("AAAA AA== AAA= YWJj", "A AAA A=== AAB= AB== é"),
    "language": ("zh en-GB zh-Hans-CN x-private", "toolonglanguage zh_CN 1x -zh zh- é"),
    "anyURI": ("http://example.org/a urn:x a/b ", ""),
    "string": ("x 05 é", ""),
    "normalizedString": ("x", ""),
    "token": ("x", ""),
    "NMTOKEN": ("a-b", ""),
    "Name": ("a:b", ""),
    "NCName": ("ab", ""),
}
# pySHACL knows no bounds of these.
UNBOUNDED = {"9223372036854775808", "18446744073709551616"}
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize("engine", ["shacl", "pyshacl", "turbo"])
@pytest.mark.parametrize("datatype", FORMS)
def test_ill_formed_literals_are_found_and_others_pass(engine: str, datatype: str, tmp_path: Path) -> None:
    good, bad = (values.split() for values in FORMS[datatype])
    if engine == "pyshacl":
        bad = [value for value in bad if value not in UNBOUNDED]
    kind, prop = ox.NamedNode(XSD + datatype), ox.NamedNode("urn:p")
    data = [ox.Triple(ox.NamedNode("urn:a"), prop, ox.Literal(value, datatype=kind)) for value in (*good, *bad)]
    ox.serialize(data, str(tmp_path / "data.nt"), ox.RdfFormat.N_TRIPLES)
    shapes = Shapes(
        ox.parse(
            f"""@prefix sh: <http://www.w3.org/ns/shacl#> .
            <urn:S> a sh:NodeShape ; sh:targetNode <urn:a> ; sh:property <urn:P> .
            <urn:P> a sh:PropertyShape ; sh:path <urn:p> ; sh:datatype <{XSD}{datatype}> .""",
            ox.RdfFormat.TURTLE,
        )
    )
    with Trial([tmp_path / "data.nt"], shapes) as trial:
        found = trial.run(engine)
    assert {value for _, _, value, *_ in found} == {str(ox.Literal(value, datatype=kind)) for value in bad}
    assert {component.rsplit("#")[-1] for _, _, _, component, *_ in found} <= {"DatatypeConstraintComponent"}
    assert set(found.values()) <= {1}
