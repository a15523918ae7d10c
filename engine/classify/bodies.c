#include "engine/classify/parts.h"

#include <string.h>

#include "engine/classify/fields.h"
#include "engine/classify/stats.h"
#include "engine/classify/stretch.h"

#define WINDOW 1e-12 /* p of a few bodies in a row: there are thousands */
#define TAG    4     /* octets that any cipher adds */
#define ENDS   8     /* last octets, of a trailer that none need mark */

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

/* The same, without the last octets of each frame. */
static void
tally_inner(struct body_tally *t, const struct sf_record *r, size_t last)
{
	size_t at = (size_t)r->header.at + r->header.octets;
	size_t end = r->octets < last ? 0 : r->octets - last;

	if (end > r->head_n)
		end = r->head_n;
	if (end < at + SF_NIBBLES)
		return;
	t->n++;
	sf_bits_add(&t->head, r->head + at, end - at);
	sf_nibbles_add(&t->nib_head, r->head + at);
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

/* ---- is it uniform? -------------------------------------------------------- */

static double
p_of_both(const struct sf_bit_counts *a, const struct sf_bit_counts *b)
{
	struct sf_bit_counts both = *a;

	both.strings += b->strings;
	for (unsigned i = 0; i < SF_HEAD; i++) {
		both.ones[i] += b->ones[i];
		both.ended[i] += b->ended[i];
	}
	return sf_bits_p(&both);
}

/* Octets of bodies that are passed over (sf_fields_mask()), and how many octets
   that is up to the last of them. */
struct passed {
	uint32_t mask;
	size_t front;
};

/* The first octets of a body, without those, where there is room for them and a
   tag. *out is the record's own, or room, of most octets. */
static size_t
body_of(const uint8_t **out, uint8_t *room, size_t most,
    const struct sf_record *r, struct passed over)
{
	size_t at = (size_t)r->header.at + r->header.octets, n = 0;
	uint32_t mask = r->octets >= at + over.front + TAG ? over.mask : 0;

	*out = r->head + at;
	if (mask == 0)
		return at >= r->head_n          ? 0
		       : r->head_n - at < most ? r->head_n - at
					       : most;
	*out = room;
	for (; at < r->head_n && n < most; at++, mask >>= 1)
		if ((mask & 1) == 0)
			room[n++] = r->head[at];
	return n;
}

/* Bodies in a row, fewer than those of the block, differ from uniform ones: the
   first octet of Opus does not change, and among many it is lost. */
static bool
uneven_window(const struct sf_classifier *c, struct passed over)
{
	struct sf_bit_counts last = { 0 }, now = { 0 };
	uint8_t room[SF_BARE_OCTETS];

	for (unsigned i = 0; i < c->n; i++) {
		const uint8_t *body;
		size_t n;

		if (!sf_body_has(&c->recs[i]))
			continue;
		n = body_of(&body, room, sizeof(room), &c->recs[i], over);
		sf_bits_add(&now, body, n);
		if (now.strings < SF_SEED / 2)
			continue;
		if (p_of_both(&last, &now) < WINDOW)
			return true;
		last = now;
		now = (struct sf_bit_counts){ 0 };
	}
	return false;
}

static bool
not_uniform(const struct body_tally *t)
{
	return sf_bits_p(&t->head) < SF_CLEAR_SURE ||
	       sf_nibbles_p(&t->nib_head) < SF_CLEAR_SURE;
}

/* Are enough frames uniform but for their last octets, and most of so many? */
static bool
uniform_within(const struct sf_classifier *c, size_t last, unsigned of)
{
	struct body_tally inner;

	memset(&inner, 0, sizeof(inner));
	for (unsigned i = 0; i < c->n; i++)
		if (c->recs[i].has_header &&
		    c->recs[i].tried != SF_TRIED_OPENED)
			tally_inner(&inner, &c->recs[i], last);
	return inner.n >= SF_LEAST_BODY && inner.n * 4 >= of * 3 &&
	       !not_uniform(&inner);
}

/* How many octets at the end of each frame some sender counts or repeats. */
static size_t
behind_octets(const struct sf_classifier *c)
{
	struct sf_fields back;
	uint8_t room[SF_FIELDS];

	memset(&back, 0, sizeof(back));
	for (unsigned i = 0; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];
		size_t body = r->octets - r->header.at - r->header.octets;
		size_t k = 0;

		if (!sf_body_has(r))
			continue;
		while (k < SF_FIELDS && k < r->tail_n && k < body) {
			room[k] = r->tail[r->tail_n - 1 - k];
			k++;
		}
		sf_fields_add(&back, r, room, k);
	}
	return sf_fields_octets(sf_fields_mask(&back));
}

/* Octets that are put behind each ciphertext are near the head of short ones.
   Uniform up to the last few, whatever is in those: no media is that. Of silence
   there may be hardly more than what is behind it. */
static bool
only_trailer(const struct sf_classifier *c, const struct body_tally *t)
{
	size_t behind = behind_octets(c);

	return uniform_within(c, ENDS, t->n) ||
	       (sf_classify_has_mark(&t->tail, true) &&
		   uniform_within(c, SF_TAIL, 0)) ||
	       (behind > 0 && uniform_within(c, behind, 0));
}

