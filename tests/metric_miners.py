"""A few miners, and what they might say of themselves."""

import msgspec

from pluto.model.miner import MacAddress, Miner
from pluto.model.reading import Fan, Flags, Pool, Reading, Reported
from pluto.model.state import Answered, Failed, MinerState, Reason, advance

ALICE = Miner(MacAddress("02:00:00:aa:aa:aa"), "10.0.0.1", 1)
BOB = Miner(MacAddress("02:00:00:bb:bb:bb"), "10.0.0.2", 2)
CAROL = Miner(MacAddress("02:00:00:cc:cc:cc"), "10.0.0.3", 3)

GAMMA = Reported(
    power_watts=18.5,
    voltage_volts=5.07,
    current_amps=3.5,
    temperature_celsius=55.25,
    hashrate_ghs=1200.5,
    shares_accepted=1234,
    shares_rejected=0,
    fanspeed_rpm=55,
    uptime_seconds=86400,
    free_heap_bytes=8212340,
    core_voltage_volts=1.15,
    core_voltage_actual_volts=1.143,
    frequency_mhz=525,
    version="v2.12.1",
    stratum_url="public-pool.io",
    stratum_port="21496",
    hostname="garage",
)

READING = Reading(
    reported=GAMMA,
    hostname="garage",
    model="Bitaxe Gamma",
    firmware="v2.12.1",
    hashrate_ghs=1200.5,
    hashrate_1m_ghs=1190.0,
    hashrate_10m_ghs=1195.0,
    hashrate_1h_ghs=1198.0,
    hashrate_1d_ghs=1199.0,
    expected_hashrate_ghs=1071.0,
    error_percent=0.5,
    power_watts=18.5,
    efficiency_j_per_th=15.2,
    input_voltage_volts=5.07,
    current_amps=3.5,
    core_voltage_volts=1.15,
    core_voltage_actual_volts=1.143,
    frequency_mhz=525.0,
    frequency_actual_mhz=524.5,
    chip_temperatures_celsius=(54.0, 55.25),
    vr_temperature_celsius=61.0,
    fans=(Fan(55.0, 4312.0), Fan(40.0, 0.0)),
    shares_accepted=1234,
    shares_rejected=0,
    best_difficulty=4.29e9,
    best_session_difficulty=1.1e8,
    blocks_found=2,
    pool=Pool("public-pool.io", 21496, "bc1q.worker", 512.0, is_fallback=False, is_connected=True),
    pool_response_ms=41.7,
    wifi_rssi_dbm=-58.0,
    uptime_seconds=86400.0,
    free_heap_bytes=8212340.0,
    flags=Flags(is_overheated=False, is_paused=False, is_shut_down=False, is_access_point=False, has_found_block=True),
)
"""A reading in which every field of the labelled metrics is known."""


def reading(**reported: object) -> Reading:
    """Return READING with other reported values."""
    return msgspec.structs.replace(READING, reported=msgspec.structs.replace(GAMMA, **reported))


def online(miner: Miner, of: Reading, *, before: MinerState | None = None, now_s: float = 0.0) -> MinerState:
    """Return the state of *miner* after it answered."""
    return advance(before or MinerState(miner), Answered(of, b"{}"), now_s)


def offline(before: MinerState, reason: Reason = Reason.SILENT, now_s: float = 0.0) -> MinerState:
    """Return the state after a poll that failed."""
    return advance(before, Failed(reason, "no answer"), now_s)
