/*
 * base64.h - base64 (RFC 4648 4), with padding or without it.
 */
#ifndef SF_BASE64_H
#define SF_BASE64_H

#include "parsers/base/bytes.h"

/* False for another letter, bits left over that are not zero, or more than max
   octets; *n is then 0. */
bool sf_base64_read(
    struct sf_bytes text, uint8_t *out, size_t max, size_t *n);

#endif
