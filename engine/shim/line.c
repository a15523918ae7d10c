#include "engine/shim/line.h"

#include <stdlib.h>
#include <string.h>

void
sf_line_free(struct sf_line *t)
{
	free(t->p);
	*t = (struct sf_line){ 0 };
}

void
sf_line_clear(struct sf_line *t)
{
	t->n = 0;
	t->failed = false;
}

/* Room for n more; false without memory. */
static bool
reserve(struct sf_line *t, size_t n)
{
	size_t room = t->room == 0 ? 256 : t->room;
	char *more;

	if (t->failed || n > SIZE_MAX / 4 - t->n)
		t->failed = true;
	if (t->failed || t->n + n <= t->room)
		return !t->failed;
	while (room < t->n + n)
		room *= 2;
	more = realloc(t->p, room);
	if (more == NULL) {
		t->failed = true;
		return false;
	}
	t->p = more;
	t->room = room;
	return true;
}

void
sf_line_octets(struct sf_line *t, struct sf_bytes b)
{
	if (b.n == 0 || !reserve(t, b.n))
		return;
	memcpy(t->p + t->n, b.p, b.n);
	t->n += b.n;
}

void
sf_line_put(struct sf_line *t, const char *s)
{
	sf_line_octets(t, sf_bytes(s, strlen(s)));
}

void
sf_line_number(struct sf_line *t, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	sf_line_octets(t, sf_bytes(digits + at, sizeof(digits) - at));
}

void
sf_line_hex(struct sf_line *t, struct sf_bytes b)
{
	static const char digits[] = "0123456789abcdef";
	char *out;

	if (b.n == 0) {
		sf_line_put(t, "-");
		return;
	}
	if (!reserve(t, 2 * b.n))
		return;
	out = t->p + t->n;
	for (size_t i = 0; i < b.n; i++) {
		*out++ = digits[b.p[i] >> 4];
		*out++ = digits[b.p[i] & 15];
	}
	t->n += 2 * b.n;
}

static void
put_key(struct sf_line *t, const char *key)
{
	sf_line_put(t, " ");
	sf_line_put(t, key);
	sf_line_put(t, "=");
}

void
sf_line_word(struct sf_line *t, const char *key, const char *value)
{
	put_key(t, key);
	sf_line_put(t, value);
}

void
sf_line_word_number(struct sf_line *t, const char *key, uint64_t v)
{
	put_key(t, key);
	sf_line_number(t, v);
}

void
sf_line_word_hex(struct sf_line *t, const char *key, struct sf_bytes b)
{
	put_key(t, key);
	sf_line_hex(t, b);
}
