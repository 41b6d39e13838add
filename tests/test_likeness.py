"""How names are compared, and what resembles them."""

from __future__ import annotations

import pytest

from cascq.likeness import comparable, excerpt, likeness, normalise


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("“十三五”期间", "十三五期间"),
        ("《全面科技合作协议》", "全面科技合作协议"),
        ("金属 3D 打印系统", "金属３Ｄ打印系统"),
        ("the People’s  Government", "The People's Government"),
    ],
)
def test_what_is_typed_differently_is_the_same_name(text: str, same: str) -> None:
    assert comparable(text) == comparable(same)


def test_letters_keep_their_blanks_and_mere_quotes_stay() -> None:
    assert comparable("Robot  Park") == "robot park"
    assert comparable("《》") == normalise("《》") == "《》"
    assert comparable(" ") == ""


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("竹溪联盟", "竹溪智谷科企联盟"),  # characters left out
        ("孵化园", "科技孵化园"),  # contained
        ("重庆研究院二期", "重庆研究院"),  # nearly all of it is a name
        ("唐良志", "唐良智"),  # one wrong
        ("赛领科技", "塞领科技有限公司"),  # one wrong, at the beginning of a longer name
        ("重庆研究研院", "重庆研究院"),  # one too many
        ("重庆究研院", "重庆研究院"),  # two swapped
        ("robot park", "new area robot industrial park"),
        ("zhuxi aliance", "zhuxi zhigu alliance"),
        ("cigitt", "cigit"),
    ],
)
def test_what_resembles_a_name(asked: str, name: str) -> None:
    assert likeness(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("mayor tang", "more than"),
        ("five platforms", "platform level"),
        ("竹谷联企", "竹溪智谷科企联盟"),  # single characters here and there, and in another order
        ("工程师", "工程院长"),
        ("无此名称", "名称"),
        ("x", "x-ray"),
        ("park", "robot bark"),
        ("中国科", "药国科"),
    ],
)
def test_what_does_not(asked: str, name: str) -> None:
    assert likeness(asked, name) is None


def test_what_holds_all_that_was_asked_for_comes_before_a_part_of_it() -> None:
    names = ["3d打印", "重庆市3d打印应用工程技术研究中心", "国家3d打印中心"]
    assert sorted(names, key=lambda name: likeness("3d打印中心", name) or (9, 9)) == names[::-1]


def test_an_excerpt_is_the_part_around_what_was_asked_for() -> None:
    assert excerpt("短文", "文") == "短文"
    long = "前" * 50 + "国通" + "后" * 50
    assert excerpt(long, "国通") == "…" + "前" * 20 + "国通" + "后" * 38 + "…"
    assert excerpt(long, "别的") == "前" * 50 + "国通" + "后" * 8 + "…"
