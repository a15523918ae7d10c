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


def to_slice(real):
    """Octets of Annex B up to the first slice, and two of that."""
    at = real.find(b"\0\0\1") + 3
    while real[at] & 31 not in (1, 5):
        at = real.find(b"\0\0\1", at) + 3
    return at + 2


def escaped(octets):
    """A 03 behind two zeros, where 00 to 03 would follow."""
    out, zeros = bytearray(), 0
    for b in octets:
        if zeros >= 2 and b <= 3:
            out.append(3)
            zeros = 0
        zeros = zeros + 1 if b == 0 else 0
        out.append(b)
    return bytes(out)


def head_of(stream, real):
    """Octets that most formats leave: 1 of audio, 10 or 3 of VP8."""
    if stream.kind == "audio":
        return 1
    if stream.codec == "h264":
        return to_slice(real)
    if stream.codec == "vp9":
        return 0
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


class XorJanus(Counting):
    """Ten octets are left, whatever they are."""

    def __call__(self, rng, real, stream, ts):
        key = b"mysecret"
        return real[:10] + bytes(
            b ^ key[i % 8] for i, b in enumerate(real) if i >= 10) + \
            bytes([self.kid]) + b"\xde\xad\xbe\xef"


class DoubleSrtp(Counting):
    """RFC 8723 4: behind the inner packet what the hop changed."""

    def __call__(self, rng, real, stream, ts):
        return rng.randbytes(len(real) + 16) + bytes([111]) + \
            be(self.take() + 0xffd0, 2) + b"\x03"


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


