#include "engine/diagnose/vary.h"
#include "parsers/sframe/header.h"

/* Every offset costs an open of the whole frame. */
#define INSERTED_MOST 2048

static size_t
zeros_before(struct sf_bytes b, size_t at)
{
	size_t n = 0;

	while (n < at && b.p[at - 1 - n] == 0)
		n++;
	return n;
}

static struct sf_bytes
from(struct sf_bytes b, size_t at)
{
	return sf_bytes(b.p + at, b.n - at);
}

/* The next octet is one that an escape stands in front of. */
static bool
needs_escape(struct sf_bytes b, size_t at)
{
	return at == b.n || b.p[at] <= 3;
}

static void
without_escapes(struct sf_put *out, struct sf_bytes frame, size_t at)
{
	size_t zeros = zeros_before(frame, at);

	for (size_t i = at; i < frame.n; i++) {
		if (zeros >= 2 && frame.p[i] == 3 &&
		    needs_escape(frame, i + 1)) {
			zeros = 0;
			continue;
		}
		sf_put_u8(out, frame.p[i]);
		zeros = frame.p[i] == 0 ? zeros + 1 : 0;
	}
}

/* Puts 03 back behind 00 00: wherever it was needed, or at the nth place. */
static void
with_escapes(struct sf_put *out, struct sf_bytes frame, size_t at, int nth)
{
	size_t zeros = zeros_before(frame, at);
	int place = 0;

	for (size_t i = at; i <= frame.n; i++) {
		bool here = zeros >= 2 &&
			    (nth < 0 ? needs_escape(frame, i) : place++ == nth);

		if (here) {
			sf_put_u8(out, 3);
			zeros = 0;
		}
		if (i == frame.n)
			return;
		sf_put_u8(out, frame.p[i]);
		zeros = frame.p[i] == 0 ? zeros + 1 : 0;
	}
}

/* Makes start codes of 4 octets ones of 3, or the other way round. */
static void
with_start_codes(
    struct sf_put *out, struct sf_bytes frame, size_t at, size_t octets)
{
	size_t zeros = 0;

	for (size_t i = at; i < frame.n; i++) {
		size_t put = zeros;

		if (frame.p[i] == 0) {
			zeros++;
			continue;
		}
		if (frame.p[i] == 1 && (zeros == 2 || zeros == 3))
			put = octets - 1;
		sf_put_uint(out, 0, put);
		sf_put_u8(out, frame.p[i]);
		zeros = 0;
	}
	sf_put_uint(out, 0, zeros);
}

/* S alone, E, S and E, with or without T: draft-ietf-avtcore-rtp-sframe-02 4. */
static bool
is_descriptor(uint8_t octet)
{
	return (octet & 0x1f) == 0 && (octet & 0xc0) != 0;
}

static bool
without_octet(struct sf_put *out, struct sf_bytes frame, size_t at, size_t gone)
{
	if (gone < at || gone >= frame.n || frame.n > INSERTED_MOST)
		return false;
	sf_put_bytes(out, sf_bytes(frame.p + at, gone - at));
	sf_put_bytes(out, from(frame, gone + 1));
	return true;
}

static bool
undo(struct sf_put *out, const struct sf_vary *v, struct sf_bytes frame,
    size_t at)
{
	struct sf_bytes rest = from(frame, at);
	size_t n = v->n < 0 ? 0 : (size_t)v->n;

	switch ((enum sf_frame_rule)v->frame) {
	case SF_FRAME_SENT:
		sf_put_bytes(out, rest);
		return true;
	case SF_FRAME_DESCRIPTOR:
		if (rest.n == 0 || !is_descriptor(rest.p[0]))
			return false;
		sf_put_bytes(out, from(rest, 1));
		return true;
	case SF_FRAME_FRONT:
		if (n >= rest.n)
			return false;
		sf_put_bytes(out, from(rest, n));
		return true;
	case SF_FRAME_LOST:
		sf_put_u8(out, (uint8_t)n);
		sf_put_bytes(out, rest);
		return true;
	case SF_FRAME_TRAILER:
		if (n >= rest.n)
			return false;
		sf_put_bytes(out, sf_bytes(rest.p, rest.n - n));
		return true;
	case SF_FRAME_ZEROS:
		sf_put_bytes(out, rest);
		sf_put_uint(out, 0, n);
		return true;
	case SF_FRAME_INSERTED:
		return without_octet(out, frame, at, n);
	case SF_FRAME_ESCAPED:
		without_escapes(out, frame, at);
		return out->n != rest.n;
	case SF_FRAME_UNESCAPED:
		with_escapes(out, frame, at, -1);
		return out->n != rest.n;
	case SF_FRAME_UNESCAPED_ONE:
		with_escapes(out, frame, at, v->n);
		return out->n != rest.n;
	case SF_FRAME_START_LONG:
		with_start_codes(out, frame, at, 3);
		return out->n != rest.n;
	case SF_FRAME_START_SHORT:
		with_start_codes(out, frame, at, 4);
		return out->n != rest.n;
	}
	return false;
}

