/*
 * cases_header.c - headers through the public interface: RFC 9605 4.3.
 */
#include <string.h>

#include "cli/conform/conform.h"
#include "parsers/sframe/header.h"

/* The first and the last number of each length, and where doubles end. */
static const uint64_t edges[] = { 0, 7, 8, 255, 256, 65535, 65536, 0xffffff,
	0x1000000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	(UINT64_C(1) << 53) - 1, UINT64_C(1) << 53, (UINT64_C(1) << 53) + 1,
	(UINT64_C(1) << 56) - 1, UINT64_C(1) << 56, UINT64_C(1) << 63,
	UINT64_MAX };

#define EDGES ((unsigned)(sizeof(edges) / sizeof(edges[0])))

static uint64_t
value_of(unsigned octets, unsigned salt)
{
	uint64_t v = 0;

	if (octets == 0)
		return salt % 8;
	for (unsigned i = 0; i < octets; i++)
		v = v << 8 | (0x10 * octets + i + 1 + salt);
	return v;
}

struct keyed {
	uint8_t base[32], pt[21];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct keyed *k, uint64_t kid, uint64_t ctr)
{
	sf_fill_key(t, k->base, sizeof(k->base));
	sf_fill_key(t, k->pt, sizeof(k->pt));
	k->f = (struct sf_plain){ .base = sf_bytes(k->base, sizeof(k->base)),
		.kid = kid,
		.ctr = ctr,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(k->pt, sizeof(k->pt)) };
}

static void
receive(struct sf_trial *t, uint64_t kid, uint64_t ctr)
{
	struct keyed k;

	make(t, &k, kid, ctr);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", kid, k.f.base);
	sf_must_open_ours(t, "a", &k.f);
}

static void
set_counter(struct sf_trial *t, uint64_t kid, uint64_t next)
{
	sf_begin(t, "ctr");
	sf_put(t, "ctx", "a");
	sf_put_u64(t, "kid", kid);
	sf_put_u64(t, "next", next);
	sf_ask(t);
	sf_must_ok(t, "to go on with a counter that was not used yet");
}

static void
send(struct sf_trial *t, uint64_t kid, uint64_t ctr)
{
	struct keyed k;
	uint64_t got;

	make(t, &k, kid, ctr);
	sf_new(t, "a");
	sf_must_key(t, "a", "send", kid, k.f.base);
	if (ctr != 0)
		set_counter(t, kid, ctr);
	sf_must_seal(t, "a", &k.f, &got);
	if (t->stopped || got == ctr)
		return;
	t->blame = ctr == 0 ? "CTR-03" : "CTR-04";
	sf_fail(t, "the next counter is %llu; %llu was used",
	    (unsigned long long)ctr, (unsigned long long)got);
}

static void
shape_open(struct sf_trial *t)
{
	unsigned k = t->c->i / 9, c = t->c->i % 9;

	receive(t, value_of(k, c), value_of(c, k + 4));
}

static void
shape_seal(struct sf_trial *t)
{
	unsigned k = t->c->i / 9, c = t->c->i % 9;

	send(t, value_of(k, c), value_of(c, k + 4));
}

static void
edge_kid_open(struct sf_trial *t)
{
	receive(t, edges[t->c->i], 5);
}

static void
edge_ctr_open(struct sf_trial *t)
{
	receive(t, 5, edges[t->c->i]);
}

static void
edge_kid_seal(struct sf_trial *t)
{
	send(t, edges[t->c->i], 0);
}

/* The last counter of all is a choice, and asked for elsewhere. */
static void
edge_ctr_seal(struct sf_trial *t)
{
	send(t, 5, edges[t->c->i] - (edges[t->c->i] == UINT64_MAX));
}

static void
config(struct sf_trial *t)
{
	uint8_t ct[33] = { (uint8_t)t->c->i };
	struct keyed k;
	struct sf_sframe_header h;
	struct sf_diag d;

	make(t, &k, 0, 0);
	sf_new(t, "a");
	if (sf_sframe_header_parse(&h, sf_bytes(ct, 33), &d) == SF_OK)
		sf_must_key(t, "a", "recv", h.kid, k.f.base);
	sf_must_refuse(t, "a", k.f.meta, sf_bytes(ct, sizeof(ct)),
	    "a config octet in front of zeroes, whose tag cannot be right");
}

/* A prefix of the longest, of a middling and of a short header, alone. */
static void
prefix(struct sf_trial *t)
{
	static const uint64_t kids[] = { UINT64_MAX, 0xffffffff, 5 };
	static const uint64_t ctrs[] = { UINT64_MAX - 1, 0x1234567, 200 };
	unsigned which = t->c->i < 17 ? 0 : t->c->i < 26 ? 1 : 2;
	unsigned n = t->c->i - (which == 0 ? 0 : which == 1 ? 17 : 26);
	uint8_t header[SF_SFRAME_HEADER_MAX];
	struct keyed k;

	make(t, &k, kids[which], ctrs[which]);
	(void)sf_sframe_header_write(header, k.f.kid, k.f.ctr);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", k.f.kid, k.f.base);
	k.f.ctr--;
	sf_must_open_ours(t, "a", &k.f);
	if (t->result->verdict == SF_V_FAIL && t->result->charged == NULL)
		t->result->charged = "HDR-01"; /* takes no such header at all */
	k.f.ctr++;
	sf_must_refuse(t, "a", k.f.meta, sf_bytes(header, n),
	    "a header that is cut short");
	sf_must_open_ours(t, "a", &k.f);
}

