# The commands that stay. Each does its own set-up first; what is already done costs a second.
PYTHON ?= python3
# Images often forbid Python to keep what it has compiled; each of our many short processes would compile it all again, 2 s each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test quick bench tidy guides

help:
	@echo "make run    set up, build the demo district if there is none, print the accounts, serve"
	@echo "make test   every check and test, on SQLite, on PostgreSQL and in a browser"
	@echo "make quick  the checks of a minute: style, types, floors, tests of the rooms that changed"
	@echo "make bench  measure; prints a table"
	@echo "make guides take the pictures that docs/guides show, into build/guides"
	@echo "make tidy   put imports and form in order, as \`make quick\` wants them"
	@echo "make setup  only the set-up"

setup:
	@$(PYTHON) scripts/prepare.py --migrate

run: setup
	@.venv/bin/baozhang demo --if-empty
	@exec .venv/bin/baozhang serve --gateway 7611 --simulate 5

test:
	@$(PYTHON) scripts/prepare.py --system
	@.venv/bin/python scripts/check.py all

quick:
	@$(PYTHON) scripts/prepare.py
	@.venv/bin/python scripts/check.py quick

bench:
	@$(PYTHON) scripts/prepare.py --system
	@.venv/bin/python -m bench

guides:
	@$(PYTHON) scripts/prepare.py --system
	@.venv/bin/pytest -q -m journey tests/journeys/test_guides.py

tidy:
	@$(PYTHON) scripts/prepare.py
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .
