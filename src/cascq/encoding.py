"""The bytes of a file, unpacked, and its text; with messages that say what a file looks like that is neither.

All that reads RDF goes through here, so that compressed files and pipes are read in every place alike.
"""

from __future__ import annotations

import gzip
import re
import stat
import sys
import zlib
from functools import cache
from pathlib import Path

from cascq.chinese import reason
from cascq.errors import CascqError

STDIN = Path("-")
_GZIP = b"\x1f\x8b"
_PACKED = {b"PK\x03\x04": "zip", b"\xfd7zXZ": "xz", b"BZh": "bzip2", b"(\xb5/\xfd": "zstd", b"7z\xbc\xaf": "7z"}
_BYTE_ORDER_MARKS = {  # the longer ones first: one of UTF-32 begins like one of UTF-16
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_GB_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")  # the characters in daily use; the rest of GB18030 is more than these
_BEGINNING = 1 << 16


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, of a gzip file unpacked; `-` is standard input.

    What can be read only once, as a pipe, is kept for the next time.

    Raises:
        CascqError: it cannot be read, or is a gzip file that is damaged or cut off.
    """
    try:
        if path == STDIN or not stat.S_ISREG(path.stat().st_mode):
            return _read_once(path)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise CascqError(f"{path}: no such file", f"{path}：文件不存在") from error
    except IsADirectoryError as error:
        raise CascqError(f"{path}: this is a folder, not a file", f"{path}：这是文件夹，不是文件") from error
    except OSError as error:
        raise cannot_be_read(path, error) from error
    return _unpacked(path, content)


@cache
def _read_once(path: Path) -> bytes:
    if path == STDIN and sys.stdin is None:
        raise CascqError("-: standard input is closed", "-：标准输入已关闭")
    return _unpacked(path, sys.stdin.buffer.read() if path == STDIN else path.read_bytes())


def cannot_be_read(path: Path, error: OSError) -> CascqError:
    """Return the error that says why the system refused a file."""
    return CascqError(f"{path}: cannot be read: {reason(error, 'en')}", f"{path}：无法读取：{reason(error, 'zh')}")


def _unpacked(path: Path, content: bytes) -> bytes:
    """Unpack what is packed with gzip, whatever the file is called."""
    if not content.startswith(_GZIP):
        if path.suffix.lower() == ".gz" and content:
            raise CascqError(f"{path}: not a gzip file, though its name says so", f"{path}：名为 .gz，却不是 gzip 文件")
        return content
    try:
        return gzip.decompress(content)
    except EOFError as error:
        raise CascqError(
            f"{path}: the gzip file is cut off: its end is missing", f"{path}：gzip 文件不完整：缺少末尾"
        ) from error
    except (OSError, zlib.error) as error:
        raise CascqError(
            f"{path}: the gzip file is damaged ({error})", f"{path}：gzip 文件已损坏（{error}）"
        ) from error


def open_text(path: Path) -> str:
    """Return the text of a UTF-8 file as it stands, line ends included, without a byte order mark.

    Raises:
        CascqError: it cannot be read, or is not UTF-8.
    """
    return decode(read_bytes(path), path)


def decode(content: bytes, path: Path) -> str:
    """Return the text of what was read from a file.

    Raises:
        CascqError: it is not UTF-8; with the place of the first wrong byte, and what it looks like.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        packed = next((name for beginning, name in _PACKED.items() if content.startswith(beginning)), None)
        if packed is not None:
            raise CascqError(
                f"{path}: this is a {packed} file; unpack it first", f"{path}：这是 {packed} 压缩文件；请先解压"
            ) from error
        line = len(re.findall(rb"\r\n?|\n", content[: error.start])) + 1
        en, zh = _looks_like(content)
        raise CascqError(
            f"{path}:{line}: not UTF-8: byte {error.start + 1} of the file is 0x{content[error.start]:02x}{en}",
            f"{path}:{line}：不是 UTF-8 编码：文件的第 {error.start + 1} 个字节是 0x{content[error.start]:02x}{zh}",
        ) from error


def _looks_like(content: bytes) -> tuple[str, str]:
    """Guess the encoding of what is not UTF-8, in English and Chinese; nothing if there is no good guess."""
    name = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    beginning = content[:_BEGINNING]
    zeros = sorted((beginning[0::2].count(0), beginning[1::2].count(0)))
    if name is None and zeros[1] > len(beginning) // 4 and zeros[0] < zeros[1] // 20 + 1:
        name = "UTF-16"  # of what is mostly ASCII, every other byte is zero
    if name is None and b"\0" in beginning:
        return "; this looks like a binary file", "；这像是二进制文件"
    if name is None:
        # Pairs of two high bytes are rare in Western encodings, in which single letters have accents.
        pairs = len(_GB_PAIR.findall(content))
        if 10 * 2 * pairs >= 9 * len(_NOT_ASCII.findall(content)):
            name = "GB18030 (GBK, GB2312)"
    if name is None:
        return "; save the file as UTF-8", "；请将文件另存为 UTF-8"
    return f"; this looks like {name}: save it as UTF-8", f"；看起来是 {name}：请另存为 UTF-8"
