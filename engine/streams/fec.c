#include "engine/streams/fec.h"

#include <math.h>
#include <string.h>

#include "engine/base/hash.h"
#include "engine/classify/stats.h"
#include "engine/streams/parts.h"
#include "parsers/rtp/flexfec.h"
#include "parsers/rtp/flexfec_rfc.h"
#include "parsers/rtp/ulpfec.h"

#define COMPARED   24  /* octets: by chance they are equal once in 2^192 */
#define LEAST      8   /* of them that must be there */
#define SHIFTS     64  /* octets of header extensions that a hop took off */
#define LEAST_SEEN 20  /* FEC packets for a test of their octets */
#define EVEN       4.0 /* deviations below which a bit sent tells nothing */

/* ---- what is kept ----------------------------------------------------------- */

static struct sf_fec *
take(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct sf_fec *f = t->lane->fec;

	if (f != NULL)
		return f;
	if (s->fecs_used == s->fecs_cap) {
		sf_streams_limit(s, SF_LIMIT_COPIES, u->place);
		return NULL;
	}
	f = t->lane->fec = &s->fecs[s->fecs_used++];
	for (unsigned i = 0; i < SF_FEC_KEPT; i++)
		f->kept[i].seq = UINT32_MAX;
	return f;
}

void
sf_fec_note(struct sf_fec *f, const struct sf_unit *u)
{
	struct sf_fec_packet *p = &f->kept[u->seq % SF_FEC_KEPT];

	p->seq = (uint32_t)u->seq;
	p->timestamp = u->timestamp;
	p->marker = u->marker;
	p->front = u->front;
	p->whole = !u->cut;
	p->n =
	    (uint8_t)(u->payload.n < SF_FEC_HEAD ? u->payload.n : SF_FEC_HEAD);
	memcpy(p->head, u->payload.p, p->n);
}

/* The packets of the mask, those with the lowest numbers first. Returns how many
   there are; 0 when one is not there. */
static unsigned
protected_by(const struct sf_fec *f, const struct sf_track *t,
    const struct sf_fec_unit *w, const struct sf_fec_packet **of)
{
	uint64_t base = sf_track_extend(t, w->base);
	unsigned n = 0;

	for (unsigned i = 0; i < SF_FEC_MOST; i++) {
		const struct sf_fec_packet *p =
		    &f->kept[(base + i) % SF_FEC_KEPT];

		if (!sf_fec_mask_has(&w->mask, i))
			continue;
		if (p->seq != (uint32_t)(base + i) || !p->whole)
			return 0;
		of[n++] = p;
	}
	return n;
}

/* ---- is it what was sent? --------------------------------------------------- */

/* The payload octet at, which skips so many in front; 0 behind the end. */
static uint8_t
octet_of(const struct sf_fec_packet *p, size_t at)
{
	return at < p->n ? p->head[at] : 0;
}

/* The longest CSRC list and header extension among them. */
static size_t
front_of(const struct sf_fec_packet *const *of, unsigned n)
{
	size_t front = 0;

	for (unsigned i = 0; i < n; i++)
		if (of[i]->front > front)
			front = of[i]->front;
	return front;
}

/* Octet at of the XOR of payloads, each behind its own front; or, when even, as
   if all fronts were alike. */
static uint8_t
sum_at(const struct sf_fec_packet *const *of, unsigned n, size_t front,
    size_t at, size_t skip, bool even)
{
	uint8_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x ^= octet_of(
		    of[i], (even ? 0 : front - of[i]->front) + at + skip);
	return x;
}

/* skip: octets of RED in front of each payload that are not protected. */
static bool
equal(const struct sf_fec_unit *w, const struct sf_fec_packet *const *of,
    unsigned n, size_t begin, size_t skip, bool even)
{
	size_t front = front_of(of, n), kept = SF_FEC_HEAD - skip, end;

	for (unsigned i = 0; i < n && !even; i++) {
		size_t off = front - of[i]->front;
		size_t left = SF_FEC_HEAD - skip;

		left = off < left ? left - off : 0;
		kept = left < kept ? left : kept;
	}
	end = begin + (kept < COMPARED ? kept : COMPARED);
	if (end > w->n)
		end = w->n;
	if (end < begin + LEAST)
		return false;
	for (size_t at = begin; at < end; at++)
		if (w->octets[at] !=
		    sum_at(of, n, front, at - begin, skip, even))
			return false;
	return true;
}

/*
 * With the RED octet of each payload and without; where header extensions were
 * as they are here, and where a hop has changed them.
 */
static bool
recovers(const struct sf_fec_unit *w, const struct sf_fec_packet *const *of,
    unsigned n, bool red)
{
	for (size_t skip = 0; skip <= (red ? 1U : 0U); skip++) {
		if (equal(w, of, n, front_of(of, n), skip, false))
			return true;
		for (size_t begin = 0; begin < SHIFTS; begin++)
			if (equal(w, of, n, begin, skip, true))
				return true;
	}
	return false;
}

/* ---- what else it is ----------------------------------------------------------- */

/* Where the payload begins in repair octets of one packet: behind its header
   extension, if that is protected as well. */
