"""
placings.py - SFrame in every place of a packet where senders put it: around
frames, around packets, behind the descriptors of VP8 and VP9, with keys and
without. What a place is called comes out of the report.

	placings.py [PART-OF-A-NAME...]

The frames are sealed by mistakes.py and cut by packets.py and this file.
"""
import os
import struct
import sys

import mistakes
import mkcap
import packets
from harness import Schema, check, finish, run, scratch, slugs_by_ssrc, strict
from keyed import other_digit, write

BASE = bytes(range(32))
V = 0xa2
ROOM = 260
schema = Schema()
tests = []


def test(function):
    tests.append(function)
    return function


# ---- senders -------------------------------------------------------------------

def vp9_flexible(frame, number, room):
    """RFC 9628 4.2: I, P, F, B, E, Z; picture id, and P_DIFF when P is set."""
    parts = packets.even(frame, room)
    inter = number % 30 != 0
    return [struct.pack(">BH", 0x90 | inter << 6 | (i == 0) << 3 |
                        (i == len(parts) - 1) << 2 | 1,
                        0x8000 | number & 0x7fff) +
            (b"\x02" if inter else b"") + part for i, part in enumerate(parts)]


def vp9_layers(frame, number, room):
    """Two spatial layers of a picture: L, with TL0PICIDX."""
    half = len(frame) // 2
    out = []
    for sid, layer in enumerate((frame[:half], frame[half:])):
        parts = packets.even(layer, room)
        out += [struct.pack(">BHBB", 0xa0 | (number % 30 != 0) << 6 |
                            (i == 0) << 3 | (i == len(parts) - 1) << 2 | 1,
                            0x8000 | number & 0x7fff, sid << 1, number & 255) +
                part for i, part in enumerate(parts)]
    return out


PACK = {"vp8": packets.vp8, "vp9": packets.vp9, "vp9 flexible": vp9_flexible,
        "vp9 layers": vp9_layers}


def front(codec, packet):
    """Octets of the descriptor that PACK makes."""
    if codec == "vp8":
        return 4
    return {"vp9": 3, "vp9 layers": 5}.get(codec) or (
        4 if packet[0] & 0x40 else 3)


class Sender:
    """Seals what it is given, with CTR one up each time."""

    def __init__(self, suite=4, kid=9, ctr=0, base=BASE):
        self.way, self.kid, self.base = mistakes.Way(suite), kid, base
        self.counter = mkcap.Counter(ctr)
        self.sealed = 0

    def seal(self, octets):
        self.sealed += 1
        return self.way.frame(self.base, self.kid, self.counter.take(), octets)

    def behind(self, codec):
        """Each packet behind its descriptor."""
        def pack(frame, number, room):
            return [p[:front(codec, p)] + self.seal(p[front(codec, p):])
                    for p in PACK[codec](frame, number, ROOM)]
        return pack

    def around(self, codec):
        """Each packet with its descriptor."""
        return lambda frame, number, room: [
            self.seal(p) for p in PACK[codec](frame, number, ROOM)]

    def whole(self, codec):
        """The frame; layers are frames."""
        def pack(frame, number, room):
            if codec != "vp9 layers":
                return PACK[codec](self.seal(frame), number, ROOM)
            return [p[:5] + part for p in PACK[codec](frame, number, 1 << 20)
                    for part in [self.seal(p[5:])]]
        return pack

    def inside(self, codec):
        """The frame with one descriptor, cut anywhere."""
        return lambda frame, number, room: packets.even(self.seal(
            PACK[codec](frame, number, 1 << 20)[0]), ROOM)


def frame_of(number, large=True):
    """Octets no codec made: what matters here is how they are cut."""
    size = 900 if large and number % 30 == 0 else 60 + number * 37 % 500
    if not large:
        size = 40 + number * 37 % 200
    real = mkcap.clear("vp8")
    return real[number % len(real)][:size]


