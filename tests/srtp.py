"""
srtp.py - SRTP removed: real calls in plain are put under SRTP by libsrtp2
(tests/srtp_oracle.c), and check has to say of them what it says of the plain
ones. Wrong keys, wrong counters and wrong directions open nothing, and are
told.
"""
import base64
import copy
import hashlib
import hmac
import json
import os
import random
import struct

import mkcap
from harness import Memory, check, run, slugs_by_ssrc
from srtpcap import CALLS, CLIENT, SERVER, SUITES, aes, bare, call_over, \
    difference, entry, exported, handshake, is_rtcp, key_file, \
    key_schema, keylog, lengths, main, material, media, report, same, seal, secret_file, \
    sent_by, session, udp_of, with_payload


# ---- tests ------------------------------------------------------------------

def suites(b):
    """Every suite; by turns several calls, keys in hex or base64."""
    calls = ("S03-sframe-gcm128.rtp.pcap", "S04-sframe-gcm256.rtp.pcap",
             "S16-d-plain-2s.rtp.pcap")
    for i, suite in enumerate(SUITES):
        packets, plain = b.load(calls[i % len(calls)])
        path = b.write("suite.pcap", seal(b.oracle, packets, suite))
        e = entry(suite)
        if i % 3 == 1:
            e = {"profile": suite, "key_and_salt":
                 base64.b64encode(material(suite)).decode().rstrip("=")}
        if i % 3 == 2:
            del e["profile"]
            e["master_key"] = base64.b64encode(
                bytes.fromhex(e["master_key"])).decode()
        same(suite, plain,
             report(path, "--srtp-keys", key_file(b.where, e)), suite)


def disorder(b):
    """Counters that begin at 3 and wrap, duplicates, late packets, losses."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    high = []
    for p in packets:  # sequence numbers that wrap in mid-stream
        u = p.octets[udp_of(p.octets):]
        if not is_rtcp(u):
            seq, = struct.unpack_from(">H", u, 2)
            first = 0xffff - 60
            base = 20000 if u[1] & 127 == 111 else 30000
            u = u[:2] + struct.pack(">H", (seq + first - base) & 0xffff) + \
                u[4:]
            p = with_payload(p, u)
        high.append(p)
    rng = random.Random(5)
    for suite in ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32",
                  "AEAD_AES_256_GCM"):
        for roc in (0, 3, 2000):
            closed = seal(b.oracle, high, suite, roc=roc)
            pairs = list(zip(high, closed))
            pairs = [p for i, p in enumerate(pairs) if i % 23 != 7]
            pairs += [p for i, p in enumerate(pairs) if i % 11 == 3]
            pairs = [(copy.copy(x), copy.copy(y)) for x, y in pairs]
            for x, y in pairs:
                late = rng.randrange(1, 150_000_000) if rng.random() < .1 else 0
                x.ns += late
                y.ns += late
            pairs.sort(key=lambda p: p[0].ns)
            name = "%s, ROC %d" % (suite, roc)
            plain = report(b.write("a.pcap", [p[0] for p in pairs]))
            d = report(b.write("b.pcap", [p[1] for p in pairs]), "--srtp-keys",
                       key_file(b.where, entry(suite)))
            same(name, plain, d, suite)
            rocs = {s["srtp"]["roc"] for s in d["streams"]}
            check(name + ": counters told", rocs <= {str(roc), str(roc + 1)} and
                  rocs, rocs)


def opaque(b):
    """What was inside is opaque: it is not SRTP still, though DTLS was seen."""
    c = mkcap.Capture(seed=5)
    c.datagram(0, "10.0.0.1:4000", "10.0.0.9:9000",
               b"\x16\xfe\xfd" + bytes(41))
    c.audio(0xa1, start=.1).noise(300)
    packets = c.frames_of_wire()
    suite = "AEAD_AES_128_GCM"
    for what, p, keys in (("removed", packets, True), ("not removed", packets,
                                                       False)):
        path = b.write("opaque.pcap", seal(b.oracle, p, suite))
        d = report(path, *(["--srtp-keys", key_file(b.where, entry(suite))]
                           if keys else []))
        s = d["streams"][0]
        check("opaque, SRTP %s" % what, (s["protection"], s["dialect"]) == (
            ("undecidable", "opaque") if keys else ("srtp", None)),
            (s["protection"], s["dialect"]))


def holes(b):
    """A stream that was away for half a wrap, and for several."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    half = packets[len(packets) // 2].ns
    for suite in ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32",
                  "AEAD_AES_128_GCM"):
        for away, roc in ((40000, 0), (65536 * 2 + 7, 2), (65536 * 300, 300)):
            before = seal(b.oracle, [p for p in packets if p.ns < half], suite)
            after = []
            for p in packets:
                u = p.octets[udp_of(p.octets):]
                if p.ns < half or is_rtcp(u):
                    continue
                seq, = struct.unpack_from(">H", u, 2)
                u = u[:2] + struct.pack(">H", (seq + away) & 0xffff) + u[4:]
                p = with_payload(p, u)
                p.ns += 60 * 10**9
                after.append(p)
            after = seal(b.oracle, after, suite, roc=roc)
            d = report(b.write("hole.pcap", before + after), "--srtp-keys",
                       key_file(b.where, entry(suite)))
            name = "away for %d packets, %s" % (away, suite)
            check(name + ": opened again", sum(
                s["srtp"]["removed"] for s in d["streams"]) ==
                d["accounting"]["rtp"] and d["accounting"]["srtp"] == 0,
                d["accounting"])


