#include "engine/streams/parts.h"

#include <string.h>

#include "engine/base/hash.h"
#include "engine/streams/fec.h"

#define MOVE_NS 10000000000LL
#define SLOTS   1024 /* paths and namings */

static size_t
names_for(const struct sf_limits *l)
{
	return l->streams * 4;
}

static size_t
buckets_for(const struct sf_limits *l)
{
	size_t n = 64;

	while (n < names_for(l))
		n *= 2;
	return n;
}

static size_t
lanes_for(const struct sf_limits *l)
{
	return l->streams / 4 + 1;
}

/* Few senders encrypt a frame and not its copies, and few use FEC. */
static size_t
copies_for(const struct sf_limits *l)
{
	return lanes_for(l) / 16 + 1;
}

size_t
sf_streams_octets(const struct sf_limits *l)
{
	return l->streams * sizeof(struct sf_track) +
	       lanes_for(l) * (sizeof(struct sf_lane) + SF_STASH) +
	       copies_for(l) *
		   (sizeof(struct sf_copies) + sizeof(struct sf_fec)) +
	       names_for(l) * sizeof(struct sf_track_name) +
	       buckets_for(l) * sizeof(uint32_t) +
	       SLOTS * (sizeof(struct sf_path) + sizeof(struct sf_naming)) +
	       l->held * (sizeof(struct sf_held) + l->held_octets) +
	       l->assemblies * (l->frame_octets + sizeof(uint32_t)) + 1024;
}

static bool
init_held(struct sf_held_pool *p, struct sf_arena *a, const struct sf_limits *l)
{
	p->each = l->held_octets;
	p->slots = sf_arena_take(a, l->held, sizeof(*p->slots));
	p->octets = sf_arena_take(a, l->held, l->held_octets);
	if (p->slots == NULL || p->octets == NULL)
		return false;
	for (size_t i = l->held; i-- > 0;) {
		p->slots[i].next = p->free_list;
		p->free_list = (uint32_t)i + 1;
	}
	return true;
}

static bool
init_names(struct sf_streams *s, struct sf_arena *a, const struct sf_limits *l)
{
	s->names_cap = names_for(l);
	s->bucket_mask = buckets_for(l) - 1;
	s->names = sf_arena_take(a, s->names_cap, sizeof(*s->names));
	s->buckets = sf_arena_take(a, s->bucket_mask + 1, sizeof(*s->buckets));
	if (s->names == NULL || s->buckets == NULL)
		return false;
	for (size_t i = s->names_cap; i-- > 0;) {
		s->names[i].next = s->free_names;
		s->free_names = (uint32_t)i + 1;
	}
	return true;
}

bool
sf_streams_init(
    struct sf_streams *s, struct sf_arena *a, const struct sf_limits *l)
{
	s->cap = l->streams;
	s->lanes_cap = lanes_for(l);
	s->copies_cap = s->fecs_cap = copies_for(l);
	s->paths_mask = s->namings_mask = SLOTS - 1;
	s->tracks = sf_arena_take(a, s->cap, sizeof(*s->tracks));
	s->lanes = sf_arena_take(a, s->lanes_cap, sizeof(*s->lanes));
	s->copies = sf_arena_take(a, s->copies_cap, sizeof(*s->copies));
	s->fecs = sf_arena_take(a, s->fecs_cap, sizeof(*s->fecs));
	s->stash = sf_arena_take(a, s->lanes_cap, SF_STASH);
	s->paths = sf_arena_take(a, SLOTS, sizeof(*s->paths));
	s->namings = sf_arena_take(a, SLOTS, sizeof(*s->namings));
	return s->tracks != NULL && s->lanes != NULL && s->copies != NULL &&
	       s->fecs != NULL && s->stash != NULL && s->paths != NULL &&
	       s->namings != NULL && init_names(s, a, l) &&
	       init_held(&s->held, a, l) &&
	       sf_depay_pool_init(&s->depay, a, l->assemblies, l->frame_octets);
}

void
sf_streams_limit(struct sf_streams *s, enum sf_limit l, struct sf_place place)
{
	if (s->model->limits[l]++ == 0)
		s->model->limit_first[l] = place;
}

static bool
other_way(enum sf_direction a, enum sf_direction b)
{
	return a != b && a != SF_DIR_UNKNOWN && b != SF_DIR_UNKNOWN;
}

/*
 * An SSRC that is known under other addresses: it has moved if its numbers
 * carry on; it is another leg if they were seen before, or if one of the two
 * goes out where the other comes in.
 */
static struct sf_track *
moved(struct sf_streams *s, const struct sf_track_key *k,
    const struct sf_packet *pkt, const struct sf_rtp *rtp)
{
	struct sf_track_key any = sf_track_key_of(k->ssrc);
	struct sf_track *t = sf_track_find(s, &any);
	int64_t ns;
	int16_t ahead;

	if (t == NULL || other_way(t->direction, pkt->direction) ||
	    t->pub.sealed != sf_track_is_sealed(k))
		return NULL;
	ahead = (int16_t)(rtp->seq - (uint16_t)t->highest);
	ns = pkt->place.time_ns - t->pub.last.time_ns;
	if (ahead <= 0 || ahead > SF_DROPOUT || ns > MOVE_NS || ns < -MOVE_NS ||
	    (t->lane == NULL && t->n_names == SF_TRACK_NAMES) ||
	    !sf_track_add_name(s, k, t))
		return NULL;
	if (t->lane == NULL)
		t->name_keys[t->n_names++] = *k;
	t->pub.moves++;
	return t;
}

