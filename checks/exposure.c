/*
 * exposure.c - what leaks beside media that is encrypted end to end.
 */
#include "engine/streams/exposure.h"

#include <string.h>

#include "checks/check.h"
#include "checks/timeline.h"

#define LEAST_PACKETS 100
#define LEAST_PAUSES  3
#define STEADY_SHARE                                                           \
	20        /* one change of length in so many packets is the
                            growth of a counter, and no voice */
#define SAMPLES 2 /* octets: one is an index, more are samples */

/* Who is in the clear exposes all; under SRTP nothing is known of the frames. */
static bool
is_concerned(const struct sf_stream *s)
{
	return s->exposure != NULL && s->kind != SF_KIND_REPAIR &&
	       (s->protection == SF_PROT_VERIFIED ||
		   s->protection == SF_PROT_CONSISTENT ||
		   s->protection == SF_PROT_PARTLY_CLEAR ||
		   s->protection == SF_PROT_MIXED ||
		   s->protection == SF_PROT_OTHER_DIALECT);
}

static struct sf_finding *
expect(struct sf_checks *k, enum sf_finding_id rule, const struct sf_stream *s,
    bool exposed)
{
	if (exposed)
		return sf_failed(k, rule, s->id, 1, s->first, s->last);
	sf_passed(k, rule, 1);
	return NULL;
}

/* Of what an extension tells: without SDP nobody knows what some of them are. */
static void
expect_extension(struct sf_checks *k, enum sf_finding_id rule,
    const struct sf_stream *s, bool exposed)
{
	if (exposed || !sf_exposure_unknown(s->exposure))
		expect(k, rule, s, exposed);
	else
		sf_cannot_tell(k, rule);
}

static bool
sizes_vary(const struct sf_exposure *x)
{
	return x->sized >= LEAST_PACKETS &&
	       x->changes > x->sized / STEADY_SHARE;
}

/* user@host, or host names: RFC 7022 wants neither. */
static bool
names_somebody(const char *cname)
{
	const char *at = strchr(cname, '@');

	return at != NULL && at != cname && at[1] != '\0';
}

static void
judge_audio(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_exposure *x = s->exposure;
	struct sf_finding *f;

	expect(k, SFE001, s,
	    sf_exposure_level_id(x) != 0 ||
		sf_exposure_has(x, SF_EXT_MIXER_LEVEL, 1));
	if (x->sized < LEAST_PACKETS)
		return;
	expect(k, SFE002, s, sizes_vary(x));
	f = expect(k, SFE003, s, x->pauses >= LEAST_PAUSES);
	if (f == NULL)
		return;
	f->frames = x->pauses;
	f->lag_ns = (int64_t)x->longest * 1000000000 /
		    (s->clock == 0 ? 48000 : s->clock);
}

static bool
several(uint8_t bits)
{
	return (bits & (bits - 1)) != 0;
}

static void
judge_video(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_exposure *x = s->exposure;

	expect_extension(
	    k, SFE004, s, sf_exposure_has(x, SF_EXT_PICTURE, SAMPLES));
	expect_extension(k, SFE005, s,
	    sf_exposure_has(x, SF_EXT_LAYERS, 1) ||
		(s->dependency_id != 0 && s->dependency_inferred));
	expect_extension(k, SFE008, s, sf_exposure_has(x, SF_EXT_DEVICE, 1));
	if (s->codec == SF_CODEC_VP8 || s->codec == SF_CODEC_VP9)
		expect(k, SFE010, s,
		    x->structures > 0 || several(x->spatial) ||
			several(x->temporal));
}

/* Messages belong to no stream: asked where any media is encrypted. */
static void
judge_data(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_data_facts *d = &m->data;
	const struct sf_stream *s = m->streams;

	while (s != NULL && !is_concerned(s))
		s = s->next;
	if (s == NULL || d->messages == 0)
		return;
	if (d->text.n > 0)
		sf_failed(k, SFE009, 0, 1, d->text.first, d->text.last)
		    ->frames = d->text.n;
	else
		sf_passed(k, SFE009, 1);
}

/* What KIDs tell of who is there. */
static void
judge_roster(struct sf_checks *k)
{
	const struct sf_timeline *t = k->timeline;

	if (t == NULL || t->n_kids == 0)
		return;
	if (t->n_kids > 1)
		sf_failed(k, SFE011, 0, 1, t->lines[0].stream->first,
		    t->lines[0].stream->last)
		    ->frames = t->n_kids;
	else
		sf_passed(k, SFE011, 1);
}

void
sf_judge_exposure(struct sf_checks *k, const struct sf_model *m)
{
	judge_data(k, m);
	judge_roster(k);
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		if (!is_concerned(s) || sf_origin_of(k, s) != s)
			continue;
		if (s->kind == SF_KIND_AUDIO)
			judge_audio(k, s);
		if (s->kind == SF_KIND_VIDEO)
			judge_video(k, s);
		expect_extension(k, SFE006, s,
		    sf_exposure_has(s->exposure, SF_EXT_CAPTURE_TIME, 1));
		if (s->cname[0] != '\0')
			expect(k, SFE007, s, names_somebody(s->cname));
	}
}
