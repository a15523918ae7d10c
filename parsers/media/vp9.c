#include "parsers/media/vp9.h"

#include "parsers/base/bits.h"
#include "parsers/base/cursor.h"

#define REF           "RFC 9628 4.2"
#define FRAME_REF     "VP9 bitstream specification 6.2"
#define SYNC_CODE     0x498342
#define MAX_DOUBLINGS 4 /* of tile columns, for any width up to 65536 */

/* ---- payload descriptor ------------------------------------------------- */

static void
read_picture_id(struct sf_vp9 *v, struct sf_cursor *c)
{
	v->picture_id = sf_u8(c);
	v->long_picture_id = v->picture_id & 0x80;
	v->picture_id &= 0x7f;
	if (v->long_picture_id)
		v->picture_id = (uint16_t)(v->picture_id << 8 | sf_u8(c));
}

static void
read_layers(struct sf_vp9 *v, struct sf_cursor *c)
{
	uint8_t layers = sf_u8(c);

	v->tid = layers >> 5;
	v->sid = layers >> 1 & 7;
	if (!v->flexible)
		v->tl0 = sf_u8(c);
}

/* Passes over the scalability structure (RFC 9628 4.2.1). */
static void
skip_structure(struct sf_cursor *c)
{
	uint8_t head = sf_u8(c);
	size_t layers = (head >> 5) + 1U;
	uint8_t pictures;

	if (head & 0x10)
		(void)sf_slice(c, layers * 4);
	if (!(head & 0x08))
		return;
	pictures = sf_u8(c);
	for (unsigned i = 0; i < pictures; i++) {
		uint8_t refs = sf_u8(c) >> 2 & 3;

		(void)sf_slice(c, refs);
	}
}

enum sf_status
sf_vp9_parse(struct sf_vp9 *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_vp9 v = { 0 };
	uint8_t first = sf_u8(&c);
	struct sf_bytes head;

	*d = (struct sf_diag){ 0 };
	v.has_picture_id = first & 0x80;
	v.inter = first & 0x40;
	v.has_layers = first & 0x20;
	v.flexible = first & 0x10;
	v.begin = first & 0x08;
	v.end = first & 0x04;
	v.has_structure = first & 0x02;
	if (v.has_picture_id)
		read_picture_id(&v, &c);
	if (v.has_layers)
		read_layers(&v, &c);
	if (v.flexible && v.inter) {
		/* RFC 9628 4.2: up to three reference indices. */
		unsigned n = 0;
		uint8_t diff;

		do
			diff = sf_u8(&c);
		while ((diff & 1) && ++n < 3);
		if (n == 3)
			return sf_stop(d, SF_MALFORMED, c.at - 1,
			    "reference indices", REF);
	}
	if (v.has_structure)
		skip_structure(&c);
	if (!sf_ok(&c))
		return sf_short(d, &c, "descriptor", REF);
	head = sf_bytes(in.p, c.at);
	v.payload = sf_rest(&c);
	if (head.n > UINT8_MAX)
		return sf_stop(d, SF_LIMIT, 0, "descriptor", REF);
	v.octets = (uint8_t)head.n;
	*out = v;
	return SF_OK;
}

/* ---- uncompressed header ------------------------------------------------ */

struct header {
	struct sf_vp9_frame f;
	struct sf_bits b;
	bool size_known;    /* false: taken from a reference frame */
	const char *broken; /* the field that cannot be so, or NULL */
	size_t broken_at;   /* octets read by then */
};

static void
must(struct header *h, bool holds, const char *field)
{
	if (!sf_bits_ok(&h->b) || holds || h->broken != NULL)
		return;
	h->broken = field;
	h->broken_at = h->b.at / 8;
}

static void
skip(struct header *h, unsigned bits)
{
	(void)sf_bits_take(&h->b, bits);
}

/* Passes over so many bits when a flag before them says so. */
static void
skip_if_flag(struct header *h, unsigned bits)
{
	if (sf_bits_flag(&h->b))
		skip(h, bits);
}

static void
sync_code(struct header *h)
{
	must(h, sf_bits_take(&h->b, 24) == SYNC_CODE, "sync code");
}

/* 6.2.2; profiles 1 and 3 carry subsampling, 2 and 3 a bit depth. */
static void
color_config(struct header *h)
{
	bool odd = h->f.profile & 1;
	bool rgb;

	if (h->f.profile >= 2)
		skip(h, 1);
	rgb = sf_bits_take(&h->b, 3) == 7;
	if (!rgb)
		skip(h, odd ? 3 : 1);
	must(h, !rgb || odd, "color space");
	if (odd)
		must(h, !sf_bits_flag(&h->b), "reserved bit of color config");
}

/* 6.2.3 and 6.2.4 */
static void
frame_size(struct header *h)
{
	uint32_t width = sf_bits_take(&h->b, 16) + 1;
	uint32_t height = sf_bits_take(&h->b, 16) + 1;

	/* 65536 does not fit; nobody sends it. */
	h->f.width = (uint16_t)(width > UINT16_MAX ? UINT16_MAX : width);
	h->f.height = (uint16_t)(height > UINT16_MAX ? UINT16_MAX : height);
	h->size_known = true;
}

/* 6.2.5: size, or which of three references to take it from */
static void
frame_size_with_refs(struct header *h)
{
	for (unsigned i = 0; i < 3; i++)
		if (sf_bits_flag(&h->b))
			return;
	frame_size(h);
}

