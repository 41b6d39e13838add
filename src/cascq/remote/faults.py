"""What can go wrong between us and a server, said so that a person knows what to do."""

from __future__ import annotations

import errno
import html
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from cascq.errors import CascqError

AGAIN = {408, 429, 502, 503, 504}  # the server says "later": the request is sent again
_FULL = re.compile(r"no space left|disk (is )?full|quota|out of disk|insufficient storage|ENOSPC", re.IGNORECASE)
_EXCERPT = 300  # characters of what a server says that are shown


class ServerError(CascqError):
    """A server could not be reached, refused, or answered something that makes no sense.

    Attributes:
        status: the HTTP status, or None if there was no (whole) answer.
        again: whether sending the same request again may help.
        after: how many seconds the server wants to be left alone first, or None.
        said: the beginning of what the server said, or "".
        asked: how it wants to be told who asks: its header WWW-Authenticate, or "".
    """

    def __init__(
        self, en: str, zh: str, *, status: int | None = None, again: bool = False, after: float | None = None,
        said: str = "", asked: str = "",
    ) -> None:  # fmt: skip
        super().__init__(en, zh)
        self.said = said
        self.status = status
        self.again = again
        self.after = after
        self.asked = asked


def shown(url: str) -> str:
    """Return a URL as messages show it: without its parameters, where a key may stand; "" if it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def excerpt(body: bytes, hidden: Iterable[str] = ()) -> str:
    """Return the beginning of what a server said, on one line; of a page, its text.

    Args:
        body: what it said.
        hidden: passwords and the like, which it may repeat to whoever sent them, but we do not.
    """
    text = body[: 20 * _EXCERPT].decode("utf-8", "replace")
    if re.search(r"<(html|!doctype)", text, re.IGNORECASE):
        text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1>|$)|<[^>]*>", " ", text)
        text = html.unescape(text)
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "***")
    text = " ".join(character for character in text.split() if character.isprintable())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def refused(
    url: str, status: int, headers: Mapping[str, str], body: bytes, *, known: bool, sent: bool = True,
    hidden: Iterable[str] = (),
) -> ServerError:  # fmt: skip
    """Return what a status other than 2xx means.

    Args:
        url: what was asked.
        status: the HTTP status.
        headers: of the response, names in lower case.
        body: of the response.
        known: whether there are credentials.
        sent: whether they were sent.
        hidden: what is not to be repeated; see `excerpt`.
    """
    where, said, asked = shown(url), excerpt(body, hidden), headers.get("www-authenticate", "")
    en = zh = ""
    if 300 <= status < 400:
        target = shown(headers.get("location", ""))
        return ServerError(
            f"{where} redirects to {target or 'somewhere else'} (HTTP {status}); redirects are not followed, lest a "
            "password go to another server: give the address where the store really is",
            f"{where} 重定向到 {target or '其他地址'}（HTTP {status}）；为避免密码被发往其他服务器，不跟随重定向："
            "请直接给出存储的实际地址",
            status=status,
        )
    if status == 401 and known and not sent:
        way = asked.partition(" ")[0]
        way = way or "?"
        en = f"the store asks for a login in a way ({way}) that its profile does not have: is --profile right?"
        zh = f"存储要求的认证方式（{way}）与其类型不符：--profile 是否正确？"
    elif status == 401 and known:
        en, zh = "user, password or token is wrong", "用户名、密码或令牌不正确"
    elif status == 401:
        en = "this store asks for a user: --user NAME, or CASCQ_USER and CASCQ_PASSWORD, CASCQ_TOKEN, or a netrc file"
        zh = "此存储要求登录：--user 名称，或 CASCQ_USER 和 CASCQ_PASSWORD、CASCQ_TOKEN，或 netrc 文件"
    elif status == 403:
        en, zh = (
            "not allowed (is the store read-only, or may this user not do that?)",
            "不允许（存储只读，或该用户无权）",
        )
    elif status in {404, 405, 501}:
        en = "there is no such service at this address: check the URL and --profile"
        zh = "此地址没有该服务：请检查 URL 和 --profile"
    elif status in {413, 507} or _FULL.search(said):
        en, zh = (
            "the store has no room for this (disk full, quota, or request too large)",
            "存储空间不足（磁盘已满、超出配额或请求过大）",
        )
    elif status == 429:
        en, zh = "the store asks to be left alone for a while", "存储要求暂停请求"
    elif status == 400:
        en, zh = "the store did not understand the request", "存储不理解该请求"
    elif status >= 500:
        en, zh = "the store failed", "存储出错"
    tail = f": {said}" if said else ""
    return ServerError(
        f"{where}: HTTP {status}{f': {en}' if en else ''}{tail}",
        f"{where}：HTTP {status}{f'：{zh}' if zh else ''}{tail}",
        status=status,
        again=status in AGAIN and not _FULL.search(said),
        after=_seconds(headers.get("retry-after")),
        said=said,
        asked=asked,
    )


def _seconds(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header; None if there is none, or if it is a date (RFC 9110, 10.2.3)."""
    return float(value) if value and value.strip().isdecimal() else None


