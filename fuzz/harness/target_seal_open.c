/* target_seal_open.c - what is sealed opens to the same; and not after any
   octet of it was changed. */
#include "fuzz/harness/common.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sff_input i;
	uint8_t *frame, *pt;
	void *a, *b;
	long n, m;

	if (!sff_take(&i, data, size))
		return 0;
	a = sff_new(i.suite);
	b = sff_new(i.suite);
	frame = (uint8_t *)malloc(i.n + SFF_ROOM);
	pt = (uint8_t *)malloc(i.n + SFF_ROOM);
	SFF_CHECK(frame != NULL && pt != NULL);
	if (a != NULL && b != NULL &&
	    sff_key(a, 1, i.suite, sff_base, 16) == 0 &&
	    sff_key(b, 0, i.suite, sff_base, 16) == 0) {
		n = sff_seal(a, i.suite, i.meta, i.n_meta, i.ct, i.n, frame);
		SFF_CHECK(n < 0 || (size_t)n <= i.n + SFF_ROOM);
		if (n > 0) {
			size_t at = i.n_meta % (size_t)n;

			frame[at] ^= 0x01;
			/* tags of four octets can be right by chance */
			m = sff_open(b, i.meta, i.n_meta, frame, (size_t)n, pt);
			SFF_CHECK(m < 0 || i.suite == 3 || i.suite == 8);
			frame[at] ^= 0x01;
			m = sff_open(b, i.meta, i.n_meta, frame, (size_t)n, pt);
			SFF_CHECK(m == (long)i.n);
			SFF_CHECK(i.n == 0 || memcmp(pt, i.ct, i.n) == 0);
		}
	}
	if (a != NULL)
		sff_free(a);
	if (b != NULL)
		sff_free(b);
	free(frame);
	free(pt);
	return 0;
}
