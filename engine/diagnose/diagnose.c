/*
 * diagnose.c - goes through the trials, the keys and the suites until one of
 * them opens the frame.
 */
#include "engine/diagnose/diagnose.h"
#include "engine/diagnose/vary.h"

#include <stdlib.h>

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* A tag of fewer octets proves nothing alone: thousands of ways are tried. */
#define PROOF_OCTETS 8

/* A bound on the work of one search: keys tried, and more for a long frame. */
#define EFFORT 200000

/* Derivations by the book, kept because most trials share them. */
#define KEPT 16

static const struct sf_mistake_row rows[] = {
#define MISTAKE(name, slug, text, remedy) { slug, text, remedy },
#include "engine/diagnose/mistakes.def"
#undef MISTAKE
};

const struct sf_mistake_row *
sf_mistake_row(enum sf_mistake m)
{
	return m == SF_MISTAKE_NONE || m >= SF_MISTAKES ? NULL : &rows[m - 1];
}

/* ---- trials --------------------------------------------------------------- */

enum needs {
	ANY = 0,
	CTR = 1 << 0, /* suites */
	GCM = 1 << 1,
	SAID_SUITE = 1 << 2, /* the key file names one */
	SENDER = 1 << 3,     /* schemes */
	MLS = 1 << 4,
	EXPORTER = 1 << 5, /* the key file has the exporter secret */
	PER_SSRC = 1 << 6,
	NOT_PER_SSRC = 1 << 7,
	METADATA = 1 << 8,
	PREFIX = 1 << 9,     /* something stands in front of the header */
	TELLS = 1 << 10,     /* the number is one for the report */
	TELLS_SSRC = 1 << 11 /* it stands for an SSRC */
};

