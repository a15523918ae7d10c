#include "parsers/text/log_sdp.h"

#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/text/scan.h"

#define REF          "RFC 8866 5"
#define VERSION      3  /* octets of "v=0" */
#define MOST_SLASHES 64 /* a description quoted in itself seven times over */

static size_t
slashes_at(struct sf_bytes s, size_t at)
{
	size_t n = 0;

	while (n < MOST_SLASHES && sf_scan_at(s, at + n) == '\\')
		n++;
	return n;
}

/* u000d, u000A; returns the character, or -1. */
static int
unicode_at(struct sf_bytes s, size_t at)
{
	int v = 0;

	if (sf_scan_at(s, at) != 'u')
		return -1;
	for (size_t i = 1; i <= 4; i++) {
		int digit = sf_scan_hex(sf_scan_at(s, at + i));

		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

/* An escaped control character, as 'r' or 'n': how many octets it takes. */
static size_t
control_at(struct sf_bytes s, size_t at, char letter)
{
	size_t n = slashes_at(s, at);
	int wanted = letter == 'r' ? '\r' : '\n';

	if (n == 0)
		return 0;
	if (sf_scan_at(s, at + n) == (uint8_t)letter)
		return n + 1;
	return unicode_at(s, at + n) == wanted ? n + 5 : 0;
}

size_t
sf_log_sdp_line_end(struct sf_bytes in, size_t at)
{
	size_t cr = control_at(in, at, 'r');
	size_t lf = control_at(in, at + cr, 'n');

	return lf == 0 ? 0 : cr + lf;
}

/* "o=" and the like: RFC 8866 5 has a letter and an equal sign. */
static bool
is_field(struct sf_bytes s, size_t at)
{
	uint8_t c = sf_scan_at(s, at);

	return c >= 'a' && c <= 'z' && sf_scan_at(s, at + 1) == '=';
}

/* The mark that ends the string in which the description begins at. */
static uint8_t
quote_of(struct sf_bytes s, size_t at)
{
	uint8_t c = at == 0 ? 0 : s.p[at - 1];

	return c == '\'' || c == '`' ? c : '"';
}

/*
 * Where an escaped description ends that begins at: in front of the mark that
 * closes its string, which has fewer backslashes than a line end has, or behind
 * a line end that no field follows. *whole is false when the line ends first.
 */
static size_t
end_of(struct sf_bytes s, size_t at, bool *whole)
{
	uint8_t quote = quote_of(s, at);
	size_t level = slashes_at(s, at + VERSION);

	*whole = true;
	for (at += VERSION; at < s.n;) {
		size_t n = slashes_at(s, at);
		size_t line = n == level ? sf_log_sdp_line_end(s, at) : 0;

		if (n < level && sf_scan_at(s, at + n) == quote)
			return at;
		if (line != 0 && !is_field(s, at + line))
			return at + line;
		if (n == 0 && s.p[at] < ' ' && s.p[at] != '\t')
			break;
		at += line != 0 ? line : n + 1;
	}
	*whole = false;
	return at < s.n ? at : s.n;
}

/* The line has nothing more, but for blanks. */
static bool
is_last(struct sf_bytes s, size_t at)
{
	at += sf_scan_blanks(s, at);
	return at >= s.n || s.p[at] == '\r' || s.p[at] == '\n';
}

static bool
begins_at(struct sf_log_sdp *out, struct sf_bytes s, size_t at)
{
	uint8_t before = at == 0 ? 0 : s.p[at - 1];
	size_t line = sf_log_sdp_line_end(s, at + VERSION);
	uint8_t next = sf_scan_at(s, at + VERSION + line);
	size_t end = at + VERSION;

	if ((before | 0x20) >= 'a' && (before | 0x20) <= 'z')
		return false;
	if (sf_scan_digit(before) || before == '_')
		return false;
	out->form = SF_LOG_SDP_LINES;
	out->whole = false;
	if (line != 0 && next == 'o' && is_field(s, end + line)) {
		out->form = SF_LOG_SDP_ESCAPED;
		end = end_of(s, at, &out->whole);
	} else if (line == 0 ? !is_last(s, end)
			     : next != '\'' && next != '"' && next != '`' &&
				   !is_last(s, end + line)) {
		return false;
	}
	out->before = sf_bytes(s.p, at);
	out->text = sf_bytes(s.p + at, end - at);
	out->payload = sf_bytes(s.p + end, s.n - end);
	return true;
}

enum sf_status
sf_log_sdp_parse(struct sf_log_sdp *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_log_sdp l = { 0 };

	*d = (struct sf_diag){ 0 };
	for (size_t at = 0; at + VERSION <= in.n; at++) {
		const uint8_t *v =
		    memchr(in.p + at, 'v', in.n - VERSION + 1 - at);

		if (v == NULL)
			break;
		at = (size_t)(v - in.p);
		if (memcmp(v, "v=0", VERSION) == 0 && begins_at(&l, in, at)) {
			*out = l;
			return SF_OK;
		}
	}
	return sf_stop(d, SF_MALFORMED, 0, "v= line", REF);
}

size_t
sf_log_sdp_decode(struct sf_bytes text, uint8_t *to)
{
	size_t at = 0, n = 0;

	while (at < text.n) {
		size_t line = sf_log_sdp_line_end(text, at);
		size_t slashes = slashes_at(text, at);
		int code = slashes == 0 ? -1 : unicode_at(text, at + slashes);

		if (line != 0) {
			to[n++] = '\n';
			at += line;
		} else if (code >= 0) {
			if (code >= ' ' && code < 0x7f)
				to[n++] = (uint8_t)code;
			at += slashes + 5;
		} else if (slashes != 0) {
			at += slashes; /* what follows stands for itself */
		} else {
			to[n++] = text.p[at++];
		}
	}
	return n;
}
