"""Running SPARQL on the embedded store, read-only, over the union of the named graphs, or the graphs a query names.

The small tokenizer exists because four questions need an answer before a query runs: does it change data, does it
call another server (SERVICE), does it choose its graphs (FROM), and which variables does it use. A search in the bare
text would stumble over strings, comments and IRIs.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from cascq.errors import CascqError
from cascq.namespaces import PREFIXES, shorten
from cascq.remote.stores import Store

Term = ox.NamedNode | ox.BlankNode | ox.Literal

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<variable>[?$]\w+)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[\S])(?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\[\S])*
             (?:[\w:-]|%[0-9A-Fa-f]{2}|\\[\S]))?)?)
  | (?P<word>[A-Za-z_][\w-]*)
  | (?P<mark>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_STEPS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_DEEPEST = 200  # at some hundreds Oxigraph's stack overflows, which ends the process
# Operators and clauses in a row do so, too, from some thousands on: each is nested in the one before.
_LONGEST = 2000
_LINKS = {
    **dict.fromkeys(("+", "-", "*", "/", "BIND", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "UNION"), 1.0),
    **dict.fromkeys(("|", "&", "!", "^"), 0.25),
}
_UPDATE_WORDS = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}


@dataclass(frozen=True)
class Token:
    """A piece of a query: its kind (a group name of the pattern above), text, and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    """Cut a query into tokens; comments and white space are left out."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind != "comment":
            yield Token(kind, match[0], match.start(), match.end())


def prologue(found: Sequence[Token]) -> tuple[dict[str, str], int]:
    """Return the prefixes that a query declares, and where the query proper begins.

    Args:
        found: the tokens of the query.

    Returns:
        IRIs as they are written, by prefix without its colon; and the index of the first token behind all PREFIX and
        BASE clauses, which is the number of tokens where nothing follows.
    """
    prefixes: dict[str, str] = {}
    at = 0
    while at < len(found) and found[at].kind == "word" and (word := found[at].text.upper()) in {"PREFIX", "BASE"}:
        if word == "PREFIX" and at + 2 < len(found):
            prefixes[found[at + 1].text.removesuffix(":")] = found[at + 2].text[1:-1]
        at += 3 if word == "PREFIX" else 2
    return prefixes, min(at, len(found))


def depth(found: Sequence[Token]) -> int:
    """Return how many more brackets are opened than closed by some tokens."""
    return sum(_STEPS.get(token.text, 0) for token in found)


def closing(found: Sequence[Token], at: int) -> int:
    """Return the index of the bracket that closes the one at an index; that index itself where there is no bracket.

    Raises:
        ValueError: the bracket is not closed.
    """
    level = 0
    for index in range(at, len(found)):
        level += _STEPS.get(found[index].text, 0)
        if level == 0:
            return index
    raise ValueError(f"this '{found[at].text}' is never closed")


@functools.lru_cache(maxsize=256)
def variables(query: str) -> frozenset[str]:
    """Return the names of all variables that occur in a query."""
    return frozenset(token.text[1:] for token in tokens(query) if token.kind == "variable")


def refuse_unsafe(query: str) -> None:
    """Refuse updates, calls of other servers, and what is so deep or long that the engine would break down.

    Raises:
        CascqError: the text is an update, has a SERVICE clause, has more than `_DEEPEST` brackets within each other, or
            more than `_LONGEST` operators and clauses.
    """
    found = list(tokens(query))
    _, start = prologue(found)
    first = found[start].text.upper() if start < len(found) else ""
    if first in _UPDATE_WORDS:
        raise CascqError(
            f"{first} is refused: cascq sparql is read-only (SELECT, ASK, CONSTRUCT, DESCRIBE); "
            "to change data, edit the files",
            f"不允许 {first}：cascq sparql 只读（SELECT、ASK、CONSTRUCT、DESCRIBE）；修改数据请编辑数据文件",
        )
    if sum(_LINKS.get(token.text.upper(), 0) for token in found if token.kind in {"mark", "word"}) > _LONGEST:
        raise CascqError(
            f"more than {_LONGEST} operators and clauses: the query is too long; many values go into VALUES or IN",
            f"运算符与子句超过 {_LONGEST} 个：查询过长；大量的值请用 VALUES 或 IN 列出",
        )
    level = 0
    for token in found:
        level += _STEPS.get(token.text, 0)
        if level > _DEEPEST:
            raise CascqError(
                f"more than {_DEEPEST} brackets within each other: the query is nested too deeply",
                f"括号嵌套超过 {_DEEPEST} 层：查询嵌套过深",
            )
        if token.kind == "word" and token.text.upper() == "SERVICE":
            raise CascqError(
                "SERVICE is refused: cascq answers from the graph alone and calls no other server",
                "不允许使用 SERVICE：cascq 只用本图谱作答，不访问其他服务器",
            )


def dataset(query: str) -> list[str]:
    """Return the IRIs of the graphs that a query chooses with FROM and FROM NAMED; none if it asks all.

    Raises:
        SyntaxError: the clause or what stands before it cannot be read.
    """
    if not re.search(r"\bFROM\b", query, re.IGNORECASE):
        return []
    graphs: list[Token] = []
    found = list(tokens(query))
    _, start = prologue(found)
    expected = False
    for token in found[start + 1 :]:
        word = token.text.upper() if token.kind == "word" else ""
        if word == "FROM":
            expected = True
        elif expected and word != "NAMED":
            graphs.append(token)
            expected = False
    # The engine reads the IRIs itself, so that prefixes and BASE count as in the query.
    texts = " ".join(token.text for token in graphs)
    clause = f"SELECT ?graph WHERE {{ VALUES ?graph {{ {texts} }} }}"
    read = ox.Store().query(query[: found[start].start] + clause, prefixes=PREFIXES) if graphs else None
    nodes = [row["graph"] for row in read] if isinstance(read, ox.QuerySolutions) else []
    return [node.value for node in nodes if isinstance(node, ox.NamedNode)]


def run(store: Store, query: str, name: str = "query") -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Run a query over the union of all graphs; the usual prefixes are known without being declared.

    A query with FROM or FROM NAMED is asked of those graphs only.

    Args:
        store: the store.
        query: SPARQL 1.1 text.
        name: what to call the query in messages (a file, for example).

    Raises:
        CascqError: a syntax error with line and column, an update, a SERVICE clause, a graph in FROM that is not
            there, or a failure while running.
    """
    if broken := re.search("[\ud800-\udfff]", query):
        code = f"U+{ord(broken[0]):04X}"
        raise CascqError(f"{name}: {code} is no character", f"{name}：{code} 不是字符")
    refuse_unsafe(query)
    try:
        try:
            graphs = dataset(query)
        except SyntaxError:
            store.query(query, prefixes=PREFIXES)  # fails too, and knows the place in the whole query
            raise
        result = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=not graphs)
    except SyntaxError as error:
        raise syntax_error(query, error, name) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise CascqError(f"{name}: {error}", f"{name}：{error}") from error
    unknown = [graph for graph in graphs if not store.contains_named_graph(ox.NamedNode(graph))]
    if unknown:
        listed = ", ".join(dict.fromkeys(map(shorten, unknown)))
        raise CascqError(
            f"{name}: FROM: there is no graph {listed}; all graphs: SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"{name}：FROM：没有图 {listed}；查看全部图：SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        )
    return result


