/*
 * Unit tests of engine/capture/capture.c and its front ends. On every file that
 * libpcap reads, libpcap is the oracle: both readers must give the same
 * packets. The rest is compared with expectations made by hand.
 */
#define _DEFAULT_SOURCE /* libpcap's headers use type names of BSD */

#include "engine/capture/capture.h"
#include "tests/rows.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include <pcap/pcap.h>

#define CAPTURES      "corpora/captures/*.pcap*"
#define ETH           14
#define PATH_MAX_HERE 200

/* ---- files made here ------------------------------------------------------ */

struct made {
	uint8_t *p;
	size_t n, room;
	bool big;     /* byte order of what is put */
	size_t block; /* where the open pcapng block began */
	char path[PATH_MAX_HERE];
};

static void
put(struct made *m, const void *p, size_t n)
{
	if (n > m->room - m->n) {
		m->room = m->room * 2 + n;
		m->p = realloc(m->p, m->room);
		assert_non_null(m->p);
	}
	if (n != 0)
		memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void
put_uint(struct made *m, uint64_t v, unsigned octets)
{
	uint8_t b[8];

	for (unsigned i = 0; i < octets; i++)
		b[m->big ? octets - 1 - i : i] = (uint8_t)(v >> 8 * i);
	put(m, b, octets);
}

static void
put16(struct made *m, uint64_t v)
{
	put_uint(m, v, 2);
}

static void
put32(struct made *m, uint64_t v)
{
	put_uint(m, v, 4);
}

/* n octets that differ from packet to packet and look like Ethernet. */
static void
put_packet(struct made *m, size_t n, unsigned salt)
{
	uint8_t *b = malloc(n == 0 ? 1 : n);

	assert_non_null(b);
	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(i * 7 + salt);
	if (n >= ETH) {
		b[12] = 0x08;
		b[13] = 0x00;
	}
	put(m, b, n);
	free(b);
}

static void
put_pcap(struct made *m, uint32_t magic, unsigned minor, uint32_t snaplen,
    uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, minor);
	put_uint(m, 0, 8);
	put32(m, snaplen);
	put32(m, link);
}

static void
put_record(struct made *m, uint32_t s, uint32_t fraction, size_t captured,
    size_t original)
{
	put32(m, s);
	put32(m, fraction);
	put32(m, captured);
	put32(m, original);
	put_packet(m, captured, s);
}

static void
begin_block(struct made *m, uint32_t type)
{
	m->block = m->n;
	put32(m, type);
	put32(m, 0);
}

static void
pad4(struct made *m)
{
	while (m->n % 4 != m->block % 4)
		put_uint(m, 0, 1);
}

static void
end_block(struct made *m)
{
	size_t at = m->n;
	size_t octets;

	pad4(m);
	octets = m->n + 4 - m->block;
	put32(m, octets);
	at = m->n;
	m->n = m->block + 4;
	put32(m, octets);
	m->n = at;
}

static void
put_option(struct made *m, unsigned code, uint64_t v, unsigned octets)
{
	put16(m, code);
	put16(m, octets);
	put_uint(m, v, octets);
	pad4(m);
}

static void
put_section(struct made *m, bool big)
{
	m->big = big;
	begin_block(m, 0x0a0d0d0a);
	put32(m, 0x1a2b3c4d);
	put16(m, 1);
	put16(m, 0);
	put_uint(m, UINT64_MAX, 8);
	end_block(m);
}

/* resolution 0: none is told */
static void
put_interface(
    struct made *m, uint16_t link, uint32_t snaplen, uint8_t resolution)
{
	begin_block(m, 1);
	put16(m, link);
	put16(m, 0);
	put32(m, snaplen);
	if (resolution != 0) {
		put_option(m, 9, resolution, 1);
		put_option(m, 0, 0, 0);
	}
	end_block(m);
}

