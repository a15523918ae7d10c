/*
 * hex.c - octets given and shown as hexadecimal digits.
 */
#include "cli/hex.h"

#include <string.h>

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

const char *
sf_hex_read(const char *s, uint8_t *out, size_t max, size_t *n)
{
	int high = -1;

	*n = 0;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s != '\0'; s++) {
		int digit = digit_of(*s);

		if (digit < 0 && high < 0 && strchr(" \t\r\n:", *s) != NULL)
			continue;
		if (digit < 0)
			return "not hexadecimal digits, with blanks or colons "
			       "between octets";
		if (high < 0) {
			high = digit;
			continue;
		}
		if (*n == max)
			return "too many octets";
		out[(*n)++] = (uint8_t)(high << 4 | digit);
		high = -1;
	}
	return high < 0 ? NULL : "an odd number of digits; an octet is two";
}

void
sf_hex_line(FILE *f, struct sf_bytes b)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < b.n; i++) {
		fputc(digits[b.p[i] >> 4], f);
		fputc(digits[b.p[i] & 15], f);
	}
	fputc('\n', f);
}
