"""
media.py - what stands around media in RTP: RTCP, names in header extensions,
frame boundaries that the payload does not tell, comfort noise and events.

	media.py [PART-OF-A-NAME...]

Truth is what was put into made captures here, and what tshark says of real ones.
"""
import glob
import os
import struct
import subprocess
import sys

import mkcap
from harness import Schema, check, finish, run, scratch, strict

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURES = os.path.join(os.path.dirname(HERE), "corpora", "captures")
ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
A, V = 0xa1, 0xa2
schema = Schema()
tests = []


def test(function):
    tests.append(function)
    return function


def put(where, name, text):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def report(name, *args):
    r = run("check", "--json", *args)
    if not check("%s: a report" % name, r.out, r):
        return None
    got = strict(r.out)
    fault = schema.faults(got)
    check("%s: fits the schema" % name, not fault, fault)
    return got


def stream(got, ssrc):
    return [s for s in got["streams"] if s["ssrc"] == "0x%08x" % ssrc][0]


# ---- RTCP ---------------------------------------------------------------------

def rtcp(kind, fmt, body):
    return struct.pack(">BBH", 0x80 | fmt, kind, len(body) // 4) + body


def feedback(kind, fmt, media, fci, sender=0xb1):
    return rtcp(kind, fmt, struct.pack(">II", sender, media) + fci)


def block(ssrc, fraction, lost):
    return struct.pack(">IB", ssrc, fraction) + lost.to_bytes(
        3, "big", signed=True) + bytes(16)


@test
def rtcp_feedback(where):
    c = mkcap.Capture(seed=1)
    c.audio(A, ALICE, SFU, cname="alice", bye=True).sframe(200, kid=9)
    c.video(V, ALICE, SFU).sframe(60, kid=9)
    sends = [
        rtcp(201, 2, struct.pack(">I", 0xb1) + block(A, 10, 3) +
             block(V, 64, -2)),
        rtcp(200, 1, struct.pack(">I", 0xb2) + bytes(20) + block(V, 3, 7)),
        feedback(205, 1, V, struct.pack(">HHHH", 7, 0, 20, 0x8001)),
        feedback(206, 1, V, b""), feedback(206, 1, V, b""),
        feedback(206, 4, 0, struct.pack(">IB3xIB3x", V, 1, A, 2)),
        feedback(206, 15, 0, b"REMB" + struct.pack(">I", 1 << 24 | 4 << 18 |
                                                   100000) +
                 struct.pack(">I", V)),
        feedback(206, 15, 0, b"LNTF\1\0\0\0"),
        feedback(205, 15, V, struct.pack(">HHIHH", 5, 16, 0, 0x2005, 0xa001)
                 + bytes(6 + 2)),
        rtcp(207, 0, struct.pack(">I", 0xb1)),
        rtcp(204, 0, struct.pack(">I", 0xb1) + b"name"),
        rtcp(210, 0, struct.pack(">I", 0xb1)),
        # these lie: lengths inside that the packet does not have
        feedback(205, 15, V, struct.pack(">HHIHH", 5, 0xffff, 0, 0x3fff, 1)),
        feedback(206, 15, 0, b"REMB" + struct.pack(">I", 0xffffffff)),
        feedback(205, 1, V, b""),
        rtcp(201, 31, struct.pack(">I", 0xb1)),
    ]
    for i, octets in enumerate(sends):
        c.datagram(0.5 + i / 100, SFU, ALICE, octets)
    got = report("feedback", c.write(os.path.join(where, "x.pcap")))
    a, v = stream(got, A), stream(got, V)
    reports = got["accounting"]["rtcp_packets"]["sdes"]
    check("feedback: packets by what they are",
          got["accounting"]["rtcp_packets"] == {
              "sr": reports + 1, "rr": 2, "sdes": reports, "bye": 1, "app": 1,
              "nack": 2, "transport-cc": 2, "pli": 2, "fir": 1, "remb": 1,
              "afb": 2, "xr": 1, "other": 1},
          got["accounting"]["rtcp_packets"])
    check("feedback: transport-cc, what arrived",
          got["accounting"]["transport_cc"] == {"packets": 16, "received": 6},
          got["accounting"]["transport_cc"])
    check("feedback: of the video", v["feedback"] == {
        "nack": 2, "nacked_packets": 4, "pli": 2, "fir": 1, "remb": 1,
        "bitrate": "1600000", "reports": 2, "reported_lost": 7,
        "worst_fraction": 0.25}, v["feedback"])
    check("feedback: of the audio", a["feedback"] == {
        "nack": 0, "nacked_packets": 0, "pli": 0, "fir": 1, "remb": 0,
        "bitrate": None, "reports": 1, "reported_lost": 3,
        "worst_fraction": 0.0390625}, a["feedback"])
    check("feedback: the BYE is heard", a["said_bye"] and not v["said_bye"])
    text = " ".join(run("check", "-v", os.path.join(where, "x.pcap"))
                    .text.split())
    check("feedback: in words", "4 packets asked for again in 2 NACKs" in text
          and "a key frame asked for 3 times (2 PLI, 1 FIR)" in text and
          "1600000 bit/s by the last of 1 REMB" in text and
          "2 transport-cc" in text, text)


@test
def rtcp_of_browsers(where):
    """tshark counts the same packets in real calls."""
    names = {"200": "sr", "201": "rr", "202": "sdes", "203": "bye",
             "207": "xr"}
    psfb = {"1": "pli", "4": "fir"}
    for path in [p for n in ("S02", "S19", "S23", "S30") for p in
                 glob.glob(os.path.join(CAPTURES, n + "-*.rtp.pcap"))]:
        out = subprocess.run(
            ["tshark", "-r", path, "-d", "udp.port==1000,rtcp", "-Y", "rtcp",
             "-T", "fields", "-e", "rtcp.pt", "-e", "rtcp.rtpfb.fmt",
             "-e", "rtcp.psfb.fmt"], capture_output=True, check=True,
            env=dict(os.environ, LC_ALL="C")).stdout.decode()
        want = {}
        for line in out.splitlines():
            kinds, rtpfb, ps = (x.split(",") for x in line.split("\t"))
            for k in kinds:
                if k == "205":
                    name = {"1": "nack", "15": "transport-cc"}[rtpfb.pop(0)]
                elif k == "206":
                    name = psfb.get(ps.pop(0), "remb")
                else:
                    name = names[k]
                want[name] = want.get(name, 0) + 1
        name = os.path.basename(path)
        got = report(name, path)
        check("%s: RTCP as tshark counts it" % name,
              got["accounting"]["rtcp_packets"] == want,
              (got["accounting"]["rtcp_packets"], want))


# ---- dependency descriptors ---------------------------------------------------

DD = "https://aomediacodec.github.io/av1-rtp-spec/" \
    "#dependency-descriptor-rtp-header-extension"


# Of a Chromium that sends one spatial and three temporal layers: the structure
# that stands behind the first three octets of a key frame's descriptor.
L1T3 = bytes.fromhex("8002044eaaaf2860414d34538a09404027c01640")


def described(c, v, ext=12, layers=1, more=b"", lie=None, structure=b""):
    """Puts descriptors on the packets of a stream, with other elements beside;
    every so many frames are the layers of one picture."""
    of = {}
    for p in c._of(v):
        of.setdefault(p.timestamp, []).append(p)
    number = 0
    for i, row in enumerate(of.values()):
        for k, p in enumerate(row):
            dd = bytes([(k == 0) << 7 | (k == len(row) - 1) << 6 | i % layers]) \
                + struct.pack(">H", number & 0xffff) + more
            if number == 0 and k == 0 and structure:
                dd += structure
            if lie:
                dd = lie(i, k, dd)
            beside = p.seq.to_bytes(4, "big")[1:]
            p.ext = (0xbede, b"\x32" + beside + bytes(
                [ext << 4 | len(dd) - 1]) + dd)
            if len(dd) > 16:
                p.ext = (0x1000, b"\3\3" + beside + bytes([ext, len(dd)]) + dd)
        number += 1
    stamps = list(of)
    for i, stamp in enumerate(stamps):
        for p in of[stamp]:
            p.timestamp = stamps[i - i % layers]
            p.marker = int(p.marker and i % layers == layers - 1)


def dd_call(where, name, codec="raw", layers=1, lose=0, marker=True, dd=True,
            sdp=False, lie=None, n=240, structure=b"", kid=9):
    """A stream whose packets do not tell where frames begin."""
    import packets
    c = mkcap.Capture(seed=5)
    v = c.video(V, ALICE, SFU, codec="av1" if codec == "av1" else "vp8",
                pack=packets.FORMATS[codec])
    box = mkcap.Counter(300)
    v.add(n, lambda rng, real: mkcap.header(kid, box.take()) +
          rng.randbytes(2000 + rng.randrange(1500)))
    if dd:
        described(c, v, layers=layers, lie=lie, structure=structure)
    elif layers > 1:
        described(c, v, layers=layers)
        for p in c._of(v):
            p.ext = None
    if not marker:
        for p in c._of(v):
            p.marker = 0
    lost = c.lose(part=lose, stream=v) if lose else []
    args = []
    if sdp:
        args = ["--sdp", put(where, "x.sdp", "v=0\r\nm=video 9 RTP/AVP 96\r\n"
                             "a=rtpmap:96 %s/90000\r\na=extmap:12 %s\r\n" % (
                                 "AV1" if codec == "av1" else "X-OTHER", DD))]
        if codec == "raw":
            args = ["--sdp", put(where, "x.sdp",
                                 "v=0\r\nm=video 9 RTP/AVP 97\r\n"
                                 "a=extmap:12 %s\r\n" % DD)]
    got = report(name, *args, c.write(os.path.join(where, "x.pcap")))
    return got, stream(got, V), lost


@test
def dependency_descriptors(where):
    got, s, _ = dd_call(where, "layers", layers=2, marker=False)
    check("layers: each is a frame, found by descriptors that nobody announced",
          s["dependency_descriptor"] == {
              "extension": 12, "inferred": True, "spatial_layers": None,
              "temporal_layers": None} and
          s["protection"] == "consistent" and s["frames"] == 240, (
              s["protection"], s["frames"], s["dependency_descriptor"]))
    check("layers: what they tell is told", "exposes-video-layers" in {
        f["slug"] for f in got["findings"]})
    got, t, _ = dd_call(where, "layers without", layers=2, marker=False,
                        dd=False)
    check("layers without: joined, and fewer", t["dependency_descriptor"] is None
          and t["frames"] < 150 and "exposes-video-layers" not in {
              f["slug"] for f in got["findings"]}, t["frames"])
    got, s, lost = dd_call(where, "loss", layers=2, marker=False, lose=.04)
    check("loss: the frames that lost nothing are whole",
          s["protection"] == "consistent" and
          s["evidence"]["breaks"] == 0 and s["frames"] +
          s["incomplete_frames"] >= 220 and s["incomplete_frames"] <=
          len(lost) + 12, (s["frames"], s["incomplete_frames"], len(lost)))
    got, s, _ = dd_call(where, "lies", layers=1, lie=lambda i, k, dd: bytes(
        [dd[0], dd[1] ^ (i % 3), dd[2]]))
    check("lies: what does not count up is no descriptor",
          s["dependency_descriptor"] is None and
          s["protection"] == "consistent", (s["protection"], s["frames"],
                                            s["dependency_descriptor"]))
    got, s, _ = dd_call(where, "no ends", lie=lambda i, k, dd: bytes(
        [dd[0] & 0xbf, dd[1], dd[2]]))
    check("no ends: what never ends is no descriptor",
          s["dependency_descriptor"] is None and s["frames"] == 240 and
          s["protection"] == "consistent", (s["protection"], s["frames"]))
    for sdp in (False, True):
        got, s, _ = dd_call(where, "AV1", codec="av1", layers=1 + sdp, sdp=sdp)
        check("AV1, layers of a picture%s: a frame each" % (
            ", with SDP" if sdp else ""), s["codec"] == "av1" and
            s["frames"] == 240 and
            s["protection"] == "consistent", (
                s["codec"], s["frames"], s["protection"]))
        check("AV1: where that is known from", s["dependency_descriptor"] == {
            "extension": 12, "inferred": not sdp, "spatial_layers": None,
            "temporal_layers": None}, s["dependency_descriptor"])
    for sdp in (False, True):
        got, s, _ = dd_call(where, "layers told", codec="av1", sdp=sdp,
                            structure=L1T3)
        check("a structure: layers%s" % (", with SDP" if sdp else ""), s[
            "dependency_descriptor"] == {
                "extension": 12, "inferred": not sdp, "spatial_layers": 1,
                "temporal_layers": 3}, s["dependency_descriptor"])
        said = [f["detail"] for f in got["findings"]
                if f["slug"] == "exposes-video-layers"]
        check("a structure: in the finding", len(said) == 1 and
              "1 spatial and 3 temporal layers" in said[0], said)
    got, s, _ = dd_call(where, "no structure of theirs", codec="av1",
                        structure=L1T3, lie=lambda i, k, dd: bytes(
                            [dd[0], dd[1] ^ (i % 3)]) + dd[2:])
    check("a structure in what is no descriptor: nothing", s[
        "dependency_descriptor"] is None, s["dependency_descriptor"])
    text = run("check", "-v", os.path.join(where, "x.pcap")).text
    dd_call(where, "words", codec="av1", structure=L1T3)
    text = run("check", "-v", os.path.join(where, "x.pcap")).text
    check("in words: layers", "1 spatial and 3 temporal layers;" in
          " ".join(text.split()), text[:900])
    check("in words", "header extension 12 (a dependency descriptor, it seems)"
          in " ".join(text.split()), text[:900])


@test
def av1_layers_without_descriptors(where):
    """Each layer is a frame still, as an element begins with its packet; headers
    alone in a packet are none."""
    import packets
    for kid in (0, 1, 5, 9, 300):
        got, s, _ = dd_call(where, "x", codec="av1", layers=2, dd=False, kid=kid)
        check("AV1, layers of which nothing tells, KID %d" % kid,
              s["protection"] == "consistent" and
              225 <= s["frames"] <= 240 and s["incomplete_frames"] < 5,
              (s["protection"], s["frames"], s["incomplete_frames"]))

    def apart(frame, number, room):
        heads, rest = frame[2:15], frame[15:]
        if number % 30:
            return packets.av1(frame, number, room)
        return packets.av1(heads, number, room) + [
            bytes([p[0] & 0xf7]) + p[1:]
            for p in packets.av1(rest, number, room)]

    c = mkcap.Capture(seed=6)
    v = c.video(V, ALICE, SFU, codec="av1", pack=apart)
    v.plain(120)
    s = stream(report("x", c.write(os.path.join(where, "x.pcap"))), V)
    check("AV1 in the clear, sequence headers alone in a packet",
          s["protection"] == "plaintext" and s["frames"] == 120, (
              s["protection"], s["frames"]))


@test
def layers_with_keys(where):
    """Three layers a picture, and not one frame that is not read as it was sent:
    the extension is known before the first is judged."""
    import json
    import packets
    base = bytes(range(16))
    keys = put(where, "keys.json", json.dumps(
        {"schema": "sframe-tool/keys/v1",
         "keys": [{"kid": "9", "base_key": base.hex()}]}))
    os.chmod(keys, 0o600)
    for name, structure, large, late, words in (
            ("", b"", 0, 0, b""), (", a structure", L1T3, 0, 0, b""),
            (", a key frame of many packets", L1T3, 9000, 0, b""),
            (", joined late", L1T3, 0, 40, b""),
            (", a word in front", b"", 0, 0, b"\x10a\x20b")):
        c = mkcap.Capture(seed=6)
        v = c.video(V, ALICE, SFU, codec="av1",
                    pack=lambda f, n, room: packets.av1(f, n, 400))
        way = mkcap.mistakes.Way(4)
        for i in range(90):
            n = large if i == 0 and large else 500 + i % 7 * 90
            v.octets(way.frame(base, 9, 300 + i, bytes(n)))
        described(c, v, layers=3, structure=structure)
        for p in c._of(v):
            p.ext = (p.ext[0], words + p.ext[1]) if words else p.ext
        c.lose(first=late)
        whole = {p.timestamp for p in c._of(v)}
        got = report("layers, keys" + name, "--keys", keys,
                     c.write(os.path.join(where, "x.pcap")))
        s = stream(got, V)
        check("layers, keys%s: every frame opens" % name,
              s["frames_by_state"]["verified"] == s["frames"] and
              s["frames"] + s["incomplete_frames"] >= 3 * len(whole) - 2 and
              s["incomplete_frames"] <= bool(late) and s["dependency_descriptor"]
              and s["dependency_descriptor"]["extension"] == 12,
              (s["frames"], s["frames_by_state"], s["incomplete_frames"],
               s["dependency_descriptor"]))


# ---- names --------------------------------------------------------------------

def element(i, d):
    return bytes([i << 4 | len(d) - 1]) + d


@test
def repaired_rid(where):
    """Two layers, and RTX of each whose packets repeat what was sent long ago:
    only the names in the header extensions tell what they repair."""
    sdp = put(where, "x.sdp", "\r\n".join([
        "v=0", "m=video 9 RTP/AVP 96 97", "a=mid:0", "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
        ""]))
    for named in (True, False):
        c = mkcap.Capture(seed=4)
        for ssrc in (V, 0xb2):
            c.video(ssrc, ALICE, SFU).sframe(700, kid=9, ctr=ssrc << 12)
        for v, rid in zip(c.streams, (b"h", b"q")):
            for p in c._of(v):
                p.ext = (0xbede, element(4, b"0") + element(10, rid))
        for v, ssrc, rid in zip(list(c.streams), (0xe1, 0xe2), (b"h", b"q")):
            c.rtx(c._of(v)[20:60], ssrc, after_ms=46000)
            for p in c.packets:
                if p.ssrc == ssrc and p.stream is not None:
                    p.ext = (0xbede, element(4, b"0") +
                             (element(11, rid) if named else b""))
        got = report("repaired RID", "--sdp", sdp,
                     c.write(os.path.join(where, "x.pcap")))
        by = {s["ssrc"]: s for s in got["streams"]}
        for media, rtx, rid in ((V, 0xe1, "h"), (0xb2, 0xe2, "q")):
            m, x = by["0x%08x" % media], by["0x%08x" % rtx]
            check("repaired RID%s: %s" % ("" if named else " left out", rid),
                  m["mid"] == "0" and m["rid"] == rid and
                  x["kind"] == "repair" and x["codec"] == "rtx" and
                  (x["repairs"] == m["id"]) == named, x)


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


main()
