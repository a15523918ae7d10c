"""
redcases.py - cases of findings.py about video in RED (RFC 2198), as browsers send
it beside ULPFEC: one octet that names the payload type in front of the codec's
own descriptor, which may read as the header of another codec.
"""
import os
import random
import struct

import mkcap
import packets
from harness import check
from mkcap import header
from rtpcases import ALICE, CLEAR, SFU, UP, sdp

AV = 0xa2
CLEAR_VP9 = os.path.join(os.path.dirname(mkcap.CLEAR),
                         "S16-d-plain-2s.rtp.pcap")


def in_red(inner, pt=96, fec_every=3):
    """A packetizer: each packet of another in a block of its own, and now and
    then ULPFEC under 117."""
    rng = random.Random(fec_every)

    def pack(frame, number, room):
        out = [bytes([pt]) + p for p in inner(frame, number, room)]
        if fec_every and number % fec_every == 0:
            out.insert(len(out) - 1, b"\x75" + rng.randbytes(300))
        return out
    return pack


def vp9_layers(frame, number, room):
    """RFC 9628 4.2, three spatial layers, not flexible: I, P, L, B, E; picture
    id; TID, U, SID, D; TL0PICIDX. Each layer's frame is what frame gives."""
    out = []
    for sid, part in enumerate(frame):
        cut = packets.even(part, room)
        for i, p in enumerate(cut):
            first = 0xa0 | (number % 30 != 0) << 6 | (i == 0) << 3 | \
                (i == len(cut) - 1) << 2 | (sid < 2)
            out.append(struct.pack(">BHBB", first, 0x8000 | number & 0x7fff,
                                   sid << 1 | (sid > 0), number // 30 & 255) + p)
    return out


def whole(codec, n, states=()):
    """All frames are there, of this codec, and so many of each state."""
    def ask(name, report, text):
        s = [s for s in report["streams"] if s["ssrc"] == "0x%08x" % AV][0]
        by = s["frames_by_state"]
        check("%s: %d frames of %s: %s" % (name, n, codec, dict(states)),
              (s["frames"], s["codec"], s["incomplete_frames"]) == (n, codec, 0)
              and all(by[k] == v for k, v in states), s)
    return ask


def clear_vp9():
    """Real frames: those of the gap in a call that was encrypted, each packet
    behind four octets of descriptor."""
    frames = []
    for number, p in enumerate(mkcap.read_capture(CLEAR_VP9), 1):
        r = mkcap.rtp_of(p.octets)
        if r is None or r[4] != 0x192cd78f or number not in range(472, 652):
            continue
        if r[5][0] & 8:
            frames.append(b"")
        frames[-1] += r[5][4:]
    return frames


def add(case):

    def quiet(codec, pt, fec):
        def made(c):
            c.video(AV, ALICE, SFU, pt=116, codec=codec, pack=in_red(
                packets.FORMATS[codec], pt, fec)).sframe(200, kid=9)
        made.__name__ = "quiet_%s_in_red_as_%d_%s_fec" % (
            codec, pt, "with" if fec else "without")
        case(near=("packetizer-rewrote", "partly-clear"), is_={AV: UP},
             also=whole(codec, 200, [("unknown", 0)]))(made)

    def clear(codec, pt, fec):
        def made(c):
            c.video(AV, ALICE, SFU, pt=116, codec=codec, pack=in_red(
                packets.FORMATS[codec], pt, fec)).plain(200)
        made.__name__ = "%s_in_red_as_%d_%s_fec" % (
            codec, pt, "with" if fec else "without")
        case({"stream-plaintext": [AV]}, verdict="fail", is_={AV: CLEAR},
             also=whole(codec, 200))(made)

    for pt in (96, 98, 100, 101, 102, 103, 108, 120, 124, 127):
        for fec in (0, 3):
            quiet("vp8", pt, fec)
            quiet("vp9", pt, fec)
            clear("vp8", pt, fec)
    for pt in (102, 103, 107, 125):
        clear("h264", pt, 3)
        clear("av1", pt, 3)

    @case({"stream-plaintext": [AV]}, verdict="fail", is_={AV: CLEAR},
          also=whole("vp9", 30))
    def vp9_in_red(c):
        c.video(AV, ALICE, SFU, pt=118, pack=in_red(packets.vp9, 98)) \
            .octets(*clear_vp9())

    @case(is_={AV: UP}, sdp=lambda: sdp((
        "video", 116, "red/90000",
        ["a=rtpmap:96 VP8/90000", "a=rtpmap:117 ulpfec/90000"])).replace(
            "SAVPF 116", "SAVPF 116 96 117"))
    def quiet_vp8_in_red_with_sdp(c):
        c.video(AV, ALICE, SFU, pt=116, pack=in_red(packets.vp8)) \
            .sframe(200, kid=9)

    @case(near="packetizer-rewrote", is_={AV: UP},
          also=whole("vp9", 300, [("unknown", 0)]))
    def quiet_layers_of_vp9_in_red(c):
        """Each spatial layer's frame is a ciphertext of its own."""
        box = [0, random.Random(7)]

        def pack(frame, number, room):
            row = []
            for size in (300, 700, 2000):
                row.append(header(9, box[0]) + box[1].randbytes(size))
                box[0] += 1
            return in_red(vp9_layers, 98)(row, number, room)
        c.video(AV, ALICE, SFU, pt=118, pack=pack).plain(100)

    @case({"stream-plaintext": [AV]}, verdict="fail", is_={AV: CLEAR},
          also=lambda name, report, text: check(
              name + ": H.264", report["streams"][0]["codec"] == "h264",
              report["streams"]))
    def h264_of_one_unit_a_packet(c):
        """All slices begin with the same octet, which names a payload type where
        it is RED."""
        def pack(frame, number, room):
            return [b"\x61" + p for u in packets.units(frame)
                    for p in packets.even(u[1:], room)]
        c.video(AV, ALICE, SFU, pt=118, codec="h264", pack=pack).plain(120)
