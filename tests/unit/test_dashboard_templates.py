import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pluto.dashboards.template import PLACEHOLDER, device_dashboard, new_uid, overview_dashboard
from pluto.metrics.families import INFO_NAME, LABELLED, STATE, SUFFIXES
from pluto.metrics.itself import FIGURES, POLLS
from pluto.metrics.overview import NAMES
from pluto.metrics.process import PROCESS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src" / "pluto" / "dashboards" / "templates"
DEVICE = TEMPLATES / "bitaxe_dashboard_template.json"
OVERVIEW = TEMPLATES / "bitaxe_overview_dashboard_template.json"
FLEET = ROOT / "deploy" / "grafana" / "dashboards" / "pluto-fleet.json"
ALL = pytest.mark.parametrize("path", [DEVICE, OVERVIEW, FLEET], ids=lambda path: path.name)
CORE_PANELS = {"timeseries", "stat", "bargauge", "text", "piechart", "table", "state-timeline"}
UNITS = {
    "none",
    "short",
    "GHs",
    "Hs",
    "watt",
    "volt",
    "amp",
    "celsius",
    "percent",
    "percentunit",
    "rotrpm",
    "rothz",
    "bytes",
    "s",
}
OUR_UNITS = {"reqps", "suffix: J/TH"}
DATA_SOURCE = {"type": "prometheus", "uid": "PBFA97CFB590B2093"}
H = PLACEHOLDER

REFERENCE_DEVICE = [
    ("timeseries", [f"{H}_hashrate_ghs", f"avg_over_time({H}_hashrate_ghs[$__range])"], "GHs", 24, 11),
    ("timeseries", [f"{H}_power_watts"], "watt", 12, 8),
    ("timeseries", [f"{H}_power_watts/({H}_hashrate_ghs/1000)"], "suffix: J/TH", 12, 8),
    ("bargauge", [f"{H}_temperature_celsius"], "celsius", 6, 7),
    ("bargauge", [f"{H}_fanspeed_rpm"], "percent", 6, 7),
    ("timeseries", [f"{H}_core_voltage_actual_volts", f"{H}_core_voltage_volts", f"{H}_voltage_volts"], "volt", 12, 7),
]
REFERENCE_OVERVIEW = [
    ("stat", ["total_hardware"], "none", 6, 2),
    ("stat", ["hardware_online"], "none", 6, 2),
    ("stat", ["hardware_offline"], "none", 6, 2),
    ("timeseries", ["total_power_watts"], "watt", 9, 7),
    ("timeseries", ["total_efficiency"], "suffix: J/TH", 9, 7),
    ("timeseries", ["total_hashrate", "total_hashrate/total_hardware"], "GHs", 24, 8),
    ("piechart", ["firmware_version_distribution"], "none", 12, 8),
]
FURTHER = [
    "shares_accepted", "shares_rejected", "uptime_seconds", "free_heap_bytes", "frequency_mhz", "vr_temperature_celsius",
    "fan_rpm", "fan_duty_percent", "online",
]  # fmt: skip


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def test_the_shipped_files_are_what_the_table_of_panels_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "deploy" / "grafana")  # pyright: ignore[reportUnknownMemberType] - its types are incomplete
    drawn = runpy.run_path(str(ROOT / "deploy" / "grafana" / "draw.py"))
    made = {path: drawn["text"](dashboard) for path, dashboard in drawn["dashboards"]().items()}
    assert {path: path.read_text("utf-8") for path in made} == made
    assert set(made) == {DEVICE, OVERVIEW, FLEET}


@ALL
def test_a_dashboard_needs_no_plugin_and_no_variable(path: Path) -> None:
    dashboard = read(path)
    assert {panel["type"] for panel in dashboard["panels"]} <= CORE_PANELS
    assert dashboard["templating"] == {"list": []}
    assert (dashboard["schemaVersion"], dashboard["refresh"], dashboard["timezone"]) == (39, "10s", "browser")
    assert dashboard["time"] == {"from": "now-1h", "to": "now"}
    assert dashboard["id"] is None


