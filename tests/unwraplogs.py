"""
unwraplogs.py - what unwrap writes of logs, recordings and captures of the
usual kind: tshark reads it, and comments tell whence each packet came.

	unwraplogs.py [PART-OF-A-NAME...]
"""
import collections
import os
import resource
import subprocess
import sys

import mkcap
from harness import check, finish, run, scratch
from writers import (both_ways, chromium, facts, packets_of, put, report,
                     sample)

tests = []


def test(function):
    tests.append(function)
    return function


def tshark(path, *args):
    return subprocess.run(["tshark", "-n", "-r", path, *args], check=False,
                          capture_output=True, env=dict(os.environ, LC_ALL="C"))


UNWRAPPED = (
    ["S16-d-plain-2s.rtp.pcap"], ["S36-nosrtp-none.any-sll2.plain.pcap"],
    ["SJ1-echo-sframe.audio.mjr", "SJ1-echo-sframe.video.mjr"],
    ["S30-firefox-sframe.moz-rtplogger.log.gz"],
    ["SJ3-echo-sframe-text.janus-pub.text2pcap.txt.gz"],
    ["SJ7-room-two-publishers-drift.janus-puba.pcap",
     "SJ7-room-two-publishers-drift.janus-pubb.pcap"])


@test
def unwraps(where):
    out = os.path.join(where, "out.pcapng")
    for names in UNWRAPPED:
        paths = [sample(n) for n in names]
        label = "unwrap " + "+".join(names)
        ran = run("unwrap", *paths, "-w", out)
        if not check(label, ran.status == 0 and not ran.out and not ran.err,
                     ran):
            continue
        first, before = report(*paths)
        second, after = report(out)
        check(label + ": check says the same", facts(after) == facts(before)
              and first.status == second.status, "%s, not %s" % (
                  str(facts(after))[:500], str(facts(before))[:500]))
        check(label + ": the same times", [
            (s["first"], s["last"]) for s in after["streams"]] == [
                (s["first"], s["last"]) for s in before["streams"]])
        n = after["inputs"][0]["packets"]
        a = after["accounting"]
        announced = n - a["rtp"] - a["rtcp"]
        check(label + ": nothing but RTP, RTCP and what announces them",
              1 <= announced <= 4 and a == before["accounting"], a)
        check(label + ": limits", after["limits"] == before["limits"],
              after["limits"])
        seen = tshark(out, "-T", "fields",
                      "-e", "frame.protocols", "-e", "frame.comment")
        rows = seen.stdout.decode().splitlines()
        check(label + ": tshark reads it without complaint",
              seen.returncode == 0 and len(rows) == n and not [
                  x for x in seen.stderr.splitlines() if b"root" not in x],
              seen.stderr[-300:])
        kinds = collections.Counter(x.split("\t")[0].split(":udp:")[-1]
                                    .split(":")[0] for x in rows)
        check(label + ": and as RTP, of its own accord", kinds == {
            k: v for k, v in (("rtp", n - kinds["rtcp"] - kinds["sap"]),
                              ("rtcp", kinds["rtcp"]),
                              ("sap", announced)) if v}, kinds)
        check(label + ": comments tell whence", all(
            any("%s, packet " % name in x for name in names) for x in rows),
              rows[:2])
        bad = tshark(out, "-o", "ip.check_checksum:TRUE", "-o",
                     "udp.check_checksum:TRUE", "-Y",
                     "ip.checksum_bad.expert || udp.checksum.bad")
        check(label + ": checksums", not bad.stdout, bad.stdout[:200])
        twice = run("unwrap", out, "-w", "-")
        with open(out, "rb") as f:
            mine = f.read()
        check(label + ": once more changes nothing but whence",
              facts(report(put(where, "2", twice.out))[1]) == facts(after) and
              len(twice.out) > len(mine) // 2)


@test
def unwrap_ways(where):
    path = sample("S03-sframe-gcm128.rtp.pcap")
    for args, status, words in (
            ([path], 2, "-w"), ([path, "-w", path], 2, "capture to be read"),
            ([where + "/none", "-w", where + "/o"], 3, "No such file"),
            ([sample("S03-sframe-gcm128.srtp.pcap"), "-w", where + "/s"], 0,
             "still under SRTP")):
        ran = run("unwrap", *args)
        check("unwrap %s: status %d, %s" % (args[1:2], status, words),
              ran.status == status and words in ran.errors, ran)
    check("nothing is left of a failure", not os.path.exists(where + "/o"))
    packets = both_ways(packets_of(path))
    ran = run("unwrap", put(where, "l", chromium(packets)), "-w", where + "/d")
    seen = tshark(where + "/d", "-T", "fields", "-e",
                  "frame.packet_flags_direction")
    ways = {int(x or "0", 0) for x in seen.stdout.decode().split()}
    check("directions are kept", ran.status == 0 and ways == {1, 2}, ways)


# what stands in the capture, and what of it stands in front of ours
COMMENTS = (
    ([], b""),
    ([b"ICE restart here"], b"ICE restart here; "),
    (["Schlüssel getauscht ✓".encode()], "Schlüssel getauscht ✓; ".encode()),
    ([b"first", b"second"], b"first; "),
    ([b"\x1b[31mred\n\0"], b"\\x1b[31mred\\x0a\\x00; "),
    ([b"\xff\xfe latin \xe9"], b"\\xff\\xfe latin \\xe9; "),
    ([b"C:\\calls"], b"C:\\\\calls; "),
    (["\u202egnitanod".encode()], b"\\xe2\\x80\\xaegnitanod; "),
    ([b"a" * 512], b"a" * 512 + b"; "),
    ([b"a" * 511 + "é".encode()], b"a" * 511 + b"... (cut); "),
    ([b"\x01" * 60000], b"\\x01" * 512 + b"... (cut); "),
    ([b""], b""))


@test
def comments(where):
    """What somebody wrote on a packet stays on it."""
    packets = mkcap.read_capture(sample("S16-d-plain-2s.rtp.pcap"))
    for i, p in enumerate(packets):
        p.comments = COMMENTS[i % len(COMMENTS)][0]
    for name, end in (("little", "<"), ("big", ">")):
        path = put(where, "in.pcapng", mkcap.write_pcapng(packets, end))
        out = os.path.join(where, "out.pcapng")
        ran = run("unwrap", path, "-w", out)
        check("comments, %s: unwrap" % name, ran.status == 0 and not ran.err,
              ran)
        want = [[b"not of the capture: written in front of in.pcapng, packet "
                 b"1, so that Wireshark takes it for RTP"]] + [
                     [COMMENTS[i % len(COMMENTS)][1] +
                      b"in.pcapng, packet %d" % (i + 1)]
                     for i in range(len(packets))]
        got = [p.comments for p in mkcap.read_capture(out)]
        check("comments, %s: in front of ours" % name, got == want, next(
            (str(x)[:300] for x in zip(got, want) if x[0] != x[1]), len(got)))
        seen = tshark(out, "-Y", 'frame.comment contains "ICE restart here; in'
                      '.pcapng, packet "', "-T", "fields", "-e", "frame.number")
        check("comments, %s: tshark shows them" % name,
              [int(x) for x in seen.stdout.split()] ==
              list(range(3, len(packets) + 2, len(COMMENTS))),
              seen.stdout[:200] + seen.stderr[:200])
    again = os.path.join(where, "again.pcapng")
    run("unwrap", out, "-w", again)
    second = mkcap.read_capture(again)[2]
    # its number is the one that it had at first
    check("comments: those of unwrap stay, too", second.comments == [
        b"ICE restart here; in.pcapng, packet 2; out.pcapng, packet 2"],
          second.comments)
    check("comments: check does not mind them", facts(report(path)[1]) ==
          facts(report(sample("S16-d-plain-2s.rtp.pcap"))[1]))


def main():
    parts = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for function in tests:
        if parts and not any(p in function.__name__ for p in parts):
            continue
        with scratch() as where:
            function(where)
    finish()


if __name__ == "__main__":
    main()
