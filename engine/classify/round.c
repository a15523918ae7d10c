#include "engine/classify/parts.h"

#include "engine/classify/stats.h"

#define ROUND 64 /* counters that a sender may go round in */

bool
sf_classify_goes_round(const struct sf_classifier *c, const struct sf_record *r,
    struct sf_run_header *h)
{
	return c->round != 0 && sf_run_header(h, r, c->placing) &&
	       h->octets > 1 && h->kid == c->last.kid && sf_run_is_minimal(h) &&
	       (h->ctr < ROUND || h->ctr == c->last.ctr) &&
	       (c->round >> h->ctr % ROUND & 1) != 0;
}

static unsigned
bits_of(uint64_t round)
{
	unsigned n = 0;

	for (; round != 0; round &= round - 1)
		n++;
	return n;
}

#define BEHIND 3 /* octets in which a counter behind the header is looked for */

/* Does an octet right behind the header count up from frame to frame? Then the
   header is elsewhere: in front of it is an octet of the codec. */
static bool
counts_behind(const struct sf_classifier *c, unsigned from, unsigned to,
    uint8_t at)
{
	for (unsigned k = 0; k < BEHIND; k++) {
		const struct sf_record *last = NULL;
		unsigned asked = 0, fit = 0;

		for (unsigned i = from; i < to; i++) {
			const struct sf_record *r = &c->recs[i];

			if (sf_run_passes_over(r) || at + k >= r->head_n)
				continue;
			if (last != NULL) {
				uint8_t step = (uint8_t)(r->head[at + k] -
							 last->head[at + k]);

				asked++;
				fit += step > 0 && step < 16;
			}
			last = r;
		}
		if (fit * 2 > asked)
			return true;
	}
	return false;
}

/* Is it a TOC octet that tells the durations that are sent? A header of one octet
   is no more than that. */
static bool
tells_durations(const struct sf_classifier *c, unsigned from, unsigned to)
{
	unsigned asked = 0, fit = 0;

	for (unsigned i = from; i + 1 < to; i++) {
		const struct sf_record *r = &c->recs[i], *next = r + 1;

		if (!r->complete || !next->complete || next->seq != r->seq + 1)
			continue;
		asked++;
		fit += r->samples != 0 &&
		       next->timestamp - r->timestamp == r->samples;
	}
	return asked > 0 && fit * 10 >= asked * 9;
}

/*
 * A counter that does not move, or goes round and round: every header of one
 * KID, few CTRs, and behind them octets that differ and are uniform. No media
 * looks like that, where the header has two octets or more, or was known before.
 * The CTRs, as bits; 0: this is something else.
 */
static uint64_t
round_of(const struct sf_classifier *c, struct sf_placing p, unsigned from,
    unsigned to)
{
	struct sf_run_header first, h;
	struct sf_bit_counts body = { 0 };
	bool known = c->running && c->run_frames + from >= SF_LEAST_RUN;
	unsigned n = 0;
	uint64_t round = 0;

	if (p.layout != SF_LAYOUT_RFC9605 ||
	    !sf_run_header(&first, &c->recs[from], p) ||
	    (first.octets < 2 && !(known && first.kid == c->last.kid)))
		return 0;
	for (unsigned i = from; i < to; i++) {
		const struct sf_record *r = &c->recs[i];

		if (sf_run_passes_over(r))
			continue;
		if (!sf_run_header(&h, r, p) || h.kid != first.kid ||
		    h.kid_octets != first.kid_octets || !sf_run_is_minimal(&h) ||
		    (h.ctr >= ROUND && h.ctr != first.ctr))
			return 0;
		round |= UINT64_C(1) << h.ctr % ROUND;
		sf_bits_add(&body, r->head + h.at + h.octets,
		    (size_t)(r->head_n - h.at - h.octets));
		n++;
	}
	if (sf_bits_p(&body) <= SF_CLEAR_SURE ||
	    (first.octets < 2 && tells_durations(c, from, to)) ||
	    counts_behind(c, from, to, (uint8_t)(first.at + first.octets)))
		return 0;
	if (known && c->round != 0 && (round & ~c->round) == 0)
		return n >= SF_LEAST_RUN / 4 ? round : 0;
	return n >= SF_LEAST_RUN && bits_of(round) * 4 <= n ? round : 0;
}

void
sf_classify_mark_round(struct sf_classifier *c, unsigned from, unsigned to)
{
	static const struct sf_placing front = { 0, 0, SF_LAYOUT_RFC9605,
		false };
	struct sf_placing p = c->running ? c->placing : front;
	uint64_t round = round_of(c, p, from, to);
	struct sf_run_header h;

	if (round == 0)
		return;
	c->round |= round;
	c->placing = p;
	for (unsigned i = from; i < to; i++)
		if (sf_run_header(&h, &c->recs[i], p))
			sf_classify_mark(c, &c->recs[i], &h);
}