/* KID and CTR in fields that are too long: octets of each. */
static const struct {
	uint64_t kid, ctr;
	uint8_t kid_octets, ctr_octets;
} longer[] = {
	/* clang-format off */
	{ 5, 3, 1, 0 }, { 5, 3, 0, 1 }, { 0, 0, 1, 1 }, { 5, 3, 2, 0 },
	{ 5, 3, 0, 8 }, { 0x91, 3, 2, 0 }, { 0x91, 3, 8, 0 },
	{ 0x123, 3, 3, 0 }, { 5, 0x91, 0, 2 }, { 5, 0x4567, 0, 8 },
	{ 0x123, 0x4567, 8, 8 }, { 7, 3, 4, 0 }, { 7, 3, 8, 0 }, { 5, 7, 0, 4 },
	{ 7, 7, 1, 1 }, { 0, 0, 8, 8 }, { 0xff, 0xff, 2, 2 },
	{ 0xfffffff, 3, 6, 0 }, { 5, 0x10000, 0, 8 },
	{ 8, 0xffff, 1, 3 },
	/* clang-format on */
};

#define LONGER ((unsigned)(sizeof(longer) / sizeof(longer[0])))

static void
put_number(uint8_t *out, uint64_t v, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		out[octets - 1 - i] = (uint8_t)(v >> 8 * i);
}

static void
lengthen(struct sf_plain *f, unsigned kid_octets, unsigned ctr_octets)
{
	uint64_t k = kid_octets == 0 ? f->kid : 7 + kid_octets;
	uint64_t c = ctr_octets == 0 ? f->ctr : 7 + ctr_octets;

	f->header[0] = (uint8_t)(k << 4 | c);
	put_number(f->header + 1, f->kid, kid_octets);
	put_number(f->header + 1 + kid_octets, f->ctr, ctr_octets);
	f->n_header = 1 + kid_octets + ctr_octets;
}

/* Every kind of header that is too long, on one context: the answers are the
   same, whichever they are (RFC 9605 4.3 binds the sender alone). */
static void
consistent(struct sf_trial *t)
{
	unsigned taken = 0, refused = 0;
	char first[40] = "";

	for (unsigned i = 0; i < LONGER && !t->stopped; i++) {
		struct keyed k;
		uint8_t ct[64];
		size_t n;

		make(t, &k, longer[i].kid, longer[i].ctr);
		lengthen(&k.f, longer[i].kid_octets, longer[i].ctr_octets);
		sf_new(t, "a");
		sf_must_key(t, "a", "recv", k.f.kid, k.f.base);
		n = sf_seal_by_us(t, &k.f, ct);
		sf_open(t, "a", k.f.meta, sf_bytes(ct, n));
		taken += t->reply == SF_R_OK;
		refused += t->reply == SF_R_NO;
		if (taken > 0 && refused > 0 && first[0] == '\0')
			snprintf(first, sizeof(first),
			    "KID in %u, CTR in %u octets", longer[i].kid_octets,
			    longer[i].ctr_octets);
	}
	if (t->stopped)
		return;
	if (taken > 0 && refused > 0 &&
	    t->run->info.policy[SF_POLICY_NONMINIMAL_HEADER][0] != '\0')
		sf_fail(t,
		    "the shim declares nonminimal-header:%s, and takes %u of "
		    "%u kinds; they differ from %s on",
		    t->run->info.policy[SF_POLICY_NONMINIMAL_HEADER], taken,
		    LONGER, first);
	else if (taken > 0 && refused > 0)
		sf_record(t,
		    "half-way: %u of %u kinds of a longer header are taken; "
		    "they differ from %s on",
		    taken, LONGER, first);
	else
		sf_choose(t, SF_POLICY_NONMINIMAL_HEADER, taken > 0, "accept",
		    "reject");
}

/* KID and CTR in octets of their own, with zeroes in front, and both. */
static void
longer_open(struct sf_trial *t)
{
	static const uint64_t both[][2] = { { 5, 3 }, { 0x91, 3 }, { 5, 0x91 },
		{ 0x123, 0x4567 } };
	unsigned i = t->c->i;
	struct keyed k;
	uint8_t ct[64];

	make(t, &k, 5, 3);
	if (i < 8) {
		k.f.kid = i;
		lengthen(&k.f, 1, 0);
	} else if (i < 16) {
		k.f.ctr = i - 8;
		lengthen(&k.f, 0, 1);
	} else if (i < 23) {
		k.f.kid = 0x91;
		lengthen(&k.f, i - 14, 0);
	} else if (i < 30) {
		k.f.ctr = 0x91;
		lengthen(&k.f, 0, i - 21);
	} else {
		k.f.kid = both[i - 30][0];
		k.f.ctr = both[i - 30][1];
		lengthen(&k.f, 8, 8);
	}
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", k.f.kid, k.f.base);
	sf_open(t, "a", k.f.meta, sf_bytes(ct, sf_seal_by_us(t, &k.f, ct)));
	if (t->reply == SF_R_OK)
		sf_must_octets(t, "pt", k.f.pt);
	if (t->reply != SF_R_NONE)
		sf_choose(t, SF_POLICY_NONMINIMAL_HEADER, t->reply == SF_R_OK,
		    "accept", "reject");
}

