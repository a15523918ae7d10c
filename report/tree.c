/*
 * tree.c - one SFrame header, bit by bit.
 *
 * A header that is cut short is shown as far as it goes, so this reads the
 * octets itself and does not ask the parser, which has nothing to say then.
 */
#include <inttypes.h>
#include <string.h>

#include "parsers/base/cursor.h"
#include "parsers/sframe/header.h"
#include "report/emit.h"
#include "report/paint.h"
#include "report/report.h"

/* KID or CTR as it stands in the header. */
struct field {
	const char *name;
	unsigned at;     /* octet where it begins; 0 when in the config octet */
	unsigned octets; /* it takes; 0 when in the config octet */
	unsigned have;   /* of these, the octets that are there */
	uint64_t value;  /* of what is there */
};

struct header {
	bool empty; /* not even the config octet */
	uint8_t config;
	struct field kid, ctr;
	unsigned octets;     /* that the config octet announces */
	struct sf_bytes raw; /* the header, as far as it goes */
	struct sf_bytes rest;
};

static struct field
take(struct sf_cursor *c, const char *name, unsigned octets)
{
	struct field f = {
		.name = name, .at = (unsigned)c->at, .octets = octets
	};

	f.have = sf_left(c) < octets ? (unsigned)sf_left(c) : octets;
	if (f.have > 0)
		f.value = sf_uint(c, f.have);
	return f;
}

enum layout { LAYOUT_RFC9605, LAYOUT_DRAFT, LAYOUT_OMARA };

static struct header
take_header(struct sf_bytes in, enum layout layout)
{
	struct sf_cursor c = sf_cursor(in);
	struct header h = { .empty = in.n == 0 };
	unsigned high, low, kid_octets, ctr_octets;

	h.octets = 1;
	h.raw = in;
	h.rest = sf_bytes(NULL, 0);
	if (h.empty)
		return h;
	h.config = sf_u8(&c);
	high = h.config >> 4 & 7u;
	low = h.config & 7u;
	if (layout == LAYOUT_RFC9605) { /* X, K, Y, C */
		kid_octets = h.config & 0x80 ? high + 1 : 0;
		ctr_octets = h.config & 0x08 ? low + 1 : 0;
	} else { /* S, length of CTR, X, K */
		unsigned more = layout == LAYOUT_DRAFT;

		kid_octets = h.config & 0x08 ? low + more : 0;
		ctr_octets = high + more;
	}
	h.kid = take(&c, "KID", kid_octets);
	h.ctr = take(&c, "CTR", ctr_octets);
	if (kid_octets == 0)
		h.kid = (struct field){ .name = "KID",
			.value = layout == LAYOUT_RFC9605 ? high : low };
	if (ctr_octets == 0)
		h.ctr = (struct field){ .name = "CTR", .value = low };
	h.octets = 1 + kid_octets + ctr_octets;
	h.raw = sf_bytes(in.p, c.at);
	h.rest = sf_rest(&c);
	return h;
}

static bool
is_whole(const struct header *h)
{
	return !h->empty && h->raw.n == h->octets;
}

/* RFC 9605 4.3: below 8 in the config octet, else the fewest octets. */
static bool
is_minimal(const struct field *f)
{
	return sf_sframe_header_octets(f->value) == f->octets;
}

struct tree {
	FILE *f;
	int indent;
	const struct sf_report_style *style;
};

/* bits is the mask of the bits that a row is about. */
static void
put_bits(const struct tree *t, uint8_t config, uint8_t mask, const char *name,
    const char *meaning)
{
	char bits[10];
	unsigned value = config & mask;
	unsigned at = 0;

	for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
		if (bit == 0x08)
			bits[at++] = ' ';
		bits[at++] = !(mask & bit) ? '.' : config & bit ? '1' : '0';
	}
	bits[at] = '\0';
	for (unsigned low = mask; !(low & 1); low >>= 1)
		value >>= 1;
	fprintf(t->f, "%*s    0  %s  %-3s  %u  %s\n", t->indent, "", bits, name,
	    value, meaning);
}