def mki(b):
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    for suite in ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"):
        for octets in ("07", "00000001"):
            path = b.write("mki.pcap",
                           seal(b.oracle, packets, suite, mki=octets))
            keys = key_file(b.where, entry(suite, mki=octets))
            same("MKI %s, %s" % (octets, suite), plain,
                 report(path, "--srtp-keys", keys), suite)


def sealed(name, d):
    """Nothing was opened: never encrypted end to end, and told."""
    for s in d["streams"]:
        check("%s: %s is under SRTP" % (name, s["ssrc"]),
              s["protection"] in ("srtp", "undecidable") and
              s["srtp"]["removed"] == 0 and s["srtp"]["profile"] is None and
              s["srtp"]["tried"]["keys"] > 0, s["srtp"])
    check(name + ": inconclusive", d["verdict"] == "inconclusive",
          d["verdict"])
    check(name + ": told", "srtp-not-opened" in slugs_by_ssrc(d),
          sorted(slugs_by_ssrc(d)))


def wrong(b):
    """Wrong key, counter out of reach, wrong direction, wrong SSRC."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    for suite in ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32",
                  "AEAD_AES_128_GCM"):
        closed = b.write("wrong.pcap", seal(b.oracle, packets, suite))
        far = b.write("far.pcap", seal(b.oracle, packets, suite, roc=9999))
        src = min(s["src"] for s in plain["streams"])
        for what, path, e in (
                ("key", closed, entry(suite, material(suite, "other"))),
                ("counter", far, entry(suite)),
                ("direction", closed, entry(suite, dst=src)),
                ("SSRC", closed, entry(suite, ssrc="0x01020304"))):
            d = report(path, "--srtp-keys", key_file(b.where, e))
            if what in ("direction", "SSRC"):
                check("wrong %s: nothing opened" % what, all(
                    s["srtp"] is None or s["srtp"]["removed"] == 0
                    for s in d["streams"]))
                continue
            sealed("wrong %s, %s" % (what, suite), d)
        d = report(far, "--srtp-keys", key_file(b.where, entry(suite, roc=9999)))
        same("told counter, %s" % suite, plain, d, suite)


def touched(b):
    """One octet changed in some packets: those are not looked at."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    suite = "AES_CM_128_HMAC_SHA1_80"
    closed = seal(b.oracle, packets, suite)
    n = 0
    for i in range(40, len(closed), 50):
        p = closed[i]
        at = udp_of(p.octets)
        if is_rtcp(p.octets[at:]):
            continue
        o = bytearray(p.octets)
        o[-1 - i % 8] ^= 0x20
        closed[i] = mkcap.Packet(p.ns, bytes(o))
        n += 1
    d = report(b.write("touched.pcap", closed), "--srtp-keys",
               key_file(b.where, entry(suite)))
    check("touched: counted", sum(s["srtp"]["failed"] for s in d["streams"]) ==
          n == d["accounting"]["srtp"], (n, d["accounting"]))
    check("touched: told", "srtp-packets-failed" in slugs_by_ssrc(d))
    check("touched: not judged", all(
        s["protection"] == "consistent" for s in d["streams"]),
        [s["protection"] for s in d["streams"]])
    # a packet changed on one side of the call only
    check("touched: the near twin is quiet", "srtp-packets-failed" not in
          slugs_by_ssrc(report(
              b.write("whole.pcap", seal(b.oracle, packets, suite)),
              "--srtp-keys", key_file(b.where, entry(suite)))))


