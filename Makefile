# Two commands: `make run` serves the demo company, `make test` tests on the embedded engine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test test-neo4j test-two conformance check types house format lock pages bench bench-quick bench-inbox bench-receipts faults faults-short
.PHONY: bench-refill browser story

run: $(VENV)/.runtime
	@TURNOUT_PROFILE=$${TURNOUT_PROFILE:-development} exec $(BIN)/turnout serve

test: $(VENV)/.development
	$(BIN)/python -m pytest $(ARGS)

test-neo4j: $(VENV)/.development
	$(BIN)/python -m pytest --engine neo4j $(ARGS)

# The same on a Neo4j with two servers, which are asked in turn and share database and files alone.
test-two: $(VENV)/.development
	$(BIN)/python -m pytest --engine neo4j --two $(ARGS)

# Suites that others wrote, against a served demo; needs node 20 or later.
conformance: $(VENV)/.runtime
	@$(BIN)/python -m tests.conformance $(ARGS)

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs=2 types house

# Each takes a core for as long as the other.
types: $(VENV)/.development
	$(BIN)/basedpyright

house: $(VENV)/.development
	$(BIN)/python -m pytest tests/house

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks name versions and hashes only; no index is written into them.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header
lock: $(VENV)/.development
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) pyproject.toml --group bench -c requirements-dev.lock -o requirements-bench.lock
	$(COMPILE) pyproject.toml --group browser -c requirements-dev.lock -o requirements-browser.lock
	$(COMPILE) tests/conformance/requirements.in -o tests/conformance/requirements.lock
	$(COMPILE) tests/bucket/requirements.in -o tests/bucket/requirements.lock

$(VENV)/bin/python:
	@echo "Making .venv ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what requirements.lock names ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Candidates' pages in a real browser; needs Debian's package chromium, and fonts for Chinese as fonts-noto-cjk.
$(VENV)/.browser: requirements-browser.lock $(VENV)/.development
	@$(PIP) install --require-hashes -r requirements-browser.lock
	@touch $@

# A store as of S3 for tests, in an environment of its own, as it needs older packages than the product.
BUCKET := tests/bucket/.venv
.PHONY: bucket
bucket: $(BUCKET)/.filled
$(BUCKET)/.filled: tests/bucket/requirements.lock
	@$(PYTHON) -m venv $(BUCKET)
	@$(BUCKET)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

# ARGS with a file or a test of it runs that alone; with options alone, all of them run so.
browser: $(VENV)/.browser
	$(BIN)/python -m pytest $(if $(findstring tests/browser,$(ARGS)),,tests/browser) $(ARGS)

# docs/story.md and its pictures: the candidate's story, played in a browser.
story: $(VENV)/.browser
	$(BIN)/python -m pytest tests/browser/story.py $(ARGS)

# What the benchmarks draw with, and the peer that they compare with; the latter needs node 20 or later.
PEER := tests/bench/peer
$(VENV)/.bench: requirements-bench.lock $(VENV)/.development
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

$(PEER)/node_modules: $(PEER)/package-lock.json
	@command -v npm > /dev/null || { echo "The peer of the benchmarks needs node 20 or later, with npm."; exit 1; }
	@cd $(PEER) && npm ci --silent
	@touch $@

# Every committed file that is made of the code: the schema, and pages in docs/.
pages: $(VENV)/.development
	$(BIN)/python -m tests.house.pages

bench: $(VENV)/.bench $(PEER)/node_modules
	$(BIN)/python -m tests.bench

bench-quick: $(VENV)/.bench $(PEER)/node_modules
	$(BIN)/python -m tests.bench --quick

bench-inbox: $(VENV)/.development
	$(BIN)/python -m tests.bench.inbox

bench-receipts: $(VENV)/.development
	$(BIN)/python -m tests.bench.receipts
bench-refill: $(VENV)/.development
	@$(BIN)/python -m tests.bench.refill $(ARGS)

faults: $(VENV)/.development
	$(BIN)/python -m tests.faults $(ARGS)

faults-short: $(VENV)/.development
	$(BIN)/python -m tests.faults --short