def call(pack, n=90, seed=1, large=True, more=None, **o):
    c = mkcap.Capture(seed)
    s = c.video(V, pack=pack, **o)
    s.octets(*(frame_of(i, large) for i in range(n)))
    if more:
        more(s)
    return c


def keys_for(where, suite=None, kid=9, base=BASE, change=None):
    e = {"kid": str(kid), "base_key": base.hex()}
    if suite:
        e["suite"] = suite
    if change:
        change(e)
    return write(where, "keys.json",
                 {"schema": "sframe-tool/keys/v1", "keys": [e]})


def sdp_for(where, codec):
    path = os.path.join(where, "x.sdp")
    with open(path, "w", encoding="ascii") as f:
        f.write("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n"
                "m=video 4000 RTP/AVP 96\r\nc=IN IP4 10.0.0.1\r\n"
                "a=rtpmap:96 %s/90000\r\n" % codec[:3].upper())
    return path


def judge(name, *args):
    """(status, the stream, slugs)"""
    r = run("check", "--json", *args)
    if not check(name + ": a report", r.out, r):
        return r.status, None, {}
    got = strict(r.out)
    check(name + ": fits the schema", not schema.faults(got), schema.faults(got))
    check(name + ": one stream", len(got["streams"]) == 1)
    slugs = slugs_by_ssrc(got)
    slugs.pop("tag-short", None)  # of the suites that have one
    return r.status, got["streams"][0], slugs


def states(stream):
    return {k: n for k, n in stream["frames_by_state"].items() if n}


PLACES = (("whole", "frame"), ("behind", "packet-payload"),
          ("around", "packet"), ("inside", "raw-frame"))
SENDERS = ((4, 9, 0), (2, 2**53 + 1, 70000), (5, 3, 0), (3, 300, 2**64 - 400),
           (1, 2**64 - 1, 250), (8, 0, 2**53 + 1))


@test
def every_place(where):
    """Suites, KIDs and CTRs of all lengths, loss, SDP or none: verified with
    the key, no alarm without."""
    turn = 0
    for place, word in PLACES:
        for codec in PACK:
            if codec == "vp9 layers" and place == "inside":
                continue
            for suite, kid, ctr in SENDERS[turn % 2::2]:
                turn += 1
                lossy, sdp = turn % 2 == 0, turn // 2 % 2 == 0
                name = "%s, %s, suite %d%s%s" % (
                    place, codec, suite, lossy * ", loss", sdp * ", SDP")
                sender = Sender(suite, kid, ctr)
                c = call(getattr(sender, place)(codec), seed=turn)
                lost = len(c.lose(part=0.05 if lossy else 0))
                path = c.write(os.path.join(where, "x.pcap"))
                args = (path,) + (("--sdp", sdp_for(where, codec)) if sdp
                                  else ())
                keys = keys_for(where, turn % 3 and suite, kid)
                status, s, slugs = judge(name, "--keys", keys, *args)
                check(name + ": verified", s["protection"] == "verified" and
                      status == 0 and set(states(s)) == {"verified"} and
                      not slugs, (status, s["protection"], states(s), slugs))
                check(name + ": the place", s["placing"] == word or
                      (word == "raw-frame" and not sdp and
                       s["placing"] == "frame"), s["placing"])
                if place in ("behind", "around"):
                    check(name + ": a frame in each packet", s["frames"] ==
                          sender.sealed - lost and s["incomplete_frames"] == 0,
                          (s["frames"], sender.sealed, lost))
                status, s, slugs = judge(name + ", no keys", *args)
                check(name + ", no keys: consistent", s["protection"] ==
                      "consistent" and status == 0 and not slugs,
                      (status, s["protection"], states(s), slugs))


