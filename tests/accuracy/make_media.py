"""
make_media.py - how media.xz was made, once: a few seconds of media out of the
encoders that calls use. Nothing that tests or builds runs this.

	python3 make_media.py       writes media.xz beside itself

Needs espeak-ng (speech), ffmpeg with libvpx, libx264, libx265, libaom and
libsvtav1, and libopus.so.0 (Debian 12: espeak-ng 1.51, ffmpeg 5.1.9, libopus
1.3.1). Sound is synthetic speech with pauses and a little noise, or chords;
pictures are ffmpeg's own sources. All of it was made here, nothing is anyone's
recording. Opus is called by its library, because DTX and in-band FEC are out of
ffmpeg's reach.

media.xz, unpacked: one line of JSON, a list of {name, codec, clock, ticks,
frames}, where frames is a list of [octets, 1 for a key frame] and ticks the
clock of one frame; then the octets of all frames, one after another.
"""
import ctypes
import json
import lzma
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = [
    ("en", "Good morning everybody. Can you hear me? I will share the figures "
           "of the third quarter now, and then we talk about the plan."),
    ("de", "Guten Tag. Wir haben heute drei Punkte auf der Liste, und danach "
           "bleibt hoffentlich noch Zeit fuer Fragen."),
    ("es", "Hola, buenas tardes. La reunion empieza en cinco minutos, esperamos "
           "a los que faltan."),
    ("en-us+f3", "Yes, that works for me. Sorry, I was on mute. Could you "
                 "repeat the last number, please?"),
]


def sh(*args, feed=None):
    return subprocess.run(args, input=feed, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.DEVNULL).stdout


def pcm(data, rate, channels=1):
    """Any sound to 16-bit samples."""
    return sh("ffmpeg", "-i", "pipe:0", "-f", "s16le", "-ar", str(rate), "-ac",
              str(channels), "pipe:1", feed=data)


