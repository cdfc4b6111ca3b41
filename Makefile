# `make` alone lists what there is to make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

BINARY := bin/slipway
SOURCES := $(shell find src -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.json' \) -not -path '*/obj/*' -not -path '*/bin/*') \
  Directory.Build.props Directory.Packages.props
QUIET := --nologo -v quiet -m:1 -p:NuGetAudit=false

.PHONY: help deps deps-test deps-bench restore build build-tests test test-all unit house bench demo format format-check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the Debian packages that are missing
	@scripts/install-deps.sh run

deps-test:
	@scripts/install-deps.sh run test

deps-bench:
	@scripts/install-deps.sh run bench

build: deps $(BINARY) ## publish bin/slipway, one self-contained file

$(BINARY): $(SOURCES)
	@echo 'building $(BINARY)'
	@dotnet publish src/Slipway/Slipway.csproj -c Release -p:PublishSlipway=true -p:RestoreLockedMode=true -o artifacts/publish $(QUIET)
	@mkdir -p $(dir $(BINARY))
	@install -m 0755 artifacts/publish/slipway $(BINARY).new
	@mv $(BINARY).new $(BINARY)

restore:
	@dotnet restore Slipway.slnx --locked-mode $(QUIET)

build-tests: restore
	@dotnet build Slipway.slnx --no-restore $(QUIET)

test: deps-test format-check $(BINARY) build-tests ## every test but the long ones; ends with: N passed, N failed
	@scripts/test.sh

test-all: deps-test format-check $(BINARY) build-tests ## every test, the long ones too
	@scripts/test.sh --long

unit: build-tests ## the unit tests alone: no root, no network
	@scripts/test.sh $$(find tests/unit -name '*.Tests.csproj' -not -path '*/obj/*' | sort)

house: ## the test of the house alone: arrows, banned calls, docs
	@dotnet build tests/unit/Slipway.House.Tests $(QUIET)
	@scripts/test.sh tests/unit/Slipway.House.Tests/Slipway.House.Tests.csproj

demo: build ## the whole story on real data; DEMO_FRESH=1 starts over
	@scripts/demo.sh

bench: deps-bench $(BINARY) ## ratios to runc, docker, cp, git, restic; prints tables
	@bench/run.py
	@bench/history.py
	@bench/data.py
	@bench/images.py

format: ## mend the white space of the C# sources
	@for folder in src tests; do dotnet format whitespace $$folder --folder; done

format-check: ## fail when the white space of a C# source is not as .editorconfig says
	@for folder in src tests; do dotnet format whitespace $$folder --folder --verify-no-changes; done || { echo 'the format differs from .editorconfig. Run: make format' >&2; exit 1; }

clean: ## remove what was built; .cache (base images, the demo's state) stays
	@rm -rf bin artifacts
	@find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
