"""
mkcap.py - captures out of a few lines, so that a reader sees what is in one.

	c = Capture(seed=1)
	a = c.audio(0xa1, "10.0.0.1:4000", cname="alice")
	a.sframe(200, kid=9).plain(40).sframe(200, kid=9)
	c.lose(every=10)
	c.write("call.pcap")

A stream is a row of frames on a clock of its own: Opus-like audio (one packet
a frame, 50 a second) or video (VP8, or another codec of packets.py; 15 frames a
second, several packets). Clear media is real: the frames of captures in
corpora/captures over and over. Ciphertext is noise of the same lengths, and a tag: that is what it looks
like from outside. The SFrame header (RFC 9605 4.3) is written here from the
text, by no code of the program under test. Octets are the same for a seed.

As a script it shows the packets of a capture: mkcap.py FILE.
"""
import os
import random
import struct
import sys

import mistakes
import packets

HERE = os.path.dirname(os.path.abspath(__file__))
CLEAR = os.path.join(os.path.dirname(HERE), "corpora", "captures",
                     "S01-none.rtp.pcap")
CLEAR_OPUS, CLEAR_VP8 = 0xb60caf35, 0x4a858b89
CLEAR_H264 = (os.path.join(os.path.dirname(CLEAR),
                           "S02-none-red-dtx.rtp.pcap"), 0x95441dc2)
EPOCH = 1_700_000_000 * 10**9
MS = 10**6  # nanoseconds
MTU = 1100  # octets of RTP payload


# ---- reading ---------------------------------------------------------------

class Packet:
    """One packet of a capture: when, what, and how long it had been."""

    def __init__(self, ns, octets, length=None):
        self.ns, self.octets = ns, octets
        self.comments = []
        self.length = len(octets) if length is None else length


def read_pcap(data):
    order = {b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
             b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1)}
    end, unit = order[data[:4]]
    at, out = 24, []
    while at + 16 <= len(data):
        s, part, kept, length = struct.unpack_from(end + "IIII", data, at)
        out.append(Packet(s * 10**9 + part * unit,
                          data[at + 16:at + 16 + kept], length))
        at += 16 + kept
    return out


def read_pcapng(data):
    """Enhanced packet blocks of one section; if_tsresol as a power of ten."""
    at, out, units, end = 0, [], [], "<"
    while at + 12 <= len(data):
        kind, size = struct.unpack_from(end + "II", data, at)
        if kind == 0x0a0d0d0a:
            end = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            size, = struct.unpack_from(end + "I", data, at + 4)
        body = data[at + 8:at + size - 4]
        if kind == 1:
            units.append(1000)
            o = 8
            while o + 4 <= len(body):
                code, n = struct.unpack_from(end + "HH", body, o)
                if code == 9:
                    units[-1] = 10**(9 - body[o + 4])
                o += 4 + (n + 3) // 4 * 4
        elif kind == 6:
            i, high, low, kept, length = struct.unpack_from(end + "5I", body)
            out.append(Packet((high << 32 | low) * units[i],
                              body[20:20 + kept], length))
            o = 20 + (kept + 3) // 4 * 4
            while o + 4 <= len(body):
                code, n = struct.unpack_from(end + "HH", body, o)
                if code == 1:
                    out[-1].comments.append(body[o + 4:o + 4 + n])
                o += 4 + (n + 3) // 4 * 4
        at += size
    return out


