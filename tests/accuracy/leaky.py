"""leaky.py - protected streams with clear frames, or with clear octets."""
from calls import (bolted, draft, livekit, plain, prefixed, sframe, tailed,
                   H26X, NAL, NATIVE, OPUS, PCM, RED, Sender)
from kind import GOOD, kind, length, video

# Clear frames in a row, in a protected stream, with which they are named.
GAP = {"opus": 5, "red": 5, "pcmu": 5, "pcma": 5, "g722": 1, "vp8": 3,
       "vp9": 3, "h264": 20, "h265": 3, "av1": 8}
NAMELESS = 8  # likewise, of video whose format nobody names, and that changes


def leak(c, m, at, n, total, slug, way=sframe, **o):
    u = Sender(c, 1)
    s = c.add(u, m, lambda i: plain if at <= i < at + n else way,
              frames=total, **o)
    c.expect[s.ssrc] = {"mixed"}
    # DTX sends none of some, and silence is told by another name
    shown = sum(len(m.frames[(s.offset + i) % len(m.frames)][0]) > 3
                for i in range(at, at + n))
    if shown >= GAP[m.codec] and c.loss == 0:
        c.must.add(slug)
    else:
        c.expect[s.ssrc] |= GOOD | {"undecidable"}
        c.must.discard(slug)
    c.may |= {"plaintext-start", "plaintext-gap", "stray-clear"}
    if any(len(m.frames[(s.offset + i) % len(m.frames)][0]) <= 3
           for i in range(at, at + n)):
        c.may.add("silence-clear")
    c.steps = (m.codec, shown)
    return s


def burst(c, m):
    return c.rng.choice((1, 1, 2, 3, 5, 8, 12, 20, int(1 / m.step),
                         int(3 / m.step)))


def leaking(c):
    m = c.rng.choice(OPUS + PCM + RED + 3 * NATIVE)
    c.sdp |= m in NAL
    return m


@kind(4)
def leaky_gap(c):
    m = leaking(c)
    n = burst(c, m)
    at = c.rng.randrange(60, 300)
    leak(c, m, at, n, at + n + c.rng.randrange(60, 300), "plaintext-gap")


@kind(4)
def leaky_one(c):
    """A single frame, anywhere in a call that goes on for long."""
    m = c.rng.choice(OPUS + PCM + RED + 3 * NATIVE)
    at = c.rng.randrange(150, 2000)
    leak(c, m, at, 1, at + c.rng.randrange(150, 1500), "plaintext-gap")


def nameless(c, s):
    if s.falls_back and s.media.video and not c.sdp and c.steps[1] < NAMELESS:
        c.expect[s.ssrc] |= GOOD | {"verified", "undecidable"}
        c.must.discard("plaintext-gap")


@kind(4)
def leaky_described(c):
    """Clear frames in a stream with SFrame payload descriptors: behind such a
    descriptor as well, or as the codec has them."""
    m = c.rng.choice(OPUS + 2 * NATIVE + 3 * NAL)
    n = burst(c, m)
    at = c.rng.randrange(60, 300)
    s = leak(c, m, at, n, at + n + c.rng.randrange(60, 300), "plaintext-gap",
             described=True, falls_back=c.rng.random() < .5)
    c.sdp = c.rng.random() < .5
    nameless(c, s)


@kind(3)
def leaky_prefixed(c):
    """Gaps where the codec's first octets are in front of every header, and
    where the header is that of a draft."""
    way = c.rng.choice((prefixed, draft))
    m = c.rng.choice([m for m in OPUS if m.ticks < 2880] +
                     3 * [m for m in NATIVE if m.codec == "vp8"])
    n = burst(c, m)
    at = c.rng.randrange(150, 300)
    s = leak(c, m, at, n, at + n + c.rng.randrange(100, 300), "plaintext-gap",
             way=way)
    if c.steps[1] < 50:  # the head is clear in every frame: little tells
        c.must.clear()
        c.expect[s.ssrc] |= {"other-dialect", "partly-clear", "undecidable"}
    c.slack = 20
    c.may |= {"not-rfc9605", "partly-clear"}


