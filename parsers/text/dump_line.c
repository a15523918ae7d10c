#include "parsers/text/dump_line.h"

#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/text/scan.h"

#define REF          "text2pcap(1)"
#define OFFSET_LEAST 4
#define OFFSET_MOST  8

/* HH:MM:SS and a fraction; returns its length, or 0. */
static size_t
take_time(struct sf_dump_line *l, struct sf_bytes s, size_t at)
{
	uint32_t hour, minute, second, fraction = 0;
	unsigned n = 0;

	if (!sf_scan_number(s, at, 2, 23, &hour) ||
	    sf_scan_at(s, at + 2) != ':' ||
	    !sf_scan_number(s, at + 3, 2, 59, &minute) ||
	    sf_scan_at(s, at + 5) != ':' ||
	    !sf_scan_number(s, at + 6, 2, 60, &second) ||
	    sf_scan_digit(sf_scan_at(s, at + 8)))
		return 0;
	if (sf_scan_at(s, at + 8) == '.' || sf_scan_at(s, at + 8) == ',') {
		n = sf_scan_digits(s, at + 9);
		if (n > 9 ||
		    !sf_scan_number(s, at + 9, n, UINT32_MAX, &fraction))
			return 0;
	}
	l->timed = true;
	l->hour = (uint8_t)hour;
	l->minute = (uint8_t)minute;
	l->second = (uint8_t)second;
	l->fraction = fraction;
	l->fraction_digits = (uint8_t)n;
	return n == 0 ? 8 : 9 + n;
}

/* 4 to 8 hexadecimal digits with a blank or a colon behind; returns how far
   the octets may begin from at, or 0. */
static size_t
take_offset(struct sf_dump_line *l, struct sf_bytes s, size_t at)
{
	uint64_t v = 0;
	size_t n = 0, from = at;

	if (sf_scan_at(s, at) == '0' && sf_scan_at(s, at + 1) == 'x')
		at += 2; /* tcpdump -x */
	while (n <= OFFSET_MOST && sf_scan_hex(sf_scan_at(s, at + n)) >= 0) {
		v = v << 4 | (uint64_t)sf_scan_hex(sf_scan_at(s, at + n));
		n++;
	}
	if (n < OFFSET_LEAST || n > OFFSET_MOST)
		return 0;
	if (sf_scan_at(s, at + n) == ':')
		n++;
	if (!sf_scan_blank(sf_scan_at(s, at + n)))
		return 0;
	l->has_offset = true;
	l->offset = v;
	return at - from + n + sf_scan_blanks(s, at + n);
}

/* Digits of one word; 0 when it is no word of octets. */
static size_t
word(struct sf_bytes s, size_t at)
{
	size_t n = 0;

	while (sf_scan_hex(sf_scan_at(s, at + n)) >= 0)
		n++;
	if (at + n < s.n && !sf_scan_blank(s.p[at + n]))
		return 0;
	return n;
}

/*
 * Octets from at on. Two blanks end them, as in front of a column of
 * characters, unless they stand in the middle of sixteen. A lone digit counts
 * only where the line ends: there it was cut.
 */
static void
take_octets(struct sf_dump_line *l, struct sf_bytes s, size_t at)
{
	size_t end = at, n, gap = 0;

	while ((n = word(s, end + gap)) != 0) {
		bool last = end + gap + n == s.n;

		if (n % 2 != 0 && !last)
			break;
		end += gap + n;
		l->octets += n / 2;
		l->half = n % 2 != 0;
		gap = sf_scan_blanks(s, end);
		if (gap > 1 && (l->octets != 8 || gap > 2))
			break;
	}
	l->hex = sf_bytes(s.p + at, end - at);
}

/* "I 19:50:14.329673 000000  90 ef": a dump whose time stands at time_at. */
static bool
dump_at_time(struct sf_dump_line *out, size_t time_at)
{
	struct sf_dump_line l = *out;
	size_t at = time_at, start = time_at;
	size_t n = take_time(&l, l.text, at);
	size_t gap, offset;

	if (n == 0)
		return false;
	at += n;
	gap = sf_scan_blanks(l.text, at);
	offset = gap == 0 ? 0 : take_offset(&l, l.text, at + gap);
	if (offset == 0)
		return false;
	take_octets(&l, l.text, at + gap + offset);
	while (start > 0 && sf_scan_blank(l.text.p[start - 1]))
		start--;
	if (start > 0 && start < time_at &&
	    (l.text.p[start - 1] == 'I' || l.text.p[start - 1] == 'O') &&
	    (start == 1 || sf_scan_blank(l.text.p[start - 2]) ||
		l.text.p[start - 2] == '>')) {
		l.direction = (char)l.text.p[start - 1];
		start--;
	}
	l.before = sf_bytes(l.text.p, start);
	if (l.direction == 0 && start >= 2 && sf_scan_blank(l.text.p[1]) &&
	    (l.text.p[0] == 'I' || l.text.p[0] == 'O'))
		l.direction = (char)l.text.p[0]; /* a date between the two */
	if (l.octets == 0 && !l.half)
		return false;
	*out = l;
	return true;
}

