/* Unit tests of the reports: report/json.c, frame.c and text.c. */
#include "report/report.h"
#include "report/version.h"
#include "tests/out.h"
#include "tests/sample.h"

#include <cjson/cJSON.h>

static const struct sf_tool_info tool = { "OpenSSL 3.0", NULL };

/* What SAMPLE_HOSTILE must look like inside a JSON string. */
#define HOSTILE_JSON                                                           \
	"\\\"a\\\\b\\u000a\\u001b[2J\\u007f\xef\xbf\xbd\\u009b\\u202e"         \
	"\xc3\xa9\\u0009"

/* No octet of the output may command a terminal. */
static void
expect_safe(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		assert_true(*p == '\n' || ((uint8_t)*p >= 0x20 && *p != 0x7f));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\xff"));
}

static cJSON *
at(cJSON *o, const char *name)
{
	cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);

	if (v == NULL)
		fail_msg("there is no member %s", name);
	return v;
}

/* The members of an object, in this order, with nothing missing between. */
static void
expect_order(cJSON *o, const char *const *names)
{
	cJSON *c = o->child;

	for (; *names != NULL; names++) {
		while (c != NULL && strcmp(c->string, *names) != 0)
			c = c->next;
		if (c == NULL)
			fail_msg("missing or out of order: %s", *names);
	}
}

static void
has_every_member_in_order(void **state)
{
	static const char *const report[] = { "schema", "tool", "inputs",
		"accounting", "verdict", "streams", "findings", "rules",
		"limits", NULL };
	static const char *const input[] = { "name", "sha256", "bytes",
		"format", "link_types", "packets", "first", "last", "damaged",
		NULL };
	static const char *const accounting[] = { "packets", "rtp", "srtp",
		"rtcp", "stun", "turn", "dtls", "other", "cut", "malformed",
		NULL };
	static const char *const stream[] = { "id", "ssrc", "src", "dst",
		"input", "kind", "codec", "codec_from", "payload_types", "mid",
		"rid", "cname", "repairs", "packets", "lost", "frames",
		"incomplete_frames", "first", "last", "protection", "dialect",
		"suite", "clear_octets", "frames_by_state",
		"plaintext_intervals", "keys", "evidence", NULL };
	static const char *const finding[] = { "id", "slug", "severity",
		"level", "source", "streams", "count", "first", "last", "text",
		"remedy", "examples", "fingerprint", NULL };
	static const char *const key[] = { "kid", "first_ctr", "last_ctr",
		"frames", "first", "last", "first_packet", "last_packet",
		NULL };
	static struct sample s;
	struct out o;
	cJSON *doc, *streams;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_json(o.f, &s.result, &tool));
	doc = cJSON_ParseWithOpts(out_text(&o), NULL, true);
	assert_non_null(doc);
	expect_order(doc, report);
	expect_order(at(doc, "inputs")->child, input);
	expect_order(at(doc, "accounting"), accounting);
	streams = at(doc, "streams");
	assert_int_equal(cJSON_GetArraySize(streams), 5);
	expect_order(streams->child, stream);
	expect_order(at(streams->child, "keys")->child, key);
	expect_order(at(doc, "findings")->child, finding);
	assert_int_equal(cJSON_GetArraySize(at(doc, "rules")), SF_FINDINGS);
	assert_int_equal(
	    cJSON_GetArraySize(at(streams->child->next, "plaintext_intervals")),
	    1);
	cJSON_Delete(doc);
	out_free(&o);
}

static void
keeps_numbers_exact(void **state)
{
	/* clang-format off */
	static const char *const parts[] = {
		"\"kid\": \"18446744073709551615\"",
		"\"last_ctr\": \"18446744073709551615\"",
		"\"kid\": \"9007199254740993\"",
		"\"ctr\": \"9007199254740993\"",
		"\"ssrc\": \"0x00000001\"",
		"\"ssrc\": \"0xffffffff\"",
		"\"fingerprint\": \"0000000000000123\"",
		"\"fingerprint\": \"ffffffffffffffff\"",
		"\"first\": \"2026-03-01T20:35:00.123456789Z\"",
		"\"header_chance\": 1e-300",
		"\"sprt_llr\": -1.7976931348623157e+308",
		"\"suite\": \"AES_128_GCM_SHA256_128\"",
		"\"src\": \"10.1.1.1:1000\"",
		"\"dst\": \"[fd00::]:5004\"",
		"\"repairs\": \"2\"",
		"\"libpcap\": null",
		"\"version\": \"" SF_VERSION "\"",
		"\"LINKTYPE_65000\"",
		"\"octets\": null",
		"\"outcome\": \"cannot-tell\"",
	};
	/* clang-format on */
	static struct sample s;
	struct out o;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_json(o.f, &s.result, &tool));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		out_has(out_text(&o), parts[i]);
	assert_null(strstr(out_text(&o), "nan"));
	assert_null(strstr(out_text(&o), "inf,"));
	out_free(&o);
}

