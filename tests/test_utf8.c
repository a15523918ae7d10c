/* Unit tests of engine/base/utf8.c. */
#include "engine/base/utf8.h"
#include "tests/hex.h"
#include "tests/out.h"

/* What is a character and what is replaced, piece by piece: The Unicode Standard,
   tables 3-8 to 3-11, and RFC 3629. */
/* clang-format off */
static const struct {
	const char *octets, *pieces; /* octets of each, - in front of what is none */
} rows[] = {
	{ "",                                  "" },
	{ "41 7f 00",                          " 1 1 1" },
	{ "c3a9 e282ac f09f9880 f48fbfbf",     " 2 3 4 4" },
	{ "c0 af e0 80 bf f0 81 82 41",        " -1 -1 -1 -1 -1 -1 -1 -1 1" },
	{ "ed a0 80 ed bf bf ed af 41",        " -1 -1 -1 -1 -1 -1 -1 -1 1" },
	{ "f4 91 92 93 ff 41 80 bf 42",        " -1 -1 -1 -1 -1 1 -1 -1 1" },
	{ "e1 80 e2 f0 91 92 f1 bf 41",        " -2 -1 -3 -2 1" },
	{ "ed9fbf ee8080 efbfbf",              " 3 3 3" },
	{ "c1 bf f5 80",                       " -1 -1 -1 -1" },
	{ "e2 82",                             " -2" },
	{ "f0 9f 98",                          " -3" },
};
/* clang-format on */

static void
takes_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sf_bytes all = hex_octets(rows[i].octets), in = all;
		char got[80] = "";
		bool whole = true;

		while (in.n > 0) {
			size_t n, at = strlen(got);
			uint32_t c;
			bool is = sf_utf8_next(in, &c, &n);

			whole &= is;
			snprintf(got + at, sizeof(got) - at, " %s%zu",
			    is ? "" : "-", n);
			in = sf_bytes(in.p + n, in.n - n);
		}
		assert_string_equal(got, rows[i].pieces);
		assert_int_equal(sf_utf8_is(all), whole);
		hex_free(all);
	}
}

static void
tells_numbers(void **state)
{
	static const struct {
		const char *octets;
		uint32_t c;
	} known[] = { { "00", 0 }, { "c2 80", 0x80 }, { "e2 82 ac", 0x20ac },
		{ "f0 9f 98 80", 0x1f600 }, { "f4 8f bf bf", 0x10ffff } };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct sf_bytes in = hex_octets(known[i].octets);
		uint32_t c;
		size_t n;

		assert_true(sf_utf8_next(in, &c, &n));
		assert_int_equal(c, known[i].c);
		assert_int_equal(n, in.n);
		hex_free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(takes_pieces),
		cmocka_unit_test(tells_numbers) };

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