@test
def twins(where):
    """The same with another key, and with the key of another KID."""
    for place, _ in PLACES[1:3]:
        for codec in ("vp8", "vp9 flexible"):
            for suite in (4, 2):
                name = "%s, %s, suite %d" % (place, codec, suite)
                path = call(getattr(Sender(suite), place)(codec)).write(
                    os.path.join(where, "x.pcap"))
                keys = keys_for(where, suite, change=other_digit)
                status, s, slugs = judge(name, "--keys", keys, path)
                check(name + ", a digit: auth-failed", status == 1 and
                      "auth-failed" in slugs and not s["frames_by_state"]
                      ["verified"] and "kid-unknown" not in slugs,
                      (states(s), slugs))
                keys = keys_for(where, suite, kid=1000)
                status, s, slugs = judge(name, "--keys", keys, path)
                check(name + ", a KID: kid-unknown", status == 1 and
                      "kid-unknown" in slugs and not s["frames_by_state"]
                      ["verified"], (states(s), slugs))


@test
def late(where):
    """The first frames all fit into a packet: only later it shows."""
    for codec in ("vp8", "vp9"):
        for n in (20, 40, 400):
            sender = Sender()
            pack = sender.behind(codec)
            path = call(pack, n=n, large=False, more=lambda s: s.octets(
                *(frame_of(i) for i in range(40)))).write(
                    os.path.join(where, "x.pcap"))
            name = "%s: packets by themselves from frame %d on" % (codec, n)
            _, s, slugs = judge(name, "--keys", keys_for(where), path)
            check(name, s["protection"] == "verified" and s["frames"] ==
                  sender.sealed and not slugs, (s["protection"], states(s),
                                                sender.sealed, slugs))


@test
def short(where):
    """A call begins: headers of one octet, and one frame of two packets. Only a
    key tells that these are ciphertexts by themselves."""
    sizes = [400] + [60] * 40 + [900] * 5
    for place, n in (("behind", 2 + 40 + 20), ("whole", 46)):
        sender = Sender(5, kid=0)
        c = mkcap.Capture(4)
        v = c.video(V, pack=getattr(sender, place)("vp8"))
        v.octets(*(frame_of(0)[:n] + b"x" * (n - 900) for n in sizes))
        path = c.write(os.path.join(where, "x.pcap"))
        _, s, slugs = judge("short, " + place, "--keys",
                            keys_for(where, kid=0), path)
        check("short, " + place, s["protection"] == "verified" and
              states(s) == {"verified": n} and not slugs, (states(s), slugs))


@test
def rotated(where):
    """A new KID, in the middle of a frame or between two."""
    for at in (45, 46, 47):
        for in_frame in (False, True):
            sender = Sender(kid=20)
            seal, count = sender.seal, [0]
            pack = sender.behind("vp8")

            def turned(frame, number, room):
                if number == at:
                    sender.kid, sender.counter.next = 21, 0
                return pack(frame, number, room)

            def turn_inside(octets):
                count[0] += 1
                if count[0] == at * 2:
                    sender.kid = 21
                return seal(octets)
            if in_frame:
                sender.seal = turn_inside
            path = call(pack if in_frame else turned).write(
                os.path.join(where, "x.pcap"))
            keys = write(where, "keys.json", {
                "schema": "sframe-tool/keys/v1", "suite": 4, "keys": [
                    {"kid": k, "base_key": BASE.hex()} for k in ("20", "21")]})
            name = "a new KID at %d%s" % (at, in_frame * ", in a frame")
            _, s, slugs = judge(name, "--keys", keys, path)
            check(name, s["protection"] == "verified" and s["frames"] ==
                  sender.sealed, (states(s), sender.sealed, slugs))


@test
def clear_between(where):
    """Media in the clear amid packets that are sealed by themselves is found."""
    real = mkcap.clear("vp8")
    for n, gap in ((60, "plaintext-gap"), (0, "plaintext-start")):
        sender = Sender()
        behind = sender.behind("vp8")

        def pack(frame, number, room):
            if n <= number < n + 60:
                return packets.vp8(real[number % len(real)], number, 1100)
            return behind(frame, number, room)
        path = call(pack, n=200).write(os.path.join(where, "x.pcap"))
        for keys in ((), ("--keys", keys_for(where))):
            name = gap + (", keys" if keys else ", none")
            status, s, slugs = judge(name, *keys, path)
            check(name, status == 1 and gap in slugs and
                  s["frames_by_state"]["plaintext"] >= 55 and
                  "auth-failed" not in slugs, (states(s), slugs))


