from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cascq.printed import _numeral, copied, finer_date, look_up

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("2017-11", "gYearMonth", "2017年11月，双方签约"),
        ("2017-11", "gYearMonth", "于 2017 年 11 月"),
        ("2017-11", "gYearMonth", "2017年\n\n11月"),
        ("2020-06-12", "date", "2020年6月12日"),
        ("2020-06-02", "date", "2020年06月02日"),
        ("2016", "gYear", "2016 年在法国"),
        ("2016", "gYear", "2016-2020年"),
        ("2", "integer", "签署两次合作协议"),
        ("2", "integer", "二期工程"),
        ("5", "integer", "首批5家通过"),
        ("6", "integer", "排名第6，"),
        ("6", "integer", "排名第六"),
        ("500", "integer", "近 500 余家"),
        ("12", "integer", "共十二个"),
        ("120", "integer", "一百二十名"),
        ("1", "integer", "首次出口"),
        ("2624", "integer", "2,624字"),
        ("35000", "integer", "3.5万元"),
        ("200000000", "integer", "2亿元"),
        ("3.5", "decimal", "3.50 为 3.5 倍"),
        ("5", "integer", "第５名"),
        ("12345000", "decimal", "1,234.5万元"),
        ("2500000000000", "integer", "2.5万亿元"),
        ("6", "integer", "排名第6，500家入选"),
        ("500", "integer", "排名第6，500家入选"),
        ("2", "integer", "第1,2,3期"),
        ("2019", "integer", "2019,500家"),
        ("3", "integer", "全长3千米"),
        ("5", "integer", "提高5百分点"),
        ("10", "integer", "十余家"),
    ],
)
def test_it_is_found_as_it_is_printed(value: str, kind: str, text: str) -> None:
    result = look_up(typed(value, kind), text)
    assert result.checked
    assert result.found, result.wanted


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("2017-11", "gYearMonth", "2017年1月"),
        ("2017-01", "gYearMonth", "2017年11月"),
        ("2016", "gYear", "12016年"),
        ("2016", "gYear", "共2016家"),
        ("2020-06-12", "date", "2020年6月"),
        ("2020-06-01", "date", "2020年6月12日"),
        ("5", "integer", "15家"),
        ("5", "integer", "50家"),
        ("5", "integer", "5.5倍"),
        ("3", "integer", "3D 打印"),
        ("2", "integer", "十二个"),
        ("10", "integer", "一百二十名"),
        ("6", "integer", ""),
        ("5", "integer", "5万平方米"),
        ("500", "integer", "500万元"),
        ("5", "integer", "5余万"),
        ("5", "integer", "5多亿元"),
        ("5", "integer", "5百家"),
        ("3", "integer", "3千家"),
        ("50000", "integer", "5万亿元"),
        ("1", "integer", "1,234家"),
        ("234", "integer", "1,234家"),
        ("234", "integer", "1,234,567家"),
        ("12", "integer", "12,500家"),
        ("500", "integer", "12,500家"),
        ("10", "integer", "十余万家"),
        ("3", "integer", "三点五倍"),
        ("5", "integer", "三点五倍"),
        ("1", "integer", "一百家"),
    ],
)
def test_what_is_not_printed_is_not_found(value: str, kind: str, text: str) -> None:
    result = look_up(typed(value, kind), text)
    assert result.checked
    assert not result.found