static void
note_pt(struct sf_stream *p, uint8_t pt)
{
	for (unsigned i = 0; i < p->n_pts; i++)
		if (p->pts[i] == pt)
			return;
	if (p->n_pts < SF_STREAM_PTS)
		p->pts[p->n_pts++] = pt;
}

static struct sf_track *
track_for(struct sf_streams *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, const struct sf_rtp *rtp)
{
	struct sf_track_key k = { dg->src, dg->dst, rtp->ssrc,
		pkt->place.input | (dg->sealed ? SF_TRACK_SEALED : 0) };
	struct sf_track *t = sf_track_find(s, &k);

	if (t == NULL)
		t = moved(s, &k, pkt, rtp);
	if (t != NULL)
		return t;
	t = sf_probation_begin(s, &k, pkt->place);
	if (t == NULL)
		return NULL;
	t->direction = pkt->direction;
	if (pkt->media != NULL) {
		t->media = *pkt->media;
		t->pub.recorded = true;
		t->pub.declared_e2ee = t->media.declared_e2ee;
	}
	return t;
}

static struct sf_unit
unit_of(const struct sf_packet *pkt, const struct sf_datagram *dg,
    const struct sf_rtp *rtp)
{
	size_t at = 0; /* what was put together lies elsewhere */

	if (rtp->payload.n != 0 && sf_bytes_inside(rtp->payload, pkt->octets))
		at = (size_t)(rtp->payload.p - pkt->octets.p);
	return (struct sf_unit){ .place = pkt->place,
		.seq = rtp->seq,
		.timestamp = rtp->timestamp,
		.packet_at = at < UINT16_MAX ? (uint16_t)at : (uint16_t)0,
		.pt = rtp->pt,
		.marker = rtp->marker,
		.cut = dg->cut,
		.front = (uint16_t)(rtp->csrc.n +
				    (rtp->has_ext ? 4 + rtp->ext.n : 0)),
		.ext_octets = (uint16_t)(rtp->has_ext ? 4 + rtp->ext.n : 0),
		.bad_padding = rtp->bad_padding,
		.csrc = rtp->csrcs == 0 ? 0 : (uint32_t)sf_hash(rtp->csrc) | 1,
		.hash = sf_hash_ends(rtp->payload),
		.payload = rtp->payload };
}

/* Does what was seen beside the stream tell that it is under SRTP? */
static bool
is_under_srtp(struct sf_streams *s, const struct sf_track *t)
{
	const struct sf_path *p = sf_streams_path(s, &t->pub.src, &t->pub.dst);

	return !t->unsealed &&
	       (p->dtls || (p->srtcp && !p->rtcp) || t->pub.srtp.cryptex > 0);
}

#define GLIMPSED    64 /* packets that may have a structure of layers */
#define LOOK_BESIDE 16 /* packets from one look beside the stream to the next */

void
sf_streams_feed(struct sf_streams *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, const struct sf_rtp *rtp)
{
	struct sf_track *t = track_for(s, pkt, dg, rtp);
	struct sf_unit u = unit_of(pkt, dg, rtp);

	if (t == NULL || t->refused) {
		sf_streams_limit(s, SF_LIMIT_STREAMS, pkt->place);
		s->model->accounting.other += dg->records;
		return;
	}
	if (t->pub.packets == 0 && dg->via != NULL)
		t->pub.via = *dg->via;
	t->pub.packets++;
	t->records += dg->records;
	t->pub.last = pkt->place;
	t->unsealed |= (dg->removed & SF_REMOVED_SRTP) != 0;
	if (t->pub.packets % LOOK_BESIDE == 1)
		t->pub.hop = is_under_srtp(s, t);
	u.hop = t->pub.hop;
	note_pt(&t->pub, rtp->pt);
	t->pub.srtp.cryptex +=
	    rtp->ext_profile == 0xc0de || rtp->ext_profile == 0xc2de;
	if (rtp->has_ext && (s->sdp != NULL || t->pub.recorded) &&
	    (t->pub.packets < 64 || t->pub.mid[0] == '\0'))
		sf_track_note_extension(s, t, rtp);
	if (rtp->has_ext)
		sf_words_note(t, rtp);
	if (t->framing == SF_FRAMING_DESCRIPTOR)
		sf_track_note_ids(&u, rtp);
	if (t->pub.packets == 1 && s->sdp != NULL)
		t->boundaries.id =
		    sf_track_sdp_dependency(s->sdp, rtp->ssrc, rtp->pt);
	if (rtp->has_ext && rtp->ext.n >= 8 &&
	    (t->boundaries.id != 0 || t->pub.packets < GLIMPSED))
		sf_boundaries_glimpse(&t->boundaries, rtp);
	if (t->boundaries.id != 0 || t->boundaries.wanted)
		sf_boundaries_note(&t->boundaries, &u, rtp);
	if (t->lane == NULL) {
		sf_probation_feed(s, t, &u);
		return;
	}
	s->model->accounting.rtp += dg->records;
	sf_track_expose(s, t, rtp);
	if (rtp->csrcs > 0 && s->model->per_ssrc_keys)
		sf_ssrcs_note(s, rtp);
	sf_track_feed(s, t, &u);
}

