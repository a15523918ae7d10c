/*
 * peel.h - the headers of a captured packet, taken off one after the other:
 * link, tags, tunnels, IP, as deep as they go within a limit.
 *
 * Never trust one length: what is there of a layer is the least of what was
 * captured and what every header outside of it says; what there was on the
 * wire is what its own header says. A mirror that cuts packets (AWS traffic
 * mirroring does) shows as a difference of the two, never as a fault.
 */
#ifndef SF_PEEL_H
#define SF_PEEL_H

#include "engine/packet.h"
#include "parsers/base/diag.h"
#include "parsers/net/tcp.h"

#define SF_TUNNELS 8 /* headers of tunnels in one packet */

enum sf_peel_end {
	SF_PEEL_ON,       /* not the end: a step was made */
	SF_PEEL_DATAGRAM, /* in is the payload of a datagram, src and dst have
	                        their ports */
	SF_PEEL_SEGMENT,  /* tcp and the addresses are filled */
	SF_PEEL_FRAGMENT, /* in is a piece of an IP packet, see fragment */
	SF_PEEL_OTHER,    /* sound, and nothing that is looked into */
	SF_PEEL_OPAQUE,   /* encrypted on the way; opaque tells by what */
	SF_PEEL_DEEP,     /* more tunnels in each other than SF_TUNNELS */
	SF_PEEL_UNSUPPORTED, /* a link type that is not decoded */
	SF_PEEL_CUT,         /* the capture ends before a payload */
	SF_PEEL_MALFORMED    /* a header makes no sense; *d tells which */
};

struct sf_peel {
	struct sf_bytes in; /* what is to be read next */
	size_t wire_octets; /* of that, on the wire: never below in.n */
	uint16_t layer;     /* what it is; internal to peel.c */
	uint16_t link_type; /* of a link header that is next */
	uint8_t steps;
	uint8_t protocol;  /* IP protocol number of the payload of IP */
	uint8_t direction; /* enum sf_direction, by the link header */
	struct sf_addr src, dst;
	struct sf_tcp tcp;
	enum sf_opaque opaque;
	struct {
		uint32_t id;
		uint32_t at; /* octets in front of this piece */
		bool more;
	} fragment;
	bool link_padded;     /* radiotap: 802.11 headers are filled up to 4 */
	struct sf_bytes rest; /* a further packet beside this one (A-MSDU) */
	struct sf_via via;
};

/*
 * Takes off what can be taken off. On CUT and MALFORMED *d tells where, as an
 * offset in the packet; in is then the layer that could not be read.
 */
enum sf_peel_end sf_peel_packet(struct sf_peel *out,
    const struct sf_packet *pkt, struct sf_diag *d) SF_MUST_USE;

/*
 * The same for the packets that most captures are made of: Ethernet, IPv4
 * without options, UDP that is in no tunnel, whole. True when *out is the
 * datagram; else nothing is known, and sf_peel_packet() is to be asked.
 */
bool sf_peel_usual(struct sf_datagram *out, const struct sf_packet *pkt);

/*
 * Goes on behind an end: from a payload of IP that was put together, which is
 * in p->in, or from p->rest.
 */
enum sf_peel_end sf_peel_payload(
    struct sf_peel *p, struct sf_bytes payload, struct sf_diag *d) SF_MUST_USE;
enum sf_peel_end sf_peel_rest(struct sf_peel *p, struct sf_diag *d) SF_MUST_USE;

/* The datagram of an end of that name. */
void sf_peel_datagram(struct sf_datagram *out, const struct sf_peel *p);

/* Notes something taken off by others: fragments, TCP, TURN. */
void sf_via_add(struct sf_via *via, enum sf_via_kind kind, uint32_t id);

#endif
