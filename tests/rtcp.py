"""
rtcp.py - decode --rtcp: compounds that a writer of our own makes at random, and
what the lines say of each packet in them.

	rtcp.py [PART-OF-A-NAME...]
"""
import os
import random
import struct
import sys

import mkcap
from harness import Schema, check, finish, lines, run, scratch

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
schema = Schema("frame.schema.json")
tests = []


def test(function):
    tests.append(function)
    return function


# ---- the writer: octets of a packet, and what decode should say of it -------

def hexa(ssrc):
    return "0x%08x" % ssrc


def packet(kind, count, body, pad=0):
    if pad:
        body += bytes(pad - 1) + bytes([pad])
    assert len(body) % 4 == 0
    return struct.pack(">BBH", 0x80 | (0x20 if pad else 0) | count, kind,
                       len(body) // 4) + body


def feedback(kind, fmt, rng, fci, **facts):
    sender, media = rng.getrandbits(32), rng.getrandbits(32)
    return packet(kind, fmt, struct.pack(">II", sender, media) + fci), dict(
        facts, ssrc=hexa(sender), media_ssrc=hexa(media))


def blocks(rng):
    out, facts = b"", []
    for _ in range(rng.choice([0, 0, 1, 2, 31])):
        ssrc, fraction = rng.getrandbits(32), rng.getrandbits(8)
        lost = rng.choice([0, 1, -1, 8388607, -8388608, 123456])
        highest, jitter, lsr, dlsr = (rng.getrandbits(32) for _ in range(4))
        out += struct.pack(">IB", ssrc, fraction) + lost.to_bytes(
            3, "big", signed=True) + struct.pack(">4I", highest, jitter, lsr,
                                                 dlsr)
        facts.append({"ssrc": hexa(ssrc), "fraction_lost": fraction / 256,
                      "lost": lost, "highest_sequence": highest,
                      "jitter": jitter, "last_sr": lsr,
                      "delay_ms": dlsr / 65.536})
    return out, facts


def sr(rng):
    row, reports = blocks(rng)
    ssrc, stamp, n, octets = (rng.getrandbits(32) for _ in range(4))
    second, half = rng.choice([(0, 0), (3900000000, 1), (3, 1)])
    ntp = second << 32 | half << 31
    when = {0: None, 3900000000: "2023-08-02T21:20:00.500000000Z",
            3: "2036-02-07T06:28:19.500000000Z"}[second]
    return packet(200, len(reports), struct.pack(
        ">IQIII", ssrc, ntp, stamp, n, octets) + row), {
            "rtcp": "sr", "ssrc": hexa(ssrc), "ntp": when,
            "rtp_timestamp": stamp, "sent_packets": n, "sent_octets": octets,
            "reports": reports}


def rr(rng):
    row, reports = blocks(rng)
    ssrc = rng.getrandbits(32)
    return packet(201, len(reports), struct.pack(">I", ssrc) + row), {
        "rtcp": "rr", "ssrc": hexa(ssrc), "reports": reports}


ITEMS = {1: "cname", 2: "name", 3: "email", 4: "phone", 5: "location",
         6: "tool", 7: "note", 8: "private", 12: "rid", 13: "repaired-rid",
         15: "mid", 99: "other"}
TEXTS = [b"", b"alice", b"a" * 255, "J\u00fcrg".encode(), b"a \"quoted\" \\ b"]


def sdes(rng):
    out, sources = b"", []
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        ssrc = rng.getrandbits(32)
        chunk, items = struct.pack(">I", ssrc), []
        for _ in range(rng.randrange(4)):
            kind, text = rng.choice(list(ITEMS)), rng.choice(TEXTS)
            chunk += bytes([kind, len(text)]) + text
            items.append({"item": ITEMS[kind], "text": text.decode()})
        chunk += bytes(4 - len(chunk) % 4)
        out += chunk
        sources.append({"ssrc": hexa(ssrc), "items": items})
    return packet(202, len(sources), out), {
        "rtcp": "sdes", "sources": sources,
        "ssrc": sources[0]["ssrc"] if sources else None}


def bye(rng):
    ssrcs = [rng.getrandbits(32) for _ in range(rng.choice([0, 1, 2, 31]))]
    body = b"".join(struct.pack(">I", s) for s in ssrcs)
    reason = rng.choice([None] + TEXTS)
    if reason is not None:
        body += bytes([len(reason)]) + reason
        body += bytes(-len(body) % 4)
    facts = {"rtcp": "bye", "sources": [hexa(s) for s in ssrcs],
             "reason": None if reason is None else reason.decode()}
    if ssrcs:
        facts["ssrc"] = hexa(ssrcs[0])
    return packet(203, len(ssrcs), body), facts


def app(rng):
    ssrc, sub = rng.getrandbits(32), rng.getrandbits(5)
    data = rng.randbytes(4 * rng.randrange(5))
    return packet(204, sub, struct.pack(">I", ssrc) + b"Qos\n" + data), {
        "rtcp": "app", "ssrc": hexa(ssrc), "subtype": sub, "name": "Qos\n",
        "data_octets": len(data)}


def nack(rng):
    fci, missing = b"", []
    for _ in range(rng.choice([1, 2, 20])):
        pid, blp = rng.choice([0, 65535, 500]), rng.choice([0, 0xffff, 0x8001])
        fci += struct.pack(">HH", pid, blp)
        missing += [pid] + [(pid + 1 + i) & 0xffff for i in range(16)
                            if blp >> i & 1]
    return feedback(205, 1, rng, fci, rtcp="nack", missing=missing)


def tmmb(rng):
    fci, limits, fmt = b"", [], rng.choice([3, 4])
    for _ in range(rng.randrange(3)):
        ssrc, exp, mantissa, over = (rng.getrandbits(n) for n in (32, 6, 17, 9))
        fci += struct.pack(">II", ssrc, exp << 26 | mantissa << 9 | over)
        limits.append({"ssrc": hexa(ssrc), "overhead": over,
                       "bitrate": str(min(mantissa << exp, 2**64 - 1))})
    return feedback(205, fmt, rng, fci, limits=limits,
                    rtcp="tmmbr" if fmt == 3 else "tmmbn")


def ccfb(rng):
    sender, body, sources = rng.getrandbits(32), b"", []
    for _ in range(rng.randrange(3)):
        ssrc, first = rng.getrandbits(32), rng.getrandbits(16)
        n = rng.choice([0, 1, 2, 7])
        seen = [rng.getrandbits(1) for _ in range(n)]
        body += struct.pack(">IHH", ssrc, first, n) + b"".join(
            struct.pack(">H", s << 15 | (rng.getrandbits(15) if s else 0))
            for s in seen)
        body += bytes(-len(body) % 4)
        sources.append({"ssrc": hexa(ssrc), "base_sequence": first,
                        "status_count": n, "received": sum(seen)})
    return packet(205, 11, struct.pack(">I", sender) + body +
                  rng.randbytes(4)), {
        "rtcp": "ccfb", "ssrc": hexa(sender), "sources": sources}


def transport_cc(rng):
    """Runs, and chunks of one or two bits a packet, of a random history."""
    history = [rng.choice([0, 1, 1, 1, 2]) for _ in range(rng.randrange(1, 60))]
    base, number = rng.getrandbits(16), rng.getrandbits(8)
    reference = rng.choice([0, 1, -1, 8388607, -8388608])
    chunks, left = b"", list(history)
    while left:
        run_of = 1
        while run_of < len(left) and left[run_of] == left[0]:
            run_of += 1
        if run_of > 7:
            chunks += struct.pack(">H", left[0] << 13 | run_of)
            left = left[run_of:]
        elif max(left[:14]) < 2 and rng.random() < .5:
            bits = (left[:14] + [0] * 14)[:14]
            chunks += struct.pack(">H", 0x8000 | int(
                "".join(map(str, bits)), 2))
            left = left[14:]
        else:
            word = 0
            for s in (left[:7] + [0] * 7)[:7]:
                word = word << 2 | s
            chunks += struct.pack(">H", 0xc000 | word)
            left = left[7:]
    deltas = b"".join(rng.randbytes(s) for s in history)
    fci = struct.pack(">HH", base, len(history)) + reference.to_bytes(
        3, "big", signed=True) + bytes([number]) + chunks + deltas
    octets, facts = feedback(
        205, 15, rng, fci + bytes(-len(fci) % 4), rtcp="transport-cc",
        feedback_number=number, reference_ms=reference * 64,
        base_sequence=base, status_count=len(history),
        received=sum(s > 0 for s in history))
    return octets, facts


def named(kind, fmt, name, octets=0):
    return lambda rng: feedback(kind, fmt, rng, rng.randbytes(octets),
                                rtcp=name)


def fir(rng):
    fci, requests = b"", []
    for _ in range(rng.randrange(3)):
        ssrc, number = rng.getrandbits(32), rng.getrandbits(8)
        fci += struct.pack(">IBBH", ssrc, number, 0, 0)
        requests.append({"ssrc": hexa(ssrc), "number": number})
    return feedback(206, 4, rng, fci, rtcp="fir", requests=requests)


def remb(rng):
    ssrcs = [rng.getrandbits(32) for _ in range(rng.choice([0, 1, 255]))]
    exp, mantissa = rng.getrandbits(6), rng.getrandbits(18)
    return feedback(
        206, 15, rng, b"REMB" + struct.pack(
            ">I", len(ssrcs) << 24 | exp << 18 | mantissa) +
        b"".join(struct.pack(">I", s) for s in ssrcs), rtcp="remb",
        bitrate=str(min(mantissa << exp, 2**64 - 1)),
        sources=[hexa(s) for s in ssrcs])


def afb(rng):
    return feedback(206, 15, rng, b"GOOG" + bytes(8), rtcp="afb",
                    data_octets=12)


def xr(rng):
    ssrc, body, told = rng.getrandbits(32), b"", []
    for _ in range(rng.randrange(4)):
        kind = rng.choice([1, 4, 5, 7, 42, 200])
        fact = {"block_type": kind, "block": {
            1: "loss-rle", 4: "receiver-reference-time", 5: "dlrr",
            7: "voip-metrics", 42: "target-bitrate", 200: "other"}[kind]}
        block = rng.randbytes({1: 12, 4: 8, 5: 24, 7: 32, 42: 4, 200: 0}[kind])
        if kind == 4:
            block = struct.pack(">Q", 3900000000 << 32 | 1 << 31)
            fact["ntp"] = "2023-08-02T21:20:00.500000000Z"
        if kind == 5:
            fact["reports"] = [
                {"ssrc": hexa(a), "last_rr": b, "delay_ms": c / 65.536}
                for a, b, c in struct.iter_unpack(">III", block)]
        body += struct.pack(">BBH", kind, 0, len(block) // 4) + block
        told.append(dict(fact, octets=len(block)))
    return packet(207, 0, struct.pack(">I", ssrc) + body), {
        "rtcp": "xr", "ssrc": hexa(ssrc), "blocks": told}


def other(rng):
    body = rng.randbytes(8)
    return packet(210, 3, body), {"rtcp": "other", "ssrc": hexa(
        int.from_bytes(body[:4], "big"))}


KINDS = [sr, rr, sdes, bye, app, nack, tmmb, ccfb, transport_cc, fir, remb, afb,
         xr, other, named(206, 1, "pli"), named(206, 2, "sli", 4),
         named(206, 3, "rpsi", 8), named(206, 10, "lrr", 8)]


def near(got, want):
    """Equal, but for the last digits of what is no whole number."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(
            k in got and near(got[k], v) for k, v in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(
            map(near, got, want))
    if isinstance(want, float):
        return abs(got - want) <= 1e-5 * max(1, abs(want))
    return type(got) is type(want) and got == want


def capture(*compounds):
    """A call with RTCP in it, one each 40 ms."""
    c = mkcap.Capture(seed=3)
    c.audio(0xa1, ALICE, SFU).sframe(60 + 2 * len(compounds), kid=9, ctr=300)
    for i, octets in enumerate(compounds):
        c.datagram(.1 + i * .04, SFU, ALICE, octets)
    return c


def decoded(name, where, c, *options, snap=262144):
    path = c.write(os.path.join(where, "x.pcap"), snap)
    r = run("decode", "--rtcp", "--json", *options, path)
    got = lines(r.out)
    fault = next(filter(None, map(schema.faults, got)), "")
    check(name + ": fits the schema", not fault, fault)
    at = [f["packet"] for f in got]
    check(name + ": in order of packets", at == sorted(at))
    text = run("decode", "--rtcp", *options, path)
    check(name + ": a line of text each", len(text.text.splitlines()) - 1 ==
          len(got) and text.status == r.status == 0, text)
    return [f for f in got if f["type"] == "rtcp"], text


@test
def each_kind_at_random(where):
    rng = random.Random(9605)
    wanted, compounds = [], []
    for _ in range(120):
        parts = [rng.choice(KINDS)(rng) for _ in range(rng.randrange(1, 5))]
        compounds.append(b"".join(p[0] for p in parts))
        wanted += [dict(facts, part=i + 1, octets=len(octets), state="whole",
                        fault=None, src=SFU, dst=ALICE)
                   for i, (octets, facts) in enumerate(parts)]
    got, text = decoded("random", where, capture(*compounds))
    check("random: as many", len(got) == len(wanted), (len(got), len(wanted)))
    for g, w in zip(got, wanted):
        check("random: %s" % w["rtcp"], near(g, w), (g, w))
    body = [x for x in text.text.splitlines() if "  rtcp   " in x]
    check("random: text has them in that order", [
        x.split()[4] for x in body] == [w["rtcp"] for w in wanted], body[:3])
    check("random: no line of text says null", "null" not in text.text)


@test
def without_the_option(where):
    path = capture(rr(random.Random(1))[0]).write(os.path.join(where, "x.pcap"))
    r = run("decode", "--json", path)
    check("without: frames alone", {f["type"] for f in lines(r.out)} ==
          {"frame"}, r)
    r = run("check", "--rtcp", path)
    check("without: no option of check", r.status == 2 and not r.out, r)


@test
def rtcp_alone(where):
    c = mkcap.Capture()
    c.datagram(0, SFU, ALICE, rr(random.Random(1))[0])
    path = c.write(os.path.join(where, "x.pcap"))
    r = run("decode", "--rtcp", path)
    check("alone: a line, and status 0", r.status == 0 and
          len(r.text.splitlines()) == 2, r)
    check("alone: nothing without it", run("decode", path).status == 4)


@test
def padded(where):
    """The padding of the last packet is none of its items."""
    rng = random.Random(4)
    octets = packet(205, 1, struct.pack(">IIHH", 1, 2, 300, 0), pad=8)
    got, _ = decoded("padded", where, capture(rr(rng)[0] + octets))
    check("padded: one packet is missing", got[1]["missing"] == [300] and
          got[1]["fault"] is None, got)
    for pad, missing in ((2, [300, 0, 2]), (40, [300, 0] + [
            i + 1 for i in range(16) if 40 >> i & 1])):
        bad = octets[:-1] + bytes([pad])
        got, _ = decoded("padding of %d" % pad, where, capture(bad))
        check("padding of %d: it is none" % pad, len(got[0]["missing"]) > 1, got)


@test
def not_in_its_lengths(where):
    """SRTCP, and a compound that was damaged: its front, and no facts."""
    rng = random.Random(5)
    sealed = rr(random.Random(0))[0][:8] + rng.randbytes(40)
    damaged = sr(rng)[0] + b"\x80\xca\x00\x09" + bytes(8)
    got, text = decoded("unreadable", where, capture(sealed, damaged))
    check("unreadable: one line each", [
        (f["rtcp"], f["state"], f["part"], f["octets"]) for f in got] ==
        [("rr", "unreadable", 1, len(sealed)),
         ("sr", "unreadable", 1, len(damaged))] and
        not any("reports" in f for f in got), got)
    check("unreadable: said in text", text.text.count("unreadable") == 2)


@test
def cut_by_the_snap_length(where):
    rng = random.Random(6)
    first = rr(random.Random(0))[0]
    whole = first + sr(rng)[0] + bye(rng)[0]
    got, _ = decoded("cut", where, capture(whole),
                     snap=42 + len(first) + 20)
    check("cut: what is whole, and the front of the next", [
        (f["rtcp"], f["state"]) for f in got] ==
        [("rr", "whole"), ("sr", "cut")] and "ntp" not in got[1], got)


@test
def hostile_strings(where):
    """Nothing that a terminal obeys, a line end, or what turns text around."""
    evil = b"\x1b[2J\n\0\xff\xe2\x80\xae"
    chunk = struct.pack(">IBB", 7, 1, len(evil)) + evil
    chunk += bytes(4 - len(chunk) % 4)
    reason = struct.pack(">IB", 7, len(evil)) + evil
    c = capture(packet(202, 1, chunk), packet(203, 1, reason + bytes(
        -len(reason) % 4)))
    got, text = decoded("hostile", where, c)
    want = "\x1b[2J\n\0\ufffd\u202e"
    check("hostile: exact in JSON", got[0]["sources"][0]["items"][0]["text"] ==
          got[1]["reason"] == want, got)
    check("hostile: escaped in text", text.text.count("\\x1b[2J\\x0a\\x00\\xff")
          == 2 and "\x1b" not in text.text and "\u202e" not in text.text, text)


@test
def bodies_too_short(where):
    """Right lengths, and less inside than the counts say."""
    short = [(200, 0, 8, "sender information"), (201, 2, 28, "report block"),
             (202, 1, 4, "end of items"), (203, 3, 8, "sources"), (204, 0, 4,
             "SSRC and name"), (205, 1, 4, "SSRCs"), (205, 15, 12, "header"),
             (207, 0, 8, None), (203, 1, 8, None)]
    bodies = [packet(k, n, b"\x11" * size) for k, n, size, _ in short]
    got, _ = decoded("short", where, capture(*bodies))
    for g, (k, n, _, field) in zip(got, short):
        check("short: type %d" % k, g["state"] == "whole" and (
            field is None or g["fault"] == field), g)


@test
def little_memory(where):
    """More RTCP than there is room for: none is lost, order is kept."""
    rng = random.Random(8)
    compounds = [b"".join(remb(rng)[0] for _ in range(4)) for _ in range(250)]
    c = capture(*compounds)
    got, _ = decoded("memory", where, c, "--max-memory", "8M")
    check("memory: all of them", len(got) == 4 * len(compounds), len(got))


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


main()
