"""
compare.py - one call at two points: compare against what was done to it.

	compare.py [PART-OF-A-NAME...]

Real calls are Janus's two sides of a room, which forwards payloads as they
are. Made calls are a capture of mkcap and the same again, as an SFU that does
one thing wrong would have sent it on.
"""
import os
import sys

import mkcap
import sfucases
from harness import TOP, Schema, check, finish, run, scratch, strict, too_wide

CAPTURES = os.path.join(TOP, "corpora", "captures")
ALICE, BOB, SFU = "10.0.0.1:4000", "10.0.0.2:5000", "10.0.0.9:9000"
schema = Schema("compare.schema.json")
tests = []


def test(f):
    tests.append(f)
    return f


def compare(a, b, *options, name, status=None):
    ran = run("compare", "--json", *options, a, b)
    if not check(name + ": JSON", ran.out, ran):
        return None
    r = strict(ran.out)
    check(name + ": fits its schema", not schema.faults(r), schema.faults(r))
    if status is not None:
        check(name + ": status %d" % status, ran.status == status, ran)
    want = {"untouched": "UNTOUCHED", "altered": "ALTERED",
            "inconclusive": "INCONCLUSIVE"}[r["forwarding"]]
    text = run("compare", *options, a, b)
    check(name + ": the first word says it", text.text.startswith(want + " "),
          text)
    wide = too_wide(text.text)
    check(name + ": 100 columns", not wide, wide[:1])
    return r


# ---- real calls ------------------------------------------------------------

@test
def janus_forwards_untouched(where):
    for call in ("SJ2-room-sframe", "SJ4-room-plain-2s", "SJ5-room-livekit"):
        a, b = [os.path.join(CAPTURES, "%s.janus-%s.pcap" % (call, x))
                for x in ("pub", "sub")]
        r = compare(a, b, name=call, status=0)
        f = r["frames"]
        check(call + ": untouched", r["forwarding"] == "untouched", r)
        check(call + ": every frame of B is one of A", f["same"] == f["b"] and
              f["altered"] + f["injected"] + f["dropped"] == 0, f)
        check(call + ": clear frames are told",
              (f["same_in_clear"] > 0) == ("plain" in call), f)
    a = os.path.join(CAPTURES, "SJ1-echo-sframe.rtp.pcap")
    b = os.path.join(CAPTURES, "SJ1-echo-sframe.janus-pub.pcap")
    r = compare(a, b, name="browser and SFU", status=0)
    check("browser and SFU: every frame of the browser", r["frames"]["same"] ==
          r["frames"]["a"], r["frames"])
    other = os.path.join(CAPTURES, "SJ4-room-plain-2s.janus-sub.pcap")
    r = compare(a, other, name="two calls", status=4)
    check("two calls: inconclusive", r["forwarding"] == "inconclusive")
    check("two calls: allowed", run("compare", "--allow-inconclusive", a,
                                    other).status == 0)


# ---- what an SFU may do ------------------------------------------------------

def shift(c, change=lambda i, p: p, after_ms=12, clock_s=0.0):
    """The call as B sees it: new SSRCs, numbers and addresses; change may
    alter a packet, or return None or a list."""
    out = []
    for i, p in enumerate(c.packets):
        if p.stream is None:
            continue
        q = p.copy(ssrc=p.ssrc ^ 0x5555, src=SFU, dst=BOB, seq=p.seq + 900,
                   timestamp=p.timestamp + 77777,
                   ns=p.ns + after_ms * mkcap.MS + round(clock_s * 1e9))
        q = change(i, q)
        out += [] if q is None else q if isinstance(q, list) else [q]
    return mkcap.pcap([mkcap.Packet(p.ns, mkcap.ethernet(
        p.src, p.dst, p.octets())) for p in out])


def a_call(where):
    c = mkcap.Capture()
    a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(400, kid=300)
    c.video(0xa2, ALICE, SFU, cname="alice", counter=a.counter) \
        .sframe(120, kid=300)
    path = c.write(os.path.join(where, "a.pcap"))
    return c, path


def altered(where, change, name, status, options=(), **o):
    c, a = a_call(where)
    b = os.path.join(where, "b.pcap")
    with open(b, "wb") as f:
        f.write(shift(c, change, **o))
    return compare(a, b, *options, name=name, status=status)


def audio_only(f, part=lambda i: True):
    """Applies f to the payload of audio packets that part picks."""
    def change(i, p):
        if p.pt == 111 and part(i):
            p.payload = f(p.payload)
        return p
    return change


