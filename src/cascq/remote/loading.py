"""Loading the graph into a triple store: `cascq load`.

A load compares, writes only what differs, reads it back, and writes the catalogue last. It can be killed anywhere and
run again: what the catalogue does not vouch for is compared with what the store holds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cascq import namespaces as ns
from cascq.errors import CascqError
from cascq.language import say
from cascq.remote.canonical import digest
from cascq.remote.differences import Difference, compare
from cascq.remote.gathering import Content, Gathered, gather
from cascq.remote.holdings import Held, Holdings, mark, merge
from cascq.remote.targets import Hold, NewPlace, Target

NEW, CHANGED, SAME, GONE = "new", "changed", "same", "gone"
_CHINESE = {NEW: "新增", CHANGED: "改变", SAME: "相同", GONE: "多余"}
Progress = Callable[[str, int, int], None]


@dataclass
class LoadReport:
    """What a load did, or would do.

    Attributes:
        target: the store.
        states: of each graph: new, changed, same, or gone (the store has it, the data no longer).
        triples: of each graph, as it shall be; of one that is gone, as it is.
        forms: literals that the store writes differently, by graph: (sent, stored).
        dry: whether nothing was to be written.
        pruned: whether graphs that are gone were (or would be) removed.
        verified: how many graphs were read and compared, and agreed.
        left_out: of graphs that cascq makes itself, how many triples of the data are not part of them.
        torn: graphs that the store could not replace in one step.
    """

    target: str
    states: dict[str, str] = field(default_factory=dict)
    triples: dict[str, int] = field(default_factory=dict)
    forms: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    dry: bool = False
    pruned: bool = False
    verified: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    torn: list[str] = field(default_factory=list)

    def graphs(self, state: str) -> list[str]:
        """Return the graphs in a state."""
        return [graph for graph, found in self.states.items() if found == state]

    @property
    def written(self) -> int:
        """How many triples were (or would be) written."""
        return sum(self.triples[graph] for state in (NEW, CHANGED) for graph in self.graphs(state))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        return {
            "target": self.target,
            "dryRun": self.dry,
            "written": self.written,
            "verified": self.verified,
            "notInOneStep": self.torn,
            "leftOut": self.left_out,
            "counts": {state: len(self.graphs(state)) for state in (NEW, CHANGED, SAME, GONE)},
            "graphs": [
                {"graph": graph, "state": self._name(state), "triples": self.triples[graph]}
                for graph, state in self.states.items()
            ],
            "rewrittenLiterals": [
                {"graph": graph, "sent": sent, "stored": stored}
                for graph, pairs in self.forms.items()
                for sent, stored in pairs
            ],
        }

    def _name(self, state: str) -> str:
        return ("remove" if self.pruned else "unused") if state == GONE else state

    def render(self, lang: str) -> str:
        """Return the report as text: with --dry-run every graph, else what was done."""
        lines = []
        if self.dry:
            names = {**_CHINESE, GONE: "将删除" if self.pruned else "多余"}
            for graph, state in self.states.items():
                lines.append(f"{say(lang, self._name(state), names[state])}\t{self.triples[graph]}\t{graph}")
        new, changed, same, gone = (len(self.graphs(state)) for state in (NEW, CHANGED, SAME, GONE))
        lines.append(
            say(
                lang,
                f"{self.target}: {new} new, {changed} changed, {same} the same"
                + (f", {gone} {'to remove' if self.dry else 'removed'}" if gone and self.pruned else ""),
                f"{self.target}：{new} 个新图，{changed} 个有变，{same} 个相同"
                + (f"，{gone} 个{'将删除' if self.dry else '已删除'}" if gone and self.pruned else ""),
            )
        )
        if gone and not self.pruned:
            lines.append(
                say(
                    lang,
                    f"no longer in the data: {_count(gone, 'graph')} of earlier loads; --prune removes them",
                    f"有 {gone} 个先前加载的图已不在数据中；--prune 可将其删除",
                )
            )
        for graph, pairs in self.forms.items():
            for sent, stored in pairs[:3]:
                lines.append(
                    say(lang, f"{graph}: the store writes {sent} as {stored}", f"{graph}：{sent} 被存为 {stored}")
                )
        lines += [
            say(
                lang,
                f"{graph}: cascq makes this graph itself; left out of the data: {_count(number, 'triple')}",
                f"{graph}：此图由 cascq 自行生成；数据中的 {number} 条三元组未载入",
            )
            for graph, number in self.left_out.items()
        ]
        lines += [
            say(
                lang,
                f"{graph}: the store could not replace it in one step; readers did not see it while it was written",
                f"{graph}：存储无法一步替换该图；写入期间读者看不到它",
            )
            for graph in self.torn
        ]
        lines.append(self._end(lang))
        return "\n".join(lines) + "\n"

    def _end(self, lang: str) -> str:
        emptied = sum(not self.triples[graph] for graph in self.graphs(CHANGED))
        parts = []
        if self.dry:
            parts.append((f"{_count(self.written, 'triple')} to write", f"将写入 {self.written} 条三元组"))
        elif self.written:
            parts.append((f"{_count(self.written, 'triple')} written", f"写入 {self.written} 条三元组"))
        elif not emptied and not (self.pruned and self.graphs(GONE)):
            parts.append(("nothing to do: all is there already", "无需改动：内容都已在存储中"))
        if emptied:
            en = f"{_count(emptied, 'graph')} {'to empty' if self.dry else 'emptied'}"
            parts.append((en, f"{'将清空' if self.dry else '清空'} {emptied} 个图"))
        if self.verified:
            parts.append((f"{_count(self.verified, 'graph')} read back and compared", f"回读核对 {self.verified} 个图"))
        if not parts:
            parts.append(("done", "完成"))
        return say(lang, ", ".join(en for en, _ in parts), "，".join(zh for _, zh in parts))


def _count(number: int, what: str) -> str:
    """Return a number with what is counted."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def load_into(
    target: Target,
    paths: Sequence[Path] | None = None,
    *,
    dry_run: bool = False,
    prune: bool = False,
    verify: str = "written",
    progress: Progress | None = None,
) -> LoadReport:
    """Load the graph into a store.

    Args:
        target: the store.
        paths: data in place of the shipped data; None for the shipped data.
        dry_run: only find out what there is to do.
        prune: remove graphs that earlier loads have made and the data no longer has.
        verify: what is read back and compared: "written" graphs, "all", or "none".
        progress: called with what is being done, how many triples of how many are done.

    Raises:
        CascqError: the data cannot be read, the store cannot be reached or refuses, another load is at work there, or
            the store does not keep what it was given. What was written until then stays, and the next load goes on.
    """
    tell = progress or (lambda *_: None)
    place = target.new_place()
    if place is not None and not dry_run:
        with target.lock() as hold, gather(paths, place.take) as gathered:
            return _load_new(target, hold, place, gathered, verify=verify, tell=tell)
    with gather(paths) as gathered:
        if dry_run:
            report, _ = _compare(target, gathered, verify, tell)
            report.dry, report.pruned = True, prune
            return report
        with target.lock() as hold:
            target.clean()
            return _load(target, hold, gathered, prune=prune, verify=verify, tell=tell)


