"""
calls.py - a call with a known truth, out of a seed: who sends what, how it is
protected, what goes wrong, what the network does.

Ciphertext, tags and IVs are random octets: without keys nothing tells them from
real ones. Headers are written from RFC 9605 4.3 and the drafts; clear media is
real (media.py).
"""
import heapq
import itertools
import random
import re
import struct

import fecmake
import media
import mkcap
import wire

EPOCH = 1_700_000_000 * 10**9
SFU = wire.address((10, 0, 0, 9), 9000)
MEDIA = media.load()
OPUS = [m for m in MEDIA.values() if m.codec == "opus"]
RED_PT = 63
SILENT = ("opus-dtx", "opus-dtx-webrtc")
PCM = [MEDIA[n] for n in ("pcmu", "pcma", "g722")]
RED = [MEDIA["chrome-red"]]
NATIVE = [m for m in MEDIA.values() if m.codec in ("vp8", "vp9")]
NAL = [m for m in MEDIA.values() if m.codec in ("h264", "h265", "av1")]
H26X = [m for m in NAL if m.codec != "av1"]  # LiveKit has no AV1
STATIC = {"pcmu": 0, "pcma": 8, "g722": 9}
RTPMAP = {"opus": "opus/48000/2", "red": "red/48000/2", "vp8": "VP8/90000",
          "vp9": "VP9/90000", "h264": "H264/90000", "h265": "H265/90000",
          "av1": "AV1/90000", "pcmu": "PCMU/8000", "pcma": "PCMA/8000",
          "g722": "G722/8000"}


class Sender:
    """An endpoint: one address, one key id and counter."""

    def __init__(self, call, number, kid=None, ctr=None):
        rng = call.rng
        self.call, self.rng, self.number = call, rng, number
        self.path = wire.Path(wire.address((10, 0, 0, number), 4000), SFU)
        self.name = b"user-%d-%08x" % (number, rng.getrandbits(32))
        # every width; some senders use small ids, many applications do
        self.kid = kid if kid is not None else rng.choice(
            (rng.randrange(8), rng.randrange(8, 256),
             rng.getrandbits(rng.choice((9, 16, 24, 32, 64)))))
        self.ctr = ctr if ctr is not None else rng.choice(
            (0, 0, 0, rng.getrandbits(rng.choice((7, 12, 20, 32, 48, 63)))))
        self.tag = rng.choice((10, 8, 4, 16, 16, 16))
        self.first = self.ctr

    def take(self):
        self.ctr += 1
        return self.ctr - 1

    def as_two_formats(self):
        """KID 1, and CTRs from a multiple of 256 on that never come to the next: the
        same octets as another KID of draft-omara-sframe and its first frames."""
        return self.kid == 1 and self.first >> 8 == self.ctr - 1 >> 8 >= 8 and \
            self.first & 0xff <= 40


# ---- how a frame is sent: (stream, frame, key) to octets -------------------

def sframe(s, frame, key):
    u = s.sender
    ctr = u.take()
    head = mkcap.header(u.kid, ctr)
    if s.call.sealer:
        return s.call.sealer.seal(u.kid, ctr, head, frame)
    return head + u.rng.randbytes(len(frame) + u.tag)


def plain(s, frame, key):
    return frame


def bolted(s, frame, key):
    """A header in front of media that nobody encrypted, room for a tag."""
    u = s.sender
    return mkcap.header(u.kid, u.take()) + frame + bytes(u.tag)


def tailed(first, tag_last):
    """The first so many octets are encrypted, or that part of each frame; what
    stands behind them is as it was. The tag is in front of that, or last."""
    def way(s, frame, key):
        u = s.sender
        n = first if isinstance(first, int) else int(len(frame) * first)
        body, rest = u.rng.randbytes(min(n, len(frame))), frame[n:]
        tag = u.rng.randbytes(u.tag)
        return mkcap.header(u.kid, u.take()) + body + \
            (rest + tag if tag_last else tag + rest)
    return way