/* ---- the end -------------------------------------------------------------- */

static void
name_stream(struct sf_streams *s, struct sf_track *t)
{
	const struct sf_naming *n = sf_streams_named(s, t->pub.ssrc);
	const struct sf_path *p = sf_streams_path(s, &t->pub.src, &t->pub.dst);
	uint64_t span = t->highest - t->first_seq + 1;

	if (n->cname[0] != '\0')
		memcpy(t->pub.cname, n->cname, sizeof(t->pub.cname));
	t->pub.said_bye = n->bye;
	t->lane->feedback = n->feedback;
	t->pub.feedback = &t->lane->feedback;
	t->pub.dependency_id = t->boundaries.id;
	t->pub.dependency_inferred = t->boundaries.tried != 0;
	if (sf_boundaries_layers(&t->boundaries) != NULL) {
		t->pub.spatial_layers =
		    sf_boundaries_layers(&t->boundaries)->spatial;
		t->pub.temporal_layers =
		    sf_boundaries_layers(&t->boundaries)->temporal;
	}
	t->pub.evidence.dtls = p->dtls;
	t->pub.evidence.srtcp = p->srtcp && !p->rtcp;
	t->pub.hop = is_under_srtp(s, t);
	t->pub.lost = span > t->unique ? span - t->unique : 0;
}

/*
 * A log that has both directions may begin between the two: then what came in
 * was seen before what went out. It is the copy all the same.
 */
static void
order_legs(struct sf_streams *s, struct sf_track *out)
{
	struct sf_track *in;

	if (out->direction != SF_DIR_OUT || out->pub.forwards == 0)
		return;
	for (size_t i = 0; i < s->n_tracks; i++) {
		in = &s->tracks[i];
		if (in->pub.id != out->pub.forwards ||
		    in->pub.ssrc != out->pub.ssrc ||
		    in->pub.input != out->pub.input ||
		    in->direction != SF_DIR_IN ||
		    (in->pub.forwards != 0 && in->pub.forwards != out->pub.id))
			continue;
		in->pub.forwards = out->pub.id;
		out->pub.forwards = 0;
		return;
	}
}

static struct sf_track *
track_of(struct sf_streams *s, uint32_t id)
{
	for (size_t i = 0; id != 0 && i < s->n_tracks; i++)
		if (s->tracks[i].pub.id == id)
			return &s->tracks[i];
	return NULL;
}

/*
 * Frames of a sender may wait for a repair while the copy that an SFU sends on
 * goes ahead: then each of the two is said to forward the other. The one whose
 * packets came first does not.
 */
static void
break_circle(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track *first = t, *at = t;

	for (size_t steps = 0; steps <= s->n_tracks; steps++) {
		at = track_of(s, at->pub.forwards);
		if (at == NULL)
			return;
		if (at->pub.first.time_ns < first->pub.first.time_ns)
			first = at;
		if (at == t) {
			first->pub.forwards = 0;
			return;
		}
	}
}

/* Packets found to be under SRTP move to their own row. */
static void
account_srtp(struct sf_model *m, const struct sf_track *t)
{
	if (t->pub.protection != SF_PROT_SRTP)
		return;
	m->accounting.rtp -= t->records;
	m->accounting.srtp += t->records;
}

void
sf_streams_finish(struct sf_streams *s)
{
	sf_probation_settle(s);
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL)
			sf_track_flush(s, &s->tracks[i]);
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL) {
			sf_fec_flush(s, &s->tracks[i]);
			sf_copies_flush(s, &s->tracks[i]);
		}
	sf_handoff_end(s->handoff);
	sf_ssrcs_gather(s);
	sf_inferred_finish(s);
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *t = &s->tracks[i];

		if (t->lane == NULL)
			continue;
		name_stream(s, t);
		if (t->pub.kind != SF_KIND_REPAIR) {
			sf_classify_finish(&t->lane->classifier, s->run);
			sf_copies_finish(s, t);
			sf_fec_finish(t);
			account_srtp(s->model, t);
		}
	}
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL)
			order_legs(s, &s->tracks[i]);
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL && s->tracks[i].pub.forwards != 0)
			break_circle(s, &s->tracks[i]);
	sf_simulcast_finish(s);
	sf_silent_finish(s);
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].pub.kind == SF_KIND_REPAIR) {
			sf_repair_finish(s, &s->tracks[i]);
			account_srtp(s->model, &s->tracks[i]);
		}
}