class Gbp(Counting):
    """The crate gbp-sframe: 0, octets of KID - 1, of CTR - 1, both behind it."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        k, c = (be(v, (v.bit_length() + 7) // 8 or 1) for v in (self.kid, n))
        return bytes([len(k) - 1 << 4 | len(c) - 1]) + k + c + rng.randbytes(
            len(real) + 16)


class CountedIv(Counting):
    def __call__(self, rng, real, stream, ts):
        return bytes([self.kid]) + be(self.take(), 4) + rng.randbytes(
            12 + len(real) + 16)


class SignedJitsiCtr(Counting):
    """A P-521 signature between counter and last octet."""

    def __call__(self, rng, real, stream, ts):
        n = self.take()
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        return noise(rng, real, head_of(stream, real),
                     4 if stream.kind == "audio" else 10) + c + \
            rng.randbytes(132) + bytes([0x80 | len(c) - 1 << 4 | self.kid])


# name, writer, clear octets of (audio, VP8, VP8 key frames), first KID and the
# one after it, has a counter
FORMATS = [
    ("livekit",      LiveKit,     (1, 3, 10),          0, 1, True),
    ("livekit-go",   LiveKitGo,   (1, 3, 10),          3, 4, False),
    ("jitsi",        Jitsi,       (1, 3, 10),          15, 0, True),
    ("jitsi-v0",     JitsiV0,     (1, 3, 10),          0, 1, True),
    ("jitsi-ctr",    JitsiCtr,    (1, 3, 10),          2, 3, True),
    ("jitsi-ctr",    SignedJitsiCtr, (1, 3, 10),       2, 3, True),
    ("gbp-sframe",   Gbp,         (0, 0, None),        7, 0x10007, True),
    ("gbp-sframe",   Gbp,         (0, 0, None),        0x10007, 0x20007, True),
    ("counted-iv",   CountedIv,   (0, 0, None),        1, 2, True),
    ("xor-demo",     Xor,         (1, 3, 10),          1, 2, False),
    ("xor-janus",    XorJanus,    (10, 10, None),       1, 2, False),
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


def jitsi_ctr_sealed(material, kid=2, signature=b""):
    """All but the HMAC is noise: who has only the tag to check needs no more."""
    auth, box = hkdf(b"JFrameAuthenticationKey", material, n=64), [1]

    def frame(rng, real, stream, ts):
        n, box[0] = box[0], box[0] + 1
        c = be(n, (n.bit_length() + 7) // 8 or 1)
        tag = 4 if stream.kind == "audio" else 10
        body = noise(rng, real, head_of(stream, real), 0)
        last = bytes([(128 if signature else 0) | len(c) - 1 << 4 | kid])
        mac = hmac.new(auth, body + bytes(tag) + c + bytes(len(signature)) +
                       last, SHA).digest()
        return body + mac[:tag] + c + signature + last
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
    ("jitsi-v0", "jitsi-v0", JitsiV0(7), MATERIAL[:16],
     {"kid": "7", "key": MATERIAL[:16].hex()},
     {"kid": "7", "key": WRONG[:16].hex()}),
    ("jitsi-ctr", "jitsi-ctr", jitsi_ctr_sealed, MATERIAL,
     {"kid": "2", "base_key": MATERIAL.hex()},
     {"kid": "2", "base_key": WRONG.hex()}),
    ("jitsi-ctr ratcheted", "jitsi-ctr", jitsi_ctr_sealed, hkdf(
        b"JFrameRatchetKey", MATERIAL, n=32),
     {"kid": "2", "base_key": MATERIAL.hex()},
     {"kid": "2", "base_key": MATERIAL.hex(), "ratchet_window": 0}),
    ("jitsi-ctr signed", "jitsi-ctr",
     lambda material: jitsi_ctr_sealed(material, signature=bytes(range(132))),
     MATERIAL, {"kid": "2", "base_key": MATERIAL.hex()},
     {"kid": "2", "base_key": WRONG.hex()}),
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


def test_iv_behind(where):
    """A random IV behind octets in the clear, or behind epoch and counter; the
    octets in front authenticated or not. Without a key it is no plaintext."""
    key = MATERIAL[:16]
    path = keyfile(where, "iv", "random-iv", {"key": key.hex()})

    def front(stream, real, n, what):
        if what == "epoch":
            return b"\1" + be(n, 4), real
        p = 1 if stream.kind == "audio" else 10
        return real[:p], real[p:]

    for what in ("clear", "epoch"):
        for aad in (False, True):
            box = [0]

            def frame(rng, real, stream, ts):
                box[0] += 1
                head, rest = front(stream, real, box[0], what)
                iv = rng.randbytes(12)
                ct, tag = gcm(key, iv, head if aad else b"", rest)
                return head + iv + ct + tag

            def make(c):
                speak(c.audio(A, ALICE, SFU, cname="alice"), 60, frame)
                speak(c.video(AV, ALICE, SFU, cname="alice"), 30, frame)
            name = "iv behind %s%s" % (what, ", authenticated" * aad)
            call = Call(name, where, make, "--keys", path)
            for ssrc in (A, AV):
                call.is_(ssrc, protection="verified", dialect="random-iv")
            call = Call(name + ", no key", where, make)
            call.ok("no plaintext", not any(
                s["frames_by_state"]["plaintext"]
                for s in call.streams.values()), call.slugs)


def test_vectors(where):
    """Frames that were published, as they are: the writers here agree."""
    f = bytes.fromhex("78eb0c9a33e9eeb115fb012c12")
    auth = hkdf(b"JFrameAuthenticationKey", b"\1" * 32, n=64)
    check("jitsi-ctr: a published frame", hmac.new(
        auth, f[:-7] + bytes(4) + f[-3:], SHA).digest()[:4] == f[-7:-3])


def test_ratchet(where):
    """A key that is ratcheted under one index: with keys the change is seen, and
    is neither drift nor reuse, though Jitsi's counter of 2020 starts over."""
    first, second = MATERIAL, hkdf(b"JFrameRatchetKey", MATERIAL, n=32)
    path = keyfile(where, "ratchet", "jitsi-ctr",
                   {"kid": "2", "base_key": MATERIAL.hex()})

    def make(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        b = c.audio(B, BOB, SFU, cname="bob")
        for material in (first, second):
            speak(a, 150, jitsi_ctr_sealed(material))
        speak(b, 300, jitsi_ctr_sealed(MATERIAL, kid=2))
    call = Call("ratcheted under one index", where, make, "--keys", path)
    s = call.is_(A, protection="verified", dialect="jitsi-ctr")
    call.ok("two uses of one KID", [k["kid"] for k in s["keys"]] == ["2", "2"],
            s["keys"])
    call.ok("no drift; two senders on one key is reuse", set(call.slugs) == {
        "not-rfc9605", "ctr-reused"} and call.slugs["ctr-reused"] ==
        {"0x000000a1", "0x000000b1"}, call.slugs)

    def alone_(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        for material in (first, second):
            speak(a, 150, jitsi_ctr_sealed(material))
    call = Call("ratcheted, alone", where, alone_, "--keys", path)
    call.finds("not-rfc9605")


def test_other_keys(where):
    """Keys of one format say nothing of frames in another."""
    path = keyfile(where, "many", "livekit",
                   {"kid": "0", "base_key": "00"},
                   {"dialect": "sframe-js", "kid": "5", "base_key": "00"},
                   {"dialect": "random-iv", "key": "00" * 16},
                   {"dialect": "dave", "key": "00" * 16})
    for maker, kid in ((Xor, 1), (Wire, 3), (Threema, 5), (Jitsi, 0)):
        call = Call("%s with others' keys" % maker.__name__, where,
                    lambda c, m=maker, k=kid: two(c, 80, m(kid=k)),
                    "--keys", path)
        call.is_(A, protection="other-dialect")
        call.ok("nothing failed", not {"auth-failed", "kid-unknown"} &
                set(call.slugs), call.slugs)


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
        call.finds(*(["not-rfc9605", "xor-only"] if name.startswith("xor-")
                     else ["not-rfc9605"]))


def two(c, n, *writers, kids=(0, 0), **o):
    """A sender's audio: writers one after the other."""
    a = c.audio(A, ALICE, SFU, cname="alice", **o)
    for w, kid in zip(writers, kids):
        speak(a, n, w, kid)
    return a


class Again(LiveKit):
    """The IV of some frames stands again on others."""

    def iv(self, stream, ts):
        iv = LiveKit.iv(self, stream, ts)
        if not hasattr(self, "old"):
            self.old = []
        self.old.append(iv)
        return self.old[-10] if len(self.old) in (70, 75) else iv


def test_reuse(where):
    call = Call("an IV twice", where, lambda c: two(c, 120, Again()))
    call.finds("not-rfc9605", "ctr-reused")
    call.ok("a fail", call.report["verdict"] == "fail")
    call = Call("an IV once each", where, lambda c: two(c, 120, LiveKit()))
    call.finds("not-rfc9605")

    def restart(c, maker):
        a = c.audio(A, ALICE, SFU, cname="alice")
        speak(a, 80, maker(start=1), 3)
        speak(a, 80, maker(start=1), 3)
    for maker in (StreamVideo, RingRtc, Threema, Wire):
        call = Call("%s counts anew" % maker.__name__, where,
                    lambda c, m=maker: restart(c, m))
        call.ok("ctr-reused", "ctr-reused" in call.slugs, call.slugs)
    # a new epoch, and with it a new key, does not show in the frame
    for maker in (Dave, JitsiCtr):
        call = Call("%s counts anew under a new key" % maker.__name__, where,
                    lambda c, m=maker: restart(c, m))
        call.finds("not-rfc9605")


def test_double(where):
    """Audio that a hop numbered anew; the numbers wrap."""
    call = Call("double SRTP", where, lambda c: two(c, 160, DoubleSrtp()))
    call.is_(A, dialect="double-srtp", protection="other-dialect",
             clear_octets=0)
    call.finds("not-rfc9605")
    rules = {r["id"]: r["outcome"] for r in call.report["rules"]}
    call.ok("reuse cannot be told", rules["SFN001"] == "cannot-tell", rules)


class IvAgain(Jitsi):
    iv = Again.iv


class IvAgainV0(JitsiV0):
    iv = Again.iv


class GoAgain(LiveKitGo):
    """Random IVs, and one of them twice."""

    def __call__(self, rng, real, stream, ts):
        f = bytearray(LiveKitGo.__call__(self, rng, real, stream, ts))
        self.old = getattr(self, "old", []) + [bytes(f[-14:-2])]
        if len(self.old) == 70:
            f[-14:-2] = self.old[20]
        return bytes(f)


def test_reuse_by_format(where):
    """An IV or a counter twice under one key index, in every format that
    shows them; and audio and video that both count from the start."""
    for name, writer in (("jitsi", IvAgain()), ("jitsi-v0", IvAgainV0()),
                         ("livekit-go", GoAgain())):
        call = Call("%s, an IV twice" % name, where,
                    lambda c, w=writer: two(c, 160, w))
        call.is_(A, dialect=name)
        call.finds("not-rfc9605", "ctr-reused")
    for name, maker in (("sora", Sora), ("whatsapp", WhatsApp),
                        ("sframe-js", Omara), ("sframe-draft", Draft)):
        def anew(c, m=maker):
            two(c, 100, m(start=1), m(start=1), kids=(3, 3))
        call = Call("%s counts anew" % name, where, anew)
        call.is_(A, dialect=name)
        call.finds("not-rfc9605", "ctr-reused")
    for name, maker in (("sora", Sora), ("sframe-js", Omara),
                        ("sframe-draft", Draft), ("stream", StreamVideo),
                        ("ringrtc", RingRtc), ("threema", Threema)):
        def both(c, m=maker):
            for s in (c.audio(A, ALICE, SFU, cname="alice"),
                      c.video(AV, ALICE, SFU, cname="alice")):
                speak(s, 100, m(start=1), 3)
        call = Call("%s, two counters" % name, where, both)
        call.finds("not-rfc9605", "ctr-reused")

        def one(c, m=maker):
            w = m(start=1)
            for s in (c.audio(A, ALICE, SFU, cname="alice"),
                      c.video(AV, ALICE, SFU, cname="alice")):
                speak(s, 100, w, 3)
        call = Call("%s, one counter" % name, where, one)
        call.finds("not-rfc9605")


class WebKit(Counting):
    """Old WebKit's transform: a header of the drafts and all of the frame behind
    octets for the packetizer, a copy of VP8's or an H.264 slice that is none."""

    def __call__(self, rng, real, stream, ts):
        frame = mkcap.draft_header(self.kid, self.take()) + rng.randbytes(
            len(real) + (4 if stream.kind == "audio" else 10))
        if stream.kind == "audio":
            return frame
        if stream.codec == "vp8":
            return real[:head_of(stream, real)] + frame
        if not mkcap.packets.is_key("h264", real):
            return bytes.fromhex("0000000121e0") + escaped(frame)
        at = to_slice(real) - 5
        return real[:at - (real[at - 1] == 0)] + bytes.fromhex(
            "0000000125b8") + escaped(frame)


class Skipped(Counting):
    """medooze with skipVp8PayloadHeader."""

    def __call__(self, rng, real, stream, ts):
        return (b"" if stream.kind == "audio" else
                real[:head_of(stream, real)]) + Omara.__call__(
                    self, rng, real, stream, ts)


def test_octets_for_packetizers(where):
    """Old headers behind what a packetizer wants to see: all frames of it are
    found, key frames and a change of key included."""
    for name, codec, maker, clear in (
            ("sframe-draft", "vp8", WebKit, (3, 10)),
            ("sframe-draft", "h264", WebKit, (6, None)),
            ("sframe-js", "vp8", Skipped, (3, 10))):
        def make(c, maker=maker, codec=codec):
            w = maker(start=1)
            a = c.audio(A, ALICE, SFU, cname="alice")
            v = c.video(AV, ALICE, SFU, cname="alice", codec=codec)
            for kid in (1, 2):
                speak(a, 240, w, kid)
                speak(v, 80, w, kid)
        call = Call("%s, %s, %s" % (maker.__name__, name, codec), where, make)
        s = call.is_(AV, dialect=name, protection="other-dialect",
                     clear_octets=clear[0])
        call.ok("key frames", clear[1] is None or
                s["clear_octets_key"] == clear[1], s["clear_octets_key"])
        call.ok("every frame", s["frames_by_state"]["encrypted"] == 160,
                s["frames_by_state"])
        call.ok("its keys", [k["kid"] for k in s["keys"]] == ["1", "2"],
                s["keys"])
        call.finds("not-rfc9605")


class Escaped:
    """LiveKit on H.264: all behind the clear octets made safe."""

    def __init__(self, writer):
        self.writer = writer

    def __call__(self, rng, real, stream, ts):
        p = head_of(stream, real)
        f = self.writer(rng, real, stream, ts)
        return f[:p] + escaped(f[p:])


def test_h264(where):
    """SSRC and count are chosen so that the IV needs escapes."""
    def make(c, key=None):
        v = c.video(0x102, ALICE, SFU, cname="alice", codec="h264",
                    timestamp=0x10000)
        w = LiveKit(0, start=0x10000)
        speak(v, 40, Escaped(sealed(w, key) if key else w))
    call = Call("livekit on H.264", where, make)
    s = call.is_(0x102, codec="h264", dialect="livekit",
                 protection="other-dialect", clear_octets=6)
    call.ok("its frames", s["frames_by_state"]["encrypted"] == 40, s)
    call.finds("not-rfc9605")
    call = Call("livekit on H.264, keys", where,
                lambda c: make(c, livekit_hkdf(MATERIAL)), "--keys",
                keyfile(where, "h264", "livekit",
                        {"kid": "0", "base_key": MATERIAL.hex()}))
    s = call.is_(0x102, dialect="livekit", protection="verified")
    call.ok("all verified", s["frames_by_state"]["verified"] == 40, s)

    def vp9(c):
        speak(c.video(AV, ALICE, SFU, codec="vp9"), 40,
              sealed(LiveKit(), livekit_hkdf(MATERIAL)))
    call = Call("livekit on VP9, keys", where, vp9, "--keys",
                keyfile(where, "h264", "livekit",
                        {"kid": "0", "base_key": MATERIAL.hex()}))
    call.is_(AV, dialect="livekit", protection="verified", clear_octets=0)


BLANK_VP8 = bytes.fromhex(
    "1002009d012a0800080000470885858885848802"
    "02000c0d6000feffab5080")


def test_blanks(where):
    """An SFU's black pictures and silence among encrypted frames."""
    def make(c, spoil=0):
        a = c.audio(A, ALICE, SFU, cname="alice")
        v = c.video(AV, ALICE, SFU, cname="alice")
        w, x = LiveKit(), LiveKit()
        for _ in range(3):
            speak(a, 60, w)
            speak(v, 40, x)
            a.octets(*[b"\xf8\xff" + bytes([0xfe - spoil]) + bytes(77)] * 6)
            v.octets(*[BLANK_VP8[:-1] + bytes([0x80 - spoil])] * 6)
    call = Call("blank frames", where, make)
    call.finds("not-rfc9605", "server-made-frames")
    call.is_(A, protection="other-dialect", dialect="livekit")
    call = Call("nearly blank frames", where, lambda c: make(c, 1))
    call.ok("are media in the clear", "server-made-frames" not in call.slugs
            and "plaintext-gap" in call.slugs, call.slugs)


def test_start_codes(where):
    """Senders that authenticate start codes of three octets."""
    key = livekit_hkdf(MATERIAL)
    for what, alter in (
            ("three", lambda p: p.replace(b"\0\0\0\1", b"\0\0\1")),
            ("four and three", lambda p: p[:1] + p[1:].replace(
                b"\0\0\0\1", b"\0\0\1"))):
        def frame(rng, real, stream, ts, alter=alter, w=LiveKit()):
            p, iv = to_slice(real), w.iv(stream, ts)
            ct, tag = gcm(key, iv, alter(real[:p]), real[p:])
            return real[:p] + escaped(ct + tag + iv + b"\x0c\0")
        call = Call("start codes of " + what, where, lambda c: speak(
            c.video(AV, ALICE, SFU, codec="h264"), 12, frame), "--keys",
            keyfile(where, "codes", "livekit",
                    {"kid": "0", "base_key": MATERIAL.hex()}))
        call.is_(AV, dialect="livekit", protection="verified")


def test_metadata(where):
    """LiveKit's clear trailer, behind the encrypted frame."""
    def with_time(writer):
        def frame(rng, real, stream, ts):
            more = b"\1\x08" + be(10**15 + ts, 8) + b"\2\4" + be(ts, 4)
            return writer(rng, real, stream, ts) + bytes(
                b ^ 255 for b in more + bytes([len(more) + 5])) + b"LKTS"
        return frame
    call = Call("capture times behind", where, lambda c: speak(
        c.video(AV, ALICE, SFU), 40,
        with_time(sealed(LiveKit(), livekit_hkdf(MATERIAL)))), "--keys",
        keyfile(where, "lkts", "livekit",
                {"kid": "0", "base_key": MATERIAL.hex()}))
    call.is_(AV, dialect="livekit", protection="verified")


def test_wraps(where):
    """The 16 bits of LiveKit's and Jitsi's count go round every 22 minutes."""
    for maker in (LiveKit, Jitsi):
        call = Call("%s wraps" % maker.__name__, where,
                    lambda c, m=maker: two(c, 150, m(start=0xffff - 70)))
        call.finds("not-rfc9605")
        call.is_(A, protection="other-dialect")


def test_restarts(where):
    """A count that starts over, from wherever it was: a wrap is no reason, for
    no loss explains so many frames."""
    for first, then in ((400, 0), (46000, 0), (46000, 3), (300, 40000)):
        def make(c, first=first, then=then):
            a = c.audio(A, ALICE, SFU, cname="alice")
            speak(a, 150, LiveKit(start=first))
            speak(a, 150, LiveKit(start=then))
        call = Call("count from %d on %d" % (first, then), where, make)
        call.finds("not-rfc9605", "ctr-went-back")

    def lossy(c):
        a = c.audio(A, ALICE, SFU, cname="alice")
        speak(a, 150, LiveKit(start=0xffff - 200))
        a.pause(30)
        speak(a, 150, LiveKit(start=1400))
    Call("thirty seconds are lost", where, lossy).finds("not-rfc9605")


def test_forwarded(where):
    """Behind an SFU, IVs have the publisher's SSRC and timestamps, and the
    source changes with the layer that is sent on."""
    def make(c):
        v = c.video(AV, SFU, BOB, cname="sfu")
        for i in range(3):
            speak(v, 40, LiveKit(start=1000 * i + 5, ssrc=0x500 + i % 2,
                                 stamp=77777 * i))
    call = Call("layers switched", where, make)
    call.finds("not-rfc9605")
    call.is_(AV, dialect="livekit", protection="other-dialect")


def test_gaps(where):
    """Frames without the marks, in the middle: media in the clear."""
    def make(c, n):
        for s, f in ((c.audio(A, ALICE, SFU, cname="alice"), 3),
                     (c.video(AV, ALICE, SFU, cname="alice"), 1)):
            w = LiveKit()
            speak(s, 50 * f, w)
            s.plain(n * f)
            speak(s, 50 * f, w)
    call = Call("a gap of two seconds", where, lambda c: make(c, 30))
    call.ok("plaintext-gap", call.slugs.get("plaintext-gap") ==
            {"0x000000a1", "0x000000a2"}, call.slugs)
    for ssrc, n in ((A, 90), (AV, 30)):
        s = call.is_(ssrc, dialect="livekit", protection="mixed")
        call.ok("its length", s["frames_by_state"]["plaintext"] == n,
                s["frames_by_state"])
    call = Call("no gap", where, lambda c: make(c, 0))
    call.finds("not-rfc9605")


def spoiled(writer, at, to):
    """One octet, counted from the end, is another in every frame."""
    def frame(rng, real, stream, ts):
        f = bytearray(writer(rng, real, stream, ts))
        f[-at] = to if isinstance(to, int) else to(rng)
        return bytes(f)
    return frame


def test_twins(where):
    """One octet of each mark is another: the name must not stand."""
    any_ = lambda rng: rng.randrange(256)
    for name, writer, at, to in (
            ("livekit", LiveKit(), 2, 0x0d), ("livekit", LiveKit(), 6, any_),
            ("jitsi", Jitsi(), 2, 0x0b), ("xor-demo", Xor(1), 1, 0xee),
            ("stream", StreamVideo(1), 5, 2), ("stream", StreamVideo(1), 1, 0),
            ("dave", Dave(), 1, 0xfb), ("dave", Dave(), 3, 0x0b),
            ("ringrtc", RingRtc(3), 17, any_),
            ("threema", Threema(3), 4, any_),
            ("whatsapp", WhatsApp(0), 3, any_)):
        call = Call("%s without octet %d" % (name, at), where,
                    lambda c, w=spoiled(writer, at, to): speak(
                        c.audio(A, ALICE, SFU), 150, w))
        call.ok("is not called %s" % name,
                call.streams[A]["dialect"] != name, call.streams[A]["dialect"])
    named = {f[0] for f in FORMATS}
    for what, make in (
            ("rfc9605", lambda a: a.sframe(200, kid=300)),
            ("rfc9605 with a prefix", lambda a: a.sframe(200, kid=9, prefix=1)),
            ("media in the clear", lambda a: a.plain(200)),
            ("noise", lambda a: a.noise(200))):
        def both(c, make=make):
            make(c.audio(A, ALICE, SFU, cname="alice"))
            make(c.video(AV, ALICE, SFU, cname="alice"))
        call = Call(what, where, both)
        call.ok("has no other name", not any(
            s["dialect"] in named for s in call.streams.values()),
            [s["dialect"] for s in call.streams.values()])


def test_windows(where):
    """Many short streams of other things: none is named."""
    named = {f[0] for f in FORMATS}
    wrong, total = [], 0
    for seed in range(6):
        c = mkcap.Capture(seed=1000 + seed)
        for i in range(150):
            o = dict(start=i * 0.01, src="10.0.%d.%d:4000" % (seed, i + 1))
            s = c.audio(0x1000 + i, **o) if i % 2 else c.video(0x1000 + i, **o)
            s.number = seed * 211 + i * 7
            n = 12 + i % 40
            if i % 5 == 0:
                s.plain(n)
            elif i % 5 == 1:
                s.noise(n)
            elif i % 5 == 2:
                s.sframe(n, kid=i * 11, ctr=i * 1001)
            elif i % 5 == 3:
                s.noise(n, front=12)
            else:
                s.octets(*[(lambda rng, k=k: rng.randbytes(31 + k % 3))
                           for k in range(n)])
        path = c.write(os.path.join(where, "windows.pcap"))
        r = run("check", "--json", path)
        for s in strict(r.out)["streams"]:
            total += 1
            if s["dialect"] in named:
                wrong.append((seed, s["ssrc"], s["dialect"]))
    check("%d windows, none called what it is not" % total,
          total >= 800 and not wrong, wrong[:5])


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
