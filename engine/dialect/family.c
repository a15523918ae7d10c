#include "engine/dialect/way.h"

struct sf_bytes
sf_way_tail(const struct sf_record *r)
{
	return sf_bytes(r->tail, r->tail_n);
}

struct sf_bytes
sf_way_head(const struct sf_record *r)
{
	return sf_bytes(r->head, r->head_n);
}

/* A slice with a start code in front: types 1 and 5 of H.264, 0 to 9 and 16 to
   21 of H.265. */
static bool
is_slice(uint8_t first, bool h265)
{
	unsigned type = h265 ? first >> 1 & 63 : first & 31;

	if (h265)
		return type <= 9 || (type >= 16 && type <= 21);
	return type == 1 || type == 5;
}

int16_t
sf_way_clear_to_slice(struct sf_bytes h, bool h265)
{
	for (size_t i = 0; i + 3 < h.n && i < INT16_MAX - 5; i++)
		if (h.p[i] == 0 && h.p[i + 1] == 0 && h.p[i + 2] == 1 &&
		    is_slice(h.p[i + 3], h265))
			return (int16_t)(i + 3 + 2);
	return SF_CLEAR_UNKNOWN;
}

int16_t
sf_way_clear(const struct sf_record *r)
{
	switch ((enum sf_codec)r->codec) {
	case SF_CODEC_VP8:
		return r->key ? 10 : 3;
	case SF_CODEC_H264:
		return sf_way_clear_to_slice(sf_way_head(r), false);
	case SF_CODEC_H265:
		return sf_way_clear_to_slice(sf_way_head(r), true);
	case SF_CODEC_VP9:
	case SF_CODEC_AV1:
		return 0;
	case SF_CODEC_OPUS:
	case SF_CODEC_RED:
	case SF_CODEC_PCMU:
	case SF_CODEC_PCMA:
	case SF_CODEC_G722:
		return 1;
	case SF_CODEC_UNKNOWN:
	case SF_CODEC_RTX:
	case SF_CODEC_ULPFEC:
	case SF_CODEC_FLEXFEC:
	case SF_CODEC_OTHER:
	case SF_CODECS:
		break;
	}
	return r->video ? SF_CLEAR_UNKNOWN : 1;
}

uint64_t
sf_way_step(const struct sf_sight *a, const struct sf_sight *b)
{
	if (b->ctr >= a->ctr || a->modulus == 0)
		return b->ctr - a->ctr;
	return b->ctr + a->modulus - a->ctr;
}