def write_pcapng(packets, end="<"):
    """One section, one Ethernet interface, nanoseconds, comments kept."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        size = struct.pack(end + "I", len(body) + 12)
        return struct.pack(end + "I", kind) + size + body + size

    def option(code, value):
        return struct.pack(end + "HH", code, len(value)) + value + bytes(
            -len(value) % 4)

    out = block(0x0a0d0d0a, struct.pack(end + "IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack(end + "HHI", 1, 0, 0) + option(9, b"\t"))
    for p in packets:
        out += block(6, struct.pack(
            end + "5I", 0, p.ns >> 32, p.ns & 0xffffffff, len(p.octets),
            len(p.octets)) + p.octets + bytes(-len(p.octets) % 4) + b"".join(
                option(1, c) for c in p.comments) + option(0, b""))
    return out


def read_capture(path):
    with open(path, "rb") as f:
        data = f.read()
    return (read_pcapng if data[:4] == b"\n\r\r\n" else read_pcap)(data)


def rtp_of(octets):
    """(pt, marker, seq, timestamp, ssrc, payload) of Ethernet/IPv4/UDP/RTP."""
    if octets[12:14] != b"\x08\x00" or octets[23] != 17:
        return None
    u = octets[14 + (octets[14] & 15) * 4 + 8:]
    if len(u) < 12 or u[0] >> 6 != 2 or 192 <= u[1] <= 223:
        return None
    at = 12 + (u[0] & 15) * 4
    if u[0] & 0x10:
        at += 4 + 4 * struct.unpack_from(">H", u, at + 2)[0]
    stop = len(u) - (u[-1] if u[0] & 0x20 else 0)
    seq, timestamp, ssrc = struct.unpack_from(">HII", u, 2)
    return u[1] & 127, u[1] >> 7, seq, timestamp, ssrc, u[at:stop]


def vp8_parts(payload):
    """(starts a frame, what is behind the descriptor), RFC 7741 4.2."""
    at = 1
    if payload[0] & 0x80:
        x = payload[1]
        at = 2
        if x & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        at += bool(x & 0x40) + bool(x & 0x30)
    return payload[0] & 0x17 == 0x10, payload[at:]


def vp9_parts(payload):
    """(starts a frame, what is behind the descriptor), RFC 9628 4.2, one layer."""
    first, at = payload[0], 1
    if first & 0x80:
        at += 2 if payload[at] & 0x80 else 1
    if first & 0x20:
        at += 1 if first & 0x10 else 2
    if first & 0x50 == 0x50:
        while payload[at] & 1:
            at += 1
        at += 1
    if first & 2:
        ss, at = payload[at], at + 1
        at += 4 * ((ss >> 5) + 1) if ss & 0x10 else 0
        if ss & 8:
            groups, at = payload[at], at + 1
            for _ in range(groups):
                at += 1 + (payload[at] >> 2 & 3)
    return bool(first & 8), payload[at:]


def clear_media():
    """Real frames: ([Opus...], [VP8...])."""
    opus, vp8 = [], []
    for p in read_capture(CLEAR):
        r = rtp_of(p.octets)
        if r is None or not r[5]:
            continue
        if r[4] == CLEAR_OPUS:
            opus.append(r[5])
        elif r[4] == CLEAR_VP8:
            start, part = vp8_parts(r[5])
            if start:
                vp8.append(part)
            else:
                vp8[-1] += part
    return opus, vp8


def clear_h264():
    """Real frames in Annex B."""
    frames, last = [], None
    for p in read_capture(CLEAR_H264[0]):
        r = rtp_of(p.octets)
        if r is None or r[4] != CLEAR_H264[1] or not r[5]:
            continue
        if r[3] != last:
            frames.append([])
            last = r[3]
        frames[-1].append(r[5])
    return [packets.depacketize_h264(f) for f in frames]


_clear = {}


def clear(codec):
    """Frames of a codec: real ones of Opus, VP8 and H.264, the other kinds made
    of VP8's."""
    if not _clear:
        _clear["opus"], _clear["vp8"] = clear_media()
    if codec not in _clear:
        if codec == "h264":
            _clear[codec] = clear_h264()
        else:
            make = {"h265": packets.as_h265, "av1": packets.as_av1}.get(
                codec, lambda frame, number: frame)
            _clear[codec] = [make(f, i) for i, f in enumerate(_clear["vp8"])]
    return _clear[codec]


# ---- SFrame ----------------------------------------------------------------

def field(value, octets):
    """(bits of the config octet, octets behind it) of KID or CTR."""
    if value < 8 and not octets:
        return value, b""
    need = (value.bit_length() + 7) // 8 or 1
    octets = max(octets or 0, need)
    return 8 | octets - 1, value.to_bytes(octets, "big")


def header(kid, ctr, kid_octets=None, ctr_octets=None):
    """RFC 9605 4.3: X KLEN Y CLEN, KID, CTR. More octets than needed are
    against its rules, and here to be had."""
    x, k = field(kid, kid_octets)
    y, c = field(ctr, ctr_octets)
    return bytes([x << 4 | y]) + k + c


