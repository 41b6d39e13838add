"""Which literals have the same value: a store may write them differently, and must not write others."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from cascq import namespaces as ns
from cascq.remote.differences import same_value


def literal(text: str) -> ox.Literal:
    value, _, kind = text.partition("^^")
    value, _, language = value.partition("@")
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(ns.XSD + (kind or "string")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("007^^integer", "7^^integer"),
        ("7^^byte", "7^^integer"),
        ("7^^integer", "7.0^^decimal"),
        ("-0.0^^decimal", "0^^decimal"),
        ("1.0E6^^double", "1e+06^^double"),
        ("-0^^double", "0^^double"),
        ("0.1234567890123456789^^double", "0.12345678901234568^^double"),
        ("16777217^^float", "16777216^^float"),
        ("1e400^^double", "INF^^double"),
        ("NaN^^float", "NaN^^float"),
        ("true^^boolean", "1^^boolean"),
        ("2016-05-01T08:00:00+08:00^^dateTime", "2016-05-01T00:00:00Z^^dateTime"),
        ("2016-05-01T08:00:00.1234567890Z^^dateTime", "2016-05-01T08:00:00.123456789Z^^dateTime"),
        ("2016-05-01T08:00:00.0Z^^dateTime", "2016-05-01T08:00:00Z^^dateTime"),
        ("x@en-us", "x@en-US"),
    ],
)
def test_the_same_value(one: str, other: str) -> None:
    assert same_value(literal(one), literal(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3^^double", "3^^integer"),
        ("3.5^^float", "3.5^^decimal"),
        ("0.1^^float", "0.1^^double"),
        ("0.1234567890123456789^^double", "0.123457^^double"),
        ("7^^integer", "7^^string"),
        ("1_0^^integer", "10^^integer"),
        ("1e1^^integer", "10^^integer"),
        ("infinity^^double", "INF^^double"),
        ("2016-05-01T08:00:00.123456789Z^^dateTime", "2016-05-01T08:00:00.123456Z^^dateTime"),
        ("2016-05-01T08:00:00Z^^dateTime", "2016-05-01T08:00:00^^dateTime"),
        ("2016-05-01^^dateTime", "2016-05-01T00:00:00^^dateTime"),
        ("x@en", "x@en-US"),
    ],
)
def test_other_values(one: str, other: str) -> None:
    assert not same_value(literal(one), literal(other))
