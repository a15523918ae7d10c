#include "engine/classify/parts.h"

#include <string.h>

#include "engine/stats.h"

#define LEAST_BODY 20

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
mark_bare(const struct sf_classifier *c, struct sf_record *r)
{
	struct sf_run_header h;

	if (r->tried == SF_TRIED_OPENED)
		return;
	if (r->has_header ||
	    (!r->decided && sf_run_header_alone(&h, r, c->placing) &&
		h.kid == c->last.kid)) {
		r->decided = true;
		r->state = SF_STATE_PLAINTEXT;
	}
}

/*
 * A header in front of octets that are not uniform is a header bolted onto
 * media in the clear, or a cipher that does nothing.
 */
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
	/* too few to be tested: they are what those before them were */
	if (t.n >= LEAST_BODY) {
		keep_p(&c->pub->evidence, &t);
		c->bare = sf_bits_p(&t.head) < SF_CLEAR_SURE ||
			  sf_nibbles_p(&t.nib_head) < SF_CLEAR_SURE;
	}
	for (unsigned i = 0; c->bare && i < c->n; i++)
		mark_bare(c, &c->recs[i]);
}
