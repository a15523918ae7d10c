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


def main():
    with scratch() as where:
        for t in tests:
            if not sys.argv[1:] or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


main()
