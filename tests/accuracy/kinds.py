"""
kinds.py - the kinds of call there are, each with its truth: the protections
that are right, the findings that must be there and those that may.

A kind is a function that fills a Call. The name's first word is its class in
the table: clear, sound (conformant), leaky (protected and clear by turns),
faulty (a rule is broken), foreign (another cipher).
"""
import calls
import mistakes
from calls import (H26X, MEDIA, NAL, NATIVE, OPUS, PCM, RED, RED_PT, SILENT, Sender,
                   bolted, clear_silence, copies, draft, garbage, injected,
                   livekit, livekit_go, noise, per_packet, plain, prefixed,
                   sframe, tailed, toc, trailed, untouched)

GOOD = {"consistent"}
LEAST = 20        # frames before "consistent" may be said
KINDS = {}        # name: function
WEIGHT = {}


def kind(weight=1):
    def keep(f):
        name = f.__name__.replace("_", " ", 1)
        KINDS[name], WEIGHT[name] = f, weight
        return f
    return keep


def length(c, least=20):
    """Frames of a stream: mostly some seconds, now and then short or long."""
    return c.rng.choice((least, 40, 60, 100, 150, 250, 400, 700, 1500))


def audio(c, pcm=True):
    return c.rng.choice(OPUS + (PCM if pcm and c.rng.random() < .3 else []))


def video(c):
    return c.rng.choice(NATIVE)


def some(c):
    return audio(c) if c.rng.random() < .6 else video(c)


def sound(c, *streams, least=LEAST):
    for s in streams:
        c.expect[s.ssrc] = GOOD if s.frames >= 2 * least else \
            GOOD | {"undecidable"}


# ==== clear ==================================================================

# Frames with which a whole stream in the clear is named.
PROMISE = {"opus": 200, "red": 100, "pcmu": 20, "pcma": 20, "g722": 20,
           "vp8": 30, "vp9": 30, "h264": 20, "h265": 20, "av1": 20}


def clear_stream(c, m, n):
    s = c.add(Sender(c, 1), m, plain, frames=n)
    enough = n * (1 - c.loss) >= PROMISE[m.codec]
    c.expect[s.ssrc] = {"plaintext"} if enough else \
        {"plaintext", "undecidable", "srtp", "absent"}
    if enough:
        c.must.add("stream-plaintext")
        c.may |= {"stream-plaintext"}
    else:
        c.may |= {"stream-plaintext", "partly-clear"}
    c.steps = (m.codec, n)


@kind(4)
def clear_opus(c):
    c.network()
    clear_stream(c, c.rng.choice(OPUS), length(c, 10))


@kind()
def clear_red(c):
    clear_stream(c, RED[0], length(c, 10))


@kind()
def clear_pcm(c):
    c.network()
    clear_stream(c, c.rng.choice(PCM), length(c, 10))


@kind(3)
def clear_vp8_vp9(c):
    c.loss = c.rng.choice((0, .01, .03))
    clear_stream(c, video(c), length(c, 10))


@kind(2)
def clear_nal(c):
    c.sdp = True
    clear_stream(c, c.rng.choice(NAL), length(c, 10))


# ==== sound ==================================================================

@kind(4)
def sound_one(c):
    c.network()
    sound(c, c.add(Sender(c, 1), some(c), frames=length(c)))


@kind(3)
def sound_described(c):
    """The payload format of the draft, any codec under it."""
    c.network()
    m = c.rng.choice(OPUS + NATIVE + NAL)
    sound(c, c.add(Sender(c, 1), m, frames=length(c), described=True))
    c.sdp = False


