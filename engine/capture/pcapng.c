#include "engine/capture/front.h"

#include <string.h>

#include "parsers/file/carried.h"
#include "parsers/file/pcapng.h"

#define REF_BLOCK "draft-ietf-opsawg-pcapng 3.1"

/* A block that has to be held whole: a packet, and options around it. */
#define HELD_OCTETS (SF_RECORD_OCTETS + ((size_t)64 << 10))

struct interface {
	struct sf_pcapng_interface is; /* its slices are gone */
	uint64_t dropped_by_packets;   /* the sum that packets tell */
	uint64_t dropped_by_stats;     /* the newest total of statistics */
};

struct pcapng {
	bool big; /* byte order of this section */
	int64_t last_ns;
	unsigned n_interfaces;
	struct interface interfaces[SF_INTERFACES];
};

/* The parsers of either byte order under one name each. */
#define EITHER(name, kind)                                                     \
	static enum sf_status parse_##name(const struct pcapng *f,             \
	    struct kind *out, struct sf_bytes in, struct sf_diag *d)           \
	{                                                                      \
		union {                                                        \
			struct sf_pcapng_##name##_le le;                       \
			struct sf_pcapng_##name##_be be;                       \
		} u;                                                           \
		enum sf_status st =                                            \
		    f->big ? sf_pcapng_##name##_be_parse(&u.be, in, d)         \
			   : sf_pcapng_##name##_le_parse(&u.le, in, d);        \
                                                                               \
		if (st == SF_OK)                                               \
			*out = f->big ? u.be.v : u.le.v;                       \
		return st;                                                     \
	}

/* clang-format off */
EITHER(head, sf_pcapng_head)
EITHER(interface, sf_pcapng_interface)
EITHER(enhanced, sf_pcapng_packet)
EITHER(obsolete, sf_pcapng_packet)
EITHER(simple, sf_pcapng_simple)
EITHER(stats, sf_pcapng_stats)
EITHER(secrets, sf_pcapng_secrets)
/* clang-format on */

static const uint64_t tens[20] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000,
	1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000,
	10000000000000000000u };

#define MOST_S INT64_C(9223372035) /* a second less than 63 bits of ns hold */

static int64_t
clamp_s(int64_t s)
{
	if (s > MOST_S)
		return MOST_S;
	return s < -MOST_S ? -MOST_S : s;
}

/* Whole seconds and nanoseconds of t units of 2^-n seconds, n <= 127. */
static uint64_t
split_binary(uint64_t t, unsigned n, uint64_t *ns)
{
	uint64_t s = n < 64 ? t >> n : 0;
	uint64_t rest = n < 64 ? t - (s << n) : t;
	uint64_t low = (rest & 0xffffffff) * 1000000000;
	uint64_t high = (rest >> 32) * 1000000000 + (low >> 32);

	/* rest * 10^9 is high * 2^32 and the low half of low */
	if (n < 32)
		*ns = rest * 1000000000 >> n; /* rest has n bits */
	else
		*ns = n < 96 ? high >> (n - 32) : 0;
	return s;
}

/* The same for units of 10^-n seconds. */
static uint64_t
split_decimal(uint64_t t, unsigned n, uint64_t *ns)
{
	if (n <= 9) {
		*ns = t % tens[n] * tens[9 - n];
		return t / tens[n];
	}
	if (n <= 19) {
		*ns = t % tens[n] / tens[n - 9];
		return t / tens[n];
	}
	*ns = n - 9 <= 19 ? t / tens[n - 9] : 0;
	return 0;
}

static int64_t
in_ns(const struct sf_pcapng_interface *i, uint64_t t)
{
	unsigned n = i->resolution & 0x7f;
	uint64_t ns;
	uint64_t s = i->resolution & 0x80 ? split_binary(t, n, &ns)
					  : split_decimal(t, n, &ns);
	int64_t whole = s > (uint64_t)MOST_S ? MOST_S : (int64_t)s;

	whole = clamp_s(whole + clamp_s(i->offset_s));
	return whole * 1000000000 + (int64_t)ns;
}

