/*
 * Unit tests of engine/capture: files that are cut, or whose lengths lie.
 */

#include "tests/capfile.h"

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

	put_head(&m, true, 1, 0, 0);
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

		put_head(&m, false, 1, 0, 0);
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
	put_head(&m, false, 1, 0, 0);
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

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(gives_the_cut_record),
		cmocka_unit_test(stops_at_bad_blocks),
		cmocka_unit_test(trusts_no_inner_length),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests_name(
	    "capture of damaged files", all, NULL, NULL);
}