@pytest.mark.parametrize(
    ("value", "kind", "text", "finer"),
    [
        ("2017", "gYear", "2017年11月，双方签约", "2017年11月"),
        ("2017", "gYear", "自 2017 年\n11 月起", "2017年11月"),
        ("2017", "gYear", "2017年11月3日签约", "2017年11月3日"),
        ("2017-11", "gYearMonth", "2017年11月3日签约", "2017年11月3日"),
        ("2017", "gYear", "2017年3月签约，2017年9月挂牌", "2017年3月 / 2017年9月"),
        ("2017", "gYear", "2017年3月，4家企业入驻", "2017年3月"),
    ],
)
def test_a_date_less_precise_than_printed_is_told(value: str, kind: str, text: str, finer: str) -> None:
    assert finer_date(typed(value, kind), text) == finer


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("2017-11", "gYearMonth", "2017年11月，双方签约"),
        ("2017-11-03", "date", "2017年11月3日签约"),
        ("2017", "gYear", "2017年签约"),
        ("2017", "gYear", "2017年底签约，2017年11月谈妥"),
        ("2017", "gYear", "2016-2017年筹备，2017年11月签约"),
        ("2017", "gYear", "2017-2018年筹备，2017年11月签约"),
        ("2017", "gYear", "2017年3月至5月举行"),
        ("2017", "gYear", "2017年3月、9月两次签约"),
        ("2017", "gYear", "2017年3月和2017年9月两次签约"),
        ("2017-03", "gYearMonth", "2017年3月3日至5日举行"),
        ("2017", "gYear", "2017年3月签约，全年服务30家企业"),
        ("2017-03", "gYearMonth", "2017年3月3日签约，当月挂牌"),
        ("2017", "gYear", "2017年3月前建成"),
        ("2018", "gYear", "2017年11月签约"),
        ("2017", "integer", "2017年11月签约"),
    ],
)
def test_a_date_as_precise_as_can_be_is_right(value: str, kind: str, text: str) -> None:
    assert finer_date(typed(value, kind), text) is None


TEXT = "2031年5月2日，甲研究院与乙市人民政府在丁市签署新一轮全面科技合作协议，\n双方共建丙实验室并服务企业。"
TITLE = "甲研究院与乙市人民政府关于共建新型科教创产融合发展联合体的战略合作协议"


NAMES = ("甲医疗器械研究所", "乙健康产品研究中心", "丙药物技术转化研究中心")
COPY = "甲研究院与乙市人民政府在丁市签署新一轮全面科技合作协议"
REST = "，共建丙实验室并服务企业发展的各方面各领域需要"


@pytest.mark.parametrize(
    ("summary", "text", "copy"),
    [
        (TEXT, TEXT, TEXT.replace("\n", "")),
        ("双方共建丙实验室并服务企业", "双方共建丙实验室并服务企业。", "双方共建丙实验室并服务企业"),
        (f"据称{COPY}", TEXT, COPY),
        (f"the copy: {'a letter and more ' * 6}", f"{'a letter and more ' * 6}follows", "aletterandmore" * 6),
        (COPY, f"{COPY}。", COPY),
        (f"双方签署{TITLE}{REST}", f"{TITLE}{REST}。", TITLE + REST),
    ],
)
def test_a_copied_summary_is_told(summary: str, text: str, copy: str) -> None:
    assert copied(summary, text, [TITLE, *NAMES, "甲研究院", "乙市人民政府", "合作协议"]) == copy


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("2031年5月签署新一轮协议", TEXT),
        ("甲研究院与乙市人民政府签署全面科技合作协议", TEXT),  # 22 characters, with a gap
        ("共建产业园区", "（三）共建产业园区"),
        ("共建产业园区", "共建产业园区"),
        ("共建甲医疗器械研究所、乙健康产品研究中心、丙药物技术转化研究中心", f"共建{'、'.join(NAMES)}等机构。"),
        (f"双方签署《{TITLE}》", f"2031年，双方签署《{TITLE}》，共建学院。"),
        (TITLE, f"{TITLE}。"),
        ("an agreement is signed in the city", "In 2031 an agreement is signed in the city of B."),
    ],
)
def test_a_summary_in_own_words_and_names_are_right(summary: str, text: str) -> None:
    assert copied(summary, text, [TITLE, *NAMES, "甲研究院", "乙市人民政府", "合作协议"]) is None


def test_names_are_found_across_page_breaks() -> None:
    name = ox.Literal("中国科学院重庆绿色智能技术研究院", language="zh")
    assert look_up(name, "建设中国科学院重庆绿色智能\n\n技术研究院").found
    assert not look_up(name, "重庆绿色智能研究院").found


def test_english_cannot_be_checked_against_a_chinese_text() -> None:
    assert not look_up(ox.Literal("Academy", language="en"), "中科院").checked


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "零"), (10, "一十"), (105, "一百零五"), (1005, "一千零五"), (1050, "一千零五十"), (20300, "二万零三百")],
)
def test_chinese_numerals(number: int, text: str) -> None:
    assert _numeral(number) == text


@given(st.integers(1, 10**8 - 1))
def test_every_number_is_found_in_digits_and_in_numerals(number: int) -> None:
    literal = typed(str(number), "integer")
    assert look_up(literal, f"共{number}家").found
    assert look_up(literal, f"共{_numeral(number)}家").found
