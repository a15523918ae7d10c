#include "parsers/text/shim_line.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF "SFS/1"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* A run of octets up to a blank. */
static struct sf_bytes
take_word(struct sf_cursor *c)
{
	const uint8_t *from = c->in.p + c->at;
	const uint8_t *blank = memchr(from, ' ', sf_left(c));

	return sf_slice(c, blank == NULL ? sf_left(c) : (size_t)(blank - from));
}

static void
skip_blanks(struct sf_cursor *c)
{
	while (sf_left(c) > 0 && c->in.p[c->at] == ' ')
		c->at++;
}

bool
sf_shim_number(struct sf_bytes value, uint64_t *out)
{
	uint64_t v = 0;

	if (value.n == 0 || value.n > 20)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		uint8_t digit = (uint8_t)(value.p[i] - '0');

		if (!is_digit(value.p[i]) || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

/* In octets of the input where the word stands, for the diagnosis. */
static size_t
place_of(struct sf_bytes in, struct sf_bytes part)
{
	return part.n == 0 ? in.n : (size_t)(part.p - in.p);
}

enum sf_status
sf_shim_line_parse(
    struct sf_shim_line *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_shim_line l = { 0 };
	struct sf_cursor c;
	struct sf_bytes id;

	*d = (struct sf_diag){ 0 };
	if (in.n > 0 && in.p[in.n - 1] == '\r')
		in.n--;
	c = sf_cursor(in);
	id = take_word(&c);
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "id", REF);
	}
	if (id.n > 19 || !sf_shim_number(id, &l.id))
		return sf_stop(d, SF_MALFORMED, 0, "id", REF);
	skip_blanks(&c);
	if (sf_left(&c) == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "verb or status", REF);
	}
	l.name = take_word(&c);
	for (size_t i = 0; i < l.name.n; i++)
		if (!is_letter(l.name.p[i]))
			return sf_stop(d, SF_MALFORMED, place_of(in, l.name),
			    "verb or status", REF);
	skip_blanks(&c);
	l.payload = sf_rest(&c);
	*out = l;
	return SF_OK;
}

static bool
is_key(struct sf_bytes key)
{
	for (size_t i = 0; i < key.n; i++)
		if (!is_letter(key.p[i]) && !is_digit(key.p[i]))
			return false;
	return key.n > 0;
}

static bool
is_value(struct sf_bytes value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] >= 0x7f)
			return false;
	return value.n > 0;
}

enum sf_status
sf_shim_word_parse(
    struct sf_shim_word *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_shim_word w = { 0 };
	struct sf_bytes word;
	const uint8_t *equals;
	size_t at;

	*d = (struct sf_diag){ 0 };
	skip_blanks(&c);
	at = c.at;
	if (sf_left(&c) == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "key", REF);
	}
	word = take_word(&c);
	equals = memchr(word.p, '=', word.n);
	if (equals == NULL)
		return sf_stop(d, SF_MALFORMED, at, "key", REF);
	w.key = sf_bytes(word.p, (size_t)(equals - word.p));
	w.value = sf_bytes(equals + 1, word.n - w.key.n - 1);
	if (!is_key(w.key))
		return sf_stop(d, SF_MALFORMED, at, "key", REF);
	if (!is_value(w.value))
		return sf_stop(d, SF_MALFORMED, at, "value", REF);
	skip_blanks(&c);
	w.payload = sf_rest(&c);
	*out = w;
	return SF_OK;
}

bool
sf_shim_is(struct sf_bytes value, const char *text)
{
	return value.n == strlen(text) && memcmp(value.p, text, value.n) == 0;
}

bool
sf_shim_value(struct sf_bytes words, const char *key, struct sf_bytes *value)
{
	struct sf_shim_word w;
	struct sf_diag d;
	bool found = false;

	while (sf_shim_word_parse(&w, words, &d) == SF_OK) {
		words = w.payload;
		if (!sf_shim_is(w.key, key))
			continue;
		if (found)
			return false;
		found = true;
		*value = w.value;
	}
	return found;
}

static int
digit_of(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
sf_shim_octets(struct sf_bytes value, uint8_t *out, size_t *n)
{
	*n = 0;
	if (sf_shim_is(value, "-"))
		return true;
	if (value.n == 0 || value.n % 2 != 0)
		return false;
	for (size_t i = 0; i < value.n; i += 2) {
		int high = digit_of(value.p[i]), low = digit_of(value.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	*n = value.n / 2;
	return true;
}
