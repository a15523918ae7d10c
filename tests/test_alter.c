/* What was done to a frame between two points. */
#include "tests/rows.h"

#include "engine/diagnose/alter.h"

/* KID 9 in one octet, CTR 5 inline, and noise behind; as a longer form. */
#define BODY "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4"

static const struct {
	const char *what, *before, *after;
	enum sf_alteration is;
	size_t at, n;
} rows[] = {
	/* clang-format off */
	{ "the same", "8509" BODY, "8509" BODY, SF_ALTER_NOT, 22, 0 },
	{ "CTR out of the config octet", "8509" BODY, "880905" BODY, SF_ALTER_HEADER, 0, 1 },
	{ "KID in two octets", "8509" BODY, "950009" BODY, SF_ALTER_HEADER, 0, 1 },
	{ "one octet in front", "8509" BODY, "c08509" BODY, SF_ALTER_DESCRIPTOR, 0, 1 },
	{ "four octets in front", "8509" BODY, "c0c1c2c38509" BODY, SF_ALTER_PREFIX, 0, 4 },
	{ "an octet gone from the front", "c08509" BODY, "8509" BODY, SF_ALTER_FRONT_CUT, 0, 1 },
	{ "octets behind", "8509" BODY, "8509" BODY "0000", SF_ALTER_SUFFIX, 22, 2 },
	{ "cut", "8509" BODY "1122", "8509" BODY, SF_ALTER_CUT, 22, 2 },
	{ "escaped", "8509" "aa000001bb000002cc", "8509" "aa00000301bb00000302cc", SF_ALTER_ESCAPED, 5, 2 },
	{ "a 03 that was there stays", "8509" "aa00000301bb000000cc", "8509" "aa0000030301bb00000300cc", SF_ALTER_ESCAPED, 6, 2 },
	{ "unescaped", "8509" "aa00000301bb00000302cc", "8509" "aa000001bb000002cc", SF_ALTER_UNESCAPED, 5, 2 },
	{ "the first two octets", "90e0" BODY, "10f0" BODY, SF_ALTER_REWRITTEN, 0, 2 },
	{ "one octet late", "8509" BODY "00", "8509" BODY "01", SF_ALTER_FEW, 22, 1 },
	{ "all of it", "8509" BODY BODY, "8509" "5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b" "5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b", SF_ALTER_OTHER, 2, 40 },
	{ "put in", "8509" BODY BODY, "8509" BODY "feed" BODY, SF_ALTER_INSERTED, 22, 2 },
	{ "taken out", "8509" BODY "feed" BODY, "8509" BODY BODY, SF_ALTER_REMOVED, 22, 2 },
	{ "all gone", "8509" BODY, "", SF_ALTER_FRONT_CUT, 0, 22 },
	{ "from nothing", "", "8509", SF_ALTER_PREFIX, 0, 2 },
	/* clang-format on */
};

static void
each_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_bytes a = hex_octets(rows[i].before);
		struct sf_bytes b = hex_octets(rows[i].after);
		struct sf_altered x = sf_alter(a, b, 0);

		EXPECT(rows[i].what, x.what, rows[i].is);
		EXPECT(rows[i].what, x.at, rows[i].at);
		EXPECT(rows[i].what, x.n, rows[i].n);
		hex_free(a);
		hex_free(b);
	}
}

static void
every_alteration_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SF_ALTERATIONS; i++) {
		assert_non_null(sf_alteration_name((enum sf_alteration)i));
		assert_non_null(sf_alteration_text((enum sf_alteration)i));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(every_alteration_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
