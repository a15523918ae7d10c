"""
kind.py - the register of kinds, and what several of them use.

A kind is a function that fills a Call with streams and with its truth: the
protections that are right, the findings that must be there and those that may.
The name's first word is its class in the table: clear, sound (conformant), leaky
(protected and clear by turns), faulty (a rule is broken), foreign (another
cipher).
"""
from calls import NATIVE, OPUS, PCM, SILENT

GOOD = frozenset({"consistent"})
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


def talking(c):
    """Opus of 20 ms, something in every frame."""
    return c.rng.choice([m for m in OPUS if m.ticks == 960 and
                         m.name not in SILENT])


def shown(s):
    """Frames that have something in them: DTX sends nothing for many."""
    f = s.media.frames
    return sum(bool(f[(s.offset + i) % len(f)][0]) for i in range(s.frames))


def sound(c, *streams, least=LEAST):
    for s in streams:
        c.expect[s.ssrc] = GOOD if shown(s) >= 2 * least else \
            GOOD | {"undecidable"}
        if s.frames < 2 * least and s.media.name in SILENT:
            # a packet may be all there is, and one is no source yet
            c.expect[s.ssrc] = c.expect[s.ssrc] | {"absent"}