def _load_new(
    target: Target, hold: Hold, place: NewPlace, gathered: Gathered, *, verify: str, tell: Progress
) -> LoadReport:
    """Finish loading into a place where nothing was, with the lock held."""
    report = LoadReport(target.name, left_out=gathered.left_out)
    for graph, content in gathered.contents.items():
        if content.triples:
            report.triples[graph] = content.triples
            report.states[graph] = NEW
    place.complete(merge(gathered.contents, {}).block())
    tell("write", report.written, report.written)
    if verify != "none":
        _verify(target, hold, gathered, report, tell)
    target.finish()
    return report


def _load(
    target: Target, hold: Hold, gathered: Gathered, *, prune: bool, verify: str, tell: Progress
) -> LoadReport:  # fmt: skip
    """Load, with the lock held."""
    report, held = _compare(target, gathered, verify, tell)
    report.pruned = prune
    new, changed, gone = ([*report.graphs(state)] for state in (NEW, CHANGED, GONE))
    kept = {graph: held.graphs[graph].found(report.triples[graph]) for graph in gone} if held and not prune else {}
    after = merge(gathered.contents, kept)
    if new or changed or (prune and gone) or held is None or not held.complete or held.graphs != after.graphs:
        hold.check()
        # Where no catalogue tells which graphs are ours, a first one must not hide those that are there already.
        target.mark(mark(new if held and held.graphs else gathered.contents))
        _write(target, hold, gathered, report, tell)
        if verify != "none":
            _verify(target, hold, gathered, report, tell)
        if prune and gone:
            hold.check()
            target.remove(gone)
            _check_written(target, hold)
        hold.check(sure=True)
        target.record(after.block())
        _check_written(target, hold)
    target.finish()
    report.torn = target.torn
    return report


def _write(target: Target, hold: Hold, gathered: Gathered, report: LoadReport, tell: Progress) -> None:
    """Write what is new or has changed."""
    done, total = 0, report.written
    # A graph without triples is one that is not there: the derived graph may come to that.
    if empty := [graph for graph in report.graphs(CHANGED) if not report.triples[graph]]:
        target.remove(empty)
    for write, state in ((target.add, NEW), (target.replace, CHANGED)):
        _check_written(target, hold)
        contents = [gathered.contents[graph] for graph in report.graphs(state) if graph not in empty]
        for batch in write(gathered, contents):
            _check_written(target, hold)
            done += sum(content.triples for content in batch)
            tell("write", done, total)


def _check_written(target: Target, hold: Hold) -> None:
    """Make sure that what has just been written was written with the lock held.

    If not, it may lie over what another load has written and vouches for: then the next load has to compare.
    """
    try:
        hold.check()
    except CascqError:
        with contextlib.suppress(CascqError):
            target.mark(mark(()))
        raise