def reencode(payload):
    """KID 300 in three octets: the same header, longer."""
    y = payload[0] & 0x0f
    return bytes([0xa0 | y]) + b"\0" + payload[1:]


ALTERED = {
    "header-reencoded": reencode,
    "descriptor-added": lambda p: b"\xc0" + p,
    "octets-in-front": lambda p: b"\x01\x02\x03" + p,
    "octets-behind": lambda p: p + b"\0\0\0\0",
    "truncated": lambda p: p[:-4],
    "octets-changed": lambda p: p[:-3] + bytes([p[-3] ^ 1]) + p[-2:],
    "octets-inserted": lambda p: p[:-5] + bytes([p[-5] ^ 1]) + b"\xfe" + p[-5:],
}


@test
def altered_on_the_way(where):
    for cause, f in ALTERED.items():
        # one in ten: the streams are known from the rest
        r = altered(where, audio_only(f, lambda i: i % 10 == 3),
                    "1 in 10 " + cause, 1)
        n = r["frames"]
        check("1 in 10 %s: altered" % cause, n["altered"] > 20 and
              n["injected"] == 0 and n["dropped"] == 0, n)
        got = {x["cause"] for x in r["examples"]}
        check("1 in 10 %s: the cause" % cause, got == {cause}, got)
        check("1 in 10 %s: the finding" % cause, ("altered-in-transit",
              "error") in {(x["slug"], x["severity"]) for x in r["findings"]})
        rows = {x["a"]["ssrc"]: x for x in r["streams"] if x["a"]}
        check("1 in 10 %s: the stream" % cause,
              rows["0x000000a1"]["altered"] == n["altered"] and
              rows["0x000000a2"]["altered"] == 0, rows)
    r = altered(where, audio_only(reencode), "all headers", 1)
    check("all headers: altered", r["frames"]["altered"] >= 390, r["frames"])


@test
def where_it_differs(where):
    r = altered(where, audio_only(ALTERED["octets-changed"]), "an octet", 1)
    check("an octet: where", all(x["first_difference"] == x["a"]["octets"] - 3
          and x["octets"] == 1 for x in r["examples"]), r["examples"])
    x = r["examples"][0]
    check("an octet: which frame", x["a"]["kid"] == "300" and
          x["b"]["ctr"] == x["a"]["ctr"], x)


@test
def decrypted_on_the_way(where):
    real = mkcap.clear("opus")

    def decrypt(i, p):
        if p.pt == 111:
            n = (p.timestamp - 77777 - p.stream.timestamp) // 960
            p.payload = real[n % len(real)]
        return p
    r = altered(where, decrypt, "decrypted", 1)
    n = r["frames"]
    check("decrypted: all audio", n["decrypted"] >= 380 and n["injected"] == 0,
          n)
    check("decrypted: critical", r["findings"][0]["slug"] ==
          "decrypted-in-transit" and r["findings"][0]["severity"] ==
          "critical", r["findings"])


