/*
 * hex.h - octets from hexadecimal text, in memory exactly as large as they
 * are, so that a sanitizer sees a read of one octet too many.
 */
#ifndef SF_HEX_H
#define SF_HEX_H

#include "parsers/base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* The value of a hexadecimal digit, or -1. */
static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A copy of n octets, for hex_free(). Aborts without memory. */
static inline struct sf_bytes
hex_copy(const void *p, size_t n)
{
	uint8_t *octets = malloc(n == 0 ? 1 : n);

	if (octets == NULL)
		abort();
	if (n != 0)
		memcpy(octets, p, n);
	return sf_bytes(octets, n);
}

/*
 * The octets of a text of hexadecimal digits, blanks anywhere between octets;
 * "xx*n" stands for n times the octet xx (n in decimal). Aborts on anything
 * else: it is the test that is wrong then.
 */
static inline struct sf_bytes
hex_octets(const char *text)
{
	size_t room = 1 << 18;
	uint8_t *octets = malloc(room);
	struct sf_bytes exact;
	size_t n = 0;

	if (octets == NULL)
		abort();
	while (*text != '\0') {
		unsigned long times = 1;
		int high, low;

		if (*text == ' ') {
			text++;
			continue;
		}
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0)
			abort();
		text += 2;
		if (*text == '*') {
			char *end;

			times = strtoul(text + 1, &end, 10);
			text = end;
		}
		if (times > room - n)
			abort();
		memset(octets + n, high << 4 | low, times);
		n += times;
	}
	exact = hex_copy(octets, n);
	free(octets);
	return exact;
}

static inline void
hex_free(struct sf_bytes b)
{
	union {
		const uint8_t *in;
		void *out;
	} p = { b.p };

	free(p.out);
}

#endif
