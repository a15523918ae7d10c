#include "checks/check.h"

/*
 * One frame in some ten thousand holds a start code by chance: one that stands
 * alone is no packetizer at work on ciphertext.
 */
#define FEW     2
#define PERCENT 1

static bool
is_video_of_units(const struct sf_stream *s)
{
	return s->codec == SF_CODEC_H264 || s->codec == SF_CODEC_H265 ||
	       s->codec == SF_CODEC_AV1;
}

static void
judge_rewritten(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_evidence *e = &s->evidence;

	if (!is_video_of_units(s) || s->protection == SF_PROT_SRTP ||
	    s->frames == 0 || s->protection == SF_PROT_PLAINTEXT)
		return;
	if (e->rewritten < FEW || e->rewritten * 100 < s->frames * PERCENT) {
		sf_passed(k, SFR001, 1);
		return;
	}
	sf_failed(k, SFR001, s->id, 1, e->rewritten_first, e->rewritten_last)
	    ->frames = e->rewritten;
}

void
sf_judge_payload(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (s->kind != SF_KIND_REPAIR)
			judge_rewritten(k, s);
}
