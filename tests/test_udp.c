/* Unit tests of parsers/net/udp.c. */
#include "parsers/net/udp.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint16_t octets;
	bool odd_length;
	const char *payload;
} good[] = {
	{ "exact",           "03e8 07d0 000c 0000 aabbccdd",  12, false, "aabbccdd" },
	{ "empty",           "03e8 07d0 0008 0000",            8, false, "" },
	{ "octets behind",   "03e8 07d0 0009 0000 aabbcc",     9, false, "aa" },
	{ "length of 7",     "03e8 07d0 0007 0000 aabb",       7, true,  "aabb" },
	{ "length of 0",     "03e8 07d0 0000 0000 aabb",       0, true,  "aabb" },
	{ "one over",        "03e8 07d0 000b 0000 aabb",      11, true,  "aabb" },
	{ "far over",        "03e8 07d0 ffff 0000 aabb",   65535, true,  "aabb" },
	{ "largest",         "03e8 07d0 ffff 0000 aa*65527", 65535, false, "aa*65527" },
};

static const struct bad_row bad[] = {
	{ "nothing at all", "",                 SF_SHORT, 0, 2 },
	{ "seven octets",   "03e8 07d0 0008 00", SF_SHORT, 6, 1 },
};
/* clang-format on */

static void
reads_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_udp u;
		struct sf_diag d;

		EXPECT(w, sf_udp_parse(&u, in, &d), SF_OK);
		EXPECT(w, u.src_port, 1000);
		EXPECT(w, u.dst_port, 2000);
		EXPECT(w, u.octets, good[i].octets);
		EXPECT(w, u.odd_length, good[i].odd_length);
		expect_octets(w, u.payload, good[i].payload);
		if (in.n < 100)
			expect_prefixes(w, "udp", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("udp", bad, LENGTH(bad));
}

static void
survives_noise(void **state)
{
	(void)state;
	expect_noise("udp", 16);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(survives_noise),
	};

	return cmocka_run_group_tests_name("udp", all, NULL, NULL);
}