def plain_with_keys(b):
    """Keys beside plain RTP do no harm."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    d = report(b.write("plain2.pcap", packets), "--srtp-keys",
               key_file(b.where, *[entry(s) for s in SUITES]))
    check("keys beside plain RTP", not difference(
        bare(plain)["streams"], bare(d)["streams"]) and
        d["verdict"] == plain["verdict"],
        difference(bare(plain)["streams"], bare(d)["streams"]))


def sdes(b):
    """Offer and answer: the line of whoever sends is the one."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    sources = sorted({s["src"] for s in plain["streams"]})
    for suite, tail in (("AES_CM_128_HMAC_SHA1_80", "|2^20"),
                        ("AES_CM_128_HMAC_SHA1_32", "|2^20|1:2"),
                        ("AEAD_AES_256_GCM", "")):
        keys = {s: material(suite, s) for s in sources}
        out = list(packets)
        for s in sources:
            # one session for each sender
            at = [i for i in media(packets) if sent_by(packets[i], s)]
            closed = b.oracle.protect(
                suite, keys[s], [packets[i].octets[udp_of(packets[i].octets):]
                                 for i in at],
                mki="0001" if "1:2" in tail else "-")
            for i, payload in zip(at, closed):
                out[i] = with_payload(packets[i], payload)
        options = []
        for i, s in enumerate(sources):
            path = os.path.join(b.where, "side%d.sdp" % i)
            text = base64.b64encode(keys[s]).decode()
            if i == 0:
                text = text.rstrip("=")
            with open(path, "w", encoding="utf-8") as f:
                f.write("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
                        "m=audio 9 RTP/SAVP 111\r\na=rtpmap:111 opus/48000/2\r\n"
                        "a=crypto:1 F8_128_HMAC_SHA1_80 inline:"
                        "MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm\r\n"
                        "a=crypto:2 %s inline:%s%s FEC_ORDER=FEC_SRTP\r\n"
                        "m=video 9 RTP/SAVP 96\r\na=rtpmap:96 VP8/90000\r\n"
                        "a=crypto:2 %s inline:%s%s\r\n" %
                        (suite, text, tail, suite, text, tail))
            options += ["--sdp", path]
        d = report(b.write("sdes.pcap", out), *options)
        for s in d["streams"]:
            check("SDES %s: %s" % (suite, s["ssrc"]), s["srtp"] and
                  s["srtp"]["keys_from"] == "sdes" and
                  s["srtp"]["removed"] == s["packets"] and
                  s["protection"] == "consistent", s["srtp"])
        check("SDES %s: passes" % suite, d["verdict"] == "pass", d["verdict"])
        logs = []
        for i in range(len(sources)):
            with open(os.path.join(b.where, "side%d.sdp" % i), "rb") as f:
                text = f.read().decode()
            logs.append('{"sdp": %s}\n' % json.dumps(text))
        line = "I 19:41:44.000000 0000 %s # RTP_DUMP\n"
        logs += [line % packets[i].octets[42:].hex(" ") for i in range(9)]
        path = os.path.join(b.where, "sdes.log")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(logs)
        e = report(b.write("sdes.pcap", out), path)
        check("SDES %s: keys out of a log" % suite, [
            s["srtp"] for s in e["streams"] if s["input"] == 1] ==
            [s["srtp"] for s in d["streams"]], [
                s["srtp"] for s in e["streams"]])


# ---- Cryptex, double --------------------------------------------------------

