"""
measure.py - runs programs by turns and prints ratios: wall clock and processor
time of sframe-tool against the bare loop of libpcap (medians), against tshark
(one run), and the peak memory.

	measure.py SFRAME-TOOL LOOP CAPTURE SHORT-CAPTURE RUNS
"""
import os
import shutil
import statistics
import sys
import time


def run(*args):
    """(wall seconds, processor seconds, peak resident MiB, exit status)"""
    begin = time.monotonic()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.execvp(args[0], args)
    _, status, used = os.wait4(pid, 0)
    return (time.monotonic() - begin, used.ru_utime + used.ru_stime,
            used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


def row(what, value, unit, target=""):
    print("%-58s %9.2f %-6s %s" % (what, value, unit, target))


def main():
    tool, loop, capture, short, runs = sys.argv[1:]
    octets = os.path.getsize(capture)
    print("%s: %d octets; %s runs by turns, medians" % (capture, octets, runs))
    loops, tools = [], []
    run(loop, capture)  # once, so that the file is in memory for both
    for _ in range(int(runs)):
        loops.append(run(loop, capture))
        tools.append(run(tool, "check", capture))
    if {r[3] for r in tools} != {0}:
        print("note: check ended with status %s" % {r[3] for r in tools})
    wall, cpu = ([statistics.median(r[i] for r in t) for t in (loops, tools)]
                 for i in (0, 1))
    row("bare libpcap loop: wall", wall[0], "s")
    row("bare libpcap loop: processor", cpu[0], "s")
    row("check: wall", wall[1], "s")
    row("check: processor", cpu[1], "s")
    row("check / libpcap loop: wall", wall[1] / wall[0], "times",
        "target: at most 4, better 2")
    row("check / libpcap loop: processor", cpu[1] / cpu[0], "times",
        "target: at most 4, better 2")
    row("check: peak resident memory", max(r[2] for r in tools), "MiB",
        "target: at most 64")
    row("check: megaoctets in a second", octets / wall[1] / 1e6, "MB/s")
    if shutil.which("tshark") is None:
        print("tshark is not installed: no comparison")
        return
    ours = statistics.median(run(tool, "check", short)[0] for _ in range(3))
    theirs = run("tshark", "-n", "-r", short, "-o", "rtp.heuristic_rtp:TRUE",
                 "-q", "-z", "rtp,streams")
    print("%s: the beginning of the same call, one run of tshark" % short)
    row("check: wall", ours, "s")
    row("tshark -q -z rtp,streams: wall", theirs[0], "s")
    row("tshark / check: wall", theirs[0] / ours, "times",
        "target: at least 10")
    row("tshark: peak resident memory", theirs[2], "MiB")


if __name__ == "__main__":
    main()
