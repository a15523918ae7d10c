"""
relays.py - media over TURN and over TCP: in both forms of TURN, on both legs, with
octets missing, joined late, cut, framed in every way.

	relays.py [PART-OF-A-NAME...]
"""
import os
import random
import struct
import sys
import time

import mkcap
from harness import Schema, check, finish, run, scratch, strict
from wrapping import (FAULTY, QUIET, SERVER, VXLAN, Packet, Tcp, Turn, bounded,
                      call, cut, ether, framed, heart_of_it, ice_tcp, ip4,
                      over, plain, report, same, udp, write)

schema = Schema()
tests = []


def test(f):
    tests.append(f)
    return f


@test
def turn(where):
    for name in (QUIET,) + FAULTY:
        packets = [p for p in call(name)]
        for how in ("channels", "unpadded", "indications"):
            t = Turn(packets)
            made = [p.made(t.udp(*t.message(p, how))) for p in packets]
            binds = [packets[0].made(t.udp(True, b)) for b in t.binds()]
            same("%s, TURN %s" % (name[:3], how), where, binds + made, name,
                 part=heart_of_it, via=["turn"])
    packets = call()
    t = Turn(packets)
    made = [p.made(t.udp(*t.message(p, "channels"))) for p in packets]
    r = report(write(where, made))
    check("TURN, channels not seen bound: opened", sorted(
        s["frames"] for s in r["streams"]) == sorted(
            s["frames"] for s in plain(QUIET, lambda x: x)["streams"]),
          r["accounting"])


@test
def both_legs(where):
    """Seen between client and server and between relay and peer."""
    for name in (QUIET,) + FAULTY:
        packets = call(name)
        t = Turn(packets)
        made = []
        for p in packets:
            made.append(p.made(t.udp(*t.message(p, "channels"))))
            relayed = Packet(p)
            up = (p.src, p.sport) == t.client
            a = (b"\xc0\0\2\x64", 49152) if up else (p.src, p.sport)
            b = (p.dst, p.dport) if up else (b"\xc0\0\2\x64", 49152)
            made.append(mkcap.Packet(relayed.ns + 100000, ether(ip4(
                17, udp(p.data, a[1], b[1]), a[0], b[0]))))
        binds = [packets[0].made(t.udp(True, b)) for b in t.binds()]
        r = report(write(where, binds + made))
        one = plain(name, lambda x: x)
        check(name[:3] + ", both legs: no repeats", not {
            "frame-repeated", "kid-shared"} & {f["slug"] for f in
                                               r["findings"]},
              [f["slug"] for f in r["findings"]])
        check(name[:3] + ", both legs: the same findings",
              {f["slug"] for f in r["findings"]} ==
              {f["slug"] for f in one["findings"]},
              [f["slug"] for f in r["findings"]])
        check(name[:3] + ", both legs: each stream twice",
              len(r["streams"]) == 2 * len(one["streams"]),
              len(r["streams"]))
        check(name[:3] + ", both legs: no duplicates", not any(
            s["duplicates"] for s in r["streams"]))


@test
def tcp(where):
    for name in (QUIET,) + FAULTY:
        packets = call(name)
        rng = random.Random(4)
        for what, made in (
                ("a packet a segment", ice_tcp(packets)),
                ("numbers that wrap", ice_tcp(packets, 0xffffff00)),
                ("no SYN", ice_tcp(packets, syn=False)),
                ("segments of 1,400", ice_tcp(packets, each=1400)),
                ("segments of 97", ice_tcp(packets, each=97)),
                ("segments of 9,000", ice_tcp(packets, each=9000))):
            same("%s, TCP, %s" % (name[:3], what), where, made, name,
                 part=heart_of_it, via=["tcp"])
            twice = [q for p in made for q in (p, p)]
            same("%s, TCP, %s, each twice" % (name[:3], what), where, twice,
                 name, part=heart_of_it)
            late = []
            for p in made:
                late.append(p)
                if len(late) > 9 and rng.random() < 0.1:
                    late.insert(-rng.randrange(2, 7), late.pop())
            head = {id(p) for p in made[:12]}
            late = made[:12] + [p for p in late if id(p) not in head]
            same("%s, TCP, %s, reordered" % (name[:3], what), where, late,
                 name, part=heart_of_it)
            again = []
            for i, p in enumerate(made):
                again.append(p)
                if i > 30 and i % 17 == 0:
                    again.append(made[i - rng.randrange(3, 20)])
            same("%s, TCP, %s, sent again" % (name[:3], what), where, again,
                 name, part=heart_of_it)
    packets = call()
    made = [p.made(ether(ip4(17, udp(VXLAN + q.octets, 33333, 4789))))
            for p, q in ((packets[0], x) for x in ice_tcp(packets))]
    for p, q in zip(made, ice_tcp(packets)):
        p.ns = q.ns
    same("TCP in VXLAN", where, made, part=heart_of_it,
         via=["vxlan 42", "tcp"])


