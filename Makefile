# make run: the app on the sample photos. make test: everything that must hold. make test-fast: what
# needs no process, no model, no PyTorch and no large picture, in a minute of one core's time.
# make torture: kill nevus 500 times at random, a line a kill; KILLS= and SEED= say how often and from
# which seed on.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Where PyTorch's CPU build is, for Linux, whose build on PyPI brings CUDA:
# make test TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Core AI is there for Linux on x86-64 (glibc 2.34) and for macOS 26 on Apple silicon. Elsewhere its
# tests are skipped, with the reason; make test COREAI=required fails instead.
COREAI ?=
# Twice the cores: a third of their time tests wait for other processes. With one more of them they only
# get in each other's way.
WORKERS ?= $(shell $(BIN)/python -c 'import os; print(min(8, 2 * (os.cpu_count() or 2)))')
# The quick ones wait for a screen at most, and to start a worker costs more than most of their files.
FEW ?= $(shell $(BIN)/python -c 'import os; print(min(4, 1 + (os.cpu_count() or 2)))')
# A file's tests share what is slow to make; the folder with many short ones comes last.
BY_FILE = --dist loadfile --no-loadscope-reorder

# Tests are compiled once, not at each run and by each worker, whatever the environment asks for.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-fast test-owners torture check rules types suite bench format clean

run: .venv/.runtime
	$(BIN)/nevus review sample_images

# What takes a second comes first. Where nothing is cached mypy takes half a minute of one core, and
# the tests leave one idle while they start.
test: rules
	@$(MAKE) --no-print-directory --jobs=2 types suite

test-fast: .venv/.development
	$(BIN)/python -m pytest -n $(FEW) $(BY_FILE) -m 'not slow'

# What nevus exports, read by the tools that own the formats, in an environment of theirs.
test-owners: .venv/.development .owners/.installed
	NEVUS_OWNERS=$(CURDIR)/.owners/bin/python $(BIN)/python -m pytest -ra tests/pipeline/exchange/test_owners.py

torture: .venv/.development
	$(BIN)/python -m tests.torture --kills $(or $(KILLS),500) $(if $(SEED),--seed $(SEED))

check: rules types

rules: .venv/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.development
	$(BIN)/mypy .

suite: .venv/.development
	$(BIN)/python -m pytest -n $(WORKERS) $(BY_FILE)

bench: .venv/.development
	$(BIN)/python -m benchmarks

format: .venv/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .owners build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "nevus needs Python 3.11, 3.12 or 3.13: install one, or name it: make run PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.owners/.installed:
	$(PYTHON) -m venv .owners
	.owners/bin/python -m pip install --quiet --disable-pip-version-check \
		pycocotools datasets labelme datumaro supervision label-studio-sdk pillow
	@touch $@

.venv/.runtime: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing nevus into .venv (once, about a minute)"
	$(PIP) --editable .
	@touch $@

.venv/.development: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the development and training tools into .venv (once)"
	$(PIP) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) --editable '.[dev,training]'
	@$(PIP) coreai-core coreai-torch || { echo "Core AI can't be installed here (see above); tests that need it are skipped"; test -z "$(COREAI)"; }
	@touch $@ .venv/.runtime
