#include "engine/depay/depay.h"

#include <string.h>

#include "engine/depay/parts.h"
#include "parsers/media/h264.h"

bool
sf_depay_pool_init(
    struct sf_depay_pool *p, struct sf_arena *a, size_t n, size_t each)
{
	*p = (struct sf_depay_pool){ .each = each, .n = n, .n_free = n };
	p->octets = sf_arena_take(a, n, each);
	p->free_list = sf_arena_take(a, n, sizeof(*p->free_list));
	if (p->octets == NULL || p->free_list == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		p->free_list[i] = (uint32_t)i;
	return true;
}

static bool
is_video(enum sf_codec codec)
{
	return codec >= SF_CODEC_VP8 && codec <= SF_CODEC_AV1;
}

static const struct sf_depay_format *
format_of(enum sf_codec codec, enum sf_framing framing)
{
	static const struct sf_depay_format *const formats[SF_CODECS] = {
		[SF_CODEC_VP8] = &sf_depay_vp8,
		[SF_CODEC_VP9] = &sf_depay_vp9,
		[SF_CODEC_H264] = &sf_depay_h264,
		[SF_CODEC_H265] = &sf_depay_h265,
		[SF_CODEC_AV1] = &sf_depay_av1,
	};

	if (framing == SF_FRAMING_DESCRIPTOR)
		return &sf_depay_descriptor;
	if (framing == SF_FRAMING_RAW)
		return &sf_depay_other;
	return formats[codec] != NULL ? formats[codec] : &sf_depay_other;
}

void
sf_depay_mark(struct sf_depay *d)
{
	struct sf_frame *f = &d->frame;

	if (f->units < SF_FRAME_MARKS)
		f->marks[f->units] = (uint32_t)d->octets;
	if (f->units < UINT16_MAX)
		f->units++;
}

uint8_t *
sf_depay_octets(const struct sf_depay *d, const struct sf_depay_pool *pool)
{
	return d->buffer == 0 ? NULL
			      : pool->octets + (d->buffer - 1) * pool->each;
}

static void
give_back(struct sf_depay *d, struct sf_depay_pool *pool)
{
	if (d->buffer != 0)
		pool->free_list[pool->n_free++] = d->buffer - 1;
	d->buffer = 0;
	d->octets = 0;
	d->open = false;
	d->in_unit = d->whole = false;
}

static void
close_frame(struct sf_depay *d, struct sf_depay_pool *pool, bool complete,
    sf_depay_sink *sink, void *ctx)
{
	struct sf_frame *f = &d->frame;

	f->complete = complete && !d->broken && !f->cut &&
		      (d->format->close == NULL || d->format->close(d, pool));
	f->octets = sf_bytes(NULL, 0);
	if (f->complete && d->buffer != 0)
		f->octets = sf_bytes(sf_depay_octets(d, pool), d->octets);
	d->lost_ts = f->complete ? 0 : (uint64_t)f->timestamp + 1;
	sink(ctx, f);
	give_back(d, pool);
}

/* False when there is no room; the frame then counts as incomplete. */
bool
sf_depay_add(
    struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes slice)
{
	if (d->buffer == 0) {
		if (pool->n_free == 0) {
			pool->none_free++;
			return false;
		}
		d->buffer = pool->free_list[--pool->n_free] + 1;
	}
	if (slice.n > pool->each - d->octets) {
		pool->too_large++;
		return false;
	}
	memcpy(sf_depay_octets(d, pool) + d->octets, slice.p, slice.n);
	d->octets += slice.n;
	return true;
}

static struct sf_frame
frame_of(const struct sf_unit *u, const struct sf_part *p, enum sf_codec codec,
    bool descriptor)
{
	return (struct sf_frame){
		.first = u->place,
		.last = u->place,
		.seq = u->seq,
		.timestamp = u->timestamp,
		.packets = 1,
		.packet_at = u->packet_at == 0
				 ? (uint16_t)0
				 : (uint16_t)(u->packet_at + p->taken),
		.codec = codec,
		.descriptor = descriptor,
		.cut = u->cut,
		.hop = u->hop,
		.inter_known = p->inter_known,
		.inter = p->inter,
	};
}

/* A packet that belongs to a frame whose start was lost: one frame, counted
   once for all its packets. */
static void
orphan(struct sf_depay *d, const struct sf_unit *u, enum sf_codec codec,
    sf_depay_sink *sink, void *ctx)
{
	struct sf_part none = { 0 };
	struct sf_frame f = frame_of(u, &none, codec, false);

	if (sf_depay_is_rest(d, u))
		return;
	d->lost_ts = (uint64_t)u->timestamp + 1;
	sink(ctx, &f);
}

static void
add_part(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct sf_part *p)
{
	struct sf_frame *f = &d->frame;

	/* more than one part of a packet counts as one packet */
	if (f->packets == 0 || f->seq != u->seq)
		f->packets = (uint16_t)(f->packets + (f->packets < UINT16_MAX));
	f->last = u->place;
	f->seq = u->seq;
	f->cut |= u->cut;
	d->next_seq = u->seq + 1;
	if (d->broken)
		return;
	d->broken = d->format->put == NULL ? !sf_depay_add(d, pool, p->slice)
					   : !d->format->put(d, pool, u);
}

/* The usual case, one packet and one frame: nothing is copied. */
static void
pass_whole(const struct sf_unit *u, const struct sf_part *p,
    enum sf_codec codec, bool descriptor, sf_depay_sink *sink, void *ctx)
{
	struct sf_frame f = frame_of(u, p, codec, descriptor);

