"""What a miner may be called where no two may be called the same: metric prefixes, dashboard files, log files."""

import heapq
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pluto.model.miner import MacAddress, Miner

MAX_NAME_CHARACTERS: Final = 64
OVERVIEW: Final = "overview"
SERVICE_LOG: Final = "combined"
_MAX_FILE_BYTES: Final = 200  # 64 characters may be 256 bytes, and 255 is what a file system takes with everything appended
_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9_]")
_NOT_A_FILE: Final = re.compile("[/\\\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
_LEADING_DOTS: Final = re.compile(r"^\.+")


def sanitised(hostname: str) -> str:
    """Return *hostname* with two underscores for every character outside `[A-Za-z0-9_]` (contract D.2 step 2)."""
    return _NOT_A_NAME.sub("__", hostname)


def nameless(mac: MacAddress) -> str:
    """Return what a miner without host name is called: `miner_<12 hex digits of the MAC>`."""
    return f"miner_{_digits(mac)}"


def dashboard_name(prefix: str, hostname: str | None, mac: MacAddress) -> str:
    """Return the dashboard's file name, without `.json`, of the miner with that metric *prefix* (contract F.1)."""
    if prefix == OVERVIEW:
        return f"{prefix}_{_digits(mac)[-6:]}"
    # Only a metric name may not begin with a digit, a file name may.
    return prefix[1:] if hostname and hostname[0] in "0123456789" else prefix


def usual_prefixes(hostname: str | None, mac: MacAddress) -> tuple[str, str]:
    """Return what a miner's metrics begin with if nobody minds, and where somebody does (contract D.2 step 4)."""
    plain, _ = _plain_prefix(hostname, mac)
    return plain, f"{plain}_{_digits(mac)[-6:]}"


@dataclass(frozen=True, slots=True)
class Names:
    """One kind of name: what a miner is called if nobody minds, what nobody may be called, which names exclude which.

    *plain* also tells whether the name had to be cut, and so needs the MAC to tell it from others cut alike.
    """

    plain: Callable[[str | None, MacAddress], tuple[str, bool]]
    is_reserved: Callable[[str], bool]
    rivals: Callable[[str], Sequence[str]]


def metric_prefixes(suffixes: Sequence[str], taken: Iterable[str], namespaces: Iterable[str]) -> Names:
    """Return the rules of contract D.2 for metrics called `<prefix>_<suffix>`.

    No metric may bear a name in *taken*; a prefix may not begin with a word of *namespaces*. Two prefixes exclude each
    other when any metric name of one is a metric name of the other: `x` + `core_voltage_volts` = `x_core` + `voltage_volts`.
    """
    pairs = [(longer, f"_{shorter}") for longer in suffixes for shorter in suffixes]
    middles = {longer.removesuffix(end) for longer, end in pairs if longer.endswith(end)}
    forbidden = {name.removesuffix(f"_{suffix}") for name in taken for suffix in suffixes if name.endswith(f"_{suffix}")}
    words = frozenset(namespaces)

    def rivals(prefix: str) -> list[str]:
        longer = [f"{prefix}_{middle}" for middle in middles]
        shorter = [prefix.removesuffix(f"_{middle}") for middle in middles if prefix.endswith(f"_{middle}")]
        return [prefix, *longer, *shorter]

    return Names(
        plain=_plain_prefix,
        is_reserved=lambda prefix: prefix in forbidden or prefix.partition("_")[0] in words,
        rivals=rivals,
    )


def log_files() -> Names:
    """Return the rules for the name, without `.log`, of a miner's log file (contract I, trust 7.2)."""
    return Names(plain=_plain_file, is_reserved=lambda name: name == SERVICE_LOG, rivals=lambda name: (name,))


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    rank: tuple[bool, int, MacAddress]
    miner: Miner
    hostname: str | None


class NameBook:
    """Who bears which name. A name goes to the miner registered first among the watched; a kept one gives way to any of them.

    Nobody is moved because a better name became free: what happens to one miner leaves the others' names alone,
    except where somebody registered earlier asks for one.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._claims: dict[MacAddress, tuple[_Claim, str]] = {}
        self._holders: dict[str, _Claim] = {}

    def name(self, mac: MacAddress) -> str | None:
        """Return the name of the miner, or None when it has none."""
        held = self._claims.get(mac)
        return None if held is None else held[1]

    def claim(self, miner: Miner, hostname: str | None) -> list[MacAddress]:
        """Name the watched *miner* after *hostname*; return all whose name is another than before, itself included.

        Costs the work of this miner and of those it displaces, however many miners there are.
        """
        before: dict[MacAddress, str | None] = {}
        claim = _Claim((False, miner.order, miner.mac), miner, hostname)
        waiting = [claim]
        while waiting:
            claim = heapq.heappop(waiting)
            mac = claim.miner.mac
            before.setdefault(mac, self.name(mac))
            self.forget(mac)
            name, displaced = self._best(claim)
            for other in displaced:
                before.setdefault(other.miner.mac, self.name(other.miner.mac))
                self.forget(other.miner.mac)
                heapq.heappush(waiting, other)
            self._holders[name] = claim
            self._claims[mac] = claim, name
        return [mac for mac, name in before.items() if self.name(mac) != name]

    def keep(self, mac: MacAddress) -> None:
        """Let the miner, no longer watched, keep its name until a watched one asks for it."""
        held = self._claims.get(mac)
        if held is None:
            return
        claim, name = held
        kept = _Claim((True, claim.miner.order, mac), claim.miner, claim.hostname)
        self._claims[mac] = kept, name
        self._holders[name] = kept

    def forget(self, mac: MacAddress) -> None:
        """Free the name of the miner; harmless when it has none."""
        held = self._claims.pop(mac, None)
        if held is not None:
            del self._holders[held[1]]

    def _best(self, claim: _Claim) -> tuple[str, list[_Claim]]:
        for name in self._candidates(claim):
            rivals = [holder for rival in self._names.rivals(name) if (holder := self._holders.get(rival)) is not None]
            if all(claim.rank < rival.rank for rival in rivals):
                return name, rivals
        raise AssertionError("the candidates never end")

    def _candidates(self, claim: _Claim) -> Iterator[str]:
        plain, was_cut = self._names.plain(claim.hostname, claim.miner.mac)
        if not was_cut and not self._names.is_reserved(plain):
            yield plain
        digits = _digits(claim.miner.mac)
        yield f"{plain}_{digits[-6:]}"
        # Somebody may be called just that, or end in the same six digits.
        yield f"{plain}_{digits}"
        for number in itertools.count(2):
            yield f"{plain}_{digits}_{number}"


def _plain_prefix(hostname: str | None, mac: MacAddress) -> tuple[str, bool]:
    name = sanitised(hostname) if hostname else nameless(mac)
    cut = name[:MAX_NAME_CHARACTERS]
    return f"_{cut}" if cut[0] in "0123456789" else cut, cut != name


def _plain_file(hostname: str | None, mac: MacAddress) -> tuple[str, bool]:
    name = _NOT_A_FILE.sub("_", hostname) if hostname else nameless(mac)
    name = _LEADING_DOTS.sub(lambda dots: "_" * len(dots[0]), name)
    cut = name[:MAX_NAME_CHARACTERS].encode()[:_MAX_FILE_BYTES].decode(errors="ignore")
    return cut, cut != name


def _digits(mac: MacAddress) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", mac)  # an old record's key may be any text
