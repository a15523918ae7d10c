#!/usr/bin/env python3
"""
dialects.py - frames in every format that is sold as SFrame, written here from
the formats' descriptions, and what check must call them.

	dialects.py [-k] [PART-OF-A-NAME...]     -k keeps the captures, in build/calls

A writer is a function of (rng, real frame, stream, RTP timestamp) that gives a
frame; tests/mkcap.py makes packets of them. Ciphertext is noise, but where keys
are tested: then it is made with the AES of tests/mistakes.py.
"""
import copy
import hashlib
import hmac
import json
import os
import random
import struct
import sys

import mkcap
from mistakes import expand, extract, gcm, xor
from harness import (TOP, Schema, check, finish, run, scratch, slugs_by_ssrc,
                     strict)

ALICE, BOB, SFU = "10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.9:9000"
A, AV, B, BV = 0xa1, 0xa2, 0xb1, 0xb2
M32 = 0xffffffff
SHA = hashlib.sha256
be = lambda v, n: (v % (1 << 8 * n)).to_bytes(n, "big")


def le(v, n):
    return v.to_bytes(n, "little")


def uleb(v):
    out = b""
    while v > 127:
        out += bytes([v & 127 | 128])
        v >>= 7
    return out + bytes([v])


def speak(stream, n, writer, kid=None):
    """n frames of the stream in a format, under a key id."""
    writer = copy.copy(writer)  # its counter is shared all the same
    if kid is not None:
        writer.kid = kid
    for _ in range(n):
        ts = stream.timestamp + round(stream.at * stream.clock) & M32
        stream.add(1, lambda rng, real, ts=ts: writer(rng, real, stream, ts))
    return stream


def head_of(stream, real):
    """Octets that most formats leave: 1 of audio, 10 or 3 of VP8."""
    if stream.kind == "audio":
        return 1
    return 3 if real[0] & 1 else 10


def noise(rng, real, p, tag=16):
    """The head, and what a cipher makes of the rest."""
    return real[:p] + rng.randbytes(len(real) - p + tag)


# ---- the formats -------------------------------------------------------------

class LiveKit:
    """IV: SSRC, timestamp, timestamp less n. Jitsi: n itself."""
    jitsi, trailer = False, True

    def __init__(self, kid=0, start=40000, ssrc=None, stamp=0):
        self.kid, self.box = kid, [start]
        self.ssrc, self.stamp = ssrc, stamp

    def iv(self, stream, ts):
        ts = ts + self.stamp & M32
        n = self.box[0] % 0xffff
        self.box[0] += 1
        return be(self.ssrc or stream.ssrc, 4) + be(ts, 4) + \
            be(n if self.jitsi else ts - n, 4)

    def __call__(self, rng, real, stream, ts):
        iv = self.iv(stream, ts)
        body = noise(rng, real, head_of(stream, real))
        return body + iv + (b"\x0c" if self.trailer else b"") + \
            bytes([self.kid])


class Jitsi(LiveKit):
    jitsi = True


class JitsiV0(Jitsi):
    trailer = False


class LiveKitGo(LiveKit):
    def __call__(self, rng, real, stream, ts):
        return noise(rng, real, head_of(stream, real)) + rng.randbytes(12) + \
            bytes([12, self.kid])


class Counting:
    """A format with one counter, which several streams may share."""

    def __init__(self, kid=0, start=1, box=None):
        self.kid, self.box = kid, box if box is not None else [start]

    def take(self):
        self.box[0] += 1
        return self.box[0] - 1


class JitsiCtr(Counting):
    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return noise(rng, real, head_of(stream, real),
                     4 if stream.kind == "audio" else 10) + c + \
            bytes([len(c) - 1 << 4 | self.kid])


class Xor(Counting):
    def __call__(self, rng, real, stream, ts):
        key, p = b"secret", head_of(stream, real)
        return real[:p] + bytes(
            b ^ key[i % 6] for i, b in enumerate(real) if i >= p) + \
            bytes([self.kid]) + b"\xde\xad\xbe\xef"


class Dave(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 0 if stream.kind == "audio" else 1 if real[0] & 1 else 10
        ranges = uleb(0) + uleb(p) if p else b""
        n = self.take()
        more = rng.randbytes(8) + uleb(n) + ranges
        return noise(rng, real, p, 0) + more + bytes([len(more) + 3]) + \
            b"\xfa\xfa"


class StreamVideo(Counting):
    prefix = bytes.fromhex("1122334455667788")

    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real)
        return noise(rng, real, p) + be(self.take(), 4) + self.prefix + \
            bytes([self.kid]) + be(p, 2) + b"\x01\xe2\xee\xfe\xed"