/* Is all that is uneven what some sender counts or repeats? Then the header is of
   another format than it seemed. */
static bool
only_fields(const struct sf_classifier *c)
{
	const struct passed nothing = { 0, 0 };
	struct sf_fields fields;
	struct body_tally t;
	struct passed over;
	uint8_t room[SF_HEAD];
	const uint8_t *body;
	size_t n;

	memset(&fields, 0, sizeof(fields));
	memset(&t, 0, sizeof(t));
	for (unsigned i = 0; i < c->n; i++)
		if (sf_body_has(&c->recs[i])) {
			n = body_of(&body, room, sizeof(room), &c->recs[i],
			    nothing);
			sf_fields_add(&fields, &c->recs[i], body, n);
		}
	over.mask = sf_fields_mask(&fields);
	over.front = sf_fields_octets(over.mask);
	for (unsigned i = 0; i < c->n; i++) {
		if (!sf_body_has(&c->recs[i]))
			continue;
		n = body_of(&body, room, sizeof(room), &c->recs[i], over);
		if (n < SF_NIBBLES)
			continue;
		sf_bits_add(&t.head, body, n);
		sf_nibbles_add(&t.nib_head, body);
	}
	return over.mask != 0 && t.head.strings >= SF_LEAST_BODY &&
	       !not_uniform(&t) && !uneven_window(c, over);
}

/* Nothing was said of these frames: they are asked again for what they are. */
static void
take_back(struct sf_classifier *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];

		if (!r->has_header || r->tried == SF_TRIED_OPENED)
			continue;
		r->decided = r->has_header = false;
		r->state = SF_STATE_UNKNOWN;
		r->tried = SF_TRIED_NOT;
	}
	c->running = false;
}

/*
 * A header in front of octets that are not uniform is a header bolted onto
 * media in the clear, or a cipher that does nothing. Returns the stretch of the
 * block that is so.
 */
static void
test_bodies(struct sf_classifier *c, const struct body_tally *t, unsigned *from,
    unsigned *to)
{
	const struct passed nothing = { 0, 0 };
	bool uneven = t->n >= SF_LEAST_BODY &&
		      (not_uniform(t) || uneven_window(c, nothing)) &&
		      !only_trailer(c, t);

	*from = *to = 0;
	/* a key that opens frames has shown the header to be one */
	if (uneven && c->bare.n == 0 && !sf_classify_keyed(c) &&
	    only_fields(c)) {
		take_back(c);
		return;
	}
	if (t->n >= SF_LEAST_BODY)
		keep_p(&c->pub->evidence, t);
	if (uneven)
		sf_stretch_find(c, from, to);
	else if (c->bare.n > 0)
		*to = sf_stretch_goes_on(c);
	if (*to < c->n)
		c->bare.n = 0;
}

/*
 * The last bodies of the block are uneven, too few to count beside the many in
 * front of them: clear ones may begin there. They are asked again together
 * with what comes behind. Returns how many frames need not wait.
 */
static unsigned
not_held(const struct sf_classifier *c)
{
	struct sf_bit_counts bits = { 0 };
	unsigned from = c->n > SF_SEED ? c->n - SF_SEED : c->n;

	for (unsigned i = from; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];

		if (sf_body_has(r))
			sf_bits_add(&bits,
			    r->head + r->header.at + r->header.octets,
			    sf_body_bits(r) / 8);
	}
	return sf_bits_p(&bits) < SF_BESIDE ? from : c->n;
}

/*
 * A hop put octets into ciphertext: a tag that matches without them has shown
 * it. Bodies are uneven where it did, and clear media for that nowhere.
 */
static bool
was_altered(const struct sf_classifier *c)
{
	static const enum sf_mistake adds[] = { SF_MISTAKE_INSERTED,
		SF_MISTAKE_EMULATION, SF_MISTAKE_EMULATION_LOST,
		SF_MISTAKE_START_CODE, SF_MISTAKE_TRAILER };

	for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++)
		if (c->opener.diagnosis.mistake == adds[i])
			return true;
	return false;
}

unsigned
sf_classify_bodies(struct sf_classifier *c)
{
	struct body_tally t;
	unsigned from = 0, to = 0;

	memset(&t, 0, sizeof(t));
	/* what a key opened needs no statistics */
	for (unsigned i = 0; i < c->n; i++)
		if (c->recs[i].has_header &&
		    c->recs[i].tried != SF_TRIED_OPENED)
			tally_body(&t, &c->recs[i]);
	if (t.n > 0 && !was_altered(c) && !sf_stretch_of_samples(c, &from, &to))
		test_bodies(c, &t, &from, &to);
	if (from == to && !was_altered(c))
		sf_classify_tails(c, &t.tail, &t.nib_tail);
	for (unsigned i = from; i < to; i++)
		mark_bare(c, &c->recs[i]);
	return c->ending || from < to ? c->n : not_held(c);
}