@test
def not_so(where):
    """Frames sealed as a whole are never taken for such, whatever ciphertext
    looks like: of many calls with the shortest headers, all open."""
    for seed in range(40):
        codec = ("vp8", "vp9")[seed % 2]
        sender = Sender(kid=seed % 8, base=bytes([seed]) * 16)
        path = call(sender.whole(codec), n=30, seed=seed).write(
            os.path.join(where, "x.pcap"))
        keys = keys_for(where, 4, seed % 8, bytes([seed]) * 16)
        _, s, _ = judge("whole %d" % seed, "--keys", keys, path)
        check("whole %d" % seed, s["protection"] == "verified" and
              s["frames"] == 30 and s["placing"] == "frame", states(s))


@test
def like_a_block(where):
    """KID 7 and a CTR of eight octets in each packet read as the head of a RED
    block of one octet, and as AV1 behind that: the counter is what tells."""
    for first in range(0x08, 0x80, 8):
        sender = Sender(4, 7, first << 56 | 0x21588300babca7)
        path = call(sender.around("vp8"), seed=first).write(
            os.path.join(where, "x.pcap"))
        name = "a block, %02x" % first
        status, s, slugs = judge(name, "--keys", keys_for(where, 4, 7), path)
        check(name, status == 0 and not slugs and set(states(s)) == {"verified"},
              (status, s["codec"], states(s), slugs))


@test
def like_a_block_of_vp9(where):
    """2a 0e: KID 2 and a CTR of three octets, or the head of a RED block and VP9
    with layers behind it, as far as a dozen packets show."""
    for seed in range(4):
        c = mkcap.Capture(seed)
        sender = Sender(1, 2, 0x0e1728)
        s = c.video(V, pack=lambda frame, number, room: [
            sender.seal(p) for p in packets.even(frame, 300)])
        for i in range(120):
            size = 500 if i > 16 and i % 5 == 0 else 200
            s.octets(lambda rng, size=size: rng.randbytes(size))
        c.lose(part=.2)
        path = c.write(os.path.join(where, "x.pcap"))
        status, s, slugs = judge("2a 0e, %d" % seed, "--keys",
                                 keys_for(where, 1, 2), path)
        check("2a 0e, %d" % seed, status == 0 and not slugs and
              set(states(s)) == {"verified"}, (s["codec"], states(s), slugs))


@test
def bolted_for_a_while(where):
    """The cipher does nothing for 60 frames, and its tag is zeros: with a key
    for the others, these are where they are, and no end of all frames. Behind
    a TOC octet, Opus is as even as ciphertext (RFC 6716 3.1)."""
    c = mkcap.Capture(11)
    s = c.audio(V, pt=100)
    sender = Sender(4, 0, 0)

    def opus():
        return b"\x78" + c.rng.randbytes(40)
    s.octets(*(sender.seal(opus()) for i in range(140)))
    s.octets(*(mkcap.header(0, sender.counter.take()) + opus() + bytes(16)
               for i in range(60)))
    s.octets(*(sender.seal(opus()) for i in range(200)))
    path = c.write(os.path.join(where, "x.pcap"))
    got = strict(run("check", "--json", "--keys", keys_for(where, 4, 0), path).out)
    named = {f["slug"]: f for f in got["findings"]
             if f["severity"] in ("critical", "error", "warning")}
    state = states(got["streams"][0])
    check("bolted: told", set(named) & {"header-on-plaintext", "auth-failed"},
          named)
    check("bolted: and no other", "tail-clear" not in named and
          state.get("verified") == 340 and len(state) == 2, (state, list(named)))
    check("bolted: where", all(141 <= f["first_packet"] and
                               f["last_packet"] <= 200
                               for f in named.values()), named)


