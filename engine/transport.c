#include "engine/transport.h"

#include "engine/link.h"

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

void
sf_transport_packet(struct sf_transport *t, const struct sf_packet *pkt)
{
	struct sf_accounting *a = &t->model->accounting;
	struct sf_datagram dg;
	struct sf_diag d;

	a->packets++;
	switch (sf_link_datagram(&dg, pkt, &d)) {
	case SF_LINK_UDP:
		dg.records = 1;
		t->sink(t->ctx, pkt, &dg);
		break;
	case SF_LINK_UNSUPPORTED:
		t->model->unsupported_links++;
		a->other++;
		break;
	case SF_LINK_OTHER:
		a->other++;
		break;
	case SF_LINK_CUT:
		a->cut++;
		break;
	case SF_LINK_MALFORMED:
		a->malformed++;
		break;
	}
}

void
sf_transport_finish(struct sf_transport *t)
{
	(void)t;
}
