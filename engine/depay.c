#include "engine/depay.h"

#include <string.h>

#include "parsers/media/sframe_payload.h"
#include "parsers/media/vp8.h"
#include "parsers/media/vp9.h"

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

/* One packet's part of a frame: the slice, and where a frame ends. */
struct part {
	struct sf_bytes slice;
	uint16_t taken; /* octets of descriptor taken off */
	bool start, end;
	bool ends_before; /* a start here ends an open frame in order */
	bool inter_known, inter;
};

static bool
part_of_vp8(struct part *p, const struct sf_unit *u)
{
	struct sf_vp8 v;
	struct sf_diag d;

	if (sf_vp8_parse(&v, u->payload, &d) != SF_OK)
		return false;
	p->slice = v.payload;
	p->taken = v.octets;
	p->start = v.start && v.partition == 0;
	p->end = u->marker;
	p->ends_before = true;
	return true;
}

static bool
part_of_vp9(struct part *p, const struct sf_unit *u)
{
	struct sf_vp9 v;
	struct sf_diag d;

	if (sf_vp9_parse(&v, u->payload, &d) != SF_OK)
		return false;
	p->slice = v.payload;
	p->taken = v.octets;
	p->start = v.begin;
	p->end = v.end;
	p->inter_known = true;
	p->inter = v.inter;
	return true;
}

static bool
part_of_descriptor(struct part *p, const struct sf_unit *u)
{
	struct sf_sframe_payload v;
	struct sf_diag d;

	if (sf_sframe_payload_parse(&v, u->payload, &d) != SF_OK)
		return false;
	p->slice = v.payload;
	p->taken = 1;
	p->start = v.start;
	p->end = v.end;
	return true;
}

/* Nothing but timestamp and marker to go by. */
static bool
part_of_other(struct part *p, const struct sf_depay *d, const struct sf_unit *u)
{
	p->slice = u->payload;
	p->start = !d->open || d->frame.timestamp != u->timestamp;
	p->end = u->marker;
	p->ends_before = true;
	return true;
}

static bool
is_video(enum sf_codec codec)
{
	return codec >= SF_CODEC_VP8 && codec <= SF_CODEC_AV1;
}

static bool
part_of(struct part *p, const struct sf_depay *d, enum sf_codec codec,
    bool descriptor, const struct sf_unit *u)
{
	*p = (struct part){ 0 };
	if (descriptor)
		return part_of_descriptor(p, u);
	if (codec == SF_CODEC_VP8)
		return part_of_vp8(p, u);
	if (codec == SF_CODEC_VP9)
		return part_of_vp9(p, u);
	return part_of_other(p, d, u);
}

static void
give_back(struct sf_depay *d, struct sf_depay_pool *pool)
{
	if (d->buffer != 0)
		pool->free_list[pool->n_free++] = d->buffer - 1;
	d->buffer = 0;
	d->octets = 0;
	d->open = false;
}

static void
close_frame(struct sf_depay *d, struct sf_depay_pool *pool, bool complete,
    sf_depay_sink *sink, void *ctx)
{
	struct sf_frame *f = &d->frame;

	f->complete = complete && !d->broken && !f->cut;
	f->octets = sf_bytes(NULL, 0);
	if (f->complete && d->buffer != 0)
		f->octets = sf_bytes(
		    pool->octets + (d->buffer - 1) * pool->each, d->octets);
	d->lost_ts = f->complete ? 0 : (uint64_t)f->timestamp + 1;
	sink(ctx, f);
	give_back(d, pool);
}

/* False when there is no room; the frame then counts as incomplete. */
static bool
append(struct sf_depay *d, struct sf_depay_pool *pool, struct sf_bytes slice)
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
	memcpy(pool->octets + (d->buffer - 1) * pool->each + d->octets, slice.p,
	    slice.n);
	d->octets += slice.n;
	return true;
}

static struct sf_frame
frame_of(const struct sf_unit *u, const struct part *p, enum sf_codec codec,
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
	struct part none = { 0 };
	struct sf_frame f = frame_of(u, &none, codec, false);

	if (d->lost_ts == (uint64_t)u->timestamp + 1)
		return;
	d->lost_ts = (uint64_t)u->timestamp + 1;
	sink(ctx, &f);
}

static void
add_part(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct part *p)
{
	struct sf_frame *f = &d->frame;

	f->last = u->place;
	f->seq = u->seq;
	f->cut |= u->cut;
	d->next_seq = u->seq + 1;
	if (!d->broken && !append(d, pool, p->slice))
		d->broken = true;
}

