/* Unit tests of parsers/sframe/header.c. */
#include "parsers/sframe/header.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets;
	const char *aad, *payload;
} good[] = {
	{ "both in the config octet", "00",                  0,          0,          0, 0, "00", "" },
	{ "the highest of these",     "77 aa",               7,          7,          0, 0, "77", "aa" },
	{ "CTR extended",             "0808 aa",             0,          8,          0, 1, "0808", "aa" },
	{ "KID extended",             "8008",                8,          0,          1, 0, "8008", "" },
	{ "both extended",            "99 0123 4567",        0x0123,     0x4567,     2, 2, "9901234567", "" },
	{ "the longest",              "ff ff*16 01",         UINT64_MAX, UINT64_MAX, 8, 8, "ff*17", "01" },
	{ "CTR of 2^53 + 1",          "0e 20000000000001",   0, 0x20000000000001,    0, 7, "0e20000000000001", "" },
	{ "KID padded to 3 octets",   "aa000123004567 bb",   0x0123,     0x004567,   3, 3, "aa000123004567", "bb" },
	{ "KID 5 not inline",         "8005",                5,          0,          1, 0, "8005", "" },
	{ "CTR 0 not inline",         "0800",                0,          0,          0, 1, "0800", "" },
	{ "zero in eight octets",     "f0 00*8",             0,          0,          8, 0, "f0 00*8", "" },
};

static const struct bad_row bad[] = {
	{ "nothing at all",           "",                    SF_SHORT, 0, 1 },
	{ "KID missing",              "80",                  SF_SHORT, 1, 1 },
	{ "KID cut off",              "f0 ff*7",             SF_SHORT, 1, 1 },
	{ "CTR cut off",              "09ff",                SF_SHORT, 1, 1 },
	{ "CTR missing behind KID",   "ff ff*8",             SF_SHORT, 9, 8 },
};

static const struct {
	const char *what;
	uint64_t kid, ctr;
	const char *hex;
} written[] = {
	{ "least",                    0,          0,          "00" },
	{ "highest inline",           7,          7,          "77" },
	{ "one octet",                8,          255,        "88 08 ff" },
	{ "two octets",               256,        65535,      "99 0100 ffff" },
	{ "three octets",             65536,      0xffffff,   "aa 010000 ffffff" },
	{ "four octets",              0x1000000,  0xffffffff, "bb 01000000 ffffffff" },
	{ "eight octets",             UINT64_MAX, UINT64_MAX, "ff ff*16" },
	{ "2^53 + 1",                 0x20000000000001, 0,    "e0 20000000000001" },
};

static const struct {
	const char *what, *hex;
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets;
	const char *aad, *payload;
} drafts[] = {
	{ "KID inline, one octet of CTR", "02 05 aa",        2,   5,   0, 1, "0205", "aa" },
	{ "two octets of CTR",        "17 0102",             7, 258,   0, 2, "170102", "" },
	{ "KID of one octet",         "08 ff 05",          255,   5,   1, 1, "08ff05", "" },
	{ "the longest",              "7f ff*16 01", UINT64_MAX, UINT64_MAX, 8, 8, "7f ff*16", "01" },
};

static const struct bad_row bad_drafts[] = {
	{ "nothing at all",           "",                    SF_SHORT,     0, 1 },
	{ "bit 7 set",                "80 0000",             SF_MALFORMED, 0, 0 },
	{ "CTR missing",              "00",                  SF_SHORT,     1, 1 },
	{ "KID cut off",              "0f ff*7",             SF_SHORT,     1, 1 },
	{ "CTR cut off",              "70 ff*7",             SF_SHORT,     1, 1 },
};
/* clang-format on */

static void
reads_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		struct sf_bytes in = hex_octets(good[i].hex);
		const char *w = good[i].what;
		struct sf_sframe_header h;
		struct sf_diag d;

		EXPECT(w, sf_sframe_header_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.kid, good[i].kid);
		EXPECT(w, h.ctr, good[i].ctr);
		EXPECT(w, h.kid_octets, good[i].kid_octets);
		EXPECT(w, h.ctr_octets, good[i].ctr_octets);
		expect_octets(w, h.aad, good[i].aad);
		expect_octets(w, h.payload, good[i].payload);
		expect_prefixes(w, "sframe_header", in);
		hex_free(in);
	}
}

/* No config octet is refused, and each has the length it says. */
static void
reads_every_config_octet(void **state)
{
	(void)state;
	for (unsigned config = 0; config <= UINT8_MAX; config++) {
		uint8_t octets[32] = { (uint8_t)config };
		struct sf_sframe_header h;
		struct sf_diag d;
		size_t n = 1;

		n += config & 0x80 ? (config >> 4 & 7) + 1 : 0;
		n += config & 0x08 ? (config & 7) + 1 : 0;
		EXPECT("all there",
		    sf_sframe_header_parse(&h, sf_bytes(octets, n), &d), SF_OK);
		EXPECT("all there", h.aad.n, n);
		EXPECT("one short",
		    sf_sframe_header_parse(&h, sf_bytes(octets, n - 1), &d),
		    SF_SHORT);
		EXPECT("one short", d.missing > 0, true);
	}
}

static void
writes_the_fewest_octets(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(written); i++) {
		uint8_t octets[SF_SFRAME_HEADER_MAX];
		size_t n = sf_sframe_header_write(
		    octets, written[i].kid, written[i].ctr);

		expect_octets(
		    written[i].what, sf_bytes(octets, n), written[i].hex);
	}
}

static void
counts_octets(void **state)
{
	(void)state;
	EXPECT("0", sf_sframe_header_octets(0), 0);
	EXPECT("7", sf_sframe_header_octets(7), 0);
	EXPECT("8", sf_sframe_header_octets(8), 1);
	for (unsigned n = 1; n < 8; n++) {
		uint64_t first = (uint64_t)1 << 8 * n;

		EXPECT("below", sf_sframe_header_octets(first - 1), n);
		EXPECT("first", sf_sframe_header_octets(first), n + 1);
	}
	EXPECT("all", sf_sframe_header_octets(UINT64_MAX), 8);
}

static void
reads_draft_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(drafts); i++) {
		struct sf_bytes in = hex_octets(drafts[i].hex);
		const char *w = drafts[i].what;
		struct sf_draft_header h;
		struct sf_diag d;

		EXPECT(w, sf_draft_header_parse(&h, in, &d), SF_OK);
		EXPECT(w, h.kid, drafts[i].kid);
		EXPECT(w, h.ctr, drafts[i].ctr);
		EXPECT(w, h.kid_octets, drafts[i].kid_octets);
		EXPECT(w, h.ctr_octets, drafts[i].ctr_octets);
		expect_octets(w, h.aad, drafts[i].aad);
		expect_octets(w, h.payload, drafts[i].payload);
		expect_prefixes(w, "draft_header", in);
		hex_free(in);
	}
}

static void
stops_where_it_must(void **state)
{
	(void)state;
	expect_refused("sframe_header", bad, LENGTH(bad));
	expect_refused("draft_header", bad_drafts, LENGTH(bad_drafts));
	expect_noise("sframe_header", 20);
	expect_noise("draft_header", 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(reads_every_config_octet),
		cmocka_unit_test(writes_the_fewest_octets),
		cmocka_unit_test(counts_octets),
		cmocka_unit_test(reads_draft_headers),
		cmocka_unit_test(stops_where_it_must),
	};

	return cmocka_run_group_tests_name("sframe_header", tests, NULL, NULL);
}
