/*
 * utf8.h - text in UTF-8 (RFC 3629), character by character.
 */
#ifndef SF_UTF8_H
#define SF_UTF8_H

#include "parsers/base/bytes.h"

/*
 * What stands at the front of in, which is not empty: a character, into *c, and its
 * octets, 1 to 4, into *n. False when it is none (long forms, surrogates, what is above
 * U+10FFFF, what is cut short); then *n is how many octets could have begun one, at
 * least 1: as many as decoders replace by one U+FFFD (The Unicode Standard 3.9,
 * "maximal subparts").
 */
bool sf_utf8_next(struct sf_bytes in, uint32_t *c, size_t *n);

/* It is UTF-8 from end to end. */
bool sf_utf8_is(struct sf_bytes in);

#endif
