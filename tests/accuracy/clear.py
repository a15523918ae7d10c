"""clear.py - calls that nobody encrypted."""
from calls import plain, NAL, OPUS, PCM, RED, Sender
from kind import kind, length, video

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
