"""
keyed.py - the cost of check with keys, beside what OpenSSL alone needs to open
frames of the same sizes, by turns.

	keyed.py SFRAME-TOOL SEALED MAKE PACKETS SEED RUNS
"""
import statistics
import subprocess
import sys

from measure import row, run


def bare(make, packets, seed):
    """(frames, processor seconds)"""
    said = subprocess.run([make, packets, seed, "-"], check=True, text=True,
                          capture_output=True).stdout.split()
    return int(said[0]), float(said[2])


def main():
    tool, sealed, make, packets, seed, runs = sys.argv[1:]
    capture, keys = sealed + ".pcap", sealed + ".keys"
    alone, ours = [], []
    run(tool, "check", capture)
    for _ in range(int(runs)):
        alone.append(bare(make, packets, seed))
        ours.append(run(tool, "check", "--keys", keys, capture))
    frames = alone[0][0]
    print("%s: %d frames, AES_128_GCM_SHA256_128; %s runs by turns, medians"
          % (capture, frames, runs))
    if {r[3] for r in ours} != {0}:
        print("note: check ended with status %s" % {r[3] for r in ours})
    row("bare OpenSSL opens, one thread", statistics.median(
        b[1] for b in alone), "s")
    row("check --keys: wall", statistics.median(r[0] for r in ours), "s")
    row("check --keys: processor", statistics.median(r[1] for r in ours), "s")
    row("check --keys / bare opens: frame rate", 100 * statistics.median(
        b[1] / r[0] for b, r in zip(alone, ours)), "%", "target: at least 60")
    row("the same, of processor time", 100 * statistics.median(
        b[1] / r[1] for b, r in zip(alone, ours)), "%")
    row("check --keys: peak resident memory", max(r[2] for r in ours), "MiB",
        "target: at most 64")


main()
