"""What the NMAxe says: the same URL as AxeOS, an entirely nested answer, and the pool password in clear."""

from pluto.simulator.answers_axeos import NETWORK_DIFFICULTY, difficulty_text, ip_address
from pluto.simulator.json_text import Json, JsonObject, trimmed
from pluto.simulator.miner import MinerState
from pluto.simulator.physics import Halt


def system_info(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/info at this moment."""
    physics, board = miner.now(), miner.profile.board
    paused = physics.halt is not Halt.NONE
    power: JsonObject = {
        "power": trimmed(physics.power_watts, 2),
        "vbus": int(physics.input_voltage_mv),
        "ibus": int(physics.input_current_ma),
    }
    asic: JsonObject = {
        "count": board.chips,
        "model": board.asic,
        "vcoreReq": miner.stored["coreVoltage"],
        "vcoreReal": int(physics.core_voltage_actual_mv),
        "freqReq": miner.stored["frequency"],
        "smallCoreCnt": board.cores * board.chips,
    }
    mining: JsonObject = {
        "state": "paused" if paused else "running",
        "paused": paused,
        "pauseReason": "user" if paused else "",
        "hashRate": trimmed(physics.hashrate_ghs, 2),
        "bestDiffEver": difficulty_text(physics.best_difficulty, is_spaced=False),
        "bestDiffSession": difficulty_text(physics.best_session_difficulty, is_spaced=False),
        "networkDiff": difficulty_text(NETWORK_DIFFICULTY, is_spaced=False),
        "poolDiff": str(int(physics.pool_difficulty)),
        "lastDiff": str(int(physics.pool_difficulty * 2)),
        "blkhits": 0,
        "freeHeap": 187_000 + int(2_000 * physics.free_heap_noise),
        "minFreeHeap": 163_840,
        "sAccepted": physics.shares_accepted,
        "sRejected": physics.shares_rejected,
        "uptimeSeconds": int(physics.uptime_s),
        "uptimeEver": int(physics.total_uptime_s),
    }
    return {
        "power": power,
        "temps": {"vcore": trimmed(physics.vr_temperature_celsius, 1), "asic": round(physics.temperature_celsius, 1)},
        "asic": asic,
        "miner": mining,
        "identity": _identity(miner),
        "fans": [{"id": 0, "speed": round(physics.fan_percent), "rpm": physics.fan_rpm}],
        "stratum": _pool(miner.running, "stratum"),
    }


def mining(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/setting/mining."""
    board = miner.profile.board
    frequencies: list[Json] = [{"name": f"{value}MHz", "value": value} for value in board.frequency_options]
    voltages: list[Json] = [{"name": f"{value}mV", "value": value} for value in board.voltage_options]
    return {
        "vcoreReq": miner.stored["coreVoltage"],
        "freqReq": miner.stored["frequency"],
        "asic": board.asic,
        "stratum": {
            "used": _pool(miner.running, "stratum"),
            "primary": _pool(miner.stored, "stratum"),
            "fallback": _pool(miner.stored, "fallbackStratum"),
        },
        "overclock": {"options": frequencies},
        "vcore": {"options": voltages},
    }


def network(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/setting/network."""
    return {"hostName": miner.hostname, "ssid": miner.stored["ssid"], "status": "connected", "ip": ip_address(miner)}


def preference(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/setting/preference."""
    physics, stored = miner.now(), miner.stored
    fan: JsonObject = {
        "id": 0,
        "speed": round(physics.fan_percent),
        "rpm": physics.fan_rpm,
        "auto": stored["autofanspeed"],
        "target": stored["targetAsicTemp"],
    }
    return {
        "screenFlip": stored["screenFlip"],
        "Brightness": stored["Brightness"],
        "hwModel": miner.profile.board.model,
        "fans": [fan],
    }


def probe(miner: MinerState) -> JsonObject:
    """Return the answer to GET /probe."""
    physics = miner.now()
    return {
        "model": miner.profile.board.model,
        "hostname": miner.hostname,
        "ver": miner.profile.version,
        "sw": 240,
        "sh": 135,
        "hr": int(physics.hashrate_ghs * 1e9),
        "sbd": physics.best_session_difficulty,
        "ebd": physics.best_difficulty,
        "ut": int(physics.uptime_s),
    }


def _identity(miner: MinerState) -> JsonObject:
    return {
        "fwVersion": miner.profile.version,
        "hwModel": miner.profile.board.model,
        "displayName": miner.profile.board.model,
        "hostName": miner.hostname,
        "ssid": miner.stored["ssid"],
        "rssi": miner.physics.rssi_dbm,
        "appSha256": "ef970b389312276b",
    }


def _pool(settings: JsonObject, prefix: str) -> JsonObject:
    return {"url": settings[f"{prefix}URL"], "user": settings[f"{prefix}User"], "pwd": settings[f"{prefix}Password"]}