def select(store: Store, query: str, name: str = "query") -> list[dict[str, Term]]:
    """Run a SELECT and return its solutions as dictionaries without the unbound variables.

    Raises:
        CascqError: see `run`; or the query is no SELECT.
    """
    result = run(store, query, name)
    if not isinstance(result, ox.QuerySolutions):
        raise CascqError(f"{name}: a SELECT query is needed here", f"{name}：此处需要 SELECT 查询")
    names = [variable.value for variable in result.variables]
    return [
        {k: v for k, v in zip(names, solution, strict=True) if v is not None and not isinstance(v, ox.Triple)}
        for solution in result
    ]


def values(clause: str, prefixes: Mapping[str, str] | None = None) -> list[list[Term | None]]:
    """Return the rows of a VALUES clause, as the engine reads them; None is UNDEF.

    Raises:
        SyntaxError: the text is no VALUES clause.
        TypeError: the text is something else.
    """
    # Named one by one, because SELECT * would sort them.
    names = " ".join(token.text for token in tokens(clause.partition("{")[0]) if token.kind == "variable")
    result = ox.Store().query(f"SELECT {names} WHERE {{ {clause}\n}}", prefixes=dict(prefixes or {}))
    if not isinstance(result, ox.QuerySolutions):
        raise TypeError(clause)
    return [[cell if not isinstance(cell, ox.Triple) else None for cell in row] for row in result]


