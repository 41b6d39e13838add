"""cascq: what the Chinese Academy of Sciences and Chongqing do together, with the passage behind every triple.

    import cascq
    kg = cascq.load()
    kg.query("agreements", party="id:cas").to_text("table")

Only what is used is imported: `import cascq` alone loads no RDF library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cascq.errors import CascqError

if TYPE_CHECKING:
    from cascq.graph import KnowledgeGraph, load

__version__ = "0.1.0"
__all__ = ["CascqError", "KnowledgeGraph", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import the graph only when somebody asks for it (PEP 562)."""
    if name in {"KnowledgeGraph", "load"}:
        from cascq import graph

        return getattr(graph, name)
    raise AttributeError(f"module 'cascq' has no attribute {name!r}")
