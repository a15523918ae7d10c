/*
 * json.c - JSON, read strictly.
 *
 * A scanner of our own goes over the text first and is the judge of it: it
 * knows the grammar, and notes where values start. The library then builds its
 * tree from what is known to be good, in the same order, so that the values of
 * the tree and the places of the scanner pair off.
 */
#include "engine/config/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "engine/base/utf8.h"

#define DIGITS_MAX 40 /* characters of a number; the library has 63 */

/* ---- the scanner --------------------------------------------------------- */

struct scan {
	struct sf_json *j;
	size_t at;
	struct sf_json_error *error;
};

static bool
stop(struct scan *s, const char *cause, const char *remedy)
{
	*s->error = (struct sf_json_error){ s->at, cause, remedy };
	return false;
}

/* The octet at the front; NUL at the end, which no text has. */
static char
peek(const struct scan *s)
{
	return s->at < s->j->text.n ? (char)s->j->text.p[s->at] : '\0';
}

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->j->text.n &&
	       memchr(" \t\r\n", s->j->text.p[s->at], 4) != NULL)
		s->at++;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
note_place(struct scan *s)
{
	struct sf_json *j = s->j;

	if (j->n == j->room) {
		size_t room = j->room == 0 ? 64 : 2 * j->room;
		size_t *more = realloc(j->places, room * sizeof(*more));

		if (more == NULL)
			return stop(s, "not enough memory", "");
		j->places = more;
		j->room = room;
	}
	j->places[j->n++] = s->at;
	return true;
}

static bool
scan_digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return stop(s, "a digit is missing", "");
	while (is_digit(peek(s)))
		s->at++;
	return true;
}

static bool
scan_number(struct scan *s)
{
	size_t start = s->at;

	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0') {
		s->at++;
		if (is_digit(peek(s)))
			return stop(s, "a number starts with zeros",
			    "leave them out, or write it as a string");
	} else if (!scan_digits(s)) {
		return false;
	}
	if (peek(s) == '.') {
		s->at++;
		if (!scan_digits(s))
			return false;
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		if (!scan_digits(s))
			return false;
	}
	if (s->at - start > DIGITS_MAX) {
		s->at = start;
		return stop(s, "a number is too long", "");
	}
	return true;
}

/* Four hexadecimal digits of \u. */
static bool
scan_unit(struct scan *s, unsigned *unit)
{
	*unit = 0;
	for (unsigned i = 0; i < 4; i++) {
		int digit = hex_digit(peek(s));

		if (digit < 0)
			return stop(s, "\\u takes four hexadecimal digits", "");
		*unit = *unit << 4 | (unsigned)digit;
		s->at++;
	}
	return true;
}

/* Behind the backslash. */
static bool
scan_escape(struct scan *s)
{
	char c = peek(s);
	unsigned unit;

	if (c != '\0' && strchr("\"\\/bfnrt", c) != NULL) {
		s->at++;
		return true;
	}
	if (c != 'u')
		return stop(s, "there is no such escape in a string", "");
	s->at++;
	if (!scan_unit(s, &unit))
		return false;
	if (unit == 0)
		return stop(s, "a string holds NUL", "");
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	/* RFC 8259 7: the first of a pair, and then the second */
	if (unit > 0xdbff || peek(s) != '\\')
		return stop(s, "a surrogate stands alone", "");
	s->at++;
	if (peek(s) != 'u')
		return stop(s, "a surrogate stands alone", "");
	s->at++;
	if (!scan_unit(s, &unit))
		return false;
	if (unit < 0xdc00 || unit > 0xdfff)
		return stop(s, "a surrogate stands alone", "");
	return true;
}

/* One character above ASCII. */
static bool
scan_utf8(struct scan *s)
{
	struct sf_bytes text = s->j->text;
	uint32_t c;
	size_t n;

	if (!sf_utf8_next(
		sf_bytes(text.p + s->at, text.n - s->at), &c, &n))
		return stop(s, "not UTF-8", "");
	s->at += n;
	return true;
}

static bool
scan_string(struct scan *s)
{
	if (peek(s) != '"')
		return stop(s, "a quotation mark is missing", "");
	s->at++;
	while (s->at < s->j->text.n) {
		uint8_t c = s->j->text.p[s->at];

		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20)
			return stop(
			    s, "a string holds a control character", "");
		if (c >= 0x80) {
			if (!scan_utf8(s))
				return false;
			continue;
		}
		s->at++;
		if (c == '\\' && !scan_escape(s))
			return false;
	}
	return stop(s, "the text ends inside a string", "");
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if (s->j->text.n - s->at < n ||
	    memcmp(s->j->text.p + s->at, word, n) != 0)
		return stop(s, "a value is missing", "");
	s->at += n;
	return true;
}

static bool scan_value(struct scan *s, unsigned depth);

/* Behind an element: a comma, or the end. */
static bool
scan_comma(struct scan *s, char close, bool *more)
{
	skip_blanks(s);
	*more = peek(s) == ',';
	if (!*more && peek(s) != close)
		return stop(s,
		    close == '}' ? "a comma or } is missing"
				 : "a comma or ] is missing",
		    "");
	s->at++;
	return true;
}

