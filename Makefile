# Each target makes .venv from the lock file when it is missing: Python 3.11+ is all it needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint check quality bench reliability soak lock clean

demo: .venv/ready
	$(BIN)/pledgewatch demo --no-open

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

quality: .venv/ready
	$(BIN)/python -m tests.benchmarks.quality

bench: .venv/ready
	$(BIN)/python -m tests.benchmarks.bench

reliability: .venv/ready
	$(BIN)/python -m tests.benchmarks.network
	$(BIN)/python -m tests.benchmarks.documents
	$(BIN)/python -m tests.benchmarks.walls
	$(BIN)/python -m tests.benchmarks.year

# The long runs: hours. CI runs the short forms, which are among the tests.
soak: .venv/ready
	$(BIN)/python -m tests.benchmarks.kills --cycles 10000
	$(BIN)/python -m tests.benchmarks.kills --cycles 2000 --database postgresql --steps none --programs 0
	$(BIN)/python -m tests.benchmarks.days
	$(BIN)/python -m tests.benchmarks.tampering
	$(BIN)/python -m tests.benchmarks.week
	$(BIN)/python -m tests.benchmarks.restart
	$(BIN)/python -m tests.benchmarks.memory

# Write the lock file anew (needs uv: https://docs.astral.sh/uv).
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --group dev --all-extras \
	  --no-emit-index-url --no-header --no-annotate --upgrade -o requirements.lock

clean:
	rm -rf .venv build *.egg-info

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pledgewatch needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready
