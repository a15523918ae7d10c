#!/usr/bin/env python3
"""
layouts.py - frames whose octets can be read as more than one format: which of
them it is must come out all the same, wherever the key changes.

	layouts.py [-k] [PART-OF-A-NAME...]
"""
import json
import os

import mkcap
from dialects import (A, ALICE, AV, FORMATS, SFU, Call, Counting, Dave,
                      Draft, Jitsi, JitsiCtr, LiveKit, Omara, RingRtc, Sora,
                      StreamVideo, Threema, WhatsApp, Wire, Xor, be, escaped,
                      head_of, le, main, speak, to_slice)
from harness import check, run, strict
from mkcap import header


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


def test_long_kids_of_omara(where):
    """Up to CTR 255 they read as KID 1 of RFC 9605 and a counter of some
    octets: the first frame tells, or the one behind CTR 255."""
    for kid in (75, 600, 0x4f3f0a94):
        for start, n in ((0, 100), (0, 400), (3, 400)):
            named("long KID %d of omara from %d, %d frames" % (kid, start, n),
                  "sframe-js", where,
                  lambda c, k=kid, n=n, at=start: speak(
                      c.audio(A, ALICE, SFU), n, OmaraLong(k, at)), [kid])
    def skipping(c):
        v = c.video(AV, ALICE, SFU)
        w = OmaraLong(600, 0)

        def behind_a_head(rng, real, stream, ts):
            p = head_of(stream, real)
            return real[:p] + w(rng, real, stream, ts)
        speak(v, 120, behind_a_head)
    named("long KID of omara behind the heads of VP8", "sframe-js", where,
          skipping, [600])

    def then_clear(c):
        v = c.video(AV, ALICE, SFU, codec="vp9")
        v.sframe(60, kid=1, ctr=0x7a872ae2f8fc6e14)
        for i in range(40):
            v.octets(b"\x11\x02" + bytes([i]) + b"\x80" * 60)
    call = Call("KID 1 and a counter of eight octets, then others", where,
                then_clear)
    call.is_(AV, dialect="rfc9605")
    for ctr in (0x4b03, 2**16, 2**32, 0x4bf0):
        named("KID 1 from CTR %d" % ctr, "rfc9605", where,
              lambda c, ctr=ctr: c.audio(A, ALICE, SFU).sframe(
                  400, kid=1, ctr=ctr), [1], ())
    # as every sender of the draft begins, until the counter goes over its octet
    for ctr, step in (0x4b00, 1), (0x4b00, 5), (0xcd400, 1), (0xcd400, 16):
        def over(c, ctr=ctr, step=step, loss=0):
            c.audio(A, ALICE, SFU).sframe(700, kid=1, ctr=ctr, step=step)
            c.lose(part=loss)
        for loss in 0, .2:
            named("KID 1 from CTR %d by %d, loss %s" % (ctr, step, loss),
                  "rfc9605", where, lambda c, f=over, l=loss: f(c, loss=l),
                  [1], ())
    for last in 100, 246:
        def rotated(c, last=last):
            a = c.audio(A, ALICE, SFU)
            for kid in 600, 601:
                speak(a, last, OmaraLong(kid, 0))
        named("long KIDs of omara, one after the other, %d" % last,
              "sframe-js", where, rotated, [600, 601])


def key_file(where, name, **key):
    path = os.path.join(where, name)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w",
              encoding="ascii") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "keys": [
            dict(key, base_key=bytes(range(16)).hex())]}, f)
    return path


