#!/bin/sh
# seeds.sh - what a fuzz target begins with, as the one folder and the one
# dictionary that engines ask for: the corpora and dictionaries of one parser, or
# of all that a folder's target runs.
#
#	sh fuzz/seeds.sh TARGET DIR	into DIR, and DIR.dict if there is a word
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
target=$1 dir=$2
rm -rf "$dir" "$dir.dict"
mkdir -p "$dir"
for corpus in $(${MAKE:-make} -s -C "$top" --no-print-directory "seeds-$target"); do
	name=$(basename "$corpus")
	for seed in "$top/$corpus"/*; do
		[ ! -f "$seed" ] || cp "$seed" "$dir/$name-$(basename "$seed")"
	done
	[ ! -e "$top/fuzz/$name.dict" ] || cat "$top/fuzz/$name.dict" >> "$dir.dict"
done
