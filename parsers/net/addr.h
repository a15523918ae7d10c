/*
 * addr.h - a transport address, as a value that can be compared with memcmp.
 */
#ifndef SF_ADDR_H
#define SF_ADDR_H

#include <stdint.h>

struct sf_addr {
	uint8_t ip[16];  /* IPv4 in the first 4 octets, the rest zero */
	uint16_t port;   /* host order; 0 when there is none */
	uint8_t family;  /* 4, 6, or 0 when unknown */
	uint8_t pad;     /* zero, so that memcmp is a fair comparison */
};

#endif