def test_kid_1_or_a_long_kid_of_omara(where):
    """19 4b 01: KID 1 and CTR 0x4b01, or KID 75 and CTR 1 where the first frame
    is lost. Keys tell, or that the counter starts high, or goes past 4b ff."""
    for at in 1, 3, 8:
        call = Call("KID 75 of omara, %d lost" % at, where, lambda c, at=at:
                    speak(c.audio(A, ALICE, SFU), 100, OmaraLong(75, at)))
        s = call.is_(A, protection="undecidable", dialect=None)
        call.ok("both are told", "KID 1 of RFC 9605" in (s["why"] or "") and
                "sframe-js" in s["why"], s["why"])
        call.ok("and no more", call.report["verdict"] == "inconclusive",
                call.report["verdict"])
        call.finds()
    rfc9605 = lambda ctr, n=100: lambda c: c.audio(A, ALICE, SFU).sframe(
        n, kid=1, ctr=ctr)
    for ctr, n in ((0x4b20, 100), (0x4b01, 300), (0x0701, 100), (1, 100)):
        named("KID 1 of RFC 9605 from %x, %d" % (ctr, n), "rfc9605", where,
              rfc9605(ctr, n), [1], ())

    omara = key_file(where, "omara.json", dialect="sframe-js", kid="75")
    for at in 0, 1, 40:
        call = Call("KID 75 of omara, %d lost, a wrong key" % at, where,
                    lambda c, at=at: speak(c.audio(A, ALICE, SFU), 100,
                                           OmaraLong(75, at)), "--keys", omara)
        s = call.is_(A, dialect="sframe-js")
        call.ok("its key", [k["kid"] for k in s["keys"]] == ["75"], s["keys"])
        call.finds("not-rfc9605", "auth-failed")
    one = key_file(where, "one.json", kid="1")
    for ctr in 0x4b00, 0x4b01, 0x4b20:
        call = Call("KID 1 from %x, a wrong key" % ctr, where, rfc9605(ctr),
                    "--keys", one)
        call.is_(A, dialect="rfc9605")
        call.finds("auth-failed")


def test_drafts_behind_nothing(where):
    """08 93 and a counter: KID 147 of a draft; or an octet of Opus and a KID of
    another draft with a signature, which nobody writes."""
    named("KID 147 of a draft", "sframe-draft", where,
          lambda c: speak(c.audio(A, ALICE, SFU), 300, Draft(147, 0)), [147])
    # 28 98 0e537b: an octet of Opus, KID 0x0e53 and CTR 0x7b, up to ff
    named("KID 152 of a draft, three octets of CTR", "sframe-draft", where,
          lambda c: speak(c.audio(A, ALICE, SFU), 427, Draft(152, 0xe537b)))


class WebKit(Counting):
    """WebKit's first transform, H.264: parameter sets and two octets of a slice
    are made up in front of the draft's header."""

    def __call__(self, rng, real, stream, ts):
        body = escaped(mkcap.draft_header(self.kid, self.take()) +
                       rng.randbytes(len(real) + 10))
        at = to_slice(real)
        if real[at - 2] & 31 == 5:
            return real[:at - 2] + b"\x25\xb8" + body
        return b"\0\0\0\1\x21\xe0" + body


def test_webkit(where):
    """00 00 00 01 21 e0, a header of four octets of KID: twelve octets that end
    in a counter. Key frames have more in front, and are no media for that."""
    for kid in (75, 0x8f3f0a94):  # three bits of KID are seen in many places
        def one(c, kid=kid):
            v = c.video(AV, ALICE, SFU, codec="h264")
            v.number = 1
            speak(v, 300, WebKit(kid))
        call = Call("webkit, KID %d" % kid, where, one)
        call.is_(AV, dialect="sframe-draft", protection="other-dialect",
                 clear_octets=6)
        call.finds("not-rfc9605")


def test_wire_again(where):
    """A frame id twice is reuse, and a frame of Wire's."""
    class Again(Wire):
        def take(self):
            n = super().take()
            return n - (n in (70, 90))
    call = Call("wire, frame ids twice", where,
                lambda c: speak(c.audio(A, ALICE, SFU), 160, Again(3)))
    call.is_(A, dialect="wire", protection="other-dialect")
    call.finds("not-rfc9605", "ctr-reused")


def test_few_of_a_format(where):
    """Ten frames with a mark that nothing else has, and then none."""
    def one(c):
        v = c.video(AV, ALICE, SFU)
        v.number = 1
        speak(v, 10, Dave(0)).plain(12)
    call = Call("ten frames of DAVE and twelve in the clear", where, one)
    call.is_(AV, dialect="dave", protection="mixed")
    call.finds("not-rfc9605", "plaintext-gap")


def test_headers_that_end_as_an_iv(where):
    """RFC 9605 with the longest fields: no IV, for all that it counts."""
    for kid, ctr in ((2**64 - 3, 2**40), (2**40, 2**53 + 1), (2**53 + 1, 2**24)):
        named("KID %d, CTR %d" % (kid, ctr), "rfc9605", where,
              lambda c, k=kid, n=ctr: [s.sframe(90, kid=k, ctr=n + i * 1000)
                                       for i, s in enumerate((
                                           c.audio(A, ALICE, SFU),
                                           c.video(AV, ALICE, SFU)))],
              [kid], ())


