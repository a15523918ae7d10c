/* Unit tests of report/time.c and report/address.c. */
#include "report/address.h"
#include "report/time.h"
#include "tests/out.h"

#define S INT64_C(1000000000)

/* clang-format off */
static const struct {
	int64_t ns;
	const char *rfc3339, *clock;
} times[] = {
	{ 0,                              "1970-01-01T00:00:00.000000000Z", "00:00:00.000" },
	{ 1,                              "1970-01-01T00:00:00.000000001Z", "00:00:00.000" },
	{ -1,                             "1969-12-31T23:59:59.999999999Z", "23:59:59.999" },
	{ -86400 * S,                     "1969-12-31T00:00:00.000000000Z", "00:00:00.000" },
	{ INT64_C(951782400) * S,         "2000-02-29T00:00:00.000000000Z", "00:00:00.000" },
	{ INT64_C(951868799) * S + S - 1, "2000-02-29T23:59:59.999999999Z", "23:59:59.999" },
	{ INT64_C(951868800) * S,         "2000-03-01T00:00:00.000000000Z", "00:00:00.000" },
	{ INT64_C(4107542400) * S,        "2100-03-01T00:00:00.000000000Z", "00:00:00.000" },
	{ INT64_C(4107542399) * S,        "2100-02-28T23:59:59.000000000Z", "23:59:59.000" },
	{ INT64_C(1772397300) * S + 123456789, "2026-03-01T20:35:00.123456789Z", "20:35:00.123" },
	{ INT64_C(1772397300) * S + 999999999, "2026-03-01T20:35:00.999999999Z", "20:35:00.999" },
	{ INT64_C(2147483648) * S,        "2038-01-19T03:14:08.000000000Z", "03:14:08.000" },
	{ INT64_MAX,                      "2262-04-11T23:47:16.854775807Z", "23:47:16.854" },
	{ INT64_MIN,                      "1677-09-21T00:12:43.145224192Z", "00:12:43.145" },
};

static const struct {
	int64_t ns;
	const char *text;
} spans[] = {
	{ 0,                  "0.000 s" },
	{ 250000000,          "0.250 s" },
	{ 499999,             "0.000 s" },
	{ 500000,             "0.001 s" },
	{ 9 * S + 999499999,  "9.999 s" },
	{ 9 * S + 999500000,  "10.0 s" },
	{ 12 * S + 49999999,  "12.0 s" },
	{ 15 * S + 960000000, "16.0 s" },
	{ 599 * S,            "599.0 s" },
	{ 599 * S + 950000000, "10 min 0 s" },
	{ 659 * S + 500000000, "11 min 0 s" },
	{ 600 * S,            "10 min 0 s" },
	{ 3665 * S,           "61 min 5 s" },
	{ -2 * S,             "-2.000 s" },
	{ INT64_MIN,          "-153722867 min 17 s" },
};

static const struct {
	struct sf_addr addr;
	const char *text;
} addresses[] = {
	{ { { 0 }, 0, 0, 0 },                                   "" },
	{ { { 10, 1, 1, 255 }, 1000, 4, 0 },                    "10.1.1.255:1000" },
	{ { { 10, 1, 1, 1 }, 0, 4, 0 },                         "10.1.1.1" },
	{ { { 0 }, 65535, 6, 0 },                               "[::]:65535" },
	{ { { [15] = 1 }, 5004, 6, 0 },                         "[::1]:5004" },
	{ { { 0x20, 1, 0x0d, 0xb8 }, 0, 6, 0 },                 "2001:db8::" },
	{ { { 0x20, 1, 0x0d, 0xb8, [8] = 0, 1, [15] = 1 }, 9, 6, 0 }, "[2001:db8::1:0:0:1]:9" },
	{ { { 0x20, 1, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6 }, 9, 6, 0 }, "[2001:0:1:2:3:4:5:6]:9" },
	{ { { 0xfd, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0 }, 9, 6, 0 }, "[fd00:1:1:1:1:1::]:9" },
};
/* clang-format on */

static void
writes_times(void **state)
{
	char out[SF_TIME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		sf_time_rfc3339(out, times[i].ns);
		assert_string_equal(out, times[i].rfc3339);
		sf_time_clock(out, times[i].ns);
		assert_string_equal(out, times[i].clock);
		sf_time_date_clock(out, times[i].ns);
		assert_memory_equal(out, times[i].rfc3339, 10);
		assert_string_equal(out + 11, times[i].clock);
	}
}

static void
writes_spans(void **state)
{
	char out[SF_TIME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		sf_time_span(out, spans[i].ns);
		assert_string_equal(out, spans[i].text);
	}
}

static void
writes_addresses(void **state)
{
	char out[SF_ADDRESS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		sf_address_text(out, &addresses[i].addr);
		assert_string_equal(out, addresses[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_times),
		cmocka_unit_test(writes_spans),
		cmocka_unit_test(writes_addresses),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
