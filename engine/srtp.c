#include "engine/srtp.h"

#include <stdlib.h>
#include <string.h>

#include "engine/hash.h"
#include "engine/srtp/master.h"

#define WAYS       8    /* slots of the table that one flow may stand in */
#define FRONT      512  /* octets of link and net headers kept in front */
#define HOLDS      64   /* packets that wait to be confirmed, at once */
#define HOLD_ROOM  2048 /* octets of one */
#define FEW        64   /* keys that are all searched in full */
#define SHORT_TAG  4    /* octets of a tag that has to verify twice */
#define FULL_AGAIN 8    /* misses in a row before a second full search */

struct key {
	struct sf_srtp_master m;
	bool has_ssrc, has_roc, has_src, has_dst;
	uint32_t ssrc, roc;
	struct sf_addr src, dst;
	struct sf_addr good_src, good_dst; /* where it last opened something */
	enum sf_srtp_origin origin;
	uint32_t number;
};

struct hold {
	bool used;
	struct sf_srtp_opened p;
	uint8_t octets[FRONT + HOLD_ROOM];
};

struct flow {
	struct sf_addr src, dst;
	uint32_t ssrc, input;
	bool used;
	uint64_t touched;       /* count of packets when it was last seen */
	uint32_t key, rtcp_key; /* index + 1; 0: none */
	bool sure;              /* key and roc hold; else they wait for a second
	                          packet */
	uint32_t roc;
	uint16_t top;    /* highest sequence number of this roc */
	uint32_t hold;   /* index + 1 */
	uint64_t misses; /* packets in a row that no key opened */
	struct sf_srtp_facts facts;
};

struct sf_srtp {
	const struct sf_srtp_crypto *crypto;
	struct key *keys;
	size_t n_keys;
	bool expecting; /* secrets are there, and no handshake so far */
	struct flow *flows;
	struct hold *holds;
	uint64_t packets, tries, searches_cut, flows_lost;
	uint8_t out[FRONT + SF_SRTP_PACKET_MAX];
	uint8_t before[FRONT + HOLD_ROOM]; /* a hold that was given out */
};

/* ---- keys ---------------------------------------------------------------- */

struct sf_srtp *
sf_srtp_new(const struct sf_srtp_crypto *c)
{
	struct sf_srtp *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->crypto = c;
	s->keys = calloc(SF_SRTP_MASTERS, sizeof(*s->keys));
	s->flows = calloc(SF_SRTP_FLOWS, sizeof(*s->flows));
	s->holds = calloc(HOLDS, sizeof(*s->holds));
	if (s->keys != NULL && s->flows != NULL && s->holds != NULL)
		return s;
	sf_srtp_free(s);
	return NULL;
}

void
sf_srtp_free(struct sf_srtp *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_keys; i++)
		sf_srtp_master_wipe(&s->keys[i].m);
	free(s->keys);
	free(s->flows);
	free(s->holds);
	free(s);
}

static bool
add_kdf(struct sf_srtp *s, const struct sf_srtp_entry *e,
    const struct sf_srtp_profile *p, struct sf_srtp_kdf kdf)
{
	struct key *k = &s->keys[s->n_keys];
	bool done = false;

	if (s->n_keys < SF_SRTP_MASTERS) {
		*k = (struct key){ .has_ssrc = e->has_ssrc,
			.has_roc = e->has_roc,
			.has_src = e->has_src,
			.has_dst = e->has_dst,
			.ssrc = e->ssrc,
			.roc = e->roc,
			.src = e->src,
			.dst = e->dst,
			.good_src = e->src,
			.good_dst = e->dst,
			.origin = e->origin,
			.number = e->number };
		done = sf_srtp_master_init(&k->m, s->crypto, p, &kdf);
	}
	sf_crypto_ossl.wipe(&kdf, sizeof(kdf));
	if (!done)
		return false;
	k->m.mki = e->mki;
	k->m.rtp_clear = e->rtp_clear;
	s->n_keys++;
	return true;
}

