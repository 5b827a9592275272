SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help env demo test test-browser bench docs lock clean system-packages

help:          ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

env:           ## the environment in .venv, from a machine with Python 3.11 or newer
	@bash .ci/env

demo: env      ## the demonstration city, served
	@.venv/bin/mankong demo

test: env system-packages  ## every check, and the tests that need no browser and little time; CI=true: all tests
	@bash .ci/test

test-browser: env system-packages  ## the pages and maps in a real browser
	@bash .ci/test browser

bench: env     ## the side-by-side measurements
	@.venv/bin/python -m benchmarks

docs: env      ## the reference pages in docs/ anew, from the declarations
	@.venv/bin/python -m docs

system-packages:
	@bash .ci/system-packages

lock: env      ## requirements.lock and package-lock.json anew, with hashes and no index address
	@bash .ci/lock

clean:         ## away with everything the other targets made
	rm -rf .venv build dist maps/assets/vendor .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results
