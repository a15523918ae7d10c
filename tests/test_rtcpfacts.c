/* Unit tests of parsers/rtp/rtcpfacts.c. */
#include "parsers/rtp/rtcpfacts.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint8_t type;
	const char *text, *payload;
} items[] = {
	{ "CNAME",            "0103616263 00",   1,   "616263", "00" },
	{ "nothing in it",    "0f00",            15,  "", "" },
	{ "the end",          "00 0103",         0,   "", "0103" },
	{ "255 octets",       "ffff 41*255 42",  255, "41*255", "42" },
};

static const struct {
	const char *what, *hex;
	uint32_t ssrc;
	uint64_t bitrate;
	uint16_t overhead;
} limits[] = {
	{ "1 bit/s",          "00000001 00000201",  1, 1, 1 },
	{ "all mantissa",     "00000001 03ffffff",  1, 0x1ffff, 0x1ff },
	{ "shifted by one",   "00000001 04000200",  1, 2, 0 },
	{ "the last bit",     "00000001 fc000200",  1, (uint64_t)1 << 63, 0 },
	{ "over by one",      "00000001 fc000400",  1, UINT64_MAX, 0 },
};

static const struct {
	const char *what, *hex;
	uint8_t type, specific;
	const char *body, *payload;
} reports[] = {
	{ "reference time",   "04000002 0102030405060708",     4, 0, "0102030405060708", "" },
	{ "empty, and more",  "c8ff0000 01",                   200, 255, "", "01" },
};

static const struct {
	const char *what, *hex;
	uint16_t first, packets, received;
	const char *payload;
} feedback[] = {
	{ "nothing",          "11223344 0005 0000 aabbccdd",   5, 0, 0, "aabbccdd" },
	{ "one, and padding", "11223344 ffff 0001 8000 ffff",  0xffff, 1, 1, "" },
	{ "two of three",     "11223344 0000 0003 8001 0000 ffff 8000", 0, 3, 2, "" },
};

static const struct bad_row bad_senders[] = {
	{ "nothing",          "",              SF_SHORT, 0, 4 },
	{ "octets cut",       "00*23",         SF_SHORT, 20, 1 },
};
static const struct bad_row bad_items[] = {
	{ "nothing",          "",              SF_SHORT, 0, 1 },
	{ "no length",        "01",            SF_SHORT, 1, 1 },
	{ "text cut",         "01ff 61",       SF_SHORT, 2, 254 },
};
static const struct bad_row bad_reasons[] = {
	{ "nothing",          "",              SF_SHORT, 0, 1 },
	{ "text cut",         "02 61",         SF_SHORT, 1, 1 },
};
static const struct bad_row bad_apps[] = {
	{ "nothing",          "",              SF_SHORT, 0, 4 },
	{ "name cut",         "00*4 414243",   SF_SHORT, 4, 1 },
};
static const struct bad_row bad_limits[] = {
	{ "nothing",          "",              SF_SHORT, 0, 4 },
	{ "no rate",          "00*4",          SF_SHORT, 4, 4 },
};
static const struct bad_row bad_reports[] = {
	{ "nothing",          "",              SF_SHORT, 0, 1 },
	{ "body cut",         "04000002 00*7", SF_SHORT, 4, 1 },
	{ "65535 words",      "0100ffff",      SF_SHORT, 4, 262140 },
};
static const struct bad_row bad_dlrrs[] = {
	{ "nothing",          "",              SF_SHORT, 0, 4 },
	{ "delay cut",        "00*11",         SF_SHORT, 8, 1 },
};
static const struct bad_row bad_feedback[] = {
	{ "nothing",          "",                       SF_SHORT, 0, 4 },
	{ "no blocks",        "11223344 0000 0001",     SF_SHORT, 8, 4 },
	{ "65535 of them",    "11223344 0000 ffff 00*4", SF_SHORT, 8, 131068 },
};
/* clang-format on */

static void
names(void **state)
{
	struct sf_bytes in = hex_octets("0361 6263 0000");
	struct sf_rtcp_reason why;
	struct sf_diag d;

	(void)state;
	for (size_t i = 0; i < LENGTH(items); i++) {
		struct sf_bytes row = hex_octets(items[i].hex);
		const char *w = items[i].what;
		struct sf_rtcp_item out;

		EXPECT(w, sf_rtcp_item_parse(&out, row, &d), SF_OK);
		EXPECT(w, out.type, items[i].type);
		expect_octets(w, out.text, items[i].text);
		expect_octets(w, out.payload, items[i].payload);
		expect_prefixes(w, "rtcp_item", row);
		hex_free(row);
	}
	EXPECT("reason", sf_rtcp_reason_parse(&why, in, &d), SF_OK);
	expect_octets("reason", why.text, "616263");
	expect_octets("reason", why.payload, "0000");
	hex_free(in);
	expect_refused("rtcp_item", bad_items, LENGTH(bad_items));
	expect_refused("rtcp_reason", bad_reasons, LENGTH(bad_reasons));
	expect_noise("rtcp_item", 40);
	expect_noise("rtcp_reason", 40);
}

