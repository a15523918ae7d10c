/* Unit tests of engine/sdp/sdp.c, parsers/text/sdp_line.c and sdp_attr.c. */
#include "engine/sdp/sdp.h"
#include "parsers/text/sdp_attr.h"
#include "parsers/text/sdp_line.h"
#include "tests/rows.h"

#include <stdio.h>

/* ---- lines and attributes ------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *text;
	char type;
	const char *value, *rest;
} lines[] = {
	{ "LF",              "v=0\ns=-\n",   'v', "0",   "s=-\n" },
	{ "CRLF",            "v=0\r\ns=-",   'v', "0",   "s=-" },
	{ "no end",          "s=-",          's', "-",   "" },
	{ "no value",        "s=\n",         's', "",    "" },
	{ "CR inside",       "s=a\rb\n",     's', "a\rb", "" },
	{ "two equal signs", "a=b=c\n",      'a', "b=c", "" },
	{ "empty line",      "\nv=0\n",      0,   "",    "v=0\n" },
	{ "CR alone",        "\r\nv=0",      0,   "",    "v=0" },
	{ "not a line",      "hello\nv=0",   0,   "hello", "v=0" },
	{ "capital",         "V=0\n",        0,   "V=0", "" },
	{ "blank in front",  " v=0\n",       0,   " v=0", "" },
	{ "letter alone",    "v\n",          0,   "v",   "" },
};

static const struct {
	const char *what, *text, *name;
	bool has_value;
	const char *value;
} attrs[] = {
	{ "property",        "sframe",           "sframe", false, "" },
	{ "value",           "mid:0",            "mid",    true,  "0" },
	{ "empty value",     "mid:",             "mid",    true,  "" },
	{ "colons in it",    "fingerprint:sha-256 AA:BB", "fingerprint", true, "sha-256 AA:BB" },
};
/* clang-format on */

static struct sf_bytes
text_copy(const char *text)
{
	return hex_copy(text, strlen(text));
}

static bool
same(struct sf_bytes got, const char *want)
{
	return got.n == strlen(want) && memcmp(got.p, want, got.n) == 0;
}

