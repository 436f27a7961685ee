# Two commands are all that is needed: make demo, make test. Both set up what they need, given Python, Node and npm.
UV_VERSION := 0.13.9
TOOLS := .tools/bin
PYTHON ?= python3
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
# Python and console are set up side by side.
MAKEFLAGS += --jobs=2
RUN := $(TOOLS)/uv run --frozen --no-sync
CONSOLE := src/ringfence/server/console/index.html

.PHONY: demo test long fuzz crash bench figures pictures lint lint-python lint-console format wheel chromium clean

demo: .venv/ready $(CONSOLE)
	$(RUN) ringfence demo -o out/ringfence-demo.html --serve

test: lint $(CONSOLE) chromium
	$(RUN) pytest

lint: lint-python lint-console

lint-python: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

# Behind the build and not beside it: both write the types of the API.
lint-console: $(CONSOLE)
	cd console && npm run --silent lint

# What make test has no time for: the planner against every set of arms on 2,000 small maps of each kind; OSMnx on a whole city;
# ten times as many days of a ledger.
long: .venv/ready
	RINGFENCE_LONG=1 RINGFENCE_INSTANCES=2000 $(RUN) pytest tests/property/test_planner_against_brute_force.py \
		tests/property/test_same_plan.py tests/property/test_front.py tests/property/test_other_plans.py tests/property/test_certificates.py tests/property/test_weighed_certificates.py \
		tests/property/test_told.py tests/property/test_osm_oracle.py tests/property/test_ledger_desk.py tests/property/test_ledger_property.py \
		tests/contract/test_osmnx_agreement.py

# Ten minutes of requests to the API, and a million inputs at every door where something comes in; some half an hour.
fuzz: .venv/ready
	RINGFENCE_API_EXAMPLES=600 $(RUN) pytest tests/contract/test_api.py -k whatever_is_asked
	$(RUN) python -m tests.fuzz --inputs 1000000 --seed 1 --jobs 2

# A thousand power cuts under SQLite and a thousand kills of a PostgreSQL server, each drawn from its number, and the numbers
# told at the end; some half an hour. RINGFENCE_CRASH_SEED: one of them alone, the same again (tests/crash/README.md).
crash: .venv/ready
	RINGFENCE_CRASHES=1000 $(RUN) pytest tests/crash

bench: .venv/ready
	$(RUN) python -m benchmarks.run

# The pages of figures that bench does not write: how the planner scales, and the fronts of ten places.
figures: .venv/ready
	$(RUN) python -m benchmarks.scaling
	$(RUN) python -m benchmarks.fronts

# The console's pictures, to be looked at in out/browser; the README's is one of them.
pictures: .venv/ready $(CONSOLE) chromium
	RINGFENCE_PICTURES=1 $(RUN) pytest tests/browser/test_pictures.py

format: .venv/ready
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

wheel: .venv/ready $(CONSOLE)
	$(TOOLS)/uv build --wheel --out-dir dist

.venv/ready: uv.lock pyproject.toml $(TOOLS)/uv
	$(TOOLS)/uv sync --frozen --quiet
	$(RUN) python -m compileall -q src
	@touch $@

$(TOOLS)/uv:
	$(PYTHON) -m venv .tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# The console, built from its lockfile into the package, from where the server hands it out.
$(CONSOLE): console/node_modules/ready docs/openapi.json $(shell find console/src console/public -type f 2>/dev/null) \
		console/index.html console/vite.config.ts console/tsconfig.json
	cd console && npm run --silent build
	@touch $@

# Exactly what the lockfile says. Not npm ci: it wants entries for every other platform too, which not all registries have.
console/node_modules/ready: console/package.json console/package-lock.json
	cd console && npm install --no-save --no-fund --no-audit --loglevel=error
	@touch $@

# The browser of the tests is Debian's; it is installed where that can be done, and missed aloud where not.
chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium; } \
		|| { echo "The browser tests need Chromium: install Debian's package chromium."; exit 1; }

clean:
	rm -rf .venv .tools out dist build console/node_modules src/ringfence/server/console .mypy_cache .ruff_cache .pytest_cache .hypothesis