static bool
knows(struct sf_bytes start)
{
	static const uint8_t magic[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

	return start.n >= 4 && memcmp(start.p, magic, 4) == 0;
}

static enum sf_capture_status
open_pcapng(struct sf_reader *r)
{
	struct sf_pcapng_section s;
	struct pcapng *f = sf_reader_state(r, sizeof(*f));
	struct sf_diag d;

	if (f == NULL)
		return SF_CAPTURE_SYSTEM;
	switch (sf_pcapng_section_parse(&s, sf_source_held(&r->source), &d)) {
	case SF_OK:
		return SF_CAPTURE_OK; /* next_pcapng() takes the block */
	case SF_SHORT:
		r->info.hint = "pcapng: it ends inside the section header";
		break;
	case SF_UNSUPPORTED:
		r->info.hint = "pcapng: of a version that is not known";
		break;
	case SF_MALFORMED:
	case SF_LIMIT:
		r->info.hint = "pcapng: the section header is damaged";
		break;
	}
	return SF_CAPTURE_UNKNOWN;
}

/* Counts losses. What packets and statistics of one interface tell are two
   views of one thing: the larger counts. */
static void
count_dropped(struct sf_reader *r, struct interface *i, uint64_t more,
    bool has_total, uint64_t total)
{
	uint64_t before = i->dropped_by_packets > i->dropped_by_stats
			      ? i->dropped_by_packets
			      : i->dropped_by_stats;
	uint64_t now;

	i->dropped_by_packets += more;
	if (has_total)
		i->dropped_by_stats = total;
	now = i->dropped_by_packets > i->dropped_by_stats
		  ? i->dropped_by_packets
		  : i->dropped_by_stats;
	r->info.dropped += now - before;
}

/* One block, as the functions below get it. */
struct block {
	uint32_t type;
	uint64_t at; /* offset in the file */
	bool cut;    /* the input ends inside it */
	struct sf_bytes body;
	struct sf_diag short_by; /* when cut */
};

static enum sf_capture_status
stop(struct sf_reader *r, const struct block *b, const struct sf_diag *d)
{
	struct sf_diag in_block = *d;

	in_block.at += SF_PCAPNG_HEAD_OCTETS;
	return sf_reader_stop(r, b->at, b->cut ? &b->short_by : &in_block);
}

static enum sf_capture_status
stop_at(struct sf_reader *r, uint64_t at, enum sf_status st, size_t offset,
    size_t missing, const char *field)
{
	struct sf_diag d = { st, offset, missing, field, REF_BLOCK };

	return sf_reader_stop(r, at, &d);
}

static enum sf_capture_status
packet(struct sf_reader *r, struct sf_packet *out, const struct block *b,
    const struct sf_record *record)
{
	if (b->cut)
		return sf_reader_cut(r, out, record, b->at, &b->short_by);
	sf_reader_deliver(r, out, record);
	return SF_CAPTURE_OK;
}

static enum sf_capture_status
no_interface(struct sf_reader *r, const struct block *b)
{
	struct sf_diag d = { SF_MALFORMED, 0, 0, "interface number",
		"draft-ietf-opsawg-pcapng 4.3" };

	return stop(r, b, &d);
}

/* An enhanced or an obsolete packet block. */
static enum sf_capture_status
full_packet(struct sf_reader *r, struct sf_packet *out, const struct block *b)
{
	struct pcapng *f = r->state;
	struct sf_pcapng_packet p;
	struct sf_record record;
	struct interface *i;
	struct sf_diag d;
	enum sf_status st = b->type == SF_PCAPNG_ENHANCED
				? parse_enhanced(f, &p, b->body, &d)
				: parse_obsolete(f, &p, b->body, &d);

	if (st != SF_OK)
		return stop(r, b, &d);
	if (p.interface >= f->n_interfaces)
		return no_interface(r, b);
	i = &f->interfaces[p.interface];
	count_dropped(r, i, p.dropped, false, 0);
	f->last_ns = in_ns(&i->is, p.time);
	record = (struct sf_record){
		.data = p.data,
		.captured = p.captured,
		.original = p.original,
		.fcs_octets =
		    p.fcs_octets != 0 ? p.fcs_octets : i->is.fcs_octets,
		.link_type = i->is.link_type,
		.timed = true,
		.time_ns = f->last_ns,
		.comment = p.comment,
		.carried = p.carried,
	};
	if (p.direction == SF_PCAPNG_INBOUND)
		record.direction = SF_DIR_IN;
	else if (p.direction == SF_PCAPNG_OUTBOUND)
		record.direction = SF_DIR_OUT;
	return packet(r, out, b, &record);
}

static enum sf_capture_status
simple_packet(struct sf_reader *r, struct sf_packet *out, const struct block *b)
{
	const struct pcapng *f = r->state;
	const struct sf_pcapng_interface *i = &f->interfaces[0].is;
	struct sf_pcapng_simple p;
	struct sf_record record;
	struct sf_diag d;
	uint32_t captured;

	if (parse_simple(f, &p, b->body, &d) != SF_OK)
		return stop(r, b, &d);
	if (f->n_interfaces == 0)
		return no_interface(r, b);
	captured = p.original;
	if (i->snaplen != 0 && i->snaplen < captured)
		captured = i->snaplen;
	if (captured < p.payload.n)
		p.payload.n = captured;
	record = (struct sf_record){
		.data = p.payload,
		.captured = captured,
		.original = p.original,
		.fcs_octets = i->fcs_octets,
		.link_type = i->link_type,
		.time_ns = f->last_ns, /* it has none: that of the one before */
	};
	return packet(r, out, b, &record);
}

static enum sf_capture_status
add_interface(struct sf_reader *r, const struct block *b)
{
	struct pcapng *f = r->state;
	struct sf_pcapng_interface i;
	struct sf_diag d = { 0 };

	if (b->cut || parse_interface(f, &i, b->body, &d) != SF_OK)
		return stop(r, b, &d);
	if (f->n_interfaces == SF_INTERFACES) {
		d = (struct sf_diag){ SF_LIMIT, 0, 0, "interfaces",
			"draft-ietf-opsawg-pcapng 4.2" };
		return stop(r, b, &d);
	}
	i.payload = sf_bytes(NULL, 0);
	f->interfaces[f->n_interfaces++] = (struct interface){ .is = i };
	sf_reader_link(r, i.link_type);
	return SF_CAPTURE_OK;
}

static enum sf_capture_status
statistics(struct sf_reader *r, const struct block *b)
{
	struct pcapng *f = r->state;
	struct sf_pcapng_stats t;
	struct sf_diag d = { 0 };

	if (b->cut || parse_stats(f, &t, b->body, &d) != SF_OK)
		return stop(r, b, &d);
	/* Statistics of an interface that nobody described harm nothing. */
	if (t.interface < f->n_interfaces)
		count_dropped(r, &f->interfaces[t.interface], 0, t.has_dropped,
		    t.dropped);
	return SF_CAPTURE_OK;
}

/* Counts that are damaged harm nothing. */
static enum sf_capture_status
totals(struct sf_reader *r, const struct block *b)
{
	if (b->cut)
		return sf_reader_stop(r, b->at, &b->short_by);
	sf_carried_totals_take(&r->info, b->body);
	return SF_CAPTURE_OK;
}

/* Secrets that are damaged, or of something else, harm nothing. */
static enum sf_capture_status
decryption_secrets(struct sf_reader *r, const struct block *b)
{
	struct pcapng *f = r->state;
	struct sf_pcapng_secrets s;
	struct sf_diag d = { 0 };

	if (b->cut)
		return stop(r, b, &d);
	if (parse_secrets(f, &s, b->body, &d) == SF_OK &&
	    s.type == SF_PCAPNG_TLS_KEY_LOG)
		r->secrets(r->secrets_ctx, s.secrets);
	return SF_CAPTURE_OK;
}

/* Takes a block without holding it. */
static enum sf_capture_status
pass_over(struct sf_reader *r, uint64_t at, uint32_t octets)
{
	struct sf_source *s = &r->source;
	uint8_t length[4];
	uint64_t got;
	size_t held;

	memcpy(length, sf_source_held(s).p + 4, 4);
	got = sf_source_skip(s, octets - 4);
	held = sf_source_hold(s, 4);
	if (got < octets - 4 || held < 4)
		return stop_at(r, at, SF_SHORT, (size_t)got + held,
		    octets - (size_t)got - held, "block");
	if (memcmp(sf_source_held(s).p, length, 4) != 0)
		return stop_at(
		    r, at, SF_MALFORMED, octets - 4, 0, "second block length");
	sf_source_take(s, 4);
	return SF_CAPTURE_OK;
}

/* A section header: another byte order perhaps, and interfaces from 0. */
static enum sf_capture_status
section(struct sf_reader *r, uint64_t at)
{
	struct pcapng *f = r->state;
	struct sf_pcapng_section s;
	struct sf_diag d;

	(void)sf_source_hold(&r->source, 24);
	if (sf_pcapng_section_parse(&s, sf_source_held(&r->source), &d) !=
	    SF_OK)
		return sf_reader_stop(r, at, &d);
	f->big = s.big;
	f->n_interfaces = 0;
	return pass_over(r, at, s.octets);
}

static bool
is_held(uint32_t type)
{
	return type == SF_PCAPNG_ENHANCED || type == SF_PCAPNG_SIMPLE ||
	       type == SF_PCAPNG_OBSOLETE || type == SF_PCAPNG_INTERFACE ||
	       type == SF_PCAPNG_STATS || type == SF_CARRIED_BLOCK;
}

/* Takes a whole block, or what there is of one. SF_CAPTURE_OK and *out, or
   what stopped it. */
static enum sf_capture_status
take_block(struct sf_reader *r, struct block *out, uint64_t at,
    const struct sf_pcapng_head *h)
{
	struct sf_source *s = &r->source;
	struct block b = { .type = h->type, .at = at };
	size_t held;

	if (h->octets > HELD_OCTETS)
		return stop_at(r, at, SF_LIMIT, 4, 0, "block length");
	held = sf_source_hold(s, h->octets);
	b.body = sf_source_held(s);
	b.cut = held < h->octets;
	if (b.cut)
		b.short_by = (struct sf_diag){ SF_SHORT, held, h->octets - held,
			"block", REF_BLOCK };
	else if (memcmp(b.body.p + 4, b.body.p + h->octets - 4, 4) != 0)
		return stop_at(r, at, SF_MALFORMED, h->octets - 4, 0,
		    "second block length");
	if (held > h->octets - 4)
		held = h->octets - 4;
	b.body.p += SF_PCAPNG_HEAD_OCTETS;
	b.body.n = held - SF_PCAPNG_HEAD_OCTETS;
	sf_source_take(s, b.cut ? sf_source_held(s).n : h->octets);
	*out = b;
	return SF_CAPTURE_OK;
}

/* Takes one block. *is_packet tells whether *out was filled. */
static enum sf_capture_status
next_block(struct sf_reader *r, struct sf_packet *out, bool *is_packet)
{
	const struct pcapng *f = r->state;
	uint64_t at = sf_source_at(&r->source);
	struct sf_bytes held;
	struct sf_pcapng_head h;
	struct block b;
	struct sf_diag d;
	enum sf_capture_status st;
	bool wanted;

	*is_packet = false;
	if (sf_source_hold(&r->source, SF_PCAPNG_HEAD_OCTETS) == 0)
		return SF_CAPTURE_END;
	held = sf_source_held(&r->source);
	if (knows(held))
		return section(r, at);
	if (parse_head(f, &h, held, &d) != SF_OK)
		return sf_reader_stop(r, at, &d);
	wanted = h.type == SF_PCAPNG_SECRETS && r->secrets != NULL &&
		 h.octets <= HELD_OCTETS;
	if (!is_held(h.type) && !wanted)
		return pass_over(r, at, h.octets);
	st = take_block(r, &b, at, &h);
	if (st != SF_CAPTURE_OK)
		return st;
	switch (h.type) {
	case SF_PCAPNG_INTERFACE:
		return add_interface(r, &b);
	case SF_PCAPNG_STATS:
		return statistics(r, &b);
	case SF_PCAPNG_SECRETS:
		return decryption_secrets(r, &b);
	case SF_CARRIED_BLOCK:
		return totals(r, &b);
	case SF_PCAPNG_SIMPLE:
		*is_packet = true;
		return simple_packet(r, out, &b);
	default:
		*is_packet = true;
		return full_packet(r, out, &b);
	}
}

static enum sf_capture_status
next_pcapng(struct sf_reader *r, struct sf_packet *out)
{
	enum sf_capture_status st;
	bool is_packet;

	/* Every block takes octets from an input that has an end. */
	do {
		st = next_block(r, out, &is_packet);
	} while (st == SF_CAPTURE_OK && !is_packet);
	return st;
}

const struct sf_front sf_front_pcapng = { "pcapng", knows, open_pcapng,
	next_pcapng };
