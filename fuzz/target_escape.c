/*
 * target_escape.c - report/escape.c: whatever octets go in, what comes out is
 * valid UTF-8 without a control character, and the JSON form can stand inside
 * a JSON string.
 */
#include "fuzz/fuzz.h"
#include "report/escape.h"

#include <string.h>

/* Octets of the UTF-8 character at p, 0 when it is none; written the long way
   round from the table of RFC 3629 4, not as escape.c does it. */
static size_t
utf8(const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t first, last, low, high;
		size_t octets;
	} rows[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t k = 1;

		if (p[0] < rows[i].first || p[0] > rows[i].last)
			continue;
		if (n < rows[i].octets)
			return 0;
		if (k < rows[i].octets &&
		    (p[k] < rows[i].low || p[k] > rows[i].high))
			return 0;
		for (k = 2; k < rows[i].octets; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return rows[i].octets;
	}
	return 0;
}

static void
check_safe(const uint8_t *p, size_t n)
{
	for (size_t at = 0, k; at < n; at += k) {
		k = utf8(p + at, n - at);
		FUZZ_CHECK(k != 0);
		FUZZ_CHECK(k > 1 || (p[at] >= 0x20 && p[at] != 0x7f));
		FUZZ_CHECK(k != 2 || p[at] != 0xc2 || p[at + 1] > 0x9f);
	}
}

/* RFC 8259 7: a quote only behind a backslash, a backslash only in a pair or
   before u and four digits. */
static void
check_json(const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at++) {
		FUZZ_CHECK(p[at] != '"');
		if (p[at] != '\\')
			continue;
		at++;
		FUZZ_CHECK(at < n);
		if (p[at] == 'u') {
			FUZZ_CHECK(n - at > 4);
			for (size_t i = 1; i <= 4; i++)
				FUZZ_CHECK(strchr("0123456789abcdef",
					       p[at + i]) != NULL);
			at += 4;
		} else {
			FUZZ_CHECK(p[at] == '\\' || p[at] == '"');
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	size_t room = size * SF_ESCAPE_MAX + 1;
	char *out = malloc(room);

	FUZZ_CHECK(exact != NULL && out != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	for (unsigned how = SF_ESCAPE_TEXT; how <= SF_ESCAPE_JSON; how++) {
		struct sf_bytes in = sf_bytes(exact, size);
		size_t n = sf_escape_copy(out, room, in, (enum sf_escape)how);
		size_t half = room / 2 + 1;
		size_t cut;

		FUZZ_CHECK(n >= size || how == SF_ESCAPE_JSON);
		FUZZ_CHECK(out[n] == '\0');
		check_safe((const uint8_t *)out, n);
		if (how == SF_ESCAPE_JSON)
			check_json((const uint8_t *)out, n);
		/* cut short it is as safe */
		half = half > room ? room : half;
		cut = sf_escape_copy(out, half, in, (enum sf_escape)how);
		FUZZ_CHECK(cut < half && out[cut] == '\0');
		check_safe((const uint8_t *)out, cut);
	}
	free(out);
	free(exact);
	return 0;
}
