#!/usr/bin/env python3
"""
dialects.py - frames in every format that is sold as SFrame, written here from
the formats' descriptions, and what check must call them.

	dialects.py [-k] [PART-OF-A-NAME...]     -k keeps the captures, in build/calls

A writer is a function of (rng, real frame, stream, RTP timestamp) that gives a
frame; tests/mkcap.py makes packets of them. Ciphertext is noise; dialectkeys.py
has what is truly sealed, layouts.py what reads as more than one format.
"""
import copy
import os
import random
import sys

import mkcap
from harness import (TOP, Schema, check, finish, run, scratch, slugs_by_ssrc,
                     strict)

ALICE, BOB, SFU = "10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.9:9000"
A, AV, B, BV = 0xa1, 0xa2, 0xb1, 0xb2
M32 = 0xffffffff
be = lambda v, n: (v % (1 << 8 * n)).to_bytes(n, "big")


def le(v, n):
    return v.to_bytes(n, "little")


def uleb(v):
    out = b""
    while v > 127:
        out += bytes([v & 127 | 128])
        v >>= 7
    return out + bytes([v])


def speak(stream, n, writer, kid=None):
    """n frames of the stream in a format, under a key id."""
    writer = copy.copy(writer)  # its counter is shared all the same
    if kid is not None:
        writer.kid = kid
    for _ in range(n):
        ts = stream.timestamp + round(stream.at * stream.clock) & M32
        stream.add(1, lambda rng, real, ts=ts: writer(rng, real, stream, ts))
    return stream


def to_slice(real):
    """Octets of Annex B up to the first slice, and two of that."""
    at = real.find(b"\0\0\1") + 3
    while real[at] & 31 not in (1, 5):
        at = real.find(b"\0\0\1", at) + 3
    return at + 2


def escaped(octets):
    """A 03 behind two zeros, where 00 to 03 would follow."""
    out, zeros = bytearray(), 0
    for b in octets:
        if zeros >= 2 and b <= 3:
            out.append(3)
            zeros = 0
        zeros = zeros + 1 if b == 0 else 0
        out.append(b)
    return bytes(out)


def head_of(stream, real):
    """Octets that most formats leave: 1 of audio, 10 or 3 of VP8."""
    if stream.kind == "audio":
        return 1
    if stream.codec == "h264":
        return to_slice(real)
    if stream.codec == "vp9":
        return 0
    return 3 if real[0] & 1 else 10


def noise(rng, real, p, tag=16):
    """The head, and what a cipher makes of the rest."""
    return real[:p] + rng.randbytes(len(real) - p + tag)


# ---- the formats -------------------------------------------------------------

class LiveKit:
    """IV: SSRC, timestamp, timestamp less n. Jitsi: n itself."""
    jitsi, trailer = False, True

    def __init__(self, kid=0, start=40000, ssrc=None, stamp=0):
        self.kid, self.box = kid, [start]
        self.ssrc, self.stamp = ssrc, stamp

    def iv(self, stream, ts):
        ts = ts + self.stamp & M32
        n = self.box[0] % 0xffff
        self.box[0] += 1
        return be(self.ssrc or stream.ssrc, 4) + be(ts, 4) + \
            be(n if self.jitsi else ts - n, 4)

    def __call__(self, rng, real, stream, ts):
        iv = self.iv(stream, ts)
        body = noise(rng, real, head_of(stream, real))
        return body + iv + (b"\x0c" if self.trailer else b"") + \
            bytes([self.kid])


class Jitsi(LiveKit):
    jitsi = True


class JitsiV0(Jitsi):
    trailer = False


class LiveKitGo(LiveKit):
    def __call__(self, rng, real, stream, ts):
        return noise(rng, real, head_of(stream, real)) + rng.randbytes(12) + \
            bytes([12, self.kid])


class Counting:
    """A format with one counter, which several streams may share."""

    def __init__(self, kid=0, start=1, box=None):
        self.kid, self.box = kid, box if box is not None else [start]

    def take(self):
        self.box[0] += 1
        return self.box[0] - 1


