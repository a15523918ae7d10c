#include "engine/streams/parts.h"

#include <string.h>

#define REPORTS 2 /* sender reports that announce a stream */

static bool
is_encrypted(const struct sf_stream *s)
{
	return s->protection == SF_PROT_VERIFIED ||
	       s->protection == SF_PROT_CONSISTENT ||
	       s->protection == SF_PROT_PARTLY_CLEAR;
}

/* Does the sender of that name send audio that is encrypted and no video, and
   nothing from that SSRC? */
static bool
is_missing(const struct sf_streams *s, uint32_t ssrc, const char *cname)
{
	bool audio = false;

	for (size_t i = 0; i < s->n_tracks; i++) {
		const struct sf_stream *x = &s->tracks[i].pub;

		if (x->ssrc == ssrc && x->packets > 0)
			return false;
		if (s->tracks[i].lane == NULL || strcmp(x->cname, cname) != 0)
			continue;
		if (x->kind != SF_KIND_AUDIO)
			return false;
		audio |= is_encrypted(x);
	}
	return audio && cname[0] != '\0';
}

static void
announce(struct sf_model *m, uint32_t ssrc, bool video)
{
	if (m->silent.n++ != 0)
		return;
	m->silent.ssrc = ssrc;
	m->silent.video = video;
}

static bool
names_video(const struct sf_streams *s, const struct sf_sdp_ssrc *row)
{
	return row->repairs == 0 &&
	       s->sdp->sections[row->section].kind == SF_KIND_VIDEO;
}

/* RTCP does not say of what kind a stream is; SDP may. */
static void
look_at_reports(struct sf_streams *s)
{
	for (size_t i = 0; i <= s->namings_mask; i++) {
		const struct sf_naming *n = &s->namings[i];
		const struct sf_sdp_ssrc *row;

		if (!n->used || n->reports < REPORTS || n->sent != 0)
			continue;
		row = sf_track_sdp_ssrc(s->sdp, n->ssrc);
		if ((row == NULL || names_video(s, row)) &&
		    is_missing(s, n->ssrc, n->cname))
			announce(s->model, n->ssrc, row != NULL);
	}
}

/* Those that RTCP is silent about. */
static void
look_at_sdp(struct sf_streams *s)
{
	for (unsigned i = 0; i < s->sdp->n_ssrcs; i++) {
		const struct sf_sdp_ssrc *row = &s->sdp->ssrcs[i];
		const struct sf_naming *n = sf_streams_named(s, row->ssrc);

		if (names_video(s, row) && n->reports == 0 &&
		    is_missing(s, row->ssrc, row->cname))
			announce(s->model, row->ssrc, true);
	}
}

void
sf_silent_finish(struct sf_streams *s)
{
	if (s->model->limits[SF_LIMIT_STREAMS] != 0)
		return; /* its packets may be those there was no room for */
	look_at_reports(s);
	/* or those too few to make a stream; and in a log there may be
	   descriptions of calls that it has no packets of */
	if (s->model->possible == 0 && s->sdp != NULL && !s->sdp->found)
		look_at_sdp(s);
}
