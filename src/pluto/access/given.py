"""The passwords that the settings name, themselves or by a file; what is wrong with one is said without saying it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pluto.access.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, is_possible
from pluto.access.roles import Role
from pluto.errors import BadSetting
from pluto.settings import Settings

_VARIABLES: Final[Mapping[Role, str]] = {Role.OPERATOR: "PLUTO_PASSWORD", Role.VIEWER: "PLUTO_VIEWER_PASSWORD"}
_MOST_FILE_BYTES: Final = 4 * MOST_CHARACTERS + 2


def given_passwords(settings: Settings) -> Mapping[Role, str]:
    """Return the password of each role that has one in *settings*; raises BadSetting."""
    stated = {
        Role.OPERATOR: (settings.password, settings.password_file),
        Role.VIEWER: (settings.viewer_password, settings.viewer_password_file),
    }
    found = {role: _password(_VARIABLES[role], *both) for role, both in stated.items() if any(both)}
    if found.get(Role.VIEWER) is not None and found.get(Role.VIEWER) == found.get(Role.OPERATOR):
        raise BadSetting("PLUTO_VIEWER_PASSWORD is the operator's password too: whoever knows it would be the operator")
    return found


def _password(variable: str, itself: str, file: str) -> str:
    if itself and file:
        raise BadSetting(f"{variable} and {variable}_FILE are both set: one is enough")
    name, password = (f"{variable}_FILE", _content(f"{variable}_FILE", Path(file))) if file else (variable, itself)
    if not is_possible(password):
        raise BadSetting(f"{name}: a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters, this one {len(password)}")
    return password


def _content(variable: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_FILE_BYTES + 1).decode().rstrip("\r\n")
    except OSError as error:
        raise BadSetting(f"{variable}: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSetting(f"{variable}: {path} is not UTF-8 text") from error
