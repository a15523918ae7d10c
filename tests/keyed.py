"""
keyed.py - real calls with their keys: every frame of a known key opens; with
one digit of a key changed none does; with another KID the key is not known.
And no octet of a key is in anything that is printed, or left in memory at the
end. A run with two threads is the run with one.
"""
import hashlib
import hmac
import json
import os
import stat
import struct

import mistakes
import mkcap
from harness import (TOP, Memory, Schema, check, finish, run, scratch, slugs_by_ssrc,
                     strict)

CALLS = os.path.join(TOP, "corpora", "captures")
# One call of each kind of suite, and one with several keys.
IN_MEMORY = ("S04", "S05", "S13", "S28")


def keys_of(manifest, change=None):
    """A key file out of a manifest; change alters every entry."""
    entries = []
    for k in manifest["keys"]:
        e = {"kid": str(k["kid"]), "suite": k["cipher_suite"],
             "base_key": k["base_key"], "owner": k["owner"]}
        if change:
            change(e)
        entries.append(e)
    return {"schema": "sframe-tool/keys/v1", "keys": entries}


def other(e):
    return format(int(e["base_key"][0], 16) ^ 1, "x") + e["base_key"][1:]


def other_digit(e):
    e["base_key"] = other(e)


def other_kid(e):
    e["kid"] = str(int(e["kid"]) + 4096)


def no_suite(e):
    del e["suite"]


def write(where, name, document):
    path = os.path.join(where, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f)
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
    return path


def report(capture, keys):
    ran = run("check", "--json", "--keys", keys, capture)
    try:
        return ran, strict(ran.out)
    except ValueError as e:
        check(capture, False, "no JSON: %s, %s" % (e, ran))
        return ran, None


def sealed(stream):
    """Streams of which frames should open."""
    return stream["kind"] in ("audio", "video") and stream["keys"]


def test_right(name, capture, keys, manifest, schema):
    ran, r = report(capture, keys)
    if r is None:
        return
    check(name + ": schema", not schema.faults(r), schema.faults(r))
    slugs = slugs_by_ssrc(r)
    ways = {k["cipher_suite"] for k in manifest["keys"]}
    for s in filter(sealed, r["streams"]):
        what = "%s: %s" % (name, s["ssrc"])
        state = s["frames_by_state"]
        check(what + " opens", state["verified"] > 0 and state["failed"] == 0
              and state["encrypted"] == 0, state)
        check(what + " suite", s["suite"] in ways, s["suite"])
        check(what + " is verified", s["protection"] in
              ("verified", "partly-clear", "mixed"), s["protection"])
    for slug in ("auth-failed", "kid-unknown", "wrong-key-accepted"):
        check("%s: no %s" % (name, slug), slug not in slugs)
    rules = {x["id"]: x for x in r["rules"]}
    if any(sealed(s) for s in r["streams"]):
        check(name + ": the negative control ran",
              rules["SFA002"]["asked"] > 0, rules["SFA002"])


def test_clip(name, capture, where, keys):
    """Of a clip with too few frames to know a codec by habit, none fails."""
    packets = mkcap.read_capture(capture)
    for at, n in ((0, 20), (101, 20), (101, 35)):
        clip = os.path.join(where, "clip.pcap")
        with open(clip, "wb") as f:
            f.write(mkcap.pcap(packets[at:at + n]))
        _, r = report(clip, keys)
        failed = r and [s["ssrc"] for s in r["streams"]
                        if s["frames_by_state"]["failed"]]
        check("%s: packets %d to %d: nothing fails" % (name, at, at + n),
              failed == [], failed)


def test_rewritten(where):
    """Keys of each SSRC, and a hop that gave streams other SSRCs: the mistake is
    named in the first stream, too, which begins when there is no other."""
    base = bytes(range(16))
    c = mkcap.Capture(7)
    for ssrc, real, first in ((0xa1, 0xb1, 0), (0xb1, 0xa1, 400)):
        s = c.audio(ssrc, "10.0.0.%d:4000" % (ssrc >> 4), cname=str(ssrc))
        s.pause(first / 1000)
        s.sealed(150, 9, base, ssrc=real)
    path = os.path.join(where, "rewritten.pcap")
    c.write(path)
    keys = write(where, "ssrc.json", {
        "schema": "sframe-tool/keys/v1", "suite": 4, "per_ssrc_keys": True,
        "keys": [{"kid": "9", "base_key": base.hex()}]})
    ran, r = report(path, keys)
    named = [(s["diagnosis"] or {}).get("slug") for s in (r or {"streams": []})["streams"]]
    check("an SSRC that was rewritten", ran.status == 1 and
          named == ["ssrc-key-rewritten"] * 2, named)


REAL = 0x5eed0001