static void
sender(void **state)
{
	struct sf_bytes in = hex_octets("11223344 0102030405060708 11111111 "
					"22222222 33333333 aa");
	struct sf_rtcp_sender s;
	struct sf_rtcp_app a;
	struct sf_diag d;

	(void)state;
	EXPECT("sender", sf_rtcp_sender_parse(&s, in, &d), SF_OK);
	EXPECT("sender", s.ssrc, 0x11223344);
	EXPECT("sender", s.ntp, 0x0102030405060708);
	EXPECT("sender", s.rtp, 0x11111111);
	EXPECT("sender", s.packets, 0x22222222);
	EXPECT("sender", s.octets, 0x33333333);
	expect_octets("sender", s.payload, "aa");
	expect_prefixes("sender", "rtcp_sender", in);
	EXPECT("app", sf_rtcp_app_parse(&a, in, &d), SF_OK);
	EXPECT("app", a.ssrc, 0x11223344);
	expect_octets("app", a.name, "01020304");
	EXPECT("app", a.payload.n, 17);
	hex_free(in);
	expect_refused("rtcp_sender", bad_senders, LENGTH(bad_senders));
	expect_refused("rtcp_app", bad_apps, LENGTH(bad_apps));
	expect_noise("rtcp_sender", 40);
	expect_noise("rtcp_app", 20);
}

static void
rates(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(limits); i++) {
		struct sf_bytes in = hex_octets(limits[i].hex);
		const char *w = limits[i].what;
		struct sf_rtcp_tmmb t;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_tmmb_parse(&t, in, &d), SF_OK);
		EXPECT(w, t.ssrc, limits[i].ssrc);
		EXPECT(w, t.bitrate, limits[i].bitrate);
		EXPECT(w, t.overhead, limits[i].overhead);
		EXPECT(w, t.payload.n, 0);
		hex_free(in);
	}
	expect_refused("rtcp_tmmb", bad_limits, LENGTH(bad_limits));
	expect_noise("rtcp_tmmb", 20);
}

static void
extended(void **state)
{
	struct sf_bytes in = hex_octets("00000001 00000002 00010000 aa");
	struct sf_rtcp_dlrr l;
	struct sf_diag d;

	(void)state;
	for (size_t i = 0; i < LENGTH(reports); i++) {
		struct sf_bytes row = hex_octets(reports[i].hex);
		const char *w = reports[i].what;
		struct sf_rtcp_xr x;

		EXPECT(w, sf_rtcp_xr_parse(&x, row, &d), SF_OK);
		EXPECT(w, x.type, reports[i].type);
		EXPECT(w, x.specific, reports[i].specific);
		expect_octets(w, x.body, reports[i].body);
		expect_octets(w, x.payload, reports[i].payload);
		hex_free(row);
	}
	EXPECT("DLRR", sf_rtcp_dlrr_parse(&l, in, &d), SF_OK);
	EXPECT("DLRR", l.ssrc, 1);
	EXPECT("DLRR", l.lrr, 2);
	EXPECT("DLRR", l.delay, 65536);
	expect_octets("DLRR", l.payload, "aa");
	hex_free(in);
	expect_refused("rtcp_xr", bad_reports, LENGTH(bad_reports));
	expect_refused("rtcp_dlrr", bad_dlrrs, LENGTH(bad_dlrrs));
	expect_noise("rtcp_xr", 40);
	expect_noise("rtcp_dlrr", 20);
}

static void
congestion(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(feedback); i++) {
		struct sf_bytes in = hex_octets(feedback[i].hex);
		const char *w = feedback[i].what;
		struct sf_rtcp_ccfb f;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_ccfb_parse(&f, in, &d), SF_OK);
		EXPECT(w, f.ssrc, 0x11223344);
		EXPECT(w, f.first, feedback[i].first);
		EXPECT(w, f.packets, feedback[i].packets);
		EXPECT(w, f.received, feedback[i].received);
		expect_octets(w, f.payload, feedback[i].payload);
		expect_prefixes(w, "rtcp_ccfb", in);
		hex_free(in);
	}
	expect_refused("rtcp_ccfb", bad_feedback, LENGTH(bad_feedback));
	expect_noise("rtcp_ccfb", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(sender),
		cmocka_unit_test(rates),
		cmocka_unit_test(extended),
		cmocka_unit_test(congestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
