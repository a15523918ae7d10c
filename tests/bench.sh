#!/bin/sh
# bench.sh - what a run costs, in numbers, with the targets beside them. It
# compares and never judges: a slow machine is no fault of the program's.
#
#	PACKETS=2000000 SEED=1 RUNS=5 sh tests/bench.sh
set -eu
cd "$(dirname "$0")/.."
: "${SFRAME_TOOL:=build/release/sframe-tool}" "${PACKETS:=2000000}" "${SEED:=1}" "${RUNS:=5}"
: "${SHORT:=200000}" # packets that tshark gets: it takes its time
out=build/bench
calls=$out/packets-$PACKETS-$SEED.pcap
[ "$PACKETS $SEED" != '2000000 1' ] || calls=$out/two-million.pcap
short=$out/packets-$SHORT-$SEED.pcap

mkdir -p $out
cc=${CC:-cc}
"$cc" -std=c11 -D_GNU_SOURCE -O2 -I. -o $out/make tests/bench/make.c build/release/libsframe.a -lcrypto
"$cc" -std=c11 -D_GNU_SOURCE -O2 -o $out/loop tests/bench/loop.c -lpcap

# write PACKETS FILE: unless it is there already
write() {
	[ ! -e "$2" ] || return 0
	echo "writing $2 ..." >&2
	$out/make "$1" "$SEED" > "$2.part"
	mv "$2.part" "$2"
}
write "$PACKETS" "$calls"
write "$SHORT" "$short"
sealed=$out/sealed-$PACKETS-$SEED
if [ ! -e "$sealed.pcap" ]; then
	echo "writing $sealed.pcap ..." >&2
	(umask 077 && $out/make "$PACKETS" "$SEED" "$sealed.keys" > "$sealed.part")
	mv "$sealed.part" "$sealed.pcap"
fi
python3 -B tests/bench/measure.py "$SFRAME_TOOL" $out/loop "$calls" "$short" "$RUNS"
exec python3 -B tests/bench/keyed.py "$SFRAME_TOOL" "$sealed" $out/make "$PACKETS" "$SEED" "$RUNS"
