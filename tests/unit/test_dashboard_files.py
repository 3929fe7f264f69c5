import json
import os
from pathlib import Path
from typing import Any

import pytest

from pluto.dashboards.files import DEVICE_TEMPLATE, OVERVIEW_TEMPLATE, DashboardFile, DashboardFiles
from pluto.dashboards.template import device_dashboard, overview_dashboard
from pluto.errors import CannotDraw
from pluto.model.json_value import JsonObject


@pytest.fixture
def files(tmp_path: Path) -> DashboardFiles:
    return DashboardFiles(tmp_path / "deep" / "dashboards", tmp_path / "templates")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "dashboards"


def own_template(tmp_path: Path, text: str, name: str = DEVICE_TEMPLATE) -> None:
    (tmp_path / "templates").mkdir(exist_ok=True)
    (tmp_path / "templates" / name).write_text(text, "utf-8")


def garage(template: JsonObject) -> JsonObject:
    return device_dashboard(template, "garage", "garage")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def test_a_dashboard_is_made_of_the_packaged_template_in_a_folder_that_is_made_for_it(
    files: DashboardFiles, folder: Path
) -> None:
    drawn = files.draw("garage", DEVICE_TEMPLATE, garage)
    made = read(folder / "garage.json")
    assert (drawn.is_new, drawn.uid) == (True, made["uid"])
    assert made["title"] == "garage"
    assert "@@hostname@@" not in (folder / "garage.json").read_text("utf-8")
    assert any("garage_power_watts" in target["expr"] for panel in made["panels"] for target in panel.get("targets", []))


def test_the_overview_is_made_of_its_own_template(files: DashboardFiles, folder: Path) -> None:
    files.draw("overview", OVERVIEW_TEMPLATE, overview_dashboard)
    assert read(folder / "overview.json")["title"] == "Pluto overview"


def test_a_template_of_the_user_wins_and_numbers_stay_as_they_are(files: DashboardFiles, folder: Path, tmp_path: Path) -> None:
    own_template(tmp_path, '{"title": "x", "n": [1, 1.0, 12345678901234567890, true, null], "é": "@@hostname@@ é"}')
    files.draw("garage", DEVICE_TEMPLATE, garage)
    text = (folder / "garage.json").read_text("utf-8")
    assert "    1.0,\n    12345678901234567890,\n    true,\n    null\n" in text
    assert '"é": "garage é"' in text


def test_an_existing_file_stays_byte_for_byte_and_says_its_uid(files: DashboardFiles, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "garage.json").write_bytes(b'{"uid":"mine" ,\n\t"x":1}')
    drawn = files.draw("garage", DEVICE_TEMPLATE, garage)
    assert (drawn.is_new, drawn.uid) == (False, "mine")
    assert (folder / "garage.json").read_bytes() == b'{"uid":"mine" ,\n\t"x":1}'


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"uid":""}', b'{"uid":7}', b"\xff", b"[" * 100_000])
def test_an_existing_file_that_is_no_dashboard_is_left_alone_and_has_no_uid(
    files: DashboardFiles, folder: Path, content: bytes
) -> None:
    folder.mkdir(parents=True)
    (folder / "garage.json").write_bytes(content)
    assert files.draw("garage", DEVICE_TEMPLATE, garage).uid is None
    assert (folder / "garage.json").read_bytes() == content
    assert files.all() == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "a.b", "x\x00", "a\n", "é", "x" * 200])
def test_no_name_leads_out_of_the_folder(files: DashboardFiles, tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotDraw):
        files.draw(name, DEVICE_TEMPLATE, garage)
    with pytest.raises(CannotDraw):
        files.delete(name)
    assert not list(tmp_path.rglob("*.json"))


def test_a_symbolic_link_is_neither_followed_nor_replaced(files: DashboardFiles, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    target = tmp_path / "elsewhere.json"
    (folder / "garage.json").symlink_to(target)
    (folder / ".attic.json.tmp").symlink_to(target)
    assert files.draw("garage", DEVICE_TEMPLATE, garage).uid is None
    assert files.draw("attic", DEVICE_TEMPLATE, garage).is_new
    assert not target.exists()
    target.write_text('{"uid": "secret"}')
    assert files.uid("garage") is None
    assert [file.name for file in files.all()] == ["attic"]
    files.delete("garage")
    assert target.exists()


def test_nobody_sees_a_half_written_dashboard(files: DashboardFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    synced: list[int] = []
    real_rename, real_fsync = os.rename, os.fsync

    def rename(old: str, new: str, **folders: int) -> None:
        seen.append(names(folder))
        assert len(synced) == 1
        json.loads((folder / old).read_text("utf-8"))
        real_rename(old, new, **folders)

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        real_fsync(descriptor)

    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "fsync", fsync)
    files.draw("garage", DEVICE_TEMPLATE, garage)
    assert [[name.endswith(".json") for name in names] for names in seen] == [[False]]
    assert len(synced) == 2
    assert names(folder) == ["garage.json"]


def test_what_a_crash_left_is_cleared_by_the_next_try(files: DashboardFiles, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / ".garage.json.tmp").write_text("half")
    files.draw("garage", DEVICE_TEMPLATE, garage)
    assert names(folder) == ["garage.json"]


def test_a_full_disk_leaves_nothing_behind(files: DashboardFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotDraw, match="No space left"):
        files.draw("garage", DEVICE_TEMPLATE, garage)
    assert names(folder) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100_000, '{"a": "\\ud800"}'])
def test_a_template_that_cannot_be_used_writes_nothing(files: DashboardFiles, folder: Path, tmp_path: Path, text: str) -> None:
    own_template(tmp_path, text)
    with pytest.raises(CannotDraw):
        files.draw("garage", DEVICE_TEMPLATE, garage)
    assert names(folder) == []


def test_grafana_may_read_what_is_written_whatever_the_umask(files: DashboardFiles, folder: Path) -> None:
    before = os.umask(0o077)
    try:
        files.draw("garage", DEVICE_TEMPLATE, garage)
    finally:
        os.umask(before)
    assert (folder / "garage.json").stat().st_mode & 0o777 == 0o644


def test_the_list_is_sorted_and_leaves_out_what_is_no_dashboard(files: DashboardFiles, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("b.json", "a.json"):
        (folder / name).write_text(json.dumps({"uid": f"of {name}"}))
    (folder / "broken.json").write_text("{")
    (folder / "nameless.json").write_text("{}")
    (folder / "notes.txt").write_text('{"uid": "x"}')
    (folder / "dir.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    assert files.all() == [DashboardFile("a", "of a.json"), DashboardFile("b", "of b.json")]


def test_no_folder_yet_is_an_empty_list_and_nothing_to_delete(files: DashboardFiles) -> None:
    assert files.all() == []
    assert files.uid("garage") is None
    files.delete("garage")


def test_a_deleted_dashboard_can_be_drawn_again_under_another_uid(files: DashboardFiles) -> None:
    first = files.draw("garage", DEVICE_TEMPLATE, garage)
    files.delete("garage")
    files.delete("garage")
    second = files.draw("garage", DEVICE_TEMPLATE, garage)
    assert second.is_new
    assert second.uid != first.uid