static bool
add(struct sf_srtp *s, const struct sf_srtp_entry *e,
    const struct sf_srtp_profile *p)
{
	return add_kdf(s, e, p, sf_srtp_kdf(p, e->key, e->salt)) &&
	       (p->key != 24 ||
		   add_kdf(s, e, p, sf_srtp_kdf_filled(p, e->key, e->salt)));
}

bool
sf_srtp_add(struct sf_srtp *s, const struct sf_srtp_entry *e)
{
	bool any = false;

	if (e->profile != NULL)
		return add(s, e, e->profile);
	for (size_t i = 0; i < SF_SRTP_PROFILES; i++) {
		const struct sf_srtp_profile *p = &sf_srtp_profiles[i];

		if (p->key != e->n_key || p->salt != e->n_salt || p->doubled)
			continue;
		if (!add(s, e, p))
			return false;
		any = true;
	}
	return any;
}

void
sf_srtp_expect(struct sf_srtp *s)
{
	s->expecting = true;
}

bool
sf_srtp_has_keys(const struct sf_srtp *s)
{
	return s->n_keys > 0;
}

static bool
same_address(const struct sf_addr *a, const struct sf_addr *b)
{
	return a->family == b->family &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0 &&
	       (a->port == 0 || a->port == b->port);
}

static bool
in_scope(const struct key *k, const struct flow *f)
{
	return (!k->has_ssrc || k->ssrc == f->ssrc) &&
	       (!k->has_src || same_address(&k->src, &f->src)) &&
	       (!k->has_dst || same_address(&k->dst, &f->dst));
}

/* It is for this flow, or has opened something between these addresses. */
static bool
near(const struct key *k, const struct flow *f)
{
	return (k->has_src && k->has_dst) || k->has_ssrc ||
	       (same_address(&k->good_src, &f->src) &&
		   same_address(&k->good_dst, &f->dst));
}

/* ---- flows --------------------------------------------------------------- */

static bool
is_flow(const struct flow *f, const struct sf_datagram *dg, uint32_t ssrc,
    uint32_t input)
{
	return f->used && f->ssrc == ssrc && f->input == input &&
	       memcmp(&f->src, &dg->src, sizeof(f->src)) == 0 &&
	       memcmp(&f->dst, &dg->dst, sizeof(f->dst)) == 0;
}

/* Which of two makes room: one that never opened, then the older. */
static bool
goes_before(const struct flow *a, const struct flow *b)
{
	bool opened_a = a->facts.removed > 0;
	bool opened_b = b->facts.removed > 0;

	return opened_a != opened_b ? opened_b : a->touched < b->touched;
}

static void
drop_hold(struct sf_srtp *s, struct flow *f)
{
	if (f->hold != 0)
		s->holds[f->hold - 1].used = false;
	f->hold = 0;
}

/* The same sender under other addresses has a key and a counter to begin
   with. */
static void
take_over(struct sf_srtp *s, struct flow *f)
{
	for (size_t i = 0; i < SF_SRTP_FLOWS; i++) {
		const struct flow *o = &s->flows[i];

		if (o == f || !o->used || o->ssrc != f->ssrc || !o->sure ||
		    !in_scope(&s->keys[o->key - 1], f))
			continue;
		f->key = o->key;
		f->roc = o->roc;
		f->top = o->top;
		return;
	}
}

