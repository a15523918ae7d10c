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

    # ==== descriptors, and packets that were lost ============================

    def described(c, *lost):
        """Video behind descriptors; of its frames of several packets, the first
        packets of these are not there."""
        c.video(AV, ALICE, SFU, descriptor=True).sframe(
            200, kid=0xbe1bb1211ab56407)
        firsts = [p for p in c.packets if p.payload[0] >> 6 == 2]
        gone = set(map(id, (firsts[k] for k in lost)))
        c._packets = [p for p in c.packets if id(p) not in gone]

    for lost in ((0,), (1,), (0, 2)):
        def made(c, lost=lost):
            described(c, *lost)
        made.__name__ = "descriptors_without_first_packet_%s" % \
            "_".join(map(str, lost))
        case(near=("partly-clear", "descriptor-missing"), is_={AV: UP})(made)
