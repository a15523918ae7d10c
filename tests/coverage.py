"""
coverage.py - what unit tests and replayed corpora reach, a row a file and a row
a folder: lines, and ways out of a branch. Fails when parsers/ falls below its
mark.

	coverage.py OBJECTS SOURCE...
"""
import collections
import json
import subprocess
import sys

LEAST = {"parsers": (95.0, 85.0)}  # percent of lines, of ways


def measure(objects, source):
    """{(line): ran}, [way taken]: a header's lines count where they are."""
    ran = subprocess.run(
        ["gcov", "--json-format", "--branch-probabilities", "--stdout",
         "-o", "%s/%s.o" % (objects, source[:-2]), source],
        capture_output=True, check=False)
    lines, ways = {}, []
    for document in ran.stdout.splitlines():
        for f in json.loads(document)["files"]:
            if f["file"] != source:
                continue
            for line in f["lines"]:
                at = line["line_number"]
                lines[at] = lines.get(at, False) or line["count"] > 0
                # a branch of a line that never ran was not asked either
                ways += [b["count"] > 0 for b in line["branches"]]
    return lines, ways


def percent(hit, of):
    return 100.0 * hit / of if of else 100.0


def row(name, line_hits, lines, way_hits, ways):
    print("%6.1f%% of %6d lines  %6.1f%% of %6d ways  %s"
          % (percent(line_hits, lines), lines, percent(way_hits, ways), ways,
             name))


def main():
    objects, sources = sys.argv[1], sys.argv[2:]
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for source in sources:
        lines, ways = measure(objects, source)
        counts = (sum(lines.values()), len(lines), sum(ways), len(ways))
        if not lines:
            continue
        row(source, *counts)
        of = folders[source.split("/")[0]]
        for i, n in enumerate(counts):
            of[i] += n
    short = []
    print()
    for folder, counts in sorted(folders.items()):
        row(folder + "/", *counts)
        least = LEAST.get(folder, (0, 0))
        reached = percent(*counts[:2]), percent(*counts[2:])
        if reached[0] < least[0] or reached[1] < least[1]:
            short.append("%s/ is below %.0f %% of lines or %.0f %% of ways"
                         % ((folder,) + least))
    if not folders:
        short.append("gcov told nothing")
    for line in short:
        print(line, file=sys.stderr)
    return 1 if short else 0


sys.exit(main())
