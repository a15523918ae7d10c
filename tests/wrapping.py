"""
wrapping.py - what a call can be wrapped in on its way: links, tunnels, fragments,
TURN, TCP, written by code that the program under test does not share; and
reports on it in a form that can be compared.
"""
import os
import random
import struct
import subprocess

import mkcap
from harness import TOOL, TOP, Ran, Schema, check, run, strict

schema = Schema()
CALLS = os.path.join(TOP, "corpora", "captures")
QUIET = "S03-sframe-gcm128.rtp.pcap"
FAULTY = ("S15-d-ctr-reset.rtp.pcap", "S16-d-plain-2s.rtp.pcap")


def ether(payload, kind=0x0800, tags=b""):
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + tags + \
        struct.pack(">H", kind) + payload


def ip4(proto, payload, src="192.0.2.1", dst="192.0.2.2", ident=0, piece=0):
    a, b = (bytes(int(x) for x in s.split(".")) if isinstance(s, str) else s
            for s in (src, dst))
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident, piece,
                       64, proto, 0) + a + b + payload


def ip6(proto, payload, src=b"\x20" * 16, dst=b"\x30" * 16):
    return struct.pack(">IHBB", 0x60000000, len(payload), proto, 64) + \
        src + dst + payload


def udp(payload, src=50000, dst=50001):
    return struct.pack(">HHHH", src, dst, 8 + len(payload), 0) + payload


def tlv(tag, value):
    return struct.pack(">HH", tag, len(value)) + value


class Packet(mkcap.Packet):
    """With what it is made of: Ethernet, IPv4, UDP and their payload."""

    def __init__(self, p):
        super().__init__(p.ns, p.octets, p.length)
        self.ip = self.octets[14:]
        assert self.octets[12:14] == b"\x08\0" and self.ip[0] == 0x45
        self.src, self.dst = self.ip[12:16], self.ip[16:20]
        self.sport, self.dport = struct.unpack_from(">HH", self.ip, 20)
        self.data = self.ip[28:struct.unpack_from(">H", self.ip, 2)[0]]

    def made(self, octets, length=None):
        return mkcap.Packet(self.ns, octets, length)


def call(name=QUIET):
    return [Packet(p) for p in mkcap.read_capture(os.path.join(CALLS, name))]


def write(where, packets, link=1):
    data = mkcap.pcap(packets)
    path = os.path.join(where, "call.pcap")
    with open(path, "wb") as f:
        f.write(data[:20] + struct.pack("<I", link) + data[24:])
    return path


def report(path, *more):
    ran = run("check", "--json", path, *more)
    if not ran.out:
        return {"trouble": str(ran)}
    r = strict(ran.out)
    faults = schema.faults(r)
    if faults:
        r["trouble"] = faults
    return r


def all_of_it(r):
    """A report without what tells how the call was wrapped."""
    r = dict(r, inputs=[i["packets"] for i in r["inputs"]])
    r["accounting"] = {k: v for k, v in r["accounting"].items()
                       if k != "peeled"}
    r["streams"] = [dict(s, via=None) for s in r["streams"]]
    for f in r["findings"]:
        f["examples"] = [dict(e, octets=None) for e in f["examples"]]
    r.pop("tool")
    return r


def heart_of_it(r):
    """What must be the same where packets are not one for one: no places."""
    name = {s["id"]: (s["ssrc"], s["src"], s["dst"]) for s in r["streams"]}
    name[None] = None
    keep = ("ssrc", "src", "dst", "kind", "codec", "lost", "frames",
            "incomplete_frames", "protection", "dialect", "frames_by_state")
    streams = [[s[k] for k in keep] + [s["packets"] - s["duplicates"]] +
               [[(k["kid"], k["first_ctr"], k["last_ctr"], k["frames"])
                 for k in s["keys"]], name[s["repairs"]], name[s["forwards"]]]
               for s in r["streams"]]
    findings = [(f["slug"], f["severity"], f["count"],
                 sorted(name[i] for i in f["streams"])) for f in r["findings"]]
    return r["verdict"], sorted(streams, key=str), sorted(findings)


def difference(a, b, at=""):
    if type(a) is not type(b):
        return "%s: %r, not %r" % (at, a, b)
    if isinstance(a, dict):
        for k in a.keys() | b.keys():
            d = difference(a.get(k), b.get(k), at + "/" + k)
            if d:
                return d
    elif isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return "%s: %d, not %d entries: %r" % (at, len(a), len(b), a)
        for i, (x, y) in enumerate(zip(a, b)):
            d = difference(x, y, "%s/%d" % (at, i))
            if d:
                return d
    elif a != b:
        return "%s: %r, not %r" % (at, a, b)
    return ""


