"""What Grafana is asked, call by call (contract F.2, F.3), and what of its answers is believed."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from grafana import FakeGrafana
from pluto.dashboards.grafana import CALLS_AT_ONCE, Grafana, Limits, NotPublished, public_url

UID = "abcdefghij1234"
NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
BAD_MODES = ["hang", "500", "401", "garbage", "list", "html", "redirect", "flood", "slow"]


@pytest_asyncio.fixture
async def fake() -> AsyncGenerator[FakeGrafana]:
    async with FakeGrafana(None).open() as fake:
        fake.know(UID)
        yield fake


@pytest_asyncio.fixture
async def client(fake: FakeGrafana) -> AsyncGenerator[Grafana]:
    async with Grafana(f"{fake.url}/", lambda: NOW, Limits(call_s=0.3)) as client:
        yield client


def methods(fake: FakeGrafana) -> list[str]:
    return [call.method for call in fake.calls]


async def test_a_dashboard_that_is_not_public_is_asked_for_created_and_configured(fake: FakeGrafana, client: Grafana) -> None:
    record = await client.publish(UID)
    base = f"/grafana/api/dashboards/uid/{UID}/public-dashboards"
    assert [(call.method, call.path) for call in fake.calls] == [
        ("GET", base),
        ("POST", base),
        ("PATCH", f"{base}/{record['uid']}"),
    ]
    assert [call.body for call in fake.calls[:2]] == [None, {"isEnabled": True}]
    assert fake.calls[2].body == {
        "uid": record["uid"],
        "dashboardUid": UID,
        "accessToken": record["accessToken"],
        "createdBy": 1,
        "updatedBy": 1,
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-02T03:04:05.678Z",
        "timeSelectionEnabled": True,
        "isEnabled": True,
        "annotationsEnabled": False,
        "share": "public",
    }
    assert record == fake.public[UID]
    assert public_url(record) == f"/grafana/public-dashboards/{record['accessToken']}?orgId=1"


async def test_every_call_bears_the_user_the_origin_and_no_credentials(
    fake: FakeGrafana, client: Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await client.publish(UID)
    for call in fake.calls:
        assert call.headers["X-WEBAUTH-USER"] == "admin"
        assert call.headers["Origin"] == fake.url
        assert call.headers["Content-Type"] == "application/json"
        assert not {"Cookie", "Authorization", "Referer"} & set(call.headers)


async def test_a_public_dashboard_is_asked_about_once_and_left_alone(fake: FakeGrafana, client: Grafana) -> None:
    first = await client.publish(UID)
    fake.calls.clear()
    assert await client.publish(UID) == first
    assert methods(fake) == ["GET"]


async def test_a_disabled_one_is_enabled_by_patch_without_a_second_post(fake: FakeGrafana, client: Grafana) -> None:
    await client.publish(UID)
    fake.public[UID]["isEnabled"] = False
    fake.calls.clear()
    assert (await client.publish(UID))["isEnabled"] is True
    assert methods(fake) == ["GET", "PATCH"]
    assert fake.is_public(UID)


async def test_a_dashboard_grafana_has_not_seen_yet_is_not_published(fake: FakeGrafana, client: Grafana) -> None:
    with pytest.raises(NotPublished, match="404"):
        await client.publish("unknown0000000")
    assert methods(fake) == ["GET", "POST"]


@pytest.mark.parametrize("mode", BAD_MODES)
async def test_a_grafana_that_misbehaves_is_given_up_within_its_limit_and_believed_when_it_is_well(
    fake: FakeGrafana, client: Grafana, mode: str
) -> None:
    fake.mode = mode
    async with asyncio.timeout(5):
        with pytest.raises(NotPublished):
            await client.publish(UID)
    assert methods(fake) == ["GET", "POST"]
    assert fake.lured == []
    fake.mode = "well"
    assert (await client.publish(UID))["isEnabled"] is True


async def test_a_failing_first_question_is_followed_by_the_post(fake: FakeGrafana, client: Grafana) -> None:
    fake.refused.add("GET")
    assert (await client.publish(UID))["isEnabled"] is True
    assert methods(fake) == ["GET", "POST", "PATCH"]


async def test_a_failing_patch_is_made_good_by_the_next_try_without_a_second_post(fake: FakeGrafana, client: Grafana) -> None:
    fake.refused.add("PATCH")
    with pytest.raises(NotPublished):
        await client.publish(UID)
    fake.public[UID]["isEnabled"] = False
    fake.refused.clear()
    await client.publish(UID)
    assert len(fake.of("POST")) == 1
    assert fake.public[UID]["timeSelectionEnabled"] is True


async def test_at_most_four_calls_are_under_way(fake: FakeGrafana, client: Grafana) -> None:
    uids = [f"{n:014}" for n in range(30)]
    fake.know(*uids)
    fake.delay_s = 0.01
    await asyncio.gather(*(client.publish(uid) for uid in uids))
    assert fake.most_at_once == CALLS_AT_ONCE == 4
    assert all(fake.is_public(uid) for uid in uids)


async def test_an_answer_of_more_than_the_limit_is_refused(fake: FakeGrafana) -> None:
    fake.mode = "flood"
    async with Grafana(fake.url, lambda: NOW, Limits(call_s=20, answer_bytes=1024 * 1024)) as client:
        with pytest.raises(NotPublished, match="1,048,576"):
            await client.publish(UID)


@pytest.mark.parametrize("uid", ["..", ".", "", "a/../../../users", "a?b", "a#b", "ä b"])
async def test_a_uid_never_leads_to_another_address(fake: FakeGrafana, client: Grafana, uid: str) -> None:
    with pytest.raises(NotPublished):
        await client.publish(uid)
    assert all(call.uid == uid for call in fake.calls)


@pytest.mark.parametrize("record", [{"uid": "..", "isEnabled": False, "accessToken": "x"}, {"uid": 7}, {"isEnabled": False}])
async def test_a_record_that_makes_no_sense_publishes_nothing(fake: FakeGrafana, client: Grafana, record: dict[str, Any]) -> None:
    fake.public[UID] = record
    with pytest.raises(NotPublished):
        await client.publish(UID)
    assert not fake.of("PATCH")


async def test_secrets_in_an_answer_are_dropped_and_the_access_token_is_not(fake: FakeGrafana, client: Grafana) -> None:
    await client.publish(UID)
    fake.public[UID] |= {"password": "hunter2", "nested": {"secret": "x", "kept": 1}}
    record = await client.publish(UID)
    assert record["nested"] == {"kept": 1}
    assert "password" not in record
    assert record["accessToken"]


async def test_unpublishing_asks_and_deletes_exactly_once(fake: FakeGrafana, client: Grafana) -> None:
    record = await client.publish(UID)
    fake.calls.clear()
    await client.unpublish(UID)
    assert [(call.method, call.path.rsplit("/", 1)[1]) for call in fake.calls] == [
        ("GET", "public-dashboards"),
        ("DELETE", record["uid"]),
    ]
    assert not fake.is_public(UID)


async def test_what_is_not_public_needs_no_delete(fake: FakeGrafana, client: Grafana) -> None:
    await client.publish(UID)
    fake.public[UID]["isEnabled"] = False
    fake.calls.clear()
    await client.unpublish(UID)
    assert methods(fake) == ["GET"]


async def test_an_outage_is_two_lines_in_the_log(fake: FakeGrafana, client: Grafana, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pluto")
    fake.mode = "500"
    for _ in range(10):
        with pytest.raises(NotPublished):
            await client.publish(UID)
    assert client.is_failing
    fake.mode = "well"
    for _ in range(3):
        await client.publish(UID)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("pluto")]
    assert said == ["grafana fails, trying on", "grafana answers again", "dashboard published"]


async def test_a_refused_connection_is_an_outage_too(fake: FakeGrafana) -> None:
    async with Grafana("http://127.0.0.1:9", lambda: NOW) as client:
        for _ in range(2):
            with pytest.raises(NotPublished):
                await client.publish(UID)
        assert client.is_failing
