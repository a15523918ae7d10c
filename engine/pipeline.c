#include "engine/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/capture/carried.h"
#include "engine/streams/fec.h"
#include "engine/streams/rtcp.h"
#include "engine/streams/streams.h"
#include "engine/transport/datachannel.h"
#include "engine/transport/transport.h"
#include "parsers/rtp/demux.h"
#include "parsers/rtp/sap.h"

#define LEAST_MEMORY ((size_t)8 << 20)

struct sf_pipeline {
	struct sf_srtp *srtp;
	struct sf_dtls *dtls;
	bool read_ahead; /* handshakes are not read here */
	uint64_t unopened; /* RTP packets from before there were secrets */
	struct sf_arena arena;
	struct sf_model model;
	struct sf_classify_run run;
	struct sf_transport transport;
	struct sf_streams streams;
	sf_tap *tap; /* NULL when nobody listens */
	void *tap_ctx;
};

/* Shares of the whole, in 64ths, tried out on calls of every size: about half
   for the reuse search, the rest in the measure that streams need each. */
struct sf_limits
sf_limits_for(size_t octets)
{
	size_t part;

	if (octets < LEAST_MEMORY)
		octets = LEAST_MEMORY;
	part = octets / 64;
	return (struct sf_limits){
		.streams =
		    part * 14 /
		    (sizeof(struct sf_lane) / 4 +
			(sizeof(struct sf_copies) + sizeof(struct sf_fec)) /
			    64 +
			sizeof(struct sf_track) +
			5 * sizeof(struct sf_track_name)),
		.held = part * 6 / (2048 + sizeof(struct sf_held)),
		.held_octets = 2048,
		.frame_octets = (size_t)256 << 10,
		.assemblies = part * 6 / ((size_t)256 << 10),
		.seen_frames = part * 32 / sizeof(struct sf_seen_slot),
		.key_uses = part / sizeof(struct sf_key_use),
		.transport_octets = part * 4,
		.intervals = part / sizeof(struct sf_interval),
	};
}

/* A thread of its own pays where frames are opened. */
static bool
threaded(const struct sf_pipeline_options *o)
{
	return o->jobs > 1 && o->unlock.keys != NULL;
}

static size_t
octets_for(const struct sf_pipeline_options *o)
{
	const struct sf_limits *l = &o->limits;
	size_t thread = threaded(o) ? sf_handoff_octets(l->frame_octets) : 0;
	size_t keyed = o->unlock.keys != NULL ? l->frame_octets : 0;

	return thread + keyed + sf_transport_octets(l) + sf_streams_octets(l) +
	       sf_seen_octets(l->seen_frames) +
	       l->key_uses * sizeof(struct sf_key_use) +
	       l->intervals * sizeof(struct sf_interval) + 4096;
}

static sf_datagram_sink take_datagram;

static bool
set_up(struct sf_pipeline *p, const struct sf_pipeline_options *o)
{
	const struct sf_limits *l = &o->limits;
	struct sf_classify_run *r = &p->run;

	if (!sf_arena_init(&p->arena, octets_for(o)))
		return false;
	r->model = &p->model;
	r->unlock = o->unlock;
	p->model.keys_given = o->unlock.keys != NULL;
	p->model.per_ssrc_keys =
	    o->unlock.file != NULL && o->unlock.file->per_ssrc_keys;
	r->sink = o->sink;
	r->sink_ctx = o->sink_ctx;
	r->tap = o->frame_tap;
	r->tap_ctx = o->frame_tap_ctx;
	r->whole_hash = o->whole_hash;
	r->key_uses_cap = l->key_uses;
	r->key_uses =
	    sf_arena_take(&p->arena, l->key_uses, sizeof(*r->key_uses));
	r->intervals_cap = l->intervals;
	r->intervals =
	    sf_arena_take(&p->arena, l->intervals, sizeof(*r->intervals));
	p->streams.model = &p->model;
	p->streams.run = r;
	p->streams.sdp = p->model.sdp = o->sdp;
	p->streams.codecs = o->codecs;
	p->tap = o->tap;
	p->tap_ctx = o->tap_ctx;
	p->srtp = o->srtp;
	p->dtls = o->dtls;
	p->transport.sink = take_datagram;
	p->transport.ctx = p;
	if (r->key_uses == NULL || r->intervals == NULL ||
	    !sf_seen_init(&r->seen, &p->arena, l->seen_frames) ||
	    !sf_transport_init(&p->transport, &p->arena, l, &p->model) ||
	    !sf_streams_init(&p->streams, &p->arena, l))
		return false;
	if (o->unlock.keys != NULL)
		r->scratch = sf_arena_take(&p->arena, 1, l->frame_octets);
	r->scratch_octets = r->scratch == NULL ? 0 : l->frame_octets;
	if (threaded(o))
		p->streams.handoff =
		    sf_handoff_start(&p->arena, l->frame_octets, r);
	return true;
}

