/*
 * Unit tests of engine/capture: on every file that libpcap reads, libpcap is the
 * oracle, and both readers must give the same packets.
 */
#define _DEFAULT_SOURCE /* libpcap's headers use type names of BSD */

#include "tests/capfile.h"

#include <glob.h>

#include <pcap/pcap.h>

#define CAPTURES "corpora/captures/*.pcap*"

static bool
same_link(uint16_t link_type, int dlt)
{
	return dlt == link_type || (link_type == 101 && dlt == DLT_RAW);
}

/* Both readers over one file; returns how many packets they agreed on. */
static uint64_t
compare(const char *what, const char *path)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *oracle = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, error);
	struct pcap_pkthdr *h;
	struct sf_capture *c;
	struct sf_packet pkt;
	const u_char *data;
	uint64_t n = 0;
	int rc;

	if (oracle == NULL)
		fail_msg("%s: %s", what, error);
	EXPECT(what, sf_capture_open(&c, path, &plain), SF_CAPTURE_OK);
	while ((rc = pcap_next_ex(oracle, &h, &data)) == 1) {
		int64_t ns =
		    (int64_t)h->ts.tv_sec * 1000000000 + (int64_t)h->ts.tv_usec;

		n++;
		EXPECT(what, sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		EXPECT(what, pkt.place.packet, n);
		EXPECT(what, pkt.place.time_ns, ns);
		EXPECT(what, pkt.octets.n, h->caplen);
		EXPECT(what, pkt.wire_octets, h->len);
		EXPECT(what, same_link(pkt.link_type, pcap_datalink(oracle)),
		    true);
		EXPECT(what, memcmp(pkt.octets.p, data, h->caplen), 0);
	}
	EXPECT(what, rc, PCAP_ERROR_BREAK);
	EXPECT(what, sf_capture_next(c, &pkt), SF_CAPTURE_END);
	EXPECT(what, sf_capture_next(c, &pkt), SF_CAPTURE_END);
	EXPECT(what, sf_capture_info(c)->packets, n);
	EXPECT(what, sf_capture_info(c)->damaged, false);
	sf_capture_close(c);
	pcap_close(oracle);
	return n;
}

static void
agree(const char *what, struct made *m, uint64_t packets)
{
	struct sf_bytes exact = hex_copy(m->p, m->n);

	write_file(m);
	EXPECT(what, compare(what, m->path), packets);
	compare_pieces(what, exact, 1);
	compare_pieces(what, exact, 61);
	hex_free(exact);
	drop(m);
}

static void
agrees_on_pcap(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what;
		uint32_t magic;
		bool big;
		unsigned minor;
		uint32_t snaplen, link;
	} rows[] = {
		{ "microseconds, little", 0xa1b2c3d4, false, 4, 262144, 1 },
		{ "microseconds, big",    0xa1b2c3d4, true,  4, 65535,  1 },
		{ "nanoseconds, little",  0xa1b23c4d, false, 4, 262144, 276 },
		{ "nanoseconds, big",     0xa1b23c4d, true,  4, 262144, 113 },
		{ "snap length 0",        0xa1b2c3d4, false, 4, 0,      1 },
		{ "raw",                  0xa1b2c3d4, false, 4, 262144, 101 },
		{ "version 2.3",          0xa1b2c3d4, true,  3, 262144, 1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct made m = { .big = rows[i].big };

		put_pcap(&m, rows[i].magic, rows[i].minor, rows[i].snaplen,
		    rows[i].link);
		put_record(&m, 1, 0, 60, 60);
		put_record(&m, 1700000000, 999999, 96, 1500);
		put_record(&m, 0x7fffffff, 999999, 20, 20);
		put_record(&m, 5, 5, 0, 60);
		put_record(&m, 6, 6, 0, 0);
		put_record(&m, 7, 7, 65535, 65535);
		put_record(&m, 8, 8, 1, 1);
		agree(rows[i].what, &m, 7);
	}
}

static void
agrees_on_modified_pcap(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = { .big = big };

		put_pcap(&m, 0xa1b2cd34, 4, 65535, 1);
		for (unsigned i = 0; i < 3; i++) {
			put32(&m, 100 + i);
			put32(&m, i);
			put32(&m, 33);
			put32(&m, 60);
			put32(&m, 2);
			put16(&m, 0x0800);
			put16(&m, big ? 0x0400 : 0x0004);
			put_packet(&m, 33, i);
		}
		agree("modified", &m, 3);
	}
}

