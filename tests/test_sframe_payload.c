/* Unit tests of parsers/media/sframe_payload.c. */
#include "parsers/media/sframe_payload.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	bool start, end, packetized;
	uint8_t reserved;
	const char *payload;
} good[] = {
	{ "whole frame",        "c0 0102", true,  true,  false, 0,    "0102" },
	{ "first fragment",     "80 01",   true,  false, false, 0,    "01" },
	{ "middle fragment",    "00 01",   false, false, false, 0,    "01" },
	{ "last fragment",      "40 01",   false, true,  false, 0,    "01" },
	{ "whole packet",       "e0 01",   true,  true,  true,  0,    "01" },
	{ "first of a packet",  "a0 01",   true,  false, true,  0,    "01" },
	{ "reserved bits",      "df 01",   true,  true,  false, 0x1f, "01" },
	{ "nothing behind",     "c0",      true,  true,  false, 0,    "" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",     "",        SF_SHORT, 0, 1 },
};
/* clang-format on */

static void
reads_the_descriptor(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_sframe_payload p;
		struct sf_diag d;

		EXPECT(w, sf_sframe_payload_parse(&p, in, &d), SF_OK);
		EXPECT(w, p.start, good[i].start);
		EXPECT(w, p.end, good[i].end);
		EXPECT(w, p.packetized, good[i].packetized);
		EXPECT(w, p.reserved, good[i].reserved);
		expect_octets(w, p.payload, good[i].payload);
		expect_prefixes(w, "sframe_payload", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("sframe_payload", bad, LENGTH(bad));
	expect_noise("sframe_payload", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_descriptor),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("sframe_payload", tests, NULL, NULL);
}