static void
put_form(const struct tree *t, const struct field *f)
{
	const struct sf_report_style *style = t->style;
	unsigned wanted = sf_sframe_header_octets(f->value);

	if (is_minimal(f))
		fputs(", minimal", t->f);
	else if (wanted == 0)
		fprintf(t->f,
		    ", %snot minimal: below 8, so it belongs in the config "
		    "octet%s",
		    sf_paint(style, SF_RED), sf_paint(style, SF_PLAIN));
	else
		fprintf(t->f, ", %snot minimal: %u octet%s would do%s",
		    sf_paint(style, SF_RED), wanted, wanted == 1 ? "" : "s",
		    sf_paint(style, SF_PLAIN));
}

static void
put_place(const struct tree *t, const struct field *f)
{
	char at[24];

	if (f->have > 1)
		snprintf(at, sizeof(at), "%u-%u", f->at, f->at + f->have - 1);
	else
		snprintf(at, sizeof(at), "%u", f->at);
	fprintf(t->f, "%*s%5s  %-9s  %-3s  ", t->indent, "", at, "", f->name);
}

/* judged: say whether the form is the one RFC 9605 asks for */
static void
put_field(const struct tree *t, const struct field *f, bool judged)
{
	put_place(t, f);
	if (f->octets == 0) {
		fprintf(t->f, "%" PRIu64 "  in the config octet%s\n", f->value,
		    judged ? ", minimal" : "");
		return;
	}
	if (f->have < f->octets) {
		fprintf(t->f, "%scut short: %u of %u octets are there%s\n",
		    sf_paint(t->style, SF_RED), f->have, f->octets,
		    sf_paint(t->style, SF_PLAIN));
		return;
	}
	fprintf(t->f, "%" PRIu64 "  0x%0*" PRIx64 ", %u octet%s", f->value,
	    (int)(2 * f->octets), f->value, f->octets,
	    f->octets == 1 ? "" : "s");
	if (judged)
		put_form(t, f);
	fputc('\n', t->f);
}

static void
put_hex(FILE *f, struct sf_bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		fprintf(f, "%02x", b.p[i]);
}

