"""Every setting: its variable, type, range, default and meaning. Nothing else reads the environment."""

import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from pluto.errors import BadSetting

CONFIG_FILE: Final = "pluto.toml"
"""Read from the data folder, keys as the variables in any case; the environment wins."""

_Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
_Celsius = Annotated[float, msgspec.Meta(ge=30, le=150)]
_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
_Url = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/?#@]+(/[^\s?#@]*)?)?$")]


def _setting(variable: str, default: Any) -> Any:
    return msgspec.field(name=variable, default=default)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the environment and `pluto.toml` say; SETTINGS has the meaning of each. Printing it shows no password."""

    port: _Port = _setting("PORT", 7776)
    bind: Annotated[str, msgspec.Meta(min_length=1)] = _setting("PLUTO_BIND", "127.0.0.1")
    allowed_hosts: tuple[str, ...] = _setting("PLUTO_ALLOWED_HOSTS", ())
    allowed_origins: tuple[str, ...] = _setting("PLUTO_ALLOWED_ORIGINS", ())
    trusted_proxies: tuple[str, ...] = _setting("PLUTO_TRUSTED_PROXIES", ())
    auth: Literal["off", "password"] = _setting("PLUTO_AUTH", "off")
    password: str = _setting("PLUTO_PASSWORD", "")
    password_file: str = _setting("PLUTO_PASSWORD_FILE", "")
    viewer_password: str = _setting("PLUTO_VIEWER_PASSWORD", "")
    viewer_password_file: str = _setting("PLUTO_VIEWER_PASSWORD_FILE", "")
    miner_networks: tuple[str, ...] = _setting(
        "PLUTO_MINER_NETWORKS", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8")
    )
    discovery_service_host: _Url = _setting("DISCOVERY_SERVICE_HOST", "")
    discovery_networks: tuple[str, ...] = _setting("PLUTO_DISCOVERY_NETWORKS", ())
    discovery_interfaces: tuple[str, ...] = _setting("PLUTO_DISCOVERY_INTERFACES", ())
    discovery_max_addresses: Annotated[int, msgspec.Meta(ge=1, le=1_048_576)] = _setting("PLUTO_DISCOVERY_MAX_ADDRESSES", 4096)
    discovery_mdns: bool = _setting("PLUTO_DISCOVERY_MDNS", True)
    detect_mock_devices: bool = _setting("DETECT_MOCK_DEVICES", False)
    mock_discovery_host: _Url = _setting("MOCK_DISCOVERY_HOST", "")
    mock_device_host: str = _setting("MOCK_DEVICE_HOST", "")
    grafana_host: _Url = _setting("GF_HOST", "")
    prometheus_host: _Url = _setting("PROMETHEUS_HOST", "http://prometheus:9090")
    auto_listen: bool = _setting("AUTO_LISTEN", False)
    delete_data_on_device_remove: bool = _setting("DELETE_DATA_ON_DEVICE_REMOVE", False)
    data_dir: str = _setting("PLUTO_DATA_DIR", "./data")
    dashboards_dir: str = _setting("PLUTO_DASHBOARDS_DIR", "./grafana/dashboards")
    templates_dir: str = _setting("PLUTO_TEMPLATES_DIR", "./grafana_templates")
    logs_dir: str = _setting("PLUTO_LOGS_DIR", "./logs")
    secret_key: str = _setting("PLUTO_SECRET_KEY", "")
    secret_key_file: str = _setting("PLUTO_SECRET_KEY_FILE", "")
    system_info_timeout_ms: Annotated[int, msgspec.Meta(ge=100, lt=5000)] = _setting("SYSTEM_INFO_TIMEOUT_MS", 4000)
    hot_chip_celsius: _Celsius = _setting("PLUTO_HOT_CHIP_CELSIUS", 75.0)
    hot_vr_celsius: _Celsius = _setting("PLUTO_HOT_VR_CELSIUS", 90.0)
    low_percent: _Percent = _setting("PLUTO_LOW_PERCENT", 80.0)
    rejected_percent: _Percent = _setting("PLUTO_REJECTED_PERCENT", 5.0)
    price_per_kwh: Annotated[float, msgspec.Meta(ge=0, le=1000)] = _setting("PLUTO_PRICE_PER_KWH", 0.0)
    flush_s: Annotated[float, msgspec.Meta(ge=1, le=3600)] = _setting("PLUTO_FLUSH_S", 60.0)
    history: bool = _setting("PLUTO_HISTORY", True)
    history_raw_hours: Annotated[float, msgspec.Meta(ge=1, le=720)] = _setting("PLUTO_HISTORY_RAW_HOURS", 48.0)
    history_minute_days: Annotated[float, msgspec.Meta(ge=1, le=400)] = _setting("PLUTO_HISTORY_MINUTE_DAYS", 30.0)
    history_hour_days: Annotated[float, msgspec.Meta(ge=1, le=7300)] = _setting("PLUTO_HISTORY_HOUR_DAYS", 730.0)
    metrics_contract_set: bool = _setting("PLUTO_METRICS_BY_NAME", True)
    metrics_labelled_set: bool = _setting("PLUTO_METRICS_BY_LABEL", True)
    log_level: Annotated[str, msgspec.Meta(pattern=r"^(?i:debug|info|warning|error)$")] = _setting("PLUTO_LOG_LEVEL", "info")

    @property
    def is_beyond_this_machine(self) -> bool:
        """Return whether other machines can reach us."""
        try:
            return not ip_address(self.bind).is_loopback
        except ValueError:
            return self.bind != "localhost"

    @property
    def is_open_to_network(self) -> bool:
        """Return whether other machines can reach us and nobody is asked who he is (trust 3.8)."""
        return self.auth == "off" and self.is_beyond_this_machine

    def __repr__(self) -> str:
        fields = ((field.name, field.encode_name) for field in msgspec.structs.fields(self))
        shown = (f"{name}={'***' if of in SECRET_SETTINGS else repr(getattr(self, name))}" for name, of in fields)
        return f"Settings({', '.join(shown)})"


SETTINGS: Final[Mapping[str, str]] = {
    "PORT": "port of HTTP and Socket.IO; 0 takes a free one",
    "PLUTO_BIND": "address to listen on; 0.0.0.0 is every network of this machine (`--lan`)",
    "PLUTO_ALLOWED_HOSTS": "further names under which browsers may reach this server (comma list)",
    "PLUTO_ALLOWED_ORIGINS": "other web pages that may use this server, as `https://name:port` (comma list)",
    "PLUTO_TRUSTED_PROXIES": "web servers in front whose X-Forwarded-For and -Proto are believed (comma list of networks)",
    "PLUTO_AUTH": "off: whoever reaches the port may do everything; password: people sign in, programs need a token",
    "PLUTO_PASSWORD": "password of the operator, 8 to 256 characters; `pluto password` sets one without this",
    "PLUTO_PASSWORD_FILE": "file that holds it, instead",
    "PLUTO_VIEWER_PASSWORD": "password of the viewer, who may look and change nothing",
    "PLUTO_VIEWER_PASSWORD_FILE": "file that holds it, instead",
    "PLUTO_MINER_NETWORKS": "networks in which miners may live (comma list of CIDRs)",
    "DISCOVERY_SERVICE_HOST": "base URL of a discovery service; empty: the built-in search",
    "PLUTO_DISCOVERY_NETWORKS": "networks to search, `10.0.0.0/24` or with a port `10.0.0.0/24:8080`; empty: this machine's own",
    "PLUTO_DISCOVERY_INTERFACES": "network interfaces whose networks are searched; empty: all but loopback and containers",
    "PLUTO_DISCOVERY_MAX_ADDRESSES": "the most addresses that PLUTO_DISCOVERY_NETWORKS may hold; 128 a second or so are asked",
    "PLUTO_DISCOVERY_MDNS": "also listen for miners that announce themselves (AxeOS 2.15 and newer)",
    "DETECT_MOCK_DEVICES": "also ask MOCK_DISCOVERY_HOST for mock miners",
    "MOCK_DISCOVERY_HOST": "base URL of the mock list, `http://localhost:7770`",
    "MOCK_DEVICE_HOST": "host of the mock miners; empty: the host of MOCK_DISCOVERY_HOST",
    "GF_HOST": "base URL of Grafana, without `/grafana`; empty: dashboards are written, not published",
    "PROMETHEUS_HOST": "base URL of Prometheus, for `/prometheus/query`",
    "AUTO_LISTEN": "watch all imprinted miners from the start",
    "DELETE_DATA_ON_DEVICE_REMOVE": "removing a miner also deletes its dashboard and metrics",
    "PLUTO_DATA_DIR": "folder that holds `pluto_core/`",
    "PLUTO_DASHBOARDS_DIR": "folder of the Grafana dashboards",
    "PLUTO_TEMPLATES_DIR": "folder of dashboard templates; one that is missing there comes from the package",
    "PLUTO_LOGS_DIR": "folder of the log files",
    "PLUTO_SECRET_KEY": "64 hex digits that seal the passwords of presets in the database; empty: they lie there as they are",
    "PLUTO_SECRET_KEY_FILE": "file that holds PLUTO_SECRET_KEY",
    "SYSTEM_INFO_TIMEOUT_MS": "time limit of a poll in milliseconds, below 5000",
    "PLUTO_HOT_CHIP_CELSIUS": "chip temperature above which a miner is Hot",
    "PLUTO_HOT_VR_CELSIUS": "voltage regulator temperature above which a miner is Hot",
    "PLUTO_LOW_PERCENT": "percent of the expected hashrate under which a miner is Low (mean of 10 minutes)",
    "PLUTO_REJECTED_PERCENT": "percent of shares of 10 minutes above which a miner is Rejecting",
    "PLUTO_PRICE_PER_KWH": "price of a kilowatt hour, for the cost a day on the page; 0: none is shown",
    "PLUTO_FLUSH_S": "seconds between two writes of polled readings to the database",
    "PLUTO_HISTORY": "remember readings and events in `history.sqlite` in the data folder",
    "PLUTO_HISTORY_RAW_HOURS": "hours for which every reading is kept",
    "PLUTO_HISTORY_MINUTE_DAYS": "days for which lowest, average and highest of each minute are kept",
    "PLUTO_HISTORY_HOUR_DAYS": "days for which those of each hour, and events, are kept",
    "PLUTO_METRICS_BY_NAME": "serve the metrics whose names begin with the miner's host name",
    "PLUTO_METRICS_BY_LABEL": "serve the labelled metrics `pluto_miner_*`",
    "PLUTO_LOG_LEVEL": "least severe line that is logged: debug, info, warning, error",
}
"""Variable to meaning; `docs/settings.md` is checked against it."""

PASSWORDS: Final = frozenset({"PLUTO_PASSWORD", "PLUTO_VIEWER_PASSWORD"})
"""Taken as they are typed, blanks at both ends too."""

SECRET_SETTINGS: Final = PASSWORDS | {"PLUTO_SECRET_KEY"}
"""Their values are said nowhere."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of *environment* over `pluto.toml` in its data folder; raises BadSetting, naming the variable."""
    values = {variable: _shaped(variable, value) for variable, value in stated(environment).items()}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(_sentence(str(error), values)) from error
    _check_networks(settings)
    return settings


