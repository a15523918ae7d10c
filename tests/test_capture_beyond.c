/*
 * Unit tests of engine/capture: files that libpcap refuses or reads in part,
 * against expectations made by hand.
 */

#include "tests/capfile.h"

static void
reads_what_libpcap_refuses(void **state)
{
	static const struct want two_links[] = {
		{ 1, 1000, 60, 60, 0 },
		{ 113, 2000, 61, 61, 0 },
		{ 1, 3000, 62, 62, 0 },
	};
	static const struct want other_order[] = {
		{ 1, 1000, 60, 60, 0 },
		{ 276, 2, 61, 61, 0 },
	};
	static const struct want over_snaplen[] = { { 1, 0, 60, 60, 0 } };
	static const struct want late[] = {
		{ 1, 4294967295999999000, 60, 60, 0 },
	};
	static const struct want mixed_times[] = {
		{ 1, 0, 60, 60, 0 },
		{ 1, 5000, 60, 60, 0 },
		{ 1, 5000, 60, 60, 0 },
	};
	struct made m = { 0 };

	(void)state;
	put_head(&m, false, 1, 65535, 0);
	put_interface(&m, 113, 65535, 0);
	put_enhanced(&m, 0, 1, 60, 60);
	put_enhanced(&m, 1, 2, 61, 61);
	put_enhanced(&m, 0, 3, 62, 62);
	expect_packets("two link types", &m, two_links, 3, SF_CAPTURE_END, 0);

	put_head(&m, false, 1, 65535, 0);
	put_interface(&m, 113, 96, 0);
	put_enhanced(&m, 0, 1, 60, 60);
	put_enhanced(&m, 1, 2, 61, 61);
	put_enhanced(&m, 0, 3, 62, 62);
	expect_packets("two snap lengths", &m, two_links, 3, SF_CAPTURE_END, 0);

	for (int big = 0; big < 2; big++) {
		put_head(&m, big, 1, 65535, 0);
		put_enhanced(&m, 0, 1, 60, 60);
		put_head(&m, !big, 276, 65535, 9);
		put_enhanced(&m, 0, 2, 61, 61);
		expect_packets(
		    "other order", &m, other_order, 2, SF_CAPTURE_END, 0);
	}

	put_head(&m, false, 1, 32, 0);
	put_enhanced(&m, 0, 0, 60, 60);
	expect_packets(
	    "over the snap length", &m, over_snaplen, 1, SF_CAPTURE_END, 0);
	put_pcap(&m, 0xa1b2c3d4, 4, 32, 1);
	put_record(&m, 0, 0, 60, 60);
	expect_packets("over the snap length, pcap", &m, over_snaplen, 1,
	    SF_CAPTURE_END, 0);

	put_pcap(&m, 0xa1b2c3d4, 4, 0, 1); /* seconds have no sign */
	put_record(&m, 0xffffffff, 999999, 60, 60);
	expect_packets("in 2106", &m, late, 1, SF_CAPTURE_END, 0);

	put_section(&m, false);
	expect_packets("section alone", &m, NULL, 0, SF_CAPTURE_END, 0);

	put_head(&m, false, 1, 0, 0);
	put_simple(&m, 60, 60);
	put_enhanced(&m, 0, 5, 60, 60);
	put_simple(&m, 60, 60);
	expect_packets("simple has the time before", &m, mixed_times, 3,
	    SF_CAPTURE_END, 0);
}

static void
swaps_old_lengths(void **state)
{
	static const struct want want[] = {
		{ 1, 1000000000, 60, 1500, 0 },
		{ 1, 2000000000, 61, 61, 0 },
	};
	static const struct want new_want[] = { { 1, 1000000000, 61, 61, 0 } };
	struct made m = { 0 };

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 2, 65535, 1);
	put32(&m, 1);
	put32(&m, 0);
	put32(&m, 1500);
	put32(&m, 60);
	put_packet(&m, 60, 1);
	put_record(&m, 2, 0, 61, 61);
	expect_packets("2.2", &m, want, 2, SF_CAPTURE_END, 0);

	/* In 2.4 that is a writer's mistake, and nothing is swapped. */
	put_pcap(&m, 0xa1b2c3d4, 4, 65535, 1);
	put_record(&m, 1, 0, 61, 60);
	expect_packets("2.4", &m, new_want, 1, SF_CAPTURE_END, 0);
}

