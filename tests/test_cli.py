"""The command line as its users meet it: what is printed where, and the exit codes."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cascq import answers, commands, export
from cascq import arguments as offered
from cascq.reports import report
from conftest import ENVIRONMENT, PROJECT, Run

Cli = Callable[..., Run]


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run cascq as a process of its own, on the shipped graph."""
    env = {**ENVIRONMENT, **environment}
    return subprocess.run([sys.executable, "-m", "cascq", *arguments], capture_output=True, env=env, check=False)


# --- help and usage ---


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("verb", [*commands.RUN, ""])
def test_every_verb_has_help_in_both_languages(cli: Cli, verb: str, lang: str) -> None:
    run = cli(*([verb] if verb else []), "--help", lang=lang)
    assert run.code == 0
    assert run.err == ""
    assert ("显示此帮助" in run.out) == (lang == "zh")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["query"],
        ["query", "agreements", "--format", "html"],
        ["query", "agreements", "--param", "party"],
        ["query", "agreements", "--json", "--format", "csv"],
        ["describe"],
        ["search", "a", "--limit", "0"],
        ["evidence", "--id", "letter:1-1"],
        ["evidence", "--find", "x"],
        ["stats", "--lang", "de"],
    ],
)
def test_wrong_usage_exits_with_2_and_says_so_on_stderr(cli: Cli, project: Path, arguments: list[str]) -> None:
    run = cli(*arguments, lang="")
    assert run.code == 2
    assert run.out == ""
    assert run.err.startswith("cascq")
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "缺少必需的参数：命令"),
        (["frobnicate"], "无效的选择：'frobnicate'（可选：'check', "),
        (["query", "--format", "html"], "参数 --format：无效的选择：'html'"),
        (["stats", "x"], "无法识别的参数：x"),
        (["describe"], "缺少必需的参数：NAME"),
        (["search", "a", "--limit"], "参数 --limit：需要一个值"),
        (["search", "a", "--limit", "x"], "无效的 int 值：'x'"),
        (["query", "a", "--json", "--format", "csv"], "不能与参数 --json 同用"),
        (["query", "--l"], "选项不明确：--l 可指 --lang, --list"),
        (["sparql", "--json=3", "x"], "此选项不带值：'3'"),
    ],
)
def test_wrong_usage_is_said_in_chinese_too(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    run = cli(*arguments, lang="")
    assert (run.code, run.out) == (2, "")
    assert words in run.err
    assert "用法见 cascq" in run.err
    assert not re.search(r"argument|invalid|choose|required", run.err)


def test_help_is_all_chinese_and_leaves_argparse_as_it_was(cli: Cli) -> None:
    text = cli("query", "--help", lang="zh").out
    assert text.startswith("用法：cascq query")
    assert "位置参数：" in text
    assert "选项：" in text
    assert cli("query", "--help").out.startswith("usage: cascq query")
    assert argparse.ArgumentParser(prog="x").format_usage().startswith("usage: x")


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        (
            ["timeline", "from=2018"],
            "parameters are written -p from=2018; which there are: cascq query --list timeline",
            "查询参数应写成 -p from=2018；可用参数见 cascq query --list timeline",
        ),
        (["timeline", "--from", "2018"], "parameters are written -p from=2018; which", "应写成 -p from=2018；"),
        (["timeline", "--to=a b", "--x"], "parameters are written -p 'to=a b'; which", "应写成 -p 'to=a b'；"),
        (
            ["find", "云从"],
            "parameters are written -p NAME=VALUE; which there are: cascq query --list find",
            "-p 名称=值",
        ),
    ],
)
def test_how_parameters_are_given_is_said_where_they_are_not(cli: Cli, arguments: list[str], en: str, zh: str) -> None:
    for lang, words in (("en", en), ("zh", zh)):
        run = cli("query", *arguments, lang=lang)
        assert (run.code, run.out) == (2, "")
        assert words in run.err
    assert "-p" not in cli("stats", "x").err


def test_an_answer_without_rows_says_where_to_look_on(cli: Cli) -> None:
    run = cli("query", "exhibitions", "-p", "place=重庆")
    assert run.err == "0 rows\nwhat is known of Chongqing: cascq describe id:chongqing\n"
    run = cli("query", "developments", "-p", "party=id:casmart-huizhi", "--format", "markdown", lang="zh")
    assert run.err.startswith(
        "0 行\n关于“喀斯玛汇智（重庆）科技有限公司”的已知内容：cascq describe id:casmart-huizhi\n"
    )
    run = cli("query", "find", "-p", "text=西部(重庆)")
    assert run.err.endswith("however they are typed: cascq search '西部(重庆)'\n")
    assert "id:western-science-city" in cli("search", "西部(重庆)").out
    # Nothing was asked for, programs want the answer alone, and where there are rows there is no need.
    assert cli("query", "exhibitions", "-p", "place=重庆", "--json").err == "0 rows\n"
    assert "cascq" not in cli("query", "exhibitions").err


