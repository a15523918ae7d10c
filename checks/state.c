/*
 * state.c - the uses of keys in earlier captures.
 */
#include "checks/state.h"

#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "engine/hash.h"

#define HEAD  "sframe-tool/state/v1"
#define EVERY 15 /* a mark where these bits of the hashed CTR are 0 */

/* ---- reading ---------------------------------------------------------------- */

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
read_mark(struct sf_ledger *s, struct line *l)
{
	struct sf_state_mark m;

	if (s->n_uses == 0 || s->n_marks == SF_STATE_MARKS ||
	    !take(l, 10, &m.ctr) || !take(l, 16, &m.content))
		return false;
	m.use = s->n_uses - 1;
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

/* ---- the run under way ---------------------------------------------------------- */

static struct sf_state_use *
use_of(struct sf_ledger *s, uint32_t stream, uint64_t fingerprint, uint64_t kid)
{
	struct sf_state_use *u;

	for (uint32_t i = s->n_uses; i-- > 0;) {
		u = &s->uses[i];
		if (u->stream == stream && u->kid == kid &&
		    u->fingerprint == fingerprint)
			return u;
	}
	if (s->n_uses == SF_STATE_USES) {
		s->trimmed++;
		return NULL;
	}
	u = &s->uses[s->n_uses++];
	*u = (struct sf_state_use){ .fingerprint = fingerprint,
		.kid = kid,
		.low = UINT64_MAX,
		.stream = stream };
	return u;
}

void
sf_state_note(struct sf_ledger *s, uint32_t stream, uint64_t fingerprint,
    uint64_t kid, uint64_t ctr, uint64_t content, int64_t time_ns)
{
	struct sf_state_use *u = use_of(s, stream, fingerprint, kid);

	if (u == NULL)
		return;
	u->low = ctr < u->low ? ctr : u->low;
	u->high = ctr > u->high ? ctr : u->high;
	u->last_ns = time_ns > u->last_ns ? time_ns : u->last_ns;
	if ((sf_mix(ctr + 1) & EVERY) == 0 && s->n_marks < SF_STATE_MARKS)
		s->marks[s->n_marks++] =
		    (struct sf_state_mark){ (uint32_t)(u - s->uses), ctr,
			    content };
}

/* ---- adding ------------------------------------------------------------------------ */

static void
drop_oldest(struct sf_ledger *s)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->n_marks; i++)
		if (s->marks[i].use > 0) {
			s->marks[kept] = s->marks[i];
			s->marks[kept++].use--;
		}
	s->n_marks = kept;
	memmove(&s->uses[0], &s->uses[1], --s->n_uses * sizeof(s->uses[0]));
	s->trimmed++;
}

static bool
has_use(const struct sf_ledger *s, const struct sf_state_use *u)
{
	for (uint32_t i = 0; i < s->n_uses; i++) {
		const struct sf_state_use *v = &s->uses[i];

		if (v->fingerprint == u->fingerprint && v->kid == u->kid &&
		    v->endpoint == u->endpoint && v->low == u->low &&
		    v->high == u->high && v->last_ns == u->last_ns)
			return true;
	}
	return false;
}

void
sf_state_add(struct sf_ledger *to, const struct sf_ledger *run)
{
	to->trimmed += run->trimmed;
	for (uint32_t i = 0; i < run->n_uses; i++) {
		const struct sf_state_use *u = &run->uses[i];
		uint32_t n = 0;

		if ((u->fingerprint == 0 && u->endpoint == 0) || has_use(to, u))
			continue;
		for (uint32_t m = 0; m < run->n_marks; m++)
			n += run->marks[m].use == i;
		while (to->n_uses > 0 && (to->n_uses == SF_STATE_USES ||
					     n > SF_STATE_MARKS - to->n_marks))
			drop_oldest(to);
		to->uses[to->n_uses] = *u;
		to->uses[to->n_uses].stream = 0;
		for (uint32_t m = 0; m < run->n_marks; m++)
			if (run->marks[m].use == i)
				to->marks[to->n_marks++] =
				    (struct sf_state_mark){ to->n_uses,
					    run->marks[m].ctr,
					    run->marks[m].content };
		to->n_uses++;
	}
}

/* ---- the rule ------------------------------------------------------------------------ */

