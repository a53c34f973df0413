# make run | test | check | generate | bench - see README.md.
.PHONY: run test check generate bench

run:
	cargo build --release --workspace --bin adda
	target/release/adda

test: check
	scripts/python-tools
	scripts/node-tools
	scripts/postgres-run cargo test --workspace --no-fail-fast

check:
	scripts/setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings

generate:
	cargo build --workspace --bins
	target/debug/adda openapi > openapi/openapi.json
	target/debug/adda asyncapi > openapi/asyncapi.json

bench:
	cargo build --release --workspace --bins
	target/release/adda-bench all
