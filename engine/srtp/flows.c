#include "engine/srtp/parts.h"

#include <string.h>

#include "engine/base/hash.h"

static bool
same_address(const struct sf_addr *a, const struct sf_addr *b)
{
	return a->family == b->family &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0 &&
	       (a->port == 0 || a->port == b->port);
}

bool
sf_srtp_in_scope(const struct sf_srtp_ready *k, const struct sf_srtp_flow *f)
{
	return (!k->has_ssrc || k->ssrc == f->ssrc) &&
	       (!k->has_src || same_address(&k->src, &f->src)) &&
	       (!k->has_dst || same_address(&k->dst, &f->dst));
}

bool
sf_srtp_is_near(const struct sf_srtp_ready *k, const struct sf_srtp_flow *f)
{
	return (k->has_src && k->has_dst) || k->has_ssrc ||
	       (same_address(&k->good_src, &f->src) &&
		   same_address(&k->good_dst, &f->dst));
}

static bool
is_flow(const struct sf_srtp_flow *f, const struct sf_datagram *dg,
    uint32_t ssrc, uint32_t input)
{
	return f->used && f->ssrc == ssrc && f->input == input &&
	       memcmp(&f->src, &dg->src, sizeof(f->src)) == 0 &&
	       memcmp(&f->dst, &dg->dst, sizeof(f->dst)) == 0;
}

/* Which of two makes room: one that never opened, then the older. */
static bool
goes_before(const struct sf_srtp_flow *a, const struct sf_srtp_flow *b)
{
	bool opened_a = a->facts.removed > 0;
	bool opened_b = b->facts.removed > 0;

	return opened_a != opened_b ? opened_b : a->touched < b->touched;
}

void
sf_srtp_drop_hold(struct sf_srtp *s, struct sf_srtp_flow *f)
{
	if (f->hold != 0)
		s->holds[f->hold - 1].used = false;
	f->hold = 0;
}

void
sf_srtp_lose_hold(struct sf_srtp *s, struct sf_srtp_flow *f)
{
	if (f->hold != 0)
		s->lost += s->holds[f->hold - 1].p.dg.records;
	sf_srtp_drop_hold(s, f);
}

/* The same sender under other addresses has a key and a counter to begin
   with. */
static void
take_over(struct sf_srtp *s, struct sf_srtp_flow *f)
{
	for (size_t i = 0; i < SF_SRTP_FLOWS; i++) {
		const struct sf_srtp_flow *o = &s->flows[i];

		if (o == f || !o->used || o->ssrc != f->ssrc || !o->sure ||
		    !sf_srtp_in_scope(&s->keys[o->key - 1], f))
			continue;
		f->key = o->key;
		f->roc = o->roc;
		f->top = o->top;
		return;
	}
}

struct sf_srtp_flow *
sf_srtp_flow_of(struct sf_srtp *s, const struct sf_datagram *dg, uint32_t ssrc,
    uint32_t input)
{
	const uint32_t parts[2] = { ssrc, input };
	uint64_t h = sf_hash(sf_bytes(&dg->src, sizeof(dg->src))) * 3 ^
		     sf_hash(sf_bytes(&dg->dst, sizeof(dg->dst))) ^
		     sf_hash(sf_bytes(parts, sizeof(parts)));
	struct sf_srtp_flow *set =
	    &s->flows[sf_mix(h) % (SF_SRTP_FLOWS / SF_SRTP_WAYS) *
		      SF_SRTP_WAYS];
	struct sf_srtp_flow *f = set;

	for (unsigned i = 0; i < SF_SRTP_WAYS; i++)
		if (is_flow(&set[i], dg, ssrc, input))
			return &set[i];
	for (unsigned i = 0; i < SF_SRTP_WAYS; i++) {
		if (!set[i].used) {
			f = &set[i];
			break;
		}
		if (goes_before(&set[i], f))
			f = &set[i];
	}
	s->flows_lost += f->used;
	sf_srtp_lose_hold(s, f);
	*f = (struct sf_srtp_flow){ .used = true,
		.src = dg->src,
		.dst = dg->dst,
		.ssrc = ssrc,
		.input = input };
	take_over(s, f);
	return f;
}

/* ---- facts ----------------------------------------------------------------- */

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
		const struct sf_srtp_flow *f = &s->flows[i];

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

void
sf_srtp_name_double(struct sf_stream *s)
{
	if (!s->srtp.doubled || s->srtp.removed == 0 ||
	    (s->protection != SF_PROT_UNDECIDABLE &&
		s->protection != SF_PROT_SRTP))
		return;
	s->dialect = SF_DIALECT_DOUBLE_SRTP;
	s->protection = SF_PROT_OTHER_DIALECT;
	s->why = SF_WHY_NOTHING;
	s->wanted = 0;
	s->clear_octets = 0;
	s->clear_octets_key = -1;
}
