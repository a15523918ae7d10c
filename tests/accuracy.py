"""
accuracy.py - how often is the program right? Thousands of calls with a known
truth, out of a seed, and every labelled real capture; one table.

	accuracy.py [--calls N] [--seed S] [--jobs J] [--hours H] [--only WORD]
	            [--captures DIR] [--keep DIR]

Without options: a short run, for tests/run.sh. A call is named by its kind and
number, `clear opus/17`; the same seed gives the same call. Asked of each:

  - a stream in the clear is never called encrypted (the cells marked !)
  - a conformant call has no finding above note
  - a fault is found, from the number of frames that is promised (kinds.py)
  - the clear frames of a leak are those that were sent, to the frame

The exit status is 1 when one call fails. Power, at the end, is how many of the
leaks were found, by codec and by clear frames in a row, promised or not.
"""
import argparse
import collections
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "accuracy"))
import harness  # noqa: E402
import kinds    # noqa: E402
import real     # noqa: E402

CLOAKED = ("verified", "consistent", "partly-clear", "other-dialect", "srtp")
LOUD = ("critical", "error", "warning")


def judge(pieces, options=()):
    """The program's report of a capture, fed as it is made."""
    with tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as out:
        p = subprocess.Popen([harness.TOOL, "check", "--json", *options, "-"],
                             stdin=subprocess.PIPE, stdout=out, stderr=err)
        try:
            for piece in pieces:
                p.stdin.write(piece)
            p.stdin.close()
        except BrokenPipeError:
            pass
        p.wait()
        out.seek(0)
        err.seek(0)
        text = out.read()
        if p.returncode not in (0, 1, 4) or not text:
            raise RuntimeError("status %d: %s" % (
                p.returncode, err.read().decode()[-200:]))
        return harness.strict(text)


def intervals_fit(call, stream, found):
    """Every clear frame that was said is one, and none is missing between."""
    truth = stream.clear_ns
    if call.loss or call.reorder or call.duplicates or not truth:
        return ""
    said = found["plaintext_intervals"]
    n = sum(v["frames"] for v in said)
    if not n:
        return ""
    first = harness.nanoseconds(said[0]["first"])
    last = harness.nanoseconds(said[-1]["last"])
    step = int(stream.media.step * 1e9)
    if abs(n - len(truth)) <= call.slack and \
            abs(first - truth[0][0]) <= call.slack * step and \
            abs(last - truth[-1][1]) <= call.slack * step:
        return ""
    if (n, first, last) != (len(truth), truth[0][0], truth[-1][1]):
        return "says %d clear frames, %d were sent; first %+.3f s, last %+.3f s" \
            % (n, len(truth), (first - truth[0][0]) / 1e9,
               (last - truth[-1][1]) / 1e9)
    return ""


class Result:
    def __init__(self, name, call):
        self.name, self.kind, self.steps = name, call.kind, call.steps
        self.cells, self.wrong = [], []
        self.protections, self.found = [], set()


def look(call, name, report):
    r = Result(name, call)
    call.settle()
    by = {int(s["ssrc"], 16): s for s in report["streams"]}
    r.found = {f["slug"] for f in report["findings"]
               if f["severity"] in LOUD}
    sure = "clear" if call.kind.startswith("clear") else \
        "leaky" if call.kind.startswith("leaky") else \
        call.kind.split()[0]
    twins = {s.ssrc for s in call.streams if s.sender.as_two_formats()}
    for ssrc, right in sorted(call.expect.items()):
        s = by.get(ssrc)
        said = s["protection"] if s else "absent"
        if ssrc in twins and s and s["why"]:
            right = right | {"undecidable"}
        r.cells.append((sure, said))
        r.protections.append(said)
        if said not in right:
            r.wrong.append("%s, not %s" % (said, " or ".join(sorted(right))))
    for s in call.streams:
        if s.ssrc in by and sure == "leaky":
            why = intervals_fit(call, s, by[s.ssrc])
            if why:
                r.wrong.append(why)
    for slug, right in call.blame.items():
        ids = {i for f in report["findings"] if f["slug"] == slug
               for i in f["streams"]}
        named = {int(s["ssrc"], 16) for s in report["streams"] if s["id"] in ids}
        if named != right:
            r.wrong.append("%s names %s, not %s" % (slug, sorted(map(hex, named)),
                                                    sorted(map(hex, right))))
    for slug in sorted(call.must - r.found):
        r.wrong.append("does not find " + slug)
    if call.must_one and not call.must_one & r.found:
        r.wrong.append("finds none of " + ", ".join(sorted(call.must_one)))
    may = set(call.may)
    if sure in ("leaky", "faulty"):
        may.add("frames-unexplained")  # of clear frames, those that show nothing
    for slug in sorted(r.found - call.must - may):
        r.wrong.append("finds " + slug)
    return r