def subset(what, r, base, part):
    """All streams are there, with a part of the frames and no faults."""
    check(what + ": the streams", [s["ssrc"] for s in r["streams"]] and
          {s["ssrc"] for s in r["streams"]} ==
          {s["ssrc"] for s in base["streams"]}, len(r["streams"]))
    got = sum(s["frames"] for s in r["streams"])
    want = sum(s["frames"] for s in base["streams"])
    check(what + ": %d %% of the frames" % (100 * part),
          want * part <= got <= want + 2, (got, want))
    check(what + ": no fault", {f["severity"] for f in r["findings"]} <=
          {"note"}, [f["slug"] for f in r["findings"]])


@test
def tcp_holes(where):
    packets, base = call(), plain(QUIET, lambda x: x)
    for what, made, part in (
            ("lost, each 40th", ice_tcp(packets), 0.85),
            ("lost, each 40th of 1,400", ice_tcp(packets, each=1400), 0.5)):
        kept = [p for i, p in enumerate(made) if i % 40 != 39]
        path = write(where, kept)
        r = report(path)
        subset("TCP " + what, r, base, part)
        slugs = [f["slug"] for f in r["findings"]]
        check("TCP %s: told" % what, "tcp-holes" in slugs, slugs)
        check("TCP %s: in the text" % what, "tcp-holes" in
              run("check", path).text)
    made = [p for i, p in enumerate(ice_tcp(call(FAULTY[1])))
            if i % 90 != 40]
    r = report(write(where, made))
    for s in r["streams"][:2]:  # the gap of two seconds is where it was
        for x in s["plaintext_intervals"]:
            check("TCP with holes: packets come out in time",
                  430 < x["first_packet"] < x["last_packet"] < 760, x)
    check("TCP with holes: the gap is told", "plaintext-gap" in
          [f["slug"] for f in r["findings"]])
    for n in (7, 50):
        for each in (None, 777):
            made = ice_tcp(packets, each=each)[n:]
            base = report(write(where, packets[n:]))
            r = report(write(where, made))
            subset("TCP from segment %d on (%s)" % (n, each), r, base, 0.6)
            check("TCP joined late: nothing is told as lost",
                  "tcp-holes" not in [f["slug"] for f in r["findings"]])
    r = report(write(where, ice_tcp(packets)))
    check("TCP whole: no holes told", "tcp-holes" not in
          [f["slug"] for f in r["findings"]])


@test
def tcp_cut(where):
    """The snap length cuts segments: what is there of each frame is shown, the
    next one is found, and the report says what is missing."""
    packets = call()

    def of(made):
        r = report(write(where, made))
        return r, {s["ssrc"]: (s["frames"], s["incomplete_frames"])
                   for s in r["streams"]}
    turned = {}
    for how in ("channels", "indications"):
        t, over = Turn(packets), Tcp()
        ends = t.client, (SERVER, 3478)
        for p in packets:
            up, data = t.message(p, how)
            over.segment(p.ns, *(ends if up else ends[::-1]), data)
        turned[how] = over.out
    for n in (120, 200, 400):
        _, want = of(cut(packets, n))
        for what, made, more in (
                ("a packet a segment", ice_tcp(packets), 14),
                ("joined late", ice_tcp(packets)[30:], 14),
                ("TURN channels", turned["channels"], 16),
                ("TURN indications", turned["indications"], 48)):
            label = "TCP cut, %s, %d" % (what, n)
            r, got = of(cut(made, n + more))
            check(label + ": the streams", got.keys() == want.keys(),
                  got.keys())
            if what != "joined late":
                check(label + ": nearly all frames", all(
                    want[s][0] - 3 <= got[s][0] <= want[s][0] and
                    want[s][1] - 12 <= got[s][1] <= want[s][1] + 1
                    for s in want.keys() & got.keys()), (got, want))
            slugs = {f["slug"] for f in r["findings"]}
            check(label + ": told", "capture-cut" in slugs, slugs)
            check(label + ": no fault", {f["severity"] for f in
                                         r["findings"]} <= {"note"}, slugs)
            check(label + ": the verdict does not say that all was seen",
                  r["verdict"] == "inconclusive", r["verdict"])
    for n in (96, 400, 1000):
        r, got = of(cut(ice_tcp(packets, each=1400), n))
        slugs = {f["slug"] for f in r["findings"]}
        check("TCP cut, segments that know no packets, %d" % n,
              "capture-cut" in slugs and slugs <= {
                  "capture-cut", "tcp-holes", "exposes-audio-level",
                  "exposes-sizes"}, slugs)
        check("and is not said to be all there, %d" % n,
              r["verdict"] == "inconclusive", r["verdict"])
    text = " ".join(run("check", os.path.join(where, "call.pcap")).text.split())
    check("TCP cut: missing octets are octets", "octets are missing, or stand"
          in text and " times" not in text.split("tcp-holes")[1].split(
              "NOTE")[0], text[-900:])
    for how in ("channels", "indications"):  # and over UDP
        t = Turn(packets)
        made = [p.made(t.udp(*t.message(p, how))) for p in packets]
        _, want = of(cut(packets, 200))
        _, got = of(cut(made, 204 if how == "channels" else 236))
        check("TURN %s over UDP, cut" % how, got == want, (got, want))
    # a hole inside one frame: the next one is where that says
    big = b"\x80\x60" + bytes(10) + bytes(3000)
    for at, n in ((300, 1000), (1400, 400), (2, 500)):
        t = Tcp()
        a, b = (packets[0].src, 4000), (packets[0].dst, 5000)
        for p in packets[:200]:
            t.segment(p.ns, a, b, framed(p.data))
        t.segment(packets[200].ns, a, b, framed(big)[:at])
        t.seq[a, b] = t.seq[a, b] + n & 0xffffffff
        t.segment(packets[200].ns, a, b, framed(big)[at + n:])
        for p in packets[200:]:
            t.segment(p.ns + 4 * 10**9, a, b, framed(p.data))
        r, got = of(t.out)
        want = {s["ssrc"]: s["frames"]
                for s in plain(QUIET, lambda x: x)["streams"]}
        check("TCP hole of %d octets inside a frame" % n,
              {s: got[s][0] for s in want if s in got} == want, (got, want))


