"""
wire.py - frames to RTP packets, packets to a capture; by the texts of RFC 3550,
7741, 9628, 6184, 7798, the AV1 RTP specification and RFC 4588. No code of the
program under test, and nothing here is judged.
"""
import re
import struct

MTU = 1100  # octets of payload


def cut(octets):
    n = max(1, -(-len(octets) // MTU))
    each = -(-len(octets) // n)
    return [octets[i * each:(i + 1) * each] for i in range(n)]


def whole(frame, key, number):
    return [frame]


def vp8(frame, key, number):
    """X and S; I with 15 bits of picture id."""
    return [struct.pack(">BBH", 0x80 | (i == 0) << 4, 0x80,
                        0x8000 | number & 0x7fff) + p
            for i, p in enumerate(cut(frame))]


def vp9(frame, key, number):
    """I, P, B, E; 15 bits of picture id; not flexible, no layers."""
    parts = cut(frame)
    return [struct.pack(">BH", 0x80 | (not key) << 6 | (i == 0) << 3 |
                        (i == len(parts) - 1) << 2, 0x8000 | number & 0x7fff) + p
            for i, p in enumerate(parts)]


def nals(frame):
    return [n for n in re.split(b"\0\0\0?\1", frame) if n]


def h264(frame, key, number):
    """Parameter sets in one STAP-A, long units in FU-A, the rest alone."""
    out, sets = [], []
    for n in nals(frame):
        if n[0] & 31 in (7, 8):
            sets.append(n)
            continue
        if len(sets) > 0:
            out.append(b"\x78" + b"".join(struct.pack(">H", len(s)) + s
                                          for s in sets))
            sets = []
        if len(n) <= MTU:
            out.append(n)
            continue
        parts = cut(n[1:])
        out += [bytes([n[0] & 0xe0 | 28, (i == 0) << 7 |
                       (i == len(parts) - 1) << 6 | n[0] & 31]) + p
                for i, p in enumerate(parts)]
    return out


def h265(frame, key, number):
    """Long units in fragmentation units, the rest alone."""
    out = []
    for n in nals(frame):
        if len(n) <= MTU:
            out.append(n)
            continue
        parts, kind = cut(n[2:]), n[0] >> 1 & 63
        out += [bytes([n[0] & 0x81 | 49 << 1, n[1], (i == 0) << 7 |
                       (i == len(parts) - 1) << 6 | kind]) + p
                for i, p in enumerate(parts)]
    return out


def leb128(v):
    out = b""
    while v > 127:
        out += bytes([v & 127 | 128])
        v >>= 7
    return out + bytes([v])


def obus(frame):
    """OBUs without their sizes; temporal delimiters are not sent."""
    at, out = 0, []
    while at < len(frame):
        head, x = frame[at], frame[at] >> 2 & 1
        size, shift, p = 0, 0, at + 1 + x
        while True:
            b = frame[p]
            size |= (b & 127) << shift
            shift, p = shift + 7, p + 1
            if not b & 128:
                break
        if head >> 3 & 15 != 2:
            out.append(bytes([head & ~2]) + frame[at + 1:at + 1 + x] +
                       frame[p:p + size])
        at = p + size
    return out


def av1(frame, key, number):
    """All elements with lengths (W is 0), cut where a packet is full."""
    out, now, z = [], b"", 0
    for o in obus(frame):
        while o:
            room = MTU - len(now) - 2
            if room < 16:
                out.append((z, 0, now))
                now, z, room = b"", 0, MTU - 2
            part, o = o[:room], o[room:]
            now += leb128(len(part)) + part
            if o:
                out.append((z, 1, now))
                now, z = b"", 1
    out.append((z, 0, now))
    return [bytes([z << 7 | y << 6 | (key and i == 0) << 3]) + p
            for i, (z, y, p) in enumerate(out)]


def described(frame, key, number):
    """draft-ietf-avtcore-rtp-sframe 4: S, E, whole frames."""
    parts = cut(frame)
    return [bytes([(i == 0) << 7 | (i == len(parts) - 1) << 6]) + p
            for i, p in enumerate(parts)]


PACKETIZE = {"vp8": vp8, "vp9": vp9, "h264": h264, "h265": h265, "av1": av1}


class Rtp:
    """A packet on its way: where it is from, when, and what it says."""
    __slots__ = ("ns", "path", "pt", "marker", "seq", "ts", "ssrc", "payload")

    def __init__(self, ns, path, pt, marker, seq, ts, ssrc, payload):
        self.ns, self.path, self.pt, self.marker = ns, path, pt, marker
        self.seq, self.ts, self.ssrc, self.payload = seq, ts, ssrc, payload

    def octets(self):
        return struct.pack(">BBHII", 0x80, self.marker << 7 | self.pt,
                           self.seq & 0xffff, self.ts & 0xffffffff,
                           self.ssrc) + self.payload

    def again(self, **changes):
        p = Rtp(self.ns, self.path, self.pt, self.marker, self.seq, self.ts,
                self.ssrc, self.payload)
        for name, value in changes.items():
            setattr(p, name, value)
        return p


class Raw:
    __slots__ = ("ns", "path", "body")

    def __init__(self, ns, path, body):
        self.ns, self.path, self.body = ns, path, body

    def octets(self):
        return self.body


class Tick:
    """Nothing is sent now; the clock of a stream goes on, and no frame of it is
    made before its time."""
    __slots__ = ("ns",)

    def __init__(self, ns):
        self.ns = ns


def report(ns, path, ssrc, name, bye=False):
    """Sender report, CNAME, and BYE."""
    chunk = struct.pack(">IBB", ssrc, 1, len(name)) + name + b"\0"
    chunk += bytes(-len(chunk) % 4)
    body = struct.pack(">BBHI", 0x80, 200, 6, ssrc) + bytes(20) + \
        struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk
    if bye:
        body += struct.pack(">BBHI", 0x81, 203, 1, ssrc)
    return Raw(ns, path, body)


def address(host, port):
    return bytes(host), port


class Path:
    """From one address to another: Ethernet, IPv4, UDP."""

    def __init__(self, src, dst):
        (a, self.sport), (b, self.dport) = src, dst
        self.back = a + b
        self.known = {}

    def front(self, n):
        f = self.known.get(n)
        if f is None:
            ip = struct.pack(">BBHHHBBH", 0x45, 0, 28 + n, 0, 0x4000, 64, 17,
                             0) + self.back
            s = sum(struct.unpack(">10H", ip))
            s = (s & 0xffff) + (s >> 16)
            s = (s & 0xffff) + (s >> 16)
            ip = ip[:10] + struct.pack(">H", ~s & 0xffff) + ip[12:]
            f = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + struct.pack(
                ">HHHH", self.sport, self.dport, 8 + n, 0)
            self.known[n] = f
        return f


PCAP = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)
RECORD = struct.Struct("<IIII")


def record(p):
    body = p.octets()
    front = p.path.front(len(body))
    n = len(front) + len(body)
    return RECORD.pack(p.ns // 10**9, p.ns % 10**9, n, n) + front + body
