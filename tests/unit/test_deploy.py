"""What is shipped beside the code: pinned, shut in, and silent towards strangers (trust 13.3 to 13.5)."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "deploy" / "container"
OWN_ADDRESSES = ("127.0.0.1", "localhost", "prometheus:9090", "grafana", "0.0.0.0")
NAMED_ONLY = ("www.w3.org", "json-schema.org")
"""Names in documents that nothing asks."""


def unit() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys of systemd keep their case
    parser.read_string((ROOT / "deploy" / "systemd" / "pluto.service").read_text())
    return parser["Service"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_pinned_by_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        if not requirement.startswith("#"):
            assert re.match(r"[A-Za-z0-9._-]+(\[[a-z]+\])?==\S+", requirement), requirement[:80]
            assert "--hash=sha256:" in requirement, requirement[:80]


def test_the_server_names_no_host_of_the_internet_that_it_could_ask() -> None:
    for file in (ROOT / "src").rglob("*.py"):
        for url in re.findall(r"https?://([^\s/\"'`{}<>)]+)", file.read_text("utf-8")):
            host = url.partition(":")[0] if url not in OWN_ADDRESSES else url
            assert _is_harmless(host), (file.name, url)


def _is_harmless(host: str) -> bool:
    is_ours = host.startswith(OWN_ADDRESSES) or host in NAMED_ONLY
    return is_ours or re.fullmatch(r"[\d.]+|name|[a-z]*\.?example|host", host) is not None


def test_the_container_runs_as_nobody_in_particular_on_a_root_that_it_cannot_write() -> None:
    stages = (CONTAINER / "Dockerfile").read_text().split("FROM ")[1:]
    assert "USER 1000:1000" in stages[-1]
    assert "--require-hashes -r requirements.lock" in stages[0]
    assert all(re.match(r"python:3\.\d+-slim\b", stage) for stage in stages)
    compose = (CONTAINER / "compose.yaml").read_text()
    for line in (
        'user: "1000:1000"',
        "read_only: true",
        "cap_drop: [ALL]",
        '["no-new-privileges:true"]',
        "PLUTO_BIND: 127.0.0.1",
    ):
        assert f" {line}" in compose


def test_everything_that_the_container_writes_is_in_its_volume() -> None:
    text = (CONTAINER / "Dockerfile").read_text()
    folders = dict(re.findall(r"(PLUTO_\w+_DIR)=(\S+)", text))
    assert set(folders) == {"PLUTO_DATA_DIR", "PLUTO_LOGS_DIR", "PLUTO_DASHBOARDS_DIR", "PLUTO_TEMPLATES_DIR"}
    assert all(folder.startswith("/data") for folder in folders.values())


def test_the_systemd_unit_is_shut_in_and_does_not_retry_what_wants_a_person() -> None:
    service = unit()
    wanted = {
        "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "DynamicUser": "yes",
        "CapabilityBoundingSet": "", "UMask": "0077", "StateDirectoryMode": "0700", "RestartPreventExitStatus": "2 3",
    }  # fmt: skip
    assert {name: service.get(name) for name in wanted} == wanted


def test_systemd_finds_no_mistake_in_the_unit_and_little_exposed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    text = (ROOT / "deploy" / "systemd" / "pluto.service").read_text()
    copy = tmp_path / "pluto.service"
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
    verified = subprocess.run([analyze, "verify", copy], check=False, capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run([analyze, "security", "--offline=true", copy], check=False, capture_output=True, text=True)
    exposure = re.search(r"exposure level for pluto.service: ([\d.]+)", judged.stdout)
    assert exposure is not None, judged.stderr
    assert float(exposure[1]) <= 2.0, judged.stdout


def test_the_container_says_how_it_is_and_holds_no_secret() -> None:
    text = (CONTAINER / "Dockerfile").read_text()
    assert "HEALTHCHECK" in text
    assert "ADD " not in text
    assert not re.search(r"(?im)^(?:ARG|ENV)\b.*(?:password|secret|token)\S*=", text)


def test_security_says_how_to_report_what_counts_and_which_versions() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")][:3] == ["## Report", "## What counts", "## Versions"]
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / link).exists(), link