@test
def silence_without_descriptor(where):
    """Opus that falls back to the clear amid descriptors, and is silent there:
    a TOC octet alone is no descriptor with reserved bits."""
    real = [f for f in mkcap.clear("opus") if len(f) > 20]
    for silent in ((), (12,), (0,), (19,)):
        c = mkcap.Capture(12)
        s = c.audio(V, pt=100)
        sender = Sender(4, 9, 0)
        s.octets(*(b"\xc0" + sender.seal(real[i % len(real)])
                   for i in range(60)))
        s.octets(*(b"\x78" + (b"" if i in silent else real[i % len(real)][1:])
                   for i in range(20)))
        s.octets(*(b"\xc0" + sender.seal(real[i % len(real)])
                   for i in range(60)))
        path = c.write(os.path.join(where, "x.pcap"))
        name = "silent at %s" % (silent,)
        status, s, slugs = judge(name, "--keys", keys_for(where), path)
        check(name, status == 1 and set(slugs) <= {"plaintext-gap",
                                                   "silence-clear"} and
              "plaintext-gap" in slugs and states(s) ==
              {"verified": 120, "plaintext": 20}, (states(s), slugs))


@test
def a_header_by_chance_amid_the_clear(where):
    """Behind the TOC octet of one clear frame stands what reads as a header of the
    stream's; the next ones have none."""
    real = [f for f in mkcap.clear("opus") if len(f) > 20]
    c = mkcap.Capture(12)
    s = c.audio(V, pt=100)
    sender = Sender(4, 9, 0)
    for part in range(2):
        s.octets(*(b"\xc0" + sender.seal(real[i % len(real)])
                   for i in range(60)))
        if part == 0:
            s.octets(*(b"\x78" + (mkcap.header(9, 70) if i == 10 else b"") +
                       real[i][3:] for i in range(20)))
    path = c.write(os.path.join(where, "x.pcap"))
    status, s, slugs = judge("a header by chance", "--keys", keys_for(where),
                             path)
    check("a header by chance", status == 1 and set(slugs) == {"plaintext-gap"}
          and states(s) == {"verified": 120, "plaintext": 20},
          (states(s), slugs))


@test
def fault_away_from_the_clear(where):
    """Amid clear frames a faulty descriptor may be none; elsewhere it is told."""
    real = [f for f in mkcap.clear("opus") if len(f) > 20]
    c = mkcap.Capture(13)
    s = c.audio(V, pt=100)
    sender = Sender(4, 9, 0)
    for part in range(2):
        s.octets(*((b"\xc1" if part and i == 40 else b"\xc0") +
                   sender.seal(real[i % len(real)]) for i in range(60)))
        if part == 0:
            s.octets(*(b"\x78" + real[i][1:] for i in range(20)))
    path = c.write(os.path.join(where, "x.pcap"))
    for keys in ((), ("--keys", keys_for(where))):
        status, s, slugs = judge("a fault elsewhere", *keys, path)
        check("a fault elsewhere", status == 1 and
              set(slugs) == {"plaintext-gap", "reserved-set"}, slugs)


def fallen_back(codec, first, n, seed, kid=9):
    """Video behind descriptors; n frames of it are sent as the codec has it."""
    real = mkcap.clear(codec)
    sender = Sender(4, kid, 0)

    def pack(frame, number, room):
        if first <= number < first + n:
            native = packets.FORMATS[codec]
            more = (seed % 2 == 0,) if codec == "av1" else ()
            return native(real[number % len(real)], number, 300, *more)
        parts = packets.even(sender.seal(frame), 300)
        return [bytes([(i == 0) << 7 | (i == len(parts) - 1) << 6]) + p
                for i, p in enumerate(parts)]
    return call(pack, n=150, seed=seed)


