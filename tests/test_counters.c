#include "checks/counters.h"

#include <string.h>

#include "tests/rows.h"

#define MOST 400

static uint32_t
next_random(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

/* Every counter that is there is covered; exact ranges hold no other. */
static void
compare(const struct sf_counters *c, const bool *used)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < c->n; i++) {
		const struct sf_counter_range *r = &c->v[i];
		uint64_t n = 0;

		assert_true(r->low <= r->high && r->high < MOST);
		assert_true(i == 0 || r->low > last + 1);
		for (uint64_t v = r->low; v <= r->high; v++)
			n += used[v];
		if (r->n == r->high - r->low + 1)
			assert_int_equal(n, r->n);
		last = r->high;
	}
	for (uint64_t v = 0; v < MOST; v++) {
		bool there = false;

		for (unsigned i = 0; i < c->n; i++)
			there |= c->v[i].low <= v && v <= c->v[i].high;
		assert_true(there || !used[v]);
	}
}

static void
covers_what_was_added(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct sf_counters c = { 0 };
		bool used[MOST] = { 0 };
		uint32_t at = next_random(&seed) % MOST;

		for (unsigned i = 0; i < 300; i++) {
			/* runs, with jumps now and then */
			at = next_random(&seed) % (2 + round % 40) == 0
				 ? next_random(&seed) % MOST
				 : (at + 1) % MOST;
			used[at] = true;
			sf_counters_add(&c, at);
		}
		compare(&c, used);
	}
}

static void
says_what_two_have_in_common(void **state)
{
	static const struct {
		const char *what;
		uint64_t a_low, a_high, b_low, b_high, common;
	} rows[] = {
		{ "the same",         0, 99, 0,   99,  100 },
		{ "one in the other", 0, 99, 40,  49,  10 },
		{ "the ends touch",   0, 99, 99,  200, 1 },
		{ "behind",           0, 99, 100, 200, 0 },
		{ "64 bits", UINT64_MAX - 3, UINT64_MAX, UINT64_MAX - 1,
		  UINT64_MAX, 2 },
		{ "a double would not tell them apart",
		  ((uint64_t)1 << 53), ((uint64_t)1 << 53),
		  ((uint64_t)1 << 53) + 1, ((uint64_t)1 << 53) + 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_counters a = { 0 }, b = { 0 };
		bool maybe;

		for (uint64_t v = rows[i].a_low;; v++) {
			sf_counters_add(&a, v);
			if (v == rows[i].a_high)
				break;
		}
		for (uint64_t v = rows[i].b_high;; v--) {
			sf_counters_add(&b, v);
			if (v == rows[i].b_low)
				break;
		}
		EXPECT(rows[i].what, a.n, 1);
		EXPECT(rows[i].what, b.n, 1);
		EXPECT(rows[i].what, sf_counters_common(&a, &b, &maybe),
		    rows[i].common);
		EXPECT(rows[i].what, maybe, false);
	}
}

/* Two streams take every other counter; every third is never used. */
static void
joins_two_halves(void **state)
{
	struct sf_counters a = { 0 }, b = { 0 }, holes = { 0 };
	bool maybe;

	(void)state;
	for (uint64_t v = 0; v < 200; v++)
		sf_counters_add(v % 2 == 0 ? &a : &b, v);
	for (uint64_t v = 0; v < 200; v += 3)
		sf_counters_add(&holes, v);
	assert_int_equal(sf_counters_common(&a, &b, &maybe), 0);
	assert_true(maybe);
	sf_counters_join(&a, &b);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.v[0].n, 200);
	assert_true(holes.n <= SF_COUNTER_RANGES);
	(void)sf_counters_common(&a, &holes, &maybe);
	assert_true(maybe);
}

static void
takes_ranges_in_order_only(void **state)
{
	struct sf_counters c = { 0 };

	(void)state;
	assert_true(sf_counters_append(
	    &c, (struct sf_counter_range){ 5, 9, 5 }));
	assert_false(sf_counters_append(
	    &c, (struct sf_counter_range){ 9, 12, 1 }));
	assert_false(sf_counters_append(
	    &c, (struct sf_counter_range){ 12, 11, 1 }));
	assert_false(sf_counters_append(
	    &c, (struct sf_counter_range){ 12, 13, 3 }));
	assert_false(sf_counters_append(
	    &c, (struct sf_counter_range){ 12, 13, 0 }));
	assert_true(sf_counters_append(
	    &c, (struct sf_counter_range){ 12, 13, 2 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers_what_was_added),
		cmocka_unit_test(says_what_two_have_in_common),
		cmocka_unit_test(joins_two_halves),
		cmocka_unit_test(takes_ranges_in_order_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