_plain = {}


def plain(name, part):
    if name not in _plain:
        _plain[name] = report(os.path.join(CALLS, name))
    return part(_plain[name])


def same(what, where, packets, name=QUIET, link=1, part=all_of_it, via=None):
    r = report(write(where, packets, link))
    if not check(what + ": a report", "trouble" not in r, r.get("trouble")):
        return r
    if via is not None:
        got = [s["via"] for s in r["streams"]]
        check(what + ": says so", got and all(g == via for g in got), got)
    d = difference(part(r), plain(name, part))
    check(what + ": as without it", not d, d)
    return r


def snap(kind=0x0800):
    return b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", kind)


def wifi(payload, flags=1, qos=True):
    return bytes([0x88 if qos else 0x08, flags]) + bytes(22) + \
        (b"\0\0" if qos else b"") + snap() + payload


def over(port, head=b"", inner=lambda p: p.octets):
    return lambda p: ether(ip4(17, udp(head + inner(p), 33333, port)))


def gre(head, inner=lambda p: p.ip):
    return lambda p: ether(ip4(47, head + inner(p)))


def inner_ip(p):
    return p.ip


VXLAN = b"\x08\0\0\0\0\0\x2a\0"
TUNNELS = (
    ("VXLAN", over(4789, VXLAN), ["vxlan 42"]),
    ("VXLAN, old port", over(8472, VXLAN), ["vxlan 42"]),
    ("VXLAN, any port", over(50505, VXLAN), ["vxlan 42"]),
    ("VXLAN, group policy", over(4789, b"\x88\0\0\7\0\0\x2a\0"), ["vxlan 42"]),
    ("VXLAN-GPE", over(4790, b"\x0c\0\0\1\0\0\x2a\0", inner_ip), ["vxlan 42"]),
    ("VXLAN-GPE and NSH", over(
        4790, b"\x0c\0\0\4\0\0\x2a\0" + b"\x0f\xc6\1\1\0\0\7\xff" + bytes(16),
        inner_ip), ["vxlan 42", "nsh 7"]),
    ("GENEVE", over(6081, b"\0\0\x65\x58\0\0\x2a\0"), ["geneve 42"]),
    ("GENEVE with options", over(
        6081, b"\4\0\x08\0\0\0\x2a\0" + b"\1\x08\1\3" + bytes(12), inner_ip),
     ["geneve 42"]),
    ("GRE", gre(b"\0\0\x08\0"), ["gre"]),
    ("GRE, all fields", gre(b"\xb0\0\x08\0" + bytes(4) + b"\0\0\0\x2a" +
                            b"\0\0\0\1"), ["gre 42"]),
    ("GRE, Ethernet", gre(b"\x20\0\x65\x58\0\0\0\x2a", lambda p: p.octets),
     ["gre 42"]),
    ("GRE of PPTP", lambda p: ether(ip4(
        47, struct.pack(">HHHHI", 0x3001, 0x880b, len(p.ip) + 4, 42, 1) +
        b"\xff\x03\0\x21" + p.ip)), ["pptp 42"]),
    ("ERSPAN I", gre(b"\0\0\x88\xbe", lambda p: p.octets), ["erspan"]),
    ("ERSPAN II", gre(b"\x10\0\x88\xbe\0\0\0\1\x10\x64\0\x2a" + bytes(4),
                      lambda p: p.octets), ["erspan 42"]),
    ("ERSPAN III", gre(b"\x10\0\x22\xeb\0\0\0\1\x20\x64\0\x2a" + bytes(8),
                       lambda p: p.octets), ["erspan 42"]),
    ("ERSPAN III of a platform", gre(
        b"\x10\0\x22\xeb\0\0\0\1\x20\x64\0\x2a" + bytes(7) + b"\1" + bytes(8),
        lambda p: p.octets), ["erspan 42"]),
    ("MPLS", lambda p: ether(b"\0\0\x10\x40\0\2\xa1\x40" + p.ip, 0x8847),
     ["mpls 42"]),
    ("pseudo-wire", lambda p: ether(b"\0\2\xa1\x40" + bytes(4) + p.octets,
                                    0x8847), ["mpls 42"]),
    ("MPLS in UDP", over(6635, b"\0\2\xa1\x40", inner_ip), ["mpls 42"]),
    ("MPLS in IP", lambda p: ether(ip4(137, b"\0\2\xa1\x40" + p.ip)),
     ["mpls 42"]),
    ("PPPoE", lambda p: ether(struct.pack(
        ">BBHHH", 0x11, 0, 42, len(p.ip) + 2, 0x21) + p.ip, 0x8864),
     ["pppoe 42"]),
    ("GTP-U", lambda p: over(2152, struct.pack(
        ">BBHI", 0x30, 255, len(p.ip), 42), inner_ip)(p), ["gtp-u 42"]),
    ("GTP-U with an extension", lambda p: over(2152, struct.pack(
        ">BBHI", 0x34, 255, len(p.ip) + 8, 42) + b"\0\0\0\x85\1\x10\x09\0",
        inner_ip)(p), ["gtp-u 42"]),
    ("L2TP", over(1701, b"\0\2\0\1\0\x2a\xff\x03\0\x21", inner_ip),
     ["l2tp 42"]),
    ("L2TP, all fields", lambda p: over(1701, struct.pack(
        ">HHHHHHHH", 0x4a02, len(p.ip) + 18, 1, 42, 0, 0, 2, 0) + b"\0\x21",
        inner_ip)(p), ["l2tp 42"]),
    ("L2TPv3", lambda p: ether(ip4(115, b"\0\0\0\x2a" + p.octets)),
     ["l2tpv3 42"]),
    ("L2TPv3, cookie and sublayer", lambda p: ether(ip4(
        115, b"\0\0\0\x2a" + b"\xc0" * 8 + b"\x40\0\0\1" + p.octets)),
     ["l2tpv3 42"]),
    ("L2TPv3 of IP", lambda p: ether(ip4(115, b"\0\0\0\x2a" + b"\xc0" * 4 +
                                         p.ip)), ["l2tpv3 42"]),
    ("L2TPv3 over UDP", over(1701, b"\0\3\0\0\0\0\0\x2a" + b"\xc0" * 4),
     ["l2tpv3 42"]),
    ("CAPWAP", over(5247, b"\0\x10\2\0" + bytes(4)), ["capwap"]),
    ("CAPWAP of a radio", lambda p: over(5247, b"\0\x20\3\x10" + bytes(4) +
                                         b"\6\0\0\0\0\0\1\0", lambda p: wifi(
                                             p.ip))(p), ["capwap"]),
    ("TZSP", over(37008, b"\1\0\0\1\x0a\2\1\2\1"), ["tzsp"]),
    ("TZSP, 802.11", over(37008, b"\1\0\0\x12\1", lambda p: wifi(p.ip)),
     ["tzsp"]),
    ("GUE", over(6080, b"\0\4\0\0", inner_ip), ["gue"]),
    ("GUE, bare", over(6080, b"", inner_ip), ["gue"]),
    ("IP in IP", lambda p: ether(ip4(4, p.ip)), ["ip-in-ip"]),
    ("IPv4 in IPv6", lambda p: ether(ip6(4, p.ip), 0x86dd), ["ip-in-ip"]),
    ("IPv4 in IPv6, options in front", lambda p: ether(ip6(
        0, b"\x3c\0" + bytes(6) + b"\4\0" + bytes(6) + p.ip), 0x86dd),
     ["ip-in-ip"]),
    ("EtherIP", lambda p: ether(ip4(97, b"\x30\0" + p.octets)), ["etherip"]),
    ("authentication header", lambda p: ether(ip4(
        51, b"\4\4\0\0" + bytes(20) + p.ip)), ["ip-in-ip"]),
    ("total length 0", lambda p: p.octets[:16] + b"\0\0" + p.octets[18:], []),
    ("Ethernet padding and checksum", lambda p: p.octets + bytes(50), []),
    ("UDP length 0", lambda p: p.octets[:38] + b"\0\0" + p.octets[40:], []),
    ("UDP length of 64 KiB", lambda p: p.octets[:38] + b"\xff\xff" +
     p.octets[40:], []),
    ("UDP-Lite", lambda p: p.octets[:23] + b"\x88" + p.octets[24:38] +
     b"\0\x08" + p.octets[40:], []),
)


