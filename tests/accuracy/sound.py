"""sound.py - calls that keep every rule."""
from calls import (injected, per_packet, sframe, untouched, H26X, MEDIA, NAL,
                   NATIVE, OPUS, RED, Sender, SILENT)
from kind import audio, kind, length, some, sound, video, GOOD


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


@kind(2)
def sound_server_silence(c):
    """A server ends each talkspurt with the silence frame f8 ff fe."""
    m = MEDIA["opus-voip24"]
    every = c.rng.randrange(20, 60)
    s = c.add(Sender(c, 1), m, lambda i: injected if i % every == every - 1
              else sframe, frames=length(c, 100))
    sound(c, s)