static struct flow *
flow_of(struct sf_srtp *s, const struct sf_datagram *dg, uint32_t ssrc,
    uint32_t input)
{
	const uint32_t parts[2] = { ssrc, input };
	uint64_t h = sf_hash(sf_bytes(&dg->src, sizeof(dg->src))) * 3 ^
		     sf_hash(sf_bytes(&dg->dst, sizeof(dg->dst))) ^
		     sf_hash(sf_bytes(parts, sizeof(parts)));
	struct flow *set = &s->flows[sf_mix(h) % (SF_SRTP_FLOWS / WAYS) * WAYS];
	struct flow *f = set;

	for (unsigned i = 0; i < WAYS; i++)
		if (is_flow(&set[i], dg, ssrc, input))
			return &set[i];
	for (unsigned i = 0; i < WAYS; i++) {
		if (!set[i].used) {
			f = &set[i];
			break;
		}
		if (goes_before(&set[i], f))
			f = &set[i];
	}
	s->flows_lost += f->used;
	drop_hold(s, f);
	*f = (struct flow){ .used = true,
		.src = dg->src,
		.dst = dg->dst,
		.ssrc = ssrc,
		.input = input };
	take_over(s, f);
	return f;
}

/* ---- one packet and one key ---------------------------------------------- */

/* A packet on its way: where it came from, what it is cut into, how many
   octets of headers stand in front of it in the capture, and where it goes. */
struct job {
	const struct sf_packet *pkt;
	const struct sf_datagram *dg;
	struct sf_srtp_shape shape;
	size_t front;
	size_t n; /* octets in plain */
};

static bool
try_rtp(struct sf_srtp *s, struct job *j, uint32_t key, uint32_t roc)
{
	return sf_srtp_master_rtp(&s->keys[key].m, &j->shape, roc,
		   s->out + j->front, &j->n) == SF_OPENED;
}

/* RFC 3711 3.3.1 */
static uint32_t
guess(const struct flow *f, uint16_t seq)
{
	if (f->top < 0x8000)
		return seq > f->top && seq - f->top > 0x8000 ? f->roc - 1
							     : f->roc;
	return f->top - 0x8000 > seq ? f->roc + 1 : f->roc;
}

static void
advance(struct flow *f, uint32_t roc, uint16_t seq)
{
	if (roc == f->roc + 1 || (roc == f->roc && seq > f->top)) {
		f->roc = roc;
		f->top = seq;
	}
}

/* ---- search -------------------------------------------------------------- */

struct found {
	uint32_t key, roc;
};

static bool
spend(struct sf_srtp *s)
{
	if (s->tries >= SF_SRTP_TRIES) {
		s->searches_cut++;
		return false;
	}
	s->tries++;
	return true;
}

/* The counters that are likely: told, known, none, around the known one. */
static bool
likely(struct sf_srtp *s, struct flow *f, struct job *j, uint32_t key,
    struct found *out)
{
	const struct key *k = &s->keys[key];
	uint32_t about = f->key != 0 ? guess(f, j->shape.seq) : 0;
	uint32_t rocs[] = { k->has_roc ? k->roc : about, about, 0, about + 1,
		about - 1, k->roc + 1 };

	for (size_t i = 0; i < sizeof(rocs) / sizeof(rocs[0]); i++) {
		bool again = false;

		for (size_t o = 0; o < i; o++)
			again = again || rocs[o] == rocs[i];
		if (again || rocs[i] == UINT32_MAX)
			continue;
		if (!spend(s))
			return false;
		if (try_rtp(s, j, key, rocs[i])) {
			*out = (struct found){ key, rocs[i] };
			return true;
		}
	}
	return false;
}

static bool
every(struct sf_srtp *s, struct job *j, uint32_t key, struct found *out)
{
	for (uint32_t roc = 1; roc <= SF_SRTP_ROCS; roc++) {
		if (!spend(s))
			return false;
		if (try_rtp(s, j, key, roc)) {
			*out = (struct found){ key, roc };
			return true;
		}
	}
	return false;
}

/*
 * All keys in scope with likely counters, newest first because a second
 * handshake replaces the first; then, when full, those worth it with every
 * counter. A capture that begins late has any.
 */
static bool
search(struct sf_srtp *s, struct flow *f, struct job *j, bool full,
    struct found *out)
{
	uint32_t keys = 0;

