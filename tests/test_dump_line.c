/* Unit tests of parsers/text/dump_line.c, log_stamp.c and
   log_process.c. */
#include "parsers/text/dump_line.h"
#include "parsers/text/log_process.h"
#include "parsers/text/log_stamp.h"
#include "tests/rows.h"

static struct sf_bytes
text_copy(const char *text)
{
	return hex_copy(text, strlen(text));
}

/* clang-format off */
static const struct {
	const char *what, *text;
	char direction;           /* '-': none */
	int hour, minute, second; /* hour -1: no time */
	uint32_t fraction, fraction_digits;
	int64_t offset;           /* -1: none */
	const char *octets;
	bool half;
	enum sf_dump_tag tag;
} dumps[] = {
	{ "Chromium",            "O 00:00:44.840 0000 b0 61 04 # RTP_DUMP\n",            'O', 0, 0, 44, 840, 3, 0, "b06104", false, SF_DUMP_CHROMIUM },
	{ "Chromium, old",       "I 23:59:59.999 000000 80 c8 # RTP_DUMP\r\n",           'I', 23, 59, 59, 999, 3, 0, "80c8", false, SF_DUMP_CHROMIUM },
	{ "SCTP",                "O 00:00:03.119 0000 13 88 # SCTP_PACKET DcSctpTransport3", 'O', 0, 0, 3, 119, 3, 0, "1388", false, SF_DUMP_CHROMIUM_SCTP },
	{ "Firefox",             "2026-11-22 19:57:33.754806 UTC - [Child 1: Socket Thread]: D/RtpLogger {a}| Receive video RTP_PACKET|>> I 19:57:33.754713  000000 90 f8 ", 'I', 19, 57, 33, 754713, 6, 0, "90f8", false, SF_DUMP_FIREFOX },
	{ "Firefox, RTCP",       "D/RtpLogger {a}| Transmit RTCP_PACKET|>> O 19:57:33.7  000000 80 c8 ", 'O', 19, 57, 33, 7, 1, 0, "80c8", false, SF_DUMP_FIREFOX },
	{ "Firefox, old",        "[Socket Thread]: D/RtpLogger O 19:57:33.934 000000 80 00 00 RTP_PACKET|tag", 'O', 19, 57, 33, 934, 3, 0, "800000", false, SF_DUMP_FIREFOX },
	{ "Janus",               "I 19:50:14.329673 000000  90 ef JANUS_TEXT2PCAP_RTP [session=1][handle=2]\r\n", 'I', 19, 50, 14, 329673, 6, 0, "90ef", false, SF_DUMP_JANUS },
	{ "Janus, RTCP",         "O 19:50:14.329673 000000  80 c8 JANUS_TEXT2PCAP_RTCP ", 'O', 19, 50, 14, 329673, 6, 0, "80c8", false, SF_DUMP_JANUS },
	{ "Janus, data",         "O 19:50:14.329673 000000  68 69 JANUS_TEXT2PCAP_DATA", 'O', 19, 50, 14, 329673, 6, 0, "6869", false, SF_DUMP_JANUS_DATA },
	{ "a longer word",       "O 19:50:14.3 000000  68 69 JANUS_TEXT2PCAP_RTPX",      'O', 19, 50, 14, 3, 1, 0, "6869", false, SF_DUMP_NO_TAG },
	{ "cut in an octet",     "O 00:00:44.840 0000 b0 61 0",                          'O', 0, 0, 44, 840, 3, 0, "b061", true, SF_DUMP_NO_TAG },
	{ "cut after an octet",  "O 00:00:44.840 0000 b0 61 ",                           'O', 0, 0, 44, 840, 3, 0, "b061", false, SF_DUMP_NO_TAG },
	{ "half in the middle",  "O 00:00:44.840 0000 b0 6 04 # RTP_DUMP",               'O', 0, 0, 44, 840, 3, 0, "b0", false, SF_DUMP_NO_TAG },
	{ "no direction",        "12:00:00 0000 80 60",                                  '-', 12, 0, 0, 0, 0, 0, "8060", false, SF_DUMP_NO_TAG },
	{ "a date between",      "I 2026-11-22 12:00:00.5 0000 80 60",                   'I', 12, 0, 0, 5, 1, 0, "8060", false, SF_DUMP_NO_TAG },
	{ "a comma",             "I 12:00:00,25 0000 80 60",                             'I', 12, 0, 0, 25, 2, 0, "8060", false, SF_DUMP_NO_TAG },
	{ "offset alone",        "000010 01 02 03",                                      '-', -1, 0, 0, 0, 0, 16, "010203", false, SF_DUMP_NO_TAG },
	{ "direction, no time",  "O 0000 90 ef",                                         'O', -1, 0, 0, 0, 0, 0, "90ef", false, SF_DUMP_NO_TAG },
	{ "quoted",              "> 0010  01 02",                                        '-', -1, 0, 0, 0, 0, 16, "0102", false, SF_DUMP_NO_TAG },
	{ "xxd",                 "00000010: 0102 0304 05                 .....",         '-', -1, 0, 0, 0, 0, 16, "0102030405", false, SF_DUMP_NO_TAG },
	{ "tcpdump",             "\t0x0010:  006a 1234 0000 ff11  .j.4....",                '-', -1, 0, 0, 0, 0, 16, "006a12340000ff11", false, SF_DUMP_NO_TAG },
	{ "0x alone",            "0x 01 02",                                             '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "characters behind",   "0000  61 62 63 64 65 66 67 68  61 62 63 64 65 66 67 68  ab cd", '-', -1, 0, 0, 0, 0, 0, "61626364656667686162636465666768", false, SF_DUMP_NO_TAG },
	{ "all in one word",     "0000 80600102030405060708090a0b0c0d0e0f",              '-', -1, 0, 0, 0, 0, 0, "80600102030405060708090a0b0c0d0e0f", false, SF_DUMP_NO_TAG },
	{ "eight digits",        "fffffff0 aa",                                          '-', -1, 0, 0, 0, 0, 0xfffffff0, "aa", false, SF_DUMP_NO_TAG },
	{ "nine digits",         "ffffffff0 aa",                                         '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "three digits",        "000 aa",                                               '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "no octets",           "000000",                                               '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "hour 24",             "O 24:00:44.840 0000 b0 61",                            'O', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "time alone",          "I 10:15:14.5",                                         'I', 10, 15, 14, 5, 1, -1, "", false, SF_DUMP_NO_TAG },
	{ "direction alone",     "O",                                                    'O', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "a log line",          "[1:2:1122/194144.782041:INFO:a.cc:575] Setting new p2p", '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "an empty line",       "\n",                                                   '-', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
	{ "ten digits of a second", "O 00:00:44.8400000001 0000 b0",                     'O', -1, 0, 0, 0, 0, -1, "", false, SF_DUMP_NO_TAG },
};

static const struct {
	const char *what, *text;
	uint16_t year; /* 0: none */
	bool utc;
	uint8_t month, day, hour, minute, second;
	uint32_t ns;
	const char *rest;
} stamps[] = {
	{ "Chromium",         "[22514:22555:1122/194144.840695:VERBOSE1:a.cc:549] x", 0, false, 11, 22, 19, 41, 44, 840695000, "VERBOSE1:a.cc:549] x" },
	{ "Chromium, process alone", "[22514:1122/194144.840695:INFO",   0, false, 11, 22, 19, 41, 44, 840695000, "INFO" },
	{ "Chromium, bare",   "[1231/235959.9:INFO",                     0, false, 12, 31, 23, 59, 59, 900000000, "INFO" },
	{ "Firefox",          "2026-11-22 19:57:33.754806 UTC - [C",     2026, true, 11, 22, 19, 57, 33, 754806000, " UTC - [C" },
	{ "RFC 3339",         "2026-11-22T19:57:33Z x",                  2026, true, 11, 22, 19, 57, 33, 0, "Z x" },
	{ "local",            "2026-02-29 00:00:60,5 x",                 2026, false, 2, 29, 0, 0, 60, 500000000, " x" },
	{ "slashes",          "2026/11/22 19:57:33.5",                   2026, false, 11, 22, 19, 57, 33, 500000000, "" },
	{ "a zone",           "2026-11-22T19:57:33.5+01:00 x",           2026, true, 11, 22, 19, 57, 33, 500000000, "+01:00 x" },
	{ "a zone behind a blank", "2026-11-22 19:57:33 -0530",          2026, true, 11, 22, 19, 57, 33, 0, " -0530" },
	{ "no zone",          "2026-11-22 19:57:33 -0560",               2026, false, 11, 22, 19, 57, 33, 0, " -0560" },
	{ "day first",        "22.11.2026 19:57:33.000001",              2026, false, 11, 22, 19, 57, 33, 1000, "" },
	{ "epoch",            "1795376504.840695 IP 10",                 2026, true, 11, 22, 19, 41, 44, 840695000, " IP 10" },
	{ "epoch, seconds",   "1795376504",                              2026, true, 11, 22, 19, 41, 44, 0, "" },
	{ "epoch, leap day",  "1709164800.5",                            2024, true, 2, 29, 0, 0, 0, 500000000, "" },
	{ "epoch, last",      "4294799999.0",                            2106, true, 2, 5, 7, 59, 59, 0, "" },
	{ "logcat",           "11-22 19:41:44.840 22514 V",              0, false, 11, 22, 19, 41, 44, 840000000, " 22514 V" },
};

static const struct {
	const char *what, *text;
} unstamped[] = {
	{ "no digits",      "hello" },
	{ "month 13",       "[1:2:1322/194144.840695:I" },
	{ "month 0",        "2026-00-22 19:57:33" },
	{ "hour 24",        "[1:2:1122/244144.840695:I" },
	{ "day 0",          "11-00 19:41:44.840" },
	{ "no colon",       "[1:2:1122/194144.840695 I" },
	{ "a time alone",   "19:41:44.840" },
	{ "before 1970",    "1969-11-22 19:57:33" },
	{ "two separators", "2026/11-22 19:57:33" },
	{ "day 32",         "32.11.2026 19:57:33" },
	{ "slashes, day or month", "22/11/2026 19:57:33" },
	{ "nine digits",    "179537650.840695" },
	{ "eleven digits",  "17953765044.840695" },
	{ "a second of 2106", "4294900000.0" },
	{ "digits and more", "1795376504 apples" },
	{ "octets",         "1795376504.8x" },
};

static const struct {
	const char *what, *text;
	uint32_t id;
	const char *rest;
} processes[] = {
	{ "Firefox",          " UTC - [Child 15576: Socket Thread]",      15576, ": Socket Thread]" },
	{ "Firefox, parent",  " UTC - [Parent 1: Main",                   1,     ": Main" },
	{ "Firefox, no date", "[Child 15576: Socket Thread]: D/RtpLogger", 15576, ": Socket Thread]: D/RtpLogger" },
	{ "Firefox, old",     "[15576:Main Thread]: D/RtpLogger",         15576, ":Main Thread]: D/RtpLogger" },
	{ "Chromium OS",      "Z VERBOSE1 chrome[22514:22555]: [a",       22514, ":22555]: [a" },
	{ "logcat",           " 22514 22555 V a",                         22514, " 22555 V a" },
	{ "logcat, wide",     "   514   555 V a",                         514,   "   555 V a" },
};

static const char *const nobody[] = { "hello", " UTC - [Socket Thread]", "[]",
	"[Child 15576]", "Z VERBOSE1 chrome", " 22514 V",
	"[22514:22555] no date", " 9999999999 1 V",
	" UTC - [A0123456789012345678901234 5: x]" };
/* clang-format on */

static void
reads_dumps(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(dumps); i++) {
		const char *w = dumps[i].what;
		struct sf_bytes in = text_copy(dumps[i].text);
		uint8_t octets[64];
		struct sf_dump_line l;
		struct sf_diag d;

		EXPECT(w, sf_dump_line_parse(&l, in, &d), SF_OK);
		EXPECT(w, l.direction,
		    dumps[i].direction == '-' ? 0 : dumps[i].direction);
		EXPECT(w, l.timed, dumps[i].hour >= 0);
		if (l.timed) {
			EXPECT(w, l.hour, dumps[i].hour);
			EXPECT(w, l.minute, dumps[i].minute);
			EXPECT(w, l.second, dumps[i].second);
			EXPECT(w, l.fraction, dumps[i].fraction);
			EXPECT(w, l.fraction_digits, dumps[i].fraction_digits);
		}
		EXPECT(w, l.has_offset, dumps[i].offset >= 0);
		if (l.has_offset)
			EXPECT(w, l.offset, dumps[i].offset);
		EXPECT(w, l.half, dumps[i].half);
		EXPECT(w, l.tag, dumps[i].tag);
		assert_true(l.octets <= sizeof(octets));
		sf_dump_line_decode(&l, octets);
		expect_octets(w, sf_bytes(octets, l.octets), dumps[i].octets);
		EXPECT(w, sf_bytes_inside(l.hex, in), true);
		EXPECT(w, sf_bytes_inside(l.before, l.text), true);
		expect_prefixes(w, "dump_line", in);
		hex_free(in);
	}
}

static void
reads_line_by_line(void **state)
{
	struct sf_bytes in = text_copy("a\r\n0000 01\n\n0001 02");
	struct sf_dump_line l = { .payload = in };
	struct sf_diag d;
	unsigned lines = 0, octets = 0;

	(void)state;
	while (sf_dump_line_parse(&l, l.payload, &d) == SF_OK) {
		lines++;
		octets += (unsigned)l.octets;
	}
	EXPECT("lines", lines, 4);
	EXPECT("octets", octets, 2);
	EXPECT("at the end", d.status, SF_SHORT);
	hex_free(in);
}

static void
reads_stamps(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(stamps); i++) {
		const char *w = stamps[i].what;
		struct sf_bytes in = text_copy(stamps[i].text);
		struct sf_log_stamp s;
		struct sf_diag d;

		EXPECT(w, sf_log_stamp_parse(&s, in, &d), SF_OK);
		EXPECT(w, s.has_year, stamps[i].year != 0);
		EXPECT(w, s.year, stamps[i].year);
		EXPECT(w, s.utc, stamps[i].utc);
		EXPECT(w, s.month, stamps[i].month);
		EXPECT(w, s.day, stamps[i].day);
		EXPECT(w, s.hour, stamps[i].hour);
		EXPECT(w, s.minute, stamps[i].minute);
		EXPECT(w, s.second, stamps[i].second);
		EXPECT(w, s.ns, stamps[i].ns);
		EXPECT(w, s.process, stamps[i].text[1] == '2' &&
				stamps[i].text[0] == '[' ? 22514 : 0);
		EXPECT(w, s.payload.n, strlen(stamps[i].rest));
		expect_prefixes(w, "log_stamp", in);
		hex_free(in);
	}
}

static void
reads_processes(void **state)
{
	struct sf_log_process p;
	struct sf_diag d;

	(void)state;
	for (size_t i = 0; i < LENGTH(processes); i++) {
		const char *w = processes[i].what;
		struct sf_bytes in = text_copy(processes[i].text);

		EXPECT(w, sf_log_process_parse(&p, in, &d), SF_OK);
		EXPECT(w, p.id, processes[i].id);
		EXPECT(w, p.payload.n, strlen(processes[i].rest));
		expect_prefixes(w, "log_process", in);
		hex_free(in);
	}
	for (size_t i = 0; i < LENGTH(nobody); i++) {
		struct sf_bytes in = text_copy(nobody[i]);

		EXPECT(nobody[i], sf_log_process_parse(&p, in, &d),
		    SF_MALFORMED);
		expect_prefixes(nobody[i], "log_process", in);
		hex_free(in);
	}
}

static void
refuses_other_beginnings(void **state)
{
	static const struct bad_row bad[] = {
		{ "nothing at all", "", SF_SHORT, 0, 1 },
	};

	(void)state;
	expect_refused("dump_line", bad, LENGTH(bad));
	expect_refused("log_stamp", bad, LENGTH(bad));
	expect_refused("log_process", bad, LENGTH(bad));
	for (size_t i = 0; i < LENGTH(unstamped); i++) {
		struct sf_bytes in = text_copy(unstamped[i].text);
		struct sf_log_stamp s;
		struct sf_diag d;

		EXPECT(unstamped[i].what, sf_log_stamp_parse(&s, in, &d),
		    SF_MALFORMED);
		expect_prefixes(unstamped[i].what, "log_stamp", in);
		hex_free(in);
	}
	expect_noise("dump_line", 200);
	expect_noise("log_stamp", 60);
	expect_noise("log_process", 80);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_dumps),
		cmocka_unit_test(reads_line_by_line),
		cmocka_unit_test(reads_stamps),
		cmocka_unit_test(reads_processes),
		cmocka_unit_test(refuses_other_beginnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
