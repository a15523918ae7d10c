"""
formats.py - one call, however it arrives: as a capture, as the log of a
browser, as text, as recordings, compressed. What check and decode say of the
call must be the same, as far as the format holds it.

	formats.py [PART-OF-A-NAME...]

The twins are made here, from the captures of corpora/captures, by code that the
program under test does not share; the real logs and recordings beside them were
written by Chromium, Firefox and Janus in the same calls.
"""
import collections
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
from harness import (TOOL, TOP, Schema, check, finish, lines, run, scratch,
                     strict)

HERE = os.path.join(TOP, "corpora", "captures")
HEADERS = 42  # Ethernet, IPv4, UDP
schema = Schema()
tests = []


def test(function):
    tests.append(function)
    return function


def sample(name):
    return os.path.join(HERE, name)


def put(where, name, data):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


# ---- a call, and its twins ---------------------------------------------------

class Packet:
    """RTP or RTCP: when, which way seen from near, and the octets."""
    pid = 1  # who logs it

    def __init__(self, ns, octets, way="O"):
        self.ns, self.octets, self.way = ns, octets, way

    @property
    def rtcp(self):
        return 192 <= self.octets[1] <= 223

    @property
    def ssrc(self):
        return struct.unpack_from(">I", self.octets, 8)[0]

    @property
    def stamp(self):
        return struct.unpack_from(">I", self.octets, 4)[0]

    def clock(self, form="%H:%M:%S", digits=6):
        t = datetime.datetime.fromtimestamp(self.ns // 10**9,
                                            datetime.timezone.utc)
        return t.strftime(form) + (".%09d" % (self.ns % 10**9))[:digits + 1]


def packets_of(path):
    out = []
    for p in mkcap.read_capture(path):
        near = p.octets[26:30] == bytes([10, 2, 2, 2])
        out.append(Packet(p.ns, p.octets[HEADERS:], "O" if near else "I"))
    return out


def both_ways(packets):
    """What one log has of a call between two clients of one page."""
    out = []
    for p in packets:
        out += [p, Packet(p.ns + 300_000, p.octets, "I")]
    return sorted(out, key=lambda p: p.ns)


def spaced(octets):
    return octets.hex(" ")


def chromium(packets):
    out = ["", "[1:2:%s:INFO:a.cc:575] no packet 12:00:00 0000 here" %
           packets[0].clock("%m%d/%H%M%S")]
    for i, p in enumerate(packets):
        out.append("[%d:2:%s:VERBOSE1:third_party/webrtc/pc/srtp_session.cc:"
                   "549] \n" % (p.pid, p.clock("%m%d/%H%M%S")))
        out.append("%s 00:00:%s 0000 %s # RTP_DUMP" % (
            p.way, p.clock("%S", 3), spaced(p.octets)))
        if i % 50 == 0:
            out.append("%s 00:00:%s 0000 13 88 13 88 # SCTP_PACKET Dc0" % (
                p.way, p.clock("%S", 3)))
    return "\n".join(out).encode() + b"\n"


def chromium_old(packets):
    """No stamps, whole times, six digits: webrtc without Chromium."""
    return b"".join(b"\n\n%s %s 000000 %s # RTP_DUMP\n" % (
        p.way.encode(), p.clock(digits=3).encode(), spaced(p.octets).encode())
        for p in packets)


def firefox(packets):
    return b"".join(b"%s UTC - [Child %d: Socket Thread]: D/RtpLogger {a}| "
                    b"%s RT%sP_PACKET|>> %s %s  000000 %s \n" % (
                        Packet(p.ns + 40_000, b"").clock(
                            "%Y-%m-%d %H:%M:%S").encode(), p.pid,
                        b"Transmit" if p.way == "O" else b"Receive",
                        b"C" if p.rtcp else b"", p.way.encode(),
                        p.clock().encode(), spaced(p.octets).encode())
                    for p in packets)