struct sf_pipeline *
sf_pipeline_new(const struct sf_pipeline_options *options)
{
	struct sf_pipeline *p = calloc(1, sizeof(*p));

	if (p != NULL && !set_up(p, options)) {
		sf_pipeline_free(p);
		p = NULL;
	}
	return p;
}

/* The datagram to who listens, and what was seen beside it so far. */
static void
tap(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	struct sf_path *path = sf_streams_path(&p->streams, &dg->src, &dg->dst);
	struct sf_datagram told = *dg;

	path->dtls |= (dg->beside & SF_BESIDE_DTLS) != 0;
	path->stun |= (dg->beside & SF_BESIDE_STUN) != 0;
	if (p->tap == NULL)
		return;
	told.beside = (path->dtls ? SF_BESIDE_DTLS : 0u) |
		      (path->stun ? SF_BESIDE_STUN : 0u);
	p->tap(p->tap_ctx, pkt, &told);
}

static void
take_rtcp(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	struct sf_path *path = sf_streams_path(&p->streams, &dg->src, &dg->dst);

	p->model.accounting.rtcp += dg->records;
	if (p->tap != NULL || dg->beside != 0)
		tap(p, pkt, dg);
	if (dg->cut)
		return;
	if (sf_rtcp_feed(&p->streams, dg->payload))
		path->rtcp = true;
	else
		path->srtcp = true;
}

/* ---- the way of a packet -------------------------------------------------- */

static void
take_rtp(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	struct sf_accounting *a = &p->model.accounting;
	struct sf_rtp rtp;
	struct sf_diag d;

	if (p->tap != NULL || dg->beside != 0)
		tap(p, pkt, dg);
	if (sf_rtp_parse(&rtp, dg->payload, &d) == SF_OK)
		sf_streams_feed(&p->streams, pkt, dg, &rtp);
	else if (dg->cut)
		a->cut += dg->records;
	else if (sf_streams_path(&p->streams, &dg->src, &dg->dst)->media)
		a->malformed += dg->records;
	else
		a->other += dg->records;
}

static void
take_plain(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg, bool rtcp)
{
	if (rtcp)
		take_rtcp(p, pkt, dg);
	else
		take_rtp(p, pkt, dg);
}

/* RTP or RTCP that keys may take out of SRTP. */
static void
take_srtp(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg, bool rtcp)
{
	struct sf_accounting *a = &p->model.accounting;
	struct sf_datagram sealed;
	struct sf_srtp_result r;
	enum sf_srtp_status st = sf_srtp_open(p->srtp, pkt, dg, rtcp, &r);

	if (r.has_before)
		take_plain(p, &r.before.pkt, &r.before.dg, rtcp);
	switch (st) {
	case SF_SRTP_UNTRIED:
		take_plain(p, pkt, dg, rtcp);
		break;
	case SF_SRTP_OPENED:
		take_plain(p, &r.out.pkt, &r.out.dg, rtcp);
		break;
	case SF_SRTP_CLOSED:
		sealed = *dg;
		sealed.sealed = true;
		take_plain(p, pkt, &sealed, rtcp);
		break;
	case SF_SRTP_FAILED:
		*(dg->cut ? &a->cut : &a->srtp) += dg->records;
		break;
	case SF_SRTP_HELD:
		break;
	}
}

static void
take_media(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg, bool rtcp)
{
	if (p->srtp != NULL && sf_srtp_awaits(p->srtp))
		take_srtp(p, pkt, dg, rtcp);
	else
		take_plain(p, pkt, dg, rtcp);
}

/* The first behind media goes to who listens too: no packet of that media can
   tell that it was there. */
static void
take_dtls(struct sf_pipeline *p, const struct sf_packet *pkt,
    const struct sf_datagram *dg)
{
	struct sf_path *path = sf_streams_path(&p->streams, &dg->src, &dg->dst);

	p->model.accounting.dtls += dg->records;
	if (p->dtls != NULL && !p->read_ahead)
		sf_dtls_feed(p->dtls, dg);
	if (p->tap != NULL && path->media && !path->dtls)
		tap(p, pkt, dg);
	path->dtls = true;
}

