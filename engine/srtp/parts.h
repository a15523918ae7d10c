/*
 * parts.h - what srtp.c, flows.c and search.c share. Internal to them.
 */
#ifndef SF_SRTP_PARTS_H
#define SF_SRTP_PARTS_H

#include "engine/srtp/master.h"
#include "engine/srtp/srtp.h"

#define SF_SRTP_WAYS       8    /* slots of the table that one flow may stand in */
#define SF_SRTP_FRONT      512  /* octets of link and net headers kept in front */
#define SF_SRTP_HOLDS      64   /* packets that wait to be confirmed, at once */
#define SF_SRTP_HOLD_ROOM  2048 /* octets of one */

struct sf_srtp_ready {
	struct sf_srtp_master m;
	bool has_ssrc, has_roc, has_src, has_dst;
	uint32_t ssrc, roc;
	struct sf_addr src, dst;
	struct sf_addr good_src, good_dst; /* where it last opened something */
	enum sf_srtp_origin origin;
	uint32_t number;
	uint64_t born; /* count of packets when it came */
};

struct sf_srtp_hold {
	bool used;
	struct sf_srtp_opened p;
	uint8_t octets[SF_SRTP_FRONT + SF_SRTP_HOLD_ROOM];
	uint8_t comment[SF_COMMENT_MAX];
	struct sf_carried carried;
};

struct sf_srtp_flow {
	struct sf_addr src, dst;
	uint32_t ssrc, input;
	bool used;
	uint64_t began;         /* count of packets when it was first seen */
	uint64_t touched;       /* and when last */
	uint32_t key, rtcp_key; /* index + 1; 0: none */
	bool sure;              /* key and roc hold; else they wait for a second
	                          packet */
	uint32_t roc;
	int64_t opened_ns; /* when the newest packet that opened came */
	uint16_t top;    /* highest sequence number of this roc */
	uint32_t hold;   /* index + 1 */
	uint64_t misses; /* packets in a row that no key opened */
	struct sf_srtp_facts facts;
};

struct sf_srtp {
	const struct sf_srtp_crypto *crypto;
	struct sf_srtp_ready *keys;
	size_t n_keys;
	bool elements;  /* RFC 6904 was agreed on */
	bool expecting; /* secrets are there, and no handshake so far */
	struct sf_srtp_flow *flows;
	struct sf_srtp_hold *holds;
	uint64_t lost; /* captured packets that were held and never given out */
	uint64_t packets, tries, tries_most, searches_cut, flows_lost;
	uint64_t early; /* packets that came before the key of their flow */
	uint8_t out[SF_SRTP_FRONT + SF_SRTP_PACKET_MAX];
	uint8_t before[SF_SRTP_FRONT + SF_SRTP_HOLD_ROOM]; /* a hold that was given out */
	uint8_t before_comment[SF_COMMENT_MAX];
	struct sf_carried before_carried;
};

/* A packet on its way: where it came from, what it is cut into, how many
   octets of headers stand in front of it in the capture, and where it goes. */
struct sf_srtp_job {
	const struct sf_packet *pkt;
	const struct sf_datagram *dg;
	struct sf_srtp_shape shape;
	size_t front;
	size_t n; /* octets in plain */
};

struct sf_srtp_found {
	uint32_t key, roc;
};

/* ---- flows.c ------------------------------------------------------------- */

/* The flow of a datagram; a slot is taken for it if there is none. */
struct sf_srtp_flow *sf_srtp_flow_of(struct sf_srtp *s,
    const struct sf_datagram *dg, uint32_t ssrc, uint32_t input);

/* May this key be tried on the flow? */
bool sf_srtp_in_scope(
    const struct sf_srtp_ready *k, const struct sf_srtp_flow *f);

/* Is it for this very flow, or has it opened something between the same
   addresses? */
bool sf_srtp_is_near(
    const struct sf_srtp_ready *k, const struct sf_srtp_flow *f);

/* Gives a held packet up: it counts as lost. */
void sf_srtp_lose_hold(struct sf_srtp *s, struct sf_srtp_flow *f);

/* Frees the slot of a held packet that was given out. */
void sf_srtp_drop_hold(struct sf_srtp *s, struct sf_srtp_flow *f);

/* ---- search.c ------------------------------------------------------------ */

/* One packet, key and counter; when it is authentic it is in s->out. */
bool sf_srtp_try(
    struct sf_srtp *s, struct sf_srtp_job *j, uint32_t key, uint32_t roc);

/* The counter of a number near the highest so far, RFC 3711 3.3.1. */
uint32_t sf_srtp_guess(const struct sf_srtp_flow *f, uint16_t seq);

/* Counts a try against what a run may spend; false when that is used up. */
bool sf_srtp_spend(struct sf_srtp *s);

/*
 * All keys in scope with likely counters, newest first because a second
 * handshake replaces the first; then, when full, those worth it with every
 * counter. A capture that begins late has any.
 */
bool sf_srtp_search(struct sf_srtp *s, struct sf_srtp_flow *f,
    struct sf_srtp_job *j, bool full, struct sf_srtp_found *out);

#endif
