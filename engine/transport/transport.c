#include "engine/transport/transport.h"

#include "engine/capture/wrap.h"
#include "engine/transport/datachannel.h"
#include "engine/transport/gso.h"

#define LEAST  ((size_t)512 << 10)
#define RELAYS 4 /* TURN inside of TURN */

static size_t
share_of(const struct sf_limits *l)
{
	return (l->transport_octets < LEAST ? LEAST : l->transport_octets) / 2;
}

size_t
sf_transport_octets(const struct sf_limits *l)
{
	return sf_fragments_octets(share_of(l)) + sf_tcp_octets(share_of(l)) +
	       sf_turn_octets();
}

/* ---- datagrams ------------------------------------------------------------ */

/* The way of a datagram that relays another. */
static void
relayed(struct sf_transport *t, const struct sf_packet *pkt,
    const struct sf_datagram *outer)
{
	struct sf_datagram dg = *outer;
	struct sf_via via = { 0 };

	if (outer->via != NULL)
		via = *outer->via;
	for (unsigned i = 0; i < RELAYS && sf_turn_open(&t->turn, &dg, &dg);
	     i++) {
		sf_via_add(&via, SF_VIA_TURN, 0);
		t->model->wrappings.peeled[SF_VIA_TURN]++;
		dg.via = &via;
	}
	t->sink(t->ctx, pkt, &dg);
}

static void
count_ways(struct sf_transport *t, const struct sf_via *via)
{
	for (unsigned i = 0; via != NULL && i < via->n; i++)
		t->model->wrappings.peeled[via->of[i].kind]++;
}

static void
deliver(void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct sf_transport *t = ctx;

	count_ways(t, dg->via);
	if (dg->payload.n != 0 && dg->payload.p[0] < 0x80)
		relayed(t, pkt, dg);
	else
		t->sink(t->ctx, pkt, dg);
}

/* The pieces of a record that a driver made of several datagrams. */
static void
split(struct sf_transport *t, const struct sf_packet *pkt,
    const struct sf_datagram *whole, size_t each)
{
	struct sf_via via = { 0 };
	struct sf_datagram dg = *whole;

	if (whole->via != NULL)
		via = *whole->via;
	sf_via_add(&via, SF_VIA_GSO, 0);
	dg.via = &via;
	for (size_t at = 0; at < whole->payload.n; at += each) {
		size_t left = whole->payload.n - at;
		size_t wire = whole->wire_octets - at;

		dg.payload =
		    sf_bytes(whole->payload.p + at, left < each ? left : each);
		dg.wire_octets = wire < each ? wire : each;
		dg.cut = dg.payload.n < dg.wire_octets;
		deliver(t, pkt, &dg);
		dg.records = 0;
	}
}

/* What unwrap wrote, as it was before. */
static void
take_carried(struct sf_transport *t, const struct sf_packet *pkt,
    const struct sf_datagram *written)
{
	struct sf_datagram dg = *written;

	dg.records = pkt->carried->records;
	dg.removed |= pkt->carried->removed;
	dg.beside = pkt->carried->beside;
	dg.via = pkt->carried->via.n > 0 ? &pkt->carried->via : NULL;
	count_ways(t, dg.via);
	t->sink(t->ctx, pkt, &dg);
}

static void
take_datagram(struct sf_transport *t, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	size_t each = sf_gso_octets(dg->payload);

	if (pkt->carried != NULL)
		take_carried(t, pkt, dg);
	else if (each != 0)
		split(t, pkt, dg, each);
	else
		deliver(t, pkt, dg);
}

/* ---- captured packets ----------------------------------------------------- */

static void
tally(struct sf_tally *t, const struct sf_place *place)
{
	if (t->n++ == 0)
		t->first = *place;
	t->last = *place;
}

static void take(struct sf_transport *t, const struct sf_packet *pkt,
    struct sf_peel *p, enum sf_peel_end end, unsigned records);

