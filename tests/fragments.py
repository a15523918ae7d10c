"""
fragments.py - IP packets in pieces, and pieces that a driver joined: in order,
reversed, lost, contradicting each other, without end.

	fragments.py [PART-OF-A-NAME...]
"""
import random
import struct
import sys
import time

import mkcap
from harness import Schema, check, finish, run, scratch, strict
from wrapping import (FAULTY, QUIET, VXLAN, Packet, bounded, call, difference,
                      ether, fragments4, fragments6, heart_of_it, ip4, plain,
                      report, same, udp, write)

schema = Schema()
tests = []


def test(f):
    tests.append(f)
    return f


@test
def fragments(where):
    rng = random.Random(7)
    for name in (QUIET,) + FAULTY:
        packets = call(name)
        for what, order in (("in order", lambda f: f),
                            ("reversed", lambda f: f[::-1]),
                            ("shuffled", lambda f: rng.sample(f, len(f))),
                            ("twice", lambda f: f + f),
                            ("each twice", lambda f: [
                                x for y in f for x in (y, y)])):
            out = []
            for i, p in enumerate(packets):
                f = fragments4(p, i & 0xffff, 264)
                out += [p.made(x) for x in order(f)]
            r = same("%s, fragments %s" % (name[:3], what), where, out, name,
                     part=heart_of_it)
            a = r["accounting"]
            check("fragments %s: counted once" % what, a["packets"] ==
                  len(out), a)
            if what == "in order":
                check("fragments: all belong to RTP",
                      a["rtp"] + a["rtcp"] == a["packets"], a)
    packets = call()
    out = []
    for i, p in enumerate(packets):
        inner = fragments4(p, i, 264)
        for j, x in enumerate(inner):
            out.append(p.made(ether(ip4(17, udp(VXLAN + x, 33333, 4789)))))
    same("fragments in VXLAN", where, out, part=heart_of_it)
    out = []
    for i, p in enumerate(packets):
        outer = Packet(p.made(ether(ip4(17, udp(VXLAN + p.octets, 3333,
                                                4789)))))
        out += [p.made(x) for x in fragments4(outer, i, 264)]
    same("VXLAN in fragments", where, out, part=heart_of_it)
    out = []
    for i, p in enumerate(packets):
        out += [p.made(x) for x in fragments6(p, i * 7919, 264)]
    r = report(write(where, out))
    frames = sorted(s["frames"] for s in r["streams"])
    want = sorted(s["frames"] for s in plain(QUIET, lambda x: x)["streams"])
    check("IPv6 fragments", frames == want, frames)


@test
def fragments_lost(where):
    packets = call()
    out, gone = [], 0
    for i, p in enumerate(packets):
        f = fragments4(p, i, 264)
        if len(f) > 1 and i % 10 == 0:
            f.pop()
            gone += 1
        out += [p.made(x) for x in f]
    path = write(where, out)
    r = report(path)
    slugs = {f["slug"]: f for f in r["findings"]}
    check("lost fragments: a finding", "ip-fragments-lost" in slugs and
          slugs["ip-fragments-lost"]["count"] == gone, slugs.keys())
    check("lost fragments: no fault of a sender",
          {f["severity"] for f in r["findings"]} <= {"note"}, slugs.keys())
    check("lost fragments: packets are lost",
          sum(s["lost"] for s in r["streams"]) > 0)
    check("lost fragments: in the text", "ip-fragments-lost" in
          run("check", path).text)
    r = report(write(where, [p.made(x) for i, p in enumerate(packets)
                             for x in fragments4(p, i, 264)]))
    check("no lost fragments: no finding", "ip-fragments-lost" not in
          [f["slug"] for f in r["findings"]])


