/*
 * sll.h - Linux cooked captures, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2
 * (www.tcpdump.org/linktypes.html).
 */
#ifndef SF_SLL_H
#define SF_SLL_H

#include "parsers/net/ether.h"

struct sf_sll {
	uint16_t packet_type; /* 0 to us, 1 broadcast, 2 multicast, 3 to others,
	                         4 sent by us */
	uint16_t arphrd;      /* ARPHRD_ of the interface */
	uint16_t protocol;    /* as sent */
	struct sf_bytes address; /* of the sender, 0..8 octets */
	struct sf_ethertype of;  /* type 0: the protocol field is no EtherType */
	struct sf_bytes payload;
};

enum sf_status sf_sll_parse(struct sf_sll *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

struct sf_sll2 {
	uint16_t packet_type;
	uint16_t arphrd;
	uint16_t protocol;
	uint32_t interface; /* index on the capturing system */
	struct sf_bytes address;
	struct sf_ethertype of;
	struct sf_bytes payload;
};

enum sf_status sf_sll2_parse(struct sf_sll2 *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

#endif