def test_padded(where):
    """Fields longer than they need be are a fault of a sender of RFC 9605, and no
    other format."""
    for kid, octets, finds in (
            (9, (1, 4), ("ctr-not-minimal",)), (300, (2, 8), ("ctr-not-minimal",)),
            (40, (2, 1), ("kid-not-minimal",)),
            (70, (4, 3), ("ctr-not-minimal", "kid-not-minimal"))):
        named("padded, KID %d in %d octets" % (kid, octets[0]), "rfc9605", where,
              lambda c, k=kid, o=octets: c.audio(A, ALICE, SFU).sframe(
                  200, kid=k, ctr=8, kid_octets=o[0], ctr_octets=o[1]),
              [kid], finds)


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


class Flutter(LiveKit):
    """What Flutter's web client does to VP9: 10 and 3 octets, as of VP8."""
    leaves = True

    def __call__(self, rng, real, stream, ts):
        p = (3 if real[0] & 1 else 10) if self.leaves else 0
        return bytes([0x86 | real[0] & 1])[:p] + real[1:p] + rng.randbytes(
            len(real) - p + 16) + self.iv(stream, ts) + b"\x0c\0"


class Whole(Flutter):
    leaves = False


def test_vp9_heads(where):
    """A head of VP9 that stays, where the format says that none does."""
    for maker, clear, key in ((Flutter, 3, 10), (Whole, 0, None)):
        call = Call("VP9, %s" % maker.__name__, where, lambda c, m=maker: speak(
            c.video(AV, ALICE, SFU, codec="vp9"), 60, m()))
        call.is_(AV, dialect="livekit", clear_octets=clear,
                 clear_octets_key=key)
        call.finds("not-rfc9605")


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
    call = Call("key frames behind ten octets", where, make)
    for ssrc in (AV, AV + 16):
        s = call.is_(ssrc, dialect="rfc9605-prefixed", clear_octets=3,
                     clear_octets_key=10)
        call.ok("every frame", s["frames_by_state"]["encrypted"] == 60,
                s["frames_by_state"])
    call.finds("partly-clear")


class WebKit(Counting):
    """Old WebKit's transform: a header of the drafts and all of the frame behind
    octets for the packetizer, a copy of VP8's or an H.264 slice that is none."""

    def __call__(self, rng, real, stream, ts):
        frame = mkcap.draft_header(self.kid, self.take()) + rng.randbytes(
            len(real) + (4 if stream.kind == "audio" else 10))
        if stream.kind == "audio":
            return frame
        if stream.codec == "vp8":
            return real[:head_of(stream, real)] + frame
        if not mkcap.packets.is_key("h264", real):
            return bytes.fromhex("0000000121e0") + escaped(frame)
        at = to_slice(real) - 5
        return real[:at - (real[at - 1] == 0)] + bytes.fromhex(
            "0000000125b8") + escaped(frame)


class Skipped(Counting):
    """medooze with skipVp8PayloadHeader."""

    def __call__(self, rng, real, stream, ts):
        return (b"" if stream.kind == "audio" else
                real[:head_of(stream, real)]) + Omara.__call__(
                    self, rng, real, stream, ts)


def test_octets_for_packetizers(where):
    """Old headers behind what a packetizer wants to see: all frames of it are
    found, key frames and a change of key included."""
    for name, codec, maker, clear in (
            ("sframe-draft", "vp8", WebKit, (3, 10)),
            ("sframe-draft", "h264", WebKit, (6, None)),
            ("sframe-js", "vp8", Skipped, (3, 10))):
        def make(c, maker=maker, codec=codec):
            w = maker(start=1)
            a = c.audio(A, ALICE, SFU, cname="alice")
            v = c.video(AV, ALICE, SFU, cname="alice", codec=codec)
            for kid in (1, 2):
                speak(a, 240, w, kid)
                speak(v, 80, w, kid)
        call = Call("%s, %s, %s" % (maker.__name__, name, codec), where, make)
        s = call.is_(AV, dialect=name, protection="other-dialect",
                     clear_octets=clear[0])
        call.ok("key frames", clear[1] is None or
                s["clear_octets_key"] == clear[1], s["clear_octets_key"])
        call.ok("every frame", s["frames_by_state"]["encrypted"] == 160,
                s["frames_by_state"])
        call.ok("its keys", [k["kid"] for k in s["keys"]] == ["1", "2"],
                s["keys"])
        call.finds("not-rfc9605")


