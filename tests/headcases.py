"""
headcases.py - cases of findings.py about what stands in front of a header, or reads
as one: the first octet of a codec, a header of media that nobody encrypted.
"""
import mkcap
import packets
from mkcap import header
from rtpcases import ALICE, CLEAR, PARTLY, SFU, UP

A = 0xa1
DARK = ("undecidable",)
SILENCE = bytes.fromhex("6807c979c8c957c0a21223fa599e539f0d9da79eecba38cab6d9")


def behind(first, kid, steps=(1,), ctr=80):
    """SFrame behind one octet of first; CTR goes on by steps, in turn."""
    box = [ctr, 0]

    def frame(rng, real):
        out = bytes([first[box[1] % len(first)]]) + header(kid, box[0]) + \
            rng.randbytes(40 + rng.randrange(60))
        box[0] += steps[box[1] % len(steps)]
        box[1] += 1
        return out
    return frame


def shared(stream, n, kid, ctr):
    """n frames whose counter another stream takes from as well."""
    for i in range(n):
        stream.sframe(1, kid=kid, ctr=ctr)
        ctr += 1 + (i % 2)
    return stream


def add(case):

    for pt, first in ((63, b"\xef"), (111, b"\xfc"), (111, b"\xff\xfc")):
        for n in 40, 300:
            def made(c, pt=pt, first=first, n=n):
                c.audio(A, ALICE, SFU, pt=pt).add(n, behind(first, 300))
            made.__name__ = "%s_in_front_%d_times" % (first.hex(), n)
            case({"partly-clear": [A]}, near=("reserved-set",
                                              "descriptor-missing"),
                 is_={A: PARTLY})(made)

    @case(near=("stream-plaintext", "ctr-reused"), verdict="inconclusive",
          is_={A: DARK})
    def a_short_header_behind_an_octet_of_opus(c):
        """78 58 and a CTR that others share: too few to be sure of a run, and
        neither media nor KID 7 with a CTR that stands still."""
        c.audio(A, ALICE, SFU).add(30, behind(b"\x78", 5, (1, 2)))

    @case({"partly-clear": [A]}, near=("stream-plaintext", "ctr-reused"),
          is_={A: PARTLY})
    def more_of_them(c):
        c.audio(A, ALICE, SFU).add(300, behind(b"\x78", 5, (1, 2)))

    @case(near=("plaintext-start", "stream-plaintext"), is_={A: UP})
    def a_short_kid_that_is_soon_another(c):
        """68 reads as a TOC octet, and fewer frames begin with it than a run by
        itself takes."""
        shared(shared(c.audio(A, ALICE, SFU), 23, 6, 40), 60, 7, 1)

    @case(near="plaintext-gap", verdict="inconclusive", is_={A: DARK})
    def a_short_kid_that_comes_back_for_a_moment(c):
        shared(shared(c.audio(A, ALICE, SFU), 90, 3, 40), 7, 5, 200)

    @case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
          tell={A: 12})
    def clear_between_short_kids(c):
        a = shared(c.audio(A, ALICE, SFU), 100, 6, 40).plain(12)
        shared(a, 100, 7, 1)

    @case({"plaintext-start": [A]}, verdict="fail", is_={A: ("mixed",)},
          tell={A: 23})
    def clear_before_a_short_kid(c):
        shared(c.audio(A, ALICE, SFU).plain(23), 60, 7, 1)

    def bolted(c, n):
        a = c.audio(A, ALICE, SFU)
        for i in range(n):
            a.octets(header(75, 412 + i) + SILENCE)

    @case(near="not-rfc9605", verdict="inconclusive", is_={A: DARK})
    def a_header_in_front_of_some_silence(c):
        """The same octets behind a header that counts: nobody encrypted them,
        and the header is no IV."""
        bolted(c, 16)

    @case({"stream-plaintext": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: CLEAR}, may=("header-on-plaintext",))
    def a_header_in_front_of_much_silence(c):
        bolted(c, 300)

    @case({"keys-pressed-clear": [A]}, near=("header-short", "frame-too-short"),
          is_={A: UP})
    def telephone_events_among_the_first_packets(c):
        """Three packets with one timestamp: no video for that."""
        a = c.audio(A, ALICE, SFU).sframe(60, kid=57)
        row = c._of(a)
        for i in (3, 20):
            for k in range(3):
                row[i + k].pt, row[i + k].marker = 126, k == 0
                row[i + k].timestamp = row[i].timestamp
                row[i + k].payload = b"\x05\x8a\x03\xc0"

    # ==== media amid a format that nothing is known of ========================

    AV = 0xa2

    def rows(c):
        return c.audio(A, ALICE, SFU), c.video(AV, ALICE, SFU)

    @case({"opaque-payload": [A, AV]}, near=("plaintext-gap", "plaintext-start"),
          verdict="inconclusive", is_={A: DARK, AV: DARK})
    def random_ivs(c):
        for s in rows(c):
            s.noise(600, front=12)

    for n, m in ((50, 50), (20, 8), (200, 30)):
        def made(c, n=n, m=m):
            a, v = rows(c)
            a.noise(200, front=12).plain(n).noise(200, front=12)
            v.noise(200, front=12).plain(m).noise(200, front=12)
        made.__name__ = "clear_amid_random_ivs_%d_and_%d" % (n, m)
        case({"plaintext-gap": [A, AV], "opaque-payload": [A, AV]},
             verdict="fail", is_={A: ("mixed",), AV: ("mixed",)},
             tell={A: n, AV: m})(made)

    @case({"plaintext-start": [A, AV], "opaque-payload": [A, AV]},
          near="plaintext-gap", verdict="fail",
          is_={A: ("mixed",), AV: ("mixed",)}, tell={A: 60, AV: 60})
    def clear_before_random_ivs(c):
        for s in rows(c):
            s.plain(60).noise(300, front=12)

    @case({"plaintext-gap": [A, AV], "opaque-payload": [A, AV]},
          near="plaintext-start", verdict="fail",
          is_={A: ("mixed",), AV: ("mixed",)}, tell={A: 60, AV: 60})
    def clear_behind_random_ivs(c):
        for s in rows(c):
            s.noise(300, front=12).plain(60)

    @case({"stream-plaintext": [A]}, near=("opaque-payload", "plaintext-start"),
          verdict="fail", is_={A: CLEAR})
    def clear_with_pauses(c):
        """Behind each pause a row of media begins anew; nothing is amid it."""
        a = c.audio(A, ALICE, SFU)
        for i in range(30):
            a.plain(7 + i % 9).pause(.5)

    @case({"partly-clear": [A]}, near=("plaintext-gap", "plaintext-start"),
          verdict="inconclusive", is_={A: DARK})
    def random_ivs_and_then_behind_an_octet(c):
        """The sender begins to leave the first octet of Opus in the clear; rows
        between pauses are surrounded by rows of the same, not by noise."""
        a = c.audio(A, ALICE, SFU).noise(300, front=12)
        for n in [8] * 20 + [15] * 20:
            a.octets(*[lambda rng: b"\x78" + rng.randbytes(90)] * n).pause(.5)

    def silence_under_a_format_of_its_own(name, found, head, tail):
        """Silence is three octets, and as long under any cipher: the counter
        behind it is as far from the front in each frame."""
        def made(c):
            c.audio(A, ALICE, SFU).octets(*[
                lambda rng, i=i: b"\xfc" + head(i) + rng.randbytes(18) + tail(i)
                for i in range(350)])
        made.__name__ = "silence_under_a_format_of_its_own_" + name
        case({found: [A]}, near="stream-plaintext", verdict="inconclusive",
             is_={A: DARK})(made)

    silence_under_a_format_of_its_own(
        "in_front", "opaque-payload",
        lambda i: b"\xe2\xee\x01" + i.to_bytes(4, "big"),
        lambda i: b"")
    silence_under_a_format_of_its_own(
        "behind", "partly-clear", lambda i: b"", lambda i: i.to_bytes(4, "big"))

    @case({"stray-clear": [A]}, near="plaintext-gap", verdict="inconclusive",
          is_={A: DARK})
    def a_short_kid_for_the_last_frames(c):
        """78 and a counter that goes on: Opus or KID 7, and too few to say."""
        c.audio(A, ALICE, SFU).sframe(200, kid=300).sframe(5, kid=7, ctr=48)

    for kid in 6, 7:
        for n in 6, 9:
            def made(c, kid=kid, n=n):
                c.audio(A, ALICE, SFU).sframe(200, kid=300).sframe(
                    n, kid=kid, ctr=48)
            made.__name__ = "kid_%d_for_the_last_%d_frames" % (kid, n)
            case(near=("stray-clear", "plaintext-gap"), is_={A: UP})(made)

    @case({"plaintext-gap": [A], "opaque-payload": [A]},
          near=("plaintext-start", "stream-plaintext"), verdict="fail",
          is_={A: ("mixed",)}, tell={A: 66})
    def a_second_in_the_clear_behind_an_octet(c):
        """The sender always leaves the first octet, and random IVs behind it:
        what tells is how even the frames around are."""
        def sealed(rng):
            return b"\x78" + rng.randbytes(60 + rng.randrange(60))
        a = c.audio(A, ALICE, SFU).octets(*[sealed] * 300)
        a.plain(50)
        a.octets(*[sealed] * 300)

    @case({"plaintext-gap": [A], "opaque-payload": [A]},
          verdict="fail", is_={A: ("mixed",)}, tell={A: 40})
    def a_clear_end_whose_last_frames_are_few(c):
        """They come behind a block of frames that ended in the clear, and by
        themselves would be too few to say."""
        a = c.audio(A, ALICE, SFU)
        a.octets(*[lambda rng: rng.randbytes(60 + rng.randrange(60))] * 92)
        a.plain(40)

    @case({"tail-clear": [A]}, near=("header-on-plaintext", "plaintext-gap"),
          verdict="fail", is_={A: PARTLY})
    def zeros_behind_short_frames(c):
        """A hop that pads: what is in front of the zeros is ciphertext."""
        c.audio(A, ALICE, SFU).octets(*[
            lambda rng, i=i: header(300, i) +
            rng.randbytes(20 + rng.randrange(12)) + bytes(4)
            for i in range(300)])

    @case({"tail-clear": [A]}, near=("header-on-plaintext", "plaintext-gap"),
          verdict="fail", is_={A: PARTLY})
    def digits_behind_short_frames(c):
        """No two trailers have an octet in common; what is in front of them is
        ciphertext all the same."""
        c.audio(A, ALICE, SFU).octets(*[
            lambda rng, i=i: header(300, i) +
            rng.randbytes(20 + rng.randrange(12)) + b"%06d" % (i * 7919 % 10**6)
            for i in range(1000)])

    # ==== what codecs write as senders of headers do ==========================

    def packets_of_three(n):
        """60 ms of Opus: code 3, and a count that never changes (RFC 6716)."""
        row = [f for f in mkcap.clear("opus") if f[0] == mkcap.clear("opus")[0][0]
               and f[0] & 3 == 0 and 3 < len(f) < 200]
        for i in range(n):
            x, y, z = (row[(3 * i + k) % len(row)] for k in range(3))
            yield bytes([x[0] | 3, 0x83, len(x) - 1, len(y) - 1]) + \
                x[1:] + y[1:] + z[1:]

    @case({"stream-plaintext": [A]}, near="opaque-payload", verdict="fail",
          is_={A: CLEAR})
    def clear_packets_of_three_frames_that_end_in_noise(c):
        """The last ones are loud: behind the count and the two lengths, which
        are those of Opus all the same, nothing is uneven."""
        def loud(rng):
            x, y, z = (rng.randrange(40, 90) for _ in range(3))
            return bytes([0x7b, 0x83, x, y]) + rng.randbytes(x + y + z)
        c.audio(A, ALICE, SFU, step=.06).octets(*packets_of_three(102),
                                                *[loud] * 28)

    for n in 60, 130, 230, 330, 624:
        def made(c, n=n):
            c.audio(A, ALICE, SFU, step=.06).octets(*packets_of_three(n))
        made.__name__ = "clear_packets_of_three_frames_%d" % n
        case({"stream-plaintext": [A]}, near="opaque-payload", verdict="fail",
             is_={A: CLEAR})(made)

    @case({"plaintext-start": [A]}, verdict="fail", is_={A: ("mixed",)},
          tell={A: 8})
    def clear_octets_that_rise_by_chance(c):
        """Faint sound in Opus: the octet behind 78, read as a CTR under KID 7,
        goes on by a little in half of the frames."""
        c.audio(A, ALICE, SFU).octets(*[
            lambda rng, second=second: bytes([0x78, second]) + rng.randbytes(80)
            for second in (0xeb, 0xf0, 0xf3, 0xf6, 0xf7, 0xf6, 0xf4, 0xf5)]) \
            .sframe(230, kid=2156436247, ctr=2**62)

    @case({"kid-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: UP})
    def a_padded_kid_in_front_of_a_long_counter(c):
        """af 000009 and eight octets of CTR: as long as an IV that counts."""
        c.audio(A, ALICE, SFU).sframe(300, kid=9, kid_octets=3,
                                      ctr=0x2149c0052db28f9e)

    @case({"kid-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: UP})
    def a_padded_kid_of_four_octets_in_front_of_a_long_counter(c):
        """bf 00a9d177 and eight octets: nor is it an IV behind an octet of Opus."""
        c.audio(A, ALICE, SFU).sframe(300, kid=0xa9d177, kid_octets=4,
                                      ctr=0x29ae3636bc5dfd27)

    @case({"ctr-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
          is_={A: UP})
    def a_long_counter_with_one_octet_too_many(c):
        """be 7a4590cd and 00 in front of six octets of CTR: as long as an IV."""
        c.audio(A, ALICE, SFU).sframe(100, kid=0x7a4590cd, ctr_octets=7,
                                      ctr=0xe4a4179c0186)

    # ==== clear frames where headers are behind a codec's octets, or as short ==

    @case({"plaintext-gap": [A]}, near="ctr-reused", verdict="fail",
          is_={A: ("mixed",)}, tell={A: 46})
    def clear_frames_of_10_ms_amid_kid_7(c):
        """Their TOC octet, 70, is a header as well: KID 7, CTR 0."""
        a = c.audio(A, ALICE, SFU, step=.01).sframe(130, kid=7)
        for _ in range(46):
            a.octets(lambda rng: b"\x70" + rng.randbytes(
                25 + rng.randrange(30)))
        a.sframe(130, kid=7)

    @case({"plaintext-gap": [A]}, near="ctr-reused", verdict="fail",
          is_={A: ("mixed",)}, tell={A: 60})
    def clear_frames_behind_a_pause_amid_kid_7(c):
        """The first, 78 80, is a header as well: KID 7, CTR 128, to which others
        may have counted in the pause."""
        toc = [f for f in mkcap.clear("opus") if f[0] == 0x78 and len(f) > 30]
        c.audio(A, ALICE, SFU).sframe(90, kid=7).pause(.4).octets(
            b"\x78\x80" + toc[0][2:], *(toc * 30)[:59]).sframe(200, kid=7)

    for first in True, False:
        for codec in "opus", "vp8":
            for kid in 2, 300:
                def made(c, first=first, codec=codec, kid=kid):
                    s = c.audio(A, ALICE, SFU) if codec == "opus" else \
                        c.video(A, ALICE, SFU)
                    p = {"prefix": 1 if codec == "opus" else 3,
                         "key_prefix": 10}
                    if codec == "vp8":
                        s.number = 1  # no key frame is among the clear ones
                    if first:
                        s.plain(10)
                    s.sframe(300, kid=kid, **p)
                    if not first:
                        s.plain(10)
                made.__name__ = "ten_%s_without_the_header_behind_their_head" \
                    "_kid_%d_%s" % (codec, kid, "first" if first else "last")
                case({"plaintext-start" if first else "plaintext-gap": [A]},
                     may=("partly-clear",), verdict="fail", near="stray-clear",
                     is_={A: ("mixed",)}, tell={A: 10})(made)

    @case({"partly-clear": [A]}, near=("plaintext-gap", "stray-clear"),
          is_={A: PARTLY})
    def a_key_that_begins_with_the_last_frames(c):
        c.audio(A, ALICE, SFU).sframe(300, kid=300, prefix=1).sframe(
            10, kid=301, prefix=1)

    for kind, o in (("audio", {}), ("red", {"pt": 63}), ("video", {})):
        def made(c, kind=kind, o=o):
            s = (c.video if kind == "video" else c.audio)(A, ALICE, SFU, **o)
            if kind == "red":  # two blocks, as far as the first octet says
                s.add(300, behind(b"\xef", 358303804889705833, ctr=515351))
                return
            s.sframe(300, kid=358303804889705833, ctr=515351,
                     prefix=1 if kind == "audio" else 3, key_prefix=10)
        made.__name__ = "twelve_octets_of_header_behind_the_head_of_" + kind
        case({"partly-clear": [A]}, near="not-rfc9605", is_={A: PARTLY})(made)

    @case({"silence-clear": [A]}, may=("partly-clear",), near="header-short",
          verdict="fail", is_={A: ("mixed",)})
    def silence_of_nothing_but_the_head(c):
        """Where the TOC octet is in front of each header, it is alone; or with
        two octets more, which are no room for a header and a tag."""
        a = c.audio(A, ALICE, SFU)
        for silence in b"\x78", b"\x78\x9c\x41", b"\x78":
            a.sframe(70, kid=300, prefix=1).octets(silence)
        a.sframe(70, kid=300, prefix=1)

    @case({"stream-plaintext": [A]}, near=("plaintext-start", "partly-clear"),
          verdict="fail", is_={A: CLEAR})
    def a_picture_that_hardly_moves(c):
        """Behind 13 octets of VP8 a dozen frames have what reads as KID 0 and a
        counter of three octets."""
        v = c.video(A, ALICE, SFU).plain(50)
        for i in range(13):
            v.add(1, lambda rng, real, i=i: real[:13] + b"\x0a\x2f\xe4" +
                  bytes([3 + 9 * i]) + real[17:])
        v.plain(100)

    @case(near=("stream-plaintext", "plaintext-start"), is_={A: UP})
    def packets_of_kid_3(c):
        """Each packet is a ciphertext: 3a, CTR 01f559 and on; or a block of type
        58 in RED, and a slice of H.264."""
        count = mkcap.Counter(0x1f559)
        c.video(A, ALICE, SFU, pt=112, codec="h264", pack=lambda f, n, room: [
            header(3, count.take()) + c.rng.randbytes(len(p) + 16)
            for p in packets.h264(f, n, room)]).plain(100)

    for kid in 0, 3, 7:
        def made(c, kid=kid):
            a = c.audio(A, ALICE, SFU).sframe(60, kid=kid)
            for at in 59, 79, 99:
                a.sframe(20, kid=kid, ctr=at)
        made.__name__ = "counters_of_an_octet_twice_under_kid_%d" % kid
        case({"ctr-reused": [A]}, near="stray-clear", verdict="fail",
             is_={A: UP})(made)

    # ==== clear frames that go on as headers do, and the other way round =======

    def rising(stream, *seconds, n=None):
        """Frames of Opus whose second octet is that, and n behind it."""
        return stream.octets(*[
            lambda rng, second=second: bytes([0x78, second]) +
            rng.randbytes(n or 60 + rng.randrange(20)) for second in seconds])

    @case({"plaintext-gap": [A]}, near="stray-clear", verdict="fail",
          is_={A: ("mixed",)}, tell={A: 5})
    def a_clear_end_that_rises_by_more_than_its_sender_counts(c):
        """78 and octets that rise by 3, 2 and 1: KID 7 and a counter, where the
        sender's own went up by one from packet to packet."""
        rising(c.audio(A, ALICE, SFU).sframe(134, kid=4),
               0xb6, 0xad, 0xb0, 0xb2, 0xb3)

    @case({"stray-clear": [A]}, near="plaintext-gap", verdict="inconclusive",
          is_={A: DARK})
    def an_end_that_rises_as_its_sender_counts(c):
        rising(c.audio(A, ALICE, SFU).sframe(134, kid=4), *range(0xb0, 0xb5))

    @case({"plaintext-gap": [A]}, near="stray-clear", may=("not-rfc9605",),
          verdict="fail", is_={A: ("mixed",)}, tell={A: 50})
    def clear_frames_with_a_few_headers_behind_them(c):
        """07 and a counter in an octet, as a draft has KID 7; the four behind
        the clear frames are too few yet for the run to go on."""
        draft = dict(kid=7, make=mkcap.draft_header)
        c.audio(A, ALICE, SFU).sframe(200, **draft).plain(50).sframe(
            118, **draft)

    @case({"header-on-plaintext": [A], "plaintext-gap": [A]},
          near="not-rfc9605", verdict="fail", is_={A: ("mixed",)},
          tell={A: 150})
    def silence_behind_headers_that_went_on_before(c):
        """98 bf57 and a counter, then octets of silence that stay: with those
        an IV that counts, but for the run of headers in front of it."""
        a = c.audio(A, ALICE, SFU).sframe(118, kid=0xbf57)
        n = mkcap.Counter(118)
        a.octets(*[lambda rng: header(0xbf57, n.take()) + bytes.fromhex(
            "dc9cf1116772a3ef") + rng.choice((b"\xeb\xba\x4e", b"\xec\xb7\x39"))
            + rng.randbytes(150) + bytes(16)] * 150)
        a.sframe(248, kid=0xbf57, counter=n)

    @case(near="ctr-went-back", may=("stray-clear",), is_={A: UP})
    def a_clear_packet_of_three_frames_amid_kid_7(c):
        """7b, a count and lengths: KID 7, and four octets of a CTR that no frame
        of the sender's is near."""
        c.audio(A, ALICE, SFU, step=.06).sframe(
            195, kid=7, ctr=0x597b6b11).octets(*packets_of_three(1)).sframe(
            116, kid=7)

    for n in 34, 300:
        def made(c, n=n):
            a, ctr = c.audio(A, ALICE, SFU), 0x439
            for toc, m in ((b"\xdc", n), (b"\xfc", 9), (b"\xdc", 120)):
                a.add(m, behind(toc, 0x967ab2753c304432, ctr=ctr))
                ctr += m
        made.__name__ = "a_toc_octet_that_is_another_behind_%d_frames" % n
        case({"partly-clear": [A]}, near=("plaintext-gap", "stray-clear"),
             is_={A: PARTLY})(made)

    @case({"plaintext-gap": [A]}, near="stray-clear", verdict="fail",
          is_={A: ("mixed",)}, tell={A: 53})
    def a_clear_end_of_a_constant_rate(c):
        """Its last five frames read as KID 7 and the CTRs that would come next;
        but they are as long as those in front, and ciphertext is longer."""
        a = c.audio(A, ALICE, SFU)
        a.octets(*[lambda rng, i=i: header(7, i) + rng.randbytes(90)
                   for i in range(100)])
        for i in range(48):
            a.octets(lambda rng: bytes([0x78, rng.choice((0x80, 0x82, 0xfe))]) +
                     rng.randbytes(78))
        rising(a, *range(0x93, 0x98), n=78)

    # ==== Opus to its end, or its first octets in front of ciphertext ============

    def even(toc, n, ms=20):
        """Two octets as Opus has them, and noise: real frames of 10 ms are no less
        even behind these, nor a thousand of 20 ms where SILK is in them."""
        def made(c):
            c.audio(A, ALICE, SFU, step=ms / 1000).octets(*[
                lambda rng: bytes([toc, rng.randrange(256) & 0x5b]) +
                rng.randbytes(60 + rng.randrange(40)) for _ in range(n)])
        made.__name__ = "even_behind_two_octets_of_opus_%02x_%d" % (toc, n)
        return made

    for toc, n, ms in (0x70, 3000, 10), (0x78, 1200, 20), (0x68, 1900, 20), \
            (0xfc, 390, 20):
        case({"stream-plaintext": [A]}, near="opaque-payload", verdict="fail",
             is_={A: CLEAR})(even(toc, n, ms))
    for toc, n in (0x78, 3000), (0xfc, 470), (0xfc, 1200):
        case({"partly-clear": [A], "opaque-payload": [A]},
             near="stream-plaintext", verdict="inconclusive",
             is_={A: DARK})(even(toc, n))

    @case({"plaintext-gap": [A]}, near="stray-clear", verdict="fail",
          is_={A: ("mixed",)}, tell={A: 5})
    def clear_frames_that_rise_amid_one_key(c):
        """78 and octets that rise by 3, 3 and 1: no frames of another key, for
        that of the stream goes on behind them."""
        a = c.audio(A, ALICE, SFU).sframe(230, kid=11804)
        rising(a, 0xf0, 0xf3, 0xf6, 0xf7, 0xf6).sframe(242, kid=11804)
