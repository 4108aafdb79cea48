# CXQuest. `make help` lists what there is; only Python >= 3.11 and make are assumed.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test lint bench shots messages lock clean
.NOTPARALLEL:

help:         ## list these
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup:        ## make .venv with what the product needs
	@scripts/setup requirements.lock

setup-tests:  ## make .venv with what the tests need too
	@scripts/setup requirements-dev.lock

run: setup    ## serve the product on http://127.0.0.1:8000 (HOST and PORT change it)
	@scripts/run

test: lint    ## check everything, on SQLite and on PostgreSQL, with a real browser
	@scripts/test $(TESTS)

lint: setup-tests  ## check the style, the types, the layers, the templates, the migrations
	@scripts/lint

bench: setup-tests  ## measure boards, simulation, search, imports, themes, effects, pages
	@.venv/bin/python -m bench.board
	@.venv/bin/python -m bench.simulation
	@.venv/bin/python -m bench.boards_scale
	@.venv/bin/python -m bench.search
	@.venv/bin/python -m bench.imports
	@.venv/bin/python -m bench.themes
	@.venv/bin/python -m bench.effect
	@.venv/bin/python -m bench.quest_page

shots: setup-tests  ## take the pictures of the README
	@CXQUEST_CHROMIUM="$$(scripts/browser)" .venv/bin/python scripts/shots.py

messages: setup  ## write every sentence to translate to cxquest/translations/messages.pot
	@mkdir -p cxquest/translations
	@.venv/bin/pybabel -q extract -F pyproject.toml -k _l -k _m --no-location --sort-output \
		--project CXQuest -o cxquest/translations/messages.pot .

lock: setup-tests  ## renew both lock files from requirements*.txt
	@scripts/lock

clean:        ## take away the environment and every cache; instance/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