static void
splits_lines(void **state)
{
	static const struct bad_row bad[] = {
		{ "nothing at all", "", SF_SHORT, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		struct sf_bytes in = text_copy(lines[i].text);
		const char *w = lines[i].what;
		struct sf_sdp_line l;
		struct sf_diag d;

		EXPECT(w, sf_sdp_line_parse(&l, in, &d), SF_OK);
		EXPECT(w, l.type, lines[i].type);
		EXPECT(w, same(l.value, lines[i].value), true);
		EXPECT(w, same(l.payload, lines[i].rest), true);
		expect_prefixes(w, "sdp_line", in);
		hex_free(in);
	}
	expect_refused("sdp_line", bad, LENGTH(bad));
	expect_noise("sdp_line", 32);
}

static void
splits_attributes(void **state)
{
	static const struct bad_row bad[] = {
		{ "nothing at all", "", SF_SHORT, 0, 1 },
		{ "no name", "3a 30", SF_MALFORMED, 0, 0 },
		{ "colon alone", "3a", SF_MALFORMED, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(attrs); i++) {
		struct sf_bytes in = text_copy(attrs[i].text);
		const char *w = attrs[i].what;
		struct sf_sdp_attr a;
		struct sf_diag d;

		EXPECT(w, sf_sdp_attr_parse(&a, in, &d), SF_OK);
		EXPECT(w, same(a.name, attrs[i].name), true);
		EXPECT(w, a.has_value, attrs[i].has_value);
		EXPECT(w, same(a.payload, attrs[i].value), true);
		expect_prefixes(w, "sdp_attr", in);
		hex_free(in);
	}
	expect_refused("sdp_attr", bad, LENGTH(bad));
	expect_noise("sdp_attr", 32);
}

/* ---- descriptions --------------------------------------------------------- */

/* The answer of a browser in a call with SFrame, shortened by ICE, DTLS and
   feedback lines. */
static const char call[] =
    "v=0\r\n"
    "o=- 3624878193003677997 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=mid:session-level\r\n"
    "a=rtpmap:50 opus/48000/2\r\n"
    "a=extmap-allow-mixed\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:0\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on\r\n"
    "a=extmap:4/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=sendrecv\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=fmtp:63 111/111\r\n"
    "a=rtpmap:13 CN/8000\r\n"
    "a=rtpmap:110 telephone-event/48000\r\n"
    "a=ssrc:1224294441 cname:CLocT6g7ahOgeac7\r\n"
    "a=ssrc:1224294441 msid:bafd852b 8fcb5336\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101 102 103\r\n"
    "a=mid:1\r\n"
    "a=sframe\r\n"
    "a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
    "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 rtx-time=3000; apt=96\r\n"
    "a=rtpmap:98 vp9/90000\r\n"
    "a=rtpmap:99 H264/90000\r\n"
    "a=rtpmap:100 H265/90000\r\n"
    "a=rtpmap:101 AV1/90000\r\n"
    "a=rtpmap:102 AV1X/90000\r\n"
    "a=ssrc-group:FID 1810876927 455323994\r\n"
    "a=ssrc-group:SIM 1 2 3\r\n"
    "a=ssrc:1810876927 cname:CLocT6g7ahOgeac7\r\n"
    "a=ssrc:455323994 cname:another\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "a=mid:2\r\n"
    "a=sctp-port:5000\r\n";

static struct sf_sdp *
read_text(const char *text, enum sf_status want)
{
	struct sf_bytes in = text_copy(text);
	struct sf_sdp *sdp = malloc(sizeof(*sdp));
	struct sf_diag d;

	assert_non_null(sdp);
	EXPECT(text, sf_sdp_read(sdp, in, &d), want);
	EXPECT(text, d.status, want);
	hex_free(in);
	return sdp;
}

static void
check_audio(const struct sf_sdp_section *s)
{
	EXPECT("audio", s->kind, SF_KIND_AUDIO);
	assert_string_equal(s->mid, "0");
	EXPECT("audio", s->sframe, false);
	EXPECT("audio", s->codecs[111], SF_CODEC_OPUS);
	EXPECT("audio", s->clocks[111], 48000);
	EXPECT("audio", s->codecs[63], SF_CODEC_RED);
	EXPECT("audio, static", s->codecs[9], SF_CODEC_G722);
	EXPECT("audio, static", s->codecs[0], SF_CODEC_PCMU);
	EXPECT("audio, static", s->codecs[8], SF_CODEC_PCMA);
	EXPECT("audio, static", s->clocks[8], 8000);
	EXPECT("audio", s->codecs[13], SF_CODEC_OTHER);
	EXPECT("audio", s->codecs[110], SF_CODEC_OTHER);
	EXPECT("audio, session level", s->codecs[50], SF_CODEC_UNKNOWN);
	EXPECT("audio", s->apt[111], 0xff);
	EXPECT("audio", s->ext_what[1], SF_EXT_AUDIO_LEVEL);
	EXPECT("audio", s->ext_mid, 4);
	EXPECT("audio", s->ext_rid, 0);
}

static void
check_video(const struct sf_sdp_section *s)
{
	EXPECT("video", s->kind, SF_KIND_VIDEO);
	assert_string_equal(s->mid, "1");
	EXPECT("video", s->sframe, true);
	EXPECT("video", s->codecs[96], SF_CODEC_VP8);
	EXPECT("video", s->codecs[97], SF_CODEC_RTX);
	EXPECT("video", s->apt[97], 96);
	EXPECT("video", s->apt[96], 0xff);
	EXPECT("video", s->codecs[98], SF_CODEC_VP9);
	EXPECT("video", s->codecs[99], SF_CODEC_H264);
	EXPECT("video", s->codecs[100], SF_CODEC_H265);
	EXPECT("video", s->codecs[101], SF_CODEC_AV1);
	EXPECT("video", s->codecs[102], SF_CODEC_AV1);
	EXPECT("video, not named", s->codecs[103], SF_CODEC_OTHER);
	EXPECT("video", s->codecs[0], SF_CODEC_UNKNOWN);
	EXPECT("video", s->clocks[96], 90000);
	EXPECT("video", s->ext_mid, 4);
	EXPECT("video", s->ext_rid, 10);
	EXPECT("video", s->ext_what[1], SF_EXT_UNKNOWN);
}

static void
reads_a_call(void **state)
{
	struct sf_sdp *sdp = read_text(call, SF_OK);

	(void)state;
	EXPECT("call", sdp->descriptions, 1);
	EXPECT("call", sdp->n_sections, 3);
	EXPECT("call", sdp->passed_over, 0);
	check_audio(&sdp->sections[0]);
	check_video(&sdp->sections[1]);
	EXPECT("data", sdp->sections[2].kind, SF_KIND_UNKNOWN);
	assert_string_equal(sdp->sections[2].mid, "2");

	EXPECT("ssrc", sdp->n_ssrcs, 6);
	EXPECT("audio ssrc", sdp->ssrcs[0].ssrc, 1224294441);
	EXPECT("audio ssrc", sdp->ssrcs[0].section, 0);
	EXPECT("audio ssrc", sdp->ssrcs[0].repairs, 0);
	assert_string_equal(sdp->ssrcs[0].cname, "CLocT6g7ahOgeac7");
	EXPECT("video ssrc", sdp->ssrcs[1].ssrc, 1810876927);
	EXPECT("video ssrc", sdp->ssrcs[1].section, 1);
	EXPECT("repair ssrc", sdp->ssrcs[2].ssrc, 455323994);
	EXPECT("repair ssrc", sdp->ssrcs[2].repairs, 1810876927);
	EXPECT("no layer", sdp->ssrcs[2].simulcast, 0);
	for (unsigned i = 3; i < 6; i++)
		EXPECT("layer", sdp->ssrcs[i].simulcast, 1);
	assert_string_equal(sdp->ssrcs[2].cname, "another");
	free(sdp);
}

static void
reads_one_after_another(void **state)
{
	struct sf_sdp *sdp = read_text(
	    "# a note\nv=0\nm=audio 9 RTP/AVP 0\na=ssrc:1 cname:a\n"
	    "a=ssrc:2 cname:b\n\nv=0\na=sframe\nm=video 9 RTP/AVP 96\n"
	    "a=rtpmap:96 VP8/90000\na=ssrc:2 cname:c\na=ssrc:3 cname:d\n",
	    SF_OK);

	(void)state;
	EXPECT("two", sdp->descriptions, 2);
	EXPECT("two", sdp->n_sections, 2);
	EXPECT("two", sdp->sections[0].description, 0);
	EXPECT("two", sdp->sections[1].description, 1);
	EXPECT("session level", sdp->sections[1].sframe, false);
	EXPECT("two", sdp->n_ssrcs, 3);
	EXPECT("known before", sdp->ssrcs[1].section, 0);
	assert_string_equal(sdp->ssrcs[1].cname, "c");
	EXPECT("two", sdp->ssrcs[2].section, 1);
	free(sdp);
}

static void
needs_a_version_line(void **state)
{
	static const char *const texts[] = { "", "\n", "m=audio 9 RTP/AVP 0\n",
		"V=0\nm=audio 9 RTP/AVP 0\n", "{\"sdp\": 1}" };
	static const struct sf_sdp zero;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct sf_sdp *sdp = read_text(texts[i], SF_MALFORMED);

		EXPECT(texts[i], memcmp(sdp, &zero, sizeof(zero)), 0);
		free(sdp);
	}
}

/* Numbers out of range, words that are missing: each line is as if it were
   not there. */
static void
passes_over_bad_values(void **state)
{
	static const char *const bad[] = { "a=rtpmap:128 VP8/90000",
		"a=rtpmap:-1 VP8/90000", "a=rtpmap:97", "a=rtpmap:97 /90000",
		"a=rtpmap: 97", "a=fmtp:97", "a=fmtp:97 apt",
		"a=fmtp:97 apt=", "a=fmtp:97 apt=128",
		"a=fmtp:97 apt=99999999999", "a=fmtp:128 apt=96",
		"a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid",
		"a=extmap:256 urn:ietf:params:rtp-hdrext:sdes:mid",
		"a=extmap:x urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:3",
		"a=ssrc:4294967296 cname:x", "a=ssrc:x cname:x",
		"a=ssrc:", "a=ssrc-group:FID", "a=ssrc-group:FID 1",
		"a=ssrc-group:FID 1 x", "a=ssrc-group:SIM", "a=ssrc-group:SIM x",
		"a=:x", "a=", "a=sframes",
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=", "x", "=",
		"m" };
	struct sf_sdp *plain = read_text("v=0\nm=video 9 RTP/AVP 96\n", SF_OK);

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char text[200];
		struct sf_sdp *sdp;

		snprintf(text, sizeof(text), "v=0\nm=video 9 RTP/AVP 96\n%s\n",
		    bad[i]);
		sdp = read_text(text, SF_OK);
		EXPECT(bad[i], memcmp(sdp, plain, sizeof(*sdp)), 0);
		free(sdp);
	}
	free(plain);
}