@kind(3)
def sound_shared_counter(c):
    """Audio and video on one counter."""
    c.network()
    u = Sender(c, 1)
    n = length(c, 60)
    sound(c, c.add(u, audio(c), frames=n),
          c.add(u, video(c), frames=n // 3))


@kind(2)
def sound_simulcast(c):
    c.network()
    u = Sender(c, 1)
    n = length(c, 60)
    m = video(c)
    sound(c, c.add(u, audio(c), frames=3 * n),
          *[c.add(u, m, frames=n, begin=.003 * i) for i in range(3)])


@kind(2)
def sound_rollover(c):
    """A new KID every few seconds, counter from zero, all streams at once."""
    c.network()
    u = Sender(c, 1, kid=c.rng.choice((3, 5, 6, 16, 250, 70000)), ctr=0)
    every = c.rng.choice((100, 250, 500))
    first = c.rng.choice((every, 9, 12, 25))  # frames under the first key

    def how(i):
        if i == first or i and i % every == 0:
            u.kid, u.ctr = u.kid + 1, 0
        return sframe
    s = c.add(u, audio(c), how, frames=length(c, 250))
    sound(c, s)
    if first < every:  # under a key that short there may be no proof
        c.expect[s.ssrc] |= {"undecidable"}
    c.may |= {"frame-repeated"}


@kind(2)
def sound_rtx(c):
    c.network()
    s = c.add(Sender(c, 1), video(c), frames=length(c, 60))
    sound(c, s)
    c.rtx(s, c.pts.pop(), c.rng.getrandbits(32) | 1, c.rng.choice((.02, .2)))


@kind(2)
def sound_sfu(c):
    """Both sides of an SFU in one capture."""
    c.network()
    u, v = Sender(c, 1, kid=17), Sender(c, 2, kid=33)
    seconds = c.rng.uniform(4, 20)
    streams = [c.add(w, m, frames=int(seconds / m.step))
               for w, m in ((u, audio(c)), (v, audio(c)), (v, video(c)))]
    sound(c, *streams)
    for ssrc in c.forward(streams, c.rng.choice((1, 2, 4))):
        c.expect[ssrc] = GOOD | {"undecidable"}


@kind(2)
def sound_late_join(c):
    c.network()
    seconds, late = c.rng.uniform(6, 30), c.rng.uniform(.5, 3)
    m, o = audio(c), audio(c)
    sound(c, c.add(Sender(c, 1, kid=8), m, frames=int(seconds / m.step)),
          c.add(Sender(c, 2, kid=9), o, begin=late,
                frames=int((seconds - late) / o.step)))


@kind(2)
def sound_dtx(c):
    """Silence suppressed, what is sent is protected."""
    c.network()
    m = MEDIA[c.rng.choice(SILENT)]
    sound(c, c.add(Sender(c, 1), m, frames=length(c, 150)))


@kind()
def sound_step(c):
    u = Sender(c, 1)
    step, take = c.rng.choice((2, 3, 7)), u.take

    def jump():
        u.ctr += step - 1
        return take()
    u.take = jump
    sound(c, c.add(u, some(c), frames=length(c)))


@kind(2)
def sound_per_packet(c):
    """Each packet is a ciphertext, with a descriptor in front or without."""
    c.network()
    m = c.rng.choice(NATIVE + H26X)
    sound(c, c.add(Sender(c, 1), m, untouched, frames=length(c), packetize=
                   per_packet(c.rng.choice((b"", b"\xe0")))))
    c.sdp &= m in NATIVE


@kind(2)
def sound_red(c):
    """SFrame over the whole of a RED payload."""
    c.network()
    sound(c, c.add(Sender(c, 1), RED[0], frames=length(c)))


# ==== foreign ================================================================

def foreign(c, way, right, must=(), media=None):
    c.network()
    c.loss = min(c.loss, .05)
    m = media or some(c)
    s = c.add(Sender(c, 1), m, way, frames=length(c, 60))
    c.expect[s.ssrc] = right
    c.must |= set(must)
    c.may |= {"not-rfc9605", "opaque-payload", "partly-clear"}
    return s


@kind(2)
def foreign_prefixed(c):
    # a TOC of several frames a packet, 7b, is also a config octet: KID 7
    m = c.rng.choice([m for m in OPUS if m.ticks < 2880] + [m for m in NATIVE if m.codec == "vp8"])
    s = foreign(c, prefixed, {"partly-clear"}, ["partly-clear"], m)
    if s.frames < 100:
        c.expect[s.ssrc] |= {"undecidable"}
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


# ==== leaky ==================================================================

# Clear frames in a row, in a protected stream, with which they are named.
GAP = {"opus": 5, "red": 5, "pcmu": 5, "pcma": 5, "g722": 1, "vp8": 3,
       "vp9": 3, "h264": 20, "h265": 3, "av1": 8}


def leak(c, m, at, n, total, slug, way=sframe, **o):
    u = Sender(c, 1)
    s = c.add(u, m, lambda i: plain if at <= i < at + n else way,
              frames=total, **o)
    c.expect[s.ssrc] = {"mixed"}
    # DTX sends none of some, and silence may be a server's
    n = sum(m.frames[(s.offset + i) % len(m.frames)][0] not in
            (b"", b"\xf8\xff\xfe") for i in range(at, at + n))
    if n >= GAP[m.codec] and c.loss == 0:
        c.must.add(slug)
    else:
        c.expect[s.ssrc] |= GOOD | {"undecidable"}
        c.must.discard(slug)
    c.may |= {"plaintext-start", "plaintext-gap", "stray-clear"}
    c.steps = (m.codec, n)
    return s


@kind(2)
def sound_server_silence(c):
    """A server ends each talkspurt with the silence frame f8 ff fe."""
    m = MEDIA["opus-voip24"]
    every = c.rng.randrange(20, 60)
    s = c.add(Sender(c, 1), m, lambda i: injected if i % every == every - 1
              else sframe, frames=length(c, 100))
    sound(c, s)


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


@kind(4)
def leaky_described(c):
    """Clear frames in a stream with SFrame payload descriptors."""
    m = c.rng.choice(OPUS + 2 * NATIVE + 3 * NAL)
    n = burst(c, m)
    at = c.rng.randrange(60, 300)
    leak(c, m, at, n, at + n + c.rng.randrange(60, 300), "plaintext-gap",
         described=True)
    c.sdp = c.rng.random() < .5


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
    n = sum(bool(m.frames[(s.offset + i) % len(m.frames)][0])
            for i in range(at, at + n))
    enough = n >= 150 or m.codec != "opus" and n >= 60
    c.expect[s.ssrc] = {"mixed"} if enough else {"mixed"} | GOOD
    c.must = {"header-on-plaintext"} if enough else set()
    c.may |= {"plaintext-gap", "plaintext-start", "header-on-plaintext"}
    c.slack = 20
    c.steps = (m.codec, n)


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


# ==== faulty =================================================================

@kind()
def faulty_reset(c):
    """The counter starts again under its key."""
    u = Sender(c, 1, ctr=0)
    at = c.rng.randrange(60, 200)

    def how(i):
        if i == at:
            u.ctr = 0
        return sframe
    s = c.add(u, some(c), how, frames=at + c.rng.randrange(60, 200))
    sound(c, s)
    c.must.add("ctr-reused")
    c.may |= {"ctr-reused", "ctr-went-back"}


@kind()
def faulty_two_counters(c):
    """Audio and video each count from zero under one key."""
    u, v = Sender(c, 1, ctr=0), None
    v = Sender(c, 1, kid=u.kid, ctr=0)
    v.path, v.name, v.tag = u.path, u.name, u.tag
    a = c.add(u, audio(c), frames=300)
    b = c.add(v, video(c), frames=100)
    sound(c, a, b)
    c.must.add("ctr-reused")
    c.may |= {"ctr-reused", "ctr-went-back"}


@kind()
def faulty_padded(c):
    """More octets for a value than it needs."""
    u = Sender(c, 1)
    which = c.rng.choice(("kid", "ctr"))
    value = u.kid if which == "kid" else u.ctr + 600
    need = (value.bit_length() + 7) // 8 or 1
    more = {which + "_octets": min(8, need + 1)}
    if need == 8:
        u.kid, more = 9, {"kid_octets": 3}
        which = "kid"

    def padded(s, frame, key):
        return calls.mkcap.header(u.kid, u.take(), **more) + \
            u.rng.randbytes(len(frame) + u.tag)
    s = c.add(u, some(c), lambda i: padded, frames=length(c, 60))
    c.must.add(which + "-not-minimal")
    c.may |= {"kid-not-minimal", "ctr-not-minimal", "kid-not-inline",
              "ctr-not-inline"}
    c.expect[s.ssrc] = GOOD


def moving(c, number, kid, moves, seconds):
    """A sender of audio that goes to kid(n) at the n-th of these seconds."""
    m = MEDIA["opus-voip24"]
    u = Sender(c, number, kid=kid(0), ctr=0)
    at = {int(t / m.step): n for n, t in enumerate(moves, 1)}

    def how(i):
        if i in at:
            u.kid, u.ctr = kid(at[i]), 0
        return sframe
    sound(c, c.add(u, m, how, frames=int(seconds / m.step)))
    return u


def numbered(c):
    """KIDs of (sender, epoch): the epoch below or above."""
    return c.rng.choice((lambda who, n: who << 4 | n & 15,
                         lambda who, n: 7 << 12 | who << 8 | n,
                         lambda who, n: n + 3 << 16 | who))


@kind(2)
def faulty_drift(c):
    """A group rotates some times; once one of it is late by some seconds."""
    rng, kid = c.rng, numbered(c)
    people, times = rng.randrange(2, 6), rng.randrange(1, 4)
    at = [12 + 22 * (i + rng.random()) for i in range(times)]
    who, when = rng.randrange(people), rng.randrange(times)
    delay = rng.choice((3, 5, 10))
    for p in range(people):
        moves = [t + (delay if (p, i) == (who, when) else rng.uniform(0, .3))
                 for i, t in enumerate(at)]
        moving(c, p + 1, lambda n, p=p: kid(p + 1, n), moves, at[-1] + 16)
    late = c.streams[who].ssrc
    c.must.add("kid-drift")
    c.may |= {"kid-drift"}
    c.blame["kid-drift"] = {late}


def alike(plans):
    """Two who came to every key in the same order and one soon after the other
    look like a group with one who is late, whatever they are."""
    a, b = plans
    n = min(len(a), len(b))
    gaps = [y - x for x, y in zip(a[:n], b[:n])]
    return not n or max(gaps) - min(gaps) < 3


@kind(3)
def sound_own_ratchets(c):
    """RFC 9605 5.1: each sender ratchets when it likes, nobody says so."""
    rng, kid = c.rng, numbered(c)
    people, seconds = rng.randrange(2, 6), rng.choice((60, 90, 120))
    while True:
        plans = [sorted(rng.uniform(2, seconds) for _ in range(
            rng.randrange(2, 7))) for _ in range(people)]
        if people > 2 or not alike(plans):
            break
    for p, moves in enumerate(plans):
        moving(c, p + 1, lambda n, p=p: kid(p + 1, n), moves, seconds)


@kind()
def faulty_silence(c):
    """Silence frames are not encrypted."""
    m = MEDIA["opus-dtx"]
    s = c.add(Sender(c, 1), m, clear_silence, frames=700)
    c.expect[s.ssrc] = {"mixed"}
    c.must.add("silence-clear")
    c.may |= {"plaintext-start", "plaintext-gap"}


def talking(c):
    """Opus of 20 ms, something in every frame."""
    return c.rng.choice([m for m in OPUS if m.ticks == 960 and
                         m.name not in SILENT])


@kind(2)
def faulty_copies(c):
    """RED was put around SFrame, or around LiveKit's frames, and the copies in
    it are clear, all of them or some."""
    c.network()
    c.loss = min(c.loss, .05)
    way = c.rng.choice((sframe, sframe, livekit, livekit_go))
    red = copies(way, True, c.rng.choice((1, 1, 2)), c.rng.choice((1, 1, .1)))
    s = c.add(Sender(c, 1), talking(c), lambda i: red, pt=RED_PT,
              frames=length(c, 60))
    c.may |= {"copies-clear", "stray-clear", "not-rfc9605"}
    c.expect[s.ssrc] = {"mixed"}

    def settle():
        if s.repeated >= 8:
            c.must.add("copies-clear")
        else:
            c.expect[s.ssrc] |= GOOD | {"other-dialect"}
    c.settle = settle
    c.steps = ("opus", s.frames)


@kind()
def sound_copies(c):
    """The same with copies of what was sent."""
    c.network()
    red = copies(sframe, False, c.rng.choice((1, 1, 2)))
    sound(c, c.add(Sender(c, 1), talking(c), lambda i: red, pt=RED_PT,
                   frames=length(c, 60)))


def before(s):
    """{sequence number: the payload as it would have been in the clear}."""
    m, number, clear, ctr = s.media, s.seq, {}, s.sender.ctr
    for i in range(s.frames):
        frame, key = m.frames[(s.offset + i) % len(m.frames)]
        if not frame:
            continue
        size = len(sframe(s, frame, key))
        parts, whole = s.packetize(frame, key, i), s.packetize(
            bytes(size), key, i)
        for k in range(len(whole)):
            clear[number + k] = parts[min(k, len(parts) - 1)]
        number += len(whole)
    s.sender.ctr = ctr
    return clear


@kind()
def faulty_repairs(c):
    """RTX packets carry the clear frame."""
    s = c.add(Sender(c, 1), c.rng.choice(NATIVE), frames=length(c, 100))
    sound(c, s)
    c.expect[s.ssrc] |= {"undecidable"}
    c.rtx(s, c.pts.pop(), c.rng.getrandbits(32) | 1, .2, of=before(s))
    c.must |= {"rtx-differs"}
    c.may |= {"stream-plaintext", "rtx-plaintext"}


def under_fec(c):
    s = c.add(Sender(c, 1), c.rng.choice(NATIVE + [talking(c)]),
              frames=length(c, 100))
    sound(c, s)
    return s


@kind()
def sound_fec(c):
    """FlexFEC of what is sent, of one packet to twenty."""
    c.network()
    s = under_fec(c)
    c.fec(s, c.rng.choice((1, 2, 5, 10, 20)), c.rng.randrange(4))


@kind()
def faulty_fec(c):
    """FlexFEC of what was there before it was encrypted."""
    s = under_fec(c)
    size = c.rng.choice((1, 1, 2, 3))
    c.fec(s, size, c.rng.randrange(3), of=before(s))
    c.may |= {"copies-clear", "fec-unexplained", "stray-clear"}
    c.expect[s.ssrc] |= {"mixed"}
    if size == 1 and s.frames >= 250:
        c.must.add("copies-clear")
        c.expect[s.ssrc] = {"mixed"}
    elif s.frames >= 250:
        c.must_one = {"copies-clear", "fec-unexplained"}
    c.steps = (s.media.codec, s.frames)


def seal(c, m):
    """Real SFrame, by the implementation that tests/mistakes.py is."""
    u = Sender(c, 1, kid=c.rng.choice((3, 300, 2**64 - 1)))
    suite, base = c.rng.choice((1, 4, 5)), c.rng.randbytes(16)
    way = mistakes.Way(suite)
    key, salt = way.key(base, u.kid), way.salt(base, u.kid)
    way.key, way.salt = lambda *_: key, lambda *_: salt

    def sealed(s, frame, is_key):
        return way.frame(base, u.kid, u.take(), frame)
    s = c.add(u, m, lambda i: sealed, frames=100)
    c.keys = {"schema": "sframe-tool/keys/v1", "keys": [
        {"kid": str(u.kid), "suite": suite, "base_key": base.hex()}]}
    return s


@kind()
def sound_sealed(c):
    """Frames that a key opens, judged without it."""
    s = seal(c, talking(c))
    c.keys = None
    sound(c, s)


@kind()
def sound_verified(c):
    """And with it."""
    c.expect[seal(c, talking(c)).ssrc] = {"verified"}


@kind()
def faulty_never_rotated(c):
    """One leaves, and the others go on under the keys that it knows."""
    n, kid = c.rng.randrange(2, 5), numbered(c)
    c.rtcp = True
    for p in range(n):
        s = c.add(Sender(c, p + 1, kid=kid(p + 1, 0), ctr=0),
                  MEDIA["opus-voip24"], bye=p == 0,
                  frames=1000 if p == 0 else 2500)
        sound(c, s)
    c.must.add("not-rotated")
    c.may |= {"not-rotated"}


def draw(rng):
    names = list(KINDS)
    return rng.choices(names, [WEIGHT[n] for n in names])[0]


def make(name, seed):
    c = calls.Call(seed)
    KINDS[name](c)
    c.kind = name
    return c


# ==== clean hours ============================================================

SCHEMES = ("epochs", "own epochs", "one key", "a key a stream")


class Person:
    """Who speaks in a clean hour: when a new key is taken, and which."""

    def __init__(self, c, number, begin, end, scheme, changes):
        self.c, self.number, self.begin, self.end = c, number, begin, end
        self.scheme = scheme
        self.changes = [0.0] + sorted(changes if scheme == "epochs" else [
            x * (end - begin) + begin for x in
            (c.rng.random() for _ in range(c.rng.randrange(1, 20)))])
        self.senders = []
        self.streams = []

    def kid(self, epoch, stream):
        if self.scheme == "one key":
            return self.number * 17 + 40
        if self.scheme == "a key a stream":
            return self.number << 4 | stream
        return self.number << 8 | epoch

    def sender(self):
        """Streams share a counter, but for those with keys of their own."""
        if not self.senders or self.scheme == "a key a stream":
            n = len(self.senders)
            u = Sender(self.c, self.number, kid=self.kid(0, n), ctr=0)
            u.epoch, u.stream, u.tag = 0, n, 16
            if self.senders:
                u.path, u.name = self.senders[0].path, self.senders[0].name
            self.senders.append(u)
        return self.senders[-1]

    def add(self, m, lag=0.0, **o):
        u, begin = self.sender(), self.begin + lag

        def how(i):
            at = begin + i * m.step
            while self.scheme.endswith("epochs") and \
                    u.epoch + 1 < len(self.changes) and \
                    at >= self.changes[u.epoch + 1]:
                u.epoch += 1
                u.kid, u.ctr = self.kid(u.epoch, u.stream), 0
            return sframe
        s = self.c.add(u, m, how, begin=begin,
                       frames=int((self.end - begin) / m.step), **o)
        self.streams.append(s)
        return s


def clean_hour(seed, seconds=3600):
    """A meeting: three or four people, some late, one that leaves, where a new
    key follows; simulcast, loss, repairs, roll-over on every join and leave, an
    SFU that sends on."""
    c = calls.Call(seed)
    rng = c.rng
    c.kind, c.sdp, c.rtcp = "clean hour", False, True
    c.loss, c.reorder = rng.choice((0, .01, .03)), .01
    scheme = rng.choice(("epochs", "epochs") + SCHEMES)
    late, leave = (seconds * rng.uniform(*x) for x in ((.1, .5), (.6, .9)))
    if scheme != "epochs":  # nobody changes a key for it: that would be told
        leave = seconds
    changes = [late + .5, leave + .5] + [
        rng.uniform(.05, .95) * seconds for _ in range(rng.randrange(6))]
    people = [Person(c, n, begin, end, scheme, [x for x in changes if x > begin])
              for n, begin, end in ((1, 0, seconds), (2, .5, seconds),
                                    (3, late, seconds), (4, 1, leave))]
    # a key belongs to the epoch, whoever came when
    for p in people:
        before = sum(x <= p.begin for x in changes) if scheme == "epochs" else 0
        p.kid = lambda epoch, stream, p=p, b=before: \
            Person.kid(p, epoch + b, stream)
    for p in people:
        p.add(MEDIA[rng.choice(("opus-dtx", "opus-dtx-webrtc", "opus-voip24",
                                "opus-music64"))])
        m = MEDIA[rng.choice(("vp8-ts3", "vp8", "vp9"))]
        described = rng.random() < .2
        for layer in range(2 if p.number == 1 else p.number % 2):
            s = p.add(m, .004 * (layer + 1), described=described)
            if rng.random() < .7:
                s.repair = 97, rng.getrandbits(32) | 1, rng.getrandbits(16)
    sound(c, *c.streams)
    for ssrc in c.forward(rng.sample(c.streams, 2), 2):
        c.expect[ssrc] = GOOD
    return c
