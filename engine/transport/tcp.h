/*
 * tcp.h - media over TCP: ICE-TCP and SIP (RFC 4571), TURN over TCP (RFC 8656
 * 2.1), RTSP (RFC 7826 14). Each direction of a connection is put in order by
 * itself; loss, repetition and a capture that begins in the middle are borne.
 *
 * Nothing says how a stream is framed: it is found where packets that are
 * known begin one behind the other, at the start, behind a hole, or where they
 * turn up (so the handshake of "ssltcp" is passed over as well).
 *
 * Octets that the snap length cut off are a hole that nothing will fill. A
 * frame tells how long it is: its packet is handed out as far as it is
 * there, and the next frame is behind it.
 *
 * A packet that is handed out has the place of the captured packet in which
 * its last octet came to be at its turn.
 */
#ifndef SF_TCP_STREAMS_H
#define SF_TCP_STREAMS_H

#include "engine/model.h"
#include "engine/transport/framing.h"
#include "engine/transport/peel.h"
#include "engine/transport/pieces.h"

enum sf_tcp_state {
	SF_TCP_LOOKING, /* for packets */
	SF_TCP_FOUND,
	SF_TCP_OTHER /* it is something else */
};

/* One direction of a connection. */
struct sf_tcp_flow {
	struct sf_addr src, dst;
	uint32_t input;
	bool used;
	bool was_found;    /* packets were found, before a hole at least */
	bool waits;        /* there is a hole at next, since waits_ns */
	bool lossy;        /* a hole was never filled: the next may not be */
	bool jumped;       /* the last segment was far off */
	uint8_t state;     /* enum sf_tcp_state */
	uint8_t framing;   /* in tcp.c */
	uint8_t strange;   /* packets in a row that are not known */
	uint8_t direction; /* of the last segment */
	uint64_t fits; /* where a segment ended that was one frame; 0: none */
	uint32_t jump_seq; /* what would follow the segment that was far off */
	unsigned records;  /* segments not accounted for */
	bool begun; /* its first octet is at the front of what is looked at */
	struct sf_senders senders; /* whose packets were handed out */
	struct sf_tally holes;     /* before packets were found */
	uint64_t next;             /* position of the next octet to be read */
	uint64_t acked;  /* position up to which the other side has it */
	uint64_t looked; /* octets looked through in vain */
	int64_t waits_ns;
	struct sf_place last;
	struct sf_via via; /* of the last segment */
	struct sf_pieces held;
};

/* Takes a packet of a stream. */
typedef void sf_tcp_sink(
    void *ctx, const struct sf_packet *pkt, const struct sf_datagram *dg);

struct sf_tcp_streams {
	struct sf_model *model;
	sf_tcp_sink *sink;
	void *ctx;
	struct sf_tcp_flow *flows;
	size_t mask;
	struct sf_piece_pool pool;
	uint8_t *run; /* octets in order, SF_TCP_RUN of them */
};

#define SF_TCP_RUN ((size_t)80 << 10) /* more than the largest packet */

size_t sf_tcp_octets(size_t share);
bool sf_tcp_init(struct sf_tcp_streams *s, struct sf_arena *a, size_t share,
    struct sf_model *model);

/* One segment: p stands at SF_PEEL_SEGMENT. Counts its records, now or later. */
void sf_tcp_feed(struct sf_tcp_streams *s, const struct sf_packet *pkt,
    const struct sf_peel *p, unsigned records);

void sf_tcp_finish(struct sf_tcp_streams *s);

#endif