/* The usual case, one packet and one frame: nothing is copied. */
static void
pass_whole(const struct sf_unit *u, const struct part *p, enum sf_codec codec,
    bool descriptor, sf_depay_sink *sink, void *ctx)
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
    const struct sf_unit *u, const struct part *p, enum sf_codec codec,
    bool descriptor)
{
	d->open = true;
	d->broken = false;
	d->frame = frame_of(u, p, codec, descriptor);
	d->frame.packets = 0;
	add_part(d, pool, u, p);
	d->frame.packets = 1;
}

/* A frame is open: does this packet carry it on, end it, or break it? */
static void
meet_open(struct sf_depay *d, struct sf_depay_pool *pool,
    const struct sf_unit *u, const struct part *p, sf_depay_sink *sink,
    void *ctx)
{
	bool in_order = u->seq == d->next_seq;

	if (p->start)
		close_frame(d, pool, in_order && p->ends_before, sink, ctx);
	else if (!in_order || d->frame.timestamp != u->timestamp)
		close_frame(d, pool, false, sink, ctx);
}

void
sf_depay_unit(struct sf_depay *d, struct sf_depay_pool *pool,
    enum sf_codec codec, bool descriptor, const struct sf_unit *u,
    sf_depay_sink *sink, void *ctx)
{
	bool video = descriptor || is_video(codec) || codec == SF_CODEC_UNKNOWN;
	struct part p;

	if (u->payload.n == 0) {
		if (d->open && u->seq == d->next_seq)
			d->next_seq++; /* padding takes a number, no more */
		return;
	}
	if (!video) {
		p = (struct part){ .slice = u->payload };
		pass_whole(u, &p, codec, false, sink, ctx);
		return;
	}
	if (!part_of(&p, d, codec, descriptor, u)) {
		if (d->open)
			close_frame(d, pool, false, sink, ctx);
		orphan(d, u, codec, sink, ctx);
		return;
	}
	if (d->open)
		meet_open(d, pool, u, &p, sink, ctx);
	if (!d->open && !p.start)
		orphan(d, u, codec, sink, ctx);
	else if (!d->open && p.end)
		pass_whole(u, &p, codec, descriptor, sink, ctx);
	else if (!d->open)
		begin_frame(d, pool, u, &p, codec, descriptor);
	else {
		add_part(d, pool, u, &p);
		d->frame.packets++;
		if (p.end)
			close_frame(d, pool, true, sink, ctx);
	}
}

void
sf_depay_finish(struct sf_depay *d, struct sf_depay_pool *pool,
    sf_depay_sink *sink, void *ctx)
{
	if (d->open)
		close_frame(d, pool, false, sink, ctx);
}

/* ---- which format is it? -------------------------------------------------- */

/* What a packet's descriptor says, in terms that packets can be compared in. */
struct reading {
	bool ok;
	bool start, end; /* of a frame; end only where the format says it */
	bool knows_end;
	bool has_id;
	uint16_t id; /* of the picture, 7 or 15 bits */
	uint16_t id_mask;
};

static struct reading
read_vp8(const struct sf_unit *u)
{
	struct sf_vp8 v;
	struct sf_diag d;

	if (sf_vp8_parse(&v, u->payload, &d) != SF_OK || v.reserved)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = v.start && v.partition == 0,
		.has_id = v.has_picture_id,
		.id = v.picture_id,
		.id_mask = v.long_picture_id ? 0x7fff : 0x7f };
}

static struct reading
read_vp9(const struct sf_unit *u)
{
	struct sf_vp9 v;
	struct sf_diag d;

	if (sf_vp9_parse(&v, u->payload, &d) != SF_OK)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = v.begin && v.sid == 0,
		/* with layers, E ends a layer's frame and not the picture */
		.end = v.end,
		.knows_end = !v.has_layers,
		.has_id = v.has_picture_id,
		.id = v.picture_id,
		.id_mask = v.long_picture_id ? 0x7fff : 0x7f };
}

/* RFC 6184 5.2 to 5.8, packetization modes 0 and 1. */
static struct reading
read_h264(const struct sf_unit *u)
{
	uint8_t type = u->payload.p[0] & 31;
	uint8_t fu = u->payload.n > 1 ? u->payload.p[1] : 0;

	if ((u->payload.p[0] & 0x80) != 0 || type == 0 ||
	    (type > 12 && type != 24 && type != 28))
		return (struct reading){ 0 };
	if (type == 28 && ((fu & 0x20) != 0 || (fu & 0xc0) == 0xc0))
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = type != 28 || (fu & 0x80) != 0 };
}

