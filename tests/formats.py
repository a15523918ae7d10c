"""
formats.py - one call, however it arrives: as a capture, as the log of a
browser, as text, compressed. What check and decode say of the call must be the
same, as far as the format holds it.

	formats.py [PART-OF-A-NAME...]

The twins are made by writers.py, from the captures of corpora/captures; the real
logs beside them were written by Chromium, Firefox and Janus in the same calls.
"""
import datetime
import gzip
import json
import os
import random
import resource
import struct
import subprocess
import sys
import zlib

import mkcap
from harness import Schema, TOOL, check, finish, lines, run, scratch, strict
from writers import (HEADERS, Packet, both_ways, chromium, chromium_old,
                     exported, facts, firefox, firefox_old, hex_lines,
                     janus_text, mjr, packets_of, put, report, rtpdump, sample,
                     slugs, spaced, tcpdump, zstd, zstd_blocks)

schema = Schema()
tests = []


def test(function):
    tests.append(function)
    return function


def frames(path):
    ran = run("decode", "--format", "jsonl", path)
    return sorted((f["ssrc"], f["timestamp"], int(f["sequence"]) % 65536,
                   f["octets"], f["state"], f["kid"], f["ctr"])
                  for f in lines(ran.out) if f.get("type") == "frame")


def same(name, path, want, legs=1, verdict=None):
    ran, r = report(path)
    if not check("%s: a report" % name, r is not None, ran):
        return None
    check("%s: fits the schema" % name, not schema.faults(r), schema.faults(r))
    check("%s: nothing on standard error" % name, not ran.err, ran.errors)
    streams, found = facts(r)
    check("%s: the same streams" % name,
          streams == {k: v * legs for k, v in want[0].items()},
          "%s, not %s" % (str(streams)[:600], str(want[0])[:600]))
    check("%s: the same findings" % name, found == (
        want[1] if legs == 1 else sorted(
            (slug, who) for slug, who in want[1] for _ in range(legs))),
          "%s, not %s" % (found, want[1]))
    if verdict:
        check("%s: the same verdict" % name, r["verdict"] == verdict,
              r["verdict"])
    return r


CALLS = ("S03-sframe-gcm128", "S06-sframe-red-dtx", "S10-livekit-rotate",
         "S15-d-ctr-reset", "S16-d-plain-2s",
         "S31-firefox-none", "S07-sframe-prefix")
TWINS = (("chromium.log", chromium), ("chromium-old.log", chromium_old),
         ("firefox.log", firefox), ("firefox-old.log", firefox_old),
         ("hex.txt", hex_lines),
         ("hex-characters.txt", lambda p: hex_lines(p, characters=True)),
         ("hex-undated.txt", lambda p: hex_lines(p, dated=False)),
         ("export.txt", exported), ("tcpdump.txt", tcpdump),
         ("rtpdump", rtpdump))


@test
def twins(where):
    for call in CALLS:
        path = sample(call + ".rtp.pcap")
        packets = packets_of(path)
        _, whole = report(path)
        want = facts(whole)
        decoded = frames(path)
        for name, make in TWINS:
            twin = put(where, name, make(packets))
            label = "%s as %s" % (call, name)
            r = same(label, twin, want, verdict=whole["verdict"])
            if r is None:
                continue
            check(label + ": the same frames", frames(twin) == decoded)
            if "undated" not in name and "rtpdump" not in name:
                check(label + ": the same time", r["inputs"][0]["first"][:23] ==
                      whole["inputs"][0]["first"][:23],
                      r["inputs"][0]["first"])
        r = same(call + " as janus.txt",
                 put(where, "janus.txt", janus_text(packets)), want)
        check(call + " as janus.txt: it came in", r and all(
            s["src"] == "10.1.1.1:1000" for s in r["streams"]))


