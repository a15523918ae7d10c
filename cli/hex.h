/*
 * hex.h - octets given and shown as hexadecimal digits.
 */
#ifndef SF_HEX_TEXT_H
#define SF_HEX_TEXT_H

#include <stdio.h>

#include "parsers/base/bytes.h"

/* NULL, or what is wrong with the text; out gets *n octets, max at most.
   Blanks and colons may stand between octets, 0x in front. */
const char *sf_hex_read(const char *s, uint8_t *out, size_t max, size_t *n);

/* Digits, and a line end. */
void sf_hex_line(FILE *f, struct sf_bytes b);

#endif