static void
cuts_checksums_off(void **state)
{
	static const struct want pcap[] = {
		{ 1, 1000000000, 60, 60, 0 },
		{ 1, 2000000000, 62, 96, 0 },
		{ 1, 3000000000, 60, 60, 0 },
		{ 1, 4000000000, 3, 3, 0 },
	};
	static const struct want pcapng[] = {
		{ 1, 0, 60, 60, 0 },
		{ 1, 0, 62, 62, SF_DIR_OUT },
	};
	struct made m = { 0 };

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 4, 65535, 0x24000001);
	put_record(&m, 1, 0, 64, 64);
	put_record(&m, 2, 0, 62, 100); /* cut in front of it */
	put_record(&m, 3, 0, 62, 64);  /* cut inside it */
	put_record(&m, 4, 0, 3, 3);    /* too short to have one */
	expect_packets("pcap", &m, pcap, 4, SF_CAPTURE_END, 0);

	put_section(&m, false);
	begin_block(&m, 1);
	put16(&m, 1);
	put16(&m, 0);
	put32(&m, 0);
	put_option(&m, 13, 4, 1);
	end_block(&m);
	put_enhanced(&m, 0, 0, 64, 64);
	begin_enhanced(&m, 0, 0, 64, 64);
	put_option(&m, 2, 2 | 2 << 5, 4);
	end_block(&m);
	expect_packets("pcapng", &m, pcapng, 2, SF_CAPTURE_END, 0);
}

static void
tells_directions(void **state)
{
	static const struct want want[] = {
		{ 1, 0, 60, 60, SF_DIR_IN },
		{ 1, 0, 60, 60, SF_DIR_OUT },
		{ 1, 0, 60, 60, SF_DIR_UNKNOWN },
	};
	struct made m = { 0 };

	(void)state;
	put_head(&m, true, 1, 0, 0);
	for (unsigned flags = 1; flags <= 3; flags++) {
		begin_enhanced(&m, 0, 0, 60, 60);
		put_option(&m, 2, flags, 4);
		end_block(&m);
	}
	expect_packets("flags", &m, want, 3, SF_CAPTURE_END, 0);
}

/* An octet again and again and an end, as the comment on a packet. */
static void
put_comment(struct made *m, uint8_t octet, unsigned octets, const char *end)
{
	put16(m, 1);
	put16(m, octets + strlen(end));
	for (unsigned i = 0; i < octets; i++)
		put_uint(m, octet, 1);
	for (const char *p = end; *p != '\0'; p++)
		put_uint(m, (uint8_t)*p, 1);
	pad4(m);
}

static void
gives_comments(void **state)
{
	static const struct {
		const char *what;
		unsigned octets;
		const char *end;
		size_t kept;
		bool cut;
		bool again; /* a second comment behind it */
	} rows[] = {
		{ "none", 0, "", 0, false, false },
		{ "short", 3, "", 3, false, false },
		{ "the first of two", 4, "", 4, false, true },
		{ "none behind one", 0, "", 0, false, false },
		{ "as long as may be", 512, "", 512, false, false },
		{ "longer by one", 513, "", 512, true, false },
		{ "as long as an option", 65535, "", 512, true, false },
		{ "a character at the cut", 511, "\xc3\xa9", 511, true, false },
		{ "a long one at the cut", 509, "\xf0\x9f\x94\x92", 509, true,
		    false },
		{ "and one that fits", 508, "\xf0\x9f\x94\x92", 512, false,
		    false },
	};
	struct made m = { 0 };
	struct sf_capture *c;
	struct sf_packet pkt;
	uint8_t want[SF_COMMENT_MAX];

	(void)state;
	put_head(&m, false, 1, 0, 0);
	for (unsigned i = 0; i < LENGTH(rows); i++) {
		begin_enhanced(&m, 0, 0, 61, 61);
		if (rows[i].kept > 0)
			put_comment(&m, 'a', rows[i].octets, rows[i].end);
		if (rows[i].again)
			put_comment(&m, 'b', 9, "");
		end_block(&m);
	}
	put_simple(&m, 60, 60);
	EXPECT("comments",
	    sf_capture_open_memory(&c, sf_bytes(m.p, m.n), 0, &plain),
	    SF_CAPTURE_OK);
	for (unsigned i = 0; i < LENGTH(rows); i++) {
		size_t end = strlen(rows[i].end);

		memset(want, 'a', sizeof(want));
		if (!rows[i].cut)
			memcpy(want + rows[i].kept - end, rows[i].end, end);
		EXPECT(rows[i].what, sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		expect_comment(rows[i].what, &pkt, sf_bytes(want, rows[i].kept),
		    rows[i].cut);
	}
	EXPECT("simple", sf_capture_next(c, &pkt), SF_CAPTURE_OK);
	expect_comment("simple", &pkt, sf_bytes(NULL, 0), false);
	EXPECT("comments", sf_capture_next(c, &pkt), SF_CAPTURE_END);
	sf_capture_close(c);
	compare_pieces("comments", sf_bytes(m.p, m.n), 7);
	drop(&m);
}

static void
counts_drops(void **state)
{
	struct made m = { 0 };
	struct sf_capture *c;
	struct sf_packet pkt;

	(void)state;
	put_head(&m, false, 1, 0, 0);
	put_interface(&m, 1, 0, 0);
	for (unsigned i = 0; i < 3; i++) {
		begin_enhanced(&m, 0, 0, 60, 60);
		put_option(&m, 4, 5, 8);
		end_block(&m);
	}
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned n = 0; n < 3; n++) {
			begin_block(&m, 5);
			put32(&m, n); /* the third is of no interface */
			put_uint(&m, 0, 8);
			put_option(&m, 5, 10 * i + n, 8);
			end_block(&m);
		}
	}
	EXPECT("drops",
	    sf_capture_open_memory(&c, sf_bytes(m.p, m.n), 0, &plain),
	    SF_CAPTURE_OK);
	while (sf_capture_next(c, &pkt) == SF_CAPTURE_OK)
		;
	EXPECT("drops", sf_capture_info(c)->damaged, false);
	/* interface 0: 15 by packets, 10 by statistics; interface 1: 11 */
	EXPECT("drops", sf_capture_info(c)->dropped, 26);
	sf_capture_close(c);
	drop(&m);
}