static void
has_bounds(void **state)
{
	char *text = malloc(1 << 20);
	size_t n = 0;
	struct sf_sdp *sdp;

	(void)state;
	assert_non_null(text);
	n += (size_t)sprintf(text + n, "v=0\n");
	for (unsigned i = 0; i < SF_SDP_SECTIONS + 3; i++)
		n += (size_t)sprintf(text + n,
		    "m=audio 9 RTP/AVP 0\na=mid:%u\na=ssrc:%u cname:x\n", i, i);
	sdp = read_text(text, SF_OK);
	EXPECT("sections", sdp->n_sections, SF_SDP_SECTIONS);
	EXPECT("sections", sdp->passed_over, 3);
	EXPECT("sections", sdp->n_ssrcs, SF_SDP_SECTIONS);
	EXPECT("sections", strtoul(sdp->sections[SF_SDP_SECTIONS - 1].mid,
	    NULL, 10), SF_SDP_SECTIONS - 1);
	free(sdp);

	n = (size_t)sprintf(text, "v=0\nm=audio 9 RTP/AVP 0\n");
	for (unsigned i = 0; i < SF_SDP_SSRCS + 5; i++)
		n += (size_t)sprintf(text + n, "a=ssrc:%u cname:x\n", i);
	sdp = read_text(text, SF_OK);
	EXPECT("ssrcs", sdp->n_ssrcs, SF_SDP_SSRCS);
	EXPECT("ssrcs", sdp->passed_over, 5);
	free(sdp);

	/* a text longer than what is kept of it */
	n = (size_t)sprintf(text, "v=0\nm=audio 9 RTP/AVP 0\na=mid:");
	memset(text + n, 'x', 200);
	text[n + 200] = '\0';
	sdp = read_text(text, SF_OK);
	EXPECT("mid", strlen(sdp->sections[0].mid), SF_TEXT_MAX - 1);
	free(sdp);
	free(text);
}

static void
survives_every_prefix(void **state)
{
	struct sf_sdp *sdp = malloc(sizeof(*sdp));
	struct sf_diag d;

	(void)state;
	assert_non_null(sdp);
	for (size_t n = 0; n < strlen(call); n++) {
		struct sf_bytes in = hex_copy(call, n);

		EXPECT("prefix", sf_sdp_read(sdp, in, &d),
		    n < 2 ? SF_MALFORMED : SF_OK);
		hex_free(in);
	}
	free(sdp);
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(splits_lines),
		cmocka_unit_test(splits_attributes),
		cmocka_unit_test(reads_a_call),
		cmocka_unit_test(reads_one_after_another),
		cmocka_unit_test(needs_a_version_line),
		cmocka_unit_test(passes_over_bad_values),
		cmocka_unit_test(has_bounds),
		cmocka_unit_test(survives_every_prefix),
	};

	return cmocka_run_group_tests_name("sdp", all, NULL, NULL);
}
