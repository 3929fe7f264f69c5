"""What the NerdQAxe family says (1.0.36): key order, whole numbers for flags, and its `stratum` object."""

from pluto.simulator.answers_axeos import NETWORK_DIFFICULTY, ip_address
from pluto.simulator.json_text import Json, JsonObject, trimmed
from pluto.simulator.miner import MinerState
from pluto.simulator.physics import Halt, Physics


def system_info(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/info at this moment, without the history that `ts` asks for."""
    physics = miner.now()
    return (
        _identity(miner, physics)
        | _electrical(miner, physics)
        | _hashing(physics)
        | _cooling(miner, physics)
        | _shares(miner, physics)
        | _settings(miner)
        | _system(miner, physics)
    )


def asic(miner: MinerState) -> JsonObject:
    """Return the answer to GET /api/system/asic."""
    board = miner.profile.board
    return {
        "ASICModel": board.asic,
        "deviceModel": board.model,
        "asicCount": board.chips,
        "defaultFrequency": board.frequency_mhz,
        "defaultVoltage": board.core_voltage_mv,
        "absMaxFrequency": 800,
        "absMaxVoltage": 1400,
        "ecoFrequency": 0,
        "ecoVoltage": 0,
        "swarmColor": board.swarm_color,
        "frequencyOptions": list(board.frequency_options),
        "voltageOptions": list(board.voltage_options),
    }


def _identity(miner: MinerState, physics: Physics) -> JsonObject:
    board = miner.profile.board
    return {
        "asicCount": board.chips,
        "smallCoreCount": board.cores,
        "deviceModel": board.model,
        "hostip": ip_address(miner),
        "macAddr": miner.mac,
        "wifiRSSI": physics.rssi_dbm,
    }


def _electrical(miner: MinerState, physics: Physics) -> JsonObject:
    amps = physics.input_current_ma / 1000
    return {
        "power": trimmed(physics.power_watts, 2),
        "maxPower": miner.profile.board.max_watts,
        "minPower": 52,
        "maxVoltage": 13,
        "minVoltage": 11,
        "current": trimmed(amps * 1000, 1),
        "currentA": trimmed(amps, 4),
        "minCurrentA": 0,
        "maxCurrentA": 8,
        "temp": trimmed(physics.temperature_celsius, 4),
        "vrTemp": trimmed(physics.vr_temperature_celsius, 4),
    }


def _hashing(physics: Physics) -> JsonObject:
    minute, ten, hour, day = physics.averages_ghs
    return {
        "hashRateTimestamp": int(physics.uptime_s * 1000),
        "hashRate": trimmed(physics.hashrate_ghs, 3),
        "hashRate_1m": trimmed(minute, 3),
        "hashRate_10m": trimmed(ten, 3),
        "hashRate_1h": trimmed(hour, 3),
        "hashRate_1d": trimmed(day * min(1.0, physics.hashing_s / 86400), 3),
    }


def _cooling(miner: MinerState, physics: Physics) -> JsonObject:
    return {
        "coreVoltage": miner.stored["coreVoltage"],
        "defaultCoreVoltage": miner.profile.board.core_voltage_mv,
        "coreVoltageActual": int(physics.core_voltage_actual_mv),
        "fanspeed": round(physics.fan_percent),
        "manualFanSpeed": miner.stored["manualFanSpeed"],
        "fanrpm": physics.fan_rpm,
        "lastpingrtt": trimmed(physics.response_ms, 3),
        "recentpingloss": 0,
        "shutdown": physics.halt is Halt.SHUT_DOWN,
        "duplicateHWNonces": 0,
    }


def _shares(miner: MinerState, physics: Physics) -> JsonObject:
    best, session = int(physics.best_difficulty), int(physics.best_session_difficulty)
    pool: JsonObject = {
        "connected": physics.is_hashing,
        "poolDifficulty": int(physics.pool_difficulty),
        "networkDifficulty": NETWORK_DIFFICULTY,
        "poolDiffErr": False,
        "accepted": physics.shares_accepted,
        "rejected": physics.shares_rejected,
        "pingRtt": trimmed(physics.response_ms, 3),
        "pingLoss": 0,
        "bestDiff": session,
    }
    stratum: JsonObject = {
        "poolMode": miner.stored["poolMode"],
        "activePoolMode": miner.stored["poolMode"],
        "poolBalance": miner.stored["poolBalance"],
        "totalBestDiff": best,
        "usingFallback": False,
        "pools": [pool],
    }
    temperatures: list[Json] = [0] * physics.board.chips
    return {
        "stratum": stratum,
        "poolDifficulty": int(physics.pool_difficulty),
        "networkDifficulty": NETWORK_DIFFICULTY,
        "foundBlocks": 0,
        "totalFoundBlocks": 0,
        "sharesAccepted": physics.shares_accepted,
        "sharesRejected": physics.shares_rejected,
        "bestDiff": best,
        "bestSessionDiff": session,
        "asicTemps": temperatures,
    }


def _settings(miner: MinerState) -> JsonObject:
    stored = miner.stored
    shown: JsonObject = {key: stored[key] for key in ("pidTargetTemp", "pidP", "pidI", "pidD", "hostname", "ssid")}
    for prefix in ("stratum", "fallbackStratum"):
        shown |= {prefix + part: stored[prefix + part] for part in ("URL", "Port", "User", "EnonceSubscribe", "TLS")}
    shown |= {
        "voltage": trimmed(miner.physics.input_voltage_mv, 1),
        "frequency": stored["frequency"],
        "defaultFrequency": miner.profile.board.frequency_mhz,
    }
    shown |= {key: stored[key] for key in ("jobInterval", "stratumDifficulty", "overheat_temp")}
    for flag in ("flipscreen", "invertscreen", "autoscreenoff", "invertfanpolarity"):
        shown[flag] = int(bool(stored[flag]))
    shown |= {key: stored[key] for key in ("autofanspeed", "stratum_keep", "vrFrequency")}
    return shown | {"defaultVrFrequency": 25011, "otp": miner.otp_code is not None}


def _system(miner: MinerState, physics: Physics) -> JsonObject:
    return {
        "ASICModel": miner.profile.board.asic,
        "uptimeSeconds": int(physics.uptime_s),
        "lastResetReason": miner.reset_reason,
        "wifiStatus": "WiFi Connected!",
        "freeHeap": 6_890_000 + int(4_000 * physics.free_heap_noise),
        "freeHeapInt": 148_000 + int(900 * physics.free_heap_noise),
        "version": miner.profile.version,
        "runningPartition": "ota_0",
        "defaultTheme": "cosmic",
    }