@test
def two_legs(where):
    """Each packet of one process is there twice: sent, and received."""
    for call in CALLS[2:6]:
        path = sample(call + ".rtp.pcap")
        packets = both_ways(packets_of(path))
        _, whole = report(path)
        streams, found = facts(whole)
        kinds = {slug for slug, _ in found}
        for name, make in (("chromium.log", chromium), ("firefox.log", firefox),
                           ("hex.txt", hex_lines)):
            # a log may begin between the two
            for cut in (0, 1):
                label = "%s both ways as %s%s" % (call, name, "+1" * cut)
                twin = put(where, name, make(packets[cut:]))
                ran, r = report(twin)
                if not check(label + ": a report", r is not None, ran):
                    continue
                got, said = facts(r, {"10.2.2.2:2000"} if cut == 0 else
                                  {"10.1.1.1:1000"})
                check(label + ": the same streams", got == streams,
                      "%s, not %s" % (str(got)[:500], str(streams)[:500]))
                check(label + ": the same findings",
                      {s for s, _ in said} == kinds, said)
                check(label + ": no duplicates", not any(
                    s["duplicates"] for s in r["streams"]))
                check(label + ": two legs", len(r["streams"]) ==
                      2 * len(whole["streams"]), len(r["streams"]))


def logcat(packets):
    """Android: process and thread behind a date without a year."""
    return b"".join(b"%s %5d  22555 V chromium: [VERBOSE1:srtp_session.cc(549)]"
                    b" \n%s %s 000000 %s # RTP_DUMP\n" % (
                        p.clock("%m-%d %H:%M:%S", 3).encode(), p.pid,
                        p.way.encode(), p.clock(digits=3).encode(),
                        spaced(p.octets).encode()) for p in packets)


def of_process(packets, pid):
    for p in packets:
        p.pid = pid
    return packets


def made_call(seed, ssrc, frames=150):
    """A sender that counts under KID 9 from 0 and does not say its name."""
    c = mkcap.Capture(seed=seed)
    c.audio(ssrc).sframe(frames, kid=9)
    return [Packet(p.ns, p.octets[HEADERS:]) for p in c.frames_of_wire()]


@test
def processes(where):
    """Two browsers in one log are two endpoints, each with both its legs."""
    forms = (("chromium.log", chromium), ("firefox.log", firefox),
             ("logcat.log", logcat))
    for name, make in forms:
        for pids, want in (((1111, 2222), set()), ((1111, 1111),
                                                    {"ctr-reused"})):
            packets = sorted(of_process(made_call(1, 0xa1), pids[0]) +
                             of_process(made_call(2, 0xb2), pids[1]),
                             key=lambda p: p.ns)
            _, r = report(put(where, name, make(packets)))
            found = slugs(r) - {"kid-shared"}
            check("%s of processes %s: findings" % (name, pids),
                  found == want, found)
            who = [(p["pid"], p["address"])
                   for p in r["inputs"][0].get("processes", ())]
            check("%s of processes %s: who is who" % (name, pids), who == (
                [] if want else [(1111, "10.2.2.2:2000"),
                                 (2222, "10.2.2.2:2001")]), who)
            check("%s of processes %s: fits the schema" % (name, pids),
                  not schema.faults(r), schema.faults(r))
        text = run("check", put(where, name, make(packets[:1] + [
            of_process([p], 7)[0] for p in packets[1:]]))).text
        check(name + ": the text tells them apart",
              "2 processes: 1111 is 10.2.2.2:2000, 7 is 10.2.2.2:2001" in text,
              text[:300])
    # what one sends the other receives, in one log
    for call in ("S03-sframe-gcm128", "S15-d-ctr-reset", "S14-d-drift"):
        path = sample(call + ".rtp.pcap")
        packets = packets_of(path)
        _, whole = report(path)
        with open(sample(call + ".manifest.json"), encoding="utf-8") as f:
            theirs = {s[k] for s in json.load(f)["streams"]
                      for k in ("ssrc", "rtx_ssrc") if s["client"] == "b"}
        both = []
        for p in packets:
            sender = struct.unpack_from(">I", p.octets, 4 if p.rtcp else 8)[0]
            near = int(sender in theirs)
            both += of_process([p], 100 + near) + of_process(
                [Packet(p.ns + 300_000, p.octets, "I")], 101 - near)
        both.sort(key=lambda p: p.ns)
        streams, found = facts(whole)
        for name, make in forms[:2]:
            label = "%s between two processes, %s" % (call, name)
            ran, r = report(put(where, name, make(both)))
            got = facts(r, {"10.2.2.2:2000", "10.2.2.2:2001"})[0]
            check(label + ": the same streams", got == streams,
                  "%s, not %s" % (str(got)[:400], str(streams)[:400]))
            check(label + ": two legs and no duplicates",
                  len(r["streams"]) == 2 * len(whole["streams"]) and not any(
                      s["duplicates"] for s in r["streams"]),
                  len(r["streams"]))
            check(label + ": the same findings", slugs(r) == slugs(whole),
                  "%s, not %s" % (slugs(r), slugs(whole)))
            out = os.path.join(where, "out.pcapng")
            run("unwrap", os.path.join(where, name), "-w", out)
            check(label + ": and of what unwrap writes",
                  facts(report(out)[1]) == facts(r))
    crowd = [of_process([p], 5000 + i)[0]
             for i, p in enumerate(made_call(3, 0xc3, 300))]
    _, r = report(put(where, "crowd.log", chromium(crowd)))
    check("three hundred processes: said", any("200 processes" in x
                                               for x in r["limits"]) and
          len(r["inputs"][0]["processes"]) == 200, r["limits"])


