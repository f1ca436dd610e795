# The two commands are `make` (set up and build into dist/) and `make test` (set up and pass all tests).
# ARGS goes to the command behind a target: make ARGS="--jobs 2", make test ARGS="-k press".

# Text is UTF-8 whatever the locale says. Caches of tools (pip, fontconfig, Chromium) stay in the checkout.
export PYTHONUTF8 := 1
export XDG_CACHE_HOME := $(CURDIR)/.cache
# Material prints an end-of-life notice on every run otherwise.
export NO_MKDOCS_2_WARNING := 1

BIN := .venv/bin
PIP_TOOLS := pip-tools==7.6.2

.DEFAULT_GOAL := build
.PHONY: build setup setup-test test audit bench bench-site bench-press bench-search serve lock clean distclean

build: setup
	$(BIN)/python build.py build $(ARGS)

setup:
	@sh tools/setup.sh build

setup-test:
	@sh tools/setup.sh test

# pytest comes last, so that its closing line ends the output.
test: setup-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

# Lighthouse is large and its figures depend on the machine: no part of the tests.
audit: setup-test
	$(BIN)/npm ci --prefix tools/audit --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python build.py build
	$(BIN)/python tools/audit.py $(ARGS)

# `make -k bench` runs all of them even if one misses a target.
bench: bench-site bench-press bench-search

bench-site: setup
	$(BIN)/python benchmarks/site/run.py $(ARGS)

# Chromium and Playwright are those of the tests.
bench-press: setup-test
	$(BIN)/python benchmarks/press/run.py $(ARGS)

bench-search: setup-test
	$(BIN)/python benchmarks/search/run.py $(ARGS)

serve: setup
	$(BIN)/python build.py serve $(ARGS)

# Locks are compiled with the oldest Python that the project supports, Debian 12's 3.11.2: a newer one may choose
# versions that do not install there. Pins stay as they are unless ARGS=--upgrade. No address is written.
lock:
	@/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make lock needs Python 3.11 as /usr/bin/python3 (Debian 12)" >&2; exit 1; }
	@test -x .cache/lock/bin/pip-compile \
		|| { /usr/bin/python3 -m venv --clear .cache/lock && .cache/lock/bin/pip install -q $(PIP_TOOLS); }
	for name in requirements requirements-dev; do \
		.cache/lock/bin/pip-compile -q --generate-hashes --no-header --no-emit-index-url --no-emit-trusted-host \
			--no-emit-find-links --strip-extras --allow-unsafe $(ARGS) -o $$name.lock $$name.in || exit 1; \
	done

# Removes what builds and tests made; .venv and the fonts stay. distclean removes those, too.
clean:
	rm -rf dist .dist* preview .preview* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	test ! -d .cache || find .cache -mindepth 1 -maxdepth 1 ! -name fonts ! -name pip -exec rm -rf {} +

distclean: clean
	rm -rf .venv .cache tools/node/node_modules