/* AOM, RTP payload format for AV1 v1.0.0, 4.4: Z Y W W N, then zeros. */
static struct reading
read_av1(const struct sf_unit *u)
{
	uint8_t h = u->payload.p[0];

	if ((h & 7) != 0 || (h & 0x88) == 0x88)
		return (struct reading){ 0 };
	return (struct reading){ .ok = true,
		.start = (h & 0x80) == 0,
		.end = (h & 0x40) == 0,
		.knows_end = true };
}

static struct reading
read_sframe_payload(const struct sf_unit *u)
{
	struct sf_sframe_payload v;
	struct sf_diag d;

	if (sf_sframe_payload_parse(&v, u->payload, &d) != SF_OK ||
	    v.reserved != 0)
		return (struct reading){ 0 };
	return (struct reading){
		.ok = true, .start = v.start, .end = v.end, .knows_end = true
	};
}

typedef struct reading reader(const struct sf_unit *u);

/* H.264 slices and single NAL units may share a timestamp, each a start. */
static bool
agrees(const struct reading *a, const struct reading *b, bool same_frame,
    bool many_starts)
{
	uint16_t step = (uint16_t)((b->id - a->id) & b->id_mask);

	if (same_frame && b->start && !many_starts)
		return false;
	if (!same_frame && !b->start)
		return false;
	if (a->knows_end && a->end == same_frame && !many_starts)
		return false;
	if (a->has_id != b->has_id || a->id_mask != b->id_mask)
		return false;
	return !a->has_id || (same_frame ? step == 0 : step >= 1 && step <= 16);
}

/* How often neighbours agree with this format; 0 when they once do not. */
static size_t
votes(const struct sf_unit *u, size_t n, reader *read, bool many_starts)
{
	struct reading last = { 0 };
	size_t agreed = 0;

	for (size_t i = 0; i < n; i++) {
		struct reading r = read(&u[i]);
		bool next = i > 0 && u[i].seq == u[i - 1].seq + 1;

		if (!r.ok)
			return 0;
		if (next &&
		    !agrees(&last, &r, u[i].timestamp == u[i - 1].timestamp,
			many_starts))
			return 0;
		agreed += next;
		last = r;
	}
	return agreed;
}

static bool
has_both(const struct sf_unit *u, size_t n)
{
	bool same = false, other = false;

	for (size_t i = 1; i < n; i++) {
		same |= u[i].timestamp == u[i - 1].timestamp;
		other |= u[i].timestamp != u[i - 1].timestamp;
	}
	return same && other;
}

/* Each packet with a timestamp of its own, whole Opus durations apart. */
static bool
opus_steps(const struct sf_unit *u, size_t n)
{
	size_t steps = 0, fit = 0;

	for (size_t i = 1; i < n; i++) {
		uint32_t step = u[i].timestamp - u[i - 1].timestamp;

		if (u[i].seq != u[i - 1].seq + 1)
			continue;
		steps++;
		fit += step != 0 && step % 120 == 0 && step <= 48000 * 4;
		if (u[i].payload.n > 1500)
			return false;
	}
	return steps > 0 && fit == steps;
}

/* Frames of every 90 kHz clock are multiples of 120 at 25 or 30 a second; an
   audio packet is small and comes often. */
static bool
audio_sized(const struct sf_unit *u, size_t n)
{
	size_t sum = 0, audio_steps = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t step =
		    i == 0 ? 960 : u[i].timestamp - u[i - 1].timestamp;

		sum += u[i].payload.n;
		audio_steps += step == 120 || step == 240 || step == 480 ||
			       step == 960 || step == 1920 || step == 2880;
	}
	return sum <= n * 600 && audio_steps * 2 > n;
}

enum sf_codec
sf_depay_guess(const struct sf_unit *u, size_t n, bool *descriptor)
{
	static const struct {
		reader *read;
		enum sf_codec codec;
		bool many_starts;
	} formats[] = {
		/* clang-format off */
		{ read_vp8,  SF_CODEC_VP8,  false },
		{ read_vp9,  SF_CODEC_VP9,  false },
		{ read_h264, SF_CODEC_H264, true  },
		{ read_av1,  SF_CODEC_AV1,  false },
		/* clang-format on */
	};
	enum sf_codec best = SF_CODEC_UNKNOWN;
	size_t most = 3;

	*descriptor = n >= 4 && has_both(u, n) &&
		      votes(u, n, read_sframe_payload, false) > 3;
	if (*descriptor)
		return SF_CODEC_UNKNOWN;
	if (opus_steps(u, n) && audio_sized(u, n))
		return SF_CODEC_OPUS;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		size_t v = votes(u, n, formats[i].read, formats[i].many_starts);

		if (v > most) {
			most = v;
			best = formats[i].codec;
		}
	}
	return best;
}
