#include "engine/srtp/keyscan.h"

#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/transport/transport.h"
#include "parsers/rtp/demux.h"

struct sf_keyscan {
	struct sf_dtls *dtls;
	struct sf_arena arena;
	struct sf_model
	    model; /* what the transport counts, and nobody asks for */
	struct sf_transport transport;
};

static void
take_datagram(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct sf_keyscan *s = ctx;
	struct sf_demux m;
	struct sf_diag d;

	(void)pkt;
	if (sf_demux_parse(&m, dg->payload, &d) == SF_OK &&
	    m.proto == SF_PROTO_DTLS)
		sf_dtls_feed(s->dtls, dg);
}

struct sf_keyscan *
sf_keyscan_new(struct sf_dtls *dtls, const struct sf_limits *limits)
{
	struct sf_keyscan *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->dtls = dtls;
	s->transport.sink = take_datagram;
	s->transport.ctx = s;
	if (sf_arena_init(&s->arena, sf_transport_octets(limits)) &&
	    sf_transport_init(&s->transport, &s->arena, limits, &s->model))
		return s;
	sf_keyscan_free(s);
	return NULL;
}

void
sf_keyscan_free(struct sf_keyscan *s)
{
	if (s == NULL)
		return;
	sf_arena_wipe(&s->arena);
	free(s);
}

void
sf_keyscan_packet(struct sf_keyscan *s, const struct sf_packet *pkt)
{
	sf_transport_packet(&s->transport, pkt);
}

void
sf_keyscan_finish(struct sf_keyscan *s)
{
	sf_transport_finish(&s->transport);
	sf_dtls_finish(s->dtls);
}
