/*
 * state_read.c - the file of --state, as text.
 */
#include "checks/state.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "sframe-tool/state/v1"

struct line {
	const char *p, *end;
};

/* One number behind a blank. */
static bool
take(struct line *l, int base, uint64_t *out)
{
	char text[24];
	size_t n = 0;
	char *stop;

	if (l->p == l->end || *l->p != ' ')
		return false;
	for (l->p++; l->p < l->end && *l->p != ' '; l->p++) {
		if (n + 1 == sizeof(text) ||
		    strchr("0123456789abcdef", *l->p) == NULL)
			return false;
		text[n++] = *l->p;
	}
	text[n] = '\0';
	*out = strtoull(text, &stop, base);
	return n > 0 && *stop == '\0';
}

static bool
starts(struct line *l, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(l->end - l->p) < n || memcmp(l->p, word, n) != 0)
		return false;
	l->p += n;
	return true;
}

static bool
read_use(struct sf_ledger *s, struct line *l)
{
	struct sf_state_use u = { 0 };
	uint64_t t;

	if (s->n_uses == SF_STATE_USES || !take(l, 16, &u.fingerprint) ||
	    !take(l, 10, &u.kid) || !take(l, 16, &u.endpoint) ||
	    !take(l, 10, &u.low) || !take(l, 10, &u.high) || !take(l, 10, &t) ||
	    t > INT64_MAX || u.low > u.high)
		return false;
	u.last_ns = (int64_t)t;
	s->uses[s->n_uses++] = u;
	return true;
}

static bool
read_since(struct sf_ledger *s, struct line *l)
{
	struct sf_state_use *u;
	uint64_t t;

	if (s->n_uses == 0)
		return false;
	u = &s->uses[s->n_uses - 1];
	if (u->first_ns != 0 || !take(l, 10, &t) || t > (uint64_t)u->last_ns)
		return false;
	u->first_ns = (int64_t)t;
	return true;
}

static bool
read_range(struct sf_ledger *s, struct line *l)
{
	struct sf_state_use *u;
	struct sf_counter_range r;

	if (s->n_uses == 0)
		return false;
	u = &s->uses[s->n_uses - 1];
	return take(l, 10, &r.low) && take(l, 10, &r.high) &&
	       take(l, 10, &r.n) && r.low >= u->low && r.high <= u->high &&
	       sf_counters_append(&u->counters, r);
}

static bool
read_mark(struct sf_ledger *s, struct line *l)
{
	struct sf_state_mark m;

	if (s->n_uses == 0 || s->n_marks == SF_STATE_MARKS ||
	    !take(l, 10, &m.ctr) || !take(l, 16, &m.content))
		return false;
	m.use = s->n_uses - 1;
	s->uses[m.use].marks++;
	s->marks[s->n_marks++] = m;
	return true;
}

static bool
read_line(struct sf_ledger *s, struct line l, unsigned number, bool *ended)
{
	uint64_t n;
	bool good;

	if (number == 1)
		return starts(&l, HEAD) && l.p == l.end;
	if (*ended)
		return false;
	if (starts(&l, "use"))
		good = read_use(s, &l);
	else if (starts(&l, "at"))
		good = read_mark(s, &l);
	else if (starts(&l, "since"))
		good = read_since(s, &l);
	else if (starts(&l, "range"))
		good = read_range(s, &l);
	else if (starts(&l, "trimmed"))
		good = take(&l, 10, &s->trimmed);
	else
		good = *ended =
		    starts(&l, "end") && take(&l, 10, &n) && n == s->n_uses;
	return good && l.p == l.end;
}

bool
sf_state_read(struct sf_ledger *out, struct sf_bytes text, unsigned *line)
{
	const char *p = (const char *)text.p, *end = p + text.n;
	bool ended = text.n == 0;

	out->trimmed = 0;
	out->n_uses = out->n_marks = 0;
	for (*line = 1; p < end; ++*line) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (stop == NULL ||
		    !read_line(out, (struct line){ p, stop }, *line, &ended))
			return false;
		p = stop + 1;
	}
	return ended; /* a file that was cut has no end */
}
