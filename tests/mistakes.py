#!/usr/bin/env python3
"""
mistakes.py - frames with each mistake of engine/diagnose/mistakes.def, made by
an implementation of RFC 9605 of its own: Python's hashlib and hmac, and AES and
GCM written out below. Nothing is shared with the program.

	mistakes.py make [FILE]     writes vectors/own/mistakes.jsonl
	mistakes.py check [FILE]    remakes it and compares; nothing is written

A line is a key file, a frame, a second frame of the stream, and the mistake
that must be named; null where nothing is wrong or nothing must be found.
tests/test_diagnose.c reads them. Octets are the same on every run.

Class Way is RFC 9605; a mistake is a Way with one method put in its place.
"""
import base64
import hashlib
import hmac
import json
import os
import re
import sys
import types

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(TOP, "vectors", "own", "mistakes.jsonl")
SEED = b"sframe-tool mistakes 1"
HASHES = {"SHA256": hashlib.sha256, "SHA384": hashlib.sha384,
          "SHA512": hashlib.sha512}

# ---- AES (FIPS 197), CTR and GCM (SP 800-38A, 38D) ---------------------------


def xtime(a):
    return (a << 1) ^ (0x11b if a & 0x80 else 0)


def make_sbox():
    sbox, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= xtime(p)
        for s in (1, 2, 4):
            q ^= q << s
        q &= 0xff
        q ^= 0x09 if q & 0x80 else 0
        x = q
        for s in (1, 2, 3, 4):
            x ^= (q << s | q >> (8 - s)) & 0xff
        sbox[p] = x ^ 0x63
        if p == 1:
            return sbox


SBOX = make_sbox()


class Aes:
    def __init__(self, key):
        n = len(key) // 4
        words = [list(key[4 * i:4 * i + 4]) for i in range(n)]
        rcon = 1
        for i in range(n, 4 * (n + 7)):
            w = list(words[-1])
            if i % n == 0:
                w = [SBOX[b] for b in w[1:] + w[:1]]
                w[0] ^= rcon
                rcon = xtime(rcon)
            elif n > 6 and i % n == 4:
                w = [SBOX[b] for b in w]
            words.append([a ^ b for a, b in zip(w, words[i - n])])
        self.keys = [sum(words[i:i + 4], []) for i in range(0, len(words), 4)]

    def block(self, data):
        s = [a ^ b for a, b in zip(data, self.keys[0])]
        for k in self.keys[1:]:
            s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if k is not self.keys[-1]:
                s = sum((self.mix(s[i:i + 4]) for i in (0, 4, 8, 12)), [])
            s = [a ^ b for a, b in zip(s, k)]
        return bytes(s)

    @staticmethod
    def mix(c):
        every = c[0] ^ c[1] ^ c[2] ^ c[3]
        return [c[i] ^ every ^ xtime(c[i] ^ c[(i + 1) % 4]) for i in range(4)]

    def stream(self, nonce, first, n):
        """A nonce that is not of 12 octets is cut or filled up to a block."""
        block = (nonce + be(first, 4) if len(nonce) == 12 else
                 nonce.ljust(16, b"\0")[:16])
        out, at = b"", int.from_bytes(block[12:], "big")
        while len(out) < n:
            out += self.block(block[:12] + be(at % 2**32, 4))
            at += 1
        return out[:n]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def be(v, n):
    return v.to_bytes(n, "big")


def le(v, n):
    return v.to_bytes(n, "little")


