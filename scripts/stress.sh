#!/usr/bin/env bash
# Runs the tests of the root module again and again, with the race detector, each
# time in a new random order, on another number of processors, and with new random
# sizes, producers, faults and shutdowns in the tests that choose them.
set -euo pipefail

usage='scripts/stress.sh [DURATION] [--seed N]'

help() {
	echo "usage: $usage"
	echo "  DURATION   how long, as 30s, 10m or 2h; 5m if not given. A round that has begun is"
	echo "             run to its end"
	echo "  --seed N   run the one round of that seed again, and stop"
}

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

duration=5m seed=
while (($#)); do
	case $1 in
	-h | --help) help && exit ;;
	--seed)
		[[ ${2-} =~ ^[0-9]{1,9}$ ]] || say_usage "bad seed \"${2-}\", want a number of at most 9 digits"
		seed=$((10#$2))
		shift
		;;
	-*) say_usage "bad argument \"$1\"" ;;
	*)
		[[ $1 =~ ^[1-9][0-9]{0,5}[smh]$ ]] || say_usage "bad duration \"$1\", want a number and s, m or h"
		duration=$1
		;;
	esac
	shift
done

case $duration in
*s) seconds=${duration%s} ;;
*m) seconds=$((${duration%m} * 60)) ;;
*h) seconds=$((${duration%h} * 3600)) ;;
esac

probe_race

# The tests of the test tools choose nothing at random.
packages=()
while IFS= read -r package; do
	packages+=("$package")
done < <(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep -vE '/internal/(explore|pooltest)$')
dirs=()
for package in "${packages[@]}"; do
	go test ${race[@]+"${race[@]}"} -c -o "$work/${#dirs[@]}.test" "$package"
	dirs+=("$(go list -f '{{.Dir}}' "$package")")
done

# round runs everything once, with the choices of the seed.
round() {
	local seed=$1 procs=$((1 << $1 % 4)) i
	for ((i = 0; i < ${#packages[@]}; i++)); do
		if ! (cd "${dirs[i]}" && POOLTEST_SEED="$seed" "$work/$i.test" \
			-test.shuffle="$seed" -test.cpu="$procs" -test.timeout=10m >"$work/log" 2>&1); then
			cat "$work/log"
			echo "FAILED: ${packages[i]} with seed $seed; again: scripts/stress.sh --seed $seed"
			exit 1
		fi
	done
}

if [[ $seed ]]; then
	round "$seed"
	echo "seed $seed: passed"
	say_missing
	exit
fi

rounds=0
begin=$SECONDS
while ((SECONDS - begin < seconds)); do
	seed=$((RANDOM * 32768 + RANDOM))
	round "$seed"
	rounds=$((rounds + 1))
	printf 'round %d, seed %d: passed, %d of %d s\n' "$rounds" "$seed" "$((SECONDS - begin))" "$seconds"
done
echo "$rounds rounds passed in $((SECONDS - begin)) s"
say_missing