static void
take_datagram(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg)
{
	struct sf_pipeline *p = ctx;
	struct sf_accounting *a = &p->model.accounting;
	struct sf_demux m;
	struct sf_sap sap;
	struct sf_diag d;

	if (sf_demux_parse(&m, dg->payload, &d) != SF_OK) {
		a->other += dg->records;
		return;
	}
	switch (m.proto) {
	case SF_PROTO_RTP:
	case SF_PROTO_RTCP:
		take_media(p, pkt, dg, m.proto == SF_PROTO_RTCP);
		break;
	case SF_PROTO_STUN:
		a->stun += dg->records;
		sf_streams_path(&p->streams, &dg->src, &dg->dst)->stun = true;
		break;
	case SF_PROTO_DTLS:
		if (dg->dst.port == SF_SAP_PORT &&
		    sf_sap_parse(&sap, dg->payload, &d) == SF_OK) {
			a->other += dg->records;
			a->announcements += dg->records;
			break;
		}
		take_dtls(p, pkt, dg);
		break;
	case SF_PROTO_TURN:
		a->turn += dg->records;
		break;
	case SF_PROTO_ZRTP:
	case SF_PROTO_OTHER:
		if (sf_data_is_sctp(dg->payload))
			sf_data_packet(&p->model, &pkt->place, dg->payload);
		*(dg->cut && dg->payload.n == 0 ? &a->cut : &a->other) +=
		    dg->records;
		break;
	}
}

void
sf_pipeline_packet(struct sf_pipeline *p, const struct sf_packet *pkt)
{
	sf_transport_packet(&p->transport, pkt);
}

void
sf_pipeline_sdp(struct sf_pipeline *p, const struct sf_sdp *sdp)
{
	p->streams.sdp = p->model.sdp = sdp;
}

void
sf_pipeline_limit(struct sf_pipeline *p, enum sf_limit l, uint64_t n)
{
	p->model.limits[l] = n;
}

void
sf_pipeline_read_ahead(struct sf_pipeline *p, bool yes)
{
	p->read_ahead = yes;
}

bool
sf_pipeline_secrets(struct sf_pipeline *p, struct sf_bytes text)
{
	if (sf_dtls_facts_of(p->dtls).secrets == 0)
		p->unopened = p->model.accounting.rtp;
	return sf_dtls_secrets(p->dtls, text);
}

/* What SRTP's side knows of each stream, and limits that it reached. */
static void
finish_srtp(struct sf_pipeline *p)
{
	struct sf_model *m = &p->model;

	m->srtp_elements = sf_srtp_has_elements(p->srtp);
	m->srtp_keys = sf_srtp_has_keys(p->srtp);
	m->accounting.srtp += sf_srtp_finish(p->srtp);
	m->limits[SF_LIMIT_SRTP_SEARCH] = sf_srtp_searches_cut(p->srtp);
	m->limits[SF_LIMIT_SRTP_FLOWS] = sf_srtp_flows_lost(p->srtp);
	m->limits[SF_LIMIT_SRTP_EARLY] = sf_srtp_early(p->srtp);
	if (m->srtp_keys)
		m->limits[SF_LIMIT_SRTP_EARLY] += p->unopened;
	for (struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		uint64_t cryptex = s->srtp.cryptex;

		s->srtp = sf_srtp_facts_of(p->srtp, &s->src, &s->dst, s->ssrc,
		    s->input, s->moves > 0, s->sealed);
		s->srtp.cryptex += cryptex;
		sf_srtp_name_double(s);
	}
}

void
sf_pipeline_finish(struct sf_pipeline *p)
{
	sf_transport_finish(&p->transport);
	sf_streams_finish(&p->streams);
	if (p->dtls != NULL) {
		p->model.dtls = sf_dtls_facts_of(p->dtls);
		p->model.limits[SF_LIMIT_SRTP_KEYS] =
		    p->model.dtls.no_room + p->model.dtls.too_large;
	}
	if (p->srtp != NULL)
		finish_srtp(p);
}

void
sf_pipeline_carried(struct sf_pipeline *p,
    const struct sf_carried_totals *totals, uint32_t input)
{
	sf_carried_add(&p->model, totals, input);
}

const struct sf_model *
sf_pipeline_model(const struct sf_pipeline *p)
{
	return &p->model;
}

void
sf_pipeline_free(struct sf_pipeline *p)
{
	if (p == NULL)
		return;
	sf_handoff_end(p->streams.handoff);
	sf_arena_wipe(&p->arena);
	free(p);
}