def firefox_old(packets):
    """The word behind the octets, the fraction without its zeros."""
    return b"".join(b"%s UTC - [Child 1: Socket Thread]: D/RtpLogger %s "
                    b"%s.%d 000000 %s RT%sP_PACKET|a\r\n" % (
                        Packet(p.ns + 40_000, b"").clock(
                            "%Y-%m-%d %H:%M:%S").encode(), p.way.encode(),
                        p.clock(digits=-1).encode(), p.ns % 10**9 // 1000,
                        spaced(p.octets).encode(), b"C" if p.rtcp else b"")
                    for p in packets)


def janus_text(packets):
    return b"".join(b"%s %s 000000  %s JANUS_TEXT2PCAP_RT%sP [session=1]"
                    b"[handle=2]\r\n" % (
                        b"I" if p.way == "O" else b"O", p.clock().encode(),
                        spaced(p.octets).encode(), b"C" if p.rtcp else b"")
                    for p in packets)


def hex_lines(packets, characters=False, dated=True):
    """text2pcap: lines of 16 octets, offsets begin again with each packet."""
    out = []
    for p in packets:
        out.append("%s %s" % (p.way, p.clock(
            "%Y-%m-%d %H:%M:%S" if dated else "%H:%M:%S")))
        for at in range(0, len(p.octets), 16):
            row = p.octets[at:at + 16]
            tail = ""
            if characters:  # they look like octets, as often as they can
                tail = "   " + "".join("ab 01"[o % 5] for o in row)
            out.append("%06x %s%s" % (at, spaced(row), tail))
    return "\n".join(out).encode() + b"\n"


def exported(packets):
    """Wireshark's hex of whole frames, with its column of characters."""
    out = []
    for p in packets:
        frame = mkcap.ethernet("10.2.2.2:2000", "10.1.1.1:1000", p.octets)
        out.append("O %s" % p.clock("%Y-%m-%d %H:%M:%S"))
        for at in range(0, len(frame), 16):
            row = frame[at:at + 16]
            out.append("%04x  %-47s   %s" % (at, spaced(row), "".join(
                chr(o) if 32 < o < 127 else "." for o in row)))
        out.append("")
    return "\n".join(out).encode() + b"\n"


def tcpdump(packets):
    """tcpdump -tttt -XX"""
    out = []
    for p in packets:
        frame = mkcap.ethernet("10.2.2.2:2000", "10.1.1.1:1000", p.octets)
        out.append("%s IP 10.2.2.2.2000 > 10.1.1.1.1000: UDP, length %d" % (
            p.clock("%Y-%m-%d %H:%M:%S"), len(p.octets)))
        for at in range(0, len(frame), 16):
            row = frame[at:at + 16]
            words = " ".join(row[i:i + 2].hex() for i in range(0, len(row), 2))
            out.append("\t0x%04x:  %-39s  %s" % (at, words, "".join(
                chr(o) if 32 < o < 127 else "." for o in row)))
    return "\n".join(out).encode() + b"\n"


