/* dialects.c - frames in formats with marks of their own: found, then carried
   on as long as they come. */
#include "engine/classify/parts.h"

#include <string.h>

#include "engine/classify/stats.h"
#include "engine/dialect/blank.h"
#include "engine/dialect/search.h"

static enum sf_state
state_of(enum sf_tried tried)
{
	if (tried == SF_TRIED_OPENED)
		return SF_STATE_VERIFIED;
	return tried == SF_TRIED_FORGED ? SF_STATE_FAILED : SF_STATE_ENCRYPTED;
}

void
sf_classify_mark_dialect(struct sf_classifier *c, struct sf_record *r,
    const struct sf_way *way, const struct sf_sight *s)
{
	r->decided = true;
	r->tried = SF_TRIED_NOT;
	if (r->way_tried == SF_TRIED_OPENED)
		r->tried = SF_TRIED_OPENED;
	else if (c->unlock != NULL)
		r->tried = sf_dialect_keys_tried(
		    c->unlock->dialects, way->dialect, s->kid, c->pub->ssrc);
	r->state = state_of(r->tried);
	r->dialect = (uint8_t)way->dialect;
	r->way = (uint8_t)(way - sf_ways);
	c->way = way;
	c->sight = *s;
	c->in_way++;
}

bool
sf_classify_open_dialect(struct sf_classifier *c, struct sf_dialect_keys *k,
    struct sf_record *r, struct sf_bytes frame)
{
	struct sf_dialect_opened got;
	struct sf_run_header h;

	if (k == NULL || sf_classify_codec(c) == SF_CODEC_RTX)
		return false;
	got = sf_dialect_open(&c->way_opener, k, r, frame, c->pub->ssrc);
	r->way_tried = (uint8_t)got.tried;
	if (got.tried != SF_TRIED_OPENED)
		return false;
	if (got.way != NULL) {
		sf_classify_mark_dialect(c, r, got.way, &got.sight);
		return true;
	}
	r->tried = SF_TRIED_OPENED;
	c->placing = got.placing;
	h = r->header;
	sf_classify_mark(c, r, &h);
	return true;
}

/* Does the frame belong to the format of the frames before it? */
static bool
belongs(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_sight *s)
{
	return c->way->follow != NULL && c->way->read(s, r) &&
	       (c->way->alone >= SF_WAY_STRONG ||
		   c->way->follow(&c->sight, s) > 0);
}

#define USUAL 16 /* steps of a counter that nobody wonders at */

static bool
is_usual(const struct sf_classifier *c, const struct sf_sight *s)
{
	return c->way->alone >= SF_WAY_STRONG ||
	       sf_way_step(&c->sight, s) <= USUAL;
}

/*
 * Octets of a codec that happen to look like the format's: the next frame goes
 * on from the one before this, and this lies outside, or the next behind it.
 */
static bool
is_outlier(const struct sf_classifier *c, unsigned at, const struct sf_sight *s)
{
	struct sf_sight next;

	for (unsigned i = at + 1; i < c->n; i++)
		if (c->recs[i].complete && !c->recs[i].decided &&
		    c->way->read(&next, &c->recs[i]))
			return c->way->follow(&c->sight, &next) > 0 &&
			       (c->way->follow(s, &next) <= 0 ||
				   c->way->follow(&c->sight, s) <= 0);
	return false;
}

/* A jump: the next frame runs on from this one, and so does its own next. */
static bool
confirmed(const struct sf_classifier *c, unsigned at, struct sf_sight s)
{
	struct sf_sight next;
	unsigned asked = 0, fit = 0;

	for (unsigned i = at + 1; i < c->n && asked < 3; i++) {
		if (!c->recs[i].complete || c->recs[i].decided)
			continue;
		asked++;
		if (!c->way->read(&next, &c->recs[i]) ||
		    c->way->follow(&s, &next) <= 0)
			continue;
		fit++;
		s = next;
	}
	return fit >= 2;
}

static void
carry_on(struct sf_classifier *c, unsigned from)
{
	struct sf_sight s;

	for (unsigned i = from; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];

		if (!r->complete || r->decided)
			continue;
		if ((belongs(c, r, &s) && is_usual(c, &s)) ||
		    (c->way->read(&s, r) &&
			(belongs(c, r, &s) || confirmed(c, i, s)) &&
			!is_outlier(c, i, &s)))
			sf_classify_mark_dialect(c, r, c->way, &s);
	}
}

/* Padding, not a trailer. */
static bool
ends_in_zeros(const struct sf_record *r)
{
	static const uint8_t zeros[8];

	return r->tail_n >= sizeof(zeros) &&
	       memcmp(r->tail + r->tail_n - sizeof(zeros), zeros,
		   sizeof(zeros)) == 0;
}

#define MOST_HEAD 10 /* octets that senders leave of video, whatever the rule */
#define FAR       64 /* and of H.264, whose packetizer looks for slices */

/* Are the octets uniform behind what the format leaves in the clear, or behind
   as many as least? */
