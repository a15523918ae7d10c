/*
 * Unit tests of engine/capture/capture.c: opening, what is told of a file, and
 * filters.
 */

#include "tests/capfile.h"

#include <errno.h>

/* ---- opening -------------------------------------------------------------- */

static void
knows_what_is_no_capture(void **state)
{
	/* clang-format off */
	static const struct {
		const char *hex;
		const char *hint; /* how it begins; NULL: none is given */
	} rows[] = {
		{ "0a",                       "too short" },
		{ "d4c3b2",                   "too short" },
		{ "d4c3b2a1",                 "pcap: it ends" },
		{ "d4c3b2a1 0200 0400 00*15", "pcap: it ends" },
		{ "d4c3b2a1 0700 0400 00*16", "pcap: of a version" },
		{ "0a0d0d0a",                 "pcapng: it ends" },
		{ "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ff*7", "pcapng: it ends" },
		{ "0a0d0d0a 1c000000 4d3c2b1a 0300 0000 ff*8", "pcapng: of a version" },
		{ "0a0d0d0a 1c000000 4d3c2b00 0100 0000 ff*8", "pcapng: the section" },
		{ "0a0d0d0a 04000000 4d3c2b1a 0100 0000 ff*8", "pcapng: the section" },
		{ "1f8b0800 00*20",           "compressed, and damaged" },
		{ "28b52ffd 00*20",           "compressed, and damaged" },
		{ "fd377a585a00 00*20",       "xz" },
		{ "425a6839 00*20",           "bzip2" },
		{ "504b0304 00*20",           "zip" },
		{ "4d4a523030303032 0002 7b", "Janus recording: it ends" },
		{ "4d4a523030303032",         "Janus recording: it is empty" },
		{ "4d4a523030303033 0001 7b", "Janus recording: of a version" },
		{ "2321727470706c6179312e30 20 31 0a", "rtpdump: it ends" },
		{ "736e6f6f70000000 00000002 00000004", "snoop" },
		{ "474d4255 00*20",           "Network Monitor" },
		{ "1c0001ac 00*20",           "Ixia" },
		{ "7b0a20202276223a20317d0a", "text without a packet" },
		{ "30303030206161 00*20",     NULL },
		{ "00*8 02 04 0050 0000 003c 00*60", "ERF" },
		{ "00*64",                    NULL },
		{ "ff*64",                    NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct sf_bytes in = hex_octets(rows[i].hex);
		const struct sf_capture_info *info;
		struct sf_capture *c;
		struct sf_packet pkt;

		EXPECT(rows[i].hex, sf_capture_open_memory(&c, in, 0, &plain),
		    SF_CAPTURE_UNKNOWN);
		info = sf_capture_info(c);
		EXPECT(rows[i].hex, info->format == NULL, true);
		EXPECT(rows[i].hex, info->hint == NULL, rows[i].hint == NULL);
		if (rows[i].hint != NULL)
			assert_memory_equal(
			    info->hint, rows[i].hint, strlen(rows[i].hint));
		EXPECT(
		    rows[i].hex, sf_capture_next(c, &pkt), SF_CAPTURE_UNKNOWN);
		sf_capture_close(c);
		hex_free(in);
	}
}

static void
tells_what_the_system_says(void **state)
{
	struct made m = { 0 };
	struct sf_capture *c;
	struct sf_packet pkt;

	(void)state;
	EXPECT("missing", sf_capture_open(&c, "/nowhere/at/all", &plain),
	    SF_CAPTURE_SYSTEM);
	EXPECT("missing", sf_capture_info(c)->error_number, ENOENT);
	EXPECT("missing", sf_capture_next(c, &pkt), SF_CAPTURE_SYSTEM);
	sf_capture_close(c);
	EXPECT("folder", sf_capture_open(&c, "/", &plain), SF_CAPTURE_SYSTEM);
	EXPECT("folder", sf_capture_info(c)->error_number, EISDIR);
	sf_capture_close(c);
	write_file(&m);
	EXPECT("empty", sf_capture_open(&c, m.path, &plain), SF_CAPTURE_EMPTY);
	EXPECT("empty", sf_capture_next(c, &pkt), SF_CAPTURE_EMPTY);
	sf_capture_close(c);
	sf_capture_close(NULL);
	drop(&m);
}

static void
reads_standard_input(void **state)
{
	struct made m = { 0 };
	struct sf_capture *c;
	struct sf_packet pkt;
	int ends[2];
	int before = dup(STDIN_FILENO);

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 4, 65535, 1);
	put_record(&m, 1, 0, 60, 60);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], m.p, m.n), (ssize_t)m.n);
	close(ends[1]);
	assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
	close(ends[0]);
	EXPECT("pipe", sf_capture_open(&c, "-", &plain), SF_CAPTURE_OK);
	EXPECT("pipe", sf_capture_next(c, &pkt), SF_CAPTURE_OK);
	EXPECT("pipe", pkt.octets.n, 60);
	EXPECT("pipe", sf_capture_next(c, &pkt), SF_CAPTURE_END);
	sf_capture_close(c);
	if (before >= 0) {
		dup2(before, STDIN_FILENO);
		close(before);
	}
	drop(&m);
}

