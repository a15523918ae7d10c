/*
 * The header vectors of RFC 9605, each written and read. 93 of them hold
 * integers that a double cannot, and a JSON library has doubles, so the three
 * members are taken from the text itself.
 */
#include "parsers/sframe/header.h"
#include "tests/rows.h"

#include <stdio.h>

#define VECTORS       "vectors/rfc9605/test-vectors.json"
#define HEADERS       289
#define ABOVE_DOUBLES 93

struct vector {
	uint64_t kid, ctr;
	char encoded[2 * SF_SFRAME_HEADER_MAX + 1];
};

/* The file as one string, to be freed. */
static char *
read_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 20;
	char *text = malloc(room);
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, room - 1, f);
	assert_true(n < room - 1);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* Behind `"name":` in text, or NULL. */
static const char *
member(const char *text, const char *name)
{
	char quoted[32];
	const char *p;

	snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	p = strstr(text, quoted);
	if (p == NULL)
		return NULL;
	p += strlen(quoted);
	p += strspn(p, " \t\r\n");
	assert_int_equal(*p, ':');
	p++;
	return p + strspn(p, " \t\r\n");
}

/* A whole number below 2^64, digit by digit; fails the test on any other. */
static uint64_t
whole_number(const char *p)
{
	uint64_t v = 0;

	assert_true(*p >= '0' && *p <= '9');
	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		assert_true(v <= (UINT64_MAX - digit) / 10);
		v = v * 10 + digit;
	}
	assert_null(strchr(".eE", *p == '\0' ? ' ' : *p));
	return v;
}

/*
 * The next object of the array at *at, which is moved behind it; false at the
 * end of the array. The objects are flat, as these are.
 */
static bool
next_vector(const char **at, struct vector *v)
{
	const char *open = *at + strcspn(*at, "{]");
	const char *close = open + strcspn(open, "}");
	const char *encoded;
	char object[256];
	size_t n;

	if (*open != '{')
		return false;
	assert_true((size_t)(close - open) < sizeof(object));
	memcpy(object, open, (size_t)(close - open));
	object[close - open] = '\0';
	v->kid = whole_number(member(object, "kid"));
	v->ctr = whole_number(member(object, "ctr"));
	encoded = member(object, "encoded");
	assert_int_equal(*encoded, '"');
	n = strcspn(++encoded, "\"");
	assert_true(n < sizeof(v->encoded));
	memcpy(v->encoded, encoded, n);
	v->encoded[n] = '\0';
	*at = close + 1;
	return true;
}

static void
check_vector(const struct vector *v)
{
	struct sf_bytes in = hex_octets(v->encoded);
	uint8_t octets[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(octets, v->kid, v->ctr);
	struct sf_sframe_header h;
	struct sf_diag d;

	expect_octets(v->encoded, sf_bytes(octets, n), v->encoded);
	EXPECT(v->encoded, sf_sframe_header_parse(&h, in, &d), SF_OK);
	EXPECT(v->encoded, h.kid, v->kid);
	EXPECT(v->encoded, h.ctr, v->ctr);
	EXPECT(v->encoded, h.kid_octets, sf_sframe_header_octets(v->kid));
	EXPECT(v->encoded, h.ctr_octets, sf_sframe_header_octets(v->ctr));
	EXPECT(v->encoded, h.aad.n, in.n);
	EXPECT(v->encoded, h.payload.n, 0);
	expect_prefixes(v->encoded, "sframe_header", in);
	hex_free(in);
}

static void
both_ways(void **state)
{
	char *text = read_text(VECTORS);
	const char *at = member(text, "header");
	const uint64_t exact = (uint64_t)1 << 53;
	unsigned all = 0;
	unsigned above = 0;
	struct vector v;

	(void)state;
	assert_non_null(at);
	while (next_vector(&at, &v)) {
		check_vector(&v);
		all++;
		above += v.kid > exact || v.ctr > exact;
	}
	free(text);
	assert_int_equal(all, HEADERS);
	assert_int_equal(above, ABOVE_DOUBLES);
}

/* The reader of this test itself: what a double would round comes through. */
static void
integers_stay_exact(void **state)
{
	const char *at = "[{\"kid\": 9007199254740993, \"encoded\": \"00\", "
			 "\"ctr\": 18446744073709551615}]";
	struct vector v;

	(void)state;
	assert_true(next_vector(&at, &v));
	assert_true(v.kid == ((uint64_t)1 << 53) + 1);
	assert_true(v.kid != (uint64_t)(double)v.kid);
	assert_true(v.ctr == UINT64_MAX);
	assert_string_equal(v.encoded, "00");
	assert_false(next_vector(&at, &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(integers_stay_exact),
	};

	return cmocka_run_group_tests_name("header_vectors", tests, NULL, NULL);
}
