# The other scripts source this file. It changes to the root of the tree, makes the
# scripts independent of the caller's settings, and has the functions that more than
# one of them needs. The scripts run with bash 3.2, which macOS has. There an empty
# array counts as unset, so arrays that may be empty are written ${a[@]+"${a[@]}"}.

unset CDPATH
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd -- "$root"

# The order of sort, and what a pattern matches, depend on the locale.
export LC_ALL=C

# A workspace, a vendor directory, GOPATH mode, flags or another target would build
# something else than the modules say. The stamp of the version control system fails
# in a checkout that belongs to another user, and is not needed.
export GO111MODULE=on GOWORK=off GOFLAGS='-mod=readonly -buildvcs=false'
GOOS=$(go env GOHOSTOS) GOARCH=$(go env GOHOSTARCH)
export GOOS GOARCH

# A git hook has variables that bind every git command to the hook's repository. And
# if the tree is a source archive, git must not take it for a part of a repository in
# a parent directory.
have_git=
if command -v git >/dev/null; then
	unset $(git rev-parse --local-env-vars)
	if [[ -e .git ]] && git ls-files >/dev/null 2>&1; then
		have_git=1
	else
		export GIT_CEILING_DIRECTORIES=${root%/*}
	fi
fi

# say_usage ends the script because of a bad argument. The script sets $usage,
# one line.
say_usage() {
	echo "scripts/${0##*/}: $1; usage: $usage" >&2
	exit 2
}

die() {
	echo "scripts/${0##*/}: $1" >&2
	exit 1
}

# list sets the array found to the files of the tree that match one of the patterns,
# in which * also matches slashes. With git these are the files that git has or would
# add, without git all that are not hidden.
list() {
	local file pattern
	found=()
	while IFS= read -r -d '' file; do
		file=${file#./}
		[[ -f $file ]] || continue # deleted, and git has not been told
		for pattern in "$@"; do
			if [[ $file == $pattern ]]; then
				found+=("$file")
				break
			fi
		done
	done < <(
		if [[ $have_git ]]; then
			git ls-files -z --cached --others --exclude-standard
		else
			find . -name '.?*' -prune -o -type f -print0
		fi
	)
	((${#found[@]})) || die "no file matches $*"
}

# list_modules sets the array modules to the directories of the tree's modules, the
# root first.
list_modules() {
	local dir
	list go.mod '*/go.mod'
	modules=()
	while IFS= read -r dir; do
		modules+=("$dir")
	done < <(for dir in "${found[@]}"; do dirname -- "$dir"; done | sort)
}

# module_of prints the directory of the module that a file belongs to.
module_of() {
	local dir=$1
	until [[ $dir == . ]]; do
		dir=$(dirname -- "$dir")
		[[ ! -f $dir/go.mod ]] || break
	done
	echo "$dir"
}

# list_model_tests sets the array model_packages to the packages of the root module
# with tests that need the tag modelcheck, and model_tests to a pattern for the names
# of these tests. Each of the two patterns in the array model_halves matches half of
# the names. A name is in one half only, even if several packages have it, or its tests
# would run twice.
list_model_tests() {
	local file name i=0
	list '*_test.go'
	: >"$work/model_packages"
	: >"$work/model_tests"
	for file in "${found[@]}"; do
		if [[ $(module_of "$file") == . ]] && grep -qE '^//go:build (|.*[^!])modelcheck' -- "$file"; then
			sed -n 's/^func \(Test[A-Za-z0-9_]*\)(.*testing\.T).*/\1/p' "$file" >>"$work/model_tests"
			dirname -- "./$file" >>"$work/model_packages"
		fi
	done
	model_packages=($(sort -u "$work/model_packages"))
	model_tests= model_halves=("" "")
	for name in $(sort -u "$work/model_tests"); do
		model_tests+="|$name"
		model_halves[i++ % 2]+="|$name"
	done
	[[ $model_tests ]] || die "there is no test with the tag modelcheck"
	model_tests="^(${model_tests#|})\$"
	model_halves=("^(${model_halves[0]#|})\$" "^(${model_halves[1]#|})\$")
}

# not_run prints a line that begins with !!!! for something that this machine can't
# run. say_missing repeats these lines at the end.
missing=()
not_run() {
	missing+=("$1")
	printf '\n!!!! NOT RUN: %s !!!!\n' "$1"
}
say_missing() {
	local what
	for what in ${missing[@]+"${missing[@]}"}; do
		printf '!!!! NOT RUN: %s !!!!\n' "$what"
	done
}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

printf 'package main\n\nfunc main() { println("runs") }\n' >"$work/probe.go"

# probe_race sets the array race to the flag of the race detector if a program that is
# built with it runs here. It needs cgo, a C compiler, and a processor that it
# supports.
probe_race() {
	race=()
	if go build -race -o "$work/probe" "$work/probe.go" >"$work/why" 2>&1 && "$work/probe" >"$work/why" 2>&1; then
		race=(-race)
	else
		not_run "the race detector, which does not work here ($(tail -n 1 "$work/why")): the tests run without it"
	fi
}

# runs returns whether a program for the system and the architecture runs here, with
# the command in front of it if there is one.
runs() {
	local os=$1 arch=$2
	shift 2
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -o "$work/probe" "$work/probe.go" || die "no build for $os/$arch"
	"$@" "$work/probe" >"$work/why" 2>&1
}

# find_emulator returns whether programs for the system and the architecture run here,
# and sets emulator to what runs them: "" for the machine itself, a command to call, or
# "the kernel" if the kernel calls one.
find_emulator() {
	local os=$1 arch=$2 name command
	emulator=
	case $GOOS/$GOARCH/$arch in
	$os/$arch/* | $os/amd64/386 | $os/arm64/arm) if runs "$os" "$arch"; then return; fi ;;
	esac
	[[ $os == linux ]] || return 1
	qemu_name "$arch"
	for command in "qemu-$name" "qemu-$name-static"; do
		if command -v "$command" >/dev/null && runs "$os" "$arch" "$command"; then
			emulator=$command
			return
		fi
	done
	runs "$os" "$arch" || return 1
	emulator="the kernel"
}

# qemu_name sets name to qemu's name of an architecture.
qemu_name() {
	case $1 in
	386) name=i386 ;;
	amd64) name=x86_64 ;;
	arm64) name=aarch64 ;;
	loong64) name=loongarch64 ;;
	mips64le) name=mips64el ;;
	mipsle) name=mipsel ;;
	*) name=$1 ;;
	esac
}

# list_emulate sets the array emulate to the flag with which go test calls the emulator.
# A test may start itself again by argument 0, and must then run in the emulator, too.
# So argument 0 is the name of a script that calls it.
list_emulate() {
	emulate=()
	[[ $emulator && $emulator != "the kernel" ]] || return 0
	cat >"$work/emulate" <<-END
		#!/bin/sh
		mv "\$1" "\$1.program"
		printf '%s\n' '#!/bin/sh' 'exec $emulator -0 "\$0" "\$0.program" "\$@"' >"\$1"
		chmod +x "\$1"
		exec "\$@"
	END
	chmod +x "$work/emulate"
	emulate=(-exec "'$work/emulate'")
}
