# One runner for everything. `make` alone lists the targets; a line with two hashes is its help.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
.PHONY: help demo test check format docs site pictures bench clean

help: ## list the targets
	@echo "Wholeservice. Two commands to start with: make demo, make test"
	@echo
	@awk -F ':.*## ' '/^[a-z_]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.ready ## set everything up, then show the example organisation end to end (DEMO=--no-serve stops before the pages)
	@$(BIN)/wholeservice demo $(DEMO)

test: .venv/.ready-to-test ## set everything up, then run every check and test
	@scripts/install_system_packages
	@$(MAKE) --no-print-directory check

check: ## run every check and test in the environment that stands (what CI runs)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

format: ## put the code in its one format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: ## write the pages of docs/ that come from the code, and what commands print on others
	$(BIN)/python scripts/write_pages.py
	$(BIN)/python tests/documented.py

site: .venv/.ready-for-docs ## write the documentation as a site into site/; open site/index.html
	@$(BIN)/zensical build --strict --clean

pictures: .venv/.ready-to-test ## run the demo, and take the pictures of it that the README shows
	@PYTHONPATH=tests $(BIN)/python scripts/take_screenshots.py

bench: .venv/.ready-to-test ## print the speed figures of this machine (never part of the checks)
	@$(BIN)/python benchmarks/run.py

clean: ## delete the environment and all caches; never your data
	rm -rf .venv .cache site .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

.venv/.ready: pyproject.toml constraints.txt scripts/set_up
	@scripts/set_up .
	@touch $@

.venv/.ready-to-test: pyproject.toml constraints.txt scripts/set_up
	@scripts/set_up '.[test]'
	@touch .venv/.ready $@

.venv/.ready-for-docs: pyproject.toml constraints.txt scripts/set_up
	@scripts/set_up '.[docs]'
	@touch $@
