#include "engine/sdp/sdplog.h"

#include <string.h>

#include "parsers/text/log_sdp.h"
#include "parsers/text/scan.h"

/* Lines of others that may stand between two of a description: a busy log has
   packets there. */
#define STRANGERS_PREFIXED 256
#define STRANGERS          16

static struct sf_bytes
without_end(struct sf_bytes line)
{
	while (line.n > 0 &&
	       (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return line;
}

static bool
is_field(struct sf_bytes s, size_t at)
{
	uint8_t c = sf_scan_at(s, at);

	return c >= 'a' && c <= 'z' && sf_scan_at(s, at + 1) == '=';
}

static bool
is_quote(uint8_t c)
{
	return c == '\'' || c == '"' || c == '`';
}

/* ---- one description ------------------------------------------------------ */

/* RFC 8866 5.2: o=<username> <sess-id> <sess-version> IN ...; it is the second
   line, and without it this is about something else. */
static bool
has_origin(struct sf_bytes text)
{
	static const char net[] = " IN ";
	const uint8_t *end;
	size_t n;

	if (text.n < 6 || memcmp(text.p, "v=0\no=", 6) != 0)
		return false;
	end = memchr(text.p + 6, '\n', text.n - 6);
	n = end == NULL ? text.n : (size_t)(end - text.p);
	for (size_t i = 6; i + sizeof(net) - 1 <= n; i++)
		if (memcmp(text.p + i, net, sizeof(net) - 1) == 0)
			return true;
	return false;
}

/* There is no room for one: that it was there is all that can be told. */
static void
give_up(struct sf_sdplog *l)
{
	struct sf_sdplog_found f = {
		.text = sf_bytes(NULL, 0), .line = l->began, .too_large = true
	};

	l->open = false;
	if (has_origin(sf_bytes(l->text, l->n)))
		l->sink(l->ctx, &f);
}

static void
add_line(struct sf_sdplog *l, struct sf_bytes line)
{
	if (line.n + 1 > SF_SDPLOG_OCTETS - l->n) {
		give_up(l);
		return;
	}
	memcpy(l->text + l->n, line.p, line.n);
	l->n += line.n;
	l->text[l->n++] = '\n';
	l->media |= line.p[0] == 'm';
	l->strangers = 0;
}

static void
give(struct sf_sdplog *l, bool whole)
{
	struct sf_sdplog_found f = {
		.text = sf_bytes(l->text, l->n),
		.line = l->began,
		.whole = whole,
	};

	l->open = false;
	if (l->media && has_origin(f.text))
		l->sink(l->ctx, &f);
}

static void
begin(struct sf_sdplog *l)
{
	l->open = true;
	l->settled = l->prefixed = l->media = false;
	l->strangers = 0;
	l->n = 0;
	l->began = l->line;
}

/* All of it stands in the line. */
static void
take_escaped(struct sf_sdplog *l, const struct sf_log_sdp *s)
{
	struct sf_bytes text = s->text;

	begin(l);
	if (text.n > SF_SDPLOG_OCTETS - 1)
		text.n = SF_SDPLOG_OCTETS - 1;
	l->n = sf_log_sdp_decode(text, l->text);
	if (text.n < s->text.n) {
		give_up(l);
		return;
	}
	if (l->n > 0 && l->text[l->n - 1] != '\n')
		l->text[l->n++] = '\n';
	for (size_t i = 1; i + 1 < l->n; i++)
		l->media |= l->text[i - 1] == '\n' && l->text[i] == 'm' &&
			    l->text[i + 1] == '=';
	give(l, s->whole);
}

static void
begin_lines(struct sf_sdplog *l, const struct sf_log_sdp *s)
{
	begin(l);
	add_line(l, sf_bytes(s->text.p, 3));
	l->prefix_n = s->before.n < SF_SDPLOG_PREFIX ? s->before.n : 0;
	memcpy(l->prefix, s->before.p, l->prefix_n);
}

/* ---- its lines ------------------------------------------------------------ */

/* Behind blanks, and the mark of a string where each line is one. */
static size_t
bare_at(struct sf_bytes line)
{
	size_t at = sf_scan_blanks(line, 0);

	return is_quote(sf_scan_at(line, at)) ? at + 1 : at;
}

/* What the log put in front of the v= line, numbers aside; returns where that
   ends in this line, 0 when it begins otherwise. */
static size_t
prefixed_at(const struct sf_sdplog *l, struct sf_bytes line)
{
	size_t at = 0, i = 0;

	while (i < l->prefix_n) {
		if (sf_scan_digit(l->prefix[i]) &&
		    sf_scan_digit(sf_scan_at(line, at))) {
			while (i < l->prefix_n && sf_scan_digit(l->prefix[i]))
				i++;
			while (sf_scan_digit(sf_scan_at(line, at)))
				at++;
		} else if (sf_scan_at(line, at) == l->prefix[i]) {
			at++;
			i++;
		} else {
			return 0;
		}
	}
	return at;
}

/* Where the line has its field; the second, o=, settles how lines begin. */
static bool
find_field(struct sf_sdplog *l, struct sf_bytes line, size_t *at)
{
	size_t bare = bare_at(line), behind = prefixed_at(l, line);

	if (!l->settled) {
		bool prefixed = behind != 0 && is_field(line, behind);

		*at = prefixed ? behind : bare;
		if (!is_field(line, *at) || line.p[*at] != 'o')
			return false;
		l->settled = true;
		l->prefixed = prefixed;
		return true;
	}
	*at = l->prefixed ? behind : bare;
	return (!l->prefixed || behind != 0) && is_field(line, *at);
}

/* Android cuts messages off at 4068 octets (LOGGER_ENTRY_MAX_PAYLOAD), what it
   writes in front included. */
static bool
may_be_cut(const struct sf_sdplog *l)
{
	return !l->prefixed && l->n > 3900 && l->n <= 4096;
}

/* The field, up to an escaped line end that the log wrote out. */
static struct sf_bytes
field_of(struct sf_bytes line, size_t at)
{
	struct sf_bytes f = sf_bytes(line.p + at, line.n - at);
	const uint8_t *p = memchr(f.p, '\\', f.n);

	while (p != NULL) {
		size_t i = (size_t)(p - f.p);

		if (sf_log_sdp_line_end(f, i) != 0) {
			f.n = i;
			break;
		}
		p = memchr(p + 1, '\\', f.n - i - 1);
	}
	return f;
}

/* A line while a description is open. */
static void
carry_on(struct sf_sdplog *l, struct sf_bytes line)
{
	unsigned most = l->prefixed ? STRANGERS_PREFIXED : STRANGERS;
	size_t at;

	if (find_field(l, line, &at)) {
		add_line(l, field_of(line, at));
		return;
	}
	if (line.n == 0)
		return;
	if (!l->settled)
		l->open = ++l->strangers <= STRANGERS_PREFIXED;
	else if ((!l->prefixed && is_quote(line.p[0])) || ++l->strangers > most)
		give(l, !may_be_cut(l));
}

/* A line that ends in v=0 begins one, unless one goes on behind other words. */
static bool
is_stranger(
    const struct sf_sdplog *l, const struct sf_log_sdp *s, struct sf_bytes line)
{
	return l->open && l->settled && l->prefixed &&
	       s->form == SF_LOG_SDP_LINES &&
	       prefixed_at(l, line) != s->before.n;
}

void
sf_sdplog_line(struct sf_sdplog *l, struct sf_bytes line)
{
	struct sf_log_sdp s;
	struct sf_diag d;

	l->line++;
	line = without_end(line);
	if (sf_log_sdp_parse(&s, line, &d) != SF_OK ||
	    is_stranger(l, &s, line)) {
		if (l->open)
			carry_on(l, line);
		return;
	}
	do {
		if (l->open)
			give(l, true);
		if (s.form == SF_LOG_SDP_ESCAPED)
			take_escaped(l, &s);
		else
			begin_lines(l, &s);
	} while (!l->open && sf_log_sdp_parse(&s, s.payload, &d) == SF_OK);
}

void
sf_sdplog_end(struct sf_sdplog *l)
{
	if (l->open)
		give(l, false);
}
