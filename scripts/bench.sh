#!/usr/bin/env bash
# Measures the pools, prints a benchstat table and draws plots. It needs Go and
# git; all else is pinned in benchmarks/go.mod. "scripts/bench.sh --help" lists
# the options; benchmarks/README.md says how to read the results.
#
# The work is done by the Go program benchmarks/cmd/compare. It is built and
# then put in this shell's place, so that Ctrl-C and kill reach it.
set -euo pipefail

cwd=$PWD
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
go -C benchmarks build -o .bin/compare ./cmd/compare
rm -rf -- "$work"
cd -- "$cwd"
exec "$root/benchmarks/.bin/compare" -module "$root/benchmarks" "$@"