	for (size_t i = s->n_keys; i-- > 0;) {
		if (!in_scope(&s->keys[i], f))
			continue;
		keys++;
		if (likely(s, f, j, (uint32_t)i, out))
			return true;
	}
	f->facts.keys = keys;
	if (f->facts.rocs == 0)
		f->facts.rocs = 1;
	if (!full)
		return false;
	f->facts.rocs = SF_SRTP_ROCS + 1;
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = s->n_keys; i-- > 0;)
			if (in_scope(&s->keys[i], f) &&
			    near(&s->keys[i], f) == (pass == 0) &&
			    (pass == 0 || keys <= FEW) &&
			    every(s, j, (uint32_t)i, out))
				return true;
	return false;
}

/* Misses in a row at which it is worth to look again. */
static bool
worth_search(uint64_t misses)
{
	return (misses & (misses - 1)) == 0;
}

/* ---- what comes out ------------------------------------------------------ */

/* The datagram in buffer, behind the headers that it was captured with. */
static struct sf_srtp_opened
opened(const struct job *j, uint8_t *buffer)
{
	struct sf_srtp_opened o = { *j->pkt, *j->dg };

	memcpy(buffer, j->pkt->octets.p, j->front);
	o.dg.payload = sf_bytes(buffer + j->front, j->n);
	o.dg.wire_octets = j->n;
	o.dg.removed |= SF_REMOVED_SRTP;
	o.pkt.octets = sf_bytes(
	    j->front == 0 ? NULL : buffer, j->front == 0 ? 0 : j->front + j->n);
	o.pkt.wire_octets = o.pkt.octets.n;
	return o;
}

static void
note_opened(struct sf_srtp *s, struct flow *f, uint32_t key)
{
	struct key *k = &s->keys[key];

	k->good_src = f->src;
	k->good_dst = f->dst;
	f->facts.profile = k->m.profile->name;
	f->facts.origin = k->origin;
	f->facts.number = k->number;
	f->facts.doubled = k->m.profile->doubled;
}

static enum sf_srtp_status
give_rtp(struct sf_srtp *s, struct flow *f, const struct job *j,
    struct sf_srtp_result *r)
{
	if (f->facts.removed++ == 0)
		f->facts.roc_first = f->roc;
	f->facts.roc_last = f->roc;
	f->facts.cryptex += j->shape.cryptex;
	f->misses = 0;
	r->out = opened(j, s->out);
	return SF_SRTP_OPENED;
}

/* Keeps what is in out until the next packet confirms it. */
static void
hold(struct sf_srtp *s, struct flow *f, const struct job *j)
{
	for (uint32_t i = 0; i < HOLDS; i++) {
		struct hold *h = &s->holds[i];

		if (h->used || j->n > HOLD_ROOM)
			continue;
		h->used = true;
		f->hold = i + 1;
		memcpy(h->octets + j->front, s->out + j->front, j->n);
		h->p = opened(j, h->octets);
		h->p.dg.via = NULL; /* gone by then */
		return;
	}
	f->facts.failed++; /* no room to wait: given up */
}

/* Gives a hold out: its slot may be taken again from here on. */
static void
give_hold(struct sf_srtp *s, struct flow *f, struct sf_srtp_result *r)
{
	struct hold *h = &s->holds[f->hold - 1];
	size_t front =
	    h->p.pkt.octets.n == 0 ? 0 : h->p.pkt.octets.n - h->p.dg.payload.n;

	r->has_before = true;
	r->before = h->p;
	memcpy(s->before, h->octets, front + h->p.dg.payload.n);
	r->before.dg.payload = sf_bytes(s->before + front, h->p.dg.payload.n);
	if (front != 0)
		r->before.pkt.octets = sf_bytes(s->before, h->p.pkt.octets.n);
	f->facts.removed++;
	f->facts.roc_first = f->roc;
	drop_hold(s, f);
}

/* ---- RTP ----------------------------------------------------------------- */

