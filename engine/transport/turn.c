#include "engine/transport/turn.h"

#include <string.h>

#include "engine/base/hash.h"
#include "parsers/rtp/stun.h"

#define SLOTS      1024
#define PROBES     8
#define ATTRIBUTES 64 /* of one message that are looked at */

size_t
sf_turn_octets(void)
{
	return SLOTS * sizeof(struct sf_turn_binding) + 64;
}

bool
sf_turn_init(struct sf_turn *t, struct sf_arena *a)
{
	t->bindings = sf_arena_take(a, SLOTS, sizeof(*t->bindings));
	return t->bindings != NULL;
}

static bool
same(const struct sf_addr *a, const struct sf_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The binding of a client's channel; else, to take, a slot for it. */
static struct sf_turn_binding *
find(struct sf_turn *t, const struct sf_addr *client,
    const struct sf_addr *server, uint16_t channel, bool take)
{
	struct sf_addr two[2] = { *client, *server };
	uint64_t h = sf_hash(sf_bytes(two, sizeof(two))) ^ sf_mix(channel);
	struct sf_turn_binding *b;

	for (size_t i = 0; i < PROBES; i++) {
		b = &t->bindings[(h + i) % SLOTS];
		if (b->channel == 0)
			return take ? b : NULL;
		if (b->channel == channel && same(&b->client, client) &&
		    same(&b->server, server))
			return b;
	}
	return take ? &t->bindings[h % SLOTS] : NULL;
}

/* What the attributes of a message say that is of use here. */
struct said {
	bool has_peer;
	struct sf_addr peer;
	uint16_t channel;
	bool has_data;
	struct sf_bytes data;
	size_t data_octets; /* more than data.n: the capture cut it */
};

static struct said
listen(const struct sf_stun *m)
{
	struct said s = { 0 };
	struct sf_bytes rest = m->attributes;
	struct sf_stun_attr a;
	struct sf_diag d;

	for (unsigned i = 0; i < ATTRIBUTES && rest.n != 0 &&
			     sf_stun_attr_parse(&a, rest, &d) == SF_OK;
	     i++) {
		if (a.type == SF_STUN_XOR_PEER_ADDRESS)
			s.has_peer = sf_stun_address(&s.peer, a.value, m->id);
		if (a.type == SF_STUN_CHANNEL_NUMBER && a.value.n >= 2)
			s.channel =
			    (uint16_t)(a.value.p[0] << 8 | a.value.p[1]);
		if (a.type == SF_STUN_ATTR_DATA) {
			s.has_data = true;
			s.data = a.value;
			s.data_octets = a.value.n;
		}
		rest = a.payload;
	}
	if (rest.n > 4 && !s.has_data &&
	    (rest.p[0] << 8 | rest.p[1]) == SF_STUN_ATTR_DATA) {
		s.has_data = true; /* and the capture ends in it */
		s.data = sf_bytes(rest.p + 4, rest.n - 4);
		s.data_octets = (size_t)rest.p[2] << 8 | rest.p[3];
	}
	return s;
}

/* A message that the capture cut: what its header says, and as much of its
   attributes as there is. */
static enum sf_status
parse_cut(struct sf_stun *m, const struct sf_datagram *dg)
{
	struct sf_bytes in = dg->payload;
	uint8_t head[20];
	struct sf_bytes bare = sf_bytes(head, sizeof(head));
	struct sf_diag d;
	enum sf_status st;

	if (!dg->cut || in.n < sizeof(head))
		return SF_SHORT;
	memcpy(head, in.p, sizeof(head));
	head[2] = head[3] = 0;
	st = sf_stun_parse(m, bare, &d);
	if (st != SF_OK)
		return st;
	m->id = sf_bytes(in.p + 4, 16);
	m->attributes = sf_bytes(in.p + sizeof(head), in.n - sizeof(head));
	return SF_OK;
}

static void
fill(struct sf_datagram *out, const struct sf_datagram *dg,
    const struct sf_addr *src, const struct sf_addr *dst, struct sf_bytes data,
    size_t wire_octets)
{
	struct sf_datagram inner = *dg;

	inner.src = *src;
	inner.dst = *dst;
	inner.payload = data;
	inner.wire_octets = wire_octets;
	inner.cut = data.n < wire_octets;
	*out = inner;
}

static bool
open_message(
    struct sf_turn *t, struct sf_datagram *out, const struct sf_datagram *dg)
{
	struct sf_stun m;
	struct sf_diag d;
	struct said s;

	if (sf_stun_parse(&m, dg->payload, &d) != SF_OK &&
	    parse_cut(&m, dg) != SF_OK)
		return false;
	if (m.type != SF_STUN_SEND && m.type != SF_STUN_DATA &&
	    m.type != SF_STUN_CHANNEL_BIND)
		return false;
	s = listen(&m);
	if (!s.has_peer)
		return false;
	if (m.type == SF_STUN_CHANNEL_BIND) {
		if (s.channel >= 0x4000 && s.channel <= 0x7fff)
			*find(t, &dg->src, &dg->dst, s.channel, true) =
			    (struct sf_turn_binding){ dg->src, dg->dst, s.peer,
				    s.channel };
		return false;
	}
	if (!s.has_data)
		return false;
	if (m.type == SF_STUN_SEND)
		fill(out, dg, &dg->src, &s.peer, s.data, s.data_octets);
	else
		fill(out, dg, &s.peer, &dg->dst, s.data, s.data_octets);
	return true;
}

/* RFC 8656 12.4: up to three octets of padding may follow. */
static bool
open_channel(
    struct sf_turn *t, struct sf_datagram *out, const struct sf_datagram *dg)
{
	struct sf_bytes in = dg->payload;
	uint16_t channel = (uint16_t)(in.p[0] << 8 | in.p[1]);
	size_t told = (size_t)in.p[2] << 8 | in.p[3];
	size_t wire = dg->wire_octets - 4, n = in.n - 4;
	struct sf_addr src = dg->src, dst = dg->dst;
	const struct sf_turn_binding *b;

	if (told > wire || wire - told > 3)
		return false;
	b = find(t, &src, &dst, channel, false);
	if (b != NULL) {
		dst = b->peer;
	} else {
		b = find(t, &dst, &src, channel, false);
		if (b != NULL)
			src = b->peer;
	}
	if (b == NULL && channel > 0x4fff) /* none of RFC 8656 */
		return false;
	fill(
	    out, dg, &src, &dst, sf_bytes(in.p + 4, n < told ? n : told), told);
	return true;
}

bool
sf_turn_open(
    struct sf_turn *t, struct sf_datagram *out, const struct sf_datagram *dg)
{
	uint8_t first;

	if (dg->payload.n < 4)
		return false;
	first = dg->payload.p[0];
	if (first < 4)
		return open_message(t, out, dg);
	return first >= 0x40 && first < 0x80 && open_channel(t, out, dg);
}