def cryptex_packets(packets, suite, key):
    """RFC 9335 on top of AES-CM, by hand: what has a header extension gets
    0xC0DE and is enciphered from behind that word on."""
    k, s = lengths(suite)
    enc = session(key[:k], key[k:], 0, k)
    auth = session(key[:k], key[k:], 1, 20)
    salt = session(key[:k], key[k:], 2, s)
    out = []
    for p in packets:
        at = udp_of(p.octets)
        u = p.octets[at:]
        if is_rtcp(u):
            out.append(p)
            continue
        csrc = 12 + 4 * (u[0] & 15)
        body = csrc
        if u[0] & 16:
            assert u[csrc:csrc + 2] == b"\xbe\xde"
            u = u[:csrc] + b"\xc0\xde" + u[csrc + 2:]
            body += 4
        iv = bytearray(salt + bytes(2))
        for i in range(4):
            iv[4 + i] ^= u[8 + i]
        for i in range(2):
            iv[12 + i] ^= u[2 + i]
        u = u[:body] + aes("ctr", enc, bytes(iv), u[body:])
        u += hmac.new(auth, u + bytes(4), hashlib.sha1).digest()[:10]
        out.append(with_payload(p, u))
    return out


def cryptex(b):
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    packets = [p for p in packets if not is_rtcp(p.octets[udp_of(p.octets):])]
    packets = packets[:150]
    suite = "AES_CM_128_HMAC_SHA1_80"
    plain = report(b.write("a.pcap", packets))
    closed = cryptex_packets(packets, suite, material(suite))
    d = report(b.write("b.pcap", closed), "--srtp-keys",
               key_file(b.where, entry(suite)))
    same("Cryptex", plain, d, suite)
    n = sum(p.octets[udp_of(p.octets)] >> 4 & 1 for p in packets)
    check("Cryptex: counted", n > 100 and
          sum(s["srtp"]["cryptex"] for s in d["streams"]) == n, n)
    d = report(os.path.join(CALLS, "S27-cryptex.srtp.pcap"))
    check("Cryptex of Chromium: recognised without keys", all(
        s["srtp"]["cryptex"] > 0 and s["protection"] == "srtp"
        for s in d["streams"]), [s["srtp"] for s in d["streams"]])


def doubled(b):
    """RFC 8723: the outer layer goes, and what is left is never taken for
    SFrame, nor for opened."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    packets = [p for p in packets if not is_rtcp(p.octets[udp_of(p.octets):])]
    inner, outer = (material("AEAD_AES_128_GCM", x) for x in "io")
    inside = seal(b.oracle, packets, "AEAD_AES_128_GCM", key=inner)
    inside = [with_payload(p, p.octets[udp_of(p.octets):] + b"\0")
              for p in inside]  # the original header block: nothing changed
    path = b.write("double.pcap", seal(
        b.oracle, inside, "AEAD_AES_128_GCM", key=outer))
    name = "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"
    e = {"profile": name, "master_key": (inner[:16] + outer[:16]).hex(),
         "master_salt": (inner[16:] + outer[16:]).hex()}
    d = report(path, "--srtp-keys", key_file(b.where, e))
    for s in d["streams"]:
        check("double: %s" % s["ssrc"], s["srtp"]["profile"] == name and
              s["srtp"]["double"] and s["srtp"]["removed"] == s["packets"] and
              (s["protection"], s["dialect"]) == (
                  "other-dialect", "double-srtp"),
              (s["protection"], s["dialect"], s["srtp"]))
    check("double: not-rfc9605, and nothing worse", {
        f["slug"] for f in d["findings"] if f["severity"] != "note"} == {
            "not-rfc9605"}, d["findings"])


# ---- where the packets are --------------------------------------------------

def around(b):
    """SRTP over IPv6, with keys for one direction each; and cut short."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    suite = "AEAD_AES_128_GCM"
    closed = seal(b.oracle, packets, suite)
    keys = key_file(b.where, entry(suite))
    six = []
    for p in closed:
        u = p.octets[udp_of(p.octets) - 8:]
        ends = [bytes.fromhex("20010db8") + bytes(11) + bytes([x])
                for x in ((1, 2) if sent_by(p, CLIENT) else (2, 1))]
        six.append(mkcap.Packet(
            p.ns, p.octets[:12] + b"\x86\xdd" + struct.pack(
                ">IHBB", 6 << 28, len(u), 17, 64) + b"".join(ends) + u))
    to = dict(entry(suite, dst="2001:db8::2"))
    back = dict(entry(suite, src="[2001:db8::2]:2000"))
    d = report(b.write("six.pcap", six), "--srtp-keys",
               key_file(b.where, to, back))
    for s in d["streams"]:
        check("over IPv6: %s" % s["ssrc"], s["srtp"] and
              s["srtp"]["removed"] == s["packets"] and
              s["protection"] == "consistent", (s["protection"], s["srtp"]))
    check("over IPv6: all", len(d["streams"]) == len(plain["streams"]))
    cut = [mkcap.Packet(p.ns, p.octets[:100], len(p.octets)) for p in closed]
    d = report(b.write("cut.pcap", cut), "--srtp-keys", keys)
    check("cut: told", d["accounting"]["cut"] + sum(
        s["srtp"]["cut"] for s in d["streams"]) > 50 and
        "capture-cut" in slugs_by_ssrc(d), d["accounting"])
    check("cut: nothing altered is told", "srtp-packets-failed" not in
          slugs_by_ssrc(d), sorted(slugs_by_ssrc(d)))


