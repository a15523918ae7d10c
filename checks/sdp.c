#include <string.h>

#include "checks/check.h"
#include "engine/sdp/sdp.h"

/* Where a description is at fault no packet is. */
static const struct sf_place nowhere;

static void
expect(struct sf_checks *k, enum sf_finding_id rule, bool ok)
{
	if (ok)
		sf_passed(k, rule, 1);
	else
		(void)sf_failed(k, rule, 0, 1, nowhere, nowhere);
}

/* a=sframe has no value, and stands in media sections alone
   (draft-ietf-avtcore-rtp-sframe-02 6); the draft has no payload type of its
   own any more. */
static void
judge_form(struct sf_checks *k, const struct sf_sdp *sdp)
{
	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *x = &sdp->sections[i];

		if (x->sframe)
			expect(k, SFS003, !x->sframe_value);
		expect(k, SFS007, !x->sframe_pt);
	}
	for (unsigned i = 0; i < sdp->descriptions && i < SF_SDP_DESCRIPTIONS;
	     i++)
		expect(k, SFS004, !sdp->about[i].sframe);
}

/* ---- offer and answer ----------------------------------------------------- */

/* What some text of a description says of its nth section: a description may be
   in a log as it was made, and again as it was changed before it was used. */
static bool
wants_sframe(const struct sf_sdp *sdp, unsigned description, unsigned n)
{
	for (unsigned i = 0; i < sdp->descriptions; i++)
		if (sf_sdp_alike(sdp, i, description) &&
		    sf_sdp_nth(sdp, i, n)->sframe)
			return true;
	return false;
}

static bool
is_refused(const struct sf_sdp *sdp, unsigned description, unsigned n)
{
	for (unsigned i = 0; i < sdp->descriptions; i++)
		if (sf_sdp_alike(sdp, i, description) &&
		    sf_sdp_nth(sdp, i, n)->refused)
			return true;
	return false;
}

static void
judge_pair(struct sf_checks *k, const struct sf_sdp *sdp, unsigned offer,
    unsigned answer)
{
	for (unsigned n = 0; sf_sdp_nth(sdp, offer, n) != NULL; n++) {
		bool offered = wants_sframe(sdp, offer, n);
		bool answered = wants_sframe(sdp, answer, n);

		if (answered)
			expect(k, SFS005, offered);
		if (offered)
			expect(
			    k, SFS008, answered || is_refused(sdp, answer, n));
	}
}

/* Of one whose end is missing nobody knows what stood there. */
static bool
is_partial(const struct sf_sdp *sdp, unsigned description)
{
	for (unsigned i = 0; i < sdp->descriptions && i < SF_SDP_DESCRIPTIONS;
	     i++)
		if (sdp->about[i].partial && sf_sdp_alike(sdp, i, description))
			return true;
	return false;
}

static void
judge_answers(struct sf_checks *k, const struct sf_sdp *sdp)
{
	for (unsigned i = 0; i < sdp->descriptions && i < SF_SDP_DESCRIPTIONS;
	     i++) {
		unsigned offer = sf_sdp_offer_of(sdp, i);

		if (offer < SF_SDP_DESCRIPTIONS && !is_partial(sdp, offer) &&
		    !is_partial(sdp, i))
			judge_pair(k, sdp, offer, i);
	}
}

/* ---- BUNDLE --------------------------------------------------------------- */

static bool
is_bundled(const struct sf_sdp *sdp, const struct sf_sdp_section *x)
{
	for (unsigned i = 0; i < sdp->n_bundled; i++)
		if (sdp->bundled[i].description == x->description &&
		    strcmp(sdp->bundled[i].mid, x->mid) == 0)
			return true;
	return false;
}

/* Media formats may not be shared between sections with a=sframe and those
   without it (draft-ietf-avtcore-rtp-sframe-02 6); repair formats may. */
static bool
is_media(enum sf_codec c)
{
	return c != SF_CODEC_UNKNOWN && c != SF_CODEC_RTX &&
	       c != SF_CODEC_RED && c != SF_CODEC_ULPFEC &&
	       c != SF_CODEC_FLEXFEC;
}

static bool
share_media(const struct sf_sdp_section *a, const struct sf_sdp_section *b)
{
	for (unsigned pt = 0; pt < 128; pt++)
		if (is_media(a->codecs[pt]) && is_media(b->codecs[pt]))
			return true;
	return false;
}

static void
judge_bundle(struct sf_checks *k, const struct sf_sdp *sdp)
{
	for (unsigned i = 0; i < sdp->n_sections; i++)
		for (unsigned j = 0; j < sdp->n_sections; j++) {
			const struct sf_sdp_section *a = &sdp->sections[i];
			const struct sf_sdp_section *b = &sdp->sections[j];

			if (a->sframe && !b->sframe && !b->refused &&
			    a->description == b->description &&
			    is_bundled(sdp, a) && is_bundled(sdp, b))
				expect(k, SFS006, !share_media(a, b));
		}
}

void
sf_judge_sdp(struct sf_checks *k, const struct sf_model *m)
{
	if (m->sdp == NULL)
		return;
	judge_form(k, m->sdp);
	judge_answers(k, m->sdp);
	judge_bundle(k, m->sdp);
}
