"""
dtls.py - SRTP keys out of DTLS handshakes: two that OpenSSL made, with the key
log and the keying material that it exported (tests/srtp), and DTLS 1.3 by hand.
"""
import hashlib
import hmac
import os
import random
import struct

from harness import check, slugs_by_ssrc
from srtpcap import HANDSHAKES, all_opened, call_over, exported, halves, \
    handshake, in_pieces, keylog, lengths, main, report, secret_file


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


main([dtls12, inside, again, dtls13])
