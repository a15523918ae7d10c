#!/usr/bin/env python3
"""
layouts.py - frames whose octets can be read as more than one format: which of
them it is must come out all the same, wherever the key changes.

	layouts.py [-k] [PART-OF-A-NAME...]
"""
import sys

import mkcap
from dialects import (A, ALICE, AV, SFU, Call, Counting, JitsiCtr, Omara, Sora,
                      WhatsApp, be, head_of, le, speak)
from harness import finish, scratch

only = [a for a in sys.argv[1:] if not a.startswith("-")]


class WireBare(Counting):
    """Wire without the extension that names the SSRC."""

    def __call__(self, rng, real, stream, ts):
        return bytes([0, 0x30 | self.kid]) + be(self.take(), 4) + \
            rng.randbytes(len(real) + 16)


class CountIv(Counting):
    """An IV that is a counter, and eight octets that never change."""

    def __init__(self, form, rest, head=False, start=0):
        super().__init__(0, start)
        self.form, self.rest, self.head = form, rest, head

    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real) if self.head else 0
        return real[:p] + self.form(self.take(), self.rest) + rng.randbytes(
            len(real) - p + 16)


class OmaraLong(Omara):
    """A KID in octets of its own: how many stands in the first octet."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c, k = (be(v, (v.bit_length() + 7) // 8 or 1) for v in (n, self.kid))
        return bytes([len(c) << 4 | 8 | len(k)]) + k + c + rng.randbytes(
            len(real) + 10)


def changing(c, make, kids, counts, codec="vp8"):
    """Audio and video of one sender with one counter; counts: frames of audio
    under each KID."""
    writer = make()
    a = c.audio(A, ALICE, SFU, cname="alice")
    v = c.video(AV, ALICE, SFU, cname="alice", codec=codec)
    for kid, n in zip(kids, counts):
        writer.kid = kid
        # what is sent first takes the first counts: frames are made in order
        # of time, and so the KID is that of the time
        speak(a, n, writer, kid)
        speak(v, max(1, n * 3 // 10), writer, kid)


def named(name, dialect, where, make, kids=None, finds=("not-rfc9605",)):
    if only and not any(o in name for o in only):
        return
    call = Call(name, where, make)
    for s in call.streams.values():
        call.ok("dialect of %s" % s["ssrc"], s["dialect"] == dialect,
                s["dialect"])
        call.ok("every frame of %s" % s["ssrc"],
                s["frames_by_state"]["encrypted"] == s["frames"],
                s["frames_by_state"])
        if kids is not None:
            call.ok("keys of %s" % s["ssrc"],
                    [int(k["kid"]) for k in s["keys"]] == kids, s["keys"])
    call.finds(*finds)


FORMS = [
    ("first", lambda n, rest: be(n, 4) + rest),
    ("last", lambda n, rest: rest + be(n, 4)),
    ("first, low octet first", lambda n, rest: le(n, 4) + rest),
    ("last, low octet first", lambda n, rest: rest + le(n, 4)),
]


def test_counters_as_iv(where):
    for form, make in FORMS:
        for rest in (bytes(8), b"\x9c\x02salt\x80\x11"):
            for head in (False, True):
                def one(c, w=CountIv(make, rest, head, 250)):
                    changing(c, lambda: w, (0,), (200,))
                named("a counter %s in the IV, %s%s" % (
                    form, rest.hex(), ", behind a head" * head),
                    "counted-iv", where, one)


def test_counters_as_iv_again(where):
    """It starts over: that is reuse, as ever."""
    def again(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        for _ in range(2):
            speak(a, 100, CountIv(FORMS[1][1], bytes(8)))
    named("a counter in the IV, twice", "counted-iv", where, again,
          finds=("not-rfc9605", "ctr-reused"))


def test_headers_that_end_as_an_iv(where):
    """RFC 9605 with the longest fields: no IV, for all that it counts."""
    for kid, ctr in ((2**64 - 3, 2**40), (2**40, 2**53 + 1), (2**53 + 1, 2**24)):
        named("KID %d, CTR %d" % (kid, ctr), "rfc9605", where,
              lambda c, k=kid, n=ctr: [s.sframe(90, kid=k, ctr=n + i * 1000)
                                       for i, s in enumerate((
                                           c.audio(A, ALICE, SFU),
                                           c.video(AV, ALICE, SFU)))],
              [kid], ())


def test_wire(where):
    named("wire without its extension", "wire", where,
          lambda c: changing(c, lambda: WireBare(start=0x1c5a93fe), (1, 2),
                             (100, 100)), [1, 2])


def test_sora_long(where):
    """Octets of a picture read as a longer header in front of the true one."""
    for kid in (1, 256, 70000):
        class Long(Sora):
            def __call__(self, rng, real, stream, ts):
                p, n = head_of(stream, real), self.take()
                k, c = (be(v, (v.bit_length() + 7) // 8 or 1)
                        for v in (self.kid, n))
                return real[:p] + bytes([len(c) << 4 | 8 | len(k)]) + k + c + \
                    self.name + rng.randbytes(len(real) - p + 16)
        named("sora, KID %d" % kid, "sora", where,
              lambda c: changing(c, lambda: Long(start=65500), (kid,), (600,)),
              [kid])


def test_soon(where):
    """The key changes when a few frames were sent: they are none in the clear."""
    for name, maker, start in (("jitsi-ctr", JitsiCtr, 60000),
                               ("jitsi-ctr", JitsiCtr, 2**32 - 10),
                               ("whatsapp", WhatsApp, 100)):
        named("%s from %d, a key soon" % (name, start), name, where,
              lambda c, m=maker, n=start: changing(
                  c, lambda: m(start=n), (3, 4), (30, 110)), [3, 4])

    def anew(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        speak(a, 9, JitsiCtr(start=900), 3)
        speak(a, 90, JitsiCtr(start=1), 4)
    named("jitsi-ctr counts anew, a key soon", "jitsi-ctr", where, anew, [3, 4])


def test_drafts(where):
    """KIDs and counters that read as a header of RFC 9605, or as one behind the
    codec's head, until a length changes."""
    for kids, start, counts in (
            ((70000,), 200, (500,)), ((200, 201), 65490, (30, 600)),
            ((300,), 240, (300,))):
        named("sframe-js, KIDs %s from %d" % (kids, start), "sframe-js", where,
              lambda c, k=kids, s=start, n=counts: changing(
                  c, lambda: OmaraLong(start=s), k, n), list(kids))

    def huge(c):
        changing(c, lambda: Omara(start=2**31), (1,), (100,))
    named("sframe-js, a counter of four octets", "sframe-js", where, huge)

    def late(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        w = Omara(start=2**24 - 9)
        speak(a, 90, w, 1)
        speak(a, 4, w, 2)
    named("sframe-js, four frames of a key", "sframe-js", where, late, [1, 2])

    class Draft(Counting):
        def __call__(self, rng, real, stream, ts):
            return mkcap.draft_header(self.kid, self.take()) + rng.randbytes(
                len(real) + 16)
    named("sframe-draft, KID 7 and then 8", "sframe-draft", where,
          lambda c: changing(c, Draft, (7, 8), (56, 44), "vp9"), [7, 8])


def test_key_frames(where):
    """VP8's key frames have zeros in front: no KID 0 and CTR 0 that two streams
    would share."""
    def make(c):
        counter = mkcap.Counter()
        c.audio(A, ALICE, SFU, cname="alice", counter=counter).sframe(
            200, kid=0, prefix=1)
        for ssrc in (AV, AV + 16):
            c.video(ssrc, ALICE, SFU, cname="alice", counter=counter).sframe(
                60, kid=0, prefix=3, key_prefix=10)
    if only and not any(o in "key frames behind ten octets" for o in only):
        return
    call = Call("key frames behind ten octets", where, make)
    for ssrc in (AV, AV + 16):
        s = call.is_(ssrc, dialect="rfc9605-prefixed", clear_octets=3,
                     clear_octets_key=10)
        call.ok("every frame", s["frames_by_state"]["encrypted"] == 60,
                s["frames_by_state"])
    call.finds("partly-clear")


def main():
    with scratch() as where:
        for name, test in sorted(globals().items()):
            if name.startswith("test_"):
                test(where)
    finish()


if __name__ == "__main__":
    main()
