"""
srtpcap.py - what srtp.py and dtls.py share: calls put under SRTP by libsrtp2
(tests/srtp_oracle.c), key files, handshakes, and reports compared.
"""
import copy
import hashlib
import json
import os
import shlex
import struct
import subprocess
import sys

import mkcap
from harness import TOP, Schema, check, finish, run, scratch, slugs_by_ssrc, \
    strict

CALLS = os.path.join(TOP, "corpora", "captures")
LENGTHS = {"AES_CM_128": (16, 14), "AES_192_CM": (24, 14),
           "AES_256_CM": (32, 14), "NULL_HMAC": (16, 14),
           "AEAD_AES_128": (16, 12), "AEAD_AES_256": (32, 12)}
SUITES = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32",
          "AES_192_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_32",
          "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32",
          "NULL_HMAC_SHA1_80", "NULL_HMAC_SHA1_32",
          "AEAD_AES_128_GCM", "AEAD_AES_256_GCM")
schema = Schema()
key_schema = Schema("srtp-keys.schema.json")


def lengths(suite):
    return next(v for k, v in LENGTHS.items() if suite.startswith(k))


def material(suite, what=""):
    """Key and salt, the same every time; other ones for another what."""
    n = sum(lengths(suite))
    return hashlib.shake_256((suite + what).encode()).digest(n)


# ---- captures ---------------------------------------------------------------

def udp_of(octets):
    """Offset of the UDP payload; None when there is none. Ethernet, IPv4."""
    if octets[12:14] != b"\x08\x00" or octets[23] != 17:
        return None
    return 14 + (octets[14] & 15) * 4 + 8


def unpadded(packet):
    """Without what fills an Ethernet frame up to 60 octets: it is no part of
    what SRTP protects."""
    if packet.octets[12:14] == b"\x08\x00":
        n = 14 + struct.unpack_from(">H", packet.octets, 16)[0]
        packet.octets = packet.octets[:n]
        packet.length = n
    return packet


def is_rtcp(payload):
    return 192 <= payload[1] <= 223


def with_payload(packet, payload):
    """The packet with another UDP payload, and lengths that are right."""
    at = udp_of(packet.octets)
    head = bytearray(packet.octets[:at])
    struct.pack_into(">H", head, 16, at - 14 + len(payload))
    struct.pack_into(">H", head, at - 4, 8 + len(payload))
    return mkcap.Packet(packet.ns, bytes(head) + payload)


class Oracle:
    def __init__(self, where):
        self.path = os.path.join(where, "srtp_oracle")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libsrtp2"],
                               capture_output=True, check=True).stdout
        subprocess.run(shlex.split(os.environ.get("CC", "cc")) +
                       ["-o", self.path, os.path.join(TOP, "tests",
                                                      "srtp_oracle.c")] +
                       flags.decode().split(), check=True)

    def protect(self, suite, key, payloads, mki="-", roc=0):
        records = b"".join(
            bytes([is_rtcp(p)]) + struct.pack(">I", len(p)) + p
            for p in payloads)
        out = subprocess.run([self.path, suite, key.hex(), mki, str(roc)],
                             input=records, capture_output=True, check=True)
        data, at, back = out.stdout, 0, []
        while at < len(data):
            n, = struct.unpack_from(">I", data, at + 1)
            back.append(data[at + 5:at + 5 + n])
            at += 5 + n
        return back


def media(packets):
    return [i for i, p in enumerate(packets) if udp_of(p.octets) is not None]


def seal(oracle, packets, suite, **how):
    """All RTP and RTCP under SRTP: one key, whoever sends."""
    key = how.pop("key", None) or material(suite)
    at = media(packets)
    closed = oracle.protect(
        suite, key, [packets[i].octets[udp_of(packets[i].octets):]
                     for i in at], **how)
    out = list(packets)
    for i, payload in zip(at, closed):
        out[i] = with_payload(packets[i], payload)
    return out


# ---- reports ----------------------------------------------------------------

