#!/bin/bash -eu
# build.sh - builds every fuzz target the way OSS-Fuzz and ClusterFuzzLite ask:
# with $CC, $CXX, $CFLAGS, $CXXFLAGS and $LIB_FUZZING_ENGINE, into $OUT, each
# with its seeds as NAME_seed_corpus.zip and its dictionary as NAME.dict.
cd "${SRC:-.}${SRC:+/sframe-tool}"
: "${CC:=clang}" "${CXX:=clang++}" "${LIB_FUZZING_ENGINE:=-fsanitize=fuzzer}"
: "${CFLAGS:=-O1 -g}" "${CXXFLAGS:=$CFLAGS}" "${OUT:=build/out}"
export CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE
mkdir -p "$OUT"
build=build/ossfuzz

# TARGETS: some of them, for a try
goals=fuzz-targets
[ -z "${TARGETS:-}" ] || goals=$(printf "$build/fuzz/%s " $TARGETS)
make -j"$(nproc)" VARIANT=ossfuzz WERROR= $goals harness-targets

# seeds NAME FOLDER
seeds() {
	rm -f "$OUT/$1_seed_corpus.zip"
	(cd "$2" && zip -q -r - .) > "$OUT/$1_seed_corpus.zip"
}
for target in "$build"/fuzz/*; do
	[ -x "$target" ] && [ -f "$target" ] || continue
	name=$(basename "$target")
	cp "$target" "$OUT/$name"
	sh fuzz/seeds.sh "$name" "$build/seeds/$name"
	seeds "$name" "$build/seeds/$name"
	[ ! -e "$build/seeds/$name.dict" ] || cp "$build/seeds/$name.dict" "$OUT/$name.dict"
done
for name in header open seal_open sequence differential; do
	cp "$build/harness/$name" "$OUT/harness_$name"
	cp fuzz/harness/sframe.dict "$OUT/harness_$name.dict"
	case $name in
	header | sequence) seeds "harness_$name" "fuzz/harness/corpus/$name" ;;
	*) seeds "harness_$name" fuzz/harness/corpus/open ;;
	esac
done
