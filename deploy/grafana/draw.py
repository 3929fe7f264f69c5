"""How a row of `panels.py` becomes Grafana's JSON, and where the three files lie: `python deploy/grafana/draw.py` writes them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from panels import DEVICE, FLEET, OVERVIEW, H, Panel, Query

HERE: Final = Path(__file__).parent
TEMPLATES: Final = HERE.parents[1] / "src" / "pluto" / "dashboards" / "templates"
SCHEMA: Final = 39
DATA_SOURCE: Final = {"type": "prometheus", "uid": "PBFA97CFB590B2093"}

Json = dict[str, Any]


def dashboards() -> Mapping[Path, Json]:
    """Return the content of each file."""
    return {
        TEMPLATES / "bitaxe_dashboard_template.json": _dashboard(H, "device", DEVICE),
        TEMPLATES / "bitaxe_overview_dashboard_template.json": _dashboard("Pluto overview", "overview", OVERVIEW),
        HERE / "dashboards" / "pluto-fleet.json": _dashboard("Pluto fleet", "pluto-fleet", FLEET),
    }


def text(dashboard: Json) -> str:
    """Return *dashboard* as it stands in its file."""
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def _dashboard(title: str, uid: str, panels: Sequence[Panel]) -> Json:
    return {
        "annotations": {"list": []},
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "id": None,
        "links": [],
        "panels": [_panel(number, panel) for number, panel in enumerate(panels, 1)],
        "refresh": "10s",
        "schemaVersion": SCHEMA,
        "tags": ["pluto"],
        "templating": {"list": []},
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": title,
        "uid": uid,
        "version": 1,
        "weekStart": "",
    }


def _panel(number: int, panel: Panel) -> Json:
    x, y, width, height = panel.at
    drawn: Json = {"id": number, "type": panel.kind, "title": panel.title, "gridPos": {"x": x, "y": y, "w": width, "h": height}}
    if panel.about:
        drawn["description"] = panel.about
    if panel.kind == "text":
        return {**drawn, "title": "", "transparent": True, "options": {"mode": "markdown", "content": f"## {panel.title}"}}
    return {
        **drawn,
        "datasource": DATA_SOURCE,
        "targets": [_target(place, query, panel.kind) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "options": _OPTIONS[panel.kind],
        **(_TABLE if panel.kind == "table" else {}),
    }


def _target(place: int, query: Query, kind: str) -> Json:
    return {
        "refId": chr(ord("A") + place),
        "datasource": DATA_SOURCE,
        "editorMode": "code",
        "expr": query.expr,
        "legendFormat": query.legend,
        "format": "table" if kind == "table" else "time_series",
        "instant": query.last,
        "range": not query.last,
    }


def _defaults(panel: Panel) -> Json:
    steps = panel.steps or ((None, "green"),)
    defaults: Json = {
        "unit": panel.unit or "none",
        "color": {"mode": "thresholds" if panel.steps else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]},
        "mappings": _online() if panel.title == "Online" else [],
    }
    if panel.least is not None:
        defaults["min"] = panel.least
    if panel.most is not None:
        defaults["max"] = panel.most
    if panel.kind == "timeseries":
        defaults["custom"] = _LINES | {"stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"}}
    if panel.kind == "state-timeline":
        defaults["custom"] = {"fillOpacity": 70, "lineWidth": 0}
    return defaults


def _overrides(panel: Panel) -> list[Json]:
    overrides: list[Json] = []
    for place, query in enumerate(panel.queries):
        properties: list[Json] = []
        if query.unit:
            properties.append({"id": "unit", "value": query.unit})
        if query.right:
            properties.append({"id": "custom.axisPlacement", "value": "right"})
        if panel.kind == "table":
            name = f"Value #{chr(ord('A') + place)}"
            properties.append({"id": "displayName", "value": query.legend})
            if query.legend == "Online":
                properties.append({"id": "mappings", "value": _online()})
        else:
            name = query.legend
        if properties:
            overrides.append({"matcher": {"id": "byName", "options": name}, "properties": properties})
    return overrides


def _online() -> list[Json]:
    words = {"0": {"text": "Offline", "color": "red", "index": 0}, "1": {"text": "Online", "color": "green", "index": 1}}
    return [{"type": "value", "options": words}]


_LINES: Final = {
    "drawStyle": "line",
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "fillOpacity": 10,
    "gradientMode": "none",
    "showPoints": "never",
    "spanNulls": False,
    "axisPlacement": "auto",
    "scaleDistribution": {"type": "linear"},
    "thresholdsStyle": {"mode": "off"},
}
_LAST: Final = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_LEGEND: Final = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
_OPTIONS: Final[Mapping[str, Json]] = {
    "timeseries": {"legend": _LEGEND, "tooltip": {"mode": "multi", "sort": "desc"}},
    "stat": {
        "reduceOptions": _LAST, "colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "horizontal",
        "textMode": "auto", "wideLayout": True,
    },
    "bargauge": {
        "reduceOptions": _LAST, "displayMode": "gradient", "orientation": "horizontal", "showUnfilled": True,
        "valueMode": "color", "minVizHeight": 10, "minVizWidth": 0, "namePlacement": "auto", "sizing": "auto",
    },
    "piechart": {
        "reduceOptions": _LAST, "pieType": "donut", "displayLabels": ["name", "value"],
        "legend": {**_LEGEND, "placement": "right", "values": ["value"]}, "tooltip": {"mode": "single", "sort": "none"},
    },
    "state-timeline": {
        "legend": _LEGEND, "tooltip": {"mode": "single", "sort": "none"}, "mergeValues": True, "rowHeight": 0.9,
        "showValue": "auto", "alignValue": "left",
    },
    "table": {
        "showHeader": True, "cellHeight": "sm", "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""},
    },
}  # fmt: skip
_NOT_SHOWN: Final = ("__name__", "instance", "job", "Value #A", "Time", *(f"Time {number}" for number in range(1, 8)))
_TABLE: Final[Json] = {
    "transformations": [
        {"id": "joinByField", "options": {"byField": "mac", "mode": "outer"}},
        {
            "id": "organize",
            "options": {
                "excludeByName": dict.fromkeys(_NOT_SHOWN, True),
                "indexByName": {"hostname": 0, "model": 1, "firmware": 2, "Value #B": 3},
                "renameByName": {"hostname": "Miner", "model": "Model", "firmware": "Firmware", "pool": "Pool", "mac": "MAC"},
            },
        },
    ]
}


if __name__ == "__main__":
    for path, dashboard in dashboards().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(dashboard), "utf-8")
        print(path.relative_to(HERE.parents[1]))  # noqa: T201 - a script that says what it wrote
