/* Unit tests of report/tree.c. */
#include "report/report.h"
#include "tests/hex.h"
#include "tests/out.h"

static const struct sf_report_style plain = { 0 };

/* clang-format off */
static const struct {
	const char *what, *hex;
	const char *has[4];  /* lines or parts of lines */
	const char *lacks;
} rows[] = {
	{ "all inline", "07",
	    { "    0  0... ....  X    0  KID is the next three bits\n",
	      "    0             CTR  7  in the config octet, minimal\n",
	      "header of 1 octet, the one form RFC 9605 4.3 allows\n" }, "follow:" },
	{ "two octets each", "9901234567",
	    { "    0  .001 ....  K    1  KID takes 2 octets\n",
	      "  1-2             KID  291  0x0123, 2 octets, minimal\n",
	      "  3-4             CTR  17767  0x4567, 2 octets, minimal\n",
	      "header of 5 octets, the one form RFC 9605 4.3 allows\n" }, "not minimal" },
	{ "the largest", "ff ff*16",
	    { "  1-8             KID  18446744073709551615  0xffffffffffffffff, 8 octets, minimal\n",
	      " 9-16             CTR  18446744073709551615  0xffffffffffffffff, 8 octets, minimal\n",
	      "header of 17 octets" }, "not minimal" },
	{ "a whole frame", "00 aa*20",
	    { "20 octets follow: ciphertext and tag\n" }, NULL },
	{ "below 8 and not inline", "8003",
	    { "KID  3  0x03, 1 octet, not minimal: below 8, so it belongs in the config octet\n",
	      "RFC 9605 4.3 asks for 30\n" }, "allows" },
	{ "padded KID", "90 0009",
	    { "KID  9  0x0009, 2 octets, not minimal: 1 octet would do\n",
	      "RFC 9605 4.3 asks for 8009\n" }, "allows" },
	{ "padded CTR", "0a 000100",
	    { "CTR  256  0x000100, 3 octets, not minimal: 2 octets would do\n" }, "allows" },
	{ "KID missing", "99",
	    { "KID  cut short: 0 of 2 octets are there\n",
	      "header cut short: 1 of 5 octets are there\n" }, "CTR  " },
	{ "KID cut", "f9 ff",
	    { "    1             KID  cut short: 1 of 8 octets are there\n" }, "CTR  " },
	{ "CTR cut", "09 ff",
	    { "KID  0  in the config octet, minimal\n",
	      "CTR  cut short: 1 of 2 octets are there\n" }, "allows" },
	{ "nothing", "",
	    { "the config octet is not there\n" }, "X  " },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
shows_every_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct sf_bytes in = hex_octets(rows[i].hex);
		struct out o;

		print_message("%s\n", rows[i].what);
		out_open(&o);
		assert_true(sf_header_tree(o.f, in, 0, &plain));
		for (size_t k = 0; k < 4 && rows[i].has[k] != NULL; k++)
			out_has(out_text(&o), rows[i].has[k]);
		if (rows[i].lacks != NULL)
			assert_null(strstr(out_text(&o), rows[i].lacks));
		out_free(&o);
		hex_free(in);
	}
}

/* Every config octet, cut at every length: no read too many, no silence. */
static void
survives_every_prefix(void **state)
{
	(void)state;
	for (unsigned config = 0; config < 256; config++)
		for (size_t n = 0; n <= 18; n++) {
			uint8_t octets[18] = { (uint8_t)config, 9, 9 };
			struct sf_bytes in = hex_copy(octets, n);
			struct out o;

			out_open(&o);
			assert_true(sf_header_tree(o.f, in, 3, &plain));
			assert_true(
			    sf_draft_header_tree(o.f, in, n % 2, 3, &plain));
			assert_true(sf_header_json(o.f, in));
			assert_true(strlen(out_text(&o)) > 0);
			out_free(&o);
			hex_free(in);
		}
}

static void
reads_the_layout_of_the_drafts(void **state)
{
	struct sf_bytes in = hex_octets("19 2101 0203");
	struct out o;

	(void)state;
	out_open(&o);
	assert_true(sf_draft_header_tree(o.f, in, false, 0, &plain));
	out_has(out_text(&o), "    0  .001 ....  LEN  1  CTR takes 2 octets\n");
	out_has(out_text(&o), "KID  8449  0x2101, 2 octets\n");
	out_has(out_text(&o), "CTR  515  0x0203, 2 octets\n");
	assert_null(strstr(out_text(&o), "minimal"));
	assert_true(sf_draft_header_tree(o.f, in, true, 0, &plain));
	out_has(out_text(&o), "    0  .001 ....  LEN  1  CTR takes 1 octet\n");
	out_has(out_text(&o), "KID  33  0x21, 1 octet\n");
	out_has(out_text(&o), "CTR  1  0x01, 1 octet\n");
	out_free(&o);
	hex_free(in);
}

static void
says_the_same_in_json(void **state)
{
	struct sf_bytes in = hex_octets("ff ff*16 aabb");
	struct out o;

	(void)state;
	out_open(&o);
	assert_true(sf_header_json(o.f, in));
	out_has(out_text(&o), "\"value\": \"18446744073709551615\"");
	out_has(out_text(&o), "\"complete\": true");
	out_has(out_text(&o), "\"following_octets\": 2");
	out_free(&o);
	hex_free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_every_field),
		cmocka_unit_test(survives_every_prefix),
		cmocka_unit_test(reads_the_layout_of_the_drafts),
		cmocka_unit_test(says_the_same_in_json),
	};

	return cmocka_run_group_tests_name("header_tree", tests, NULL, NULL);
}
