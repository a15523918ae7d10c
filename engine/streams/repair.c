#include "engine/streams/parts.h"

#include <string.h>

#include "engine/base/hash.h"

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

/*
 * A packet of a stream on probation, as it comes: does it repeat one that
 * another stream has just sent, or should have? Repairs may be so far apart
 * that nobody remembers what the first repeated when the last of a handful
 * is here. Where a call begins with probes made of them, the other stream is
 * on probation itself.
 */
static void
note_repeat(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	bool copy = false;

	t->early.asked++;
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];

		if (of == t || of->pub.packets == 0 ||
		    of->pub.codec == SF_CODEC_RTX ||
		    of->pub.pts[0] == t->pub.pts[0] ||
		    !same_addresses(&of->pub, &t->pub) ||
		    !repeats(s, of, u, &copy))
			continue;
		if (t->early.of == NULL) {
			t->early.of = of;
			t->early.ssrc = of->pub.ssrc;
		}
		t->early.fits += t->early.of == of;
		t->early.copies += t->early.of == of && copy;
	}
}

/* What the packets repeated as they came, if it was believed since. */
static struct sf_track *
repaired_early(const struct sf_track *t)
{
	struct sf_track *of = t->early.of;

	return of != NULL && of->lane != NULL &&
		       of->pub.ssrc == t->early.ssrc &&
		       (t->early.fits > 2 || t->early.copies > 0) &&
		       t->early.fits * 10 >= t->early.asked * 8
		   ? of
		   : NULL;
}

struct sf_track *
sf_repair_find(struct sf_streams *s, const struct sf_track *t)
{
	if (repaired_early(t) != NULL)
		return t->early.of;
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

/* The one stream whose RID a repair stream names as that which it repairs, in
   the same media section (RFC 8852 3.2); its payload type says that it is one. */
static struct sf_track *
repaired_by_rid(struct sf_streams *s, const struct sf_track *t)
{
	struct sf_track *found = NULL;

	if (s->sdp == NULL || t->pub.rid[0] == '\0' ||
	    sf_track_sdp_codec(s->sdp, t->pub.ssrc, t->pub.pts[0]) !=
		SF_CODEC_RTX)
		return NULL;
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];

		if (of == t || of->lane == NULL ||
		    of->pub.kind == SF_KIND_REPAIR ||
		    strcmp(of->pub.rid, t->pub.rid) != 0 ||
		    strcmp(of->pub.mid, t->pub.mid) != 0 ||
		    !same_addresses(&of->pub, &t->pub))
			continue;
		if (found != NULL)
			return NULL;
		found = of;
	}
	return found;
}

static struct sf_track *
repaired_by_name(struct sf_streams *s, const struct sf_track *t)
{
	struct sf_track *of = repaired_by_ssrc(s, t);

	return of != NULL ? of : repaired_by_rid(s, t);
}

/* ---- what a packet of a repair stream is ---------------------------------- */

#define AHEAD 16 /* numbers beyond the highest that a repair may run ahead */

enum answer {
	UNKNOWN, /* too long ago, or no repair at all */
	COPY,    /* of what came before */
	DIFFERS, /* another packet came under that number */
	MISSING, /* of what never came, and is waited for */
	LATE     /* of what never came, and the wait is over */
};

struct original {
	uint64_t seq; /* extended, in the stream repaired */
	struct sf_bytes payload;
	uint64_t hash;
};

/* RFC 4588 4: the original sequence number, and the original payload. */
static bool
read_original(
    struct original *o, const struct sf_track *of, const struct sf_unit *u)
{
	if (u->payload.n < 3)
		return false;
	o->seq = sf_track_extend(
	    of, (uint16_t)(u->payload.p[0] << 8 | u->payload.p[1]));
	o->payload = sf_bytes(u->payload.p + 2, u->payload.n - 2);
	o->hash = sf_hash_ends(o->payload);
	return true;
}

static enum answer
compare(const struct sf_track *of, const struct original *o)
{
	unsigned at = o->seq % SF_SEEN_WINDOW;

	if (of->lane == NULL)
		return UNKNOWN;
	if (of->lane->seen[at].seq == (uint32_t)o->seq) {
		uint32_t hash = of->lane->seen[at].hash;

		/* 0: the capture cut it, and nobody can tell */
		return hash == (uint32_t)o->hash || hash == 0 ? COPY : DIFFERS;
	}
	if (o->seq > of->highest + AHEAD || o->seq < of->first_seq ||
	    o->seq + SF_SEEN_WINDOW <= of->highest)
		return UNKNOWN;
	return o->seq >= of->next ? MISSING : LATE;
}

/* The packet that was repeated. */
static struct sf_unit
as_sent(const struct original *o, const struct sf_unit *u, uint8_t pt)
{
	struct sf_unit back = *u;

	back.seq = o->seq;
	back.pt = pt;
	back.payload = o->payload;
	back.hash = o->hash;
	back.ext_octets = 0;
	back.packet_at = u->packet_at == 0 ? 0 : (uint16_t)(u->packet_at + 2);
	return back;
}

