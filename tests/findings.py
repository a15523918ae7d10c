"""
findings.py - every finding has a call that trips it and a near twin that does
not; and the calls of the contract that must be quiet are quiet.

	findings.py [-k] [PART-OF-A-NAME...]     -k keeps the captures, in build/calls

A case is a function that builds a capture, and what check must say of it: the
slugs and on which SSRCs, each with nothing beside them; the verdict and so the
exit status; the protection per SSRC. near names the finding that a twin just
does not trip. The function's text says what the call is.
"""
import hashlib
import json
import math
import os
import sys

import endcases
import feccases
import formcases
import headcases
import mistakes
import mkcap
import redcases
import rtpcases
import samplecases
from harness import (STATUS, TOP, Schema, check, finish, run, scratch,
                     slugs_by_ssrc, strict)

ALICE, BOB, CAROL = "10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.3:4000"
SFU = "10.0.0.9:9000"
A, AV, B, BV, C = 0xa1, 0xa2, 0xb1, 0xb2, 0xc1  # SSRCs
AR = 0xa7                                       # of retransmissions
UP = ("consistent",)
DARK = ("undecidable",)
cases = []


def case(finds=None, near=(), options=(), may=(), verdict=None, status=None,
         is_=None, also=None, sdp=None, snap=262144, cut=0, tell=None,
         keys=None):
    """finds: {slug: SSRCs or ()}; may: slugs that are allowed beside them."""
    def keep(make):
        cases.append(dict(
            name=make.__name__, make=make, finds=finds or {}, options=options,
            near=(near,) if isinstance(near, str) else near, may=may, is_=is_,
            verdict=verdict or "pass", status=status, also=also, sdp=sdp,
            snap=snap, cut=cut, tell=tell, keys=keys))
        return make
    return keep


def alice(c, **o):
    return c.audio(A, ALICE, SFU, cname="alice", **o)


def alice_video(c, **o):
    return c.video(AV, ALICE, SFU, cname="alice", **o)


def bob(c, **o):
    return c.audio(B, BOB, SFU, cname="bob", **o)