static bool
scan_list(struct scan *s, char close,
    unsigned depth) /* NOLINT(misc-no-recursion): depth is bounded */
{
	bool more = true;

	s->at++;
	skip_blanks(s);
	if (peek(s) == close) {
		s->at++;
		return true;
	}
	while (more) {
		skip_blanks(s);
		if (close == '}') {
			if (!scan_string(s))
				return false;
			skip_blanks(s);
			if (peek(s) != ':')
				return stop(s, "a colon is missing", "");
			s->at++;
			skip_blanks(s);
		}
		if (!scan_value(s, depth + 1) || !scan_comma(s, close, &more))
			return false;
	}
	return true;
}

static bool
scan_value(struct scan *s, unsigned depth) /* NOLINT(misc-no-recursion) */
{
	char c = peek(s);

	if (depth > SF_JSON_DEPTH)
		return stop(s, "too many levels inside each other", "");
	if (!note_place(s))
		return false;
	if (c == '{')
		return scan_list(s, '}', depth);
	if (c == '[')
		return scan_list(s, ']', depth);
	if (c == '"')
		return scan_string(s);
	if (c == '-' || is_digit(c))
		return scan_number(s);
	return scan_word(s, c == 't' ? "true" : c == 'f' ? "false" : "null");
}

static bool
scan_text(struct scan *s)
{
	if (s->j->text.n >= 3 && memcmp(s->j->text.p, "\xef\xbb\xbf", 3) == 0)
		return stop(s, "a byte order mark in front",
		    "save it as UTF-8 without one");
	skip_blanks(s);
	if (s->at == s->j->text.n)
		return stop(s, "nothing there", "");
	if (!scan_value(s, 1))
		return false;
	skip_blanks(s);
	if (s->at < s->j->text.n)
		return stop(s, "something behind the end",
		    "one document is all there may be");
	return true;
}

/* ---- the tree ------------------------------------------------------------ */

/*
 * Gives each value its number, in the order of the text: valueint is a copy
 * of valuedouble that nobody here reads. The depth is bounded by the scanner.
 */
static size_t
number_values(cJSON *v, size_t i) /* NOLINT(misc-no-recursion) */
{
	for (; v != NULL; v = v->next) {
		v->valueint = (int)i++;
		i = number_values(v->child, i);
	}
	return i;
}

/* A member whose name was there before; NULL when all are distinct. */
static const cJSON *
find_twice(const cJSON *object, bool *too_many)
{
	unsigned n = 0;

	for (const cJSON *v = object->child; v != NULL; v = v->next) {
		if (++n > SF_JSON_MEMBERS) {
			*too_many = true;
			return v;
		}
		for (const cJSON *u = object->child; u != v; u = u->next)
			if (strcmp(u->string, v->string) == 0)
				return v;
	}
	return NULL;
}

static bool
check_members(const struct sf_json *j, const cJSON *v,
    struct sf_json_error *error) /* NOLINT(misc-no-recursion) */
{
	bool too_many = false;
	const cJSON *twice =
	    cJSON_IsObject(v) ? find_twice(v, &too_many) : NULL;

	if (twice != NULL) {
		*error = (struct sf_json_error){ sf_json_place(j, twice),
			too_many ? "an object has too many members"
				 : "a member is there twice",
			too_many ? "" : "leave one out" };
		return false;
	}
	for (const cJSON *c = v->child; c != NULL; c = c->next)
		if (!check_members(j, c, error))
			return false;
	return true;
}

bool
sf_json_read(
    struct sf_json *out, struct sf_bytes text, struct sf_json_error *error)
{
	struct scan s = { out, 0, error };

	*out = (struct sf_json){ .text = text };
	*error = (struct sf_json_error){ 0 };
	if (text.n > INT_MAX) { /* number_values() counts in an int */
		(void)stop(&s, "the text is too large", "");
		goto fail;
	}
	if (!scan_text(&s))
		goto fail;
	out->root = cJSON_ParseWithLength((const char *)text.p, text.n);
	if (out->root == NULL || number_values(out->root, 0) != out->n) {
		s.at = 0;
		(void)stop(&s, "not enough memory", "");
		goto fail;
	}
	if (check_members(out, out->root, error))
		return true;
fail:
	sf_json_wipe(out);
	return false;
}

/* A store that the compiler may not leave out. */
static void
wipe_string(char *s)
{
	volatile char *p = s;

	while (*p != '\0')
		*p++ = '\0';
}

static void
wipe_values(cJSON *v) /* NOLINT(misc-no-recursion) */
{
	for (; v != NULL; v = v->next) {
		if (v->valuestring != NULL)
			wipe_string(v->valuestring);
		wipe_values(v->child);
	}
}

void
sf_json_wipe(struct sf_json *j)
{
	wipe_values(j->root);
	cJSON_Delete(j->root);
	free(j->places);
	*j = (struct sf_json){ .text = sf_bytes(NULL, 0) };
}

/* ---- values -------------------------------------------------------------- */

