/*
 * utf8.c - text in UTF-8.
 */
#include "engine/base/utf8.h"

/* Octets of a character that begins with b; 0: none does. */
static size_t
length(uint8_t b)
{
	if (b < 0x80)
		return 1;
	if (b < 0xc2 || b > 0xf4)
		return 0;
	return b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

bool
sf_utf8_next(struct sf_bytes in, uint32_t *c, size_t *n)
{
	uint8_t b = in.p[0];
	size_t want = length(b);
	/* RFC 3629 4: some first octets leave fewer second ones */
	uint8_t least = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
	uint8_t most = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
	uint32_t v = want < 2 ? b : b & (0x7fu >> want);

	for (*n = 1; *n < want && *n < in.n && in.p[*n] >= least &&
		     in.p[*n] <= most;
	     ++*n) {
		v = v << 6 | (in.p[*n] & 0x3fu);
		least = 0x80;
		most = 0xbf;
	}
	*c = v;
	return *n == want;
}

bool
sf_utf8_is(struct sf_bytes in)
{
	uint32_t c;
	size_t n;

	for (; in.n > 0; in = sf_bytes(in.p + n, in.n - n))
		if (!sf_utf8_next(in, &c, &n))
			return false;
	return true;
}
