/*
 * textline.h - the lines of a text, held in the buffer of its source one at a
 * time. Internal to the capture reader.
 */
#ifndef SF_TEXTLINE_H
#define SF_TEXTLINE_H

#include "engine/capture/source.h"

#define SF_LINE_MOST ((size_t)256 << 10) /* the rest of a longer line is lost */

/* The octets are text: no control characters but those of text. */
bool sf_textline_knows(struct sf_bytes start);

/*
 * The line that begins from octets behind what is held next, read as far as
 * needed. Returns how many octets it takes, its end included; 0: no more.
 */
size_t sf_textline_hold(
    struct sf_source *s, size_t from, struct sf_bytes *line);

/* Takes a line that was held, and what of it was too long to hold. */
void sf_textline_take(struct sf_source *s, struct sf_bytes line);

#endif
