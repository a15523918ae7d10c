/*
 * words_parts.h - what the sentences of a report are put together with.
 */
#ifndef SF_WORDS_PARTS_H
#define SF_WORDS_PARTS_H

#include "report/words.h"

struct sf_words {
	char *out;
	size_t at;
};

void sf_words_add(struct sf_words *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sf_words_frames(struct sf_words *w, uint64_t n); /* "3 frames" */
void sf_words_stream(struct sf_words *w, const struct sf_stream *s);
/* What explains frames that did not open; as sf_words_diagnosis(). */
void sf_words_diagnosed(struct sf_words *w, const struct sf_diagnosis *d);
void sf_words_place(struct sf_words *w, const struct sf_place *p);
void sf_words_span(struct sf_words *w, int64_t ns);
const char *sf_words_plural(uint64_t n); /* "s", or nothing for one */

struct sf_subject {
	struct sf_words w;
	const struct sf_result *r;
	const struct sf_finding *f;
	const struct sf_stream *s; /* the first it is about; may be NULL */
};

/* The particulars of a finding: of key ids (words_keys.c), of what leaks beside
   the media (words_leaks.c); the others are words.c's own. */
typedef void sf_about(struct sf_subject *x);

sf_about sf_about_drift, sf_about_ahead, sf_about_not_followed, sf_about_return,
    sf_about_sharing, sf_about_rotation, sf_about_age, sf_about_overuse,
    sf_about_unknown_kid;
sf_about sf_about_sizes, sf_about_pauses, sf_about_level, sf_about_messages,
    sf_about_layers, sf_about_roster;

#endif