static size_t
payload_in(const struct sf_fec_unit *w, const struct sf_fec_packet *p)
{
	const uint8_t *in = w->octets;
	size_t ext = p->front;

	/* an extension of either form, behind 0 to 15 CSRCs */
	for (size_t at = 0; at + 4 <= ext && ext <= w->n; at += 4)
		if ((in[at] == 0xbe && in[at + 1] == 0xde) ||
		    (in[at] == 0x10 && (in[at + 1] & 0xf0) == 0))
			return ext;
	return 0;
}

/* One packet, and other octets than were sent: those are the packet as it was
   for whoever made the FEC. */
static bool
judge_one(struct sf_streams *s, struct sf_track *t, const struct sf_fec_unit *w,
    const struct sf_fec_packet *p)
{
	size_t at = payload_in(w, p);
	struct sf_unit part = { .place = w->place,
		.seq = t->highest - (uint32_t)((uint32_t)t->highest - p->seq),
		.timestamp = p->timestamp,
		.pt = t->main_pt,
		.marker = p->marker };

	if (w->length > w->n || w->length <= at)
		return false;
	if (t->red == SF_RED_VIDEO && p->n > 0 && w->octets[at] == p->head[0])
		at++;
	part.payload = sf_bytes(w->octets + at, w->length - at);
	part.packet_at = w->packet_at == 0 ? 0 : (uint16_t)(w->packet_at + at);
	part.hash = sf_hash_ends(part.payload);
	sf_copies_packet(s, t, &part);
	return true;
}

static void
note_other(struct sf_track *t, struct sf_fec *f, const struct sf_fec_unit *w,
    const struct sf_fec_packet *const *of, unsigned n)
{
	struct sf_aside *a = &t->pub.fec_other;
	size_t front = front_of(of, n);
	uint8_t sent[SF_HEAD];

	if (a->frames++ == 0) {
		a->first = w->place;
		a->shown.n = (uint8_t)(w->n < SF_SHOWN ? w->n : SF_SHOWN);
		memcpy(a->shown.octets, w->octets, a->shown.n);
		a->shown.at = w->packet_at;
		a->shown.place = w->place;
	}
	a->last = w->place;
	if (w->n < front + SF_HEAD)
		return;
	for (size_t i = 0; i < SF_HEAD; i++)
		sent[i] = sum_at(of, n, front, i, 0, false);
	sf_bits_add(&f->other, w->octets + front, SF_HEAD);
	sf_bits_add(&f->sent, sent, SF_HEAD);
}

/* A FEC packet all of whose packets are there. */
static void
decide(struct sf_streams *s, struct sf_track *t, struct sf_fec *f,
    const struct sf_fec_unit *w, const struct sf_fec_packet *const *of,
    unsigned n)
{
	t->pub.evidence.fec_judged++;
	if (recovers(w, of, n, t->red == SF_RED_VIDEO))
		t->pub.evidence.copies++;
	else if (n != 1 || !judge_one(s, t, w, of[0]))
		note_other(t, f, w, of, n);
}

/* Those that can be decided go; the rest waits. */
static void
settle(struct sf_streams *s, struct sf_track *t, struct sf_fec *f)
{
	const struct sf_fec_packet *of[SF_FEC_MOST];
	unsigned left = 0;

	for (unsigned i = 0; i < f->n_waiting; i++) {
		unsigned n = protected_by(f, t, &f->waiting[i], of);

		if (n > 0)
			decide(s, t, f, &f->waiting[i], of, n);
		else if (left++ != i)
			f->waiting[left - 1] = f->waiting[i];
	}
	f->n_waiting = left;
}

/*
 * Do repair octets that are not what was sent have a shape of their own, where
 * what was sent has none? The sum of ciphertexts has none behind their headers;
 * that of clear packets has what these have in common.
 */
static bool
has_shape(const struct sf_fec *f)
{
	double sum = 0, df = 0, n = f->other.strings;

	if (n < LEAST_SEEN)
		return false;
	for (unsigned i = 0; i < 8 * SF_HEAD; i++) {
		unsigned k = i % 8;
		double other = (double)(f->other.ones[i / 8] >> 8 * k & 0xff);
		double sent = (double)(f->sent.ones[i / 8] >> 8 * k & 0xff);

		if (fabs(2 * sent - n) > EVEN * sqrt(n))
			continue;
		sum += (2 * other - n) * (2 * other - n) / n;
		df++;
	}
	return df > 0 && sf_chi2_p(sum, df) < SF_CLEAR_SURE;
}

void
sf_fec_flush(struct sf_streams *s, struct sf_track *t)
{
	if (t->lane->fec != NULL)
		settle(s, t, t->lane->fec);
}

void
sf_fec_finish(struct sf_track *t)
{
	struct sf_stream *p = &t->pub;
	struct sf_aside *other = &p->fec_other;

	if (t->lane->fec == NULL || !has_shape(t->lane->fec))
		return;
	other->shown.look = SF_LOOK_FEC;
	p->evidence.copies_differ += other->frames;
	p->evidence.copies_clear += other->frames;
	sf_copies_add(&p->copies, other);
	*other = (struct sf_aside){ 0 };
	if (p->protection != SF_PROT_PLAINTEXT)
		p->protection = SF_PROT_MIXED;
}

