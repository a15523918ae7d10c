/*
 * words_leaks.c - sentences on what leaks beside the media.
 */
#include <inttypes.h>

#include "checks/timeline.h"
#include "engine/streams/exposure.h"
#include "report/words_parts.h"

/* How much the lengths tell, against what is known or at most. */
void
sf_about_sizes(struct sf_subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;
	int64_t ns;
	double rate, told;

	if (e == NULL)
		return;
	ns = x->s->last.time_ns - x->s->first.time_ns;
	rate = ns <= 0 ? 0 : (double)e->packets * 1e9 / (double)ns;
	told = sf_exposure_told(e);
	if (told >= 0)
		sf_words_add(&x->w,
		    "about %.1f bits a second tell loud from quiet, ",
		    told * rate);
	sf_words_add(&x->w,
	    "lengths that vary by %.1f bits a frame, %.0f frames a second",
	    sf_exposure_entropy(e), rate);
}

void
sf_about_pauses(struct sf_subject *x)
{
	sf_words_add(
	    &x->w, "%" PRIu64 " pauses, the longest of ", x->f->frames);
	sf_words_span(&x->w, x->f->lag_ns);
}

void
sf_about_level(struct sf_subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;

	if (e == NULL || sf_exposure_level_id(e) == 0)
		return;
	sf_words_add(&x->w, "header extension %u, %s", sf_exposure_level_id(e),
	    e->told ? "as SDP says"
		    : "by its shape: one octet in every packet, many values");
}

void
sf_about_messages(struct sf_subject *x)
{
	const struct sf_data_facts *d = &x->r->model->data;

	sf_words_add(&x->w,
	    "%" PRIu64 " of %" PRIu64 " message%s readable as text", d->text.n,
	    d->messages, d->messages == 1 ? " is" : "s are");
}

static unsigned
bits_of(uint8_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= (uint8_t)(v - 1))
		n++;
	return n;
}

void
sf_about_layers(struct sf_subject *x)
{
	const struct sf_exposure *e = x->s == NULL ? NULL : x->s->exposure;
	unsigned spatial, temporal;

	if (e == NULL)
		return;
	spatial = x->s->spatial_layers;
	temporal = x->s->temporal_layers;
	if (x->f->rule == SFE010) {
		spatial = bits_of(e->spatial);
		temporal = bits_of(e->temporal);
	}
	if (spatial + temporal > 0)
		sf_words_add(&x->w, "%u spatial and %u temporal layer%s",
		    spatial == 0 ? 1 : spatial, temporal == 0 ? 1 : temporal,
		    temporal > 1 ? "s" : "");
	if (e->structures > 0 && x->f->rule == SFE010)
		sf_words_add(&x->w,
		    "%sthe sizes of all layers, %" PRIu32 " time%s",
		    spatial + temporal > 0 ? "; " : "", e->structures,
		    e->structures == 1 ? "" : "s");
}

void
sf_about_roster(struct sf_subject *x)
{
	const struct sf_timeline *t = x->r->timeline;

	if (t == NULL)
		return;
	sf_words_add(&x->w, "%u sender%s with %u KID%s", t->n_senders,
	    t->n_senders == 1 ? "" : "s", t->n_kids, t->n_kids == 1 ? "" : "s");
	if (t->changes > 0)
		sf_words_add(&x->w, ", %" PRIu64 " change%s of key", t->changes,
		    t->changes == 1 ? "" : "s");
}
