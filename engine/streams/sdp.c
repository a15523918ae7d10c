#include "engine/streams/parts.h"

#include <string.h>

#include "engine/streams/elements.h"

#define DESCRIPTORS 512 /* first packets whose payload descriptor is read */

const struct sf_sdp_ssrc *
sf_track_sdp_ssrc(const struct sf_sdp *sdp, uint32_t ssrc)
{
	for (unsigned i = 0; sdp != NULL && i < sdp->n_ssrcs; i++)
		if (sdp->ssrcs[i].ssrc == ssrc)
			return &sdp->ssrcs[i];
	return NULL;
}

/*
 * The first section that lists the payload type. Descriptions of several calls
 * may be in a log: those that list it have to say the same of it.
 */
static const struct sf_sdp_section *
listing_section(const struct sf_sdp *sdp, uint8_t pt)
{
	const struct sf_sdp_section *first = NULL;

	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *x = &sdp->sections[i];

		if (x->codecs[pt] == SF_CODEC_UNKNOWN)
			continue;
		if (first == NULL)
			first = x;
		if (!sdp->found)
			break;
		if (x->codecs[pt] != first->codecs[pt] ||
		    x->kind != first->kind)
			return NULL;
	}
	return first;
}

/* The section that names the SSRC, else one that lists the type. */
static const struct sf_sdp_section *
sdp_section(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt)
{
	const struct sf_sdp_ssrc *named = sf_track_sdp_ssrc(sdp, ssrc);

	if (sdp == NULL)
		return NULL;
	return named != NULL ? &sdp->sections[named->section]
			     : listing_section(sdp, pt);
}

enum sf_codec
sf_track_sdp_codec(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt)
{
	const struct sf_sdp_section *of = sdp_section(sdp, ssrc, pt);

	return of == NULL ? SF_CODEC_UNKNOWN : of->codecs[pt];
}

bool
sf_track_sdp_lists(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt)
{
	return sdp_section(sdp, ssrc, pt) != NULL;
}

uint8_t
sf_track_sdp_dependency(const struct sf_sdp *sdp, uint32_t ssrc, uint8_t pt)
{
	const struct sf_sdp_section *of = sdp_section(sdp, ssrc, pt);

	return of == NULL ? (uint8_t)0 : of->ext_dependency;
}

/* Two descriptions of one call: texts of one, or an offer and its answer. */
static bool
of_one_call(const struct sf_sdp *sdp, unsigned a, unsigned b)
{
	unsigned x = sf_sdp_offer_of(sdp, a), y = sf_sdp_offer_of(sdp, b);

	return sf_sdp_alike(sdp, a, b) ||
	       (x < SF_SDP_DESCRIPTIONS && sf_sdp_alike(sdp, x, b)) ||
	       (y < SF_SDP_DESCRIPTIONS && sf_sdp_alike(sdp, y, a));
}

/*
 * a=sframe says what its writer wants to receive (draft-ietf-avtcore-rtp-
 * sframe-02, 6): it counts for a stream when some description of the call asks
 * for it in the section of that kind and mid.
 */
static bool
section_signals(const struct sf_sdp *sdp, const struct sf_sdp_section *of)
{
	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *x = &sdp->sections[i];

		if (x->sframe && x->kind == of->kind &&
		    strcmp(x->mid, of->mid) == 0 &&
		    (!sdp->found || of_one_call(sdp, x->description,
					of->description)))
			return true;
	}
	return false;
}

/* Where a log does not tell in which section a stream is, all that it may be in
   have to ask for SFrame. */
static bool
sdp_signals(const struct sf_sdp *sdp, const struct sf_sdp_section *of,
    bool named, uint8_t pt)
{
	if (!sdp->found || named)
		return section_signals(sdp, of);
	for (unsigned i = 0; i < sdp->n_sections; i++) {
		const struct sf_sdp_section *x = &sdp->sections[i];

		if (x->codecs[pt] != SF_CODEC_UNKNOWN && !x->refused &&
		    !section_signals(sdp, x))
			return false;
	}
	return true;
}

