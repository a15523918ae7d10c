#include "parsers/rtp/framing.h"

#include <string.h>

#include "parsers/base/cursor.h"

#define REF_FRAMED      "RFC 4571 2"
#define REF_INTERLEAVED "RFC 7826 14"
#define REF_RTSP        "RFC 7826 5"

#define HEAD_MOST 8192
#define BODY_MOST 65535

enum sf_status
sf_framed_parse(struct sf_framed *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_framed f = { 0 };
	uint16_t octets = sf_u16(&c);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "length", REF_FRAMED);
	f.packet = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet", REF_FRAMED);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}

enum sf_status
sf_interleaved_parse(
    struct sf_interleaved *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_interleaved f = { 0 };
	uint8_t dollar = sf_u8(&c);
	uint16_t octets;

	*d = (struct sf_diag){ 0 };
	if (sf_ok(&c) && dollar != '$')
		return sf_stop(
		    d, SF_MALFORMED, 0, "dollar sign", REF_INTERLEAVED);
	f.channel = sf_u8(&c);
	octets = sf_u16(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "header", REF_INTERLEAVED);
	f.packet = sf_slice(&c, octets);
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet", REF_INTERLEAVED);
	f.payload = sf_rest(&c);
	*out = f;
	return SF_OK;
}

static bool
begins(struct sf_bytes in, const char *word, size_t n)
{
	size_t have = in.n < n ? in.n : n;

	return memcmp(in.p, word, have) == 0;
}

/* A method, or the version of an answer; as far as there are octets. */
static bool
begins_rtsp(struct sf_bytes in)
{
	static const struct {
		const char *word;
		size_t n;
	} words[] = {
		{ "RTSP/", 5 },
		{ "OPTIONS ", 8 },
		{ "DESCRIBE ", 9 },
		{ "ANNOUNCE ", 9 },
		{ "SETUP ", 6 },
		{ "PLAY ", 5 },
		{ "PLAY_NOTIFY ", 12 },
		{ "PAUSE ", 6 },
		{ "RECORD ", 7 },
		{ "REDIRECT ", 9 },
		{ "TEARDOWN ", 9 },
		{ "GET_PARAMETER ", 14 },
		{ "SET_PARAMETER ", 14 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins(in, words[i].word, words[i].n))
			return true;
	return false;
}

static bool
same_letters(const uint8_t *p, const char *lower, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)lower[i])
			return false;
	}
	return true;
}

/* The value of Content-Length in a whole head; 0 when there is none. */
static size_t
body_octets(struct sf_bytes head)
{
	static const char name[] = "\ncontent-length:";
	size_t n = sizeof(name) - 1, v = 0;

	for (size_t i = 0; i + n < head.n; i++) {
		if (head.p[i] != '\n' || !same_letters(head.p + i, name, n))
			continue;
		for (i += n; i < head.n && head.p[i] == ' '; i++)
			;
		for (; i < head.n && head.p[i] >= '0' && head.p[i] <= '9' &&
		       v <= BODY_MOST;
		     i++)
			v = v * 10 + (size_t)(head.p[i] - '0');
		return v;
	}
	return 0;
}

/* Octets up to the empty line and with it; 0 when it is not there yet. */
static size_t
head_octets(struct sf_bytes in)
{
	for (size_t i = 3; i < in.n && i < HEAD_MOST; i++)
		if (in.p[i] == '\n' && in.p[i - 1] == '\r' &&
		    in.p[i - 2] == '\n' && in.p[i - 3] == '\r')
			return i + 1;
	return 0;
}

enum sf_status
sf_rtsp_parse(struct sf_rtsp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_rtsp m = { 0 };
	size_t body;

	*d = (struct sf_diag){ 0 };
	if (!begins_rtsp(in))
		return sf_stop(d, SF_MALFORMED, 0, "first line", REF_RTSP);
	m.head_octets = head_octets(in);
	if (m.head_octets == 0 && in.n >= HEAD_MOST)
		return sf_stop(d, SF_LIMIT, HEAD_MOST, "head", REF_RTSP);
	if (m.head_octets == 0) {
		(void)sf_rest(&c);
		(void)sf_u8(&c);
		return sf_short(d, &c, "head", REF_RTSP);
	}
	body = body_octets(sf_bytes(in.p, m.head_octets));
	if (body > BODY_MOST)
		return sf_stop(d, SF_LIMIT, 0, "content length", REF_RTSP);
	(void)sf_slice(&c, m.head_octets);
	(void)sf_slice(&c, body);
	if (!sf_ok(&c))
		return sf_short(d, &c, "body", REF_RTSP);
	m.payload = sf_rest(&c);
	*out = m;
	return SF_OK;
}
