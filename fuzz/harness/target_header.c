/* target_header.c - header functions alone, against what RFC 9605 4.3 says. */
#include "fuzz/harness/common.h"

static uint64_t
number(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *in = sff_exact(data, size);
	uint64_t kid = 0, ctr = 0;
	long n = sff_header(in, size, &kid, &ctr);
	size_t k, c;

	if (n >= 0) {
		SFF_CHECK(size > 0);
		k = (in[0] & 0x80) != 0 ? (size_t)(in[0] >> 4 & 7) + 1 : 0;
		c = (in[0] & 0x08) != 0 ? (size_t)(in[0] & 7) + 1 : 0;
		SFF_CHECK((size_t)n == 1 + k + c && (size_t)n <= size);
		SFF_CHECK(kid == (k == 0 ? (uint64_t)(in[0] >> 4 & 7)
					 : number(in + 1, k)));
		SFF_CHECK(ctr == (c == 0 ? (uint64_t)(in[0] & 7)
					 : number(in + 1 + k, c)));
	}
	free(in);
	return 0;
}
