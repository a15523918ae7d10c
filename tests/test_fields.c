#include "engine/classify/fields.h"

#include <string.h>

#include "tests/noise.h"
#include "tests/rows.h"

#define FRAMES 60

/* How one octet comes about: of the number of the frame, its length, its
   timestamp, and noise. */
enum how {
	NOISE,
	STAYS,
	COUNTS,
	COUNTS_BY_TENS,
	LENGTH_OF,
	STAMP,
	FLAG,
	THREE_BITS,
	FALLS
};

static uint8_t
make(enum how how, unsigned i, const struct sf_record *r, uint64_t *seed)
{
	uint8_t noise = (uint8_t)(noise_next(seed) >> 32);

	switch (how) {
	case NOISE:
		return noise;
	case STAYS:
		return 0xc0;
	case COUNTS:
		return (uint8_t)(250 + i);
	case COUNTS_BY_TENS:
		return (uint8_t)(20 * i + noise % 20);
	case LENGTH_OF:
		return (uint8_t)(r->octets - 11);
	case STAMP:
		return (uint8_t)((r->timestamp + 12345) >> 8);
	case FLAG:
		return noise & 1;
	case THREE_BITS:
		return noise & 0x13;
	case FALLS:
		return (uint8_t)(100 * i + noise % 100);
	}
	return 0;
}

static const struct {
	const char *what;
	enum how how;
	bool field;
} rows[] = {
	{ "noise", NOISE, false },
	{ "a key id", STAYS, true },
	{ "a counter that wraps", COUNTS, true },
	{ "a counter that others share", COUNTS_BY_TENS, true },
	{ "the length of the frame", LENGTH_OF, true },
	{ "the timestamp of the frame", STAMP, true },
	{ "a flag", FLAG, true },
	{ "three bits of a codec", THREE_BITS, false },
	{ "steps beyond any counter's", FALLS, false },
};

static void
tells_fields(void **state)
{
	(void)state;
	for (size_t k = 0; k < LENGTH(rows); k++) {
		struct sf_fields f;
		struct sf_record r;
		uint64_t seed = k + 1;
		uint8_t octets[3];

		memset(&f, 0, sizeof(f));
		memset(&r, 0, sizeof(r));
		for (unsigned i = 0; i < FRAMES; i++) {
			r.octets = (uint32_t)(40 + noise_next(&seed) % 90);
			r.timestamp = 960 * i;
			r.seq = i;
			noise_fill(octets, sizeof(octets), &seed);
			octets[1] = make(rows[k].how, i, &r, &seed);
			sf_fields_add(&f, &r, octets, sizeof(octets));
		}
		EXPECT(
		    rows[k].what, sf_fields_mask(&f), rows[k].field ? 2U : 0U);
	}
}

/* Too few frames show nothing. */
static void
needs_several(void **state)
{
	struct sf_fields f;
	struct sf_record r;
	const uint8_t octet = 7;

	(void)state;
	memset(&f, 0, sizeof(f));
	memset(&r, 0, sizeof(r));
	for (unsigned i = 0; i < 10; i++)
		sf_fields_add(&f, &r, &octet, 1);
	assert_int_equal(sf_fields_mask(&f), 0);
	assert_int_equal(sf_fields_octets(0), 0);
	assert_int_equal(sf_fields_octets(5), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_fields),
		cmocka_unit_test(needs_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
