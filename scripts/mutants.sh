#!/usr/bin/env bash
# Plants the bugs of internal/mutants, one at a time, and shows which of the
# tests catch each. A bug that none catches is a missing test.
set -euo pipefail

usage='scripts/mutants.sh [--check | --compile] [--write] [--quick] [--since REF] [NAME...]'

help() {
	echo "usage: $usage"
	echo "  NAME         this mutant only: a file in internal/mutants without .patch"
	echo "  --quick      those only that change a file which has changed since the commit before"
	echo "               this one, or which have changed themselves; each up to the first layer"
	echo "               that catches it"
	echo "  --since REF  as --quick, with what has changed since the commit REF"
	echo "  --write      put the rows into the table of internal/mutants/README.md, each as"
	echo "               soon as it is complete, in the place of the mutant's old one"
	echo "  --check      only see that every patch fits the code: takes a second"
	echo "  --compile    only see that every mutant fits the code and compiles"
	echo "The layers are the columns of the table: the tests, the tests with the race detector,"
	echo "and the schedules of small pools. All mutants together take hours."
}

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

only= write= since=
names=()
while (($#)); do
	case $1 in
	-h | --help) help && exit ;;
	--check | --compile) only=${1#--} ;;
	--write) write=1 ;;
	--quick) since=HEAD~1 ;;
	--since)
		[[ ${2-} ]] || say_usage "--since wants a commit, not \"${2-}\""
		since=$2
		shift
		;;
	-*) say_usage "bad argument \"$1\"" ;;
	*)
		[[ -f internal/mutants/$1.patch ]] || say_usage "there is no mutant \"$1\""
		names+=("$1")
		;;
	esac
	shift
done
command -v git >/dev/null || die "there is no git to apply the patches"

