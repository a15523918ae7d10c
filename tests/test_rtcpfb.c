/* Unit tests of parsers/rtp/rtcpfb.c. */
#include "parsers/rtp/rtcpfb.h"
#include "tests/rows.h"

/* clang-format off */
static const struct {
	const char *what, *hex;
	uint32_t ssrc;
	uint8_t fraction;
	int32_t lost;
	uint32_t highest, jitter;
	const char *payload;
} blocks[] = {
	{ "a block",      "11223344 80 000005 00012345 00000006 00*8",      0x11223344, 128, 5, 0x12345, 6, "" },
	{ "one more",     "00000000 00 000000 00000000 00000000 00*8 aa",   0, 0, 0, 0, 0, "aa" },
	{ "duplicates",   "00000001 ff ffffff ffffffff ffffffff ff*8",      1, 255, -1, 0xffffffff, 0xffffffff, "" },
	{ "the most",     "00000001 ff 7fffff 00000000 00000000 00*8",      1, 255, 8388607, 0, 0, "" },
	{ "the least",    "00000001 ff 800000 00000000 00000000 00*8",      1, 255, -8388608, 0, 0, "" },
};

static const struct {
	const char *what, *hex;
	uint16_t seq;
	unsigned packets;
	const char *payload;
} nacks[] = {
	{ "one packet",   "0010 0000",      16, 1, "" },
	{ "all of them",  "ffff ffff 01",   65535, 17, "01" },
	{ "some",         "0000 8001",      0, 3, "" },
};

static const struct {
	const char *what, *hex;
	uint64_t bitrate;
	uint8_t count;
	const char *ssrcs, *payload;
} rembs[] = {
	{ "one SSRC",     "52454d42 01 0bd090 11223344",     (uint64_t)0x3d090 << 2, 1, "11223344", "" },
	{ "nobody",       "52454d42 00 000000 aa",           0, 0, "", "aa" },
	{ "above 64 bits", "52454d42 00 ffffff",             UINT64_MAX, 0, "", "" },
	{ "the last bit", "52454d42 00 fc0001",              (uint64_t)1 << 63, 0, "", "" },
	{ "over by one",  "52454d42 00 fc0002",              UINT64_MAX, 0, "", "" },
};

static const struct {
	const char *what, *hex;
	uint16_t base, packets, received;
	int32_t reference;
	uint8_t number;
	const char *payload;
} twccs[] = {
	{ "a run that arrived",    "0001 0003 000002 07 2003 010203",          1, 3, 3, 2, 7, "" },
	{ "a run that did not",    "0001 0003 ffffff 07 0003",                 1, 3, 0, -1, 7, "" },
	{ "large deltas",          "0001 0002 000000 00 4002 00010002 aa",     1, 2, 2, 0, 0, "aa" },
	{ "without deltas",        "0001 0002 000000 00 6002 aa",              1, 2, 2, 0, 0, "aa" },
	{ "one bit each",          "0001 000e 000000 00 a001 0102 0000",       1, 14, 2, 0, 0, "0000" },
	{ "two bits each",         "0001 0007 000000 00 d008 01 0203 04",      1, 7, 2, 0, 0, "04" },
	{ "a run longer than the packets", "0001 0002 000000 00 3fff 0102",    1, 2, 2, 0, 0, "" },
	{ "two chunks",            "ffff 0010 000000 00 000e 2002 0102",       65535, 16, 2, 0, 0, "" },
	{ "a run of nothing",      "0001 0001 000000 00 2000 2001 01",         1, 1, 1, 0, 0, "" },
	{ "no packets",            "0001 0000 000000 00",                      1, 0, 0, 0, 0, "" },
};

static const struct bad_row bad_blocks[] = {
	{ "nothing",            "",           SF_SHORT, 0, 4 },
	{ "one octet short",    "00*23",      SF_SHORT, 20, 1 },
};
static const struct bad_row bad_feedback[] = {
	{ "nothing",            "",           SF_SHORT, 0, 4 },
	{ "no media SSRC",      "11223344",   SF_SHORT, 4, 4 },
};
static const struct bad_row bad_nacks[] = {
	{ "nothing",            "",           SF_SHORT, 0, 2 },
	{ "PID alone",          "0001",       SF_SHORT, 2, 2 },
};
static const struct bad_row bad_firs[] = {
	{ "nothing",            "",           SF_SHORT, 0, 4 },
	{ "reserved cut",       "11223344 01 0000", SF_SHORT, 5, 1 },
};
static const struct bad_row bad_rembs[] = {
	{ "nothing",            "",           SF_SHORT, 0, 4 },
	{ "another name",       "41424344 00 000000", SF_MALFORMED, 0, 0 },
	{ "SSRCs cut",          "52454d42 02 000000 11223344", SF_SHORT, 8, 4 },
	{ "rate cut",           "52454d42 02 0000", SF_SHORT, 5, 1 },
};
static const struct bad_row bad_twccs[] = {
	{ "nothing",            "",           SF_SHORT, 0, 2 },
	{ "no chunk",           "0001 0001 000000 00",         SF_SHORT, 8, 2 },
	{ "too few chunks",     "0001 ffff 000000 00 3fff",    SF_SHORT, 10, 2 },
	{ "a delta cut",        "0001 0002 000000 00 2002 01", SF_SHORT, 10, 1 },
	{ "deltas past the end", "0001 2000 000000 00 5fff 4fff 00", SF_SHORT, 12, 16383 },
};
/* clang-format on */

