/*
 * words_keys.c - sentences on key ids.
 */
#include <inttypes.h>

#include "checks/policy.h"
#include "report/text.h"
#include "report/words_parts.h"

void
sf_about_drift(struct sf_subject *x)
{
	const struct sf_finding *f = x->f;

	sf_words_add(&x->w, "KID %" PRIu64 " was still in use ", f->kid);
	sf_words_span(&x->w, f->lag_ns);
	sf_words_add(&x->w, " after ");
	if (f->other_stream != 0)
		sf_words_add(&x->w, "stream %" PRIu32, f->other_stream);
	else
		sf_words_add(&x->w, "the group");
	sf_words_add(&x->w, " moved to KID %" PRIu64, f->new_kid);
	if (f->frames > 0) {
		sf_words_add(&x->w, "; ");
		sf_words_frames(&x->w, f->frames);
		sf_words_add(&x->w, " late");
	}
}

void
sf_about_ahead(struct sf_subject *x)
{
	sf_words_add(&x->w, "on KID %" PRIu64 " ", x->f->kid);
	sf_words_span(&x->w, x->f->lag_ns);
	sf_words_add(&x->w, x->f->other_stream != 0
				? " before half of the group came to it"
				: ", and the group never came to it");
}

void
sf_about_not_followed(struct sf_subject *x)
{
	sf_words_add(&x->w, "KID %" PRIu64 " to the end, ", x->f->kid);
	sf_words_span(&x->w, x->f->lag_ns);
	sf_words_add(&x->w, " after stream %" PRIu32 " moved to KID %" PRIu64,
	    x->f->other_stream, x->f->new_kid);
}

void
sf_about_return(struct sf_subject *x)
{
	sf_words_add(&x->w, "back to KID %" PRIu64 " from KID %" PRIu64,
	    x->f->kid, x->f->new_kid);
	if (x->f->frames > 0) {
		sf_words_add(&x->w, " for ");
		sf_words_frames(&x->w, x->f->frames);
	}
}

void
sf_about_sharing(struct sf_subject *x)
{
	sf_words_add(&x->w, "KID %" PRIu64, x->f->kid);
	if (x->f->other_stream != 0)
		sf_words_add(
		    &x->w, ", with stream %" PRIu32, x->f->other_stream);
}

void
sf_about_rotation(struct sf_subject *x)
{
	sf_words_add(&x->w, "KID %" PRIu64 " stayed in use for ", x->f->kid);
	sf_words_span(&x->w, x->f->lag_ns);
	if (x->f->other_stream != 0)
		sf_words_add(&x->w, " after stream %" PRIu32 " ended",
		    x->f->other_stream);
	else
		sf_words_add(&x->w, " after a participant joined or left");
}

void
sf_about_age(struct sf_subject *x)
{
	sf_words_add(&x->w, "KID %" PRIu64 " for ", x->f->kid);
	sf_words_span(&x->w, x->f->lag_ns);
	if (x->r->policy == NULL)
		return;
	sf_words_add(&x->w, "; the policy allows ");
	sf_words_span(&x->w, x->r->policy->max_age_ns);
}

void
sf_about_overuse(struct sf_subject *x)
{
	sf_words_add(&x->w, "KID %" PRIu64 ", ", x->f->kid);
	sf_words_frames(&x->w, x->f->frames);
	if (x->r->policy != NULL)
		sf_words_add(&x->w, "; the policy allows %" PRIu64,
		    x->r->policy->max_frames);
}

void
sf_about_unknown_kid(struct sf_subject *x)
{
	sf_words_frames(&x->w, x->f->count);
	if (x->f->n_examples > 0)
		sf_words_add(
		    &x->w, ", first KID %" PRIu64, x->f->examples[0].kid);
	if (x->s != NULL && x->s->diagnosis.mistake != SF_MISTAKE_NONE) {
		sf_words_add(&x->w, "; ");
		sf_words_diagnosed(&x->w, &x->s->diagnosis);
	}
}