def key_file(where, *entries, **members):
    path = os.path.join(where, "srtp-keys.json")
    keys = dict({"schema": "sframe-tool/srtp-keys/v1", "keys": list(entries)},
                **members)
    faults = key_schema.faults(keys)
    if faults:
        check("keys fit the schema", False, faults)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(keys, f)
    os.chmod(path, 0o600)
    return path


def entry(suite, key=None, **more):
    key = key or material(suite)
    n = lengths(suite)[0]
    return dict({"profile": suite, "master_key": key[:n].hex(),
                 "master_salt": key[n:].hex()}, **more)


def report(path, *options):
    r = run("check", "--json", *options, path)
    check("%s %s: reads" % (os.path.basename(path), options),
          r.status in (0, 1, 4) and not r.err, r)
    d = strict(r.out)
    check("%s: fits the schema" % os.path.basename(path),
          not schema.faults(d), schema.faults(d))
    return d


def bare(d):
    """A report without what tells SRTP from none, and without names."""
    d = copy.deepcopy(d)
    for name in ("inputs", "tool", "dtls"):
        d.pop(name)
    for s in d["streams"]:
        s.pop("srtp")
    d["rules"] = [r for r in d["rules"] if not r["id"].startswith("SFS01")]
    return d


def difference(a, b, path=""):
    """Where two documents differ first; '' when they do not."""
    if type(a) is not type(b):
        return "%s: %r and %r" % (path, a, b)
    if isinstance(a, dict):
        for k in sorted(set(a) | set(b)):
            if k not in a or k not in b:
                return "%s/%s: on one side" % (path, k)
            d = difference(a[k], b[k], path + "/" + k)
            if d:
                return d
        return ""
    if isinstance(a, list):
        if len(a) != len(b):
            return "%s: %d and %d" % (path, len(a), len(b))
        return next((d for d in (difference(x, y, "%s/%d" % (path, i))
                                 for i, (x, y) in enumerate(zip(a, b))) if d),
                    "")
    return "" if a == b else "%s: %r and %r" % (path, a, b)


def same(name, plain, closed, suite):
    """The two reports say the same, and every packet was opened."""
    why = difference(bare(plain), bare(closed))
    check(name + ": says what it says of plain RTP", not why, why)
    for s in closed["streams"]:
        x = s["srtp"]
        check("%s: %s opened" % (name, s["ssrc"]),
              x and x["profile"] == suite and x["failed"] == 0 and
              x["removed"] == s["packets"], (x, s["packets"]))


class Bench:
    def __init__(self, where):
        self.where, self.oracle, self.plain = where, Oracle(where), {}

    def write(self, name, packets):
        path = os.path.join(self.where, name)
        with open(path, "wb") as f:
            f.write(mkcap.pcap(packets))
        return path

    def load(self, call):
        """(packets, report of them in plain) of the first seconds of a call"""
        if call not in self.plain:
            p = mkcap.read_capture(os.path.join(CALLS, call))
            p = [unpadded(x) for x in p if x.ns < p[0].ns + 4 * 10**9]
            self.plain[call] = p, report(self.write("plain.pcap", p))
        return self.plain[call]


def sent_by(packet, source):
    ip = ".".join(str(x) for x in packet.octets[26:30])
    port, = struct.unpack_from(">H", packet.octets, udp_of(packet.octets) - 8)
    return "%s:%d" % (ip, port) == source


def aes(mode, key, iv, octets):
    """AES by the openssl program, which has no key on its command line that
    anybody cares for."""
    return subprocess.run(
        ["openssl", "enc", "-aes-%d-%s" % (8 * len(key), mode), "-K",
         key.hex(), "-iv", iv.hex(), "-nopad"], input=octets,
        capture_output=True, check=True).stdout


def session(key, salt, label, n):
    """RFC 3711 4.3.1"""
    iv = bytearray(salt + bytes(16 - len(salt)))
    iv[7] ^= label
    return aes("ctr", key, bytes(iv), bytes(n))


# ---- handshakes -------------------------------------------------------------

DTLS = os.path.join(TOP, "tests", "srtp")
HANDSHAKES = {"cm128-sha256": "AES_CM_128_HMAC_SHA1_80",
              "gcm256-sha384": "AEAD_AES_256_GCM"}


