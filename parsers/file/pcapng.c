#include "parsers/file/pcapng.h"

#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/file/carried.h"
#include "parsers/file/order.h"

#define REF_BLOCK     "draft-ietf-opsawg-pcapng 3.1"
#define REF_OPTION    "draft-ietf-opsawg-pcapng 3.5"
#define REF_SECTION   "draft-ietf-opsawg-pcapng 4.1"
#define REF_INTERFACE "draft-ietf-opsawg-pcapng 4.2"
#define REF_ENHANCED  "draft-ietf-opsawg-pcapng 4.3"
#define REF_SIMPLE    "draft-ietf-opsawg-pcapng 4.4"
#define REF_STATS     "draft-ietf-opsawg-pcapng 4.6"
#define REF_SECRETS   "draft-ietf-opsawg-pcapng 4.7"
#define REF_OBSOLETE  "draft-ietf-opsawg-pcapng A"

#define SECTION_LEAST 28 /* octets of a section header without options */

/* option codes; those of a packet are the same in both packet blocks */
#define OPT_END       0
#define OPT_COMMENT   1
#define OPT_FLAGS     2
#define OPT_DROPCOUNT 4
#define OPT_IFDROP    5
#define OPT_TSRESOL   9
#define OPT_FCSLEN    13
#define OPT_TSOFFSET  14

static size_t
padding(size_t octets)
{
	return (4 - octets % 4) % 4;
}

static enum sf_status
head(
    struct sf_pcapng_head *out, struct sf_bytes in, struct sf_diag *d, bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes s = sf_slice(&c, SF_PCAPNG_HEAD_OCTETS);
	struct sf_pcapng_head h = { 0 };

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "block head", REF_BLOCK);
	h.type = sf_order_u32(s.p, big);
	h.octets = sf_order_u32(s.p + 4, big);
	if (h.octets < SF_PCAPNG_LEAST || h.octets % 4 != 0)
		return sf_stop(d, SF_MALFORMED, 4, "block length", REF_BLOCK);
	h.payload = sf_rest(&c);
	*out = h;
	return SF_OK;
}

enum sf_status
sf_pcapng_section_parse(
    struct sf_pcapng_section *out, struct sf_bytes in, struct sf_diag *d)
{
	static const uint8_t big[4] = { 0x1a, 0x2b, 0x3c, 0x4d };
	static const uint8_t little[4] = { 0x4d, 0x3c, 0x2b, 0x1a };
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_section s = { 0 };
	struct sf_bytes f = sf_slice(&c, SECTION_LEAST - 4);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "section header", REF_SECTION);
	if (sf_order_u32(f.p, true) != SF_PCAPNG_SECTION)
		return sf_stop(d, SF_MALFORMED, 0, "block type", REF_SECTION);
	s.big = memcmp(f.p + 8, big, 4) == 0;
	if (!s.big && memcmp(f.p + 8, little, 4) != 0)
		return sf_stop(
		    d, SF_MALFORMED, 8, "byte-order magic", REF_SECTION);
	s.octets = sf_order_u32(f.p + 4, s.big);
	if (s.octets < SECTION_LEAST || s.octets % 4 != 0)
		return sf_stop(d, SF_MALFORMED, 4, "block length", REF_SECTION);
	s.major = sf_order_u16(f.p + 12, s.big);
	s.minor = sf_order_u16(f.p + 14, s.big);
	if (s.major != 1)
		return sf_stop(d, SF_UNSUPPORTED, 12, "version", REF_SECTION);
	s.section_octets = sf_order_u64(f.p + 16, s.big);
	s.payload = sf_rest(&c);
	*out = s;
	return SF_OK;
}

/* The option at the front of *rest, which goes behind it, and its padding; false
   when it is cut. There are many in a block: as few questions as will do. */
static bool
take_option(
    struct sf_bytes *rest, uint16_t *code, struct sf_bytes *value, bool big)
{
	const uint8_t *p = rest->p;
	size_t octets;

