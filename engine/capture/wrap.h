/*
 * wrap.h - headers around a datagram that came without any: Ethernet with no
 * addresses, IPv4 or IPv6, UDP.
 *
 * Files of RTP alone (logs, recordings) are shown to the pipeline as if they
 * had been captured, and unwrap writes what it took out of tunnels.
 */
#ifndef SF_WRAP_H
#define SF_WRAP_H

#include "engine/packet.h"

#define SF_WRAP_MAX  62    /* Ethernet, IPv6 and UDP */
#define SF_WRAP_UDP4 42    /* Ethernet, IPv4 and UDP */
#define SF_WRAP_MOST 65507 /* the largest payload of UDP over IPv4 */

enum { SF_WRAP_UDP = 17, SF_WRAP_SCTP = 132 };

struct sf_wrapped {
	struct sf_addr src, dst; /* of one family, 4 or 6 */
	uint8_t protocol;        /* SF_WRAP_SCTP has no ports */
	struct sf_bytes payload; /* what there is of it, for the checksum */
	size_t octets; /* of the payload as it was; payload.n at least */
};

/* Writes headers; returns their length. */
size_t sf_wrap(uint8_t out[SF_WRAP_MAX], const struct sf_wrapped *w);

/* The addresses that text2pcap and Janus write where none are known. */
struct sf_addr sf_wrap_near(void); /* 10.2.2.2:2000: who wrote the file */
struct sf_addr sf_wrap_far(void);  /* 10.1.1.1:1000: the other side */

#define SF_WRAP_WHO                                                            \
	200 /* of several who wrote one file, each has ports of its
                           own: counted on from these, from 0 */
struct sf_addr sf_wrap_near_of(unsigned who);
struct sf_addr sf_wrap_far_of(unsigned who);

/* True for any of these. */
bool sf_wrap_made_up(const struct sf_addr *a);

#endif
