/*
 * target_roundtrip.c - sf_sframe_header_write() against
 * sf_sframe_header_parse(): what we write we read back equal, and what we read
 * that was minimal we write back octet for octet.
 */
#include "fuzz/fuzz.h"
#include "parsers/sframe/header.h"

#include <string.h>

/* The fewest octets RFC 9605 4.3 lets a value have, counted another way. */
static unsigned
fewest(uint64_t v)
{
	unsigned n = 1;

	if (v <= 7)
		return 0;
	while (n < 8 && v >> (8 * n) != 0)
		n++;
	return n;
}

static void
write_and_read(uint64_t kid, uint64_t ctr)
{
	uint8_t octets[SF_SFRAME_HEADER_MAX];
	size_t n = sf_sframe_header_write(octets, kid, ctr);
	struct sf_sframe_header h;
	struct sf_diag d;

	FUZZ_CHECK(n == 1 + fewest(kid) + fewest(ctr));
	FUZZ_CHECK(sf_sframe_header_octets(kid) == fewest(kid));
	FUZZ_CHECK(
	    sf_sframe_header_parse(&h, sf_bytes(octets, n), &d) == SF_OK);
	FUZZ_CHECK(h.kid == kid && h.ctr == ctr);
	FUZZ_CHECK(h.kid_octets == fewest(kid) && h.ctr_octets == fewest(ctr));
	FUZZ_CHECK(h.aad.p == octets && h.aad.n == n && h.payload.n == 0);
	/* One octet less is not a header. */
	FUZZ_CHECK(sf_sframe_header_parse(&h, sf_bytes(octets, n - 1), &d) ==
		   SF_SHORT);
	FUZZ_CHECK(d.missing >= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t octets[SF_SFRAME_HEADER_MAX];
	struct sf_sframe_header h;
	struct sf_diag d;
	size_t n;

	if (sf_sframe_header_parse(&h, sf_bytes(data, size), &d) != SF_OK)
		return 0;
	write_and_read(h.kid, h.ctr);
	n = sf_sframe_header_write(octets, h.kid, h.ctr);
	FUZZ_CHECK(n <= h.aad.n);
	if (h.kid_octets == fewest(h.kid) && h.ctr_octets == fewest(h.ctr))
		FUZZ_CHECK(n == h.aad.n && memcmp(octets, h.aad.p, n) == 0);
	FUZZ_CHECK(h.aad.n + h.payload.n == size);
	return 0;
}