static void
put_back(struct sf_streams *s, struct sf_track *of, const struct original *o,
    const struct sf_unit *u)
{
	struct sf_unit back = as_sent(o, u, of->main_pt);

	of->pub.restored++;
	sf_track_accept(s, of, &back);
}

/* Octets that differ from the packet they should repeat are judged by
   themselves: a retransmission may be in the clear though the media is not. */
static void
judge_apart(struct sf_streams *s, struct sf_track *t, const struct original *o,
    const struct sf_unit *u)
{
	struct sf_unit apart = *u;

	apart.seq = o->seq;
	apart.payload = o->payload;
	apart.hash = o->hash;
	t->pub.evidence.conflicts++;
	t->lane->classifier.codec = t->repaired->pub.codec;
	t->lane->classifier.original = &t->repaired->lane->classifier;
	sf_track_judge(
	    s, t, t->repaired->pub.codec, t->repaired->framing, &apart);
}

void
sf_repair_unit(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct original o;

	if (t->repaired == NULL)
		t->repaired = repaired_by_name(s, t);
	if (t->repaired == NULL || u->spent ||
	    !read_original(&o, t->repaired, u))
		return;
	if (u->cut)
		return; /* less of it than of what it repeats: no difference */
	switch (compare(t->repaired, &o)) {
	case COPY:
		t->pub.evidence.copies++;
		break;
	case MISSING:
		put_back(s, t->repaired, &o, u);
		t->pub.evidence.copies++;
		break;
	case DIFFERS:
		judge_apart(s, t, &o, u);
		break;
	case LATE:
	case UNKNOWN:
		break;
	}
}

/*
 * A stream that nobody has called a repair stream yet: is this a packet that
 * another one misses? The number is one of few and the timestamp fits, so one
 * packet is enough to tell, and to wait would be too late.
 */
static struct sf_track *
misses(struct sf_streams *s, const struct sf_track *t, const struct sf_unit *u,
    struct original *o)
{
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *of = &s->tracks[i];

		if (of != t && of->lane != NULL &&
		    of->pub.kind != SF_KIND_REPAIR &&
		    of->pub.pts[0] != t->pub.pts[0] &&
		    same_addresses(&of->pub, &t->pub) &&
		    read_original(o, of, u) && compare(of, o) == MISSING &&
		    lane_near(of->lane, (uint16_t)o->seq, u->timestamp))
			return of;
	}
	return NULL;
}

void
sf_repair_early(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	enum sf_codec named = sf_track_sdp_codec(s->sdp, t->pub.ssrc, u->pt);
	struct original o;
	struct sf_track *of;

	if (named != SF_CODEC_UNKNOWN && named != SF_CODEC_RTX)
		return;
	note_repeat(s, t, u);
	of = repaired_by_ssrc(s, t);
	if (of != NULL && read_original(&o, of, u)) {
		if (compare(of, &o) != MISSING)
			return;
	} else {
		of = misses(s, t, u, &o);
	}
	if (of == NULL)
		return;
	put_back(s, of, &o, u);
	t->pub.evidence.copies++;
	t->early.copies += t->early.of == of;
	u->spent = true;
}

/* Could t, which is on probation, repair this stream? */
static bool
may_be_repair(
    struct sf_streams *s, const struct sf_track *of, const struct sf_track *t)
{
	enum sf_codec named =
	    sf_track_sdp_codec(s->sdp, t->pub.ssrc, t->pub.pts[0]);

	return (named == SF_CODEC_UNKNOWN || named == SF_CODEC_RTX) &&
	       of->pub.pts[0] != t->pub.pts[0] &&
	       same_addresses(&of->pub, &t->pub);
}

/* Reads what a packet held on probation begins with; does it repair this stream,
   by that number and by its timestamp? */
static bool
may_repair(
    const struct sf_track *of, const struct sf_unit *u, struct original *o)
{
	return !u->spent && !u->cut && read_original(o, of, u) &&
	       o->seq + AHEAD >= of->first_seq &&
	       o->seq <= of->highest + AHEAD &&
	       lane_near(of->lane, (uint16_t)o->seq, u->timestamp);
}

/* What stood in front of the first packet that came is waited for as well. */
static void
begin_with_repairs(
    struct sf_streams *s, struct sf_track *of, const struct sf_track *t)
{
	struct original o;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next)
		if (may_repair(of, &sf_held_at(s, at)->unit, &o) &&
		    o.seq < of->next) {
			of->next = o.seq;
			of->first_seq = o.seq;
		}
}