@test
def lost_repeated_added(where):
    r = altered(where, lambda i, p: None if p.pt == 111 and i % 10 == 3
                else p, "dropped", 0)
    n = r["frames"]
    check("dropped", 20 < n["dropped"] < 60 and n["altered"] == 0 and
          n["injected"] == 0, n)
    check("dropped is a note", [(x["slug"], x["severity"]) for x in
          r["findings"]] == [("dropped-in-transit", "note")], r["findings"])
    r = altered(where, lambda i, p: None if p.pt == 96 else p, "no video", 0)
    check("a stream that is not forwarded is no loss", r["findings"] == [],
          r["findings"])
    again = {"n": 0}

    def repeat(i, p):
        p.seq += again["n"] if p.pt == 111 else 0
        if p.pt == 111 and i % 50 == 7:
            again["n"] += 1
            return [p, p.copy(seq=p.seq + 1, ns=p.ns + 1000,
                              timestamp=p.timestamp + 1)]
        return p
    r = altered(where, repeat, "repeated", 0)
    check("repeated", r["frames"]["repeated"] == again["n"] > 3 and
          r["frames"]["altered"] == 0, r["frames"])
    check("repeated is a note", [(x["slug"], x["severity"]) for x in
          r["findings"]] == [("repeated-in-transit", "note")], r["findings"])
    def double(i, p):
        return [p, p.copy(ns=p.ns + 1000)] if i % 40 == 5 else p
    r = altered(where, double, "doubled", 0)
    check("doubled", r["frames"]["doubled_packets"] > 5 and
          r["frames"]["repeated"] == r["frames"]["altered"] == 0, r["frames"])
    check("doubled is a note", [(x["slug"], x["severity"]) for x in
          r["findings"]] == [("doubled-in-transit", "note")], r["findings"])
    added = {"n": 0}
    rng = mkcap.Capture(seed=5).rng

    def inject(i, p):
        p.seq += added["n"] if p.pt == 111 else 0
        if p.pt == 111 and i % 50 == 7:
            added["n"] += 1
            fake = mkcap.header(300, 70000 + i) + rng.randbytes(60)
            return [p, p.copy(seq=p.seq + 1, payload=fake, ns=p.ns + 1000,
                              timestamp=p.timestamp + 5)]
        return p
    r = altered(where, inject, "injected", 0)
    check("injected", r["frames"]["injected"] == added["n"] > 3, r["frames"])
    check("injected: a warning", [(x["slug"], x["severity"]) for x in
          r["findings"]] == [("injected-in-transit", "warning")])
    check("injected: fails if asked", altered(
        where, lambda i, p: p, "clean", 0, options=["--fail-on", "note"])
        ["findings"] == [])

    def incomplete(i, p):
        return None if p.pt == 96 and i % 20 == 0 else p
    r = altered(where, incomplete, "packets lost", 0)
    check("a packet lost of a frame is not another frame",
          r["frames"]["altered"] == 0, r["frames"])


CLEAR = {"h264": (64, 40), "h265": (40, 20)}  # octets of (key, other) frames


def video_call(codec):
    c = mkcap.Capture(seed=3)
    a = c.audio(0xa1, ALICE, SFU, cname="alice").sframe(240, kid=300)
    key, other = CLEAR.get(codec, (0, 0))
    v = c.video(0xa2, ALICE, SFU, cname="alice", counter=a.counter,
                codec=codec)
    v.sframe(80, kid=300, prefix=other, key_prefix=key)
    frames = {}
    for p in c._of(v):
        frames.setdefault(p.timestamp, []).append(p)
    return c, list(frames.values())


def seen_later(c, where, change, name, status):
    """change is asked with the packet of A and the one of B; what it gives
    more is numbered in."""
    of = {(p.ssrc ^ 0x5555, p.seq + 900): p for p in c.packets if p.stream}
    more = {}

    def numbered(i, q):
        got = change(of[q.ssrc, q.seq], q)
        out = [] if got is None else got if isinstance(got, list) else [got]
        first = q.seq + more.get(q.ssrc, 0)
        for j, x in enumerate(out):
            x.seq = first + j
        more[q.ssrc] = more.get(q.ssrc, 0) + len(out) - 1
        return out
    a, b = (os.path.join(where, x) for x in ("a.pcap", "b.pcap"))
    c.write(a)
    with open(b, "wb") as f:
        f.write(shift(c, numbered))
    return compare(a, b, name=name, status=status)


