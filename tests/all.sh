#!/bin/sh
# all.sh - everything `make test` runs: one step after another, each told on
# the terminal, and the sum as the last line. Unit tests count one by one, a
# replayed corpus and a step that stopped for another reason count as one.
set -u
jobs=$(nproc 2> /dev/null || echo 1)
make="${MAKE:-make} -k -j$jobs"
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0
failed=0
steps=0
mkdir -p build

# step what command...: one line, and what the command said if it failed
step() {
	steps=$((steps + 1))
	log=build/test-$steps.log
	printf '%-48s ' "$1"
	shift
	if "$@" > "$log" 2>&1; then
		echo passed
		return 0
	fi
	echo "FAILED (all of it in $log)"
	grep -vE '^  (CC|LD|AR|TEST|CORPUS|MEM) ' "$log" | tail -n 60
	return 1
}

# count status variant suffix: unit tests and corpora of one build
count() {
	bad=0
	for t in tests/test_*.c; do
		log=build/$2/tests/$(basename "$t" .c).$3.log
		[ -e "$log" ] || continue
		passed=$((passed + $(grep -c '^ok' "$log")))
		# cmocka says "not ok" of a test that was skipped, too.
		bad=$((bad + $(grep '^not ok' "$log" | grep -vc '# SKIP')))
	done
	if [ "$3" = ok ]; then
		passed=$((passed + $(ls build/"$2"/corpus/*.ok 2> /dev/null | wc -l)))
	fi
	# Something else stopped it: a compiler, a sanitizer, a structure check.
	[ "$1" -eq 0 ] || [ $bad -gt 0 ] || bad=1
	failed=$((failed + bad))
}

# Logs and stamps of an earlier run say nothing about this one.
rm -rf build/*/tests/*.ok* build/*/tests/*.memcheck* build/*/corpus

step 'gcc: structure, unit tests, corpora' $make check CC=gcc WERROR=-Werror
count $? release ok
step 'gcc, ASan and UBSan: unit tests, corpora' $make asan-check CC=gcc WERROR=-Werror
count $? asan ok
step 'clang: structure, unit tests, corpora' $make VARIANT=clang CC=clang WERROR=-Werror all check-headers check-objects check-run
count $? clang ok
step 'valgrind: unit tests' $make valgrind CC=gcc WERROR=-Werror
count $? valgrind memcheck

step 'coverage: parsers/ nearly all' $make coverage CC=gcc || failed=$((failed + 1))

if [ -e tests/run.sh ]; then
	step 'the program' $make CC=gcc WERROR=-Werror all || failed=$((failed + 1))
	sum=build/run.log
	echo 'command line and captures'
	{ sh tests/run.sh; echo $? > build/run.status; } 2>&1 | tee $sum
	status=$(cat build/run.status)
	set -- $(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' $sum | tail -n 1)
	passed=$((passed + ${1:-0}))
	# A script that ends badly has failed whatever it counted.
	[ "$status" -ne 0 ] && [ "${2:-0}" -eq 0 ] && failed=$((failed + 1))
	failed=$((failed + ${2:-0}))
fi

if step 'the fuzz kit, as OSS-Fuzz builds it' sh tests/fuzzkit.sh; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