static void
put_minimal_form(const struct tree *t, const struct header *h)
{
	uint8_t best[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(best, h->kid.value, h->ctr.value);

	if (n == h->raw.n && memcmp(best, h->raw.p, n) == 0) {
		fputs(", the one form RFC 9605 4.3 allows", t->f);
		return;
	}
	fputs("; RFC 9605 4.3 asks for ", t->f);
	put_hex(t->f, sf_bytes(best, n));
}

static void
put_end(const struct tree *t, const struct header *h, bool judged)
{
	fprintf(t->f, "%*s", t->indent, "");
	if (!is_whole(h)) {
		fprintf(t->f,
		    "%sheader cut short%s: %zu of %u octets are there\n",
		    sf_paint(t->style, SF_RED), sf_paint(t->style, SF_PLAIN),
		    h->raw.n, h->octets);
		return;
	}
	fprintf(
	    t->f, "header of %zu octet%s", h->raw.n, h->raw.n == 1 ? "" : "s");
	if (judged)
		put_minimal_form(t, h);
	fputc('\n', t->f);
	if (h->rest.n > 0)
		fprintf(t->f, "%*s%zu octet%s follow%s: ciphertext and tag\n",
		    t->indent, "", h->rest.n, h->rest.n == 1 ? "" : "s",
		    h->rest.n == 1 ? "s" : "");
}

static bool
put_nothing(const struct tree *t)
{
	fprintf(t->f, "%*sheader cut short: the config octet is not there\n",
	    t->indent, "");
	return !ferror(t->f);
}

static bool
is_set(uint8_t config, uint8_t mask)
{
	return (config & mask) != 0;
}

bool
sf_header_tree(FILE *f, struct sf_bytes raw, unsigned indent,
    const struct sf_report_style *style)
{
	struct tree t = { f, (int)indent, style };
	struct header h = take_header(raw, LAYOUT_RFC9605);
	char text[80];

	if (h.empty)
		return put_nothing(&t);
	put_bits(&t, h.config, 0x80, "X",
	    is_set(h.config, 0x80) ? "KID is in the octets that follow"
				   : "KID is the next three bits");
	snprintf(text, sizeof(text), "KID takes %u octet%s", h.kid.octets,
	    h.kid.octets == 1 ? "" : "s");
	put_bits(&t, h.config, 0x70, "K", h.kid.octets == 0 ? "KID" : text);
	put_bits(&t, h.config, 0x08, "Y",
	    is_set(h.config, 0x08) ? "CTR is in the octets that follow"
				   : "CTR is the next three bits");
	snprintf(text, sizeof(text), "CTR takes %u octet%s", h.ctr.octets,
	    h.ctr.octets == 1 ? "" : "s");
	put_bits(&t, h.config, 0x07, "C", h.ctr.octets == 0 ? "CTR" : text);
	put_field(&t, &h.kid, true);
	if (h.kid.have == h.kid.octets)
		put_field(&t, &h.ctr, true);
	put_end(&t, &h, true);
	return !ferror(f);
}

bool
sf_draft_header_tree(FILE *f, struct sf_bytes raw, bool omara, unsigned indent,
    const struct sf_report_style *style)
{
	struct tree t = { f, (int)indent, style };
	struct header h = take_header(raw, omara ? LAYOUT_OMARA : LAYOUT_DRAFT);
	char text[80];

	if (h.empty)
		return put_nothing(&t);
	put_bits(&t, h.config, 0x80, "S",
	    is_set(h.config, 0x80) ? "a signature follows, or this is no header"
				   : "no signature");
	snprintf(text, sizeof(text), "CTR takes %u octet%s", h.ctr.octets,
	    h.ctr.octets == 1 ? "" : "s");
	put_bits(&t, h.config, 0x70, "LEN", text);
	put_bits(&t, h.config, 0x08, "X",
	    is_set(h.config, 0x08) ? "KID is in the octets that follow"
				   : "KID is the next three bits");
	snprintf(text, sizeof(text), "KID takes %u octet%s", h.kid.octets,
	    h.kid.octets == 1 ? "" : "s");
	put_bits(&t, h.config, 0x07, "K", h.kid.octets == 0 ? "KID" : text);
	put_field(&t, &h.kid, false);
	if (h.kid.have == h.kid.octets)
		put_field(&t, &h.ctr, false);
	put_end(&t, &h, false);
	return !ferror(f);
}

static void
emit_field(struct sf_emit *e, const struct field *f, bool whole)
{
	sf_emit_open(e, f->name[0] == 'K' ? "kid" : "ctr", '{');
	if (whole)
		sf_emit_u64(e, "value", f->value);
	else
		sf_emit_null(e, "value");
	sf_emit_count(e, "at", f->at);
	sf_emit_count(e, "octets", f->octets);
	sf_emit_count(e, "octets_there", f->have);
	if (whole)
		sf_emit_bool(e, "minimal", is_minimal(f));
	else
		sf_emit_null(e, "minimal");
	sf_emit_close(e, '{');
}

bool
sf_header_json(FILE *f, struct sf_bytes raw)
{
	struct header h = take_header(raw, LAYOUT_RFC9605);
	struct sf_emit e = sf_emit(f, true);
	uint8_t best[SF_SFRAME_HEADER_MAX];

	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/header/v1");
	sf_emit_hex(&e, "octets", h.raw);
	sf_emit_bool(&e, "complete", is_whole(&h));
	sf_emit_count(&e, "announced_octets", h.octets);
	if (h.empty) {
		sf_emit_null(&e, "config");
		sf_emit_null(&e, "kid");
		sf_emit_null(&e, "ctr");
	} else {
		sf_emit_open(&e, "config", '{');
		sf_emit_count(&e, "x", h.config >> 7);
		sf_emit_count(&e, "k", h.config >> 4 & 7u);
		sf_emit_count(&e, "y", h.config >> 3 & 1u);
		sf_emit_count(&e, "c", h.config & 7u);
		sf_emit_close(&e, '{');
		emit_field(&e, &h.kid, h.kid.have == h.kid.octets);
		emit_field(&e, &h.ctr, h.ctr.have == h.ctr.octets);
	}
	if (is_whole(&h)) {
		size_t n =
		    sf_sframe_header_write(best, h.kid.value, h.ctr.value);

		sf_emit_hex(&e, "minimal_form", sf_bytes(best, n));
	} else {
		sf_emit_null(&e, "minimal_form");
	}
	sf_emit_count(&e, "following_octets", h.rest.n);
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}
