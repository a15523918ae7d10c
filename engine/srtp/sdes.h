/*
 * sdes.h - SRTP keys out of the a=crypto lines of session descriptions (RFC
 * 4568), whoever's they are: a tag that verifies tells whose.
 */
#ifndef SF_SDES_H
#define SF_SDES_H

#include "engine/srtp/entry.h"

/*
 * Adds the keys of one a=crypto value. False, and counted as unusable, when
 * some key of it is of no use here: see struct sf_srtp_entries.
 */
bool sf_sdes_add(struct sf_srtp_entries *e, struct sf_bytes value);

/* Adds those of all descriptions in text. */
void sf_sdes_read(struct sf_srtp_entries *e, struct sf_bytes text);

/* Splits key and salt of a profile, taking the outer half of a double one.
   False when the octets are not that many. */
bool sf_srtp_entry_set(struct sf_srtp_entry *e,
    const struct sf_srtp_profile *p, const uint8_t *key, size_t n_key,
    const uint8_t *salt, size_t n_salt) SF_MUST_USE;

#endif