/* ---- what is told of a file ----------------------------------------------- */

static void
describes_the_file(void **state)
{
	static const struct sf_capture_options options = { .input = 7 };
	const struct sf_capture_info *info;
	struct made m = { 0 };
	struct sf_capture *c;
	struct sf_packet pkt;

	(void)state;
	put_head(&m, false, 276, 0, 0);
	put_interface(&m, 1, 0, 0);
	put_interface(&m, 276, 0, 0);
	put_enhanced(&m, 1, 5, 60, 60);
	put_enhanced(&m, 0, 3, 60, 60);
	put_enhanced(&m, 2, 9, 60, 60);
	put_enhanced(&m, 2, 7, 60, 60);
	EXPECT("info",
	    sf_capture_open_memory(&c, sf_bytes(m.p, m.n), 11, &options),
	    SF_CAPTURE_OK);
	info = sf_capture_info(c);
	assert_string_equal(info->format, "pcapng");
	while (sf_capture_next(c, &pkt) == SF_CAPTURE_OK)
		EXPECT("info", pkt.place.input, 7);
	EXPECT("info", info->n_links, 2);
	EXPECT("info", info->links[0], 276);
	EXPECT("info", info->links[1], 1);
	EXPECT("info", info->packets, 4);
	EXPECT("info", info->octets, m.n);
	EXPECT("info", info->first_ns, 3000);
	EXPECT("info", info->last_ns, 9000);
	EXPECT("info", info->has_sha256, false);
	sf_capture_close(c);
	drop(&m);

	assert_string_equal(sf_capture_link_name(1), "EN10MB");
	assert_string_equal(sf_capture_link_name(276), "LINUX_SLL2");
	assert_string_equal(sf_capture_link_name(101), "RAW");
	EXPECT("no name", sf_capture_link_name(0xfffe) == NULL, true);
	assert_non_null(strstr(sf_capture_library(), "libpcap"));
}