def exported(name):
    """(client's, server's) key and salt, as OpenSSL exported them."""
    with open(os.path.join(DTLS, name + ".exported"), encoding="ascii") as f:
        octets = bytes.fromhex(f.read().split()[1])
    return halves(octets, HANDSHAKES[name])


def halves(octets, suite):
    k, s = lengths(suite)
    return (octets[:k] + octets[2 * k:2 * k + s],
            octets[k:2 * k] + octets[2 * k + s:2 * k + 2 * s])


def handshake(name):
    """[(from the client, octets)] of what passed."""
    out = []
    for p in mkcap.read_capture(os.path.join(DTLS, name + ".pcap")):
        at = udp_of(p.octets)
        out.append((p.octets[at - 8:at - 6] == struct.pack(">H", 40000),
                    p.octets[at:]))
    return out


def secret_file(where, text, name="keylog"):
    path = os.path.join(where, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


def keylog(name):
    with open(os.path.join(DTLS, name + ".keylog"), encoding="ascii") as f:
        return f.read()


def in_pieces(flight, size):
    """Handshake messages cut into fragments, the last first, and again."""
    out = []
    for up, octets in flight:
        at = 0
        while at + 13 <= len(octets):
            n, = struct.unpack_from(">H", octets, at + 11)
            head, body = octets[at:at + 11], octets[at + 13:at + 13 + n]
            at += 13 + n
            if head[0] != 22 or head[3:5] != b"\0\0":
                out.append((up, head + struct.pack(">H", n) + body))
                continue
            message = body[12:12 + int.from_bytes(body[1:4], "big")]
            parts = [(i, message[i:i + size])
                     for i in range(0, len(message), size)] or [(0, b"")]
            for i, part in parts[::-1] + parts[:1]:
                piece = body[:6] + i.to_bytes(3, "big") + \
                    len(part).to_bytes(3, "big") + part
                out.append((up, head + struct.pack(">H", len(piece)) + piece))
    return out


CLIENT, SERVER = "10.1.1.1:1000", "10.2.2.2:2000"


def call_over(b, flight, suite, keys, packets):
    """A handshake, and behind it the media under its keys."""
    out = [mkcap.Packet(packets[0].ns - 10**9 + i * 10**6, mkcap.ethernet(
        *((CLIENT, SERVER) if up else (SERVER, CLIENT)), octets))
        for i, (up, octets) in enumerate(flight)]
    media_packets = list(packets)
    for source, key in zip((CLIENT, SERVER), keys):
        at = [i for i in media(packets) if sent_by(packets[i], source)]
        closed = b.oracle.protect(suite, key, [
            packets[i].octets[udp_of(packets[i].octets):] for i in at])
        for i, payload in zip(at, closed):
            media_packets[i] = with_payload(packets[i], payload)
    return out + media_packets


def all_opened(name, d, suite, source="dtls"):
    for s in d["streams"]:
        x = s["srtp"]
        check("%s: %s opened" % (name, s["ssrc"]), x and
              x["profile"] == suite and x["keys_from"] == source and
              x["removed"] == s["packets"] and x["failed"] == 0 and
              s["protection"] == "consistent", (s["protection"], x))
    check(name + ": passes", d["verdict"] == "pass", d["verdict"])
    check(name + ": a handshake and its secret", source != "dtls" or
          d["dtls"]["handshakes"] == d["dtls"]["keyed"] == 1, d["dtls"])
    check(name + ": nothing to say of the handshake",
          not {"dtls-handshake-missing", "dtls-secret-missing",
               "srtp-not-opened", "srtp-packets-failed"} &
          set(slugs_by_ssrc(d)), sorted(slugs_by_ssrc(d)))


def main(tests):
    """Those whose names have one of the arguments in them; or all."""
    with scratch() as where:
        b = Bench(where)
        for t in tests:
            if len(sys.argv) < 2 or any(a in t.__name__ for a in sys.argv[1:]):
                t(b)
    finish()
