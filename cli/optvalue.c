/*
 * optvalue.c - the value of an option, read as its kind says.
 */
#include "cli/opt.h"

#include <string.h>

#define LEAST_MEMORY ((uint64_t)8 << 20)

/* In the order of their enumerators. */
static const char *const formats[] = { "text", "json", "jsonl", "csv", "junit",
	"html", NULL };
static const char *const severities[] = { "note", "warning", "error",
	"critical", NULL };
static const char *const colours[] = { "auto", "always", "never", NULL };

const char *
sf_format_name(enum sf_format f)
{
	return formats[f];
}

static const char *const *
words_of(enum sf_option_kind kind)
{
	switch (kind) {
	case SF_OPT_FORMAT:
		return formats;
	case SF_OPT_SEVERITY:
		return severities;
	case SF_OPT_COLOUR:
		return colours;
	case SF_OPT_FLAG:
	case SF_OPT_SIZE:
	case SF_OPT_TEXT:
	case SF_OPT_TEXTS:
	case SF_OPT_KID:
	case SF_OPT_NUMBER:
		break;
	}
	return NULL;
}

const char *
sf_option_word(const struct sf_option *o, unsigned i)
{
	const char *const *words = words_of(o->kind);

	return words == NULL ? NULL : words[i];
}

/* A decimal number of digits only, at most max; *end is what follows. */
static bool
read_number(const char *s, uint64_t max, uint64_t *out, const char **end)
{
	uint64_t v = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	*end = p;
	return p != s;
}

/* All of s: decimal, or hexadecimal behind 0x. */
static bool
read_whole(const char *s, struct sf_number *out)
{
	const char *end;
	uint64_t v = 0;

	if (s[0] != '0' || (s[1] != 'x' && s[1] != 'X')) {
		out->given =
		    read_number(s, UINT64_MAX, &out->v, &end) && *end == '\0';
		return out->given;
	}
	s += 2;
	if (*s == '\0' || strspn(s, "0123456789abcdefABCDEF") != strlen(s))
		return false;
	for (; *s != '\0'; s++) {
		unsigned digit =
		    (unsigned)(*s <= '9' ? *s - '0' : (*s | 0x20) - 'a' + 10);

		if (v >> 60 != 0)
			return false;
		v = v << 4 | digit;
	}
	*out = (struct sf_number){ true, v };
	return true;
}

static bool
read_size(const char *s, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	uint64_t v;
	unsigned shift = 0;

	if (!read_number(s, UINT64_MAX, &v, &end))
		return false;
	if (*end != '\0') {
		unit = strchr(units, *end & ~0x20);
		if (unit == NULL || end[1] != '\0')
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (v > SIZE_MAX >> shift || v << shift < LEAST_MEMORY)
		return false;
	*out = v << shift;
	return true;
}

static bool
read_bits(const char *s, char stop, unsigned *bits, const char **end)
{
	uint64_t v;

	if (!read_number(s, 63, &v, end) || **end != stop)
		return false;
	*bits = (unsigned)v;
	return true;
}

static bool
read_kid_scheme(const char *s, struct sf_kid_option *out)
{
	struct sf_kid_option k = { .scheme = SF_KID_RAW };
	const char *end;

	if (strcmp(s, "raw") == 0) {
		*out = k;
		return true;
	}
	if (strncmp(s, "sender:", 7) == 0) {
		k.scheme = SF_KID_SENDER;
		if (!read_bits(s + 7, '\0', &k.a, &end))
			return false;
	} else if (strncmp(s, "mls:", 4) == 0) {
		k.scheme = SF_KID_MLS;
		if (!read_bits(s + 4, ',', &k.a, &end) ||
		    !read_bits(end + 1, '\0', &k.b, &end))
			return false;
		if (k.a == 0 || k.b == 0 || k.a + k.b > 64)
			return false;
	} else {
		return false;
	}
	*out = k;
	return true;
}

static bool
read_word(const char *const *words, const char *s, unsigned *out)
{
	for (unsigned i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], s) == 0) {
			*out = i;
			return true;
		}
	return false;
}

bool
sf_texts_add(struct sf_texts *t, const char *s)
{
	if (t->n == SF_TEXTS_MAX)
		return false;
	t->v[t->n++] = s;
	return true;
}

bool
sf_option_set(struct sf_config *c, const struct sf_option *o, const char *value)
{
	void *member = (char *)c + o->at;
	unsigned word = 0;
	const char *const *words = words_of(o->kind);

	if (words != NULL && !read_word(words, value, &word))
		return false;
	switch (o->kind) {
	case SF_OPT_FLAG:
		*(bool *)member = true;
		return true;
	case SF_OPT_SIZE:
		return read_size(value, member);
	case SF_OPT_TEXT:
		*(const char **)member = value;
		return value[0] != '\0';
	case SF_OPT_TEXTS:
		return value[0] != '\0' && sf_texts_add(member, value);
	case SF_OPT_FORMAT:
		*(enum sf_format *)member = (enum sf_format)word;
		return true;
	case SF_OPT_SEVERITY:
		*(enum sf_severity *)member = (enum sf_severity)word;
		return true;
	case SF_OPT_COLOUR:
		*(enum sf_colour *)member = (enum sf_colour)word;
		return true;
	case SF_OPT_KID:
		return read_kid_scheme(value, member);
	case SF_OPT_NUMBER:
		return read_whole(value, member);
	}
	return false;
}