static void
begin_enhanced(struct made *m, uint32_t interface, uint64_t time,
    size_t captured, size_t original)
{
	begin_block(m, 6);
	put32(m, interface);
	put32(m, time >> 32);
	put32(m, time);
	put32(m, captured);
	put32(m, original);
	put_packet(m, captured, (unsigned)time);
	pad4(m);
}

static void
put_enhanced(struct made *m, uint32_t interface, uint64_t time, size_t captured,
    size_t original)
{
	begin_enhanced(m, interface, time, captured, original);
	end_block(m);
}

static void
put_simple(struct made *m, size_t captured, size_t original)
{
	begin_block(m, 3);
	put32(m, original);
	put_packet(m, captured, 3);
	end_block(m);
}

/* Puts the octets into a file of their own. */
static void
write_file(struct made *m)
{
	const char *dir = getenv("TMPDIR");
	FILE *f;
	int fd;

	snprintf(m->path, sizeof(m->path), "%s/test_capture.XXXXXX",
	    dir == NULL ? "/tmp" : dir);
	fd = mkstemp(m->path);
	assert_true(fd >= 0);
	f = fdopen(fd, "wb");
	assert_non_null(f);
	if (m->n != 0)
		assert_int_equal(fwrite(m->p, 1, m->n, f), m->n);
	assert_int_equal(fclose(f), 0);
}

static void
drop(struct made *m)
{
	if (m->path[0] != '\0')
		unlink(m->path);
	free(m->p);
	*m = (struct made){ 0 };
}

/* ---- the oracle ----------------------------------------------------------- */

static const struct sf_capture_options plain;

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
expect_comment(const char *what, const struct sf_packet *pkt,
    struct sf_bytes want, bool cut)
{
	EXPECT(what, pkt->comment.n, want.n);
	EXPECT(what, want.n == 0 || memcmp(pkt->comment.p, want.p, want.n) == 0,
	    true);
	EXPECT(what, pkt->comment_cut, cut);
}

