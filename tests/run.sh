#!/bin/sh
# run.sh - the program as its users meet it: real calls, made calls, bad input.
# SFRAME_TOOL is the program, else build/release/sframe-tool. The last line is
# the sum: N passed, N failed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
: "${SFRAME_TOOL:=$top/build/release/sframe-tool}"
export SFRAME_TOOL
log=${TMPDIR:-/tmp}/sframe-run.$$
trap 'rm -f "$log"' EXIT
passed=0
failed=0

[ -x "$SFRAME_TOOL" ] || {
	echo "$SFRAME_TOOL is not there: make"
	echo '0 passed, 1 failed'
	exit 1
}
# tell NAME COMMAND...: runs it, prints what it says and adds its sum to ours. A
# script that did not come to its sum has failed.
tell() {
	echo "== $1"
	shift
	"$@" > "$log" 2>&1
	status=$?
	cat "$log"
	sum=$(sed -n '$s/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log")
	[ -n "$sum" ] || { sum='0 1'; echo "== $* ended with status $status"; }
	passed=$((passed + ${sum% *}))
	failed=$((failed + ${sum#* }))
}
scripts='
	captures
	tunnels
	fragments
	relays
	findings
	formats
	recordings
	inputs
	unwrap
	unwraplogs
	logsdp
	media
	names
	decode
	rtcp
	codecs
	switches
	hostile
	keyed
	placings
	dialects
	dialectkeys
	layouts
	timeline
	policies
	compare
	exposure
	state
	frames
	srtp
	dtls
	accuracy
	conform
	permitted
	shimfuzz
'
for script in $scripts; do
	tell $script python3 -B "$top/tests/$script.py"
done
tell mistakes python3 -B "$top/tests/mistakes.py" check
tell vectors sh "$top/tests/vectors.sh"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