def trailed(s, frame, key):
    """An application's four octets behind the ciphertext."""
    return sframe(s, frame, key) + b"\x5f\x01" + struct.pack(
        ">H", s.sender.ctr & 0xffff)


def garbage(s, frame, key):
    """Octets that nobody made for anything, of any length."""
    return s.sender.rng.randbytes(s.sender.rng.randrange(
        1, 1 + s.sender.rng.choice((8, 60, 300, 1200))))


def noise(s, frame, key):
    """An IV, ciphertext and a tag, and nothing else."""
    return s.sender.rng.randbytes(12 + len(frame) + 16)


def head_of(s, key):
    if not s.media.video:
        return 1
    return (10 if key else 3) if s.media.codec == "vp8" else 0


def toc(s, frame, key):
    """The codec's first octets in the clear, then noise."""
    p = max(1, head_of(s, key))
    return frame[:p] + s.sender.rng.randbytes(len(frame) - p + 28)


def headed(n):
    """So many of the codec's octets in the clear, then noise."""
    def way(s, frame, key):
        return frame[:n] + s.sender.rng.randbytes(max(0, len(frame) - n) + 16)
    return way


def prefixed(s, frame, key):
    p = head_of(s, key)
    u = s.sender
    return frame[:p] + mkcap.header(u.kid, u.take()) + \
        u.rng.randbytes(max(1, len(frame) - p) + u.tag)


def to_slice(frame, h265):
    """Octets of Annex B up to the first slice, and two of that."""
    for n in re.finditer(b"\0\0\1", frame):
        first = frame[n.end()]
        if (first >> 1 & 63) < 32 if h265 else first & 31 in (1, 5):
            return n.end() + 2
    return len(frame)


def escaped(octets):
    """A 03 behind two zeros, where 00 to 03 would follow."""
    return re.sub(b"\0\0(?=[\0-\3])", b"\0\0\3", octets)


def livekit_go(s, frame, key):
    p = head_of(s, key)
    return frame[:p] + s.sender.rng.randbytes(
        max(0, len(frame) - p) + 16 + 12) + bytes([12, s.sender.kid % 16])


def livekit(s, frame, key):
    """The worker of its browser SDK: the IV is SSRC, timestamp, and that less
    the number of the frame."""
    nal = s.media.codec in ("h264", "h265")
    p = to_slice(frame, s.media.codec == "h265") if nal else head_of(s, key)
    ts = s.now & 0xffffffff
    end = s.sender.rng.randbytes(max(0, len(frame) - p) + 16) + struct.pack(
        ">III", s.ssrc, ts, ts - s.sender.take() % 0xffff & 0xffffffff) + \
        bytes([12, s.sender.kid % 16])
    return frame[:p] + (escaped(end) if nal else end)


def draft(s, frame, key):
    u = s.sender  # nobody has sent as many frames as 5 octets count
    return mkcap.draft_header(u.kid, u.take() % 2**39) + \
        u.rng.randbytes(len(frame) + 16)


def clear_silence(s, frame, key):
    """What is too small to be worth it is not encrypted."""
    return frame if len(frame) <= 3 else sframe(s, frame, key)


def injected(s, frame, key):
    return b"\xf8\xff\xfe"


def copies(way, clear, blocks=1, part=1.0):
    """RED around frames that are sent in that way: each packet repeats so many
    frames before its own (RFC 2198), a part of these as they were in the
    clear, the others as they were sent."""
    def red(s, frame, key):
        body = way(s, frame, key)
        head, older = b"", b""
        for back, (old, sent) in reversed(list(enumerate(s.kept, 1))):
            again = old if clear and s.sender.rng.random() < part else sent
            if 0 < len(again) < 1024:
                s.repeated += again is old and len(old) > 3
                head += struct.pack(">I", (0x80 | s.pt2) << 24 |
                                    s.media.ticks * back << 10 | len(again))
                older += again
        s.kept = [(frame, body)] + s.kept[:blocks - 1]
        return head + bytes([s.pt2]) + older + body
    return red


