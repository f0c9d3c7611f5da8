# The verbs of this project: `make help` lists them. Thin on purpose: what a verb does is Python in infra/.
SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The one place that sets the import path (the image and the tests have their own line each). Not where PYTHONSAFEPATH
# is set, as in jobs with an identity: there only `infra` and `shared` can be imported (infra/project_finder.py).
ifndef PYTHONSAFEPATH
export PYTHONPATH := $(CURDIR)
endif
# Without compiled bytecode every process starts four times as slowly.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
# What delivers runs with its person's login, and imports nothing else of this folder either.
DELIVER := env -u PYTHONPATH PYTHONSAFEPATH=1 $(PYTHON) -m infra.deploy
# Terraform's command, for `plan`, `apply` and `check`. One that knows --local-state lets the checks apply without a cloud.
TF ?= terraform
export TF
ENV ?=
IMAGE ?=
DATABASE ?=
# `make test T=tests/unit A="-k ledger"`: part of the tests, more arguments. `J=0`: in one process; more than there may
# be processors, because some tests wait for real leases to end. tests/conftest.py puts the slowest files first.
T ?=
A ?=
J ?= 3
PYTEST := $(PYTHON) -m pytest -n $(J) --dist loadfile --no-loadscope-reorder
# The unit tests reach every branch of the rules and use cases. They go first and alone are traced: it doubles the time.
UNITS := $(PYTEST) --cov --cov-report=term-missing:skip-covered tests/unit
OTHERS := $(PYTEST) --ignore=tests/unit

# What no lock holds (Java, Google's Firestore emulator, Chromium) is fetched where it is missing. The unit tests need
# none of it, and the others run without: what is still missing then is a line in their summary.
FETCH := $(PYTHON) -m infra.local.fetch
FETCH_FOR_TESTS = $(if $(filter-out tests/unit%,$(or $(T),tests)),$(FETCH) --browser || true,true)

# Where people and workflows run Terraform; infra/checks/provider_lock.py wants a hash for each.
PLATFORMS := linux_amd64 linux_arm64 darwin_amd64 darwin_arm64

COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

