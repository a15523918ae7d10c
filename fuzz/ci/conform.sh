#!/bin/sh
# conform.sh - for the CI of an implementation: conformance, then a short fuzz.
#
#	SHIM='./shim' sh conform.sh
#
# Leaves conform.xml (JUnit), conform.json and found/ behind. FUZZ is how long,
# KNOWN a file of known results, OPTIONS more for conform, such as --quick.
set -u
: "${SHIM:?the command of the shim}" "${TOOL:=sframe-tool}" "${FUZZ:=60s}"
known=${KNOWN:+--known $KNOWN}
status=0
# shellcheck disable=SC2086 # words are meant
$TOOL conform $known ${OPTIONS:-} --format junit -o conform.xml -- $SHIM || status=$?
# shellcheck disable=SC2086
$TOOL conform $known ${OPTIONS:-} --json -o conform.json -- $SHIM > /dev/null || :
# shellcheck disable=SC2086
$TOOL conform $known ${OPTIONS:-} -- $SHIM || :
# shellcheck disable=SC2086
$TOOL conform --fuzz "$FUZZ" --found found -- $SHIM || {
	fuzzed=$?
	[ $status -ne 0 ] || status=$fuzzed
}
exit $status
