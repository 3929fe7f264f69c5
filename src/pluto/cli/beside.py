"""What stands beside the database in the data folder and belongs into a backup: the past, who changed what, who may come in."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pluto.access.access import FOLDER
from pluto.access.passwords import FILE as PASSWORDS
from pluto.access.tokens import FILE as TOKENS
from pluto.audit.files import AuditFiles, names
from pluto.history.moment import copy_of_one_moment

HISTORY: Final = "history.sqlite"
ACCESS: Final = (f"{FOLDER}/{PASSWORDS}", f"{FOLDER}/{TOKENS}")

KNOWN: Final = frozenset((HISTORY, *names(), *ACCESS))
"""What a backup may put into the data folder."""


def copies(data: Path, work: Path, *, with_history: bool, with_access: bool) -> Mapping[str, Path]:
    """Copy what is there of the files in *data* into *work*, each as it is at one moment; return the copies by name.

    The password and the tokens, which are kept as hashes, come *with_access* only.
    """
    found: dict[str, Path] = {}
    for name, content in AuditFiles(data).contents().items():
        found[name] = work / name
        found[name].write_bytes(content)
    if with_access:
        for name in ACCESS:
            if (data / name).exists():
                found[name] = work / Path(name).name
                shutil.copyfile(data / name, found[name])
    if with_history and (data / HISTORY).exists():
        found[HISTORY] = work / HISTORY
        copy_of_one_moment(data / HISTORY, found[HISTORY])
    return found