/* ---- formats ------------------------------------------------------------------- */

/* The header, and the repair octets behind it, SF_FEC_OCTETS at most. */
static void
keep(struct sf_fec_unit *w, struct sf_bytes in, uint16_t base, uint16_t length,
    struct sf_fec_mask mask, struct sf_bytes repair)
{
	w->base = base;
	w->length = length;
	w->mask = mask;
	w->n = (uint16_t)repair.n;
	memcpy(w->octets, repair.p, repair.n);
	if (w->packet_at != 0)
		w->packet_at = (uint16_t)(w->packet_at + (repair.p - in.p));
}

static bool
read_ulpfec(struct sf_fec_unit *w, struct sf_bytes in)
{
	struct sf_ulpfec f;
	struct sf_diag d;

	if (sf_ulpfec_parse(&f, in, &d) != SF_OK)
		return false;
	keep(w, in, f.base, f.length, f.mask, f.payload);
	if (f.protected < w->n)
		w->n = f.protected;
	return true;
}

static bool
read_flexfec(struct sf_fec_unit *w, struct sf_bytes in, uint32_t *ssrc)
{
	struct sf_flexfec f;
	struct sf_diag d;

	if (sf_flexfec_parse(&f, in, &d) != SF_OK)
		return false;
	*ssrc = f.ssrc;
	keep(w, in, f.base, f.length, f.mask, f.payload);
	return true;
}

static bool
read_flexfec_rfc(struct sf_fec_unit *w, struct sf_bytes in)
{
	struct sf_flexfec_rfc f;
	struct sf_diag d;

	if (sf_flexfec_rfc_parse(&f, in, &d) != SF_OK)
		return false;
	keep(w, in, f.base, f.length, f.mask, f.payload);
	return true;
}

/* The stream with that SSRC beside a stream of FEC. */
static struct sf_track *
beside(struct sf_streams *s, const struct sf_track *t, uint32_t ssrc)
{
	struct sf_track_key any = sf_track_key_of(ssrc);
	struct sf_track_key k = { t->pub.src, t->pub.dst, ssrc,
		t->pub.input | (t->pub.sealed ? SF_TRACK_SEALED : 0) };
	struct sf_track *of;

	of = sf_track_find(s, &k);
	return of != NULL ? of : sf_track_find(s, &any);
}

/* The one SSRC in the CSRC list, of which the unit has a hash. */
static struct sf_track *
in_csrc(struct sf_streams *s, const struct sf_track *t, const struct sf_unit *u)
{
	for (size_t i = 0; u->csrc != 0 && i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];
		uint32_t v = of->pub.ssrc;
		uint8_t ssrc[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			(uint8_t)(v >> 8), (uint8_t)v };

		if (of != t && of->lane != NULL &&
		    ((uint32_t)sf_hash(sf_bytes(ssrc, 4)) | 1) == u->csrc)
			return of;
	}
	return NULL;
}

/* ULPFEC that is a stream of its own: the SSRC of what it protects (RFC 5109
   14.1), or what SDP groups it with. */
static struct sf_track *
of_stream(struct sf_streams *s, struct sf_track *t)
{
	if (t->pub.codec != SF_CODEC_ULPFEC)
		return t;
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];

		if (of != t && of->lane != NULL &&
		    of->pub.ssrc == t->pub.ssrc &&
		    of->pub.kind != SF_KIND_REPAIR)
			return of;
	}
	return NULL;
}

/* Which stream it protects; NULL: none that is known. */
static struct sf_track *
read_unit(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *u, struct sf_fec_unit *w)
{
	uint32_t ssrc;

	if (codec == SF_CODEC_ULPFEC)
		return read_ulpfec(w, u->payload) ? of_stream(s, t) : NULL;
	if (read_flexfec(w, u->payload, &ssrc))
		return beside(s, t, ssrc);
	return read_flexfec_rfc(w, u->payload) ? in_csrc(s, t, u) : NULL;
}

void
sf_fec_unit(struct sf_streams *s, struct sf_track *t, enum sf_codec codec,
    const struct sf_unit *u)
{
	struct sf_fec_unit w = { .place = u->place, .packet_at = u->packet_at };
	struct sf_track *of;
	struct sf_fec *f;

	if (u->cut || u->payload.n > SF_FEC_OCTETS)
		return;
	of = read_unit(s, t, codec, u, &w);
	if (of == NULL || of->lane == NULL)
		return;
	of->pub.evidence.fec++;
	if (sf_fec_mask_count(&w.mask) == 0)
		return; /* a retransmission, or rows and columns */
	f = take(s, of, u);
	if (f == NULL)
		return;
	if (f->n_waiting == SF_FEC_WAITING) { /* the oldest has had its time */
		f->n_waiting--;
		memmove(f->waiting, f->waiting + 1,
		    f->n_waiting * sizeof(f->waiting[0]));
	}
	f->waiting[f->n_waiting++] = w;
	settle(s, of, f);
}