@test
def data_channels(where):
    packets = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))
    _, r = report(put(where, "chromium.log", chromium(packets)))
    n = len(range(0, len(packets), 50))
    check("SCTP packets are counted", r["accounting"]["other"] == n,
          r["accounting"])
    check("and packets have their numbers",
          r["inputs"][0]["packets"] == len(packets) + n)
    check("and the report says so", any("data channel" in x
                                        for x in r["limits"]), r["limits"])


STAMPS = (
    ("epoch", 0, lambda t, us: "%d.%06d" % (t, us)),
    ("epoch, nine digits", 0, lambda t, us: "%d.%06d000" % (t, us)),
    ("epoch and a way", 0, lambda t, us: "I %d.%06d" % (t, us)),
    ("epoch as tcpdump -tt has it", 0, lambda t, us: "%d.%06d IP 10.1.1.1.1000"
     " > 10.2.2.2.2000: UDP, length 9" % (t, us)),
    ("RFC 3339", 0, lambda t, us: "%sT%s.%06dZ" % (*both(t), us)),
    ("RFC 3339, a zone", 0, lambda t, us: "%sT%s.%06d+05:30" % (
        *both(t + 19800), us)),
    ("%z", 0, lambda t, us: "%s %s.%06d -0800" % (*both(t - 28800), us)),
    ("slashes", 1, lambda t, us: "%s %s.%06d" % (
        both(t)[0].replace("-", "/"), both(t)[1], us)),
    ("%d.%m.%Y", 1, lambda t, us: "%s %s.%06d" % (".".join(
        both(t)[0].split("-")[::-1]), both(t)[1], us)),
    ("%Y-%m-%d", 1, lambda t, us: "%s %s.%06d" % (*both(t), us)),
    ("%H:%M:%S", 2, lambda t, us: "%s.%06d" % (both(t)[1], us)))