def ghash(h, data):
    h, y = int.from_bytes(h, "big"), 0
    for i in range(0, len(data), 16):
        y ^= int.from_bytes(data[i:i + 16].ljust(16, b"\0"), "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xe1 << 120 if v & 1 else 0)
        y = z
    return be(y, 16)


def padded(b):
    return b + bytes(-len(b) % 16)


def gcm_block(aes, nonce):
    """SP 800-38D 7.1: J0, of a nonce of any length."""
    if len(nonce) == 12:
        return nonce + be(1, 4)
    return ghash(aes.block(bytes(16)), padded(nonce) + be(8 * len(nonce), 16))


def gcm(key, nonce, aad, pt):
    """Ciphertext and tag, apart."""
    aes = Aes(key)
    first = gcm_block(aes, nonce)
    ct = xor(pt, aes.stream(first, 0, 16 + len(pt))[16:])
    over = padded(aad) + padded(ct) + be(8 * len(aad), 8) + be(8 * len(ct), 8)
    return ct, xor(ghash(aes.block(bytes(16)), over), aes.block(first))


# ---- HKDF (RFC 5869) ---------------------------------------------------------


def extract(h, salt, key):
    return hmac.new(salt or bytes(h().digest_size), key, h).digest()


def expand(h, prk, info, n):
    out, t, i = b"", b"", 0
    while len(out) < n:
        i += 1
        t = hmac.new(prk, t + info + bytes([i]), h).digest()
        out += t
    return out[:n]


# ---- RFC 9605 ----------------------------------------------------------------


class Suite:
    def __init__(self, number, name, cipher, h, nka, nt):
        self.number, self.name, self.cipher, self.nka, self.nt = (
            number, name, cipher, nka, nt)
        self.hash = HASHES[h]
        self.nh = self.hash().digest_size
        self.nk = nka + self.nh if cipher == "ctr" else nka


SUITES = {s.number: s for s in (
    Suite(1, "AES_128_CTR_HMAC_SHA256_80", "ctr", "SHA256", 16, 10),
    Suite(2, "AES_128_CTR_HMAC_SHA256_64", "ctr", "SHA256", 16, 8),
    Suite(3, "AES_128_CTR_HMAC_SHA256_32", "ctr", "SHA256", 16, 4),
    Suite(4, "AES_128_GCM_SHA256_128", "gcm", "SHA256", 16, 16),
    Suite(5, "AES_256_GCM_SHA512_128", "gcm", "SHA512", 32, 16),
    Suite(6, "AES_256_CTR_HMAC_SHA512_80", "ctr", "SHA512", 32, 10),
    Suite(7, "AES_256_CTR_HMAC_SHA512_64", "ctr", "SHA512", 32, 8),
    Suite(8, "AES_256_CTR_HMAC_SHA512_32", "ctr", "SHA512", 32, 4))}


def fewest(v):
    return be(v, max(1, (v.bit_length() + 7) // 8))


def header(kid, ctr, more_kid=0, more_ctr=0):
    """more_kid, more_ctr: octets over the fewest."""
    config, fields = 0, b""
    for shift, v, more in ((4, kid, more_kid), (0, ctr, more_ctr)):
        if v < 8 and not more:
            config |= v << shift
        else:
            f = bytes(more) + fewest(v)
            config |= (8 | len(f) - 1) << shift
            fields += f
    return bytes([config]) + fields


def draft_header(kid, ctr):
    """draft-ietf-sframe-enc-00 to -03."""
    c = fewest(ctr)
    if kid < 8:
        return bytes([len(c) - 1 << 4 | kid]) + c
    k = fewest(kid)
    return bytes([len(c) - 1 << 4 | 8 | len(k) - 1]) + k + c


def omara_header(kid, ctr):
    """The individual drafts before those: lengths as they are."""
    c = fewest(ctr)
    if kid < 8:
        return bytes([len(c) << 4 | kid]) + c
    k = fewest(kid)
    return bytes([len(c) << 4 | 8 | len(k)]) + k + c


class Way:
    """One sender. Each method is a step of RFC 9605 4.4 and 4.5.1."""

    def __init__(self, number, **otherwise):
        self.suite = SUITES[number]
        self.hash, self.nt = self.suite.hash, self.suite.nt
        for name, f in otherwise.items():
            assert hasattr(self, name), name
            setattr(self, name, types.MethodType(f, self) if callable(f)
                    and not isinstance(f, type(hashlib.sha256)) else f)

    def header(self, kid, ctr):
        return header(kid, ctr)

    def label_text(self, what):
        return b"SFrame 1.0 Secret " + what + b" "

    def label_kid(self, kid):
        return be(kid, 8)

    def label_suite(self):
        return be(self.suite.number, 2)

    def label(self, what, kid):
        return self.label_text(what) + self.label_kid(kid) + self.label_suite()

    def secret(self, base, kid):
        return extract(self.hash, b"", base)

    def key(self, base, kid):
        return expand(self.hash, self.secret(base, kid),
                      self.label(b"key", kid), self.suite.nk)

    def salt(self, base, kid):
        return expand(self.hash, self.secret(base, kid),
                      self.label(b"salt", kid), 12)

    def mac_key(self, key):
        return key[self.suite.nka:]

    def nonce(self, salt, ctr):
        return xor(salt, be(ctr, 12))

    def aad(self, head, metadata, prefix, kid, ctr):
        return head + metadata

    def mac_input(self, aad, ct, nonce, pt):
        return (be(len(aad), 8) + be(len(ct), 8) + be(self.nt, 8) + nonce
                + aad + ct)

    def mac(self, key, over):
        return hmac.new(key, over, self.suite.hash).digest()

    def cut(self, mac):
        return mac[:self.nt]

    def join(self, ct, tag):
        return ct + tag

    def frame(self, base, kid, ctr, pt, metadata=b"", prefix=b"", want=None):
        """want: {offset: octets} that the ciphertext is to have there."""
        head = self.header(kid, ctr)
        key, salt = self.key(base, kid), self.salt(base, kid)
        nonce = self.nonce(salt, ctr)
        aad = self.aad(head, metadata, prefix, kid, ctr)
        aes = Aes(key[:self.suite.nka])
        if self.suite.cipher == "ctr":
            stream = aes.stream(nonce, 0, len(pt))
        else:
            stream = aes.stream(gcm_block(aes, nonce), 0, 16 + len(pt))[16:]
        for at, octets in (want or {}).items():
            end = at + len(octets)
            pt = pt[:at] + xor(octets, stream[at:end]) + pt[end:]
        if self.suite.cipher == "gcm":
            ct, mac = gcm(key, nonce, aad, pt)
        else:
            ct = xor(pt, stream)
            mac = self.mac(self.mac_key(key),
                           self.mac_input(aad, ct, nonce, pt))
        return prefix + head + self.join(ct, self.cut(mac))


def ratchet(h, base, label=b"SFrame 1.0 Ratchet", n=None):
    return expand(h, extract(h, b"", base), label, n or h().digest_size)


def mls_expand(h, secret, label, context, n):
    def vector(b):
        return (be(len(b), 1) if len(b) < 64 else be(0x4000 | len(b), 2)) + b
    return expand(h, secret, be(n, 2) + vector(b"MLS 1.0 " + label)
                  + vector(context), n)


def mls_export(h, secret, n, label=b"SFrame 1.0 Base Key", context=None):
    derived = mls_expand(h, secret, label, b"", h().digest_size)
    hashed = h(b"").digest() if context is None else context
    return mls_expand(h, derived, b"exported", hashed, n)


def ssrc_key(h, base, ssrc, label=b"SFrame 1.0 RTP Stream", order="big"):
    return expand(h, extract(h, ssrc.to_bytes(4, order), base), label,
                  h().digest_size)


# ---- vectors -----------------------------------------------------------------

lines = []
KID, CTR = 0x1234, 0x4567
SSRC = 0x5a17c0de
META = b"IETF SFrame WG"
ANY = (4, 1, 5, 6, 2, 7, 3, 8)
CTRS = (1, 6, 2, 7, 3, 8)
GCMS = (4, 5)
LONG = (4, 1, 5, 6, 2, 7)  # tags that prove something alone
turn = {}


def octets(what, n):
    return expand(hashlib.sha256, hashlib.sha256(SEED).digest(),
                  what.encode(), n)


def number():
    return len(lines)


def pick(of, n=2):
    """The next n suites of a list, so that all get their turn."""
    at = turn.get(of, 0)
    turn[of] = at + n
    return [of[(at + i) % len(of)] for i in range(n)]


def base_of(suite, n=None, again=""):
    return octets("base %d%s" % (number(), again),
                  n or (32 if suite == 5 else 16))


def hexed(b):
    return b.hex()


def entry(base, kid=KID, **more):
    return dict({"kid": str(kid), "base_key": hexed(base)}, **more)


def keyfile(keys, suite=None, **more):
    f = {"schema": "sframe-tool/keys/v1", "keys": keys}
    if suite:
        f["suite"] = SUITES[suite].name
    f.update(more)
    return f


SENDER4 = {"type": "sender", "r": 4}
MLS44 = {"type": "mls", "epoch_bits": 4, "sender_bits": 6}


def vector(mistake, suite, keys, frames, note, **more):
    """frames: one or two. The second is left out where it is not needed."""
    n = number()
    other = frames[1] if len(frames) > 1 else b""
    if suite and SUITES[suite].nt >= 8 and n % 2 and not more.get("two"):
        other = b""
    more.pop("two", None)
    v = {"id": "%04d" % n, "mistake": mistake, "note": note, "ssrc": SSRC,
         "at": 0, "keys": keys, "frame": hexed(frames[0]),
         "other": hexed(other)}
    if suite:
        v["suite"] = suite
    v.update(more)
    lines.append(v)


def text(n=40):
    return octets("plaintext %d" % number(), n)


def twice(way, base, kid=KID, ctr=CTR, change=None, **more):
    """Two frames of a stream, each changed on the way."""
    pair = [way.frame(base, kid, ctr, text(40), **more),
            way.frame(base, kid, ctr + 3, text(33), **more)]
    return [change(f) for f in pair] if change else pair


def plain(mistake, of, note, n=2, kid=KID, ctr=CTR, metadata=b"", prefix=b"",
          attrs=None, change=None, open_suite=False, want=None, **otherwise):
    """The common case: one raw key, one method of Way done otherwise."""
    for s in pick(of, n):
        base = base_of(s)
        way = Way(s, **otherwise)
        more = {"metadata": metadata.hex()} if metadata else {}
        frames = twice(way, base, kid, ctr, change, metadata=metadata,
                       prefix=prefix, want=want)
        vector(mistake, s,
               keyfile([entry(base, kid)], None if open_suite else s, **more),
               frames, note, at=len(prefix), **(attrs or {}))


def suites_and_keys():
    for used, said in ((4, 1), (5, 4), (1, 4), (3, 8), (6, 7), (2, 1)):
        base = base_of(used)
        vector("other-suite", used, keyfile([entry(base)], said),
               twice(Way(used), base), "suite %d, the key file says %d"
               % (used, said), said_suite=used)
    for used in (4, 1, 8):
        base, own = base_of(used), octets("own %d" % number(), 16)
        keys = [entry(own, KID), entry(base, KID + 9)]
        vector("key-of-other-kid", used, keyfile(keys, used),
               twice(Way(used), base), "the other entry's base key", entry=1,
               kid=str(KID + 9))
        way = Way(used, label_kid=lambda w, kid: be(KID + 9, 8))
        vector("key-of-other-kid", used, keyfile(keys, used),
               twice(way, base), "the other entry's key, under its KID",
               entry=1, kid=str(KID + 9))
    for s in (5, 6):
        base, own = base_of(s), octets("own %d" % number(), 16)
        keys = [entry(own, ssrc=SSRC), entry(base, ssrc=SSRC + 1)]
        vector("key-of-other-stream", s, keyfile(keys, s), twice(Way(s), base),
               "the key of the stream beside", entry=1)
    forms = (("lower case", lambda b: b.hex().encode()),
             ("upper case", lambda b: b.hex().upper().encode()),
             ("base64", base64.b64encode),
             ("base64 without =", lambda b: base64.b64encode(b).rstrip(b"=")),
             ("base64url", lambda b: base64.urlsafe_b64encode(b).rstrip(b"=")))
    based("base-key-text", forms)
    based("base-key-padded", (
        ("to Nh", lambda b: b.ljust(32 if len(b) < 32 else 64, b"\0")),
        ("to 24", lambda b: b.ljust(24 if len(b) < 24 else 48, b"\0")),
        ("in front", lambda b: b.rjust(64, b"\0")),
        ("with one", lambda b: b + b"\0")))
    for s in pick(ANY):
        base = base_of(s)
        base = base[:11] + b"\0" + base[12:]
        vector("base-key-cut", s, keyfile([entry(base)], s),
               twice(Way(s), base[:11]), "at its zero octet")
    based("base-key-cut", (("to 16", lambda b: b[:16]),
                           ("to 32", lambda b: b[:32])), 48)


def based(mistake, forms, n=None):
    for note, form in forms:
        for s in pick(ANY):
            base, again = base_of(s, n), ""
            while note == "base64url" and not set(form(base)) & set(b"-_"):
                again += "+"
                base = base_of(s, n, again)
            vector(mistake, s, keyfile([entry(base)], s),
                   twice(Way(s), form(base)), note)


def labels():
    for s, said in ((4, 1), (5, 2), (1, 2), (6, 1), (3, 1), (4, 0)):
        base = base_of(s)
        way = Way(s, label_suite=lambda w, said=said: be(said, 2))
        vector("suite-number", s, keyfile([entry(base)], s), twice(way, base),
               "suite %d, the labels say %d" % (s, said), said_suite=said)
    plain("suite-form", ANY, "1 octet",
          label_suite=lambda w: be(w.suite.number, 1))
    plain("suite-form", ANY, "4 octets",
          label_suite=lambda w: be(w.suite.number, 4))
    plain("suite-form", ANY, "8 octets",
          label_suite=lambda w: be(w.suite.number, 8))
    plain("suite-form", ANY, "least significant first",
          label_suite=lambda w: le(w.suite.number, 2))
    plain("suite-missing", ANY, "no suite number",
          label_suite=lambda w: b"")
    plain("suite-missing", GCMS, "draft-ietf-sframe-enc-03, header too",
          label_suite=lambda w: b"", header=lambda w, k, c: draft_header(k, c))
    for t in ("Sframe 1.0 Secret %s ", "sframe 1.0 secret %s ",
              "SFrame 1.0 secret %s "):
        plain("label-case", ANY, t, label_text=lambda w, what, t=t:
              (t % what.decode()).encode())
    plain("label-case", ANY, "all capitals", label_text=lambda w, what:
          b"SFRAME 1.0 SECRET " + what.upper() + b" ")
    plain("label-case", ANY, "last word too", label_text=lambda w, what:
          b"SFrame 1.0 Secret " + what.capitalize() + b" ")
    for note, mistake, end in (
            ("none", "label-blank", b""), ("two", "label-blank", b"  "),
            ("behind the blank", "label-nul", b" \0"),
            ("for the blank", "label-nul", b"\0")):
        plain(mistake, ANY, note, label_text=lambda w, what, end=end:
              b"SFrame 1.0 Secret " + what + end)
    swap = {b"key": b"salt", b"salt": b"key"}
    plain("label-swapped", ANY, "swapped", label_text=lambda w, what:
          Way.label_text(w, swap[what]))
    plain("label-salt-twice", ANY, "the salt's for both",
          label_text=lambda w, what: Way.label_text(w, b"salt"))
    plain("salt-from-key", ANY, "the key's label for both",
          label_text=lambda w, what: Way.label_text(w, b"key"))
    plain("salt-from-key", ANY, "the first 12 octets of the key",
          salt=lambda w, base, kid: w.key(base, kid)[:12])
    plain("label-kid-short", ANY, "as few octets as the header has",
          label_kid=lambda w, kid: fewest(kid), attrs={"step": 2})
    plain("label-kid-short", ANY, "4 octets", kid=9,
          label_kid=lambda w, kid: be(kid, 4), attrs={"step": 4})
    plain("label-kid-short", ANY, "1 octet, where the header has none", kid=3,
          label_kid=lambda w, kid: be(kid, 1), attrs={"step": 1})
    plain("label-kid-little-endian", ANY, "8 octets",
          label_kid=lambda w, kid: le(kid, 8))
    plain("label-kid-little-endian", ANY, "as few as there are",
          label_kid=lambda w, kid: fewest(kid)[::-1])
    plain("label-kid-missing", ANY, "no KID", label_kid=lambda w, kid: b"")
    plain("label-kid-text", ANY, "decimal",
          label_kid=lambda w, kid: b"%d" % kid)
    plain("label-kid-text", ANY, "hexadecimal",
          label_kid=lambda w, kid: b"%x" % kid)
    plain("label-kid-other", ANY, "zero", label_kid=lambda w, kid: bytes(8),
          attrs={"kid": "0"})
    for s in pick(ANY):
        base, kid = base_of(s), 0x53
        way = Way(s, label_kid=lambda w, kid: be(0x50, 8))
        vector("label-kid-other", s,
               keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4),
               twice(way, walked(s, base, 3), kid), "of before the ratchet",
               kid=str(0x50))
    for note, part in (("generation", lambda k: k >> 4),
                       ("step", lambda k: k & 15)):
        for s in pick(ANY):
            base, kid = base_of(s), 0x53
            way = Way(s, label_kid=lambda w, kid, p=part: be(p(kid), 8))
            vector("label-kid-other", s,
                   keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4),
                   twice(way, walked(s, base, 3), kid), note,
                   kid=str(part(kid)))
    for s in pick(ANY):
        base, kid = base_of(s), 3 << 10 | 5 << 4 | 14
        way = Way(s, label_kid=lambda w, kid: be(5, 8))
        vector("label-kid-other", s, mls(base, 14, s), twice(way, base, kid),
               "the sender index alone", kid="5")
    plain("label-order", ANY, "suite before KID", label=lambda w, what, kid:
          w.label_text(what) + w.label_suite() + w.label_kid(kid))


def walked(s, base, steps):
    for _ in range(steps):
        base = ratchet(SUITES[s].hash, base)
    return base


def schedules():
    plain("extract-missing", ANY, "expand alone",
          secret=lambda w, base, kid: base)
    plain("extract-swapped", ANY, "the base key as salt",
          secret=lambda w, base, kid: extract(w.hash, base, b""))
    plain("extract-twice", ANY, "a complete HKDF on the secret",
          secret=lambda w, base, kid: extract(
              w.hash, b"", extract(w.hash, b"", base)))
    plain("extract-salt", ANY, "label as salt",
          key=lambda w, base, kid: expand(w.hash, extract(
              w.hash, w.label(b"key", kid), base), b"", w.suite.nk),
          salt=lambda w, base, kid: expand(w.hash, extract(
              w.hash, w.label(b"salt", kid), base), b"", 12))
    for s, h in ((4, "SHA512"), (5, "SHA256"), (1, "SHA512"), (6, "SHA384"),
                 (4, "SHA384"), (8, "SHA256")):
        base = base_of(s)
        way = Way(s)
        way.hash = HASHES[h]
        vector("hkdf-hash", s, keyfile([entry(base)], s), twice(way, base),
               h)
    raw = dict(key=lambda w, base, kid: base[:w.suite.nk])
    for s in (4, 5, 1, 6):
        for note, more in (
                ("salt derived", {}),
                ("salt from the key", dict(
                    salt=lambda w, base, kid: base[:12])),
                ("no salt", dict(nonce=lambda w, salt, ctr: be(ctr, 12)))):
            base = base_of(s, SUITES[s].nk)
            vector("no-derivation", s, keyfile([entry(base)], s),
                   twice(Way(s, **raw, **more), base), note)
    plain("subkeys", CTRS, "the MAC's key first",
          mac_key=lambda w, key: key[:w.suite.nh])
    plain("subkeys", CTRS, "the whole key for the MAC",
          mac_key=lambda w, key: key)
    for n in (16, 20):
        plain("subkeys", CTRS, "%d octets for the MAC" % n,
              mac_key=lambda w, key, n=n: key[w.suite.nka:][:n])
    for s in (6, 7):
        base = base_of(s)
        way = Way(s, mac_key=lambda w, key: key[w.suite.nka:][:32])
        vector("subkeys", s, keyfile([entry(base)], s), twice(way, base),
               "32 octets for the MAC")
    for _ in range(2):
        base = base_of(5)
        vector("key-cut", 5, keyfile([entry(base)], 5), twice(
            Way(5, key=lambda w, base, kid: Way.key(w, base, kid)[:16]),
            base), "16 octets")


def draft(aead, swapped, nonce_too):
    """draft-ietf-sframe-enc-00 and -01; swapped reads HKDF-Extract as RFC 5869
    orders its arguments."""
    def ex(w, salt, key):
        return extract(w.hash, key, salt) if swapped else extract(
            w.hash, salt, key)

    def mac_input(w, aad, ct, nonce, pt):
        return (be(len(aad), 8) + be(len(ct), 8)
                + (nonce if nonce_too else b"") + aad + ct)
    return dict(
        secret=lambda w, base, kid: ex(w, b"SFrame10", base),
        label=lambda w, what, kid: what, mac_input=mac_input,
        mac_key=lambda w, key: expand(
            w.hash, ex(w, aead, key[:w.suite.nka]), b"auth", w.suite.nh))


def drafts():
    cm, ctr = b"SFrame10 AES CM AEAD", b"SFrame10 AES CTR AEAD"
    heads = (("its header", draft_header), ("the header of RFC 9605", header))
    for note, head in heads:
        for aead in (cm, ctr):
            for swapped in (False, True):
                plain("draft-01-schedule", CTRS if aead is ctr else LONG,
                      "%s, %s" % (note, "as RFC 5869 orders them" if swapped
                                  else "as meant"),
                      header=lambda w, k, c, f=head: f(k, c),
                      **draft(aead, swapped, True))
    for form, head in (("its", draft_header),
                       ("the individual draft's", omara_header)):
        plain("draft-01-schedule", CTRS, form + " header, no nonce in the MAC",
              header=lambda w, k, c, f=head: f(k, c),
              **draft(cm, False, False))
    plain("draft-01-schedule", CTRS, "MAC and its key as in RFC 9605",
          secret=lambda w, base, kid: extract(w.hash, b"SFrame10", base),
          label=lambda w, what, kid: what)
    plain("draft-01-schedule", ANY, "the individual draft's header",
          header=lambda w, k, c: omara_header(k, c), **draft(cm, False, True))
    later = dict(mac_key=lambda w, key: expand(w.hash, extract(
        w.hash, b"SFrame 1.0 AES CTR AEAD " + be(w.nt, 8), key[:w.suite.nka]),
        b"auth", w.suite.nh))
    for note, head in heads:
        plain("draft-02-schedule", ANY, note,
              header=lambda w, k, c, f=head: f(k, c),
              secret=lambda w, base, kid: extract(
                  w.hash, b"SFrame 1.0 Secret " + be(kid, 8), base),
              label=lambda w, what, kid: what, **later)
        plain("draft-03-schedule", CTRS, note,
              header=lambda w, k, c, f=head: f(k, c),
              label_suite=lambda w: b"", **later)
        if head is draft_header:
            plain("header-draft", ANY, "keys of RFC 9605",
                  header=lambda w, k, c: draft_header(k, c))
    plain("header-draft", ANY, "lengths as they are, keys of RFC 9605",
          header=lambda w, k, c: omara_header(k, c))


def swapped_header(kid, ctr):
    k, c = fewest(kid), fewest(ctr)
    return bytes([0x88 | len(k) - 1 << 4 | len(c) - 1]) + c + k


def little_header(kid, ctr):
    k, c = fewest(kid)[::-1], fewest(ctr)[::-1]
    return bytes([0x88 | len(k) - 1 << 4 | len(c) - 1]) + k + c


def nonces():
    def put(at, n, order, bare=False, over=False):
        def f(w, salt, ctr):
            c = (ctr % 256 ** n).to_bytes(n, order)
            salt = bytes(12) if bare else salt
            mid = c if over else xor(salt[at:at + n], c)
            return salt[:at] + mid + salt[at + n:]
        return f
    for mistake, note, f, ctr in (
            ("nonce-little-endian", "12 octets", put(0, 8, "little"), CTR),
            ("nonce-little-endian", "the last 8", put(4, 8, "little"), CTR),
            ("nonce-little-endian", "the last 4", put(8, 4, "little"), CTR),
            ("nonce-no-salt", "12 octets", put(4, 8, "big", True), CTR),
            ("nonce-no-salt", "least significant first",
             put(0, 8, "little", True), CTR),
            ("nonce-no-salt", "in front", put(0, 8, "big", True), CTR),
            ("nonce-front", "8 octets", put(0, 8, "big"), CTR),
            ("nonce-front", "4 octets", put(0, 4, "big"), CTR),
            ("nonce-replaced", "the last 8", put(4, 8, "big", over=True), CTR),
            ("nonce-replaced", "the last 4", put(8, 4, "big", over=True), CTR),
            ("nonce-short-counter", "4 octets", put(8, 4, "big"), 2**40 + 5),
            ("nonce-short-counter", "2 octets", put(10, 2, "big"), 2**17 + 5),
            ("nonce-short-counter", "1 octet", put(11, 1, "big"), 2**9 + 5),
            ("nonce-no-counter", "the salt", lambda w, s, c: s, CTR),
            ("nonce-added", "over 12 octets", lambda w, s, c: be(
                (int.from_bytes(s, "big") + c) % 2**96, 12), 2**40 - 1)):
        plain(mistake, ANY, note, ctr=ctr, nonce=f)
    for n in (16, 8, 24, 32):
        plain("nonce-length", CTRS, "%d octets" % n, attrs={"step": n},
              salt=lambda w, base, kid, n=n: expand(
                  w.hash, w.secret(base, kid), w.label(b"salt", kid), n),
              nonce=lambda w, s, c, n=n: xor(s, be(c, n)))
        plain("nonce-length", GCMS, "%d octets" % n, attrs={"step": n},
              salt=lambda w, base, kid, n=n: expand(
                  w.hash, w.secret(base, kid), w.label(b"salt", kid), n),
              nonce=lambda w, s, c, n=n: xor(s, be(c, n)))
    plain("nonce-length", GCMS, "the counter block", attrs={"step": 16},
          nonce=lambda w, s, c: xor(s, be(c, 12)) + bytes(4))
    plain("nonce-off-by-one", ANY, "the next", attrs={"step": 1},
          nonce=lambda w, s, c: xor(s, be(c + 1, 12)))
    plain("nonce-off-by-one", ANY, "the one before", attrs={"step": -1},
          nonce=lambda w, s, c: xor(s, be(c - 1, 12)))


def aads():
    def is_(f):
        return lambda w, head, meta, prefix, kid, ctr: f(
            head, meta, prefix, kid, ctr)
    plain("aad-order", ANY, "metadata first", metadata=META,
          aad=is_(lambda h, m, p, k, c: m + h))
    plain("aad-no-metadata", ANY, "the header alone", metadata=META,
          aad=is_(lambda h, m, p, k, c: h))
    plain("aad-no-header", ANY, "the metadata alone", metadata=META,
          aad=is_(lambda h, m, p, k, c: m))
    plain("aad-no-header", ANY, "nothing, and there is no metadata",
          aad=is_(lambda h, m, p, k, c: b""))
    plain("aad-empty", ANY, "nothing", metadata=META,
          aad=is_(lambda h, m, p, k, c: b""))
    for kid, ctr, more in ((KID, CTR, (1, 0)), (3, CTR, (1, 2)),
                           (KID, 5, (0, 1))):
        plain("aad-minimal-header", ANY, "sent with %d and %d octets more"
              % more, kid=kid, ctr=ctr, metadata=META if kid == 3 else b"",
              header=lambda w, k, c, m=more: header(k, c, *m),
              aad=is_(lambda h, m, p, k, c: header(k, c) + m))
    plain("aad-config-octet", ANY, "one octet",
          aad=is_(lambda h, m, p, k, c: h[:1] + m))
    plain("aad-config-octet", ANY, "all but it",
          aad=is_(lambda h, m, p, k, c: h[1:] + m))
    plain("aad-kid-ctr", ANY, "8 octets each",
          aad=is_(lambda h, m, p, k, c: be(k, 8) + be(c, 8) + m))
    for n in (1, 2, 4, 8):
        plain("aad-length", ANY, "%d octets" % n, n=1, metadata=META,
              aad=is_(lambda h, m, p, k, c, n=n: h + be(len(m), n) + m))
    plain("aad-length", ANY, "of no metadata, 2 octets",
          aad=is_(lambda h, m, p, k, c: h + be(len(m), 2) + m))
    prefix = bytes.fromhex("9d012a50001e00000000")
    for note, f in (("before the header", lambda h, m, p, k, c: p + h + m),
                    ("behind it", lambda h, m, p, k, c: h + p + m),
                    ("in its place", lambda h, m, p, k, c: p + m)):
        plain("aad-prefix", ANY, note, prefix=prefix, aad=is_(f))


def tags():
    plain("tag-in-front", ANY, "before the ciphertext", n=4,
          join=lambda w, ct, tag: tag + ct)
    for n in (8, 10, 12, 4):
        plain("tag-length", GCMS, "%d octets" % n, n=1, attrs={
            "step": n, "two": True}, cut=lambda w, mac, n=n: mac[:n])
    for n in (4, 8, 10, 12, 16, 20, 32, 64):
        for note, tells in (("and the MAC says so", True),
                            ("and the MAC has the suite's", False)):
            for s in (1, 7, 2, 6):
                if n == SUITES[s].nt or n > SUITES[s].nh:
                    continue
                base = base_of(s)
                way = Way(s, cut=lambda w, mac, n=n: mac[:n])
                if tells:
                    way.nt = n
                vector("tag-length", s, keyfile([entry(base)], s),
                       twice(way, base), "%d octets, %s" % (n, note),
                       step=n, two=n < 8)
    plain("tag-last-octets", CTRS, "the last octets of the MAC",
          cut=lambda w, mac: mac[-w.nt:])

    def lengths(width, *units):
        def f(w, aad, ct, nonce, pt):
            n = (len(aad), len(ct), w.nt)
            return b"".join(be(v * u, width) for v, u in zip(n, units)
                            if u) + nonce + aad + ct
        return f
    for mistake, note, f in (
            ("mac-no-tag-length", "two lengths", lengths(8, 1, 1, 0)),
            ("mac-bits", "all", lengths(8, 8, 8, 8)),
            ("mac-bits", "the tag's", lengths(8, 1, 1, 8)),
            ("mac-bits", "all but the tag's", lengths(8, 8, 8, 1)),
            ("mac-no-lengths", "none", lengths(8, 0, 0, 0)),
            ("mac-length-width", "4 octets", lengths(4, 1, 1, 1)),
            ("mac-length-width", "2 octets", lengths(2, 1, 1, 1)),
            ("mac-ciphertext-length", "tag included",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c) + w.nt, 8)
             + be(w.nt, 8) + n + a + c),
            ("mac-no-nonce", "no nonce",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + a + c),
            ("mac-counter-block", "16 octets",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + n + bytes(4) + a + c),
            ("mac-length-width", "least significant first",
             lambda w, a, c, n, p: le(len(a), 8) + le(len(c), 8)
             + le(w.nt, 8) + n + a + c),
            ("mac-order", "the ciphertext's length first",
             lambda w, a, c, n, p: be(len(c), 8) + be(len(a), 8)
             + be(w.nt, 8) + n + a + c),
            ("mac-order", "the tag's length first",
             lambda w, a, c, n, p: be(w.nt, 8) + be(len(a), 8)
             + be(len(c), 8) + n + a + c),
            ("mac-order", "the nonce first",
             lambda w, a, c, n, p: n + be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + a + c),
            ("mac-order", "additional data before the nonce",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + a + n + c),
            ("mac-order", "the nonce last",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + a + c + n),
            ("mac-order", "the ciphertext before the additional data",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + n + c + a),
            ("mac-order", "the lengths last",
             lambda w, a, c, n, p: n + a + c + be(len(a), 8)
             + be(len(c), 8) + be(w.nt, 8)),
            ("mac-plaintext", "the plaintext",
             lambda w, a, c, n, p: be(len(a), 8) + be(len(c), 8)
             + be(w.nt, 8) + n + a + p)):
        plain(mistake, CTRS, note, mac_input=f)
    for s, h in ((6, "SHA256"), (1, "SHA512"), (7, "SHA384")):
        base = base_of(s)
        way = Way(s, mac=lambda w, key, over, h=h: hmac.new(
            key, over, HASHES[h]).digest())
        vector("mac-hash", s, keyfile([entry(base)], s), twice(way, base), h)