def test_an_answer_without_rows_names_the_doubts_if_there_are_any(cli: Cli) -> None:
    about = "id:note"
    run = cli("query", "exhibitions", "-p", "place=两江新区")
    assert "what is in doubt" not in run.err
    run = cli("query", "developments", "-p", "party=重庆市卫生健康委员会")
    assert run.err.endswith("what is in doubt of it: cascq query doubts -p about=id:chongqing-health-commission\n")
    assert about in cli("query", "doubts", "-p", "about=id:chongqing-health-commission").out
    run = cli("query", "doubts", "-p", "about=智慧冰雪关键技术")
    assert run.err.count("cascq ") == 1


def test_the_commands_that_are_named_read_what_was_read(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "my data.trig"
    path.write_text((project / "data" / "curated" / "names.trig").read_text(encoding="utf-8"), encoding="utf-8")
    run = cli("query", "agreements", "-p", "party=id:laboratory-d", "--data", str(path))
    assert run.err.endswith(f"cascq describe id:laboratory-d --data '{path}'\n")


def test_system_errors_are_said_in_chinese_too(cli: Cli, project: Path, tmp_path: Path) -> None:
    folder = str(tmp_path)
    gone = str(tmp_path / "gone" / "x.nq")
    for arguments, words in (
        (["evidence", "--source", "nowhere.txt"], "nowhere.txt：无法读取：文件或文件夹不存在\n"),
        (["evidence", "--source", folder], f"{folder}：无法读取：这是文件夹，不是文件\n"),
        (["export", "-o", gone], "文件或文件夹不存在"),
        (["sparql", "nowhere.rq"], "nowhere.rq：文件不存在\n"),
    ):
        run = cli(*arguments, lang="zh")
        assert (run.code, run.out) == (2, "")
        assert words in run.err
        assert not re.search("No such|Is a dir", run.err)


def test_a_full_disk_is_said_in_chinese_too() -> None:
    command = f"{sys.executable} -m cascq query --list --lang zh > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stderr) == (2, "cascq：无法写入标准输出：磁盘空间不足\n")


def test_messages_follow_the_locale(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有名为" in cli("query", "nothing", lang="").err
    monkeypatch.setenv("LC_ALL", "C")
    assert "no query is called" in cli("query", "nothing", lang="").err


def test_help_and_listing_load_nothing_heavy() -> None:
    for arguments, forbidden in (
        (["--help"], {"pyoxigraph", "rdflib", "yaml", "tabulate", "pyshacl"}),
        (["sparql", "ASK { ?s ?p ?o }"], {"rdflib", "pyshacl", "yaml"}),
        (["query", "agreements"], {"rdflib", "pyshacl"}),
    ):
        code = (
            "import sys; from cascq.cli import main; code = main(sys.argv[1:]);"
            "print('LOADED', code, *{m.split('.')[0] for m in sys.modules})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=ENVIRONMENT,
        )
        loaded = set(done.stdout.rpartition("LOADED")[2].split())
        assert "0" in loaded
        assert not loaded & forbidden, arguments


# --- query ---


def test_a_query_prints_rows_on_stdout_and_talk_on_stderr(cli: Cli, project: Path) -> None:
    run = cli("query", "agreements")
    assert run == Run(
        0, "Agreement          Date\n-----------------  ----------\nAgreement of 2031  2031-05-02\n", "1 row\n"
    )


def test_labels_and_heads_come_in_chinese(cli: Cli, project: Path) -> None:
    run = cli("query", "agreements", lang="zh")
    assert run.out.splitlines()[0].split() == ["协议", "日期"]
    assert "2031年协议" in run.out
    assert run.err == "1 行\n"


def test_no_rows_are_no_error(cli: Cli, project: Path) -> None:
    run = cli("query", "agreements", "--param", "from=2040")
    assert (run.code, run.err) == (0, "0 rows\n")


@pytest.mark.parametrize(
    ("param", "words"),
    [
        ("party=乙市", "not of Organization"),
        ("party=id:nobody", "not in the graph"),
        ("party=甲研究", "did you mean: id:institute-a"),
        ("party=id:x> } #", "nothing is called"),
        ('party="} INSERT', "nothing is called"),
        ("party=a\nb", "nothing is called"),
        ("kind=planned", "not of kinds of agreement"),
        ("from=2031-02-30", "does not exist in the calendar"),
        ('from=2031" } #', "is no date"),
        ("from=2031\n", "is no date"),
        ("lang=fr", "no language of the graph"),
        ("nothing=1", "no parameter 'nothing'"),
        ("party", "name=value"),
    ],
)
def test_bad_parameters_are_refused_clearly(cli: Cli, project: Path, param: str, words: str) -> None:
    run = cli("query", "agreements", "--param", param)
    assert run.code == 2
    assert run.out == ""
    assert words in run.err


def test_the_list_says_what_can_be_asked(cli: Cli, project: Path) -> None:
    assert "Which agreements were signed?" in cli("query", "--list").out
    listed = json.loads(cli("query", "--list", "--json", lang="zh").out)
    assert [entry["name"] for entry in listed] == ["agreements"]
    assert {"name", "title", "question", "parameters", "columns"} <= set(listed[0])
    assert listed[0]["question"] == "签过哪些协议？"


def test_an_unknown_query_suggests_near_ones(cli: Cli, project: Path) -> None:
    run = cli("query", "agreement")
    assert (run.code, run.err) == (2, "cascq: no query is called 'agreement'; did you mean: agreements\n")
    assert "did you mean" not in cli("query", "meanings").err


def test_other_data_take_the_place_of_the_shipped(cli: Cli, project: Path) -> None:
    run = cli("query", "agreements", "--data", str(PROJECT / "data" / "curated"))
    assert (run.code, run.err) == (0, "0 rows\n")


def test_a_broken_data_file_is_named_with_its_line(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("\n<http://e.org/a> nothing:x 1 .")
    run = cli("stats", "--data", str(path))
    assert run.code == 2
    assert run.err.startswith(f"cascq: {path}:2:18: The prefix nothing: has not been declared")


# --- sparql ---


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("SELECT ?x { ?x cascq:value 500 }", "x"),
        ("ASK { ?x cascq:value 500 }", "yes"),
        ("CONSTRUCT WHERE { ?x cascq:value 500 }", "@prefix"),
        ("DESCRIBE id:signing-2031", "@prefix"),
    ],
)
def test_all_four_forms_of_query_work(cli: Cli, project: Path, query: str, first: str) -> None:
    run = cli("sparql", query)
    assert run.code == 0
    assert run.out.startswith(first)


def test_a_query_comes_from_a_file(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.rq"
    path.write_text("ASK { ?x cascq:value 500 }")
    assert cli("sparql", str(path)).out == "yes\n"
    assert "no such file" in cli("sparql", "nothing.rq").err


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("INSERT DATA { id:a id:b id:c }", "read-only"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("SELECT * {\n  ?s ?p ?o ]\n}", "query:2:12: syntax error at ']'"),
        ("", "the query is empty"),
        ("SELECT * FROM id:nothing { ?s ?p ?o }", "FROM: there is no graph id:nothing"),
    ],
)
def test_what_sparql_refuses(cli: Cli, project: Path, query: str, words: str) -> None:
    run = cli("sparql", query)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


# --- describe, search, evidence, export, stats ---


def test_describe_search_and_stats_speak_text_and_json(cli: Cli, project: Path) -> None:
    assert cli("describe", "甲院").out.startswith("Institute A  id:institute-a")
    assert json.loads(cli("describe", "甲院", "--json").out)["id"] == "id:institute-a"
    assert "id:city-b" in cli("search", "乙市").out
    assert json.loads(cli("search", "乙市", "--json").out)[0]["label"] == "City B"
    assert cli("stats").code == 0
    assert json.loads(cli("stats", "--json").out)["queries"] == 1


def test_search_says_how_much_was_found_and_how_much_is_shown(cli: Cli, project: Path) -> None:
    assert cli("search", "乙市").err == "2 found\n"
    assert cli("search", "乙市", "--limit", "2").err == "2 found\n"
    assert cli("search", "乙市", "--limit", "1").err == "2 found, the first 1 shown (--limit 1)\n"
    assert cli("search", "乙市", "--limit", "1", lang="zh").err == "找到 2 个，显示前 1 个（--limit 1）\n"
    run = cli("search", "InstAA")
    assert (run.code, run.err) == (0, "0 found\ndid you mean: id:institute-a (Institute A: Research organization)\n")
    assert "是否指：id:institute-a" in cli("search", "InstAA", lang="zh").err


def test_describe_what_is_not_there(cli: Cli, project: Path) -> None:
    run = cli("describe", "甲研究")
    assert (run.code, run.out) == (2, "")
    assert "did you mean: id:institute-a" in run.err


def test_other_things_of_the_name_are_told(cli: Cli) -> None:
    for verb in ("describe", "evidence"):
        run = cli(verb, "科学城")
        assert run.code == 0
        assert "also called '科学城': " in run.err
        assert "voc:science-city" in run.err
    assert "也叫“科学城”：" in cli("describe", "科学城", lang="zh").err


def test_export_writes_a_file_in_the_format_of_its_name(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.nq"
    assert cli("export", "-o", str(path)).code == 0
    assert path.read_text(encoding="utf-8") == cli("export", "--format", "nquads").out
    assert cli("export", "-o", str(tmp_path / "no" / "all.nq")).code == 2


def test_the_formats_that_are_offered_are_those_that_are_written() -> None:
    """They are listed twice, since the modules that write them are slow to import."""
    assert answers.FORMATS == offered._TABLES
    assert tuple(report.FORMATS) == offered._REPORTS
    assert tuple(export.FORMATS) == offered._EXPORTS