class RingRtc(Counting):
    def __call__(self, rng, real, stream, ts):
        return rng.randbytes(len(real)) + bytes([self.kid]) + \
            be(self.take(), 4) + rng.randbytes(16)


class Threema(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 0 if stream.kind == "audio" else 10 if real[0] & 1 else 3
        return noise(rng, real, p) + be(self.kid, 2) + le(self.take(), 4)


class WhatsApp(Counting):
    def __call__(self, rng, real, stream, ts):
        more = uleb(self.take()) + uleb(self.kid)
        return rng.randbytes(len(real) + 16) + more + bytes([len(more) + 1])


class Wire(Counting):
    def __call__(self, rng, real, stream, ts):
        x = self.kid if self.kid < 8 else 8
        kid = b"" if self.kid < 8 else be(self.kid, 1)
        return b"\x10" + bytes([0x30 | x]) + kid + be(self.take(), 4) + \
            b"\x31" + be(stream.ssrc, 4) + rng.randbytes(len(real) + 16)


class Sora(Counting):
    name = b"ABCDEFGHJKMNPQRSTVWXYZ0123"

    def __call__(self, rng, real, stream, ts):
        p, n = head_of(stream, real), self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return real[:p] + bytes([len(c) << 4 | 9, self.kid]) + c + self.name + \
            rng.randbytes(len(real) - p + 16)


class Telegram(Counting):
    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real)
        epoch = random.Random(self.kid).randbytes(32)
        return real[:p] + le(1, 4) + epoch + rng.randbytes(
            32 + 16 + (len(real) + 40) // 16 * 16 + 64) + le(p, 4)


class Mls(Counting):
    def __call__(self, rng, real, stream, ts):
        p = 10 if real[0] < 0x80 else 1
        return real[:p] + bytes.fromhex("00010002 10") + b"orange-group-id!" + \
            be(self.kid, 8) + b"\x01\x00" + b"\x40\x80" + \
            rng.randbytes(len(real) + 100)


class Omara(Counting):
    """draft-omara-sframe-00: lengths are counts."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return bytes([len(c) << 4 | self.kid]) + c + rng.randbytes(
            len(real) + 10)


class Draft(Counting):
    def __call__(self, rng, real, stream, ts):
        return mkcap.draft_header(self.kid, self.take()) + \
            rng.randbytes(len(real) + 16)


# name, writer, clear octets of (audio, VP8, VP8 key frames), first KID and the
# one after it, has a counter
FORMATS = [
    ("livekit",      LiveKit,     (1, 3, 10),          0, 1, True),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          3, 4, False),
    ("jitsi",        Jitsi,       (1, 3, 10),          15, 0, True),
    ("jitsi-v0",     JitsiV0,     (1, 3, 10),          0, 1, True),
    ("jitsi-ctr",    JitsiCtr,    (1, 3, 10),          2, 3, True),
    ("xor-demo",     Xor,         (1, 3, 10),          1, 2, False),
    ("dave",         Dave,        (0, 1, 10),          0, None, True),
    ("stream",       StreamVideo, (1, 3, 10),          4, 5, True),
    ("ringrtc",      RingRtc,     (0, 0, None),        6, 7, True),
    ("threema",      Threema,     (0, None, None),     0x0102, 0x0103, True),
    ("whatsapp",     WhatsApp,    (0, 0, None),        0, 1, True),
    ("wire",         Wire,        (0, 0, None),        3, 9, True),
    ("sora",         Sora,        (1, 3, 10),          1, 2, True),
    ("telegram",     Telegram,    (1, 3, 10),          None, None, False),
    ("orange-mls",   Mls,         (1, 10, None),       7, 8, False),
    ("sframe-js",    Omara,       (0, 0, None),        5, 6, True),
    ("sframe-draft", Draft,       (0, 0, None),        5, 6, True),
]

# ---- running -----------------------------------------------------------------

schema = Schema()
only = [a for a in sys.argv[1:] if not a.startswith("-")]


class Call:
    """A capture, and what check says of it."""

    def __init__(self, name, where, make, *options):
        c = mkcap.Capture(seed=len(name) * 7919 + sum(name.encode()))
        make(c)
        path = c.write(os.path.join(where, name.replace(" ", "-") + ".pcap"))
        self.name = name
        self.ran = run("check", "--json", *options, path)
        self.report = strict(self.ran.out) if self.ran.out else None
        self.ok("a report that fits its schema",
                self.report and not schema.faults(self.report),
                self.ran if not self.report else schema.faults(self.report))
        self.streams = {int(s["ssrc"], 16): s for s in self.report["streams"]}
        self.slugs = slugs_by_ssrc(self.report)

    def ok(self, what, good, why=""):
        return check("%s: %s" % (self.name, what), good, why)

    def is_(self, ssrc, **want):
        s = self.streams.get(ssrc, {})
        for k, v in want.items():
            self.ok("%s of 0x%x" % (k, ssrc), s.get(k) == v,
                    "%r, not %r" % (s.get(k), v))
        return s

    def finds(self, *slugs):
        self.ok("findings", set(self.slugs) == set(slugs),
                "%s, not %s" % (sorted(self.slugs), sorted(slugs)))


def alone(c, name, maker, kid, after, n=60):
    """Audio and video of one sender; its key changes half-way."""
    a = c.audio(A, ALICE, SFU, cname="alice")
    v = c.video(AV, ALICE, SFU, cname="alice")
    one, two = maker(), maker()
    if isinstance(one, Counting):
        two.box = one.box
    speak(a, 3 * n, one, kid)
    speak(v, n, two, kid)
    speak(a, 3 * n, one, after)
    speak(v, n, two, after)


# ---- with keys ---------------------------------------------------------------

def hkdf(salt, ikm, info=b"", n=16):
    return expand(SHA, extract(SHA, salt, ikm), info, n)


def livekit_hkdf(material, n=16, salt=b"LKFrameEncryptionKey"):
    return hkdf(salt, material, bytes(128), n)


def livekit_pbkdf2(material, n=16):
    return hashlib.pbkdf2_hmac("sha256", material, b"LKFrameEncryptionKey",
                               100000, n)


def sealed(writer, key):
    """The format of a writer, truly sealed. The writer's own ciphertext is put
    in between what it says in front and behind."""
    def frame(rng, real, stream, ts):
        p = 0 if isinstance(writer, RandomIv) else \
            head_of(stream, real)
        f = writer(rng, real, stream, ts)
        n = len(real) - p + 16
        if isinstance(writer, RandomIv):
            iv = f[:12]
            ct, tag = gcm(key, iv, b"", real)
            return iv + ct + tag
        if isinstance(writer, StreamVideo):
            t = f[p + n:]
            iv = t[4:12] + t[:4]
        else:
            iv = f[p + n:p + n + 12]
        ct, tag = gcm(key, iv, real[:p], real[p:])
        return f[:p] + ct + tag + f[p + n:]
    return frame


def dave_sealed(key, start=1):
    box = [start]

    def frame(rng, real, stream, ts):
        p = 0 if stream.kind == "audio" else 1 if real[0] & 1 else 10
        n, box[0] = box[0], box[0] + 1
        ct, tag = gcm(key, bytes(8) + le(n, 4), real[:p], real[p:])
        more = tag[:8] + uleb(n) + (uleb(0) + uleb(p) if p else b"")
        return real[:p] + ct + more + bytes([len(more) + 3]) + b"\xfa\xfa"
    return frame


def medooze_sealed(material, kid=5):
    box = [0]

    def frame(rng, real, stream, ts):
        enc, auth, salt = (hkdf(s, material, n=n) for s, n in (
            (b"SFrameEncryptionKey", 16), (b"SFrameAuthenticationKey", 32),
            (b"SFrameSaltKey", 16)))
        n, box[0] = box[0], box[0] + 1
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        h = bytes([len(c) << 4 | kid]) + c
        # the keystream is of no matter to who has only the tag to check
        ct = xor(real, random.Random(n).randbytes(len(real)))
        tag = hmac.new(auth, h + ct, SHA).digest()
        p = 0 if stream.kind == "audio" else head_of(stream, real)
        return real[:p] + h + ct + tag[:4 if stream.kind == "audio" else 10]
    return frame


class RandomIv:
    def __call__(self, rng, real, stream, ts):
        return rng.randbytes(len(real) + 28)


MATERIAL = bytes(range(32))
WRONG = bytes(range(1, 33))


def steps(f, material, n):
    for _ in range(n):
        material = f(material, 32)
    return material


# name, dialect, writer, its key, members of the key in the file, of a wrong one
KEYED = [
    ("livekit raw", "livekit", LiveKit(2), livekit_hkdf(MATERIAL),
     {"kid": "2", "base_key": MATERIAL.hex()},
     {"kid": "2", "base_key": WRONG.hex()}),
    ("livekit own names", "livekit", LiveKit(2), livekit_hkdf(MATERIAL),
     {"key_index": 2, "key_material": MATERIAL.hex(), "import": "HKDF"},
     {"key_index": 2, "key_material": MATERIAL.hex(), "import": "PBKDF2"}),
    ("livekit passphrase", "livekit", LiveKit(), livekit_pbkdf2(b"password"),
     {"kid": "0", "passphrase": "password"},
     {"kid": "0", "passphrase": "Password"}),
    ("livekit 256 bits", "livekit", LiveKit(), livekit_hkdf(MATERIAL, 32),
     {"kid": "0", "base_key": MATERIAL.hex(), "key_bits": 256},
     {"kid": "0", "base_key": MATERIAL.hex(), "key_bits": 128}),
    ("livekit other salt", "livekit", LiveKit(),
     livekit_hkdf(MATERIAL, 16, b"salt of ours"),
     {"kid": "0", "base_key": MATERIAL.hex(), "ratchet_salt": "salt of ours"},
     {"kid": "0", "base_key": MATERIAL.hex()}),
    ("livekit three steps on", "livekit", LiveKit(),
     livekit_hkdf(steps(livekit_hkdf, MATERIAL, 3)),
     {"kid": "0", "base_key": MATERIAL.hex()},
     {"kid": "0", "base_key": MATERIAL.hex(), "ratchet_window": 2}),
    ("livekit go", "livekit-go", LiveKitGo(3), livekit_hkdf(MATERIAL),
     {"kid": "3", "base_key": MATERIAL.hex()},
     {"kid": "3", "base_key": WRONG.hex()}),
    ("livekit the AES key", "livekit", LiveKit(), MATERIAL[:16],
     {"kid": "0", "key": MATERIAL[:16].hex()},
     {"kid": "0", "key": WRONG[:16].hex()}),
    ("jitsi", "jitsi", Jitsi(7), hkdf(b"JFrameEncryptionKey", MATERIAL),
     {"kid": "7", "base_key": MATERIAL.hex()},
     {"kid": "7", "base_key": WRONG.hex()}),
    ("jitsi ratcheted", "jitsi", Jitsi(7), hkdf(
        b"JFrameEncryptionKey", hkdf(b"JFrameRatchetKey", MATERIAL, n=32)),
     {"kid": "7", "base_key": MATERIAL.hex()},
     {"kid": "7", "base_key": MATERIAL.hex(), "ratchet_window": 0}),
    ("stream", "stream", StreamVideo(4), MATERIAL,
     {"kid": "4", "key": MATERIAL.hex()}, {"kid": "4", "key": WRONG.hex()}),
    ("random-iv", "random-iv", RandomIv(), MATERIAL[:16],
     {"key": MATERIAL[:16].hex()}, {"key": WRONG[:16].hex()}),
    ("random-iv passphrase", "random-iv", RandomIv(),
     hashlib.sha256(b"swordfish").digest(),
     {"passphrase": "swordfish"}, {"passphrase": "sword fish"}),
    ("dave", "dave", dave_sealed, MATERIAL[:16],
     {"key": MATERIAL[:16].hex()}, {"key": WRONG[:16].hex()}),
    ("sframe-js", "sframe-js", medooze_sealed, MATERIAL,
     {"sender_id": 5, "key_material": MATERIAL.hex()},
     {"sender_id": 5, "key_material": WRONG.hex()}),
]


def keyfile(where, name, dialect, *keys):
    path = os.path.join(where, name.replace(" ", "-") + ".json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "dialect": dialect,
                   "keys": list(keys)}, f)
    os.chmod(path, 0o600)
    return path


def test_keyed(where):
    for name, dialect, writer, key, right, wrong in KEYED:
        make = writer(key) if isinstance(writer, type(sealed)) \
            else sealed(writer, key)

        def call(c, make=make):
            speak(c.audio(A, ALICE, SFU, cname="alice"), 60, make)
            speak(c.video(AV, ALICE, SFU, cname="alice"), 12, make)

        other = dict(right, **{k: "77" for k in ("kid",) if k in right})
        for k in ("key_index", "sender_id"):
            if k in right:
                other[k] = 77
        if dialect == "dave":
            other["kid"] = "77"
        path = keyfile(where, "right", dialect, right)
        good = Call(name, where, call, "--keys", path)
        for ssrc, n in ((A, 60), (AV, 12)):
            s = good.is_(ssrc, dialect=dialect, protection="verified")
            good.ok("all verified", s["frames_by_state"]["verified"] == n, s)
            good.ok("no control opened", s["evidence"]["controls_opened"] == 0)
        want = ["not-rfc9605"]
        if dialect == "random-iv":
            want.append("random-iv-no-kid")
        good.finds(*want)
        good.ok("no key in the report",
                b"00010203" not in good.ran.out.replace(b"swordfish", b"0001"))
        bad = Call(name + ", wrong key", where, call, "--keys",
                   keyfile(where, "wrong", dialect, wrong))
        bad.ok("auth-failed", bad.slugs.get("auth-failed") and
               bad.report["verdict"] == "fail", bad.slugs)
        bad.ok("none verified", not any(
            s["frames_by_state"]["verified"] for s in bad.streams.values()))
        if dialect == "random-iv":
            continue
        none = Call(name + ", other index", where, call, "--keys",
                    keyfile(where, "other", dialect, other))
        none.ok("kid-unknown", "kid-unknown" in none.slugs and
                "auth-failed" not in none.slugs, none.slugs)


KEY_FAULTS = [
    ({"dialect": "esperanto"}, "dialect", "no such format"),
    ({"dialect": "threema"}, "dialect", "cannot be opened"),
    ({"kid": "0"}, "base_key", "missing"),
    ({"base_key": "00"}, "kid", "missing"),
    ({"kid": "0", "base_key": "00", "suite": 4}, "suite", "unknown member"),
    ({"kid": "0", "base_key": "00", "passphrase": "x"}, "passphrase",
     "second secret"),
    ({"kid": "0", "key": "0011"}, "key", "not 16 or 32"),
    ({"kid": "0", "key_index": 0, "base_key": "00"}, "key_index",
     "beside kid"),
    ({"kid": "0", "base_key": "00", "key_bits": 192}, "key_bits", "not 128"),
    ({"kid": "0", "base_key": "00", "ratchet_window": 65}, "ratchet_window",
     "too large"),
    ({"kid": "0", "base_key": "00", "import": "AES"}, "import",
     "not a way"),
]


def test_key_files(where):
    c = mkcap.Capture()
    c.audio(A).plain(5)
    cap = c.write(os.path.join(where, "any.pcap"))
    for key, place, cause in KEY_FAULTS:
        r = run("check", "--keys", keyfile(where, "bad", "livekit", key), cap)
        check("key file: %s" % key, r.status == 3 and
              "keys[0]." + place in r.errors and cause in r.errors, r)


# ---- without -----------------------------------------------------------------

def test_names(where):
    for name, maker, clear, kid, after, counts in FORMATS:
        call = Call(name, where,
                    lambda c: alone(c, name, lambda: maker(), kid, after))
        for ssrc, octets, key in ((A, clear[0], None),
                                  (AV, clear[1], clear[2])):
            s = call.is_(ssrc, dialect=name, protection="other-dialect",
                         clear_octets=octets, clear_octets_key=key)
            kids = [k["kid"] for k in s.get("keys", [])]
            if kid is not None:
                want = [str(k) for k in (kid, after) if k is not None]
                call.ok("keys of 0x%x" % ssrc, kids == want,
                        "%s, not %s" % (kids, want))
            for k in s.get("keys", []):
                call.ok("a counter where there is one",
                        (k["first_ctr"] is not None) == counts, k)
        call.finds(*(["not-rfc9605", "xor-only"] if name == "xor-demo"
                     else ["not-rfc9605"]))


def main():
    with scratch() as where:
        if "-k" in sys.argv:
            where = os.path.join(TOP, "build", "calls")
            os.makedirs(where, exist_ok=True)
        for name, test in sorted(globals().items()):
            if name.startswith("test_") and \
                    (not only or any(o in name for o in only)):
                test(where)
    finish()


if __name__ == "__main__":
    main()
