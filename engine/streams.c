#include "engine/streams.h"

#include <string.h>

#include "engine/hash.h"
#include "parsers/rtp/hdrext.h"

#define BELIEVE        5   /* packets before a stream is believed */
#define SETTLED        16  /* packets that the payload format is guessed from */
#define LONGEST_GAP    100 /* sequence numbers between neighbours on probation */
#define DROPOUT        3000 /* RFC 3550 A.1: MAX_DROPOUT */
#define MISORDER       100  /* and MAX_MISORDER */
#define HOLD_MOST      512  /* packets held for one gap */
#define HOLD_NS        2000000000LL
#define MOVE_NS        10000000000LL
#define SECOND_CHANCES 64
#define HABIT_RED      63   /* Chromium's payload type for RED audio */
#define SLOTS          1024 /* paths and namings */
#define PROBES         8

/* ---- memory --------------------------------------------------------------- */

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

size_t
sf_streams_octets(const struct sf_limits *l)
{
	return l->streams * sizeof(struct sf_track) +
	       lanes_for(l) * (sizeof(struct sf_lane) + SF_STASH) +
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
	s->paths_mask = s->namings_mask = SLOTS - 1;
	s->tracks = sf_arena_take(a, s->cap, sizeof(*s->tracks));
	s->lanes = sf_arena_take(a, s->lanes_cap, sizeof(*s->lanes));
	s->stash = sf_arena_take(a, s->lanes_cap, SF_STASH);
	s->paths = sf_arena_take(a, SLOTS, sizeof(*s->paths));
	s->namings = sf_arena_take(a, SLOTS, sizeof(*s->namings));
	return s->tracks != NULL && s->lanes != NULL && s->stash != NULL &&
	       s->paths != NULL && s->namings != NULL && init_names(s, a, l) &&
	       init_held(&s->held, a, l) &&
	       sf_depay_pool_init(&s->depay, a, l->assemblies, l->frame_octets);
}

static void
limit(struct sf_streams *s, enum sf_limit l, struct sf_place place)
{
	if (s->model->limits[l]++ == 0)
		s->model->limit_first[l] = place;
}

/* ---- paths and namings: small tables with a defined victim ---------------- */

struct sf_path *
sf_streams_path(
    struct sf_streams *s, const struct sf_addr *a, const struct sf_addr *b)
{
	bool swap = memcmp(a, b, sizeof(*a)) > 0;
	struct sf_addr two[2] = { swap ? *b : *a, swap ? *a : *b };
	uint64_t h = sf_hash(sf_bytes(two, sizeof(two)));
	struct sf_path *p;

	for (size_t i = 0; i < PROBES; i++) {
		p = &s->paths[(h + i) & s->paths_mask];
		if (p->used && memcmp(&p->a, &two[0], sizeof(two[0])) == 0 &&
		    memcmp(&p->b, &two[1], sizeof(two[1])) == 0)
			return p;
		if (!p->used)
			break;
	}
	if (p->used)
		p = &s->paths[h & s->paths_mask];
	*p = (struct sf_path){ .a = two[0], .b = two[1], .used = true };
	return p;
}

struct sf_naming *
sf_streams_naming(struct sf_streams *s, uint32_t ssrc)
{
	uint64_t h = sf_mix(ssrc);
	struct sf_naming *n;

	for (size_t i = 0; i < PROBES; i++) {
		n = &s->namings[(h + i) & s->namings_mask];
		if (n->used && n->ssrc == ssrc)
			return n;
		if (!n->used)
			break;
	}
	if (n->used)
		n = &s->namings[h & s->namings_mask];
	*n = (struct sf_naming){ .ssrc = ssrc, .used = true };
	return n;
}

/* ---- names: addresses and SSRC to track ----------------------------------- */

static uint32_t *
bucket_of(struct sf_streams *s, const struct sf_track_key *k)
{
	uint64_t h = sf_hash(sf_bytes(k, sizeof(*k)));

	return &s->buckets[h & s->bucket_mask];
}