def ratchets():
    def rows(mistake, note, step, of=ANY, steps=(1, 3), **attrs):
        for s, n in zip(pick(of, len(steps)), steps):
            base, own = base_of(s), None
            own = base
            for _ in range(n):
                own = step(SUITES[s], own)
            vector(mistake, s, keyfile([entry(base, 0x50)], s,
                                       kid_scheme=SENDER4),
                   twice(Way(s), own, 0x50 + n), note, **attrs)

    def labelled(label):
        return lambda s, b: ratchet(s.hash, b, label)
    for t in (b"Sframe 1.0 Ratchet", b"SFrame 1.0 ratchet",
              b"sframe 1.0 ratchet", b"SFRAME 1.0 RATCHET"):
        rows("ratchet-case", t.decode(), labelled(t))
    rows("ratchet-blank", "a blank", labelled(b"SFrame 1.0 Ratchet "))
    rows("ratchet-blank", "a zero octet", labelled(b"SFrame 1.0 Ratchet\0"))
    for note, n in (("Nk", lambda s: s.nk), ("Nn", lambda s: 12),
                    ("Nka", lambda s: s.nka)):
        rows("ratchet-length", note, lambda s, b, n=n: ratchet(
            s.hash, b, n=n(s)))
    rows("ratchet-extract", "expand alone", lambda s, b: expand(
        s.hash, b, b"SFrame 1.0 Ratchet", s.nh))
    old = b"SFrame10 ratchet"
    for note, of, f in (
            ("-00, as meant", ANY, lambda s, b: expand(
                s.hash, extract(s.hash, old, b), b"", s.nka)),
            ("-00, length of the suite's key", CTRS, lambda s, b: expand(
                s.hash, extract(s.hash, old, b), b"", s.nk)),
            ("-01, as RFC 5869 orders them", ANY, lambda s, b: expand(
                s.hash, extract(s.hash, b, old), b"", s.nka)),
            ("-01, both", CTRS, lambda s, b: expand(
                s.hash, extract(s.hash, b, old), b"", s.nk)),
            ("-02", ANY, lambda s, b: expand(s.hash, extract(
                s.hash, b"SFrame 1.0 Ratchet", b), b"", s.nh))):
        rows("ratchet-draft", note, f, of)
    for said, used in ((3, 4), (3, 2), (0, 1), (1, 0), (5, 1), (2, 6)):
        for s in pick(ANY):
            base = base_of(s)
            vector("ratchet-step", s, keyfile([entry(base, 0x50)], s,
                                              kid_scheme=SENDER4),
                   twice(Way(s), walked(s, base, used), 0x50 + said),
                   "the KID says %d, the key is of %d" % (said, used),
                   step=used - said)
    for s in pick(ANY):
        base = base_of(s)
        vector("ratchet-none", s, keyfile([entry(base, 0x50)], s,
                                          kid_scheme=SENDER4),
               twice(Way(s), base, 0x57), "the first key, 7 steps on")


