/*
 * counters.c - formats with a plain counter in front: gbp-sframe's own
 * header, and home-made ones with key epoch and frame counter before the IV, or
 * with an IV that is a counter and eight octets that never change.
 * A counter in front is also what SFrame has, in any layout and behind any
 * codec's octets: what reads as one of those is none of these.
 */
#include "engine/dialect/way.h"

#include <string.h>

#include "engine/base/hash.h"
#include "engine/classify/runs.h"

#define NEAR  64        /* steps of a counter that other streams share */
#define MOST  0x8000000 /* of a counter in 4 octets: above stand headers */
#define TAG   16
#define IV    12
#define FRONT 5 /* octets before it */

static uint64_t
number_at(const struct sf_record *r, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | r->head[at + i];
	return v;
}

/* No zero in front of a number of several octets. */
static bool
is_short(uint64_t v, uint8_t octets)
{
	return octets < 2 || v >> 8 * (octets - 1u) != 0;
}

/* Does a header of SFrame, at so many octets, end there with its counter? In front also one of its
   drafts, whose senders wrote numbers as short as they are, and no first bit. */
static bool
ends_a_header(const struct sf_record *r, uint8_t at, size_t end)
{
	struct sf_run_header h;

	for (unsigned l = 0; l < (at == 0 ? 3 : 1); l++) {
		struct sf_placing p = { at, at, (enum sf_layout)l, false };

		if (sf_run_header_alone(&h, r, p) && at + h.octets == end &&
		    h.ctr_octets > 0 &&
		    (l == SF_LAYOUT_RFC9605 ||
			(r->head[0] < 0x80 && is_short(h.ctr, h.ctr_octets))))
			return true;
	}
	return false;
}

static struct sf_sight
sight_of(const struct sf_record *r, uint64_t kid, uint64_t ctr, size_t octets)
{
	return (struct sf_sight){ .kid = kid,
		.ctr = ctr,
		.nonce = sf_mix(sf_mix(ctr) + 0xf207),
		.rtp = r->timestamp,
		.octets = (uint8_t)octets,
		.has_kid = true,
		.has_ctr = true,
		.has_nonce = true,
		.rises = true };
}

/* 0, 3 bits of KID octets less one, 4 bits of CTR octets less one; both numbers
   as short as can be. */
bool
sf_read_gbp(struct sf_sight *out, const struct sf_record *r)
{
	uint8_t first = r->head_n > 0 ? r->head[0] : 0xff;
	size_t kid_n = (size_t)(first >> 4 & 7) + 1;
	size_t ctr_n = (size_t)(first & 15) + 1;

	if (first >= 0x80 || ctr_n > 8 || r->head_n < 1 + kid_n + ctr_n ||
	    r->octets < 1 + kid_n + ctr_n + TAG ||
	    (kid_n > 1 && r->head[1] == 0) ||
	    (ctr_n > 1 && r->head[1 + kid_n] == 0) ||
	    ends_a_header(r, 0, 1 + kid_n + ctr_n) ||
	    ends_a_header(r, 1, 1 + kid_n + ctr_n))
		return false;
	*out = sight_of(r, number_at(r, 1, kid_n),
	    number_at(r, 1 + kid_n, ctr_n), 1 + kid_n + ctr_n);
	out->steady = kid_n;
	return true;
}

/* The KID stays, and the counter goes on in as many octets or one more. */
double
sf_follow_gbp(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	if (a->kid != b->kid || a->steady != b->steady || step == 0 ||
	    step > NEAR || b->octets < a->octets || b->octets > a->octets + 1)
		return 0;
	return 8.0 * b->octets - 6;
}

/* An octet of key epoch, 4 of counter, an IV; some make that of the counter, and
   short frames show it. */
bool
sf_read_counted_iv(struct sf_sight *out, const struct sf_record *r)
{
	uint64_t ctr;

	if (r->head_n < FRONT + IV || r->octets < FRONT + TAG)
		return false;
	ctr = number_at(r, 1, 4);
	if (ctr >= MOST || ends_a_header(r, 0, FRONT) ||
	    ends_a_header(r, 1, FRONT))
		return false;
	*out = sight_of(r, r->head[0], ctr, FRONT + IV);
	out->nonce =
	    sf_mix(number_at(r, FRONT, 8)) ^ number_at(r, FRONT + 8, 4);
	return true;
}

double
sf_follow_counted_iv(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);
	bool next = b->kid == (a->kid + 1) % 256;

	if (a->kid == b->kid)
		return step >= 1 && step <= NEAR ? 26 : 0;
	/* another epoch: the counter goes on, or over */
	return next && (b->ctr < NEAR || (step >= 1 && step <= NEAR)) ? 20 : 0;
}

/* ---- an IV that is a counter ------------------------------------------------ */

#define COUNT   4                   /* octets of it */
#define STARTED ((uint64_t)1 << 40) /* no counter of a draft comes as far */

/* Where the counter stands in the IV, and which octet of it comes first. */
struct iv_form {
	uint8_t at;
	bool low_first;
};