def spoiled(writer, at, to):
    """One octet, counted from the end, is another in every frame."""
    def frame(rng, real, stream, ts):
        f = bytearray(writer(rng, real, stream, ts))
        f[-at] = to if isinstance(to, int) else to(rng)
        return bytes(f)
    return frame


def test_twins(where):
    """One octet of each mark is another: the name must not stand."""
    any_ = lambda rng: rng.randrange(256)
    for name, writer, at, to in (
            ("livekit", LiveKit(), 2, 0x0d), ("livekit", LiveKit(), 6, any_),
            ("jitsi", Jitsi(), 2, 0x0b), ("xor-demo", Xor(1), 1, 0xee),
            ("stream", StreamVideo(1), 5, 2), ("stream", StreamVideo(1), 1, 0),
            ("dave", Dave(), 1, 0xfb), ("dave", Dave(), 3, 0x0b),
            ("ringrtc", RingRtc(3), 17, any_),
            ("threema", Threema(3), 4, any_),
            ("whatsapp", WhatsApp(0), 3, any_)):
        call = Call("%s without octet %d" % (name, at), where,
                    lambda c, w=spoiled(writer, at, to): speak(
                        c.audio(A, ALICE, SFU), 150, w))
        call.ok("is not called %s" % name,
                call.streams[A]["dialect"] != name, call.streams[A]["dialect"])
    named = {f[0] for f in FORMATS}
    for what, make in (
            ("rfc9605", lambda a: a.sframe(200, kid=300)),
            ("rfc9605 with a prefix", lambda a: a.sframe(200, kid=9, prefix=1)),
            ("media in the clear", lambda a: a.plain(200)),
            ("noise", lambda a: a.noise(200))):
        def both(c, make=make):
            make(c.audio(A, ALICE, SFU, cname="alice"))
            make(c.video(AV, ALICE, SFU, cname="alice"))
        call = Call(what, where, both)
        call.ok("has no other name", not any(
            s["dialect"] in named for s in call.streams.values()),
            [s["dialect"] for s in call.streams.values()])


def test_windows(where):
    """Many short streams of other things: none is named."""
    named = {f[0] for f in FORMATS}
    wrong, total = [], 0
    for seed in range(6):
        c = mkcap.Capture(seed=1000 + seed)
        for i in range(150):
            o = dict(start=i * 0.01, src="10.0.%d.%d:4000" % (seed, i + 1))
            s = c.audio(0x1000 + i, **o) if i % 2 else c.video(0x1000 + i, **o)
            s.number = seed * 211 + i * 7
            n = 12 + i % 40
            if i % 5 == 0:
                s.plain(n)
            elif i % 5 == 1:
                s.noise(n)
            elif i % 5 == 2:
                s.sframe(n, kid=i * 11, ctr=i * 1001)
            elif i % 5 == 3:
                s.noise(n, front=12)
            else:
                s.octets(*[(lambda rng, k=k: rng.randbytes(31 + k % 3))
                           for k in range(n)])
        path = c.write(os.path.join(where, "windows.pcap"))
        r = run("check", "--json", path)
        for s in strict(r.out)["streams"]:
            total += 1
            if s["dialect"] in named:
                wrong.append((seed, s["ssrc"], s["dialect"]))
    check("%d windows, none called what it is not" % total,
          total >= 800 and not wrong, wrong[:5])


class Own(Counting):
    """Somebody's own: a mark of two octets, key and counter of fixed width."""

    def __init__(self, head=False, behind=False, clear=None, start=1):
        super().__init__(1, start)
        self.head, self.behind, self.clear = head, behind, clear

    def __call__(self, rng, real, stream, ts):
        p = self.clear or (head_of(stream, real) if self.head else 0)
        mark = b"\xe2\xee" + bytes([self.kid]) + be(self.take(), 4)
        body = rng.randbytes(max(1, len(real) - p) + 16)
        return real[:p] + (body + mark if self.behind else mark + body)