def offer(sframe, *ssrcs):
    """An SDP with one audio section, Opus on 111, and one of video, VP8."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    for i, (kind, pt, fmt) in enumerate((("audio", 111, "opus/48000/2"),
                                         ("video", 96, "VP8/90000"))):
        more = " 97" if kind == "video" else ""
        lines += ["m=%s 9 UDP/TLS/RTP/SAVPF %d%s" % (kind, pt, more),
                  "c=IN IP4 0.0.0.0", "a=mid:%d" % i,
                  "a=rtpmap:%d %s" % (pt, fmt)]
        if more:
            lines += ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
        lines += ["a=sframe"] if sframe else []
        lines += ["a=ssrc:%d cname:x" % s for s in ssrcs if s % 2 == 1 - i]
    return "\r\n".join(lines) + "\r\n"


# ==== the header ============================================================

@case({"kid-not-minimal": [A]}, verdict="fail", is_={A: UP})
def kid_300_in_three_octets(c):
    alice(c).sframe(200, kid=300, kid_octets=3)


@case(near="kid-not-minimal", is_={A: UP})
def kid_300_in_two_octets(c):
    alice(c).sframe(200, kid=300)


@case({"kid-not-minimal": [A]}, near="kid-not-inline", verdict="fail")
def kid_5_in_two_octets(c):
    alice(c).sframe(200, kid=5, kid_octets=2)


@case({"ctr-not-minimal": [A]}, verdict="fail", is_={A: UP})
def ctr_300_in_three_octets(c):
    alice(c).sframe(200, kid=9, ctr=300, ctr_octets=3)


@case(near="ctr-not-minimal", is_={A: UP})
def ctr_300_in_two_octets(c):
    alice(c).sframe(200, kid=9, ctr=300)


@case({"ctr-not-minimal": [A]}, verdict="fail", is_={A: UP})
def ctr_always_four_octets(c):
    alice(c).sframe(300, kid=9, ctr_octets=4)


@case({"kid-not-inline": [A]}, verdict="fail", is_={A: UP})
def kid_5_in_one_octet(c):
    alice(c).sframe(200, kid=5, kid_octets=1)


@case(near="kid-not-inline", is_={A: UP})
def kid_8_in_one_octet(c):
    alice(c).sframe(200, kid=8)


@case({"ctr-not-inline": [A]}, verdict="fail", is_={A: UP})
def ctr_below_8_in_one_octet(c):
    alice(c).sframe(200, kid=9, ctr_octets=1)


@case(near="ctr-not-inline", is_={A: UP})
def ctr_from_8_in_one_octet(c):
    alice(c).sframe(200, kid=9, ctr=8, ctr_octets=1)


@case({"header-short": [A]}, verdict="fail", is_={A: UP})
def one_frame_ends_in_its_header(c):
    alice(c).sframe(100, kid=300).octets(mkcap.header(300, 100)[:2]) \
        .sframe(100, kid=300, ctr=101)


@case({"frame-too-short": [A]}, near="header-short", verdict="fail",
      is_={A: UP})
def one_frame_with_three_octets_behind_its_header(c):
    alice(c).sframe(100, kid=300) \
        .octets(lambda rng: mkcap.header(300, 100) + rng.randbytes(3)) \
        .sframe(100, kid=300, ctr=101)


@case(near="frame-too-short", is_={A: UP})
def one_frame_with_nothing_but_a_tag_of_32_bits(c):
    alice(c).sframe(100, kid=300) \
        .octets(lambda rng: mkcap.header(300, 100) + rng.randbytes(4)) \
        .sframe(100, kid=300, ctr=101)


@case(is_={A: UP})
def a_suite_with_tags_of_32_bits(c):
    alice(c).sframe(300, kid=9, tag=4)


# ==== nonces ================================================================

@case({"ctr-reused": [A]}, verdict="fail", is_={A: UP})
def counter_from_zero_again_under_one_kid(c):
    alice(c).sframe(200, kid=9).sframe(200, kid=9, ctr=0)


@case(near="ctr-reused", is_={A: UP})
def counter_from_zero_again_under_a_new_kid(c):
    alice(c).sframe(200, kid=9).sframe(200, kid=10, ctr=0)


@case({"ctr-reused": [A, 0xad]}, verdict="fail", is_={A: UP, 0xad: UP})
def page_reload_with_the_same_key(c):
    """A new SSRC and CNAME from the same address, and the counter again."""
    alice(c).sframe(200, kid=9)
    c.audio(0xad, ALICE, SFU, cname="later", start=4.5).sframe(200, kid=9)


def forwards_nothing(name, report, text):
    check("%s: nothing is forwarded" % name,
          not [s for s in report["streams"] if s["forwards"]], report["streams"])


@case({"ctr-reused": [A, 0xad]}, verdict="fail", is_={A: UP, 0xad: UP},
      also=forwards_nothing)
def page_reload_that_begins_with_the_same_silence(c):
    """One frame of the new stream is one of the old, octet for octet: by chance,
    and the two are no copies."""
    silence = mkcap.header(9, 0) + bytes(range(3, 41))
    alice(c).octets(silence).sframe(200, kid=9, ctr=1)
    c.audio(0xad, ALICE, SFU, cname="later", start=4.5).octets(silence) \
        .sframe(200, kid=9, ctr=1)


@case({"ctr-reused": [A, 0xe1]}, verdict="fail", is_={A: UP, 0xe1: UP},
      also=lambda name, report, text: check(
          "%s: a copy all the same" % name,
          [s["forwards"] for s in report["streams"]] == [None, "1"], report["streams"]))
def one_counter_all_the_time_behind_an_sfu(c):
    """More ciphertexts of one nonce than are remembered, each sent on."""
    a = alice(c).sframe(20, kid=9)
    for _ in range(200):
        a.sframe(1, kid=9, ctr=7)
    c.forward(a, 0xe1, SFU, BOB, after_ms=10)


@case(near="ctr-reused", is_={A: UP, 0xad: UP})
def page_reload_with_a_new_key(c):
    alice(c).sframe(200, kid=9)
    c.audio(0xad, ALICE, SFU, cname="later", start=4.5).sframe(200, kid=10)


@case({"ctr-reused": [A, AV]}, verdict="fail", is_={A: UP, AV: UP})
def audio_and_video_each_count_from_zero(c):
    alice(c).sframe(400, kid=9)
    alice_video(c).sframe(120, kid=9)


@case(near="ctr-reused", is_={A: UP, AV: UP})
def audio_and_video_share_one_counter(c):
    a = alice(c).sframe(400, kid=9)
    alice_video(c, counter=a.counter).sframe(120, kid=9)


@case({"ctr-reused": [A]}, verdict="fail", is_={A: UP})
def one_nonce_twice_in_a_long_call(c):
    """Frame 300 takes the counter of frame 250."""
    alice(c).sframe(300, kid=9).sframe(1, kid=9, ctr=250) \
        .sframe(300, kid=9, ctr=300)


@case({"ctr-went-back": [A]}, is_={A: UP})
def counter_falls_to_values_not_used(c):
    alice(c).sframe(200, kid=9, ctr=5000).sframe(200, kid=9, ctr=1000)


@case(near="ctr-went-back", is_={A: UP})
def counter_jumps_ahead(c):
    alice(c).sframe(200, kid=9, ctr=1000).sframe(200, kid=9, ctr=5000)


@case(is_={A: UP})
def counter_by_three(c):
    alice(c).sframe(300, kid=9, ctr=0, step=3)


@case({"ctr-reused": [A]}, verdict="fail", is_=None)
def every_counter_twice(c):
    a = alice(c)
    for i in range(150):
        a.sframe(2, kid=9, ctr=i, step=0)


@case({"ctr-reused": [A]}, verdict="fail", is_=None)
def a_counter_that_never_moves(c):
    alice(c).sframe(300, kid=300, ctr=77777, step=0)


def round_again(stream, n, kid, period):
    """CTR counts to period and starts over."""
    for i in range(n):
        stream.sframe(1, kid=kid, ctr=i % period)
    return stream


for kid in 20, 300:
    for period in 1, 2, 3, 4, 8, 16:
        def made(c, kid=kid, period=period):
            round_again(alice(c), 300, kid, period)
            round_again(alice_video(c).sframe(100, kid=kid + 1), 200, kid + 1,
                        period)
        made.__name__ = "counters_of_kid_%d_start_over_after_%d" % (kid, period)
        case({"ctr-reused": [A, AV]}, verdict="fail", is_={A: UP, AV: UP})(made)


@case({"ctr-reused": [A]}, verdict="fail", is_={A: UP})
def counters_of_a_short_kid_that_was_known_start_over(c):
    round_again(alice(c).sframe(100, kid=5), 300, 5, 3)


@case(near="ctr-reused", verdict="inconclusive", is_={A: DARK})
def first_octets_that_go_round(c):
    """50 to 52: one octet in front of noise is no header by itself."""
    round_again(alice(c), 300, 5, 3)


@case({"opaque-payload": [A]}, near="ctr-reused", verdict="inconclusive",
      is_={A: DARK})
def two_octets_that_stay_and_noise(c):
    """88 14, and what would be a CTR of one octet is noise."""
    alice(c).octets(*[lambda rng: b"\x88\x14" + rng.randbytes(80)] * 300)


@case({"ctr-reused": [A], "plaintext-gap": [A]}, verdict="fail",
      is_={A: ("mixed",)}, tell={A: 100})
def a_counter_starts_over_until_the_key_is_gone(c):
    round_again(alice(c), 300, 300, 4).plain(100)


@case({"ctr-reused": [A]}, verdict="fail", is_={A: UP})
def a_counter_that_never_moves_for_a_second(c):
    alice(c).sframe(200, kid=300).sframe(50, kid=300, ctr=200, step=0) \
        .sframe(200, kid=300, ctr=201)


@case(near="ctr-reused", verdict="inconclusive", is_={A: DARK},
      may=("header-short", "frame-too-short", "stray-clear",
           "silence-injected"),
      options=["--fail-on", "critical"])
def single_clear_frames_under_kid_7(c):
    """Read as a header, each of them has KID 7 and a CTR long gone."""
    a = alice(c)
    for _ in range(40):
        a.sframe(20, kid=7).plain(1)


@case({"frames-unexplained": [A]}, near="ctr-reused", verdict="inconclusive",
      is_={A: DARK}, may=("stray-clear",))
def single_strange_frames_under_kid_0(c):
    a = alice(c)
    for _ in range(60):
        a.sframe(20, kid=0).noise(1)


@case({"frame-repeated": [A]}, is_={A: UP})
def a_second_of_frames_replayed(c):
    """The same octets under new numbers, fifty frames of them."""
    row = []
    a = alice(c).sframe(200, kid=9)
    for i in range(50):
        row.append(mkcap.header(9, 200 + i) + c.rng.randbytes(60))
    a.octets(*row).octets(*row).sframe(200, kid=9, ctr=250)


@case({"frame-repeated": [A]}, is_={A: UP})
def a_frame_sent_again_under_new_numbers(c):
    c.again(alice(c).sframe(200, kid=9), at=100, n=3)


@case(near="frame-repeated", is_={A: UP})
def packets_twice_under_their_numbers(c):
    alice(c).sframe(200, kid=9)
    c.duplicate(every=3)


# ==== key ids ===============================================================

@case({"kid-shared": [0xe1, 0xe2]}, near="ctr-reused", is_={0xe1: UP, 0xe2: UP})
def an_sfu_sends_two_senders_of_one_kid(c):
    """RFC 9605 5.1: Alice and Bob count alike under keys of their own, and the
    SFU sends both from one address, each under its own CNAME."""
    c.audio(0xe1, SFU, CAROL, cname="alice").sframe(200, kid=9)
    c.audio(0xe2, SFU, CAROL, cname="bob").sframe(200, kid=9)


@case({"ctr-reused": [0xe1, 0xe2]}, verdict="fail", is_={0xe1: UP, 0xe2: UP})
def one_endpoint_sends_two_streams_of_one_kid(c):
    c.audio(0xe1, SFU, CAROL, cname="alice").sframe(200, kid=9)
    c.audio(0xe2, SFU, CAROL, cname="alice").sframe(200, kid=9)


@case({"plaintext-start": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 123})
def sframe_begins_where_a_block_ends(c):
    """A KID and counter in the config octet need seven frames to be seen."""
    alice(c).plain(123).sframe(300, kid=5)


@case({"kid-drift": [B]}, verdict="fail", is_={A: UP, B: UP})
def one_of_two_rotates_four_seconds_late(c):
    alice(c).sframe(300, kid=0x21).sframe(400, kid=0x22, ctr=0)
    bob(c).sframe(500, kid=0x31).sframe(200, kid=0x32, ctr=0)


@case(near="kid-drift", is_={A: UP, B: UP})
def one_of_two_rotates_a_second_late(c):
    alice(c).sframe(300, kid=0x21).sframe(400, kid=0x22, ctr=0)
    bob(c).sframe(350, kid=0x31).sframe(350, kid=0x32, ctr=0)


@case({"ctr-not-minimal": [A]}, near="not-rfc9605", verdict="fail",
      is_={A: UP})
def padded_counter_of_three_octets_behind_a_long_kid(c):
    """Twelve octets of header, of which the last four look like an IV's."""
    alice(c).sframe(300, kid=0xe3ae3e908f42ce15, ctr_octets=3)


@case({"kid-drift": [B], "kid-shared": [A, B]}, verdict="fail",
      is_={A: UP, B: UP})
def joins_late_on_a_kid_that_was_left(c):
    """Two senders; the KID is the other's of five seconds before."""
    alice(c).sframe(500, kid=300).sframe(1000, kid=301)
    bob(c, start=15).sframe(700, kid=300)


@case({"kid-shared": [A, B]}, near="kid-drift", is_={A: UP, B: UP})
def joins_late_on_the_kid_of_the_call(c):
    alice(c).sframe(500, kid=300).sframe(1000, kid=301)
    bob(c, start=15).sframe(700, kid=301)


@case({"kid-shared": [A, B], "kid-went-back": [A], "kid-not-followed": [B]},
      near="kid-drift", is_={A: UP, B: UP})
def joins_late_on_a_kid_that_came_back(c):
    alice(c).sframe(500, kid=300).sframe(300, kid=301).sframe(700, kid=300)
    bob(c, start=18).sframe(600, kid=300)


@case({"kid-not-followed": [B]}, near="kid-drift", is_={A: UP, B: UP})
def joins_late_with_a_ratchet_of_its_own(c):
    alice(c).sframe(500, kid=0x110).sframe(1000, kid=0x111)
    bob(c, start=15).sframe(700, kid=0x120)


@case({"kid-drift": [AV]}, verdict="fail", is_={A: UP, AV: UP})
def video_of_one_sender_rotates_late(c):
    alice(c).sframe(300, kid=9).sframe(400, kid=10, ctr=0)
    alice_video(c).sframe(150, kid=9, ctr=10000).sframe(60, kid=10, ctr=20000)


@case(near="kid-drift", options=["--kid-scheme", "sender:4"],
      is_={A: UP, B: UP})
def senders_ratchet_each_on_its_own(c):
    """RFC 9605 5.1: no epoch in common, so nobody is behind."""
    alice(c).sframe(300, kid=0x21).sframe(400, kid=0x22, ctr=0)
    bob(c).sframe(700, kid=0x31)


