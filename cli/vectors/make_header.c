/*
 * make_header.c - headers: RFC 9605 4.3.
 */
#include <string.h>

#include "cli/vectors/make.h"

#define REQUIREMENTS "HDR-01 HDR-04 HDR-05 HDR-07 HDR-08"

/* The last and the first number of each length, and where doubles end. */
static const uint64_t edges[] = {
	7,
	8,
	0xff,
	0x100,
	0xffff,
	0x10000,
	0xffffff,
	0x1000000,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0xffffffffff,
	0x10000000000,
	0xffffffffffff,
	0x1000000000000,
	(UINT64_C(1) << 53) - 1,
	UINT64_C(1) << 53,
	(UINT64_C(1) << 53) + 1,
	0xffffffffffffff,
	0x100000000000000,
	(UINT64_C(1) << 63) - 1,
	UINT64_C(1) << 63,
	UINT64_MAX,
};

#define N_EDGES (sizeof(edges) / sizeof(edges[0]))

static void
put_header(struct sf_make *m, const struct sf_make_test *t, uint64_t kid,
    uint64_t ctr, const uint8_t *encoded, size_t n)
{
	sf_make_test_open(m, t);
	if (t->result != SF_VECTOR_INVALID) {
		sf_emit_u64(&m->e, "kid", kid);
		sf_emit_u64(&m->e, "ctr", ctr);
	}
	sf_emit_hex(&m->e, "encoded", sf_bytes(encoded, n));
	sf_make_test_close(m, t);
}

static void
put_minimal(
    struct sf_make *m, const struct sf_make_test *t, uint64_t kid, uint64_t ctr)
{
	uint8_t encoded[SF_SFRAME_HEADER_MAX];

	put_header(
	    m, t, kid, ctr, encoded, sf_sframe_header_write(encoded, kid, ctr));
}

/* A value that takes so many octets, 0 for the config octet alone. */
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

static void
put_shapes(struct sf_make *m)
{
	const struct sf_make_test t = { .family = "hdr-shape",
		.comment = "KID and CTR of every length there is",
		.rfc = "4.3",
		.requirements = REQUIREMENTS };

	for (unsigned k = 0; k <= 8; k++)
		for (unsigned c = 0; c <= 8; c++)
			put_minimal(m, &t, value_of(k, c), value_of(c, k + 4));
}

static void
put_edges(struct sf_make *m)
{
	static const struct sf_make_test kid = { .family = "hdr-edge-kid",
		.comment = "The KID is at the end of a length, or near 2^53",
		.rfc = "4.3",
		.requirements = REQUIREMENTS };
	static const struct sf_make_test ctr = { .family = "hdr-edge-ctr",
		.comment = "The CTR is at the end of a length, or near 2^53",
		.rfc = "4.3",
		.requirements = REQUIREMENTS };
	static const struct sf_make_test both = { .family = "hdr-edge-both",
		.comment = "KID and CTR are at the end of a length",
		.rfc = "4.3",
		.requirements = REQUIREMENTS };

	for (size_t i = 0; i < N_EDGES; i++)
		put_minimal(m, &kid, edges[i], 0);
	for (size_t i = 0; i < N_EDGES; i++)
		put_minimal(m, &ctr, 0, edges[i]);
	for (size_t i = 0; i < N_EDGES; i++)
		put_minimal(m, &both, edges[i], edges[N_EDGES - 1 - i]);
}

static void
put_longer(struct sf_make *m, const char *family, const char *comment,
    uint64_t kid, unsigned kid_octets, uint64_t ctr, unsigned ctr_octets)
{
	const struct sf_make_test t = { .family = family,
		.comment = comment,
		.rfc = "4.3",
		.requirements = "HDR-10",
		.result = SF_VECTOR_POLICY,
		.policy = SF_POLICY_NONMINIMAL_HEADER,
		.flag = SF_FLAG_NON_MINIMAL };
	uint8_t encoded[SF_SFRAME_HEADER_MAX];

	put_header(m, &t, kid, ctr, encoded,
	    sf_make_header(encoded, kid, kid_octets, ctr, ctr_octets));
}

static void
put_not_minimal(struct sf_make *m)
{
	for (unsigned v = 0; v < 8; v++)
		put_longer(m, "hdr-nm-kid-ext",
		    "A KID below 8 stands in an octet of its own", v, 1, 3, 0);
	for (unsigned v = 0; v < 8; v++)
		put_longer(m, "hdr-nm-ctr-ext",
		    "A CTR below 8 stands in an octet of its own", 3, 0, v, 1);
	for (unsigned n = 2; n <= 8; n++)
		put_longer(m, "hdr-nm-kid-lead0",
		    "The KID has zero octets in front", 0x91, n, 3, 0);
	for (unsigned n = 2; n <= 8; n++)
		put_longer(m, "hdr-nm-ctr-lead0",
		    "The CTR has zero octets in front", 3, 0, 0x91, n);
	for (unsigned v = 0; v < 4; v++)
		put_longer(m, "hdr-nm-both", "Both fields have eight octets",
		    v * 0x123, 8, v * 0x4567, 8);
}

static void
put_cut(struct sf_make *m, const struct sf_make_test *t, uint64_t kid,
    uint64_t ctr, size_t least)
{
	uint8_t encoded[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(encoded, kid, ctr);

	for (size_t i = least; i < n; i++)
		put_header(m, t, 0, 0, encoded, i);
}

static void
put_short(struct sf_make *m)
{
	static const struct sf_make_test empty = { .family = "hdr-empty",
		.comment = "There is nothing at all",
		.rfc = "4.3",
		.requirements = "HDR-09",
		.result = SF_VECTOR_INVALID,
		.flag = SF_FLAG_TRUNCATED_HEADER };
	static const struct sf_make_test config = { .family = "hdr-config",
		.comment = "A config octet that promises more stands alone",
		.rfc = "4.3",
		.requirements = "HDR-09",
		.result = SF_VECTOR_INVALID,
		.flag = SF_FLAG_TRUNCATED_HEADER };
	static const struct sf_make_test cut = { .family = "hdr-trunc",
		.comment = "A header ends too early",
		.rfc = "4.3",
		.requirements = "HDR-09",
		.result = SF_VECTOR_INVALID,
		.flag = SF_FLAG_TRUNCATED_HEADER };

	put_header(m, &empty, 0, 0, (const uint8_t *)"", 0);
	for (unsigned octet = 0; octet < 256; octet++)
		if ((octet & 0x88) != 0)
			put_header(
			    m, &config, 0, 0, &(uint8_t){ (uint8_t)octet }, 1);
	put_cut(m, &cut, UINT64_MAX, UINT64_MAX - 1, 2);
	put_cut(m, &cut, UINT64_C(1) << 63, 5, 2);
	put_cut(m, &cut, 5, (UINT64_C(1) << 53) + 1, 2);
	put_cut(m, &cut, 0x123, 0x4567, 2);
	put_cut(m, &cut, 0x123456, 0x98, 2);
}

void
sf_make_headers(struct sf_make *m)
{
	sf_make_group_open(m, SF_VECTOR_HEADER, NULL, 0);
	put_shapes(m);
	put_edges(m);
	put_not_minimal(m);
	put_short(m);
	sf_make_group_close(m);
}
