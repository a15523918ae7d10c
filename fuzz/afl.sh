#!/bin/sh
# afl.sh - AFL++ on the targets named, else on all, several at a time. Each
# target gets a main instance and, where there are jobs for it, one that reads
# comparisons (CMPLOG). What is found stays under build/afl/found/TARGET; a
# crash or a hang makes the exit status 1.
#
#	SECONDS_EACH=900 JOBS=2 sh fuzz/afl.sh [TARGET...]
set -u
cd "$(dirname "$0")/.." || exit 1
: "${SECONDS_EACH:=900}" "${JOBS:=$(nproc)}" "${MAKE:=make}"
command -v afl-fuzz > /dev/null || { echo 'afl.sh: afl-fuzz is not here: apt-get install afl++' >&2; exit 1; }
$MAKE afl cmplog || exit 1
[ $# -gt 0 ] || set -- $(ls build/afl/fuzz)
in=build/afl/seeds

export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 \
	AFL_NO_AFFINITY=1 AFL_QUIET=1

# one TARGET: both instances, for the time there is
one() {
	found=build/afl/found/$1
	mkdir -p "$found"
	sh fuzz/seeds.sh "$1" "$in/$1"
	dict=
	[ ! -e "$in/$1.dict" ] || dict="-x $in/$1.dict"
	# an engine's own corpus wants no file twice and none that crashes
	afl-fuzz -V "$SECONDS_EACH" -t 2000 -M main -i "$in/$1" -o "$found" $dict \
	    -- "build/afl/fuzz/$1" > "$found/main.log" 2>&1 &
	afl-fuzz -V "$SECONDS_EACH" -t 2000 -S compare -i "$in/$1" -o "$found" $dict \
	    -c "build/cmplog/fuzz/$1" -l 2 -- "build/afl/fuzz/$1" > "$found/compare.log" 2>&1 &
	wait
	runs=$(cat "$found"/*/fuzzer_stats 2> /dev/null | awk -F: '/^execs_done/ { n += $2 } END { print n + 0 }')
	bad=$(ls "$found"/*/crashes/id* "$found"/*/hangs/id* 2> /dev/null | wc -l)
	printf '  %-22s %12s runs  %s crashes and hangs\n' "$1" "$runs" "$bad"
	[ "$runs" -gt 0 ] && [ "$bad" -eq 0 ]
}

# two instances a target: half as many targets at once as there are jobs
lanes=$(((JOBS + 1) / 2))
status=0
n=0
pids=
for t; do
	one "$t" &
	pids="$pids $!"
	n=$((n + 1))
	if [ $((n % lanes)) -eq 0 ]; then
		for p in $pids; do wait "$p" || status=1; done
		pids=
	fi
done
for p in $pids; do wait "$p" || status=1; done
exit $status