def rtpdump(packets):
    first = min(p.ns for p in packets)
    out = b"#!rtpplay1.0 10.1.1.1/1000\n" + struct.pack(
        ">IIIHH", first // 10**9, first % 10**9 // 1000, 0x0a020202, 2000, 0)
    for p in packets:
        out += struct.pack(">HHI", len(p.octets) + 8,
                           0 if p.rtcp else len(p.octets),
                           max(0, p.ns - first) // 10**6) + p.octets
    return out


def mjr(packets, info, version=2):
    first = packets[0].ns
    info = dict(info, s=first // 1000, u=first // 1000)
    text = json.dumps(info).encode()
    out = b"MJR0000%d" % version + struct.pack(">H", len(text)) + text
    if version == 0:
        word = b"audio" if info["t"] == "a" else b"video"
        out = b"MEETECHO" + struct.pack(">H", 5) + word
    for p in packets:
        mark = (b"MEET" + struct.pack(">I", (p.ns - first) // 10**6)
                if version == 2 else b"MEETECHO")
        out += mark + struct.pack(">H", len(p.octets)) + p.octets
    return out


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, check=True,
                          capture_output=True).stdout


# ---- what is compared --------------------------------------------------------

def report(*args):
    ran = run("check", "--json", *args)
    return ran, strict(ran.out) if ran.out else None


def stream_facts(s, keys=True):
    out = [s["kind"], s["codec"], s["protection"], s["dialect"], s["frames"],
           s["incomplete_frames"], s["lost"], s["packets"],
           sorted(s["frames_by_state"].items())]
    if keys:
        out.append([(k["kid"], k["first_ctr"], k["last_ctr"], k["frames"])
                    for k in s["keys"]])
    return out


def facts(r, sources=None):
    """{SSRC: [what is said of it, once for each leg]}, findings by SSRC."""
    ssrc = {s["id"]: s["ssrc"] for s in r["streams"]}
    streams = {}
    for s in r["streams"]:
        if sources is None or s["src"] in sources:
            streams.setdefault(s["ssrc"], []).append(stream_facts(s))
    found = sorted((f["slug"], sorted({ssrc[i] for i in f["streams"]}))
                   for f in r["findings"])
    return streams, found


def slugs(r):
    """What leaks beside the media is a matter of its own."""
    return {f["slug"] for f in r["findings"]
            if not f["slug"].startswith("exposes-")}


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


@test
def recordings(where):
    for call in ("S03-sframe-gcm128", "S16-d-plain-2s", "S10-livekit-rotate",
                 "S31-firefox-none", "S15-d-ctr-reset"):
        path = sample(call + ".rtp.pcap")
        packets = [p for p in packets_of(path) if not p.rtcp]
        _, whole = report(path)
        for s in whole["streams"]:
            if s["kind"] == "repair":
                continue
            mine = [p for p in packets if "0x%08x" % p.ssrc == s["ssrc"]]
            info = {"t": s["kind"][0], "c": s["codec"]}
            for version in (2, 1, 0):
                if version == 0 and s["codec"] not in ("opus", "vp8"):
                    continue
                label = "%s %s as mjr, version %d" % (call, s["ssrc"], version)
                ran, r = report(put(where, "x.mjr", mjr(mine, info, version)))
                if not check(label, r and len(r["streams"]) == 1, ran):
                    continue
                got = stream_facts(r["streams"][0])
                want = stream_facts(s)
                got[7] = want[7]  # padding may have come by another way
                check(label + ": the same", got == want, "%s, not %s" % (
                    got, want))
                check(label + ": the codec is from its head",
                      r["streams"][0]["codec_from"] == "recording")
                check(label + ": its time", r["inputs"][0]["first"][:4] ==
                      ("1970" if version == 0 else "2026"), r["inputs"])


@test
def recordings_of_data(where):
    """Messages of a data channel are no media, whatever they look like."""
    text = json.dumps({"t": "d", "s": 1795376952440000,
                       "u": 1795376952455000}).encode()
    packets = packets_of(sample("S03-sframe-gcm128.rtp.pcap"))
    for what, messages in (("text", [b'{"chat": "hello"}'] * 200),
                           ("what looks like RTP", [
                               p.octets for p in packets if not p.rtcp])):
        for version, mark in ((1, b"MEETECHO"), (2, b"MEET" + bytes(4))):
            data = b"MJR0000%d" % version + struct.pack(
                ">H", len(text)) + text + b"".join(
                    mark + struct.pack(">H", 8 + len(m)) + bytes(8) + m
                    for m in messages)
            label = "data channel, version %d, %s" % (version, what)
            ran, r = report(put(where, "d.mjr", data))
            check(label + ": no stream", ran.status == 4 and not r["streams"]
                  and r["accounting"]["other"] == len(messages), ran)
            check(label + ": said", any("data channels" in x
                                        for x in r["limits"]), r["limits"])


@test
def recordings_damaged(where):
    """Cut anywhere, noise between records, heads of no known version."""
    with open(sample("SJ1-echo-sframe.audio.mjr"), "rb") as f:
        whole = f.read()
    head = 10 + struct.unpack_from(">H", whole, 8)[0]
    for n in (head + 1, head + 9):
        ran = run("check", put(where, "cut.mjr", whole[:n]))
        check("recording cut at %d: nothing to judge" % n, ran.status == 3 and
              "octet" in ran.errors, ran)
    for n in (20000, 20011, len(whole) - 1):
        ran, r = report(put(where, "cut.mjr", whole[:n]))
        check("recording cut at %d: judged up to there" % n,
              r and r["inputs"][0]["damaged"] and "octet" in ran.errors and
              "capture-damaged" in slugs(r), ran)
    noise = random.Random(4).randbytes(500)
    ran, r = report(put(where, "n.mjr", whole[:20000] + noise + whole[20000:]))
    check("recording with noise between: judged up to there",
          r["streams"][0]["frames"] > 200 and "capture-damaged" in slugs(r),
          ran)
    for data, words in ((b"MJR00009" + whole[8:], "version that is not known"),
                        (whole[:8], "it is empty"),
                        (whole[:head - 5], "ends inside its head"),
                        (b"MJR0000", "not a capture")):
        ran = run("check", put(where, "bad.mjr", data))
        check("recording: " + words, ran.status == 3 and words in ran.errors
              and "bad.mjr" in ran.errors, ran)
    # JSON that is none: the packets are no worse for it
    ran, r = report(put(where, "j.mjr", whole[:8] + struct.pack(">H", 5) +
                        b"{bad}" + whole[head:]))
    check("recording with a head of no JSON: judged", r["streams"][0][
        "protection"] == "consistent" and any("1970" in x
                                              for x in r["limits"]), r["limits"])
    mixed = [p for p in packets_of(sample("S16-d-plain-2s.rtp.pcap"))
             if not p.rtcp]
    mine = [p for p in mixed if p.ssrc == mixed[0].ssrc]
    _, r = report(put(where, "m.mjr", mjr(mine, {"t": "a", "c": "opus"})))
    check("a recording that is partly ciphertext says so", any(
        "replayed" in x for x in r["limits"]), r["limits"])


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
def misnamed(where):
    """A head that names another codec: judged by the packets, and said."""
    names = [("a", "opus"), ("a", "pcmu"), ("a", "g722"), ("v", "vp8"),
             ("v", "vp9"), ("v", "h264"), ("v", "av1"), ("v", "h265")]
    for call, least in (("S01-none", 60), ("S03-sframe-gcm128", 60),
                        ("S04-sframe-gcm256", 60), ("S02-none-red-dtx", 60),
                        ("S29-sframe-av1", 60), ("S09-livekit", 60)):
        packets = [p for p in packets_of(sample(call + ".rtp.pcap"))
                   if not p.rtcp]
        with open(sample(call + ".manifest.json"), encoding="utf-8") as f:
            truth = {"0x%08x" % x["ssrc"]: x["codec"].lower()
                     for x in json.load(f)["streams"]}
        for ssrc in sorted({p.ssrc for p in packets}):
            mine = [p for p in packets if p.ssrc == ssrc]
            if len(mine) < least or "0x%08x" % ssrc not in truth:
                continue
            codec = truth["0x%08x" % ssrc].split("/")[-1]
            _, bare = report(put(where, "n.mjr", mjr(mine, {"t": "v"})))
            for t, c in names:
                _, r = report(put(where, "n.mjr", mjr(mine, {"t": t, "c": c})))
                said = [x for x in r["limits"] if "head says " + c in x]
                what = "%s, %s named %s" % (call, codec, c)
                check(what + ": said", bool(said) == (c != codec), r["limits"])
                d = [(s["protection"], s["frames"], s["kind"], s["keys"])
                     for x in (r, bare) for s in x["streams"]]
                check(what + ": judged by the packets", d[0] == d[1] and
                      r["verdict"] == bare["verdict"] and
                      slugs(r) == slugs(bare), d)


@test
def samples_named(where):
    """G.711 of 20 and of 30 ms, clear and with a header and a tag: named right
    it is what it is said to be; named Opus, its static payload type tells."""
    for ms, more in ((20, 0), (30, 0), (20, 18), (30, 18)):
        for pt in (0, 96):
            n = 8 * ms + more
            packets = [mkcap.Packet(mkcap.EPOCH + i * ms * mkcap.MS,
                                    struct.pack(">BBHII", 0x80, pt, i,
                                                i * 8 * ms, 77) +
                                    random.Random(i).randbytes(n))
                       for i in range(200)]
            for p in packets:
                p.rtcp = False
            for c in ("pcmu", "opus"):
                _, r = report(put(where, "g.mjr", mjr(
                    packets, {"t": "a", "c": c})))
                want = "pcmu" if c == "pcmu" or (pt == 0 and ms == 20) else c
                check("G.711, %d ms and %d octets, type %d, named %s" % (
                    ms, more, pt, c), r["streams"][0]["codec"] == want and
                      any("head says" in x for x in r["limits"]) ==
                      (want != c), (r["streams"][0]["codec"], r["limits"]))


@test
def declared(where):
    for call, all_of in (("S31-firefox-none", {"declared-not-encrypted",
                                              "stream-plaintext"}),
                        ("S03-sframe-gcm128", set())):
        packets = [p for p in packets_of(sample(call + ".rtp.pcap"))
                   if not p.rtcp]
        ssrc = max({p.ssrc for p in packets},
                   key=lambda s: sum(p.ssrc == s for p in packets))
        mine = [p for p in packets if p.ssrc == ssrc]
        for e in (True, False):
            info = {"t": "a", "c": "opus"}
            if e:
                info["e"] = True
            _, r = report(put(where, "e.mjr", mjr(mine, info)))
            want = all_of if e else all_of - {"declared-not-encrypted"}
            found = slugs(r)
            check("%s declared %s: %s" % (call, e, sorted(want)),
                  found == want, found)
            check("%s: a recording of ciphertext says so" % call,
                  any("replayed" in x for x in r["limits"]) == (not all_of),
                  r["limits"])


@test
def recordings_apart(where):
    """Audio and video of one sender under one KID; two senders are no less."""
    names = [sample("SJ1-echo-sframe.%s.mjr" % m) for m in ("audio", "video")]
    _, r = report(*names)
    check("two recordings: nothing found", not slugs(r), slugs(r))
    outcome = {x["id"]: x["outcome"] for x in r["rules"]}["SFK003"]
    check("kid-shared cannot be told", outcome == "cannot-tell", outcome)


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


# ---- compressed --------------------------------------------------------------

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
        broken = bytearray(gzip.compress(data))
        broken[-5] ^= 1
        _, r = report(put(where, "broken", bytes(broken)))
        check(name + ": a wrong checksum is damage", r["inputs"][0]["damaged"])
        _, r = report(put(where, "behind", gzip.compress(data) + b"x" * 9))
        check(name + ": octets behind are damage", r["inputs"][0]["damaged"])
    for octets in (gzip.compress(b"x" * 999)[:11], zstd(b"x" * 99)[:7]):
        ran = run("check", put(where, "early", octets))
        check("cut before anything came out", ran.status == 3 and
              b"compressed" in ran.err, ran)
    ran = run("check", put(where, "nothing", gzip.compress(b"")))
    check("an empty file inside", ran.status == 3 and b"empty" in ran.err, ran)


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


# ---- real ones ---------------------------------------------------------------

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
def real_recordings(where):
    for call, legs, pcaps in (
            ("SJ1-echo-sframe", [""], ["janus-pub"]),
            ("SJ7-room-two-publishers-drift", ["a.", "b."],
             ["janus-puba", "janus-pubb"])):
        names = [sample("%s.%s%s.mjr" % (call, leg, m)) for leg in legs
                 for m in ("audio", "video")]
        _, r = report(*names)
        _, whole = report(*[sample("%s.%s.pcap" % (call, p)) for p in pcaps])
        check(call + ": the verdict", r["verdict"] == whole["verdict"])
        check(call + ": the findings", slugs(r) == slugs(whole),
              "%s, not %s" % (slugs(r), slugs(whole)))
        theirs = {s["ssrc"]: stream_facts(s) for s in whole["streams"]}
        for s in r["streams"]:
            got, want = stream_facts(s), theirs.get(s["ssrc"])
            check("%s %s: the same" % (call, s["ssrc"]), want and
                  got[2:5] == want[2:5] and got[-1] == want[-1],
                  "%s, not %s" % (got, want))


# ---- unwrap ------------------------------------------------------------------

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


# ---- session descriptions ----------------------------------------------------

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


# ---- hostile -----------------------------------------------------------------

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