@ALL
def test_panels_have_ids_of_their_own_and_do_not_overlap(path: Path) -> None:
    panels = read(path)["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids)
    cells: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not own & cells, panel["title"]
        cells |= own


@ALL
def test_every_query_names_the_provisioned_data_source_and_a_unit_that_grafana_knows(path: Path) -> None:
    for panel in read(path)["panels"]:
        if panel["type"] == "text":
            continue
        assert panel["datasource"] == DATA_SOURCE
        refs = [target["refId"] for target in panel["targets"]]
        assert refs
        assert len(set(refs)) == len(refs)
        assert all(target["datasource"] == DATA_SOURCE for target in panel["targets"])
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS | OUR_UNITS


@pytest.mark.parametrize(("path", "wanted"), [(DEVICE, REFERENCE_DEVICE), (OVERVIEW, REFERENCE_OVERVIEW)])
def test_what_the_dashboards_of_1_3_5_showed_is_shown(path: Path, wanted: list[tuple[str, list[str], str, int, int]]) -> None:
    panels = read(path)["panels"]
    for kind, queries, unit, width, height in wanted:
        assert [
            panel["id"]
            for panel in panels
            if panel["type"] == kind
            and {target["expr"] for target in panel["targets"]} >= set(queries)
            and panel["fieldConfig"]["defaults"]["unit"] == unit
            and (panel["gridPos"]["w"], panel["gridPos"]["h"]) == (width, height)
        ], queries


def test_the_temperature_changes_colour_every_ten_degrees() -> None:
    panel = next(panel for panel in read(DEVICE)["panels"] if panel["title"] == "Temperature")
    steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    assert steps == [None, *range(10, 100, 10)]


@pytest.mark.parametrize("suffix", FURTHER)
def test_a_miner_s_dashboard_also_shows(suffix: str) -> None:
    assert any(f"{H}_{suffix}" in expression for expression in expressions(read(DEVICE)))


def test_the_overview_also_shows_shares_by_pool() -> None:
    assert {"shares_by_pool_accepted", "shares_by_pool_rejected"} <= set(expressions(read(OVERVIEW)))


@ALL
def test_every_metric_in_a_query_is_one_that_pluto_serves(path: Path) -> None:
    served = {f"{H}_{suffix}" for suffix in SUFFIXES} | set(NAMES) | {INFO_NAME, POLLS[0]}
    served |= {row.name for row in (*LABELLED, *STATE, *FIGURES, *PROCESS)}
    served |= {"pluto_poll_lateness_seconds_bucket", "pluto_poll_duration_seconds_bucket"}
    words = {
        word for text in expressions(read(path)) for word in re.findall(r"[@a-zA-Z_][@\w]*_\w+", re.sub(r"{.*?}|\$\w+", "", text))
    }
    functions = {"avg_over_time", "clamp_min", "histogram_quantile", "group_left"}
    assert words - functions - served == set()


def test_placeholders_are_replaced_at_any_depth_in_lists_and_several_in_one_text() -> None:
    template: dict[str, Any] = {
        "title": "old",
        "uid": "old",
        "panels": [{"targets": [{"expr": f"{H}_a/{H}_b"}], "tags": [H, f"x{H}", ["deep", {"deeper": [H]}]]}],
        H: f"the key stays {H}",
        "kept": [1, 1.5, True, None, {}],
    }
    made = device_dashboard(template, "garage", "garage")
    assert made["panels"] == [
        {"targets": [{"expr": "garage_a/garage_b"}], "tags": ["garage", "xgarage", ["deep", {"deeper": ["garage"]}]]}
    ]
    assert made[H] == "the key stays garage"
    assert made["kept"] == [1, 1.5, True, None, {}]
    assert template["title"] == "old"


def test_title_is_the_name_and_queries_get_the_prefix_of_the_metrics() -> None:
    made = device_dashboard({"title": H, "expr": f"{H}_power_watts"}, "1axe", "_1axe")
    assert (made["title"], made["expr"]) == ("1axe", "_1axe_power_watts")


def test_the_overview_keeps_the_template_s_own_title_and_gets_a_uid() -> None:
    made = overview_dashboard({"title": "Mine", "uid": "old", "x": [H]})
    assert (made["title"], made["x"]) == ("Mine", [H])
    assert made["uid"] != "old"


def test_a_uid_is_14_characters_and_no_two_are_the_same() -> None:
    uids = {new_uid() for _ in range(1000)}
    assert len(uids) == 1000
    assert all(len(uid) == 14 and set(uid) <= set("abcdefghijklmnopqrstuvwxyz0123456789") for uid in uids)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_a_template_without_placeholders_is_copied_as_it_is(template: dict[str, Any]) -> None:
    made = device_dashboard(template, "x", "x")
    for key in template.keys() - {"title", "uid"}:
        if H not in json.dumps(template[key]):
            assert made[key] == template[key]
