#include "engine/srtp/srtp.h"

#include <stdlib.h>
#include <string.h>

#include "engine/srtp/parts.h"

#define SHORT_TAG  4            /* octets of a tag that has to verify twice */
#define HOLE_NS    2000000000LL /* a hole to be wary of */
#define FULL_AGAIN 8 /* misses in a row before a second full search */

/* ---- keys ---------------------------------------------------------------- */

struct sf_srtp *
sf_srtp_new(const struct sf_srtp_crypto *c, uint64_t tries)
{
	struct sf_srtp *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->crypto = c;
	s->tries_most = tries;
	s->keys = calloc(SF_SRTP_MASTERS, sizeof(*s->keys));
	s->flows = calloc(SF_SRTP_FLOWS, sizeof(*s->flows));
	s->holds = calloc(SF_SRTP_HOLDS, sizeof(*s->holds));
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
	struct sf_srtp_ready *k = &s->keys[s->n_keys];
	bool done = false;

	if (s->n_keys < SF_SRTP_MASTERS) {
		*k = (struct sf_srtp_ready){ .has_ssrc = e->has_ssrc,
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
			.number = e->number,
			.born = s->packets };
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

		/* the tags of NULL are those of AES_CM: it has to be named */
		if (p->key != e->n_key || p->salt != e->n_salt || p->doubled ||
		    p->cipher == SF_SRTP_NULL)
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

void
sf_srtp_note_elements(struct sf_srtp *s)
{
	s->elements = true;
}

bool
sf_srtp_has_elements(const struct sf_srtp *s)
{
	return s->elements;
}

bool
sf_srtp_awaits(const struct sf_srtp *s)
{
	return s->n_keys > 0 || s->expecting;
}

bool
sf_srtp_has_keys(const struct sf_srtp *s)
{
	return s->n_keys > 0;
}

/* ---- what comes out ------------------------------------------------------ */

/* The datagram in buffer, behind the headers that it was captured with. */
static struct sf_srtp_opened
opened(const struct sf_srtp_job *j, uint8_t *buffer)
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
note_opened(struct sf_srtp *s, struct sf_srtp_flow *f, uint32_t key)
{
	struct sf_srtp_ready *k = &s->keys[key];

	k->good_src = f->src;
	k->good_dst = f->dst;
	if (f->facts.removed == 0 && f->began <= k->born)
		s->early += f->facts.closed;
	f->facts.profile = k->m.profile->name;
	f->facts.origin = k->origin;
	f->facts.number = k->number;
	f->facts.doubled = k->m.profile->doubled;
}

static enum sf_srtp_status
give_rtp(struct sf_srtp *s, struct sf_srtp_flow *f, const struct sf_srtp_job *j,
    struct sf_srtp_result *r)
{
	if (f->facts.removed++ == 0)
		f->facts.roc_first = f->roc;
	f->facts.roc_last = f->roc;
	f->facts.cryptex += j->shape.cryptex;
	f->misses = 0;
	f->opened_ns = j->pkt->place.time_ns;
	r->out = opened(j, s->out);
	return SF_SRTP_OPENED;
}

/* What is borrowed is gone with the packet: a comment moves into room. */
static void
keep_comment(struct sf_packet *pkt, uint8_t room[SF_COMMENT_MAX])
{
	if (pkt->comment.n == 0)
		return;
	memcpy(room, pkt->comment.p, pkt->comment.n);
	pkt->comment = sf_bytes(room, pkt->comment.n);
}

/* Keeps what is in out until the next packet confirms it. */
static void
hold(struct sf_srtp *s, struct sf_srtp_flow *f, const struct sf_srtp_job *j)
{
	for (uint32_t i = 0; i < SF_SRTP_HOLDS; i++) {
		struct sf_srtp_hold *h = &s->holds[i];

		if (h->used || j->n > SF_SRTP_HOLD_ROOM)
			continue;
		h->used = true;
		f->hold = i + 1;
		memcpy(h->octets + j->front, s->out + j->front, j->n);
		h->p = opened(j, h->octets);
		h->p.dg.via = NULL; /* gone by then */
		keep_comment(&h->p.pkt, h->comment);
		sf_carried_keep(&h->p.pkt, &h->carried);
		return;
	}
	f->facts.failed++; /* no room to wait: given up */
	s->lost += j->dg->records;
}

/* Gives a hold out: its slot may be taken again from here on. */
static void
give_hold(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_result *r)
{
	struct sf_srtp_hold *h = &s->holds[f->hold - 1];
	size_t front =
	    h->p.pkt.octets.n == 0 ? 0 : h->p.pkt.octets.n - h->p.dg.payload.n;

	r->has_before = true;
	r->before = h->p;
	memcpy(s->before, h->octets, front + h->p.dg.payload.n);
	r->before.dg.payload = sf_bytes(s->before + front, h->p.dg.payload.n);
	if (front != 0)
		r->before.pkt.octets = sf_bytes(s->before, h->p.pkt.octets.n);
	keep_comment(&r->before.pkt, s->before_comment);
	sf_carried_keep(&r->before.pkt, &s->before_carried);
	f->facts.removed++;
	f->facts.roc_first = f->roc;
	sf_srtp_drop_hold(s, f);
}

/* ---- RTP ----------------------------------------------------------------- */

static void
advance(struct sf_srtp_flow *f, uint32_t roc, uint16_t seq)
{
	if (roc == f->roc + 1 || (roc == f->roc && seq > f->top)) {
		f->roc = roc;
		f->top = seq;
	}
}

/* Misses in a row at which it is worth to look again. */
static bool
worth_search(uint64_t misses)
{
	return (misses & (misses - 1)) == 0;
}

/* A key was found: with a short tag it is only likely. */
static enum sf_srtp_status
take_found(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    const struct sf_srtp_found *found, struct sf_srtp_result *r)
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
confirm(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    struct sf_srtp_result *r)
{
	f->sure = true;
	note_opened(s, f, f->key - 1);
	if (f->hold != 0)
		give_hold(s, f, r);
	return give_rtp(s, f, j, r);
}

static enum sf_srtp_status
missed(struct sf_srtp_flow *f, const struct sf_srtp_job *j)
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

/*
 * Every counter is tried at the start, and behind a hole that more than 2^15
 * packets may have gone through: RFC 3711 3.3.1 guesses right up to there. A
 * single packet that fails in mid-stream is damaged and nothing else.
 */
static bool
worth_all(const struct sf_srtp_flow *f, const struct sf_srtp_job *j)
{
	bool hole = f->facts.removed == 0 ||
		    j->pkt->place.time_ns - f->opened_ns > HOLE_NS;

	return (f->misses == 1 && hole) || f->misses == FULL_AGAIN;
}

static enum sf_srtp_status
open_rtp(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    struct sf_srtp_result *r)
{
	struct sf_srtp_found found;
	uint32_t roc;

	if (f->key != 0) {
		roc = sf_srtp_guess(f, j->shape.seq);
		if (sf_srtp_try(s, j, f->key - 1, roc)) {
			advance(f, roc, j->shape.seq);
			if (f->sure)
				return give_rtp(s, f, j, r);
			return confirm(s, f, j, r);
		}
		if (f->hold != 0) { /* chance it was, or this one is damaged */
			sf_srtp_lose_hold(s, f);
			f->facts.failed++;
		}
	}
	f->misses++;
	if (worth_search(f->misses) &&
	    sf_srtp_search(s, f, j, worth_all(f, j), &found))
		return take_found(s, f, j, &found, r);
	return missed(f, j);
}

/* ---- RTCP ---------------------------------------------------------------- */

static bool
try_rtcp(struct sf_srtp *s, struct sf_srtp_job *j, uint32_t key)
{
	return sf_srtp_master_rtcp(&s->keys[key].m, j->dg->payload,
		   s->out + j->front, &j->n) == SF_OPENED;
}

/* SRTCP carries its index: one try a key tells. */
static enum sf_srtp_status
open_rtcp(struct sf_srtp *s, struct sf_srtp_flow *f, struct sf_srtp_job *j,
    struct sf_srtp_result *r)
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
			if (sf_srtp_in_scope(&s->keys[i], f) &&
			    sf_srtp_spend(s) && try_rtcp(s, j, (uint32_t)i))
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

	return sf_bytes_inside(dg->payload, pkt->octets) &&
		       at - from <= SF_SRTP_FRONT
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
	struct sf_srtp_job j = { .pkt = pkt, .dg = dg };
	struct sf_srtp_flow *f;

	r->status = SF_SRTP_UNTRIED;
	r->has_before = false;
	if (!sf_srtp_awaits(s) || dg->payload.n > SF_SRTP_PACKET_MAX ||
	    (rtcp ? dg->payload.n < 8
		  : sf_srtp_shape_of(&j.shape, dg->payload) != SF_OK))
		return r->status;
	j.front = front_of(pkt, dg);
	f = sf_srtp_flow_of(s, dg,
	    rtcp ? ssrc_of_rtcp(dg->payload) : j.shape.ssrc, pkt->place.input);
	f->touched = ++s->packets;
	if (f->began == 0)
		f->began = s->packets;
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
	for (size_t i = 0; i < SF_SRTP_FLOWS; i++)
		sf_srtp_lose_hold(s, &s->flows[i]);
	return s->lost;
}

uint64_t
sf_srtp_searches_cut(const struct sf_srtp *s)
{
	return s->searches_cut;
}

uint64_t
sf_srtp_early(const struct sf_srtp *s)
{
	return s->early;
}

uint64_t
sf_srtp_flows_lost(const struct sf_srtp *s)
{
	return s->flows_lost;
}