@case(near="kid-drift", is_={A: UP, B: UP, C: UP})
def three_rotate_within_a_second(c):
    for ssrc, src, name, at in ((A, ALICE, "alice", 300), (B, BOB, "bob", 325),
                                (C, CAROL, "carol", 350)):
        c.audio(ssrc, src, SFU, cname=name) \
            .sframe(at, kid=(ssrc & 0xf0) | 1) \
            .sframe(700 - at, kid=(ssrc & 0xf0) | 2, ctr=0)


def three(c, *at):
    for ssrc, src, name, n in zip((A, B, C), (ALICE, BOB, CAROL),
                                  ("alice", "bob", "carol"), at):
        c.audio(ssrc, src, SFU, cname=name) \
            .sframe(n, kid=(ssrc & 0xf0) | 1) \
            .sframe(700 - n, kid=(ssrc & 0xf0) | 2, ctr=0)


@case({"kid-ahead": [A]}, near="kid-drift", is_={A: UP, B: UP, C: UP})
def one_of_three_is_early(c):
    """The group has left a KID when half of it has: nobody stayed behind."""
    three(c, 200, 450, 455)


@case(near="kid-ahead", is_={A: UP, B: UP, C: UP})
def one_of_three_is_a_little_early(c):
    three(c, 360, 450, 455)


@case({"kid-not-followed": [B]}, near="kid-drift", is_={A: UP, B: UP})
def one_of_two_never_changes(c):
    alice(c).sframe(300, kid=0x21).sframe(400, kid=0x22, ctr=0)
    bob(c).sframe(700, kid=0x31)


@case(near="kid-not-followed", is_={A: UP, B: UP})
def both_of_two_change(c):
    alice(c).sframe(300, kid=0x21).sframe(400, kid=0x22, ctr=0)
    bob(c).sframe(330, kid=0x31).sframe(370, kid=0x32, ctr=0)


@case({"kid-drift": [B]}, verdict="fail", is_={A: UP, B: UP, C: UP})
def one_of_three_is_late(c):
    three(c, 200, 450, 205)


def each_in_its_time(c, *plans, end=1200):
    """Senders that ratchet on their own, nobody saying so."""
    for ssrc, src, name, at in zip((A, B, C), (ALICE, BOB, CAROL),
                                   ("alice", "bob", "carol"), plans):
        t, begun = c.audio(ssrc, src, SFU, cname=name), 0
        for step, until in enumerate(at + (end,)):
            t.sframe(until - begun, kid=(ssrc & 0xf0) << 4 | step, ctr=0)
            begun = until


@case(near="kid-drift", is_={A: UP, B: UP, C: UP})
def three_ratchet_each_in_its_time(c):
    each_in_its_time(c, (150, 400, 800), (190, 700, 1000), (600, 650, 820))


@case({"kid-drift": [B]}, verdict="fail", is_={A: UP, B: UP, C: UP})
def three_rotate_three_times_and_one_is_late_once(c):
    each_in_its_time(c, (150, 400, 800), (170, 700, 830), (160, 420, 820))


@case(near="kid-drift", may=("kid-not-followed", "kid-late-or-own"),
      is_={A: UP, B: UP})
def two_come_to_three_of_five_keys_together(c):
    """By chance: the others are 3 and 10 seconds apart."""
    each_in_its_time(c, (739, 778, 1057, 1438, 2422),
                     (758, 791, 1225, 1947, 2518), end=3000)


@case(near="kid-drift", may=("kid-not-followed", "kid-late-or-own"),
      is_={A: UP, B: UP})
def two_come_to_one_key_together_and_then_in_a_minute(c):
    each_in_its_time(c, (264, 540, 4411), (305, 3874), end=4500)


@case({"kid-drift": [B]}, verdict="fail", is_={A: UP, B: UP})
def two_come_to_four_of_five_keys_together(c):
    each_in_its_time(c, (739, 778, 1057, 1438, 2422),
                     (758, 791, 1225, 1450, 2430), end=3000)


@case({"kid-late-or-own": [B]}, near="kid-drift", is_={A: UP, B: UP})
def two_change_half_a_minute_apart(c):
    """A rotation that came very late, or two who each ratchet on their own."""
    each_in_its_time(c, (150,), (1000,))


@case(near="kid-late-or-own", is_={A: UP, B: UP, C: UP})
def three_change_half_a_minute_apart(c):
    """Nobody comes to a key together with anybody: these are their own."""
    each_in_its_time(c, (150, 1100), (1000,), (500, 800))


@case(near="kid-late-or-own", options=["--kid-scheme", "sender:4"],
      is_={A: UP, B: UP})
def two_change_half_a_minute_apart_and_may(c):
    each_in_its_time(c, (150,), (1000,))


@case(near="kid-drift", may=("kid-not-followed", "kid-late-or-own"),
      is_={A: UP, B: UP})
def two_whose_delay_grows(c):
    """Two clocks that ratchet, one a little slower."""
    each_in_its_time(c, (200, 400, 600, 800), (320, 640, 960))


def epoch_on_top(c, *plans):
    """The epoch above 16 bits of sender."""
    for ssrc, src, name, at in zip((A, B, C), (ALICE, BOB, CAROL),
                                   ("alice", "bob", "carol"), plans):
        t, begun = c.audio(ssrc, src, SFU, cname=name), 0
        for step, until in enumerate(at + (1200,)):
            t.sframe(until - begun, kid=step + 1 << 16 | ssrc >> 4,
                     ctr=0)
            begun = until


@case({"kid-drift": [C]}, verdict="fail", is_={A: UP, B: UP, C: UP})
def one_is_late_with_the_epoch_on_top(c):
    epoch_on_top(c, (300, 600), (310, 605), (500, 610))


@case(near="kid-drift", is_={A: UP, B: UP, C: UP})
def none_is_late_with_the_epoch_on_top(c):
    epoch_on_top(c, (300, 600), (310, 605), (330, 610))


@case({"kid-went-back": [A]}, is_={A: UP})
def back_to_the_kid_before(c):
    alice(c).sframe(200, kid=0x21).sframe(200, kid=0x22, ctr=0) \
        .sframe(200, kid=0x21, ctr=200)


@case(near="kid-went-back", is_={A: UP})
def on_to_the_next_kid(c):
    alice(c).sframe(200, kid=0x21).sframe(200, kid=0x22, ctr=0) \
        .sframe(200, kid=0x23, ctr=200)


def two_and_a_third(c, last):
    """Alice and Bob go through three epochs; Carol comes with the second, and
    then sends on that key."""
    for who, ctr in ((alice(c), 0), (bob(c), 2**30)):
        for kid, n in ((1000, 250), (1001, 250), (1002, 600)):
            who.sframe(n, kid=kid, ctr=ctr)
    s = c.audio(C, CAROL, SFU, cname="carol", start=6)
    for kid, n in ((1001, 200), (1002, 200), (last, 200)):
        s.sframe(n, kid=kid, ctr=2**31 if kid != 1002 else 2**32)


@case({"kid-shared": [A, B, C], "kid-went-back": [C]}, is_={A: UP, B: UP, C: UP})
def back_to_what_only_the_others_had(c):
    two_and_a_third(c, 1000)


@case({"kid-shared": [A, B, C]}, near="kid-went-back",
      is_={A: UP, B: UP, C: UP})
def on_to_what_nobody_has(c):
    two_and_a_third(c, 1003)


@case(near="kid-went-back", is_={0xe1: UP})
def an_sfu_that_switches_between_two_speakers(c):
    """One SSRC of the SFU carries now Alice, now Bob."""
    s = c.audio(0xe1, SFU, ALICE)
    s.sframe(150, kid=0x210, ctr=500).sframe(150, kid=0x350, ctr=70)
    s.sframe(150, kid=0x210, ctr=900).sframe(150, kid=0x350, ctr=400)


def two_on_one_kid(c):
    alice(c).sframe(300, kid=9)
    bob(c).sframe(300, kid=9)


@case({"kid-shared": [A, B]}, near="ctr-reused", is_={A: UP, B: UP})
def two_senders_on_one_kid(c):
    two_on_one_kid(c)


@case({"kid-shared": [A, B], "ctr-reused": [A, B]}, verdict="fail",
      options=["--kid-scheme", "raw"], is_={A: UP, B: UP})
def two_senders_on_one_kid_that_is_session_wide(c):
    two_on_one_kid(c)


@case({"kid-shared": [A, B], "ctr-reused": [A, B]}, verdict="fail",
      options=["--kid-scheme", "mls:4,4"], is_={A: UP, B: UP})
def two_senders_on_one_kid_of_mls(c):
    two_on_one_kid(c)


