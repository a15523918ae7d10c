#include "engine/classify/parts.h"

#include <math.h>
#include <string.h>

#include "engine/classify/fields.h"
#include "engine/classify/stats.h"

#define LEAST_BODY   20
#define UNEVEN       3.0 /* deviations from which on a bit tells something */
#define CLEARLY      6.0 /* evidence: one in 400 */
#define EXPECTED     3.0 /* -ln p of a body: ciphertext has 1, samples 20 */
#define SAMPLES_SURE 28  /* two such bodies; the best of an hour's */
#define TURNS        6
#define STRANGE      3.5  /* deviations from what ciphertext says */
#define FEW          4    /* bodies beside clear ones that may be anything */
#define BESIDE       1e-4 /* p of bodies beside clear ones that are clear too */
#define STEP         4    /* bodies by which a stretch is made longer */
#define SEED         24   /* bodies from which a stretch may grow */
#define CHOICE       3.0  /* evidence that choosing a bit costs */
#define WINDOW       1e-12 /* p of a few bodies in a row: there are thousands */
#define TAG          4     /* octets that any cipher adds */
#define ENDS         8     /* last octets of frames that have no whole tail */

struct body_tally {
	struct sf_bit_counts head, tail, ends;
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
	if (r->octets >= at + ENDS + SF_NIBBLES)
		sf_bits_add(&t->ends, r->tail + r->tail_n - ENDS, ENDS);
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

/* ---- which of them ------------------------------------------------------- */

static bool
has_body(const struct sf_record *r)
{
	return r->has_header && r->tried != SF_TRIED_OPENED &&
	       r->head_n >= r->header.at + r->header.octets + SF_NIBBLES;
}

/* Bits of a body that are looked at. */
static unsigned
bits_of(const struct sf_record *r)
{
	size_t octets = (size_t)r->head_n - r->header.at - r->header.octets;

	return octets < SF_BARE_OCTETS ? 8 * (unsigned)octets : SF_BARE_BITS;
}

static bool
bit_of(const struct sf_record *r, unsigned bit)
{
	const uint8_t *body = r->head + r->header.at + r->header.octets;

	return body[bit / 8] >> (bit % 8) & 1;
}

/* Counts the bits of the bodies among from..to. */
static void
learn(struct sf_bare *b, const struct sf_classifier *c, unsigned from,
    unsigned to)
{
	memset(b, 0, sizeof(*b));
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!has_body(r))
			continue;
		b->n++;
		for (unsigned k = 0; k < bits_of(r); k++)
			b->ones[k] += bit_of(r, k);
		for (unsigned k = 0; k < bits_of(r) / 8; k++)
			b->have[k]++;
	}
}

/* What each body of a block says, clear or ciphertext, and what a body of
   ciphertext says in the mean. */
struct says {
	const struct sf_record *recs;
	double of[SF_BLOCK];
	bool any[SF_BLOCK]; /* there is a body */
	double mean, variance;
	unsigned chosen; /* bits that have a say */
};

/* What each bit says when it is 0 or 1. Bits that were even among the clear ones
   say nothing. */
static void
weigh(struct says *s, double bit[SF_BARE_BITS][2], const struct sf_bare *b)
{
	s->mean = s->variance = 0;
	s->chosen = 0;
	for (unsigned k = 0; k < SF_BARE_BITS; k++) {
		double n = b->have[k / 8];
		double z = (2.0 * b->ones[k] - n) / sqrt(fmax(1, n));
		double p = (b->ones[k] + .5) / (n + 1.0);

		bit[k][0] = bit[k][1] = 0;
		if (fabs(z) < UNEVEN)
			continue;
		bit[k][0] = log(2 * (1 - p));
		bit[k][1] = log(2 * p);
		s->mean += (bit[k][0] + bit[k][1]) / 2;
		s->variance += pow((bit[k][0] - bit[k][1]) / 2, 2);
		s->chosen++;
	}
}

static void
score(struct says *s, const struct sf_classifier *c, const struct sf_bare *b)
{
	double bit[SF_BARE_BITS][2];

	s->recs = c->recs;
	weigh(s, bit, b);
	for (unsigned i = 0; i < c->n; i++) {
		s->of[i] = 0;
		s->any[i] = has_body(&c->recs[i]);
		for (unsigned k = 0; s->any[i] && k < bits_of(&c->recs[i]); k++)
			s->of[i] += bit[k][bit_of(&c->recs[i], k)];
	}
}

static double
sum_of(const struct says *s, unsigned from, unsigned to)
{
	double sum = 0;

	for (unsigned i = from; i < to; i++)
		sum += s->of[i];
	return sum;
}

/* Bodies are uneven in themselves: by the test, where they are enough for it, or
   since half of them begin with one octet, three at least. */