class JitsiCtr(Counting):
    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return noise(rng, real, head_of(stream, real),
                     4 if stream.kind == "audio" else 10) + c + \
            bytes([len(c) - 1 << 4 | self.kid])


class Xor(Counting):
    key = b"secret"

    def __call__(self, rng, real, stream, ts):
        key, p = self.key, head_of(stream, real)
        return real[:p] + bytes(
            b ^ key[i % 6] for i, b in enumerate(real) if i >= p) + \
            bytes([self.kid]) + b"\xde\xad\xbe\xef"


class XorDigit(Xor):
    """The octet behind the TOC meets a digit, whose bits are others."""
    key = b"s3cret"


class XorJanus(Counting):
    """Ten octets are left, whatever they are."""

    def __call__(self, rng, real, stream, ts):
        key = b"mysecret"
        return real[:10] + bytes(
            b ^ key[i % 8] for i, b in enumerate(real) if i >= 10) + \
            bytes([self.kid]) + b"\xde\xad\xbe\xef"


class DoubleSrtp(Counting):
    """RFC 8723 4: behind the inner packet what the hop changed."""

    def __call__(self, rng, real, stream, ts):
        return rng.randbytes(len(real) + 16) + bytes([111]) + \
            be(self.take() + 0xffd0, 2) + b"\x03"


class Dave(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 0 if stream.kind == "audio" else 1 if real[0] & 1 else 10
        ranges = uleb(0) + uleb(p) if p else b""
        n = self.take()
        more = rng.randbytes(8) + uleb(n) + ranges
        return noise(rng, real, p, 0) + more + bytes([len(more) + 3]) + \
            b"\xfa\xfa"


class StreamVideo(Counting):
    prefix = bytes.fromhex("1122334455667788")

    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real)
        return noise(rng, real, p) + be(self.take(), 4) + self.prefix + \
            bytes([self.kid]) + be(p, 2) + b"\x01\xe2\xee\xfe\xed"


class RingRtc(Counting):
    def __call__(self, rng, real, stream, ts):
        return rng.randbytes(len(real)) + bytes([self.kid]) + \
            be(self.take(), 4) + rng.randbytes(16)


