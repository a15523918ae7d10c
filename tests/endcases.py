"""
endcases.py - cases of findings.py about where the ciphertext of a frame begins
and ends: clear behind it, octets behind its tag, and headers that can be read in
two places.
"""
import packets
from mkcap import Counter, clear, draft_header, header
from rtpcases import ALICE, PARTLY, SFU, UP, video

A, AV = 0xa1, 0xa2


def cut_short(stream, n, first, tag=b"", last=True):
    """n frames of which the first octets are encrypted, behind KID 9."""
    count = Counter()

    def frame(rng, real):
        t = tag or rng.randbytes(16)
        return header(9, count.take()) + rng.randbytes(
            min(first, len(real))) + (
                real[first:] + t if last else t + real[first:])
    return stream.add(n, frame)


def trailed(stream, n, make, silence=range(0)):
    """n whole ciphertexts, and what make says behind each; those of silence have
    an octet and a tag of ten."""
    count = Counter()

    def frame(rng, real):
        c = count.take()
        return header(9, c) + rng.randbytes(
            11 if c in silence else len(real) + 16) + make(c)
    return stream.add(n, frame)


def add(case):

    for last in (True, False):
        def clear_behind(c, last=last):
            cut_short(c.video(AV, ALICE, SFU), 400, 32, last=last)
        clear_behind.__name__ = "clear_behind_the_first_octets_tag_" + (
            "last" if last else "first")
        case({"tail-clear": [AV]}, near="trailer-behind", verdict="fail",
             is_={AV: PARTLY})(clear_behind)

    @case(near=("tail-clear", "trailer-behind", "header-on-plaintext"),
          is_={AV: UP})
    def quiet_video_encrypted_to_the_end(c):
        c.video(AV, ALICE, SFU).sframe(400, kid=9)

    @case({"trailer-behind": [A]}, near="tail-clear", is_={A: UP})
    def a_key_index_and_a_number_behind_each_frame(c):
        trailed(c.audio(A, ALICE, SFU), 300,
                lambda n: n.to_bytes(4, "big") + b"\x0c\x01")

    @case({"trailer-behind": [A]}, is_={A: UP},
          near=("tail-clear", "header-on-plaintext"))
    def a_trailer_behind_silence(c):
        trailed(c.audio(A, ALICE, SFU), 700,
                lambda n: b"\x5f\x01" + n.to_bytes(2, "big"),
                silence=range(150, 640))

    @case({"trailer-behind": [AV]}, near="tail-clear", is_={AV: UP})
    def a_magic_number_behind_each_video_frame(c):
        trailed(c.video(AV, ALICE, SFU), 200, lambda n: b"e2ee")

    @case({"not-rfc9605": [AV]}, near=("tail-clear", "trailer-behind"))
    def livekit_trailer(c):
        c.video(AV, ALICE, SFU).livekit(300)

    # A config octet may be a codec's octet, and the other way round.

    @case({"partly-clear": [A]}, near="ctr-not-inline", is_={A: PARTLY})
    def octet_f8_in_front_of_a_header_of_nine_octets(c):
        """Read as a config octet, f8 has a KID of eight octets behind it, and
        a CTR that returns to 0 as the KID goes up by one."""
        count = Counter(794085884)
        c.audio(A, ALICE, SFU).add(
            300, lambda rng, real: b"\xf8" + header(3784097428, count.take()) +
            rng.randbytes(len(real) + 16))

    @case({"not-rfc9605": [A]}, near=("ctr-not-inline", "partly-clear"),
          is_={A: ("other-dialect",)})
    def draft_whose_counter_reads_as_a_header(c):
        """08 08 00: KID 8 and CTR 0 of the draft; or an octet of Opus, and CTR 0
        in an octet."""
        count = Counter()
        c.audio(A, ALICE, SFU).add(
            230, lambda rng, real: draft_header(8, count.take()) +
            rng.randbytes(len(real) + 16))

    # A frame in the clear has no descriptor, where the others have one.

    def one_clear_frame(codec):
        def build(c):
            v = c.video(AV, ALICE, SFU, descriptor=True, codec=codec)
            native = packets.FORMATS[codec]
            pack = v.pack
            v.pack = lambda frame, number, room: (
                native if number == 150 else pack)(frame, number, room)
            v.sframe(150, kid=3).octets(clear(codec)[0]).sframe(150, kid=3, ctr=150)
        build.__name__ = "one_%s_key_frame_without_a_descriptor" % codec
        case({"plaintext-gap": [AV]}, may=("fragments-broken",), verdict="fail",
             near="reserved-set", is_={AV: ("mixed",)},
             sdp=video({"vp8": "VP8", "h264": "H264"}[codec]))(build)

    one_clear_frame("vp8")
    one_clear_frame("h264")

    @case({"plaintext-start": [AV]}, verdict="fail", near="partly-clear",
          is_={AV: ("mixed",)}, sdp=video("H264"))
    def ten_frames_before_the_first_descriptor(c):
        v = c.video(AV, ALICE, SFU, descriptor=True, codec="h264")
        pack = v.pack
        v.pack = lambda frame, number, room: (
            packets.FORMATS["h264"] if number < 10 else pack)(
                frame, number, room)
        v.plain(10).sframe(200, kid=300)

    @case(near="partly-clear", verdict="inconclusive", sdp=video("H265"))
    def quiet_one_frame_in_eight_packets(c):
        """Fragments of a ciphertext that read as units of one frame."""
        v = c.video(AV, ALICE, SFU, descriptor=True)
        frame = bytearray(header(1, 10) + c.rng.randbytes(8 * 1097 - 2))
        for i in range(1, 8):
            frame[i * 1097] = 0xb4
        v.octets(bytes(frame))
        v.pack = lambda frame, number, room: [
            bytes([(i == 0) << 7 | (i == 7) << 6]) +
            frame[i * 1097:(i + 1) * 1097] for i in range(8)]
