"""From what the user calls a store to a connection to it."""

from __future__ import annotations

from cascq.errors import CascqError
from cascq.remote import credentials, profiles
from cascq.remote.faults import shown
from cascq.remote.profiles import Addresses, Profile
from cascq.remote.protocol import TIMEOUT, Client


def connect(
    url: str,
    profile: str | None = None,
    user: str | None = None,
    timeout: float | None = None,
    *,
    addresses: Addresses | None = None,
    fallback: Profile | None = None,
) -> tuple[Client, Profile]:
    """Connect to a store.

    Args:
        url: its base URL, or the address of one of its services.
        profile: the name of its profile; found out from its first answer if left out.
        user: who asks; see `credentials.find`.
        timeout: seconds until it must have begun to answer; `TIMEOUT` if left out.
        addresses: of its services, if they are not those of the profile.
        fallback: what to take it for if it is not recognised; an error if left out.

    Raises:
        CascqError: the URL is none, the profile is unknown, or the store cannot be reached or recognised.
    """
    profiles.check_url(url)
    others = (addresses.query, addresses.update, addresses.graph_store) if addresses else ()
    who = credentials.find(url, user, others=others)
    timeout = TIMEOUT if timeout is None else timeout
    if profile is not None:
        kind = profiles.named(profile)
    elif addresses is not None:
        kind = profiles.named("sparql")
    else:
        kind = _recognise(url, timeout, fallback)
    where = addresses or kind.addresses(url)
    return Client(where, who, kind.authentication, prologue=kind.prologue, timeout=timeout), kind


def _recognise(url: str, timeout: float, fallback: Profile | None) -> Profile:
    """Find out which store is at a URL."""
    with Client(Addresses(url), timeout=timeout) as client:
        kind = profiles.recognise(url, client.probe(url)) or fallback
    if kind is None:
        known = ", ".join(profiles.PROFILES)
        raise CascqError(
            f"{shown(url)}: which store is this? Say so with --profile ({known}), or give the addresses of its "
            "services with --query-url, --update-url and --graph-store-url",
            f"{shown(url)}：无法识别这是哪种存储；请用 --profile 指明（{known}），"
            "或用 --query-url、--update-url、--graph-store-url 给出各服务的地址",
        )
    return kind
