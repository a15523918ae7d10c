/*
 * rtp_join.c - from S to E, or not at all.
 */
#include "engine/shim/rtp_join.h"

#include <string.h>

#include "parsers/media/sframe_payload.h"
#include "parsers/rtp/rtp.h"

static bool
carries_on(const struct sf_rtp_join *j, const struct sf_rtp *r,
    const struct sf_sframe_payload *p)
{
	return j->open && r->seq == (uint16_t)(j->seq + 1) &&
	       j->packetized == p->packetized && j->pt == r->pt;
}

bool
sf_rtp_join_feed(struct sf_rtp_join *j, struct sf_bytes packet)
{
	struct sf_rtp r;
	struct sf_sframe_payload p;
	struct sf_diag d;

	if (sf_rtp_parse(&r, packet, &d) != SF_OK) {
		j->open = false;
		return false;
	}
	if (r.payload.n == 0) { /* padding alone takes its place */
		j->open = j->open && r.seq == (uint16_t)(j->seq + 1);
		j->seq = r.seq;
		return false;
	}
	if (sf_sframe_payload_parse(&p, r.payload, &d) != SF_OK)
		return j->open = false;
	if (p.start) {
		j->n = 0;
		j->packetized = p.packetized;
		j->pt = r.pt;
		j->open = true;
	} else if (!carries_on(j, &r, &p)) {
		return j->open = false;
	}
	j->seq = r.seq;
	if (p.payload.n > 0)
		memcpy(j->out + j->n, p.payload.p, p.payload.n);
	j->n += p.payload.n;
	j->open = !p.end;
	return p.end;
}