def relayed(b):
    """TURN channel data (RFC 8656 12.4) and the framing of RFC 4571 hold SRTP
    as they hold RTP."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    suite = "AEAD_AES_128_GCM"
    keys = key_file(b.where, entry(suite))
    for what, part in (("plain", packets),
                       ("closed", seal(b.oracle, packets, suite))):
        turn = []
        for p in part:
            u = p.octets[udp_of(p.octets):]
            turn.append(with_payload(p, struct.pack(
                ">HH", 0x4001, len(u)) + u + bytes(-len(u) % 4)))
        d = report(b.write("turn.pcap", turn), "--srtp-keys", keys)
        if what == "plain":
            plain = d
    same("in channel data", plain, d, suite)
    check("in channel data: streams", len(d["streams"]) == 3,
          len(d["streams"]))


def verified(b):
    """With the keys of both layers every frame opens, by one thread or two."""
    call = "S03-sframe-gcm128"
    packets, _ = b.load(call + ".rtp.pcap")
    with open(os.path.join(CALLS, call + ".manifest.json"),
              encoding="utf-8") as f:
        truth = json.load(f)
    keys = os.path.join(b.where, "keys.json")
    with open(keys, "w", encoding="utf-8") as f:
        json.dump({"schema": "sframe-tool/keys/v1", "keys": [
            {"kid": str(k["kid"]), "suite": k["cipher_suite"],
             "base_key": k["base_key"]} for k in truth["keys"]]}, f)
    os.chmod(keys, 0o600)
    plain = report(b.write("plain.pcap", packets), "--keys", keys)
    for suite in ("AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"):
        path = b.write("both.pcap", seal(b.oracle, packets, suite))
        for jobs in ("1", "2"):
            d = report(path, "--keys", keys, "--jobs", jobs, "--srtp-keys",
                       key_file(b.where, entry(suite)))
            same("both layers, " + suite, plain, d, suite)
            check("both layers, %s: verified" % suite, {
                s["protection"] for s in d["streams"]
                if s["kind"] != "repair"} == {"verified"},
                [s["protection"] for s in d["streams"]])
    for command in ("decode", "keys"):
        a = run(command, os.path.join(b.where, "plain.pcap"))
        z = run(command, "--srtp-keys", key_file(b.where, entry(suite)), path)
        a, z = ([x for x in r.text.replace("both.pcap", "plain.pcap").split("\n")
                 if "SRTP" not in x] for r in (a, z))
        check("%s says the same" % command, a == z and len(a) > 5, (a[:3], z[:3]))


def moving(b):
    """ICE takes another pair: the key and the counter go on."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    half = packets[len(packets) // 2].ns
    for suite in ("AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"):
        def moved(p):
            if p.ns < half:
                return p
            return mkcap.Packet(p.ns, mkcap.ethernet(
                *(("10.9.9.9:999", SERVER) if sent_by(p, CLIENT) else
                  (SERVER, "10.9.9.9:999")),
                p.octets[udp_of(p.octets):]))
        closed = [moved(p) for p in seal(b.oracle, packets, suite, roc=7)]
        same("moving, " + suite, report(b.write("a.pcap", map(moved, packets))),
             report(b.write("b.pcap", closed), "--srtp-keys",
                    key_file(b.where, entry(suite))), suite)


