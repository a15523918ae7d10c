"""
dtls.py - SRTP keys out of DTLS handshakes: two that OpenSSL made, with the key
log and the keying material that it exported (tests/srtp), and DTLS 1.3 by hand.
"""
import hashlib
import hmac
import os
import random
import struct

import mkcap
from harness import check, run, slugs_by_ssrc, strict
from srtpcap import HANDSHAKES, all_opened, bare, call_over, difference, \
    exported, halves, handshake, in_pieces, keylog, lengths, main, report, \
    secret_file, udp_of


def dtls12(b):
    """Key log and handshake; whole, in fragments, without one or the other."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    for name, suite in HANDSHAKES.items():
        keys, log = exported(name), secret_file(b.where, keylog(name))
        flight = handshake(name)
        for what, f in (("whole", flight), ("pieces", in_pieces(flight, 33))):
            path = b.write("dtls.pcap", call_over(b, f, suite, keys, packets))
            all_opened("%s, %s" % (name, what),
                       report(path, "--keylog", log), suite)
        # the server's keys for the client, as if roles were the other way
        d = report(b.write("turned.pcap", call_over(
            b, flight, suite, keys[::-1], packets)), "--keylog", log)
        all_opened(name + ", roles the other way", d, suite)
        d = report(path)
        check(name + ": without the log it stays closed", all(
            s["protection"] in ("srtp", "undecidable") for s in d["streams"]))
        other = [n for n in HANDSHAKES if n != name][0]
        d = report(path, "--keylog", secret_file(b.where, keylog(other)))
        check(name + ": another log is told", "dtls-secret-missing" in
              slugs_by_ssrc(d) and d["verdict"] == "inconclusive",
              sorted(slugs_by_ssrc(d)))
        late = b.write("late.pcap", call_over(b, [], suite, keys, packets))
        d = report(late, "--keylog", secret_file(b.where, keylog(name)))
        check(name + ": a missed handshake is told", d["verdict"] ==
              "inconclusive" and "dtls-handshake-missing" in
              slugs_by_ssrc(d), (d["verdict"], sorted(slugs_by_ssrc(d))))


def pcapng(packets, secrets, end, at):
    """pcapng with a Decryption Secrets Block in front of packet at."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        n = struct.pack(end + "I", 12 + len(body))
        return struct.pack(end + "I", kind) + n + body + n
    text = secrets.encode()
    out = [block(0x0a0d0d0a, struct.pack(end + "IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack(end + "HHI", 1, 0, 0))]
    for i, p in enumerate(packets):
        if i == at:
            out.append(block(10, struct.pack(end + "II", 0x57474b4c, 4) +
                             b"wgkl"))
            out.append(block(10, struct.pack(end + "II", 0x544c534b,
                                             len(text)) + text))
        us = p.ns // 1000
        out.append(block(6, struct.pack(
            end + "5I", 0, us >> 32, us & 0xffffffff, len(p.octets),
            p.length) + p.octets))
    return b"".join(out)


def inside(b):
    """The secrets are in the capture; in front of all or behind the hellos."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    for (name, suite), end, at in zip(HANDSHAKES.items(), "<>", (0, 12)):
        call = call_over(b, handshake(name), suite, exported(name), packets)
        path = os.path.join(b.where, "inside.pcapng")
        with open(path, "wb") as f:
            f.write(pcapng(call, keylog(name), end, at))
        all_opened("secrets inside, " + suite, report(path), suite)
        # behind most of the media: a file is read for them first
        late = pcapng(call, keylog(name), end, len(call) - 5)
        with open(path, "wb") as f:
            f.write(late)
        all_opened("secrets behind, " + suite, report(path), suite)
        r = run("check", "--json", "-", stdin=late)
        d = strict(r.out)
        check("secrets behind, in a pipe: told, " + suite, r.status == 4 and
              "limit-reached" in {f["slug"] for f in d["findings"]},
              (r.status, [f["slug"] for f in d["findings"]]))
        other = pcapng(call, "CLIENT_RANDOM %s %s\n" % ("ab" * 32, "cd" * 48),
                       end, len(call) - 5)
        r = run("check", "--json", "-", stdin=other)
        check("secrets of something else: no limit, " + suite, r.status == 4 and
              "limit-reached" not in {
                  f["slug"] for f in strict(r.out)["findings"]}, r)


def again(b):
    """Two handshakes on one pair of addresses, each with its media."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    half = packets[len(packets) // 2].ns
    parts = [[p for p in packets if p.ns < half],
             [p for p in packets if p.ns >= half]]
    out = []
    for name, part in zip(HANDSHAKES, parts):
        c = call_over(b, handshake(name), HANDSHAKES[name], exported(name),
                      part)
        for p in c[:len(c) - len(part)]:
            p.ns += 10**9 - 10**8
        out += c
    log = secret_file(b.where, "".join(keylog(n) for n in HANDSHAKES))
    d = report(b.write("again.pcap", out), "--keylog", log)
    check("second handshake: all opened", sum(
        s["srtp"]["removed"] for s in d["streams"]) == d["accounting"]["rtp"]
        and d["accounting"]["srtp"] == 0, d["accounting"])


def expand_label(secret, hash_, label, context, n):
    label = b"dtls13" + label
    info = struct.pack(">HB", n, len(label)) + label + \
        bytes([len(context)]) + context
    out, block, i = b"", b"", 0
    while len(out) < n:
        i += 1
        block = hmac.new(secret, block + info + bytes([i]), hash_).digest()
        out += block
    return out[:n]


def hello(kind, seq, body):
    return struct.pack(">BHHHIH", 22, 0xfefd, 0, 0, seq, len(body) + 12) + \
        bytes([kind]) + len(body).to_bytes(3, "big") + \
        struct.pack(">H", seq) + bytes(3) + len(body).to_bytes(3, "big") + body


def dtls13(b):
    """RFC 8446 7.5, RFC 9147 5.9; the profile is not told in the clear."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    rng = random.Random(13)
    for suite, hash_ in (("AES_CM_128_HMAC_SHA1_80", hashlib.sha256),
                         ("AES_CM_128_HMAC_SHA1_32", hashlib.sha384),
                         ("AEAD_AES_128_GCM", hashlib.sha384),
                         ("AEAD_AES_256_GCM", hashlib.sha256)):
        empty = hash_().digest()
        secret, name = rng.randbytes(len(empty)), rng.randbytes(32)
        k, s = lengths(suite)
        octets = expand_label(expand_label(
            secret, hash_, b"EXTRACTOR-dtls_srtp", empty, len(empty)),
            hash_, b"exporter", empty, 2 * (k + s))
        client = b"\xfe\xfd" + name + bytes.fromhex("000000021301" "0100") + \
            bytes.fromhex("000d" "000e0009000600070008000100")
        versions = bytes.fromhex("0006" "002b0002fefc")
        server = b"\xfe\xfd" + rng.randbytes(32) + \
            bytes.fromhex("00130100") + versions
        retry = b"\xfe\xfd" + hashlib.sha256(b"HelloRetryRequest").digest() + \
            bytes.fromhex("00130100") + versions
        flight = [(True, hello(1, 0, client)), (False, hello(2, 0, retry)),
                  (True, hello(1, 1, client)), (False, hello(2, 1, server))]
        log = secret_file(b.where, "# a log\r\nEXPORTER_SECRET %s %s\r\n" %
                          (name.hex(), secret.hex()))
        keys = halves(octets, suite)
        for what, f in (("with its handshake", flight), ("joined late", [])):
            d = report(b.write("dtls13.pcap", call_over(
                b, f, suite, keys, packets)), "--keylog", log)
            for x in d["streams"]:
                check("DTLS 1.3, %s, %s: %s" % (suite, what, x["ssrc"]),
                      x["srtp"]["profile"] == suite and
                      x["srtp"]["removed"] == x["packets"], x["srtp"])


def moved(call, n, ns):
    """The first n packets, a handshake, come so much later."""
    for p in call[:n]:
        p.ns += ns
    return sorted(call, key=lambda p: p.ns)


def behind(b):
    """The handshake comes behind media that it has the keys of: a file is read
    twice, through a pipe packets wait."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    for name, suite in HANDSHAKES.items():
        flight, log = handshake(name), secret_file(b.where, keylog(name))
        for what, f, ns in (("in the middle", flight, 3 * 10**9),
                            ("last", in_pieces(flight, 100), 9 * 10**9)):
            c = moved(call_over(b, f, suite, exported(name), packets), len(f),
                      ns)
            path = b.write("behind.pcap", c)
            d = report(path, "--keylog", log)
            all_opened("%s, %s" % (name, what), d, suite)
            with open(path, "rb") as f:
                r = run("check", "--json", "--keylog", log, "-",
                        stdin=f.read())
            why = difference(bare(d), bare(strict(r.out)))
            check("%s, %s: the same through a pipe" % (name, what), not why,
                  why)
            with open(os.path.join(b.where, "behind.pcapng"), "wb") as f:
                f.write(pcapng(c, keylog(name), "<", len(c) - 1))
            all_opened("%s, %s, secrets last" % (name, what), report(f.name),
                       suite)


def behind_too_much(b):
    """What a pipe cannot hold until its keys come is told."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    name, suite = next(iter(HANDSHAKES.items()))
    flight, log = handshake(name), secret_file(b.where, keylog(name))
    long = [mkcap.Packet(packets[0].ns - 5 * 10**8, mkcap.ethernet(
        "10.9.9.9:9", "10.9.9.8:9", bytes(1400))) for _ in range(800)]
    call = call_over(b, flight, suite, exported(name), packets)
    half = len(call) // 2
    hello, call = call[:len(flight)], call[len(flight):]
    at = call[half].ns
    for p in hello + long:
        p.ns = at
    path = b.write("full.pcap", call[:half] + long + hello + call[half:])
    d = report(path, "--keylog", log)
    all_opened("a full pipe, as a file", d, suite)
    with open(path, "rb") as f:
        r = run("check", "--json", "--keylog", log, "--max-memory", "8M", "-",
                stdin=f.read())
    d = strict(r.out)
    opened = sum(s["srtp"]["removed"] for s in d["streams"])
    limit = [f for f in d["findings"] if f["slug"] == "limit-reached"]
    check("a full pipe: a part is opened, and how much is not is told",
          0 < opened and len(limit) == 1 and
          0 < limit[0]["count"] <= d["accounting"]["srtp"],
          (opened, d["accounting"], limit))


def answered_first(b):
    """The ServerHello stands in front of the ClientHello; also where another
    handshake was before it."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    names = list(HANDSHAKES)
    for name, before in ((names[0], None), (names[1], names[0])):
        suite = HANDSHAKES[name]
        flight = handshake(name)
        flight = [f for f in flight if not f[0]] + [f for f in flight if f[0]]
        log = secret_file(b.where, "".join(keylog(n) for n in names))
        if before is not None:
            flight = handshake(before) + flight
        d = report(b.write("first.pcap", call_over(
            b, flight, suite, exported(name), packets)), "--keylog", log)
        check("%s, answered first behind %s" % (name, before), d["verdict"] ==
              "pass" and all(s["srtp"]["removed"] == s["packets"]
                             for s in d["streams"]), d["dtls"])


def crossed(b):
    """The answer takes another way than the hello: ICE has two pairs."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    name, suite = list(HANDSHAKES.items())[1]
    call = call_over(b, handshake(name), suite, exported(name), packets)
    for p in call:
        at = udp_of(p.octets)
        if at is not None and 20 <= p.octets[at] < 64 and \
                p.octets[at - 8:at - 6] == struct.pack(">H", 2000):
            p.octets = p.octets[:at - 6] + struct.pack(">H", 1234) + \
                p.octets[at - 4:]
    path = b.write("crossed.pcap", call)
    log = secret_file(b.where, keylog(name))
    all_opened("crossed", report(path, "--keylog", log), suite)
    with open(path, "rb") as f:
        d = strict(run("check", "--json", "--keylog", log, "-",
                       stdin=f.read()).out)
    all_opened("crossed, in a pipe", d, suite)


main([dtls12, inside, crossed, again, behind, behind_too_much, answered_first, dtls13])
