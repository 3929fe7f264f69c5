"""Everything that can go wrong on purpose, as a tree; `api/problems.py` makes it HTTP, `cli/main.py` an exit code.

PlutoError
|-- BadRequest                 a client asked for something that cannot be (400)
|   `-- BadField               one parameter, or member of the body, is to blame (400)
|-- NotFound                   no such miner, preset or page (404)
|   |-- UnknownSearch          no such search (404)
|   `-- UnknownPreset          no such preset, where that has a word of its own (404)
|-- HistoryOff                 readings are not remembered here (409)
|-- CannotDo                   the firmware of this miner has no word for what is asked (409)
|-- MinerFault                 one exchange with one miner failed
|   |-- MinerUnreachable       no connection, refused, or silent
|   |   `-- MinerHungUp        the connection ended after all of the request was sent
|   |-- MinerNonsense          it answered, but not what an AxeOS miner says
|   `-- WrongMiner             another miner answers at this address
|-- WriteFailed                a miner was to be changed and was not, or nobody knows; `details` says why (500)
|-- WrongPassword              nobody is let in with it (401)
|-- TooManyAttempts            somebody tries passwords too often (429)
|-- TooBusy                    as much is waiting already as may wait (503)
|-- DiscoveryFailed            nobody could tell which miners there are
|-- CannotDraw                 a dashboard, or the folder of them, cannot be written or read
|-- BadQuery, RelayFailed    a question to Prometheus that may not be asked (400), or got no answer (500)
|-- StorageFull                the disk took nothing more; what was stored stays (507)
|-- StoreBusy                  the database changed too fast to be copied
|-- StoreNotEmpty              what is there would be replaced, and nobody said that it may
|-- BackupUnusable             a file is no backup, or not a whole one
`-- CannotStart                the process ends with one sentence
    |-- BadSetting, PortTaken, FolderUnusable, SealBroken    exit code 2
    `-- StoreLocked, StoreDamaged                exit code 3
"""


class PlutoError(Exception):
    """The root: a sentence a person can act on."""


class BadRequest(PlutoError):
    """A client's request cannot be met as it stands; nothing was changed."""


class BadField(BadRequest):
    """One *field* of a request is to blame."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(PlutoError):
    """What the request names does not exist; nothing was changed."""


class UnknownSearch(NotFound):
    """No search with this id runs or has just ended."""


class UnknownPreset(NotFound):
    """No preset has this id."""


class HistoryOff(PlutoError):
    """What was asked for is in the history, and a setting says that there is none."""


class CannotDo(PlutoError):
    """The firmware of a miner cannot do what is asked; it was not told."""


class MinerFault(PlutoError):
    """One exchange with one miner failed."""


class MinerUnreachable(MinerFault):
    """No connection, refused, or connected and silent for longer than the limit."""


class MinerHungUp(MinerUnreachable):
    """The connection ended after all of the request was sent, before the whole answer came."""


class MinerNonsense(MinerFault):
    """The miner answered, but not with a system/info that can be used."""


class WrongMiner(MinerFault):
    """Another miner answers at this address."""


class WriteFailed(PlutoError):
    """A miner did not take a change; *details* is what it said, without secrets, or why it could not be asked."""

    def __init__(self, sentence: str, details: object) -> None:
        super().__init__(sentence)
        self.details = details


class TooBusy(PlutoError):
    """As much is waiting already as may wait; it is worth trying again after *retry_after_s* seconds."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class WrongPassword(PlutoError):
    """A password that opens nothing."""


class TooManyAttempts(PlutoError):
    """Passwords were tried too often; it is worth trying again after *retry_after_s* seconds."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class DiscoveryFailed(PlutoError):
    """The discovery service, or our own search, could not give an answer."""


class BadQuery(PlutoError):
    """A question to Prometheus breaks one of the rules for them."""


class RelayFailed(PlutoError):
    """Prometheus gave no answer that can be passed on."""


class StorageFull(PlutoError):
    """The disk took nothing more; what was stored before is as it was."""


class StoreBusy(PlutoError):
    """The database changed so fast that no moment of it could be copied."""


class StoreNotEmpty(PlutoError):
    """What is stored would be replaced, and nobody said that it may be."""


class BackupUnusable(PlutoError):
    """A file is no backup of ours, or not a whole one; nothing was changed."""


class CannotDraw(PlutoError):
    """A dashboard, or the folder of them, cannot be written or read; what was there is as it was."""


class CannotStart(PlutoError):
    """The process cannot start and says why in one sentence."""

    exit_code = 2


class BadSetting(CannotStart):
    """A setting has a value that cannot be used; the sentence names it."""


class PortTaken(CannotStart):
    """Somebody else listens on our port."""


class FolderUnusable(CannotStart):
    """A folder cannot be made or written."""


class SealBroken(CannotStart):
    """Passwords in the database are sealed, and the key is missing or another one."""


class StoreLocked(CannotStart):
    """Another process has the database open."""

    exit_code = 3


class StoreDamaged(CannotStart):
    """The database exists but cannot be read; it is never replaced by an empty one."""

    exit_code = 3
