"""What Python itself says to a user, in Chinese: the words of argparse, and the system's errors.

What is not listed here stays as Python says it.
"""

from __future__ import annotations

import argparse
import errno
from collections.abc import Iterator
from contextlib import contextmanager

_ARGPARSE = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "位置参数",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "invalid choice: %(value)r (choose from %(choices)s)": "无效的选择：%(value)r（可选：%(choices)s）",
    "invalid %(type)s value: %(value)r": "无效的 %(type)s 值：%(value)r",
    "the following arguments are required: %s": "缺少必需的参数：%s",
    "expected one argument": "需要一个值",
    "expected at most one argument": "至多一个值",
    "expected at least one argument": "至少需要一个值",
    "expected %s argument": "需要 %s 个值",
    "expected %s arguments": "需要 %s 个值",
    "not allowed with argument %s": "不能与参数 %s 同用",
    "one of the arguments %s is required": "需要参数 %s 之一",
    "ignored explicit argument %r": "此选项不带值：%r",
    "ambiguous option: %(option)s could match %(matches)s": "选项不明确：%(option)s 可指 %(matches)s",
    "unexpected option string: %s": "意外的选项：%s",
}

_ERRORS = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许此操作",
    errno.EEXIST: "文件已存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "文件系统只读",
    errno.EIO: "读写出错",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EMFILE: "打开的文件过多",
    errno.ELOOP: "符号链接循环",
    errno.EINVAL: "参数无效",
}


@contextmanager
def argparse_in(lang: str) -> Iterator[None]:
    """Let argparse speak Chinese, if `lang` is "zh", for as long as the context lasts.

    argparse asks the gettext functions of its own module for its words; there is no other way to reach them all.
    """
    names = vars(argparse)
    kept: dict[str, object] = {name: names[name] for name in ("_", "ngettext") if name in names}
    if lang != "zh" or len(kept) != 2:
        yield
        return
    names["_"] = lambda text: _ARGPARSE.get(text, text)
    names["ngettext"] = lambda one, many, count: _ARGPARSE.get(one if count == 1 else many, many)
    try:
        yield
    finally:
        names.update(kept)


def reason(error: OSError, lang: str) -> str:
    """Return why the system refused something, without the name of the file."""
    original = error.strerror or str(error)
    return _ERRORS.get(error.errno or 0, original) if lang == "zh" else original
