"""A machine looks for an answer that the decoder does not withstand: `make fuzz`; needs atheris, which is no dependency.

Whatever the bytes are, the decoder returns a reading and a JSON object, or says that they are nonsense.
"""

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["pluto"]):
    from pluto.axeos.decode import decode_asic, decode_system_info
    from pluto.errors import MinerNonsense
    from pluto.model.json_value import parse_object
    from pluto.model.secret_text import secrets_masked


def one(body: bytes) -> None:
    """Decode *body* in each way there is."""
    try:
        answered = decode_system_info(body)
    except MinerNonsense:
        pass
    else:
        parse_object(answered.info)
    with suppress(MinerNonsense):
        decode_asic(body)
    secrets_masked(body.decode(errors="replace"))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
