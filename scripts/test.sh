#!/usr/bin/env bash
# Checks everything that must hold for every commit: format, go.mod, vet,
# staticcheck, the schedules of small pools, and the tests of all modules, with
# the race detector and on 32 bits.
#
# It needs Go and git. Go fetches everything else, in the versions pinned in the
# go.mod files. With Go's caches full, it needs no network.
set -euo pipefail

usage='scripts/test.sh [--short] [--no-386] [--no-arm] [--no-race]'

help() {
	echo "usage: $usage"
	echo "  --short     fewer rounds of each test"
	echo "If this machine can't run something, a line that begins with !!!! NOT RUN says so, at"
	echo "once and again at the end. To see what happens on such a machine:"
	echo "  --no-386    as if no 386 program ran here: the 32-bit tests run as arm programs,"
	echo "              under qemu-user if need be"
	echo "  --no-arm    as if no arm program ran here, and qemu-user were not installed"
	echo "  --no-race   as if the race detector did not work here"
}

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

short=() no_386= no_arm= no_race=
while (($#)); do
	case $1 in
	--short) short=(-short) ;;
	--no-386) no_386=1 ;;
	--no-arm) no_arm=1 ;;
	--no-race) no_race=1 ;;
	-h | --help) help && exit ;;
	*) say_usage "bad argument \"$1\"" ;;
	esac
	shift
done

# These modules must depend on no more than one module.
lean=(. metrics/poolexpvar metrics/poolpage)
lean_need=go.uber.org/atomic

# The operations of internal/step that need not be inlined: those that come only a few
# times in a worker's life or a wait, and the store of a stamp, which is assembly on
# amd64.
may_be_called='step[.](Go|Latch[.]WaitContext|Chan.*[.]SendOr|storeRelease)$'

begin=
step() {
	[[ ! $begin ]] || printf -- '-- %d s\n' $((SECONDS - begin))
	begin=$SECONDS
	printf '\n== %s\n' "$*"
}

# show prints the output of go test -json as text, and records which tests were skipped and
# which have passed. say_skipped names those that were skipped and have passed in no step.
show() { "$work/results" "$work/passed" "$work/skipped"; }
say_skipped() {
	local line
	while IFS= read -r line; do
		not_run "skipped in $line"
	done <"$work/skipped"
}

# tests runs go test in the current directory, with the flags that all steps
# need.
tests() {
	go test -json ${short[@]+"${short[@]}"} "$@" | show
	say_skipped
}

list_modules
module=$(go list -m)

step "what this machine runs"
go version

if [[ $no_race ]]; then
	race=()
	not_run "the race detector (--no-race): the tests run without it"
else
	probe_race
fi

# Windows and most Unix systems have 386 programs. Go makes none for macOS, so there
# the code is built for Linux.
os32=$GOOS
[[ $'\n'$(go tool dist list)$'\n' == *$'\n'$GOOS/386$'\n'* ]] || os32=linux

arch32= emulator=
if [[ ! $no_386 ]] && runs "$os32" 386; then
	arch32=386
elif [[ ! $no_arm ]] && find_emulator "$os32" arm; then
	arch32=arm
fi
echo "32-bit programs: ${arch32:-none}${emulator:+ by $emulator}"

step "format"
list '*.go'
unformatted=$("$(go env GOROOT)/bin/gofmt" -l -- "${found[@]}")
if [[ $unformatted ]]; then
	echo "not formatted by gofmt:" >&2
	echo "$unformatted" >&2
	exit 1
fi

step "the tools: staticcheck, as scripts/tools/go.mod pins it, and scripts/tools/results"
go -C scripts/tools build -o "$work/" honnef.co/go/tools/cmd/staticcheck ./results

for dir in "${modules[@]}"; do
	cd "$root/$dir"
	step "$dir: go mod tidy, vet, also for 386, staticcheck"
	go mod tidy -diff
	[[ $(go list ./... 2>"$work/why") ]] || { cat "$work/why" && continue; }
	go vet ./...
	GOOS=$os32 GOARCH=386 go vet ./...
	"$work/staticcheck" ./...
done

cd "$root"
step "vet, staticcheck of the build with the tag modelcheck"
go vet -tags modelcheck ./...
"$work/staticcheck" -tags modelcheck ./...

