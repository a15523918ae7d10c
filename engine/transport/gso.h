/*
 * gso.h - one captured record that holds several datagrams of equal size, the
 * last perhaps shorter: network drivers cut and join them below the place of
 * capture (UDP segmentation and receive offload).
 */
#ifndef SF_GSO_H
#define SF_GSO_H

#include "parsers/base/bytes.h"

/*
 * Octets of each datagram, 0 when in is one. It is several only when each of
 * them is an RTP packet of one SSRC, the numbers follow each other, and the
 * timestamps are of the same few seconds.
 */
size_t sf_gso_octets(struct sf_bytes in);

#endif