@case(near="kid-shared", options=["--kid-scheme", "sender:4"],
      is_={A: UP, B: UP})
def two_senders_on_one_kid_of_their_own(c):
    two_on_one_kid(c)


@case(near="kid-shared", is_={A: UP, B: UP})
def two_senders_on_two_kids(c):
    alice(c).sframe(300, kid=9)
    bob(c).sframe(300, kid=17)


@case({"not-rotated": [A]}, is_={A: UP, B: UP})
def one_leaves_and_the_other_keeps_its_kid(c):
    alice(c).sframe(800, kid=0x21)
    bob(c, bye=True).sframe(400, kid=0x31)


@case(near="not-rotated", is_={A: UP, B: UP})
def one_leaves_and_the_other_rotates(c):
    alice(c).sframe(430, kid=0x21).sframe(370, kid=0x22, ctr=0)
    bob(c, bye=True).sframe(400, kid=0x31)


@case(near="not-rotated", is_={A: UP, B: UP})
def both_leave_together(c):
    alice(c, bye=True).sframe(430, kid=0x21)
    bob(c, bye=True).sframe(400, kid=0x31)


# ==== media in the clear ====================================================

@case({"stream-plaintext": [A]}, verdict="fail", is_={A: ("plaintext",)})
def audio_in_the_clear(c):
    alice(c).plain(300)


@case(near="stream-plaintext", is_={A: UP})
def audio_encrypted(c):
    alice(c).sframe(300, kid=9)


def mulaw(x):
    """A sample of 14 bits by the law of G.711, table 2a."""
    sign, x = (0x80, x) if x >= 0 else (0, -x)
    x = min(x, 8158) + 33
    e = x.bit_length() - 6
    return (sign | 0x7f) ^ (e << 4 | x >> e + 1 & 15)


@case({"stream-plaintext": [A]}, verdict="fail", is_={A: ("plaintext",)})
def a_hum_in_companded_samples(c):
    """Half a wave of it is eighty octets in a row that are printable."""
    def frame(rng):
        pitch, loud = rng.uniform(45, 55), rng.uniform(200, 1500)
        at = rng.randrange(160)
        return bytes(mulaw(round(loud * math.sin(
            pitch * math.tau * i / 8000) + rng.gauss(0, loud / 20)))
            for i in range(at, at + 160))
    alice(c, pt=0).octets(*[frame] * 600)


@case({"stream-plaintext": [AV]}, verdict="fail", is_={AV: ("plaintext",)})
def video_in_the_clear(c):
    alice_video(c).plain(120)


@case({"stream-plaintext": [AV]}, verdict="fail",
      is_={A: UP, AV: ("plaintext",)})
def video_in_the_clear_beside_encrypted_audio(c):
    alice(c).sframe(300, kid=9)
    alice_video(c).plain(90)


@case({"stream-plaintext": [B]}, verdict="fail",
      is_={A: UP, B: ("plaintext",)})
def one_of_two_in_the_clear(c):
    alice(c).sframe(300, kid=9)
    bob(c).plain(300)


@case({"stream-plaintext": [A]}, verdict="fail", is_={A: ("plaintext",)})
def half_silence_in_the_clear(c):
    """DTX: a second of frames, then one octet every 400 ms."""
    a = alice(c)
    for _ in range(10):
        a.plain(50).octets(b"\x78").pause(0.38).octets(b"\x78").pause(0.38)


@case({"stream-plaintext": [A]}, verdict="fail", is_={A: ("plaintext",)})
def silence_in_the_clear(c):
    """A muted microphone and DTX: few frames, and single octets."""
    a = alice(c)
    for _ in range(20):
        a.plain(5).octets(b"\x78").pause(0.38).octets(b"\x78").pause(0.38)


@case({"stream-plaintext": [A], "header-on-plaintext": [A]}, verdict="fail",
      is_={A: ("plaintext",)}, may=("frame-too-short",))
def header_bolted_onto_clear_audio(c):
    alice(c).bolted(300, kid=9)


@case({"stream-plaintext": [AV], "header-on-plaintext": [AV]}, verdict="fail",
      is_={AV: ("plaintext",)})
def header_bolted_onto_clear_video(c):
    alice_video(c).bolted(120, kid=300)


@case({"stream-plaintext": [A], "header-on-plaintext": [A]}, verdict="fail",
      is_={A: ("plaintext",)}, may=("frame-too-short",))
def bolted_headers_to_the_last_frame(c):
    """The last block of frames is too short for a test of its own."""
    alice(c).bolted(140, kid=9)


@case({"stream-plaintext": [AV], "header-on-plaintext": [AV]}, verdict="fail",
      is_={AV: ("plaintext",)})
def header_bolted_onto_video_that_ends_in_zeros(c):
    """Four frames of ten: six zeros read as the end of an IV, and a key index."""
    box, v = mkcap.Counter(), alice_video(c)
    v.add(40, lambda rng, real: mkcap.header(2**60, box.next) + real +
          bytes(6 * (box.take() % 10 > 5)))


@case({"plaintext-gap": [A], "header-on-plaintext": [A]}, verdict="fail",
      is_={A: ("mixed",)}, may=("frame-too-short",), tell={A: 57})
def bolted_headers_for_a_second(c):
    """Frames are judged by the hundred, and the first fourteen of these with
    the second. All are told but three or so, at the edges."""
    alice(c).sframe(240, kid=9).bolted(60, kid=9, ctr=240).sframe(
        200, kid=9, ctr=300)


@case(near="header-on-plaintext", is_={A: UP})
def a_header_in_front_of_ciphertext(c):
    alice(c).sframe(300, kid=9)


# ==== one frame, and silence ================================================

@case({"plaintext-gap": [AV]}, verdict="fail", is_={AV: ("mixed",)}, tell={AV: 1})
def one_clear_key_frame(c):
    """Frame 0 of the clear media, and so frame 67, is a key frame."""
    alice_video(c).sframe(67, kid=9).plain(1).sframe(60, kid=9)


@case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 1})
def one_clear_frame_of_audio(c):
    alice(c).sframe(200, kid=9).plain(1).sframe(200, kid=9)


@case({"stray-clear": [A]}, near="plaintext-gap", is_={A: UP})
def one_clear_frame_of_a_rare_kind(c):
    """SILK at a middle band: one in eight random strings looks so."""
    alice(c).sframe(200, kid=9).octets(
        lambda rng: b"\x28" + rng.randbytes(50)).sframe(200, kid=9)


@case({"frames-unexplained": [A]}, near="stray-clear", is_={A: UP})
def one_strange_frame_that_is_no_audio(c):
    """Opus of 0 frames: its second octet says so, and no packet may."""
    alice(c).sframe(200, kid=9).octets(
        lambda rng: b"\xff\x00" + rng.randbytes(70)).sframe(200, kid=9)


@case(near=("stray-clear", "frames-unexplained"), is_={A: UP})
def one_frame_under_the_next_key(c):
    alice(c).sframe(200, kid=300).sframe(1, kid=301, ctr=0)


@case({"silence-clear": [A]}, near="plaintext-gap", verdict="fail",
      is_={A: ("mixed",)})
def silence_in_the_clear(c):
    """DTX: frames of a TOC octet alone, which the sender does not protect."""
    alice(c).sframe(150, kid=9).octets(*[b"\x78"] * 20).sframe(
        1, kid=9).octets(*[b"\x78"] * 20).sframe(150, kid=9)


@case(near="silence-clear", is_={A: UP})
def silence_under_a_header(c):
    a = alice(c).sframe(150, kid=9)
    a.octets(*[lambda rng: mkcap.header(9, a.counter.take()) +
               rng.randbytes(1 + 16)] * 20).sframe(150, kid=9)


@case({"silence-injected": [A]}, near="silence-clear", is_={A: UP})
def silence_that_a_server_sends(c):
    a = alice(c)
    for _ in range(5):
        a.sframe(60, kid=9).octets(*[b"\xf8\xff\xfe"] * 5)


@case({"silence-clear": [A]}, near="silence-injected", verdict="fail",
      is_={A: ("mixed",)})
def silence_of_three_other_octets(c):
    a = alice(c)
    for _ in range(5):
        a.sframe(60, kid=9).octets(*[b"\xf8\xff\xfd"] * 5)


@case({"plaintext-start": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 500})
def ten_clear_seconds_then_sframe(c):
    alice(c).plain(500).sframe(300, kid=9)


@case(near="plaintext-start", is_={A: UP})
def sframe_from_the_first_frame(c):
    alice(c).sframe(800, kid=9)


@case({"plaintext-start": [AV]}, verdict="fail", is_={AV: ("mixed",)},
      tell={AV: 30})
def two_clear_seconds_of_video_then_sframe(c):
    alice_video(c).plain(30).sframe(120, kid=9)