enum sf_json_kind
sf_json_kind(const struct cJSON *v)
{
	if (cJSON_IsObject(v))
		return SF_JSON_OBJECT;
	if (cJSON_IsArray(v))
		return SF_JSON_ARRAY;
	if (cJSON_IsString(v))
		return SF_JSON_STRING;
	if (cJSON_IsNumber(v))
		return SF_JSON_NUMBER;
	return cJSON_IsBool(v) ? SF_JSON_BOOL : SF_JSON_NULL;
}

const struct cJSON *
sf_json_member(const struct cJSON *object, const char *name)
{
	return cJSON_IsObject(object)
		   ? cJSON_GetObjectItemCaseSensitive(object, name)
		   : NULL;
}

const struct cJSON *
sf_json_first(const struct cJSON *v)
{
	return v->child;
}

const struct cJSON *
sf_json_next(const struct cJSON *v)
{
	return v->next;
}

const char *
sf_json_name(const struct cJSON *v)
{
	return v->string;
}

const char *
sf_json_string(const struct cJSON *v)
{
	return cJSON_GetStringValue(v);
}

bool
sf_json_true(const struct cJSON *v)
{
	return cJSON_IsTrue(v);
}

size_t
sf_json_place(const struct sf_json *j, const struct cJSON *v)
{
	return j->places[v->valueint];
}

/* ---- whole numbers ------------------------------------------------------- */

static bool
refuse(const char **cause, const char **remedy, const char *a, const char *b)
{
	*cause = a;
	*remedy = b;
	return false;
}

/* Digits of a base up to the end; *large when they are above 2^64 - 1. */
static bool
read_digits(const char *p, size_t n, unsigned base, uint64_t *out, bool *large)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (v > (UINT64_MAX - (unsigned)digit) / base)
			*large = true;
		v = v * base + (unsigned)digit;
	}
	*out = v;
	return n > 0;
}

static bool
read_text_number(
    const char *s, uint64_t *out, const char **cause, const char **remedy)
{
	bool large = false;
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');

	if (hex)
		s += 2;
	if (!read_digits(s, strlen(s), hex ? 16 : 10, out, &large))
		return refuse(cause, remedy, "not a whole number",
		    "write decimal digits, or 0x and hexadecimal ones");
	return !large || refuse(cause, remedy, "above 2^64 - 1", "");
}

bool
sf_json_u64(const struct sf_json *j, const struct cJSON *v, uint64_t bare_max,
    uint64_t *out, const char **cause, const char **remedy)
{
	const char *p = (const char *)j->text.p + sf_json_place(j, v);
	size_t left = j->text.n - sf_json_place(j, v);
	size_t n = 0;
	bool large = false;

	*cause = *remedy = "";
	if (cJSON_IsString(v))
		return read_text_number(v->valuestring, out, cause, remedy);
	if (!cJSON_IsNumber(v))
		return refuse(cause, remedy, "not a number",
		    "write a whole number, or a string of its digits");
	while (n < left && memchr("+-.eE", p[n], 5) == NULL && is_digit(p[n]))
		n++;
	if (n == 0 || (n < left && memchr("+-.eE", p[n], 5) != NULL))
		return refuse(cause, remedy,
		    "not a whole number that is zero or more",
		    "write digits only");
	if (!read_digits(p, n, 10, out, &large))
		return refuse(cause, remedy, "not a whole number", "");
	if (bare_max == SF_JSON_EXACT && (large || *out > bare_max))
		return refuse(cause, remedy,
		    "a bare number above 2^53, which many programs round",
		    "write it as a string");
	if (large || *out > bare_max)
		return refuse(cause, remedy, "too large", "");
	return true;
}

/* ---- octets -------------------------------------------------------------- */

bool
sf_json_hex(const struct cJSON *v, uint8_t *out, size_t max, size_t *n,
    const char **cause, const char **remedy)
{
	const char *s = sf_json_string(v);
	size_t digits = s == NULL ? 0 : strlen(s);

	*cause = *remedy = "";
	*n = 0;
	if (s == NULL)
		return refuse(cause, remedy, "not a string",
		    "write hexadecimal digits between quotation marks");
	if (digits % 2 != 0)
		return refuse(cause, remedy,
		    "an odd number of hexadecimal digits",
		    "an octet is two digits");
	if (digits / 2 > max)
		return refuse(cause, remedy, "too many octets", "");
	for (size_t i = 0; i < digits; i += 2) {
		int high = hex_digit(s[i]);
		int low = hex_digit(s[i + 1]);

		if (high < 0 || low < 0)
			return refuse(cause, remedy, "not hexadecimal",
			    "write digits 0-9 and a-f only");
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	*n = digits / 2;
	return true;
}

const struct cJSON *
sf_json_stranger(const struct cJSON *object, const char *const *names)
{
	const struct cJSON *v = sf_json_first(object);

	for (; v != NULL; v = sf_json_next(v)) {
		const char *const *n = names;

		while (*n != NULL && strcmp(*n, sf_json_name(v)) != 0)
			n++;
		if (*n == NULL)
			return v;
	}
	return NULL;
}
