"""
feccases.py - cases of findings.py about forward error correction: made of what
was sent, or of what had been there before it was encrypted.
"""
import random
import struct

import fecmake
from harness import check
from mkcap import MS
from rtpcases import ALICE, CLEAR, SFU, UP, sdp

A, AV, FEC = 0xa1, 0xa2, 0xfe
LOUD = ("copies-clear", "fec-unexplained", "rtx-differs")


def before(c, stream):
    """{sequence number: the packet as it was in the clear}, of the frames that
    took as many packets then."""
    out, rows = {}, {}
    for p in c._of(stream):
        rows.setdefault(p.timestamp, []).append(p)
    for at, number, _, real in stream.frames:
        row = rows.get(stream.timestamp + round(at * stream.clock), [])
        parts = stream.pack(real, number, 1100) if stream.pack else [real]
        if len(parts) == len(row):
            out.update((p.seq, p.copy(payload=part).octets())
                       for p, part in zip(row, parts))
    return out


def sent(c, stream):
    return {p.seq: p.octets() for p in c._of(stream)}


def groups(c, stream, source, size, gap):
    """Rows of packets under one FEC packet: the packet that the FEC follows,
    and what it is made of."""
    row = [p for p in c._of(stream) if p.seq in source]
    for i in range(0, len(row) - size, size + gap):
        part = row[i:i + size]
        if part[-1].seq - part[0].seq < 100:
            yield part[-1], [source[p.seq] for p in part]


def beside(c, stream, make, source, size, gap=0, rfc=False):
    """FEC in a stream of its own."""
    for i, (last, rows) in enumerate(list(groups(c, stream, source, size, gap))):
        p = last.copy(ssrc=FEC, pt=49, seq=700 + i, ns=last.ns + MS // 4,
                      payload=make(rows), ext=None, mid=None)
        if rfc:
            p.csrcs = (stream.ssrc,)
        c.packets.append(p)
    c.packets.sort(key=lambda p: p.ns)


def inside(c, stream, source, size, gap, red_too=False):
    """ULPFEC numbered with the stream, all in RED: 96 is media, 117 is FEC. The
    packets protected are without RED or with it."""
    for p in c._of(stream):
        p.pt = 116 if red_too else 96
    at = {}
    for last, _ in groups(c, stream, source(c, stream), size, gap):
        at[id(last)] = True
    row, more, since = c._of(stream), 0, []
    clean = source(c, stream)
    new = []
    for p in row:
        old = p.seq
        p.seq += more
        if old in clean:
            o = clean[old]
            o = o[:2] + struct.pack(">H", p.seq & 0xffff) + o[4:]
            if red_too:
                o = o[:12] + b"\x60" + o[12:]
            since.append(o)
        else:
            since = []
        since = since[-size:]
        if id(p) in at and len(since) == size:
            more += 1
            new.append(p.copy(pt=116, seq=p.seq + 1, ns=p.ns + MS // 4,
                              payload=b"\x75" + fecmake.ulpfec(since)))
    for p in row:
        p.pt, p.payload = 116, b"\x60" + p.payload
    c.packets.extend(new)
    c.packets.sort(key=lambda p: p.ns)


def red_sdp():
    return sdp(("video", 116, "red/90000",
                ["a=rtpmap:96 VP8/90000", "a=rtpmap:117 ulpfec/90000"])) \
        .replace("SAVPF 116", "SAVPF 116 96 117")


def flex_sdp(name, first="VP8/90000", pt=96, kind="video"):
    return lambda: sdp((kind, pt, first, [
        "a=rtpmap:49 %s/90000" % name])).replace(
            "SAVPF %d" % pt, "SAVPF %d 49" % pt)


def says(*words):
    return lambda name, report, text: [
        check("%s: says %s" % (name, w), w in " ".join(text.split()), text)
        for w in words]


def small(c, kid=9, **o):
    """Video of small frames, most of them one packet."""
    return c.video(AV, ALICE, SFU, **o).sframe(300, kid=kid)


def audio(c, n=400, **o):
    return c.audio(A, ALICE, SFU, **o).sframe(n, kid=9)


def of_two(rows):
    return fecmake.flexfec_03(rows, AV)