def mls(secret, epoch, suite, h=None):
    key = {"epoch": str(epoch)}
    if h:
        key.update(exporter_secret=hexed(secret), mls_hash=h)
    else:
        key["base_key"] = hexed(secret)
    return keyfile([key], suite, kid_scheme=MLS44)


def groups():
    def rows(mistake, note, f, of=ANY, h="SHA256", n=2, kid=0x14e):
        for s in pick(of, n):
            secret = octets("exporter %d" % number(), 32)
            vector(mistake, s, mls(secret, 0x1e, s, h),
                   twice(Way(s), f(SUITES[s], secret), kid), note)
    sha, other = HASHES["SHA256"], HASHES["SHA384"]
    for n in (16, 32, 48, 64, 96):
        of = tuple(s for s in ANY if SUITES[s].nk != n)
        rows("mls-export-length", "%d octets" % n,
             lambda s, x, n=n: mls_export(sha, x, n), of)
    rows("mls-export-hash", "SHA-384", lambda s, x: mls_export(other, x, s.nk))
    rows("mls-export-hash", "SHA-256", lambda s, x: mls_export(sha, x, s.nk),
         h="SHA512")
    rows("mls-export-context", "empty",
         lambda s, x: mls_export(sha, x, s.nk, context=b""))
    rows("mls-not-exported", "the secret itself", lambda s, x: x)
    old = b"SFrame 10 MLS"
    rows("mls-export-label", "the label alone",
         lambda s, x: mls_export(sha, x, s.nk, old))
    rows("mls-export-label", "the cipher's key length",
         lambda s, x: mls_export(sha, x, s.nka, old), CTRS)
    rows("mls-export-label", "and a key of each sender", lambda s, x: expand(
        s.hash, mls_export(sha, x, s.nka, old), be(20, 4), s.nka))
    for index, note in ((lambda k: k >> 4 & 63, "index"),
                        (lambda k: k >> 4, "index and context")):
        for width in (4, 8):
            for size, n in (("Nk", lambda s: s.nk), ("Nh", lambda s: s.nh),
                            ("Nka", lambda s: s.nka)):
                for s in pick(ANY, 1):
                    base, kid = base_of(s), 3 << 10 | 20 << 4 | 14
                    own = expand(SUITES[s].hash, base, be(index(kid), width),
                                 n(SUITES[s]))
                    vector("mls-sender-key", s, mls(base, 0x1e, s),
                           twice(Way(s), own, kid), "%s in %d octets, %s"
                           % (note, width, size))