static bool
is_uneven(const struct says *s, unsigned from, unsigned to)
{
	struct sf_bit_counts bits = { 0 };
	unsigned first[256] = { 0 }, most = 2, n = 0;

	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &s->recs[i];
		size_t at = (size_t)r->header.at + r->header.octets;

		if (!s->any[i])
			continue;
		sf_bits_add(&bits, r->head + at, r->head_n - at);
		n++;
		if (++first[r->head[at]] > most)
			most = first[r->head[at]];
	}
	return sf_bits_p(&bits) < BESIDE || (most > 2 && most * 2 >= n);
}

/*
 * Is what lies beside a clear stretch ciphertext, or media that looks
 * different? Clearly not like the stretch, and even; where it is too little
 * for a test of that, about as unlike it as ciphertext is. A few bodies may
 * be key frames.
 */
static bool
is_cipher(const struct says *s, unsigned from, unsigned to)
{
	double sum = sum_of(s, from, to);
	unsigned n = 0;

	for (unsigned i = from; i < to; i++)
		n += s->any[i];
	if (n <= FEW || sum > -CLEARLY || is_uneven(s, from, to))
		return false;
	return n >= LEAST_BODY ||
	       fabs(sum - n * s->mean) < STRANGE * sqrt(n * s->variance);
}

/* Up to where in front of a clear stretch there is ciphertext, and from where
   on behind one: clear bodies that look different may come in between. */
static unsigned
cipher_until(const struct says *s, unsigned at)
{
	while (at > 0 && !is_cipher(s, 0, at))
		at -= at < STEP ? at : STEP;
	return at;
}

static unsigned
cipher_from(const struct says *s, unsigned at, unsigned n)
{
	while (at < n && !is_cipher(s, at, n))
		at += n - at < STEP ? n - at : STEP;
	return at;
}

/* The stretch with the highest sum, and what is beside it and no ciphertext. */
static void
best_stretch(const struct says *s, unsigned n, unsigned *from, unsigned *to)
{
	double sum = 0, best = 0;
	unsigned start = 0;

	*from = *to = 0;
	for (unsigned i = 0; i < n; i++) {
		if (sum <= 0) {
			sum = 0;
			start = i;
		}
		sum += s->of[i];
		if (sum > best) {
			best = sum;
			*from = start;
			*to = i + 1;
		}
	}
	if (*to == 0)
		return;
	*from = cipher_until(s, *from);
	*to = cipher_from(s, *to, n);
}

struct stretch {
	unsigned from, to;
	double worth; /* what it says, less what was chosen to make it say so */
};

/* From a first guess: those bodies tell which bits are uneven, these bits tell
   which bodies, and so on. */
static void
grow_stretch(struct stretch *g, const struct sf_classifier *c)
{
	struct sf_bare model;
	struct says s;

	for (unsigned turn = 0; turn < TURNS; turn++) {
		unsigned a = g->from, b = g->to;

		learn(&model, c, a, b);
		score(&s, c, &model);
		best_stretch(&s, c->n, &g->from, &g->to);
		g->worth = sum_of(&s, g->from, g->to) - CHOICE * s.chosen;
		if (g->from == a && g->to == b)
			return;
	}
}

/* What goes on like the clear bodies of the block before. */
static struct stretch
known_stretch(const struct sf_classifier *c)
{
	struct stretch g = { 0, 0, 0 };
	struct says s;

	if (c->bare.n == 0)
		return g;
	score(&s, c, &c->bare);
	best_stretch(&s, c->n, &g.from, &g.to);
	g.worth = sum_of(&s, g.from, g.to);
	return g;
}

/*
 * The block holds clear bodies, not all of them perhaps: the stretch that
 * differs most, grown from the whole and from a few frames here and there, or
 * known from before.
 */
static void
find_stretch(struct sf_classifier *c, unsigned *from, unsigned *to)
{
	struct stretch best = { 0, c->n, 0 }, one = known_stretch(c);

	grow_stretch(&best, c);
	if (one.worth > best.worth)
		best = one;
	for (unsigned at = 0; at < c->n; at += SEED / 2) {
		one = (struct stretch){ at, at + SEED < c->n ? at + SEED : c->n,
			0 };
		grow_stretch(&one, c);
		if (one.worth > best.worth)
			best = one;
	}
	*from = best.to == 0 ? 0 : best.from;
	*to = best.to == 0 ? c->n : best.to;
	learn(&c->bare, c, *from, *to);
}

/* Bodies too few to be tested, behind clear ones: do they go on like those, and
   for how long? */
