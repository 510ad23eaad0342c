# make demo    the main job on the example articles, no server needed
# make test    the test suite, offline
# make chaos   try to break the lake, in full (half an hour); `make test` has a short form
# make check   lint, types, import contracts, lock, generated docs
# make docs    write the generated docs anew
# make bench   measure ingest and structuring (docs/benchmarks.md names the other commands)
# make fuzz    coverage-guided fuzzing of extraction
# make lock    resolve the dependencies anew
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test chaos check docs bench fuzz lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "newslake needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)
	@$(BIN)/newslake demo

test: $(READY)
	$(BIN)/python -m pytest

chaos: $(READY)
	NEWSLAKE_CHAOS=full $(BIN)/python -m pytest tests/chaos tests/test_automations.py tests/test_stack_faults.py tests/test_object_storage.py -s

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/python .ci/checks.py lock
	$(BIN)/python .ci/checks.py hosts
	$(BIN)/python -m lake.views.document --check

docs: $(READY)
	$(BIN)/python -m lake.views.document

bench: $(READY)
	$(BIN)/python -m benchmarks.ingest

fuzz: $(READY)
	$(BIN)/python -m pip install --quiet atheris
	$(BIN)/python -m benchmarks.fuzz --seconds 60

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python .ci/checks.py stamp > requirements.lock.new
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra dev pyproject.toml >> requirements.lock.new
	mv requirements.lock.new requirements.lock

clean:
	rm -rf $(VENV) demo-lake build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