def streams():
    others = [0x11111111, 0x22223333, 0x98765432]

    def rows(mistake, note, declared, f, of=ANY, n=2, **attrs):
        for s in pick(of, n):
            base = base_of(s)
            more = {"per_ssrc_keys": True} if declared else {}
            vector(mistake, s, keyfile([entry(base)], s, **more),
                   twice(Way(s), f(SUITES[s].hash, base)), note,
                   ssrcs=others, **attrs)
    rows("ssrc-key-missing", "the base key", True, lambda h, b: b)
    rows("ssrc-key-undeclared", "the stream's", False,
         lambda h, b: ssrc_key(h, b, SSRC))
    for declared in (True, False):
        rows("ssrc-key-little-endian", "declared: %s" % declared, declared,
             lambda h, b: ssrc_key(h, b, SSRC, order="little"))
        rows("ssrc-key-rewritten", "declared: %s" % declared, declared,
             lambda h, b: ssrc_key(h, b, others[2]), key_ssrc=others[2])
    for t in (b"Sframe 1.0 RTP Stream", b"SFrame 1.0 RTP stream",
              b"SFrame 1.0 RTP Stream ", b"SFrame 1.0 RTP Stream\0"):
        rows("ssrc-key-label", repr(t)[1:], True,
             lambda h, b, t=t: ssrc_key(h, b, SSRC, t))
    for s in pick(ANY):
        base = base_of(s)
        own = ssrc_key(SUITES[s].hash, walked(s, base, 2), SSRC)
        vector("ssrc-key-order", s,
               keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4,
                       per_ssrc_keys=True),
               twice(Way(s), own, 0x52), "after two steps")


