"""
kinds.py - the kinds of call there are, by subject: kind.py tells what one is.
"""
import calls
import clear, faulty, foreign, leaky, repairs, rotation, sealed, sound, withkeys  # noqa: E401,F401
from hours import clean_hour  # noqa: F401
from kind import KINDS, WEIGHT


def draw(rng):
    names = list(KINDS)
    return rng.choices(names, [WEIGHT[n] for n in names])[0]


def make(name, seed):
    c = calls.Call(seed)
    KINDS[name](c)
    c.kind = name
    return c