/* A key was found: with a short tag it is only likely. */
static enum sf_srtp_status
take_found(struct sf_srtp *s, struct flow *f, struct job *j,
    const struct found *found, struct sf_srtp_result *r)
{
	const struct sf_srtp_profile *p = s->keys[found->key].m.profile;

	f->key = found->key + 1;
	f->roc = found->roc;
	f->top = j->shape.seq;
	f->sure = p->tag > SHORT_TAG;
	if (f->sure) {
		note_opened(s, f, found->key);
		return give_rtp(s, f, j, r);
	}
	hold(s, f, j);
	return SF_SRTP_HELD;
}

/* The second packet with a short tag. */
static enum sf_srtp_status
confirm(
    struct sf_srtp *s, struct flow *f, struct job *j, struct sf_srtp_result *r)
{
	f->sure = true;
	note_opened(s, f, f->key - 1);
	if (f->hold != 0)
		give_hold(s, f, r);
	return give_rtp(s, f, j, r);
}

static enum sf_srtp_status
missed(struct flow *f, const struct job *j)
{
	if (f->facts.removed == 0) {
		f->facts.closed++;
		return SF_SRTP_CLOSED;
	}
	f->facts.failed++;
	if (f->facts.failed_first.packet == 0)
		f->facts.failed_first = j->pkt->place;
	return SF_SRTP_FAILED;
}

static enum sf_srtp_status
open_rtp(
    struct sf_srtp *s, struct flow *f, struct job *j, struct sf_srtp_result *r)
{
	struct found found;
	uint32_t roc;

	if (f->key != 0) {
		roc = guess(f, j->shape.seq);
		if (try_rtp(s, j, f->key - 1, roc)) {
			advance(f, roc, j->shape.seq);
			if (f->sure)
				return give_rtp(s, f, j, r);
			return confirm(s, f, j, r);
		}
		if (f->hold != 0) { /* chance it was, or this one is damaged */
			drop_hold(s, f);
			f->facts.failed++;
		}
	}
	f->misses++;
	if (worth_search(f->misses) &&
	    search(s, f, j, f->misses == 1 || f->misses == FULL_AGAIN, &found))
		return take_found(s, f, j, &found, r);
	return missed(f, j);
}

/* ---- RTCP ---------------------------------------------------------------- */

static bool
try_rtcp(struct sf_srtp *s, struct job *j, uint32_t key)
{
	return sf_srtp_master_rtcp(&s->keys[key].m, j->dg->payload,
		   s->out + j->front, &j->n) == SF_OPENED;
}

/* SRTCP carries its index: one try a key tells. */
static enum sf_srtp_status
open_rtcp(
    struct sf_srtp *s, struct flow *f, struct job *j, struct sf_srtp_result *r)
{
	size_t i = s->n_keys;

	if (f->rtcp_key != 0 && try_rtcp(s, j, f->rtcp_key - 1)) {
		i = f->rtcp_key - 1;
	} else {
		f->facts.rtcp_missed++;
		if (!worth_search(f->facts.rtcp_missed) &&
		    f->facts.rtcp_removed == 0)
			return SF_SRTP_CLOSED;
		while (i-- > 0)
			if (in_scope(&s->keys[i], f) && spend(s) &&
			    try_rtcp(s, j, (uint32_t)i))
				break;
	}
	if (i >= s->n_keys)
		return f->facts.rtcp_removed > 0 ? SF_SRTP_FAILED
						 : SF_SRTP_CLOSED;
	f->rtcp_key = (uint32_t)i + 1;
	f->facts.rtcp_removed++;
	f->facts.rtcp_missed = 0;
	s->keys[i].good_src = f->src;
	s->keys[i].good_dst = f->dst;
	r->out = opened(j, s->out);
	return SF_SRTP_OPENED;
}

/* ---- all of it ----------------------------------------------------------- */

/* Octets in front of the datagram in its packet; 0 when it was put together
   from several, or is far inside. */