static const struct trial {
	enum sf_mistake mistake;
	unsigned needs; /* enum needs */
	int first, last;
	struct sf_vary v;
} trials[] = {
#define TRIAL(name, needs, first, last, ...)                                   \
	{ SF_MISTAKE_##name, needs, first, last, { __VA_ARGS__ } },
#include "engine/diagnose/trials.def"
#undef TRIAL
};

/* ---- one search ----------------------------------------------------------- */

struct kept {
	bool full;
	const struct sf_key_entry *entry;
	const struct sf_suite *suite;
	uint64_t kid;
	struct sf_derived derived;
};

struct search {
	const struct sf_crypto *c;
	const struct sf_keyfile *keys;
	struct sf_bytes frame, other;
	size_t at;
	uint32_t ssrc;
	struct sf_ssrcs ssrcs;
	const struct trial *trial;
	struct sf_diagnosis found, first; /* first: explains frame alone */
	size_t effort;                    /* what is left of it */
	struct sf_put changed, other_changed;
	struct sf_workspace work;
	struct kept kept[KEPT];
	struct sf_derived derived; /* of the trial at hand */
	size_t octets;             /* of all this, to be wiped */
	uint8_t room[];
};

/* Room for a frame with every octet escaped, and for all that is put to it. */
static size_t
room_for(size_t frame, size_t other)
{
	return 2 * (frame > other ? frame : other) + 1024;
}

static struct search *
search_new(const struct sf_crypto *c, const struct sf_keyfile *keys,
    struct sf_bytes frame, struct sf_bytes other)
{
	size_t each = room_for(frame.n, other.n);
	size_t octets = sizeof(struct search) + 5 * each;
	struct search *s = calloc(1, octets);

	if (s == NULL)
		return NULL;
	s->c = c;
	s->keys = keys;
	s->frame = frame;
	s->other = other;
	s->octets = octets;
	s->changed = sf_put(s->room, each);
	s->other_changed = sf_put(s->room + each, each);
	s->work.aad = sf_put(s->room + 2 * each, each);
	s->work.input = sf_put(s->room + 3 * each, each);
	s->work.plain = sf_put(s->room + 4 * each, each);
	return s;
}

static void
search_free(struct search *s)
{
	s->c->wipe(s, s->octets);
	free(s);
}

/* ---- one key, one suite --------------------------------------------------- */

static bool
by_the_book(const struct sf_vary_key *key)
{
	static const struct sf_vary_key book;

	return memcmp(key, &book, sizeof(book)) == 0;
}

/* The key of k, derived now or before; NULL when there is none. */
static const struct sf_derived *
derived(struct search *s, const struct sf_vary *v, const struct sf_key_for *k)
{
	size_t entry = (size_t)(k->entry - s->keys->keys);
	struct kept *kept = &s->kept[(entry * SF_SUITES + k->suite->id) % KEPT];

	if (!by_the_book(&v->key) || v->who != SF_WHO_KID)
		return sf_derive(&s->derived, v, k) ? &s->derived : NULL;
	if (kept->full && kept->entry == k->entry && kept->suite == k->suite &&
	    kept->kid == k->kid)
		return &kept->derived;
	kept->full = sf_derive(&kept->derived, v, k);
	kept->entry = k->entry;
	kept->suite = k->suite;
	kept->kid = k->kid;
	return kept->full ? &kept->derived : NULL;
}

static bool
strive(struct search *s, size_t effort)
{
	if (effort > s->effort) {
		s->effort = 0;
		return false;
	}
	s->effort -= effort;
	return true;
}

/* Octets of the tag that match, with the key of k in place of its KID's. */
static size_t
matches(struct search *s, const struct sf_vary *v, struct sf_key_for *k,
    const struct sf_parted *p)
{
	const struct sf_derived *d;

	if (!strive(s, 1 + p->payload.n / 1024))
		return 0;
	k->kid = p->kid;
	d = derived(s, v, k);
	return d == NULL ? 0 : sf_tag_matches(v, k, d, p, &s->work);
}

static bool
explains_other(struct search *s, const struct sf_vary *v, struct sf_key_for k)
{
	struct sf_parted p;

	return s->other.n != 0 &&
	       sf_part(&p, v, s->other, s->at, &s->other_changed) &&
	       matches(s, v, &k, &p) != 0;
}

static void
tell(struct search *s, const struct sf_vary *v, const struct sf_key_for *k)
{
	unsigned needs = s->trial == NULL ? 0 : s->trial->needs;
	struct sf_diagnosis *f = &s->found;
	uint64_t said_kid = k->kid;

	f->suite = k->suite->id;
	f->said_suite =
	    v->key.suite == SF_SUITE_NUMBER ? (uint16_t)v->n : k->suite->id;
	f->entry = (unsigned)(k->entry - s->keys->keys);
	if (v->key.kid == SF_KID_OTHER)
		said_kid = s->derived.said_kid;
	if (v->who == SF_WHO_OTHER_KID)
		said_kid = s->keys->scheme == SF_SCHEME_MLS ? k->entry->epoch
							    : k->entry->kid;
	f->kid = said_kid;
	f->ssrc = needs & TELLS_SSRC ? s->ssrcs.ssrc[v->n] : s->ssrc;
	f->step = needs & TELLS ? v->n : 0;
}

static bool
with_suite(struct search *s, const struct sf_vary *v,
    const struct sf_key_entry *e, const struct sf_suite *suite,
    const struct sf_parted *p)
{
	struct sf_key_for k = { s->c, s->keys, e, suite, p->kid, s->ssrc,
		s->ssrcs };
	size_t octets = matches(s, v, &k, p);

	if (octets == 0)
		return false;
	tell(s, v, &k);
	if (explains_other(s, v, k))
		return true;
	if (octets < PROOF_OCTETS)
		return false;
	if (s->trial == NULL || s->other.n == 0)
		return true;
	/* by chance two mistakes may come to the same once: go on */
	if (s->first.mistake == SF_MISTAKE_NONE) {
		s->first = s->found;
		s->first.mistake = s->trial->mistake;
	}
	return false;
}

/* ---- which suites, which keys --------------------------------------------- */

static bool
has_mode(const struct trial *t, const struct sf_suite *suite)
{
	return (!(t->needs & CTR) || suite->mode == SF_MODE_CTR) &&
	       (!(t->needs & GCM) || suite->mode == SF_MODE_GCM);
}

static bool
suits(const struct search *s, const struct sf_vary *v,
    const struct sf_key_entry *e, const struct sf_suite *suite)
{
	if (s->trial != NULL && !has_mode(s->trial, suite))
		return false;
	if (v->other_suites)
		return e->suite != 0 && suite->id != e->suite;
	return e->suite == 0 || suite->id == e->suite;
}

static bool
with_entry(struct search *s, const struct sf_vary *v,
    const struct sf_key_entry *e, const struct sf_parted *p)
{
	for (uint16_t id = 1; id <= SF_SUITES; id++) {
		const struct sf_suite *suite = sf_suite_by_id(id);

		if (suits(s, v, e, suite) && with_suite(s, v, e, suite, p))
			return true;
	}
	return false;
}

/* The key that kid names, whatever stream it is scoped to. */
static bool
has_kid(const struct sf_keyfile *f, const struct sf_key_entry *e, uint64_t kid)
{
	uint64_t epoch_mask = UINT64_MAX;

	switch (f->scheme) {
	case SF_SCHEME_RAW:
		return e->kid == kid;
	case SF_SCHEME_SENDER:
		return sf_ratchet_steps(f, e, kid) >= 0;
	case SF_SCHEME_MLS:
		if (f->epoch_bits < 64)
			epoch_mask = ((uint64_t)1 << f->epoch_bits) - 1;
		return ((e->epoch ^ kid) & epoch_mask) == 0;
	}
	return false;
}

static bool
is_tried(const struct search *s, enum sf_who_rule who,
    const struct sf_key_entry *e, uint64_t kid)
{
	bool ours = !e->has_ssrc || e->ssrc == s->ssrc;
	bool named = has_kid(s->keys, e, kid);

	switch (who) {
	case SF_WHO_KID:
		return named && ours;
	case SF_WHO_OTHER_KID:
		return !named;
	case SF_WHO_OTHER_STREAM:
		return named && !ours;
	}
	return false;
}

static bool
with_vary(struct search *s, const struct sf_vary *v)
{
	struct sf_parted p;

	if (!sf_part(&p, v, s->frame, s->at, &s->changed))
		return false;
	for (size_t i = 0; i < s->keys->n; i++) {
		const struct sf_key_entry *e = &s->keys->keys[i];

		if (is_tried(s, (enum sf_who_rule)v->who, e, p.kid) &&
		    with_entry(s, v, e, &p))
			return true;
	}
	return false;
}

/* ---- the search ----------------------------------------------------------- */

static bool
any_entry(const struct sf_keyfile *f, bool exporter)
{
	for (size_t i = 0; i < f->n; i++)
		if (exporter ? f->keys[i].exporter : f->keys[i].suite != 0)
			return true;
	return false;
}

static bool
has_needs(const struct sf_keyfile *f, size_t at, unsigned needs)
{
	return (!(needs & SENDER) || f->scheme == SF_SCHEME_SENDER) &&
	       (!(needs & MLS) || f->scheme == SF_SCHEME_MLS) &&
	       (!(needs & EXPORTER) || any_entry(f, true)) &&
	       (!(needs & SAID_SUITE) || any_entry(f, false)) &&
	       (!(needs & PER_SSRC) || f->per_ssrc_keys) &&
	       (!(needs & NOT_PER_SSRC) || !f->per_ssrc_keys) &&
	       (!(needs & METADATA) || f->n_metadata != 0) &&
	       (!(needs & PREFIX) || at != 0);
}

static bool
with_trial(struct search *s, const struct trial *t)
{
	struct sf_vary v = t->v;

	s->trial = t;
	if (!has_needs(s->keys, s->at, t->needs))
		return false;
	for (v.n = t->first; v.n <= t->last && s->effort != 0; v.n++)
		if (with_vary(s, &v)) {
			s->found.mistake = t->mistake;
			return true;
		}
	return false;
}

/* Octets of the tag that match by the book: then nothing is wrong. */
static bool
opens(struct search *s)
{
	struct sf_vary book = { 0 };

	s->trial = NULL;
	return with_vary(s, &book);
}

/* Goes through the trials that tell one of these things; 0: through all. */
static bool
diagnose(struct sf_diagnosis *out, struct search *s, size_t at, unsigned which)
{
	bool found = false;

	*out = (struct sf_diagnosis){ 0 };
	if (s == NULL)
		return false;
	s->effort = EFFORT;
	s->at = at;
	if (!opens(s))
		for (size_t i = 0; i < LENGTH(trials) && !found; i++)
			if ((trials[i].needs & which) == which)
				found = with_trial(s, &trials[i]);
	if (found)
		*out = s->found;
	else if (s->first.mistake != SF_MISTAKE_NONE)
		*out = s->first;
	else
		out->cut_short = s->effort == 0;
	search_free(s);
	return out->mistake != SF_MISTAKE_NONE;
}

static struct search *
search_of(const struct sf_crypto *c, const struct sf_keyfile *keys,
    struct sf_bytes frame, struct sf_bytes other, uint32_t ssrc,
    struct sf_ssrcs ssrcs)
{
	struct search *s = search_new(c, keys, frame, other);

	if (s != NULL) {
		s->ssrc = ssrc;
		s->ssrcs = ssrcs;
	}
	return s;
}

bool
sf_diagnose(struct sf_diagnosis *out, const struct sf_crypto *c,
    const struct sf_keyfile *keys, struct sf_bytes frame, size_t at,
    uint32_t ssrc, struct sf_bytes other, const uint32_t *ssrcs, size_t n_ssrcs)
{
	return diagnose(out,
	    search_of(c, keys, frame, other, ssrc,
		(struct sf_ssrcs){ ssrcs, n_ssrcs }),
	    at, 0);
}

bool
sf_diagnose_ssrcs(struct sf_diagnosis *out, const struct sf_crypto *c,
    const struct sf_keyfile *keys, struct sf_bytes frame, size_t at,
    uint32_t ssrc, const uint32_t *ssrcs, size_t n_ssrcs)
{
	return diagnose(out,
	    search_of(c, keys, frame, sf_bytes(NULL, 0), ssrc,
		(struct sf_ssrcs){ ssrcs, n_ssrcs }),
	    at, TELLS_SSRC);
}

/* ---- the other way round -------------------------------------------------- */

/* A sender does this, and not the way or the keys of others. */
static bool
is_senders(const struct sf_mistaken *m, const struct trial *t)
{
	return t->v.frame == SF_FRAME_SENT && t->v.who == SF_WHO_KID &&
	       t->v.key.ssrc == SF_SSRC_SAID && !t->v.other_suites &&
	       has_mode(t, m->suite) && has_needs(m->keys, 0, t->needs);
}

bool
sf_mistaken_again(struct sf_mistaken *m)
{
	const struct trial *t = &trials[m->trial];
	struct sf_key_for k = { .c = m->c,
		.file = m->keys,
		.entry = &m->keys->keys[0],
		.suite = m->suite,
		.kid = m->kid };
	uint8_t room[3][2 * SF_MISTAKEN_MAX];
	struct sf_workspace w = { sf_put(room[0], sizeof(room[0])),
		sf_put(room[1], sizeof(room[1])),
		sf_put(room[2], sizeof(room[2])) };
	struct sf_put o = sf_put(m->frame, sizeof(m->frame));
	struct sf_parted p = { .kid = m->kid, .ctr = m->ctr };
	struct sf_vary v = t->v;
	struct sf_derived d;
	bool ok;

	v.n = t->first + m->number;
	ok = sf_put_header(&o, &v, m->kid, m->ctr);
	p.prefix = sf_bytes(NULL, 0);
	p.header = sf_put_all(&o);
	p.payload = sf_bytes(NULL, 0);
	ok = ok && sf_derive(&d, &v, &k) &&
	     sf_put_sealed(&o, &v, &k, &d, &p, m->pt, &w);
	m->c->wipe(&d, sizeof(d));
	m->c->wipe(room, sizeof(room));
	m->mistake = t->mistake;
	m->n = o.n;
	return ok;
}

bool
sf_mistaken_next(struct sf_mistaken *m)
{
	m->number += m->begun;
	m->begun = true;
	for (; m->trial < LENGTH(trials); m->trial++, m->number = 0) {
		const struct trial *t = &trials[m->trial];

		if (!is_senders(m, t))
			continue;
		for (; t->first + m->number <= t->last; m->number++)
			if (sf_mistaken_again(m))
				return true;
	}
	return false;
}