	f.complete = !u->cut;
	if (f.complete)
		f.octets = p->slice;
	if (f.complete && p->taken == 0)
		f.hash = u->hash;
	sink(ctx, &f);
}

static void
begin_frame(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct sf_part *p, enum sf_codec codec,
    bool descriptor)
{
	d->open = true;
	d->broken = false;
	d->frame = frame_of(u, p, codec, descriptor);
	d->frame.packets = 0;
	add_part(d, pool, u, p);
}

#define MARKED 4 /* frames with a marker for each without, or more */

/*
 * The next frame begins in order, and no marker ended this one. Some never set
 * it; of those that do, the last packets were never sent: a sender whose queue
 * overflows gives them no number.
 */
static bool
lacks_its_end(struct sf_depay *d)
{
	return d->marked > MARKED * d->unmarked++;
}

/* No marker stands between the layers of one picture. */
static bool
ends_there(struct sf_depay *d, const struct sf_unit *u, const struct sf_part *p)
{
	return p->ends_before &&
	       (d->frame.timestamp == u->timestamp || !lacks_its_end(d));
}

/* A frame is open: does this packet carry it on, end it, or break it? */
static void
meet_open(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct sf_part *p, sf_depay_sink *sink,
    void *ctx)
{
	bool in_order = u->seq == d->next_seq;

	if (p->start)
		close_frame(
		    d, pool, in_order && ends_there(d, u, p), sink, ctx);
	else if (!in_order || d->frame.timestamp != u->timestamp)
		close_frame(d, pool, false, sink, ctx);
}

static bool
is_slice(const struct sf_depay *d, enum sf_framing framing,
    const struct sf_unit *u, const struct sf_part *p)
{
	return framing == SF_FRAMING_SLICE ||
	       (framing == SF_FRAMING_CODEC && d->format->sliced &&
		   d->slices != NULL && sf_depay_sliced(d->slices, u, p));
}

/*
 * A packet whose octets behind the descriptor are a ciphertext of their own. A
 * frame may have been begun with the one before, before that was known.
 */
static void
pass_slice(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct sf_part *p, sf_depay_sink *sink,
    void *ctx)
{
	if (d->open)
		close_frame(d, pool,
		    d->frame.packets == 1 && u->seq == d->next_seq, sink, ctx);
	pass_whole(u, p, SF_CODEC_UNKNOWN, false, sink, ctx);
}

/* A packet of a video frame, or of anything that is joined from packets. */
static void
join(struct sf_depay *d, struct sf_depay_pool *pool, enum sf_codec codec,
    enum sf_framing framing, const struct sf_unit *u, sf_depay_sink *sink,
    void *ctx)
{
	bool descriptor = framing == SF_FRAMING_DESCRIPTOR;
	struct sf_part p = { 0 };

	d->format = format_of(codec, framing);
	if (d->format->note != NULL)
		d->format->note(d, u);
	if (!d->format->read(&p, d, u)) {
		if (d->open)
			close_frame(d, pool, false, sink, ctx);
		orphan(d, u, codec, sink, ctx);
		return;
	}
	if (is_slice(d, framing, u, &p)) {
		pass_slice(d, pool, u, &p, sink, ctx);
		return;
	}
	if (d->open)
		meet_open(d, pool, u, &p, sink, ctx);
	d->marked += p.end;
	if (!d->open && !p.start)
		orphan(d, u, codec, sink, ctx);
	else if (!d->open && p.end && d->format->put == NULL)
		pass_whole(u, &p, codec, descriptor, sink, ctx);
	else {
		if (d->open)
			add_part(d, pool, u, &p);
		else
			begin_frame(d, pool, u, &p, codec, descriptor);
		if (p.end)
			close_frame(d, pool, true, sink, ctx);
	}
}

static bool
is_mtap(enum sf_codec codec, enum sf_framing framing, const struct sf_unit *u)
{
	uint8_t type = u->payload.p[0] & 0x1f;

	return codec == SF_CODEC_H264 && framing == SF_FRAMING_CODEC &&
	       (type == SF_H264_MTAP16 || type == SF_H264_MTAP24);
}

/* Frames may end and begin inside the packet. */
static void
join_mtap(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, sf_depay_sink *sink, void *ctx)
{
	struct sf_unit outer = *u, one;
	struct sf_h264 h;
	struct sf_diag diag;
	struct sf_bytes rest;
	bool more = sf_h264_parse(&h, u->payload, &diag) == SF_OK, first = true;

	outer.don = more ? h.don : (uint16_t)0;
	rest = more ? h.payload : sf_bytes(NULL, 0);
	while (more && sf_depay_mtap(&one, &rest, &outer)) {
		if (!first) {
			d->any = true;
			d->next_seq = d->expected = u->seq;
		}
		join(d, pool, SF_CODEC_H264, SF_FRAMING_CODEC, &one, sink, ctx);
		first = false;
		more = rest.n != 0;
	}
	if (first || more) /* nothing in it, or it is cut */
		join(d, pool, SF_CODEC_H264, SF_FRAMING_CODEC, u, sink, ctx);
}

void
sf_depay_look(struct sf_slices *s, enum sf_codec codec, const struct sf_unit *u)
{
	const struct sf_depay_format *format =
	    format_of(codec, SF_FRAMING_CODEC);
	struct sf_depay d = { .format = format };
	struct sf_part p = { 0 };

	if (u->payload.n != 0 && format->sliced && format->read(&p, &d, u))
		(void)sf_depay_sliced(s, u, &p);
}

void
sf_depay_unit(struct sf_depay *d, struct sf_depay_pool *pool,
    enum sf_codec codec, enum sf_framing framing, const struct sf_unit *u,
    sf_depay_sink *sink, void *ctx)
{
	bool joined = framing == SF_FRAMING_DESCRIPTOR || is_video(codec) ||
		      codec == SF_CODEC_UNKNOWN;
	struct sf_part whole = { .slice = u->payload };

	/* what comes next is behind a loss, or a frame without descriptors */
	if (framing != SF_FRAMING_DESCRIPTOR ||
	    (u->payload.n == 0 && d->any && u->seq != d->expected))
		d->fragment.any = false;
	if (u->payload.n == 0) {
		if (d->open && u->seq == d->next_seq)
			d->next_seq++; /* padding takes a number, no more */
	} else if (framing == SF_FRAMING_PACKET) {
		pass_whole(u, &whole, SF_CODEC_UNKNOWN, false, sink, ctx);
	} else if (!joined) {
		pass_whole(u, &whole, codec, false, sink, ctx);
	} else if (is_mtap(codec, framing, u)) {
		join_mtap(d, pool, u, sink, ctx);
	} else {
		join(d, pool, codec, framing, u, sink, ctx);
	}
	d->any = true;
	d->expected = u->seq + 1;
}

void
sf_depay_finish(struct sf_depay *d, struct sf_depay_pool *pool,
    sf_depay_sink *sink, void *ctx)
{
	if (d->open)
		close_frame(d, pool, false, sink, ctx);
}