@test
def clear_and_lost_amid_descriptors(where):
    """Video that falls back to the clear amid descriptors, and packets are lost:
    the rest of a frame is no descriptor with faults. Who names the codec matters
    not."""
    for codec in ("av1", "vp8", "h264"):
        for seed in range(8 if codec == "av1" else 3):
            c = fallen_back(codec, 60, 30, seed)
            c.lose(part=.2)
            c.reorder(.1, 50)
            path = c.write(os.path.join(where, "x.pcap"))
            keys = ("--keys", keys_for(where))
            for args in (keys + ("--sdp", sdp_for(where, codec)), keys, ()):
                name = "%s, lossy %d, %d" % (codec, seed, len(args))
                status, s, slugs = judge(name, *args, path)
                check(name, status == 1 and "plaintext-gap" in slugs and
                      set(slugs) <= {"plaintext-gap", "frames-unexplained"},
                      slugs)


@test
def few_clear_amid_descriptors(where):
    """By as many frames as prove a codec that nobody names, they are a gap. One
    alone may prove none, and is told; where there is none, there is nothing."""
    for codec in ("av1", "vp8", "h264"):
        for n in (0, 1, 3, 20):
            path = fallen_back(codec, 60, n, 2).write(
                os.path.join(where, "x.pcap"))
            name = "%s, %d in the clear" % (codec, n)
            status, s, slugs = judge(name, path)
            some = {"plaintext-gap"} if n > 1 else {
                "plaintext-gap", "stray-clear", "frames-unexplained"}
            check(name, len(slugs) == (n > 0) and set(slugs) <= some and
                  status == ("plaintext-gap" in slugs) and
                  states(s)["encrypted"] == 150 - n,
                  (status, slugs, states(s)))


@test
def clear_without_its_first_packet(where):
    """What follows it in VP8, 80 80 and a picture id, reads as a descriptor and
    KID 128, and those of the next frames do: nobody counts like that."""
    for kid in 9, 100:
        c = fallen_back("vp8", 60, 5, 2, kid)
        clear = [p for p in c.packets if p.stream and p.payload[0] == 0x90]
        gone = [p for p in c.packets if p is clear[0]]
        c._packets = [p for p in c.packets if p is not clear[0]]
        path = c.write(os.path.join(where, "x.pcap"))
        name = "VP8 without its first packet, KID %d" % kid
        status, s, slugs = judge(name, path)
        check(name, len(gone) == 1 and status == 1 and
              set(slugs) == {"plaintext-gap"} and states(s)["plaintext"] == 4,
              (slugs, states(s)))


@test
def clear_with_the_kid_of_the_run(where):
    """A unit of H.264, 7c 81, reads as KID 7 and a CTR of five octets: behind it
    the counter of the stream goes on with one."""
    real = [f for f in mkcap.clear("h264") if len(f) > 400][3]
    for n in 0, 1:
        sender = Sender(4, 7, 0)

        def pack(frame, number, room):
            if n and number == 60:
                return [b"\x7c\x81" + real[5:200]]
            return [b"\xc0" + sender.seal(frame)[:900]]
        path = call(pack, n=150).write(os.path.join(where, "x.pcap"))
        status, s, slugs = judge("H.264 as KID 7, %d" % n, path)
        check("H.264 as KID 7, %d" % n, status == 0 and
              list(slugs) == ["frames-unexplained"] * n, (slugs, states(s)))


def one_of_each():
    """(name, a frame's packets, kind)"""
    for n in (1, 2, 4):
        for codec in PACK:
            for place, _ in PLACES:
                if codec == "vp9 layers" and place in ("inside", "whole"):
                    continue
                sender = Sender((4, 2, 5, 1)[n % 4], 2**53 + 1, 2**64 - 9)
                yield "%d %s %s" % (n, place, codec), "video", lambda c=codec, \
                    p=place, s=sender, n=n: getattr(s, p)(c)(
                        frame_of(3)[:200 * n], 7, ROOM)
        sender = Sender(7, 300, 5)
        yield "%d described" % n, "video", lambda s=sender, n=n: \
            packets.descriptor(s.seal(frame_of(1)[:200 * n]), 0, ROOM)
        yield "%d audio" % n, "audio", lambda s=sender, n=n: [
            s.seal(b"a frame of Opus") for _ in range(n)]


