from __future__ import annotations

from cascq.graph import KnowledgeGraph


def test_everything_is_counted(tiny: KnowledgeGraph) -> None:
    stats = tiny.stats(lang="en").to_dict()
    assert stats["quads"] == len(tiny)
    assert sum(kind["quads"] for kind in stats["graphs"].values()) == len(tiny)
    assert stats["graphs"]["passage"] == {"graphs": 2, "quads": 22}
    assert stats["graphs"]["derived"] == {"graphs": 1, "quads": 2}
    assert stats["graphs"]["curated"]["graphs"] == 1
    assert stats["entities"] == 11
    assert stats["labels"] == {"zh": 6, "en": 6}
    assert {"iri": "https://w3id.org/cascq/ontology#StatedFigure", "label": "Stated figure", "instances": 2} in stats[
        "classes"
    ]
    assert stats["queries"] == 1


def test_the_counts_are_shown_in_the_asked_language(tiny: KnowledgeGraph) -> None:
    assert "所述数字" in tiny.stats(lang="zh").render()
    assert "Stated figure" in tiny.stats(lang="en").render()