@case({"plaintext-gap": [A]}, near="plaintext-start", verdict="fail",
      is_={A: ("mixed",)}, tell={A: 500})
def sframe_then_clear_to_the_end(c):
    alice(c).sframe(300, kid=9).plain(500)


@case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 20})
def twenty_clear_frames_of_audio(c):
    alice(c).sframe(300, kid=9).plain(20).sframe(300, kid=9)


@case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 5})
def five_clear_frames_of_audio(c):
    alice(c).sframe(300, kid=9).plain(5).sframe(300, kid=9)


@case({"plaintext-gap": [AV]}, verdict="fail", is_={AV: ("mixed",)},
      tell={AV: 15})
def one_clear_second_of_video(c):
    alice_video(c).sframe(100, kid=9).plain(15).sframe(100, kid=9)


@case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 40})
def clear_audio_under_a_kid_that_looks_like_opus(c):
    """KID 7 and a CTR of one octet: 78, as the usual TOC octet."""
    alice(c).sframe(120, kid=7).plain(40).sframe(90, kid=7)


@case({"plaintext-gap": [A]}, verdict="fail", is_={A: ("mixed",)},
      tell={A: 100})
def clear_frames_and_a_new_key_behind_them(c):
    alice(c).sframe(300, kid=9).plain(100).sframe(300, kid=10, ctr=0)


@case(near="kid-drift", is_={AV: UP})
def a_new_key_after_nine_frames(c):
    """The first octets of CTR stand still for 256 frames then: with the octet
    behind them they read as a header of the drafts, of KID 1."""
    alice_video(c).sframe(9, kid=49).sframe(600, kid=50, ctr=200)


@case(near="plaintext-gap", is_={A: UP})
def a_pause_and_a_new_key_behind_it(c):
    alice(c).sframe(300, kid=9).pause(2).sframe(300, kid=10, ctr=0)


@case({"partly-clear": [A]}, is_={A: ("partly-clear",)})
def toc_octet_in_the_clear(c):
    alice(c).sframe(300, kid=9, prefix=1)


@case({"partly-clear": [A]}, is_={A: ("partly-clear",)})
def toc_octet_in_front_of_a_long_header(c):
    """KID of three octets, CTR of four: behind 78 this reads as a draft's."""
    alice(c).sframe(300, kid=1000000, ctr=1 << 24, prefix=1)


@case({"partly-clear": [AV]}, is_={AV: ("partly-clear",)})
def three_and_ten_octets_of_vp8_in_the_clear(c):
    alice_video(c).sframe(200, kid=33, prefix=3, key_prefix=10)


@case(near="partly-clear", is_={A: UP, AV: UP})
def nothing_in_the_clear(c):
    a = alice(c).sframe(300, kid=9)
    alice_video(c, counter=a.counter).sframe(90, kid=9)


@case(near="partly-clear", verdict="inconclusive", is_={
    A: DARK, AV: DARK})
def a_few_frames_in_the_clear(c):
    """What follows their heads may be in the clear or not."""
    alice(c).plain(10)
    alice_video(c).plain(9)


# ==== other formats =========================================================

OTHER = ("other-dialect",)


@case({"not-rfc9605": [A, AV]}, is_={A: OTHER, AV: OTHER})
def livekit(c):
    alice(c).livekit(300)
    alice_video(c).livekit(90)


@case({"not-rfc9605": [A]}, is_={A: OTHER})
def header_of_the_drafts(c):
    alice(c).sframe(300, kid=5, make=mkcap.draft_header)


@case(near="not-rfc9605", is_={A: UP})
def header_of_the_rfc(c):
    alice(c).sframe(300, kid=5)


@case({"opaque-payload": [A]}, verdict="inconclusive", is_={A: DARK})
def random_octets(c):
    alice(c).noise(300)


@case({"opaque-payload": [A, AV]}, verdict="inconclusive",
      is_={A: DARK, AV: DARK})
def random_iv_in_front(c):
    alice(c).noise(300, front=12)
    alice_video(c).noise(90, front=12)


@case({"opaque-payload": [A]}, verdict="inconclusive", is_={A: DARK},
      status=0, options=["--allow-inconclusive"])
def random_octets_allowed(c):
    alice(c).noise(300)


def private(c, make, n=300):
    """Audio in a format that nobody knows; make gives what is in front."""
    box = mkcap.Counter()
    alice(c).add(n, lambda rng, real: make(box.take(), len(real) + 16) +
                 rng.randbytes(len(real) + 16))


@case({"opaque-payload": [A]}, near=("stream-plaintext", "partly-clear"),
      verdict="inconclusive", is_={A: DARK})
def a_header_that_begins_like_opus(c):
    """78 is the usual TOC octet; a key id and a counter are behind it."""
    private(c, lambda i, n: b"\x78\xc0\xff\xee\x01" + i.to_bytes(4, "big"))


@case({"opaque-payload": [A]}, near="stream-plaintext", verdict="inconclusive",
      is_={A: DARK})
def a_length_behind_what_looks_like_opus(c):
    private(c, lambda i, n: b"\x78" + n.to_bytes(2, "big"))


@case({"opaque-payload": [A]}, near=("header-on-plaintext", "ctr-reused"),
      verdict="inconclusive", is_={A: DARK})
