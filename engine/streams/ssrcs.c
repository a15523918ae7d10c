/*
 * ssrcs.c - every SSRC that is known of by the end. With keys of each SSRC, a
 * hop that gave a stream another one has to be told by the one that the sender
 * had: it may stand in the key file, in SDP, in RTCP, in a CSRC list, or be that
 * of a stream of the capture.
 */
#include "engine/streams/parts.h"

static void
add(struct sf_unlock *u, uint32_t ssrc)
{
	for (unsigned i = 0; i < u->n_ssrcs; i++)
		if (u->ssrcs[i] == ssrc)
			return;
	if (u->n_ssrcs < SF_OTHERS)
		u->ssrcs[u->n_ssrcs++] = ssrc;
}

void
sf_ssrcs_note(struct sf_streams *s, const struct sf_rtp *rtp)
{
	struct sf_bytes b = rtp->csrc;

	for (; b.n >= 4; b = sf_bytes(b.p + 4, b.n - 4))
		(void)sf_streams_naming(s, (uint32_t)b.p[0] << 24 |
					       (uint32_t)b.p[1] << 16 |
					       (uint32_t)b.p[2] << 8 | b.p[3]);
}

void
sf_ssrcs_gather(struct sf_streams *s)
{
	struct sf_unlock *u = &s->run->unlock;

	if (u->keys == NULL)
		return;
	for (size_t i = 0; i < u->file->n; i++)
		if (u->file->keys[i].has_ssrc)
			add(u, u->file->keys[i].ssrc);
	for (unsigned i = 0; s->sdp != NULL && i < s->sdp->n_ssrcs; i++)
		add(u, s->sdp->ssrcs[i].ssrc);
	for (size_t i = 0; i <= s->namings_mask; i++)
		if (s->namings[i].used)
			add(u, s->namings[i].ssrc);
	for (size_t i = 0; i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL)
			add(u, s->tracks[i].pub.ssrc);
}
