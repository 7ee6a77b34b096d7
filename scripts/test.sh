#!/usr/bin/env bash
# Everything that must hold for every commit: format, go.mod, vet, staticcheck,
# the schedules of small pools, and the tests of all modules, with the race
# detector and on 32 bits.
#
# It needs Go and git. What else it uses, Go fetches, in the versions pinned
# here and in the go.mod files.
set -euo pipefail

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2

usage() {
	echo "usage: scripts/test.sh [--short]"
	echo "  --short   fewer rounds of each test"
}

short=
while (($#)); do
	case $1 in
	--short) short=-short ;;
	-h | --help) usage && exit ;;
	*) echo "scripts/test.sh: bad argument \"$1\"" >&2 && usage >&2 && exit 2 ;;
	esac
	shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
modules=(. benchmarks metrics/poolprom metrics/poolexpvar)

step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

cd "$root"
step format
unformatted=$(git ls-files --cached --others --exclude-standard '*.go' | xargs gofmt -l)
if [[ $unformatted ]]; then
	echo "not formatted by gofmt:" >&2
	echo "$unformatted" >&2
	exit 1
fi

for module in "${modules[@]}"; do
	cd "$root/$module"
	step "$module: go mod tidy, vet, staticcheck"
	go mod tidy -diff
	go vet ./...
	GOARCH=386 go vet ./...
	go run "$staticcheck" ./...
done

cd "$root"
step "vet, staticcheck of the build with the tag modelcheck"
go vet -tags modelcheck ./...
go run "$staticcheck" -tags modelcheck ./...

step "what an importer gets"
module=$(go list -m)
others=$(go list -deps -f '{{if not .Standard}}{{.ImportPath}}{{end}}' ./ringpool ./chanpool | grep -v "^$module/")
if [[ $others != go.uber.org/atomic ]]; then
	echo "the pools import more than go.uber.org/atomic:" >&2
	echo "$others" >&2
	exit 1
fi
others=$(cd metrics/poolexpvar && go list -deps -f '{{if not .Standard}}{{.ImportPath}}{{end}}' . | grep -v "^$module/")
if [[ $others != go.uber.org/atomic ]]; then
	echo "metrics/poolexpvar imports more than the pools:" >&2
	echo "$others" >&2
	exit 1
fi

step "the layer below the pool costs nothing: all its operations are inlined"
# But for the start of a worker's goroutine, which happens once for each worker,
# and for a wait that a context may end.
binary=$(mktemp)
trap 'rm -f "$binary"' EXIT
go test -c -o "$binary" ./ringpool
code=$(go tool objdump -s 'internal/mpmc\.\(\*Ring|ringpool\.\(\*(Pool|worker|waiters|bed)\)' "$binary")
if [[ $code != *CALL* ]]; then
	echo "no machine code of the ring or the pool was found" >&2
	exit 1
fi
if grep -E 'CALL (go\.uber\.org/atomic|.*/internal/step)\.' <<<"$code" | grep -vE 'internal/step\.(Go|Latch\.WaitContext)\(SB\)' >&2; then
	echo "these operations are calls; see the function in internal/step/normal.go" >&2
	exit 1
fi

step "every mutant fits the code"
for patch in internal/mutants/*.patch; do
	git apply --check "$patch"
done

step "all schedules of small pools and rings, as far as the efforts go"
go test $short -tags modelcheck -run '^TestSchedules' -timeout 15m ./internal/... ./ringpool

step "tests, with the race detector, shuffled, on 1, 2 and 4 processors"
go test $short -race -shuffle=on -cpu 1,2,4 -timeout 15m ./...

step "tests on 32 bits"
CGO_ENABLED=0 GOARCH=386 go test $short -shuffle=on -timeout 10m ./...

for module in "${modules[@]:1}"; do
	cd "$root/$module"
	step "tests of $module"
	go test $short -race -shuffle=on -timeout 10m ./...
done

step "all passed"
