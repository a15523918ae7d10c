/*
 * rows.h - for tests that are a table of rows: comparisons that name the row,
 * and what holds for a parser on every input.
 */
#ifndef SF_ROWS_H
#define SF_ROWS_H

#include "parsers/parsers.h"
#include "tests/hex.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* Fails the test and says in which row, unless got equals want. */
#define EXPECT(row, got, want)                                                 \
	expect_equal(row, #got, (uint64_t)(got), (uint64_t)(want), __LINE__)

static inline void
expect_equal(
    const char *row, const char *what, uint64_t got, uint64_t want, int line)
{
	if (got != want)
		fail_msg("line %d, row \"%s\": %s is %" PRIu64 " (0x%" PRIx64
			 "), not %" PRIu64,
		    line, row, what, got, got, want);
}

/* The same for a slice; want is hexadecimal text. */
static inline void
expect_octets(const char *row, struct sf_bytes got, const char *want)
{
	struct sf_bytes w = hex_octets(want);
	bool same = got.n == w.n && memcmp(got.p, w.p, w.n) == 0;

	hex_free(w);
	if (!same)
		fail_msg(
		    "row \"%s\": %zu octets, and not %s", row, got.n, want);
}

/* Runs the parser of that name on in, and asks what every parser promises. */
static inline enum sf_status
expect_promises(const char *row, const char *parser, struct sf_bytes in)
{
	const struct sf_parser *p = sf_parsers_find(parser);
	struct sf_bytes payload = sf_bytes(NULL, 0);
	struct sf_diag d = { SF_LIMIT, 1, 1, "stale", "stale" };
	enum sf_status st;

	assert_non_null(p);
	st = p->run(in, &payload, &d);
	EXPECT(row, d.status, st);
	EXPECT(row, d.missing != 0, st == SF_SHORT);
	EXPECT(row, d.field == NULL, st == SF_OK);
	EXPECT(row, d.ref == NULL, st == SF_OK);
	EXPECT(row, d.at <= in.n, true);
	EXPECT(row, sf_bytes_inside(payload, in), true);
	return st;
}

/* The same on every prefix of in, each in memory of exactly its size. */
static inline void
expect_prefixes(const char *row, const char *parser, struct sf_bytes in)
{
	for (size_t n = 0; n <= in.n; n++) {
		struct sf_bytes part = hex_copy(in.p, n);

		(void)expect_promises(row, parser, part);
		hex_free(part);
	}
}

/* An input that must be refused: how, at which octet, with how many missing. */
struct bad_row {
	const char *what, *hex;
	enum sf_status status;
	size_t at, missing;
};

static inline void
expect_refused(const char *parser, const struct bad_row *rows, size_t n)
{
	const struct sf_parser *p = sf_parsers_find(parser);

	assert_non_null(p);
	for (const struct bad_row *r = rows; r < rows + n; r++) {
		struct sf_bytes in = hex_octets(r->hex);
		struct sf_bytes untouched = sf_bytes(NULL, 0);
		struct sf_diag d;

		EXPECT(r->what, p->run(in, &untouched, &d), r->status);
		EXPECT(r->what, d.at, r->at);
		EXPECT(r->what, d.missing, r->missing);
		EXPECT(r->what, untouched.n, 0);
		expect_prefixes(r->what, parser, in);
		hex_free(in);
	}
}

/* An input of any parser: what it hands on, or how it is refused. */
struct parser_row {
	const char *parser, *what, *hex;
	enum sf_status status;
	size_t at, missing;
	const char *payload;
};

static inline void
expect_rows(const struct parser_row *rows, size_t n)
{
	for (const struct parser_row *r = rows; r < rows + n; r++) {
		const struct sf_parser *p = sf_parsers_find(r->parser);
		struct sf_bytes in = hex_octets(r->hex);
		struct sf_bytes payload = sf_bytes(NULL, 0);
		struct sf_diag d;

		assert_non_null(p);
		EXPECT(r->what, p->run(in, &payload, &d), r->status);
		EXPECT(r->what, d.at, r->at);
		EXPECT(r->what, d.missing, r->missing);
		if (r->status == SF_OK)
			expect_octets(r->what, payload, r->payload);
		expect_prefixes(r->what, r->parser, in);
		hex_free(in);
	}
}

/*
 * Octets from a small fixed generator, each length up to `longest` many
 * times: hostile in no way one thought of.
 */
static inline void
expect_noise(const char *parser, size_t longest)
{
	uint64_t state = 0x9605;

	for (unsigned turn = 0; turn < 20000; turn++) {
		uint8_t noise[256];
		struct sf_bytes part;

		for (size_t i = 0; i < sizeof(noise); i++) {
			state =
			    state * 6364136223846793005U + 1442695040888963407U;
			noise[i] = (uint8_t)(state >> 56);
		}
		part = hex_copy(noise, turn % (longest + 1));
		(void)expect_promises("noise", parser, part);
		hex_free(part);
	}
}

/* The same for every parser of the rows, which stand together by parser. */
static inline void
expect_noise_rows(const struct parser_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(rows[i].parser, rows[i - 1].parser) != 0)
			expect_noise(rows[i].parser, 64);
}

/* The two tests that every table of rows has. */
#define ROW_TESTS(rows)                                                        \
	static void reads_or_refuses(void **state)                             \
	{                                                                      \
		(void)state;                                                   \
		expect_rows(rows, LENGTH(rows));                               \
	}                                                                      \
                                                                               \
	static void survives_noise(void **state)                               \
	{                                                                      \
		(void)state;                                                   \
		expect_noise_rows(rows, LENGTH(rows));                         \
	}

#endif