def rtcp_of(ssrc):
    """A receiver's report of it, and the sender's own description."""
    block = struct.pack(">I", ssrc) + bytes(20)
    name = b"alice"
    chunk = struct.pack(">IBB", ssrc, 1, len(name)) + name + bytes(1)
    yield "a report block", struct.pack(">BBHI", 0x81, 201, 7, 0xb0b) + block
    yield "a sender's report", struct.pack(">BBHI", 0x80, 200, 6, ssrc) + \
        bytes(20)
    yield "a description", struct.pack(">BBHI", 0x80, 201, 1, 0xb0b) + \
        struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk


def test_known_ssrcs(where):
    """The SSRC that a rewritten stream had is told by the key file, by SDP, by
    RTCP that comes late, or by a CSRC list. When nobody tells it, that is said."""
    base = bytes(range(16))
    path = os.path.join(where, "known.pcap")
    keys = {"schema": "sframe-tool/keys/v1", "suite": 5, "per_ssrc_keys": True,
            "keys": [{"kid": "9", "base_key": base.hex()}]}
    sdp = os.path.join(where, "known.sdp")
    text = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" \
        "m=audio 9 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\n"

    def look(what, name, rtcp=None, csrc=False, more=(), line=None):
        c = mkcap.Capture(12)
        s = c.audio(0xa1)
        s.sealed(140, 9, base, suite=5, ssrc=REAL)
        if rtcp:
            c.datagram(2.5, "10.0.0.9:9000", "10.0.0.1:4000", rtcp)
        if csrc:
            c.packets[70].csrcs = (REAL,)
        c.write(path)
        args = ["--keys", write(where, "known.json", dict(
            keys, keys=keys["keys"] + list(more))), path]
        if line:
            with open(sdp, "w", encoding="ascii") as f:
                f.write(text + line + "\r\n")
            args += ["--sdp", sdp]
        ran = run("check", "--json", *args)
        got = strict(ran.out)
        d = got["streams"][0]["diagnosis"] or {}
        check("rewritten, told by %s: %s" % (what, name), d.get("slug") == name
              and ran.status == 1, (d, got["streams"][0]["frames_by_state"]))
        return " ".join(run("check", *args).text.split())
    for what, octets in rtcp_of(REAL):
        look(what, "ssrc-key-rewritten", rtcp=octets)
    look("a CSRC", "ssrc-key-rewritten", csrc=True)
    look("a key", "ssrc-key-rewritten", more=[
        {"kid": "77", "ssrc": "0x5eed0001", "base_key": base[::-1].hex()}])
    look("SDP", "ssrc-key-rewritten", line="a=ssrc:%d cname:alice" % REAL)
    look("SDP, a group", "ssrc-key-rewritten",
         line="a=ssrc-group:FID %d 4711" % REAL)
    said = look("nobody", None)
    check("rewritten to one nobody tells of: said", "when a hop gave it another "
          "SSRC and nothing here tells" in said, said)


def test_too_far(where):
    """A ratchet that is further on than keys are derived: that is said."""
    base = bytes(range(16))
    c = mkcap.Capture(8)
    c.audio(0xa1).sealed(80, 3 << 20 | 70000, base)
    path = os.path.join(where, "far.pcap")
    c.write(path)
    keys = write(where, "far.json", {
        "schema": "sframe-tool/keys/v1", "suite": 4,
        "kid_scheme": {"type": "sender", "r": 20},
        "keys": [{"kid": str(3 << 20), "base_key": base.hex()}]})
    ran = run("check", "--keys", keys, path)
    check("too far for a ratchet: a limit", "80 frames whose KID is too many "
          "ratchet steps" in " ".join(ran.text.split()), ran)


def test_far(where):
    """A KID as far as a ratchet may go opens. Of many that do not, only some are
    followed: that is said, though nothing shows that they are SFrame."""
    base = bytes(range(16))
    for name, steps, other in (("at the end", [65535] * 40, False),
                               ("on and on", range(60000, 60800, 20), False),
                               ("forged", range(50000, 65000, 375), True)):
        c = mkcap.Capture(8)
        s = c.audio(0xa1)
        for step in steps:
            far = base
            if not other:  # as RFC 9605 5.1 has it, in Python
                far = steps_on(base, step)
            s.sealed(2, 3 << 20 | step, far)
        path = os.path.join(where, "far.pcap")
        c.write(path)
        keys = write(where, "far.json", {
            "schema": "sframe-tool/keys/v1",
            "kid_scheme": {"type": "sender", "r": 20},
            "keys": [{"kid": str(3 << 20), "base_key": base.hex()}]})
        _, r = report(path, keys)
        states = r["streams"][0]["frames_by_state"]
        if other:
            check("far, forged: a limit", "limit-reached" in slugs_by_ssrc(r) and
                  not states["verified"], states)
        else:
            check("far, %s: opens" % name, states["verified"] == 2 * len(steps),
                  states)


