#!/bin/sh
# fuzzkit.sh - fuzz/ci/build.sh as OSS-Fuzz runs it, with an engine of ours in
# the place of libFuzzer's: everything is in $OUT, and runs on its own seeds.
# FUZZKIT_TARGETS are the targets to build; without it a few. The last line is
# the sum: N passed, N failed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
tell() {
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok  $1"
	fi
}
cd "$top" || exit 1
unset SRC MAKEFLAGS MFLAGS MAKELEVEL
export TARGETS="${FUZZKIT_TARGETS:-shim_line sframe_header parsers_media sealed}"
export CC="${CC:-gcc}" CXX="${CXX:-g++}" CFLAGS="-O1" CXXFLAGS="-O1" OUT="$work/out"
mkdir -p "$OUT"
$CC $CFLAGS -I. -c -o "$work/engine.o" fuzz/replay.c || exit 1
export LIB_FUZZING_ENGINE="$work/engine.o"
bash fuzz/ci/build.sh > "$work/log" 2>&1
status=$?
tell 'build.sh' $status
[ $status = 0 ] || tail -n 20 "$work/log"
for name in $TARGETS harness_header harness_open harness_seal_open \
    harness_sequence harness_differential; do
	[ -x "$OUT/$name" ]
	tell "$name is there" $?
	mkdir -p "$work/seeds/$name"
	python3 -m zipfile -e "$OUT/${name}_seed_corpus.zip" "$work/seeds/$name"
	"$OUT/$name" "$work/seeds/$name"/* > /dev/null 2> "$work/log"
	status=$?
	tell "$name runs on its seeds" $status
	[ $status = 0 ] || head -n 5 "$work/log"
done
[ "$(ls "$work/seeds/parsers_media" | wc -l)" = \
    "$(find corpora/opus corpora/red corpora/vp[89]* corpora/nal_* corpora/h26[45]* \
        corpora/av1* corpora/sframe_payload -type f | wc -l)" ]
tell "a folder's parsers begin with the seeds of each" $?
cat fuzz/vp8_frame.dict fuzz/vp9_frame.dict | cmp -s - "$OUT/parsers_media.dict"
tell 'and the words of each' $?
[ -s "$OUT/harness_open.dict" ]
tell 'a dictionary' $?
# the same targets over the example in C++
make VARIANT=ossfuzz WERROR= ADAPTER=fuzz/harness/example.cc harness-targets > "$work/log" 2>&1
tell 'the example in C++' $?
for name in header open seal_open sequence differential; do
	"build/ossfuzz/harness/$name" "$work/seeds/harness_$name"/* > /dev/null 2>&1
	tell "C++: $name" $?
done
# one that leaves in the output what it refuses: told of a suite with CTR, and of
# GCM when that is asked for; other flags make other objects
cat > "$work/leaks.c" <<-'EOF'
	#define sff_open good_open
	#define sff_seal good_seal
	#include "fuzz/harness/example.c"
	#undef sff_open
	#undef sff_seal
	#include <string.h>
	static uint8_t last[4096];
	long sff_seal(void *c, uint64_t kid, const uint8_t *m, size_t k,
	    const uint8_t *pt, size_t n, uint8_t *out)
	{
		memcpy(last, pt, n);
		return good_seal(c, kid, m, k, pt, n, out);
	}
	long sff_open(void *c, const uint8_t *m, size_t k, const uint8_t *ct,
	    size_t n, uint8_t *out)
	{
		long got = good_open(c, m, k, ct, n, out);
		if (got < 0)
			memcpy(out, last, n < 42 ? 0 : 40);
		return got;
	}
EOF
leaks() { # SUITE FLAGS
	make VARIANT=ossfuzz WERROR= ADAPTER="$work/leaks.c" HARNESS_FLAGS="$2" \
	    build/ossfuzz/harness/seal_open > "$work/log" 2>&1 || return 2
	printf "\\00$(($1 - 1))\\003mmm%040d" 7 > "$work/input"
	! build/ossfuzz/harness/seal_open "$work/input" 2> "$work/log"
}
leaks 1 '' && grep -q 'does not hold.*is_released' "$work/log"
tell 'plaintext that is refused is seen' $?
leaks 4 ''
[ $? = 1 ]
tell 'of GCM it is not asked' $?
leaks 4 -DSFF_NO_RELEASE
tell 'but when it is' $?
# no path of a build stands in a script, and each refers to the one build.sh
for script in .clusterfuzzlite/build.sh fuzz/ci/oss-fuzz/build.sh; do
	grep -q 'fuzz/ci/build.sh' "$script" && [ -x "$script" ]
	tell "$script" $?
done
# what is there is YAML, and says what its reader asks for
has() { # FILE KEY...
	python3 -c '
import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
sys.exit(not all(k in d for k in sys.argv[2:]))' "$@"
	tell "$*" $?
}
has fuzz/ci/github.yml name jobs
has fuzz/ci/gitlab.yml sframe
has fuzz/ci/oss-fuzz/project.yaml homepage main_repo primary_contact language fuzzing_engines sanitizers
has .clusterfuzzlite/project.yaml language
for script in fuzz/ci/build.sh .clusterfuzzlite/build.sh fuzz/ci/oss-fuzz/build.sh; do
	bash -n "$script"
	tell "$script" $?
done
# the script for the CI of somebody: it passes, fails, and leaves its files
mkdir -p "$work/ci"
tool=${SFRAME_TOOL:-$top/build/release/sframe-tool}
shim=$(dirname "$tool")/shims/sframe-tool
(cd "$work/ci" && TOOL="$tool" SHIM="$shim" FUZZ=1s sh "$top/fuzz/ci/conform.sh" > log 2>&1)
tell 'conform.sh passes' $?
for file in conform.xml conform.json; do
	[ -s "$work/ci/$file" ]
	tell "conform.sh leaves $file" $?
done
(cd "$work/ci" && TOOL="$tool" SHIM="node $top/shims/node/shim.mjs kdf-no-blank" FUZZ=1s \
    OPTIONS=--quick sh "$top/fuzz/ci/conform.sh" > log 2>&1)
[ $? = 1 ]
tell 'conform.sh fails' $?
sh -n fuzz/rotate.sh && sh -n fuzz/afl.sh
tell 'scripts that fuzz' $?
# the record of time: rows of several commits are added up, and what is short is told
printf '# target\tengine\tseconds\texecutions\tfindings\tcommit\nrtp\tafl\t500\t7\t0\ta\nrtp\tafl\t400\t8\t0\tb\n' > "$work/rotation"
TABLE="$work/rotation" MINUTES=0 sh fuzz/rotate.sh sap rtp > "$work/log" 2>&1
grep -q '^rtp  *afl  *900  *15  *0$' "$work/log" &&
    grep -q '^sap  *libfuzzer .* short by 900 s$' "$work/log" &&
    grep -q '^1 of 4 have had 900 s; 0.8 hours are missing' "$work/log"
tell 'what fuzzing is short of' $?
# it counts what the processor did, also that of children, and not the clock
mkdir -p "$work/rotate/fuzz" "$work/rotate/corpora/idler" "$work/rotate/build/libfuzzer/fuzz"
cp fuzz/rotate.sh fuzz/seeds.sh "$work/rotate/fuzz"
printf '#!/bin/sh\ntrap "kill \$!; exit" TERM\nsleep 3\nsh -c "while :; do :; done" &\nwait\n' \
    > "$work/rotate/build/libfuzzer/fuzz/idler"
chmod +x "$work/rotate/build/libfuzzer/fuzz/idler"
begun=$(date +%s)
SECONDS_EACH=2 MINUTES=1 MAKE=true ENGINES=libfuzzer TABLE=rotation \
    sh "$work/rotate/fuzz/rotate.sh" idler > "$work/log" 2>&1
took=$(($(date +%s) - begun))
awk -F'\t' -v took=$took '$1 == "idler" { ok = $3 >= 2 && $3 <= took - 2 } END { exit !ok }' \
    "$work/rotate/rotation"
tell 'processor seconds of fuzzing' $?
MINUTES=0 sh fuzz/rotate.sh sframe_header > "$work/log" 2>&1
tell 'the record that is kept' $?
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