static void
keeps_times_in_range(void **state)
{
	static const struct {
		uint8_t resolution;
		uint64_t time, offset;
		int64_t ns;
	} rows[] = {
		{ 6, 1500000, 10, 11500000000 },
		{ 6, 1500000, (uint64_t)-2, -500000000 },
		{ 9, UINT64_MAX, 0, SF_TIME_MOST },
		{ 0x80, UINT64_MAX, 0, SF_TIME_MOST },
		{ 6, 0, INT64_MAX, SF_TIME_MOST },
		{ 6, UINT32_MAX * UINT64_C(1000000), 1, SF_TIME_MOST },
		{ 6, UINT32_MAX * UINT64_C(1000000), 0,
		    SF_TIME_MOST - 1000000000 },
		{ 6, 0, (uint64_t)INT64_MIN, SF_TIME_LEAST },
		{ 6, 0, (uint64_t)-600000000, SF_TIME_LEAST },
		{ 6, 1, (uint64_t)-600000000, SF_TIME_LEAST + 1000 },
		{ 19, UINT64_MAX, 0, 1844674407 },
		{ 20, UINT64_MAX, 0, 184467440 },
		{ 28, UINT64_MAX, 0, 1 },
		{ 29, UINT64_MAX, 0, 0 },
		{ 127, UINT64_MAX, 0, 0 },
		{ 0xa0, 0x80000000, 0, 500000000 },
		{ 0xbf, UINT64_MAX, 0, 1999999999 },
		{ 0xc0, UINT64_MAX, 0, 999999999 },
		{ 0xdd, UINT64_MAX, 0, 1 },
		{ 0xff, UINT64_MAX, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct made m = { 0 };
		char what[40];
		struct want want = { 1, rows[i].ns, 60, 60, 0 };

		snprintf(what, sizeof(what), "row %zu", i);
		put_section(&m, true);
		begin_block(&m, 1);
		put16(&m, 1);
		put16(&m, 0);
		put32(&m, 0);
		put_option(&m, 9, rows[i].resolution, 1);
		put_option(&m, 14, rows[i].offset, 8);
		end_block(&m);
		put_enhanced(&m, 0, rows[i].time, 60, 60);
		expect_packets(what, &m, &want, 1, SF_CAPTURE_END, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_what_libpcap_refuses),
		cmocka_unit_test(swaps_old_lengths),
		cmocka_unit_test(cuts_checksums_off),
		cmocka_unit_test(tells_directions),
		cmocka_unit_test(gives_comments),
		cmocka_unit_test(counts_drops),
		cmocka_unit_test(keeps_times_in_range),
	};

	return cmocka_run_group_tests_name(
	    "capture beyond libpcap", all, NULL, NULL);
}
