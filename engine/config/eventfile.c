/*
 * eventfile.c - joins and leaves of a call, out of CSV or JSON.
 */
#include "engine/config/eventfile.h"

#include <stdio.h>
#include <string.h>

#include "engine/config/json.h"

#define SCHEMA "sframe-tool/events/v1"
#define HEADER "time,participant,event"

struct reader {
	struct sf_events *out;
	struct sf_eventfile_error *error;
	unsigned row; /* line from 1, or element from 0 */
	bool json;
};

static bool
stop(struct reader *r, size_t at, const char *member, const char *cause,
    const char *remedy)
{
	struct sf_eventfile_error *e = r->error;

	*e = (struct sf_eventfile_error){
		.cause = cause, .remedy = remedy, .at = at
	};
	if (r->json && member != NULL)
		snprintf(e->place, sizeof(e->place), "events[%u].%s", r->row,
		    member);
	return false;
}

/* ---- times ------------------------------------------------------------------ */

/* n digits of s, or -1. */
static int64_t
digits(const char *s, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

/* ".25" and what is behind it: nanoseconds. Moves *s over it. */
static bool
read_fraction(const char **s, const char *end, int64_t *ns)
{
	int64_t unit = 100000000;

	*ns = 0;
	if (*s == end || **s != '.')
		return true;
	++*s;
	if (*s == end || **s < '0' || **s > '9')
		return false;
	for (; *s < end && **s >= '0' && **s <= '9'; ++*s) {
		if (unit == 0)
			return false;
		*ns += (**s - '0') * unit;
		unit /= 10;
	}
	return true;
}

static bool
is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static bool
days_since_1970(int64_t y, int64_t m, int64_t d, int64_t *days)
{
	static const int upto[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273,
		304, 334, 365 };
	int64_t leap = m > 2 && is_leap(y);
	int64_t before = y - 1;

	if (y < 1970 || y > 2261 || m < 1 || m > 12 || d < 1 ||
	    d > upto[m] - upto[m - 1] + (m == 2 && is_leap(y)))
		return false;
	*days = (y - 1970) * 365 + before / 4 - before / 100 + before / 400 -
		477 + upto[m - 1] + leap + d - 1;
	return true;
}

static bool
read_rfc3339(const char *s, size_t n, int64_t *ns)
{
	const char *end = s + n, *p = s + 19;
	int64_t days, h, m, sec, part, off_h, off_m, offset = 0;

	if (n < 20 || s[4] != '-' || s[7] != '-' ||
	    (s[10] != 'T' && s[10] != 't' && s[10] != ' ') || s[13] != ':' ||
	    s[16] != ':' ||
	    !days_since_1970(
		digits(s, 4), digits(s + 5, 2), digits(s + 8, 2), &days))
		return false;
	h = digits(s + 11, 2);
	m = digits(s + 14, 2);
	sec = digits(s + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 ||
	    !read_fraction(&p, end, &part))
		return false;
	if (end - p == 6 && (*p == '+' || *p == '-') && p[3] == ':') {
		off_h = digits(p + 1, 2);
		off_m = digits(p + 4, 2);
		if (off_h < 0 || off_h > 23 || off_m < 0 || off_m > 59)
			return false;
		offset = (off_h * 60 + off_m) * (*p == '+' ? 60 : -60);
	} else if (end - p != 1 || (*p != 'Z' && *p != 'z')) {
		return false;
	}
	*ns = (((days * 24 + h) * 60 + m) * 60 + sec - offset) * 1000000000 +
	      part;
	return true;
}

bool
sf_event_time(const char *s, size_t n, int64_t *ns)
{
	const char *p = s, *end = s + n;
	int64_t whole, part;

	if (n > 4 && s[4] == '-')
		return read_rfc3339(s, n, ns);
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == s || p - s > 10)
		return false;
	whole = digits(s, (size_t)(p - s));
	if (whole > 9200000000 || !read_fraction(&p, end, &part) || p != end)
		return false;
	*ns = whole * 1000000000 + part;
	return true;
}

/* ---- one event ---------------------------------------------------------------- */

/* Where each of the three stands in the text, for errors. */
struct row {
	struct sf_bytes time, name, what;
	size_t at_time, at_name, at_what;
};

#define COLUMNS   3
#define FIELD_MAX 128 /* octets of a field in quotes; more is too long anyway */

