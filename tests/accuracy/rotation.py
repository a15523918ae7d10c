"""rotation.py - keys in time: who moves to which key, and when."""
from calls import sframe, MEDIA, Sender
from kind import kind, sound


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
    """A group rotates some times; once one of it is late by some seconds, and
    there before the next time."""
    rng, kid = c.rng, numbered(c)
    people, times = rng.randrange(2, 6), rng.randrange(1, 4)
    at = [12 + 22 * i + 9 * rng.random() for i in range(times)]
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


GRACE = 2  # seconds in which a group is at one
LATE = 15  # seconds by which one of two may be late and still belong to both


def alike(plans):
    """Two who came to every key in the same order, at once or one of them soon
    after the other, look like a group with one who is late, whatever they are."""
    a, b = plans
    n = min(len(a), len(b))
    late = [y - x for x, y in zip(a[:n], b[:n]) if abs(y - x) > GRACE]
    return not late or max(late) - min(late) < 3 and \
        max(map(abs, late)) < LATE


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
