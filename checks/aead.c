#include "checks/check.h"
#include "checks/policy.h"

#define SHORT_TAG 4 /* octets: suites 3 and 8 */

void
sf_check_aead(struct sf_checks *k, const struct sf_frame_event *ev)
{
	bool claimed = ev->has_header || ev->dialect != SF_DIALECT_NONE;

	if (!claimed || ev->tried == SF_TRIED_NOT)
		return;
	sf_expect(k, SFK005, ev->tried != SF_TRIED_NO_KEY, ev);
	if (ev->tried != SF_TRIED_NO_KEY)
		sf_expect(k, SFA001, ev->tried == SF_TRIED_OPENED, ev);
}

static void
judge_control(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;

	sf_passed(k, SFA002, e->controls - e->controls_opened);
	if (e->controls_opened > 0)
		sf_failed(
		    k, SFA002, s->id, e->controls_opened, s->first, s->last)
		    ->frames = e->controls;
}

/* No header was found in a stream, and yet it is known what is wrong with it. */
static void
judge_headless(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;
	bool told = s->diagnosis.mistake != SF_MISTAKE_NONE &&
		    s->diagnosis.mistake != SF_MISTAKE_OTHER_KEY;

	if (told && e->tried == 0 && e->no_key == 0)
		sf_failed(k, SFA001, s->id, s->frames, s->first, s->last);
}

static void
judge_tag(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_suite *suite = sf_suite_by_id(s->suite);
	unsigned least = k->options.policy->least_tag;

	if (suite == NULL)
		return;
	if (suite->tag_octets > SHORT_TAG && suite->tag_octets >= least)
		sf_passed(k, SFA003, 1);
	else
		sf_failed(k, SFA003, s->id, 1, s->first, s->last)->frames =
		    s->by_state[SF_STATE_VERIFIED];
}

void
sf_judge_aead(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		judge_control(k, s);
		judge_headless(k, s);
		if (s->evidence.iv_refused && s->kind != SF_KIND_REPAIR)
			sf_failed(k, SFA001, s->id, 1, s->first, s->last)
			    ->frames = s->frames;
		judge_tag(k, s);
	}
}
