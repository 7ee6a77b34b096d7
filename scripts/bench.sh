#!/usr/bin/env bash
# Measures the pools, prints a benchstat table and draws plots. It needs Go and
# git; everything else is pinned in benchmarks/go.mod. "scripts/bench.sh --help"
# lists the options; benchmarks/README.md says how to read the results.
#
# The Go program benchmarks/cmd/compare does the work. It is built, and then
# replaces this shell, so that Ctrl-C and kill reach it.
set -euo pipefail

cwd=$PWD
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
go -C benchmarks build -o .bin/compare ./cmd/compare
rm -rf -- "$work"
cd -- "$cwd"
exec "$root/benchmarks/.bin/compare" -module "$root/benchmarks" "$@"