	if (rest->n < 4)
		return false;
	*code = sf_order_u16(p, big);
	octets = sf_order_u16(p + 2, big);
	if (octets > rest->n - 4)
		return false;
	*value = sf_bytes(p + 4, octets);
	/* Padding that is not there harms nobody when nothing follows. */
	octets += 4 + padding(octets);
	if (*code == OPT_END || octets >= rest->n)
		*rest = sf_bytes(NULL, 0);
	else
		*rest = sf_bytes(p + octets, rest->n - octets);
	return true;
}

static uint64_t
number_of(struct sf_bytes value, bool big)
{
	uint64_t v = 0;

	for (size_t i = 0; i < value.n; i++)
		v = v << 8 | value.p[big ? i : value.n - 1 - i];
	return v;
}

static enum sf_status
option(struct sf_pcapng_option *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_option o = { .payload = in };
	struct sf_bytes s;

	*d = (struct sf_diag){ 0 };
	if (!take_option(&o.payload, &o.code, &o.value, big)) {
		s = sf_slice(&c, 4);
		if (!sf_ok(&c))
			return sf_short(d, &c, "option head", REF_OPTION);
		(void)sf_slice(&c, sf_order_u16(s.p + 2, big));
		return sf_short(d, &c, "option value", REF_OPTION);
	}
	if (o.value.n <= 8)
		o.number = number_of(o.value, big);
	*out = o;
	return SF_OK;
}

static enum sf_status
interface(struct sf_pcapng_interface *out, struct sf_bytes in,
    struct sf_diag *d, bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_interface i = { .resolution = 6 };
	struct sf_bytes s = sf_slice(&c, 8), rest, value;
	uint16_t code;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "interface", REF_INTERFACE);
	i.link_type = sf_order_u16(s.p, big);
	i.snaplen = sf_order_u32(s.p + 4, big);
	i.payload = sf_rest(&c);
	rest = i.payload;
	while (take_option(&rest, &code, &value, big)) {
		if (code == OPT_TSRESOL && value.n == 1)
			i.resolution = value.p[0];
		else if (code == OPT_FCSLEN && value.n == 1)
			i.fcs_octets = value.p[0];
		else if (code == OPT_TSOFFSET && value.n == 8)
			i.offset_s = (int64_t)number_of(value, big);
	}
	i.bad_options = rest.n != 0;
	*out = i;
	return SF_OK;
}

static void
packet_option(
    struct sf_pcapng_packet *p, uint16_t code, struct sf_bytes value, bool big)
{
	uint64_t number;

	if (code == OPT_COMMENT && p->comment.n == 0) {
		p->comment = value;
	} else if (code == SF_CARRIED_OPTION) {
		p->carried = value;
	} else if (code == OPT_FLAGS && value.n == 4) {
		number = number_of(value, big);
		if ((number & 3) == 1)
			p->direction = SF_PCAPNG_INBOUND;
		else if ((number & 3) == 2)
			p->direction = SF_PCAPNG_OUTBOUND;
		p->fcs_octets = (uint8_t)(number >> 5 & 15);
	} else if (code == OPT_DROPCOUNT && value.n == 8) {
		p->dropped = number_of(value, big);
	}
}

/* Data, padding and options, the same in both packet blocks. */
static void
packet_tail(struct sf_pcapng_packet *p, struct sf_cursor *c, bool big)
{
	struct sf_bytes rest, value;
	size_t pad = padding(p->captured);
	uint16_t code;

	p->data =
	    sf_slice(c, p->captured < sf_left(c) ? p->captured : sf_left(c));
	(void)sf_slice(c, pad < sf_left(c) ? pad : sf_left(c));
	p->payload = sf_rest(c);
	rest = p->payload;
	while (take_option(&rest, &code, &value, big))
		packet_option(p, code, value, big);
}

