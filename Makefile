# One word for each thing a developer does; CI runs the same words.
PYTHON ?= python3
BIN := .venv/bin
FRESH ?=
UPGRADE ?=
NAME ?=
KILLS ?= 1000
SEED ?= 1
LOCK_OPTIONS := --quiet --universal --generate-hashes --no-header --python-version 3.11 --all-extras --group dev
# The bot starts in three quarters of the time when its bytecode is kept, and the tests start it often.
export PYTHONDONTWRITEBYTECODE =
.DEFAULT_GOAL := help
.PHONY: help install try test chaos year check lock format words migration clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is newer than the lock file exactly when the environment matches it.
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Peerloop needs Python 3.11 or newer; say which: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: .venv/.installed ## make the environment in .venv, from the lock file

try: .venv/.installed ## play the product in a local workspace (FRESH=1 starts over)
	@$(BIN)/peerloop try $(if $(FRESH),--fresh)

test: .venv/.installed ## run every test
	$(BIN)/python -m pytest -n auto

chaos: .venv/.installed ## kill the bot's processes while it works, and count (KILLS=1000 SEED=1)
	@$(BIN)/python -m chaos --kills $(KILLS) --seed $(SEED)

year: .venv/.installed ## play a year with three processes on PostgreSQL, and compare it with the calendar
	@$(BIN)/python -m chaos.year

check: .venv/.installed ## lint, format, types, import contracts, lock file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@cp requirements.lock .venv/lock.check
	@$(BIN)/python -m uv pip compile $(LOCK_OPTIONS) --output-file .venv/lock.check pyproject.toml
	@cmp requirements.lock .venv/lock.check || { echo "The lock file is out of date: make lock"; exit 1; }

lock: ## bring the lock file up to date with pyproject.toml (UPGRADE=--upgrade takes newer versions)
	$(BIN)/python -m uv pip compile $(LOCK_OPTIONS) $(UPGRADE) --output-file requirements.lock pyproject.toml

format: .venv/.installed ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: .venv/.installed ## bring the catalogues of other languages up to date with the sentences in the code
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header -k N_ -o .venv/words.pot bot
	@for po in bot/locale/*/LC_MESSAGES/peerloop.po; do \
	  $(BIN)/pybabel --quiet update --ignore-obsolete --no-fuzzy-matching --no-wrap --omit-header -i .venv/words.pot -o $$po -l $$(basename $$(dirname $$(dirname $$po))) || exit 1; \
	done

migration: .venv/.installed ## write a migration for changed tables (NAME="Goals get a colour")
	@test -n '$(NAME)' || { echo 'Say what changes: make migration NAME="Goals get a colour"'; exit 2; }
	$(BIN)/python -m storage.new_migration '$(NAME)'
	@$(BIN)/ruff check --quiet --fix storage/migrations/versions
	@$(BIN)/ruff format --quiet storage/migrations/versions

clean: ## remove the environment and the local workspace's data
	rm -rf .venv .peerloop