static bool
is(struct sf_bytes b, const char *word)
{
	return b.n == strlen(word) && memcmp(b.p, word, b.n) == 0;
}

static bool
add_row(struct reader *r, const struct row *w)
{
	struct sf_event *e;

	if (r->out->n == SF_EVENTS_MAX)
		return stop(r, w->at_time, NULL, "more than 4096 events",
		    "give those of this call only");
	e = &r->out->v[r->out->n];
	*e = (struct sf_event){ .from = SF_EVENT_TOLD };
	if (!sf_event_time((const char *)w->time.p, w->time.n, &e->time_ns))
		return stop(r, w->at_time, "time", "not a time",
		    "write it as 2026-03-01T20:35:00.25Z, or as seconds since "
		    "1970");
	if (w->name.n == 0 || w->name.n >= SF_PARTICIPANT_MAX ||
	    memchr(w->name.p, 0, w->name.n) != NULL)
		return stop(r, w->at_name, "participant",
		    "not a name of 1 to 63 octets",
		    "a CNAME or an SSRC such as 0x5a438dd3 ties it to a "
		    "sender of the capture");
	memcpy(e->participant, w->name.p, w->name.n);
	if (is(w->what, "leave"))
		e->what = SF_EVENT_LEAVE;
	else if (!is(w->what, "join"))
		return stop(
		    r, w->at_what, "event", "neither join nor leave", "");
	r->out->n++;
	return true;
}

/* ---- CSV ------------------------------------------------------------------------ */

/* A line of the three columns, as RFC 4180 has it; it may go over several. */
struct line {
	struct sf_bytes text;
	size_t at; /* octets read */
	unsigned n;
	struct sf_bytes fields[COLUMNS];
	size_t places[COLUMNS];
	uint8_t room[COLUMNS][FIELD_MAX]; /* fields that stood in quotes */
};

static bool
has_more(const struct line *l)
{
	return l->at < l->text.n;
}

static uint8_t
next_of(const struct line *l)
{
	return has_more(l) ? l->text.p[l->at] : '\n';
}

/* Passes a line end; false when there is none. */
static bool
pass_end(struct line *l)
{
	if (next_of(l) == '\r' && l->at + 1 < l->text.n &&
	    l->text.p[l->at + 1] == '\n')
		l->at++;
	if (next_of(l) != '\n')
		return false;
	l->at += has_more(l);
	return true;
}

/* A field in quotes, in which two of them are one. */
static bool
take_quoted(struct reader *r, struct line *l, struct sf_bytes *out)
{
	size_t from = l->at++, n = 0;
	uint8_t *room = l->room[l->n];

	for (; has_more(l); l->at++) {
		if (next_of(l) == '"') {
			l->at++;
			if (!has_more(l) || next_of(l) != '"') {
				*out = sf_bytes(room, n);
				return true;
			}
		}
		if (n < FIELD_MAX)
			room[n++] = next_of(l);
	}
	return stop(r, from, NULL, "a quote that does not end",
	    "a field that begins with a quote ends with one; write \"\" for "
	    "one "
	    "in it");
}