@test
def tcp_found_again(where):
    """Behind holes packets are found again where they are, and nowhere else:
    no octets of a payload show as a packet of an SSRC that is not there."""
    least = {("S03", 1400, "lose"): 270, ("S16", 777, "lose"): 740}
    for name in (QUIET, FAULTY[1]):
        packets = call(name)[:1200]
        there = {"0x" + p.data[8:12].hex() for p in packets}
        for each in (1400, 777, 97):
            made = ice_tcp(packets, each=each)
            rng = random.Random(23)
            for what, kept in (
                    ("lose", [p for p in made if rng.random() > 1 / 23]),
                    ("join and lose", [p for p in made[23:]
                                       if rng.random() > 1 / 23]),
                    ("cut", cut(made, 1000))):
                label = "TCP %s, %d, %s" % (name[:3], each, what)
                r = report(write(where, kept))
                got = {s["ssrc"] for s in r["streams"]}
                check(label + ": no other SSRC", got <= there, got - there)
                n = sum(s["frames"] for s in r["streams"])
                check(label + ": enough frames", n >= least.get(
                    (name[:3], each, what), 1), n)


@test
def tcp_framings(where):
    packets = call()
    # "ssltcp": a handshake of fixed octets, then RFC 4571
    t = Tcp()
    for a, b in sorted({t.ends(p) for p in packets}):
        t.segment(packets[0].ns, a, b, b"", 2)
        t.segment(packets[0].ns, a, b, b"\x80\x46\1\3\1\0\x2d\0\0\0\x10" +
                  b"\x9c" * 61)
    for p in packets:
        t.segment(p.ns, *t.ends(p), framed(p.data))
    same("TCP, ssltcp", where, t.out, part=heart_of_it, via=["tcp"])
    # RTSP: messages, then packets behind a dollar sign
    t = Tcp()
    lines = b"PLAY rtsp://x/ RTSP/1.0\r\nCSeq: 4\r\nContent-Length: 5\r\n" \
        b"\r\nhello"
    for i, p in enumerate(packets):
        head = lines if i < 4 or i % 50 == 0 else b""
        t.segment(p.ns, *t.ends(p), head + b"$\0" + framed(p.data))
    same("TCP, RTSP", where, t.out, part=heart_of_it, via=["tcp"])
    # TURN over TCP
    for how in ("channels", "indications"):
        turned, t = Turn(packets), Tcp()
        ends = turned.client, (SERVER, 3478)
        made = [(p.ns,) + turned.message(p, how) for p in packets]
        for b in turned.binds():
            t.segment(packets[0].ns, *ends, b)
        for ns, up, data in made:
            t.segment(ns, *(ends if up else ends[::-1]), data)
        same("TURN over TCP, " + how, where, t.out, part=heart_of_it,
             via=["tcp", "turn"])


