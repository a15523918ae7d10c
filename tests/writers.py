"""
writers.py - a call in every format that it can arrive in, written by code that
the program under test does not share; and what a report says of a call, in a
form that can be compared.
"""
import datetime
import json
import os
import struct
import subprocess

import mkcap
from harness import TOP, run, strict

HERE = os.path.join(TOP, "corpora", "captures")
HEADERS = 42  # Ethernet, IPv4, UDP


def sample(name):
    return os.path.join(HERE, name)


def put(where, name, data):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


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


def zstd_blocks(data, size, damaged=None):
    """One frame of uncompressed blocks (RFC 8878 3.1.1); the block with the
    number `damaged` is of the type that is reserved."""
    out = b"\x28\xb5\x2f\xfd" + bytes((0, 0x58))
    for at in range(0, len(data), size):
        block = data[at:at + size]
        last, kind = at + size >= len(data), 3 * (at // size == damaged)
        out += struct.pack("<I", len(block) << 3 | kind << 1 | last)[:3] + block
    return out


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