def _compare(target: Target, gathered: Gathered, verify: str, tell: Progress) -> tuple[LoadReport, Holdings | None]:
    """Find out what there is to do."""
    block = target.read(ns.CATALOGUE_GRAPH)
    held = Holdings.parse(block) if block else None
    known = held.graphs if held else {}
    counts = target.counts({*gathered.contents, *known})
    report = LoadReport(target.name, left_out=gathered.left_out)
    doubtful: list[Content] = []
    for graph, content in gathered.contents.items():
        if not content.triples and not counts.get(graph):
            continue  # nothing is derived, and nothing was
        report.triples[graph] = content.triples
        report.states[graph] = state = _state(content, known.get(graph), counts.get(graph, 0), held)
        if (not state) or (verify == "all" and state == SAME):
            doubtful.append(content)
    _look(target, gathered, doubtful, report, tell)
    for graph in known:
        is_gone = graph not in gathered.contents and graph.startswith(ns.BASE) and graph not in ns.BOOKKEEPING
        if is_gone and graph in counts:
            report.states[graph], report.triples[graph] = GONE, counts[graph]
    return report, held


def _state(content: Content, record: Held | None, count: int, held: Holdings | None) -> str:
    """Return the state of a graph as far as the catalogue tells; "" if the graph itself must be looked at."""
    if not count:
        return NEW
    if not content.triples:
        return CHANGED
    if held is None or not held.complete or record is None or not record.digest or count != record.triples:
        return ""
    return SAME if record.digest == content.digest else CHANGED


def _look(target: Target, gathered: Gathered, doubtful: Sequence[Content], report: LoadReport, tell: Progress) -> None:
    """Compare graphs with what the store holds: those that the catalogue does not vouch for, or all.

    That only the forms of literals differ is fine where the catalogue says that just this was sent: so the store spells
    it. Where it does not, the forms may be those of other data.
    """
    done, total = 0, sum(content.triples for content in doubtful)
    for content, difference in _differences(target, gathered, doubtful):
        was_sent = report.states[content.graph] == SAME
        is_same = difference is None or (was_sent and difference.is_harmless())
        report.states[content.graph] = SAME if is_same else CHANGED
        report.verified += is_same
        if difference is not None and is_same:
            report.forms[content.graph] = difference.forms
        done += content.triples
        tell("compare", done, total)


def _verify(target: Target, hold: Hold, gathered: Gathered, report: LoadReport, tell: Progress) -> None:
    """Read back what was written, and compare.

    Virtuoso takes equal numbers of different types for one, and keeps the old one where another is to replace it: such
    graphs are removed and written anew.
    """
    new, changed = ([gathered.contents[graph] for graph in report.graphs(state)] for state in (NEW, CHANGED))
    wrong = _read_back(target, gathered, [*new, *changed], report, tell)
    if again := [content for content in changed if content.graph in wrong and content.triples]:
        hold.check()
        target.remove([content.graph for content in again])
        target.torn += [content.graph for content in again if content.graph not in target.torn]
        for _ in target.add(gathered, again):
            _check_written(target, hold)
        for content in again:
            del wrong[content.graph]
        wrong |= _read_back(target, gathered, again, report, tell)
    if wrong:
        some = [*wrong.items()][:5]
        raise CascqError(
            f"{target.name}: {_count(len(wrong), 'graph')} not in the store as sent (does it keep values apart, or "
            "has somebody else written?)\n" + "\n".join(f"{graph}: {found.en()}" for graph, found in some),
            f"{target.name}：有 {len(wrong)} 个图与发送的内容不一致（存储是否合并了某些值？是否有他人写入？）\n"
            + "\n".join(f"{graph}：{found.zh()}" for graph, found in some),
        )


def _read_back(
    target: Target, gathered: Gathered, contents: Sequence[Content], report: LoadReport, tell: Progress
) -> dict[str, Difference]:
    """Read graphs back, and return how those that are wrong differ."""
    wrong: dict[str, Difference] = {}
    done, total = 0, sum(content.triples for content in contents)
    for content, difference in _differences(target, gathered, contents):
        if difference is not None and not difference.is_harmless():
            wrong[content.graph] = difference
        else:
            report.verified += 1
            if difference is not None:
                report.forms[content.graph] = difference.forms
        done += content.triples
        tell("verify", done, total)
    return wrong


def _differences(target: Target, gathered: Gathered, contents: Sequence[Content]) -> Any:
    """Yield each graph with how the store's content differs; None where it does not."""
    by_name = {content.graph: content for content in contents}
    for graph, text in target.read_many(contents):
        content = by_name[graph]
        if digest(text) == content.digest:
            yield content, None
            continue
        # What several graphs were read with at once may be cut or spelt differently: the graph by itself decides.
        again = target.read(graph)
        yield content, None if digest(again) == content.digest else compare(gathered.text(content), again)
