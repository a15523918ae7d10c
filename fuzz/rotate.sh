#!/bin/sh
# rotate.sh - every fuzz target under libFuzzer and AFL++ in turn, the one with
# the least time behind it first, until each has had SECONDS_EACH or MINUTES are
# over. Stop it at any time: the table is where the next run goes on. Parsers have
# their turn by folder: each input goes to all parsers of the folder, so that the
# time of the folder is the time of each.
#
#	make fuzz-rotation MINUTES=30 JOBS=2
#	make fuzz-rotation MINUTES=0		what is still short, and no more
#	sh fuzz/rotate.sh TARGET...
#
# The record is fuzz/rotation.tsv, which is committed: a row for each target,
# engine and commit of the code, with the processor seconds of the fuzzer and all
# its processes, the executions and what was found in them. So a run on a busy
# machine, or at idle priority (chrt -i 0 make fuzz-rotation), counts as what it
# was. Rows are added up, so everybody's nights count; two branches that both
# have new rows are merged by keeping both (.gitattributes).
#
# What a slow input is, is told for a busy machine: a minute for libFuzzer, half of
# one for AFL++. SLICE is the processor seconds of one turn, which ends at ten times as many by
# the clock in any case; ENGINES "libfuzzer afl" or one of the two, TABLE another
# record. The corpora that grow are build/ENGINE/found/TARGET. A
# finding stays there, and makes the exit status 1 as long as it does.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${SECONDS_EACH:=900}" "${SLICE:=60}" "${MINUTES:=60}" "${JOBS:=1}" "${MAKE:=make}"
: "${ENGINES:=libfuzzer afl}" "${TABLE:=fuzz/rotation.tsv}"
[ $# -gt 0 ] || { echo 'rotate.sh: no TARGET: make fuzz-rotation names them all' >&2; exit 2; }

# What strangers send comes first, then the rest as it is named.
first='parsers_sframe parsers_rtp parsers_media parsers_net parsers_file parsers_text
parsers_dtls open session capture_file pipeline srtp sdp sdplog serve'
order() {
	{ printf '%s\n' $first; echo; printf '%s\n' "$@"; } | awk '
	    $0 == "" { rest = 1; next } !rest { head[n++] = $0; next } { named[$0] = 1; all[m++] = $0 }
	    END { for (i = 0; i < n; i++) if (head[i] in named) { print head[i]; done[head[i]] = 1 }
	    for (i = 0; i < m; i++) if (!(all[i] in done)) print all[i] }'
}
set -- $(order "$@")

# The commit that is fuzzed; + when the tree has changes beside the record.
commit() {
	c=$(git rev-parse --short=10 HEAD 2> /dev/null) || { echo -; return; }
	git diff --quiet HEAD -- . ':!fuzz/rotation.tsv' && echo "$c" || echo "$c+"
}
commit=$(commit)

# build VARIANT TARGET...
build() {
	variant=$1
	shift
	$MAKE VARIANT="$variant" $(printf "build/$variant/fuzz/%s " "$@") || exit 1
}

for engine in $ENGINES; do
	[ "$MINUTES" -gt 0 ] || continue
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
# so_far TARGET ENGINE: its seconds.
so_far() {
	awk -F'\t' -v t="$1" -v e="$2" '$1 == t && $2 == e { n += $3 } END { print n + 0 }' "$TABLE"
}

# add TARGET ENGINE SECONDS EXECUTIONS FINDINGS: to the row of this commit. One
# at a time.
lock=build/fuzz-rotation.lock
add() {
	until mkdir "$lock" 2> /dev/null; do sleep 1; done
	{
		grep '^#' "$TABLE"
		grep -v '^#' "$TABLE" | awk -F'\t' -v OFS='\t' -v c="$commit" -v t="$1" -v e="$2" \
		    -v s="$3" -v x="$4" -v f="$5" '
		    $1 == t && $2 == e && $6 == c { s += $3; x += $4; f += $5; next } { print }
		    END { printf "%s\t%s\t%d\t%.0f\t%d\t%s\n", t, e, s, x, f, c }' | sort
	} > "$TABLE.new"
	mv "$TABLE.new" "$TABLE"
	rmdir "$lock"
}

# cpu PID: the hundredths of a second that it and what it started have used.
cpu() {
	cat /proc/[0-9]*/stat 2> /dev/null | awk -v root="$1" -v hz="$(getconf CLK_TCK)" '
	    { pid = $1; sub(/^.*\) /, ""); parent[pid] = $2; ticks[pid] = $12 + $13 + $14 + $15 }
	    END { for (p in ticks) { for (q = p; q in parent && q != root; ) q = parent[q]
	    if (q == root) n += ticks[p] } printf "%d\n", n * 100 / hz }'
}