/* A recording has one medium, and names it. */
static void
apply_recording(struct sf_track *t)
{
	const struct sf_media *m = &t->media;

	if (m->codec == SF_CODEC_UNKNOWN)
		return;
	t->pub.codec =
	    m->red_pt != 0 && t->main_pt == m->red_pt ? SF_CODEC_RED : m->codec;
	t->pub.kind = m->kind;
	t->pub.clock = m->clock;
	t->pub.codec_from = SF_FROM_RECORDING;
}

void
sf_track_apply_sdp(struct sf_streams *s, struct sf_track *t)
{
	const struct sf_sdp_ssrc *named =
	    sf_track_sdp_ssrc(s->sdp, t->pub.ssrc);
	const struct sf_sdp_section *of =
	    sdp_section(s->sdp, t->pub.ssrc, t->main_pt);

	if (of == NULL) {
		apply_recording(t);
		return;
	}
	t->pub.codec = of->codecs[t->main_pt];
	t->pub.kind = of->kind;
	t->pub.clock = of->clocks[t->main_pt];
	t->lane->depay.donl = of->donl;
	t->pub.signalled =
	    sdp_signals(s->sdp, of, named != NULL, t->main_pt);
	if (named != NULL)
		memcpy(t->pub.cname, named->cname, sizeof(t->pub.cname));
	if (named != NULL && t->pub.mid[0] == '\0')
		memcpy(t->pub.mid, of->mid, sizeof(t->pub.mid));
	if (t->pub.codec != SF_CODEC_UNKNOWN)
		t->pub.codec_from = SF_FROM_SDP;
}

static void
copy_text(char out[SF_TEXT_MAX], struct sf_bytes in)
{
	size_t n = in.n < SF_TEXT_MAX - 1 ? in.n : SF_TEXT_MAX - 1;

	memcpy(out, in.p, n);
	out[n] = '\0';
}

void
sf_track_note_ids(struct sf_unit *u, const struct sf_rtp *rtp)
{
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	u->ext_known = !rtp->has_ext || rtp->ext_profile == 0xbede ||
		       (rtp->ext_profile & 0xfff0) == 0x1000;
	while (sf_element_next(&e, &rest, rtp))
		u->ext_ids = (uint16_t)(u->ext_ids | 1U << e.id % 16);
}

/* MID and RID (RFC 8852), where SDP gives their ids. A repair stream says whose
   RID it repairs. */
void
sf_track_note_extension(
    struct sf_streams *s, struct sf_track *t, const struct sf_rtp *rtp)
{
	const struct sf_sdp_section *of =
	    sdp_section(s->sdp, t->pub.ssrc, rtp->pt);
	struct sf_name_ids ids = { .mid = t->media.ext_mid,
		.rid = t->media.ext_rid };
	struct sf_bytes rest = rtp->ext;
	struct sf_element e;

	if (of != NULL)
		ids = (struct sf_name_ids){ .mid = of->ext_mid,
			.rid = of->ext_rid,
			.repaired_rid = of->ext_repaired_rid };
	while (sf_element_next(&e, &rest, rtp)) {
		bool is_mid = e.id != 0 && e.id == ids.mid;
		bool is_rid = e.id != 0 &&
			      (e.id == ids.rid || e.id == ids.repaired_rid);

		if (is_mid)
			copy_text(t->pub.mid, e.data);
		if (is_rid)
			copy_text(t->pub.rid, e.data);
		if (is_mid || is_rid)
			t->pub.name_ids = ids;
	}
}

/* What the packet tells beside the media. */
void
sf_track_expose(
    struct sf_streams *s, struct sf_track *t, const struct sf_rtp *rtp)
{
	struct sf_exposure *x = &t->lane->exposure;

	if (x->packets == 0) {
		const struct sf_sdp_section *of =
		    sdp_section(s->sdp, t->pub.ssrc, rtp->pt);

		t->pub.exposure = x;
		x->told = of != NULL;
		if (of != NULL)
			memcpy(x->what, of->ext_what, sizeof(x->what));
	}
	sf_exposure_packet(x, rtp, t->pub.kind == SF_KIND_AUDIO, t->pub.clock);
	if ((t->pub.codec == SF_CODEC_VP9 || t->pub.codec == SF_CODEC_VP8) &&
	    (x->packets < DESCRIPTORS || x->packets % 8 == 0))
		sf_exposure_descriptor(
		    x, t->pub.codec == SF_CODEC_VP9, rtp->payload);
}
