"""
formcases.py - cases of findings.py about what says little: headers of one octet,
and octets that read as another format's.
"""
import mkcap
from rtpcases import ALICE, PARTLY, SFU, UP

A, AV = 0xa1, 0xa2

# The octets behind 78 of a second of speech, as libopus wrote them.
SPEECH = bytes.fromhex("37849484a19fa2aaaeaca7a62e808484adaea1a2a2a8abadb3b2b4"
                       "aeaeaeaea7a4a09a8a5a2725252525250c")


def add(case):

    loud = [f for f in mkcap.clear("opus") if len(f) >= 34]

    def jumps(c, kid, between):
        """A counter of one octet that other streams of the sender move on by more
        than it is followed; frames of 20 ms, which 68 is and 58 is not."""
        a = c.audio(A, ALICE, SFU).sframe(100, kid=kid, ctr=10)
        between(a)
        a.sframe(150, kid=kid, ctr=262)

    for kid in 5, 6:
        def made(c, kid=kid):
            jumps(c, kid, lambda a: a.sframe(1, kid=kid, ctr=190)
                  .sframe(1, kid=kid, ctr=211).sframe(1, kid=kid, ctr=212))
        made.__name__ = "three_frames_behind_a_leap_of_kid_%d" % kid
        case(near=("stray-clear", "frames-unexplained", "plaintext-gap"),
             is_={A: UP})(made)

    @case({"frames-unexplained": [A]}, near="plaintext-gap", is_={A: UP})
    def three_frames_of_nothing_behind_a_leap(c):
        jumps(c, 5, lambda a: a.octets(*[
            bytes([0x38, n]) + bytes(range(n, n + 60)) for n in (7, 80, 61)]))

    @case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
          tell={A: 3})
    def three_clear_frames_behind_a_leap_of_kid_6(c):
        """The same octets in front; behind them a counter would fall once."""
        jumps(c, 6, lambda a: a.octets(*[
            lambda rng, v=v: bytes([0x68, v]) + rng.randbytes(60)
            for v in (211, 190, 212)]))

    @case({"plaintext-gap": [A]}, near="ctr-reused", verdict="fail",
          is_={A: ("mixed",)}, tell={A: len(SPEECH)})
    def speech_that_counts_as_kid_7(c):
        """The octet behind 78 goes with the loudness: for a while it rises as a
        counter does, and before the run goes on it is in reach of that."""
        c.audio(A, ALICE, SFU).sframe(100, kid=7).octets(*[
            lambda rng, v=v: bytes([0x78, v]) + rng.randbytes(60)
            for v in SPEECH]).sframe(200, kid=7)

    @case({"not-rfc9605": [A]}, near="partly-clear", is_={A: ("other-dialect",)})
    def a_draft_that_reads_as_two_halves(c):
        """41 says two frames of 10 ms, which no encoder makes of 20; behind it,
        KID 7 and a counter of RFC 9605."""
        c.audio(A, ALICE, SFU).octets(*[
            lambda rng, i=i: mkcap.draft_header(1, 0x7b16fe74f2 + i) +
            rng.randbytes(75 + 2 * rng.randrange(30)) for i in range(60)])

    @case({"partly-clear": [A]}, near="not-rfc9605", is_={A: PARTLY})
    def a_header_that_reads_as_two_halves(c):
        """48 says one frame of 20 ms: the codec's, and the header is RFC 9605's."""
        c.audio(A, ALICE, SFU).octets(*[
            lambda rng, i=i: b"\x48" + mkcap.header(7, 0x16fe74f2 + i) +
            rng.randbytes(75 + 2 * rng.randrange(30)) for i in range(60)])

    @case({"ctr-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: UP})
    def a_padded_counter_that_reads_as_two_halves(c):
        """8a 24 000258: two frames of 5 ms in packets of 10, or a config octet."""
        c.audio(A, ALICE, SFU, step=.01).sframe(300, kid=0x24, ctr=600,
                                                ctr_octets=3)

    @case(near="ctr-not-inline", is_={A: UP})
    def a_counter_that_reads_as_a_block_of_red(c):
        """79 07fd and on: where it comes to 0800, a header of KID 0 is behind what
        reads as the header of a block of type 121."""
        c.audio(A, ALICE, SFU, pt=63).sframe(400, kid=7, ctr=0x7fd)

    @case(near="ctr-not-inline", is_={A: UP})
    def a_block_of_red_around_each_frame(c):
        n = mkcap.Counter(0x7fd)
        c.audio(A, ALICE, SFU, pt=63).octets(*[
            lambda rng: b"\x79" + mkcap.header(300, n.take()) +
            rng.randbytes(40 + rng.randrange(60)) for _ in range(400)])

    # ==== what stands behind silence ===========================================

    for kid, loud_one in ((0x6c57, 7), (0xa2, 99)):
        def made(c, kid=kid, loud_one=loud_one):
            """Most frames are three octets and a short tag."""
            c.audio(A, ALICE, SFU).octets(*[
                lambda rng, i=i: mkcap.header(kid, i) +
                rng.randbytes(7 if i % loud_one else 90) +
                b"\x5f\x01" + i.to_bytes(2, "big") for i in range(60)])
        made.__name__ = "octets_and_a_number_behind_silence_kid_%d" % kid
        case(near=("stream-plaintext", "header-on-plaintext"),
             may=("trailer-behind",), is_={A: UP})(made)

    @case({"stream-plaintext": [A], "header-on-plaintext": [A]}, verdict="fail",
          is_={A: ("plaintext",)})
    def a_header_and_nothing_else_around_silence(c):
        c.audio(A, ALICE, SFU).octets(*[
            mkcap.header(0x6c57, i) + b"\xf8\xff\xfe" + bytes(4)
            for i in range(300)])

    @case({"header-on-plaintext": [A], "plaintext-gap": [A]}, verdict="fail",
          is_={A: ("mixed",)}, tell={A: 160})
    def a_header_around_silence_and_then_around_sound(c):
        """Zeros behind clear frames are no trailer of all."""
        n = mkcap.Counter()
        c.audio(A, ALICE, SFU).sframe(287, kid=300, counter=n).octets(*[
            lambda rng, f=f: mkcap.header(300, n.take()) + f + bytes(8)
            for f in [b"\xf8\xff\xfe"] * 60 +
            [loud[i % len(loud)] for i in range(100)]]).sframe(
            130, kid=300, counter=n)

    @case({"kid-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: UP})
    def a_padded_kid_of_five_octets_as_long_as_an_iv(c):
        c.audio(A, ALICE, SFU).sframe(300, kid=0xd5928617, kid_octets=5,
                                      ctr=0xc44bd2795216)

    # ==== the first octets of Opus, and what is behind them ====================

    for octets in 2, 3, 6, 10, 16:
        def made(c, octets=octets):
            c.audio(A, ALICE, SFU).octets(*[
                lambda rng, f=loud[i % len(loud)]: f[:octets] +
                rng.randbytes(len(f) - octets + 16) for i in range(3000)])
        made.__name__ = "ciphertext_behind_%d_octets_of_opus" % octets
        case({"partly-clear": [A], "opaque-payload": [A]},
             near=("stream-plaintext", "plaintext-start", "plaintext-gap"),
             verdict="inconclusive", is_={A: ("undecidable",)})(made)

    for n in 600, 1500:
        def made(c, n=n):
            c.audio(A, ALICE, SFU).octets(*[
                loud[i % len(loud)] for i in range(n)])
        made.__name__ = "opus_to_its_last_octet_%d" % n
        case({"stream-plaintext": [A]}, near=("opaque-payload", "partly-clear"),
             verdict="fail", is_={A: ("plaintext",)}, tell={A: n})(made)

    @case({"stream-plaintext": [A]}, near="opaque-payload", verdict="fail",
          is_={A: ("plaintext",)})
    def opus_that_ends_evenly_but_for_its_silence(c):
        """Frames of a TOC octet alone have no room for a cipher."""
        c.audio(A, ALICE, SFU).octets(*[
            f for i in range(200) for f in [
                lambda rng, f=loud[(5 * i + k) % len(loud)]: f[:10] +
                rng.randbytes(len(f)) for k in range(5)] + [b"\x78"]])

    # ==== descriptors, and packets that were lost ============================

    def described(c, *lost):
        """Video behind descriptors; of its frames of several packets, the first
        packets of these are not there."""
        c.video(AV, ALICE, SFU, descriptor=True).sframe(
            200, kid=0xbe1bb1211ab56407)
        firsts = [p for p in c.packets if p.payload[0] >> 6 == 2]
        gone = set(map(id, (firsts[k] for k in lost)))
        c._packets = [p for p in c.packets if id(p) not in gone]

    @case({"partly-clear": [A]}, is_={A: PARTLY})
    def a_clear_octet_that_never_says_start(c):
        """What is behind a loss may be amid a frame; but not all of it."""
        counter = mkcap.Counter(300)
        a = c.audio(A, ALICE, SFU)
        a.add(400, lambda rng, real: b"\x00" + mkcap.header(9, counter.take()) +
              rng.randbytes(60 + rng.randrange(200)))
        gone = set(map(id, c._of(a)[1:40:2]))
        c._packets = [p for p in c.packets if id(p) not in gone]

    for lost in ((0,), (1,), (0, 2)):
        def made(c, lost=lost):
            described(c, *lost)
        made.__name__ = "descriptors_without_first_packet_%s" % \
            "_".join(map(str, lost))
        case(near=("partly-clear", "descriptor-missing"), is_={AV: UP})(made)
