#include "engine/streams/parts.h"

#include <string.h>

#define LEAST      20 /* frames in common */
#define CANDIDATES 8  /* earlier streams compared by their timestamps */
#define ANCHORS    3  /* frames tried, in case one was lost */

/* RTP timestamps of the last frames of a stream, in order. */
struct stamps {
	uint32_t at[SF_SEEN_WINDOW];
	size_t n;
};

static void
read_stamps(struct stamps *c, const struct sf_track *t)
{
	c->n = 0;
	for (uint64_t back = SF_SEEN_WINDOW; back-- > 0;) {
		uint64_t seq = t->highest - back;
		unsigned at = seq % SF_SEEN_WINDOW;
		uint32_t stamp = t->lane->seen[at].timestamp;

		if (back < t->highest &&
		    t->lane->seen[at].seq == (uint32_t)seq &&
		    (c->n == 0 || c->at[c->n - 1] != stamp))
			c->at[c->n++] = stamp;
	}
}

/* Frames of a and b whose timestamps are just that apart; 0 when they come to
   less than least. */
static size_t
in_common(const struct stamps *a, const struct stamps *b, uint32_t apart,
    size_t least)
{
	size_t i = 0, k = 0, n = 0;

	while (i < a->n && k < b->n) {
		int32_t d = (int32_t)(a->at[i] - apart - b->at[k]);
		size_t left = a->n - i < b->n - k ? a->n - i : b->n - k;

		if (n + left < least)
			return 0;
		n += d == 0;
		i += d <= 0;
		k += d >= 0;
	}
	return n;
}

/*
 * The layers of a frame are captured at once, and each has a clock of its own:
 * the difference of their timestamps never changes. Cameras that tick evenly
 * show the same at any number of frames, so it has to fit in one place only.
 */
static bool
tick_as_one(const struct stamps *a, const struct stamps *b)
{
	size_t least = (a->n < b->n ? a->n : b->n) / 2, best = 0, next = 0;

	if (least < LEAST)
		least = LEAST;
	for (size_t x = 1; x <= ANCHORS && best == 0; x++)
		for (size_t k = 0; k < b->n; k++) {
			size_t n = in_common(a, b,
			    a->at[a->n * x / (ANCHORS + 1)] - b->at[k], least);

			next = n > best ? best : n > next ? n : next;
			best = n > best ? n : best;
		}
	return best != 0 && next * 10 < best * 9;
}

bool
sf_simulcast_tick_as_one(const struct sf_track *a, const struct sf_track *b)
{
	struct stamps x, y;

	read_stamps(&x, a);
	read_stamps(&y, b);
	return tick_as_one(&x, &y);
}

static bool
may_be_layer(const struct sf_track *t)
{
	return t->lane != NULL && t->pub.kind == SF_KIND_VIDEO &&
	       t->pub.codec != SF_CODEC_UNKNOWN && !t->pub.sealed;
}

static bool
same_way(const struct sf_stream *a, const struct sf_stream *b)
{
	return a->input == b->input && a->codec == b->codec &&
	       memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

/* 0: SDP is silent, or there is none. */
static uint32_t
first_in_sdp(const struct sf_streams *s, uint32_t ssrc)
{
	const struct sf_sdp_ssrc *row = sf_track_sdp_ssrc(s->sdp, ssrc);

	return row == NULL ? 0 : row->simulcast;
}

/* What names say (RFC 8852 and 8853, a=ssrc-group:SIM): 1 of one source, -1 of
   different ones, 0 nothing. */
static int
named_alike(const struct sf_streams *s, const struct sf_stream *a,
    const struct sf_stream *b)
{
	uint32_t x = first_in_sdp(s, a->ssrc), y = first_in_sdp(s, b->ssrc);

	if (x != 0 || y != 0)
		return x == y ? 1 : -1;
	if (a->mid[0] == '\0' || b->mid[0] == '\0')
		return 0;
	if (strcmp(a->mid, b->mid) != 0)
		return -1;
	return a->rid[0] != '\0' && b->rid[0] != '\0' &&
	       strcmp(a->rid, b->rid) != 0;
}

/* RTCP has named both, with the same CNAME: the empty one, for layers that a
   browser names by RID. */
static bool
same_cname(
    struct sf_streams *s, const struct sf_stream *a, const struct sf_stream *b)
{
	return sf_streams_named(s, a->ssrc)->described &&
	       sf_streams_named(s, b->ssrc)->described &&
	       strcmp(a->cname, b->cname) == 0;
}

static struct sf_track *
earlier_layer(struct sf_streams *s, const struct sf_track *t)
{
	struct stamps own, other;
	unsigned compared = 0;

	own.n = 0;
	for (struct sf_track *x = s->tracks; x < t; x++) {
		int named;

		if (!may_be_layer(x) || !same_way(&x->pub, &t->pub))
			continue;
		named = named_alike(s, &x->pub, &t->pub);
		if (named > 0)
			return x;
		if (named < 0 || !same_cname(s, &x->pub, &t->pub) ||
		    compared++ >= CANDIDATES)
			continue;
		if (own.n == 0)
			read_stamps(&own, t);
		read_stamps(&other, x);
		if (tick_as_one(&other, &own))
			return x;
	}
	return NULL;
}

/* Named by the id of the stream that was there first. */
static void
join(struct sf_streams *s, struct sf_stream *a, struct sf_stream *b)
{
	uint32_t old = a->simulcast == 0 ? a->id : a->simulcast;
	uint32_t now = b->id < old ? b->id : old;

	a->simulcast = b->simulcast = now;
	for (size_t i = 0; now != old && i < s->n_tracks; i++)
		if (s->tracks[i].lane != NULL &&
		    s->tracks[i].pub.simulcast == old)
			s->tracks[i].pub.simulcast = now;
}

void
sf_simulcast_finish(struct sf_streams *s)
{
	for (size_t i = 0; i < s->n_tracks; i++) {
		struct sf_track *t = &s->tracks[i], *first;

		first = may_be_layer(t) ? earlier_layer(s, t) : NULL;
		if (first != NULL)
			join(s, &first->pub, &t->pub);
	}
}
