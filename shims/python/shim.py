#!/usr/bin/env python3
"""
shim.py - RFC 9605 on Python's standard library, behind SFS/1.

	sframe-tool conform --quick -- python3 shims/python/shim.py

The library has HMAC and no AES, so AES and GCM are written out below: slow, and
no example of how to keep a key secret. It is a template for other shims.
"""
import hashlib
import hmac
import sys

MAX64 = 2**64 - 1


class Refused(Exception):
    """The implementation says no, and is still usable."""


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
# what one octet of a column becomes, in each of its four places
TABLE = [[], [], [], []]
for octet in SBOX:
    word = xtime(octet) << 24 | octet << 16 | octet << 8 | xtime(octet) ^ octet
    for i in range(4):
        TABLE[i].append(word)
        word = word >> 8 | (word & 0xff) << 24


class Aes:
    def __init__(self, key):
        n = len(key) // 4
        w = [int.from_bytes(key[4 * i:4 * i + 4], "big") for i in range(n)]
        rcon = 1
        for i in range(n, 4 * (n + 7)):
            t = w[-1]
            if i % n == 0:
                t = self.sub((t << 8 | t >> 24) & 0xffffffff) ^ rcon << 24
                rcon = xtime(rcon)
            elif n > 6 and i % n == 4:
                t = self.sub(t)
            w.append(w[i - n] ^ t)
        self.w = w

    @staticmethod
    def sub(t):
        return (SBOX[t >> 24] << 24 | SBOX[t >> 16 & 255] << 16
                | SBOX[t >> 8 & 255] << 8 | SBOX[t & 255])

    def block(self, data):
        w, t0, t1, t2, t3 = self.w, *TABLE
        s = [int.from_bytes(data[i:i + 4], "big") ^ w[i // 4]
             for i in (0, 4, 8, 12)]
        for k in range(4, len(w) - 4, 4):
            s = [t0[s[i] >> 24] ^ t1[s[(i + 1) % 4] >> 16 & 255]
                 ^ t2[s[(i + 2) % 4] >> 8 & 255] ^ t3[s[(i + 3) % 4] & 255]
                 ^ w[k + i] for i in range(4)]
        out = b""
        for i in range(4):
            v = (SBOX[s[i] >> 24] << 24 | SBOX[s[(i + 1) % 4] >> 16 & 255] << 16
                 | SBOX[s[(i + 2) % 4] >> 8 & 255] << 8
                 | SBOX[s[(i + 3) % 4] & 255])
            out += (v ^ w[len(w) - 4 + i]).to_bytes(4, "big")
        return out

    def crypt(self, nonce, first, data):
        blocks = (len(data) + 15) // 16
        stream = b"".join(self.block(nonce + (first + i).to_bytes(4, "big"))
                          for i in range(blocks))
        return bytes(a ^ b for a, b in zip(data, stream))


def ghash(h, data):
    h, y = int.from_bytes(h, "big"), 0
    for i in range(0, len(data), 16):
        y ^= int.from_bytes(data[i:i + 16], "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xe1 << 120 if v & 1 else 0)
        y = z
    return y


def be(v, n):
    return v.to_bytes(n, "big")


def padded(b):
    return b + bytes(-len(b) % 16)


# ---- RFC 9605 ----------------------------------------------------------------

class Suite:
    def __init__(self, gcm, digest, nka, nt):
        self.gcm, self.digest, self.nka, self.nt = gcm, digest, nka, nt
        self.nh = digest().digest_size
        self.nk = nka if gcm else nka + self.nh

    def hmac(self, key, data):
        return hmac.new(key, data, self.digest).digest()

    def expand(self, prk, info, n):
        t, out, i = b"", b"", 1
        while len(out) < n:
            t = self.hmac(prk, t + info + bytes([i]))
            out, i = out + t, i + 1
        return out[:n]

    def tag(self, key, nonce, aad, ct):
        if self.gcm:
            aes = Aes(key)
            y = ghash(aes.block(bytes(16)), padded(aad) + padded(ct)
                      + be(8 * len(aad), 8) + be(8 * len(ct), 8))
            return be(y ^ int.from_bytes(aes.block(nonce + be(1, 4)), "big"), 16)
        lengths = be(len(aad), 8) + be(len(ct), 8) + be(self.nt, 8)
        return self.hmac(key[self.nka:], lengths + nonce + aad + ct)[:self.nt]

    def crypt(self, key, nonce, data):
        return Aes(key[:self.nka]).crypt(nonce, 2 if self.gcm else 0, data)

    def seal(self, key, nonce, aad, pt):
        ct = self.crypt(key, nonce, pt)
        return ct + self.tag(key, nonce, aad, ct)

    def open(self, key, nonce, aad, data):
        if len(data) < self.nt:
            raise Refused("short")
        ct, tag = data[:-self.nt], data[-self.nt:]
        if not hmac.compare_digest(tag, self.tag(key, nonce, aad, ct)):
            raise Refused("auth")
        return self.crypt(key, nonce, ct)


SUITES = {
    1: Suite(False, hashlib.sha256, 16, 10), 2: Suite(False, hashlib.sha256, 16, 8),
    3: Suite(False, hashlib.sha256, 16, 4), 4: Suite(True, hashlib.sha256, 16, 16),
    5: Suite(True, hashlib.sha512, 32, 16), 6: Suite(False, hashlib.sha512, 32, 10),
    7: Suite(False, hashlib.sha512, 32, 8), 8: Suite(False, hashlib.sha512, 32, 4),
}


def write_header(kid, ctr):
    def field(v):
        n = (v.bit_length() + 7) // 8
        return (v, b"") if v < 8 else (8 | n - 1, be(v, n))
    (k, kid), (c, ctr) = field(kid), field(ctr)
    return bytes([k << 4 | c]) + kid + ctr


def read_header(data):
    if not data:
        raise Refused("header")
    at = 1

    def field(code):
        nonlocal at
        if not code & 8:
            return code & 7
        n = (code & 7) + 1
        if len(data) < at + n:
            raise Refused("header")
        at += n
        return int.from_bytes(data[at - n:at], "big")
    kid = field(data[0] >> 4)
    ctr = field(data[0] & 15)
    return kid, ctr, data[:at], data[at:]


def schedule(number, base, kid):
    s, tail = SUITES[number], be(kid, 8) + be(number, 2)
    secret = s.hmac(bytes(s.nh), base)
    return (secret, s.expand(secret, b"SFrame 1.0 Secret key " + tail, s.nk),
            s.expand(secret, b"SFrame 1.0 Secret salt " + tail, 12))


def nonce_of(salt, ctr):
    return bytes(a ^ b for a, b in zip(salt, be(ctr, 12)))


class Key:
    def __init__(self, number, use, kid, base):
        self.use, self.secret = use, None
        self.secret, self.key, self.salt = schedule(number, base, kid)
        self.next = 0


class Context:
    def __init__(self, number):
        self.number, self.suite, self.keys, self.gone = number, SUITES[number], {}, {}

    def add(self, use, kid, base):
        if not base:
            raise Refused("param")
        if kid in self.keys:
            raise Refused("usage")
        k = Key(self.number, use, kid, base)
        k.next = self.gone.get((kid, k.secret), 0)
        self.keys[kid] = k

    def get(self, kid, use):
        if kid not in self.keys:
            raise Refused("kid")
        if self.keys[kid].use != use:
            raise Refused("usage")
        return self.keys[kid]

    def remove(self, kid):
        if kid not in self.keys:
            raise Refused("kid")
        k = self.keys.pop(kid)
        if k.use == "send":
            self.gone[kid, k.secret] = k.next

    def counter(self, kid, value):
        k = self.get(kid, "send")
        if value < k.next:
            raise Refused("exhausted")
        k.next = value

    def seal(self, kid, meta, pt):
        k = self.get(kid, "send")
        if k.next > MAX64:
            raise Refused("exhausted")
        ctr, k.next = k.next, k.next + 1
        header = write_header(kid, ctr)
        return header + self.suite.seal(
            k.key, nonce_of(k.salt, ctr), header + meta, pt)

    def open(self, meta, data):
        kid, ctr, header, rest = read_header(data)
        k = self.get(kid, "recv")
        return kid, ctr, self.suite.open(
            k.key, nonce_of(k.salt, ctr), header + meta, rest)


# ---- SFS/1 -------------------------------------------------------------------

contexts = {}


class Request(dict):
    def number(self, key):
        return int(self[key])

    def octets(self, key):
        return b"" if self[key] == "-" else bytes.fromhex(self[key])

    def suite(self):
        if self.number("suite") not in SUITES:
            raise Refused("param")
        return self.number("suite")

    def context(self):
        return contexts[self["ctx"]]


def show(octets):
    return octets.hex() or "-"


def hello(q):
    return {"v": 1, "name": "python-stdlib", "version": 1,
            "suites": ",".join(str(n) for n in SUITES),
            "caps": "seal,open,ctr-set,rmkey,header,kdf,aead,ratchet,per-ssrc",
            "policies": "nonminimal-header:accept,replay:app,"
                        "rekey-same-kid:refuse,empty-base-key:reject,"
                        "counter-last:max,send-recv-same-kid:refuse"}


def new(q):
    contexts[q["ctx"]] = Context(q.suite())


def free(q):
    del contexts[q["ctx"]]


def key(q):
    q.context().add(q["use"], q.number("kid"), q.octets("base"))


def rmkey(q):
    q.context().remove(q.number("kid"))


def ctr_(q):
    q.context().counter(q.number("kid"), q.number("next"))


def seal(q):
    return {"ct": show(q.context().seal(
        q.number("kid"), q.octets("meta"), q.octets("pt")))}


def open_(q):
    kid, ctr, pt = q.context().open(q.octets("meta"), q.octets("ct"))
    return {"pt": show(pt), "kid": kid, "ctr": ctr}


def hdr_enc(q):
    return {"hdr": show(write_header(q.number("kid"), q.number("ctr")))}


def hdr_dec(q):
    kid, ctr, header, _ = read_header(q.octets("hdr"))
    return {"kid": kid, "ctr": ctr, "len": len(header)}


def kdf(q):
    if not q.octets("base"):
        raise Refused("param")
    secret, k, salt = schedule(q.suite(), q.octets("base"), q.number("kid"))
    return {"secret": show(secret), "key": show(k), "salt": show(salt)}


def aead_seal(q):
    return {"ct": show(SUITES[q.suite()].seal(
        q.octets("key"), q.octets("nonce"), q.octets("aad"), q.octets("pt")))}


def aead_open(q):
    return {"pt": show(SUITES[q.suite()].open(
        q.octets("key"), q.octets("nonce"), q.octets("aad"), q.octets("ct")))}


def ratchet(q):
    s = SUITES[q.suite()]
    prk = s.hmac(bytes(s.nh), q.octets("base"))
    return {"base": show(s.expand(prk, b"SFrame 1.0 Ratchet", s.nh))}


def ssrc_key(q):
    s = SUITES[q.suite()]
    prk = s.hmac(be(q.number("ssrc"), 4), q.octets("base"))
    return {"base": show(s.expand(prk, b"SFrame 1.0 RTP Stream", s.nh))}


def nothing(q):
    return None


VERBS = {"hello": hello, "new": new, "free": free, "key": key, "rmkey": rmkey,
         "ctr": ctr_, "seal": seal, "open": open_, "hdr-enc": hdr_enc,
         "hdr-dec": hdr_dec, "kdf": kdf, "aead-seal": aead_seal,
         "aead-open": aead_open, "ratchet": ratchet, "ssrc-key": ssrc_key,
         "sync": nothing, "bye": nothing}


def answer(number, verb, words):
    if verb not in VERBS:
        return "%s unsupported" % number
    try:
        said = VERBS[verb](Request(w.split("=", 1) for w in words)) or {}
    except Refused as e:
        return "%s no why=%s" % (number, e)
    except (KeyError, ValueError):
        return "%s bad" % number
    return " ".join(["%s ok" % number] + ["%s=%s" % w for w in said.items()])


def main():
    for line in sys.stdin:
        number, verb, *words = line.split()
        print(answer(number, verb, words), flush=True)
        if verb == "bye":
            return


main()