static uint32_t
count_in(const uint8_t iv[IV], struct iv_form f)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < COUNT; i++)
		v |= (uint32_t)iv[f.at + i]
		     << 8 * (f.low_first ? i : COUNT - 1 - i);
	return v;
}

#define PADDED      3       /* octets of a counter that needs fewer, */
#define SMALL       0x10000 /* and is below this */
#define LONGEST_KID 4       /* octets of a sender's number */

/*
 * A sender may write more octets of CTR than it needs. In front of them is a KID,
 * which no IV's counter begins with that counts so little; or they are many, and
 * one alone is too much. Or of KID, in front of a counter that needs its octets.
 */
static bool
is_padded(const struct sf_run_header *h)
{
	if (is_short(h->kid, h->kid_octets))
		return (h->ctr_octets <= PADDED && h->ctr < SMALL &&
			   (h->kid & 0xff) != 0) ||
		       (h->ctr_octets > PADDED &&
			   is_short(h->ctr, h->ctr_octets - 1));
	return is_short(h->ctr, h->ctr_octets) && h->kid != 0 &&
	       (h->kid < SMALL || h->kid_octets >= LONGEST_KID);
}

/* By its first octet, is a header of so many octets, in any layout? It spares
   most of the reading. */
static bool
may_be_as_long(uint8_t first, size_t octets)
{
	size_t upper = first >> 4 & 7, lower = first & 7;
	size_t x = first & 8 ? lower : 0, more = first & 8 ? 1 : 0;

	return octets == 1 + (first & 0x80 ? upper + 1 : 0) + x + more ||
	       octets == 1 + upper + 1 + x + more || octets == 1 + upper + x;
}

/* A header that ends there has its counter last, as such an IV has; that of a
   draft never counted up to more than STARTED. */
static bool
is_header_at(const struct sf_record *r, uint8_t at, size_t end)
{
	struct sf_run_header h;

	if (at >= r->head_n || !may_be_as_long(r->head[at], end - at))
		return false;
	for (unsigned l = 0; l < 3; l++) {
		struct sf_placing p = { at, at, (enum sf_layout)l, false };

		if (sf_run_header_alone(&h, r, p) && at + h.octets == end &&
		    ((is_short(h.kid, h.kid_octets) &&
			 is_short(h.ctr, h.ctr_octets)) ||
			(l == SF_LAYOUT_RFC9605 && is_padded(&h))) &&
		    (l == SF_LAYOUT_RFC9605 || h.ctr < STARTED))
			return true;
	}
	return false;
}

/* In front, or behind the first octets of a codec, where they are its. */
static bool
is_a_header(const struct sf_record *r, size_t end)
{
	int16_t clear = sf_way_clear(r);

	return is_header_at(r, 0, end) ||
	       (clear > 0 && (size_t)clear < end &&
		   (r->proof != SF_PROOF_NONE || !r->video) &&
		   is_header_at(r, (uint8_t)clear, end));
}

static bool
read_iv(struct sf_sight *out, const struct sf_record *r, int16_t clear,
    struct iv_form f)
{
	bool as_headers = f.at + COUNT == IV && !f.low_first;
	uint8_t rest[IV];
	const uint8_t *iv;

	if (clear < 0 || clear + IV + 4 > r->head_n ||
	    r->octets < (uint32_t)clear + IV + TAG ||
	    (as_headers && is_a_header(r, (size_t)clear + IV)))
		return false;
	iv = r->head + clear;
	memcpy(rest, iv, IV);
	memset(rest + f.at, 0, COUNT);
	*out = sight_of(r, 0, count_in(iv, f), IV);
	out->has_kid = false;
	out->steady = sf_hash(sf_bytes(rest, IV));
	out->nonce = sf_hash(sf_bytes(iv, IV));
	out->body = (uint32_t)number_at(r, (size_t)clear + IV, 4);
	out->clear = clear;
	return true;
}

#define READ_IV(name, clear, at, low_first)                                    \
	bool name(struct sf_sight *out, const struct sf_record *r)             \
	{                                                                      \
		return read_iv(                                                \
		    out, r, (clear), (struct iv_form){ at, low_first });       \
	}
READ_IV(sf_read_iv_ends, 0, IV - COUNT, false)
READ_IV(sf_read_iv_begins, 0, 0, false)
READ_IV(sf_read_iv_ends_low, 0, IV - COUNT, true)
READ_IV(sf_read_iv_begins_low, 0, 0, true)
READ_IV(sf_read_iv_behind, sf_way_clear(r), IV - COUNT, false)
READ_IV(sf_read_iv_behind_begins, sf_way_clear(r), 0, false)
READ_IV(sf_read_iv_behind_low, sf_way_clear(r), IV - COUNT, true)
READ_IV(sf_read_iv_behind_begins_low, sf_way_clear(r), 0, true)

/* Eight octets are kept, four count; what was encrypted under another IV is
   another ciphertext. */
double
sf_follow_iv_count(const struct sf_sight *a, const struct sf_sight *b)
{
	uint64_t step = sf_way_step(a, b);

	return a->steady == b->steady && a->body != b->body && step >= 1 &&
		       step <= NEAR
		   ? 40
		   : 0;
}
