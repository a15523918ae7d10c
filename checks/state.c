/*
 * state.c - the uses of keys in earlier captures.
 */
#include "checks/state.h"

#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "engine/base/hash.h"

#define MARKS  1024       /* of one use, at most */
#define FEW    16         /* that a use keeps */
#define JOINED UINT32_MAX /* no use any more: part of another */
#define LATER_NS                                                               \
	((int64_t)60 * 1000000000) /* another call: clocks of two
                                               machines are closer */

/* ---- the run under way ---------------------------------------------------------- */

/* With keys all streams of one key count as one. */
static struct sf_state_use *
use_of(struct sf_ledger *s, uint32_t stream, uint64_t fingerprint, uint64_t kid)
{
	struct sf_state_use *u;

	for (uint32_t i = s->n_uses; i-- > 0;) {
		u = &s->uses[i];
		if (u->fingerprint == fingerprint &&
		    (fingerprint != 0 ||
			(u->stream == stream && u->kid == kid)))
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
		.first_ns = INT64_MAX,
		.stream = stream };
	return u;
}

static bool
is_marked(uint64_t ctr, unsigned thinned)
{
	return (sf_mix(ctr + 1) & (((uint64_t)1 << thinned) - 1)) == 0;
}

/* Half of its marks go: the same ones in every capture. */
static void
thin_out(struct sf_ledger *s, uint32_t use)
{
	struct sf_state_use *u = &s->uses[use];
	uint32_t kept = 0;

	u->thinned++;
	u->marks = 0;
	for (uint32_t i = 0; i < s->n_marks; i++) {
		struct sf_state_mark m = s->marks[i];

		if (m.use == use && !is_marked(m.ctr, u->thinned))
			continue;
		u->marks += m.use == use;
		s->marks[kept++] = m;
	}
	s->n_marks = kept;
}

/* The use that has most marks gives half of them. False: none has many. */
static bool
thin_most(struct sf_ledger *s)
{
	uint32_t most = 0, had;

	for (uint32_t i = 1; i < s->n_uses; i++)
		if (s->uses[i].marks > s->uses[most].marks)
			most = i;
	if (s->n_uses == 0 || s->uses[most].marks <= FEW)
		return false;
	had = s->uses[most].marks;
	while (s->uses[most].marks == had && s->uses[most].thinned < 63)
		thin_out(s, most);
	return s->uses[most].marks < had;
}

static void
mark(struct sf_ledger *s, uint32_t use, uint64_t ctr, uint64_t content)
{
	struct sf_state_use *u = &s->uses[use];

	if (!is_marked(ctr, u->thinned))
		return;
	if (u->marks == MARKS)
		thin_out(s, use);
	if (s->n_marks == SF_STATE_MARKS)
		(void)thin_most(s);
	if (s->n_marks == SF_STATE_MARKS || !is_marked(ctr, u->thinned))
		return;
	u->marks++;
	s->marks[s->n_marks++] = (struct sf_state_mark){ use, ctr, content };
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
	u->first_ns = time_ns < u->first_ns ? time_ns : u->first_ns;
	u->last_ns = time_ns > u->last_ns ? time_ns : u->last_ns;
	sf_counters_add(&u->counters, ctr);
	mark(s, (uint32_t)(u - s->uses), ctr, content);
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

		if (u->marks == JOINED ||
		    (u->fingerprint == 0 && u->endpoint == 0) || has_use(to, u))
			continue;
		for (uint32_t m = 0; m < run->n_marks; m++)
			n += run->marks[m].use == i;
		while (n > SF_STATE_MARKS - to->n_marks && thin_most(to))
			continue;
		while (to->n_uses > 0 && (to->n_uses == SF_STATE_USES ||
					     n > SF_STATE_MARKS - to->n_marks))
			drop_oldest(to);
		to->uses[to->n_uses] = *u;
		to->uses[to->n_uses].stream = 0;
		to->uses[to->n_uses].marks = n;
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

/*
 * The same counters in two captures, in other frames. Frames are looked at
 * where both captures kept the same counter. Where they kept none in common,
 * counters that both used for certain, at times far apart, were used for two
 * frames.
 */
static void
judge_pair(struct sf_checks *k, uint32_t i, uint32_t j)
{
	const struct sf_state_use *now = &k->run_state->uses[i];
	const struct sf_state_use *before = &k->options.state->uses[j];
	const struct sf_stream *s = k->by_id[now->stream - 1];
	bool known = now->fingerprint != 0 && before->fingerprint != 0;
	enum sf_finding_id rule = known ? SFN001 : SFN002;
	uint64_t same, different, common;
	bool maybe;

	if (!is_one_scope(now, before))
		return;
	if (now->low > before->high) {
		sf_passed(k, SFN001, 1);
		return;
	}
	compare_marks(k->run_state, i, k->options.state, j, &same, &different);
	common = sf_counters_common(&now->counters, &before->counters, &maybe);
	if (different > 0)
		fail(k, rule, s, now, before,
		    same == 0 && common > different ? common : different);
	else if (same > 0)
		sf_passed(k, SFN001, 1);
	else if (common > 0 && now->first_ns > before->last_ns + LATER_NS)
		fail(k, rule, s, now, before, common);
	else if (now->last_ns > before->last_ns)
		fail(k, SFN002, s, now, before, 1);
	else
		sf_passed(k, SFN001, 1);
}

/* Streams of one endpoint under one KID are one use, where no key tells. */
static void
join_uses(struct sf_ledger *s)
{
	for (uint32_t i = 0; i < s->n_uses; i++) {
		struct sf_state_use *u = &s->uses[i];

		for (uint32_t j = 0; j < i && u->fingerprint == 0; j++) {
			struct sf_state_use *to = &s->uses[j];

			if (to->fingerprint != 0 || to->kid != u->kid ||
			    to->endpoint == 0 || to->endpoint != u->endpoint ||
			    u->marks == JOINED)
				continue;
			sf_counters_join(&to->counters, &u->counters);
			if (u->low < to->low)
				to->low = u->low;
			if (u->high > to->high)
				to->high = u->high;
			if (u->first_ns < to->first_ns)
				to->first_ns = u->first_ns;
			if (u->last_ns > to->last_ns)
				to->last_ns = u->last_ns;
			for (uint32_t m = 0; m < s->n_marks; m++)
				if (s->marks[m].use == i)
					s->marks[m].use = j;
			u->marks = JOINED;
		}
	}
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

/* Copies that an SFU made speak for nobody, but where a key tells whose. */
static void
find_endpoints(const struct sf_checks *k, struct sf_ledger *now)
{
	for (uint32_t i = 0; i < now->n_uses; i++) {
		struct sf_state_use *u = &now->uses[i];
		const struct sf_stream *s = k->by_id[u->stream - 1];

		if (s != NULL && sf_origin_of(k, s) == s)
			u->endpoint = endpoint_of(k, s);
	}
}

void
sf_judge_state(struct sf_checks *k)
{
	struct sf_ledger *now = k->run_state;

	if (now == NULL || k->options.state == NULL)
		return;
	find_endpoints(k, now);
	join_uses(now);
	for (uint32_t i = 0; i < now->n_uses; i++) {
		const struct sf_state_use *u = &now->uses[i];

		if (u->marks == JOINED || k->by_id[u->stream - 1] == NULL)
			continue;
		for (uint32_t j = 0; j < k->options.state->n_uses; j++)
			judge_pair(k, i, j);
	}
	sf_state_add(k->options.state, now);
}