static unsigned
still_bare(const struct sf_classifier *c)
{
	struct says s;
	double sum = 0, best = 0;
	unsigned to = 0;

	score(&s, c, &c->bare);
	for (unsigned i = 0; i < c->n; i++) {
		sum += s.of[i];
		if (sum > best) {
			best = sum;
			to = i + 1;
		}
	}
	return cipher_from(&s, to, c->n);
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
   tag. */
static size_t
body_of(uint8_t out[SF_HEAD], const struct sf_record *r, struct passed over)
{
	size_t at = (size_t)r->header.at + r->header.octets, n = 0;
	uint32_t mask = r->octets >= at + over.front + TAG ? over.mask : 0;

	for (; at < r->head_n && n < SF_HEAD; at++, mask >>= 1)
		if ((mask & 1) == 0)
			out[n++] = r->head[at];
	return n;
}

/* Bodies in a row, fewer than those of the block, differ from uniform ones: the
   first octet of Opus does not change, and among many it is lost. */
static bool
uneven_window(const struct sf_classifier *c, struct passed over)
{
	struct sf_bit_counts last = { 0 }, now = { 0 };
	uint8_t body[SF_HEAD];

	for (unsigned i = 0; i < c->n; i++) {
		size_t n;

		if (!has_body(&c->recs[i]))
			continue;
		n = body_of(body, &c->recs[i], over);
		sf_bits_add(
		    &now, body, n < SF_BARE_OCTETS ? n : SF_BARE_OCTETS);
		if (now.strings < SEED / 2)
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

/* Are enough frames uniform but for their last octets? */
static bool
uniform_within(const struct sf_classifier *c, size_t last)
{
	struct body_tally inner;

	memset(&inner, 0, sizeof(inner));
	for (unsigned i = 0; i < c->n; i++)
		if (c->recs[i].has_header &&
		    c->recs[i].tried != SF_TRIED_OPENED)
			tally_inner(&inner, &c->recs[i], last);
	return inner.n >= LEAST_BODY && !not_uniform(&inner);
}

/* Octets that are put behind each ciphertext are near the head of short ones;
   silence has no whole tail. */
static bool
only_trailer(const struct sf_classifier *c, const struct body_tally *t)
{
	return (sf_classify_has_mark(&t->tail) && uniform_within(c, SF_TAIL)) ||
	       (sf_classify_has_mark(&t->ends) && uniform_within(c, ENDS));
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
	uint8_t body[SF_HEAD];

	memset(&fields, 0, sizeof(fields));
	memset(&t, 0, sizeof(t));
	for (unsigned i = 0; i < c->n; i++)
		if (has_body(&c->recs[i]))
			sf_fields_add(&fields, &c->recs[i], body,
			    body_of(body, &c->recs[i], nothing));
	over.mask = sf_fields_mask(&fields);
	over.front = sf_fields_octets(over.mask);
	for (unsigned i = 0; i < c->n; i++) {
		size_t n = 0;

		if (has_body(&c->recs[i]))
			n = body_of(body, &c->recs[i], over);
		if (n < SF_NIBBLES)
			continue;
		sf_bits_add(&t.head, body, n);
		sf_nibbles_add(&t.nib_head, body);
	}
	return over.mask != 0 && t.head.strings >= LEAST_BODY &&
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
	bool uneven = t->n >= LEAST_BODY &&
		      (not_uniform(t) || uneven_window(c, nothing)) &&
		      !only_trailer(c, t);

	*from = *to = 0;
	if (uneven && c->bare.n == 0 && only_fields(c)) {
		take_back(c);
		return;
	}
	if (t->n >= LEAST_BODY)
		keep_p(&c->pub->evidence, t);
	if (uneven)
		find_stretch(c, from, to);
	else if (c->bare.n > 0)
		*to = still_bare(c);
	if (*to < c->n)
		c->bare.n = 0;
}

/* Companded samples show in every octet, and in each body by itself. */
static bool
find_samples(struct sf_classifier *c, unsigned *from, unsigned *to)
{
	struct says s = {
		.recs = c->recs, .mean = 1 - EXPECTED, .variance = 1
	};
	enum sf_codec codec = sf_classify_codec(c);

	if (codec != SF_CODEC_PCMU && codec != SF_CODEC_PCMA &&
	    codec != SF_CODEC_G722)
		return false;
	for (unsigned i = 0; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];
		size_t at = (size_t)r->header.at + r->header.octets;

		s.any[i] = has_body(r);
		if (s.any[i])
			s.of[i] = -EXPECTED -
				  log(fmax(1e-15, sf_octets_p(r->head + at,
						      r->head_n - at)));
	}
	best_stretch(&s, c->n, from, to);
	if (sum_of(&s, *from, *to) < SAMPLES_SURE)
		*to = *from;
	return true;
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
	unsigned from = c->n > SEED ? c->n - SEED : c->n;

	for (unsigned i = from; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];

		if (has_body(r))
			sf_bits_add(&bits,
			    r->head + r->header.at + r->header.octets,
			    bits_of(r) / 8);
	}
	return sf_bits_p(&bits) < BESIDE ? from : c->n;
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
	if (t.n > 0 && !was_altered(c) && !find_samples(c, &from, &to))
		test_bodies(c, &t, &from, &to);
	if (from == to && !was_altered(c))
		sf_classify_tails(c, &t.tail, &t.nib_tail);
	for (unsigned i = from; i < to; i++)
		mark_bare(c, &c->recs[i]);
	return c->ending || from < to ? c->n : not_held(c);
}
