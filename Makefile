# make run | test | check | generate | bench - see README.md.
.PHONY: run test check generate bench

run:
	scripts/frontend
	cargo build --release --workspace --bin adda
	target/release/adda

test: check
	scripts/python-tools
	scripts/node-tools
	cd frontend && npm test
	scripts/postgres-run cargo test --workspace --no-fail-fast
	cd frontend && CHROMIUM=$$(command -v chromium) npm run journeys

check:
	scripts/setup
	scripts/frontend
	cd frontend && npm run check && npm run generate -- --check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings

generate:
	cargo build --workspace --bins
	target/debug/adda openapi > openapi/openapi.json
	target/debug/adda asyncapi > openapi/asyncapi.json
	scripts/frontend install
	cd frontend && npm run generate

bench:
	cargo build --release --workspace --bins
	target/release/adda-bench all
