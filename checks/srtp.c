#include "checks/check.h"

static void
judge_stream(struct sf_checks *k, const struct sf_stream *s)
{
	const struct sf_srtp_facts *f = &s->srtp;

	if (s->sealed && s->protection == SF_PROT_SRTP)
		(void)sf_failed(k, SFS010, s->id, f->closed, s->first, s->last);
	else if (f->removed > 0)
		sf_passed(k, SFS010, 1);
	if (f->failed > 0)
		(void)sf_failed(
		    k, SFS011, s->id, f->failed, f->failed_first, s->last);
	else if (f->removed > 0)
		sf_passed(k, SFS011, 1);
}

/* A key log serves handshakes that are in the capture, and no others. */
static void
judge_secrets(struct sf_checks *k, const struct sf_model *m)
{
	const struct sf_place nowhere = { 0 };
	bool closed = false;

	if (m->dtls.secrets == 0)
		return;
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		closed = closed || s->protection == SF_PROT_SRTP;
	if (m->dtls.handshakes > 0)
		sf_passed(k, SFS012, m->dtls.handshakes);
	else if (closed)
		(void)sf_failed(k, SFS012, 0, 1, nowhere, nowhere);
	if (m->dtls.unkeyed > 0)
		(void)sf_failed(
		    k, SFS013, 0, m->dtls.unkeyed, nowhere, nowhere);
	else if (m->dtls.keyed > 0)
		sf_passed(k, SFS013, m->dtls.keyed);
}

void
sf_judge_srtp(struct sf_checks *k, const struct sf_model *m)
{
	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next)
		judge_stream(k, s);
	judge_secrets(k, m);
}
