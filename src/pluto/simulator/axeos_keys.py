"""Which AxeOS release has which key of system/info and of the statistics, in the order of the wire."""

from typing import Final, TypeAlias

Release: TypeAlias = tuple[int, int]
LAST: Final = (9, 99)

Order = tuple[tuple[str, Release, Release], ...]
_OLD, _V26, _V27, _V28, _V29 = (2, 4), (2, 6), (2, 7), (2, 8), (2, 9)
_V210, _V211, _V212, _V213, _V214, _V215 = (2, 10), (2, 11), (2, 12), (2, 13), (2, 14), (2, 15)


def since(release: Release, *keys: str, until: Release = LAST) -> Order:
    """Return rows of *keys* that came with *release* and went after *until*."""
    return tuple((key, release, until) for key in keys)


OLD_ORDER: Final[Order] = (
    *since(_OLD, "power", "voltage", "current", "temp"),
    *since(_V210, "temp2"),
    *since(_OLD, "vrTemp"),
    *since(_V26, "maxPower", "nominalVoltage"),
    *since(_OLD, "hashRate"),
    *since(_V212, "hashRate_1m", "hashRate_10m", "hashRate_1h"),
    *since(_V28, "expectedHashrate"),
    *since(_V211, "errorPercentage"),
    *since(_OLD, "bestDiff", "bestSessionDiff"),
    *since(_OLD, "stratumDiff", until=_V28),
    *since(_V29, "poolDifficulty"),
    *since(_OLD, "isUsingFallbackStratum"),
    *since(_V211, "poolAddrFamily", until=_V212),
    *since(_V213, "poolConnectionInfo"),
    *since(_V26, "isPSRAMAvailable"),
    *since(_OLD, "freeHeap"),
    *since(_V211, "freeHeapInternal", "freeHeapSpiram"),
    *since(_OLD, "coreVoltage", "coreVoltageActual", "frequency", "ssid", "macAddr", "hostname"),
    *since(_V211, "ipv4", "ipv6"),
    *since(_OLD, "wifiStatus"),
    *since(_V26, "wifiRSSI", "apEnabled"),
    *since(_OLD, "sharesAccepted", "sharesRejected"),
    *since(_V26, "sharesRejectedReasons"),
    *since(_OLD, "uptimeSeconds"),
    *since(_OLD, "asicCount", until=_V28),
    *since(_OLD, "smallCoreCount", "ASICModel"),
    *since(_OLD, "stratumURL", "fallbackStratumURL", "stratumPort", "fallbackStratumPort", until=_V28),
    *since(_OLD, "stratumUser", "fallbackStratumUser", until=_V28),
    *since(_V29, "stratumURL", "stratumPort", "stratumUser", "stratumSuggestedDifficulty", "stratumExtranonceSubscribe"),
    *since(_V213, "stratumTLS", "stratumCert", "stratumDecodeCoinbase"),
    *since(_V29, "fallbackStratumURL", "fallbackStratumPort", "fallbackStratumUser"),
    *since(_V29, "fallbackStratumSuggestedDifficulty", "fallbackStratumExtranonceSubscribe"),
    *since(_V213, "fallbackStratumTLS", "fallbackStratumCert", "fallbackStratumDecodeCoinbase"),
    *since(_V29, "responseTime"),
    *since(_OLD, "version"),
    *since(_V29, "axeOSVersion"),
    *since(_OLD, "idfVersion", "boardVersion"),
    *since(_V212, "resetReason"),
    *since(_OLD, "runningPartition"),
    *since(_OLD, "flipscreen", until=_V28),
    *since(_OLD, "overheat_mode"),
    *since(_V26, "overclockEnabled"),
    *since(_V29, "display", "rotation"),
    *since(_OLD, "invertscreen"),
    *since(_OLD, "invertfanpolarity", until=_V26),
    *since(_V27, "displayTimeout"),
    *since(_OLD, "autofanspeed", "fanspeed"),
    *since(_V211, "manualFanSpeed"),
    *since(_V210, "minFanSpeed"),
    *since(_V27, "temptarget"),
    *since(_OLD, "fanrpm"),
    *since(_V211, "fan2rpm"),
    *since(_V29, "statsFrequency"),
    *since(_V211, "blockFound"),
    *since(_V213, "showNewBlock"),
    *since(_V211, "blockHeight", "scriptsig", "networkDifficulty", "hashrateMonitor"),
)

