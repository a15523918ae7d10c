"""
withkeys.py - the kinds of the other files again, with keys: frames are sealed by
libcrypto, through ctypes, and what is no frame of theirs is told by its tag. So
a single clear frame is to be seen, where without keys several are promised.
"""
import ctypes
import ctypes.util
import hashlib
import hmac

import faulty  # noqa: F401
import leaky   # noqa: F401
import mistakes
import sound   # noqa: F401
from kind import GOOD, KINDS, WEIGHT

KINDS_WITH_KEYS = (
    "leaky gap", "leaky one", "leaky described", "leaky end", "leaky start",
    "leaky key_frame", "leaky network", "leaky bolted_gap", "sound one",
    "sound described", "sound shared_counter", "sound simulcast",
    "sound rollover", "sound rtx", "sound sfu", "sound late_join", "sound dtx",
    "sound step", "sound per_packet", "sound red", "sound server_silence",
    "faulty reset", "faulty two_counters", "faulty silence")
SEEN = {"plaintext-gap", "plaintext-start", "stray-clear", "silence-clear",
        "frames-unexplained", "header-on-plaintext", "stream-plaintext"}

# ---- AES by OpenSSL ----------------------------------------------------------

LIB = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_gcm", "EVP_aes_256_gcm",
             "EVP_aes_128_ctr"):
    getattr(LIB, name).restype = ctypes.c_void_p
CTX = ctypes.c_void_p(LIB.EVP_CIPHER_CTX_new())
GET_TAG = 0x10


def encrypt(cipher, key, iv, aad, pt):
    """Ciphertext; the tag of GCM is then in the context."""
    out, n = ctypes.create_string_buffer(len(pt) or 1), ctypes.c_int()
    good = LIB.EVP_EncryptInit_ex(
        CTX, ctypes.c_void_p(getattr(LIB, cipher)()), None, key, iv)
    if aad:
        good &= LIB.EVP_EncryptUpdate(CTX, None, ctypes.byref(n), aad, len(aad))
    if pt:
        good &= LIB.EVP_EncryptUpdate(CTX, out, ctypes.byref(n), pt, len(pt))
    assert good == 1
    return out.raw[:len(pt)]


def gcm(key, nonce, aad, pt):
    ct, n = encrypt("EVP_aes_%d_gcm" % (8 * len(key)), key, nonce, aad, pt), \
        ctypes.c_int()
    tag = ctypes.create_string_buffer(16)
    assert LIB.EVP_EncryptFinal_ex(CTX, tag, ctypes.byref(n)) == 1
    assert LIB.EVP_CIPHER_CTX_ctrl(CTX, GET_TAG, 16, tag) == 1
    return ct + tag.raw


class Sealer:
    """RFC 9605 4.4, a key for each KID, one suite in the call."""

    def __init__(self, call):
        self.call, self.known, self.sealed = call, {}, {}
        self.number = call.rng.choice((1, 2, 3, 4, 5))
        self.way = mistakes.Way(self.number)
        self.tag = self.way.nt

    def keys_of(self, kid):
        if kid not in self.known:
            base = hashlib.sha256(b"%d %d" % (self.call.seed, kid)).digest()[:16]
            self.known[kid] = base, self.way.key(base, kid), \
                self.way.salt(base, kid)
        return self.known[kid]

    def seal(self, kid, ctr, head, pt):
        if self.sealed.get((kid, ctr)) == pt:  # media comes round again
            pt += b"\0"                        # and is another frame
        self.sealed[kid, ctr] = pt
        _, key, salt = self.keys_of(kid)
        nonce = self.way.nonce(salt, ctr)
        if self.way.suite.cipher == "gcm":
            return head + gcm(key, nonce, head, pt)
        ct = encrypt("EVP_aes_128_ctr", key[:16], nonce + bytes(4), b"", pt)
        over = self.way.mac_input(head, ct, nonce, pt)
        return head + ct + hmac.new(self.way.mac_key(key), over,
                                    self.way.suite.hash).digest()[:self.tag]

    def file(self):
        return {"schema": "sframe-tool/keys/v1", "keys": [
            {"kid": str(kid), "suite": self.number, "base_key": k[0].hex()}
            for kid, k in sorted(self.known.items())]}


# ---- the kinds ----------------------------------------------------------------

def with_keys(base):
    def make(c):
        c.sealer = Sealer(c)
        KINDS[base](c)
        c.expect = {ssrc: set(right) | {"verified"} - GOOD if right & GOOD else
                    set(right) for ssrc, right in c.expect.items()}
        if base.startswith("leaky"):
            if c.rng.random() < .5:
                c.network()
            for s in c.streams:
                s.falls_back |= c.rng.random() < .5
                leaky.nameless(c, s)
                if c.loss and s.falls_back:  # of a few, the rest of one frame
                    c.may.add("marker-early")
            if c.loss:  # it may hit the clear frames, and wholly
                c.must = set()
                for right in c.expect.values():
                    right |= {"verified", "undecidable"}
            elif c.steps[1]:
                c.must_one = SEEN
        if "header-on-plaintext" in c.may:
            c.may.add("auth-failed")
    return make


for base in KINDS_WITH_KEYS:
    KINDS[base + " keyed"] = with_keys(base)
    WEIGHT[base + " keyed"] = 1
