#include "engine/classify/stretch.h"

#include <math.h>
#include <string.h>

#include "engine/classify/parts.h"
#include "engine/classify/stats.h"

#define UNEVEN       3.0 /* deviations from which on a bit tells something */
#define CLEARLY      6.0 /* evidence: one in 400 */
#define EXPECTED     3.0 /* -ln p of a body: ciphertext has 1, samples 20 */
#define SAMPLES_SURE 28  /* two such bodies; the best of an hour's */
#define TURNS        6
#define STRANGE      3.5 /* deviations from what ciphertext says */
#define FEW          4   /* bodies beside clear ones that may be anything */
#define STEP         4   /* bodies by which a stretch is made longer */
#define CHOICE       3.0 /* evidence that choosing a bit costs */

bool
sf_body_has(const struct sf_record *r)
{
	return r->has_header && r->tried != SF_TRIED_OPENED &&
	       r->head_n >= r->header.at + r->header.octets + SF_NIBBLES;
}

unsigned
sf_body_bits(const struct sf_record *r)
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

		if (!sf_body_has(r))
			continue;
		b->n++;
		for (unsigned k = 0; k < sf_body_bits(r); k++)
			b->ones[k] += bit_of(r, k);
		for (unsigned k = 0; k < sf_body_bits(r) / 8; k++)
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
		s->any[i] = sf_body_has(&c->recs[i]);
		for (unsigned k = 0; s->any[i] && k < sf_body_bits(&c->recs[i]);
		     k++)
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
	return sf_bits_p(&bits) < SF_BESIDE || (most > 2 && most * 2 >= n);
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
	return n >= SF_LEAST_BODY ||
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
void
sf_stretch_find(struct sf_classifier *c, unsigned *from, unsigned *to)
{
	struct stretch best = { 0, c->n, 0 }, one = known_stretch(c);

	grow_stretch(&best, c);
	if (one.worth > best.worth)
		best = one;
	for (unsigned at = 0; at < c->n; at += SF_SEED / 2) {
		one = (struct stretch){ at,
			at + SF_SEED < c->n ? at + SF_SEED : c->n, 0 };
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
unsigned
sf_stretch_goes_on(const struct sf_classifier *c)
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

/* Companded samples show in every octet, and in each body by itself. */
bool
sf_stretch_of_samples(struct sf_classifier *c, unsigned *from, unsigned *to)
{
	struct says s = {
		.recs = c->recs, .mean = 1 - EXPECTED, .variance = 1
	};

	if (!sf_codec_is_samples(sf_classify_codec(c)))
		return false;
	for (unsigned i = 0; i < c->n; i++) {
		const struct sf_record *r = &c->recs[i];
		size_t at = (size_t)r->header.at + r->header.octets;

		s.any[i] = sf_body_has(r);
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
