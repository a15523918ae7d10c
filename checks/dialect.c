#include "checks/check.h"

#define LEAST_FRAMES 20 /* before a stream's want of structure is told */

static void
judge_one(struct sf_checks *k, const struct sf_stream *s)
{
	bool opaque = s->dialect == SF_DIALECT_OPAQUE;
	struct sf_finding *f;

	if (sf_dialect_is_other(s->dialect) &&
	    s->protection != SF_PROT_UNDECIDABLE) {
		f = sf_failed(k, SFD001, s->id, 1, s->first, s->last);
		f->frames = s->frames;
		f->clear_octets = s->clear_octets;
	} else if (sf_dialect_is_rfc9605(s->dialect)) {
		sf_passed(k, SFD001, 1);
	}
	if (s->evidence.server_frames > 0)
		sf_failed(k, SFD005, s->id, 1, s->first, s->last)->frames =
		    s->evidence.server_frames;
	if (s->dialect == SF_DIALECT_XOR_DEMO ||
	    s->dialect == SF_DIALECT_XOR_JANUS)
		sf_failed(k, SFD003, s->id, 1, s->first, s->last)->frames =
		    s->frames;
	if (s->dialect == SF_DIALECT_RANDOM_IV)
		sf_failed(k, SFD004, s->id, 1, s->first, s->last)->frames =
		    s->by_state[SF_STATE_VERIFIED];
	if (opaque && s->frames >= LEAST_FRAMES && !sf_packetizer_rewrote(s))
		sf_failed(k, SFD002, s->id, 1, s->first, s->last)->frames =
		    s->frames;
	else if (!opaque && s->dialect != SF_DIALECT_NONE)
		sf_passed(k, SFD002, 1);
	if (s->protection == SF_PROT_SRTP)
		sf_failed(k, SFS002, s->id, 1, s->first, s->last)->frames =
		    s->frames;
	else
		sf_passed(k, SFS002, s->dialect != SF_DIALECT_NONE);
}

void
sf_judge_dialect(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		if (s->kind != SF_KIND_REPAIR && s->why != SF_WHY_NOT_MEDIA)
			judge_one(k, s);
}