step "what an importer gets"
for dir in "${modules[@]}"; do
	case $dir in . | metrics/*) ;; *) continue ;; esac
	packages=($(go -C "$dir" list ./... | grep -vE '/internal(/|$)'))
	needs=$(go -C "$dir" list -deps -f '{{with .Module}}{{.Path}}{{end}}' "${packages[@]}" |
		sort -u | awk -v module="$module" '$0 != module && index($0, module "/") != 1')
	echo "$dir: ${#packages[@]} packages, which need" $needs
	for other in "${lean[@]}"; do
		if [[ $dir == "$other" && $needs != "$lean_need" ]]; then
			echo "they must need $lean_need and nothing else" >&2
			exit 1
		fi
	done
done

step "the layer below the pools costs nothing: all its operations are inlined"
# An object file has the name of the called function at each call. This checks the
# code that is written in a package that imports internal/step, wherever it was
# instantiated or inlined, but not what the compiler generates, such as the methods of
# an embedded field.
go list -f '{{range .Imports}}{{.}} {{end}}{{.ImportPath}}' ./... |
	awk -v step="$module/internal/step" '{ for (i = 1; i < NF; i++) if ($i == step) print $NF }' |
	grep -v '/internal/pooltest$' >"$work/packages"
while IFS= read -r package; do
	GOARCH=amd64 go build -o "$work/object" "$package"
	GOARCH=amd64 go tool objdump "$work/object"
done <"$work/packages" >"$work/code"
awk -v root="$root" -v module="$module" -v may_be_called="$may_be_called" '
	FILENAME ~ /packages$/ {
		counted[root substr($0, length(module) + 1)] = 1
		packages++
		next
	}
	/^TEXT/ {
		name = file = $0
		sub(/^TEXT /, "", name)
		sub(/\(SB\) .*/, "", name)
		sub(/^TEXT .*\(SB\) /, "", file)
		sub(/\/[^\/]*$/, "", file)
		ours = file in counted
		functions += ours
		ring += ours && name ~ /internal\/mpmc\.\(\*Ring/
	}
	ours && match($0, /R_CALL[A-Z0-9]*:/) {
		callee = substr($0, RSTART + RLENGTH)
		sub(/[ \t].*/, "", callee)
		if ((callee ~ /^go\.uber\.org\/atomic\./ || index(callee, module "/internal/step.") == 1) && callee !~ may_be_called) {
			print name " calls " callee
			failed = 1
		}
		calls++
	}
	END {
		print packages " packages, " functions " functions, " calls " calls"
		if (failed) print "see the function in internal/step/normal.go"
		if (!calls || !ring) print "the code of the ring, or the calls, were not found"
		exit failed || !calls || !ring
	}' "$work/packages" "$work/code"

step "every mutant fits the code"
if command -v git >/dev/null; then
	scripts/mutants.sh --check
else
	not_run "whether every mutant fits the code: there is no git"
fi

step "all schedules of small pools and rings, as far as the efforts go"
list_model_tests
# A process tries one schedule after another. So two processes use two processors.
halves=()
for half in 0 1; do
	go test -json ${short[@]+"${short[@]}"} -p 1 -tags modelcheck -run "${model_halves[half]}" -timeout 30m \
		"${model_packages[@]}" >"$work/half.$half" &
	halves+=("$!")
done
failed=
for half in "${halves[@]}"; do
	wait "$half" || failed=1
done
cat "$work"/half.* | show
say_skipped
[[ ! $failed ]] || exit 1

step "the ordinary tests, with the tag modelcheck: outside a run the model does the same"
tests -short -tags modelcheck -skip '^TestSchedules' -timeout 30m ./...

# The tests of the test tools give the same results on any number of processors.
tools=() tested=()
for package in $(go list ./...); do
	case $package in
	*/internal/explore | */internal/pooltest) tools+=("$package") ;;
	*) tested+=("$package") ;;
	esac
done

step "tests${race:+ with the race detector}, shuffled, on 1, 2 and 4 processors"
tests ${race[@]+"${race[@]}"} -shuffle=on -cpu 1,2,4 -timeout 30m "${tested[@]}"

step "tests of the test tools${race:+ with the race detector}"
tests ${race[@]+"${race[@]}"} -shuffle=on -timeout 30m "${tools[@]}"

case $arch32${emulator:+ emulated} in
386 | arm)
	step "tests on 32 bits, as $arch32"
	CGO_ENABLED=0 GOOS=$os32 GOARCH=$arch32 tests -shuffle=on -timeout 30m ./...
	;;
arm*)
	step "tests on 32 bits, as arm by $emulator: with -short, and 10 minutes for each case"
	list_emulate
	POOLTEST_LIMIT=10m CGO_ENABLED=0 GOOS=$os32 GOARCH=arm \
		tests -short ${emulate[@]+"${emulate[@]}"} -shuffle=on -timeout 30m ./...
	;;
*)
	step "builds of the tests on 32 bits"
	CGO_ENABLED=0 GOOS=$os32 GOARCH=386 go test -c -o /dev/null ./...
	not_run "the tests on 32 bits, which were only built: no 386 programs${no_386:+ (--no-386)}, arm programs${no_arm:+ (--no-arm)} or qemu-arm (package qemu-user) here"
	;;
esac

for dir in "${modules[@]}"; do
	[[ $dir != . ]] || continue
	cd "$root/$dir"
	[[ $(go list ./... 2>"$work/why") ]] || continue
	step "tests of $dir${race:+ with the race detector}"
	tests ${race[@]+"${race[@]}"} -shuffle=on -timeout 30m ./...
done

step "all passed, after $SECONDS s"
say_missing