static void
take_repairs(struct sf_streams *s, struct sf_track *of, struct sf_track *t)
{
	struct original o;
	unsigned fits = 0, restored = 0;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		struct sf_unit *u = &sf_held_at(s, at)->unit;

		if (!may_repair(of, u, &o))
			continue;
		fits++;
		if (compare(of, &o) != MISSING)
			continue;
		put_back(s, of, &o, u);
		restored++;
		u->spent = true;
	}
	t->pub.evidence.copies += restored;
	if (fits <= t->early.fits)
		return;
	t->early.of = of;
	t->early.ssrc = of->pub.ssrc;
	t->early.fits = fits;
	t->early.copies = restored;
}

void
sf_repair_held(struct sf_streams *s, struct sf_track *of)
{
	for (struct sf_track *t = s->oldest; t != NULL; t = t->newer)
		if (may_be_repair(s, of, t))
			begin_with_repairs(s, of, t);
	for (struct sf_track *t = s->oldest; t != NULL; t = t->newer)
		if (may_be_repair(s, of, t))
			take_repairs(s, of, t);
}

/* ---- both on probation ------------------------------------------------------- */

/* Is the timestamp near one that it has sent? */
static bool
held_near(struct sf_streams *s, const struct sf_track *of, uint32_t timestamp)
{
	for (uint32_t at = of->held; at != 0; at = sf_held_at(s, at)->next) {
		int32_t ticks =
		    (int32_t)(sf_held_at(s, at)->unit.timestamp - timestamp);

		if (ticks > -90000 && ticks < 90000)
			return true;
	}
	return false;
}

static bool
fits_held(struct sf_streams *s, const struct sf_track *of,
    const struct sf_unit *u, struct original *o)
{
	return !u->cut && read_original(o, of, u) &&
	       o->seq + AHEAD >= of->first_seq &&
	       o->seq <= of->highest + AHEAD && held_near(s, of, u->timestamp);
}

/* Each repairs another packet; what a payload begins with is the same in many. */
static bool
repairs_held(
    struct sf_streams *s, const struct sf_track *of, const struct sf_track *t)
{
	unsigned fits = 0, others = 0;
	uint64_t last = 0;
	struct original o;

	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		if (!fits_held(s, of, &sf_held_at(s, at)->unit, &o))
			continue;
		fits++;
		others += o.seq != last;
		last = o.seq;
	}
	return fits * 10 >= t->n_held * 8 && others * 2 > t->n_held;
}

static bool
holds(struct sf_streams *s, const struct sf_track *of, uint64_t seq)
{
	for (uint32_t at = of->held; at != 0; at = sf_held_at(s, at)->next)
		if (sf_held_at(s, at)->unit.seq == seq)
			return true;
	return false;
}

/* Held as if it had come. */
static void
hold_back(struct sf_streams *s, struct sf_track *of, const struct original *o,
    const struct sf_unit *u)
{
	struct sf_unit back = as_sent(o, u, of->pub.pts[0]);

	if (!sf_held_add(s, of, &back))
		return;
	of->unique++;
	of->pub.restored++;
	if (o->seq > of->highest)
		of->highest = o->seq;
	if (o->seq < of->first_seq)
		of->first_seq = o->seq;
}

static void
give_held(struct sf_streams *s, struct sf_track *of, struct sf_track *t)
{
	struct original o;

	t->early.of = of;
	t->early.ssrc = of->pub.ssrc;
	t->early.fits = 0;
	for (uint32_t at = t->held; at != 0; at = sf_held_at(s, at)->next) {
		struct sf_unit *u = &sf_held_at(s, at)->unit;

		if (!fits_held(s, of, u, &o))
			continue;
		t->early.fits++;
		if (u->spent || holds(s, of, o.seq))
			continue;
		hold_back(s, of, &o, u);
		t->pub.evidence.copies++;
		t->early.copies++;
		u->spent = true;
	}
}

struct sf_track *
sf_repair_waiting(struct sf_streams *s, struct sf_track *t)
{
	for (struct sf_track *of = s->oldest; of != NULL; of = of->newer)
		if (of != t && of->held != 0 && may_be_repair(s, of, t) &&
		    repairs_held(s, of, t)) {
			give_held(s, of, t);
			return of;
		}
	return NULL;
}

/* A repair stream is what it repairs, if all it sent were copies; else it is
   what the packets are that differed. */
void
sf_repair_finish(struct sf_streams *s, struct sf_track *t)
{
	struct sf_stream *p = &t->pub;
	uint64_t sent = t->unique - p->padding_only;

	if (p->evidence.conflicts > 0)
		sf_classify_finish(&t->lane->classifier, s->run);
	if (p->frames == 0) {
		p->protection = SF_PROT_UNDECIDABLE;
		p->why = SF_WHY_NOT_MEDIA;
	}
	if (t->repaired == NULL)
		t->repaired = repaired_by_name(s, t);
	if (t->repaired == NULL)
		return;
	p->repairs = t->repaired->pub.id;
	if (sent == 0 || p->evidence.copies < sent)
		return;
	p->protection = t->repaired->pub.protection;
	p->dialect = t->repaired->pub.dialect;
	p->why = t->repaired->pub.why;
}