static size_t
front_of(const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	uintptr_t at = (uintptr_t)dg->payload.p;
	uintptr_t from = (uintptr_t)pkt->octets.p;

	return sf_bytes_inside(dg->payload, pkt->octets) && at - from <= FRONT
		   ? (size_t)(at - from)
		   : 0;
}

static uint32_t
ssrc_of_rtcp(struct sf_bytes in)
{
	return (uint32_t)in.p[4] << 24 | (uint32_t)in.p[5] << 16 |
	       (uint32_t)in.p[6] << 8 | in.p[7];
}

enum sf_srtp_status
sf_srtp_open(struct sf_srtp *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, bool rtcp, struct sf_srtp_result *r)
{
	struct job j = { .pkt = pkt, .dg = dg };
	struct flow *f;

	r->status = SF_SRTP_UNTRIED;
	r->has_before = false;
	if ((s->n_keys == 0 && !s->expecting) || dg->payload.n > SF_SRTP_PACKET_MAX ||
	    (rtcp ? dg->payload.n < 8
		  : sf_srtp_shape_of(&j.shape, dg->payload) != SF_OK))
		return r->status;
	j.front = front_of(pkt, dg);
	f = flow_of(s, dg, rtcp ? ssrc_of_rtcp(dg->payload) : j.shape.ssrc,
	    pkt->place.input);
	f->touched = ++s->packets;
	if (dg->cut) { /* its tag is not there */
		f->facts.cut += !rtcp;
		r->status = rtcp || f->facts.removed == 0 ? SF_SRTP_CLOSED
							  : SF_SRTP_FAILED;
		return r->status;
	}
	r->status = rtcp ? open_rtcp(s, f, &j, r) : open_rtp(s, f, &j, r);
	return r->status;
}

uint64_t
sf_srtp_finish(struct sf_srtp *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < SF_SRTP_FLOWS; i++) {
		uint32_t hold = s->flows[i].hold;

		if (hold != 0)
			n += s->holds[hold - 1].p.dg.records;
		drop_hold(s, &s->flows[i]);
	}
	return n;
}

static void
add_facts(struct sf_srtp_facts *to, const struct sf_srtp_facts *from)
{
	struct sf_srtp_facts f = *from;

	if (to->removed > 0) { /* the first that opened names key and profile */
		uint64_t removed = f.removed;

		f = *to;
		f.removed = removed;
	}
	f.removed += to->removed;
	f.failed = to->failed + from->failed;
	f.closed = to->closed + from->closed;
	f.cut = to->cut + from->cut;
	f.cryptex = to->cryptex + from->cryptex;
	f.keys = to->keys > from->keys ? to->keys : from->keys;
	f.rocs = to->rocs > from->rocs ? to->rocs : from->rocs;
	*to = f;
}

struct sf_srtp_facts
sf_srtp_facts_of(const struct sf_srtp *s, const struct sf_addr *src,
    const struct sf_addr *dst, uint32_t ssrc, uint32_t input, bool moved,
    bool sealed)
{
	struct sf_srtp_facts all = { 0 };

	for (size_t i = 0; i < SF_SRTP_FLOWS; i++) {
		const struct flow *f = &s->flows[i];

		if (!f->used || f->ssrc != ssrc || f->input != input)
			continue;
		if (moved || (memcmp(&f->src, src, sizeof(*src)) == 0 &&
				 memcmp(&f->dst, dst, sizeof(*dst)) == 0))
			add_facts(&all, &f->facts);
	}
	if (sealed)
		return (struct sf_srtp_facts){ .closed = all.closed,
			.cut = all.cut,
			.keys = all.keys,
			.rocs = all.rocs };
	all.closed = 0;
	return all;
}

uint64_t
sf_srtp_searches_cut(const struct sf_srtp *s)
{
	return s->searches_cut;
}

uint64_t
sf_srtp_flows_lost(const struct sf_srtp *s)
{
	return s->flows_lost;
}
