/*
 * wiped.c - what is left of keys in a process that is about to end. Loaded into
 * the program with LD_PRELOAD; at its exit it looks through all memory that can
 * be written, as a core file would show it.
 *
 *	WIPED_PATTERNS	a file: a pattern a line, in hex, every octet XORed with 5a,
 *			so that this library itself holds none of them
 *	WIPED_RESULT	a file: gets a line "octets PATTERNS found FOUND", and one
 *			more for each find
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MASK     0x5a
#define PATTERNS 256
#define LONGEST  128

static struct {
	size_t n;
	uint8_t masked[LONGEST];
} patterns[PATTERNS];

static size_t
read_patterns(const char *name)
{
	FILE *f = fopen(name, "r");
	char line[2 * LONGEST + 2];
	size_t n = 0;

	while (f != NULL && n < PATTERNS && fgets(line, sizeof(line), f)) {
		size_t i = 0;
		unsigned octet;

		while (i < LONGEST && sscanf(line + 2 * i, "%2x", &octet) == 1)
			patterns[n].masked[i++] = (uint8_t)octet;
		patterns[n].n = i;
		n += i > 0;
	}
	if (f != NULL)
		(void)fclose(f);
	return n;
}

static bool
is_at(const uint8_t *p, size_t left, size_t of)
{
	const uint8_t *masked = patterns[of].masked;
	size_t n = patterns[of].n;

	if (n > left)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((p[i] ^ MASK) != masked[i])
			return false;
	return true;
}

static size_t
look_through(
    const uint8_t *p, size_t octets, size_t n, const char *where, FILE *out)
{
	bool begins[256] = { false };
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		begins[patterns[i].masked[0] ^ MASK] = true;
	for (size_t at = 0; at < octets; at++)
		for (size_t i = 0; begins[p[at]] && i < n; i++)
			if (is_at(p + at, octets - at, i)) {
				fprintf(out, "pattern %zu in %s", i, where);
				found++;
			}
	return found;
}

__attribute__((destructor)) static void
look(void)
{
	const char *in = getenv("WIPED_PATTERNS");
	const char *to = getenv("WIPED_RESULT");
	FILE *maps, *out;
	char line[512];
	size_t n, found = 0, octets = 0;

	if (in == NULL || to == NULL)
		return;
	n = read_patterns(in);
	maps = fopen("/proc/self/maps", "r");
	out = fopen(to, "w");
	while (maps != NULL && out != NULL &&
	       fgets(line, sizeof(line), maps) != NULL) {
		uintptr_t from, end;
		char way[5];

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &end,
			way) != 3 ||
		    way[0] != 'r' || way[1] != 'w')
			continue;
		octets += end - from;
		found += look_through(
		    (const uint8_t *)from, end - from, n, line, out);
	}
	if (out != NULL) {
		fprintf(out, "octets %zu patterns %zu found %zu\n", octets, n,
		    found);
		(void)fclose(out);
	}
	if (maps != NULL)
		(void)fclose(maps);
}
