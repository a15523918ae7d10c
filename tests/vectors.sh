#!/bin/sh
# vectors.sh - published vectors and our own: through the program, made anew,
# and before a second witness that shares no code with it. SFRAME_TOOL is the
# program, else build/release/sframe-tool. The last line is the sum: N passed,
# N failed.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${SFRAME_TOOL:=build/release/sframe-tool}"
scratch=${TMPDIR:-/tmp}/sframe-vectors.$$
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch" || exit 1
passed=0
failed=0

pass() { passed=$((passed + ${1:-1})); }
fail() {
	failed=$((failed + 1))
	echo "not ok: $*"
}

# status wanted, what, command...: what it said is in $scratch/out
expect() {
	wanted=$1 what=$2
	shift 2
	"$@" > "$scratch/out" 2> "$scratch/err"
	got=$?
	if [ "$got" -eq "$wanted" ]; then
		pass
	else
		fail "$what: status $got, not $wanted"
		cat "$scratch/out" "$scratch/err" | head -n 20
	fi
}

# has what words: in what the command before said
has() {
	if grep -qF -- "$2" "$scratch/out" "$scratch/err"; then pass; else
		fail "$1: does not say '$2'"
	fi
}

# Every file there is, each test counted.
files=0
for f in vectors/rfc9605/*.json vectors/own/*.json; do
	files=$((files + 1))
	expect 0 "$f" "$SFRAME_TOOL" vectors check "$f"
	n=$(sed -n 's/^[0-9]* tests, \([0-9]*\) hold, 0 fail$/\1/p' "$scratch/out")
	if [ -n "$n" ]; then pass "$n"; else fail "$f: no sum"; fi
done
[ $files -ge 18 ] || fail "only $files files of vectors are there"

# The numbers that are published.
expect 0 'published' "$SFRAME_TOOL" vectors check vectors/rfc9605/*.json
for line in 'header: 289 of 289' 'aes_ctr_hmac: 3 of 3' \
    'aes_256_ctr_hmac: 3 of 3' 'sframe: 5 of 5' \
    'sframe_aes_256_ctr_hmac: 3 of 3' \
    'sframe_per_ssrc_key_derivation: 8 of 8'; do
	has 'published' "$line"
done

# Made anew: the same files, the same octets, and others for another seed.
expect 0 'make' "$SFRAME_TOOL" vectors make --suite all --seed 9605 -o "$scratch/new"
for f in vectors/own/*.json; do
	if cmp -s "$f" "$scratch/new/$(basename "$f")"; then pass; else
		fail "$f is not what vectors make writes"
	fi
done
a=$(ls "$scratch/new" | wc -l)
b=$(ls vectors/own/*.json | wc -l)
if [ "$a" -eq "$b" ]; then pass; else fail "$a files are made, $b are kept"; fi
expect 0 'another seed' "$SFRAME_TOOL" vectors make --suite AES_128_GCM_SHA256_128 --seed 1 -o "$scratch/one"
if cmp -s "$scratch/one/open-4.json" vectors/own/open-4.json; then
	fail 'another seed gives the same octets'
else
	pass
fi
if [ -e "$scratch/one/open-5.json" ]; then fail 'one suite makes another'; else pass; fi
expect 0 'another seed, checked' "$SFRAME_TOOL" vectors check "$scratch"/one/*.json

# The second witness.
expect 0 'witness' node tests/witness/witness.mjs vectors/rfc9605/*.json \
    vectors/own/*.json "$scratch"/one/*.json
n=$(sed -n 's/^\([0-9]*\) confirmed, 0 refuted$/\1/p' "$scratch/out")
if [ -n "$n" ]; then pass "$n"; else fail 'the witness confirms nothing'; fi

expect 0 'schema' python3 -B tests/witness/schema.py vectors/own/*.json "$scratch"/one/*.json

# Neither of them is blind: a digit changed in a test that has to hold, or that
# test said to be invalid.
spoil() {
	sed "$2" vectors/own/open-4.json > "$scratch/spoilt.json"
	cmp -s "$scratch/spoilt.json" vectors/own/open-4.json && fail "$1: nothing changed"
	expect 1 "$1" "$SFRAME_TOOL" vectors check "$scratch/spoilt.json"
	has "$1" open-shape-s4-04
	expect 1 "$1, witness" node tests/witness/witness.mjs "$scratch/spoilt.json"
	has "$1, witness" open-shape-s4-04
}
spoil 'wrong plaintext' '/open-shape-s4-04/s/"pt": "\(..\)/"pt": "\1ff/; /open-shape-s4-04/s/"pt": "\(.*\)..", "result/"pt": "\1", "result/'
spoil 'wrong ciphertext' '/open-shape-s4-04/s/"ct": "9901234567../"ct": "99012345670000/; /open-shape-s4-04/s/"ct": "\(9901234567\)\(....\)/"ct": "\1/'
spoil 'wrong KID' '/open-shape-s4-04/s/"kid": "291"/"kid": "292"/'

# Wrong use and what cannot be read.
expect 2 'no action' "$SFRAME_TOOL" vectors
expect 2 'no such action' "$SFRAME_TOOL" vectors test vectors/own/kdf.json
expect 2 'no files' "$SFRAME_TOOL" vectors check
expect 2 'no folder' "$SFRAME_TOOL" vectors make
expect 2 'no such suite' "$SFRAME_TOOL" vectors make --suite 9 -o "$scratch/no"
expect 2 'no seed' "$SFRAME_TOOL" vectors make --seed 18446744073709551616 -o "$scratch/no"
expect 3 'no such file' "$SFRAME_TOOL" vectors check "$scratch/missing.json"
expect 3 'not vectors' "$SFRAME_TOOL" vectors check docs/report.schema.json
sed 's/"tcId": 3,/"tcId": 3, "extra": 1,/' vectors/own/kdf.json > "$scratch/extra.json"
expect 3 'unknown member' "$SFRAME_TOOL" vectors check "$scratch/extra.json"
has 'unknown member' 'testGroups[0].tests[2].extra'
expect 0 'standard input' sh -c '"$1" vectors check - < vectors/own/mls.json' sh "$SFRAME_TOOL"
expect 0 'JSON' "$SFRAME_TOOL" vectors check --json vectors/own/header.json
has 'JSON' '"failed": 0'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