def test_own_formats(where):
    """A header nobody knows is no media, whatever is uneven in it; nor is it
    one of the old drafts."""
    for name, o in (("opus", {}), ("pcmu", {"pt": 0}), ("g722", {"pt": 9}),
                    ("vp8", {}), ("vp9", {}), ("h264", {})):
        for head in (False, True):
            for start in (1, 250, 70000):
                def one(c):
                    if name in ("opus", "pcmu", "g722"):
                        s = c.audio(A, ALICE, SFU, **o)
                    else:
                        s = c.video(A, ALICE, SFU, codec=name)
                    speak(s, 300, Own(head, start=start))
                if name == "h264" and not head:
                    continue  # there would be no NAL unit
                call = Call("own, %s%s, from %d" % (
                    name, ", behind a head" * head, start), where, one)
                s = call.streams[A]
                call.ok("not in the clear, and no draft",
                        s["protection"] in ("undecidable", "other-dialect") and
                        s["dialect"] in (None, "opaque", "counted-iv"),
                        (s["protection"], s["dialect"]))


def test_tag_behind_a_header(where):
    """Frames that are all in the clear but for a header and a tag: these are 20
    octets of which four count, and no trailer of RingRTC's."""
    def one(c):
        real = mkcap.clear("h264")
        c.video(AV, ALICE, SFU, codec="h264").octets(*[
            lambda rng, n=n: real[1][:15] + header(21, 300 + n) +
            rng.randbytes(16) for n in range(200)])
    call = Call("a tag behind a header", where, one)
    call.ok("not ringrtc", call.streams[AV]["dialect"] != "ringrtc",
            call.streams[AV]["dialect"])


def test_formats_that_change(where):
    """SFrame, and then another format, or octets in the clear in front: what is
    said of the stream is the weaker of the two, whichever is more of it."""
    base = bytes(range(16))
    keys = os.path.join(where, "keys.json")
    with open(os.open(keys, os.O_CREAT | os.O_WRONLY, 0o600), "w",
              encoding="ascii") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "keys": [
            {"kid": "9", "base_key": base.hex()}]}, f)
    for first, then in ((300, 60), (150, 150), (60, 300)):
        for more in (), ("--keys", keys):
            call = Call("sframe %d, livekit %d%s" % (first, then,
                        ", keyed" * bool(more)), where,
                        lambda c: speak(c.audio(A, ALICE, SFU).sealed(
                            first, 9, base), then, LiveKit(3)), *more)
            call.is_(A, protection="other-dialect", dialect="livekit")
            call.finds("not-rfc9605")
        call = Call("whole %d, prefixed %d" % (first, then), where,
                    lambda c: c.audio(A, ALICE, SFU).sframe(first, kid=9)
                    .sframe(then, kid=9, prefix=1))
        call.is_(A, protection="partly-clear", clear_octets=1)


def test_slice_heads_and_a_trailer(where):
    """H.264 whose first forty octets are in the clear."""
    def one(writer):
        return lambda c: speak(
            c.video(AV, ALICE, SFU, codec="h264"), 200, writer)

    call = Call("own trailer of h264", where, one(Own(behind=True, clear=40)))
    call.ok("not in the clear", call.streams[AV]["protection"] ==
            "undecidable", call.streams[AV]["protection"])

    class Deep(LiveKit):
        def __call__(self, rng, real, stream, ts):
            return real[:40] + rng.randbytes(len(real) - 24) + \
                self.iv(stream, ts) + bytes([12, self.kid])
    named("livekit, forty octets of h264", "livekit", where, one(Deep(3)))


def test_headers_of_one_octet_in_key_frames(where):
    """The parameter sets in front hold octets that read as KID and CTR too."""
    key = next(f for f in mkcap.clear("h264") if f[4] & 31 == 7)
    kids = {b >> 4 for b in key[5:to_slice(key) - 2] if b & 0x8c == 0}
    check("there are some", len(kids) > 1, key[:64].hex())
    for kid in sorted(kids):
        def one(c):
            n = mkcap.Counter()
            c.audio(A, ALICE, SFU, cname="alice", counter=n).sframe(
                300, kid=kid)
            c.video(AV, ALICE, SFU, cname="alice", codec="h264", counter=n) \
                .sframe(90, kid=kid, prefix=40, key_prefix=64)
        call = Call("h264, KID %d" % kid, where, one)
        call.finds("partly-clear")


if __name__ == "__main__":
    main(globals())