static struct sf_track *
find(struct sf_streams *s, const struct sf_track_key *k)
{
	uint32_t at = *bucket_of(s, k);

	while (at != 0) {
		struct sf_track_name *n = &s->names[at - 1];

		if (memcmp(&n->key, k, sizeof(*k)) == 0)
			return &s->tracks[n->track];
		at = n->next;
	}
	return NULL;
}

static bool
add_name(struct sf_streams *s, const struct sf_track_key *k, struct sf_track *t)
{
	uint32_t *bucket = bucket_of(s, k);
	uint32_t at = s->free_names;

	if (at == 0)
		return false;
	s->free_names = s->names[at - 1].next;
	s->names[at - 1] =
	    (struct sf_track_name){ *k, (uint32_t)(t - s->tracks), *bucket };
	*bucket = at;
	return true;
}

static void
drop_name(struct sf_streams *s, const struct sf_track_key *k)
{
	uint32_t *link = bucket_of(s, k);

	while (*link != 0) {
		struct sf_track_name *n = &s->names[*link - 1];
		uint32_t at = *link;

		if (memcmp(&n->key, k, sizeof(*k)) == 0) {
			*link = n->next;
			n->next = s->free_names;
			s->free_names = at;
			return;
		}
		link = &n->next;
	}
}

/* The name under which a believed stream is found by its SSRC alone. */
static struct sf_track_key
key_of_ssrc(uint32_t ssrc)
{
	return (struct sf_track_key){ .ssrc = ssrc, .input = UINT32_MAX };
}

/* ---- held packets --------------------------------------------------------- */

static struct sf_held *
held_at(struct sf_streams *s, uint32_t index)
{
	return &s->held.slots[index - 1];
}

static void
free_held(struct sf_streams *s, struct sf_track *t)
{
	uint32_t at = t->held;

	t->held = held_at(s, at)->next;
	held_at(s, at)->next = s->held.free_list;
	s->held.free_list = at;
	t->n_held--;
}

/* Keeps a copy in its place by sequence number; false when there is no slot. */
static bool
hold(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	uint32_t at = s->held.free_list, *link = &t->held;
	struct sf_held *h;

	size_t n = u->payload.n < s->held.each ? u->payload.n : s->held.each;

	if (at == 0 || n < u->payload.n)
		limit(s, SF_LIMIT_HELD, u->place);
	if (at == 0)
		return false;
	while (*link != 0 && held_at(s, *link)->unit.seq < u->seq)
		link = &held_at(s, *link)->next;
	h = held_at(s, at);
	s->held.free_list = h->next;
	h->unit = *u;
	h->unit.cut |= n < u->payload.n; /* too large to keep whole */
	h->unit.payload = sf_bytes(s->held.octets + (at - 1) * s->held.each, n);
	memcpy(s->held.octets + (at - 1) * s->held.each, u->payload.p, n);
	h->next = *link;
	*link = at;
	t->n_held++;
	return true;
}

/* ---- probation ------------------------------------------------------------ */

static void
leave_probation(struct sf_streams *s, struct sf_track *t)
{
	*(t->older == NULL ? &s->oldest : &t->older->newer) = t->newer;
	*(t->newer == NULL ? &s->newest : &t->newer->older) = t->older;
	t->older = t->newer = NULL;
}

/* A track on probation may have been met under several addresses: few, since
   it has few packets. All its names go, the one by SSRC with them. */
static void
drop_names_of(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track_key any = key_of_ssrc(t->pub.ssrc);

	if (find(s, &any) == t)
		drop_name(s, &any);
	for (unsigned i = 0; i < t->n_names; i++)
		drop_name(s, &t->name_keys[i]);
}

/* Gives a track on probation up: its packets were not RTP after all. */
static void
dismiss(struct sf_streams *s, struct sf_track *t)
{
	s->model->possible++;
	s->model->possible_packets += t->pub.packets;
	s->model->accounting.other += t->pub.packets;
	while (t->held != 0)
		free_held(s, t);
	drop_names_of(s, t);
	leave_probation(s, t);
	*t = (struct sf_track){ .next_free = s->free_tracks };
	s->free_tracks = t;
}