def unescape(b):
    """What a receiver of H.264 does: 03 behind 00 00 goes."""
    return re.sub(b"\0\0\x03", b"\0\0", b)


def escape(b):
    out, zeros = bytearray(), 0
    for x in b:
        if zeros == 2 and x <= 3:
            out.append(3)
            zeros = 0
        out.append(x)
        zeros = zeros + 1 if x == 0 else 0
    return bytes(out)


def on_the_way():
    plain("header-swapped", ANY, "CTR first",
          header=lambda w, k, c: swapped_header(k, c))
    plain("header-little-endian", ANY, "both fields",
          header=lambda w, k, c: little_header(k, c))
    plain("header-little-endian", ANY, "KID of one octet", kid=9,
          header=lambda w, k, c: little_header(k, c))
    for d in (0xc0, 0xe0, 0x80):
        plain("descriptor-left", ANY, "%02x" % d,
              change=lambda f, d=d: bytes([d]) + f)
    for n in (1, 4, 12, 20):
        plain("front-octets", ANY, "%d" % n, attrs={"step": n},
              change=lambda f, n=n: bytes(range(0x11, 0x11 + n)) + f)
    plain("front-octet-lost", ANY, "extended fields", change=lambda f: f[1:],
          attrs={"step": 0x99})
    plain("front-octet-lost", LONG, "all in it", kid=3, ctr=2, attrs={
        "step": 0x32}, change=lambda f: f[1:])
    for n in (1, 4, 10, 16, 20):
        plain("trailer", ANY, "%d octets" % n, attrs={"step": n},
              change=lambda f, n=n: f + octets("trailer", n))
    for s, n in ((4, 1), (5, 2), (4, 3), (1, 1), (6, 1)):
        base = base_of(s)
        vector("end-lost", s, keyfile([entry(base)], s),
               twice(Way(s), base, change=lambda f, n=n: f[:-n]),
               "%d octets" % n, step=n)
    for s, n in ((4, 1), (1, 1)):
        base, ctr = base_of(s), CTR
        while True:
            f = Way(s).frame(base, KID, ctr, text())
            if f.endswith(bytes(n)):
                break
            ctr += 1
        vector("zeros-lost", s, keyfile([entry(base)], s), [f[:-n]],
               "%d octets" % n, step=n)
    for want in ({5: b"\0\0\1"}, {5: b"\0\0\3\0\0\0"}):
        plain("emulation-prevention", LONG, "once" if len(want[5]) == 3
              else "twice", want=want, change=escape)
        if len(want[5]) == 3:
            plain("start-code", LONG, "3 octets made 4", want=want,
                  change=lambda f: f.replace(b"\0\0\1", b"\0\0\0\1"))
    plain("emulation-prevention", LONG, "in the header", ctr=0x70000001,
          kid=0x100, header=lambda w, k, c: header(k, c, 2), change=escape)
    plain("start-code", LONG, "4 octets made 3", want={5: b"\0\0\0\1"},
          change=lambda f: f.replace(b"\0\0\0\1", b"\0\0\1"))
    plain("emulation-removed", LONG, "one of two", want={
        5: b"\0\0\3\xaa", 12: b"\0\0\xbb"}, change=unescape)
    plain("emulation-removed", LONG, "both", want={
        5: b"\0\0\3\1", 12: b"\0\0\3\2"}, change=unescape)
    for at in (7, 30, 44):
        plain("octet-inserted", LONG, "at %d" % at, attrs={"step": at},
              change=lambda f, at=at: f[:at] + b"\x5c" + f[at:])
    prefix = bytes.fromhex("9d012a")
    plain("octet-inserted", LONG, "behind a prefix", attrs={"step": 20},
          prefix=prefix, change=lambda f: f[:20] + b"\x5c" + f[20:])


