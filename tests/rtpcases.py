"""
rtpcases.py - cases of findings.py about RTP payloads, packetizers and SDP; each
as there a function that builds a capture, beside what check must say of it.
"""
import hashlib
import random
import struct

import packets
from harness import check
from mkcap import MS, Counter, Stream, clear, header

ALICE, SFU = "10.0.0.1:4000", "10.0.0.9:9000"
A, AV, AR = 0xa1, 0xa2, 0xa7
UP = ("consistent",)
DARK = ("undecidable",)
PARTLY = ("partly-clear",)
CLEAR = ("plaintext",)


def sdp(*media, session=(), port=9):
    """A description of (kind, pt, "name/clock", [lines]...) sections."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", *session]
    for i, (kind, pt, name, more) in enumerate(media):
        lines += ["m=%s %d UDP/TLS/RTP/SAVPF %d" % (kind, port, pt),
                  "c=IN IP4 0.0.0.0", "a=mid:%d" % i,
                  "a=rtpmap:%d %s" % (pt, name)] + more
    return "\r\n".join(lines) + "\r\n"


def opus(*more, pt=111, **o):
    return sdp(("audio", pt, "opus/48000/2", list(more)), **o)


def two(first, second, pt=111):
    """Two audio sections in one bundle."""
    return sdp(("audio", 111, "opus/48000/2", first),
               ("audio", pt, "opus/48000/2", second),
               session=("a=group:BUNDLE 0 1",))


def video(name):
    return lambda: sdp(("video", 96, name + "/90000", []))


def per_packet(kid, ctr, front, restart=None):
    """A packetizer for VP8 whose every payload is sealed by itself; from frame
    restart on the counter begins again."""
    box = [ctr, random.Random(kid)]

    def pack(frame, number, room):
        if number == restart:
            box[0] = ctr
        out = []
        for p in packets.vp8(frame, number, room):
            out.append(front + header(kid, box[0]) +
                       box[1].randbytes(len(p) + 16))
            box[0] += 1
        return out
    return pack


def red(older=None):
    """A packetizer for audio: one older block, and the frame (RFC 2198). older
    gives the octets sent again for a frame; else they are those of before."""
    last = []

    def pack(frame, number, room):
        head = b""
        if last:
            again = older(number - 1) if older else last[0]
            head = struct.pack(">I", 1 << 31 | 111 << 24 | 960 << 10 |
                               len(again)) + b"\x6f" + again
        else:
            head = b"\x6f"
        last[:] = [frame]
        return [head + frame]
    return pack


def relation(ssrc, of, kind):
    def ask(name, report, text):
        by = {s["ssrc"]: s for s in report["streams"]}
        a, b = by.get("0x%08x" % ssrc), by.get("0x%08x" % of)
        check("%s: 0x%08x is %s of 0x%08x" % (name, ssrc, kind, of),
              a and b and a["repairs"] == b["id"] and a["kind"] == "repair" and
              a["codec"] == kind, a)
    return ask


def add(case):

    # ==== H.264, H.265, AV1 =================================================

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: UP})
    def av1_packetizer_over_ciphertext(c):
        """What the config octet 8x reads as is an OBU without a size."""
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=15, ctr=8)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: UP},
          near=("ctr-reused", "plaintext-gap", "header-on-plaintext"))
    def av1_packetizer_cuts_the_header(c):
        """9a 01 2c: an OBU of one octet, and another behind it."""
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=300, ctr=70000)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: DARK},
          near=("ctr-reused", "plaintext-gap", "frame-too-short",
                "ctr-went-back"))
    def av1_packetizer_drops_the_rest(c):
        """0a 01 11, and behind it what CTR makes of types and sizes."""
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=0, ctr=70000)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: DARK},
          near=("not-rfc9605", "frames-unexplained", "ctr-not-minimal"))
    def av1_packetizer_cuts_long_counters(c):
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=15, ctr=1 << 25)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: DARK},
          near="opaque-payload")
    def av1_packetizer_drops_the_header(c):
        """7a 01 11: an OBU of padding, which is not sent."""
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=7, ctr=70000)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: UP},
          near=("stream-plaintext", "not-rfc9605"))
    def av1_of_short_frames(c):
        """A packet each, that begins 20 02: to H.265 a key frame of a higher
        temporal layer, which there is not (7.4.2.2)."""
        c.video(AV, ALICE, SFU, codec="av1").octets(
            *(header(300, 70000 + i) + random.Random(i).randbytes(40 + i % 50)
              for i in range(200)))

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

    CUT = ("ctr-reused", "plaintext-gap", "not-rfc9605")

    @case({"partly-clear": [AV], "packetizer-rewrote": [AV]}, verdict="fail",
          is_={AV: PARTLY}, near=CUT)
    def h264_with_a_start_code_inside_the_header(c):
        """KID 65536 from CTR 256 on: 01 00 00 01, which comes back with one
        zero more."""
        c.video(AV, ALICE, SFU, codec="h264") \
            .sframe(250, kid=1 << 16, ctr=100, prefix=40, key_prefix=64)

    @case({"partly-clear": [AV]}, near=("packetizer-rewrote",) + CUT,
          is_={AV: PARTLY})
    def h264_with_no_start_code_inside_the_header(c):
        c.video(AV, ALICE, SFU, codec="h264") \
            .sframe(250, kid=1 << 16 | 1, ctr=100, prefix=40, key_prefix=64)

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

    def tied(name, report, text):
        by = {s["ssrc"]: s for s in report["streams"]}
        check("%s: the probes are known to repeat the video" % name,
              by["0x%08x" % AR]["repairs"] == by["0x%08x" % AV]["id"], by)

    @case(is_={AV: UP}, also=tied)
    def quiet_probes_before_anything_is_known(c):
        """A browser probes for bandwidth with its first packets, again and
        again, and never sends RTX later on."""
        v = c.video(AV, ALICE, SFU).sframe(900, kid=9)
        row = c._of(v)
        c.rtx([row[2]] * 3 + [row[5]] * 7, AR, after_ms=20)

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

    # ==== SFrame payload descriptors (draft-ietf-avtcore-rtp-sframe-02) ======

    def described(c):
        """Video of several packets a frame; its frames from 60 on, in rows."""
        v = c.video(AV, ALICE, SFU, descriptor=True).sframe(200, kid=9, ctr=300)
        frames = {}
        for p in c._of(v):
            frames.setdefault(p.timestamp, []).append(p)
        return [row for row in list(frames.values())[60:] if len(row) > 1]

    def bits(p, on, off=0):
        p.payload = bytes([p.payload[0] & ~off | on]) + p.payload[1:]

    EACH = ("start-repeated", "end-early", "mixed-t", "reserved-set",
            "fragments-differ", "marker-early", "extensions-differ",
            "descriptor-missing", "fragments-broken", "packet-split",
            "padding-wrong", "t-on-frame", "t-missing")

    @case(near=EACH, is_={AV: UP, A: UP})
    def quiet_descriptors_through_loss_and_rtx(c):
        v = c.video(AV, ALICE, SFU, descriptor=True, mid=b"0",
                    counter=Counter(300))
        for _ in range(10):
            v.sframe(20, kid=9).padding(2)
        c.audio(A, ALICE, SFU, descriptor=True).sframe(300, kid=9, ctr=70000)
        for i, p in enumerate(c._of(v)):
            p.csrcs = (0xc5,)
            if i % 7 == 0 and p.payload:
                p.pad = 5
        c.rtx(gone(c, v, 20), AR)
        c.lose(every=37, stream=v)

    @case({"start-repeated": [AV]}, verdict="fail", is_={AV: UP})
    def start_bit_on_two_fragments(c):
        for row in described(c)[:5]:
            bits(row[1], 0x80)

    @case({"start-repeated": [AV]}, verdict="fail", is_={AV: UP})
    def start_bit_on_every_fragment(c):
        described(c)
        for p in c.packets:
            bits(p, 0x80)

    @case({"end-early": [AV]}, verdict="fail", is_={AV: UP})
    def end_bit_on_two_fragments(c):
        for row in described(c)[:5]:
            bits(row[0], 0x40)

    @case({"mixed-t": [AV]}, verdict="fail", is_={AV: UP})
    def t_bit_on_one_of_two_fragments(c):
        for row in described(c)[:5]:
            bits(row[1], 0x20)

    @case({"reserved-set": [AV]}, is_={AV: UP})
    def reserved_bits_on_every_packet(c):
        described(c)
        for p in c.packets:
            bits(p, 0x03)

    @case({"reserved-set": [AV]}, near="descriptor-missing", is_={AV: UP})
    def reserved_bits_on_last_fragments_alone(c):
        """S, E and T are as they should be: these are descriptors."""
        for row in described(c)[:5]:
            bits(row[-1], 0x01)

    @case(near="fragments-broken", is_={AV: UP})
    def quiet_padding_behind_lost_ends(c):
        """What was lost stood in front of the padding, not behind it."""
        v = c.video(AV, ALICE, SFU, descriptor=True, counter=Counter(300))
        for _ in range(150):
            v.sframe(1, kid=9).padding(1)
        row = c._of(v)
        dead = {id(p) for p, after in zip(row[60:], row[61:])
                if p.payload and not after.payload and
                p.timestamp // 6000 % 4 == 0}
        assert len(dead) > 9
        c.packets[:] = [p for p in c.packets if id(p) not in dead]

    @case({"extensions-differ": [AV]}, is_={AV: UP})
    def extensions_of_two_octets_differ(c):
        rows = described(c)
        for p in c.packets:
            p.ext = (0x1000, bytes([5, 1]) + b"x" + bytes([40, 2]) + b"yy")
        for row in rows[:5]:
            row[1].ext = (0x1000, bytes([5, 1]) + b"x")

    @case({"frame-too-short": [AV]}, near="plaintext-gap", verdict="fail",
          is_={AV: UP})
    def frames_cut_behind_their_headers(c):
        """Five octets look like much; their KID is that of the stream."""
        v = c.video(AV, ALICE, SFU, pack=packets.descriptor) \
            .sframe(400, kid=9, ctr=300)
        frames = {}
        for p in c._of(v):
            frames.setdefault(p.timestamp, []).append(p)
        gone = set()
        for row in list(frames.values())[100:106]:
            row[0].payload = b"\xc0" + row[0].payload[1:6]
            row[0].marker = 1
            gone |= {id(p) for p in row[1:]}
        c.packets[:] = [p for p in c.packets if id(p) not in gone]
        for i, p in enumerate(c._of(v)):
            p.seq = 500 + i

    @case({"fragments-differ": [AV]}, verdict="fail", is_={AV: UP})
    def timestamps_of_fragments_differ(c):
        for row in described(c)[:5]:
            row[1].timestamp += 1

    @case({"fragments-differ": [AV]}, verdict="fail", is_={AV: UP},
          sdp=video("VP9"))
    def timestamps_of_fragments_differ_in_a_codec_that_is_known(c):
        for row in described(c)[:5]:
            row[1].timestamp += 1

    @case({"fragments-differ": [AV]}, verdict="fail", is_={AV: UP})
    def csrcs_of_fragments_differ(c):
        for row in described(c)[:5]:
            row[1].csrcs = (7,)

    @case({"marker-early": [AV]}, is_={AV: UP})
    def marker_on_the_first_of_two(c):
        for row in described(c)[:5]:
            row[0].marker = 1

    @case({"extensions-differ": [AV]}, is_={AV: UP})
    def mid_on_the_first_of_two(c):
        for row in described(c)[:5]:
            row[0].mid = b"0"

    @case({"descriptor-missing": [AV]}, verdict="fail", is_={AV: UP})
    def second_fragments_without_descriptor(c):
        rows = [r for r in described(c) if r[1].payload[1] & 0x1f]
        for row in rows[:5]:
            row[1].payload = row[1].payload[1:]

    @case({"fragments-broken": [AV], "marker-early": [AV]}, verdict="fail",
          is_={AV: UP})
    def frames_without_an_end(c):
        for row in described(c)[:5]:
            bits(row[-1], 0, off=0x40)

    @case({"packet-split": [AV]}, is_={AV: UP})
    def packets_that_had_to_be_split(c):
        for row in described(c)[:5]:
            for p in row:
                bits(p, 0x20)

    @case(near="packet-split", is_={AV: UP})
    def quiet_each_packet_its_own_ciphertext(c):
        """T = 1, S and E: what a codec packetizer made, sealed by itself."""
        c.video(AV, ALICE, SFU, pack=per_packet(9, 300, b"\xe0")).plain(150)

    @case(is_={AV: UP})
    def quiet_each_packet_its_own_ciphertext_and_no_descriptor(c):
        c.video(AV, ALICE, SFU, pack=per_packet(9, 300, b"")).plain(150)

    @case(is_={AV: UP}, sdp=video("VP8"))
    def quiet_the_same_with_sdp(c):
        c.video(AV, ALICE, SFU, pack=per_packet(9, 300, b"")).plain(150)

    @case({"ctr-reused": [AV]}, verdict="fail", is_={AV: UP})
    def each_packet_its_own_ciphertext_and_a_restart(c):
        pack = per_packet(9, 300, b"")
        v = c.video(AV, ALICE, SFU, pack=pack).plain(150)
        restart = v.frames[100][1]
        v.pack = per_packet(9, 300, b"", restart)
        v.plain(60)

    def large(c, n, octets, pack):
        """Frames of so many octets, whatever the codec."""
        v = c.video(AV, ALICE, SFU, pack=pack)
        box = Counter(300)
        return v.add(n, lambda rng, real: header(9, box.take()) +
                     rng.randbytes(octets))

    def marked(on):
        """Descriptors around a whole frame, with more bits set."""
        def pack(frame, number, room):
            return [bytes([p[0] | on]) + p[1:]
                    for p in packets.descriptor(frame, number, room)]
        return pack

    def each(front):
        """A codec's payloads, five a frame and some of them few, each sealed."""
        box = [300, random.Random(7)]

        def pack(frame, number, room):
            out = []
            for i in range(5 if number % 10 else 2):
                out.append(front + header(9, box[0]) +
                           box[1].randbytes(1000 - 9 * i))
                box[0] += 1
            return out
        return pack

    @case(near=EACH, is_={AV: UP})
    def quiet_slices_whose_kid_reads_as_a_header(c):
        """KID 9 behind its config octet: a descriptor and a header, if one
        wants to."""
        large(c, 120, 2500, packets.raw)

    @case({"t-on-frame": [AV], "packet-split": [AV]}, near="t-missing",
          verdict="fail", is_={AV: UP})
    def t_bit_on_whole_frames(c):
        large(c, 120, 4000, marked(0x20))

    @case({"packet-split": [AV]}, near=("t-on-frame", "t-missing"),
          is_={AV: UP})
    def t_bit_on_packets_split_in_two(c):
        large(c, 120, 1500, marked(0x20))

    @case(near=("t-on-frame", "t-missing"), is_={AV: UP})
    def quiet_whole_frames_without_t(c):
        large(c, 120, 4000, marked(0))

    @case({"t-missing": [AV]}, near="t-on-frame", is_={AV: UP})
    def packets_sealed_each_as_the_draft_before_has_it(c):
        """Draft -01 had no T: c0 in front of each."""
        c.video(AV, ALICE, SFU, pack=each(b"\xc0")).plain(120)

    @case(near=("t-missing", "t-on-frame", "packet-split"), is_={AV: UP})
    def quiet_packets_sealed_each_with_t(c):
        c.video(AV, ALICE, SFU, pack=each(b"\xe0")).plain(120)

    @case(near=("t-missing", "t-on-frame"), is_={AV: UP})
    def quiet_three_layers_of_a_picture(c):
        """Each layer is a frame, and a ciphertext (VP9 with spatial layers)."""
        box = [300, random.Random(7)]

        def pack(frame, number, room):
            out = []
            for size in (300, 700, 1000):
                out.append(b"\xc0" + header(9, box[0]) +
                           box[1].randbytes(size))
                box[0] += 1
            return out
        c.video(AV, ALICE, SFU, pack=pack).plain(120)

    @case({"padding-wrong": [AV]}, is_={AV: UP})
    def padding_that_counts_too_much(c):
        for row in described(c)[:5]:
            row[1].pad, row[1].pad_says = 4, 0

    # ==== SDP (draft-ietf-avtcore-rtp-sframe-02 6) ============================

    SDP = ("sframe-with-value", "sframe-in-session", "sframe-not-offered",
           "sframe-shares-type", "sframe-payload-type", "sframe-not-answered")
    OFFER, ANSWER = "a=setup:actpass", "a=setup:active"

    def call(c):
        c.audio(A, ALICE, SFU).sframe(200, kid=9)

    @case(near=SDP, is_={A: UP},
          sdp=lambda: opus("a=sframe", OFFER) + opus("a=sframe", ANSWER))
    def sframe_offered_and_answered(c):
        call(c)

    @case(near="sframe-not-answered", is_={A: UP},
          sdp=lambda: opus("a=sframe", OFFER) + opus(ANSWER, port=0))
    def sframe_offered_and_the_section_refused(c):
        call(c)

    @case(near="sframe-shares-type", is_={A: UP},
          sdp=lambda: two(["a=sframe"], [], pt=112))
    def sframe_and_clear_sections_with_types_of_their_own(c):
        call(c)

    @case({"sframe-with-value": []}, verdict="fail", is_={A: UP},
          sdp=lambda: opus("a=sframe:1"))
    def sframe_with_a_value(c):
        call(c)

    @case({"sframe-in-session": []}, verdict="fail", is_={A: UP},
          sdp=lambda: opus("a=sframe", session=("a=sframe",)))
    def sframe_for_the_session(c):
        call(c)

    @case({"sframe-not-offered": []}, verdict="fail", is_={A: UP},
          sdp=lambda: opus(ANSWER, "a=sframe") + opus(OFFER))
    def sframe_in_the_answer_alone(c):
        call(c)

    @case({"sframe-not-answered": []}, is_={A: UP},
          sdp=lambda: opus(OFFER, "a=sframe") + opus(ANSWER))
    def sframe_in_the_offer_alone(c):
        call(c)

    @case({"sframe-shares-type": []}, verdict="fail", is_={A: UP},
          sdp=lambda: two(["a=sframe"], []))
    def sframe_and_clear_sections_share_a_type(c):
        call(c)

    @case({"sframe-payload-type": []}, verdict="fail", is_={A: UP},
          sdp=lambda: opus("a=rtpmap:99 sframe/48000"))
    def sframe_as_a_payload_type(c):
        call(c)

    # ==== RED, FEC, comfort noise, telephone events ==========================

    def red_sdp():
        return opus("a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111", pt=111) \
            .replace("SAVPF 111", "SAVPF 111 63")

    @case(near=("copies-clear",), is_={A: UP}, sdp=red_sdp)
    def quiet_red_around_ciphertexts(c):
        c.audio(A, ALICE, SFU, pt=63, pack=red()).sframe(300, kid=9)

    @case(is_={A: UP})
    def quiet_red_around_ciphertexts_without_sdp(c):
        c.audio(A, ALICE, SFU, pt=63, pack=red()).sframe(300, kid=300)
        c.lose(every=9)

    @case({"copies-clear": [A]}, verdict="fail", is_={A: ("mixed",)},
          sdp=red_sdp)
    def red_sends_older_blocks_in_the_clear(c):
        """Encrypted when sent, and again as it was before encryption."""
        real = clear("opus")
        c.audio(A, ALICE, SFU, pt=63,
                pack=red(lambda n: real[n % len(real)])).sframe(300, kid=300)

    @case({"stream-plaintext": [A]}, verdict="fail", is_={A: CLEAR},
          sdp=red_sdp)
    def red_in_the_clear(c):
        c.audio(A, ALICE, SFU, pt=63, pack=red()).plain(300)

    def between(c, stream, pt, payload, every=40):
        """Packets of another payload type in a stream, numbered with it."""
        row, more = c._of(stream), 0
        for i, p in enumerate(row):
            p.seq += more
            if i % every == every - 1:
                more += 1
                c.packets.append(p.copy(pt=pt, payload=payload, seq=p.seq + 1,
                                        ns=p.ns + MS))
        c.packets.sort(key=lambda p: p.ns)

    def events():
        return opus("a=rtpmap:126 telephone-event/8000").replace(
            "SAVPF 111", "SAVPF 111 126")

    def told(*words):
        return lambda name, report, text: [
            check("%s: says %s" % (name, w), w in " ".join(text.split()), text)
            for w in words]

    def pressed(c, row, at, *payloads):
        """Packets of an event in front of one of the sound's own, under the
        timestamp of the one before."""
        last = row[at - 1]
        for p in row[at:]:
            p.seq += len(payloads)
        c.packets.extend(last.copy(
            pt=110, payload=octets, seq=last.seq + 1 + i, ns=last.ns + MS)
            for i, octets in enumerate(payloads))
        c.packets.sort(key=lambda p: p.ns)

    def named(kind, codec):
        return lambda name, report, text: [
            check("%s: %s %s" % (name, kind, codec),
                  (s["kind"], s["codec"]) == (kind, codec),
                  (s["kind"], s["codec"]))
            for s in report["streams"]]

    @case({"keys-pressed-clear": [A]}, near="stray-clear", is_={A: UP},
          sdp=events, also=told(
              "10 keys", "begins 05 0a 03 20: a telephone event"))
    def telephone_events(c):
        between(c, c.audio(A, ALICE, SFU).sframe(400, kid=9), 126,
                b"\x05\x0a\x03\x20")

    @case({"keys-pressed-clear": [A]}, is_={A: UP}, also=told("20 keys"))
    def telephone_events_without_sdp(c):
        between(c, c.audio(A, ALICE, SFU).sframe(400, kid=9), 126,
                b"\x05\x0a\x03\x20", every=20)

    @case({"keys-pressed-clear": [A]}, near=("header-short",), is_={A: UP},
          also=told("1 key;"))
    def telephone_events_as_the_capture_begins(c):
        """Three packets of one event, under one timestamp as RFC 4733 has it,
        among the first from which the codec is guessed."""
        row = c._of(c.audio(A, ALICE, SFU).sframe(400, kid=57, ctr=175))
        pressed(c, row, 3, *[b"\x09\x0a\x00\xa0"] * 3)

    @case({"opaque-payload": [A]}, is_={A: DARK}, verdict="inconclusive",
          also=named(None, None))
    def telephone_events_in_sound_of_no_known_codec(c):
        """Packets of an event share a timestamp, and the sound's own never do:
        no picture is in several packets here."""
        row = c._of(c.audio(A, ALICE, SFU, step=.03).noise(300))
        pressed(c, row, 3, *[b"\x09\x0a\x00\xa0"] * 3)

    def thirty(c):
        """30 ms of sound a packet, which no codec is known by."""
        return c._of(c.audio(A, ALICE, SFU, step=.03).sframe(200, kid=9, ctr=300))

    @case({"keys-pressed-clear": [A]}, near=("frame-too-short",), is_={A: UP})
    def a_key_pressed_amid_sound_of_no_known_codec(c):
        pressed(c, thirty(c), 60, *(
            bytes((5, end | 10, 0, 160)) for end in (0, 0, 128, 128)))

    @case({"frame-too-short": [A]}, near=("keys-pressed-clear",),
          verdict="fail", is_={A: UP})
    def four_octets_that_are_no_key(c):
        pressed(c, thirty(c), 60, b"\x45\x0a\x00\xa0")

    @case(is_={A: DARK}, verdict="inconclusive", also=named("video", None))
    def packets_that_all_read_as_parameter_sets(c):
        """68 and random octets in each: H.264 has slices as well."""
        def cut(octets, number, room):
            return [b"\x68" + octets[i:i + 1000]
                    for i in range(0, len(octets), 1000)]
        c.audio(A, ALICE, SFU, pt=100, step=1 / 30, pack=cut).octets(*[
            lambda rng: rng.randbytes(2500 + rng.randrange(40))] * 150)

    @case({"partly-clear": [A]}, near=("reserved-set",), is_={A: PARTLY})
    def red_keeps_its_first_octet(c):
        """F and the payload type of the blocks, alike in all packets: it reads as
        S, E and T with reserved bits."""
        c.audio(A, ALICE, SFU, pt=63).octets(*[
            lambda rng, n=n: b"\xef" + header(3, n) + rng.randbytes(
                rng.randrange(90, 130)) for n in range(107, 307)])

    @case(near="keys-pressed-clear", is_={A: UP}, sdp=events)
    def quiet_telephone_events_under_sframe(c):
        between(c, c.audio(A, ALICE, SFU).sframe(400, kid=9), 126,
                header(9, 70000) + c.rng.randbytes(4 + 16), every=400)

    @case({"stream-plaintext": [A]}, near="keys-pressed-clear", verdict="fail",
          is_={A: CLEAR}, sdp=events)
    def telephone_events_in_a_clear_call(c):
        between(c, c.audio(A, ALICE, SFU).plain(400), 126,
                b"\x05\x0a\x03\x20")

    @case({"comfort-noise-clear": [A]}, is_={A: UP}, also=told("33 frames"))
    def comfort_noise(c):
        between(c, c.audio(A, ALICE, SFU).sframe(400, kid=9), 13, b"\x40\x07",
                every=12)

    @case({"stream-plaintext": [A]}, near="comfort-noise-clear",
          verdict="fail", is_={A: CLEAR})
    def comfort_noise_in_a_clear_call(c):
        between(c, c.audio(A, ALICE, SFU).plain(400), 13, b"\x40\x07",
                every=12)

    def whole(ssrc, n, codec):
        def ask(name, report, text):
            s = [s for s in report["streams"]
                 if s["ssrc"] == "0x%08x" % ssrc][0]
            check("%s: %d frames of %s, none without a header" % (
                name, n, codec), s["frames"] == n and s["codec"] == codec and
                s["incomplete_frames"] == 0 and
                s["frames_by_state"]["unknown"] == 0, s)
        return ask

    @case(is_={A: UP}, also=whole(A, 300, "opus"))
    def quiet_red_begins_under_way(c):
        """The payload type changes; its blocks are those of before."""
        a = c.audio(A, ALICE, SFU).sframe(300, kid=9, ctr=300)
        pack = red()
        for i, p in enumerate(c._of(a)):
            if 100 <= i < 200:
                p.payload, p.pt = pack(p.payload, i, 0)[0], 63

    @case(is_={A: UP}, also=whole(A, 300, "other"),
          sdp=lambda: opus(pt=98).replace("opus/48000/2", "AMR-WB/16000"))
    def quiet_audio_of_a_codec_that_is_not_known(c):
        c.audio(A, ALICE, SFU, pt=98).sframe(300, kid=9)

    @case(is_={AV: UP}, also=lambda name, report, text: check(
        name + ": all frames", report["streams"][0]["frames"] == 120,
        report["streams"][0]), sdp=lambda: sdp(("video", 98, "H266/90000", [])))
    def quiet_video_of_a_codec_that_is_not_known(c):
        c.video(AV, ALICE, SFU, pt=98, pack=packets.raw).sframe(120, kid=9)

    @case(is_={AV: UP}, also=whole(AV, 120, None))
    def quiet_slices_few_of_which_go_on(c):
        """Nearly every frame fits into a packet, and those of two are frames all
        the same."""
        c.video(AV, ALICE, SFU, pt=98, pack=packets.raw).sframe(120, kid=9)

    @case({"partly-clear": [AV]}, is_={AV: PARTLY}, also=whole(AV, 150, "h264"))
    def h264_begins_with_two_key_frames(c):
        """Both leave as much in the clear, which later ones tell."""
        v = c.video(AV, ALICE, SFU, codec="h264") \
            .sframe(150, kid=9, prefix=40, key_prefix=64)
        at, number, make, _ = v.frames[1]
        v.frames[1] = (at, number, make, v.frames[0][3])

    @case(is_={AV: UP}, also=relation(0xfe, AV, "flexfec"))
    def quiet_flexfec_on_its_own(c):
        v = c.video(AV, ALICE, SFU).sframe(200, kid=9)
        for i, p in enumerate(c._of(v)[::10]):
            c.packets.append(p.copy(
                ssrc=0xfe, pt=49, seq=700 + i, ns=p.ns + MS,
                payload=c.rng.randbytes(8) + struct.pack(
                    ">IIH", 1 << 24, AV, p.seq & 0xffff) + b"\x81\x01" +
                c.rng.randbytes(400)))
        c.packets.sort(key=lambda p: p.ns)

    @case({"packetizer-rewrote": [AV]}, verdict="fail", is_={AV: UP},
          sdp=video("AV1"))
    def av1_packetizer_over_ciphertext_with_sdp(c):
        c.video(AV, ALICE, SFU, codec="av1").sframe(200, kid=15, ctr=8)

    # ==== header extensions ==================================================

    def named(name, report, text):
        s = report["streams"][0]
        check(name + ": MID and RID", s["mid"] == "0" and s["rid"] == "hi", s)

    def extended(c, profile, element):
        """MID as id 4 and RID as id 5, in one form or the other."""
        v = c.video(AV, ALICE, SFU).sframe(200, kid=9)
        for p in c._of(v):
            p.ext = (profile, element(4, b"0") + element(5, b"hi"))

    EXTMAPS = ["a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
               "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"]

    def with_extmaps():
        return sdp(("video", 96, "VP8/90000", EXTMAPS))

    @case(is_={AV: UP}, also=named, sdp=with_extmaps)
    def quiet_extensions_of_one_octet(c):
        extended(c, 0xbede, lambda i, d: bytes([i << 4 | len(d) - 1]) + d)

    @case(is_={AV: UP}, also=named, sdp=with_extmaps)
    def quiet_extensions_of_two_octets(c):
        extended(c, 0x1000, lambda i, d: bytes([i, len(d)]) + d)

    # ==== simulcast ==========================================================

    BV = 0xb2

    def layers(grouped):
        def ask(name, report, text):
            by = {s["ssrc"]: s for s in report["streams"]}
            a, b = by["0x000000a2"], by["0x000000b2"]
            first = min(a["id"], b["id"], key=int)
            want = {x["id"]: {"source": first, "rid": x["rid"]} if grouped
                    else None for x in (a, b)}
            check(name + ": simulcast", {
                x["id"]: x["simulcast"] for x in (a, b)} == want,
                [a["simulcast"], b["simulcast"]])
            check(name + ": and the table says so",
                  ("layer of #%s" % first in text) == grouped, text)
        return ask

    def pair(c, seeds=(5, 5), cnames=("", "")):
        """Two streams of video; the same seed: the same times of capture, None:
        one every 1/15 s."""
        for ssrc, seed, cname in zip((AV, BV), seeds, cnames):
            v = c.video(ssrc, ALICE, SFU, cname=cname) \
                .sframe(150, kid=10 if cname == "bob" else 9, ctr=ssrc << 12)
            rng = random.Random(seed)
            v.frames = [(f[0] + (rng.randrange(15) / 1000 if seed else 0),
                         *f[1:]) for f in v.frames]

    @case(is_={AV: UP, BV: UP}, also=layers(True))
    def quiet_two_layers_of_a_camera(c):
        pair(c)

    @case(is_={AV: UP, BV: UP}, also=layers(True))
    def quiet_two_layers_with_loss(c):
        pair(c)
        c.lose(part=.03)

    @case(is_={AV: UP, BV: UP}, also=layers(False))
    def quiet_two_cameras_of_a_sender(c):
        pair(c, seeds=(5, 6), cnames=("alice", "alice"))

    @case(is_={AV: UP, BV: UP}, also=layers(False))
    def quiet_two_cameras_that_tick_evenly(c):
        """What is the same at any distance shows nothing."""
        pair(c, seeds=(None, None), cnames=("alice", "alice"))

    @case(is_={AV: UP, BV: UP}, also=layers(False))
    def quiet_two_senders_of_one_clock(c):
        pair(c, cnames=("alice", "bob"))

    SIM = ["a=ssrc-group:SIM %d %d" % (AV, BV)]

    @case(is_={AV: UP, BV: UP}, also=layers(True),
          sdp=lambda: sdp(("video", 96, "VP8/90000", SIM)))
    def quiet_layers_that_sdp_groups(c):
        pair(c, seeds=(5, 6))

    def rid_case(mids, grouped):
        def build(c):
            for ssrc in (AV, BV):
                c.video(ssrc, ALICE, SFU).sframe(150, kid=9, ctr=ssrc << 12)
            for s, mid, rid in zip(c.streams, mids, (b"q", b"h")):
                for p in c._of(s):
                    p.ext = (0xbede, b"".join(
                        bytes([n << 4 | len(d) - 1]) + d
                        for n, d in ((4, mid), (5, rid))))
        build.__name__ = "quiet_rids_of_%s" % (
            "one_mid" if grouped else "two_mids")
        case(is_={AV: UP, BV: UP}, also=layers(grouped), sdp=with_extmaps)(build)

    rid_case((b"0", b"0"), True)
    rid_case((b"0", b"1"), False)

    # ==== announced and never sent ===========================================

    def silent(said):
        def ask(name, report, text):
            got = [x for x in report["limits"] if "0x000000b2" in x]
            check(name + ": what was never sent", len(got) == (said is not None)
                  and all(said in x for x in got), report["limits"])
        return ask

    def announced(c, cname="alice", video=False):
        """Audio, and a stream that sends reports and nothing else."""
        c.audio(A, ALICE, SFU, cname="alice").sframe(300, kid=9)
        if video:
            c.video(AV, ALICE, SFU, cname="alice").sframe(100, kid=9, ctr=9000)
        s = Stream(c, "video", BV, ALICE, SFU)
        s.cname = cname
        c.extra += [c._report(s, at) for at in (1, 2, 3)]

    @case(is_={A: UP}, also=silent("in RTCP"))
    def quiet_reports_and_no_packet(c):
        announced(c)

    @case(is_={A: UP}, also=silent("in SDP as video"),
          sdp=lambda: sdp(("video", 96, "H264/90000",
                           ["a=ssrc:%d cname:alice" % BV])))
    def quiet_sdp_names_video_and_no_packet(c):
        c.audio(A, ALICE, SFU, cname="alice").sframe(300, kid=9)

    @case(is_={A: UP}, also=silent(None))
    def quiet_reports_of_another_sender(c):
        announced(c, cname="bob")

    @case(is_={A: UP, AV: UP}, also=silent(None))
    def quiet_reports_of_a_layer_that_rests(c):
        announced(c, video=True)