class Threema(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 0 if stream.kind == "audio" else 10 if real[0] & 1 else 3
        return noise(rng, real, p) + be(self.kid, 2) + le(self.take(), 4)


class WhatsApp(Counting):
    def __call__(self, rng, real, stream, ts):
        more = uleb(self.take()) + uleb(self.kid)
        return rng.randbytes(len(real) + 16) + more + bytes([len(more) + 1])


class Wire(Counting):
    def __call__(self, rng, real, stream, ts):
        x = self.kid if self.kid < 8 else 8
        kid = b"" if self.kid < 8 else be(self.kid, 1)
        return b"\x10" + bytes([0x30 | x]) + kid + be(self.take(), 4) + \
            b"\x31" + be(stream.ssrc, 4) + rng.randbytes(len(real) + 16)


class Sora(Counting):
    name = b"ABCDEFGHJKMNPQRSTVWXYZ0123"

    def __call__(self, rng, real, stream, ts):
        p, n = head_of(stream, real), self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return real[:p] + bytes([len(c) << 4 | 9, self.kid]) + c + self.name + \
            rng.randbytes(len(real) - p + 16)


class Telegram(Counting):
    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real)
        epoch = random.Random(self.kid).randbytes(32)
        return real[:p] + le(1, 4) + epoch + rng.randbytes(
            32 + 16 + (len(real) + 40) // 16 * 16 + 64) + le(p, 4)


class Mls(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 10 if real[0] < 0x80 else 1
        return real[:p] + bytes.fromhex("00010002 10") + b"orange-group-id!" + \
            be(self.kid, 8) + b"\x01\x00" + b"\x40\x80" + \
            rng.randbytes(len(real) + 100)


class Omara(Counting):
    """draft-omara-sframe-00: lengths are counts."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return bytes([len(c) << 4 | self.kid]) + c + rng.randbytes(
            len(real) + 10)


class Draft(Counting):
    def __call__(self, rng, real, stream, ts):
        return mkcap.draft_header(self.kid, self.take()) + \
            rng.randbytes(len(real) + 16)


class Gbp(Counting):
    """The crate gbp-sframe: 0, octets of KID - 1, of CTR - 1, both behind it."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        k, c = (be(v, (v.bit_length() + 7) // 8 or 1) for v in (self.kid, n))
        return bytes([len(k) - 1 << 4 | len(c) - 1]) + k + c + rng.randbytes(
            len(real) + 16)


class CountedIv(Counting):
    def __call__(self, rng, real, stream, ts):
        return bytes([self.kid]) + be(self.take(), 4) + rng.randbytes(
            12 + len(real) + 16)


class SignedJitsiCtr(Counting):
    """A P-521 signature between counter and last octet."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return noise(rng, real, head_of(stream, real),
                     4 if stream.kind == "audio" else 10) + c + \
            rng.randbytes(132) + bytes([0x80 | len(c) - 1 << 4 | self.kid])


# name, writer, clear octets of (audio, VP8, VP8 key frames), first KID and the
# one after it, has a counter
FORMATS = [
    ("livekit",      LiveKit,     (1, 3, 10),          0, 1, True),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          3, 4, False),
    # a ring of 256 keys (keyringSize; sixteen is the default)
    ("livekit",      LiveKit,     (1, 3, 10),          255, 0, True),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          15, 16, False),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          254, 255, False),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          255, 0, False),
    ("jitsi",        Jitsi,       (1, 3, 10),          15, 0, True),
    ("jitsi-v0",     JitsiV0,     (1, 3, 10),          0, 1, True),
    ("jitsi-ctr",    JitsiCtr,    (1, 3, 10),          2, 3, True),
    ("jitsi-ctr",    SignedJitsiCtr, (1, 3, 10),       2, 3, True),
    ("gbp-sframe",   Gbp,         (0, 0, None),        7, 0x10007, True),
    ("gbp-sframe",   Gbp,         (0, 0, None),        0x10007, 0x20007, True),
    ("counted-iv",   CountedIv,   (0, 0, None),        1, 2, True),
    ("xor-demo",     Xor,         (1, 3, 10),          1, 2, False),
    ("xor-demo",     XorDigit,    (1, 3, 10),          1, 2, False),
    ("xor-janus",    XorJanus,    (10, 10, None),       1, 2, False),
    ("dave",         Dave,        (0, 1, 10),          0, None, True),
    ("stream",       StreamVideo, (1, 3, 10),          4, 5, True),
    ("ringrtc",      RingRtc,     (0, 0, None),        6, 7, True),
    ("threema",      Threema,     (0, None, None),     0x0102, 0x0103, True),
    ("whatsapp",     WhatsApp,    (0, 0, None),        0, 1, True),
    ("wire",         Wire,        (0, 0, None),        3, 9, True),
    ("sora",         Sora,        (1, 3, 10),          1, 2, True),
    ("telegram",     Telegram,    (1, 3, 10),          None, None, False),
    ("orange-mls",   Mls,         (1, 10, None),       7, 8, False),
    ("sframe-js",    Omara,       (0, 0, None),        5, 6, True),
    ("sframe-draft", Draft,       (0, 0, None),        5, 6, True),
]

# ---- running -----------------------------------------------------------------

schema = Schema()
only = [a for a in sys.argv[1:] if not a.startswith("-")]


class Call:
    """A capture, and what check says of it."""

    def __init__(self, name, where, make, *options):
        c = mkcap.Capture(seed=len(name) * 7919 + sum(name.encode()))
        make(c)
        path = c.write(os.path.join(where, name.replace(" ", "-") + ".pcap"))
        self.name = name
        self.ran = run("check", "--json", *options, path)
        self.report = strict(self.ran.out) if self.ran.out else None
        self.ok("a report that fits its schema",
                self.report and not schema.faults(self.report),
                self.ran if not self.report else schema.faults(self.report))
        self.streams = {int(s["ssrc"], 16): s for s in self.report["streams"]}
        self.slugs = slugs_by_ssrc(self.report)

    def ok(self, what, good, why=""):
        return check("%s: %s" % (self.name, what), good, why)

    def is_(self, ssrc, **want):
        s = self.streams.get(ssrc, {})
        for k, v in want.items():
            self.ok("%s of 0x%x" % (k, ssrc), s.get(k) == v,
                    "%r, not %r" % (s.get(k), v))
        return s

    def finds(self, *slugs):
        self.ok("findings", set(self.slugs) == set(slugs),
                "%s, not %s" % (sorted(self.slugs), sorted(slugs)))


def alone(c, name, maker, kid, after, n=60):
    """Audio and video of one sender; its key changes half-way."""
    a = c.audio(A, ALICE, SFU, cname="alice")
    v = c.video(AV, ALICE, SFU, cname="alice")
    one, two = maker(), maker()
    if isinstance(one, Counting):
        two.box = one.box
    speak(a, 3 * n, one, kid)
    speak(v, n, two, kid)
    speak(a, 3 * n, one, after)
    speak(v, n, two, after)


# ---- without -----------------------------------------------------------------

def test_names(where):
    for name, maker, clear, kid, after, counts in FORMATS:
        call = Call(name, where,
                    lambda c: alone(c, name, lambda: maker(), kid, after))
        for ssrc, octets, key in ((A, clear[0], None),
                                  (AV, clear[1], clear[2])):
            s = call.is_(ssrc, dialect=name, protection="other-dialect",
                         clear_octets=octets, clear_octets_key=key)
            kids = [k["kid"] for k in s.get("keys", [])]
            if kid is not None:
                want = [str(k) for k in (kid, after) if k is not None]
                call.ok("keys of 0x%x" % ssrc, kids == want,
                        "%s, not %s" % (kids, want))
            for k in s.get("keys", []):
                call.ok("a counter where there is one",
                        (k["first_ctr"] is not None) == counts, k)
        call.finds(*(["not-rfc9605", "xor-only"] if name.startswith("xor-")
                     else ["not-rfc9605"]))


def two(c, n, *writers, kids=(0, 0), **o):
    """A sender's audio: writers one after the other."""
    a = c.audio(A, ALICE, SFU, cname="alice", **o)
    for w, kid in zip(writers, kids):
        speak(a, n, w, kid)
    return a


class Again(LiveKit):
    """The IV of some frames stands again on others."""

    def iv(self, stream, ts):
        iv = LiveKit.iv(self, stream, ts)
        if not hasattr(self, "old"):
            self.old = []
        self.old.append(iv)
        return self.old[-10] if len(self.old) in (70, 75) else iv


def test_reuse(where):
    call = Call("an IV twice", where, lambda c: two(c, 120, Again()))
    call.finds("not-rfc9605", "ctr-reused")
    call.ok("a fail", call.report["verdict"] == "fail")
    call = Call("an IV once each", where, lambda c: two(c, 120, LiveKit()))
    call.finds("not-rfc9605")

    def restart(c, maker):
        a = c.audio(A, ALICE, SFU, cname="alice")
        speak(a, 80, maker(start=1), 3)
        speak(a, 80, maker(start=1), 3)
    for maker in (StreamVideo, RingRtc, Threema, Wire):
        call = Call("%s counts anew" % maker.__name__, where,
                    lambda c, m=maker: restart(c, m))
        call.ok("ctr-reused", "ctr-reused" in call.slugs, call.slugs)
    # a new epoch, and with it a new key, does not show in the frame
    for maker in (Dave, JitsiCtr):
        call = Call("%s counts anew under a new key" % maker.__name__, where,
                    lambda c, m=maker: restart(c, m))
        call.finds("not-rfc9605")


def test_double(where):
    """Audio that a hop numbered anew; the numbers wrap."""
    call = Call("double SRTP", where, lambda c: two(c, 160, DoubleSrtp()))
    call.is_(A, dialect="double-srtp", protection="other-dialect",
             clear_octets=0)
    call.finds("not-rfc9605")
    rules = {r["id"]: r["outcome"] for r in call.report["rules"]}
    call.ok("reuse cannot be told", rules["SFN001"] == "cannot-tell", rules)


class IvAgain(Jitsi):
    iv = Again.iv


class IvAgainV0(JitsiV0):
    iv = Again.iv


class GoAgain(LiveKitGo):
    """Random IVs, and one of them twice."""

    def __call__(self, rng, real, stream, ts):
        f = bytearray(LiveKitGo.__call__(self, rng, real, stream, ts))
        self.old = getattr(self, "old", []) + [bytes(f[-14:-2])]
        if len(self.old) == 70:
            f[-14:-2] = self.old[20]
        return bytes(f)


def test_reuse_by_format(where):
    """An IV or a counter twice under one key index, in every format that
    shows them; and audio and video that both count from the start."""
    for name, writer in (("jitsi", IvAgain()), ("jitsi-v0", IvAgainV0()),
                         ("livekit-go", GoAgain())):
        call = Call("%s, an IV twice" % name, where,
                    lambda c, w=writer: two(c, 160, w))
        call.is_(A, dialect=name)
        call.finds("not-rfc9605", "ctr-reused")
    for name, maker in (("sora", Sora), ("whatsapp", WhatsApp),
                        ("sframe-js", Omara), ("sframe-draft", Draft)):
        def anew(c, m=maker):
            two(c, 100, m(start=1), m(start=1), kids=(3, 3))
        call = Call("%s counts anew" % name, where, anew)
        call.is_(A, dialect=name)
        call.finds("not-rfc9605", "ctr-reused")
    for name, maker in (("sora", Sora), ("sframe-js", Omara),
                        ("sframe-draft", Draft), ("stream", StreamVideo),
                        ("ringrtc", RingRtc), ("threema", Threema)):
        def both(c, m=maker):
            for s in (c.audio(A, ALICE, SFU, cname="alice"),
                      c.video(AV, ALICE, SFU, cname="alice")):
                speak(s, 100, m(start=1), 3)
        call = Call("%s, two counters" % name, where, both)
        call.finds("not-rfc9605", "ctr-reused")

        def one(c, m=maker):
            w = m(start=1)
            for s in (c.audio(A, ALICE, SFU, cname="alice"),
                      c.video(AV, ALICE, SFU, cname="alice")):
                speak(s, 100, w, 3)
        call = Call("%s, one counter" % name, where, one)
        call.finds("not-rfc9605")


BLANK_VP8 = bytes.fromhex(
    "1002009d012a0800080000470885858885848802"
    "02000c0d6000feffab5080")


def test_blanks(where):
    """An SFU's black pictures and silence among encrypted frames."""
    def make(c, spoil=0):
        a = c.audio(A, ALICE, SFU, cname="alice")
        v = c.video(AV, ALICE, SFU, cname="alice")
        w, x = LiveKit(), LiveKit()
        for _ in range(3):
            speak(a, 60, w)
            speak(v, 40, x)
            a.octets(*[b"\xf8\xff" + bytes([0xfe - spoil]) + bytes(77)] * 6)
            v.octets(*[BLANK_VP8[:-1] + bytes([0x80 - spoil])] * 6)
    call = Call("blank frames", where, make)
    call.finds("not-rfc9605", "server-made-frames")
    call.is_(A, protection="other-dialect", dialect="livekit")
    call = Call("nearly blank frames", where, lambda c: make(c, 1))
    call.ok("are media in the clear", "server-made-frames" not in call.slugs
            and "plaintext-gap" in call.slugs, call.slugs)


def test_wraps(where):
    """The 16 bits of LiveKit's and Jitsi's count go round every 22 minutes."""
    for maker in (LiveKit, Jitsi):
        call = Call("%s wraps" % maker.__name__, where,
                    lambda c, m=maker: two(c, 150, m(start=0xffff - 70)))
        call.finds("not-rfc9605")
        call.is_(A, protection="other-dialect")


def test_restarts(where):
    """A count that starts over, from wherever it was: a wrap is no reason, for
    no loss explains so many frames."""
    for first, then in ((400, 0), (46000, 0), (46000, 3), (300, 40000)):
        def make(c, first=first, then=then):
            a = c.audio(A, ALICE, SFU, cname="alice")
            speak(a, 150, LiveKit(start=first))
            speak(a, 150, LiveKit(start=then))
        call = Call("count from %d on %d" % (first, then), where, make)
        call.finds("not-rfc9605", "ctr-went-back")

    def lossy(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        speak(a, 150, LiveKit(start=0xffff - 200))
        a.pause(30)
        speak(a, 150, LiveKit(start=1400))
    Call("thirty seconds are lost", where, lossy).finds("not-rfc9605")


def test_forwarded(where):
    """Behind an SFU, IVs have the publisher's SSRC and timestamps, and the
    source changes with the layer that is sent on."""
    def make(c):
        v = c.video(AV, SFU, BOB, cname="sfu")
        for i in range(3):
            speak(v, 40, LiveKit(start=1000 * i + 5, ssrc=0x500 + i % 2,
                                 stamp=77777 * i))
    call = Call("layers switched", where, make)
    call.finds("not-rfc9605")
    call.is_(AV, dialect="livekit", protection="other-dialect")


def test_gaps(where):
    """Frames without the marks, in the middle: media in the clear."""
    def make(c, n):
        for s, f in ((c.audio(A, ALICE, SFU, cname="alice"), 3),
                     (c.video(AV, ALICE, SFU, cname="alice"), 1)):
            w = LiveKit()
            speak(s, 50 * f, w)
            s.plain(n * f)
            speak(s, 50 * f, w)
    call = Call("a gap of two seconds", where, lambda c: make(c, 30))
    call.ok("plaintext-gap", call.slugs.get("plaintext-gap") ==
            {"0x000000a1", "0x000000a2"}, call.slugs)
    for ssrc, n in ((A, 90), (AV, 30)):
        s = call.is_(ssrc, dialect="livekit", protection="mixed")
        call.ok("its length", s["frames_by_state"]["plaintext"] == n,
                s["frames_by_state"])
    call = Call("no gap", where, lambda c: make(c, 0))
    call.finds("not-rfc9605")


def test_draft_around_red(where):
    """The drafts' header 08 68 01, say, around RED: no block of PCMA, which SDP
    does not list, and KID 6. Where a server wraps ciphertext in RED, it is."""
    path = os.path.join(where, "red.sdp")
    with open(path, "w", encoding="ascii", newline="") as f:
        f.write("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"
                "a=rtpmap:63 red/48000/2\r\na=rtpmap:111 opus/48000/2\r\n")
    for kid in (104, 97, 9):
        call = Call("KID %d around RED" % kid, where, lambda c, k=kid: speak(
            c.audio(A, ALICE, SFU, cname="alice", pt=63), 300, Draft(kid=k)),
            "--sdp", path)
        s = call.is_(A, dialect="sframe-draft")
        call.ok("its KID", [k["kid"] for k in s["keys"]] == [str(kid)], s)
        call.finds("not-rfc9605")

    def wrapped(c):
        s = c.audio(A, ALICE, SFU, cname="alice", pt=63, pack=lambda f, n, r: [
            b"\x6f" + f])
        speak(s, 300, Draft(kid=104))
    call = Call("RED around KID 104", where, wrapped, "--sdp", path)
    s = call.is_(A, dialect="sframe-draft")
    call.ok("its KID", [k["kid"] for k in s["keys"]] == ["104"], s["keys"])


def main(script):
    with scratch() as where:
        if "-k" in sys.argv:
            where = os.path.join(TOP, "build", "calls")
            os.makedirs(where, exist_ok=True)
        for name, test in sorted(script.items()):
            if name.startswith("test_") and \
                    (not only or any(o in name for o in only)):
                test(where)
    finish()


if __name__ == "__main__":
    main(globals())
