"""
rtpcases.py - cases of findings.py about RTP payloads, packetizers and SDP; each
as there a function that builds a capture, beside what check must say of it.
"""
import hashlib

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
