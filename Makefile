# Python 3.11 or newer, pip and make are all that a machine needs.
# Another Python or environment: make PYTHON=python3.13 VENV=.venv-3.13 test

PYTHON ?= python3
VENV ?= .venv
FUZZ_SECONDS ?= 60
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Every core, up to four: each process starts its own database servers.
PYTEST := $(BIN)/pytest -rs --numprocesses=auto --maxprocesses=4

# Where it is set, each of the processes that a test starts compiles all it imports: a second and a half.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := check
.NOTPARALLEL:
.PHONY: check lint types imports test test-faults test-mariadb test-browser test-jekyll test-install test-all fuzz \
	demo bench fix docs lock system-packages clean help

check: lint types imports test ## all that a change has to pass (plain make does this)

lint: $(STAMP) ## formatting and lint rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## static types, strict
	$(BIN)/mypy

imports: $(STAMP) ## who may import whom
	$(BIN)/lint-imports

test: $(STAMP) ## the test suite, on SQLite and on a real PostgreSQL
	$(PYTEST)

test-faults: $(STAMP) ## the slow fault matrix
	$(PYTEST) -m "faults and not mariadb and not browser"

test-mariadb: $(STAMP) ## the tests that need a MariaDB server (make system-packages)
	$(PYTEST) -m mariadb

test-browser: $(STAMP) ## stored HTML in a real browser (make system-packages)
	$(PYTEST) -m browser

test-jekyll: $(STAMP) ## the exported site, built by Jekyll and shown by a browser (make system-packages)
	$(PYTEST) -m jekyll

test-install: ## what users install: without development packages, in an environment of its own
	rm -rf build $(VENV)-runtime
	$(PYTHON) requirements/install.py $(VENV)-runtime runtime
	$(VENV)-runtime/bin/newscrawler demo --database $(VENV)-runtime/demo.db
	$(VENV)-runtime/bin/newscrawler sites -s DATABASE_URL=sqlite:///$(VENV)-runtime/demo.db
	rm -rf $(VENV)-runtime/site
	$(VENV)-runtime/bin/newscrawler export jekyll --out $(VENV)-runtime/site -s DATABASE_URL=sqlite:///$(VENV)-runtime/demo.db
	test -s $(VENV)-runtime/site/_layouts/post.html && test -s $(VENV)-runtime/site/404.html

test-all: system-packages $(STAMP) ## every test there is, with MariaDB, a browser, Jekyll and the fault matrix
	$(PYTEST) -m ""

fuzz: ## fuzz all that reads what strangers wrote, for FUZZ_SECONDS in total
	$(PYTHON) requirements/install.py $(VENV)-fuzz fuzz
	$(VENV)-fuzz/bin/python -m tests.fuzz $(FUZZ_SECONDS)

demo: $(STAMP) ## crawl recorded real articles from a local replica into SQLite, twice
	$(BIN)/newscrawler demo

bench: $(STAMP) ## measure speed and print the figures
	$(BIN)/python -m bench

fix: $(STAMP) ## format, and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP) ## rewrite what docs/ takes from the code: settings, commands, SQL views
	$(BIN)/python -m docs.reference

lock: $(STAMP) ## resolve the dependencies anew: every version and hash
	UV="$(BIN)/uv" sh requirements/lock.sh

system-packages: ## install what pip cannot: the MariaDB server, a browser, Jekyll
	sh requirements/system-packages.sh

clean: ## remove the environment, caches and build results (never a database)
	rm -rf $(VENV) $(VENV)-runtime $(VENV)-fuzz build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find newscrawler pipelines tests bench requirements -name __pycache__ -prune -exec rm -rf {} +

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

# Anew when the environment is gone or broken, or the checkout has moved; else when the lock has changed.
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif
$(STAMP): requirements/dev.txt requirements/install.py pyproject.toml
	@$(PYTHON) requirements/install.py $(VENV)