@test
def tcp_bombs(where):
    good = call()
    rng = random.Random(6)

    def segment(i, seq, data, port=443):
        return mkcap.Packet(good[0].ns, ether(ip4(6, struct.pack(
            ">HHIIBBHHH", 1024 + i % 60000, port, seq & 0xffffffff, 0, 0x50,
            0x18, 0xffff, 0, 0) + data,
            src=struct.pack(">I", 0x0a000000 + i // 60000))))
    noise = rng.randbytes(4096)
    for what, made in (
            ("100,000 connections", [segment(i, i, noise[:40])
                                     for i in range(100000)]),
            ("one octet, one hole, 60,000 times",
             [segment(1, 2 * i, b"x") for i in range(60000)]),
            ("windows of 4 GiB", [segment(1, i * 0x10000003, noise[:1400])
                                  for i in range(20000)]),
            ("holes that nothing fills",
             [segment(i % 50, 100000 - i * 7, noise[:300])
              for i in range(20000)]),
            ("lengths that lie", [segment(1, i * 1000, b"\xff\xff\x80\x6f" +
                                          bytes(996)) for i in range(5000)]),
            ("cut, and lengths that lie", [mkcap.Packet(p.ns, p.octets[:90],
                                                        len(p.octets))
                                           for p in (segment(
                                               1, i * 1400, b"\xff\xff\x80\x6f"
                                               + bytes(1396))
                                               for i in range(5000))]),
            ("cut frames without end", [mkcap.Packet(
                p.ns, p.octets[:90], len(p.octets)) for p in (segment(
                    i % 7, i // 7 * 1400, b"\x05\x76\x80\x6f" + bytes(1396))
                    for i in range(7000))]),
            ("zeros", [segment(1, i * 1400, bytes(1400))
                       for i in range(5000)]),
            ("a dollar each", [segment(1, i * 1400, b"$" * 1400)
                               for i in range(5000)]),
            ("half a message of RTSP each", [
                segment(i, 0, b"OPTIONS " * 170) for i in range(5000)])):
        path = write(where, made + ice_tcp(good))
        begun = time.monotonic()
        ran = bounded("check", "--json", "--max-memory", "8M", path)
        took = time.monotonic() - begun
        check(what + ": no hang", took < 20, "%.1f s" % took)
        check(what + ": a status", ran.status in (0, 1, 4, 5), ran)
        r = strict(ran.out)
        check(what + ": all counted", not schema.faults(r), schema.faults(r))
        check(what + ": the call behind it is judged",
              len(r["streams"]) >= 3, len(r["streams"]))


@test
def twice(where):
    """SPAN ports, any-devices and mirrors give packets more than once."""
    for name in (QUIET,) + FAULTY:
        packets, base = call(name), plain(name, lambda x: x)
        for what, made in (
                ("at once", [q for p in packets for q in (p, p)]),
                ("by two mirrors", [q for p in packets for q in (
                    p.made(over(4789, VXLAN)(p)),
                    p.made(over(4789, b"\x08\0\0\0\0\0\x2b\0")(p)))]),
                ("plain and mirrored", [q for p in packets for q in (
                    p, p.made(over(4789, VXLAN)(p)))])):
            r = report(write(where, made))
            what = "%s, twice %s" % (name[:3], what)
            check(what + ": counted", all(
                s["duplicates"] * 2 == s["packets"] for s in r["streams"]),
                [(s["duplicates"], s["packets"]) for s in r["streams"]])
            keep = [(s["frames"], s["lost"], s["protection"])
                    for s in r["streams"]]
            check(what + ": the same streams", keep == [
                (s["frames"], s["lost"], s["protection"])
                for s in base["streams"]], keep)
            check(what + ": the same findings", [
                (f["slug"], f["count"]) for f in r["findings"]] == [
                    (f["slug"], f["count"]) for f in base["findings"]],
                [f["slug"] for f in r["findings"]])
    packets = call()
    made = [q for p in packets for q in (p, p.made(ether(ip4(17, udp(
        VXLAN + p.octets[:90], 33333, 4789)))))]
    r = report(write(where, made))
    check("plain and mirrored, cut: no conflict", r["streams"] and not any(
        s["evidence"]["conflicts"] for s in r["streams"]))
    check("plain and mirrored, cut: the frames", [
        s["frames"] for s in r["streams"]] == [
            s["frames"] for s in plain(QUIET, lambda x: x)["streams"]])


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        for t in tests:
            if not parts or any(p in t.__name__ for p in parts):
                t(where)
    finish()


if __name__ == "__main__":
    main()
