#include "engine/transport.h"

#include "engine/peel.h"

size_t
sf_transport_octets(const struct sf_limits *l)
{
	(void)l;
	return 0;
}

bool
sf_transport_init(struct sf_transport *t, struct sf_arena *a,
    const struct sf_limits *l, struct sf_model *model)
{
	(void)a;
	(void)l;
	t->model = model;
	return true;
}

static void
tally(struct sf_tally *t, const struct sf_place *place, uint64_t n)
{
	if (t->n == 0)
		t->first = *place;
	t->n += n;
	t->last = *place;
}

static void
limit(struct sf_transport *t, enum sf_limit l, const struct sf_place *place)
{
	if (t->model->limits[l]++ == 0)
		t->model->limit_first[l] = *place;
}

static void
deliver(struct sf_transport *t, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	for (unsigned i = 0; dg->via != NULL && i < dg->via->n; i++)
		t->model->wrappings.peeled[dg->via->of[i].kind]++;
	t->sink(t->ctx, pkt, dg);
}

static void
take(struct sf_transport *t, const struct sf_packet *pkt, struct sf_peel *p,
    enum sf_peel_end end)
{
	struct sf_accounting *a = &t->model->accounting;
	struct sf_datagram dg;

	switch (end) {
	case SF_PEEL_DATAGRAM:
		sf_peel_datagram(&dg, p);
		deliver(t, pkt, &dg);
		break;
	case SF_PEEL_UNSUPPORTED:
		t->model->unsupported_links++;
		a->other++;
		break;
	case SF_PEEL_OPAQUE:
		tally(&t->model->wrappings.opaque[p->opaque], &pkt->place, 1);
		a->other++;
		break;
	case SF_PEEL_DEEP:
		limit(t, SF_LIMIT_TUNNELS, &pkt->place);
		a->other++;
		break;
	case SF_PEEL_ON:
	case SF_PEEL_SEGMENT:
	case SF_PEEL_FRAGMENT:
	case SF_PEEL_OTHER:
		a->other++;
		break;
	case SF_PEEL_CUT:
		a->cut++;
		break;
	case SF_PEEL_MALFORMED:
		a->malformed++;
		break;
	}
}

void
sf_transport_packet(struct sf_transport *t, const struct sf_packet *pkt)
{
	struct sf_peel p;
	struct sf_diag d;
	enum sf_peel_end end = sf_peel_packet(&p, pkt, &d);

	t->model->accounting.packets++;
	take(t, pkt, &p, end);
}

void
sf_transport_finish(struct sf_transport *t)
{
	(void)t;
}
