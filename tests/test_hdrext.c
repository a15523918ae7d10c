/* Unit tests of parsers/rtp/hdrext.c. */
#include "parsers/rtp/hdrext.h"
#include "tests/rows.h"

/* clang-format off */
struct row {
	const char *what, *hex;
	uint8_t id;
	const char *data, *payload;
};

static const struct row one[] = {
	{ "one octet of data",    "10aa",             1,  "aa", "" },
	{ "sixteen octets",       "ef 55*16",         14, "55*16", "" },
	{ "another behind",       "10aa 20bb",        1,  "aa", "20bb" },
	{ "padding in front",     "0000 21bbcc",      2,  "bbcc", "" },
	{ "padding behind",       "10aa 0000",        1,  "aa", "0000" },
	{ "padding alone",        "000000",           0,  "", "" },
	{ "nothing at all",       "",                 0,  "", "" },
	{ "id 15 ends the list",  "f0 aa 10bb",       15, "", "" },
	{ "id 15, length is not read", "ff",          15, "", "" },
	{ "id 0 with a length",   "02 aabbcc 10dd",   0,  "", "" },
};

static const struct row two[] = {
	{ "one octet of data",    "0101aa",           1,   "aa", "" },
	{ "no data",              "0100",             1,   "", "" },
	{ "255 octets",           "ffff 55*255",      255, "55*255", "" },
	{ "another behind",       "0101aa 0200",      1,   "aa", "0200" },
	{ "padding in front",     "0000 0200",        2,   "", "" },
	{ "padding alone",        "0000",             0,   "", "" },
	{ "nothing at all",       "",                 0,   "", "" },
	{ "id 15 is an id",       "0f00",             15,  "", "" },
};

static const struct bad_row bad_one[] = {
	{ "data missing",         "10",               SF_SHORT, 1, 1 },
	{ "data cut off",         "1faabb",           SF_SHORT, 1, 14 },
	{ "behind padding",       "000000 12aa",      SF_SHORT, 4, 2 },
};

static const struct bad_row bad_two[] = {
	{ "length missing",       "01",               SF_SHORT, 1, 1 },
	{ "data cut off",         "01ffaa",           SF_SHORT, 2, 254 },
	{ "behind padding",       "0000 0102aa",      SF_SHORT, 4, 1 },
};
/* clang-format on */

static void
reads_one_octet_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(one); i++) {
		struct sf_bytes in = hex_octets(one[i].hex);
		const char *w = one[i].what;
		struct sf_hdrext e;
		struct sf_diag d;

		EXPECT(w, sf_hdrext_parse(&e, in, &d), SF_OK);
		EXPECT(w, e.id, one[i].id);
		expect_octets(w, e.data, one[i].data);
		expect_octets(w, e.payload, one[i].payload);
		expect_prefixes(w, "hdrext", in);
		hex_free(in);
	}
}

static void
reads_two_octet_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(two); i++) {
		struct sf_bytes in = hex_octets(two[i].hex);
		const char *w = two[i].what;
		struct sf_hdrext2 e;
		struct sf_diag d;

		EXPECT(w, sf_hdrext2_parse(&e, in, &d), SF_OK);
		EXPECT(w, e.id, two[i].id);
		expect_octets(w, e.data, two[i].data);
		expect_octets(w, e.payload, two[i].payload);
		expect_prefixes(w, "hdrext2", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("hdrext", bad_one, LENGTH(bad_one));
	expect_refused("hdrext2", bad_two, LENGTH(bad_two));
	expect_noise("hdrext", 40);
	expect_noise("hdrext2", 40);
}

/* However long the list, each call takes an octet or more. */
static void
comes_to_an_end(void **state)
{
	struct sf_bytes in = hex_octets("10aa 00*7 21bbcc 00 3f 44*16 00*3");
	struct sf_hdrext e = { .payload = in };
	unsigned ids = 0;
	struct sf_diag d;

	(void)state;
	while (e.payload.n > 0) {
		size_t before = e.payload.n;

		EXPECT("list", sf_hdrext_parse(&e, e.payload, &d), SF_OK);
		EXPECT("list", e.payload.n < before, true);
		ids = ids * 10 + e.id;
	}
	EXPECT("list", ids, 1230);
	hex_free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_octet_form),
		cmocka_unit_test(reads_two_octet_form),
		cmocka_unit_test(stops_where_it_must),
		cmocka_unit_test(comes_to_an_end),
	};

	return cmocka_run_group_tests_name("hdrext", tests, NULL, NULL);
}
