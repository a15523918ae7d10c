/*
 * link.h - from a captured packet to the UDP datagram inside.
 *
 * One function, one table of link types. Tunnels, TCP and fragments will be
 * further rows and further outcomes here; nothing above needs to know.
 */
#ifndef SF_LINK_H
#define SF_LINK_H

#include "engine/packet.h"
#include "parsers/base/diag.h"

enum sf_link_outcome {
	SF_LINK_UDP,         /* *out is filled */
	SF_LINK_OTHER,       /* sound, but not UDP over IP (ARP, TCP, ICMP, a fragment) */
	SF_LINK_UNSUPPORTED, /* a link type that is not decoded */
	SF_LINK_CUT,         /* the capture ends before the UDP payload */
	SF_LINK_MALFORMED    /* a header makes no sense; *d tells which */
};

enum sf_link_outcome sf_link_datagram(struct sf_datagram *out,
    const struct sf_packet *pkt, struct sf_diag *d) SF_MUST_USE;

/* True when sf_link_datagram() decodes this LINKTYPE_. */
bool sf_link_known(uint16_t link_type);

/* Octets of the shortest header of that link; 0: none, or not known. */
size_t sf_link_header_octets(uint16_t link_type);

#endif