def not_sparql(url: str, kind: str, body: bytes, hidden: Iterable[str] = ()) -> ServerError:
    """Return what a successful answer of a wrong kind means: mostly a page of some other service.

    Args:
        url: what was asked.
        kind: the content type of the answer.
        body: the answer.
        hidden: what is not to be repeated; see `excerpt`.
    """
    where, said, kind = shown(url), excerpt(body, hidden), kind or "no content type"
    return ServerError(
        f"{where} answered with {kind}, not with SPARQL results: is that the address of a SPARQL service?"
        + (f" It says: {said}" if said else ""),
        f"{where} 返回的是 {kind}，不是 SPARQL 结果：这是 SPARQL 服务的地址吗？"
        + (f"返回内容：{said}" if said else ""),
        status=200,
    )


def broken(url: str, detail: str) -> ServerError:
    """Return the error for an answer that ends too early or is not well formed."""
    where = shown(url)
    return ServerError(
        f"{where}: the answer is cut off or broken: {detail}",
        f"{where}：返回的内容不完整或已损坏：{detail}",
        again=True,
    )


def slow(url: str, seconds: float) -> ServerError:
    """Return the error for an answer that drips."""
    where = shown(url)
    return ServerError(
        f"{where}: the answer comes too slowly, and is not complete after {seconds:.0f} s (--timeout gives it more)",
        f"{where}：应答过慢，{seconds:.0f} 秒后仍不完整（可用 --timeout 延长）",
    )


def endless(url: str, size: int) -> ServerError:
    """Return the error for an answer that goes on and on."""
    where, most = shown(url), f"{size // 1_000_000} MB"
    return ServerError(
        f"{where}: the answer has more than {most}: is that the address of a SPARQL service?",
        f"{where}：应答超过 {most}：这是 SPARQL 服务的地址吗？",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything that led to it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def lost(url: str, error: BaseException, timeout: float) -> ServerError:
    """Return what an error of the connection means.

    Args:
        url: what was asked.
        error: what the HTTP library raised.
        timeout: how many seconds it has waited.
    """
    where = shown(url)
    causes = list(_chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        host = urlsplit(url).hostname
        return ServerError(f"{where}: there is no host called {host}", f"{where}：找不到主机 {host}")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return ServerError(
            f"{where}: nobody listens there: is the server running, is the port right?",
            f"{where}：无法连接：服务器在运行吗？端口对吗？",
            again=True,
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        detail = next(str(cause) for cause in causes if isinstance(cause, ssl.SSLError))
        return ServerError(f"{where}: no secure connection: {detail}", f"{where}：无法建立安全连接：{detail}")
    if any(isinstance(cause, TimeoutError) or type(cause).__name__.endswith("TimeoutError") for cause in causes):
        return ServerError(
            f"{where}: no answer within {timeout:.3g} s (--timeout gives it more); "
            "what was sent may still be at work there",
            f"{where}：{timeout:.3g} 秒内没有应答（可用 --timeout 延长）；已发送的请求可能仍在执行",
        )
    numbers = {getattr(cause, "errno", None) for cause in causes}
    if numbers & {errno.EHOSTUNREACH, errno.ENETUNREACH}:
        return ServerError(f"{where}: the host cannot be reached", f"{where}：无法到达该主机", again=True)
    return ServerError(f"{where}: the connection was lost", f"{where}：连接中断", again=True)
