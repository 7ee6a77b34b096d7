#!/usr/bin/env bash
# Plants the bugs of internal/mutants, one at a time, and shows which of the
# tests catch each. A bug that none catches is a missing test.
set -euo pipefail

usage() {
	echo "usage: scripts/mutants.sh [--check | NAME...]"
	echo "  NAME     plant this one only: a file in internal/mutants without .patch"
	echo "  --check  only see that every patch still fits the code and compiles"
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
check=
names=()
while (($#)); do
	case $1 in
	-h | --help) usage && exit ;;
	--check) check=1 ;;
	*)
		[[ -f internal/mutants/$1.patch ]] || {
			echo "scripts/mutants.sh: there is no mutant \"$1\"" >&2
			usage >&2
			exit 2
		}
		names+=("$1")
		;;
	esac
	shift
done
if ((!${#names[@]})); then
	for patch in internal/mutants/*.patch; do
		patch=${patch##*/}
		names+=("${patch%.patch}")
	done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The layers, in the order of the columns. Each is run in the mutant's tree. A
# test that hangs is a test that fails, so they have little time to hang.
layers=(tests model)
tests() {
	go test -short -failfast -timeout 60s ./internal/pool ./ringpool &&
		go test -race -short -failfast -timeout 60s ./internal/mpmc # where plain memory is handed over
}
model() {
	local schedules=(go test -failfast -timeout 5m -tags modelcheck -run TestSchedules ./internal/mpmc ./internal/pool ./ringpool)
	"${schedules[@]}" -short && "${schedules[@]}" # most bugs are found with little effort
}

# plant makes a tree with one mutant.
plant() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	git ls-files -z --cached --others --exclude-standard go.mod go.sum internal ringpool chanpool |
		tar --null --files-from=- --create | tar --extract --directory "$work/tree"
	git -C "$work/tree" init --quiet # or apply would take the tree for a part of ours
	git -C "$work/tree" apply "$root/internal/mutants/$1.patch"
	# A mutant that does not compile would be caught by anything.
	(cd "$work/tree" && go vet ./internal/mpmc ./internal/pool ./ringpool &&
		go vet -tags modelcheck ./internal/mpmc ./internal/pool ./ringpool) || {
		echo "scripts/mutants.sh: mutant $1 does not compile" >&2
		exit 1
	}
}

if [[ $check ]]; then
	for name in "${names[@]}"; do
		plant "$name"
	done
	echo "${#names[@]} mutants fit and compile"
	exit
fi

# why says what the first failure in the log was.
why() {
	grep -m1 -oE -- '--- FAIL: [^ ]+|panic: test timed out|fatal error: .*' "$work/log" | sed 's/--- FAIL: //' || echo "no test by name"
}

row() { printf '| %s | %s | %s |\n' "$@"; }

row mutant "${layers[@]}"
row --- --- ---
survivors=0
for name in "${names[@]}"; do
	plant "$name"
	cells=()
	caught=
	for layer in "${layers[@]}"; do
		begin=$SECONDS
		if (cd "$work/tree" && "$layer" >"$work/log" 2>&1); then
			cells+=("-")
		else
			caught=1
			cells+=("$(why), $((SECONDS - begin)) s")
		fi
	done
	row "$name" "${cells[@]}"
	[[ $caught ]] || survivors=$((survivors + 1))
done
echo
echo "$survivors of ${#names[@]} survived"
((!survivors))