def both(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime(
        "%Y-%m-%d %H:%M:%S").split()


@test
def stamps(where):
    """text2pcap: a line with the time in front of each packet, in the forms of
    its -t; whole packets and bare ones. What is not told is said."""
    packets = [p for p in mkcap.read_capture(sample("S16-d-plain-2s.rtp.pcap"))]
    _, plain = report(sample("S16-d-plain-2s.rtp.pcap"))
    said = ("no time zone", "no full date")
    for name, lacks, of in STAMPS:
        for front in (0, 42):
            text = "".join("%s\n%s\n" % (of(p.ns // 10**9, p.ns // 1000 % 10**6),
                                         "".join("%06x %s\n" % (
                                             i, p.octets[front:][i:i + 16].hex(
                                                 " ")) for i in range(
                                                     0, len(p.octets) - front,
                                                     16))) for p in packets)
            _, r = report(put(where, "t.txt", text.encode()))
            what = "%s, %s" % (name, "bare" if front else "whole packets")
            first, last = r["inputs"][0]["first"], r["inputs"][0]["last"]
            want = [plain["inputs"][0][k] for k in ("first", "last")]
            if lacks == 2:
                want = ["1970-01-01" + x[10:] for x in want]
            check(what + ": times", [first, last] == want, (first, last))
            check(what + ": frames and findings", slugs(r) == slugs(plain) and
                  [s["frames"] for s in r["streams"]] ==
                  [s["frames"] for s in plain["streams"]], slugs(r))
            check(what + ": said", [any(w in x for x in r["limits"])
                                    for w in said] == [lacks == 1, lacks == 2],
                  r["limits"])


@test
def redacted(where):
    """Old Firefox: five octets of each payload, then zeros."""
    out = []
    packets = packets_of(sample("S31-firefox-none.rtp.pcap"))
    for p in packets:
        if not p.rtcp and not p.octets[0] & 0x20:
            head = 12 + 4 * (p.octets[0] & 15)
            if p.octets[0] & 0x10:
                head += 4 + 4 * struct.unpack_from(">H", p.octets, head + 2)[0]
            keep = head + 5
            p = Packet(p.ns, p.octets[:keep] + bytes(
                max(0, len(p.octets) - keep)))
        out.append(p)
    _, r = report(put(where, "redacted.log", firefox_old(out)))
    found = slugs(r)
    check("redacted: said", found == {"dump-redacted"}, found)
    check("redacted: nothing is judged", r["verdict"] == "inconclusive" and all(
        s["protection"] == "undecidable" for s in r["streams"]), [
            s["protection"] for s in r["streams"]])
    _, r = report(put(where, "whole.log", firefox_old(packets)))
    found = slugs(r)
    check("not redacted: not said", found == {"stream-plaintext"}, found)


@test
def cut_tails(where):
    packets = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))
    text = chromium(packets).rstrip(b"\n")
    for drop in (len(" # RTP_DUMP"), 30, 31, 32):
        ran, r = report(put(where, "cut.log", text[:-drop]))
        check("a log cut by %d: one packet is cut" % drop,
              r and r["inputs"][0]["packets"] ==
              len(packets) + len(range(0, len(packets), 50)), ran)
        cut = sum(s["cut_frames"] for s in r["streams"])
        check("and its frame with it", cut <= 1 and r["verdict"] == "pass",
              (cut, r["verdict"]))
    dump = rtpdump(packets)
    _, r = report(put(where, "cut.rtpdump", dump[:-20]))
    check("rtpdump cut in its last packet", r["inputs"][0]["damaged"] and
          r["inputs"][0]["packets"] == len(packets), r["inputs"])
    heads = dump[:43]
    for p in packets:
        heads += struct.pack(">HHI", 28, len(p.octets), 0) + p.octets[:20]
    _, r = report(put(where, "heads.rtpdump", heads))
    found = slugs(r)
    check("rtpdump of headers alone: cut", "capture-cut" in found and
          r["verdict"] == "inconclusive", (found, r["verdict"]))
    mine = [p for p in packets if not p.rtcp]
    data = mjr(mine, {"t": "a", "c": "opus"})
    _, r = report(put(where, "cut.mjr", data[:-7]))
    check("a recording cut in its last packet", r["inputs"][0]["damaged"] and
          r["inputs"][0]["packets"] == len(mine), r["inputs"])
    check("an empty recording", run("check", put(
        where, "empty.mjr", b"MJR00002")).status == 3)


