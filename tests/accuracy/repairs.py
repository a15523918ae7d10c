"""repairs.py - what RED, RTX and FEC repeat."""
from calls import copies, livekit, livekit_go, sframe, NATIVE, RED_PT, Sender
from kind import kind, length, sound, talking, GOOD


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
    c.expect[s.ssrc] = c.expect[s.ssrc] | {"mixed"}
    if size == 1 and s.frames >= 250:
        c.must.add("copies-clear")
        c.expect[s.ssrc] = {"mixed"}
    elif s.frames >= 250:
        c.must_one = {"copies-clear", "fec-unexplained"}
    c.steps = (s.media.codec, s.frames)
