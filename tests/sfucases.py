"""
sfucases.py - cases of compare.py: what lies between the two points repairs,
repeats, chooses layers, or is not there at all.
"""
import os
import random
import struct

import mkcap
from harness import check, run
from mkcap import MS

ALICE, BOB, SFU = "10.0.0.1:4000", "10.0.0.2:5000", "10.0.0.9:9000"
RTX = 0xb9


def small_call(seed=3, codec="vp8"):
    c = mkcap.Capture(seed=seed)
    a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(300, kid=300)
    prefix = 40 if codec == "h264" else 0
    c.video(0xa2, ALICE, SFU, cname="alice", counter=a.counter, codec=codec) \
        .sframe(90, kid=300, prefix=prefix)
    return c


def sent_on(c, change=lambda p: p, after_ms=12, drift=0.0):
    """What B has: new SSRCs, numbers and timestamps."""
    out = []
    for p in c.packets:
        if p.stream is not None:
            out.append(change(p.copy(
                ssrc=p.ssrc ^ 0x5555, src=SFU, dst=BOB, seq=p.seq + 900,
                timestamp=p.timestamp + 77777, ns=p.ns + after_ms * MS +
                round((p.ns - mkcap.EPOCH) * drift))))
    return out


def rtx_of(packets, after_ms=60, seq=500):
    """RFC 4588 4."""
    return [p.copy(ssrc=RTX, pt=97, ns=p.ns + after_ms * MS, seq=seq + i,
                   payload=struct.pack(">H", p.seq & 0xffff) + p.payload)
            for i, p in enumerate(packets)]


def flipped(payload, at=-9):
    b = bytearray(payload)
    b[at] ^= 1
    return bytes(b)


def red_of(packets, spoil=lambda n, block: block):
    """RFC 2198: each audio frame with the one before it; spoil is given the
    number of a frame and its redundant copy."""
    out, last, n = [], None, 0
    for p in packets:
        if p.pt != 111:
            out.append(p)
            continue
        front, old = b"", b""
        if last is not None:
            old = spoil(n - 1, last.payload)
            front = struct.pack(">I", (0x80 | 111) << 24 | 960 << 10 | len(old))
        out.append(p.copy(pt=63, payload=front + b"\x6f" + old + p.payload))
        last, n = p, n + 1
    return out


def paths(where):
    return [os.path.join(where, x) for x in ("a.pcap", "b.pcap")]


