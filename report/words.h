/*
 * words.h - the sentences of a report, made from its numbers.
 *
 * Plain text of ours: numbers and fixed words, nothing captured, no newline.
 */
#ifndef SF_WORDS_H
#define SF_WORDS_H

#include "checks/result.h"

#define SF_WORDS_MAX                                                           \
	400 /* octets, with the NUL, that are enough for any below */

/* Is the call encrypted, and if not: who, and since when? No full stop. */
void sf_words_headline(char out[SF_WORDS_MAX], const struct sf_result *r);

/* The particulars of a finding, or "" when it has none beyond its place. */
void sf_words_detail(char out[SF_WORDS_MAX], const struct sf_result *r,
    const struct sf_finding *f);

/* What explains a frame that did not open, and what to change; or that nothing
   that is known does. */
void sf_words_diagnosis(
    char out[SF_WORDS_MAX], const struct sf_diagnosis *d);

/* Behind the octet at which an input is damaged: "", or that it is one of what
   was unpacked. */
const char *sf_words_inside(const struct sf_capture_info *info);

#endif
