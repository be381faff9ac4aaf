# Needs Python 3.11 or newer and make; everything else is fetched by the first command.
PYTHON ?= python3
PORT ?= 8000
RUN = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo demo-code clean-demo test check lock format bench pictures newcomer runtime development browser kill machine mutants designs rounds blinding breach verdict fuzz calendars pilot

help:
	@echo "make demo        one participant through the whole trial, then both doors on ports $(PORT) and the next"
	@echo "make demo-code   the second factors of the demonstration's people, right now"
	@echo "make clean-demo  remove the demonstration and all its data"
	@echo "make test        the whole suite: SQLite, PostgreSQL, Redis, a real browser"
	@echo "                 one lane with words for pytest: make test LANE=core WORDS='-k window'"
	@echo "make check       formatting, lint, types, contracts, settings, migrations, OpenAPI, containers"
	@echo "make blinding    the same trial in 21 worlds, on both databases: nothing that the blinded get may differ"
	@echo "make breach      plant every known leak, one at a time, and name the wall that catches it"
	@echo "make machine     2000 lives of 50 steps at random against a model of the calendar, and every planted fault"
	@echo "make calendars   our calendar addresses read by libical, KCalendarCore, ical.js, khal and vdirsyncer, each if it is here"
	@echo "make pilot       live CDISC's pilot study again with its real dates; every figure beside the published one"
	@echo "make mutants     change the cores one line at a time; what no test notices has to have a sentence. OF=... NEAREST=..."
	@echo "make designs     the figures of docs/evidence.md for Efron's coin, block urn and maximal procedure, exact and simulated"
	@echo "make verdict     20,000 good lists of each design and 1,000 of each spoiled kind: how often the verdict on an order errs"
	@echo "make kill        kill -9 at eight points around a draw, 25 times each, on both databases"
	@echo "make rounds      64 draws at the same moment, twenty rounds of each kind, on both databases"
	@echo "make fuzz        20,000 invented requests to each door, with ids that exist (schemathesis, in an environment of its own)"
	@echo "make bench       the benchmarks; writes bench.json"
	@echo "make pictures    take the pictures of the documents again, in a real browser"
	@echo "make newcomer    clone what is committed and do what a newcomer does; fetches all dependencies"
	@echo "make format      put all code into the project's format"
	@echo "make lock        pin all dependencies again, with hashes"

demo: runtime
	@PORT=$(PORT) $(RUN) manage.py demo

demo-code: runtime
	@VELUM_DOOR=pharmacy VELUM_PLAIN_HTTP=1 $(RUN) manage.py demo_code

clean-demo:
	@rm -rf var
	@echo "The demonstration is gone. make demo starts a new one."

# A browser is fetched for the whole suite and for the journeys, which alone need it.
test: development $(if $(LANE),$(filter browser,$(LANE:journeys=browser)),browser)
	@$(RUN) -m tests.run $(LANE) $(if $(WORDS),-- $(WORDS))

check: development
	@$(RUN) -m tests.check

machine: development
	@MACHINE=2000x50 $(RUN) -m tests.run clinic-sqlite -- -k test_machine -s

calendars: development
	@CALENDAR_READERS=1 $(RUN) -m tests.run clinic-sqlite -- -k test_calendar_readers

pilot: development
	@nice $(RUN) -m tests.tools.pilot

mutants: development
	@nice $(RUN) -m tests.tools.mutating $(OF) $(if $(NEAREST),--nearest $(NEAREST))

designs: development
	@nice $(RUN) -m tests.tools.design_figures

verdict: development
	@nice -n 19 $(RUN) -m tests.tools.verdict_rates

kill: development
	@KILLS_PER_POINT=25 $(RUN) -m tests.run processes -- -k killed_while_drawing -s -o faulthandler_timeout=0

rounds: development
	@ROUNDS=20 $(RUN) -m tests.run clinic-sqlite clinic-postgresql -- -k test_drawing_at_once

blinding: development
	@$(RUN) -m tests.blinding.blinding

breach: development
	@$(RUN) -m tests.blinding.breach

fuzz: development
	@nice $(RUN) -m tests.tools.fuzzing

bench: development
	@$(RUN) -m tests.bench

pictures: development browser
	@PICTURES="$(CURDIR)/docs/pictures" $(RUN) -m tests.run journeys -- -k first_sight

newcomer: development
	@$(RUN) -m tests.run newcomer

format: development
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format .

COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

lock: development
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) --extra dev pyproject.toml -o requirements-dev.txt
	@$(COMPILE) tests/tools/fuzz.in -o requirements-fuzz.txt
	@$(COMPILE) tests/tools/pilot/pandas.in -o requirements-pilot.txt

runtime:
	@$(PYTHON) tools/environment.py requirements.txt

development:
	@$(PYTHON) tools/environment.py requirements.txt requirements-dev.txt

browser: development
	@$(RUN) -m tests.tools.chromium