static void
enter_probation(struct sf_streams *s, struct sf_track *t)
{
	t->older = s->newest;
	*(s->newest == NULL ? &s->oldest : &s->newest->newer) = t;
	s->newest = t;
}

/*
 * Makes room: the oldest on probation goes, but one that has come back since
 * gets another turn, so that a flood of single packets does not push out a
 * stream that is on its way to be believed.
 */
static void
evict(struct sf_streams *s)
{
	for (unsigned i = 0; i < SECOND_CHANCES; i++) {
		struct sf_track *t = s->oldest;

		if (t == NULL || t->n_held <= t->spared)
			break;
		t->spared = t->n_held;
		leave_probation(s, t);
		enter_probation(s, t);
	}
	if (s->oldest == NULL)
		return;
	limit(s, SF_LIMIT_STREAMS, s->oldest->pub.last);
	dismiss(s, s->oldest);
}

static struct sf_track *
new_track(struct sf_streams *s)
{
	struct sf_track *t;

	if (s->free_tracks == NULL && s->n_tracks == s->cap)
		evict(s);
	if (s->free_tracks == NULL)
		return s->n_tracks < s->cap ? &s->tracks[s->n_tracks++] : NULL;
	t = s->free_tracks;
	s->free_tracks = t->next_free;
	t->next_free = NULL;
	return t;
}

static void
name_by_ssrc(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track_key k = key_of_ssrc(t->pub.ssrc);

	if (find(s, &k) != t) {
		drop_name(s, &k);
		(void)add_name(
		    s, &k, t); /* without it a move is a new stream */
	}
}

static struct sf_track *
begin_track(
    struct sf_streams *s, const struct sf_track_key *k, struct sf_place place)
{
	struct sf_track *t = new_track(s);
	struct sf_track_key any;

	if (t == NULL || !add_name(s, k, t))
		return NULL;
	t->n_names = 1;
	t->name_keys[0] = *k;
	t->pub = (struct sf_stream){ .ssrc = k->ssrc,
		.input = k->input,
		.src = k->src,
		.dst = k->dst,
		.first = place,
		.clear_octets = -1,
		.clear_octets_key = -1 };
	t->spared = 1;
	enter_probation(s, t);
	any = key_of_ssrc(k->ssrc);
	if (find(s, &any) == NULL)
		name_by_ssrc(s, t);
	return t;
}

/* ---- what SDP says -------------------------------------------------------- */

static const struct sf_sdp_ssrc *
sdp_ssrc(const struct sf_sdp *sdp, uint32_t ssrc)
{
	for (unsigned i = 0; sdp != NULL && i < sdp->n_ssrcs; i++)
		if (sdp->ssrcs[i].ssrc == ssrc)
			return &sdp->ssrcs[i];
	return NULL;
}

/* The section that names the SSRC, else the first that lists the type. */
static const struct sf_sdp_section *
sdp_section(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt)
{
	const struct sf_sdp_ssrc *named = sdp_ssrc(sdp, ssrc);

	if (sdp == NULL)
		return NULL;
	if (named != NULL)
		return &sdp->sections[named->section];
	for (unsigned i = 0; i < sdp->n_sections; i++)
		if (sdp->sections[i].codecs[pt] != SF_CODEC_UNKNOWN)
			return &sdp->sections[i];
	return NULL;
}

/*
 * a=sframe says what its writer wants to receive (draft-ietf-avtcore-rtp-
 * sframe-02, 6): it counts for a stream when some description asks for it in
 * the section of that kind and mid.
 */
static bool
sdp_signals(const struct sf_sdp *sdp, const struct sf_sdp_section *of)
{
	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *x = &sdp->sections[i];

		if (x->sframe && x->kind == of->kind &&
		    strcmp(x->mid, of->mid) == 0)
			return true;
	}
	return false;
}