def comments(b):
    """Each packet keeps its own, also one that waited for the next."""
    packets, _ = b.load("S03-sframe-gcm128.rtp.pcap")
    for suite in ("AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM"):
        closed = seal(b.oracle, packets, suite)
        for i, p in enumerate(closed):
            p.comments = [b"note %d" % (i + 1)]
            if i < 40:  # what is borrowed from the file is soon gone
                p.comments.append(b"x" * 60000)
        path = os.path.join(b.where, "noted.pcapng")
        with open(path, "wb") as f:
            f.write(mkcap.write_pcapng(closed))
        out = os.path.join(b.where, "out.pcapng")
        ran = run("unwrap", path, "-w", out, "--srtp-keys",
                  key_file(b.where, entry(suite)))
        got = sorted(p.comments[0] for p in mkcap.read_capture(out)
                     if not p.comments[0].startswith(b"not of the capture"))
        want = sorted(b"note %d; noted.pcapng, packet %d; removed: SRTP" %
                      (i, i) for i in range(1, len(closed) + 1))
        check("comments, " + suite, ran.status == 0 and got == want,
              [x for x in want if x not in got][:3])


def forms(b):
    """The ways to write a key."""
    packets, plain = b.load("S03-sframe-gcm128.rtp.pcap")
    suite = "AES_CM_128_HMAC_SHA1_80"
    key = material(suite)
    path = b.write("forms.pcap", seal(b.oracle, packets, suite))
    text = base64.b64encode(key).decode()
    for e in ({"crypto": "1 %s inline:%s|2^31" % (suite, text)},
              {"crypto": "a=crypto:1 %s inline:%s" % (suite, text)},
              {"profile": "SRTP_AES128_CM_HMAC_SHA1_80", "key_and_salt": text},
              {"profile": 1, "key_and_salt": key.hex()},
              {"key_and_salt": key.hex()},
              {"profile": "0x0001", "master_key": key[:16].hex().upper(),
               "master_salt": base64.b64encode(key[16:]).decode()}):
        d = report(path, "--srtp-keys", key_file(b.where, e))
        same("form %s" % sorted(e), plain, d, suite)
    two = [entry(suite, src=CLIENT.split(":")[0], owner="a"),
           entry(suite, src=SERVER, dst=CLIENT)]
    same("one key a direction", plain,
         report(path, "--srtp-keys", key_file(b.where, *two)), suite)
    sdp = os.path.join(b.where, "elements.sdp")
    with open(sdp, "w", encoding="ascii") as f:
        f.write("v=0\r\nm=audio 9 RTP/SAVP 111\r\na=rtpmap:111 opus/48000/2"
                "\r\na=extmap:4 urn:ietf:params:rtp-hdrext:encrypt "
                "urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n")
    d = report(path, "--srtp-keys", key_file(b.where, entry(suite)), "--sdp",
               sdp)
    check("RFC 6904: told", any("6904" in x for x in d["limits"]), d["limits"])


# ---- what is said, and what is not ------------------------------------------

BAD = [
    ('{"schema": "sframe-tool/keys/v1", "keys": []}', "schema"),
    ('{"schema": "sframe-tool/srtp-keys/v1"}', "keys"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": []}', "empty"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [], "key": 1}', "unknown"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{}]}', "keys[0]"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"profile": "X"}]}',
     "keys[0].profile"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"profile": 7, '
     '"master_key": "%s", "master_salt": "%s"}]}' % ("00" * 16, "00" * 14),
     "keys[0].master_key"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"key_and_salt": "%s", '
     '"ssrc": 4294967296}]}' % ("00" * 30), "keys[0].ssrc"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"key_and_salt": "%s", '
     '"src": "10.0.0.256"}]}' % ("00" * 30), "keys[0].src"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"crypto": "1 '
     'AES_CM_128_HMAC_SHA1_80 inline:AAAA"}]}', "keys[0].crypto"),
    ('{"schema": "sframe-tool/srtp-keys/v1", "keys": [{"key_and_salt": "%s"}'
     ']} x' % ("00" * 30), "line 1"),
    ("", "line 1"),
]