/* A file in memory, by pieces: the same packets as in place. */
static void
compare_pieces(const char *what, struct sf_bytes in, size_t piece)
{
	struct sf_capture *a, *b;
	enum sf_capture_status st = sf_capture_open_memory(&a, in, 0, &plain);

	EXPECT(what, sf_capture_open_memory(&b, in, piece, &plain), st);
	while (st == SF_CAPTURE_OK) {
		struct sf_packet x, y;

		st = sf_capture_next(a, &x);
		EXPECT(what, sf_capture_next(b, &y), st);
		if (st != SF_CAPTURE_OK)
			break;
		EXPECT(what, x.place.packet, y.place.packet);
		EXPECT(what, x.place.time_ns, y.place.time_ns);
		EXPECT(what, x.wire_octets, y.wire_octets);
		EXPECT(what, x.octets.n, y.octets.n);
		EXPECT(what, memcmp(x.octets.p, y.octets.p, x.octets.n), 0);
		expect_comment(what, &x, y.comment, y.comment_cut);
	}
	EXPECT(what, sf_capture_info(a)->damaged, sf_capture_info(b)->damaged);
	EXPECT(what, sf_capture_info(a)->damaged_at,
	    sf_capture_info(b)->damaged_at);
	EXPECT(what, sf_capture_info(a)->diag.at, sf_capture_info(b)->diag.at);
	EXPECT(what, sf_capture_info(a)->diag.missing,
	    sf_capture_info(b)->diag.missing);
	sf_capture_close(a);
	sf_capture_close(b);
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
			put_section(&m, big);
			put_interface(&m, 1, 262144, rows[i].resolution);
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

		put_section(&m, big);
		put_interface(&m, 1, 65535, 9);
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

		put_section(&m, big);
		put_interface(&m, 1, 64, 0);
		put_simple(&m, 63, 63);
		put_simple(&m, 64, 200);
		agree("simple packets", &m, 2);

		put_section(&m, big);
		put_interface(&m, 1, 65535, 0);
		put_enhanced(&m, 0, 1, 60, 60);
		put_section(&m, big);
		put_interface(&m, 1, 65535, 9);
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

/* ---- what libpcap does not read ------------------------------------------- */

/* What a packet is expected to be; -1 in time_ns: not looked at. */
struct want {
	uint16_t link_type;
	int64_t time_ns;
	size_t n, wire_octets;
	enum sf_direction direction;
};

/* The whole of m: these packets, then that end. */
static void
expect_packets(const char *what, struct made *m, const struct want *want,
    size_t n, enum sf_capture_status end, uint64_t damaged_at)
{
	struct sf_bytes exact = hex_copy(m->p, m->n);
	const struct sf_capture_info *info;
	struct sf_capture *c;
	struct sf_packet pkt;

	EXPECT(
	    what, sf_capture_open_memory(&c, exact, 0, &plain), SF_CAPTURE_OK);
	for (size_t i = 0; i < n; i++) {
		EXPECT(what, sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		EXPECT(what, pkt.place.packet, i + 1);
		EXPECT(what, pkt.link_type, want[i].link_type);
		EXPECT(what, pkt.octets.n, want[i].n);
		EXPECT(what, pkt.wire_octets, want[i].wire_octets);
		EXPECT(what, pkt.direction, want[i].direction);
		EXPECT(what, sf_bytes_inside(pkt.octets, exact), true);
		if (want[i].time_ns != -1)
			EXPECT(what, pkt.place.time_ns, want[i].time_ns);
	}
	EXPECT(what, sf_capture_next(c, &pkt), end);
	info = sf_capture_info(c);
	EXPECT(what, info->packets, n);
	EXPECT(what, info->damaged, end == SF_CAPTURE_DAMAGED);
	EXPECT(what, info->damaged_at, damaged_at);
	EXPECT(what, info->diag.status != SF_OK, end == SF_CAPTURE_DAMAGED);
	sf_capture_close(c);
	compare_pieces(what, exact, 1);
	compare_pieces(what, exact, 5);
	hex_free(exact);
	drop(m);
}

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
	put_section(&m, false);
	put_interface(&m, 1, 65535, 0);
	put_interface(&m, 113, 65535, 0);
	put_enhanced(&m, 0, 1, 60, 60);
	put_enhanced(&m, 1, 2, 61, 61);
	put_enhanced(&m, 0, 3, 62, 62);
	expect_packets("two link types", &m, two_links, 3, SF_CAPTURE_END, 0);

	put_section(&m, false);
	put_interface(&m, 1, 65535, 0);
	put_interface(&m, 113, 96, 0);
	put_enhanced(&m, 0, 1, 60, 60);
	put_enhanced(&m, 1, 2, 61, 61);
	put_enhanced(&m, 0, 3, 62, 62);
	expect_packets("two snap lengths", &m, two_links, 3, SF_CAPTURE_END, 0);

	for (int big = 0; big < 2; big++) {
		put_section(&m, big);
		put_interface(&m, 1, 65535, 0);
		put_enhanced(&m, 0, 1, 60, 60);
		put_section(&m, !big);
		put_interface(&m, 276, 65535, 9);
		put_enhanced(&m, 0, 2, 61, 61);
		expect_packets(
		    "other order", &m, other_order, 2, SF_CAPTURE_END, 0);
	}

	put_section(&m, false);
	put_interface(&m, 1, 32, 0);
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

	put_section(&m, false);
	put_interface(&m, 1, 0, 0);
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
	put_section(&m, true);
	put_interface(&m, 1, 0, 0);
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
	put_section(&m, false);
	put_interface(&m, 1, 0, 0);
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
	put_section(&m, false);
	put_interface(&m, 1, 0, 0);
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
		{ 6, UINT32_MAX * UINT64_C(1000000), 0, SF_TIME_MOST - 1000000000 },
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

/* ---- damage --------------------------------------------------------------- */

/* Three packets of 60 octets, cut at every octet. The last one is given as far
   as it goes when the link header is there. */
static void
cut_everywhere(const char *what, struct made *m, size_t start,
    const size_t ends[3], size_t head)
{
	for (size_t n = start; n <= m->n; n++) {
		struct made part = { 0 };
		struct want want[3];
		size_t whole = 0, begin = start;

		put(&part, m->p, n);
		while (whole < 3 && ends[whole] <= n)
			begin = ends[whole++];
		for (size_t i = 0; i < 3; i++)
			want[i] = (struct want){ 1, -1, 60, 60, 0 };
		if (n == begin) {
			expect_packets(
			    what, &part, want, whole, SF_CAPTURE_END, 0);
			continue;
		}
		if (n - begin >= head + ETH) {
			size_t there = n - begin - head;

			want[whole++].n = there < 60 ? there : 60;
		}
		expect_packets(
		    what, &part, want, whole, SF_CAPTURE_DAMAGED, begin);
	}
}

static void
gives_the_cut_record(void **state)
{
	static const size_t pcap[3] = { 100, 176, 252 };
	static const size_t pcapng[3] = { 140, 232, 324 };
	struct made m = { 0 };

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 4, 65535, 1);
	for (unsigned i = 1; i <= 3; i++)
		put_record(&m, i, 0, 60, 60);
	EXPECT("pcap", m.n, pcap[2]);
	cut_everywhere("pcap", &m, 24, pcap, 16);
	drop(&m);

	put_section(&m, true);
	put_interface(&m, 1, 0, 0);
	for (unsigned i = 1; i <= 3; i++)
		put_enhanced(&m, 0, i, 60, 60);
	EXPECT("pcapng", m.n, pcapng[2]);
	cut_everywhere("pcapng", &m, 48, pcapng, 28);
	drop(&m);
}

/* A 32-bit word of a good file is overwritten: what is read, and where it
   stops. The file: section at 0, interface at 28, packets at 48, 140, 232. */
static void
stops_at_bad_blocks(void **state)
{
	/* clang-format off */
	static const struct {
		const char *what;
		size_t at;
		uint32_t value;
		size_t packets;
		uint64_t damaged_at;
		enum sf_status status;
	} rows[] = {
		{ "length of 0",             144, 0,          1, 140, SF_MALFORMED },
		{ "length of 8",             144, 8,          1, 140, SF_MALFORMED },
		{ "length of 93",            144, 93,         1, 140, SF_MALFORMED },
		{ "one word less",           144, 88,         1, 140, SF_MALFORMED },
		{ "one word more",           144, 96,         1, 140, SF_MALFORMED },
		{ "second length",           228, 88,         1, 140, SF_MALFORMED },
		{ "longer than the file",    236, 100,        3, 232, SF_SHORT },
		{ "over the limit",          236, 0x7ffffffc, 2, 232, SF_LIMIT },
		{ "longest of another type", 232, 99,         2,   0, SF_OK },
		{ "no such interface",       148, 1,          1, 140, SF_MALFORMED },
		{ "interface, second length", 44, 24,         0,  28, SF_MALFORMED },
		{ "section, second length",  24,  24,         0,   0, SF_MALFORMED },
		{ "section in the middle",   140, 0x0a0d0d0a, 1, 140, SF_MALFORMED },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		static const struct want want[3] = { { 1, -1, 60, 60, 0 },
			{ 1, -1, 60, 60, 0 }, { 1, -1, 60, 60, 0 } };
		struct made m = { 0 };
		size_t n;

		put_section(&m, false);
		put_interface(&m, 1, 0, 0);
		for (unsigned p = 0; p < 3; p++)
			put_enhanced(&m, 0, p, 60, 60);
		n = m.n;
		m.n = rows[i].at;
		put32(&m, rows[i].value);
		m.n = n;
		expect_packets(rows[i].what, &m, want, rows[i].packets,
		    rows[i].status == SF_OK ? SF_CAPTURE_END
					    : SF_CAPTURE_DAMAGED,
		    rows[i].damaged_at);
	}
}

static void
trusts_no_inner_length(void **state)
{
	/* captured says 1000, the block has 60 octets */
	static const struct want want = { 1, 0, 60, 1500, 0 };
	struct made m = { 0 };
	size_t n;

	(void)state;
	put_section(&m, false);
	put_interface(&m, 1, 0, 0);
	put_enhanced(&m, 0, 0, 60, 1500);
	n = m.n;
	m.n = 48 + 20;
	put32(&m, 1000);
	m.n = n;
	expect_packets(
	    "captured over the block", &m, &want, 1, SF_CAPTURE_END, 0);
}

static void
has_limits(void **state)
{
	static const struct want one = { 1, 1000000000, 60, 60, 0 };
	struct made m = { 0 };
	struct want large = { 1, 1000000000, (size_t)16 << 20, (size_t)16 << 20,
		0 };

	(void)state;
	put_pcap(&m, 0xa1b2c3d4, 4, 0, 1);
	put_record(&m, 1, 0, 60, 60);
	put_record(&m, 1, 0, 0, 60);
	m.n -= 8;
	put32(&m, ((uint32_t)16 << 20) + 1);
	put32(&m, 60);
	put_packet(&m, 1000, 1);
	expect_packets("over 16 MiB", &m, &one, 1, SF_CAPTURE_DAMAGED, 24 + 76);

	put_pcap(&m, 0xa1b2c3d4, 4, 0, 1);
	put_record(&m, 1, 0, (size_t)16 << 20, (size_t)16 << 20);
	write_file(&m);
	{
		struct sf_capture *c;
		struct sf_packet pkt;

		EXPECT("16 MiB", sf_capture_open(&c, m.path, &plain),
		    SF_CAPTURE_OK);
		EXPECT("16 MiB", sf_capture_next(c, &pkt), SF_CAPTURE_OK);
		EXPECT("16 MiB", pkt.octets.n, large.n);
		EXPECT("16 MiB", memcmp(pkt.octets.p, m.p + 40, large.n), 0);
		EXPECT("16 MiB", sf_capture_next(c, &pkt), SF_CAPTURE_END);
		sf_capture_close(c);
	}
	drop(&m);

	put_section(&m, false);
	for (unsigned i = 0; i < 1024; i++)
		put_interface(&m, 1, 0, 0);
	put_enhanced(&m, 1023, 1000000, 60, 60);
	expect_packets("1024 interfaces", &m, &one, 1, SF_CAPTURE_END, 0);
	put_section(&m, false);
	for (unsigned i = 0; i < 1025; i++)
		put_interface(&m, 1, 0, 0);
	expect_packets(
	    "1025 interfaces", &m, NULL, 0, SF_CAPTURE_DAMAGED, 28 + 1024 * 20);
}

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
	put_section(&m, false);
	put_interface(&m, 276, 0, 0);
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
	put_section(&m, false);
	put_interface(&m, 1, 0, 0);
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
		cmocka_unit_test(agrees_on_pcap),
		cmocka_unit_test(agrees_on_modified_pcap),
		cmocka_unit_test(agrees_on_empty_and_large),
		cmocka_unit_test(agrees_on_resolutions),
		cmocka_unit_test(agrees_on_blocks),
		cmocka_unit_test(agrees_on_captures),
		cmocka_unit_test(reads_what_libpcap_refuses),
		cmocka_unit_test(swaps_old_lengths),
		cmocka_unit_test(cuts_checksums_off),
		cmocka_unit_test(tells_directions),
		cmocka_unit_test(gives_comments),
		cmocka_unit_test(counts_drops),
		cmocka_unit_test(keeps_times_in_range),
		cmocka_unit_test(gives_the_cut_record),
		cmocka_unit_test(stops_at_bad_blocks),
		cmocka_unit_test(trusts_no_inner_length),
		cmocka_unit_test(has_limits),
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