def add(case):

    # ==== ULPFEC in RED =======================================================

    for n in (1, 3):
        for too in (False, True):
            def quiet(c, n=n, too=too):
                inside(c, small(c, pt=116), sent, n, 0, too)
            quiet.__name__ = "quiet_ulpfec_of_%d_ciphertexts%s" % (
                n, "_in_red" if too else "")
            case(near=LOUD, is_={AV: UP}, sdp=red_sdp)(quiet)

    @case({"copies-clear": [AV]}, near="fec-unexplained", verdict="fail",
          is_={AV: ("mixed",)}, sdp=red_sdp, also=says("a VP8"))
    def ulpfec_of_one_clear_packet(c):
        inside(c, small(c, pt=116), before, 1, 3)

    @case({"copies-clear": [AV]}, verdict="fail", is_={AV: ("mixed",)},
          sdp=red_sdp)
    def ulpfec_of_two_clear_packets(c):
        inside(c, small(c, pt=116), before, 2, 1)

    # ==== FlexFEC =============================================================

    for size, gap in ((1, 0), (4, 2), (17, 0), (50, 0)):
        def quiet03(c, size=size, gap=gap):
            v = small(c, mid=b"1")
            beside(c, v, of_two, sent(c, v), size, gap)
        quiet03.__name__ = "quiet_flexfec_of_%d_ciphertexts" % size
        case(near=LOUD, is_={AV: UP})(quiet03)

        def quiet_rfc(c, size=size, gap=gap):
            v = small(c)
            beside(c, v, fecmake.flexfec, sent(c, v), size, gap, rfc=True)
        quiet_rfc.__name__ = "quiet_flexfec_of_the_rfc_of_%d_ciphertexts" % size
        case(near=LOUD, is_={AV: UP}, sdp=flex_sdp("flexfec"))(quiet_rfc)

    @case(near=LOUD, is_={AV: UP})
    def quiet_flexfec_and_loss(c):
        v = small(c)
        beside(c, v, of_two, sent(c, v), 5)
        c.lose(part=.1)
        c.reorder(.2, 40)

    @case(near=LOUD, is_={AV: UP})
    def quiet_flexfec_over_extensions_that_a_hop_takes_off(c):
        v = small(c)
        row = sent(c, v)
        for n, o in row.items():
            row[n] = bytes([o[0] | 0x10]) + o[1:12] + b"\xbe\xde\0\1\x40a\0\0" \
                + o[12:]
        beside(c, v, of_two, row, 3)

    @case(near=LOUD, is_={AV: UP})
    def quiet_flexfec_of_some_packets_with_extensions(c):
        v = small(c)
        for i, p in enumerate(c._of(v)):
            if i % 3 == 0:
                p.ext = 0xbede, b"\x40a" * (1 + i % 4)
        beside(c, v, of_two, sent(c, v), 4)

    for make, name, rfc, how in ((of_two, "flexfec", False, None), (
            fecmake.flexfec, "flexfec_of_the_rfc", True, flex_sdp("flexfec"))):
        def one(c, make=make, rfc=rfc):
            v = small(c)
            beside(c, v, make, before(c, v), 1, 2, rfc)
        one.__name__ = name + "_of_one_clear_packet"
        case({"copies-clear": [AV]}, verdict="fail", is_={AV: ("mixed",)},
             sdp=how, also=says("a VP8"))(one)

        def two(c, make=make, rfc=rfc):
            v = small(c)
            beside(c, v, make, before(c, v), 2, 1, rfc)
        two.__name__ = name + "_of_two_clear_packets"
        case({"copies-clear": [AV]}, verdict="fail", is_={AV: ("mixed",)},
             sdp=how, also=says("repair octets"))(two)

    def of_audio(rows):
        return fecmake.flexfec_03(rows, A)

    @case({"copies-clear": [A]}, verdict="fail", is_={A: ("mixed",)},
          also=says("an Opus frame"))
    def flexfec_of_one_clear_opus_packet(c):
        a = audio(c)
        beside(c, a, of_audio, before(c, a), 1, 3)

    @case(near=LOUD, is_={A: UP})
    def quiet_flexfec_of_opus(c):
        a = audio(c)
        beside(c, a, of_audio, sent(c, a), 1, 3)

    @case({"fec-unexplained": [AV]}, near="copies-clear", is_={AV: UP})
    def flexfec_of_octets_never_sent(c):
        v, rng = small(c), random.Random(5)
        row = {n: o[:12] + rng.randbytes(len(o) - 12)
               for n, o in sent(c, v).items()}
        beside(c, v, of_two, row, 3)

    @case({"stream-plaintext": [AV]}, near=LOUD, verdict="fail",
          is_={AV: CLEAR})
    def flexfec_of_a_clear_call(c):
        v = c.video(AV, ALICE, SFU).plain(200)
        beside(c, v, of_two, sent(c, v), 2)
