#!/usr/bin/env bash
# Plants the bugs of internal/mutants, one at a time, and shows which test catches
# each. If none catches a bug, a test is missing.
set -euo pipefail

usage='scripts/mutants.sh [--check | --compile] [--write] [--quick] [--since REF] [--layer L]... [NAME...]'
layers=(own schedules others race full)

help() {
	echo "usage: $usage"
	echo "  NAME         this mutant only: a file in internal/mutants without .patch"
	echo "  --quick      only mutants of files that have changed since the commit before this"
	echo "               one, and mutants that have changed themselves"
	echo "  --since REF  like --quick, for what has changed since the commit REF"
	echo "  --layer L    run this layer of tests only; may be given several times"
	echo "  --write      put the rows into the table of internal/mutants/README.md, each as"
	echo "               soon as it is complete, in place of the mutant's old row"
	echo "  --check      only check that every patch fits the code: takes a second"
	echo "  --compile    only check that every mutant fits the code and compiles"
	echo "The layers, from fast to slow: ${layers[*]}."
	echo "A mutant goes through them until one catches it. If the table names a test that has"
	echo "caught it, that test comes first. All mutants together take hours."
}

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

only= write= since= chosen=()
names=()
while (($#)); do
	case $1 in
	-h | --help) help && exit ;;
	--check | --compile) only=${1#--} ;;
	--write) write=1 ;;
	--quick) since=HEAD~1 ;;
	--since)
		[[ ${2-} ]] || say_usage "--since needs a commit, not \"${2-}\""
		since=$2
		shift
		;;
	--layer)
		[[ " ${layers[*]} " == *" ${2-} "* ]] || say_usage "--layer needs one of ${layers[*]}, not \"${2-}\""
		chosen+=("$2")
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
((!${#chosen[@]})) || layers=("${chosen[@]}")
command -v git >/dev/null || die "there is no git to apply the patches"
export GOFLAGS="$GOFLAGS -trimpath" # what the last call built is used, though its tree lay elsewhere

if ((!${#names[@]})); then
	for patch in internal/mutants/*.patch; do
		patch=${patch##*/}
		names+=("${patch%.patch}")
	done
fi

# touched prints the files that a mutant changes.
touched() { sed -n 's|^+++ b/||p' "internal/mutants/$1.patch"; }

if [[ $since ]]; then
	[[ $have_git ]] || die "without a git repository it is not known what has changed"
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

# apply applies a mutant to the current directory. It ignores the user's
# settings for white space.
apply() {
	local name=$1
	shift
	git -c core.whitespace= -c apply.whitespace=nowarn apply "$@" "$root/internal/mutants/$name.patch" ||
		die "mutant $name does not fit the code"
}

# A copy of the tree, without files that no test reads. It is a git repository of
# its own, or git could take it for a part of a repository in a parent directory.
list go.mod go.sum '*/go.mod' '*/go.sum' '*.go' '*.s' '*/testdata/*'
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

# The layers. Each is run in the mutant's module. First come the tests of the packages
# that the mutant changes (own), then the schedules of all packages whose tests reach
# these, then the ordinary tests of the others, then both with the race detector, and
# last the schedules with their full effort. A test that hangs counts as a failure, so
# the timeouts are short.
own() { go_test -short -timeout 30s "${own[@]}"; }
schedules() { go_schedules -short; }
others() { go_test -short -timeout 60s ${others[@]+"${others[@]}"}; }
race() {
	[[ ${race[*]-} ]] || return 0
	go_test -race -short -timeout 120s "${own[@]}" &&
		go_test -race -short -timeout 120s ${others[@]+"${others[@]}"}
}
full() { [[ ! $name ]] || go_schedules; }

# go_test runs go test for one package after the other, until one fails. Its last
# arguments, those that begin with a dot, are the packages. It skips the tests of
# the pages, which are not in the copy of the tree.
go_test() {
	local argument flags=(-failfast -skip '^TestEvidence' ${only_test:+-run "$only_test"})
	for argument in "$@"; do
		case $argument in
		.*) go test "${flags[@]}" "$argument" || return ;;
		*) flags+=("$argument") ;;
		esac
	done
}
go_schedules() {
	local only_test=${only_test:-$model_tests}
	go_test -timeout 5m -tags modelcheck "$@" ${models[@]+"${models[@]}"}
}

# reach sets own to the packages in the given directories, packages to all packages
# whose tests reach one of these, others to packages without own, and models to those
# with schedules. It leaves out the tests of the suite itself, which are for other
# pools.
reach() {
	local dir package prefix
	cd "$work/tree/$module"
	prefix=$(go list -m)
	packages=() own=() others=() models=()
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
	while IFS= read -r package; do
		own+=(".${package#"$prefix"}")
	done < <(sed -n 's/^changed //p' "$work/reach" | sort -u)
	for package in "${packages[@]}"; do
		[[ " ${own[*]} " == *" $package "* ]] || others+=("$package")
	done
	[[ $module == . ]] || return 0
	for package in "${own[@]}" ${others[@]+"${others[@]}"}; do
		if [[ " ${model_packages[*]} " == *" $package "* ]]; then
			models+=("$package")
		fi
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
}

# A mutant that does not compile would be caught by anything.
if [[ $only == compile ]]; then
	for name in "${names[@]}"; do
		plant "$name"
		go vet "${packages[@]}" || die "mutant $name does not compile"
		((!${#models[@]})) || go vet -tags modelcheck "${models[@]}" ||
			die "mutant $name does not compile with the tag modelcheck"
	done
	echo "${#names[@]} mutants fit and compile"
	exit
fi

# why prints the first failure in the log: the test and its case.
why() {
	awk '
		/--- FAIL: / { found = 1; name = $3; next }
		found && /^(FAIL|ok|panic: |=== )/ { exit }
		/^panic: test timed out/ { out = 1 }
		out && /^\t\tTest/ { if (length($1) > length(test)) test = $1 }
		!other && /^fatal error: |^WARNING: DATA RACE|^panic: / { other = substr($0, 1, 70) }
		END { print test != "" ? "timed out: " test : found ? name : other != "" ? other : "no test by name" }' "$work/log" | tr '|' '/'
}

row() { printf '| %s | %s | %s | %s | %s |\n' "$@"; }

# insert puts the new rows into the README. It removes rows of mutants that no
# longer exist, and of a table with other columns.
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
		/^[|] mutant / { inside = 1 }
		inside && /^[|] / { if (NF == columns) old[key($0)] = $0; next }
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

# run_layer runs one layer, and sets seconds, and caught to what failed.
run_layer() {
	local begin=$SECONDS
	if (cd "$work/tree/$module" && "$1") >"$work/log" 2>&1; then
		caught=
	elif grep -qE '^FAIL.*\[(build|setup) failed\]' "$work/log"; then
		cat "$work/log" >&2
		die "mutant $name does not compile"
	elif [[ $(why) == "no test by name" ]]; then
		cat "$work/log" >&2
		die "no test says that it has caught mutant $name"
	else
		caught=$(why) in=$1
	fi
	seconds=$((SECONDS - begin))
}

# run runs the layers until one catches the mutant, and sets caught, in and seconds.
# A test that hangs does not say what is wrong, so the schedules are run, too.
run() {
	local layer hung= hung_in= hung_seconds=
	caught= in=- seconds=-
	if [[ $name ]]; then
		known
		[[ ! $caught ]] || return 0
	fi
	for layer in "${layers[@]}"; do
		[[ ! $hung || $layer == schedules ]] || continue
		run_layer "$layer"
		case $caught in
		"timed out"*) [[ $hung ]] || hung=$caught hung_in=$in hung_seconds=$seconds ;;
		?*) return ;;
		esac
	done
	[[ ! $hung ]] || caught=$hung in=$hung_in seconds=$hung_seconds
}

# known runs the test that has caught the mutant before, according to its row in the
# table.
known() {
	local layer= test= only_test
	IFS='|' read -r layer test < <(awk -F ' *[|] *' -v name="$name" \
		'$2 == name && $4 ~ /^Test/ { sub("/.*", "", $4); print $3 "|" $4 }' "$root/$readme") || return 0
	if [[ " ${layers[*]} " == *" $layer "* ]]; then
		only_test="^$test\$"
		run_layer "$layer"
	fi
}

# A test that fails without a mutant would seem to catch all of them.
if ((${#names[@]} > 1)); then
	echo "first without a mutant, to see that the tests pass" >&2
	cp -R -- "$work/good" "$work/tree"
	name= module=.
	cd "$work/tree"
	own=() others=()
	while IFS= read -r dir; do
		own+=("./$dir")
	done < <(go list -f '{{.Dir}}' ./... | sed "s|^$PWD/*||" | grep -vx 'internal/pooltest')
	models=("${model_packages[@]}")
	run
	if [[ $caught ]]; then
		cat "$work/log" >&2
		die "the tests fail without a mutant: $caught"
	fi
fi

{ row mutant layer "caught by" seconds commit && row --- --- --- --- ---; } | tee "$work/rows"
survivors=()
for name in "${names[@]}"; do
	plant "$name"
	run
	row "$name" "$in" "${caught:--}" "$seconds" "$at" | tee -a "$work/rows"
	[[ $caught ]] || survivors+=("$name")
	[[ ! $write ]] || insert
done
echo
echo "${#survivors[@]} of ${#names[@]} survived${survivors[*]+: ${survivors[*]}}; $SECONDS s on $(go env GOOS)/$(go env GOARCH), $(go env GOVERSION)"
say_missing
((!${#survivors[@]}))
