"""
rtpcases.py - cases of findings.py about RTP payloads, packetizers and SDP; each
as there a function that builds a capture, beside what check must say of it.
"""
import hashlib

import packets
from harness import check
from mkcap import header

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
A, AV, AR = 0xa1, 0xa2, 0xa7
UP = ("consistent",)
PARTLY = ("partly-clear",)
CLEAR = ("plaintext",)


def sdp(*media):
    """A description of (kind, pt, "name/clock", [lines]...) sections."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    for i, (kind, pt, name, more) in enumerate(media):
        lines += ["m=%s 9 UDP/TLS/RTP/SAVPF %d" % (kind, pt),
                  "c=IN IP4 0.0.0.0", "a=mid:%d" % i,
                  "a=rtpmap:%d %s" % (pt, name)] + more
    return "\r\n".join(lines) + "\r\n"


def video(name):
    return lambda: sdp(("video", 96, name + "/90000", []))


def add(case):

    # ==== H.264, H.265, AV1 =================================================

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: UP})
    def av1_packetizer_over_ciphertext(c):
        """What the config octet 8x reads as is an OBU without a size."""
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=15, ctr=8)

    @case(near="packetizer-rewrote", is_={AV: UP})
    def av1_behind_descriptors(c):
        c.video(AV, ALICE, SFU, codec="av1", descriptor=True) \
            .sframe(200, kid=15, ctr=8)

    @case({"stream-plaintext": [AV]}, near="packetizer-rewrote",
          verdict="fail", is_={AV: CLEAR}, sdp=video("H264"))
    def h264_in_the_clear(c):
        c.video(AV, ALICE, SFU, codec="h264").plain(120)

    @case({"partly-clear": [AV]}, near="packetizer-rewrote", is_={AV: PARTLY})
    def h264_behind_its_own_headers(c):
        c.video(AV, ALICE, SFU, codec="h264") \
            .sframe(150, kid=9, prefix=40, key_prefix=64)

    @case({"partly-clear": [AV]}, near="packetizer-rewrote", is_={AV: PARTLY},
          sdp=video("H265"))
    def h265_behind_its_own_headers(c):
        c.video(AV, ALICE, SFU, codec="h265") \
            .sframe(150, kid=9, prefix=20, key_prefix=40)

    @case({"partly-clear": [AV], "packetizer-rewrote": [AV]}, verdict="fail",
          is_={AV: PARTLY})
    def h264_with_start_codes_inside_the_ciphertext(c):
        """Every frame holds 00 00 01 where chance would put one in a frame of
        ten thousand."""
        def spoiled(kid, ctr):
            return header(kid, ctr) + hashlib.sha512(b"%d" % ctr).digest() + \
                b"\0\0\1\x65" + hashlib.sha512(b"%d+" % ctr).digest()
        c.video(AV, ALICE, SFU, codec="h264") \
            .sframe(150, kid=9, ctr=300, prefix=40, key_prefix=64, make=spoiled)

    # ==== retransmissions ===================================================

    def restored(n):
        def ask(name, report, text):
            s = [s for s in report["streams"] if s["ssrc"] == "0x000000a2"][0]
            check("%s: %d packets put back" % (name, n),
                  s["restored"] == n and s["lost"] == 0 and
                  s["incomplete_frames"] == 0, s)
        return ask

    def gone(c, stream, n):
        """Loses n packets of a stream, none of them among the first."""
        row = c._of(stream)
        lost = [row[i] for i in range(60, len(row) - 1,
                                      (len(row) - 61) // n)][:n]
        dead = set(map(id, lost))
        c.packets[:] = [p for p in c.packets if id(p) not in dead]
        return lost

    @case(near=("rtx-plaintext", "rtx-differs"), is_={AV: UP}, also=restored(30))
    def quiet_lost_packets_come_by_rtx_alone(c):
        v = c.video(AV, ALICE, SFU).sframe(300, kid=9)
        c.rtx(gone(c, v, 30), AR)

    @case(is_={AV: UP}, also=restored(3))
    def quiet_three_lost_packets_come_by_rtx_alone(c):
        """Too few to know a stream of their own by."""
        v = c.video(AV, ALICE, SFU).sframe(300, kid=9)
        c.rtx(gone(c, v, 3), AR)

    @case(is_={AV: UP}, also=restored(30))
    def quiet_lost_packets_behind_descriptors_come_by_rtx(c):
        v = c.video(AV, ALICE, SFU, codec="av1", descriptor=True) \
            .sframe(300, kid=9)
        c.rtx(gone(c, v, 30), AR)

    @case(is_={AV: UP}, near="rtx-differs")
    def quiet_rtx_of_what_was_not_lost(c):
        v = c.video(AV, ALICE, SFU).sframe(300, kid=9)
        c.rtx(c._of(v)[60:90], AR)

    @case({"rtx-plaintext": [AR], "rtx-differs": [AR]}, verdict="fail",
          is_={AV: UP})
    def rtx_in_the_clear(c):
        """Every packet of thirty frames again, from before encryption."""
        v = c.video(AV, ALICE, SFU).sframe(300, kid=9)
        row, again, plain = c._of(v), [], iter(v.frames)
        frames = {}
        for p in row:
            frames.setdefault(p.timestamp, []).append(p)
        for (_, number, _, real), of in list(zip(plain, frames.values()))[60:90]:
            parts = packets.even(real, -(-len(real) // len(of)))
            again += [p.copy(payload=p.payload[:4] + part)
                      for p, part in zip(of, parts)]
        c.rtx(again, AR)

    @case({"rtx-differs": [AR]}, near="rtx-plaintext", is_={AV: UP})
    def rtx_encrypted_anew(c):
        v = c.video(AV, ALICE, SFU).sframe(300, kid=9)
        c.rtx([p.copy(payload=p.payload[:4] + c.rng.randbytes(
            len(p.payload) - 4)) for p in c._of(v)[100:130]], AR)
