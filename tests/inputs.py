"""
inputs.py - inputs of several kinds in one, and as an outsider would make them:
logs that mix the lines of two programs, and what is beyond the room for it.

	inputs.py [PART-OF-A-NAME...]
"""
import itertools
import os
import struct
import sys

import mkcap
import writers
from harness import check, finish, scratch
from writers import facts, packets_of, put, report, sample

CALL = "S16-d-plain-2s.rtp.pcap"
tests = []


def test(f):
    tests.append(f)
    return f


def janus(packets):
    """Seen from near, as the other logs are."""
    return writers.janus_text([writers.Packet(
        p.ns, p.octets, "I" if p.way == "O" else "O") for p in packets])


FORMS = {
    "Chromium": writers.chromium,
    "Firefox": writers.firefox,
    "Janus": janus,
    "hex": writers.hex_lines,
    "hex without a date": lambda p: writers.hex_lines(p, False, False),
    "frames in hex": writers.exported,
    "tcpdump": writers.tcpdump,
}
SDP = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=rtpmap:111 opus/48000/2
""".encode()


@test
def mixed(where):
    """Lines of two programs in one log: nothing of either is lost."""
    packets = packets_of(sample(CALL))
    half = len(packets) // 2
    _, r = report(sample(CALL))
    want = facts(r)
    for a, b in itertools.permutations(FORMS, 2):
        if {a, b} & {"Chromium"} and {a, b} & {"tcpdump", "frames in hex"}:
            continue  # other addresses: two streams of each
        path = put(where, "mixed.log", FORMS[a](packets[:half]) +
                   FORMS[b](packets[half:]))
        _, r = report(path)
        label = "%s, then %s" % (a, b)
        n = r["accounting"]["rtp"] + r["accounting"]["rtcp"]
        check(label + ": every packet", n == len(packets) and
              not r["accounting"]["cut"], r["accounting"])
        got = facts(r)
        check(label + ": the same streams and findings", len(got[0]) ==
              len(want[0]) and {s for s, _ in got[1]} == {
                  s for s, _ in want[1]}, (sorted(got[0]), got[1]))
    both = [f(packets[i::3]) for i, f in enumerate((
        writers.firefox, writers.hex_lines, writers.chromium))]
    _, r = report(put(where, "three.log", both[0] + SDP + both[1] + SDP.replace(
        b"51336", b"51337") + both[2]))
    check("three kinds and SDP: every packet", r["accounting"]["rtp"] +
          r["accounting"]["rtcp"] == len(packets), r["accounting"])
    check("three kinds and SDP: the descriptions", r["sdp"] and len(
        r["sdp"]["descriptions"]) == 2, r["sdp"])


@test
def dumps_of_others(where):
    """What else a log has in hex tells nothing of its media: DTLS there does
    not make SRTP of what was logged in clear."""
    packets = packets_of(sample("S08-naive.rtp.pcap"))
    _, r = report(sample("S08-naive.rtp.pcap"))
    want = {s["ssrc"]: (s["protection"], s["frames"]) for s in r["streams"]}
    record = bytes.fromhex("16fefd0000000000000000002a") + bytes(42)
    dump = "\n".join("%04x  %s" % (i, record[i:i + 16].hex(" "))
                     for i in range(0, len(record), 16)).encode()
    lines = writers.chromium(packets).split(b"\n")
    for i in range(len(lines) - 1, 0, -60):
        lines.insert(i, b"[1:2:1122/194217.1:INFO:a.cc(1)] a dump:\n" + dump)
    _, r = report(put(where, "others.log", b"\n".join(lines)))
    check("dumps of others: they are counted", r["accounting"]["dtls"] > 5,
          r["accounting"])
    got = {s["ssrc"]: (s["protection"], s["frames"]) for s in r["streams"]}
    check("dumps of others: the media is what it was", got == want,
          (got, want))


@test
def crowded(where):
    """RTCP about more SSRCs than there is room for: told."""
    for n, told in ((300, False), (3000, True)):
        c = mkcap.Capture()
        c.audio(0xa1, cname="alice").sframe(100, kid=9)
        for i in range(n):
            ssrc = 0x10000000 + i * 7919
            c.datagram(0.5 + i / 10000, "10.0.0.1:4000", "10.0.0.9:9000",
                       struct.pack(">BBHI", 0x80, 200, 6, ssrc) + bytes(20) +
                       struct.pack(">BBHI", 0x81, 202, 3, ssrc) +
                       b"\1\4user\0\0")
        _, r = report(c.write(os.path.join(where, "crowded.pcap")))
        got = [f["detail"] for f in r["findings"]
               if f["slug"] == "limit-reached"]
        check("%d SSRCs of RTCP: %s" % (n, "told" if told else "no limit"),
              any("RTCP" in x for x in got) == told, got)


def main():
    with scratch() as where:
        for t in tests:
            if len(sys.argv) < 2 or any(a in t.__name__ for a in sys.argv[1:]):
                t(where)
    finish()


if __name__ == "__main__":
    main()
