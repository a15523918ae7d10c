/*
 * pipeline.h - a run: packets in, frame events and a model out.
 */
#ifndef SF_PIPELINE_H
#define SF_PIPELINE_H

#include "engine/base/limits.h"
#include "engine/classify/classify.h"
#include "engine/event.h"
#include "engine/keys/opener.h"
#include "engine/sdp/sdp.h"
#include "engine/srtp/dtls.h"
#include "engine/srtp/srtp.h"

struct sf_pipeline;
struct sf_carried_totals;

/*
 * Takes each RTP and each RTCP datagram once everything around it is gone: link
 * and network headers, tunnels, and SRTP where its keys are known. What is no
 * RTP or RTCP by its first octets does not come here, but for DTLS that begins
 * behind the media between two addresses.
 */
typedef void sf_tap(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg);

struct sf_pipeline_options {
	struct sf_limits limits;
	const struct sf_sdp *sdp; /* borrowed for the run; NULL when there is none */
	struct sf_unlock unlock;  /* borrowed; all NULL when there are no keys */
	struct sf_srtp *srtp;     /* borrowed; NULL: SRTP is not removed */
	struct sf_dtls *dtls;     /* borrowed; NULL: handshakes are not read */
	unsigned jobs;            /* 2 or more: with keys, frames are opened in a
	                             thread of their own, which then calls sink */
	sf_frame_sink *sink;      /* NULL when nobody listens */
	void *sink_ctx;
	sf_tap *tap;              /* likewise */
	void *tap_ctx;
	sf_frame_tap *frame_tap;  /* frames with their octets, in the order of
	                             their stream; NULL when nobody wants them */
	void *frame_tap_ctx;
	const uint8_t *codecs;    /* enum sf_codec by payload type, as another
	                             capture of the call has them: taken where
	                             the packets do not tell; 128, or NULL */
	bool whole_hash;          /* content of events is a hash of all octets */
};

/* Takes all memory of the run. NULL when there is not enough. */
struct sf_pipeline *sf_pipeline_new(const struct sf_pipeline_options *options);

/* Descriptions that were found under way, or those of before, read anew. */
void sf_pipeline_sdp(struct sf_pipeline *p, const struct sf_sdp *sdp);

/* A limit that was reached in front of the pipeline, so many times. */
void sf_pipeline_limit(struct sf_pipeline *p, enum sf_limit l, uint64_t n);

/* Do handshakes go to dtls ahead of their packets? Then they are not read here. */
void sf_pipeline_read_ahead(struct sf_pipeline *p, bool yes);

/* Secrets of DTLS that stand among the packets: what came before the first of
   them is not opened any more. False without memory. */
bool sf_pipeline_secrets(
    struct sf_pipeline *p, struct sf_bytes text) SF_MUST_USE;

/* One packet, in the order of its file. Never fails, never allocates. */
void sf_pipeline_packet(struct sf_pipeline *p, const struct sf_packet *pkt);

/*
 * No more packets: what is held back is judged, the last events are sent, the
 * streams get their protection. The model is complete after this.
 */
void sf_pipeline_finish(struct sf_pipeline *p);

/* After that: what unwrap noted of that which it did not write into a file. */
void sf_pipeline_carried(struct sf_pipeline *p,
    const struct sf_carried_totals *totals, uint32_t input);

const struct sf_model *sf_pipeline_model(const struct sf_pipeline *p);

void sf_pipeline_free(struct sf_pipeline *p); /* NULL is fine */

#endif