# run SECONDS LOG COMMAND...: until it has used as many of a processor, or ended
# by itself. What it used is in $used, in hundredths.
run() {
	limit=$1 log=$2
	shift 2
	timeout $((limit * 10)) "$@" > "$log" 2>&1 &
	pid=$!
	used=0
	while kill -0 $pid 2> /dev/null; do
		sleep 1
		now=$(cpu $pid)
		[ "$now" -lt "$used" ] || used=$now
		[ "$used" -lt $((limit * 100)) ] || kill $pid 2> /dev/null
		[ "$(date +%s)" -lt "$until" ] || kill $pid 2> /dev/null
	done
	wait $pid
}

found_by_libfuzzer() {
	find build/libfuzzer/found -maxdepth 1 -type f \( -name "$1-crash-*" -o -name "$1-timeout-*" \
	    -o -name "$1-oom-*" -o -name "$1-leak-*" \) 2> /dev/null | wc -l
}

# begin TARGET ENGINE: its seeds and words, into $in and $dict
begin() {
	in=build/$2/seeds/$1 dict=
	sh fuzz/seeds.sh "$1" "$in"
	[ ! -e "$in.dict" ] || dict=$in.dict
}

libfuzzer() { # TARGET SECONDS
	mkdir -p "build/libfuzzer/found/$1"
	begin "$1" libfuzzer
	log=build/libfuzzer/found/$1.log
	before=$(found_by_libfuzzer "$1")
	run "$2" "$log" "build/libfuzzer/fuzz/$1" -timeout=60 -rss_limit_mb=1024 \
	    -print_final_stats=1 -artifact_prefix="build/libfuzzer/found/$1-" \
	    ${dict:+"-dict=$dict"} "build/libfuzzer/found/$1" "$in"
	runs=$(awk '/number_of_executed_units/ { n = $2 } END { print n + 0 }' "$log")
	add "$1" libfuzzer $(((used + 50) / 100)) "$runs" \
	    $(($(found_by_libfuzzer "$1") - before))
}

found_by_afl() {
	ls build/afl/found/rotation-"$1"/default/crashes/id* \
	    build/afl/found/rotation-"$1"/default/hangs/id* 2> /dev/null | wc -l
}

stat_of() { # FOLDER KEY
	awk -F: -v k="$2" '$1 ~ "^" k " *$" { n = $2 } END { print n + 0 }' \
	    "$1/fuzzer_stats" 2> /dev/null || echo 0
}

afl() { # TARGET SECONDS
	out=build/afl/found/rotation-$1
	mkdir -p "$out"
	begin "$1" afl
	# it goes on in its own queue
	[ ! -d "$out/default/queue" ] || in=-
	bad=$(found_by_afl "$1")
	before=$(stat_of "$out/default" execs_done)
	run "$2" "$out/log" env AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 \
	    AFL_NO_AFFINITY=1 AFL_QUIET=1 \
	    AFL_HANG_TMOUT=30000 afl-fuzz -t 10000 -i "$in" -o "$out" ${dict:+-x "$dict"} -c "build/cmplog/fuzz/$1" \
	    -- "build/afl/fuzz/$1"
	after=$(stat_of "$out/default" execs_done)
	[ "$after" -ge "$before" ] || before=0
	[ "$after" -gt 0 ] || tail -n 5 "$out/log" >&2
	add "$1" afl $(((used + 50) / 100)) $((after - before)) \
	    $(($(found_by_afl "$1") - bad))
}

mkdir -p build
[ -e "$TABLE" ] || printf '# target\tengine\tseconds\texecutions\tfindings\tcommit\n' > "$TABLE"
rmdir "$lock" 2> /dev/null

# The pairs that have had the least, and not enough; none at the end.
least() {
	for t; do
		for engine in $ENGINES; do echo "$(so_far "$t" "$engine") $t $engine"; done
	done | awk -v m="$SECONDS_EACH" '$1 < m' | sort -s -n -k1,1 | head -n "$JOBS"
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

# What each has had, and what is missing.
for t; do
	for engine in $ENGINES; do
		awk -F'\t' -v OFS='\t' -v t="$t" -v e="$engine" '$1 == t && $2 == e { s += $3; x += $4; f += $5 }
		    END { print t, e, s + 0, x + 0, f + 0 }' "$TABLE"
	done
done | awk -F'\t' -v m="$SECONDS_EACH" '
    BEGIN { printf "%-22s %-10s %8s %14s %8s\n", "target", "engine", "seconds", "executions", "findings" }
    { printf "%-22s %-10s %8d %14.0f %8d%s\n", $1, $2, $3, $4, $5,
      $3 < m ? "  short by " m - $3 " s" : "" ; all++; x += $4; f += $5 }
    $3 < m { short++; left += m - $3 }
    END { printf "%d of %d have had %d s; %.1f hours are missing; %.0f million executions, %d findings\n",
      all - short, all, m, left / 3600, x / 1e6, f }'

bad=0
for t; do bad=$((bad + $(found_by_libfuzzer "$t") + $(found_by_afl "$t"))); done
[ $bad -eq 0 ] || echo "$bad findings are in build/*/found: mend, keep as a seed in corpora/, remove"
[ $bad -eq 0 ]
