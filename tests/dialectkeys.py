#!/usr/bin/env python3
"""
dialectkeys.py - frames of the formats of dialects.py, truly sealed, and what
check says of them with the keys.

	dialectkeys.py [PART-OF-A-NAME...]
"""
import hashlib
import hmac
import json
import os
import random

import mkcap
import packets
from dialects import (A, ALICE, AV, B, be, BOB, Call, escaped, head_of, Jitsi,
                      JitsiV0, le, LiveKit, LiveKitGo, main, noise, SFU,
                      speak, StreamVideo, Threema, to_slice, two, uleb, Wire,
                      Xor)
from harness import check, run, scratch
from mistakes import Way, expand, extract, gcm, xor

SHA = hashlib.sha256

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


def draft_key(base, kid, draft, size):
    """Key and salt as the drafts derive them, AES-GCM of 128 or 256 bits."""
    digest = hashlib.sha256 if size == 16 else hashlib.sha512
    k = be(kid, 8)
    salt, labels = {
        "omara-03": (b"SFrame10", (b"key", b"salt")),
        "ietf-02": (b"SFrame 1.0 Secret " + k, (b"key", b"salt")),
        "ietf-03": (b"", (b"SFrame 1.0 Secret key " + k,
                          b"SFrame 1.0 Secret salt " + k)),
    }[draft]
    prk = extract(digest, salt, base)
    return expand(digest, prk, labels[0], size), expand(digest, prk, labels[1],
                                                        12)


def draft_sealed(base, kid, draft, size, head=False, more=0, box=None):
    """head: octets that stay in front; more: of an HMAC behind the tag."""
    key, salt = draft_key(base, kid, draft, size)
    box = box if box is not None else [0]

    def frame(rng, real, stream, ts):
        p = head_of(stream, real) if head else 0
        n, box[0] = box[0], box[0] + 1
        h = mkcap.draft_header(kid, n)
        ct, tag = gcm(key, bytes(a ^ b for a, b in zip(salt, be(n, 12))), h,
                      real[p:])
        return real[:p] + h + ct + tag + rng.randbytes(more)
    return frame


def test_drafts(where):
    for draft in ("omara-03", "ietf-02", "ietf-03"):
        for size, kid, head, more in ((16, 5, False, 0), (32, 300, False, 0),
                                      (16, 5, True, 0), (32, 5, False, 16)):
            box = [0]

            def make(c, box=box, what=(draft, size), o=(head, more), k=kid):
                f = draft_sealed(MATERIAL, k, *what, *o, box)
                speak(c.audio(A, ALICE, SFU, cname="alice"), 60, f)
                speak(c.video(AV, ALICE, SFU, cname="alice"), 18, f)
            name = "%s, %d octets%s%s" % (draft, size, ", a head" * head,
                                          ", an HMAC" * bool(more))
            key = {"kid": str(kid), "base_key": MATERIAL.hex()}
            call = Call(name, where, make, "--keys",
                        keyfile(where, "draft", "sframe-draft", key))
            for ssrc, n in ((A, 60), (AV, 18)):
                s = call.is_(ssrc, dialect="sframe-draft",
                             protection="verified")
                call.ok("all verified",
                        s["frames_by_state"]["verified"] == n, s)
            call.finds("not-rfc9605")
            box[0] = 0
            call = Call(name + ", wrong key", where, make, "--keys",
                        keyfile(where, "draft", "sframe-draft",
                                dict(key, base_key=WRONG.hex())))
            call.ok("nothing verified", not any(
                s["frames_by_state"]["verified"]
                for s in call.streams.values()))
            call.ok("auth-failed", "auth-failed" in call.slugs, call.slugs)


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