static void
report_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(blocks); i++) {
		struct sf_bytes in = hex_octets(blocks[i].hex);
		const char *w = blocks[i].what;
		struct sf_rtcp_block b;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_block_parse(&b, in, &d), SF_OK);
		EXPECT(w, b.ssrc, blocks[i].ssrc);
		EXPECT(w, b.fraction, blocks[i].fraction);
		EXPECT(w, b.lost, blocks[i].lost);
		EXPECT(w, b.highest, blocks[i].highest);
		EXPECT(w, b.jitter, blocks[i].jitter);
		expect_octets(w, b.payload, blocks[i].payload);
		expect_prefixes(w, "rtcp_block", in);
		hex_free(in);
	}
	expect_refused("rtcp_block", bad_blocks, LENGTH(bad_blocks));
	expect_noise("rtcp_block", 40);
}

static void
nack_items(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(nacks); i++) {
		struct sf_bytes in = hex_octets(nacks[i].hex);
		const char *w = nacks[i].what;
		struct sf_rtcp_nack n;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_nack_parse(&n, in, &d), SF_OK);
		EXPECT(w, n.seq, nacks[i].seq);
		EXPECT(w, n.packets, nacks[i].packets);
		expect_octets(w, n.payload, nacks[i].payload);
		hex_free(in);
	}
	expect_refused("rtcp_nack", bad_nacks, LENGTH(bad_nacks));
	expect_refused("rtcp_feedback", bad_feedback, LENGTH(bad_feedback));
	expect_refused("rtcp_fir", bad_firs, LENGTH(bad_firs));
	expect_noise("rtcp_nack", 20);
	expect_noise("rtcp_feedback", 20);
	expect_noise("rtcp_fir", 20);
}

static void
requests(void **state)
{
	struct sf_bytes in = hex_octets("11223344 07 000000 55667788 08 ffffff");
	struct sf_rtcp_feedback f;
	struct sf_rtcp_fir one;
	struct sf_diag d;

	(void)state;
	EXPECT("FIR", sf_rtcp_fir_parse(&one, in, &d), SF_OK);
	EXPECT("FIR", one.ssrc, 0x11223344);
	EXPECT("FIR", one.number, 7);
	EXPECT("FIR", sf_rtcp_fir_parse(&one, one.payload, &d), SF_OK);
	EXPECT("FIR", one.ssrc, 0x55667788);
	EXPECT("FIR", one.payload.n, 0);
	EXPECT("feedback", sf_rtcp_feedback_parse(&f, in, &d), SF_OK);
	EXPECT("feedback", f.sender, 0x11223344);
	EXPECT("feedback", f.media, 0x07000000);
	EXPECT("feedback", f.payload.n, 8);
	hex_free(in);
}

static void
bitrates(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rembs); i++) {
		struct sf_bytes in = hex_octets(rembs[i].hex);
		const char *w = rembs[i].what;
		struct sf_rtcp_remb r;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_remb_parse(&r, in, &d), SF_OK);
		EXPECT(w, r.bitrate, rembs[i].bitrate);
		EXPECT(w, r.count, rembs[i].count);
		expect_octets(w, r.ssrcs, rembs[i].ssrcs);
		expect_octets(w, r.payload, rembs[i].payload);
		hex_free(in);
	}
	expect_refused("rtcp_remb", bad_rembs, LENGTH(bad_rembs));
	expect_noise("rtcp_remb", 40);
}

static void
transport(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(twccs); i++) {
		struct sf_bytes in = hex_octets(twccs[i].hex);
		const char *w = twccs[i].what;
		struct sf_rtcp_twcc t;
		struct sf_diag d;

		EXPECT(w, sf_rtcp_twcc_parse(&t, in, &d), SF_OK);
		EXPECT(w, t.base, twccs[i].base);
		EXPECT(w, t.packets, twccs[i].packets);
		EXPECT(w, t.received, twccs[i].received);
		EXPECT(w, t.reference, twccs[i].reference);
		EXPECT(w, t.number, twccs[i].number);
		expect_octets(w, t.payload, twccs[i].payload);
		hex_free(in);
	}
	expect_refused("rtcp_twcc", bad_twccs, LENGTH(bad_twccs));
	expect_noise("rtcp_twcc", 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_blocks),
		cmocka_unit_test(nack_items),
		cmocka_unit_test(requests),
		cmocka_unit_test(bitrates),
		cmocka_unit_test(transport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