static void
escapes_what_was_captured(void **state)
{
	static struct sample s;
	struct out o;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_json(o.f, &s.result, &tool));
	out_has(out_text(&o), "\"name\": \"" HOSTILE_JSON "\"");
	out_has(out_text(&o), "\"cname\": \"" HOSTILE_JSON "\"");
	expect_safe(out_text(&o));
	out_free(&o);
}

static void
writes_the_same_bytes_twice(void **state)
{
	static struct sample a, b;
	struct out first, second;

	(void)state;
	sample_make(&a);
	sample_make(&b);
	out_open(&first);
	out_open(&second);
	assert_true(sf_report_json(first.f, &a.result, &tool));
	assert_true(sf_report_json(second.f, &b.result, &tool));
	assert_string_equal(out_text(&first), out_text(&second));
	out_free(&first);
	out_free(&second);
}

static void
writes_an_empty_result(void **state)
{
	static struct sf_result r;
	static struct sf_model m;
	struct sf_report_style style = { 0 };
	struct out o;
	cJSON *doc;

	(void)state;
	r.model = &m;
	r.verdict = SF_INCONCLUSIVE;
	out_open(&o);
	assert_true(sf_report_json(o.f, &r, &tool));
	doc = cJSON_ParseWithOpts(out_text(&o), NULL, true);
	assert_non_null(doc);
	out_has(out_text(&o), "\"streams\": []");
	assert_true(sf_report_text(o.f, &r, &style));
	out_has(out_text(&o), "INCONCLUSIVE  no media stream was seen");
	cJSON_Delete(doc);
	out_free(&o);
}

static void
writes_a_line_for_each_fact(void **state)
{
	static struct sample s;
	struct out o;
	unsigned lines = 0;
	char *line;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_jsonl(o.f, &s.result, &tool));
	out_text(&o);
	for (line = strtok(o.text, "\n"); line; line = strtok(NULL, "\n")) {
		cJSON *v = cJSON_ParseWithOpts(line, NULL, true);

		assert_non_null(v);
		assert_true(cJSON_IsString(at(v, "type")));
		if (lines == 0)
			assert_string_equal(at(v, "type")->valuestring, "tool");
		cJSON_Delete(v);
		lines++;
	}
	/* tool, 2 inputs, accounting, 5 streams, 3 findings, rules, verdict */
	assert_int_equal(lines, 1 + 2 + 1 + 5 + 3 + SF_FINDINGS + 1);
	out_free(&o);
}

/* Columns of the longest line. */
static unsigned
widest(const char *text)
{
	unsigned most = 0, n = 0;

	for (; *text != '\0'; text++) {
		n = *text == '\n' ? 0 : n + (((uint8_t)*text & 0xc0) != 0x80);
		most = n > most ? n : most;
	}
	return most;
}

static void
writes_text_for_a_person(void **state)
{
	static struct sample s;
	struct sf_report_style style = { .verbose = true };
	struct out o;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_text(o.f, &s.result, &style));
	style.verbose = false;
	assert_true(sf_report_text(o.f, &s.result, &style));
	expect_safe(out_text(&o));
	assert_true(widest(out_text(&o)) <= 100);
	out_has(out_text(&o), "FAIL  call.pcap and 1 more: 1 of ");
	out_has(out_text(&o), "stream 2");
	out_has(out_text(&o), "20:35:04.123 (packet 201)");
	out_has(out_text(&o), "CRITICAL  plaintext-gap: ");
	out_has(out_text(&o), "could not be read");
	out_has(out_text(&o), "KID 18446744073709551615, CTR "
			      "0..18446744073709551615");
	out_free(&o);
}