def stated(environment: Mapping[str, str]) -> Mapping[str, object]:
    """Return what *environment* and `pluto.toml` say themselves, as it stands there: what is missing has its default."""
    folder = environment.get("PLUTO_DATA_DIR", "") or "./data"
    everything = _config_file(Path(folder) / CONFIG_FILE) | dict(environment)
    return {variable: value for variable, value in everything.items() if variable in SETTINGS and value != ""}


def named_in(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the variables that *environment* sets: no file changes these."""
    return frozenset(variable for variable in SETTINGS if environment.get(variable, ""))


def _config_file(path: Path) -> dict[str, object]:
    try:
        return {name.upper(): value for name, value in tomllib.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path} cannot be read as TOML: {error}") from error


def _shaped(variable: str, value: object) -> object:
    default = _DEFAULTS[variable]
    if isinstance(default, bool):
        return value is True or (isinstance(value, str) and value.strip().lower() == "true")
    if isinstance(default, tuple) and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value.strip() if isinstance(value, str) and variable not in PASSWORDS else value


def _sentence(problem: str, values: Mapping[str, object]) -> str:
    reason, _, where = problem.partition(" - at `$.")
    variable = where.split("`")[0].split("[")[0]
    meaning = SETTINGS.get(variable, "setting")
    shown = "***" if variable in SECRET_SETTINGS else repr(values.get(variable))
    return f"{variable} is {shown}: {reason.replace('`', '').lower()} (meaning: {meaning})"


def _check_networks(settings: Settings) -> None:
    for variable, networks in (
        ("PLUTO_MINER_NETWORKS", settings.miner_networks),
        ("PLUTO_DISCOVERY_NETWORKS", [network.partition(":")[0] for network in settings.discovery_networks]),
    ):
        for network in networks:
            try:
                IPv4Network(network, strict=False)
            except ValueError as error:
                raise BadSetting(f"{variable} holds {network!r}, which is no IPv4 network like 192.168.1.0/24") from error
    for network in settings.trusted_proxies:
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise BadSetting(f"PLUTO_TRUSTED_PROXIES holds {network!r}, which is no network like 192.168.1.0/24") from error


_DEFAULTS: Final = {field.encode_name: field.default for field in msgspec.structs.fields(Settings)}