def one(job):
    """A call, made and judged, in a process of its own."""
    name, seed, keep = job
    kind, _, number = name.rpartition("/")
    try:
        call = kinds.clean_hour(seed, int(number.split("x")[-1])) \
            if kind == "clean hour" else kinds.make(kind, seed)
        options, sdp = list(call.options), None
        if call.sdp:
            sdp = tempfile.NamedTemporaryFile("w", suffix=".sdp", newline="")
            sdp.write(call.describe())
            sdp.flush()
            options += ["--sdp", sdp.name]
        pieces = call.capture()
        if call.sealer:  # which keys there are is known when all is sealed
            pieces = [b"".join(pieces)]
            call.keys = call.sealer.file()
        if call.keys:
            keys = tempfile.NamedTemporaryFile("w", suffix=".json")
            json.dump(call.keys, keys)
            keys.flush()
            options += ["--keys", keys.name]
        r = look(call, name, judge(pieces, options))
    except Exception as e:  # whatever it is, the call was not judged
        call = type("", (), dict(kind=kind, steps=()))
        r = Result(name, call)
        r.wrong.append("%s: %s" % (type(e).__name__, e))
    if keep and r.wrong:
        again = kinds.make(kind, seed) if kind != "clean hour" else None
        if again:
            base = os.path.join(keep, name.replace(" ", "-").replace("/", "-"))
            with open(base + ".pcap", "wb") as f:
                f.writelines(again.capture())
            if again.sdp:
                with open(base + ".sdp", "w", newline="") as f:
                    f.write(again.describe())
            if again.sealer:
                with open(base + ".keys.json", "w") as f:
                    json.dump(again.sealer.file(), f)
    return r


def jobs(o):
    rng = random.Random(o.seed)
    for i in range(o.calls):
        kind, seed = kinds.draw(rng), rng.getrandbits(48)
        if not o.only or o.only in "%s/%d" % (kind, i):
            yield "%s/%d" % (kind, i), seed, o.keep
    for i in range(o.hours):
        if not o.only or o.only in "clean hour":
            yield "clean hour/%dx%d" % (i, o.seconds), o.seed * 1000 + i, None


# ---- what is told -----------------------------------------------------------

def table(title, rows, columns, cells, width=12):
    print("\n" + title)
    print(" " * 24 + "".join("%*s" % (width, c) for c in columns))
    for row in rows:
        print("%-24s" % row + "".join(
            "%*s" % (width, cells.get((row, c)) or ".") for c in columns))


def confusion(results):
    count = collections.Counter(c for r in results for c in r.cells)
    columns = [p for p in ("verified", "consistent", "partly-clear", "mixed",
                           "plaintext", "other-dialect", "srtp", "undecidable",
                           "absent") if any(c[1] == p for c in count)]
    cells = {k: "%d%s" % (v, "!" if k[0] == "clear" and k[1] in CLOAKED else "")
             for k, v in count.items()}
    table("streams: the truth, and what was said", sorted({c[0] for c in count}),
          columns, cells, 14)


def by_kind(results):
    count = collections.defaultdict(collections.Counter)
    for r in results:
        count[r.kind]["calls"] += 1
        count[r.kind]["wrong"] += bool(r.wrong)
        for slug in r.found:
            count[r.kind][slug] += 1
    print("\n%-24s%8s%8s  findings of warning or above" % (
        "calls", "made", "wrong"))
    for k in sorted(count):
        c = count[k]
        print("%-24s%8d%8s  %s" % (
            k, c["calls"], c["wrong"] or ".", ", ".join(
                "%s %d" % (s, n) for s, n in sorted(c.items())
                if s not in ("calls", "wrong"))))


def power(results):
    """Of the leaks, how many were said, by codec and clear frames in a row."""
    hit, made, stray = (collections.Counter() for _ in range(3))
    for r in results:
        if not r.steps or not r.kind.startswith(("leaky", "clear")):
            continue
        cell = r.kind, r.steps[0], r.steps[1]
        made[cell] += 1
        sure = any(s in r.found for s in (
            "stream-plaintext", "plaintext-gap", "plaintext-start"))
        hit[cell] += sure
        stray[cell] += not sure and "stray-clear" in r.found
    if not made:
        return
    print("\nfound of leaks made, by clear frames (frames: found, + pointed at as "
          "stray-clear, /made)")
    rows = sorted({c[:2] for c in made})
    for kind, codec in rows:
        print("%-18s%-6s" % (kind, codec) + "  ".join(
            "%d: %d%s/%d" % (n, hit[k, c, n], "+%d" % stray[k, c, n]
                             if stray[k, c, n] else "", made[k, c, n])
            for k, c, n in sorted(made) if (k, c) == (kind, codec)))


def tell(results, seconds):
    confusion(results)
    by_kind(results)
    power(results)
    wrong = [r for r in results if r.wrong]
    print("\n%d calls in %.0f s, %d wrong" % (len(results), seconds, len(wrong)))
    for r in wrong[:60]:
        print("  %s: %s" % (r.name, "; ".join(r.wrong)))
    if len(wrong) > 60:
        print("  and %d more" % (len(wrong) - 60))


def main():
    a = argparse.ArgumentParser(add_help=True, description=__doc__,
                                formatter_class=argparse.RawTextHelpFormatter)
    a.add_argument("--calls", type=int, default=160)
    a.add_argument("--seed", type=int, default=9605)
    a.add_argument("--jobs", type=int, default=2)
    a.add_argument("--hours", type=int, default=0)
    a.add_argument("--seconds", type=int, default=3600)
    a.add_argument("--only", default="")
    a.add_argument("--captures", action="append", default=[])
    a.add_argument("--keep", default="")
    o = a.parse_args()
    begin = time.monotonic()
    with multiprocessing.Pool(o.jobs) as pool:
        results = list(pool.imap_unordered(one, list(jobs(o)), chunksize=1))
    results.sort(key=lambda r: r.name)
    for d in o.captures:
        results += real.judge_all(d, o.only)
    tell(results, time.monotonic() - begin)
    for r in results:
        harness.check(r.name, not r.wrong, "; ".join(r.wrong))
    harness.finish()


if __name__ == "__main__":
    main()