@test
def clocks(where):
    """Midnight, new year, minutes that are not told, local time."""
    base = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))

    def moved(ns):
        return [Packet(p.ns - base[0].ns + ns, p.octets, p.way)
                for p in base if not p.rtcp]
    eve = int(datetime.datetime(2026, 12, 31, 23, 59, 58,
                                tzinfo=datetime.timezone.utc).timestamp())
    length = (base[-1].ns - base[0].ns) / 1e9
    for name, make in (("chromium", chromium), ("old", chromium_old),
                       ("firefox", firefox), ("janus", janus_text),
                       ("hex", hex_lines),
                       ("undated", lambda p: hex_lines(p, dated=False))):
        _, r = report(put(where, name, make(moved(eve * 10**9))))
        first, last = (datetime.datetime.fromisoformat(
            r["inputs"][0][k][:23]) for k in ("first", "last"))
        check("%s over new year: no jump" % name,
              abs((last - first).total_seconds() - length) < 1,
              "%s to %s" % (first, last))
        check("%s over new year: the same streams" % name,
              facts(r)[0] == facts(report(put(
                  where, name, make(moved((eve - 5000) * 10**9))))[1])[0])
    bare = b"\n".join(line for line in chromium(moved(eve * 10**9)).split(b"\n")
                      if b"RTP_DUMP" in line)
    _, r = report(put(where, "bare.log", bare))
    check("dump lines alone: a minute is passed",
          r["inputs"][0]["last"][14:16] == "01", r["inputs"][0]["last"])
    check("and the report says what is missing",
          any("1970" in x for x in r["limits"]), r["limits"])
    local = [Packet(p.ns - 7 * 3600 * 10**9, p.octets, p.way) for p in packets_of(
        sample("S31-firefox-none.rtp.pcap"))]
    # the reports inside tell the year and, here, that it is seven hours off
    _, r = report(put(where, "local.log", chromium(local)))
    check("the time zone is found", r["inputs"][0]["first"][:16] ==
          "2026-11-22T19:58", r["inputs"][0]["first"])


