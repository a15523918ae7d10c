"""hours.py - meetings of an hour in which nothing is wrong."""
import calls
from calls import sframe, MEDIA, Sender
from kind import GOOD, sound

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