@test
def fragments_that_differ(where):
    packets = call()
    out = []
    for i, p in enumerate(packets):
        f = fragments4(p, i, 264)
        if len(f) > 1 and i % 10 == 0:
            evil = bytearray(f[0])
            evil[14 + 20 + 40] ^= 0xff
            f.insert(1, bytes(evil))
        out += [p.made(x) for x in f]
    r = report(write(where, out))
    slugs = [f["slug"] for f in r["findings"]]
    check("fragments that differ: a finding", "ip-fragments-differ" in slugs,
          slugs)
    check("fragments that differ: dropped",
          r["accounting"]["malformed"] > 0, r["accounting"])
    out = [p.made(x) for i, p in enumerate(packets)
           for x in fragments4(p, i, 264) for _ in (1, 2)]
    r = report(write(where, out))
    check("fragments that are the same: no finding", "ip-fragments-differ" not in
          [f["slug"] for f in r["findings"]])


@test
def fragment_bombs(where):
    good = call()
    ns = good[0].ns
    rng = random.Random(3)

    def bomb(i, at, n, more):
        return mkcap.Packet(ns, ether(ip4(
            17, rng.randbytes(n), src=struct.pack(">I", 0x0a000000 + i),
            ident=i & 0xffff, piece=(0x2000 if more else 0) | at // 8)))
    for what, made in (
            ("100,000 open", [bomb(i, 0, 64, True) for i in range(100000)]),
            ("ends without beginnings",
             [bomb(i, 65528 - 1024, 1024, False) for i in range(30000)]),
            ("one of 8,000 small pieces", [bomb(1, at, 8, True)
                                           for at in range(0, 65000, 16)]),
            ("beyond 64 KiB", [bomb(1, 65528, 800, False)] * 50)):
        path = write(where, made + good)
        begun = time.monotonic()
        ran = bounded("check", "--json", "--max-memory", "8M", path)
        took = time.monotonic() - begun
        check(what + ": no hang", took < 20, "%.1f s" % took)
        check(what + ": a status", ran.status in (0, 4, 5), ran)
        r = strict(ran.out)
        check(what + ": the call behind it is judged",
              len(r["streams"]) == 3, len(r["streams"]))
        slugs = [f["slug"] for f in r["findings"]]
        check(what + ": is told", {"ip-fragments-lost", "ip-fragments-differ",
                                   "limit-reached"} & set(slugs), slugs)
        check(what + ": all counted", not schema.faults(r), schema.faults(r))


@test
def offload(where):
    """Equal packets of one stream in a row go into one record."""
    made, singles = [], 0
    rng = random.Random(5)
    call1 = mkcap.Capture(seed=11)
    s = call1.video(0xb1)
    s.sframe(120, kid=9)
    base = [Packet(p) for p in call1.frames_of_wire()]
    i = 0
    while i < len(base):
        n = 1
        while i + n < len(base) and n < 40 and \
                len(base[i + n].data) <= len(base[i].data) and \
                base[i + n].data[8:12] == base[i].data[8:12]:
            n += 1
            if len(base[i + n - 1].data) < len(base[i].data):
                break
        p = base[i]
        data = b"".join(q.data for q in base[i:i + n])
        if len(data) > 60000:
            n, data = 1, p.data
        made.append(p.made(ether(ip4(17, struct.pack(
            ">HHHH", p.sport, p.dport, 8 + len(data), 0) + data,
            p.src, p.dst))))
        singles += n == 1
        i += n
    check("offload: something to split", len(made) < len(base) * 0.9,
          (len(made), len(base), rng and singles))
    want = heart_of_it(report(write(where, base)))
    r = report(write(where, made))
    d = difference(heart_of_it(r), want)
    check("offload: as without it", not d, d)
    check("offload: one packet for each RTP packet is not counted",
          r["accounting"]["packets"] == len(made), r["accounting"])
    # a packet whose payload only looks like a second header stays one
    p = base[0]
    fake = p.data[:12] + bytes(1500) + p.data[:2] + b"\xff\xff" + \
        p.data[4:12] + bytes(1500)
    r = report(write(where, [p.made(ether(ip4(17, struct.pack(
        ">HHHH", p.sport, p.dport, 8 + len(fake), 0) + fake, p.src, p.dst)))]
        * 3 + base))
    check("offload: no split by chance", len(r["streams"]) == 1)


def main():
    parts = sys.argv[1:]
    with scratch() as where:
        for t in tests:
            if not parts or any(p in t.__name__ for p in parts):
                t(where)
    finish()


if __name__ == "__main__":
    main()
