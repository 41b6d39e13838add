"""Blank nodes of two descriptions of one graph, paired off by what is said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

Row = tuple[Hashable, ...]
_Statement = tuple[int, tuple[Hashable, ...]]  # a hash of what is no blank node in it, and its blank nodes


def pair(ours: Iterable[Row], theirs: Iterable[Row], blank: tuple[type, ...]) -> dict[Hashable, Hashable]:
    """Pair the blank nodes of two lists of statements.

    Nodes get colours: at first all the same, then, round by round, one that follows from the statements in which they
    stand and the colours of the other nodes there. Nodes of one colour are paired as they come, and then the nodes that
    stand in the same statements with them. For trees, as brackets and collections make them, that is always right; some
    very regular graphs, in which all nodes look alike, may be paired wrongly. Time grows with the statements, times the
    length of the longest chain of nodes.

    Args:
        ours: statements as tuples of terms.
        theirs: the same statements, in any order, with other blank nodes.
        blank: the types of blank nodes, in both.

    Returns:
        the partner of each of our blank nodes; those that have none are left out.
    """
    our_statements, their_statements = _statements(ours, blank), _statements(theirs, blank)
    our_colours, their_colours = _refine(our_statements), _refine(their_statements)
    our_rows, their_rows = _by_node(our_statements, our_colours), _by_node(their_statements, their_colours)
    pools: dict[int, list[Hashable]] = defaultdict(list)
    for node in reversed(their_colours):
        pools[their_colours[node]].append(node)

    partners: dict[Hashable, Hashable] = {}
    taken: set[Hashable] = set()
    for node, colour in our_colours.items():
        pool = pools[colour]
        while pool and pool[-1] in taken:
            pool.pop()
        if node in partners or not pool:
            continue
        waiting = [(node, pool.pop())]
        partners.update(waiting)
        taken.add(waiting[0][1])
        while waiting:
            our, their = waiting.pop()
            for sign, rows in our_rows[our].items():
                for row in rows:
                    new = _match(row, their_rows[their].get(sign, []), partners, taken)
                    partners.update(new)
                    taken.update(new.values())
                    waiting.extend(new.items())
    return partners


def _statements(rows: Iterable[Row], blank: tuple[type, ...]) -> list[_Statement]:
    """Return the statements with blank nodes, each once."""
    return [
        (hash(tuple(None if isinstance(t, blank) else t for t in row)), nodes)
        for row in dict.fromkeys(rows)
        if (nodes := tuple(t for t in row if isinstance(t, blank)))
    ]


def _refine(statements: Iterable[_Statement]) -> dict[Hashable, int]:
    """Return colours that tell nodes apart by their statements, as far as that goes."""
    colours: dict[Hashable, int] = {node: 0 for _, nodes in statements for node in nodes}
    known = 0
    while (number := len(set(colours.values()))) > known:
        known = number
        seen: dict[Hashable, list[int]] = {node: [] for node in colours}
        for ground, nodes in statements:
            sign = hash((ground, *[colours[node] for node in nodes]))
            for place, node in enumerate(nodes):
                seen[node].append(hash((place, sign)))
        colours = {node: hash((colours[node], *sorted(signs))) for node, signs in seen.items()}
    return colours


def _by_node(
    statements: Iterable[_Statement], colours: Mapping[Hashable, int]
) -> dict[Hashable, dict[int, list[tuple[Hashable, ...]]]]:
    """Return, by node, the nodes of the statements with several, by what the statements look like."""
    rows: dict[Hashable, dict[int, list[tuple[Hashable, ...]]]] = defaultdict(dict)
    for ground, nodes in statements:
        if len(nodes) > 1:
            sign = hash((ground, *[colours[node] for node in nodes]))
            for node in set(nodes):
                rows[node].setdefault(sign, []).append(nodes)
    return rows


def _match(
    row: tuple[Hashable, ...],
    candidates: list[tuple[Hashable, ...]],
    partners: Mapping[Hashable, Hashable],
    taken: set[Hashable],
) -> dict[Hashable, Hashable]:
    """Take the candidate that agrees with the partners found so far; return the partners that follow from it."""
    for number in range(len(candidates) - 1, -1, -1):
        new: dict[Hashable, Hashable] = {}
        for our, their in zip(row, candidates[number], strict=True):
            if our in partners:
                if partners[our] != their:
                    break
            elif their in taken or new.setdefault(our, their) != their:
                break
        else:
            del candidates[number]
            return new
    return {}
