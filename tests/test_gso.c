/*
 * test_gso.c - several datagrams in one record: found where they are, against a
 * model that tries every length, and not where octets only look like a header.
 */
#include "engine/transport/gso.h"

#include "tests/noise.h"
#include "tests/rows.h"

#define ROOM 65536

/* An RTP packet of n octets, 12 or more, noise behind its header. */
static void
packet(uint8_t *p, size_t n, uint16_t seq, uint32_t ssrc, uint64_t *seed)
{
	uint32_t timestamp = 0xffffe000 + 3000u * (uint16_t)(seq + 2);

	noise_fill(p, n, seed);
	p[0] = 0x80;
	p[1] = 96;
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	for (unsigned i = 0; i < 4; i++) {
		p[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
		p[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	}
}

/* n packets of each octets, the last of last; numbers go up by step. */
static size_t
record(uint8_t *p, unsigned n, size_t each, size_t last, uint16_t step,
    uint32_t ssrc, uint64_t *seed)
{
	size_t at = 0;

	for (unsigned i = 0; i < n; i++) {
		size_t octets = i + 1 < n ? each : last;

		packet(
		    p + at, octets, (uint16_t)(0xfffe + i * step), ssrc, seed);
		at += octets;
	}
	return at;
}

static const struct {
	const char *what;
	unsigned n;
	size_t each, last;
	uint16_t step;
	uint32_t ssrc;
	size_t want;
} rows[] = {
	{ "one packet", 1, 0, 300, 1, 0x11223344, 0 },
	{ "one header", 1, 0, 12, 1, 0x11223344, 0 },
	{ "two of one size", 2, 300, 300, 1, 0x11223344, 300 },
	{ "the last is shorter", 2, 300, 40, 1, 0x11223344, 300 },
	{ "the last is a header", 2, 300, 12, 1, 0x11223344, 300 },
	{ "headers alone", 3, 12, 12, 1, 0x11223344, 12 },
	{ "the last is longer", 2, 300, 301, 1, 0x11223344, 0 },
	{ "less than a header behind", 2, 300, 11, 1, 0x11223344, 0 },
	{ "numbers leave one out", 3, 300, 300, 2, 0x11223344, 0 },
	{ "one number twice", 2, 300, 300, 0, 0x11223344, 0 },
	{ "as many as Linux joins", 128, 100, 100, 1, 0x11223344, 100 },
	{ "one more", 129, 100, 100, 1, 0x11223344, 0 },
	{ "an SSRC of zeros", 4, 200, 90, 1, 0, 200 },
	{ "octets that are equal", 4, 200, 90, 1, 0xabababab, 200 },
	{ "large ones", 40, 1452, 1000, 1, 0x80808080, 1452 },
};

static void
finds_them(void **state)
{
	uint8_t *p = malloc(ROOM);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		uint64_t seed = i;
		size_t n = rows[i].last < 12 ? 12 : rows[i].last;
		size_t less = n - rows[i].last;

		n = record(p, rows[i].n, rows[i].each, n, rows[i].step,
			rows[i].ssrc, &seed) -
		    less;
		EXPECT(
		    rows[i].what, sf_gso_octets(sf_bytes(p, n)), rows[i].want);
	}
	assert_int_equal(sf_gso_octets(sf_bytes(p, 0)), 0);
	free(p);
}

/* The IV of LiveKit and Jitsi stands behind the frame and begins with the SSRC;
   in front of it the tag ends, in anything. */
static void
takes_no_iv_for_a_header(void **state)
{
	uint8_t p[300];
	uint64_t seed = 7;

	(void)state;
	record(p, 2, 279, 21, 1, 0x5e40912f, &seed);
	assert_int_equal(sf_gso_octets(sf_bytes(p, sizeof(p))), 279);
	noise_fill(p + 279 + 4, 4, &seed);
	assert_int_equal(sf_gso_octets(sf_bytes(p, sizeof(p))), 0);
}

static uint32_t
be(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* Every length in turn; packets here have neither padding nor extension. */
static size_t
model(const uint8_t *p, size_t n)
{
	for (size_t each = 12; each + 12 <= n; each++) {
		size_t at = 0;
		unsigned k = 0;

		for (; at < n; at += each, k++)
			if (n - at < 12 || p[at] != 0x80 || k == 128 ||
			    be(p + at + 8, 4) != be(p + 8, 4) ||
			    be(p + at + 4, 4) - be(p + 4, 4) + 450000 >
				900000 ||
			    be(p + at + 2, 2) != ((be(p + 2, 2) + k) & 0xffff))
				break;
		if (at >= n)
			return each;
	}
	return 0;
}

/* Payloads full of the SSRC's octets, headers that lie, cuts anywhere. */
static void
agrees_with_the_model(void **state)
{
	uint8_t p[2048];
	unsigned several = 0;

	(void)state;
	for (unsigned turn = 0; turn < 20000; turn++) {
		uint64_t seed = turn;
		uint32_t ssrc =
		    turn % 3 == 0 ? 0x01010101 : (uint32_t)noise_next(&seed);
		size_t each = 12 + noise_next(&seed) % 180;
		size_t last = 12 + noise_next(&seed) % (each - 11);
		unsigned k = 1 + (unsigned)(noise_next(&seed) % 6);
		size_t n = record(p, k, each, last, 1, ssrc, &seed);
		size_t got;

		for (unsigned i = 0; i < turn % 8; i++) {
			size_t at = noise_next(&seed) % n;

			if (at % each >= 12)
				p[at] = p[8 + i % 4];
			else if (turn % 5 == 0 && at >= each && at % each != 0)
				p[at] ^= 1;
		}
		if (turn % 7 == 0)
			n = 1 + noise_next(&seed) % n;
		got = sf_gso_octets(sf_bytes(p, n));
		several += got != 0;
		if (got != model(p, n))
			fail_msg("turn %u: %zu and not %zu octets of %zu", turn,
			    got, model(p, n), n);
	}
	assert_in_range(
	    several, 5000, 19000); /* of both kinds there are many */
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_them),
		cmocka_unit_test(takes_no_iv_for_a_header),
		cmocka_unit_test(agrees_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