@test
def few(where):
    """A frame or two in so few packets that nobody would call them a stream: a
    tag that opens is proof."""
    for name, kind, make in one_of_each():
        c = mkcap.Capture(5)
        s = (c.audio if kind == "audio" else c.video)(V, pt=100)
        parts = make()
        if kind == "audio":
            s.octets(*parts)
        else:
            s.pack = lambda frame, number, room, parts=parts: parts
            s.octets(b"")
        path = c.write(os.path.join(where, "x.pcap"))
        suite = {"1": 2, "2": 5, "4": 4}[name[0]]
        kid = 2**53 + 1
        if "described" in name or "audio" in name:
            suite, kid = 7, 300
        keys = keys_for(where, None if len(name) % 2 else suite, kid)
        status, s, slugs = judge(name, "--keys", keys, path)
        check(name + ": verified", s["protection"] == "verified" and
              status == 0 and set(states(s)) == {"verified"} and not slugs,
              (status, s["protection"], states(s), slugs))
        text = run("check", "--keys", keys, path).text
        check(name + ": the negative control", ", 0 opened." in text, text)
        for what, wrong in (("a digit", keys_for(where, suite, kid,
                                                 change=other_digit)),
                            ("a KID", keys_for(where, suite, kid + 1))):
            r = run("check", "--json", "--keys", wrong, path)
            got = strict(r.out)
            check("%s, %s: nothing" % (name, what), r.status in (1, 4) and not
                  any(s["frames_by_state"]["verified"] for s in got["streams"]),
                  r)
            if not got["streams"]:
                check("%s, %s: said" % (name, what), "no key opened one" in
                      " ".join(got["limits"]), got["limits"])
        r = run("check", path)
        check(name + ", no keys: said", r.status == 4 and
              ("too few packets to call a stream" in r.text or
               "too few complete frames" in r.text), r)


@test
def thinned(where):
    """Of every 150 packets one was kept: no numbers that follow each other."""
    c = mkcap.Capture(6)
    c.audio(V, pt=100).sealed(40, 9, BASE)
    for i, p in enumerate(c.packets):
        p.seq += 150 * i
    path = c.write(os.path.join(where, "x.pcap"))
    status, s, slugs = judge("thinned", "--keys", keys_for(where), path)
    check("thinned: verified", s["protection"] == "verified" and
          s["frames"] == 40 and status == 0, (states(s), slugs))
    got = strict(run("check", "--json", path).out)
    check("thinned, no keys: no stream", not got["streams"])


@test
def junk(where):
    """Datagrams that read as RTP now and then make no stream, whatever keys."""
    c = mkcap.Capture(6)
    for i in range(3000):
        c.datagram(i / 1000, "10.0.0.%d:%d" % (i % 200 + 1, 4000 + i % 7),
                   "10.0.1.1:9000", b"\x80" + c.rng.randbytes(150))
    path = c.write(os.path.join(where, "x.pcap"))
    keys = write(where, "keys.json", {
        "schema": "sframe-tool/keys/v1", "keys": [
            {"kid": str(k), "base_key": BASE.hex()} for k in range(8)]})
    got = strict(run("check", "--json", "--keys", keys, path).out)
    check("junk: no stream", not got["streams"], got["streams"])
    check("junk: said", any("no key opened one" in x for x in got["limits"]) and
          any("no key was tried" in x for x in got["limits"]), got["limits"])


def main():
    with scratch() as where:
        for t in tests:
            if len(sys.argv) == 1 or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


if __name__ == "__main__":
    main()
