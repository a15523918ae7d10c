#include "engine/classify/stats.h"

#include "tests/noise.h"
#include "tests/rows.h"

/* Points of the chi-square distribution, from printed tables. */
static const struct {
	double chi2, df, p;
} points[] = {
	{ 18.307, 10, 0.05 },
	{ 29.588, 10, 0.001 },
	{ 124.342, 100, 0.05 },
	{ 149.449, 100, 0.001 },
	{ 146.567, 120, 0.05 },
};

static void
knows_the_distribution(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(points); i++) {
		double p = sf_chi2_p(points[i].chi2, points[i].df);

		assert_true(p > points[i].p * 0.93 && p < points[i].p * 1.07);
	}
	assert_true(sf_chi2_p(1000, 120) < 1e-100);
	assert_true(sf_chi2_p(10, 120) > 0.999);
}

/* Of many sets of noise none is called uneven at 1e-6. */
static void
leaves_noise_alone(void **state)
{
	uint64_t seed = 1;
	uint8_t octets[32];

	(void)state;
	for (unsigned set = 0; set < 2000; set++) {
		struct sf_bit_counts b = { 0 };
		struct sf_nibble_counts c = { 0 };

		for (unsigned i = 0; i < 100; i++) {
			noise_fill(octets, sizeof(octets), &seed);
			sf_bits_add(&b, octets, sizeof(octets));
			sf_nibbles_add(&c, octets);
		}
		assert_true(sf_bits_p(&b) > 1e-6);
		assert_true(sf_nibbles_p(&c) > 1e-6);
	}
}

static void
sees_one_biased_octet(void **state)
{
	struct sf_bit_counts b = { 0 };
	struct sf_nibble_counts c = { 0 };
	uint64_t seed = 2;
	uint8_t octets[24];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		noise_fill(octets, sizeof(octets), &seed);
		octets[2] = 0x78;
		sf_bits_add(&b, octets, sizeof(octets));
		sf_nibbles_add(&c, octets);
	}
	assert_true(sf_bits_p(&b) < 1e-9);
	assert_true(sf_nibbles_p(&c) < 1e-9);
}

static void
says_nothing_of_too_little(void **state)
{
	struct sf_bit_counts b = { 0 };
	struct sf_nibble_counts c = { 0 };
	uint8_t same[24] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 19; i++)
		sf_bits_add(&b, same, sizeof(same));
	for (unsigned i = 0; i < 79; i++)
		sf_nibbles_add(&c, same);
	assert_true(sf_bits_p(&b) == 1);
	assert_true(sf_nibbles_p(&c) == 1);
}

/* More strings than counters hold: the rest is passed over, nothing wraps. */
static void
stops_when_full(void **state)
{
	struct sf_bit_counts b = { 0 };
	struct sf_nibble_counts c = { 0 };
	uint8_t ones[4] = { 0xff, 0xff, 0xff, 0xff };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		sf_bits_add(&b, ones, sizeof(ones));
		sf_nibbles_add(&c, ones);
	}
	assert_int_equal(b.strings, SF_STATS_MOST);
	assert_true(b.ones[3] == UINT64_MAX);
	assert_int_equal(c.n, SF_STATS_MOST);
	assert_int_equal(c.count[0][15], SF_STATS_MOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_distribution),
		cmocka_unit_test(leaves_noise_alone),
		cmocka_unit_test(sees_one_biased_octet),
		cmocka_unit_test(says_nothing_of_too_little),
		cmocka_unit_test(stops_when_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