if ((!${#names[@]})); then
	for patch in internal/mutants/*.patch; do
		patch=${patch##*/}
		names+=("${patch%.patch}")
	done
fi

# touched prints the files that a mutant changes.
touched() { sed -n 's|^+++ b/||p' "internal/mutants/$1.patch"; }

if [[ $since ]]; then
	[[ $have_git ]] || die "without a git repository nobody knows what has changed"
	git rev-parse --quiet --verify "$since^{commit}" >/dev/null ||
		say_usage "there is no commit \"$since\" here (in a shallow clone there are few)"
	git diff --name-only "$since" -- >"$work/changed"
	git ls-files --others --exclude-standard >>"$work/changed"
	all=("${names[@]}")
	names=()
	for name in "${all[@]}"; do
		if { touched "$name" && echo "internal/mutants/$name.patch"; } | grep -qxFf "$work/changed"; then
			names+=("$name")
		fi
	done
	if ((!${#names[@]})); then
		echo "no mutant changes a file that has changed since $since"
		exit
	fi
fi

# apply applies a mutant to the tree that it is called in. Nobody's settings for
# white space count.
apply() {
	local name=$1
	shift
	git -c core.whitespace= -c apply.whitespace=nowarn apply "$@" "$root/internal/mutants/$name.patch" ||
		die "mutant $name does not fit the code"
}

# The tree as it is, without what no test reads. There is a repository around the
# copy, or git would take it for a part of another one that it may lie in.
list go.mod go.sum '*/go.mod' '*/go.sum' '*.go' '*/testdata/*'
last=
group=()
copy_group() {
	((${#group[@]})) || return 0
	mkdir -p -- "$work/good/$last"
	cp -- "${group[@]}" "$work/good/$last/"
	group=()
}
while IFS= read -r file; do
	dir=$(dirname -- "$file")
	if [[ $dir != "$last" ]]; then
		copy_group
		last=$dir
	fi
	group+=("$file")
done < <(printf '%s\n' "${found[@]}" | sort)
copy_group
git init --quiet "$work/good"

if [[ $only == check ]]; then
	cd "$work/good"
	unfit=0
	for name in "${names[@]}"; do
		(apply "$name" --check) || unfit=$((unfit + 1))
	done
	echo "$((${#names[@]} - unfit)) of ${#names[@]} mutants fit"
	exit $((unfit > 0))
fi

list_model_tests

# The layers, in the order of the columns. Each is run in the mutant's module, with the
# packages whose tests reach what the mutant changes. A test that hangs is a test that
# fails, so they have little time to hang.
layers=(tests race model)
tests() { go test -short -failfast -timeout 60s "${packages[@]}"; }
race() { go test -race -short -failfast -timeout 120s "${packages[@]}"; }
model() {
	((${#models[@]})) || return 0
	local schedules=(go test -failfast -timeout 5m -tags modelcheck -run "$model_tests")
	"${schedules[@]}" -short "${models[@]}" &&      # most bugs are found with little effort
		{ [[ ! $name ]] || "${schedules[@]}" "${models[@]}"; }
}

# reach sets packages and models to the packages of a module whose tests reach one of
# the packages in the given directories, and to those of them that have schedules. The
# tests of the suite itself are about other pools.
reach() {
	local dir package prefix
	cd "$work/tree/$module"
	prefix=$(go list -m)
	packages=() models=()
	for dir in "$@"; do
		go list -f 'changed {{.ImportPath}}' "./$dir"
	done >"$work/reach"
	go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... >>"$work/reach"
	while IFS= read -r package; do
		packages+=(".${package#"$prefix"}")
	done < <(awk '
		$1 == "changed" { changed[$2] = 1; next }
		$1 ~ /\.test$/ && NF > 1 {
			package = substr($1, 1, length($1) - 5)
			if (package ~ /\/internal\/pooltest$/ && !(package in changed)) next
			for (i = 2; i <= NF; i++)
				if ($i in changed) { print package; next }
		}' "$work/reach")
	((${#packages[@]})) || die "no test reaches what mutant $name changes"
	[[ $module == . ]] || return 0
	for package in "${packages[@]}"; do
		for dir in "${model_packages[@]}"; do
			if [[ $dir == "$package" ]]; then
				models+=("$dir")
			fi
		done
	done
}

# plant makes a tree with one mutant, and sets module, packages and models.
plant() {
	local file dirs=()
	rm -rf -- "$work/tree"
	cp -R -- "$work/good" "$work/tree"
	cd "$root"
	module=
	while IFS= read -r file; do
		dir=$(module_of "$file")
		[[ ! $module || $module == "$dir" ]] || die "mutant $1 changes two modules"
		module=$dir
		file=$(dirname -- "$file")
		[[ $module == . ]] || file=${file#"$module"} file=${file#/}
		dirs+=("$file")
	done < <(touched "$1")
	[[ $module ]] || die "mutant $1 changes nothing"
	cd "$work/tree"
	apply "$1"
	reach "${dirs[@]}"
	# A mutant that does not compile would be caught by anything.
	go vet "${packages[@]}" || die "mutant $1 does not compile"
	if ((${#models[@]})); then
		go vet -tags modelcheck "${models[@]}" || die "mutant $1 does not compile with the tag modelcheck"
	fi
}

if [[ $only == compile ]]; then
	for name in "${names[@]}"; do
		plant "$name"
	done
	echo "${#names[@]} mutants fit and compile"
	exit
fi

# why says what the first failure in the log was.
why() {
	grep -m1 -oE -- '--- FAIL: [^ ]+|panic: test timed out|fatal error: .*|WARNING: DATA RACE|panic: [^|]{1,60}' "$work/log" |
		sed 's/--- FAIL: //' || echo "no test by name"
}

row() { printf '| %s | %s | %s | %s | %s |\n' "$@"; }

# insert puts the new rows into the README. Rows of mutants that are gone, and of a
# table with other columns, go.
readme=internal/mutants/README.md
insert() {
	cd "$root"
	for patch in internal/mutants/*.patch; do
		patch=${patch##*/}
		echo "${patch%.patch}"
	done >"$work/names"
	awk -F ' [|] ' -v names="$work/names" -v rows="$work/rows" '
		function key(line) { sub(/^[|] /, "", line); sub(/ .*/, "", line); return line }
		function table(name, line) {
			print head
			print rule
			while ((getline line <rows) > 0) if (key(line) != "mutant" && key(line) != "---") new[key(line)] = line
			while ((getline name <names) > 0)
				if (name in new) print new[name]
				else if (name in old) print old[name]
			done = 1
		}
		BEGIN { getline head <rows; getline rule <rows; columns = split(head, unused, " [|] ") }
		/^[|] / { if (NF == columns) old[key($0)] = $0; inside = 1; next }
		inside && !done { table() }
		{ print }
		END { if (!done) table() }' "$readme" >"$work/readme"
	cat "$work/readme" >"$readme"
}

probe_race
if [[ $have_git ]]; then
	at=$(git rev-parse --short HEAD)
	git diff --quiet HEAD -- '*.go' '*.patch' || at=$at-dirty
else
	at=unknown
fi

# run sets cells to what each layer said, and caught if one failed.
run() {
	local layer begin
	cells=() caught=
	for layer in "${layers[@]}"; do
		if [[ $layer == race && ! ${race[*]-} ]] || [[ $caught && $since ]]; then
			cells+=("not run")
			continue
		fi
		begin=$SECONDS
		if (cd "$work/tree/$module" && "$layer") >"$work/log" 2>&1; then
			cells+=("-")
		else
			caught=1
			cells+=("$(why), $((SECONDS - begin)) s")
		fi
	done
}

# Tests that fail without a mutant would seem to catch them all.
if ((${#names[@]} > 1)); then
	echo "first without a mutant, to see that the tests pass" >&2
	cp -R -- "$work/good" "$work/tree"
	name= module=.
	cd "$work/tree"
	packages=()
	while IFS= read -r package; do
		packages+=("$package")
	done < <(go list ./... | grep -v '/internal/pooltest$')
	models=("${model_packages[@]}")
	run
	if [[ $caught ]]; then
		cat "$work/log" >&2
		die "the tests fail without a mutant: ${cells[*]}"
	fi
fi

{ row mutant "${layers[@]}" commit && row --- --- --- --- ---; } | tee "$work/rows"
survivors=()
for name in "${names[@]}"; do
	plant "$name"
	run
	row "$name" "${cells[@]}" "$at" | tee -a "$work/rows"
	[[ $caught ]] || survivors+=("$name")
	[[ ! $write ]] || insert
done
echo
echo "${#survivors[@]} of ${#names[@]} survived${survivors[*]+: ${survivors[*]}}; $SECONDS s on $(go env GOOS)/$(go env GOARCH), $(go env GOVERSION)"
say_missing
((!${#survivors[@]}))