def add(test, compare):
    def seen(where, a, b, name, status):
        for path, packets in zip(paths(where), (a, b)):
            with open(path, "wb") as f:
                f.write(mkcap.pcap([mkcap.Packet(p.ns, mkcap.ethernet(
                    p.src, p.dst, p.octets())) for p in sorted(
                        packets, key=lambda p: p.ns)]))
        return compare(*paths(where), name=name, status=status)

    def slugs(r):
        return [x["slug"] for x in r["findings"]]

    @test
    def retransmitted_at_one_side(where):
        for codec in ("vp8", "h264", "av1"):
            c = small_call(codec=codec)
            b = sent_on(c)
            video = [p for p in b if p.pt == 96]
            lost = video[20::9]
            gone = {id(p) for p in lost}
            rest = [p for p in b if id(p) not in gone]
            n = seen(where, c.packets, rest + rtx_of(lost),
                     codec + " repaired", 0)["frames"]
            check(codec + " repaired: nothing is lost", n["same"] == n["a"] and
                  n["altered"] == n["injected"] == n["altered_again"] == 0, n)
            storm = b + rtx_of(video) + rtx_of(video, 90, 500 + len(video))
            r = seen(where, c.packets, storm, codec + " NACK storm", 0)
            check(codec + " NACK storm: nothing to say", not r["findings"] and
                  r["frames"]["same"] == r["frames"]["a"], r)
            bad = [p.copy(payload=flipped(p.payload)) for p in lost]
            n = seen(where, c.packets, rest + rtx_of(bad),
                     codec + " repaired otherwise", 1)["frames"]
            check(codec + " repaired otherwise: altered", n["altered"] >=
                  len(lost) - 1 and n["altered_again"] == 0, (n, len(lost)))
            r = seen(where, c.packets, b + rtx_of(bad),
                     codec + " once more otherwise", 1)
            n = r["frames"]
            check(codec + " once more otherwise: told", n["altered"] == 0 and
                  n["same"] == n["a"] and n["rtx_packets_differ"] == len(lost)
                  and n["altered_again"] > 2, (n, len(lost)))
            check(codec + " once more otherwise: the cause", {
                x["cause"] for x in r["examples"]} == {"octets-changed"} and
                slugs(r) == ["altered-in-transit", "rtx-differs"],
                r["examples"][:1])
            # of frames of several packets no frame can be put together
            times = [p.timestamp for p in video]
            parts = [p.copy(payload=flipped(p.payload)) for p in video[20:]
                     if times.count(p.timestamp) > 1][::5]
            both = sorted(b + rtx_of(parts), key=lambda p: p.ns)
            r = seen(where, c.packets, both, codec + " parts otherwise", 1)
            number = {(p.ssrc, p.seq): i for i, p in enumerate(both, 1)}
            want = [(number[p.ssrc, p.seq], number[RTX, 500 + i],
                     p.seq & 0xffff, len(p.payload), len(p.payload) - 9, 1)
                    for i, p in enumerate(parts)][:2]
            got = [(x["repeated_packet"], x["packet"], x["sequence_number"],
                    x["rtx_octets"], x["first_difference"], x["octets"])
                   for x in r["rtx_examples"]]
            check(codec + " parts otherwise: where, octet by octet",
                  got == want and {x["cause"] for x in r["rtx_examples"]} ==
                  {"octets-changed"} and not r["examples"] and
                  r["frames"]["rtx_packets_differ"] == len(parts), (want, r))
            check(codec + " parts otherwise: altered, by packets",
                  slugs(r) == ["altered-in-transit", "rtx-differs"] and
                  r["verdict"] == "fail" and all(
                      (x["counted"], x["count"], x["where"]["point"],
                       x["where"]["first_packet"], x["where"]["last_packet"])
                      == ("packets", len(parts), "B", number[RTX, 500],
                          number[RTX, 499 + len(parts)])
                      for x in r["findings"]), r["findings"])
            text = run("compare", *paths(where)).text
            check(codec + " parts otherwise: said", "first difference at octet "
                  "%d" % want[0][4] in " ".join(text.split()), text)

    @test
    def retransmitted_from_the_start(where):
        """The first packets of a stream are lost, and come by RTX while neither
        of the two is known for what it is."""
        for codec in ("vp8", "h264", "av1"):
            for first, step, most in ((0, 99, 1), (2, 99, 1), (2, 9, 9),
                                      (0, 3, 30), (10, 20, 4), (60, 20, 1),
                                      (5, 1, 30), (12, 1, 30)):
                c = small_call(codec=codec)
                b = sent_on(c)
                lost = [p for p in b if p.pt == 96][first::step][:most]
                gone = {id(p) for p in lost}
                again = rtx_of(lost)
                if step == 1:
                    # a burst, at once when what follows it is there
                    for k, p in enumerate(again):
                        p.ns = lost[-1].ns + 80 * MS + k * MS // 4
                r = seen(where, c.packets, [p for p in b if id(p) not in gone]
                         + again, "%s, RTX from %d" % (codec, first), 0)
                check("%s, %d by RTX from %d: all there, none more" % (
                    codec, len(lost), first), not set(slugs(r)) - {
                    "reordered-in-transit"} and
                    r["frames"]["same"] == r["frames"]["a"] and
                    len(r["streams"]) == 2, (r["frames"], r["streams"]))

    @test
    def redundant_at_one_side(where):
        c = small_call()
        a, b = [p for p in c.packets if p.stream], sent_on(c)
        for name, x, y in (("taken off", red_of(a), b),
                           ("put on", a, red_of(b)),
                           ("on both sides", red_of(a), red_of(b))):
            r = seen(where, x, y, "RED " + name, 0)
            check("RED %s: nothing to say" % name, not r["findings"] and
                  r["frames"]["same"] == r["frames"]["a"], r["frames"])
        tenth = {id(p) for p in red_of(b) if p.pt == 63}
        kept = [p for i, p in enumerate(red_of(b)) if p.pt != 63 or i % 7]
        check("RED, packets lost: some are", len(kept) < len(b) and tenth)
        r = seen(where, red_of(a), kept, "RED, packets lost", 0)
        check("RED, packets lost: copies carry the frames",
              r["frames"]["same"] >= r["frames"]["a"] - 1, r["frames"])

        def spoil(n, block):
            return flipped(block) if n % 10 == 5 else block
        r = seen(where, red_of(a), red_of(b, spoil), "RED, copies altered", 1)
        n = r["frames"]
        check("RED, copies altered: told", n["altered_again"] == 30 and
              n["same"] == n["a"] and n["injected"] == 0, n)
        check("RED, copies altered: where", all(
            (x["cause"], x["first_difference"]) == (
                "octets-changed", x["a"]["octets"] - 9)
            for x in r["examples"]) and r["examples"], [
                x for x in r["examples"] if x["cause"] != "octets-changed"])
        real = mkcap.clear("opus")
        clear = red_of(b, lambda n, block: real[n % len(real)])
        r = seen(where, red_of(a), clear, "RED, copies in the clear", 1)
        check("RED, copies in the clear: the hop has the key",
              r["frames"]["decrypted_again"] == 299 and slugs(r)[0] ==
              "decrypted-in-transit", (r["frames"], slugs(r)))
        same = [p.copy(payload=p.payload) for p in red_of(
            a, lambda n, block: real[n % len(real)])]
        r = seen(where, same, clear, "RED, in the clear at A as well", 0)
        check("RED, in the clear at A as well: not done on the way",
              not r["findings"], r["findings"])

    def layers(where, name, status, spoil=lambda n, p: p):
        """Three layers; B's stream shows the first, the second, the third, and
        the first again."""
        c = mkcap.Capture(seed=5)
        a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(600, kid=9)
        row = [c.video(0xa2 + i, ALICE, SFU, cname="alice",
                       counter=a.counter).sframe(180, kid=9) for i in range(3)]
        out, seq = [], 100
        for p in c.packets:
            if p.stream is None:
                continue
            t = (p.ns - mkcap.EPOCH) / 1e9
            q = p.copy(src=SFU, dst=BOB, ssrc=p.ssrc ^ 0x5555, ns=p.ns + MS)
            if p.stream is not a:
                if p.stream is not row[0 if t < 4 or t >= 10 else
                                       1 if t < 8 else 2]:
                    continue
                q = spoil(seq, q.copy(ssrc=0xbb, seq=seq, timestamp=(
                    p.timestamp - p.stream.timestamp + 777)))
                seq += 1
            out.append(q)
        return seen(where, [p for p in c.packets if p.stream], out, name,
                    status)

    @test
    def layers_in_one_stream(where):
        r = layers(where, "layers", 0)
        n, rows = r["frames"], r["streams"]
        check("layers: nothing to say", not r["findings"] and n["same"] == 780
              and n["dropped"] == 0 and n["not_selected"] == 360, n)
        check("layers: what came of each", {
            x["a"]["ssrc"][-2:]: (x["b"]["ssrc"][-2:], x["frames"], x["same"])
            for x in rows} == {"a1": ("f4", 600, 600), "a2": ("bb", 180, 90),
                               "a3": ("bb", 180, 60), "a4": ("bb", 180, 30)},
              rows)
        made = []

        def spoil(n, p):
            if p.marker and n % 7 == 3:
                made.append(n)
                p.payload = flipped(p.payload)
            return p
        r = layers(where, "layers, altered", 1, spoil)
        n = r["frames"]
        check("layers, altered: so many", n["altered"] == len(made) > 9 and
              n["injected"] == n["dropped"] == 0, (n, len(made)))
        check("layers, altered: against the frame it was", {
            x["cause"] for x in r["examples"]} == {"octets-changed"} and all(
                x["a"]["ctr"] == x["b"]["ctr"] for x in r["examples"]),
            r["examples"][:1])

    def cbr(seed, ssrc, sealed, kid, ctr):
        """Frames of one length: lengths tell nothing."""
        c, rng = mkcap.Capture(seed=seed), random.Random(seed)
        s = c.audio(ssrc, ALICE, SFU)
        for i in range(300):
            s.octets(mkcap.header(kid, ctr + i) + rng.randbytes(96) if sealed
                     else b"\x78" + rng.randbytes(79))
        return c.packets

    @test
    def nothing_in_common(where):
        for a in (False, True):
            for b, kid, ctr in ((False, 0, 0), (True, 5, 100), (True, 5, 9000),
                                (True, 6, 9000)):
                name = "two calls of one length, %s and %s" % (
                    a, (b, kid, ctr))
                r = seen(where, cbr(1, 0xa1, a, 5, 100),
                         cbr(2, 0x77a1, b, kid, ctr), name, 4)
                check(name + ": nothing to say", not r["findings"] and
                      r["frames"]["injected"] == 0, r["frames"])
        c = small_call()
        first = [p for p in c.packets if p.stream and p.ns < mkcap.EPOCH + 2e9]
        later = [p for p in sent_on(c) if p.ns > mkcap.EPOCH + 3e9]
        r = seen(where, first, later, "one call at other times", 4)
        check("one call at other times: nothing to say", not r["findings"], r)
        sealed, rng = cbr(1, 0xa1, True, 5, 100), random.Random(9)
        anew = [p.copy(src=SFU, dst=BOB, payload=mkcap.header(77, i) +
                       rng.randbytes(96)) for i, p in enumerate(sealed)]
        r = seen(where, sealed, anew, "encrypted anew", 1)
        check("encrypted anew: SSRC and timestamps say which is which",
              r["frames"]["altered"] == 300, r["frames"])

    @test
    def blank_frames_of_an_sfu(where):
        """LiveKit writes silence for a track that is muted. Any other clear
        octets in their place are told."""
        c = mkcap.Capture(seed=9)
        c.audio(0xa1, ALICE, SFU, cname="alice").livekit(400)
        muted = range(mkcap.EPOCH + 3 * 10**9, mkcap.EPOCH + 5 * 10**9)
        for name, octets, status in (
                ("silence", b"\xf8\xff\xfe" + bytes(77), 0),
                ("short silence", b"\xf8\xff\xfe", 0),
                ("no silence", b"\xf8\xff\xfd" + bytes(77), 1)):
            def mute(q, octets=octets):
                return q.copy(payload=octets) if q.ns in muted else q
            n = seen(where, c.packets, sent_on(c, mute, after_ms=0), name,
                     status)["frames"]
            blank = 100 if status == 0 else 0
            check(name + ": counted apart", n["server_made"] == blank ==
                  n["dropped"] and n["altered"] == 100 - blank and
                  n["injected"] == 0, n)

    @test
    def calls_of_one_test_device(where):
        """Browsers' fake devices make the same tone in every call: lengths, and
        in the clear octets, are equal at places; the pictures are not."""
        for a, b, equal in (("S25-turn-udp.rtp", "S26-sframe-sll2.rtp", 0),
                            ("S28-sframe-h264-prefix.rtp",
                             "S29-sframe-av1.rtp", 0),
                            ("S01-none.rtp", "SJ4-room-plain-2s.rtp", 0),
                            ("S18-d-av-shared-key.rtp",
                             "S20-sframe-h264.rtp", 0),
                            ("S20-sframe-h264.rtp",
                             "S22-sframe-ctr-step3.rtp", 0),
                            ("S01-none.rtp", "S17-d-late-encrypt.rtp", 100),
                            ("S24-d-late-encrypt-2s.rtp",
                             "S36-nosrtp-none.plain", 100),
                            ("S34-d-one-side-plain.rtp",
                             "S36-nosrtp-none.plain", 400)):
            for x, y in ((a, b), (b, a)):
                calls = [os.path.join(os.path.dirname(mkcap.CLEAR),
                                      z + ".pcap") for z in (x, y)]
                r = compare(*calls, name="%s and %s" % (x, y), status=4)
                check("%s and %s: two calls" % (x, y), not r["findings"] and
                      r["frames"]["matched"] == 0, r)
                check("%s and %s: what is equal is told" % (x, y),
                      r["frames"]["equal_by_chance"] >= equal and (
                          equal == 0 or "two calls" in r["headline"]),
                      (r["frames"], r["headline"]))

    @test
    def from_where_to_where(where):
        """Findings say it: packets of A for what B lacks, else of B."""
        c = small_call()
        a = sorted((p for p in c.packets if p.stream), key=lambda p: p.ns)
        b = sent_on(c)
        audio = [p for p in b if p.pt == 111]
        gone = {id(p) for p in audio[100:200]}
        bad = {id(p) for p in (audio[30], audio[60], audio[250])}
        fake = [p.copy(timestamp=p.timestamp + 5, seq=p.seq + 400, payload=
                       mkcap.header(300, 70000 + i) + bytes([i]) * 60)
                for i, p in enumerate(audio[200:203])]
        after = audio[203:]
        for p in after:
            p.seq += 400 + 3
        for i, p in enumerate(audio[200:203]):
            p.seq += 400 + i
            fake[i].seq, fake[i].ns = p.seq + 1, p.ns + 1000
        b = sorted([p.copy(payload=flipped(p.payload)) if id(p) in bad else p
                    for p in b if id(p) not in gone] + fake,
                   key=lambda p: p.ns)
        r = seen(where, a, b, "where", 1)
        heard = [i for i, p in enumerate(a, 1) if p.pt == 111]
        at = {(p.pt, p.timestamp): i for i, p in enumerate(b, 1)}
        want = {"altered-in-transit": ("B", *(
                    at[111, audio[i].timestamp] for i in (30, 250))),
                "injected-in-transit": ("B", *(
                    at[111, p.timestamp] for p in (fake[0], fake[2]))),
                "dropped-in-transit": ("A", heard[100], heard[199])}
        check("where: in a stream that A has", r["frames"][
            "injected_in_new_streams"] == 0 < r["frames"]["injected"],
            r["frames"])
        got = {x["slug"]: x["where"] and (
            x["where"]["point"], x["where"]["first_packet"],
            x["where"]["last_packet"]) for x in r["findings"]}
        check("where: in JSON", got == want, (got, want))
        text = " ".join(run("compare", *paths(where)).text.split())
        check("where: in the text", all("packets %d-%d of %s," % (
            x[1], x[2], x[0]) in text for x in want.values()), text)

    @test
    def two_senders_of_one_tone(where):
        """In one browser, a real call: one in the clear and one not, whose
        frames are as long, at about the same times, to two receivers."""
        sent = []
        for p in mkcap.read_capture(os.path.join(os.path.dirname(
                mkcap.CLEAR), "S34-d-one-side-plain.rtp.pcap")):
            r = mkcap.rtp_of(p.octets)
            if r is not None and r[0] == 111:
                sent.append((p, r[4]))
        ssrcs = sorted({ssrc for _, ssrc in sent})
        check("two senders: two", len(ssrcs) == 2, ssrcs)
        for one in ssrcs:
            a = [p for p, ssrc in sent if ssrc == one]
            b = [p if ssrc == one else mkcap.Packet(
                p.ns, p.octets[:30] + bytes([10, 9, 9, 9]) + p.octets[34:])
                for p, ssrc in sent]
            for path, packets in zip(paths(where), (a, b)):
                with open(path, "wb") as f:
                    f.write(mkcap.pcap(packets))
            name = "two senders, 0x%08x" % one
            r = compare(*paths(where), name=name, status=0)
            check(name + ": nothing altered", r["frames"]["same"] == len(a) and
                  r["frames"]["altered_again"] == 0, r["frames"])

    @test
    def equal_by_chance(where):
        """One key, one counter and silence, or a tone in the clear: frames are
        equal in two calls. Lengths and the clock tell those from one call with
        others altered on the way."""
        def call(seed, ssrc, sealed, tone, behind_s=0, at=0):
            rng, lot = random.Random(seed), random.Random(1)
            c = mkcap.Capture(seed=seed)
            s = c.audio(ssrc, ALICE, SFU)
            for i in range(400):
                n = 40 + lot.randrange(60)
                own = rng.randbytes(40 + rng.randrange(60))
                body = lot.randbytes(n) if tone(i) else own
                s.octets(mkcap.header(5, i) + body if sealed
                         else b"\x78" + body)
            return [p.copy(timestamp=p.timestamp + at,
                           ns=p.ns + behind_s * 10**9) for p in c.packets]

        for sealed, part in ((True, lambda i: i % 40 == 7),
                             (False, lambda i: i % 5 < 3)):
            what = "sealed" if sealed else "clear"
            n = sum(map(part, range(400)))
            a = call(1, 0xa1, sealed, part)
            r = seen(where, a, call(2, 0xb1, sealed, part, 100, 777),
                     what + ", later", 4)
            check(what + ", later: two calls", not r["findings"] and
                  r["frames"]["equal_by_chance"] == n, r["frames"])
            r = seen(where, a, call(2, 0xb1, sealed, part, 0, 777),
                     what + ", then", 1)
            check(what + ", then: altered", r["frames"]["altered"] ==
                  400 - n and r["frames"]["same"] == n, r["frames"])
        # by a hop: later by its clock, and each other frame is longer by four
        a = call(1, 0xa1, True, lambda i: False)
        b = [p.copy(ns=p.ns + 100 * 10**9, payload=p.payload + (
            b"" if i % 40 == 7 else b"\0\0\0\0")) for i, p in enumerate(a)]
        n = seen(where, a, b, "longer, later", 1)["frames"]
        check("longer, later: lengths say that it is one", n["same"] == 10 and
              n["altered"] == 390, n)

    @test
    def only_the_second_receiver(where):
        """The first gets every frame as it was, the second none of them."""
        c = small_call()
        real = mkcap.clear("opus")

        def to_both(change):
            return sent_on(c) + [change(q.copy(
                ssrc=q.ssrc ^ 0x10000, dst="10.0.0.3:6000", ns=q.ns + MS))
                for q in sent_on(c)]

        def longer(q):
            return q.copy(payload=q.payload + b"\0\0\0\0") \
                if q.pt == 111 else q

        def clear(q):
            n = (q.timestamp - 77777 - c.streams[0].timestamp) // 960
            return q.copy(payload=real[n % len(real)]) if q.pt == 111 else q
        r = seen(where, c.packets, to_both(lambda q: q), "both the same", 0)
        check("both the same: nothing to say", not r["findings"], r)
        r = seen(where, c.packets, to_both(longer), "one gets more", 1)
        n = r["frames"]
        check("one gets more: told", n["altered_again"] == 300 and
              n["decrypted_again"] == n["injected"] == 0 and
              n["same"] == n["a"], n)
        check("one gets more: the cause", {x["cause"] for x in r["examples"]} ==
              {"octets-behind"}, r["examples"][:1])
        r = seen(where, c.packets, to_both(clear), "one gets it clear", 1)
        n = r["frames"]
        check("one gets it clear: told", n["decrypted_again"] > 280 and
              n["injected"] == n["server_made"] == 0 and slugs(r)[0] == "decrypted-in-transit", n)
        # another sender with the same tone is nobody's second leg
        tone = mkcap.Capture(seed=8)
        tone.audio(0xd1, "10.0.0.4:4000", SFU, cname="dave") \
            .sframe(300, kid=400)
        r = seen(where, c.packets, sent_on(c) + [p.copy(
            src=SFU, dst=BOB, ns=p.ns + 12 * MS) for p in tone.packets
            if p.stream], "another sender, same tone", 0)
        check("another sender, same tone: not altered, and told",
              r["frames"]["altered_again"] == 0 and "300 frames of B were never "
              "seen at A" in r["headline"], (r["frames"], r["headline"]))
        text = " ".join(run("compare", *paths(where)).text.split())
        check("another sender, same tone: a whole stream", r["frames"][
              "injected_in_new_streams"] == 300 and "(all of them in 1 stream "
              "that A has nothing of" in text, (r["frames"], text))

    @test
    def decrypted_for_the_second_receiver(where):
        """By an SFU that has the key and numbers what it sends anew. Whoever
        else sends the same tone in the clear is nobody's second leg."""
        carol = "10.0.0.3:6000"

        def clear_leg(codec="vp8", ms=13, dst=carol, kinds=(111, 96),
                      change=lambda p: p):
            c = small_clear(codec)
            return [change(p.copy(
                ssrc=0xd00 + p.pt, src=SFU, dst=dst, seq=p.seq + 4000,
                timestamp=p.timestamp - p.stream.timestamp + 5 * 10**8 + p.pt,
                ns=p.ns + ms * MS)) for p in c.packets
                if p.stream and p.pt in kinds]

        def small_clear(codec):
            c = mkcap.Capture(seed=3)
            c.audio(0xa1, ALICE, SFU, cname="alice").plain(300)
            c.video(0xa2, ALICE, SFU, cname="alice", codec=codec).plain(90)
            return c

        def since(packets, seconds):
            return [p for p in packets
                    if p.ns >= mkcap.EPOCH + seconds * 10**9]

        for codec in ("vp8", "h264", "av1"):
            c = small_call(codec=codec)
            r = seen(where, c.packets, sent_on(c) + clear_leg(codec),
                     codec + " decrypted for one", 1)
            n = r["frames"]
            check(codec + " decrypted for one: all of it is told",
                  n["decrypted_again"] >= 370 and n["same"] == n["a"] and
                  n["server_made"] == 0 and
                  n["injected"] == 390 - n["a"] and
                  slugs(r)[0] == "decrypted-in-transit", n)
            rows = [x for x in r["streams"] if x["copy"]]
            check(codec + " decrypted for one: in the rows of that one", sum(
                x["decrypted_again"] for x in rows) == n["decrypted_again"] and
                {x["b"]["ssrc"] for x in rows} == {"0x00000d6f", "0x00000d60"}
                and r["findings"][0]["row"] in [r["streams"].index(x) for x in
                                                rows], rows)
        c = small_call()
        for kinds, least in (((111,), 280), ((96,), 88)):
            r = seen(where, c.packets, sent_on(c) + clear_leg(kinds=kinds),
                     "decrypted: %s" % (kinds,), 1)
            n = r["frames"]
            check("decrypted: %s" % (kinds,), least <= n["decrypted_again"] <=
                  300 and n["injected"] == 0 and n["same"] == n["a"], n)
        r = seen(where, c.packets, sent_on(c) + since(clear_leg(), 3),
                 "decrypted, joins late", 1)
        n = r["frames"]
        check("decrypted, joins late", 140 <= n["decrypted_again"] <= 210 and
              n["injected"] == 0 and n["same"] == n["a"], n)
        r = seen(where, c.packets, clear_leg(dst=BOB) + clear_leg(change=lambda
                 p: p.copy(ssrc=p.ssrc ^ 0x7000, timestamp=p.timestamp + 99)),
                 "decrypted for both", 1)
        n = r["frames"]
        check("decrypted for both", n["decrypted"] >= 370 and
              n["injected"] == n["dropped"] == 0 and n["same"] == 0, n)

        r = seen(where, c.packets, since(clear_leg(dst=BOB), 3),
                 "decrypted, and B begins late", 1)
        n = r["frames"]
        check("decrypted, and B begins late", n["decrypted"] >= 140 and
              n["injected"] == n["dropped"] == 0, n)

        # a tone that comes round; every sender is early and late by itself, and
        # all legs of it are as the sender is
        tone, rng = mkcap.clear("opus")[40:65], random.Random(6)

        def toned(seal, seed):
            c, at = mkcap.Capture(seed=3), random.Random(seed)
            s = c.audio(0xa1, ALICE, SFU)
            for i in range(300):
                body = tone[i % 25]
                s.octets(mkcap.header(5, i) + rng.randbytes(len(body) + 16)
                         if seal else body)
            return [p.copy(ns=p.ns + at.randrange(MS)) for p in c.packets
                    if p.stream]
        a = toned(True, 1)
        for name, seed, dst, ticks, told in (
                ("together", 1, carol, 1, True),
                ("apart", 2, carol, 1, False),
                ("together, to the same", 1, BOB, 1, True),
                ("apart, to the same", 2, BOB, 1, False),
                # the server sends what there is each 50 ms
                ("apart, to the same at once", 2, BOB, 50 * MS, False)):
            b = [p.copy(ns=p.ns + 12 * MS, ssrc=0xb1, src=SFU, dst=BOB,
                        timestamp=p.timestamp + 777) for p in a]
            b += [p.copy(ns=p.ns + 13 * MS + rng.randrange(50000), ssrc=0xd1,
                         src=SFU, dst=dst, timestamp=p.timestamp + 9999)
                  for p in toned(False, seed)]
            b = [p.copy(ns=-(-p.ns // ticks) * ticks) for p in b]
            r = seen(where, a, b, "a tone, " + name, 1 if told else 0)
            n = r["frames"]
            check("a tone, %s: is it one sender's" % name, n["same"] == 300 and
                  (n["injected"] == 0 and n["decrypted_again"] > 280 if told
                   else n["altered_again"] == 0 and n["injected"] > 200), n)

        # nobody's: the same tone beside it, or at another time; other lengths
        rng = random.Random(4)
        lot = [p.payload for p in clear_leg(kinds=(111,))]
        rng.shuffle(lot)
        for name, other in (
                ("to whom the stream itself goes", clear_leg(dst=BOB)),
                ("half a second later", clear_leg(ms=513)),
                ("of other lengths", [p.copy(payload=x) for p, x in zip(
                    clear_leg(kinds=(111,)), lot)])):
            r = seen(where, c.packets, sent_on(c) + other,
                     "in the clear, " + name, 0)
            n = r["frames"]
            check("in the clear, %s: not decrypted, and told" % name,
                  n["altered_again"] == n["altered"] == 0 and n["same"] ==
                  n["a"] and slugs(r) == ["injected-in-transit"], n)

    @test
    def still_under_srtp(where):
        """A wire without its keys at one side says nothing; equal packets at
        both do, but not that they are in the clear."""
        for call in ("S03-sframe-gcm128", "S01-none", "S21-sframe-ipv6"):
            plain, wire = [os.path.join(os.path.dirname(mkcap.CLEAR), call + x)
                           for x in (".rtp.pcap", ".srtp.pcap")]
            if not os.path.exists(wire):
                continue
            for a, b in ((plain, wire), (wire, plain)):
                name = call + ", SRTP at " + ("B" if b == wire else "A")
                r = compare(a, b, name=name, status=4)
                n = r["frames"]
                check(name + ": nothing is said", not r["findings"] and
                      n["matched"] == n["injected"] == 0, n)
                check(name + ": why", "SRTP" in r["headline"] and
                      n["srtp_streams_" + ("b" if b == wire else "a")] > 0, r)
            r = compare(wire, wire, name=call + ", SRTP twice", status=0)
            n = r["frames"]
            check(call + ", SRTP twice: equal, not clear", n["same"] > 100 and
                  n["same_in_clear"] == 0 and n["same_under_srtp"] == n["same"]
                  and "clear" not in r["headline"], (n, r["headline"]))

    @test
    def clocks_that_drift(where):
        c = mkcap.Capture(seed=2)
        c.audio(0xa1, ALICE, SFU).sframe(50 * 240, kid=9)
        for ppm in (0, 80, -300):
            name = "%d ppm" % ppm
            b = sent_on(c, drift=ppm / 1e6)
            # B's capture stops first; what A has behind that is no loss
            end = b[-1].ns - 10**9
            r = seen(where, c.packets, [p for p in b if p.ns <= end], name, 0)
            check(name + ": told, and out of the delays",
                  abs(r["clock"]["drift_ppm"] - ppm) < 1 and
                  r["clock"]["delay_most"] < 1e-4, r["clock"])
            check(name + ": nothing dropped", not r["findings"] and
                  49 <= r["frames"]["outside"] <= 51, r["frames"])