static void
apply_sdp(struct sf_streams *s, struct sf_track *t)
{
	const struct sf_sdp_ssrc *named = sdp_ssrc(s->sdp, t->pub.ssrc);
	const struct sf_sdp_section *of =
	    sdp_section(s->sdp, t->pub.ssrc, t->pub.pts[0]);

	if (of == NULL)
		return;
	t->pub.codec = of->codecs[t->pub.pts[0]];
	t->pub.kind = of->kind;
	t->pub.clock = of->clocks[t->pub.pts[0]];
	t->pub.signalled = sdp_signals(s->sdp, of);
	if (named != NULL)
		memcpy(t->pub.cname, named->cname, sizeof(t->pub.cname));
	if (named != NULL && t->pub.mid[0] == '\0')
		memcpy(t->pub.mid, of->mid, sizeof(t->pub.mid));
	if (t->pub.codec != SF_CODEC_UNKNOWN)
		t->pub.codec_from = SF_FROM_SDP;
}

/* ---- repair streams (RFC 4588) -------------------------------------------- */

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
	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next) {
		const struct sf_unit *u = &held_at(s, at)->unit;

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
	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next) {
		n += repeats(s, of, &held_at(s, at)->unit, &copy);
		*copies += copy;
		copy = false;
	}
	return n;
}

static struct sf_track *
repaired_by(struct sf_streams *s, const struct sf_track *t)
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

/* ---- believing ------------------------------------------------------------ */

static bool
plausible(struct sf_streams *s, const struct sf_track *t)
{
	uint64_t last = 0;
	unsigned near = 0, n = 0;

	if (t->pub.packets < BELIEVE)
		return false;
	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next) {
		uint64_t seq = held_at(s, at)->unit.seq;

		near += n++ > 0 && seq - last <= LONGEST_GAP;
		last = seq;
	}
	return n == 0 ? t->pub.packets >= BELIEVE : near * 10 >= (n - 1) * 8;
}

/* Few packets, but between addresses that are known to carry media. */
static bool
in_company(struct sf_streams *s, const struct sf_track *t)
{
	const struct sf_path *p = sf_streams_path(s, &t->pub.src, &t->pub.dst);

	return p->media || p->dtls || p->stun;
}

static void
guess_codec(struct sf_streams *s, struct sf_track *t)
{
	struct sf_unit units[SETTLED * 2];
	size_t n = 0;

	if (t->pub.pts[0] == 0)
		t->pub.codec = SF_CODEC_PCMU;
	else if (t->pub.pts[0] == 8)
		t->pub.codec = SF_CODEC_PCMA;
	else if (t->pub.pts[0] == 9)
		t->pub.codec = SF_CODEC_G722;
	if (t->pub.codec != SF_CODEC_UNKNOWN) {
		t->pub.codec_from = SF_FROM_STATIC_PT;
		return;
	}
	for (uint32_t at = t->held; at != 0 && n < SETTLED * 2;
	     at = held_at(s, at)->next)
		units[n++] = held_at(s, at)->unit;
	t->pub.codec = sf_depay_guess(units, n, &t->descriptor);
	if (t->pub.codec == SF_CODEC_OPUS && t->pub.pts[0] == HABIT_RED)
		t->pub.codec = SF_CODEC_RED;
	if (t->pub.codec != SF_CODEC_UNKNOWN)
		t->pub.codec_from = SF_FROM_PAYLOAD;
}

static void
name_kind(struct sf_stream *p, bool several_packets)
{
	if (p->kind != SF_KIND_UNKNOWN && p->codec != SF_CODEC_RTX)
		return;
	if (p->codec == SF_CODEC_RTX)
		p->kind = SF_KIND_REPAIR;
	else if (p->codec >= SF_CODEC_VP8 && p->codec <= SF_CODEC_AV1)
		p->kind = SF_KIND_VIDEO;
	else if (p->codec != SF_CODEC_UNKNOWN && p->codec != SF_CODEC_OTHER)
		p->kind = SF_KIND_AUDIO;
	else if (several_packets)
		p->kind = SF_KIND_VIDEO;
}

static bool
shares_timestamps(struct sf_streams *s, const struct sf_track *t)
{
	uint32_t last = 0;
	bool have = false;

	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next) {
		uint32_t ts = held_at(s, at)->unit.timestamp;

		if (have && ts == last)
			return true;
		last = ts;
		have = true;
	}
	return false;
}