def fragments4(p, ident, size):
    data, out = p.ip[20:], []
    for at in range(0, len(data), size):
        more = 0x2000 if at + size < len(data) else 0
        out.append(ether(ip4(17, data[at:at + size], p.src, p.dst, ident,
                             more | at // 8)))
    return out


def fragments6(p, ident, size, wrap=lambda b: b):
    def six(a):
        return bytes.fromhex("20010db8") + bytes(8) + a
    data, out = p.ip[20:], []
    for at in range(0, len(data), size):
        more = int(at + size < len(data))
        head = struct.pack(">BBHI", 17, 0, at | more, ident)
        out.append(ether(ip6(44, head + data[at:at + size], six(p.src),
                             six(p.dst)), 0x86dd))
    return out


def bounded(*args):
    """The program with little more memory than it was told: the libraries
    that it maps, and its buffers for reading."""
    p = subprocess.run(["sh", "-c", 'ulimit -v 73728 && exec "$@"', "sh", TOOL,
                        *args], stdin=subprocess.DEVNULL, capture_output=True,
                       check=False)
    return Ran(p.returncode, p.stdout, p.stderr)


COOKIE = b"\x21\x12\xa4\x42"
SERVER, CLIENT = b"\xc0\0\2\x63", b"\xc0\0\2\x07"


def attribute(kind, value):
    return tlv(kind, value) + bytes(-len(value) % 4)


def stun(kind, *attributes):
    body = b"".join(attributes)
    return struct.pack(">HH", kind, len(body)) + COOKIE + b"\7" * 12 + body


def xor(ip, port):
    return attribute(0x12, struct.pack(">BBH", 0, 1, port ^ 0x2112) +
                     bytes(a ^ b for a, b in zip(ip, COOKIE)))


def channel(number, data, pad=True):
    return struct.pack(">HH", number, len(data)) + data + \
        (bytes(-len(data) % 4) if pad else b"")


class Turn:
    """Packets of a call between a client and peers, as the client's leg with
    its TURN server shows them. Each packet goes from its src to its dst; the
    client is the host of the first."""

    def __init__(self, packets):
        self.client = (packets[0].src, packets[0].sport)
        self.peers = []

    def message(self, p, how):
        """(is it from the client, what it sends)"""
        up = (p.src, p.sport) == self.client
        peer = (p.dst, p.dport) if up else (p.src, p.sport)
        if how == "indications":
            kind = 0x16 if up else 0x17
            return up, stun(kind, xor(*peer), attribute(0x13, p.data))
        if peer not in self.peers:
            self.peers.append(peer)
        return up, channel(0x4000 + self.peers.index(peer), p.data,
                           how != "unpadded")

    def binds(self):
        return [stun(0x0009, attribute(0x0c, struct.pack(
            ">HH", 0x4000 + i, 0)), xor(*p)) for i, p in enumerate(self.peers)]

    def udp(self, up, data):
        a, b = (self.client, (SERVER, 3478))
        if not up:
            a, b = b, a
        return ether(ip4(17, udp(data, a[1], b[1]), a[0], b[0]))


class Tcp:
    """Segments of one direction for each pair of addresses."""

    def __init__(self, start=None):
        self.seq, self.start, self.out = {}, start, []
        self.rng = random.Random(9)

    def next(self, a, b):
        if (a, b) not in self.seq:
            self.seq[a, b] = self.rng.getrandbits(32) if self.start is None \
                else self.start
        return self.seq[a, b]

    def segment(self, ns, a, b, data, flags=0x18, ack=0):
        n = self.next(a, b)
        self.seq[a, b] = n + len(data) + (flags >> 1 & 1) & 0xffffffff
        self.out.append(mkcap.Packet(ns, ether(ip4(6, struct.pack(
            ">HHIIBBHHH", a[1], b[1], n, ack, 0x50, flags, 0xffff, 0, 0) +
            data, a[0], b[0]))))

    def ends(self, p):
        return (p.src, p.sport), (p.dst, p.dport)


def framed(data):
    return struct.pack(">H", len(data)) + data


def ice_tcp(packets, start=None, syn=True, each=None):
    t = Tcp(start)
    if syn:
        for ends in sorted({t.ends(p) for p in packets}):
            t.segment(packets[0].ns, *ends, b"", 2)
    if each is None:
        for p in packets:
            t.segment(p.ns, *t.ends(p), framed(p.data))
        return t.out
    # the same octets in segments that know nothing of packets
    rest = {}
    for p in packets:
        ends = t.ends(p)
        rest[ends] = rest.get(ends, b"") + framed(p.data)
        while len(rest[ends]) >= each:
            t.segment(p.ns, *ends, rest[ends][:each])
            rest[ends] = rest[ends][each:]
    for ends, data in rest.items():
        if data:
            t.segment(packets[-1].ns, *ends, data)
    return t.out


def cut(packets, n):
    return [mkcap.Packet(p.ns, p.octets[:n], len(p.octets)) for p in packets]