##@ Every day
.PHONY: help setup run test check format
help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make \033[36m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

setup:  ## make .venv from the lock (the other verbs do it for you)
	@python=; for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  if command -v brew >/dev/null; then cure='brew install python@3.13'; \
	  elif command -v dnf >/dev/null; then cure='sudo dnf install -y python3.13'; \
	  elif command -v python3 >/dev/null; then cure='sudo apt-get install -y python3.11 python3.11-venv'; \
	  else cure='sudo apt-get install -y python3 python3-venv'; fi; \
	  echo "Python 3.11 or newer is missing. Install it with:  $$cure" >&2; exit 2; \
	fi; \
	"$$python" -I infra/setup.py

run: setup  ## start the whole system and print its one URL (Ctrl-C stops all of it)
	@$(FETCH) && exec $(PYTHON) -m infra.local.run

test: setup  ## run every test but the nightly ones
	@$(FETCH_FOR_TESTS); $(if $(A)$(T),$(PYTEST) $(A) $(T),$(UNITS) && $(OTHERS)) -m "not long"

check: setup  ## format, lint, types, imports, secrets, licences, lock, Terraform
	@$(PYTHON) -m infra.checks

format: setup  ## put the code into shape
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

##@ Now and then
.PHONY: doctor test-long simulate bench evaluate audit lock lock-providers clean
doctor: setup  ## which programs are here beside Python, git and make, and what would bring the others?
	@$(PYTHON) -m infra.local.doctor

test-long: setup  ## run every test in the nightly size
	@$(FETCH_FOR_TESTS); export TEST_SIZE=long; $(if $(A)$(T),$(PYTEST) $(A) $(T),$(UNITS) && $(OTHERS)) --timeout=3600

simulate: setup  ## a day of updates, crashes and repeats, in process (A="--help")
	@$(PYTHON) -m tests.simulation.run $(A)

bench: setup  ## measure speed and memory, beside other bots
	@$(FETCH) && $(PYTHON) -m infra.bench $(A)

evaluate: setup  ## how well a model reads what people want (GEMINI_API_KEY; without it only whether that works)
	@$(PYTHON) -m infra.bench.evaluate $(A)

audit: setup  ## look the locked packages up in the vulnerability database (needs the network)
	@.venv/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements-dev.txt

lock-providers:  ## lock Terraform's provider, for Linux and macOS (needs its registry)
	@for folder in terraform/environments/*/ terraform/outside/*/; do \
	  $(TF) -chdir="$$folder" init -backend=false -upgrade -input=false >/dev/null && \
	  $(TF) -chdir="$$folder" providers lock $(PLATFORMS:%=-platform=%) || exit 1; \
	done

lock: setup  ## compile requirements*.in into the hashed locks; once a month: make lock A=--upgrade
	@$(COMPILE) $(A) requirements.in -o requirements.txt
	@$(COMPILE) $(A) requirements-dev.in -o requirements-dev.txt
	@$(COMPILE) $(A) requirements-checkov.in -o requirements-checkov.txt
	@$(COMPILE) $(A) requirements-java.in -o requirements-java.txt
	@$(MAKE) setup && $(PYTHON) -m infra.checks.lock && echo "Locked: $$(echo requirements*.txt)"

clean:  ## remove what the verbs made, but for the environment (rm -r .venv does that)
	@rm -rf .run .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

##@ In the cloud (docs/deploy.md)
.PHONY: plan apply rollback restore-outside switch-over credits promos style-examples refund card-orders broadcasts encryption ledger-check replay
plan: .require-env setup  ## what would `make apply` change? (ENV=dev, staging or production)
	@$(TF) -chdir=terraform/environments/$(ENV) init -input=false >/dev/null
	@$(TF) -chdir=terraform/environments/$(ENV) plan -input=false $(A)

apply: .require-env setup  ## set an environment up, then run IMAGE=sha256:… there (without it: what runs already)
	@$(DELIVER) apply --environment $(ENV) $(if $(IMAGE),--image $(IMAGE)) $(A)

rollback: .require-env setup  ## give all traffic back to the last good release, in seconds (needs Cloud Run only)
	@$(DELIVER) rollback --environment $(ENV) $(A)

restore-outside: .require-env setup  ## restore the copy outside the project into a new DATABASE=…, and bring pictures back
	@$(DELIVER) restore-outside --environment $(ENV) $(if $(DATABASE),--database $(DATABASE),--list) $(A)

switch-over: .require-env setup  ## have the functions use a restored DATABASE=…: says what it will do, and asks
	@$(DELIVER) switch-over --environment $(ENV) --database "$(DATABASE)" $(A)

credits: setup  ## give or take a person's credits: A='gift 501 20 --reference=… --reason="…"' (--local: of make run)
	@$(PYTHON) -m infra.operations.credits $(A)

promos: setup  ## make promo codes, or stop one: A='make launch --count 500 --credits 20 --until 2027-01-31'
	@$(PYTHON) -m infra.operations.promos $(A)

style-examples: setup  ## have the examples of styles made: without A=--yes only the cost is told (--local: of make run)
	@$(PYTHON) -m infra.operations.style_examples $(A)

refund: setup  ## give the Stars of a payment back, and take its credits: A=CHARGE_ID (--local: of make run)
	@$(PYTHON) -m infra.operations.refund $(A)

card-orders: setup  ## list disputed orders by card and end one, return money of a card, book a chargeback: A='list' (--local too)
	@$(PYTHON) -m infra.operations.card_orders $(A)

broadcasts: setup  ## list broadcasts; pause, resume or stop one: A='pause --id=… --by=NAME' (--local too); /broadcast writes them
	@$(PYTHON) -m infra.operations.broadcasts $(A)

encryption: setup  ## encrypt words stored before it was switched on, or wrap data keys anew: A=encrypt, A=rewrap (--local too)
	@$(PYTHON) -m infra.operations.encryption $(A)

ledger-check: setup  ## add the books up again, and name every difference (GOOGLE_CLOUD_PROJECT)
	@$(PYTHON) -m infra.operations.ledger $(A)

replay: setup  ## have updates from the quarantine handled again (A="QUARANTINE_ID …")
	@$(PYTHON) -m infra.operations.replay $(A)

.PHONY: .require-env
.require-env:
	@[ "$(words $(ENV))$(words $(filter $(ENV),$(notdir $(wildcard terraform/environments/*))))" = 11 ] || { \
	  echo "Say which environment: ENV=dev, ENV=staging or ENV=production" >&2; exit 2; }
