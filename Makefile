# Two commands are all that is needed: make demo, make test. Both set up what they need.
UV_VERSION := 0.13.9
TOOLS := .tools/bin
PYTHON ?= python3
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_NO_PROGRESS := 1
RUN := $(TOOLS)/uv run --frozen --no-sync

.PHONY: demo test bench lint format wheel clean

demo: .venv/ready
	$(RUN) ringfence demo -o out/ringfence-demo.html

test: lint
	$(RUN) pytest

lint: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

bench: .venv/ready
	$(RUN) python -m benchmarks.run

format: .venv/ready
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

wheel: .venv/ready
	$(TOOLS)/uv build --wheel --out-dir dist

.venv/ready: uv.lock pyproject.toml $(TOOLS)/uv
	$(TOOLS)/uv sync --frozen --quiet
	$(RUN) python -m compileall -q src
	@touch $@

$(TOOLS)/uv:
	$(PYTHON) -m venv .tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

clean:
	rm -rf .venv .tools out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
