/*
 * amid.c - media amid frames that no format explains. Judged together with
 * ciphertext of unknown making, a second in the clear is lost in the mean.
 */
#include "engine/classify/parts.h"

#include <math.h>

#include "engine/classify/runs.h"

#define LEAST_OPUS  12 /* frames: one in five random octets is a TOC that fits */
#define LEAST_VIDEO 3
#define WINDOW      32   /* frames by which ciphertext is followed */
#define EVEN_VIDEO  1e-4 /* p of frames that it goes on in; */
#define EVEN_OPUS   1e-2 /* music is as even for a while */
#define HEADS_VIDEO 64   /* such frames, and it is a sender's way */
#define HEADS_OPUS  96

/* Does the frame look like its codec's: an Opus frame tells its duration, and the
   next one comes then. */
static bool
looks_clear(const struct sf_record *r, const struct sf_record *next)
{
	if (r->proof != SF_PROOF_WEAK)
		return r->proof == SF_PROOF_STRONG;
	return r->samples != 0 &&
	       (next == NULL || next->seq != r->seq + 1 ||
		   next->timestamp - r->timestamp == r->samples);
}

/* The longest row of such frames. */
static void
longest(const struct sf_classifier *c, unsigned from, unsigned to, unsigned *a,
    unsigned *b)
{
	unsigned start = from;

	*a = *b = from;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *next =
		    i + 1 < to && c->recs[i + 1].complete ? &c->recs[i + 1]
							  : NULL;

		if (c->recs[i].complete && !looks_clear(&c->recs[i], next))
			start = i + 1;
		if (i + 1 - start > *b - *a) {
			*a = start;
			*b = i + 1;
		}
	}
}

/* Companded samples show in each frame by itself, though not in every one: the
   row that says most. */
static void
loudest(const struct sf_classifier *c, unsigned from, unsigned to, unsigned *a,
    unsigned *b)
{
	double sum = 0, best = SF_RUN_SURE + log((double)(to - from));
	unsigned start = from;

	*a = *b = from;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!r->complete)
			continue;
		if (sum <= 0) {
			sum = 0;
			start = i;
		}
		sum += sf_samples_say(r);
		if (sum > best) {
			best = sum;
			*a = start;
			*b = i + 1;
		}
	}
}

/* What the frames from..to are, all of them. */
static enum sf_clear
judge(const struct sf_classifier *c, struct sf_clear_found *f, unsigned from,
    unsigned to, bool whole)
{
	sf_clear_judge(
	    f, &c->recs[from], to - from, sf_classify_known(c, whole));
	return f->what;
}

/* Do those around the row begin as it does, or pass as their codec? A pause or a
   loss has cut such a row in two. */
static bool
go_on_around(const struct sf_classifier *c, unsigned from, unsigned to,
    unsigned a, unsigned b)
{
	const struct sf_record *of = &c->recs[a];
	unsigned n = 0, alike = 0;

	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (!r->complete || (i >= a && i < b))
			continue;
		n++;
		alike += r->proof == SF_PROOF_STRONG ||
			 r->head[r->core_at] == of->head[of->core_at];
	}
	return alike * 8 > n;
}

/* Ciphertext, behind octets that count perhaps. */
static bool
is_cipher(enum sf_clear what)
{
	return what == SF_CLEAR_UNIFORM || what == SF_CLEAR_FIELDS;
}

/* Are those around it uniform from the first octet? */
static bool
is_opaque(const struct sf_classifier *c, unsigned from, unsigned to,
    unsigned a, unsigned b)
{
	struct sf_clear_found f;

	if (go_on_around(c, from, to, a, b))
		return false;
	if (c->kinds[SF_CLEAR_UNIFORM] + c->kinds[SF_CLEAR_FIELDS] >=
	    SF_LEAST_RUN)
		return true;
	if (a - from > to - b)
		return is_cipher(judge(c, &f, from, a, false));
	return is_cipher(judge(c, &f, b, to, false));
}

/* Ciphertext behind first octets of the codec? */
static bool
leaves_heads(const struct sf_classifier *c, unsigned from, unsigned to)
{
	struct sf_clear_found f;
	enum sf_clear what = judge(c, &f, from, to, false);
	double even = c->recs[from].video ? EVEN_VIDEO : EVEN_OPUS;

	return (what == SF_CLEAR_HEAD || what == SF_CLEAR_FIELDS) &&
	       f.p_head >= even && f.p_nib_head >= even;
}

/*
 * A sender that leaves first octets of the codec: clear frames begin as those
 * around them do, and are told by what is between two ends that are even.
 */
static bool
amid_heads(const struct sf_classifier *c, unsigned from, unsigned to,
    unsigned *a, unsigned *b, struct sf_clear_found *f)
{
	unsigned heads = c->recs[from].video ? HEADS_VIDEO : HEADS_OPUS;

	*a = from;
	*b = to;
	while (to - *a > WINDOW && leaves_heads(c, from, *a + WINDOW))
		*a += WINDOW;
	while (*b - *a > WINDOW && leaves_heads(c, *b - WINDOW, to))
		*b -= WINDOW;
	if (*b == c->n && !c->ending && *b - *a > SF_KEPT_BACK)
		*b -= SF_KEPT_BACK;
	if (*a - from < heads && to - *b < heads &&
	    c->kinds[SF_CLEAR_HEAD] + c->kinds[SF_CLEAR_FIELDS] < heads)
		return false;
	return (*a > from || *b < to) &&
	       (judge(c, f, *a, *b, false) == SF_CLEAR_PLAIN ||
		   judge(c, f, from, to, false) == SF_CLEAR_PLAIN);
}

static bool
amid_noise(const struct sf_classifier *c, unsigned from, unsigned to,
    unsigned *a, unsigned *b, struct sf_clear_found *f)
{
	bool samples = sf_codec_is_samples(sf_classify_codec(c));
	unsigned least;

	if (samples)
		loudest(c, from, to, a, b);
	else
		longest(c, from, to, a, b);
	if (*b == *a)
		return false;
	least = samples                                ? 1
		: c->recs[*a].proof == SF_PROOF_STRONG ? LEAST_VIDEO
						       : LEAST_OPUS;
	if (*b - *a < least || (*a == from && *b == to))
		return false;
	return is_opaque(c, from, to, *a, *b) &&
	       judge(c, f, *a, *b, true) == SF_CLEAR_PLAIN &&
	       (f->llr >= SF_RUN_SURE || *b - *a >= LEAST_OPUS);
}

bool
sf_classify_amid(const struct sf_classifier *c, unsigned from, unsigned to,
    unsigned *a, unsigned *b, struct sf_clear_found *f)
{
	return amid_noise(c, from, to, a, b, f) ||
	       (!sf_codec_is_samples(sf_classify_codec(c)) &&
		   !sf_classify_whole(c) && amid_heads(c, from, to, a, b, f));
}
