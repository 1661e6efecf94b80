# make setup [PYTHON=python3.12]  make .venv from the lock file
# make run [CHECK=1]              the main job from nothing, under run/
# make test [ARGS=…]              every test, installing what it needs
# make check                      lint, types, layers, documents
# make bench [AREA=recorder]      measure and write bench/results.json
# make docs                       write the generated reference pages anew
# make screenshots [READY=…]      pictures of every page of the office into docs/images/office

PYTHON ?=
VENV := .venv/bin

.PHONY: setup run test check bench docs screenshots lock clean

setup:
	@sh tools/setup dev "$(PYTHON)"

run:
	@sh tools/setup runtime "$(PYTHON)"
	@$(VENV)/mihariban demo --dir run/site --ready run/ready.json $(if $(CHECK),--check)

test: setup
	@sh tools/apt-for-tests
	$(VENV)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: setup
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -m tools.docs --check

bench: setup
	@sh tools/apt-for-tests
	$(VENV)/python -m bench $(AREA)

docs: setup
	$(VENV)/python -m tools.docs

screenshots: setup
	$(VENV)/python -m tools.screenshots $(if $(READY),--ready $(READY))

lock: setup
	sh tools/lock

clean:
	rm -rf run .venv build dist
