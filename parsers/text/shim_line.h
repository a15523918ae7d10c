/*
 * shim_line.h - a line of SFS/1, the protocol between conform and a shim:
 *
 *	id SP name *( SP key "=" value )
 *
 * The name is a verb in a request and a status in a reply. Printable ASCII
 * only; several blanks count as one, and blanks at the end as none.
 */
#ifndef SF_SHIM_LINE_H
#define SF_SHIM_LINE_H

#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

struct sf_shim_line {
	uint64_t id;
	struct sf_bytes name;    /* lower case letters and hyphens */
	struct sf_bytes payload; /* the words behind it, for the other parser */
};

/* in is a line without its LF; a CR at its end is no part of it. */
enum sf_status sf_shim_line_parse(struct sf_shim_line *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

struct sf_shim_word {
	struct sf_bytes key;     /* lower case letters, digits and hyphens */
	struct sf_bytes value;   /* at least one octet; "-" is no octets */
	struct sf_bytes payload; /* the words behind it */
};

/* SF_SHORT for an empty input: there is no more word. */
enum sf_status sf_shim_word_parse(struct sf_shim_word *out, struct sf_bytes in,
    struct sf_diag *d) SF_MUST_USE;

/* The value of a key among words; false when it is not there, stands twice or
   the words are none. */
bool sf_shim_value(
    struct sf_bytes words, const char *key, struct sf_bytes *value);

/* All of a value as a decimal number. */
bool sf_shim_number(struct sf_bytes value, uint64_t *out);

/*
 * All of a value as hexadecimal digits, "-" for none; out has room for
 * value.n / 2 octets. False when there is anything else in it.
 */
bool sf_shim_octets(struct sf_bytes value, uint8_t *out, size_t *n);

/* Is the value exactly this text? */
bool sf_shim_is(struct sf_bytes value, const char *text);

#endif