static void
find_codec(struct sf_streams *s, struct sf_track *t)
{
	struct sf_track *of = repaired_by(s, t);

	apply_sdp(s, t);
	if (of != NULL) {
		t->pub.codec = SF_CODEC_RTX;
		t->repaired = of;
		t->pub.codec_from = SF_FROM_PAYLOAD;
	} else if (t->pub.codec == SF_CODEC_UNKNOWN) {
		guess_codec(s, t);
	} else if (t->pub.codec != SF_CODEC_RTX) {
		struct sf_unit units[SETTLED * 2];
		size_t n = 0;

		for (uint32_t at = t->held; at != 0 && n < SETTLED * 2;
		     at = held_at(s, at)->next)
			units[n++] = held_at(s, at)->unit;
		(void)sf_depay_guess(units, n, &t->descriptor);
	}
	name_kind(&t->pub, shares_timestamps(s, t));
}

static void deliver(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u);

static void
remember(struct sf_lane *l, const struct sf_unit *u)
{
	unsigned at = u->seq % SF_SEEN_WINDOW;

	l->seen[at].seq = (uint32_t)u->seq;
	l->seen[at].hash = (uint32_t)u->hash;
	l->seen[at].timestamp = u->timestamp;
}

/* Delivers what is held and in order; ends at a gap. */
static void
drain(struct sf_streams *s, struct sf_track *t)
{
	while (t->held != 0 && held_at(s, t->held)->unit.seq <= t->next) {
		if (held_at(s, t->held)->unit.seq == t->next) {
			deliver(s, t, &held_at(s, t->held)->unit);
			t->next++;
		}
		free_held(s, t);
	}
}

static void
skip_gap(struct sf_streams *s, struct sf_track *t)
{
	t->next = held_at(s, t->held)->unit.seq;
	drain(s, t);
}

/* A stream from here on; false when there is no room for one more. */
static bool
believe(struct sf_streams *s, struct sf_track *t)
{
	if (s->lanes_used == s->lanes_cap) {
		limit(s, SF_LIMIT_STREAMS, t->pub.last);
		t->refused = true;
		return false;
	}
	t->lane = &s->lanes[s->lanes_used++];
	t->lane->classifier.pub = &t->pub;
	t->lane->classifier.opener.stash =
	    s->stash + (s->lanes_used - 1) * SF_STASH;
	if (s->run->unlock.n_ssrcs < SF_OTHERS)
		s->run->unlock.ssrcs[s->run->unlock.n_ssrcs++] = t->pub.ssrc;
	t->pub.evidence = (struct sf_evidence){ .header_chance = 1,
		.p_head = 1,
		.p_nib_head = 1,
		.p_nib_tail = 1,
		.p_tail = 1,
		.conflicts = t->pub.evidence.conflicts };
	t->pub.id = ++s->model->n_streams;
	*(s->last_stream == NULL ? &s->model->streams : &s->last_stream->next) =
	    &t->pub;
	s->last_stream = &t->pub;
	leave_probation(s, t);
	name_by_ssrc(s, t);
	find_codec(s, t);
	sf_streams_path(s, &t->pub.src, &t->pub.dst)->media = true;
	s->model->accounting.rtp += t->pub.packets;
	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next)
		remember(t->lane, &held_at(s, at)->unit);
	if (t->held != 0) {
		t->next = held_at(s, t->held)->unit.seq;
		t->first_seq = t->next < t->first_seq ? t->next : t->first_seq;
		drain(s, t);
	} else {
		t->next = t->highest + 1;
	}
	return true;
}

/* ---- sequence numbers ----------------------------------------------------- */

/* The stream that SDP says this one repairs (a=ssrc-group:FID). */
static struct sf_track *
repaired_by_ssrc(struct sf_streams *s, const struct sf_track *t)
{
	const struct sf_sdp_ssrc *named = sdp_ssrc(s->sdp, t->pub.ssrc);
	struct sf_track_key k;

	if (named == NULL || named->repairs == 0)
		return NULL;
	k = key_of_ssrc(named->repairs);
	return find(s, &k);
}

