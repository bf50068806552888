# One word for each thing a developer does; CI runs the same words.
PYTHON ?= python3
BIN := .venv/bin
FRESH ?=
UPGRADE ?=
LOCKS ?= requirements
NAME ?=
KILLS ?= 1000
SEED ?= 1
ONLY ?=
GROWTH ?=
PEOPLE ?= 1000 10000
LOCK := $(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Where every Python has the wheel of an older pip for new environments; it runs where it lies.
WHEELS := import ensurepip, os, sysconfig; print(sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
PYTEST := $(BIN)/python -m pytest -n auto
# What every worker of the first tests would compile for itself, all at the same time.
COMPILED := sqlalchemy sqlmodel pydantic alembic psycopg procrastinate slack_bolt slack_sdk hypothesis _pytest
# The bot starts in three quarters of the time when its bytecode is kept, and the tests start it often.
export PYTHONDONTWRITEBYTECODE =
.DEFAULT_GOAL := help
.PHONY: help install try test test-all test-rest chaos year aged benchmarks check lock format words migration clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Each stamp is newer than the lock files exactly when the environment matches them. The pip of the lock files comes first:
# an older one takes twice as long.
.venv/.made: requirements/run.lock requirements/try.lock requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Peerloop needs Python 3.11 or newer; say which: make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python brings no pip along: it lacks ensurepip, which Debian has in python3-venv"; exit 1; }
	@echo "Making an environment in .venv ..."
	@$(PYTHON) -m venv --clear --without-pip .venv
	@sed -n '/^pip==/,/[^\\]$$/p' requirements/run.lock >.venv/pip.lock
	@PYTHONPATH="$$(ls $$($(PYTHON) -c '$(WHEELS)')/pip-*.whl)" $(PIP) install --no-compile --require-hashes --no-deps -r .venv/pip.lock
	@touch $@

.venv/.run: .venv/.made
	@echo "Installing what runs the bot ..."
	@$(PIP) install --require-hashes --no-deps -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Python compiles a module when it is first imported, which for most modules of these packages is never.
.venv/.try: .venv/.made
	@echo "Installing what runs the bot and the local workspace ..."
	@$(PIP) install --no-compile --require-hashes --no-deps -r requirements/try.lock
	@$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.try
	@echo "Installing what developers need ..."
	@$(PIP) install --no-compile --require-hashes --no-deps -r requirements/dev.lock
	@$(BIN)/python -m compileall -q -j 0 $(addprefix .venv/lib/python*/site-packages/,$(COMPILED))
	@touch $@

install: .venv/.run ## make the environment in .venv with what runs the bot, from the lock files

try: .venv/.try ## play the product in a local workspace (FRESH=1 starts over)
	@echo "Starting the local workspace ..."
	@$(BIN)/peerloop try $(if $(FRESH),--fresh)

test: .venv/.dev ## run the tests that a change needs, in under five minutes
	@$(PYTEST) -m "not slow"

test-rest: .venv/.dev ## run what only test-all has: what is slow, and the rest of what goes on for longer
	@PEERLOOP_TESTS_AT_LENGTH=1 $(PYTEST) -m "slow or longer"

test-all: test test-rest ## run every test, at full length

chaos: .venv/.dev ## kill the bot's processes while it works, and count (KILLS=1000 SEED=1)
	@$(BIN)/python -m chaos --kills $(KILLS) --seed $(SEED)

year: .venv/.dev ## play a year with three processes on PostgreSQL, and compare it with the calendar
	@$(BIN)/python -m chaos.year

aged: .venv/.dev ## make the databases a year old on which benchmarks measure, and keep them (PEOPLE="1000 10000")
	@for people in $(PEOPLE); do $(BIN)/python -m benchmarks.aged --people $$people || exit 1; done

benchmarks: .venv/.dev ## measure everything, each figure beside its goal (ONLY=round GROWTH=1)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(GROWTH),--growth)

check: .venv/.dev ## lint, format, types, import contracts, lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@rm -rf .venv/requirements && cp -r requirements .venv/
	@$(MAKE) --no-print-directory lock LOCKS=.venv/requirements
	@diff -r -I '^ *#' requirements .venv/requirements >/dev/null || { echo "The lock files are out of date: make lock"; exit 1; }

lock: .venv/.dev ## bring the lock files up to date with pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@$(LOCK) $(UPGRADE) --all-extras --group dev --output-file $(LOCKS)/dev.lock pyproject.toml
	@$(LOCK) --group install --constraints $(LOCKS)/dev.lock --output-file $(LOCKS)/run.lock pyproject.toml
	@$(LOCK) --group install --extra try --constraints $(LOCKS)/dev.lock --output-file $(LOCKS)/try.lock pyproject.toml

format: .venv/.dev ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: .venv/.dev ## bring the catalogues of other languages, and the stems of topics, up to date
	@$(BIN)/python -c 'from bot.library import stems_of_topics; print(end=stems_of_topics())' >bot/content/stems.txt
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header -k N_ -o .venv/words.pot bot
	@for po in bot/locale/*/LC_MESSAGES/peerloop.po; do \
	  $(BIN)/pybabel --quiet update --ignore-obsolete --no-fuzzy-matching --no-wrap --omit-header -i .venv/words.pot -o $$po -l $$(basename $$(dirname $$(dirname $$po))) || exit 1; \
	done

migration: .venv/.dev ## write a migration for changed tables (NAME="Goals get a colour")
	@test -n '$(NAME)' || { echo 'Say what changes: make migration NAME="Goals get a colour"'; exit 2; }
	$(BIN)/python -m storage.migrations.new '$(NAME)'
	@$(BIN)/ruff format --quiet storage/migrations/versions
	@$(BIN)/ruff check --quiet --fix storage/migrations/versions
	@$(BIN)/ruff format --quiet storage/migrations/versions

clean: ## remove the environment and the local workspace's data
	rm -rf .venv .peerloop
