"""
exposure.py - what leaks beside media that is encrypted: every note has a call
that trips it and a near twin that does not.

	exposure.py [PART-OF-A-NAME...]
"""
import json
import math
import os
import struct
import sys

import mkcap
import srtpcap
from harness import TOP, Schema, check, finish, run, scratch, strict

CAPTURES = os.path.join(TOP, "corpora", "captures")
schema = Schema()
URN = "urn:ietf:params:rtp-hdrext:"
GOOG = "http://www.webrtc.org/experiments/rtp-hdrext/"
AUDIO, VIDEO = 0xa1, 0xa2
NOTES = ("exposes-audio-level", "exposes-sizes", "exposes-silence",
         "exposes-picture-samples", "exposes-video-layers",
         "exposes-capture-time", "exposes-name", "exposes-device",
         "exposes-data-channel", "exposes-scalability", "exposes-roster")
tests, tripped, quiet = [], set(), set()


def test(f):
    tests.append(f)
    return f


class Ext:
    """Header extensions, put into the packets of a capture as it is written:
    of(packet index, packet) gives {id: octets}; two: in the two-octet form."""

    def __init__(self, of, two=False):
        self.of, self.two = of, two

    def octets(self, i, p):
        elements = self.of(i, p)
        head = 0x1000 if self.two else 0xbede
        body = b"".join(
            (bytes([n, len(v)]) if self.two else
             bytes([n << 4 | len(v) - 1])) + v for n, v in elements.items())
        body += bytes(-len(body) % 4)
        plain = p.octets()
        return bytes([plain[0] | 0x10]) + plain[1:12] + struct.pack(
            ">HH", head, len(body) // 4) + body + plain[12:]


def write(where, name, c, ext=None):
    out = []
    for i, p in enumerate(c.packets):
        o = p.octets() if p.stream is None or ext is None else \
            ext.octets(i, p)
        out.append(mkcap.Packet(p.ns, mkcap.ethernet(p.src, p.dst, o)))
    path = os.path.join(where, name + ".pcap")
    with open(path, "wb") as f:
        f.write(mkcap.pcap(out))
    return path


def sdp(where, *uris):
    """Audio with Opus on 111, video with VP8 on 96, both with these extmaps,
    ids from 1."""
    text = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    for kind, pt, fmt in (("audio", 111, "opus/48000/2"),
                          ("video", 96, "VP8/90000")):
        text += "m=%s 9 UDP/TLS/RTP/SAVPF %d\r\na=rtpmap:%d %s\r\n" % (
            kind, pt, pt, fmt)
        text += "".join("a=extmap:%d %s\r\n" % (i + 1, u)
                        for i, u in enumerate(uris))
    path = os.path.join(where, "x.sdp")
    with open(path, "w", encoding="ascii", newline="") as f:
        f.write(text)
    return ["--sdp", path]


def exposed(name, path, *options, status=0):
    ran = run("check", "--json", *options, path)
    report = strict(ran.out)
    check(name + ": fits the schema", not schema.faults(report),
          schema.faults(report))
    check(name + ": status", ran.status == status, ran)
    found = {f["slug"]: f for f in report["findings"]
             if f["slug"].startswith("exposes-")}
    tripped.update(found)
    quiet.update(set(NOTES) - set(found))
    return {slug[8:]: f for slug, f in found.items()}


def expect(name, found, *want):
    check(name, set(found) == set(want), "%s, not %s" % (sorted(found),
                                                         sorted(want)))


def audio(n=400, **o):
    c = mkcap.Capture()
    c.audio(AUDIO, **o).sframe(n, kid=300)
    return c


def constant(n=400, counter=0):
    """A constant bit rate: all frames of one length, but for their header."""
    c = mkcap.Capture()
    a = c.audio(AUDIO)
    for i in range(n):
        a.octets(lambda rng, i=i: mkcap.header(300, counter + i) +
                 rng.randbytes(80))
    return c


# loud, quiet, loud ... in turns of 40 packets
def level(i):
    return 30 + i % 7 if i // 40 % 2 else 127


@test
def sizes(where):
    found = exposed("VBR", write(where, "vbr", audio()))
    expect("VBR: sizes alone", found, "sizes")
    # the growing counter makes the header longer twice, and that is all
    expect("CBR", exposed("CBR", write(where, "cbr", constant())))
    expect("CBR with long counters",
           exposed("CBR2", write(where, "cbr2", constant(counter=65400))))
    c = mkcap.Capture()
    c.audio(AUDIO).plain(300)
    expect("in the clear there is more to say", exposed(
        "clear", write(where, "clear", c), status=1))
    c = mkcap.Capture()
    c.audio(AUDIO).sframe(60, kid=300)
    expect("too few packets", exposed("few", write(where, "few", c)))


@test
def audio_level(where):
    x = Ext(lambda i, p: {1: bytes([level(i)]), 4: b"0"})
    path = write(where, "level", constant(), x)
    found = exposed("level by its shape", path)
    expect("level by its shape", found, "audio-level")
    check("level: how it is known", "by its shape" in
          found["audio-level"]["detail"], found)
    found = exposed("level by SDP", path, *sdp(where, URN +
                                               "ssrc-audio-level"))
    expect("level by SDP", found, "audio-level")
    check("level: SDP says", "SDP" in found["audio-level"]["detail"], found)
    steady = Ext(lambda i, p: {1: bytes([151]), 4: b"0"})
    path = write(where, "steady", constant(), steady)
    expect("one value has no shape", exposed("steady", path))
    expect("and SDP knows it", exposed("steady, SDP", path, *sdp(
        where, URN + "ssrc-audio-level")), "audio-level")
    path = write(where, "other", constant(), x)
    expect("SDP says that it is something else", exposed(
        "other", path, *sdp(where, "urn:x-unknown")))
    two = Ext(lambda i, p: {1: bytes([level(i)])}, two=True)
    expect("in the two-octet form", exposed(
        "two", write(where, "two", constant(), two)), "audio-level")
    sparse = Ext(lambda i, p: {1: bytes([level(i)])} if i % 3 else {4: b"0"})
    expect("in two of three packets", exposed(
        "sparse", write(where, "sparse", constant(), sparse)))


@test
def how_much_sizes_tell(where):
    """Loud frames have 120 octets, quiet ones 60: the length tells all, one
    bit a packet less what H(1/2) is."""
    def call(length):
        c = mkcap.Capture()
        a = c.audio(AUDIO)
        for i in range(500):
            a.octets(lambda rng, i=i: mkcap.header(300, 70000 + i) +
                     rng.randbytes(length(i, rng)))
        return c
    x = Ext(lambda i, p: {1: bytes([level(i)])})

    def bits(name, length):
        found = exposed(name, write(where, "told", call(length), x))
        if not check(name + ": sizes", "sizes" in found, found):
            return -1
        return float(found["sizes"]["detail"].split("about ")[1].split()[0])
    loud = sum(level(i) < 50 for i in range(500)) / 500
    h = -sum(p * math.log2(p) for p in (loud, 1 - loud)) * 50
    all_told = bits("all", lambda i, rng: (120 if level(i) < 50 else 60) +
                    i % 2)
    check("all: about %.1f bits a second" % h, abs(all_told - h) < 2, all_told)
    nothing = bits("nothing", lambda i, rng: 60 + rng.randrange(16))
    check("nothing: about none", nothing < 2, nothing)


@test
def encrypted_elements(where):
    """RFC 6904: elements under a keystream of their own, which nothing in a
    capture takes off. The mask is made as its section 3 has it."""
    key, salt = (srtpcap.session(bytes(range(16)), bytes(range(14)), x, n)
                 for x, n in ((6, 16), (7, 14)))

    masks = {}

    def mask(p):
        iv = int.from_bytes(salt, "big") << 16 ^ p.ssrc << 64 ^ p.seq << 16
        if iv not in masks:
            masks[iv] = srtpcap.aes("ctr", key, iv.to_bytes(16, "big"),
                                    bytes(16))
        return masks[iv]
    for n in (120, 600):
        for always in (False, True):  # a voice, or a bit that is always set
            clear = Ext(lambda i, p, v=always: {
                1: bytes([level(i) | (v << 7)]), 2: b"mid0", 3: b"hi"})
            sealed = Ext(lambda i, p, of=clear.of: {
                k: bytes(a ^ b for a, b in zip(v, mask(p)[k:]))
                for k, v in of(i, p).items()})
            for name, ext in (("clear", clear), ("encrypted", sealed)):
                for how, uris in (("no SDP", None), ("SDP", (
                        "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
                        "urn:ietf:params:rtp-hdrext:sdes:mid"))):
                    c = mkcap.Capture()
                    c.audio(AUDIO).sframe(n, kid=300)
                    more = []
                    if uris is not None:
                        more = sdp(where, *(
                            ("urn:ietf:params:rtp-hdrext:encrypt " + x
                             if ext is sealed else x) for x in uris))
                    path = write(where, "e", c, ext)
                    r = strict(run("check", "--json", *more, path).out)
                    what = "RFC 6904, %d packets, %s, %s" % (n, name, how)
                    found = {f["slug"] for f in r["findings"]}
                    check(what + ": levels", ("exposes-audio-level" in found)
                          == (ext is clear), found)
                    check(what + ": MID", [s["mid"] for s in r["streams"]] == [
                        "mid0" if ext is clear and uris else None],
                          [s["mid"] for s in r["streams"]])
                    check(what + ": named", any(
                        "6904" in x for x in r["limits"]) ==
                          (ext is sealed and uris is not None), r["limits"])


@test
def silence(where):
    def dtx(c, pauses, length):
        a = c.audio(AUDIO)
        n = 0
        for _ in range(pauses + 1):
            for _ in range(60):
                a.octets(lambda rng, n=n: mkcap.header(300, 70000 + n) +
                         rng.randbytes(80))
                n += 1
            a.pause(length)
        return c
    found = exposed("DTX", write(where, "dtx", dtx(mkcap.Capture(), 5, 0.4)))
    expect("DTX", found, "silence")
    check("DTX: how many and how long", "5 pauses" in
          found["silence"]["detail"] and "0.42" in
          found["silence"]["detail"], found)
    expect("two pauses", exposed("two pauses", write(
        where, "two", dtx(mkcap.Capture(), 2, 0.4))))
    c = constant()
    c.lose(every=9)
    expect("loss is no pause", exposed("loss", write(where, "loss", c)))


@test
def of_video(where):
    def call(ext, *uris):
        c = mkcap.Capture()
        c.video(VIDEO).sframe(150, kid=300)
        return exposed("video", write(where, "v", c, Ext(ext)),
                       *sdp(where, *uris))
    picture = GOOG + "corruption-detection"
    expect("samples of the picture", call(
        lambda i, p: {1: bytes(12)} if i % 30 == 0 else {2: b"0"}, picture),
        "picture-samples")
    expect("an index without samples", call(
        lambda i, p: {1: b"\1"}, picture))
    expect("negotiated and never sent", call(lambda i, p: {2: b"0"}, picture))
    expect("dependency descriptor", call(
        lambda i, p: {1: bytes(3)}, "https://aomediacodec.github.io/"
        "av1-rtp-spec/#dependency-descriptor-rtp-header-extension"),
        "video-layers")
    expect("layers allocation", call(
        lambda i, p: {1: bytes(5)}, GOOG + "video-layers-allocation00"),
        "video-layers")
    expect("capture time", call(
        lambda i, p: {1: bytes(8)}, GOOG + "abs-capture-time"),
        "capture-time")
    expect("orientation", call(
        lambda i, p: {1: b"\0"}, "urn:3gpp:video-orientation"), "device")
    expect("send time and transport numbers alone", call(
        lambda i, p: {1: bytes(3), 2: bytes(2)}, GOOG + "abs-send-time",
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-"
        "extensions-01"))


@test
def capture_times_without_sdp(where):
    """Seconds since 1900 and a fraction, in every fiftieth packet: what else
    goes on so? Of other extensions nobody knows what they tell."""
    rng = mkcap.Capture(seed=8).rng
    now = (mkcap.EPOCH // 10**9 + 2208988800) << 32

    def clock(i, more=b"", from_=now):
        return (from_ + i * (1 << 32) // 50).to_bytes(8, "big") + more
    rows = [("eight octets", lambda i: clock(i), True),
            ("with an offset", lambda i: clock(i, bytes(8)), True),
            ("random", lambda i: rng.randbytes(8), False),
            ("a number that grows", lambda i: i.to_bytes(8, "big"), False),
            ("a clock since 1970", lambda i: clock(i, b"", 1 << 62), False),
            ("nine octets", lambda i: clock(i, b"\0"), False)]
    for name, octets, shown in rows:
        path = write(where, "t", constant(), Ext(
            lambda i, p, f=octets: {5: f(i)} if i % 50 == 0 else {}))
        expect("capture time, " + name, exposed("capture time, " + name, path),
               *["capture-time"] * shown)
        r = strict(run("check", "--json", path).out)
        rule = [x for x in r["rules"] if x["id"] == "SFE006"][0]
        check("capture time, %s: the rule" % name, rule["outcome"] == (
            "failed" if shown else "cannot-tell"), rule)
    r = strict(run("check", "--json", write(where, "t", constant())).out)
    check("no extensions: the rule is passed", [
        x["outcome"] for x in r["rules"] if x["id"] == "SFE006"] == ["passed"])


@test
def names(where):
    def call(name):
        c = mkcap.Capture()
        a = c.audio(AUDIO, cname=name)
        for i in range(300):
            a.octets(lambda rng, i=i: mkcap.header(300, 70000 + i) +
                     rng.randbytes(80))
        return exposed("CNAME " + name, write(where, "n", c))
    expect("user@host", call("alice@laptop.example"), "name")
    expect("a random CNAME", call("AVAnF1abXJ0Gnjye"))
    expect("nothing in front of the @", call("@home"))


@test
def real_calls(where):
    for name in ("S03-sframe-gcm128", "S06-sframe-red-dtx",
                 "SJ2-room-sframe", "S30-firefox-sframe"):
        path = os.path.join(CAPTURES, name + ".rtp.pcap")
        with open(os.path.join(CAPTURES, name + ".manifest.json"),
                  encoding="utf-8") as f:
            m = json.load(f)
        options = []
        for k, text in (m["sdp"] or {}).items():
            p = os.path.join(where, k + ".sdp")
            with open(p, "w", encoding="utf-8", newline="") as f:
                f.write(text)
            options += ["--sdp", p]
        level_used = any("audio-level" in u for u in
                         m["header_extensions"].values())
        found = exposed(name, path, *options)
        check(name + ": the audio level", ("audio-level" in found) ==
              level_used, sorted(found))
    path = os.path.join(CAPTURES, "S03-sframe-gcm128.srtp.pcap")
    expect("under SRTP nothing is said", exposed("SRTP", path, status=4))


def layered(structure=False, layers=False, vp8=False):
    """A packer: VP9 with a scalability structure (RFC 9628 4.2.1) in front of
    each key frame, or with layer indices; VP8 with TID (RFC 7741 4.2)."""
    def pack(frame, number, room):
        key = number % 30 == 0
        tid = (number & 1) << 5
        if vp8:
            more = bytes([0xa0 if layers else 0x80]) + struct.pack(
                ">H", 0x8000 | number & 0x7fff)
            more += bytes([(number & 1) << 6 | 0x20]) if layers else b""
            return [bytes([0x90]) + more + frame]
        first = 0x80 | (not key) << 6 | 0x08 | 0x04 | (structure and key) << 1
        out = struct.pack(">BH", first | (0x20 if layers else 0),
                          0x8000 | number & 0x7fff)
        if layers:
            out += bytes([tid, 0])  # T U S D, TL0PICIDX
        if structure and key:  # N_S 1, Y; two sizes
            out += bytes([0x30]) + struct.pack(">HHHH", 320, 180, 640, 360)
        return [out + frame]
    return pack


@test
def payload_descriptors(where):
    for name, codec, want, pack in (
            ("VP9, sizes of layers", "vp9", True, layered(structure=True)),
            ("VP9, layers", "vp9", True, layered(layers=True)),
            ("VP9, neither", "vp9", False, layered()),
            ("VP8, two TIDs", "vp8", True, layered(layers=True, vp8=True)),
            ("VP8, none", "vp8", False, layered(vp8=True))):
        c = mkcap.Capture()
        c.video(VIDEO, codec=codec, pack=pack).add(
            90, lambda rng, real, n=[0]: mkcap.header(
                300, n.__setitem__(0, n[0] + 1) or n[0]) + rng.randbytes(300))
        o = sdp(where)
        with open(o[1], encoding="ascii", newline="") as f:
            text = f.read().replace("VP8", codec.upper())
        with open(o[1], "w", encoding="ascii", newline="") as f:
            f.write(text)
        expect(name, exposed(name, write(where, "d", c), *o),
               *(["scalability"] if want else []))


def sctp(ppid, message, port=5000):
    """RFC 9260 3.1, 3.3.1: one chunk of data."""
    chunk = struct.pack(">BBHIHHI", 0, 3, 16 + len(message), 7, 1, 0,
                        ppid) + message
    return struct.pack(">HHII", port, port, 0x1234, 0) + chunk + bytes(
        -len(chunk) % 4)


@test
def data_channels(where):
    """SCTP that is sent without DTLS; the same with messages that nobody can
    read, and beside media that hides nothing."""
    rng = mkcap.random.Random(5)
    rows = (("text", sctp(51, b'{"chat":"meet at nine"}'), True, False),
            ("binary with text in it", sctp(
                53, b"\x12\x1a\x0a\x05alice\x12\x11see you at eleven"), True,
             False),
            ("ciphertext", sctp(53, rng.randbytes(200)), False, False),
            ("control alone", sctp(50, b"\x03" + bytes(11) + b"chat"), False,
             False),
            ("no SCTP", b"\x13\x88 hello, hello, hello", False, False),
            ("other ports", sctp(51, b"hello, hello, hello", 4000), False,
             False),
            ("text beside media in the clear", sctp(51, b"hello, hello"),
             False, True))
    for name, packet, want, plain in rows:
        c = constant() if not plain else mkcap.Capture()
        if plain:
            c.audio(AUDIO).plain(300)
        for i in range(5):
            c.datagram(1 + i, "10.0.0.1:4000", "10.0.0.9:9000", packet)
        found = exposed("data, " + name, write(where, "data", c),
                        status=1 if plain else 0)
        expect("data, " + name, found, *(["data-channel"] if want else []))
        if want:
            f = found["data-channel"]
            check("data, %s: how many" % name, "5 of 5" in f["detail"], f)


@test
def roster(where):
    c = constant(200)
    a = c.streams[0]
    for i in range(200):
        a.octets(lambda rng, i=i: mkcap.header(301, i) + rng.randbytes(80))
    found = exposed("two KIDs", write(where, "r", c))
    expect("two KIDs", found, "roster")
    check("two KIDs: told", "1 sender with 2 KIDs, 1 change of key" in
          found["roster"]["detail"], found)
    expect("one KID", exposed("one KID", write(where, "r1", constant())))


@test
def under_a_policy(where):
    path = write(where, "p", audio())
    policy = os.path.join(where, "policy.json")
    with open(policy, "w", encoding="utf-8") as f:
        json.dump({"schema": "sframe-tool/policy/v1", "exposures": "fail"}, f)
    found = exposed("exposures fail", path, "--policy", policy, status=1)
    check("exposures fail: an error", found["sizes"]["severity"] == "error")
    check("else a note", exposed("allowed", path)["sizes"]["severity"] ==
          "note")


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(p in t.__name__ for p in sys.argv[1:]):
                t(where)
    if not sys.argv[1:]:
        check("every note was tripped, and had a twin", tripped == set(NOTES)
              and quiet == set(NOTES), (tripped, quiet))
    finish()


main()