/* The copies that a repair stream sends need no frame of their own. */
static void
deliver_repair(
    struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	bool copy = false;

	if (t->repaired == NULL)
		t->repaired = repaired_by_ssrc(s, t);
	if (t->repaired != NULL)
		(void)repeats(s, t->repaired, u, &copy);
	t->pub.evidence.copies += copy;
}

struct frame_ctx {
	struct sf_streams *s;
	struct sf_track *t;
};

static void
take_frame(void *ctx, const struct sf_frame *f)
{
	struct frame_ctx *c = ctx;

	sf_classify_frame(&c->t->lane->classifier, c->s->run, f);
}

static void
note_pool(struct sf_streams *s, struct sf_place place)
{
	struct sf_model *m = s->model;
	uint64_t n = s->depay.too_large + s->depay.none_free;

	if (n == m->limits[SF_LIMIT_FRAME])
		return;
	if (m->limits[SF_LIMIT_FRAME] == 0)
		m->limit_first[SF_LIMIT_FRAME] = place;
	m->limits[SF_LIMIT_FRAME] = n;
}

static void
deliver(struct sf_streams *s, struct sf_track *t, const struct sf_unit *u)
{
	struct frame_ctx ctx = { s, t };

	if (t->pub.codec == SF_CODEC_RTX)
		deliver_repair(s, t, u);
	else {
		sf_depay_unit(&t->lane->depay, &s->depay, t->pub.codec,
		    t->descriptor, u, take_frame, &ctx);
		note_pool(s, u->place);
	}
}

/* The extended number: 64 bits, the run of 16 that is nearest the highest. */
static uint64_t
extend(const struct sf_track *t, uint16_t seq)
{
	int16_t off = (int16_t)(seq - (uint16_t)t->highest);

	return t->highest + (uint64_t)(int64_t)off;
}

/*
 * A jump too wide for loss is a new start once the packet after it follows
 * (RFC 3550 A.1). Returns false while that is not known.
 */
static bool
restarted(struct sf_streams *s, struct sf_track *t, uint16_t seq)
{
	uint64_t base;

	if (t->jump != (uint64_t)seq + 1) {
		t->jump = (uint64_t)(uint16_t)(seq + 1) + 1;
		return false;
	}
	while (t->held != 0)
		skip_gap(s, t);
	base = (t->highest / 65536 + 2) * 65536 + seq;
	t->first_seq += base - t->highest - 1; /* the jump is no loss */
	t->highest = base - 1;
	t->next = base;
	t->jump = 0;
	return true;
}

static bool
is_jump(const struct sf_track *t, uint64_t seq)
{
	return seq > t->highest ? seq - t->highest > DROPOUT
				: t->highest - seq > MISORDER * 5;
}

static bool
duplicate(struct sf_track *t, const struct sf_unit *u)
{
	unsigned at = u->seq % SF_SEEN_WINDOW;

	if (t->lane->seen[at].seq != (uint32_t)u->seq || u->seq > t->highest)
		return false;
	if (t->lane->seen[at].hash == (uint32_t)u->hash)
		t->pub.duplicates++;
	else
		t->pub.evidence.conflicts++;
	return true;
}

static bool
waited_enough(struct sf_streams *s, const struct sf_track *t, int64_t now)
{
	return t->n_held > HOLD_MOST ||
	       now - held_at(s, t->held)->unit.place.time_ns > HOLD_NS;
}

static void
put_in_order(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	if (u->seq == t->next) {
		deliver(s, t, u);
		t->next++;
	} else if (u->seq < t->next) {
		t->pub.late++;
	} else if (!hold(s, t, u)) {
		/* no room to wait: what is held goes, then this one */
		while (t->held != 0)
			skip_gap(s, t);
		deliver(s, t, u);
		t->next = u->seq + 1;
	}
	if (t->held != 0)
		drain(s, t);
	while (t->held != 0 && waited_enough(s, t, u->place.time_ns))
		skip_gap(s, t);
}