/* "000010 01 02", "O 0000 90 ef", "00000010: 0102", "> 0010  01 02". */
static bool
dump_at_start(struct sf_dump_line *out)
{
	struct sf_dump_line l = *out;
	size_t at = sf_scan_blanks(l.text, 0), n;

	if (sf_scan_at(l.text, at) == '>')
		at += 1 + sf_scan_blanks(l.text, at + 1);
	if ((sf_scan_at(l.text, at) == 'I' || sf_scan_at(l.text, at) == 'O') &&
	    sf_scan_blank(sf_scan_at(l.text, at + 1))) {
		l.direction = (char)l.text.p[at];
		at += 1 + sf_scan_blanks(l.text, at + 1);
	}
	n = take_offset(&l, l.text, at);
	if (n == 0)
		return false;
	take_octets(&l, l.text, at + n);
	l.before = sf_bytes(l.text.p, at);
	if (l.octets == 0 && !l.half)
		return false;
	*out = l;
	return true;
}

/* "I 19:50:14.329673" alone: it tells of the dump below. */
static void
preamble(struct sf_dump_line *l)
{
	size_t at = sf_scan_blanks(l->text, 0), n;
	uint8_t c = sf_scan_at(l->text, at);

	if ((c == 'I' || c == 'O') &&
	    (at + 1 == l->text.n || sf_scan_blank(l->text.p[at + 1]))) {
		l->direction = (char)c;
		at += 1 + sf_scan_blanks(l->text, at + 1);
	}
	/* a date may stand in front */
	for (n = at; n < l->text.n && n < at + 12; n++)
		if (take_time(l, l->text, n) != 0)
			break;
}

/* A time in the line with a dump behind it. Each colon is looked at once. */
static bool
find_dump(struct sf_dump_line *l)
{
	const uint8_t *p = l->text.p, *end = p + l->text.n;

	while (p < end) {
		const uint8_t *colon = memchr(p, ':', (size_t)(end - p));
		size_t at;

		if (colon == NULL)
			return false;
		p = colon + 1;
		at = (size_t)(colon - l->text.p);
		if (at >= 2 && sf_scan_at(l->text, at + 3) == ':' &&
		    (at == 2 || !sf_scan_digit(l->text.p[at - 3])) &&
		    dump_at_time(l, at - 2))
			return true;
	}
	return false;
}

/* clang-format off */
static const struct {
	const char *word;
	enum sf_dump_tag tag;
} tags[] = {
	{ "RTP_DUMP",             SF_DUMP_CHROMIUM },
	{ "SCTP_PACKET",          SF_DUMP_CHROMIUM_SCTP },
	{ "RTP_PACKET",           SF_DUMP_FIREFOX },
	{ "RTCP_PACKET",          SF_DUMP_FIREFOX },
	{ "JANUS_TEXT2PCAP_RTP",  SF_DUMP_JANUS },
	{ "JANUS_TEXT2PCAP_RTCP", SF_DUMP_JANUS },
	{ "JANUS_TEXT2PCAP_DATA", SF_DUMP_JANUS_DATA },
};
/* clang-format on */

static enum sf_dump_tag
tag_of(struct sf_bytes s)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		size_t n = strlen(tags[i].word);

		if (s.n >= n && memcmp(s.p, tags[i].word, n) == 0 &&
		    (s.n == n || s.p[n] == ' ' || s.p[n] == '|' ||
			s.p[n] == '\t'))
			return tags[i].tag;
	}
	return SF_DUMP_NO_TAG;
}

/* The first word behind the octets, or the last in front of the dump. */
static enum sf_dump_tag
find_tag(const struct sf_dump_line *l)
{
	size_t at = (size_t)(l->hex.p - l->text.p) + l->hex.n;
	struct sf_bytes s = l->before;
	enum sf_dump_tag tag;

	while (at < l->text.n &&
	       (sf_scan_blank(l->text.p[at]) || l->text.p[at] == '#'))
		at++;
	tag = tag_of(sf_bytes(l->text.p + at, l->text.n - at));
	if (tag != SF_DUMP_NO_TAG)
		return tag;
	while (s.n > 0 && (s.p[s.n - 1] == '>' || s.p[s.n - 1] == '|' ||
			      sf_scan_blank(s.p[s.n - 1])))
		s.n--;
	at = s.n;
	while (at > 0 && !sf_scan_blank(s.p[at - 1]))
		at--;
	return tag_of(sf_bytes(s.p + at, s.n - at));
}

enum sf_status
sf_dump_line_parse(
    struct sf_dump_line *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_dump_line l = { 0 };
	const uint8_t *end;

	*d = (struct sf_diag){ 0 };
	if (in.n == 0) {
		(void)sf_u8(&c);
		return sf_short(d, &c, "line", REF);
	}
	end = memchr(in.p, '\n', in.n);
	l.text = sf_slice(&c, end == NULL ? in.n : (size_t)(end - in.p));
	if (end != NULL)
		(void)sf_u8(&c);
	l.payload = sf_rest(&c);
	if (l.text.n != 0 && l.text.p[l.text.n - 1] == '\r')
		l.text.n--;
	l.hex = sf_bytes(l.text.p, 0);
	l.before = l.text;
	if (find_dump(&l) || dump_at_start(&l))
		l.tag = find_tag(&l);
	else
		preamble(&l);
	*out = l;
	return SF_OK;
}

void
sf_dump_line_decode(const struct sf_dump_line *l, uint8_t *to)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < l->hex.n && n < l->octets; i++) {
		int v = sf_scan_hex(l->hex.p[i]);

		if (v < 0)
			continue;
		if (high < 0) {
			high = v;
			continue;
		}
		to[n++] = (uint8_t)(high << 4 | v);
		high = -1;
	}
}
