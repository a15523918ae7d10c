#include "parsers/rtp/depdesc.h"

#include "parsers/base/bits.h"

#define REF       "AOM RTP for AV1 A.8"
#define MANDATORY 3  /* octets */
#define TEMPLATES 64 /* an id has six bits */

/* A.8.2: a value below n, in as few bits as that takes. */
static uint32_t
take_ns(struct sf_bits *b, uint32_t n)
{
	unsigned w = 0;
	uint32_t m, v;

	for (uint32_t x = n; x != 0; x >>= 1)
		w++;
	m = (1U << w) - n;
	v = sf_bits_take(b, w - 1);
	if (v < m)
		return v;
	return (v << 1) - m + sf_bits_take(b, 1);
}

/* A.8.3.2: the layers of each template; each turn takes two bits. */
static bool
read_layers(struct sf_depdesc_structure *s, struct sf_bits *b)
{
	unsigned temporal = 0, spatial = 0, n = 0, next;

	s->temporal = s->spatial = 1;
	do {
		if (++n > TEMPLATES)
			return false;
		next = sf_bits_take(b, 2);
		temporal = next == 1 ? temporal + 1 : next == 2 ? 0 : temporal;
		spatial += next == 2;
		if (next != 3 && temporal >= s->temporal)
			s->temporal = (uint8_t)(temporal + 1);
	} while (next != 3 && sf_bits_ok(b));
	s->templates = (uint8_t)n;
	s->spatial = (uint8_t)(spatial + 1);
	return true;
}

/* n fields, as far as they are there. */
static void
pass_over(struct sf_bits *b, size_t n, unsigned bits)
{
	size_t there = (b->in.n * 8 - b->at) / bits;

	if (!sf_bits_ok(b))
		return;
	b->at += (n < there ? n : there) * bits;
	if (n > there)
		(void)sf_bits_take(b, bits);
}

/* Each flag that is set has four bits behind it, and another flag. */
static void
pass_fdiffs(struct sf_bits *b, unsigned templates)
{
	for (unsigned i = 0; i < templates && sf_bits_ok(b); i++)
		while (sf_bits_flag(b))
			(void)sf_bits_take(b, 4);
}

static void
read_chains(struct sf_depdesc_structure *s, struct sf_bits *b)
{
	s->chains = (uint8_t)take_ns(b, s->targets + 1U);
	if (s->chains == 0)
		return;
	for (unsigned i = 0; i < s->targets && sf_bits_ok(b); i++)
		(void)take_ns(b, s->chains);
	pass_over(b, (size_t)s->templates * s->chains, 4);
}

static void
read_sizes(struct sf_depdesc_structure *s, struct sf_bits *b)
{
	s->has_size = sf_bits_flag(b);
	for (unsigned i = 0; s->has_size && i < s->spatial; i++) {
		s->width = (uint16_t)(sf_bits_take(b, 16) + 1);
		s->height = (uint16_t)(sf_bits_take(b, 16) + 1);
	}
}

/* A.8.3.1; false with too many templates. */
static bool
read_structure(struct sf_depdesc_structure *s, struct sf_bits *b)
{
	s->template_offset = (uint8_t)sf_bits_take(b, 6);
	s->targets = (uint8_t)(sf_bits_take(b, 5) + 1);
	if (!read_layers(s, b))
		return false;
	pass_over(b, (size_t)s->templates * s->targets, 2);
	pass_fdiffs(b, s->templates);
	read_chains(s, b);
	read_sizes(s, b);
	return true;
}

enum sf_status
sf_depdesc_parse(struct sf_depdesc *out, struct sf_bytes in, struct sf_diag *d)
{
	struct sf_bits b = sf_bits(in);
	struct sf_depdesc v = { 0 };
	size_t octets;

	*d = (struct sf_diag){ 0 };
	v.start = sf_bits_flag(&b);
	v.end = sf_bits_flag(&b);
	v.template_id = (uint8_t)sf_bits_take(&b, 6);
	v.frame_number = (uint16_t)sf_bits_take(&b, 16);
	if (!sf_bits_ok(&b))
		return sf_bits_stop(d, &b, "mandatory fields", REF);
	v.extended = in.n > MANDATORY;
	if (v.extended) {
		v.has_structure = sf_bits_flag(&b);
		v.has_active = sf_bits_flag(&b);
		v.custom_dtis = sf_bits_flag(&b);
		v.custom_fdiffs = sf_bits_flag(&b);
		v.custom_chains = sf_bits_flag(&b);
		if (v.has_structure && !read_structure(&v.structure, &b)) {
			*d = (struct sf_diag){ SF_LIMIT, b.at / 8, 0,
				"templates", REF };
			return SF_LIMIT;
		}
		if (!sf_bits_ok(&b))
			return sf_bits_stop(d, &b, "structure", REF);
	}
	octets = (b.at + 7) / 8;
	v.payload = sf_bytes(in.p + octets, in.n - octets);
	*out = v;
	return SF_OK;
}
