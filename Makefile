# Two commands matter: `make demo` (it runs) and `make test` (it is right). Both set up what they need under this folder.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
PAGE   := src/pluto/page_files/index.html
LOOKS  := tests/browser/test_looks.py tests/browser/test_zoom.py

.DEFAULT_GOAL := help
.PHONY: help demo test check ui fix bench trust chaos soak fuzz audit sbom lock clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run $(PAGE)  ## start 30 simulated miners and the server, print the address
	@$(BIN)/pluto demo

test: $(VENV)/.dev check ui  ## everything CI runs
	@echo "pluto: tests; those of the page in a browser beside quick ones, the rest alone: there polls must be on time"
	@mkdir -p out && { $(BIN)/pytest tests/browser/test_many.py tests/browser $(LOOKS:%=--ignore=%) > out/browser.log 2>&1 & browser=$$!; \
	  $(BIN)/pytest tests/unit tests/contract tests/fuzz $(LOOKS); quick=$$?; wait $$browser; browser=$$?; \
	  cat out/browser.log; exit $$((quick | browser)); }
	@$(BIN)/pytest tests/end_to_end tests/trust

check: $(VENV)/.dev  ## format, lint, spelling, types, import contracts
	@echo "pluto: checks" && $(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/codespell src tests docs bench *.md
	@$(BIN)/mypy && $(BIN)/pyright && $(BIN)/lint-imports --no-cache

ui: $(VENV)/.dev $(PAGE)  ## build the page, check its types, run its own tests
	@echo "pluto: the page" && $(BIN)/python ui/build.py check

fix: $(VENV)/.dev  ## repair what a tool can
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## print the figures of docs/performance.md
	@$(BIN)/python -m bench

trust: $(VENV)/.dev  ## show each promise of docs/trust-coverage.md with its tests and the figures they saw
	@PLUTO_KILL9_ROUNDS=200 PLUTO_HOSTILE_S=60 PLUTO_STOPPED_S=20 PLUTO_AWAY_S=60 PYTHONPATH=tests $(BIN)/python tests/trust_rows.py --run

chaos: $(VENV)/.dev  ## kill -9 the store 200 times under 16 writers, print what was lost
	@PLUTO_KILL9_ROUNDS=200 PYTHONPATH=tests $(BIN)/python tests/trust_rows.py --run 11.1

soak: $(VENV)/.dev  ## churn for SOAK_S seconds (10,000), print how memory, descriptors and series grew
	@PLUTO_SOAK_S=$(or $(SOAK_S),10000) PYTHONPATH=tests $(BIN)/python tests/trust_rows.py --run 12.4

fuzz: $(VENV)/.uv  ## let a machine think up answers of miners for FUZZ_S seconds (180); needs a Python for which there is atheris
	@PYTHONPATH=src $(UV) run -q --no-project --python 3.11 --with atheris --with msgspec python tests/fuzz/decode_fuzz.py -max_total_time=$(or $(FUZZ_S),180) -timeout=5

audit: $(VENV)/.uv  ## look for known weaknesses in what requirements.lock pins
	@$(UV) tool run -q --from pip-audit==2.10.1 pip-audit --strict --require-hashes --disable-pip -r requirements.lock \
		|| { echo "pluto: not audited, or not clean: the lines above name weaknesses, or say that PyPI (not a mirror) could not be asked" >&2; exit 1; }

sbom: $(VENV)/.uv  ## write out/pluto.cdx.json: what a release is made of, as CycloneDX
	@mkdir -p out && $(UV) tool run -q --from cyclonedx-bom==7.5.0 cyclonedx-py requirements --pyproject pyproject.toml --of JSON -o out/pluto.cdx.json requirements.lock
	@echo "pluto: out/pluto.cdx.json"

lock: $(VENV)/.uv  ## pin the newest versions that fit pyproject.toml
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock --upgrade
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock --upgrade

clean:  ## remove what these targets made
	rm -rf $(VENV) ui/node_modules $(dir $(PAGE)) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.uv:
	@echo "pluto: making $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Pluto needs Python 3.11 or newer; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -q --disable-pip-version-check uv && touch $@

$(VENV)/.run: $(VENV)/.uv requirements.lock pyproject.toml
	@echo "pluto: installing what the server needs"
	@$(UV) pip install -q -r requirements.lock && $(UV) pip install -q --no-deps -e . && touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "pluto: installing what the tests need"
	@$(UV) pip install -q -r requirements-dev.lock && touch $@

$(PAGE): $(shell find ui -path ui/node_modules -prune -o -path ui/test -prune -o -type f -print) | $(VENV)/.run
	@echo "pluto: building the page"
	@$(BIN)/python ui/build.py
