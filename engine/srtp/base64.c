#include "engine/srtp/base64.h"

static int
value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Without its padding, which fills up the last four letters or is not there. */
static bool
trim(struct sf_bytes *text)
{
	size_t n = text->n, padding = 0;

	while (n > 0 && text->p[n - 1] == '=' && padding < 3) {
		n--;
		padding++;
	}
	if (padding > 0 && (text->n % 4 != 0 || padding > 2))
		return false;
	text->n = n;
	return n % 4 != 1;
}

bool
sf_base64_read(struct sf_bytes text, uint8_t *out, size_t max, size_t *n)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t at = 0;

	*n = 0;
	if (!trim(&text))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.p[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0xffff;
		held += 6;
		if (held < 8)
			continue;
		if (at == max)
			return false;
		held -= 8;
		out[at++] = (uint8_t)(bits >> held);
	}
	if ((bits & ((1u << held) - 1)) != 0)
		return false;
	*n = at;
	return true;
}
