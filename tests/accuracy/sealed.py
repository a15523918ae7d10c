"""sealed.py - frames that are really sealed, with keys and without."""
import mistakes
from calls import Sender
from kind import kind, sound, talking


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
