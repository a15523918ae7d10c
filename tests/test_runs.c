#include "engine/classify/runs.h"

#include "parsers/sframe/header.h"
#include "tests/noise.h"
#include "tests/rows.h"

#include <math.h>

#define MOST 120

/* A frame of noise behind whatever header was written at its front. */
static void
make_record(struct sf_record *r, unsigned i, const uint8_t *head, size_t n,
    uint64_t *seed)
{
	*r = (struct sf_record){ .complete = true,
		.octets = 100,
		.head_n = SF_RECORD_HEAD - 12,
		.packets = 1,
		.seq = i };
	r->last.time_ns = r->first.time_ns = (int64_t)i * 20000000;
	noise_fill(r->head, sizeof(r->head), seed);
	memcpy(r->head, head, n);
}

static void
make_sframe(struct sf_record *r, unsigned i, uint64_t kid, uint64_t ctr,
    uint64_t *seed)
{
	uint8_t head[SF_SFRAME_HEADER_MAX];

	make_record(r, i, head, sf_sframe_header_write(head, kid, ctr), seed);
}

static const struct sf_placing front = { 0, 0, SF_LAYOUT_RFC9605, false };

/* Real runs: KID, first CTR, step, one frame in `loss` missing. */
static const struct {
	const char *what;
	uint64_t kid, ctr, step;
	unsigned loss, enough; /* frames that must be enough */
} runs[] = {
	{ "small KID from zero",        5,          0,        1,  0, 30 },
	{ "KID 7 looks like Opus",      7,          8,        1,  0, 30 },
	{ "two-octet CTR",              9,          300,      1,  0, 12 },
	{ "largest KID, three octets",  UINT64_MAX, 1 << 20,  1,  0, 12 },
	{ "CTR in steps of three",      11,         8,        3,  0, 20 },
	{ "one counter for four",       9,          8,        4,  0, 20 },
	{ "one in ten lost",            5,          300,      1, 10, 30 },
	{ "CTR beyond 2^53",            9, ((uint64_t)1 << 53) + 1, 1, 0, 12 },
};

static void
finds_runs(void **state)
{
	struct sf_record recs[MOST];
	struct sf_run_found f;

	(void)state;
	for (size_t k = 0; k < LENGTH(runs); k++) {
		uint64_t seed = k, ctr = runs[k].ctr;
		unsigned n = runs[k].enough;

		for (unsigned i = 0; i < n; i++) {
			if (runs[k].loss != 0 && i % runs[k].loss == 7)
				ctr += runs[k].step;
			make_sframe(&recs[i], i, runs[k].kid, ctr, &seed);
			ctr += runs[k].step;
		}
		EXPECT(runs[k].what,
		    sf_run_search(&f, recs, n, front, SF_RUN_SURE), true);
		EXPECT(runs[k].what, f.start, 0);
	}
}

/* Noise, and Opus that imitates a header, are never a run. */
static void
finds_none_in_other_octets(void **state)
{
	static const uint8_t tocs[] = { 0x08, 0x18, 0x78, 0xfc, 0x88, 0x98 };
	struct sf_record recs[MOST];
	struct sf_run_found f;
	uint64_t seed = 5;

	(void)state;
	for (unsigned set = 0; set < 2000; set++) {
		uint8_t toc = tocs[set % LENGTH(tocs)];

		for (unsigned i = 0; i < MOST; i++)
			make_record(&recs[i], i, &toc, set % 7 != 6, &seed);
		assert_false(
		    sf_run_search(&f, recs, MOST, front, SF_RUN_SURE));
	}
}

/* A stream in the clear that turns to SFrame: the first frame is found. */
static void
finds_the_first_frame(void **state)
{
	struct sf_record recs[MOST];
	struct sf_run_found f;
	uint8_t toc = 0x78;

	(void)state;
	for (unsigned at = 0; at < 90; at += 3) {
		uint64_t seed = at;

		for (unsigned i = 0; i < at; i++)
			make_record(&recs[i], i, &toc, 1, &seed);
		for (unsigned i = at; i < MOST; i++)
			make_sframe(&recs[i], i, 33, i - at, &seed);
		assert_true(
		    sf_run_search(&f, recs, MOST, front, SF_RUN_SURE));
		assert_int_equal(f.start, at);
	}
}

static const struct {
	const char *what;
	uint64_t kid_a, ctr_a, kid_b, ctr_b;
	int64_t ms;
	bool follows;
} pairs[] = {
	{ "next",                     9, 100, 9, 101,    20, true },
	{ "same again",               9, 100, 9, 100,    20, false },
	{ "back",                     9, 100, 9, 99,     20, false },
	{ "other KID",                9, 100, 8, 101,    20, false },
	{ "at the gap",               9, 100, 9, 164,     0, true },
	{ "past the gap",             9, 100, 9, 165,     0, false },
	{ "a pause allows more",      9, 100, 9, 2100, 1000, true },
	{ "but not any number",       9, 100, 9, 9000, 1000, false },
	{ "one octet gets no pause",  5, 0,   5, 7,    1000, true },
	{ "time may run backwards",   9, 100, 9, 101, -5000, true },
	{ "to the largest CTR", 9, UINT64_MAX - 1, 9, UINT64_MAX, 20, true },
	{ "and never past it",  9, UINT64_MAX, 9, 0, 20, false },
};

static void
knows_what_follows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(pairs); i++) {
		struct sf_run_header a = { pairs[i].kid_a, pairs[i].ctr_a, 1, 1,
			3, 0 };
		struct sf_run_header b = { pairs[i].kid_b, pairs[i].ctr_b, 1, 1,
			3, 0 };

		EXPECT(pairs[i].what,
		    sf_run_follows(&a, 0, &b, pairs[i].ms * 1000000),
		    pairs[i].follows);
	}
}

/* A frame without room for the shortest tag has no header. */
static void
asks_for_room(void **state)
{
	struct sf_run_header h;
	struct sf_record r;
	uint64_t seed = 9;

	(void)state;
	make_sframe(&r, 0, 300, 300, &seed);
	for (uint32_t n = 0; n < 20; n++) {
		r.octets = n;
		r.head_n = (uint8_t)n;
		EXPECT("length", sf_run_header(&h, &r, front), n >= 5 + 4);
	}
	r.complete = false;
	assert_false(sf_run_header(&h, &r, front));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_runs),
		cmocka_unit_test(finds_none_in_other_octets),
		cmocka_unit_test(finds_the_first_frame),
		cmocka_unit_test(knows_what_follows),
		cmocka_unit_test(asks_for_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