def steps_on(base, n, known={}):
    if n not in known:
        at, key = max([(k, v) for k, v in known.items() if k < n],
                      default=(0, base))
        for _ in range(n - at):
            key = mistakes.ratchet(hashlib.sha256, key)
        known[n] = key
    return known[n]


def test_headless(where):
    """Headers that are none of RFC 9605's, and keys that are: what is wrong is
    found. With another key it is not, and then nothing is said to have failed."""
    base = bytes(range(16))
    keys = {"schema": "sframe-tool/keys/v1", "suite": 4,
            "keys": [{"kid": "300", "base_key": base.hex()}]}
    right = write(where, "headless.json", keys)
    keys["keys"][0]["base_key"] = base[::-1].hex()
    wrong = write(where, "headless2.json", keys)
    for slug, head in (("header-draft", mistakes.draft_header),
                       ("header-swapped", mistakes.swapped_header),
                       ("header-little-endian", mistakes.little_header)):
        way = mistakes.Way(4, header=lambda w, kid, ctr, h=head: h(kid, ctr))
        ctr = mkcap.Counter(70000)
        c = mkcap.Capture(9)
        c.audio(0xa1).add(80, lambda rng, real, w=way, n=ctr: w.frame(
            base, 300, n.take(), real))
        path = os.path.join(where, "headless.pcap")
        c.write(path)
        ran, r = report(path, right)
        named = [(s["diagnosis"] or {}).get("slug") for s in r["streams"]]
        check(slug + " is named", named == [slug] and ran.status == 1 and
              {"auth-failed", "kid-unknown"} & set(slugs_by_ssrc(r)), named)
        ran, r = report(path, wrong)
        check(slug + ", another key", not any(
            s["diagnosis"] for s in r["streams"]) and
              "auth-failed" not in slugs_by_ssrc(r), slugs_by_ssrc(r))


def test_altered(where):
    """A hop that puts an octet, always the same, into ciphertext makes it uneven:
    the diagnosis shows that it is no clear media. Media behind headers that
    nobody encrypted is."""
    base = bytes(range(16))
    keys = write(where, "altered.json", {
        "schema": "sframe-tool/keys/v1", "suite": 4,
        "keys": [{"kid": "9", "base_key": base.hex()}]})
    path = os.path.join(where, "altered.pcap")
    c = mkcap.Capture(13)
    c.audio(0xa1).sealed(150, 9, base, ctr=70000,
                         spoil=lambda ctr, f: f[:14] + b"\x55" + f[14:])
    c.write(path)
    _, r = report(path, keys)
    s = r["streams"][0]
    check("an octet put in", s["frames_by_state"]["failed"] == 150 and
          (s["diagnosis"] or {}).get("slug") == "octet-inserted" and
          not {"stream-plaintext", "header-on-plaintext"} &
          set(slugs_by_ssrc(r)), (s["frames_by_state"], slugs_by_ssrc(r)))
    c = mkcap.Capture(13)
    c.audio(0xa1).bolted(150, 9, ctr=70000)
    c.write(path)
    _, r = report(path, keys)
    check("nothing encrypted", "header-on-plaintext" in slugs_by_ssrc(r),
          slugs_by_ssrc(r))


def test_other_kid(where):
    """The key of the stream is there, under another KID: that is told."""
    base = bytes(range(16))
    c = mkcap.Capture(10)
    c.audio(0xa1).sealed(60, 9, base)
    path = os.path.join(where, "kid.pcap")
    c.write(path)
    keys = write(where, "kid9.json", {
        "schema": "sframe-tool/keys/v1", "suite": 4,
        "keys": [{"kid": "8", "base_key": base.hex()}]})
    ran = run("check", "--keys", keys, path)
    check("a key under another KID", "kid-unknown" in ran.flat and
          "sealed with the key of another KID (AES_128_GCM_SHA256_128, the key "
          "of KID 8)" in " ".join(ran.text.split()), ran)


def test_like_red(where):
    """A header that reads as RED's with an empty block in front is SFrame's."""
    base = bytes(range(16))
    c = mkcap.Capture(11)
    c.audio(0xa1, pt=63).sealed(80, 8, base, ctr=2**63)
    path = os.path.join(where, "red.pcap")
    c.write(path)
    keys = write(where, "red.json", {
        "schema": "sframe-tool/keys/v1", "suite": 4,
        "keys": [{"kid": "8", "base_key": base.hex()}]})
    _, r = report(path, keys)
    check("a header like RED's", [s["protection"] for s in r["streams"]] ==
          ["verified"], [s["frames_by_state"] for s in r["streams"]])