static void
take_bare(struct line *l, struct sf_bytes *out)
{
	size_t from = l->at;

	while (next_of(l) != ',' && next_of(l) != '\n')
		l->at++;
	*out = sf_bytes(l->text.p + from, l->at - from);
	if (next_of(l) == '\n' && out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
}

/* The fields up to the end of the line, which is passed. */
static bool
take_fields(struct reader *r, struct line *l)
{
	size_t from = l->at;

	for (l->n = 0; l->n < COLUMNS; l->n++) {
		l->places[l->n] = l->at;
		if (next_of(l) != '"')
			take_bare(l, &l->fields[l->n]);
		else if (!take_quoted(r, l, &l->fields[l->n]))
			return false;
		if (l->n + 1 == COLUMNS && pass_end(l))
			return true;
		if (next_of(l) != ',')
			break;
		l->at++;
	}
	return stop(r, from, NULL, "not three columns", "each line is " HEADER);
}

static bool
is_header(const struct line *l)
{
	return is(l->fields[0], "time") && is(l->fields[1], "participant") &&
	       is(l->fields[2], "event");
}

static bool
read_csv(struct reader *r, struct sf_bytes text)
{
	struct line l = { .text = text };
	bool first = true;

	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		l.at = 3;
	while (has_more(&l)) {
		if (pass_end(&l))
			continue;
		if (!take_fields(r, &l))
			return false;
		if (!(first && is_header(&l)) &&
		    !add_row(
			r, &(struct row){ l.fields[0], l.fields[1], l.fields[2],
			       l.places[0], l.places[1], l.places[2] }))
			return false;
		first = false;
	}
	return true;
}

/* ---- JSON ------------------------------------------------------------------------- */

static bool
take_string(struct reader *r, const struct sf_json *j,
    const struct cJSON *object, const char *name, struct sf_bytes *out,
    size_t *at)
{
	const struct cJSON *v = sf_json_member(object, name);
	const char *s = v == NULL ? NULL : sf_json_string(v);

	*at = sf_json_place(j, v == NULL ? object : v);
	if (s == NULL)
		return stop(r, *at, name,
		    v == NULL ? "missing" : "not a string",
		    "each event has time, participant and event, all strings");
	*out = sf_bytes(s, strlen(s));
	return true;
}

static bool
only(struct reader *r, const struct sf_json *j, const struct cJSON *object,
    const char *const *names)
{
	const struct cJSON *v = sf_json_stranger(object, names);

	return v == NULL || stop(r, sf_json_place(j, v), NULL, "unknown member",
				"check its spelling and where it stands, or "
				"leave it out");
}

static bool
read_object(struct reader *r, const struct sf_json *j, const struct cJSON *v)
{
	static const char *const names[] = { "time", "participant", "event",
		NULL };
	struct row w;

	if (sf_json_kind(v) != SF_JSON_OBJECT)
		return stop(r, sf_json_place(j, v), NULL, "not an object",
		    "write each event between { and }");
	return only(r, j, v, names) &&
	       take_string(r, j, v, "time", &w.time, &w.at_time) &&
	       take_string(r, j, v, "participant", &w.name, &w.at_name) &&
	       take_string(r, j, v, "event", &w.what, &w.at_what) &&
	       add_row(r, &w);
}

static bool
read_root(struct reader *r, const struct sf_json *j)
{
	static const char *const names[] = { "schema", "events", NULL };
	const struct cJSON *events = sf_json_member(j->root, "events");
	const struct cJSON *schema = sf_json_member(j->root, "schema");
	const char *s = schema == NULL ? NULL : sf_json_string(schema);

	if (!only(r, j, j->root, names))
		return false;
	if (s == NULL || strcmp(s, SCHEMA) != 0)
		return stop(r, schema == NULL ? 0 : sf_json_place(j, schema),
		    NULL, "not a file of events",
		    "its first member is \"schema\": \"" SCHEMA "\"");
	if (events == NULL || sf_json_kind(events) != SF_JSON_ARRAY)
		return stop(r, 0, NULL, "no array of events",
		    "add \"events\": [ ... ]");
	for (const struct cJSON *v = sf_json_first(events); v != NULL;
	     v = sf_json_next(v), r->row++)
		if (!read_object(r, j, v))
			return false;
	return true;
}

static bool
read_json(struct reader *r, struct sf_bytes text)
{
	struct sf_json j;
	struct sf_json_error e;
	bool good;

	r->json = true;
	if (!sf_json_read(&j, text, &e))
		return stop(r, e.at, NULL, e.cause, e.remedy);
	good = read_root(r, &j);
	sf_json_wipe(&j);
	return good;
}

bool
sf_eventfile_read(struct sf_events *out, struct sf_bytes text,
    struct sf_eventfile_error *error)
{
	struct reader r = { .out = out, .error = error };
	size_t at = 0;

	out->n = 0;
	*error = (struct sf_eventfile_error){ .cause = "" };
	while (at < text.n && memchr(" \t\r\n", text.p[at], 4) != NULL)
		at++;
	if (at == text.n)
		return stop(
		    &r, 0, NULL, "no events in it", "each line is " HEADER);
	return text.p[at] == '{' ? read_json(&r, text) : read_csv(&r, text);
}

const char *
sf_event_what_name(enum sf_event_what w)
{
	return w == SF_EVENT_JOIN ? "join" : "leave";
}

const char *
sf_event_from_name(enum sf_event_from f)
{
	static const char *const names[] = { "told", "new-stream", "bye",
		"stream-end" };

	return names[f];
}