static void
frame_head(struct header *h, bool error_resilient, bool show)
{
	if (h->f.key) {
		sync_code(h);
		color_config(h);
		frame_size(h);
		skip_if_flag(h, 32); /* render size */
		return;
	}
	h->f.intra_only = show ? false : sf_bits_flag(&h->b);
	skip(h, error_resilient ? 0 : 2); /* reset_frame_context */
	if (h->f.intra_only) {
		sync_code(h);
		if (h->f.profile > 0)
			color_config(h);
		skip(h, 8); /* refresh_frame_flags */
		frame_size(h);
		skip_if_flag(h, 32);
		return;
	}
	skip(h, 8 + 3 * 4); /* refresh_frame_flags, references */
	frame_size_with_refs(h);
	skip_if_flag(h, 32);
	skip(h, 1); /* allow_high_precision_mv */
	if (!sf_bits_flag(&h->b))
		skip(h, 2); /* raw_interpolation_filter */
}

/* 6.2.8 */
static void
loop_filter_params(struct header *h)
{
	skip(h, 6 + 3);
	if (!sf_bits_flag(&h->b)) /* mode_ref_delta_enabled */
		return;
	if (!sf_bits_flag(&h->b)) /* mode_ref_delta_update */
		return;
	for (unsigned i = 0; i < 4 + 2; i++)
		skip_if_flag(h, 7);
}

/* 6.2.9 */
static void
quantization_params(struct header *h)
{
	skip(h, 8);
	for (unsigned i = 0; i < 3; i++)
		skip_if_flag(h, 5);
}

/* 6.2.11 */
static void
segmentation_params(struct header *h)
{
	static const uint8_t feature_bits[] = { 8 + 1, 6 + 1, 2, 0 };

	if (!sf_bits_flag(&h->b))
		return;
	if (sf_bits_flag(&h->b)) {
		for (unsigned i = 0; i < 7; i++)
			skip_if_flag(h, 8);
		if (sf_bits_flag(&h->b))
			for (unsigned i = 0; i < 3; i++)
				skip_if_flag(h, 8);
	}
	if (!sf_bits_flag(&h->b))
		return;
	skip(h, 1);
	for (unsigned i = 0; i < 8 * 4; i++)
		skip_if_flag(h, feature_bits[i % 4]);
}

/* 6.2.13: how often the tile columns may be doubled at this width */
static unsigned
doublings(uint16_t width)
{
	unsigned columns = (width + 63U) / 64; /* 1..1024, of 64 samples */
	unsigned least = 0;
	unsigned most = 0;

	while (64U << least < columns)
		least++;
	while (columns >> (most + 1) >= 4)
		most++;
	return most > least ? most - least : 0;
}

/* 6.2.13, header_size and trailing bits; true when they fit. */
static bool
frame_tail(struct header *h, unsigned most_doublings)
{
	size_t behind; /* octets behind the uncompressed header */

	while (most_doublings > 0 && sf_bits_flag(&h->b))
		most_doublings--;
	if (sf_bits_flag(&h->b))
		skip(h, 1); /* tile_rows_log2 */
	h->f.header_size = (uint16_t)sf_bits_take(&h->b, 16);
	must(h, sf_bits_take(&h->b, (8 - h->b.at % 8) % 8) == 0,
	    "trailing bits");
	must(h, h->f.header_size > 0, "header size");
	if (!sf_bits_ok(&h->b) || h->broken != NULL)
		return false;
	h->f.payload =
	    sf_bytes(h->b.in.p + h->b.at / 8, h->b.in.n - h->b.at / 8);
	behind = h->f.payload.n;
	must(h, h->f.header_size <= behind, "header size");
	/* 9.2.1: the first bit the decoder reads, a marker, is 0. */
	must(h, behind == 0 || !(h->f.payload.p[0] & 0x80), "marker bit");
	return h->broken == NULL;
}

/* Without the width, every number of doublings there can be is tried. */
static void
frame_end(struct header *h)
{
	struct header start = *h;

	if (h->size_known) {
		(void)frame_tail(h, doublings(h->f.width));
		return;
	}
	for (unsigned i = 0; i <= MAX_DOUBLINGS; i++) {
		*h = start;
		if (frame_tail(h, i))
			return;
	}
}

static void
read_frame(struct header *h)
{
	bool show, error_resilient;

	must(h, sf_bits_take(&h->b, 2) == 2, "frame marker");
	h->f.profile = sf_bits_flag(&h->b);
	h->f.profile |= (uint8_t)(sf_bits_flag(&h->b) << 1);
	if (h->f.profile == 3)
		must(h, !sf_bits_flag(&h->b), "reserved bit");
	h->f.show_existing = sf_bits_flag(&h->b);
	if (h->f.show_existing) {
		skip(h, 3);
		must(h, h->b.in.n <= 2, "show_existing_frame");
		h->f.payload = sf_bytes(NULL, 0);
		return;
	}
	h->f.key = !sf_bits_flag(&h->b);
	show = sf_bits_flag(&h->b);
	error_resilient = sf_bits_flag(&h->b);
	frame_head(h, error_resilient, show);
	if (!error_resilient)
		skip(h, 2); /* refresh_frame_context, parallel decoding */
	skip(h, 2);         /* frame_context_idx */
	loop_filter_params(h);
	quantization_params(h);
	segmentation_params(h);
	if (sf_bits_ok(&h->b) && h->broken == NULL)
		frame_end(h);
}

enum sf_status
sf_vp9_frame_parse(
    struct sf_vp9_frame *out, struct sf_bytes in, struct sf_diag *d)
{
	struct header h = { .b = sf_bits(in) };

	*d = (struct sf_diag){ 0 };
	read_frame(&h);
	if (h.broken != NULL)
		return sf_stop(
		    d, SF_MALFORMED, h.broken_at, h.broken, FRAME_REF);
	if (!sf_bits_ok(&h.b))
		return sf_bits_stop(d, &h.b, "uncompressed header", FRAME_REF);
	*out = h.f;
	return SF_OK;
}
