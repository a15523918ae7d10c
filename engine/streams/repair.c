#include "engine/streams/parts.h"

#include <string.h>

#include "engine/hash.h"

static bool
lane_has(const struct sf_lane *l, uint16_t seq, uint32_t hash)
{
	for (unsigned i = 0; l != NULL && i < SF_SEEN_WINDOW; i++)
		if ((uint16_t)l->seen[i].seq == seq && l->seen[i].hash == hash)
			return true;
	return false;
}

static bool
held_has(
    struct sf_streams *s, const struct sf_track *t, uint16_t seq, uint32_t hash)
{
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		const struct sf_unit *u = &sf_held_at(s, at)->unit;

		if ((uint16_t)u->seq == seq && (uint32_t)u->hash == hash)
			return true;
	}
	return false;
}

/* A packet that another stream lost: its number is near what that stream
   sends, and so is its timestamp. */
static bool
lane_near(const struct sf_lane *l, uint16_t seq, uint32_t timestamp)
{
	for (unsigned i = 0; l != NULL && i < SF_SEEN_WINDOW; i++) {
		int16_t off = (int16_t)(seq - (uint16_t)l->seen[i].seq);
		int32_t ticks = (int32_t)(timestamp - l->seen[i].timestamp);

		if (l->seen[i].seq != 0 && off > -16 && off < 16 &&
		    ticks > -90000 && ticks < 90000)
			return true;
	}
	return false;
}

static bool
same_addresses(const struct sf_stream *a, const struct sf_stream *b)
{
	return memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

static bool
repeats(struct sf_streams *s, const struct sf_track *of,
    const struct sf_unit *u, bool *copy)
{
	struct sf_bytes rest;
	uint16_t osn;
	uint32_t hash;

	if (u->payload.n < 3)
		return false;
	osn = (uint16_t)(u->payload.p[0] << 8 | u->payload.p[1]);
	rest = sf_bytes(u->payload.p + 2, u->payload.n - 2);
	hash = (uint32_t)sf_hash_ends(rest);
	*copy = lane_has(of->lane, osn, hash) || held_has(s, of, osn, hash);
	return *copy || lane_near(of->lane, osn, u->timestamp);
}

/* How many of the packets held repeat packets of another stream. */
static unsigned
count_repeats(struct sf_streams *s, const struct sf_track *t,
    const struct sf_track *of, unsigned *copies)
{
	unsigned n = 0;
	bool copy = false;

	*copies = 0;
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		n += repeats(s, of, &sf_held_at(s, at)->unit, &copy);
		*copies += copy;
		copy = false;
	}
	return n;
}

struct sf_track *
sf_repair_find(struct sf_streams *s, const struct sf_track *t)
{
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];
		unsigned copies, n;

		if (of == t || of->pub.packets == 0 ||
		    of->pub.codec == SF_CODEC_RTX ||
		    of->pub.pts[0] == t->pub.pts[0] ||
		    !same_addresses(&of->pub, &t->pub))
			continue;
		n = count_repeats(s, t, of, &copies);
		if (n > 0 && n * 10 >= t->n_held * 8 && (copies > 0 || n > 2))
			return of;
	}
	return NULL;
}

/* The stream that SDP says this one repairs (a=ssrc-group:FID). */
static struct sf_track *
repaired_by_ssrc(struct sf_streams *s, const struct sf_track *t)
{
	const struct sf_sdp_ssrc *named =
	    sf_track_sdp_ssrc(s->sdp, t->pub.ssrc);
	struct sf_track_key k;

	if (named == NULL || named->repairs == 0)
		return NULL;
	k = sf_track_key_of(named->repairs);
	return sf_track_find(s, &k);
}

/* The copies that a repair stream sends need no frame of their own. */
void
sf_repair_unit(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	bool copy = false;

	if (t->repaired == NULL)
		t->repaired = repaired_by_ssrc(s, t);
	if (t->repaired != NULL)
		(void)repeats(s, t->repaired, u, &copy);
	t->pub.evidence.copies += copy;
}

/* A repair stream is what it repairs, if all it sent were copies. */
void
sf_repair_finish(struct sf_track *t)
{
	struct sf_stream *p = &t->pub;
	uint64_t sent = t->unique - p->padding_only;

	p->protection = SF_PROT_UNDECIDABLE;
	p->why = SF_WHY_NOT_MEDIA;
	if (t->repaired == NULL)
		return;
	p->repairs = t->repaired->pub.id;
	if (sent == 0 || p->evidence.copies < sent)
		return;
	p->protection = t->repaired->pub.protection;
	p->dialect = t->repaired->pub.dialect;
	p->why = t->repaired->pub.why;
}