/* The hash is of all octets, also of those behind damage. */
static void
hashes_all_octets(void **state)
{
	static const struct sf_capture_options options = { .want_sha256 =
							       true };
	static const struct {
		const char *what, *hex;
		enum sf_capture_status end;
		const char *sha256;
	} rows[] = {
		{ "header alone", "d4c3b2a1 0200 0400 00*8 00000400 01000000",
		    SF_CAPTURE_END,
		    "704e5e5b3234433c01fcfd1b20a306e7"
		    "7e985038120492dc53965c3edd38a4ea" },
		{ "behind damage",
		    "d4c3b2a1 0200 0400 00*8 00000400 01000000 ff*100000",
		    SF_CAPTURE_DAMAGED,
		    "8d650da0ae04e5b1d4774d6cdfac648b"
		    "ed9a3c79954af85460535dca64af6e31" },
		{ "cut record",
		    "d4c3b2a1 0200 0400 00*8 00000400 01000000 00*8 3c000000"
		    "3c000000 00*20",
		    SF_CAPTURE_DAMAGED,
		    "f38201e639535dcf1e380a8f78e5e919"
		    "1b951fc4703479a5892bf0ef87415488" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		for (size_t piece = 0; piece < 2000; piece += 999) {
			struct sf_bytes in = hex_octets(rows[i].hex);
			const struct sf_capture_info *info;
			enum sf_capture_status st;
			struct sf_capture *c;
			struct sf_packet pkt;

			EXPECT(rows[i].what,
			    sf_capture_open_memory(&c, in, piece, &options),
			    SF_CAPTURE_OK);
			do {
				st = sf_capture_next(c, &pkt);
			} while (st == SF_CAPTURE_OK);
			info = sf_capture_info(c);
			EXPECT(rows[i].what, st, rows[i].end);
			EXPECT(rows[i].what, info->has_sha256, true);
			EXPECT(rows[i].what, info->octets, in.n);
			expect_octets(rows[i].what,
			    sf_bytes(info->sha256, sizeof(info->sha256)),
			    rows[i].sha256);
			sf_capture_close(c);
			hex_free(in);
		}
	}
}

/* ---- filters -------------------------------------------------------------- */

/* UDP from port 1000 + i to port 2000 in an IPv4 packet. */
static void
put_datagram(struct made *m, unsigned port)
{
	bool big = m->big;

	m->big = true;
	put_uint(m, 0x4500001c, 4);
	put_uint(m, 0, 4);
	put_uint(m, 0x40110000, 4);
	put_uint(m, 0x0a010101, 4);
	put_uint(m, 0x0a020202, 4);
	put16(m, port);
	put16(m, 2000);
	put16(m, 8);
	put16(m, 0);
	m->big = big;
}

static void
filters_packets(void **state)
{
	/* clang-format off */
	static const struct {
		const char *filter;
		uint64_t first, packets, filtered, unfilterable;
	} rows[] = {
		{ "udp",               1, 8, 0, 0 },
		{ "udp port 1000",     1, 4, 4, 0 },
		{ "src port 1001",     2, 4, 4, 0 },
		{ "tcp",               0, 0, 8, 0 },
		{ "greater 30",        1, 6, 2, 0 },
		{ "greater 40",        1, 2, 6, 0 },
		{ "ether src 0:0:0:0:0:0", 1, 2, 6, 6 },
	};
	/* clang-format on */
	struct made m = { 0 };

	(void)state;
	put_head(&m, false, 1, 0, 0);
	put_interface(&m, 101, 0, 0);
	put_interface(&m, 0, 0, 0);
	put_interface(&m, 0, 0, 0);
	for (unsigned i = 0; i < 8; i++) {
		static const size_t heads[4] = { 14, 0, 4, 4 };
		size_t head = heads[i / 2];

		begin_block(&m, 6);
		put32(&m, i / 2);
		put_uint(&m, 0, 8);
		put32(&m, head + 28);
		put32(&m, head + 28);
		if (head == 14) {
			put_uint(&m, 0, 6);
			put_uint(&m, 0, 6);
			put16(&m, 0x0008);
		} else if (head == 4) {
			/* both byte orders of the family */
			put32(&m, i / 2 == 2 ? 2 : 0x02000000);
		}
		put_datagram(&m, 1000 + i % 2);
		end_block(&m);
	}
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const char *w = rows[i].filter;
		struct sf_capture_options options = { .filter = w };
		const struct sf_capture_info *info;
		struct sf_capture *c;
		struct sf_packet pkt;
		uint64_t n = 0, first = 0;

		EXPECT(w,
		    sf_capture_open_memory(&c, sf_bytes(m.p, m.n), 0, &options),
		    SF_CAPTURE_OK);
		while (sf_capture_next(c, &pkt) == SF_CAPTURE_OK)
			if (n++ == 0)
				first = pkt.place.packet;
		info = sf_capture_info(c);
		EXPECT(w, n, rows[i].packets);
		EXPECT(w, first, rows[i].first);
		EXPECT(w, info->packets, 8);
		EXPECT(w, info->filtered, rows[i].filtered);
		EXPECT(w, info->unfilterable, rows[i].unfilterable);
		sf_capture_close(c);
	}
	drop(&m);
}

static void
judges_filters(void **state)
{
	char message[100] = "";

	(void)state;
	EXPECT("good",
	    sf_capture_filter_check(
		"udp and port 5004", message, sizeof(message)),
	    true);
	EXPECT("empty", sf_capture_filter_check("", message, sizeof(message)),
	    true);
	assert_string_equal(message, "");
	EXPECT("bad",
	    sf_capture_filter_check("udp port", message, sizeof(message)),
	    false);
	assert_string_not_equal(message, "");
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(knows_what_is_no_capture),
		cmocka_unit_test(tells_what_the_system_says),
		cmocka_unit_test(reads_standard_input),
		cmocka_unit_test(describes_the_file),
		cmocka_unit_test(hashes_all_octets),
		cmocka_unit_test(filters_packets),
		cmocka_unit_test(judges_filters),
	};

	return cmocka_run_group_tests_name("capture", all, NULL, NULL);
}
