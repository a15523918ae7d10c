#!/bin/sh
# rotate.sh - every fuzz target under libFuzzer and AFL++ in turn, the one with
# the least time behind it first, until each has had SECONDS_EACH or MINUTES are
# over. Stop it at any time: the table TABLE is where the next run goes on.
#
#	make fuzz-rotation MINUTES=30 JOBS=2
#	sh fuzz/rotate.sh [TARGET...]
#
# SLICE is the seconds of one turn, ENGINES "libfuzzer afl" or one of the two.
# The corpora that grow are build/ENGINE/found/TARGET. A finding stays there,
# is counted in the table, and makes the exit status 1.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${SECONDS_EACH:=900}" "${SLICE:=60}" "${MINUTES:=60}" "${JOBS:=1}" "${MAKE:=make}"
: "${ENGINES:=libfuzzer afl}" "${TABLE:=build/fuzz-rotation.txt}"

# build VARIANT TARGET...: all when none is named
build() {
	variant=$1
	shift
	goals=fuzz-targets
	[ $# -eq 0 ] || goals=$(printf "build/$variant/fuzz/%s " "$@")
	$MAKE VARIANT="$variant" $goals || exit 1
}

for engine in $ENGINES; do
	case $engine in
	libfuzzer) build libfuzzer "$@" ;;
	afl)
		command -v afl-fuzz > /dev/null || {
			echo 'rotate.sh: afl-fuzz is not here: apt-get install afl++' >&2
			exit 1
		}
		build afl "$@"
		AFL_LLVM_CMPLOG=1 build cmplog "$@"
		;;
	*) echo "rotate.sh: no engine $engine" >&2; exit 2 ;;
	esac
done
set -- ${*:-$(ls "build/${ENGINES%% *}/fuzz")}

# row TARGET ENGINE: seconds executions findings so far
row() {
	awk -v t="$1" -v e="$2" '$1 == t && $2 == e { print $3, $4, $5; n = 1 }
	    END { if (!n) print 0, 0, 0 }' "$TABLE"
}

# add TARGET ENGINE SECONDS EXECUTIONS FINDINGS: findings are those there are
# in all. One at a time.
add() {
	until mkdir "$TABLE.lock" 2> /dev/null; do sleep 1; done
	{
		printf '%-22s %-10s %8s %14s %8s\n' '# target' engine seconds executions findings
		{
			grep -v '^#' "$TABLE" | awk -v t="$1" -v e="$2" '!($1 == t && $2 == e)'
			set -- "$1" "$2" "$3" "$4" "$5" $(row "$1" "$2")
			echo "$1 $2 $(($6 + $3)) $(($7 + $4)) $5"
		} | sort | awk '{ printf "%-22s %-10s %8s %14s %8s\n", $1, $2, $3, $4, $5 }'
	} > "$TABLE.new"
	mv "$TABLE.new" "$TABLE"
	rmdir "$TABLE.lock"
}

found_by_libfuzzer() {
	find build/libfuzzer/found -maxdepth 1 -type f \( -name "$1-crash-*" -o -name "$1-timeout-*" \
	    -o -name "$1-oom-*" -o -name "$1-leak-*" \) 2> /dev/null | wc -l
}

libfuzzer() { # TARGET SECONDS
	mkdir -p "build/libfuzzer/found/$1"
	dict=
	[ ! -e "fuzz/$1.dict" ] || dict="-dict=fuzz/$1.dict"
	log=build/libfuzzer/found/$1.log
	begun=$(date +%s)
	"build/libfuzzer/fuzz/$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 \
	    -print_final_stats=1 -artifact_prefix="build/libfuzzer/found/$1-" $dict \
	    "build/libfuzzer/found/$1" "corpora/$1" > "$log" 2>&1
	runs=$(awk '/number_of_executed_units/ { n = $2 } END { print n + 0 }' "$log")
	add "$1" libfuzzer $(($(date +%s) - begun)) "$runs" "$(found_by_libfuzzer "$1")"
}

stat_of() { # FOLDER KEY
	awk -F: -v k="$2" '$1 ~ "^" k " *$" { n = $2 } END { print n + 0 }' \
	    "$1/fuzzer_stats" 2> /dev/null || echo 0
}

afl() { # TARGET SECONDS
	out=build/afl/found/rotation-$1
	mkdir -p "$out"
	dict=
	[ ! -e "fuzz/$1.dict" ] || dict="-x fuzz/$1.dict"
	# it goes on in its own queue; a time behind it counts to its limit
	in=corpora/$1
	[ ! -d "$out/default/queue" ] || in=-
	before=$(stat_of "$out/default" execs_done)
	begun=$(date +%s)
	env AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 \
	    AFL_NO_AFFINITY=1 AFL_QUIET=1 timeout -s INT $(($2 + 5)) \
	    afl-fuzz -t 2000 -i "$in" -o "$out" $dict -c "build/cmplog/fuzz/$1" \
	    -- "build/afl/fuzz/$1" > "$out/log" 2>&1
	after=$(stat_of "$out/default" execs_done)
	[ "$after" -ge "$before" ] || before=0
	bad=$(ls "$out"/default/crashes/id* "$out"/default/hangs/id* 2> /dev/null | wc -l)
	[ "$after" -gt 0 ] || tail -n 5 "$out/log" >&2
	add "$1" afl $(($(date +%s) - begun)) $((after - before)) "$bad"
}

mkdir -p "$(dirname "$TABLE")"
[ -e "$TABLE" ] || : > "$TABLE"
rmdir "$TABLE.lock" 2> /dev/null

# The pairs that have had the least, and not enough; none at the end.
least() {
	for engine in $ENGINES; do
		for t; do echo "$(row "$t" "$engine" | cut -d' ' -f1) $t $engine"; done
	done | awk -v m="$SECONDS_EACH" '$1 < m' | sort -n | head -n "$JOBS"
}

until=$(($(date +%s) + MINUTES * 60))
while [ "$(date +%s)" -lt "$until" ]; do
	turns=$(least "$@")
	[ -n "$turns" ] || break
	while read -r had t engine; do
		left=$((SECONDS_EACH - had))
		"$engine" "$t" $((left < SLICE ? left : SLICE)) &
	done <<-EOF
	$turns
	EOF
	wait
done
cat "$TABLE"
awk '!/^#/ { bad += $5 } END { exit bad > 0 }' "$TABLE"