def aliases():
    """Two mistakes, the same octets: the first in trials.def is named."""
    base = base_of(1)
    way = Way(1, cut=lambda w, mac: mac[:8])
    way.nt = 8
    vector("suite-number", 2, keyfile([entry(base)]), twice(way, base),
           "tag-length of suite 1, where the key file leaves the suite open",
           said_suite=1)
    base = base_of(4)
    vector("tag-length", 4, keyfile([entry(base)], 4), twice(
        Way(4), base, change=lambda f: f[:-4]), "end-lost by 4 octets",
        step=12)
    base = base_of(4)
    vector("trailer", 4, keyfile([entry(base)], 4), twice(
        Way(4), base, change=lambda f: f + b"x"),
        "octet-inserted at the end", step=1)
    base = base_of(4)
    vector("ratchet-none", 4, keyfile([entry(base, 0x50)], 4,
                                      kid_scheme=SENDER4),
           twice(Way(4), base, 0x52), "ratchet-step, by 2 to the first key")
    base = base_of(4)
    vector("label-salt-twice", 4, keyfile([entry(base)]), twice(
        Way(4, label_text=lambda w, what: Way.label_text(w, b"salt")), base),
        "no alias: the suite is left open, and only 4 fits")


def quiet():
    """Nothing is wrong, or nothing is to be found."""
    for s in SUITES:
        base = base_of(s)
        vector(None, None, keyfile([entry(base)], s), twice(Way(s), base),
               "nothing wrong, suite %d" % s)
        base = base_of(s)
        vector(None, None, keyfile([entry(base, 3)], metadata=META.hex()),
               twice(Way(s, header=lambda w, k, c: header(k, c, 1, 2)), base,
                     3, 6, metadata=META),
               "nothing wrong: long header as sent, metadata, suite open")
        base = base_of(s)
        vector(None, None, keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4),
               twice(Way(s), walked(s, base, 9), 0x59), "nothing wrong: step 9")
        base = base_of(s)
        own = ssrc_key(SUITES[s].hash, base, SSRC)
        for _ in range(2):
            own = ratchet(SUITES[s].hash, own)
        vector(None, None, keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4,
                                   per_ssrc_keys=True),
               twice(Way(s), own, 0x52), "nothing wrong: step 2 of an SSRC")
        secret = octets("exporter %d" % number(), 48)
        vector(None, None, mls(secret, 0x1e, s, "SHA384"), twice(
            Way(s), mls_export(HASHES["SHA384"], secret, SUITES[s].nk), 0x14e),
            "nothing wrong: MLS")
    for s in SUITES:
        base = base_of(s)
        noise = [header(KID, CTR + i) + octets("noise %d %d" % (number(), i),
                                               50) for i in range(2)]
        vector(None, None, keyfile([entry(base)], s), noise, "noise, suite %d"
               % s)
        base, other = base_of(s), octets("stranger %d" % number(), 16)
        vector(None, None, keyfile([entry(base)]), twice(Way(s), other),
               "a key that nobody has, suite %d" % s)
        base = base_of(s)
        f = bytearray(Way(s).frame(base, KID, CTR, text()))
        f[12] ^= 1
        vector(None, None, keyfile([entry(base)], s), [bytes(f)],
               "one bit of the ciphertext is another, suite %d" % s)
    base = base_of(3)
    vector(None, None, keyfile([entry(base)], 3), [
        twice(Way(3, nonce=lambda w, s, c: be(c, 12)), base)[0]],
        "nonce-no-salt, but 4 octets of one frame prove nothing")


