"""plyvel-next: same classes, methods and errors as plyvel."""

from plyvel import DB as DB
from plyvel import CorruptionError as CorruptionError
from plyvel import Error as Error
from plyvel import repair_db as repair_db
