#include "engine/classify/record.h"

#include <string.h>

#include "engine/base/hash.h"
#include "parsers/media/av1.h"
#include "parsers/media/h264.h"
#include "parsers/media/h265.h"
#include "parsers/sframe/livekit.h"

static bool
is_video(const struct sf_frame *f)
{
	return f->packets > 1 ||
	       (f->codec >= SF_CODEC_VP8 && f->codec <= SF_CODEC_AV1);
}

static bool
is_vp8_key(const struct sf_frame *f)
{
	struct sf_bytes o = f->octets;

	return o.n >= 6 && (o.p[0] & 1) == 0 &&
	       memcmp(o.p + 3, "\x9d\x01\x2a", 3) == 0;
}

#define CODE 4 /* octets of the start code that a frame begins with */

/* A key frame begins with its parameter sets, or is an IDR slice alone. */
static bool
is_h264_key(const struct sf_frame *f)
{
	struct sf_bytes o = f->octets;
	uint8_t type = o.n > CODE ? o.p[CODE] & 0x1f : 0;

	return type == SF_H264_IDR || type == SF_H264_SPS ||
	       type == SF_H264_PPS;
}

static bool
is_h265_key(const struct sf_frame *f)
{
	struct sf_bytes o = f->octets;
	uint8_t type = o.n > CODE ? o.p[CODE] >> 1 & 0x3f : 0;

	return (type >= SF_H265_IRAP && type <= SF_H265_IRAP_LAST) ||
	       (type >= SF_H265_VPS && type <= SF_H265_PPS);
}

/* A sequence header is in front of every key frame. */
static bool
is_av1_key(const struct sf_frame *f)
{
	return !f->foreign && f->octets.n > 0 &&
	       (f->octets.p[0] >> 3 & 15) == SF_AV1_SEQUENCE;
}

static bool
is_vp9_key(const struct sf_frame *f)
{
	return f->inter_known && !f->inter;
}

/* Where that is readable: VP9's descriptor, the first octets of the others. */
static bool
is_key(const struct sf_frame *f)
{
	static bool (*const asks[SF_CODECS])(const struct sf_frame *) = {
		[SF_CODEC_VP8] = is_vp8_key,
		[SF_CODEC_VP9] = is_vp9_key,
		[SF_CODEC_H264] = is_h264_key,
		[SF_CODEC_H265] = is_h265_key,
		[SF_CODEC_AV1] = is_av1_key,
	};

	return asks[f->codec] != NULL && asks[f->codec](f);
}

static uint8_t
fewer(size_t n, size_t most)
{
	return (uint8_t)(n < most ? n : most);
}

/*
 * The end of a frame as it was before it was made safe for H.264 or H.265: a 03
 * behind two zeros goes. It is read from far enough in front for the zeros to
 * be known.
 */
static struct sf_bytes
unescaped(uint8_t room[2 * SF_RECORD_TAIL], struct sf_bytes in)
{
	size_t from = in.n > 2 * SF_RECORD_TAIL ? in.n - 2 * SF_RECORD_TAIL : 0;
	size_t n = 0;
	unsigned zeros = 0;

	for (size_t i = from; i < in.n; i++) {
		uint8_t b = in.p[i];

		if (zeros >= 2 && b == 3) {
			zeros = 0;
			continue;
		}
		zeros = b == 0 ? zeros + 1 : 0;
		room[n++] = b;
	}
	return sf_bytes(room, n);
}

static void
keep_tail(struct sf_record *r, const struct sf_frame *f)
{
	uint8_t room[2 * SF_RECORD_TAIL];
	struct sf_bytes in = f->octets;
	struct sf_lkts m;
	struct sf_diag d;

	if (in.n >= 4 && in.p[in.n - 1] == 'S' &&
	    sf_lkts_parse(&m, in, &d) == SF_OK) {
		r->metadata = true;
		in = m.payload;
	}
	if (f->codec == SF_CODEC_H264 || f->codec == SF_CODEC_H265)
		in = unescaped(room, in);
	if (in.n >= 141 && in.p[in.n - 1] >= 0x80)
		memcpy(r->signed_tail, in.p + in.n - 141, 8);
	r->tail_n = fewer(in.n, SF_RECORD_TAIL);
	memcpy(r->tail, in.p + (in.n - r->tail_n), r->tail_n);
}

void
sf_record_of(struct sf_record *out, const struct sf_frame *f)
{
	struct sf_record *r = out;
	struct sf_bytes o = f->octets;

	memset(r, 0, offsetof(struct sf_record, head));
	r->first = f->first;
	r->last = f->last;
	r->seq = f->seq;
	r->timestamp = f->timestamp;
	r->octets = (uint32_t)o.n;
	r->packets = f->packets;
	r->packet_at = f->packet_at;
	r->complete = f->complete;
	r->cut = f->cut;
	r->descriptor = f->descriptor;
	r->foreign = f->foreign;
	r->video = is_video(f);
	r->codec = (uint8_t)f->codec;
	r->state = SF_STATE_UNKNOWN;
	if (!f->complete)
		return;
	r->content = f->hash != 0 ? f->hash : sf_hash_ends(o);
	r->key = is_key(f);
	if (f->units > 1 && f->codec != SF_CODEC_AV1)
		r->last_mark =
		    f->marks[f->units < SF_FRAME_MARKS ? f->units - 1U
						       : SF_FRAME_MARKS - 1U];
	r->head_n = fewer(o.n, SF_RECORD_HEAD);
	memcpy(r->head, o.p, r->head_n);
	keep_tail(r, f);
}