static void
agrees_on_empty_and_large(void **state)
{
	struct made m = { 0 };

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 4, 262144, 1);
	agree("no packets", &m, 0);
	put_pcap(&m, 0xa1b2c3d4, 4, 262144, 1);
	for (unsigned i = 0; i < 20; i++)
		put_record(&m, i, 0, 262144, 262144);
	agree("larger than the buffer", &m, 20);
}

static void
agrees_on_resolutions(void **state)
{
	/* if_tsresol, and a time in its units */
	static const struct {
		uint8_t resolution;
		uint64_t time;
	} rows[] = {
		{ 0, 1700000000123456 },
		{ 6, 1700000000123456 },
		{ 9, 1700000000123456789 },
		{ 3, 1700000000123 },
		{ 1, 17000000001 },
		{ 12, 1700000000123456789 },
		{ 8, 170000000012345678 },
		{ 0x80, 1700000000 },
		{ 0x81, 3400000001 },
		{ 0x8a, 1740800000123 },
		{ 0x94, 1782579200123456 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		for (int big = 0; big < 2; big++) {
			struct made m = { 0 };
			char what[40];

			snprintf(what, sizeof(what), "resolution 0x%02x",
			    rows[i].resolution);
			put_head(&m, big, 1, 262144, rows[i].resolution);
			put_enhanced(&m, 0, rows[i].time, 60, 60);
			put_enhanced(&m, 0, rows[i].time + 1, 61, 1500);
			agree(what, &m, 2);
		}
	}
}

static void
agrees_on_blocks(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = { 0 };

		put_head(&m, big, 1, 65535, 9);
		put_interface(&m, 1, 65535, 6);
		put_enhanced(&m, 0, 1700000000000000001, 60, 60);
		begin_block(&m, 4); /* names */
		put32(&m, 0);
		end_block(&m);
		begin_block(&m, 10); /* secrets */
		put32(&m, 0x544c534b);
		put32(&m, 3);
		put(&m, "abc", 3);
		end_block(&m);
		begin_block(&m, 0x40000bad);
		put32(&m, 1);
		put_packet(&m, 100001, 1);
		end_block(&m);
		begin_enhanced(&m, 1, 1700000000000002, 62, 62);
		put_option(&m, 1, 0x6869, 2);
		put_option(&m, 2, 2, 4);
		put_option(&m, 0, 0, 0);
		end_block(&m);
		put_interface(&m, 1, 65535, 3);
		put_enhanced(&m, 2, 1700000000003, 0, 60);
		put_enhanced(&m, 0, 1700000000000000009, 65535, 65535);
		begin_block(&m, 2); /* the old packet block */
		put16(&m, 1);
		put16(&m, 0xffff);
		put32(&m, 1700000000000004 >> 32);
		put32(&m, 1700000000000004);
		put32(&m, 61);
		put32(&m, 61);
		put_packet(&m, 61, 9);
		end_block(&m);
		begin_block(&m, 5); /* statistics */
		put32(&m, 0);
		put_uint(&m, 0, 8);
		put_option(&m, 5, 3, 8);
		put_option(&m, 0, 0, 0);
		end_block(&m);
		agree("blocks", &m, 5);

		put_head(&m, big, 1, 64, 0);
		put_simple(&m, 63, 63);
		put_simple(&m, 64, 200);
		agree("simple packets", &m, 2);

		put_head(&m, big, 1, 65535, 0);
		put_enhanced(&m, 0, 1, 60, 60);
		put_head(&m, big, 1, 65535, 9);
		put_enhanced(&m, 0, 1000000001, 60, 60);
		agree("two sections", &m, 2);
	}
}

static void
agrees_on_captures(void **state)
{
	uint64_t packets = 0;
	glob_t found;
	int rc = glob(CAPTURES, 0, NULL, &found);

	(void)state;
	if (rc != 0) {
		print_message("no file in " CAPTURES ", none compared\n");
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		packets += compare(found.gl_pathv[i], found.gl_pathv[i]);
	print_message("%zu captures with %" PRIu64
		      " packets read the same by libpcap\n",
	    found.gl_pathc, packets);
	globfree(&found);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(agrees_on_pcap),
		cmocka_unit_test(agrees_on_modified_pcap),
		cmocka_unit_test(agrees_on_empty_and_large),
		cmocka_unit_test(agrees_on_resolutions),
		cmocka_unit_test(agrees_on_blocks),
		cmocka_unit_test(agrees_on_captures),
	};

	return cmocka_run_group_tests_name(
	    "capture and libpcap", all, NULL, NULL);
}