static void
feed_believed(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	uint16_t seq = (uint16_t)u->seq;

	u->seq = extend(t, seq);
	if (is_jump(t, u->seq)) {
		if (!restarted(s, t, seq)) {
			t->pub.late++;
			return;
		}
		u->seq = extend(t, seq);
	}
	t->jump = 0;
	if (duplicate(t, u))
		return;
	remember(t->lane, u);
	t->unique++;
	if (u->seq > t->highest)
		t->highest = u->seq;
	put_in_order(s, t, u);
}

static bool
held_already(struct sf_streams *s, struct sf_track *t, uint64_t seq)
{
	for (uint32_t at = t->held; at != 0; at = held_at(s, at)->next)
		if (held_at(s, at)->unit.seq == seq)
			return true;
	return false;
}

static void
feed_probation(struct sf_streams *s, struct sf_track *t, struct sf_unit *u)
{
	uint16_t seq = (uint16_t)u->seq;

	if (!t->started) {
		t->highest = 2 * 65536 + (uint64_t)seq;
		t->first_seq = t->highest;
		t->started = true;
	}
	u->seq = extend(t, seq);
	if (u->seq > t->highest)
		t->highest = u->seq;
	if (u->seq < t->first_seq)
		t->first_seq = u->seq;
	if (u->payload.n == 0) {
		t->unique++;
	} else if (held_already(s, t, u->seq)) {
		t->pub.duplicates++;
		return;
	} else {
		t->unique++;
		(void)hold(s, t, u);
	}
	if (t->n_held >= SETTLED && plausible(s, t))
		(void)believe(s, t);
	else if (t->n_held >= 2 * SETTLED)
		dismiss(s, t);
}

/* ---- packets -------------------------------------------------------------- */

/*
 * An SSRC that is known under other addresses: it has moved if its numbers
 * carry on; it is another leg if they were seen before.
 */
