/*
 * alter.c - what was done to a frame between two points.
 */
#include "engine/diagnose/alter.h"

#include <string.h>

#include "parsers/sframe/header.h"

#define HEAD 16 /* octets that a payload header has at most */
#define FEW  8 /* octets that differ: a fault on the way rather than a cipher */

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Octets that are equal from the front, from the back. */
static size_t
equal_front(struct sf_bytes a, struct sf_bytes b)
{
	size_t n = smaller(a.n, b.n), i = 0;

	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static size_t
equal_back(struct sf_bytes a, struct sf_bytes b)
{
	size_t n = smaller(a.n, b.n), i = 0;

	while (i < n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
		i++;
	return i;
}

static size_t
count_different(struct sf_bytes a, struct sf_bytes b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.n; i++)
		n += a.p[i] != b.p[i];
	return n;
}

/* Is plain what remains of escaped without the 03 in 00 00 03? (ITU-T H.264
   7.4.1.1). *n is how many there are. */
static bool
is_escaped(struct sf_bytes plain, struct sf_bytes escaped, size_t *n)
{
	size_t at = 0, zeros = 0;

	*n = 0;
	for (size_t i = 0; i < escaped.n; i++) {
		if (zeros >= 2 && escaped.p[i] == 3 &&
		    (at >= plain.n || plain.p[at] != 3 ||
			plain.n - at < escaped.n - i)) {
			++*n;
			zeros = 0;
			continue;
		}
		if (at >= plain.n || plain.p[at] != escaped.p[i])
			return false;
		at++;
		zeros = escaped.p[i] == 0 ? zeros + 1 : 0;
	}
	return at == plain.n && *n > 0;
}

/* The same KID and CTR in front of the same octets, in another form. */
static bool
is_reencoded(struct sf_bytes a, struct sf_bytes b, size_t at)
{
	struct sf_sframe_header x, y;
	struct sf_diag d;

	if (at > a.n || at > b.n || memcmp(a.p, b.p, at) != 0 ||
	    sf_sframe_header_parse(&x, sf_bytes(a.p + at, a.n - at), &d) !=
		SF_OK ||
	    sf_sframe_header_parse(&y, sf_bytes(b.p + at, b.n - at), &d) !=
		SF_OK)
		return false;
	return x.kid == y.kid && x.ctr == y.ctr && x.payload.n == y.payload.n &&
	       memcmp(x.payload.p, y.payload.p, x.payload.n) == 0;
}

static struct sf_altered
of_equal_length(struct sf_bytes a, struct sf_bytes b, size_t front, size_t back)
{
	size_t n = count_different(a, b);

	if (a.n - back <= HEAD && back > 0)
		return (struct sf_altered){ SF_ALTER_REWRITTEN, front, n };
	return (struct sf_altered){ n <= FEW ? SF_ALTER_FEW : SF_ALTER_OTHER,
		front, n };
}

static struct sf_altered
of_longer(struct sf_bytes a, struct sf_bytes b, size_t front, size_t back)
{
	size_t more = b.n - a.n, n;

	if (back == a.n)
		return (struct sf_altered){ more == 1 ? SF_ALTER_DESCRIPTOR
						      : SF_ALTER_PREFIX,
			0, more };
	if (front == a.n)
		return (struct sf_altered){ SF_ALTER_SUFFIX, front, more };
	if (is_escaped(a, b, &n))
		return (struct sf_altered){ SF_ALTER_ESCAPED, front, n };
	if (front + back >= a.n)
		return (struct sf_altered){ SF_ALTER_INSERTED, front, more };
	if (a.n - back <= HEAD && back > 0)
		return (struct sf_altered){ SF_ALTER_REWRITTEN, front, more };
	return (struct sf_altered){ SF_ALTER_OTHER, front, b.n - front };
}

static struct sf_altered
of_shorter(struct sf_bytes a, struct sf_bytes b, size_t front, size_t back)
{
	size_t less = a.n - b.n, n;

	if (back == b.n)
		return (struct sf_altered){ SF_ALTER_FRONT_CUT, 0, less };
	if (front == b.n)
		return (struct sf_altered){ SF_ALTER_CUT, front, less };
	if (is_escaped(b, a, &n))
		return (struct sf_altered){ SF_ALTER_UNESCAPED, front, n };
	if (front + back >= b.n)
		return (struct sf_altered){ SF_ALTER_REMOVED, front, less };
	if (a.n - back <= HEAD && back > 0)
		return (struct sf_altered){ SF_ALTER_REWRITTEN, front, less };
	return (struct sf_altered){ SF_ALTER_OTHER, front, b.n - front };
}

struct sf_altered
sf_alter(struct sf_bytes a, struct sf_bytes b, size_t header_at)
{
	size_t front = equal_front(a, b), back = equal_back(a, b);

	if (a.n == b.n && front == a.n)
		return (struct sf_altered){ SF_ALTER_NOT, a.n, 0 };
	if (is_reencoded(a, b, header_at) || is_reencoded(a, b, 0))
		return (struct sf_altered){ SF_ALTER_HEADER, front,
			a.n > b.n ? a.n - b.n : b.n - a.n };
	if (a.n == b.n)
		return of_equal_length(a, b, front, back);
	return b.n > a.n ? of_longer(a, b, front, back)
			 : of_shorter(a, b, front, back);
}

static const struct {
	const char *name, *text;
} rows[SF_ALTERATIONS] = {
	[SF_ALTER_NOT] = { "none", "the same octets" },
	[SF_ALTER_HEADER] = { "header-reencoded",
	    "the SFrame header was written again in another form; it is "
	    "authenticated as sent, so nobody can open the frame" },
	[SF_ALTER_PREFIX] = { "octets-in-front",
	    "octets were put in front of the frame" },
	[SF_ALTER_DESCRIPTOR] = { "descriptor-added",
	    "one octet was put in front of the frame, as a payload descriptor "
	    "is" },
	[SF_ALTER_FRONT_CUT] = { "front-removed",
	    "octets were taken from the front of the frame, as a payload "
	    "descriptor or header would be" },
	[SF_ALTER_SUFFIX] = { "octets-behind",
	    "octets were put behind the frame" },
	[SF_ALTER_CUT] = { "truncated", "the end of the frame was cut off" },
	[SF_ALTER_ESCAPED] = { "emulation-prevention-inserted",
	    "emulation prevention octets were put into the ciphertext, as a "
	    "packetizer of H.264 or H.265 does" },
	[SF_ALTER_UNESCAPED] = { "emulation-prevention-removed",
	    "emulation prevention octets were taken out" },
	[SF_ALTER_REWRITTEN] = { "payload-header-rewritten",
	    "the first octets alone differ: a payload header was written "
	    "again" },
	[SF_ALTER_FEW] = { "octets-changed", "single octets were changed" },
	[SF_ALTER_INSERTED] = { "octets-inserted",
	    "octets were put in at one place" },
	[SF_ALTER_REMOVED] = { "octets-removed",
	    "octets were taken out at one place" },
	[SF_ALTER_OTHER] = { "replaced",
	    "nothing is the same from there on: the frame was encrypted again, "
	    "encoded again, or another one was put in its place" },
};

const char *
sf_alteration_name(enum sf_alteration a)
{
	return rows[a].name;
}

const char *
sf_alteration_text(enum sf_alteration a)
{
	return rows[a].text;
}