def neighbours():
    """What is beside the usual form of a mistake."""
    def salt_of(more):
        def f(w, base, kid):
            n = w.suite.nk + (12 if more else 0)
            return expand(w.hash, w.secret(base, kid),
                          w.label(b"key", kid), n)[-12:]
        return f
    plain("salt-from-key", ANY, "the last octets of the key",
          salt=salt_of(False))
    plain("salt-from-key", ANY, "what follows the key", salt=salt_of(True))
    plain("label-blank", ANY, "a blank behind the suite number",
          label=lambda w, what, kid: Way.label(w, what, kid) + b" ")
    plain("label-nul", ANY, "a zero octet behind the suite number",
          label=lambda w, what, kid: Way.label(w, what, kid) + b"\0")
    plain("mac-no-lengths", CTRS, "additional data and ciphertext alone",
          mac_input=lambda w, aad, ct, nonce, pt: aad + ct)
    for text_ in (b"SFrame 1.0 Base key", b"sframe 1.0 base key",
                  b"SFrame 1.0 Base Key ", b"SFrame 1.0"):
        for s in pick(ANY):
            secret, kid = octets("secret %d" % number(), 32), 5 << 4 | 14
            keys = keyfile([{"epoch": "14", "mls_hash": "SHA256",
                             "exporter_secret": hexed(secret)}], s,
                           kid_scheme=MLS44)
            base = mls_export(hashlib.sha256, secret, SUITES[s].nk, text_)
            vector("mls-export-label", s, keys, twice(Way(s), base, kid),
                   text_.decode())
    for s in pick(ANY, 4):
        base, kid = base_of(s), 0x53
        vector("ratchet-none", s,
               keyfile([entry(base, 0x50)], s, kid_scheme=SENDER4),
               twice(Way(s), base, kid), "few steps")
    # the low 4 octets of CTR are 0: read the other way round they are, too
    for s in pick(LONG, 4):
        base, more = base_of(s), {"two": True}
        way = Way(s, nonce=lambda w, salt, ctr: xor(salt, be(ctr % 2**32, 12)))
        vector("nonce-short-counter", s, keyfile([entry(base)], s),
               twice(way, base, ctr=2**33), "CTR 2^33", **more)


def ors_and_texts():
    """A counter that is put in by OR; metadata that went through a string."""
    plain("nonce-added", ANY, "OR",
          nonce=lambda w, s, c: bytes(a | b for a, b in zip(s, be(c, 12))))
    # a character, one that is cut short, octets that are none, a zero octet
    some = b"\xc3\xa9 \xe2\x82 \xff\xfe \xf4\x90 \0IETF"
    for note, of in (("replaced", lambda m: m.decode("utf-8", "replace").encode()),
                     ("Latin-1", lambda m: m.decode("latin-1").encode()),
                     ("until a zero octet", lambda m: m.split(b"\0")[0])):
        plain("aad-metadata-text", ANY, note, metadata=some,
              aad=lambda w, head, meta, prefix, kid, ctr, of=of: head + of(meta))


# ---- the witness itself ------------------------------------------------------


def own_check():
    """Way against the published vectors."""
    folder = os.path.join(TOP, "vectors", "rfc9605")
    with open(os.path.join(folder, "test-vectors.json")) as f:
        rows = json.load(f)["sframe"]
    with open(os.path.join(folder, "sframe-aes256-test-vectors.json")) as f:
        rows += json.load(f)["sframe_aes_256_ctr_hmac"]
    for r in rows:
        got = Way(r["cipher_suite"]).frame(
            bytes.fromhex(r["base_key"]), r["kid"], r["ctr"],
            bytes.fromhex(r["pt"]), bytes.fromhex(r["metadata"]))
        assert got.hex() == r["ct"], r["cipher_suite"]
    name = "rtp-sframe-per-ssrc-test-vectors.json"
    with open(os.path.join(folder, name)) as f:
        keys = json.load(f)["sframe_per_ssrc_key_derivation"]
    for r in keys:
        for x in "ab":
            got = ssrc_key(SUITES[r["cipher_suite"]].hash,
                           bytes.fromhex(r["base_key"]), r["ssrc_" + x])
            assert got.hex() == r["stream_key_" + x], r["cipher_suite"]
    return len(rows) + 2 * len(keys)


def slugs():
    with open(os.path.join(TOP, "engine", "diagnose", "mistakes.def")) as f:
        return re.findall(r'^MISTAKE\(\w+,\s*"([^"]*)"', f.read(), re.M)


def make():
    for part in (suites_and_keys, labels, schedules, drafts, nonces, aads,
                 tags, ratchets, groups, streams, on_the_way, aliases, quiet,
                 neighbours, ors_and_texts):
        part()
    return "".join(json.dumps(v, sort_keys=True) + "\n" for v in lines)


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else "check"
    path = sys.argv[2] if len(sys.argv) > 2 else FILE
    published = own_check()
    out = make()
    seen = {v["mistake"] for v in lines}
    missing = [s for s in slugs() if sum(
        v["mistake"] == s for v in lines) < 2]
    unknown = seen - set(slugs()) - {None}
    if missing or unknown:
        sys.exit("fewer than two frames: %s; no such row: %s"
                 % (missing, unknown))
    if command == "make":
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(out)
    else:
        with open(path) as f:
            if f.read() != out:
                sys.exit("%s is out of step: tests/mistakes.py make" % path)
    print("%d published vectors confirmed, %d frames of %d mistakes"
          % (published, len(lines), len(seen) - 1))
    # each published vector that holds, and the file that is as it should be
    print("%d passed, 0 failed" % (published + 1))


if __name__ == "__main__":
    main()