NEW_ORDER: Final[Order] = (
    *since(_V214, "power", "voltage", "current", "temp", "temp2", "vrTemp", "coreVoltageActual", "actualFrequency"),
    *since(_V214, "expectedHashrate", "fanspeed", "fanrpm", "fan2rpm", "hashRate", "hashRate_1m", "hashRate_10m"),
    *since(_V214, "hashRate_1h", "errorPercentage", "sharesAccepted", "sharesRejected"),
    *since(_V215, "sharesPending"),
    *since(_V214, "bestDiff", "bestSessionDiff", "poolDifficulty", "responseTime", "responseShareBatch", "processTime"),
    *since(_V215, "workReceived"),
    *since(_V214, "blockFound", "showNewBlock", "blockHeight", "scriptsig", "networkDifficulty"),
    *since(_V214, "coinbaseValueTotalSatoshis", "coinbaseValueUserSatoshis"),
    *since(_V214, "freeHeap", "freeHeapInternal", "freeHeapSpiram"),
    *since(_V215, "minFreeHeap", "maxAllocHeap"),
    *since(_V214, "uptimeSeconds"),
    *since(_V215, "totalUptimeSeconds", "totalHashes", "totalLog2Work"),
    *since(_V214, "cpuUsage", "miningPaused", "overheat_mode", "wifiStatus", "wifiRSSI", "version", "axeOSVersion"),
    *since(_V214, "idfVersion", "boardVersion", "maxPower", "nominalVoltage", "smallCoreCount", "ASICModel"),
    *since(_V214, "isPSRAMAvailable", "resetReason", "runningPartition", "macAddr", "hostname", "ssid", "ipv4", "ipv6"),
    *since(_V214, "apEnabled", "poolConnectionInfo", "isUsingFallbackStratum"),
    *since(_V215, "primaryPoolIndex", "secondaryPoolIndex", "useFallbackStratum", "pools"),
    *since(_V214, "stratumURL", "stratumPort", "stratumUser", "stratumSuggestedDifficulty", "stratumExtranonceSubscribe"),
    *since(_V214, "stratumTLS", "stratumCert", "stratumDecodeCoinbase", "stratumProtocol", "stratumV2AuthorityPubkey"),
    *since(_V214, "stratumV2ChannelType", "fallbackStratumURL", "fallbackStratumPort", "fallbackStratumUser"),
    *since(_V214, "fallbackStratumSuggestedDifficulty", "fallbackStratumExtranonceSubscribe", "fallbackStratumTLS"),
    *since(_V214, "fallbackStratumCert", "fallbackStratumDecodeCoinbase", "fallbackStratumProtocol"),
    *since(_V214, "fallbackStratumV2AuthorityPubkey", "fallbackStratumV2ChannelType"),
    *since(_V215, "useCustomWWW"),
    *since(_V214, "overclockEnabled", "display", "rotation", "invertscreen", "displayTimeout", "autofanspeed"),
    *since(_V214, "manualFanSpeed", "minFanSpeed", "temptarget", "coreVoltage", "frequency", "statsFrequency", "statsLimit"),
    *since(_V214, "hashrateMonitor"),
    *since(_V215, "partitions"),
    *since(_V214, "sharesRejectedReasons", "blockSignals", "coinbaseOutputs"),
    *since(_V215, "fullHostname", "mdnsHostname"),
)

STATISTICS: Final[Order] = (
    *since(_V28, "hashRate", "temp", "vrTemp", "power", "voltage", "current", "coreVoltageActual", until=_V210),
    *since(_V28, "fanspeed", "fanrpm", "wifiRSSI", "freeHeap", until=_V210),
    *since(_V211, "hashrate"),
    *since(_V212, "hashrate_1m", "hashrate_10m", "hashrate_1h"),
    *since(_V211, "errorPercentage", "asicTemp"),
    *since(_V214, "asicTemp2"),
    *since(
        _V211, "vrTemp", "asicVoltage", "voltage", "power", "current", "fanSpeed", "fanRpm", "fan2Rpm", "wifiRssi", "freeHeap"
    ),
    *since(_V213, "responseTime"),
    *since(_V28, "timestamp"),
)
