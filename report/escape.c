/*
 * escape.c - captured octets and file names made safe to show.
 */
#include "report/escape.h"

#include <string.h>

#include "engine/base/utf8.h"

/* Code points that are never shown as they are, beside C0, DEL and C1. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	/* clang-format off */
	{ 0x00ad,  0x00ad },  /* soft hyphen */
	{ 0x034f,  0x034f },  /* combining grapheme joiner */
	{ 0x061c,  0x061c },  /* Arabic letter mark */
	{ 0x115f,  0x1160 },  /* Hangul fillers */
	{ 0x17b4,  0x17b5 },  /* Khmer vowels that are not seen */
	{ 0x180b,  0x180f },  /* Mongolian selectors and separator */
	{ 0x200b,  0x200f },  /* zero width, direction marks */
	{ 0x2028,  0x202e },  /* line and paragraph separator, overrides */
	{ 0x2060,  0x206f },  /* joiners, isolates */
	{ 0x3164,  0x3164 },  /* Hangul filler */
	{ 0xfdd0,  0xfdef },  /* noncharacters */
	{ 0xfe00,  0xfe0f },  /* variation selectors */
	{ 0xfeff,  0xfeff },  /* byte order mark */
	{ 0xffa0,  0xffa0 },  /* halfwidth Hangul filler */
	{ 0xfff0,  0xfffb },  /* annotation */
	{ 0xe0000, 0xe0fff }, /* tags, more variation selectors */
	/* clang-format on */
};

static bool
is_shown(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c & 0xfffe) == 0xfffe)
		return false;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return true;
}

static size_t
put_hex(char *out, char letter, uint32_t v, unsigned digits)
{
	static const char hex[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = letter;
	for (unsigned i = 0; i < digits; i++)
		out[2 + i] = hex[v >> (4 * (digits - 1 - i)) & 15];
	return 2 + digits;
}

static size_t
put_json(char *out, uint32_t c)
{
	if (c < 0x10000)
		return put_hex(out, 'u', c, 4);
	c -= 0x10000;
	put_hex(out, 'u', 0xd800 + (c >> 10), 4);
	put_hex(out + 6, 'u', 0xdc00 + (c & 0x3ff), 4);
	return 12;
}

size_t
sf_escape_next(char out[SF_ESCAPE_MAX], struct sf_bytes *in, enum sf_escape how)
{
	uint32_t c;
	size_t n, put = 0;
	bool is_text = sf_utf8_next(*in, &c, &n);
	size_t took = is_text ? n : 1;

	if (!is_text && how == SF_ESCAPE_JSON) {
		memcpy(out, "\xef\xbf\xbd", 3);
		put = 3;
	} else if (is_text &&
		   (c == '\\' || (c == '"' && how == SF_ESCAPE_JSON))) {
		out[0] = '\\';
		out[1] = (char)c;
		put = 2;
	} else if (is_text && is_shown(c)) {
		memcpy(out, in->p, n);
		put = n;
	} else if (how == SF_ESCAPE_JSON) {
		put = put_json(out, c);
	} else {
		for (size_t i = 0; i < took; i++)
			put += put_hex(out + put, 'x', in->p[i], 2);
	}
	*in = sf_bytes(in->p + took, in->n - took);
	return put;
}

size_t
sf_escape_copy(char *out, size_t size, struct sf_bytes in, enum sf_escape how)
{
	size_t at = 0;

	while (in.n > 0) {
		char c[SF_ESCAPE_MAX];
		size_t n = sf_escape_next(c, &in, how);

		if (n >= size - at)
			break;
		memcpy(out + at, c, n);
		at += n;
	}
	out[at] = '\0';
	return at;
}

bool
sf_escape_write(FILE *f, struct sf_bytes in, enum sf_escape how)
{
	while (in.n > 0) {
		char c[SF_ESCAPE_MAX];
		size_t n = sf_escape_next(c, &in, how);

		if (fwrite(c, 1, n, f) != n)
			return false;
	}
	return true;
}