@kind(3)
def leaky_livekit(c):
    m = c.rng.choice(OPUS + 3 * NATIVE + 2 * H26X)
    n = burst(c, m)
    at = c.rng.randrange(60, 300)
    s = leak(c, m, at, n, at + n + c.rng.randrange(60, 300), "plaintext-gap",
             way=livekit)
    c.expect[s.ssrc] |= {"other-dialect"} if "plaintext-gap" not in c.must \
        else set()
    c.may |= {"not-rfc9605", "partly-clear"}
    c.sdp |= m in NAL


@kind(2)
def leaky_end(c):
    m = leaking(c)
    n = burst(c, m)
    at = c.rng.randrange(60, 300)
    leak(c, m, at, n, at + n, "plaintext-gap")


@kind(3)
def leaky_start(c):
    m = leaking(c)
    n = burst(c, m)
    leak(c, m, 0, n, n + c.rng.randrange(60, 300), "plaintext-start")


@kind(3)
def leaky_key_frame(c):
    """One key frame in the clear, in a protected stream."""
    m = c.rng.choice(NATIVE)
    at = c.rng.randrange(40, 300)
    keys = [i for i in range(len(m.frames)) if m.frames[i][1]]
    at += -at % len(m.frames) + keys[-1]
    s = leak(c, m, at, 1, at + c.rng.randrange(30, 200), "plaintext-gap")
    c.must.add("plaintext-gap")
    c.expect[s.ssrc] = {"mixed"}


@kind(2)
def leaky_network(c):
    """A leak of a second or more in a lossy network."""
    c.network()
    m = c.rng.choice(OPUS + NATIVE)
    n = int(c.rng.choice((1, 3)) / m.step)
    leak(c, m, 100, n, n + 300, "plaintext-gap")
    if c.loss <= .1 or not m.video:
        c.must.add("plaintext-gap")


@kind(3)
def leaky_bolted(c):
    """An SFrame header in front of clear media."""
    m = c.rng.choice(OPUS + NATIVE + PCM)
    n = length(c, 40)
    s = c.add(Sender(c, 1), m, bolted, frames=n)
    enough = n >= (250 if m.codec == "opus" else 60)
    c.expect[s.ssrc] = {"plaintext"} if enough else \
        {"plaintext", "consistent", "mixed", "undecidable"}
    if enough:
        c.must |= {"stream-plaintext", "header-on-plaintext"}
    c.may |= {"stream-plaintext", "header-on-plaintext"}
    if not enough:  # a TOC octet alone may be of some header
        c.may.add("opaque-payload")
    c.steps = (m.codec, n)


@kind(3)
def leaky_bolted_gap(c):
    """The cipher does nothing for a while; headers go on."""
    m = c.rng.choice(OPUS + NATIVE + PCM)
    n = c.rng.choice((60, 100, 150, 250, 400, 700))
    at = c.rng.randrange(0, 300)
    total = at + n + c.rng.randrange(60, 300)
    s = c.add(Sender(c, 1), m, lambda i: bolted if at <= i < at + n else sframe,
              frames=total)
    sent = sum(bool(m.frames[(s.offset + i) % len(m.frames)][0])
               for i in range(at, at + n))
    enough = sent >= 150 or m.codec != "opus" and sent >= 60
    c.expect[s.ssrc] = {"mixed"} if enough else {"mixed"} | GOOD
    c.must = {"header-on-plaintext"} if enough else set()
    c.may |= {"plaintext-gap", "plaintext-start", "header-on-plaintext"}
    c.slack = 20
    c.steps = (m.codec, sent)


@kind(2)
def leaky_tail(c):
    """What stands behind the first octets of each frame is clear."""
    c.network()
    c.loss = min(c.loss, .05)
    m = c.rng.choice(PCM + 4 * NATIVE)
    first = c.rng.choice((16, 32, 64, .25, .5))
    n = length(c, 60)
    way = tailed(first, c.rng.random() < .5)
    s = c.add(Sender(c, 1), m, lambda i: way, frames=n)
    enough = n * (1 - 5 * c.loss) >= (400 if m.video else 150)
    c.expect[s.ssrc] = {"partly-clear", "plaintext", "mixed"}
    if not enough:
        c.expect[s.ssrc] |= GOOD | {"undecidable"}
    c.may |= {"tail-clear", "header-on-plaintext", "stream-plaintext",
              "plaintext-gap", "plaintext-start"}
    c.steps = (m.codec, n)
