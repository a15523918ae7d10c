#!/bin/sh
# merge.sh - what the fuzzers found that reaches new code, into corpora/; as few
# inputs as will do, and as short ones.
#
#	make fuzz-merge				all targets
#	make fuzz-merge TARGETS='rtp sdp'
#	sh fuzz/merge.sh TARGET...
#
# Inputs come from build/libfuzzer/found/TARGET (of fuzz-ci and fuzz-rotation) and
# build/afl/found/TARGET. Seeds that a person named, and bug-*, stay: they stand for
# a bound or a fault whether or not they reach anything new. Those called *-found
# are chosen anew each time, beside the named ones: what they reach is kept and
# what is no longer needed goes. Edges count and not how often one is taken, so
# that a corpus stays small.
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || { echo 'merge.sh: no TARGET: make fuzz-merge names them all' >&2; exit 2; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

# Inputs of the fuzzers, where there are any.
found() {
	for d in "build/libfuzzer/found/$1" build/afl/found/"$1"/*/queue; do
		[ -d "$d" ] && find "$d/" -maxdepth 1 -type f -size -17 -print
	done
}

# An input that was there keeps its name; another gets the next number.
name_of() {
	for old in "$work"/before/*; do
		cmp -s "$old" "$1" && basename "$old" && return
	done
	i=1
	while [ -e "$(printf 'corpora/%s/edge-%02d-found' "$name" $i)" ] ||
	    [ -e "$(printf '%s/before/edge-%02d-found' "$work" $i)" ]; do
		i=$((i + 1))
	done
	printf 'edge-%02d-found' $i
}

merge() {
	name=$1
	program=build/libfuzzer/fuzz/$name
	[ -x "$program" ] || { echo "merge.sh: $program is not built: make fuzz" >&2; return 1; }
	rm -rf "$work"/*
	mkdir "$work/named" "$work/all" "$work/kept" "$work/before"
	for f in corpora/"$name"/*; do
		case $f in
		*-found) cp "$f" "$work/all/" && cp "$f" "$work/before/" ;;
		*) cp "$f" "$work/named/" ;;
		esac
	done
	found "$name" | while read -r f; do
		cp "$f" "$work/all/new-$(sha256sum < "$f" | cut -c1-16)"
	done
	# the first folder is where it is merged to: what is there already counts
	cp "$work"/named/* "$work/kept/" 2> /dev/null
	"$program" -set_cover_merge=1 -use_counters=0 -use_cmp=0 -rss_limit_mb=2048 -timeout=10 \
	    "$work/kept" "$work/all" > "$work/log" 2>&1 || {
		tail -n 20 "$work/log" >&2
		echo "merge.sh: $name: what it was given ends it" >&2
		return 1
	}
	rm -f corpora/"$name"/*-found
	for f in "$work"/named/*; do # merged ones have names of their own
		rm -f "$work/kept/$(basename "$f")"
	done
	for f in "$work"/kept/*; do
		[ -e "$f" ] && cp "$f" "corpora/$name/$(name_of "$f")"
	done
	printf '  %-20s %3d named, %3d found\n' "$name" "$(ls "$work/named" | wc -l)" \
	    "$(ls "$work/kept" | wc -l)"
}

for name in "$@"; do
	merge "$name" || status=1
done
exit $status