static bool
is_one_scope(const struct sf_state_use *a, const struct sf_state_use *b)
{
	if (a->fingerprint != 0 && b->fingerprint != 0)
		return a->fingerprint == b->fingerprint;
	return a->kid == b->kid && a->endpoint != 0 &&
	       a->endpoint == b->endpoint;
}

/* Marks of one use by CTR; index + 1, 0 is free. */
struct marks {
	uint32_t *slots;
	size_t mask;
};

static bool
index_marks(struct marks *t, const struct sf_ledger *s, uint32_t use)
{
	size_t n = 64;

	while (n < 2 * (size_t)s->n_marks)
		n *= 2;
	*t = (struct marks){ calloc(n, sizeof(*t->slots)), n - 1 };
	for (uint32_t m = 0; t->slots != NULL && m < s->n_marks; m++) {
		size_t at = sf_mix(s->marks[m].ctr) & t->mask;

		if (s->marks[m].use != use)
			continue;
		while (t->slots[at] != 0)
			at = (at + 1) & t->mask;
		t->slots[at] = m + 1;
	}
	return t->slots != NULL;
}

/* Counters that both have: with equal frames, with different ones. */
static void
compare_marks(const struct sf_ledger *a, uint32_t i, const struct sf_ledger *b,
    uint32_t j, uint64_t *same, uint64_t *different)
{
	struct marks t;

	*same = *different = 0;
	if (!index_marks(&t, b, j))
		return;
	for (uint32_t m = 0; m < a->n_marks; m++) {
		size_t at = sf_mix(a->marks[m].ctr) & t.mask;
		const struct sf_state_mark *n = NULL;

		if (a->marks[m].use != i)
			continue;
		for (; t.slots[at] != 0 && n == NULL; at = (at + 1) & t.mask)
			if (b->marks[t.slots[at] - 1].ctr == a->marks[m].ctr)
				n = &b->marks[t.slots[at] - 1];
		*same += n != NULL && n->content == a->marks[m].content;
		*different += n != NULL && n->content != a->marks[m].content;
	}
	free(t.slots);
}

static void
fail(struct sf_checks *k, enum sf_finding_id rule, const struct sf_stream *s,
    const struct sf_state_use *now, const struct sf_state_use *before,
    uint64_t times)
{
	struct sf_finding *f =
	    sf_failed(k, rule, s->id, times, s->first, s->last);

	f->kid = now->kid;
	f->frames += times;
	f->earlier_ns = before->last_ns;
}

static void
judge_pair(struct sf_checks *k, uint32_t i, uint32_t j)
{
	const struct sf_state_use *now = &k->run_state->uses[i];
	const struct sf_state_use *before = &k->options.state->uses[j];
	const struct sf_stream *s = k->by_id[now->stream - 1];
	bool known = now->fingerprint != 0 && before->fingerprint != 0;
	uint64_t same, different;

	if (!is_one_scope(now, before))
		return;
	if (now->low > before->high) {
		sf_passed(k, SFN001, 1);
		return;
	}
	compare_marks(k->run_state, i, k->options.state, j, &same, &different);
	if (different > 0)
		fail(k, known ? SFN001 : SFN002, s, now, before, different);
	else if (same == 0 && now->last_ns > before->last_ns)
		fail(k, SFN002, s, now, before, 1);
	else
		sf_passed(k, SFN001, 1);
}

static uint64_t
endpoint_of(const struct sf_checks *k, const struct sf_stream *s)
{
	s = sf_origin_of(k, s);
	if (s->cname[0] != '\0')
		return sf_hash(sf_bytes(s->cname, strlen(s->cname))) | 1;
	return sf_made_up(&s->src)
		   ? 0
		   : sf_hash(sf_bytes(&s->src, sizeof(s->src))) | 1;
}

void
sf_judge_state(struct sf_checks *k)
{
	struct sf_ledger *now = k->run_state;

	if (now == NULL || k->options.state == NULL)
		return;
	for (uint32_t i = 0; i < now->n_uses; i++) {
		const struct sf_stream *s = k->by_id[now->uses[i].stream - 1];

		if (s == NULL || sf_origin_of(k, s) != s)
			continue;
		now->uses[i].endpoint = endpoint_of(k, s);
		for (uint32_t j = 0; j < k->options.state->n_uses; j++)
			judge_pair(k, i, j);
	}
	sf_state_add(k->options.state, now);
}