static uint64_t
read_uint(const uint8_t *p, size_t n, bool little)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[little ? n - 1 - i : i];
	return v;
}

static bool
read_rfc(struct sf_parted *p, enum sf_head_rule rule, struct sf_bytes in)
{
	struct sf_sframe_header h;
	struct sf_diag d;
	const uint8_t *fields;

	if (sf_sframe_header_parse(&h, in, &d) != SF_OK)
		return false;
	fields = h.aad.p + 1;
	if (rule == SF_HEAD_SWAPPED) {
		if (h.ctr_octets == 0 || h.kid_octets == 0)
			return false;
		h.ctr = read_uint(fields, h.ctr_octets, false);
		h.kid = read_uint(fields + h.ctr_octets, h.kid_octets, false);
	}
	if (rule == SF_HEAD_LITTLE && h.kid_octets != 0)
		h.kid = read_uint(fields, h.kid_octets, true);
	if (rule == SF_HEAD_LITTLE && h.ctr_octets != 0)
		h.ctr = read_uint(fields + h.kid_octets, h.ctr_octets, true);
	p->kid = h.kid;
	p->ctr = h.ctr;
	p->header = h.aad;
	p->payload = h.payload;
	return true;
}

static bool
read_draft(struct sf_parted *p, struct sf_bytes in)
{
	struct sf_draft_header h;
	struct sf_diag d;

	if (sf_draft_header_parse(&h, in, &d) != SF_OK)
		return false;
	p->kid = h.kid;
	p->ctr = h.ctr;
	p->header = h.aad;
	p->payload = h.payload;
	return true;
}

static bool
read_omara(struct sf_parted *p, struct sf_bytes in)
{
	struct sf_omara_header h;
	struct sf_diag d;

	if (sf_omara_header_parse(&h, in, &d) != SF_OK || h.signature)
		return false;
	p->kid = h.kid;
	p->ctr = h.ctr;
	p->header = h.aad;
	p->payload = h.payload;
	return true;
}

/* ---- the other way round -------------------------------------------------- */

static void
put_field(struct sf_put *o, uint64_t v, size_t octets, bool little)
{
	if (little)
		sf_put_little(o, v, octets);
	else
		sf_put_uint(o, v, octets);
}

/* The config octet of RFC 9605, and its fields in another order. */
static bool
put_rfc(struct sf_put *o, const struct sf_vary *v, uint64_t kid, uint64_t ctr)
{
	unsigned k = sf_sframe_header_octets(kid);
	unsigned c = sf_sframe_header_octets(ctr);
	uint8_t header[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(header, kid, ctr);
	bool little = v->head == SF_HEAD_LITTLE;

	if (v->head == SF_HEAD_RFC) {
		sf_put_bytes(o, sf_bytes(header, n));
		return true;
	}
	sf_put_u8(o, header[0]);
	if (v->head == SF_HEAD_SWAPPED)
		put_field(o, ctr, c, false);
	put_field(o, kid, k, little);
	if (v->head != SF_HEAD_SWAPPED)
		put_field(o, ctr, c, little);
	return little ? k > 1 || c > 1 : k > 0 && c > 0;
}

/* draft-ietf-sframe-enc-00 to -03 tell a length less one, those before as it is. */
static bool
put_draft(struct sf_put *o, unsigned less, uint64_t kid, uint64_t ctr)
{
	unsigned k = sf_sframe_header_octets(kid);
	unsigned c = sf_sframe_header_octets(ctr);

	if (c == 0)
		c = 1;
	if (k - less > 7 || c - less > 7)
		return false;
	sf_put_u8(o, (uint8_t)((c - less) << 4 | (k == 0 ? kid : 8 | (k - less))));
	sf_put_uint(o, kid, k);
	sf_put_uint(o, ctr, c);
	return true;
}

bool
sf_put_header(
    struct sf_put *o, const struct sf_vary *v, uint64_t kid, uint64_t ctr)
{
	switch ((enum sf_head_rule)v->head) {
	case SF_HEAD_DRAFT:
		return put_draft(o, 1, kid, ctr);
	case SF_HEAD_OMARA:
		return put_draft(o, 0, kid, ctr);
	case SF_HEAD_RFC:
	case SF_HEAD_SWAPPED:
	case SF_HEAD_LITTLE:
		break;
	}
	return put_rfc(o, v, kid, ctr);
}

bool
sf_part(struct sf_parted *p, const struct sf_vary *v, struct sf_bytes frame,
    size_t at, struct sf_put *out)
{
	*p = (struct sf_parted){ 0 };
	out->n = 0;
	out->full = false;
	if (at > frame.n || !undo(out, v, frame, at) || out->full)
		return false;
	p->prefix = sf_bytes(frame.p, at);
	if (v->head == SF_HEAD_DRAFT)
		return read_draft(p, sf_put_all(out));
	if (v->head == SF_HEAD_OMARA)
		return read_omara(p, sf_put_all(out));
	return read_rfc(p, (enum sf_head_rule)v->head, sf_put_all(out));
}
