#!/usr/bin/env bash
# Runs the tests of the ring and of both pools over and over, with the race
# detector, each time in a new random order, on another number of processors, and
# with new random sizes, producers, faults and shutdowns where those are drawn.
set -euo pipefail

usage() {
	echo "usage: scripts/stress.sh [DURATION] [--seed N]"
	echo "  DURATION   how long, as 30s, 10m or 2h; 5m if not given"
	echo "  --seed N   run the one round of that seed again, and stop"
}

bad() {
	echo "scripts/stress.sh: $1" >&2
	usage >&2
	exit 2
}

duration=5m seed=
while (($#)); do
	case $1 in
	-h | --help) usage && exit ;;
	--seed)
		[[ ${2-} =~ ^[0-9]{1,9}$ ]] || bad "bad seed \"${2-}\", want a number of at most 9 digits"
		seed=$2
		shift
		;;
	-*) bad "bad argument \"$1\"" ;;
	*)
		[[ $1 =~ ^[1-9][0-9]{0,5}[smh]$ ]] || bad "bad duration \"$1\", want a number and s, m or h"
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

cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages=(internal/mpmc ringpool chanpool)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in "${packages[@]}"; do
	go test -race -c -o "$work/${package##*/}.test" "./$package"
done

# round runs everything once, as the seed says.
round() {
	local seed=$1 procs=$((1 << $1 % 4)) package
	for package in "${packages[@]}"; do
		if ! (cd "$package" && POOLTEST_SEED="$seed" "$work/${package##*/}.test" \
			-test.shuffle="$seed" -test.cpu="$procs" -test.timeout=10m >"$work/log" 2>&1); then
			cat "$work/log"
			echo "FAILED: $package with seed $seed; again: scripts/stress.sh --seed $seed"
			exit 1
		fi
	done
}

if [[ $seed ]]; then
	round "$seed"
	echo "seed $seed: passed"
	exit
fi

rounds=0
while ((SECONDS < seconds)); do
	seed=$((RANDOM * 32768 + RANDOM))
	round "$seed"
	rounds=$((rounds + 1))
	printf 'round %d, seed %d: passed, %d of %d s\n' "$rounds" "$seed" "$SECONDS" "$seconds"
done
echo "$rounds rounds passed in $SECONDS s"
