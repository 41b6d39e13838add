"""The canonical form of graphs that are sorted in memory, and on disk."""

from __future__ import annotations

import hashlib
import io

import pytest

from cascq.remote.canonical import canonical, write_canonical

LINES = [f'<http://e.org/{i * 7919 % 1000}> <http://e.org/p> "{i % 50}" .\n'.encode() for i in range(1000)]


@pytest.mark.parametrize("room", [24_000_000, 500])
def test_large_graphs_are_sorted_and_have_each_triple_once(room: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cascq.remote.canonical._ROOM", room)
    out = io.BytesIO()

    told = write_canonical([*LINES, *LINES[:300]], out)

    assert out.getvalue() == b"".join(sorted(LINES))
    assert told == (1000, len(out.getvalue()), hashlib.sha256(out.getvalue()).hexdigest(), False)


@pytest.mark.parametrize("room", [24_000_000, 500])
def test_blank_nodes_get_canonical_names_however_they_were_called(room: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cascq.remote.canonical._ROOM", room)
    forms = []
    for name in ("x", "y"):
        nodes = [f"_:{name}{i} <http://e.org/p> <http://e.org/{i}> .\n".encode() for i in range(20)]
        out = io.BytesIO()
        count, _, _, has_nodes = write_canonical([*LINES, *nodes], out)
        assert (count, has_nodes) == (1020, True)
        forms.append(out.getvalue())

    assert forms[0] == forms[1] == b"".join(canonical(forms[0]))