def untouched(s, frame, key):
    """Packets are encrypted, not frames."""
    return frame


def per_packet(front):
    def pack(s, frame, key, number):
        return [front + sframe(s, p, key) for p in
                wire.PACKETIZE.get(s.media.codec, wire.whole)(frame, key, number)]
    return pack


CLEAR = (plain, bolted)


# ---- streams ----------------------------------------------------------------

class Stream:
    """how(i) says how frame i is sent; None: it is not."""

    def __init__(self, call, sender, m, how=None, **o):
        rng = call.rng
        self.call, self.sender, self.media = call, sender, m
        self.ssrc = o.get("ssrc") or rng.getrandbits(32) | 1
        self.pt = o.get("pt") or STATIC.get(m.codec) or \
            (0 if m.codec == "pcmu" else call.payload_type(m))
        self.pt2 = 111
        self.how = how if callable(how) and how not in HOWS else \
            (lambda i, way=how or sframe: way)
        self.packetize = wire.described if o.get("described") else \
            wire.PACKETIZE.get(m.codec, wire.whole)
        self.begin, self.frames = o.get("begin", 0.0), o["frames"]
        self.seq = rng.getrandbits(16)
        self.ts = rng.getrandbits(32)
        self.offset = o.get("offset", rng.randrange(len(m.frames)))
        if m.video:  # a sender begins with a key frame
            self.offset = 0
        self.named = o.get("named", True)
        self.bye = o.get("bye", False)
        # a clear frame of a described stream: as the codec has it
        self.falls_back = o.get("falls_back", False)
        self.kept, self.repeated = [], 0
        self.repair = None  # payload type, SSRC, number: of its repairs
        if o.get("packetize"):
            self.packetize = lambda *a: o["packetize"](self, *a)
        # the truth, as it is sent
        self.sent = self.clear = 0
        self.clear_ns = []  # first and last packet of each clear frame
        self.gone = set()   # clear frames that did not arrive whole

    def packets(self):
        m, jitter = self.media, self.sender.rng
        for i in range(self.frames):
            frame, key = m.frames[(self.offset + i) % len(m.frames)]
            way = self.how(i)
            at = EPOCH + int((self.begin + i * m.step) * 1e9) + \
                jitter.randrange(2_000_000)
            if not frame or way is None:
                yield wire.Tick(at)
                continue
            ts = self.now = self.ts + i * m.ticks
            octets = way(self, frame, key)
            packetize = self.packetize
            if way is plain and self.falls_back:
                packetize = wire.PACKETIZE.get(m.codec, wire.whole)
            parts = packetize(octets, key, i)
            out = [wire.Rtp(at + k * 100_000, self.sender.path, self.pt,
                            int(m.video and k == len(parts) - 1),
                            self.seq + k, ts, self.ssrc, p)
                   for k, p in enumerate(parts)]
            self.seq += len(parts)
            self.sent += 1
            if way in CLEAR or way is toc:
                self.clear += 1
                self.clear_ns.append((out[0].ns, out[-1].ns))
            yield from out

    def reports(self):
        at, last = self.begin + .01, self.begin + self.frames * self.media.step
        while at < last and self.named:
            yield wire.report(EPOCH + int(at * 1e9), self.sender.path,
                              self.ssrc, self.sender.name)
            at += 5
        if self.bye:
            yield wire.report(EPOCH + int(last * 1e9), self.sender.path,
                              self.ssrc, self.sender.name, bye=True)

    def again(self, p):
        """The repair of a packet that was lost (RFC 4588)."""
        pt, ssrc, seq = self.repair
        self.repair = pt, ssrc, seq + 1
        return p.again(ns=p.ns + 45_000_000, pt=pt, ssrc=ssrc, seq=seq,
                       payload=struct.pack(">H", p.seq & 0xffff) + p.payload)

    @property
    def seconds(self):
        return self.frames * self.media.step


HOWS = {sframe, plain, bolted, noise, toc, prefixed, livekit, livekit_go, draft,
        clear_silence, injected, untouched, trailed, garbage}


