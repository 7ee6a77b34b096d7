#!/usr/bin/env bash
# Runs the tests of the root module as programs for other processors, under qemu-user,
# and as WebAssembly, and prints a table of what ran.
set -euo pipefail

usage='scripts/machines.sh [--full] [--write] [MACHINE...]'

machines=(linux/amd64 linux/386 linux/arm64 linux/arm linux/riscv64 linux/s390x linux/ppc64le linux/ppc64
	linux/loong64 linux/mips64le linux/mips64 linux/mipsle linux/mips js/wasm wasip1/wasm)

help() {
	echo "usage: $usage"
	echo "  MACHINE   this one only, as GOOS/GOARCH; all if none is given:"
	printf '%s ' "${machines[@]}" | fold -s -w 70 | sed 's/^/              /'
	echo
	echo "  --full    as many rounds of each test as scripts/test.sh makes: for hours. Without"
	echo "            it there are fewer, as with go test -short"
	echo "  --write   put the rows into the table of docs/machines.md, each as soon as it is"
	echo "            complete, in the place of the machine's old one"
	echo "Linux programs for other processors need qemu-user, and js/wasm needs Node.js. Go fetches"
	echo "the runtime for wasip1/wasm. What can't be run is said in a line that begins with"
	echo "!!!! NOT RUN, at its place and again at the end."
}

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

short=(-short) write=
chosen=()
while (($#)); do
	case $1 in
	-h | --help) help && exit ;;
	--full) short=() ;;
	--write) write=1 ;;
	-*) say_usage "bad argument \"$1\"" ;;
	*)
		[[ " ${machines[*]} " == *" $1 "* ]] || say_usage "bad machine \"$1\", want one of ${machines[*]}"
		chosen+=("$1")
		;;
	esac
	shift
done
((${#chosen[@]})) || chosen=("${machines[@]}")

go -C scripts/tools build -o "$work/" ./results

# number prints the first version number in the output of a program.
number() { "$@" | grep -oE -m1 '[0-9]+([.][0-9]+)+' | head -n 1; }

# find_wasm is find_emulator for WebAssembly. It sets by to what runs the programs, and
# emulate to the flag with which go test calls that. If there is nothing, it prints why.
find_wasm() {
	local exec
	exec=$(go env GOROOT)/lib/wasm/go_$1_wasm_exec
	emulate=(-exec "'$exec'")
	case $1 in
	js)
		if ! command -v node >/dev/null; then
			not_run "js/wasm: there is no node (on Debian: apt install nodejs)"
			return 1
		fi
		by="Node.js $(number node --version)"
		;;
	wasip1)
		if ! go -C scripts/tools build -o "$work/bin/" github.com/tetratelabs/wazero/cmd/wazero >"$work/why" 2>&1; then
			not_run "wasip1/wasm: wazero is not to be had ($(tail -n 1 "$work/why"))"
			return 1
		fi
		by="wazero $(cd scripts/tools && go list -m -f '{{.Version}}' github.com/tetratelabs/wazero)"
		;;
	esac
	if ! runs "$1" wasm "$exec"; then
		not_run "$1/wasm: no such program runs by $by ($(tail -n 1 "$work/why"))"
		return 1
	fi
}

# find_machine sets by to what runs the programs of a machine, and emulate to the flag with
# which go test calls that.
find_machine() {
	local os=${1%/*} arch=${1#*/} name
	if [[ $arch == wasm ]]; then
		find_wasm "$os"
		return
	fi
	if ! find_emulator "$os" "$arch"; then
		qemu_name "$arch"
		not_run "$1: no such program runs here, and there is no qemu-$name (on Debian: apt install qemu-user)"
		return 1
	fi
	case $emulator in
	"") by="the machine" ;;
	"the kernel") by="an emulator that the kernel calls" ;;
	*) by="$emulator $(number "$emulator" --version)" ;;
	esac
	list_emulate
}

# count reads names of tests and cases, and prints how many are tests and how many are
# cases.
count() { awk '{ cases += $2 ~ /\// } END { printf "%d tests, %d cases", NR - cases, cases }'; }

# reasons prints how many tests and cases were skipped for each reason.
reasons() {
	awk -F ': ' '
		{
			reason = $2
			for (i = 3; i < NF; i++) reason = reason ": " $i
			skipped[reason] += split($NF, unused, ", ")
		}
		END { for (reason in skipped) print skipped[reason] ": " reason }' "$work/skipped" |
		sort -t : -k 1,1nr | awk 'NR > 1 { printf "<br>" } { printf "%s", $0 }'
}

row() { printf '| %s | %s | %s | %s | %s | %s |\n' "$@"; }

if [[ $have_git ]]; then
	at=$(git rev-parse --short HEAD)
	git diff --quiet HEAD -- '*.go' || at=$at-dirty
else
	at=unknown
fi

# insert puts a row into the page: it replaces the machine's old row, or goes to the
# end of the table.
page=docs/machines.md
insert() {
	awk -v new="$1" '
		BEGIN { split(new, cell, " [|] ") }
		/^[|] / {
			if (index($0, cell[1] " |") == 1) { $0 = new; done = 1 }
			inside = 1
			print
			next
		}
		inside && !done { print new; done = 1 }
		{ print }
		END { if (!done) print new }' "$page" >"$work/page"
	cat "$work/page" >"$page"
}

# The runtime for wasip1 is called by its name, and caches what it has compiled.
export GOWASIRUNTIME=wazero TMPDIR="$work"
PATH=$work/bin:$PATH

{ row machine "run by" passed "skipped, and why" time "Go, commit" && row --- --- --- --- --- ---; } >"$work/table"
failed=()
for machine in "${chosen[@]}"; do
	find_machine "$machine" || continue
	printf '\n== %s by %s\n' "$machine" "$by"
	begin=$SECONDS
	rm -f -- "$work/passed"
	# A case has ten minutes, not two: some machines are slow.
	if ! POOLTEST_LIMIT=10m CGO_ENABLED=0 GOOS=${machine%/*} GOARCH=${machine#*/} \
		go test -json ${short[@]+"${short[@]}"} ${emulate[@]+"${emulate[@]}"} -shuffle=on -timeout 60m ./... |
		"$work/results" "$work/passed" "$work/skipped"; then
		failed+=("$machine")
		row "$machine" "$by" FAILED "" "$((SECONDS - begin)) s" "$(go env GOVERSION), $at" >>"$work/table"
		continue
	fi
	line=$(row "$machine" "$by" "$(count <"$work/passed")" "$(reasons)" "$((SECONDS - begin)) s" "$(go env GOVERSION), $at")
	echo "$line" >>"$work/table"
	[[ ! $write ]] || insert "$line"
done

echo
cat "$work/table"
say_missing
if ((${#failed[@]})); then
	echo "FAILED: ${failed[*]}"
	exit 1
fi
