"""What waits for a slow browser has a bound, and the newest of a miner is what it gets."""

from pluto.events.outbox import MAX_WAITING_MESSAGES, News, Outbox
from pluto.model.miner import MacAddress
from pluto.model.record import Fields, Record

ALICE, BOB = MacAddress("02:00:00:00:00:0a"), MacAddress("02:00:00:00:00:0b")


def news(number: int) -> News:
    return News(Record(str(number), Fields(), b"{}", ""))


def taken(outbox: Outbox, messages: int = 99, size: int = 10_000) -> list[str]:
    return list(outbox.take(messages, size, lambda one: f"news {one.record.key}"))


def test_of_a_miner_only_the_newest_waits_behind_everything_else() -> None:
    outbox = Outbox()
    assert not outbox.put_news(ALICE, news(1))
    outbox.put_news(BOB, news(2))
    assert outbox.put_news(ALICE, news(3))
    assert taken(outbox) == ["news 2", "news 3"]
    assert len(outbox) == 0


def test_other_messages_keep_their_place() -> None:
    outbox = Outbox()
    outbox.put_text("first")
    outbox.put_news(ALICE, news(1))
    outbox.put_text("last")
    assert taken(outbox) == ["first", "news 1", "last"]


def test_what_waits_about_a_removed_miner_is_forgotten() -> None:
    outbox = Outbox()
    outbox.put_news(ALICE, news(1))
    assert outbox.forget(ALICE)
    assert not outbox.forget(ALICE)
    assert taken(outbox) == []


def test_only_as_much_is_taken_as_there_is_room_for() -> None:
    outbox = Outbox()
    for number in range(5):
        outbox.put_text(f"{number}" * 10)
    assert len(taken(outbox, messages=2)) == 2
    assert len(taken(outbox, size=15)) == 2
    assert taken(outbox, messages=0) == []
    assert len(outbox) == 1


def test_ten_thousand_miners_do_not_overrun_it_but_texts_do() -> None:
    outbox = Outbox()
    for number in range(10_000):
        outbox.put_news(MacAddress(str(number)), news(number))
    overrun = [outbox.is_overrun]
    for _ in range(MAX_WAITING_MESSAGES + 1):
        outbox.put_text("x")
    overrun.append(outbox.is_overrun)
    taken(outbox, messages=20_000, size=10_000_000)
    overrun.append(outbox.is_overrun)
    assert overrun == [False, True, False]


def test_a_large_text_overruns_it() -> None:
    outbox = Outbox()
    outbox.put_text("x" * 300_000)
    assert outbox.is_overrun