static enum sf_status
enhanced(struct sf_pcapng_packet *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_packet p = { .comment = sf_bytes(NULL, 0),
		.carried = sf_bytes(NULL, 0) };
	struct sf_bytes s = sf_slice(&c, 20);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "enhanced packet", REF_ENHANCED);
	p.interface = sf_order_u32(s.p, big);
	/* The high word comes first in either byte order. */
	p.time = (uint64_t)sf_order_u32(s.p + 4, big) << 32 |
		 sf_order_u32(s.p + 8, big);
	p.captured = sf_order_u32(s.p + 12, big);
	p.original = sf_order_u32(s.p + 16, big);
	packet_tail(&p, &c, big);
	*out = p;
	return SF_OK;
}

static enum sf_status
obsolete(struct sf_pcapng_packet *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_packet p = { .comment = sf_bytes(NULL, 0),
		.carried = sf_bytes(NULL, 0) };
	struct sf_bytes s = sf_slice(&c, 20);
	uint16_t drops;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "packet", REF_OBSOLETE);
	p.interface = sf_order_u16(s.p, big);
	drops = sf_order_u16(s.p + 2, big);
	p.time = (uint64_t)sf_order_u32(s.p + 4, big) << 32 |
		 sf_order_u32(s.p + 8, big);
	p.captured = sf_order_u32(s.p + 12, big);
	p.original = sf_order_u32(s.p + 16, big);
	packet_tail(&p, &c, big);
	p.dropped = drops == 0xffff ? 0 : drops; /* all ones: not known */
	*out = p;
	return SF_OK;
}

static enum sf_status
simple(struct sf_pcapng_simple *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes s = sf_slice(&c, 4);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "simple packet", REF_SIMPLE);
	out->original = sf_order_u32(s.p, big);
	out->payload = sf_rest(&c);
	return SF_OK;
}

static enum sf_status
stats(struct sf_pcapng_stats *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_pcapng_stats t = { 0 };
	struct sf_bytes s = sf_slice(&c, 12), rest, value;
	uint16_t code;

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "interface statistics", REF_STATS);
	t.interface = sf_order_u32(s.p, big);
	t.payload = sf_rest(&c);
	rest = t.payload;
	while (take_option(&rest, &code, &value, big))
		if (code == OPT_IFDROP && value.n == 8) {
			t.has_dropped = true;
			t.dropped = number_of(value, big);
		}
	*out = t;
	return SF_OK;
}

static enum sf_status
secrets(struct sf_pcapng_secrets *out, struct sf_bytes in, struct sf_diag *d,
    bool big)
{
	struct sf_cursor c = sf_cursor(in);
	struct sf_bytes s = sf_slice(&c, 8);

	*d = (struct sf_diag){ 0 };
	if (!sf_ok(&c))
		return sf_short(d, &c, "decryption secrets", REF_SECRETS);
	out->type = sf_order_u32(s.p, big);
	out->secrets = sf_slice(&c, sf_order_u32(s.p + 4, big));
	if (!sf_ok(&c))
		return sf_short(d, &c, "secrets", REF_SECRETS);
	out->payload = sf_rest(&c);
	return SF_OK;
}

/* Each of the above in both byte orders. */
#define EITHER(name)                                                           \
	enum sf_status sf_pcapng_##name##_le_parse(                            \
	    struct sf_pcapng_##name##_le *out, struct sf_bytes in,             \
	    struct sf_diag *d)                                                 \
	{                                                                      \
		return name(&out->v, in, d, false);                            \
	}                                                                      \
	enum sf_status sf_pcapng_##name##_be_parse(                            \
	    struct sf_pcapng_##name##_be *out, struct sf_bytes in,             \
	    struct sf_diag *d)                                                 \
	{                                                                      \
		return name(&out->v, in, d, true);                             \
	}

/* clang-format off */
EITHER(head)
EITHER(option)
EITHER(interface)
EITHER(enhanced)
EITHER(obsolete)
EITHER(simple)
EITHER(stats)
EITHER(secrets)
/* clang-format on */
