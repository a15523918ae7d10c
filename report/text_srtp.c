/*
 * text_srtp.c - what became of SRTP, in a paragraph below the streams.
 */
#include "report/text.h"

#include <inttypes.h>

#include "report/para.h"

static const char *const sources[SF_SRTP_ORIGINS] = {
	[SF_SRTP_FROM_FILE] = "--srtp-keys",
	[SF_SRTP_FROM_SDES] = "a=crypto in SDP",
	[SF_SRTP_FROM_DTLS] = "the DTLS handshake",
};

struct sum {
	unsigned opened, closed, doubled;
	uint64_t removed, cryptex, cut, keys, counters;
	const struct sf_srtp_facts *first;
	bool several; /* profiles or sources */
};

static void
count_opened(struct sum *t, const struct sf_srtp_facts *f)
{
	if (t->first == NULL)
		t->first = f;
	t->several = t->several || t->first->profile != f->profile ||
		     t->first->origin != f->origin;
	t->opened++;
	t->doubled += f->doubled;
}

static struct sum
count(const struct sf_model *m)
{
	struct sum t = { 0 };

	for (const struct sf_stream *s = m->streams; s != NULL; s = s->next) {
		const struct sf_srtp_facts *f = &s->srtp;

		if (f->profile != NULL)
			count_opened(&t, f);
		t.removed += f->removed;
		t.cryptex += f->cryptex;
		t.cut += f->cut;
		if (!s->sealed || s->protection != SF_PROT_SRTP)
			continue;
		t.closed++;
		if (f->keys > t.keys)
			t.keys = f->keys;
		if (f->rocs > t.counters)
			t.counters = f->rocs;
	}
	return t;
}

static void
put_opened(struct sf_para *p, const struct sum *t)
{
	sf_para_format(p,
	    "SRTP removed from %" PRIu64 " packets of %u stream%s", t->removed,
	    t->opened, t->opened == 1 ? "" : "s");
	if (t->several)
		sf_para_text(p, "with several profiles or sources of keys");
	else
		sf_para_format(p, "(%s, keys from %s)", t->first->profile,
		    sources[t->first->origin]);
	if (t->doubled > 0)
		sf_para_text(p, ", and an inner layer of double encryption "
				"(RFC 8723) is still on");
	sf_para_text(p, ".");
}

static void
put_closed(struct sf_para *p, const struct sum *t)
{
	sf_para_paint(p, SF_YELLOW, "Still under SRTP:");
	sf_para_format(p,
	    "%u stream%s; tried on each were %" PRIu64 " key%s in either "
	    "direction",
	    t->closed, t->closed == 1 ? "" : "s", t->keys,
	    t->keys == 1 ? "" : "s");
	if (t->counters > 1)
		sf_para_format(
		    p, "with rollover counters 0 to %" PRIu64, t->counters - 1);
	sf_para_text(p, ": nothing was authentic.");
}

static void
put_handshakes(struct sf_para *p, const struct sf_dtls_facts *d)
{
	sf_para_format(p,
	    "DTLS: %" PRIu64 " handshake%s, %" PRIu64 " with %s secrets in the "
	    "key log.",
	    d->handshakes, d->handshakes == 1 ? "" : "s", d->keyed,
	    d->keyed == 1 ? "its" : "their");
}

void
sf_text_srtp(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	struct sum t = count(r->model);
	struct sf_para p;

	if (t.opened + t.closed + t.cryptex + r->model->dtls.secrets == 0)
		return;
	fputc('\n', f);
	p = sf_para(f, style, 0, 6);
	if (t.opened > 0)
		put_opened(&p, &t);
	if (t.closed > 0)
		put_closed(&p, &t);
	if (t.cryptex > 0)
		sf_para_format(&p,
		    "%" PRIu64 " packets have Cryptex (RFC 9335): header "
		    "extensions and CSRCs are under SRTP as well.",
		    t.cryptex);
	if (t.cut > 0)
		sf_para_format(&p,
		    "%" PRIu64 " packets were cut by the snap length; without "
		    "its tag no packet can be opened.",
		    t.cut);
	if (r->model->dtls.secrets > 0)
		put_handshakes(&p, &r->model->dtls);
	sf_para_end(&p);
}
