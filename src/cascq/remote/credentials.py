"""Who a store is asked as: from the environment, a netrc file or a prompt, never from a command line or a URL.

What stands on a command line can be read by everybody on the machine and stays in the shell's history.
"""

from __future__ import annotations

import getpass
import netrc
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cascq.errors import CascqError


@dataclass(frozen=True)
class Credentials:
    """A user with a password, or a token, or nothing. Neither is ever printed: not even by `repr`.

    Attributes:
        user: the user's name, or "".
        password: the password, or "".
        token: a bearer token (RFC 6750), or "".
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.user or self.token)


def refuse_in_url(url: str) -> None:
    """Refuse a URL with credentials in it.

    Raises:
        CascqError: with how to do it instead; what was typed is not repeated.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        host = parts.hostname or ""
        raise CascqError(
            f"the URL for {host} has a user or a password in it, which the shell's history and the list of processes "
            f"show to others; leave it out, and use --user NAME (asks for the password), or CASCQ_USER and "
            "CASCQ_PASSWORD in the environment, or a netrc file",
            f"{host} 的 URL 中含有用户名或密码，会留在命令历史和进程列表中被他人看到；请去掉，改用 --user 名称"
            f"（会询问密码）、环境变量 CASCQ_USER 和 CASCQ_PASSWORD，或 netrc 文件",
        )


def find(
    url: str,
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
    ask: Callable[[str], str] | None = None,
    others: Iterable[str] = (),
) -> Credentials:
    """Find the credentials for a store.

    In order: a token, or user and password, of the environment; the entry of the host in a netrc file (NETRC, or
    .netrc in the home folder); for a user without a password, a prompt if there is a terminal.

    Args:
        url: an address of the store; its host is looked up in the netrc file.
        user: the user's name, if it was given; then a token of the environment is not used.
        environ: the environment; the process's if left out.
        ask: how to ask for a password, given the prompt; on the terminal if left out.
        others: more addresses of the store, to which the credentials go as well.

    Raises:
        CascqError: the URL has credentials in it, the netrc file is broken or has other entries for the hosts of the
            other addresses, or there is a user but no password.
    """
    refuse_in_url(url)
    environ = os.environ if environ is None else environ
    if user is None and (token := environ.get("CASCQ_TOKEN")):
        if not re.fullmatch(r"[!-~]+", token):
            raise CascqError(
                "CASCQ_TOKEN is no token: it may have no blanks, line ends or characters beyond ASCII",
                "CASCQ_TOKEN 不是令牌：其中不能有空白、换行或非 ASCII 字符",
            )
        return Credentials(token=token)
    name = user or environ.get("CASCQ_USER", "")
    if name and "CASCQ_PASSWORD" in environ and environ.get("CASCQ_USER", name) == name:
        return Credentials(name, environ["CASCQ_PASSWORD"])
    hosts = list(dict.fromkeys(urlsplit(address).hostname or "" for address in (url, *others) if address))
    host = ", ".join(hosts)
    entries = {_from_netrc(one, environ) for one in hosts}
    if len(entries) > 1:
        raise CascqError(
            f"the services of the store are on different hosts ({host}), for which the netrc file has different "
            "entries; set CASCQ_USER and CASCQ_PASSWORD if one user is meant for all of them",
            f"存储的各服务位于不同主机（{host}），netrc 文件中的条目不一致；"
            "如各主机使用同一用户，请设置 CASCQ_USER 和 CASCQ_PASSWORD",
        )
    (login, password), *_ = entries
    if login and (not name or name == login):
        return Credentials(login, password)
    if not name:
        return Credentials()
    if ask is None and sys.stdin is not None and sys.stdin.isatty():
        ask = getpass.getpass
    if ask is None:
        other = environ.get("CASCQ_USER", name)
        if "CASCQ_PASSWORD" in environ and other != name:
            raise CascqError(
                f"no password for user '{name}' of {host}: the one in CASCQ_PASSWORD is of user '{other}' (CASCQ_USER)",
                f"没有 {host} 用户“{name}”的密码：CASCQ_PASSWORD 属于用户“{other}”（CASCQ_USER）",
            )
        raise CascqError(
            f"no password for user '{name}' of {host}: set CASCQ_PASSWORD, or write it into a netrc file "
            "(there is no terminal to ask on)",
            f"没有 {host} 用户“{name}”的密码：请设置 CASCQ_PASSWORD，或写入 netrc 文件（没有可供询问的终端）",
        )
    try:
        return Credentials(name, ask(f"{name}@{host}: "))
    except EOFError:
        raise CascqError(f"no password for user '{name}' of {host}", f"没有 {host} 用户“{name}”的密码") from None


def _from_netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return login and password of a host in the netrc file, or two empty strings."""
    named = environ.get("NETRC")
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if not named and not home:
        return "", ""
    path = Path(named) if named else Path(home or "") / ".netrc"
    if not named and not path.is_file():
        return "", ""
    try:
        entry = netrc.netrc(path).authenticators(host)
    except netrc.NetrcParseError as error:
        # error.msg may hold what stands in the file: only the line is told
        where = f"{path}:{error.lineno}"
        raise CascqError(f"{where}: broken netrc file", f"{where}：netrc 文件有错") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CascqError(f"{path}: cannot be read", f"{path}：无法读取") from error
    return (entry[0] or "", entry[2] or "") if entry else ("", "")
