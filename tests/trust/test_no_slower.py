import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_poll_a_scrape_a_patch_and_a_record_take_no_more_work_than_they_did() -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    compared = subprocess.run(
        [sys.executable, "-m", "bench.fixed_work"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if "nothing was kept" in compared.stdout:
        pytest.skip(compared.stdout.splitlines()[-1])
    assert compared.returncode == 0, f"{compared.stdout}{compared.stderr}\nIf it must be: python -m bench.fixed_work --write"
