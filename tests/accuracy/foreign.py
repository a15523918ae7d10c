"""foreign.py - encrypted end to end, by something else."""
import mkcap
from calls import (draft, garbage, headed, livekit, livekit_go, noise, prefixed,
                   toc, trailed, H26X, NATIVE, OPUS, SILENT, Sender)
from kind import kind, length, some, GOOD


def foreign(c, way, right, must=(), media=None):
    c.network()
    c.loss = min(c.loss, .05)
    m = media or some(c)
    s = c.add(Sender(c, 1), m, way, frames=length(c, 60))
    c.expect[s.ssrc] = right
    c.must |= set(must)
    c.may |= {"not-rfc9605", "opaque-payload", "partly-clear"}
    return s


def reads_from_its_toc(s):
    """The TOC octet is a config octet too, and the header that begins with it
    ends where the one behind it does: both are right, and nothing tells."""
    rows = s.media.frames
    toc = next(f for f, _ in rows[s.offset:] + rows if f)[0]
    octets = 1 + (toc >> 4 & 7) + 1 + (toc & 7) + 1
    u = s.sender
    return not s.media.video and toc & 0x88 == 0x88 and \
        octets == 1 + len(mkcap.header(u.kid, u.ctr))


@kind(2)
def foreign_prefixed(c):
    # a TOC of several frames a packet, 7b, is also a config octet: KID 7
    m = c.rng.choice([m for m in OPUS if m.ticks < 2880] +
                     [m for m in NATIVE if m.codec == "vp8"])
    s = foreign(c, prefixed, {"partly-clear"}, ["partly-clear"], m)
    if s.frames < 100:
        c.expect[s.ssrc] |= {"undecidable"}
        c.must.clear()
    if reads_from_its_toc(s):
        c.expect[s.ssrc] |= GOOD
        c.must.clear()


@kind(2)
def foreign_livekit(c):
    way = c.rng.choice((livekit, livekit, livekit_go))
    m = None
    if way is livekit and c.rng.random() < .3:
        m = c.rng.choice(H26X)
        c.sdp = True
    foreign(c, way, {"other-dialect"}, ["not-rfc9605"], m)


@kind()
def foreign_draft(c):
    s = foreign(c, draft, {"other-dialect"}, ["not-rfc9605"])
    if s.frames < 100:
        c.expect[s.ssrc] |= {"undecidable"}
        c.must.clear()


@kind(2)
def foreign_noise(c):
    s = foreign(c, noise, {"undecidable"}, ["opaque-payload"])
    if s.frames < 150:
        c.must.clear()


@kind()
def foreign_garbage(c):
    """Neither SFrame nor media."""
    s = foreign(c, garbage, {"undecidable", "srtp", "absent"})
    c.may |= {"frames-unexplained"}
    c.must.clear()


@kind()
def foreign_trailer(c):
    """An application's octets behind each ciphertext: no clear media."""
    c.network()
    s = c.add(Sender(c, 1), c.rng.choice(OPUS + NATIVE), trailed,
              frames=length(c, 60))
    c.expect[s.ssrc] = GOOD | {"undecidable"}
    c.may |= {"trailer-behind"}
    if s.frames * (1 - c.loss) >= 150:
        c.must.add("trailer-behind")


@kind(2)
def foreign_toc(c):
    """The codec's head in the clear, the rest ciphertext."""
    m = c.rng.choice(OPUS + [m for m in NATIVE if m.codec == "vp8"])
    foreign(c, toc, {"undecidable", "other-dialect"}, media=m)


@kind()
def foreign_first_octets(c):
    """The codec's first octets, more than the one that many leave, are clear: in
    a thousand frames without SILK, and three thousand with it, the last ones are
    too even for media; with SILK in 10 ms in none. Not of a tone, whose first
    octets hardly change and read as many things, nor of silence, which has no last
    octets behind sixteen."""
    n = c.rng.choice((2, 3, 4, 6, 8, 10, 16))
    way = headed(n)
    s = foreign(c, lambda i: way, {"undecidable"}, media=c.rng.choice(
        [m for m in OPUS if m.name not in ("firefox-opus", "chrome-opus")]))
    s.frames = c.rng.choice((1200, 2000, 3000))
    c.expect[s.ssrc] = {"undecidable"}
    if s.media.frames[0][0][0] < 0x80 and (
            s.frames < 3000 or s.media.ticks < 960 or s.media.name in SILENT):
        c.expect[s.ssrc] |= {"plaintext"}
        c.may.add("stream-plaintext")
