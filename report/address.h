/*
 * address.h - a transport address as text: "10.1.1.1:1000", "[fd00::2]:1000".
 */
#ifndef SF_ADDRESS_H
#define SF_ADDRESS_H

#include "parsers/net/addr.h"

#define SF_ADDRESS_MAX 64 /* octets, with the NUL */

/* IPv6 as RFC 5952 has it; "" when the family is not known. */
void sf_address_text(char out[SF_ADDRESS_MAX], const struct sf_addr *a);

#endif
