"""faulty.py - headers and counters that break a rule."""
import calls
from calls import clear_silence, sframe, MEDIA, Sender
from kind import audio, kind, length, some, sound, video, GOOD


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


@kind()
def faulty_silence(c):
    """Silence frames are not encrypted."""
    m = MEDIA["opus-dtx"]
    s = c.add(Sender(c, 1), m, clear_silence, frames=700)
    c.expect[s.ssrc] = {"mixed"}
    c.must.add("silence-clear")
    c.may |= {"plaintext-start", "plaintext-gap"}