static void
inline_seal(struct sf_trial *t)
{
	send(t, t->c->i / 8, t->c->i % 8);
}

/* A genuine frame whose header somebody made longer, or a longer one that was
   made minimal: the tag is over what was sent. */
static void
rewrite(struct sf_trial *t)
{
	struct keyed k;
	struct sf_plain other;
	uint8_t ct[80], out[80];
	size_t n, header;

	make(t, &k, longer[t->c->i].kid, longer[t->c->i].ctr);
	other = k.f;
	lengthen(
	    &other, longer[t->c->i].kid_octets, longer[t->c->i].ctr_octets);
	n = sf_seal_by_us(t, &k.f, ct);
	header = n - k.f.pt.n - t->suite->tag_octets;
	memcpy(out, other.header, other.n_header);
	memcpy(out + other.n_header, ct + header, n - header);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", k.f.kid, k.f.base);
	sf_must_refuse(t, "a", k.f.meta,
	    sf_bytes(out, n - header + other.n_header),
	    "a header that was encoded anew, longer");
	n = sf_seal_by_us(t, &other, ct);
	(void)sf_sframe_header_write(out, k.f.kid, k.f.ctr);
	memcpy(out + header, ct + other.n_header, n - other.n_header);
	sf_must_refuse(t, "a", k.f.meta,
	    sf_bytes(out, n - other.n_header + header),
	    "a header that was encoded anew, minimal");
}

void
sf_cases_header(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "hdr-shape-open", "header", "4.3", "HDR-01 HDR-02 HDR-03 HDR-06 HDR-08", "A frame with KID and CTR fields of these lengths opens", FIRST_SUITE, 81, SF_NEED(OPEN), shape_open },
		{ "hdr-shape-seal", "header", "4.3", "HDR-05 HDR-04", "A frame with KID and CTR of these lengths is sealed with a minimal header", FIRST_SUITE, 81, SF_NEED(SEAL) | SF_NEED(CTR_SET), shape_seal },
		{ "hdr-edge-kid-open", "header", "4.3", "HDR-07 HDR-08", "A KID at the end of a length, or near 2^53, is read exactly", FIRST_SUITE, EDGES, SF_NEED(OPEN), edge_kid_open },
		{ "hdr-edge-ctr-open", "header", "4.3", "HDR-07 HDR-08 NON-01 NON-02", "A CTR at the end of a length, or near 2^53, is read exactly", FIRST_SUITE, EDGES, SF_NEED(OPEN), edge_ctr_open },
		{ "hdr-emit-kid", "header", "4.3", "HDR-05 HDR-04", "A KID at the end of a length is sent in the fewest octets", FIRST_SUITE, EDGES, SF_NEED(SEAL), edge_kid_seal },
		{ "hdr-emit-ctr", "header", "4.3", "HDR-05 HDR-04 NON-01", "A CTR at the end of a length is sent in the fewest octets", FIRST_SUITE, EDGES, SF_NEED(SEAL) | SF_NEED(CTR_SET), edge_ctr_seal },
		{ "hdr-cfg", "header", "4.3", "HDR-09 DEC-05", "A config octet in front of zeroes is refused, and nothing falls over", FIRST_SUITE, 256, SF_NEED(OPEN), config },
		{ "hdr-prefix", "header", "4.3", "HDR-09 DEC-05", "The beginning of a header is refused, and a genuine frame opens afterwards", EACH_SUITE, 28, SF_NEED(OPEN), prefix },
		{ "hdr-emit-inline", "header", "4.3", "HDR-04 HDR-05", "A KID and a CTR below 8 are in the config octet", FIRST_SUITE, 64, SF_NEED(SEAL) | SF_NEED(CTR_SET), inline_seal },
		{ "hdr-nm-open", "header", "4.3", "HDR-10 HDR-11", "A genuine frame with a field that is longer than it has to be", EACH_SUITE, 34, SF_NEED(OPEN), longer_open },
		{ "hdr-nm-consistent", "header", "4.3", "HDR-10", "Headers that are not minimal are all taken or all refused", EACH_SUITE, 1, SF_NEED(OPEN), consistent },
		{ "hdr-anew", "header", "4.4.4", "HDR-11 DEC-03", "The tag is checked over the header as it was sent", EACH_SUITE, LONGER, SF_NEED(OPEN), rewrite },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