def test_clear_first(where):
    """A sender that begins in the clear, and for longer than every place of a
    header is tried: what it encrypts then opens, in front of it or behind
    octets that it leaves."""
    key = MATERIAL[:16]
    way = Way(4)
    box = [0]

    def iv(rng, real, stream, ts):
        p = head_of(stream, real)
        nonce = rng.randbytes(12)
        return real[:p] + nonce + b"".join(gcm(key, nonce, b"", real[p:]))

    def prefixed(rng, real, stream, ts):
        p = head_of(stream, real)
        box[0] += 1
        return way.frame(key, 9, box[0], real[p:], prefix=real[:p])

    def whole(rng, real, stream, ts):
        box[0] += 1
        return way.frame(key, 9, box[0], real)

    raw = {"schema": "sframe-tool/keys/v1",
           "keys": [{"kid": "9", "base_key": key.hex()}]}
    path = os.path.join(where, "rfc9605.json")
    with open(path, "w", encoding="ascii") as f:
        json.dump(raw, f)
    os.chmod(path, 0o600)
    ivs = keyfile(where, "iv", "random-iv", {"key": key.hex()})
    for name, frame, keys, dialect in (
            ("random-iv", iv, ivs, "random-iv"),
            ("rfc9605 behind a head", prefixed, path, "rfc9605-prefixed"),
            ("rfc9605", whole, path, "rfc9605")):
        for n in (20, 260):
            def make(c, n=n, frame=frame):
                for s in (c.audio(A, ALICE, SFU, cname="alice"),
                          c.video(AV, ALICE, SFU, cname="alice")):
                    s.plain(n)
                    speak(s, 40, frame)
            call = Call("%s, %d frames in the clear first" % (name, n), where,
                        make, "--keys", keys)
            for ssrc in (A, AV):
                s = call.is_(ssrc, dialect=dialect, protection="mixed")
                call.ok("the clear ones and the others", (
                    s["frames_by_state"]["plaintext"],
                    s["frames_by_state"]["verified"]) == (n, 40), s)
            call.ok("plaintext-start, no frame failed", "plaintext-start" in
                    call.slugs and "auth-failed" not in call.slugs, call.slugs)


def test_iv_of_h264(where):
    """A random IV in front of all of a frame of H.264, which travels behind
    descriptors: no octet of it is in the clear."""
    key = MATERIAL[:16]
    path = keyfile(where, "iv-h264", "random-iv", {"key": key.hex()})

    def make(c):
        speak(c.video(AV, ALICE, SFU, codec="h264", descriptor=True), 40,
              sealed(RandomIv(), key))
    call = Call("random IV of H.264 behind descriptors", where, make, "--keys",
                path)
    s = call.is_(AV, protection="verified", dialect="random-iv")
    call.ok("all verified", s["frames_by_state"]["verified"] == 40, s)
    call.finds("not-rfc9605", "random-iv-no-kid")


def test_neither(where):
    """Frames that leave a codec's head prove little by it: with keys, those that
    do not open are told all the same, in the clear or altered."""
    key = MATERIAL[:16]
    path = keyfile(where, "iv", "random-iv", {"key": key.hex()})

    def frame(rng, real, stream, ts, clear=False, flip=0):
        p, iv = head_of(stream, real), rng.randbytes(12)
        f = real[:p] + iv + b"".join(gcm(key, iv, b"", real[p:]))
        return real if clear else f[:-1] + bytes([f[-1] ^ flip])
    for what, odd, slugs in (("none", {}, []),
                             ("clear", {"clear": True}, ["frames-unexplained"]),
                             ("altered", {"flip": 1}, ["frames-unexplained"])):
        def make(c, odd=odd):
            for s in (c.audio(A, ALICE, SFU, cname="alice"),
                      c.video(AV, ALICE, SFU, cname="alice")):
                speak(s, 60, frame)
                speak(s, 3, lambda *a, o=odd: frame(*a, **o))
                speak(s, 60, frame)
        call = Call("random IV behind a head, three odd: " + what, where, make,
                    "--keys", path)
        call.finds("not-rfc9605", "random-iv-no-kid", *slugs)
        n = 3 if slugs else 0
        for s in call.streams.values():
            call.ok("told", s["frames_by_state"]["verified"] == 123 - n and
                    s["frames_by_state"]["unknown"] == n, s)


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


def alone(codec):
    """Every NAL unit in packets of its own: none is put together with others."""
    def pack(frame, number, room):
        return [part for unit in packets.units(frame)
                for part in getattr(packets, codec)(
                    b"\0\0\0\1" + unit, number, room)]
    return pack


def h265_slice(real):
    return real.rfind(b"\0\0\0\1") + 6