def syntax_error(query: str, error: SyntaxError, name: str) -> CascqError:
    """Turn the engine's message into one with name, line, column, the line and a mark below it."""
    what = str(error.args[0] if error.args else error)
    match = re.match(r"error at (\d+):(\d+): expected (.*)", what, re.DOTALL)
    if not match:
        return CascqError(f"{name}: {what}", f"{name}：{what}")
    line, column, expected = int(match[1]), int(match[2]), match[3]
    if "Prefix not found" in expected:
        unknown = _unknown_prefix(query)
        if unknown is not None:
            prefix = unknown.text.partition(":")[0] + ":"
            en, zh = f"unknown prefix {prefix}", f"未声明的前缀 {prefix}"
            line, column = _position(query, unknown.start)
        else:
            en, zh = "unknown prefix", "未声明的前缀"
    elif "SELECT contains a variable that is unbound" in expected:
        en = "a selected variable is neither grouped (GROUP BY) nor aggregated"
        zh = "SELECT 中的变量既未分组（GROUP BY）也未聚合"
    elif (open_bracket := _unclosed(query)) is not None:
        line, column = _position(query, open_bracket.start)
        en, zh = f"this '{open_bracket.text}' is never closed", f"“{open_bracket.text}”没有闭合"
    else:
        line, column, found = _where(query) or (line, column, "")
        en, zh = f"syntax error at {found or 'the end'}", f"此处有语法错误：{found or '结尾'}"
    lines = query.splitlines() or [""]
    text = lines[line - 1] if line <= len(lines) else ""
    mark = f"\n    {text}\n    {_blanks(text[: column - 1])}^" if text.strip() else ""
    return CascqError(f"{name}:{line}:{column}: {en}{mark}", f"{name}:{line}:{column}：{zh}{mark}")


def _unknown_prefix(query: str) -> Token | None:
    """Return the first name in a query whose prefix is not known."""
    found = list(tokens(query))
    prefixes, start = prologue(found)
    declared = {*PREFIXES, *prefixes}
    return next((t for t in found[start:] if t.kind == "name" and t.text.partition(":")[0] not in declared), None)


def _unclosed(query: str) -> Token | None:
    """Return the innermost bracket that is never closed, if all others match."""
    stack: list[Token] = []
    for token in tokens(query):
        if token.text in {"(", "[", "{"}:
            stack.append(token)
        elif token.text in {")", "]", "}"} and (not stack or stack.pop().text + token.text not in {"()", "[]", "{}"}):
            return None
    return stack[-1] if stack else None


def _position(query: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset."""
    before = query[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _where(query: str) -> tuple[int, int, str] | None:
    """Return line, column and text of what a query breaks at, as rdflib sees it.

    The engine reports how far it looked ahead, which may be the end of the query; rdflib reports the clause that does
    not fit. It is imported only here, where time no longer matters.
    """
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery("".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items()) + query)
    except ParseBaseException as error:
        shift = sum(len(f"PREFIX {prefix}: <{iri}> ") for prefix, iri in PREFIXES.items())
        line, column = _position(query, max(0, error.loc - shift))
        found = re.match(r"[\w?$:.-]+|\S", query[max(0, error.loc - shift) :].lstrip())
        return line, column, f"'{found[0]}'" if found else ""
    except (ValueError, RecursionError):  # no character has that number; too deep: the engine's own position remains
        return None
    return None


def _blanks(text: str) -> str:
    """Return white space as wide as `text` is on a terminal, where Chinese characters take two columns."""
    return "".join("\t" if c == "\t" else "  " if ord(c) >= 0x1100 else " " for c in text)