def speech(rate, voice=None):
    """Four speakers, a pause of half a second after each, room noise."""
    rng = random.Random(5)
    out = []
    for v, text in TEXTS if voice is None else [TEXTS[voice]]:
        raw = pcm(sh("espeak-ng", "-v", v, "--stdout", text), rate)
        out += struct.unpack("<%dh" % (len(raw) // 2), raw)
        out += [0] * (rate // 2)
    return [max(-32768, min(32767, s + int(rng.gauss(0, 12)))) for s in out]


def music(rate, seconds):
    """Chords on two channels that differ, with a beat of noise."""
    rng = random.Random(6)
    out = []
    for i in range(rate * seconds):
        t = i / rate
        root = 110 * 2 ** ([0, 3, 7, 5][int(t * 2) % 4] / 12)
        env = math.exp(-3 * (t * 2 % 1))
        beat = rng.gauss(0, 4000) * math.exp(-30 * (t * 4 % 1))
        a = sum(math.sin(2 * math.pi * root * k * t) / k for k in (1, 2, 3, 5))
        b = sum(math.sin(2 * math.pi * root * 1.5 * k * t) / k for k in (1, 2, 4))
        out += [int(7000 * env * a + beat), int(7000 * env * b + beat)]
    return [max(-32768, min(32767, s)) for s in out]


# ---- Opus, by its library ---------------------------------------------------

SET = {"bitrate": 4002, "bandwidth": 4008, "vbr": 4006, "complexity": 4010,
       "fec": 4012, "loss": 4014, "dtx": 4016}
APPLICATION = {"voip": 2048, "audio": 2049, "lowdelay": 2051}
WIDEBAND = 1103


def opus(samples, application, ms=20, channels=1, skip_empty=False, **ctl):
    """skip_empty: of DTX frames in a row only the first is sent, as libwebrtc
    does."""
    lib = ctypes.CDLL("libopus.so.0")
    lib.opus_encoder_create.restype = ctypes.c_void_p
    err = ctypes.c_int()
    e = lib.opus_encoder_create(48000, channels, APPLICATION[application],
                                ctypes.byref(err))
    assert err.value == 0
    for name, value in ctl.items():
        assert lib.opus_encoder_ctl(ctypes.c_void_p(e), SET[name],
                                    ctypes.c_int(value)) == 0
    n = 48 * ms
    buf = ctypes.create_string_buffer(4000)
    out, dtx = [], False
    for at in range(0, len(samples) - n * channels, n * channels):
        part = (ctypes.c_int16 * (n * channels))(*samples[at:at + n * channels])
        size = lib.opus_encode(ctypes.c_void_p(e), part, n, buf, 4000)
        assert size > 0
        quiet = size <= 2
        if not (quiet and dtx and skip_empty):
            out.append((buf.raw[:size], 0))
        else:
            out.append((b"", 0))  # not sent; the clock goes on
        dtx = quiet
    return out


# ---- video ------------------------------------------------------------------

SOURCE = ("mandelbrot=s=320x180:r=15:start_scale=2:end_scale=0.02:end_pts=120",
          "testsrc2=s=320x180:r=15,noise=alls=4:allf=t")


def encode(seconds, muxer, *options, source=0):
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "x." + muxer)
        sh("ffmpeg", "-f", "lavfi", "-t", str(seconds), "-i", SOURCE[source],
           "-pix_fmt", "yuv420p", *options, path)
        with open(path, "rb") as f:
            return f.read()


def ivf(data, is_key):
    at, out = 32, []
    while at < len(data):
        n, = struct.unpack_from("<I", data, at)
        frame = data[at + 12:at + 12 + n]
        out.append((frame, int(is_key(frame))))
        at += 12 + n
    return out


def vp8_key(f):
    return f[0] & 1 == 0


def vp9_key(f):
    return f[0] >> 2 & 1 == 0 and f[0] >> 3 & 1 == 0


def av1_key(f):
    """A sequence header among the OBUs (the first after the delimiter)."""
    return f[2] >> 3 & 15 == 1


def access_units(data, delimiter, key_types, of):
    """Annex B, split at its access unit delimiters, which are left out."""
    nals = [n for n in re.split(b"\0\0\0?\1", data) if n]
    out, unit, key = [], b"", 0
    for nal in nals:
        t = of(nal)
        if t == delimiter:
            if unit:
                out.append((unit, key))
            unit, key = b"", 0
            continue
        key |= int(t in key_types)
        unit += b"\0\0\0\1" + nal
    return out + [(unit, key)]


def main():
    sets = []

    def keep(name, codec, clock, ticks, frames):
        sets.append((name, codec, clock, ticks, frames))
        print("%-14s %4d frames %7d octets" % (
            name, len(frames), sum(len(f) for f, _ in frames)))

    said, tune = speech(48000), music(48000, 5)
    short = said[:48000 * 8]
    for name, ms, ctl in (
            ("voip32-fec", 20, dict(bitrate=32000, fec=1, loss=10)),
            ("voip24", 20, dict(bitrate=24000)),
            ("voip12-silk", 20, dict(bitrate=12000, bandwidth=WIDEBAND)),
            ("voip32-cbr", 20, dict(bitrate=32000, vbr=0)),
            ("voip32-10ms", 10, dict(bitrate=32000)),
            ("voip24-60ms", 60, dict(bitrate=24000))):
        keep("opus-" + name, "opus", 48000, 48 * ms,
             opus(short, "voip", ms, **ctl))
    keep("opus-dtx", "opus", 48000, 960,
         opus(said[:48000 * 14], "voip", 20, bitrate=32000, dtx=1))
    keep("opus-dtx-webrtc", "opus", 48000, 960,
         opus(said[48000 * 8:48000 * 22], "voip", 20, skip_empty=True,
              bitrate=24000, dtx=1))
    keep("opus-music64", "opus", 48000, 960,
         opus(tune, "audio", 20, 2, bitrate=64000))
    keep("opus-music128", "opus", 48000, 960,
         opus(tune[:len(tune) // 2], "audio", 20, 2, bitrate=128000))
    low = speech(8000)[:8000 * 5]
    sixteen = speech(16000)[:16000 * 5]
    for name, rate, samples, how in (("pcmu", 8000, low, "mulaw"),
                                     ("pcma", 8000, low, "alaw"),
                                     ("g722", 16000, sixteen, "g722")):
        raw = sh("ffmpeg", "-f", "s16le", "-ar", str(rate), "-i", "pipe:0",
                 "-acodec", "pcm_" + how if how != "g722" else "g722", "-f",
                 how, "pipe:1", feed=struct.pack("<%dh" % len(samples), *samples))
        keep(name, name, 8000, 160, [(raw[i:i + 160], 0)
                                     for i in range(0, len(raw) - 160, 160)])
    rate = ("-b:v", "110k", "-maxrate", "140k", "-bufsize", "80k", "-g", "60")
    vpx = ("-deadline", "realtime", "-cpu-used", "6", "-error-resilient", "1",
           "-lag-in-frames", "0", *rate)
    layers = ("-ts-parameters", "ts_number_layers=3:ts_target_bitrate=50,80,110:"
              "ts_rate_decimator=4,2,1:ts_periodicity=4:ts_layer_id=0,2,1,2:"
              "ts_layering_mode=3")
    v = 90000, 6000
    keep("vp8", "vp8", *v, ivf(encode(7, "ivf", "-c:v", "libvpx", *vpx), vp8_key))
    keep("vp8-ts3", "vp8", *v, ivf(encode(7, "ivf", "-c:v", "libvpx", *vpx,
                                          *layers, source=1), vp8_key))
    keep("vp9", "vp9", *v, ivf(encode(7, "ivf", "-c:v", "libvpx-vp9", *vpx),
                               vp9_key))
    keep("vp9-noisy", "vp9", *v, ivf(encode(6, "ivf", "-c:v", "libvpx-vp9", *vpx,
                                            source=1), vp9_key))
    keep("av1", "av1", *v, ivf(encode(6, "ivf", "-c:v", "libsvtav1", "-preset",
                                      "10", "-svtav1-params",
                                      "pred-struct=1:lookahead=0", "-b:v",
                                      "110k", "-g", "60"), av1_key))
    keep("av1-aom", "av1", *v, ivf(encode(5, "ivf", "-c:v", "libaom-av1",
                                          "-usage", "realtime", "-cpu-used", "8",
                                          "-lag-in-frames", "0", *rate,
                                          source=1), av1_key))
    x26 = ("-tune", "zerolatency", "-preset", "veryfast", *rate)
    for name, profile, src in (("baseline", "baseline", 0), ("high", "high", 1)):
        raw = encode(6, "h264", "-c:v", "libx264", "-profile:v", profile, *x26,
                     "-bsf:v", "h264_metadata=aud=insert", source=src)
        keep("h264-" + name, "h264", *v,
             access_units(raw, 9, (5,), lambda n: n[0] & 31))
    raw = encode(6, "hevc", "-c:v", "libx265", *x26, "-bsf:v",
                 "hevc_metadata=aud=insert")
    keep("h265", "h265", *v,
         access_units(raw, 35, range(16, 24), lambda n: n[0] >> 1 & 63))

    head = json.dumps([dict(name=n, codec=c, clock=k, ticks=t,
                            frames=[[len(f), key] for f, key in fs])
                       for n, c, k, t, fs in sets], separators=(",", ":"))
    body = b"".join(f for *_, fs in sets for f, _ in fs)
    packed = lzma.compress(head.encode() + b"\n" + body, preset=9)
    with open(os.path.join(HERE, "media.xz"), "wb") as f:
        f.write(packed)
    print("media.xz: %d octets" % len(packed), file=sys.stderr)


if __name__ == "__main__":
    main()
