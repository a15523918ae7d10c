#include "engine/classify/parts.h"

#include <string.h>

#include "engine/stats.h"

#define LEAST_BODY  20
#define ENOUGH_BODY 100 /* that the tests find whatever is clear */

struct body_tally {
	struct sf_bit_counts head, tail;
	struct sf_nibble_counts nib_head, nib_tail;
	unsigned n;
};

static void
tally_body(struct body_tally *t, const struct sf_record *r)
{
	size_t at = (size_t)r->header.at + r->header.octets;

	if (r->head_n < at + SF_NIBBLES)
		return;
	t->n++;
	sf_bits_add(&t->head, r->head + at, r->head_n - at);
	sf_nibbles_add(&t->nib_head, r->head + at);
	if (r->octets < at + SF_TAIL)
		return;
	sf_bits_add(&t->tail, r->tail + r->tail_n - SF_TAIL, SF_TAIL);
	sf_nibbles_add(&t->nib_tail, r->tail + r->tail_n - SF_NIBBLES);
}

static void
keep_p(struct sf_evidence *e, const struct body_tally *t)
{
	e->windows++;
	sf_keep_least(&e->p_head, sf_bits_p(&t->head));
	sf_keep_least(&e->p_nib_head, sf_nibbles_p(&t->nib_head));
	sf_keep_least(&e->p_tail, sf_bits_p(&t->tail));
	sf_keep_least(&e->p_nib_tail, sf_nibbles_p(&t->nib_tail));
}

/* A frame of the run, or one too short to be: silence behind a header. */
static void
mark_bare(struct sf_classifier *c, struct sf_record *r)
{
	struct sf_run_header h;

	if (r->tried == SF_TRIED_OPENED)
		return;
	if (r->has_header ||
	    (!r->decided && sf_run_header_alone(&h, r, c->placing) &&
		h.kid == c->last.kid)) {
		r->decided = true;
		r->state = SF_STATE_PLAINTEXT;
		r->look = SF_LOOK_BODY;
		r->surprise = 0;
		c->pub->evidence.bare++;
	}
}

static const uint8_t *
body_of(const struct sf_record *r)
{
	return r->head + r->header.at + r->header.octets;
}

static bool
has_body(const struct sf_record *r)
{
	return r->has_header && r->tried != SF_TRIED_OPENED &&
	       r->head_n > r->header.at + r->header.octets;
}

/* What bare bodies begin with: few values, where ciphertext has them all. */
static void
keep_first(struct sf_classifier *c)
{
	for (unsigned i = 0; i < c->n; i++)
		if (has_body(&c->recs[i])) {
			uint8_t v = *body_of(&c->recs[i]);

			c->bare_first[v >> 3] |= (uint8_t)(1 << (v & 7));
		}
}

static bool
is_kept(const struct sf_classifier *c, uint8_t v)
{
	return c->bare_first[v >> 3] >> (v & 7) & 1;
}

/* Bodies too few to be tested: do they begin as the bare ones before did? */
static bool
still_bare(const struct sf_classifier *c)
{
	unsigned n = 0, fit = 0, values = 0;

	for (unsigned v = 0; v < 256; v++)
		values += is_kept(c, (uint8_t)v);
	for (unsigned i = 0; i < c->n; i++)
		if (has_body(&c->recs[i])) {
			n++;
			fit += is_kept(c, *body_of(&c->recs[i]));
		}
	/* half way from what ciphertext would give to all of them */
	return n > 0 && fit * 512 >= n * (256 + values);
}

static bool
not_uniform(const struct body_tally *t)
{
	return sf_bits_p(&t->head) < SF_CLEAR_SURE ||
	       sf_nibbles_p(&t->nib_head) < SF_CLEAR_SURE;
}

/*
 * A header in front of octets that are not uniform is a header bolted onto
 * media in the clear, or a cipher that does nothing. Few bodies show little:
 * they are what those before them were, when they begin alike.
 */
static void
test_bodies(struct sf_classifier *c, const struct body_tally *t)
{
	bool was = c->bare;

	if (t->n >= LEAST_BODY) {
		keep_p(&c->pub->evidence, t);
		c->bare = not_uniform(t);
		if (c->bare)
			keep_first(c);
	}
	if (was && t->n < ENOUGH_BODY)
		c->bare |= still_bare(c);
}

void
sf_classify_bodies(struct sf_classifier *c)
{
	struct body_tally t;

	memset(&t, 0, sizeof(t));
	/* what a key opened needs no statistics */
	for (unsigned i = 0; i < c->n; i++)
		if (c->recs[i].has_header &&
		    c->recs[i].tried != SF_TRIED_OPENED)
			tally_body(&t, &c->recs[i]);
	if (t.n > 0)
		test_bodies(c, &t);
	for (unsigned i = 0; c->bare && i < c->n; i++)
		mark_bare(c, &c->recs[i]);
}
