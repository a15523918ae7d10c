/*
 * fields.h - octets that a sender writes beside ciphertext: a key id, a counter,
 * a timestamp, a length. They are as uneven as media is, and are no media.
 */
#ifndef SF_FIELDS_H
#define SF_FIELDS_H

#include "engine/classify/record.h"

#define SF_FIELDS     20 /* octets looked at; a header and an IV are fewer */
#define SF_FIELD_REFS 6  /* what an octet may keep its distance from */
#define SF_FIELD_FEW  4  /* values that a field may have by turns */

/* Counted over strings in sequence. All zero is ready to use. */
struct sf_fields {
	unsigned strings;
	uint8_t last[SF_FIELDS], last_n;
	uint8_t last_ref[SF_FIELD_REFS];
	uint16_t pairs[SF_FIELDS];
	uint16_t keeps[SF_FIELDS][SF_FIELD_REFS];
	uint16_t rises[SF_FIELDS];
	uint16_t of[SF_FIELDS]; /* strings as long */
	uint8_t value[SF_FIELDS][SF_FIELD_FEW];
	uint16_t has_value[SF_FIELDS][SF_FIELD_FEW];
};

/* The next string, n octets in frame r; p holds them, those beyond SF_FIELDS are
   passed over. */
void sf_fields_add(
    struct sf_fields *f, const struct sf_record *r, const uint8_t *p, size_t n);

/* Bit i: octet i is such a field. */
uint32_t sf_fields_mask(const struct sf_fields *f);

/* Octets up to the last one in the mask. */
size_t sf_fields_octets(uint32_t mask);

#endif