static bool
is_even(const struct sf_way *way, const struct sf_record *recs, size_t n,
    size_t least)
{
	struct sf_bit_counts bits = { 0 };
	struct sf_nibble_counts nibbles = { 0 };
	struct sf_sight s;
	size_t read = 0, zeros = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sf_record *r = &recs[i];
		size_t at, end;

		if (!r->complete || r->decided || !way->read(&s, r) ||
		    s.clear < 0)
			continue;
		read++;
		zeros += ends_in_zeros(r);
		at = (size_t)s.clear + (s.behind ? 0 : s.octets);
		if (at == 0 && r->video)
			at = MOST_HEAD;
		at = at < least ? least : at;
		end = r->octets - (s.behind ? s.octets : 0);
		if (end > r->head_n)
			end = r->head_n;
		if (at + SF_NIBBLES > end)
			continue;
		sf_bits_add(&bits, r->head + at, end - at);
		sf_nibbles_add(&nibbles, r->head + at);
	}
	return zeros * 2 <= read && sf_bits_p(&bits) >= SF_CLEAR_SURE &&
	       sf_nibbles_p(&nibbles) >= SF_CLEAR_SURE;
}

/*
 * Behind what such a format leaves in the clear there is ciphertext. Octets
 * that are not uniform there are no frames of it, whatever stands at their
 * end.
 */
static bool
has_ciphertext(const struct sf_way *way, const struct sf_record *recs, size_t n)
{
	enum sf_codec codec = (enum sf_codec)recs[0].codec;

	/* a mark of four octets and more is proof, whatever the cipher does */
	if (way->alone >= 32 || is_even(way, recs, n, 0))
		return true;
	return (codec == SF_CODEC_H264 || codec == SF_CODEC_H265) &&
	       is_even(way, recs, n, FAR);
}

bool
sf_classify_in_dialect(struct sf_classifier *c, struct sf_record *r)
{
	struct sf_sight s;

	if (c->way == NULL || c->open || !belongs(c, r, &s) || !is_usual(c, &s))
		return false;
	sf_classify_mark_dialect(c, r, c->way, &s);
	return true;
}

/* Of the frames behind the first of a run, those with no header: counts them, and
   those that carry the run on; with take these become the run's. */
static void
follow_run(struct sf_classifier *c, bool take, unsigned *n, unsigned *follow)
{
	const struct sf_record *last = NULL;
	struct sf_run_header at = { 0 }, h;

	*n = *follow = 0;
	for (unsigned i = 0; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];

		if (sf_run_passes_over(r) || (!r->has_header && last == NULL))
			continue;
		h = r->header;
		if (!r->has_header) {
			++*n;
			if (!sf_run_header(&h, r, c->placing) ||
			    !sf_run_follows(&at, last->last.time_ns, &h,
				r->last.time_ns))
				continue;
			++*follow;
			if (take)
				sf_classify_claim(c, r, &h, c->placing.layout);
		}
		at = h;
		last = r;
	}
	if (take && last != NULL) {
		c->last = at;
		c->last_ns = last->last.time_ns;
		c->last_seq = last->seq;
	}
}

static unsigned
headers_of(const struct sf_classifier *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n; i++)
		n += c->recs[i].has_header;
	return n;
}

void
sf_classify_give_back(struct sf_classifier *c)
{
	unsigned n, follow;

	if (!c->running || c->way == NULL || c->way->alone >= SF_WAY_STRONG ||
	    headers_of(c) < SF_LEAST_RUN)
		return;
	follow_run(c, false, &n, &follow);
	if (follow * 4 <= n * 3)
		return;
	for (unsigned i = 0; i < c->n; i++) {
		struct sf_record *r = &c->recs[i];

		if (r->dialect == SF_DIALECT_NONE)
			continue;
		r->decided = false;
		r->dialect = SF_DIALECT_NONE;
	}
	c->way = NULL;
	c->in_way = 0;
	follow_run(c, true, &n, &follow);
}

static bool
all_blank(const struct sf_classifier *c, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (c->recs[i].complete && !sf_dialect_blank(&c->recs[i]))
			return false;
	return true;
}

/*
 * Stretches of frames that a server made up, and nothing else, in a stream of
 * such a format. A microphone in a silent room gives the same octets: among
 * other frames in the clear they are what those are.
 */
static void
mark_blanks(struct sf_classifier *c)
{
	unsigned from = 0, to;

	for (; sf_classify_next_open(c, &from, &to); from = to) {
		if (c->in_way < SF_LEAST_RUN || (to == c->n && !c->ending) ||
		    !all_blank(c, from, to))
			continue;
		for (unsigned i = from; i < to; i++) {
			c->recs[i].decided |= c->recs[i].complete;
			c->pub->evidence.server_frames += c->recs[i].complete;
		}
	}
}

void
sf_classify_dialects(struct sf_classifier *c)
{
	struct sf_way_found found;
	unsigned from = 0, to;

	if (sf_classify_codec(c) == SF_CODEC_RTX)
		return;
	if (c->way != NULL && c->way->follow != NULL)
		carry_on(c, 0);
	while (sf_classify_next_open(c, &from, &to)) {
		if (sf_way_search(&found, &c->recs[from], to - from) &&
		    has_ciphertext(found.way, &c->recs[from], to - from)) {
			c->way = found.way;
			c->sight = (struct sf_sight){ 0 };
			carry_on(c, from + (unsigned)found.start);
		}
		from = to;
	}
	mark_blanks(c);
}
