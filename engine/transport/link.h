/*
 * link.h - which link types are decoded (see engine/transport/peel.h).
 */
#ifndef SF_LINK_H
#define SF_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when packets of this LINKTYPE_ are decoded. */
bool sf_link_known(uint16_t link_type);

/* Octets of the shortest header of that link; 0: none, or not known. */
size_t sf_link_header_octets(uint16_t link_type);

#endif