def test_wrong(name, capture, keys, slug, none):
    ran, r = report(capture, keys)
    if r is None:
        return
    control = {x["id"]: x for x in r["rules"]}["SFA002"]
    check(name + ": the negative control", (control["asked"] > 0) ==
          any(s["frames_by_state"]["failed"] for s in r["streams"]), control)
    slugs = slugs_by_ssrc(r)
    want = {s["ssrc"] for s in r["streams"] if sealed(s)}
    if not want:
        return
    check("%s: status 1" % name, ran.status == 1, ran.status)
    check("%s: %s" % (name, slug), want <= slugs.get(slug, set()), slugs)
    check("%s: no %s" % (name, none), none not in slugs)
    for s in r["streams"]:
        check("%s: %s nothing verified" % (name, s["ssrc"]),
              s["frames_by_state"]["verified"] == 0 and
              s["protection"] != "verified")


def secrets_of(manifest):
    """Base key, secret (RFC 9605 4.4.2), derived key and salt of each key."""
    for k in manifest["keys"]:
        base = bytes.fromhex(k["base_key"])
        way = hashlib.sha512 if "SHA512" in k["cipher_suite"] else hashlib.sha256
        yield base
        yield hmac.new(bytes(way().digest_size), base, way).digest()
        for member in ("derived_sframe_key", "derived_sframe_salt"):
            if k.get(member):
                yield bytes.fromhex(k[member])


def test_jobs(name, capture, keys):
    """The same octets come out whichever thread opens the frames."""
    for args in (("check", "--json"), ("check", "-v"), ("decode", "--json")):
        one, two = (run(*args, "--jobs", n, "--keys", keys, capture)
                    for n in ("1", "2"))
        check("%s: %s, one thread or two" % (name, " ".join(args)),
              (one.out, one.err, one.status) == (two.out, two.err, two.status)
              and one.out)


def test_wiped(name, capture, keys, manifest, memory):
    """A name that stays is found; no key is."""
    secrets = list(secrets_of(manifest))
    secrets += [s.hex().encode() for s in secrets]
    for args in (("check", "--json"), ("check", "--jobs", "1"), ("decode",)):
        label = "%s: %s" % (name, " ".join(args))
        there, _ = memory.find([capture.encode()], *args, "--keys", keys, capture)
        check(label + ": the search finds what is there", there > 0)
        left, lines = memory.find(secrets, *args, "--keys", keys, capture)
        check(label + ": no key is left in memory", left == 0, lines)


def test_silence(name, capture, keys, manifest):
    """No key, secret, derived key or salt, whole or in half, in any output."""
    secrets = set()
    for text in map(bytes.hex, secrets_of(manifest)):
        secrets.update((text, text[:16], text[-16:]))
    for args in (("check",), ("check", "-v"), ("check", "--json"),
                 ("check", "--format", "jsonl"), ("decode",),
                 ("decode", "-v"), ("decode", "--json")):
        ran = run(*args, "--keys", keys, capture)
        both = (ran.out + ran.err).lower()
        found = [s for s in secrets if s.lower().encode() in both
                 or bytes.fromhex(s) in ran.out + ran.err]
        check("%s: %s tells no key" % (name, " ".join(args)), not found)


def main():
    schema = Schema()
    with scratch() as where:
        memory = Memory(where)
        test_rewritten(where)
        test_known_ssrcs(where)
        test_too_far(where)
        test_far(where)
        test_headless(where)
        test_altered(where)
        test_other_kid(where)
        test_like_red(where)
        for capture in sorted(os.listdir(CALLS)):
            manifest = os.path.join(
                CALLS, capture.split(".")[0] + ".manifest.json")
            if ".srtp." in capture or "any-sll2.pcap" in capture or \
                    not capture.endswith((".pcap", ".pcapng")):
                continue
            with open(manifest, encoding="utf-8") as f:
                m = json.load(f)
            if not m["e2ee"].startswith("RFC 9605"):
                continue
            path = os.path.join(CALLS, capture)
            right = write(where, "right.json", keys_of(m))
            test_right(capture, path, right, m, schema)
            test_clip(capture, path, where, right)
            bare = write(where, "bare.json", keys_of(m, no_suite))
            test_right(capture + " no suite", path, bare, m, schema)
            digit = write(where, "digit.json", keys_of(m, other_digit))
            test_wrong(capture + " a digit", path, digit, "auth-failed",
                       "kid-unknown")
            kid = write(where, "kid.json", keys_of(m, other_kid))
            test_wrong(capture + " a KID", path, kid, "kid-unknown",
                       "auth-failed")
            test_silence(capture, path, right, m)
            test_jobs(capture, path, right)
            if capture.startswith(IN_MEMORY):
                test_wiped(capture, path, right, m, memory)
                test_wiped(capture + " a digit", path, digit, {"keys": [
                    dict(k, base_key=other(k), derived_sframe_key=None,
                         derived_sframe_salt=None) for k in m["keys"]]}, memory)
    finish()


if __name__ == "__main__":
    main()