def an_sframe_header_with_its_fields_swapped(c):
    """Config octet, CTR, KID: the KID stands where ciphertext should."""
    private(c, lambda i, n: b"\x7a" + i.to_bytes(1 + i // 256, "big") + b"\x09",
            250)


@case({"opaque-payload": [A]}, near="header-on-plaintext",
      verdict="inconclusive", is_={A: DARK})
def a_counter_with_its_low_octet_first(c):
    private(c, lambda i, n: b"\x78" + i.to_bytes(4, "little"), 600)


@case({"stream-plaintext": [A]}, near="opaque-payload", verdict="fail",
      is_={A: ("plaintext",)})
def one_second_of_real_opus(c):
    alice(c).plain(50)


@case(near="opaque-payload", is_={A: UP})
def random_octets_behind_a_header(c):
    alice(c).sframe(300, kid=9)


# ==== signalling, SRTP, the capture =========================================

@case({"stream-plaintext": [A], "signalled-not-encrypted": [A]},
      sdp=lambda: offer(True, A), verdict="fail", is_={A: ("plaintext",)})
def sframe_signalled_and_not_done(c):
    alice(c).plain(300)


@case(near="signalled-not-encrypted", sdp=lambda: offer(True, A), is_={A: UP})
def sframe_signalled_and_done(c):
    alice(c).sframe(300, kid=9)


@case({"stream-plaintext": [A]}, near="signalled-not-encrypted",
      sdp=lambda: offer(False, A), verdict="fail", is_={A: ("plaintext",)})
def sframe_not_signalled_and_not_done(c):
    alice(c).plain(300)


def dtls(c):
    """A handshake between the two, as before all SRTP."""
    hello = bytes([22, 254, 253]) + bytes(8) + b"\0\x40" + bytes(64)
    c.datagram(-0.2, ALICE, SFU, hello)
    c.datagram(-0.1, SFU, ALICE, hello)


def srtcp(c):
    for i in range(5):
        c.datagram(0.5 + i, ALICE, SFU, b"\x80\xc8\x00\x06\0\0\0\xa1" +
                   c.rng.randbytes(20) + b"\x80\0\0" + bytes([i]) +
                   c.rng.randbytes(10))


@case({"srtp-only": [A, AV]}, near="opaque-payload", verdict="inconclusive",
      is_={A: ("srtp",), AV: ("srtp",)})
def srtp_not_removed(c):
    dtls(c)
    srtcp(c)
    c.audio(A, ALICE, SFU).noise(300)
    c.video(AV, ALICE, SFU).noise(90)


@case(near="srtp-only", is_={A: UP})
def srtp_removed_and_its_handshake_left(c):
    dtls(c)
    alice(c).sframe(300, kid=9)


@case({"stream-plaintext": [A]}, near="srtp-only", verdict="fail",
      is_={A: ("plaintext",)})
def clear_media_behind_a_dtls_handshake(c):
    dtls(c)
    alice(c).plain(300)


@case({"capture-cut": [A]}, snap=70, verdict="inconclusive", is_={A: DARK})
def snap_length_of_70(c):
    """No frame is whole."""
    alice(c).sframe(300, kid=9)


@case({"capture-cut": [A]}, snap=96, verdict="inconclusive", is_=None)
def snap_length_of_96(c):
    """A quarter of the frames, the shortest, is whole: that is not enough."""
    alice(c).sframe(300, kid=9)


@case(near="capture-cut", snap=1600, is_={A: UP})
def snap_length_of_1600(c):
    alice(c).sframe(300, kid=9)


@case({"capture-cut": [AV]}, snap=300, verdict="inconclusive", is_={A: UP})
def snap_length_that_cuts_video_alone(c):
    """Audio is whole and judged; of the video next to nothing is."""
    alice(c).sframe(300, kid=9)
    alice_video(c).sframe(90, kid=17)


@case({"capture-damaged": []}, cut=5, is_={A: UP})
def file_ends_in_a_packet(c):
    alice(c).sframe(300, kid=9)


@case(near="capture-damaged", is_={A: UP})
def file_ends_behind_a_packet(c):
    alice(c).sframe(300, kid=9)


@case({"capture-damaged": [], "stream-plaintext": [A]}, cut=5, verdict="fail",
      is_={A: ("plaintext",)})
def file_of_clear_audio_ends_in_a_packet(c):
    alice(c).plain(300)


def many(c, n, one_after_another):
    """Alice, and n streams of eight packets beside her."""
    step = 0.01 if one_after_another else 1e-5
    alice(c).sframe(300, kid=9)
    for i in range(n):
        c.audio(0x10000 + i, CAROL, SFU, start=1 + i * step) \
            .sframe(40 if one_after_another else 8, kid=1000 + i)


# that many more leave again while Alice goes on: not-rotated is right
@case({"limit-reached": []}, status=5, may=("not-rotated",), is_={A: UP})
def more_streams_than_there_is_room_for(c):
    many(c, 1500, True)


@case({"limit-reached": []}, status=5, may=("not-rotated",), is_={A: UP})
def more_streams_at_once_than_there_is_room_for(c):
    many(c, 2000, False)


@case(near="limit-reached", may=("not-rotated",), is_={A: UP})
def two_hundred_streams(c):
    many(c, 200, True)


@case(near="limit-reached", may=("not-rotated",), is_={A: UP})
def two_hundred_streams_at_once(c):
    many(c, 200, False)


# ==== with keys ============================================================

BASE, OTHER = bytes(range(16)), bytes(range(1, 17))


def key(kid, base=BASE, suite=4, **more):
    return dict(kid=str(kid), base_key=base.hex(), suite=suite, **more)


def keyfile(*entries, **more):
    return dict(schema="sframe-tool/keys/v1", keys=list(entries), **more)


def flip_last(ctr, frame):
    """The tag of one frame in ten is spoilt."""
    if ctr % 10 != 5:
        return frame
    return frame[:-1] + bytes([frame[-1] ^ 1])


@case(near=("auth-failed", "kid-unknown", "tag-short"), keys=keyfile(key(9)),
      is_={A: ("verified",)})
def every_frame_opens(c):
    alice(c).sealed(60, 9, BASE)


@case(near=("auth-failed", "kid-unknown"), is_={A: ("verified",)},
      keys=keyfile(key(9), key(10, OTHER)))
def ten_frames_open_and_the_key_changes(c):
    alice(c).sealed(6, 9, BASE).sealed(4, 10, OTHER)


@case({"auth-failed": [A]}, verdict="fail", keys=keyfile(key(9, OTHER)),
      is_={A: UP})
def another_base_key(c):
    alice(c).sealed(60, 9, BASE)


@case({"auth-failed": [A]}, verdict="fail", keys=keyfile(key(9)), is_={A: UP})
def one_tag_in_ten_is_spoilt(c):
    alice(c).sealed(60, 9, BASE, spoil=flip_last)


@case({"kid-unknown": [A]}, verdict="fail", keys=keyfile(key(10)), is_={A: UP})
def the_key_of_another_kid(c):
    alice(c).sealed(60, 9, BASE)


@case({"tag-short": [A]}, keys=keyfile(key(9, suite=3)), is_={A: ("verified",)})
def a_tag_of_four_octets(c):
    alice(c).sealed(60, 9, BASE, suite=3)


@case(near="tag-short", keys=keyfile(key(9, suite=2)), is_={A: ("verified",)})
def a_tag_of_eight_octets(c):
    alice(c).sealed(60, 9, BASE, suite=2)


@case(near=("ctr-reused", "kid-shared"), is_={A: ("verified",), B: ("verified",)},
      keys=keyfile(key(9, owner="alice"), key(9, OTHER, owner="bob")))
def one_kid_two_keys(c):
    """Without keys this could be reuse; the keys say that it is not."""
    alice(c).sealed(40, 9, BASE)
    bob(c).sealed(40, 9, OTHER)


@case({"ctr-reused": [A, B]}, may=("kid-shared",), verdict="fail",
      keys=keyfile(key(9)), is_={A: ("verified",), B: ("verified",)})
def one_key_two_senders(c):
    """Two addresses, one key, the same counters: without keys a warning."""
    alice(c).sealed(40, 9, BASE)
    bob(c).sealed(40, 9, BASE, ctr=7)


@case({"ctr-reused": [A, B]}, may=("kid-shared",), verdict="fail",
      keys=keyfile(key(9, owner="alice", ssrc="0x%08x" % A),
                   key(9, owner="bob", ssrc="0x%08x" % B)),
      is_={A: ("verified",), B: ("verified",)})
def one_key_given_to_two(c):
    """Two entries that hold the same key are one key."""
    alice(c).sealed(40, 9, BASE)
    bob(c).sealed(40, 9, BASE, ctr=7)


@case(near=("ctr-reused", "kid-shared"), keys=keyfile(key(9), per_ssrc_keys=True),
      is_={A: ("verified",), B: ("verified",)})
def one_base_key_a_key_for_each_ssrc(c):
    alice(c).sealed(40, 9, BASE, ssrc=A)
    bob(c).sealed(40, 9, BASE, ssrc=B)


def steps(n):
    """The base keys of a ratchet (RFC 9605 5.1)."""
    base = BASE
    for _ in range(n):
        yield base
        base = mistakes.ratchet(hashlib.sha256, base)


@case(near=("ctr-reused", "ctr-went-back"), is_={A: ("verified",)},
      keys=keyfile(key(4), kid_scheme={"type": "sender", "r": 1}))
def a_ratchet_comes_round(c):
    """KID 4 again, CTR from 0 again, and another key."""
    a = alice(c)
    for i, base in enumerate(steps(4)):
        a.sealed(30, 4 | i & 1, base, ctr=0)


@case({"ctr-reused": [A]}, may=("ctr-went-back", "kid-went-back"), verdict="fail",
      is_={A: ("verified",)},
      keys=keyfile(key(4), kid_scheme={"type": "sender", "r": 1}))
def a_ratchet_that_stands_still(c):
    """The same KIDs, but the key of KID 4 is the one it was."""
    a = alice(c)
    for i, base in enumerate(list(steps(2)) * 2):
        a.sealed(30, 4 | i & 1, base, ctr=0)


@case({"stream-plaintext": [A]}, verdict="fail", keys=keyfile(key(9)),
      is_={A: ("plaintext",)})
def keys_do_not_make_clear_audio_secret(c):
    alice(c).plain(200)


# ==== all normal, all quiet =================================================

def couple(c, audio=500, video=150, **o):
    """Alice with audio and video on one counter."""
    a = alice(c, **o).sframe(audio, kid=9)
    v = alice_video(c, counter=a.counter, **o).sframe(video, kid=9)
    return a, v


@case(is_={A: UP, AV: UP})
def quiet_loss_of_a_tenth(c):
    couple(c)
    c.lose(part=0.1)


@case(is_={A: UP})
def quiet_loss_of_a_third(c):
    alice(c).sframe(600, kid=9)
    c.lose(part=0.33)


@case(is_={A: UP, AV: UP})
def quiet_reordering_by_200_ms(c):
    couple(c)
    c.reorder(part=0.5, by_ms=200)


@case(is_={A: UP, AV: UP})
def quiet_reordering_by_a_second(c):
    couple(c)
    c.reorder(part=0.2, by_ms=1000)


@case(is_={A: UP, AV: UP})
def quiet_reordering_over_a_change_of_keys(c):
    a = alice(c).sframe(300, kid=9).sframe(300, kid=10, ctr=0)
    alice_video(c).sframe(90, kid=9, ctr=1 << 20) \
        .sframe(90, kid=10, ctr=1 << 20)
    c.reorder(part=0.5, by_ms=300)


@case(is_={A: UP, AV: UP})
def quiet_rtx(c):
    a, v = couple(c)
    c.rtx(c.lose(part=0.08, stream=v), AR)


@case(is_={A: UP, AV: UP}, sdp=lambda: offer(True, A, AV))
def quiet_rtx_with_sdp(c):
    a, v = couple(c)
    c.rtx(c.lose(part=0.08, stream=v), AR)


@case(is_={AV: UP})
def quiet_rtx_once_in_a_while(c):
    """A handful of repairs over minutes, whose first octets read as H.264."""
    v = alice_video(c, seq=0x4180).sframe(1500, kid=9)
    sent = c._of(v)
    c.rtx([p for i, p in enumerate(sent) if i % (len(sent) // 30) == 7], AR)


@case(is_={A: UP, AV: UP})
def quiet_rtx_of_what_was_not_lost(c):
    a, v = couple(c)
    c.rtx([p for i, p in enumerate(c._of(v)) if i % 9 == 0], AR)


@case(is_={A: UP, AV: UP})
def quiet_every_packet_twice(c):
    couple(c)
    c.duplicate()


@case(is_={A: UP, AV: UP, 0xa3: UP, 0xa4: UP})
def quiet_simulcast_on_one_counter(c):
    a, v = couple(c)
    for ssrc in (0xa3, 0xa4):
        c.video(ssrc, ALICE, SFU, cname="alice", counter=a.counter) \
            .sframe(150, kid=9)


@case(is_={A: UP, 0xe1: UP, 0xe2: UP, 0xe3: UP})
def quiet_sfu_that_forwards_to_three(c):
    a = alice(c).sframe(400, kid=9)
    for i in range(3):
        c.forward(a, 0xe1 + i, SFU, "10.0.0.%d:5000" % (20 + i),
                  after_ms=10 + i, seq=3000 * i)


@case(is_={0xe1: UP, 0xe2: UP})
def quiet_capture_behind_an_sfu(c):
    """Only what goes out of the SFU is seen: one call to two receivers."""
    a = alice(c).sframe(400, kid=9)
    c.forward(a, 0xe1, SFU, "10.0.0.20:5000", after_ms=10)
    c.forward(a, 0xe2, SFU, "10.0.0.21:5000", after_ms=11)
    c.packets[:] = [p for p in c.packets if p.stream is None and p.src == SFU]


@case(is_={A: UP, B: UP, 0xe1: UP, 0xe2: UP})
def quiet_sfu_between_two(c):
    a = alice(c).sframe(400, kid=0x21)
    b = bob(c).sframe(400, kid=0x31)
    c.forward(a, 0xe1, SFU, BOB, after_ms=12)
    c.forward(b, 0xe2, SFU, ALICE, after_ms=12)


@case({"kid-rolled-over": [A]}, near="ctr-reused", is_={A: UP})
def quiet_epochs_that_wrap(c):
    """RFC 9605 5.2 with E = 4: epochs 0 to 15, then 0 with another key."""
    a = alice(c)
    for epoch in range(19):
        a.sframe(60, kid=3 << 4 | epoch % 16, ctr=0)


@case({"kid-rolled-over": [A]}, near="ctr-went-back", is_={A: UP})
def quiet_epochs_of_two_bits_that_wrap(c):
    a = alice(c)
    for epoch in range(9):
        a.sframe(100, kid=3 << 2 | epoch % 4, ctr=0)


@case({"kid-rolled-over": [A, B]}, is_={A: UP, B: UP},
      options=["--kid-scheme", "mls:2,4"])
def quiet_epochs_of_two_that_wrap_together(c):
    a, b = alice(c), bob(c)
    for epoch in range(6):
        a.sframe(100, kid=3 << 2 | epoch % 4, ctr=0)
        b.sframe(100, kid=5 << 2 | epoch % 4, ctr=0)


@case({"ctr-reused": [A]}, verdict="fail", is_={A: UP})
def a_counter_restarts_after_a_round(c):
    """What the round explains is one thing, what comes after it another."""
    a = alice(c)
    for epoch in range(5):
        a.sframe(100, kid=3 << 2 | epoch % 4, ctr=0)
    a.sframe(60, kid=3 << 2, ctr=0)


@case(near="kid-rolled-over", is_={A: UP})
def epochs_that_do_not_come_round(c):
    a = alice(c)
    for epoch in range(16):
        a.sframe(60, kid=3 << 4 | epoch, ctr=0)


@case({"ctr-went-back": [A]}, near="kid-rolled-over", may=("kid-went-back",),
      is_={A: UP})
def epochs_out_of_order_that_come_back(c):
    a = alice(c)
    for epoch in (0, 2, 1, 3, 0):
        a.sframe(100, kid=3 << 2 | epoch, ctr=0)


@case(is_={A: UP, B: UP})
def quiet_late_join(c):
    """Bob comes at 6 s; Alice takes a new key for it, as she should."""
    alice(c).sframe(310, kid=0x21).sframe(290, kid=0x22, ctr=0)
    bob(c, start=6.0).sframe(290, kid=0x32)


@case(is_={A: UP, AV: UP})
def quiet_capture_that_begins_in_the_call(c):
    a = alice(c, counter=mkcap.Counter(700000)).sframe(400, kid=9)
    alice_video(c, counter=a.counter).sframe(120, kid=9)
    c.lose(first=1)


@case(is_={A: UP, AV: UP})
def quiet_numbers_and_timestamps_that_wrap(c):
    couple(c, seq=65400, timestamp=0xfffff000)


@case(is_={A: UP})
def quiet_ctr_over_256(c):
    alice(c).sframe(300, kid=9, ctr=100)


@case(is_={A: UP})
def quiet_ctr_over_65536(c):
    alice(c).sframe(300, kid=9, ctr=65400)


def exact(*numbers):
    def ask(name, report, text):
        said = {x for s in report["streams"] for k in s["keys"]
                for x in (k["kid"], k["first_ctr"], k["last_ctr"])}
        for n in numbers:
            check("%s: %d in JSON" % (name, n), str(n) in said, said)
        for n in (numbers[0], numbers[-1]):  # a table may drop a first CTR
            check("%s: %d in text" % (name, n), str(n) in text)
    return ask


@case(is_={A: UP}, also=exact(2**64 - 2, 2**64 - 200, 2**64 - 1))
def quiet_kid_and_ctr_next_to_2_to_the_64th(c):
    alice(c).sframe(200, kid=2**64 - 2, ctr=2**64 - 200)


@case(is_={A: UP}, also=exact(2**53 + 1, 2**53 + 3))
def quiet_kid_and_ctr_beyond_2_to_the_53rd(c):
    """No number of JSON holds these: 9007199254740993 and on."""
    alice(c).sframe(201, kid=2**53 + 1, ctr=2**53 - 197)
    alice(c)  # a stream without frames is no stream


@case(is_={A: UP})
def quiet_kid_7_that_looks_like_opus(c):
    alice(c).sframe(600, kid=7)


@case(is_={A: UP})
def quiet_kid_0_and_ctr_in_the_config_octet(c):
    alice(c).sframe(400, kid=0)


@case(is_={A: UP, AV: UP}, also=lambda name, report, text: check(
    name + ": an endpoint that moves stays two streams",
    len(report["streams"]) == 2, len(report["streams"])))
def quiet_ice_takes_another_pair(c):
    couple(c)
    c.move(5, ALICE, "192.0.2.7:4444")


@case(is_={A: UP, AV: UP}, also=lambda name, report, text: check(
    name + ": an endpoint that moves stays two streams",
    len(report["streams"]) == 2, len(report["streams"])))
def quiet_ice_takes_another_pair_at_once(c):
    couple(c)
    c.move(0.2, ALICE, "192.0.2.7:4444")


@case(is_={A: UP})
def quiet_pauses_of_dtx(c):
    a = alice(c)
    for _ in range(12):
        a.sframe(30, kid=9).pause(3)


@case(verdict="inconclusive", is_={A: DARK})
def quiet_ten_frames_are_too_few(c):
    alice(c).sframe(10, kid=9)


@case(verdict="inconclusive", is_={})
def quiet_nothing_but_rtcp(c):
    alice(c).sframe(300, kid=9)
    c.packets[:] = [p for p in c.packets if p.stream is None]


@case(is_={A: UP, AV: UP})
def quiet_padding_between_the_frames(c):
    a = alice(c)
    v = alice_video(c, counter=a.counter)
    for _ in range(10):
        a.sframe(40, kid=9)
        v.sframe(12, kid=9).padding(3)


@case(is_={A: UP, AV: UP})
def quiet_rtp_payload_descriptor(c):
    """draft-ietf-avtcore-rtp-sframe: S, E and T in front of each packet."""
    a = alice(c, descriptor=True).sframe(400, kid=9)
    alice_video(c, descriptor=True, counter=a.counter).sframe(120, kid=9)


def per_ssrc(outcome):
    return lambda name, report, text: check(
        "%s: ctr-reused is %s" % (name, outcome),
        [r["outcome"] for r in report["rules"] if r["id"] == "SFN001"] ==
        [outcome], [r for r in report["rules"] if r["id"] == "SFN001"])


@case(near="ctr-reused", is_={A: UP, AV: UP}, also=per_ssrc("cannot-tell"))
def quiet_keys_per_ssrc_may_be(c):
    """With the descriptor keys may be per SSRC: cannot be told from here."""
    alice(c, descriptor=True).sframe(400, kid=9)
    alice_video(c, descriptor=True).sframe(120, kid=9)


@case(near="ctr-reused", options=["--per-ssrc-keys"], is_={A: UP, AV: UP},
      also=per_ssrc("passed"))
def quiet_keys_per_ssrc(c):
    alice(c, descriptor=True).sframe(400, kid=9)
    alice_video(c, descriptor=True).sframe(120, kid=9)


@case({"ctr-reused": [A]}, options=["--per-ssrc-keys"], verdict="fail")
def keys_per_ssrc_and_reuse_in_one(c):
    alice(c, descriptor=True).sframe(200, kid=9).sframe(200, kid=9, ctr=0)


@case(is_={A: UP, B: UP, C: UP})
def quiet_keys_change_every_two_seconds(c):
    for ssrc, src, name in ((A, ALICE, "alice"), (B, BOB, "bob"),
                            (C, CAROL, "carol")):
        s = c.audio(ssrc, src, SFU, cname=name)
        for epoch in range(10):
            s.sframe(100, kid=(ssrc & 0xf0) << 4 | epoch, ctr=0)


@case(is_={A: UP, AV: UP}, options=["--fail-on", "warning"])
def quiet_to_the_last_warning(c):
    couple(c)


@case(is_={A: UP}, options=["--fail-on", "note"])
def quiet_to_the_last_note(c):
    """A constant bit rate: else the sizes of audio would be one."""
    a = alice(c)
    for i in range(300):
        a.octets(lambda rng, i=i: mkcap.header(300, 70000 + i) +
                 rng.randbytes(80))


@case({"kid-shared": [A, B]}, options=["--fail-on", "warning"],
      verdict="fail", is_={A: UP, B: UP})
def a_warning_that_fails(c):
    two_on_one_kid(c)


@case({"ctr-reused": [A]}, options=["--fail-on", "critical"], verdict="fail")
def a_critical_that_fails(c):
    alice(c).sframe(200, kid=9).sframe(200, kid=9, ctr=0)


@case({"kid-not-minimal": [A]}, options=["--fail-on", "critical"])
def an_error_that_does_not_fail(c):
    alice(c).sframe(200, kid=300, kid_octets=3)


rtpcases.add(case)
headcases.add(case)
formcases.add(case)
redcases.add(case)
samplecases.add(case)
feccases.add(case)
endcases.add(case)

# ==== the loop ==============================================================

schema = Schema()


def hexed(ssrcs):
    return {"0x%08x" % s for s in ssrcs}


def try_findings(k, report):
    found = slugs_by_ssrc(report)
    for slug, ssrcs in k["finds"].items():
        check("%s: %s" % (k["name"], slug), found.get(slug) == hexed(ssrcs),
              "%s, not %s" % (found.get(slug), hexed(ssrcs)))
    more = set(found) - set(k["finds"]) - set(k["may"])
    check("%s: nothing else" % k["name"], not more,
          {s: sorted(found[s]) for s in more})


def try_streams(k, report):
    for ssrc, allowed in (k["is_"] or {}).items():
        of = [s for s in report["streams"] if s["ssrc"] == "0x%08x" % ssrc]
        check("%s: 0x%08x is one stream" % (k["name"], ssrc), len(of) == 1,
              "%d" % len(of))
        got = {s["protection"] for s in of}
        check("%s: 0x%08x is %s" % (k["name"], ssrc, "/".join(allowed)),
              got and got <= set(allowed), got)
    for ssrc, n in (k["tell"] or {}).items():
        got = [i["frames"] for s in report["streams"]
               if s["ssrc"] == "0x%08x" % ssrc
               for i in s["plaintext_intervals"]]
        check("%s: %d clear frames, and these" % (k["name"], n),
              len(got) == 1 and abs(got[0] - n) <= 2, got)


# It takes a broken cipher to trip: tests/test_opener.c has one.
NOT_FROM_OUTSIDE = {"wrong-key-accepted"}
# Cases and near twins that need SRTP are in a script of their own.
ELSEWHERE = {"srtp-not-opened": "srtp.py", "srtp-packets-failed": "srtp.py",
             "dtls-handshake-missing": "dtls.py",
             "dtls-secret-missing": "dtls.py"}
ELSEWHERE.update(dict.fromkeys((
    "key-too-old", "key-overused", "suite-not-allowed", "not-verified",
    "dialect-not-allowed"), "policies.py"))
ELSEWHERE.update(dict.fromkeys((
    "ip-fragments-lost", "ip-fragments-differ"), "fragments.py"))
ELSEWHERE["tcp-holes"] = "relays.py"
ELSEWHERE["tunnel-opaque"] = "tunnels.py"
ELSEWHERE["declared-not-encrypted"] = "recordings.py"
ELSEWHERE["dump-redacted"] = "formats.py"
ELSEWHERE.update(dict.fromkeys(("xor-only", "server-made-frames"),
                               "dialects.py"))
ELSEWHERE["random-iv-no-kid"] = "dialectkeys.py"
ELSEWHERE.update(dict.fromkeys((
    "exposes-audio-level", "exposes-sizes", "exposes-silence",
    "exposes-picture-samples", "exposes-video-layers", "exposes-capture-time",
    "exposes-name", "exposes-device", "exposes-data-channel",
    "exposes-scalability", "exposes-roster"), "exposure.py"))
ELSEWHERE.update(dict.fromkeys((
    "altered-in-transit", "decrypted-in-transit", "encrypted-in-transit",
    "injected-in-transit", "dropped-in-transit", "reordered-in-transit",
    "repeated-in-transit", "doubled-in-transit"), "compare.py"))


def try_case(k, where):
    path = os.path.join(where, k["name"] + ".pcap")
    capture = mkcap.Capture(seed=1)
    k["make"](capture)
    capture.write(path, k["snap"])
    if k["cut"]:
        os.truncate(path, os.path.getsize(path) - k["cut"])
    options = list(k["options"])
    if k["sdp"] is not None:
        sdp = os.path.join(where, k["name"] + ".sdp")
        with open(sdp, "w", encoding="ascii", newline="") as f:
            f.write(k["sdp"]())
        options += ["--sdp", sdp]
    if k["keys"] is not None:
        keys = os.path.join(where, k["name"] + ".keys")
        with open(keys, "w", encoding="ascii") as f:
            json.dump(k["keys"], f)
        os.chmod(keys, 0o600)
        options += ["--keys", keys]
    ran = run("check", "--json", *options, path)
    text = run("check", *options, path)
    want = STATUS[k["verdict"]] if k["status"] is None else k["status"]
    check("%s: status %d" % (k["name"], want), ran.status == want, ran)
    check("%s: the same status with text" % k["name"],
          text.status == ran.status, text)
    if not check("%s: a report" % k["name"], ran.out):
        return
    report = strict(ran.out)
    check("%s: it fits the schema" % k["name"], not schema.faults(report),
          schema.faults(report))
    check("%s: verdict %s" % (k["name"], k["verdict"]),
          report["verdict"] == k["verdict"], report["verdict"])
    try_findings(k, report)
    try_streams(k, report)
    if k["also"] is not None:
        k["also"](k["name"], report, text.text)


def try_catalogue():
    """No finding without a case that trips it and a twin that does not."""
    rows = [line.split() for line in run("list", "findings").text.split("\n")]
    slugs = {w for r in rows if r and r[0].startswith("SF") for w in r[1:]
             if "-" in w and w == w.lower()}
    with open(os.path.join(TOP, "checks", "findings.def"),
              encoding="utf-8") as f:
        known = {line.split('"')[3] for line in f
                 if line.startswith("FINDING(") and line.count('"') >= 4}
    check("list findings names the catalogue", known <= slugs, known - slugs)
    for slug, script in sorted(ELSEWHERE.items()):
        with open(os.path.join(TOP, "tests", script), encoding="utf-8") as f:
            check("%s has a case in %s" % (slug, script),
                  '"%s"' % slug in f.read())
    for slug in sorted(known - NOT_FROM_OUTSIDE - set(ELSEWHERE)):
        check("%s has a case" % slug,
              any(slug in k["finds"] for k in cases))
        check("%s has a near twin" % slug,
              any(slug in k["near"] and slug not in k["finds"] for k in cases))


def main():
    parts = [a for a in sys.argv[1:] if a != "-k"]
    with scratch() as where:
        if "-k" in sys.argv[1:]:
            where = os.path.join(TOP, "build", "calls")
            os.makedirs(where, exist_ok=True)
        for k in cases:
            if not parts or any(p in k["name"] for p in parts):
                try_case(k, where)
    if not parts:
        try_catalogue()
    print("%d calls" % len(cases))
    finish()


main()