/* Forty streams without fault are counted, the one in the clear is listed. */
static void
lists_faults_among_many_streams(void **state)
{
	static struct sf_stream streams[41];
	static struct sample s;
	struct sf_report_style style = { 0 };
	struct out o;

	(void)state;
	sample_make(&s);
	for (unsigned i = 0; i < 41; i++) {
		streams[i] = s.streams[0];
		streams[i].id = i + 1;
		streams[i].ssrc = 0xab000000 + i;
		streams[i].next = i < 40 ? &streams[i + 1] : NULL;
	}
	streams[20].protection = SF_PROT_PLAINTEXT;
	s.model.streams = streams;
	s.model.n_streams = 41;
	s.result.n_findings = 0;
	out_open(&o);
	assert_true(sf_report_text(o.f, &s.result, &style));
	out_has(out_text(&o), "0xab000014");
	assert_null(strstr(out_text(&o), "0xab000013"));
	out_has(out_text(&o), "and 40 more streams, verified or consistent");
	style.verbose = true;
	assert_true(sf_report_text(o.f, &s.result, &style));
	out_has(out_text(&o), "0xab000013");
	out_free(&o);
}

static void
colours_only_when_asked(void **state)
{
	static struct sample s;
	struct sf_report_style style = { .colour = true, .quiet = true };
	struct out o;

	(void)state;
	sample_make(&s);
	out_open(&o);
	assert_true(sf_report_text(o.f, &s.result, &style));
	out_has(out_text(&o), "\033[1;31mFAIL\033[0m");
	assert_null(strstr(out_text(&o), "SSRC "));
	out_free(&o);
}

static void
tells_of_a_full_disk(void **state)
{
	static struct sample s;
	struct sf_report_style style = { 0 };
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	if (f == NULL)
		skip();
	setvbuf(f, NULL, _IONBF, 0);
	sample_make(&s);
	assert_false(sf_report_json(f, &s.result, &tool));
	assert_false(sf_report_text(f, &s.result, &style));
	fclose(f);
}

static struct sf_frame_event
sample_event(const struct sample *s)
{
	return (struct sf_frame_event){ .stream = &s->streams[0],
		.first = sample_place(11),
		.last = sample_place(12),
		.number = 7,
		.seq = (UINT64_C(1) << 53) + 1,
		.octets = 50,
		.packets = 2,
		.complete = true,
		.key = true,
		.state = SF_STATE_ENCRYPTED,
		.has_header = true,
		.has_kid = true,
		.has_ctr = true,
		.header_at = 3,
		.raw = { 0x99, 1, 0x23, 0x45, 0x67 },
		.raw_octets = 5,
		.kid = UINT64_MAX,
		.ctr = 0x4567,
		.kid_octets = 2,
		.ctr_octets = 2 };
}

static void
writes_a_frame(void **state)
{
	static struct sample s;
	struct sf_report_style style = { .verbose = true };
	struct sf_frame_event ev;
	struct out o;
	cJSON *v;

	(void)state;
	sample_make(&s);
	ev = sample_event(&s);
	out_open(&o);
	assert_true(sf_frame_json(o.f, &ev));
	v = cJSON_ParseWithOpts(out_text(&o), NULL, true);
	assert_non_null(v);
	assert_string_equal(at(v, "kid")->valuestring, "18446744073709551615");
	assert_string_equal(at(v, "sequence")->valuestring, "9007199254740993");
	assert_string_equal(
	    at(at(v, "header"), "octets")->valuestring, "9901234567");
	cJSON_Delete(v);
	assert_true(sf_frame_text(o.f, &ev, &style));
	out_has(out_text(&o), "9901234567 at 3 key\n");
	out_has(out_text(&o), "KID  291  0x0123, 2 octets, minimal\n");
	out_free(&o);
}

static void
writes_an_incomplete_frame(void **state)
{
	static struct sample s;
	struct sf_report_style style = { 0 };
	struct sf_frame_event ev;
	struct out o;

	(void)state;
	sample_make(&s);
	ev = sample_event(&s);
	ev.complete = false;
	out_open(&o);
	assert_true(sf_frame_text(o.f, &ev, &style));
	out_has(out_text(&o), "incomplete\n");
	assert_null(strstr(out_text(&o), "key"));
	assert_true(sf_frame_json(o.f, &ev));
	out_has(out_text(&o), "\"state\": null, \"kid\": null");
	out_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_member_in_order),
		cmocka_unit_test(keeps_numbers_exact),
		cmocka_unit_test(escapes_what_was_captured),
		cmocka_unit_test(writes_the_same_bytes_twice),
		cmocka_unit_test(writes_an_empty_result),
		cmocka_unit_test(writes_a_line_for_each_fact),
		cmocka_unit_test(writes_text_for_a_person),
		cmocka_unit_test(lists_faults_among_many_streams),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(tells_of_a_full_disk),
		cmocka_unit_test(writes_a_frame),
		cmocka_unit_test(writes_an_incomplete_frame),
	};

	return cmocka_run_group_tests_name("report_json", tests, NULL, NULL);
}