def draft_header(kid, ctr):
    """draft-omara-sframe: R, LEN of CTR, X, K or its length; CTR is last."""
    c = ctr.to_bytes((ctr.bit_length() + 7) // 8 or 1, "big")
    x, k = field(kid, None)
    return bytes([len(c) - 1 << 4 | x]) + k + c


class Counter:
    """What a sender counts with; several streams may share one."""

    def __init__(self, start=0, step=1):
        self.next, self.step = start, step

    def take(self):
        self.next += self.step
        return self.next - self.step


# ---- streams ---------------------------------------------------------------

class Stream:
    def __init__(self, capture, kind, ssrc, src, dst, **o):
        self.capture, self.kind, self.ssrc = capture, kind, ssrc
        self.src, self.dst = src, dst
        self.cname = o.pop("cname", None)
        self.bye = o.pop("bye", False)
        self.pt = o.pop("pt", 111 if kind == "audio" else 96)
        self.seq = o.pop("seq", ssrc * 7919 & 0x3fff)
        self.timestamp = o.pop("timestamp", ssrc * 2654435761 & 0xffffffff)
        self.at = o.pop("start", 0.0)
        self.descriptor = o.pop("descriptor", False)
        self.codec = o.pop("codec", "opus" if kind == "audio" else "vp8")
        self.pack = o.pop("pack", None) or packets.FORMATS.get(
            "descriptor" if self.descriptor else self.codec)
        self.mid = o.pop("mid", None)
        self.step = o.pop("step", 0.02 if kind == "audio" else 1 / 15)
        self.counter = o.pop("counter", None) or Counter()
        assert not o, o
        self.clock = 48000 if kind == "audio" else 90000
        self.frames = []  # (seconds, function that makes the octets)
        self.number = 0

    # Each of these adds n frames and returns the stream.

    def add(self, n, make):
        for _ in range(n):
            real = clear(self.codec)[self.number % len(clear(self.codec))]
            self.frames.append((self.at, self.number, make, real))
            self.at += self.step
            self.number += 1
        return self

    def sframe(self, n, kid, ctr=None, counter=None, prefix=0, key_prefix=None,
               kid_octets=None, ctr_octets=None, tag=16, make=header, **more):
        """SFrame: from ctr on, or where the counter stands."""
        box = [counter or self.counter]
        if ctr is not None:
            box = [Counter(ctr, more.pop("step", 1))]
            if counter is None:
                self.counter = box[0]
        form = {}
        if make is header:
            form = {"kid_octets": kid_octets, "ctr_octets": ctr_octets}

        def frame(rng, real):
            p = prefix
            if key_prefix is not None and self.kind == "video" and \
                    packets.is_key(self.codec, real):
                p = key_prefix
            size = max(1, len(real) - p) + tag
            return real[:p] + make(kid, box[0].take(), **form) + \
                rng.randbytes(size)
        return self.add(n, frame)

    def sealed(self, n, kid, base, suite=4, spoil=None, ssrc=None, ctr=None):
        """SFrame that its key opens, by the implementation of mistakes.py.
        spoil alters the octets of frames it gets with their CTR."""
        way = mistakes.Way(suite)
        if ctr is not None:
            self.counter = Counter(ctr, 1)
        counter = self.counter
        if ssrc is not None:
            base = mistakes.ssrc_key(way.hash, base, ssrc)

        def frame(rng, real):
            ctr = counter.take()
            f = way.frame(base, kid, ctr, real)
            return spoil(ctr, f) if spoil else f
        return self.add(n, frame)

    def plain(self, n):
        return self.add(n, lambda rng, real: real)

    def bolted(self, n, kid, ctr=0):
        """A header in front of media that nobody encrypted."""
        counter = Counter(ctr)
        return self.add(n, lambda rng, real:
                        header(kid, counter.take()) + real)

    def noise(self, n, front=0):
        """A cipher without any header; front: octets of random IV as well."""
        return self.add(n, lambda rng, real:
                        rng.randbytes(front + len(real) + 16))

    def livekit(self, n, index=0):
        """Head in the clear, AES-GCM, 12 octets of IV, their number, key."""
        def frame(rng, real):
            p = 1 if self.kind == "audio" else 3 if real[0] & 1 else 10
            return real[:p] + rng.randbytes(len(real) - p + 16 + 12) + \
                bytes([12, index])
        return self.add(n, frame)

    def octets(self, *frames):
        """These frames, as they are; a function is asked when its time is."""
        for f in frames:
            self.add(1, lambda rng, real, f=f: f(rng) if callable(f) else f)
        return self

    def pause(self, seconds):
        """Nothing is sent; the media clock goes on (DTX)."""
        self.at += seconds
        return self

    def padding(self, n):
        """Packets of padding and nothing else take sequence numbers only."""
        self.frames += [(self.at, self.number, None, None)] * n
        return self


class Rtp:
    """A packet in the making: everything may still be changed."""

    def __init__(self, stream, ns, seq, timestamp, marker, payload, pad=0):
        self.stream, self.ns, self.seq = stream, ns, seq
        self.src, self.dst, self.ssrc = stream.src, stream.dst, stream.ssrc
        self.pt, self.mid = stream.pt, stream.mid
        self.timestamp, self.marker = timestamp, marker
        self.payload, self.pad = payload, pad
        self.pad_says = None  # another count of padding than the true one
        self.csrcs = ()
        self.ext = None  # (profile, octets) of a header extension

    def copy(self, **changes):
        p = Rtp.__new__(Rtp)
        p.__dict__ = dict(self.__dict__, **changes)
        return p

    def octets(self):
        ext, b0 = b"", 0x80
        if self.mid is not None:  # RFC 8285 one-octet form, id 4
            m = bytes([0x40 | len(self.mid) - 1]) + self.mid
            m += bytes(-len(m) % 4)
            ext = struct.pack(">HH", 0xbede, len(m) // 4) + m
            b0 |= 0x10
        if self.ext is not None:
            body = self.ext[1] + bytes(-len(self.ext[1]) % 4)
            ext = struct.pack(">HH", self.ext[0], len(body) // 4) + body
            b0 |= 0x10
        says = self.pad if self.pad_says is None else self.pad_says
        if self.pad:
            b0 |= 0x20
        return struct.pack(
            ">BBHII", b0 | len(self.csrcs), self.marker << 7 | self.pt,
            self.seq & 0xffff, self.timestamp & 0xffffffff, self.ssrc) + \
            b"".join(struct.pack(">I", x) for x in self.csrcs) + ext + \
            self.payload + \
            (bytes(self.pad - 1) + bytes([says]) if self.pad else b"")


class Raw:
    """A datagram that is no RTP of a stream: RTCP, DTLS, anything."""
    stream = None

    def __init__(self, ns, src, dst, octets):
        self.ns, self.src, self.dst, self._octets = ns, src, dst, octets

    def octets(self):
        return self._octets


def address(text):
    host, port = text.rsplit(":", 1)
    return bytes(int(x) for x in host.split(".")), int(port)


def checksum(octets):
    s = sum(struct.unpack(">%dH" % (len(octets) // 2), octets))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def ethernet(src, dst, payload):
    (a, ap), (b, bp) = address(src), address(dst)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 28 + len(payload), 0, 0x4000, 64,
                     17, 0) + a + b
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]) + ip + \
        struct.pack(">HHHH", ap, bp, 8 + len(payload), 0) + payload


class Capture:
    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.streams, self.extra, self._packets = [], [], None

    def audio(self, ssrc, src="10.0.0.1:4000", dst="10.0.0.9:9000", **o):
        s = Stream(self, "audio", ssrc, src, dst, **o)
        self.streams.append(s)
        return s

    def video(self, ssrc, src="10.0.0.1:4000", dst="10.0.0.9:9000", **o):
        s = Stream(self, "video", ssrc, src, dst, **o)
        self.streams.append(s)
        return s

    # ---- frames to packets ------------------------------------------------

    @property
    def packets(self):
        """In order of time; made on first use, so add all frames before."""
        if self._packets is None:
            todo = [(f[0], i, j, s, f) for i, s in enumerate(self.streams)
                    for j, f in enumerate(s.frames)]
            self._packets = []
            for _, _, _, s, f in sorted(todo, key=lambda t: t[:3]):
                self._packets += self._packetize(s, *f)
            self._packets += self._rtcp() + self.extra
            self._packets.sort(key=lambda p: p.ns)
        return self._packets

    def _packetize(self, s, at, number, make, real):
        ns = EPOCH + round(at * 10**6) * 1000
        timestamp = s.timestamp + round(at * s.clock)
        if make is None:
            s.seq += 1
            return [Rtp(s, ns, s.seq - 1, timestamp, 0, b"", pad=200)]
        octets = make(self.rng, real)
        parts = [octets]
        if s.pack is not None:
            parts = s.pack(octets, number, MTU)
        out = []
        for i, part in enumerate(parts):
            last = i == len(parts) - 1
            out.append(Rtp(s, ns + i * 200_000, s.seq, timestamp,
                           int(last and s.kind == "video"), part))
            s.seq += 1
        return out

    def _rtcp(self):
        out = []
        for s in self.streams:
            if s.cname is None or not s.frames:
                continue
            first, last = s.frames[0][0], s.frames[-1][0]
            at = first + 0.005
            while at < last:
                out.append(self._report(s, at))
                at += 1
            if s.bye:
                out.append(self._report(s, last + 0.010, bye=True))
        return out

    @staticmethod
    def _report(s, at, bye=False):
        name = s.cname if isinstance(s.cname, bytes) else s.cname.encode()
        chunk = struct.pack(">IBB", s.ssrc, 1, len(name)) + name + b"\0"
        chunk += bytes(-len(chunk) % 4)
        octets = struct.pack(">BBHI", 0x80, 200, 6, s.ssrc) + bytes(20) + \
            struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk
        if bye:
            octets += struct.pack(">BBHI", 0x81, 203, 1, s.ssrc)
        return Raw(EPOCH + round(at * 10**6) * 1000, s.src, s.dst, octets)

    # ---- what happens on the way -------------------------------------------

    def _of(self, stream):
        return [p for p in self.packets if p.stream is not None and
                (stream is None or p.stream is stream)]

    def lose(self, every=None, part=None, stream=None, first=None):
        """Each so-manieth packet, a part of them at random, or the first."""
        gone = []
        for i, p in enumerate(self._of(stream)):
            if every and i % every == every - 1 or \
                    part and self.rng.random() < part or \
                    first and i < first:
                gone.append(p)
        dead = set(map(id, gone))
        self._packets = [p for p in self.packets if id(p) not in dead]
        return gone

    def reorder(self, part, by_ms):
        """A part of the packets comes later by as many milliseconds."""
        for p in self._of(None):
            if self.rng.random() < part:
                p.ns += self.rng.randrange(1, by_ms * 1000) * 1000
        self.packets.sort(key=lambda p: p.ns)

    def duplicate(self, every=1):
        """The capture (or the network) has packets twice."""
        out = []
        for i, p in enumerate(self.packets):
            out.append(p)
            if i % every == 0:
                out.append(p)
        self._packets = out

    def rtx(self, packets, ssrc, pt=97, after_ms=60, seq=500):
        """RFC 4588: the number of old in front, an SSRC and numbers of its
        own."""
        for i, p in enumerate(packets):
            self.packets.append(p.copy(
                ssrc=ssrc, pt=pt, ns=p.ns + after_ms * MS, seq=seq + i,
                payload=struct.pack(">H", p.seq & 0xffff) + p.payload))
        self.packets.sort(key=lambda p: p.ns)

    def again(self, stream, at, n=1):
        """Packet at of the stream is sent n times more, numbered as new."""
        row = self._of(stream)
        for p in row[at + 1:]:
            p.seq += n
        for i in range(n):
            self.packets.append(row[at].copy(seq=row[at].seq + 1 + i,
                                             ns=row[at].ns + (i + 1) * MS))
        self.packets.sort(key=lambda p: p.ns)

    def forward(self, stream, ssrc, src, dst, after_ms=15, seq=9000):
        """An SFU sends the stream on, under a new SSRC and new numbers."""
        for p in self._of(stream):
            self.packets.append(p.copy(
                stream=None, ssrc=ssrc, src=src, dst=dst,
                ns=p.ns + after_ms * MS, seq=p.seq + seq,
                timestamp=p.timestamp + 12345))
        self.packets.sort(key=lambda p: p.ns)

    def move(self, at, old, new):
        """ICE takes another pair: from here on old sends from new."""
        for p in self.packets:
            if p.ns >= EPOCH + at * 10**9 and p.src == old:
                p.src = new

    def datagram(self, at, src, dst, octets):
        self.extra.append(Raw(EPOCH + round(at * 10**6) * 1000, src, dst,
                              octets))

    # ---- to a file -----------------------------------------------------------

    def frames_of_wire(self):
        return [Packet(p.ns, ethernet(p.src, p.dst, p.octets()))
                for p in self.packets]

    def write(self, path, snap=262144):
        with open(path, "wb") as f:
            f.write(pcap(self.frames_of_wire(), snap))
        return path


def pcap(packets, snap=262144):
    out = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1)]
    for p in packets:
        kept = p.octets[:snap]
        out.append(struct.pack("<IIII", p.ns // 10**9, p.ns % 10**9 // 1000,
                               len(kept), p.length) + kept)
    return b"".join(out)


def main():
    for i, p in enumerate(read_capture(sys.argv[1])):
        r = rtp_of(p.octets)
        print("%6d %.6f %5d" % (i + 1, p.ns / 1e9, len(p.octets)),
              "" if r is None else "pt %3d%s seq %5d ts %10d ssrc %08x  %s" % (
                  r[0], "M" if r[1] else " ", r[2], r[3], r[4], r[5][:24].hex()))


if __name__ == "__main__":
    main()