def test_lost_sets(where):
    """A parameter set is lost on the way: the slice behind the others, which
    follows them in order, is the rest of a frame, and none that fails."""
    key = livekit_hkdf(MATERIAL)
    path = keyfile(where, "lost", "livekit",
                   {"kid": "0", "base_key": MATERIAL.hex()})
    for codec, sets, clear in (("h264", 2, to_slice), ("h265", 3, h265_slice)):
        for lost in range(sets + 1):  # and the first part of the slice
            w = LiveKit()

            def frame(rng, real, stream, ts, w=w, clear=clear):
                p, iv = clear(real), w.iv(stream, ts)
                return real[:p] + escaped(b"".join(gcm(
                    key, iv, real[:p], real[p:])) + iv + b"\x0c\0")

            def make(c, frame=frame, codec=codec, lost=lost):
                v = c.video(AV, ALICE, SFU, codec=codec, pack=alone(codec))
                speak(v, 70, frame)
                by_frame = {}
                for p in c.packets:
                    if p.stream is v:
                        by_frame.setdefault(p.timestamp, []).append(p)
                gone = [f[lost] for f in list(by_frame.values())[1:]
                        if f[0].payload[0] in (0x67, 0x40)]  # SPS, VPS
                c.gone = len(gone)
                c._packets = [p for p in c.packets if not any(
                    p is g for g in gone)]
            boxed = []
            call = Call("%s, parameter set %d lost" % (codec, lost), where,
                        lambda c, m=make, b=boxed: (m(c), b.append(c)),
                        "--keys", path)
            s = call.is_(AV, dialect="livekit", protection="verified")
            n = s["frames_by_state"]
            call.ok("some were lost", boxed[0].gone > 0)
            call.ok("all others open, none fails", n["failed"] == 0 and
                    n["verified"] in (70 - boxed[0].gone,
                                      70 - 2 * boxed[0].gone), n)
            call.finds("not-rfc9605")


def test_amid_a_frame(where):
    """A capture that begins amid a key frame: its descriptor of VP8, which says
    that the frame goes on, is no descriptor of SFrame."""
    makers = (("livekit", sealed(LiveKit(), livekit_hkdf(MATERIAL)),
               {"kid": "0", "base_key": MATERIAL.hex()}),
              ("jitsi", sealed(Jitsi(7), hkdf(b"JFrameEncryptionKey",
                                              MATERIAL)),
               {"kid": "7", "base_key": MATERIAL.hex()}),
              ("dave", dave_sealed(MATERIAL[:16]),
               {"key": MATERIAL[:16].hex()}))
    for dialect, frame, key in makers:
        def make(c, frame=frame):
            v = c.video(AV, ALICE, SFU, cname="alice")
            speak(v, 40, frame)
            c.lose(first=1, stream=v)
        call = Call("%s, begun amid a frame" % dialect, where, make, "--keys",
                    keyfile(where, "amid", dialect, key))
        s = call.is_(AV, dialect=dialect, protection="verified")
        call.ok("all but the first open", s["frames_by_state"]["verified"] == 39
                and s["frames"] == 39 and s["incomplete_frames"] == 1, s)
        call.finds("not-rfc9605")


def test_units_amid_descriptors(where):
    """Frames of H.265 in the clear, sent as such amid frames behind descriptors:
    the second octet of a unit reads as KID 0 and CTR 1, and is no header that
    carries on from the one before."""
    path = keyfile(where, "amid", "sframe-draft",
                   {"kid": "0", "base_key": MATERIAL.hex()})
    for codec in ("h265", "h264"):
        for n in (0, 10):
            clear = range(60, 60 + n)

            def pack(frame, number, room, codec=codec, clear=clear):
                form = codec if number in clear else "descriptor"
                return packets.FORMATS[form](frame, number, room)

            def make(c, codec=codec, pack=pack, n=n):
                v = c.video(AV, ALICE, SFU, codec=codec, pack=pack)
                f = draft_sealed(MATERIAL, 0, "ietf-03", 16)
                speak(v, 60, f)
                v.plain(n)
                speak(v, 60, f)
            sdp = os.path.join(where, codec + ".sdp")
            with open(sdp, "w", encoding="ascii", newline="") as f:
                f.write("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
                        "a=rtpmap:96 %s/90000\r\n" % codec.upper())
            name = "%d frames of %s amid descriptors" % (n, codec)
            call = Call(name, where, make, "--keys", path, "--sdp", sdp)
            s = call.is_(AV, protection="mixed" if n else "verified")
            call.ok("each is told", (s["frames_by_state"]["verified"],
                    s["frames_by_state"]["plaintext"]) == (120, n), s)
            call.finds("not-rfc9605", *["plaintext-gap"] * bool(n))
            call = Call(name + ", codec unknown", where, make, "--keys", path)
            s = call.is_(AV)
            call.ok("none is taken for incomplete", (
                s["frames_by_state"]["verified"], s["frames"]) == (120, 120 + n)
                and s["incomplete_frames"] == 0, s)
            call.ok("the odd ones are told", bool(n) == bool(
                {"frames-unexplained", "plaintext-gap"} & set(call.slugs)),
                call.slugs)


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


if __name__ == "__main__":
    main(globals())
