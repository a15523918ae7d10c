/*
 * srtp.h - SRTP removed: which key a flow has, its rollover counter, and the
 * packets in plain.
 *
 * A flow is an SSRC from one address to another. A key is tried on it and
 * taken when a tag verifies; nothing else decides. There is no replay window:
 * a capture has duplicates and late packets, and they are opened like others.
 */
#ifndef SF_SRTP_H
#define SF_SRTP_H

#include "engine/packet.h"
#include "engine/srtp/entry.h"

#define SF_SRTP_MASTERS  1024
#define SF_SRTP_FLOWS    1024 /* at once; one that never opened goes first */
#define SF_SRTP_ROCS     4096 /* rollover counters searched, from 0 */
#define SF_SRTP_TRIES    ((uint64_t)1 << 24) /* of all searches of a run */

struct sf_srtp;

/* NULL without memory. tries is what all searches may spend together:
   SF_SRTP_TRIES. */
struct sf_srtp *sf_srtp_new(const struct sf_srtp_crypto *c, uint64_t tries);
void sf_srtp_free(struct sf_srtp *s); /* wipes; NULL is fine */

/* Makes a key ready; false when there is no room, or the library failed. The
   entry may be wiped after this. */
bool sf_srtp_add(struct sf_srtp *s, const struct sf_srtp_entry *e) SF_MUST_USE;

/* Keys may still come, from handshakes: until then all that could be SRTP is
   CLOSED, so that it is kept apart from what they open. */
void sf_srtp_expect(struct sf_srtp *s);

/* The session says that elements of header extensions have an encryption of
   their own (RFC 6904), which stays on. */
void sf_srtp_note_elements(struct sf_srtp *s);
bool sf_srtp_has_elements(const struct sf_srtp *s);

/* Is there anything for sf_srtp_open() to do? */
bool sf_srtp_awaits(const struct sf_srtp *s);

/* Has there been any key? */
bool sf_srtp_has_keys(const struct sf_srtp *s);

enum sf_srtp_status {
	SF_SRTP_UNTRIED, /* there is no key for it: it is as it came */
	SF_SRTP_OPENED,  /* out is it, in plain */
	SF_SRTP_CLOSED,  /* keys were tried on its flow, and none ever fitted: it
	                    is as it came, under SRTP or never was */
	SF_SRTP_FAILED,  /* others of its flow opened, this one is not authentic:
	                    not to be looked at */
	SF_SRTP_HELD     /* the next one of its flow decides; not to be looked at,
	                    it comes with that one */
};

struct sf_srtp_opened {
	struct sf_packet pkt;   /* the packet as it would have been captured */
	struct sf_datagram dg;  /* in pkt; good until the next call */
};

struct sf_srtp_result {
	enum sf_srtp_status status;
	struct sf_srtp_opened out; /* OPENED */
	bool has_before;           /* a packet that was held is to be taken first */
	struct sf_srtp_opened before;
};

/* One datagram that may be SRTP, or with rtcp SRTCP. */
enum sf_srtp_status sf_srtp_open(struct sf_srtp *s, const struct sf_packet *pkt,
    const struct sf_datagram *dg, bool rtcp, struct sf_srtp_result *r);

/* No more packets. Returns the captured packets that were HELD and never came
   out again, and so are not to be looked at. */
uint64_t sf_srtp_finish(struct sf_srtp *s);

/* What is known of a stream's SRTP; all zero when nothing is. With moved, all
   flows of the SSRC count, whatever their addresses; sealed: of what was not
   opened, and not of what was. */
struct sf_srtp_facts sf_srtp_facts_of(const struct sf_srtp *s,
    const struct sf_addr *src, const struct sf_addr *dst, uint32_t ssrc,
    uint32_t input, bool moved, bool sealed);

/* A stream of which the outer layer of double encryption (RFC 8723) was removed
   is in a format of its own: the inner layer is still on. */
void sf_srtp_name_double(struct sf_stream *s);

/* Limits of this file that were reached; 0: not. */
uint64_t sf_srtp_searches_cut(const struct sf_srtp *s);
uint64_t sf_srtp_flows_lost(const struct sf_srtp *s);
/* Packets that stayed closed because the key of their flow came behind them. */
uint64_t sf_srtp_early(const struct sf_srtp *s);

#endif