@test
def compressed(where):
    for name in ("S16-d-plain-2s.rtp.pcap", "SJ1-echo-sframe.audio.mjr"):
        with open(sample(name), "rb") as f:
            data = f.read()
        ran, whole = report(sample(name))
        half = len(data) // 2 + 3
        packed = {
            "gzip": gzip.compress(data),
            "members": gzip.compress(data[:half]) + gzip.compress(data[half:]),
            "padded": gzip.compress(data) + bytes(512),
            "stored": gzip.compress(data, 0),
            "zstd": zstd(data),
            "frames": zstd(data[:half]) + zstd(data[half:]),
            "gzip in zstd": zstd(gzip.compress(data)),
            "zstd in gzip": gzip.compress(zstd(data)),
            "gzip in gzip": gzip.compress(gzip.compress(data)),
            "gzip in zstd in gzip in zstd":
                zstd(gzip.compress(zstd(gzip.compress(data)))),
        }
        for kind, octets in packed.items():
            path = put(where, "packed", octets)
            label = "%s, %s" % (name, kind)
            got, r = report(path)
            check(label + ": the same report", r and facts(r) == facts(whole)
                  and got.status == ran.status and not got.err, got)
            check(label + ": said", r["inputs"][0]["compression"] == (
                "zstd" if kind in ("zstd", "frames") else
                kind if " in " in kind else "gzip"))
            check(label + ": octets of the file",
                  r["inputs"][0]["bytes"] == len(octets))
            piped = run("check", "--json", "-", stdin=octets)
            check(label + ": from a pipe", strict(piped.out)["streams"] ==
                  r["streams"])
            cut = put(where, "cut", octets[:len(octets) * 2 // 3])
            got, r = report(cut)
            if kind == "padded" or ("zstd" in kind and len(data) < 1 << 17):
                continue  # nothing is lost, or the one block there is
            found = slugs(r) if r else set()
            check(label + ", cut: judged up to there, and said",
                  r and "capture-damaged" in found and
                  r["inputs"][0]["damaged"] and r["streams"] and
                  b"judged up to there" in got.err, got)
        _, r = report(put(where, "inner", gzip.compress(data[:-9])))
        check(name + ": damage inside is told as that",
              r["inputs"][0]["damage"]["inside"] and
              r["inputs"][0]["damage"]["at"] > len(data) - 3000, r["inputs"])
        broken = bytearray(gzip.compress(data))
        broken[-5] ^= 1
        _, r = report(put(where, "broken", bytes(broken)))
        check(name + ": a wrong checksum is damage", r["inputs"][0]["damaged"]
              and not r["inputs"][0]["damage"]["inside"])
        _, r = report(put(where, "behind", gzip.compress(data) + b"x" * 9))
        check(name + ": octets behind are damage", r["inputs"][0]["damaged"])
    for octets in (gzip.compress(b"x" * 999)[:11], zstd(b"x" * 99)[:7]):
        ran = run("check", put(where, "early", octets))
        check("cut before anything came out", ran.status == 3 and
              b"compressed" in ran.err, ran)
    ran = run("check", put(where, "nothing", gzip.compress(b"")))
    check("an empty file inside", ran.status == 3 and b"empty" in ran.err, ran)


@test
def damaged_zstd(where):
    """All that is whole in front of a damaged block is judged, file or pipe."""
    with open(sample("S03-sframe-gcm128.rtp.pcap"), "rb") as f:
        data = f.read()
    _, whole = report(put(where, "whole", zstd_blocks(data, 1000)))
    check("uncompressed blocks", not whole["inputs"][0]["damaged"])
    for damaged in (1, 5, 50, 124):
        octets = zstd_blocks(data, 1000, damaged)
        _, want = report(put(where, "cut", data[:damaged * 1000]))
        _, r = report(put(where, "packed", octets))
        label = "block %d damaged" % damaged
        check(label + ": every packet before it", r and
              r["inputs"][0]["packets"] == want["inputs"][0]["packets"] > 2 and
              [s["frames"] for s in r["streams"]] ==
              [s["frames"] for s in want["streams"]], r and r["inputs"])
        check(label + ": said", r["inputs"][0]["damage"]["field"] == "zstd data")
        ran = run("check", "--json", "-", stdin=octets)
        check(label + ": the same from a pipe",
              strict(ran.out)["streams"] == r["streams"])


@test
def bomb(where):
    """400 MiB of zeros behind a capture that is sound: little memory, no hang."""
    with open(sample("S03-sframe-gcm128.rtp.pcap"), "rb") as f:
        head = f.read()
    c = zlib.compressobj(9, zlib.DEFLATED, 31)
    octets = c.compress(head[:24] + struct.pack("<IIII", 0, 0, 8, 8) + bytes(8))
    octets += b"".join(c.compress(bytes(1 << 20)) for _ in range(400))
    octets += c.flush()
    for kind, twice in (("a bomb", octets),
                        ("a bomb in a bomb", gzip.compress(octets))):
        explodes(kind, put(where, "bomb", twice))


def explodes(kind, path):
    with subprocess.Popen([TOOL, "check", "-q", path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as p:
        out = p.stdout.read().decode()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    check(kind + " is told", "far too much" in out, out)
    check(kind + " took less than 200 MiB", used.ru_maxrss < 200 * 1024,
          used.ru_maxrss)


REAL = (("S01-none.chrome-rtpdump.log.gz", "chromium-log"),
        ("S30-firefox-sframe.moz-rtplogger.log.gz", "firefox-log"),
        ("SJ3-echo-sframe-text.janus-pub.text2pcap.txt.gz", "janus-text"))


@test
def real_logs(where):
    """Each frame of the log is in the capture of the call, or the other way."""
    for name, form in REAL:
        call = name.split(".")[0]
        _, r = report(sample(name))
        _, whole = report(sample(call + ".rtp.pcap"))
        check(name + ": " + form, r["inputs"][0]["format"] == form)
        check(name + ": the day", r["inputs"][0]["first"][:10] == "2026-11-22",
              r["inputs"][0]["first"])
        check(name + ": the verdict", r["verdict"] == whole["verdict"])
        check(name + ": the findings", slugs(r) ==
              slugs(whole))
        mine = {f[:6] + (f[6],) for f in frames(sample(name))}
        theirs = {f for f in frames(sample(call + ".rtp.pcap"))}
        ssrcs = {f[0] for f in theirs} & {f[0] for f in mine}
        check(name + ": both streams", len(ssrcs) >= 2, ssrcs)
        for ssrc in sorted(ssrcs):
            a = {f for f in mine if f[0] == ssrc}
            b = {f for f in theirs if f[0] == ssrc}
            # one of the two was cut off earlier
            check("%s: frames of %s" % (name, ssrc),
                  len(a & b) >= min(len(a), len(b)) - 1,
                  "%d of %d and %d" % (len(a & b), len(a), len(b)))


@test
def sdp_in_json(where):
    """As a browser prints it: what check says is the same as of the text."""
    call = "S32-sdp-sframe-negotiated"
    with open(sample(call + ".manifest.json"), encoding="utf-8") as f:
        sdp = json.load(f)["sdp"]
    one = [dict(type=k, sdp=v) for k, v in sdp.items()]
    texts = [put(where, k + ".sdp", v.encode()) for k, v in sdp.items()]
    path = sample(call + ".rtp.pcap")

    def judged(*files):
        options = [x for name in files for x in ("--sdp", name)]
        ran, r = report(*options, path)
        return ran, r and [r["verdict"], r["streams"], r["findings"],
                           r["limits"]]

    ran, want = judged(*texts)
    check("sdp: the descriptions say something", want != judged()[1] and
          ran.status < 2, ran)
    for name, documents in (
            ("one by one", one), ("an array", [one]),
            ("members", [{"local": one[0], "remote": one[1], "next": None}]),
            ("as in a manifest", [sdp]), ("strings", list(sdp.values())),
            ("with blanks", [json.loads(json.dumps(one))])):
        files = [put(where, "%d.json" % i, json.dumps(
            d, indent=2 if "blanks" in name else None).encode())
                 for i, d in enumerate(documents)]
        ran, got = judged(*files)
        check("sdp in JSON: " + name, got == want and not ran.err,
              ran.errors or str(got)[:300])
    ran, got = judged(texts[0], put(where, "b.json", json.dumps(
        one[1]).encode()))
    check("sdp in JSON behind a text", got == want, ran.errors)
    ran = run("check", "--sdp", "-", path, stdin=json.dumps(one).encode())
    check("sdp in JSON on standard input", not ran.err, ran)
    for text, words in (
            (b'{"type":"offer","sdp":"v=0', "x.json: line 1, column 27: "),
            (b'[\n {"type":"offer"}]', "line 2, column 2: no session desc"),
            (b'{"type":"maybe","sdp":"v=0\\r\\n"}', "offer, answer or pranswer"),
            (b'{"janus":"event","jsep":{"sdp":"v=0\\n"}}', "column 10: no sess"),
            (b"{}", "no session description in it"),
            (b"[" * 100000, "levels"), (b'"v=0\\u0000"', "NUL"),
            (b'"v=0\\n\xff"', "UTF-8")):
        ran = run("check", "--sdp", put(where, "x.json", text), path)
        check("bad SDP in JSON: " + words, ran.status == 3 and not ran.out and
              words in ran.errors and "x.json" in ran.errors, ran)


@test
def noise(where):
    """Texts and recordings with octets changed: no crash, a plain answer."""
    packets = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))[:60]
    dice = random.Random(9605)
    for name, data in (("chromium", chromium(packets)),
                       ("hex", hex_lines(packets, characters=True)),
                       ("rtpdump", rtpdump(packets)),
                       ("mjr", mjr(packets, {"t": "a", "c": "opus"}))):
        bad = []
        for turn in range(25):
            octets = bytearray(data)
            for _ in range(dice.choice((1, 10, 300))):
                octets[dice.randrange(len(octets))] = dice.randrange(256)
            if turn % 3 == 0:
                del octets[dice.randrange(len(octets)):]
            ran = run("check", "--json", put(where, "noise", bytes(octets)))
            if ran.status not in (0, 1, 3, 4) or (
                    ran.status != 3 and schema.faults(strict(ran.out))):
                bad.append((turn, ran.status, ran.errors[-200:]))
        check("%s with octets changed" % name, not bad, bad[:3])
    for name, text in (
            ("no packet", b"just a log\n" * 1000),
            ("a line without end", b"x" * 5_000_000),
            ("a dump line without end",
             b"O 00:00:01.000 0000 " + b"80 " * 2_000_000),
            ("offsets that jump", b"0000 80 60\n00ff 01\n0002 03\n" * 100),
            ("offset only", b"000000\n" * 100)):
        ran = run("check", put(where, "odd.txt", text))
        check("%s: a plain answer" % name, ran.status in (3, 4), ran)


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
