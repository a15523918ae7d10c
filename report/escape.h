/*
 * escape.h - captured octets and file names made safe to show.
 *
 * What comes out is valid UTF-8 without control characters (C0, DEL, C1) and
 * without the invisible ones that reorder or hide text, whatever went in.
 *
 *   SF_ESCAPE_TEXT  such a character is shown as \xNN, an octet at a time, and
 *                   so is every octet that is not UTF-8; a backslash doubles
 *   SF_ESCAPE_JSON  the inside of a JSON string (RFC 8259 7): such a character
 *                   becomes \uNNNN; an octet that is not UTF-8 becomes U+FFFD,
 *                   because JSON has no way to say it
 */
#ifndef SF_ESCAPE_H
#define SF_ESCAPE_H

#include <stdio.h>

#include "parsers/base/bytes.h"

enum sf_escape { SF_ESCAPE_TEXT, SF_ESCAPE_JSON };

#define SF_ESCAPE_MAX 16 /* octets that one character of the input becomes */

/*
 * Takes one character off the front of *in, which must not be empty, and
 * writes it to out, without a NUL. Returns the octets written, 1..16.
 */
size_t sf_escape_next(
    char out[SF_ESCAPE_MAX], struct sf_bytes *in, enum sf_escape how);

/*
 * As many whole characters of in as fit into size octets with a NUL; size must
 * not be 0. Returns the octets written, without the NUL.
 */
size_t sf_escape_copy(
    char *out, size_t size, struct sf_bytes in, enum sf_escape how);

/* Returns false when the stream took an error. */
bool sf_escape_write(FILE *f, struct sf_bytes in, enum sf_escape how);

#endif
