# One command for each habit; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8050
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: help run test tools lint fmt unit js browser bench soak replay golden lock reader clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

run: $(VENV)/.run  ## serve the demonstration city on http://127.0.0.1:PORT (PORT=8050)
	@PORT=$(PORT) $(BIN)/python app.py

tools:  ## install what the tests need beside Python: Chromium, Node, PostgreSQL (through apt when root)
	@sh tools/install.sh

test: $(VENV)/.test tools lint js unit browser  ## everything: formatting, types, contracts, unit and browser tests

lint: $(VENV)/.test  ## formatting, rules, types, room contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(VENV)/.test  ## format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

js:  ## tests of the browser scripts
	@node --test tests/js/*.test.mjs

unit: $(VENV)/.test  ## tests without a browser, two files at a time; those that measure time after them, alone
	@$(BIN)/python -m pytest -q -m "not browser and not alone" -n 2 --dist loadfile --junitxml=var/results-unit.xml
	@$(BIN)/python -m pytest -q -m "alone and not browser" --junitxml=var/results-alone.xml

browser: $(VENV)/.test  ## tests in a real browser on a real server, two files at a time; those that measure time after them, alone
	@$(BIN)/python -m pytest -q -m "browser and not alone" -n 2 --dist loadfile --junitxml=var/results-browser.xml
	@$(BIN)/python -m pytest -q -m "browser and alone" --junitxml=var/results-browser-alone.xml

bench: $(VENV)/.test tools  ## every figure of docs/measurements.md beside its floor, measured again (about twenty minutes)
	@$(BIN)/python -m benchmarks; status=$$?; $(BIN)/python -m pytest -q tests/browser/test_load.py && exit $$status

soak: $(VENV)/.test tools  ## faults at full size: 100 kills on each database, long absences; a wall for a day and an hour; writes their table (about two hours)
	@$(BIN)/python -m tests.soak

replay: $(VENV)/.run  ## print what a golden case reads: make replay FEED=tests/feeds/csv/cameras
	@$(BIN)/python manage.py replay $(FEED)

golden: $(VENV)/.test  ## rewrite the expected readings of the golden cases and show the difference
	@$(BIN)/python tests/regolden.py && git --no-pager diff --stat -- tests/feeds

reader:  ## install the optional second reader of the privacy gate in build/reader (200 MB), for SECOND_READER
	@test -x build/reader/bin/python || $(PYTHON) -m venv build/reader
	@build/reader/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/reader.txt

lock: $(VENV)/.test  ## pin every requirement with its hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header -p 3.11 requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header -p 3.11 tests/requirements.in -o tests/requirements.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header -p 3.11 tools/reader.in -o tools/reader.txt

clean:  ## remove what the commands made
	@rm -rf $(VENV) var build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