@test
def video_of_every_codec(where):
    """What an SFU does to frames of several packets, all numbered anew."""
    for codec in ("vp8", "vp9", "h264", "h265", "av1"):
        c, frames = video_call(codec)
        picked = {id(p) for f in frames[10::10] for p in f}
        n = len(frames[10::10])
        r = seen_later(c, where, lambda p, q: None if id(p) in picked else q,
                       codec + " dropped", 0)["frames"]
        check(codec + " dropped", r["dropped"] == n and r["altered"] ==
              r["injected"] == 0, r)
        c, frames = video_call(codec)
        middle = {id(f[len(f) // 2]) for f in frames[5::10]}

        def flip(p, q, middle=middle):
            if id(p) in middle:
                b = bytearray(q.payload)
                b[len(b) // 2 + 4] ^= 0x40
                q.payload = bytes(b)
            return q
        r = seen_later(c, where, flip, codec + " an octet", 1)
        check(codec + " an octet", r["frames"]["altered"] == len(middle) and
              r["frames"]["injected"] == r["frames"]["dropped"] == 0 and
              {x["cause"] for x in r["examples"]} == {"octets-changed"},
              r["frames"])
        c, frames = video_call(codec)
        ends = {id(f[-1]): f for f in frames[7::20]}
        rng = c.rng

        def inject(p, q, ends=ends, codec=codec):
            if id(p) not in ends:
                return q
            body = mkcap.header(300, 60000 + p.seq) + rng.randbytes(300)
            if codec in CLEAR:
                body = b"\0\0\0\1\x41" + rng.randbytes(20) + body
            parts = mkcap.packets.FORMATS[codec](body, 5, 1100)
            return [q] + [q.copy(
                payload=x, timestamp=q.timestamp + 300,
                marker=int(x is parts[-1]), ns=q.ns + 1000) for x in parts]
        r = seen_later(c, where, inject, codec + " injected", 0)["frames"]
        check(codec + " injected", r["injected"] == len(ends) and
              r["altered"] == r["dropped"] == 0, r)

        def again(p, q, ends=ends):
            if id(p) not in ends:
                return q
            return [q] + [x.copy(ssrc=q.ssrc, src=q.src, dst=q.dst,
                                 timestamp=q.timestamp + 100, ns=q.ns + 1000)
                          for x in ends[id(p)]]
        c, frames = video_call(codec)
        ends.clear()
        ends.update({id(f[-1]): f for f in frames[7::20]})
        r = seen_later(c, where, again, codec + " repeated", 0)["frames"]
        check(codec + " repeated", r["repeated"] == len(ends) and
              r["altered"] == r["injected"] == 0, r)


@test
def lost_at_the_first_point(where):
    """A's capture lacks packets, some of which came by RTX: B has frames that
    nobody injected. Where nothing is missing an extra frame still counts."""
    for codec in ("vp8", "h264", "av1"):
        for rtx in (False, True):
            c, frames = video_call(codec)
            b, a = (os.path.join(where, x) for x in ("b.pcap", "a.pcap"))
            with open(b, "wb") as f:
                f.write(shift(c))
            gone = c.lose(every=17)
            if rtx:
                c.rtx([p for p in gone if p.pt == 96], 0xa9)
            c.write(a)
            name = "%s lost at A%s" % (codec, ", RTX" if rtx else "")
            n = compare(a, b, name=name, status=0)["frames"]
            check(name, n["injected"] == n["altered"] == 0 <
                  n["missing_at_a"] <= len(gone), n)
    c, frames = video_call("vp8")
    gone = c.lose(every=50)
    a, b = (os.path.join(where, x) for x in ("a.pcap", "b.pcap"))
    c.write(a)
    rng, more = c.rng, {"n": 0}
    audio = [p for p in c.packets if p.stream and p.pt == 111]
    after = {id(p) for p, q in zip(audio, audio[1:]) if q.seq == p.seq + 1}
    picked = {p.seq + 900 for p in audio[20::40] if id(p) in after}

    def inject(i, q):
        if q.pt != 111:
            return q
        here, q.seq = q.seq, q.seq + more["n"]
        if here not in picked:
            return q
        more["n"] += 1
        return [q, q.copy(seq=q.seq + 1, ns=q.ns + 1000,
                          timestamp=q.timestamp + 5, payload=mkcap.header(
                              300, 70000 + i) + rng.randbytes(60))]
    with open(b, "wb") as f:
        f.write(shift(c, inject))
    n = compare(a, b, name="injected beside losses", status=0)["frames"]
    check("injected beside losses", n["injected"] == len(picked) > 3 and
          n["missing_at_a"] == 0, n)


@test
def a_log_and_a_capture(where):
    for call, a, b in (
            ("S05-sframe-ctr", "rtp.pcap", "chrome-rtpdump.log"),
            ("S30-firefox-sframe", "rtp.pcap", "moz-rtplogger.log"),
            ("SJ1-echo-sframe", "rtp.pcap", "audio.mjr")):
        paths = [os.path.join(CAPTURES, call + "." + x) for x in (a, b)]
        if not all(map(os.path.exists, paths)):
            continue
        r = compare(*paths, name=call + ", " + b, status=0)
        check("%s, %s: untouched" % (call, b), r["forwarding"] == "untouched"
              and r["frames"]["same"] > 100 and r["frames"]["altered"] ==
              r["frames"]["injected"] == 0, r["frames"])


@test
def encrypted_on_the_way(where):
    """The other way round: clear at A, behind a header at B."""
    c = mkcap.Capture()
    a = c.audio(0xa1, ALICE, SFU, cname="alice").plain(300)
    path = c.write(os.path.join(where, "a.pcap"))
    b = os.path.join(where, "b.pcap")
    rng = mkcap.Capture(seed=9).rng

    def seal(i, p):
        n = (p.timestamp - 77777 - a.timestamp) // 960
        p.payload = mkcap.header(300, n) + rng.randbytes(len(p.payload) + 16)
        return p
    with open(b, "wb") as f:
        f.write(shift(c, seal))
    r = compare(path, b, name="encrypted", status=1)
    check("encrypted: all", r["frames"]["encrypted"] >= 290, r["frames"])
    check("encrypted: a warning beside the error", ("encrypted-in-transit",
          "warning") in [(x["slug"], x["severity"]) for x in r["findings"]])


@test
def numbered_in_another_order(where):
    """A hop that numbers packets as they come, and two came in turn."""
    held = []

    def swap(i, p):
        if p.pt == 111 and i % 100 == 41 and not held:
            held.append(p)
            return None
        if p.pt == 111 and held:
            q = held.pop()
            p.seq, q.seq = q.seq, p.seq
            return [p, q.copy(ns=p.ns + 1000)]
        return p
    r = altered(where, swap, "reordered", 0)
    check("reordered", r["frames"]["reordered"] >= 3 and
          r["frames"]["altered"] == 0 and r["frames"]["dropped"] == 0,
          r["frames"])
    check("reordered is a note", [(x["slug"], x["severity"]) for x in
          r["findings"]] == [("reordered-in-transit", "note")], r["findings"])


@test
def came_late_under_its_number(where):
    """The network lets some overtake one: their numbers say the old order."""
    def late(i, p):
        if p.pt == 111 and i % 100 == 41:
            p.ns += 300_000_000
        return p
    r = altered(where, late, "late", 0)
    check("late: reordered", r["frames"]["reordered"] >= 3 and
          r["frames"]["altered"] == r["frames"]["dropped"] == 0, r["frames"])
    check("late: by how much", abs(r["clock"]["delay_most"] - .3) < .05,
          r["clock"])


@test
def clocks(where):
    for clock in (0.0, 37.5, -1800.0):
        r = altered(where, lambda i, p: p, "clock %s" % clock, 0,
                    clock_s=clock)
        check("clock %s: offset" % clock, r["clock"] and
              abs(r["clock"]["offset"] - clock - 0.012) <
              max(0.001, abs(clock) / 1e5), r["clock"])
    late = altered(where, lambda i, p: setattr(p, "ns", p.ns + (
        400 * mkcap.MS if 200 < i < 210 else 0)) or p, "late", 0)
    check("late: told", abs(late["clock"]["delay_most"] - 0.4) < 0.01,
          late["clock"])


@test
def two_receivers_and_silence(where):
    """Media in the clear, silence of equal octets, and two receivers."""
    c = mkcap.Capture()
    a = c.audio(0xa1, ALICE, SFU, cname="alice").plain(100)
    a.octets(*[b"\x78" + bytes(40)] * 100).plain(100)
    path = c.write(os.path.join(where, "a.pcap"))
    b = os.path.join(where, "b.pcap")
    with open(b, "wb") as f:
        f.write(shift(c, lambda i, p: [p, p.copy(
            ssrc=0xbeef, dst="10.0.0.3:6000", timestamp=p.timestamp + 5555)]))
    r = compare(path, b, name="two receivers", status=0)
    n = r["frames"]
    check("two receivers: same once, copied once", n["same"] == n["a"] == 300
          and n["copies"] == 300 and n["injected"] == 0, n)


@test
def wrong_use(where):
    _, a = a_call(where)
    empty = os.path.join(where, "empty.pcap")
    open(empty, "wb").close()
    check("one capture", run("compare", a).status == 2)
    check("three captures", run("compare", a, a, a).status == 2)
    check("an empty file", run("compare", a, empty).status == 3)
    check("no such file", run("compare", a, "none").status == 3)
    check("standard input twice", run("compare", "-", "-").status != 0)
    r = run("compare", a, a)
    check("with itself", r.status == 0 and r.text.startswith("UNTOUCHED"), r)
    with open(a, "rb") as f:
        data = f.read()
    r = run("compare", a, "-", stdin=data)
    check("standard input", r.status == 0, r)
    cut = run("compare", a, "-", stdin=data[:len(data) // 2])
    check("damaged: judged as far as it goes", cut.status == 0 and
          "damaged" in cut.text, cut)
    big = run("compare", "--max-memory", "8M", a, a)
    check("little memory", big.status == 0, big)


sfucases.add(test, compare)


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
                t(where)
    finish()


main()
