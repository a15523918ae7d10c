/* Unit tests of parsers/rtp/framing.c and parsers/net/tcp.c. */
#include "parsers/net/tcp.h"
#include "parsers/rtp/framing.h"
#include "tests/rows.h"

/* clang-format off */
static const struct parser_row rows[] = {
	{ "framed", "two", "0002 8000 0001 90", SF_OK, 0, 0, "000190" },
	{ "framed", "empty", "0000", SF_OK, 0, 0, "" },
	{ "framed", "length cut", "00", SF_SHORT, 0, 1, "" },
	{ "framed", "packet cut", "0003 8000", SF_SHORT, 2, 1, "" },
	{ "interleaved", "one", "2400 0002 8000 24", SF_OK, 0, 0, "24" },
	{ "interleaved", "no dollar", "2500 0002 8000", SF_MALFORMED, 0, 0, "" },
	{ "interleaved", "cut", "2400 0002 80", SF_SHORT, 4, 1, "" },
	{ "rtsp", "an answer", "525453502f312e3020323030204f4b0d0a0d0a 24", SF_OK, 0, 0, "24" },
	{ "rtsp", "with a body", "504c415920780d0a434f4e54454e542d4c656e6774683a20330d0a0d0a 6162 63 24", SF_OK, 0, 0, "24" },
	{ "rtsp", "HTTP", "474554202f", SF_MALFORMED, 0, 0, "" },
	{ "rtsp", "no end", "4f5054494f4e53202a0d0a", SF_SHORT, 11, 1, "" },
	{ "rtsp", "body cut", "504c415920780d0a436f6e74656e742d4c656e6774683a20330d0a0d0a 6162", SF_SHORT, 29, 1, "" },
	{ "rtsp", "a body of 65,536", "504c415920780d0a436f6e74656e742d4c656e6774683a2036353533360d0a0d0a", SF_LIMIT, 0, 0, "" },
	{ "tcp", "least", "03e8 07d0 00000001 00000002 5010 0000 0000 0000 aabb", SF_OK, 0, 0, "aabb" },
	{ "tcp", "options", "03e8 07d0 00000001 00000002 8018 0000 0000 0000 0101080a 00*8 aa", SF_OK, 0, 0, "aa" },
	{ "tcp", "header of 16", "03e8 07d0 00000001 00000002 4010 0000 0000 0000", SF_MALFORMED, 12, 0, "" },
	{ "tcp", "options cut", "03e8 07d0 00000001 00000002 8018 0000 0000 0000 0101", SF_SHORT, 20, 10, "" },
	{ "tcp", "header cut", "03e8 07d0 00000001 00000002 5010 0000 0000 00", SF_SHORT, 14, 1, "" },
};
/* clang-format on */

ROW_TESTS(rows)

static void
tells_what_it_is(void **state)
{
	struct sf_bytes in =
	    hex_octets("03e8 07d0 fffffffe 00000002 5017 0000 0000 0000 aabb");
	struct sf_tcp t;
	struct sf_diag d;

	(void)state;
	EXPECT("tcp", sf_tcp_parse(&t, in, &d), SF_OK);
	EXPECT("tcp", t.src_port, 1000);
	EXPECT("tcp", t.dst_port, 2000);
	EXPECT("tcp", t.seq, 0xfffffffe);
	EXPECT("tcp", t.ack, 2);
	EXPECT("tcp", t.fin && t.syn && t.rst && t.has_ack, true);
	hex_free(in);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_or_refuses),
		cmocka_unit_test(survives_noise),
		cmocka_unit_test(tells_what_it_is),
	};

	return cmocka_run_group_tests_name("framing", all, NULL, NULL);
}