def bad_files(b):
    """Each names the file and the place; status 3."""
    call = os.path.join(CALLS, "S03-sframe-gcm128.rtp.pcap")
    for text, word in BAD:
        path = os.path.join(b.where, "bad.json")
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(path, 0o600)
        r = run("check", "--srtp-keys", path, call)
        check("bad keys: %s" % text[:60], r.status == 3 and word in r.errors
              and "bad.json" in r.errors and not r.out, r)
        beyond = ("line 1", "keys[0].src", "keys[0].master_key", "keys[0].crypto",
                  "keys[0].profile")
        if word not in beyond:  # what no schema can say
            check("bad keys, by the schema: %s" % text[:60],
                  key_schema.faults(json.loads(text)))
    r = run("check", "--srtp-keys", os.path.join(b.where, "none"), call)
    check("no such file", r.status == 3 and "none" in r.errors, r)
    r = run("check", "--keylog", path, call)
    check("a key log without secrets", r.status == 3 and
          "CLIENT_RANDOM" in r.errors, r)
    r = run("check", "--srtp-keys", "-", "--keylog", "-", call)
    check("standard input twice", r.status == 2, r)
    os.chmod(path, 0o644)
    r = run("check", "--srtp-keys", path, call)
    check("others can read it", "chmod 600" in r.errors, r)


def silence(b):
    """No key in any output, and none in memory at the end."""
    packets, _ = b.load("S04-sframe-gcm256.rtp.pcap")
    memory = Memory(b.where)
    name, suite = "gcm256-sha384", "AEAD_AES_256_GCM"
    call = b.write("dtls.pcap", call_over(
        b, handshake(name), suite, exported(name), packets))
    log = secret_file(b.where, keylog(name))
    master = keylog(name).split()[-1]
    secrets = [bytes.fromhex(master), master.encode()] + [
        x for key in exported(name) for x in (
            key[:32], session(key[:32], key[32:], 0, 32),
            session(key[:32], key[32:], 3, 32))]
    quiet(memory, "key log", secrets, call, "--keylog", log)
    suite = "AES_CM_128_HMAC_SHA1_80"
    key = material(suite)
    call = b.write("cm.pcap", seal(b.oracle, packets, suite))
    derived = [session(key[:16], key[16:], i, 16) for i in (0, 1, 3, 4)]
    secrets = [key[:16], key[:16].hex().encode(),
               base64.b64encode(key)[:20]] + derived
    quiet(memory, "key file", secrets, call, "--srtp-keys",
          key_file(b.where, entry(suite)))
    sdp = os.path.join(b.where, "secret.sdp")
    with open(sdp, "wb") as f:
        f.write(b"v=0\r\nm=audio 9 RTP/SAVP 111\r\na=crypto:1 " +
                suite.encode() + b" inline:" + base64.b64encode(key) +
                b"\r\n")
    quiet(memory, "SDES", secrets, call, "--sdp", sdp)
    with open(sdp, encoding="ascii", newline="") as f:
        text = json.dumps([{"type": "offer", "sdp": f.read()}])
    with open(sdp, "w", encoding="ascii") as f:
        f.write(text)
    quiet(memory, "SDES in JSON", secrets, call, "--sdp", sdp)


def quiet(memory, what, secrets, call, *options):
    r = [run("check", *v, *options, call) for v in ((), ("-v",), ("--json",))]
    r.append(run("decode", *options, call))
    said = b"".join(x.out + x.err for x in r)
    check("%s: in no output" % what, not any(
        s in said or s.hex().encode() in said for s in secrets))
    check("%s: the call opens" % what, b"opened" in said or
          b"SRTP removed" in said, said[:300])
    there, _ = memory.find([call.encode()], "check", *options, call)
    check("%s: the search finds what is there" % what, there > 0)
    left, where = memory.find(secrets, "check", *options, call)
    check("%s: no key left in memory" % what, left == 0, where)


main([forms, doubled, around, relayed, verified, moving, cryptex, bad_files,
      silence, opaque, suites, disorder, holes, mki, wrong, touched, plain_with_keys,
      sdes, comments])