class Call:
    """streams, the network, and what a right tool says (kinds.py fills it)."""

    def __init__(self, seed):
        self.seed = seed
        self.rng = random.Random(seed)
        self.streams, self.after, self.extra = [], [], []
        self.loss = self.reorder = self.duplicates = 0.0
        self.sdp = self.rng.random() < .5
        self.rtcp = self.rng.random() < .7
        self.pts = self.rng.sample(
            [p for p in range(96, 128) if p not in (96, 97, 98, 111)], 24)
        # the truth
        self.must, self.may = set(), set()
        self.must_one = set()  # one of these is enough
        self.sealer = None     # seals frames; without one they are random
        self.keys = None       # a key file
        self.options = []  # what the user says of the call
        self.blame = {}    # finding to the SSRCs that it has to name
        self.slack = 0     # clear frames that may be told wrong at either end
        self.expect = {}   # SSRC to the protections that are right
        self.steps = ()    # what was drawn, for the table
        self.settle = lambda: None  # when all is sent: what else is true

    def payload_type(self, m):
        usual = {"opus": 111, "vp8": 96, "vp9": 98, "red": 63}
        if self.rng.random() < .7 and m.codec in usual:
            return usual[m.codec]
        return self.pts.pop()

    def add(self, sender, m, how=None, **o):
        s = Stream(self, sender, m, how, **o)
        self.streams.append(s)
        return s

    def network(self):
        """Loss, lateness and doubles, drawn for the call."""
        r = self.rng
        self.loss = r.choice((0, 0, .01, .05, .1, .2))
        self.reorder = r.choice((0, 0, .02, .1))
        self.duplicates = r.choice((0, 0, 0, .05, 1))
        return self

    # ---- packets in order of time -----------------------------------------

    def packets(self):
        rows = [self.lossy(s) for s in self.streams]
        if self.rtcp:
            rows += [s.reports() for s in self.streams]
        row = heapq.merge(*rows, key=lambda p: p.ns)
        for step in self.after:
            row = step(row)
        if self.extra:
            row = heapq.merge(row, iter(self.extra), key=lambda p: p.ns)
        return (p for p in row if not isinstance(p, wire.Tick))

    def lossy(self, s):
        if not self.loss and not self.reorder and not self.duplicates:
            return s.packets()
        return self.channel(s)

    def channel(self, s):
        """Late packets wait in a heap; a packet lost in a clear frame is
        remembered, so that nothing is asked of that frame."""
        rng, heap, n = random.Random(self.seed ^ s.ssrc), [], 0
        for p in s.packets():
            while heap and heap[0][0] <= p.ns - 60_000_000:
                yield heapq.heappop(heap)[2]
            if isinstance(p, wire.Tick):
                yield p
                continue
            if rng.random() < self.loss:
                if s.repair and rng.random() < .9:
                    n += 1
                    heapq.heappush(heap, (p.ns + 45_000_000, n, s.again(p)))
                if s.clear_ns and s.clear_ns[-1][0] <= p.ns <= \
                        s.clear_ns[-1][1]:
                    s.gone.add(len(s.clear_ns) - 1)
                continue
            if rng.random() < self.reorder:
                p.ns += rng.randrange(50_000_000)
            n += 1
            heapq.heappush(heap, (p.ns, n, p))
            if rng.random() < self.duplicates:
                n += 1
                heapq.heappush(heap, (p.ns + 1000, n, p.again(ns=p.ns + 1000)))
        while heap:
            yield heapq.heappop(heap)[2]

    def capture(self):
        """The octets of a pcap file, in pieces."""
        yield wire.PCAP
        packets = self.packets()
        while True:
            piece = b"".join(wire.record(p)
                             for p in itertools.islice(packets, 2000))
            if not piece:
                return
            yield piece

    # ---- more of the network: these follow the streams -----------------------

    def rtx(self, stream, pt, ssrc, part, of=None):
        """Repairs of a part of a stream (RFC 4588). of: what is in them instead
        of what was sent, by sequence number."""
        rng = random.Random(self.seed + 1)

        def step(row):
            heap, n, seq = [], 0, rng.getrandbits(16)
            for p in row:
                while heap and heap[0][0] <= p.ns:
                    yield heapq.heappop(heap)[2]
                yield p
                if getattr(p, "ssrc", None) != stream.ssrc or \
                        rng.random() >= part:
                    continue
                body = p.payload if of is None else of.get(p.seq, p.payload)
                n, seq = n + 1, seq + 1
                heapq.heappush(heap, (p.ns + 40_000_000, n, p.again(
                    ns=p.ns + 40_000_000, pt=pt, ssrc=ssrc, seq=seq,
                    payload=struct.pack(">H", p.seq & 0xffff) + body)))
            while heap:
                yield heapq.heappop(heap)[2]
        self.after.append(step)

    def fec(self, stream, size, gap, of=None):
        """FlexFEC (version 03 of its draft) of rows of packets, by a stream of
        its own. of: as in rtx()."""
        pt, ssrc = self.pts.pop(), self.rng.getrandbits(32) | 1
        first = self.rng.getrandbits(16)

        def step(row):
            group, skip, n, seen = {}, 0, first, set()
            for p in row:
                yield p
                if getattr(p, "ssrc", None) != stream.ssrc or p.seq in seen:
                    continue
                seen.add(p.seq)
                if skip:
                    skip -= 1
                    continue
                body = p.payload if of is None else of.get(p.seq, p.payload)
                group[p.seq] = p.again(payload=body).octets()
                if len(group) < size:
                    continue
                if max(group) - min(group) > 100:  # one came very late
                    group = {}
                    continue
                n = n + 1 & 0xffff
                yield p.again(ns=p.ns + 10_000, pt=pt, ssrc=ssrc, seq=n, marker=0,
                              payload=fecmake.flexfec_03(
                                  [group[k] for k in sorted(group)],
                                  stream.ssrc))
                group, skip = {}, gap
        self.after.append(step)

    def forward(self, streams, receivers):
        """An SFU sends streams on, each under numbers of its own."""
        to = {}
        for i in range(receivers):
            path = wire.Path(SFU, wire.address((10, 0, 1, i + 1), 5000))
            for s in streams:
                to.setdefault(s.ssrc, []).append(
                    (path, self.rng.getrandbits(32), self.rng.getrandbits(16),
                     self.rng.getrandbits(32)))

        def step(row):
            heap, n = [], 0
            for p in row:
                while heap and heap[0][0] <= p.ns:
                    yield heapq.heappop(heap)[2]
                yield p
                for path, ssrc, seq, ts in to.get(getattr(p, "ssrc", 0), ()):
                    n += 1
                    heapq.heappush(heap, (p.ns + 12_000_000, n, p.again(
                        ns=p.ns + 12_000_000, path=path, ssrc=ssrc,
                        seq=p.seq + seq, ts=p.ts + ts)))
            while heap:
                yield heapq.heappop(heap)[2]
        self.after.append(step)
        return [ssrc for rows in to.values() for _, ssrc, _, _ in rows]

    def describe(self):
        """The call's SDP: one section a stream."""
        lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
        for i, s in enumerate(self.streams):
            red = s.pt == RED_PT and s.media.codec != "red"
            lines += ["m=%s 9 UDP/TLS/RTP/SAVPF %d%s" % (
                "video" if s.media.video else "audio", s.pt,
                " %d" % s.pt2 if red else ""),
                "c=IN IP4 0.0.0.0", "a=mid:%d" % i,
                "a=rtpmap:%d %s" % (s.pt, RTPMAP["red"] if red else
                                    RTPMAP[s.media.codec])]
            if red:
                lines.append("a=rtpmap:%d %s" % (s.pt2, RTPMAP[s.media.codec]))
            lines += [
                "a=ssrc:%d cname:%s" % (s.ssrc, s.sender.name.decode())]
        return "\r\n".join(lines) + "\r\n"