static void
take_fragment(struct sf_transport *t, const struct sf_packet *pkt,
    struct sf_peel *p, unsigned records)
{
	struct sf_accounting *a = &t->model->accounting;
	struct sf_bytes whole;
	struct sf_diag d;
	unsigned n = records;

	switch (sf_fragments_feed(&t->fragments, pkt, p, &whole, &n)) {
	case SF_FRAGMENTS_WAIT:
		break;
	case SF_FRAGMENTS_WHOLE:
		sf_via_add(&p->via, SF_VIA_FRAGMENTS, 0);
		take(t, pkt, p, sf_peel_payload(p, whole, &d), n);
		break;
	case SF_FRAGMENTS_CUT:
		a->cut += records;
		break;
	case SF_FRAGMENTS_BAD:
		a->malformed += records;
		break;
	case SF_FRAGMENTS_AGAIN:
		a->other += records;
		break;
	}
}

/* What the peeling of a captured packet came to; records of them to count. */
static void
take(struct sf_transport *t, const struct sf_packet *pkt, struct sf_peel *p,
    enum sf_peel_end end, unsigned records)
{
	struct sf_model *m = t->model;
	struct sf_accounting *a = &m->accounting;
	struct sf_datagram dg;

	switch (end) {
	case SF_PEEL_DATAGRAM:
		sf_peel_datagram(&dg, p);
		dg.records = records;
		take_datagram(t, pkt, &dg);
		break;
	case SF_PEEL_SEGMENT:
		sf_tcp_feed(&t->tcp, pkt, p, records);
		break;
	case SF_PEEL_FRAGMENT:
		take_fragment(t, pkt, p, records);
		break;
	case SF_PEEL_UNSUPPORTED:
		m->unsupported_links += records;
		a->other += records;
		break;
	case SF_PEEL_OPAQUE:
		tally(&m->wrappings.opaque[p->opaque], &pkt->place);
		a->other += records;
		break;
	case SF_PEEL_DEEP:
		if (m->limits[SF_LIMIT_TUNNELS]++ == 0)
			m->limit_first[SF_LIMIT_TUNNELS] = pkt->place;
		a->other += records;
		break;
	case SF_PEEL_ON:
	case SF_PEEL_OTHER:
		if (p->protocol == SF_WRAP_SCTP)
			sf_data_packet(m, &pkt->place, p->in);
		a->other += records;
		break;
	case SF_PEEL_CUT:
		a->cut += records;
		break;
	case SF_PEEL_MALFORMED:
		a->malformed += records;
		break;
	}
}

bool
sf_transport_init(struct sf_transport *t, struct sf_arena *a,
    const struct sf_limits *l, struct sf_model *model)
{
	t->model = model;
	t->tcp.sink = deliver;
	t->tcp.ctx = t;
	return sf_fragments_init(&t->fragments, a, share_of(l), model) &&
	       sf_tcp_init(&t->tcp, a, share_of(l), model) &&
	       sf_turn_init(&t->turn, a);
}

static unsigned
records_of(const struct sf_packet *pkt)
{
	return pkt->carried == NULL ? 1 : pkt->carried->records;
}

static void
peel(struct sf_transport *t, const struct sf_packet *pkt)
{
	struct sf_peel p;
	struct sf_diag d;

	take(t, pkt, &p, sf_peel_packet(&p, pkt, &d), records_of(pkt));
	while (p.rest.n != 0)
		take(t, pkt, &p, sf_peel_rest(&p, &d), 0);
}

void
sf_transport_packet(struct sf_transport *t, const struct sf_packet *pkt)
{
	struct sf_datagram dg;

	t->model->accounting.packets += records_of(pkt);
	if (sf_peel_usual(&dg, pkt))
		take_datagram(t, pkt, &dg);
	else
		peel(t, pkt);
}

void
sf_transport_finish(struct sf_transport *t)
{
	sf_tcp_finish(&t->tcp);
	sf_fragments_finish(&t->fragments);
}
