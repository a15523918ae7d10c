#include <inttypes.h>

#include "engine/sdp/sdp.h"
#include "report/para.h"
#include "report/text.h"

#define SHOWN 4
#define HANG  6

static const char *const roles[] = {
	[SF_SDP_UNSAID] = "one",
	[SF_SDP_OFFER] = "offer",
	[SF_SDP_ANSWER] = "answer",
};

static void
put_place(struct sf_para *p, const struct sf_result *r,
    const struct sf_sdp_description *d, bool named)
{
	sf_para_format(p, "%s at line %" PRIu64, roles[d->role], d->line);
	if (named && d->input < r->n_inputs) {
		sf_para_text(p, "of");
		sf_para_text(p, sf_text_input(&r->inputs[d->input]));
	}
	if (d->partial)
		sf_para_text(p, "(may be cut)");
}

void
sf_text_sdp(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style)
{
	const struct sf_sdp *sdp = r->model->sdp;
	unsigned shown;
	struct sf_para p;

	if (sdp == NULL || sdp->given)
		return;
	p = sf_para(f, style, HANG, HANG);
	shown = style->verbose || sdp->descriptions <= SHOWN ? sdp->descriptions
							     : SHOWN - 1;
	sf_para_text(&p, "SDP found in the log (--sdp would replace it):");
	for (unsigned i = 0; i < shown; i++) {
		if (i > 0)
			sf_para_text(&p, ",");
		put_place(&p, r, &sdp->about[i], r->n_inputs > 1);
	}
	if (shown < sdp->descriptions)
		sf_para_format(&p, ", and %u more", sdp->descriptions - shown);
	if (sdp->unread > 0)
		sf_para_format(&p,
		    "; %" PRIu64 " more were passed over, there is room for %d",
		    sdp->unread, SF_SDP_DESCRIPTIONS);
	sf_para_end(&p);
}