static struct sf_track *
moved(struct sf_streams *s, const struct sf_track_key *k,
    const struct sf_packet *pkt, const struct sf_rtp *rtp)
{
	struct sf_track_key any = key_of_ssrc(k->ssrc);
	struct sf_track *t = find(s, &any);
	int64_t ns;
	int16_t ahead;

	if (t == NULL)
		return NULL;
	ahead = (int16_t)(rtp->seq - (uint16_t)t->highest);
	ns = pkt->place.time_ns - t->pub.last.time_ns;
	if (ahead <= 0 || ahead > DROPOUT || ns > MOVE_NS || ns < -MOVE_NS ||
	    (t->lane == NULL && t->n_names == SF_TRACK_NAMES) ||
	    !add_name(s, k, t))
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

static void
copy_text(char out[SF_TEXT_MAX], struct sf_bytes in)
{
	size_t n = in.n < SF_TEXT_MAX - 1 ? in.n : SF_TEXT_MAX - 1;

	memcpy(out, in.p, n);
	out[n] = '\0';
}

/* MID and RID (RFC 8852), where SDP gives their ids. */
static void
note_extension(
    struct sf_streams *s, struct sf_track *t, const struct sf_rtp *rtp)
{
	const struct sf_sdp_section *of =
	    sdp_section(s->sdp, t->pub.ssrc, rtp->pt);
	struct sf_bytes rest = rtp->ext;
	struct sf_hdrext e;
	struct sf_diag d;

	if (of == NULL || rtp->ext_profile != 0xbede)
		return;
	while (rest.n != 0 && sf_hdrext_parse(&e, rest, &d) == SF_OK) {
		if (e.id != 0 && e.id == of->ext_mid)
			copy_text(t->pub.mid, e.data);
		if (e.id != 0 && e.id == of->ext_rid)
			copy_text(t->pub.rid, e.data);
		rest = e.payload;
	}
}

static struct sf_track *
track_for(struct sf_streams *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, const struct sf_rtp *rtp)
{
	struct sf_track_key k = { dg->src, dg->dst, rtp->ssrc,
		pkt->place.input };
	struct sf_track *t = find(s, &k);

	if (t == NULL)
		t = moved(s, &k, pkt, rtp);
	if (t == NULL)
		t = begin_track(s, &k, pkt->place);
	return t;
}

static struct sf_unit
unit_of(const struct sf_packet *pkt, const struct sf_datagram *dg,
    const struct sf_rtp *rtp)
{
	size_t at = (size_t)(rtp->payload.p - pkt->octets.p);

	return (struct sf_unit){ .place = pkt->place,
		.seq = rtp->seq,
		.timestamp = rtp->timestamp,
		.packet_at = at < UINT16_MAX ? (uint16_t)at : (uint16_t)0,
		.pt = rtp->pt,
		.marker = rtp->marker,
		.cut = dg->cut,
		.hash = sf_hash_ends(rtp->payload),
		.payload = rtp->payload };
}

void
sf_streams_feed(struct sf_streams *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, const struct sf_rtp *rtp)
{
	struct sf_track *t = track_for(s, pkt, dg, rtp);
	struct sf_unit u = unit_of(pkt, dg, rtp);

	if (t == NULL || t->refused) {
		limit(s, SF_LIMIT_STREAMS, pkt->place);
		s->model->accounting.other++;
		return;
	}
	t->pub.packets++;
	t->pub.last = pkt->place;
	t->pub.padding_only += rtp->payload.n == 0;
	note_pt(&t->pub, rtp->pt);
	if (rtp->has_ext && s->sdp != NULL &&
	    (t->pub.packets < 64 || t->pub.mid[0] == '\0'))
		note_extension(s, t, rtp);
	if (t->lane == NULL) {
		feed_probation(s, t, &u);
		return;
	}
	s->model->accounting.rtp++;
	feed_believed(s, t, &u);
}

/* ---- the end -------------------------------------------------------------- */

static void
settle_probation(struct sf_streams *s)
{
	struct sf_track *t, *newer;

	for (t = s->oldest; t != NULL; t = newer) {
		newer = t->newer;
		if (t->refused || (!plausible(s, t) && !in_company(s, t)) ||
		    !believe(s, t))
			dismiss(s, t);
	}
}

static void
flush(struct sf_streams *s, struct sf_track *t)
{
	struct frame_ctx ctx = { s, t };

	while (t->held != 0)
		skip_gap(s, t);
	sf_depay_finish(&t->lane->depay, &s->depay, take_frame, &ctx);
}

/* A repair stream is what it repairs, if all it sent were copies. */
static void
finish_repair(struct sf_track *t)
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

static void
name_stream(struct sf_streams *s, struct sf_track *t)
{
	const struct sf_naming *n = sf_streams_naming(s, t->pub.ssrc);
	const struct sf_path *p = sf_streams_path(s, &t->pub.src, &t->pub.dst);
	uint64_t span = t->highest - t->first_seq + 1;

	if (n->cname[0] != '\0')
		memcpy(t->pub.cname, n->cname, sizeof(t->pub.cname));
	t->pub.said_bye = n->bye;
	t->pub.evidence.dtls = p->dtls;
	t->pub.evidence.srtcp = p->srtcp && !p->rtcp;
	t->pub.lost = span > t->unique ? span - t->unique : 0;
}

/* Packets found to be under SRTP move to their own row. */
static void
account_srtp(struct sf_model *m, const struct sf_stream *p)
{
	if (p->protection != SF_PROT_SRTP)
		return;
	m->accounting.rtp -= p->packets;
	m->accounting.srtp += p->packets;
}

void
sf_streams_finish(struct sf_streams *s)
{
	settle_probation(s);
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *t = &s->tracks[i];

		if (t->lane == NULL)
			continue;
		flush(s, t);
		name_stream(s, t);
		if (t->pub.kind != SF_KIND_REPAIR) {
			sf_classify_finish(&t->lane->classifier, s->run);
			account_srtp(s->model, &t->pub);
		}
	}
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].pub.kind == SF_KIND_REPAIR) {
			finish_repair(&s->tracks[i]);
			account_srtp(s->model, &s->tracks[i].pub);
		}
}
