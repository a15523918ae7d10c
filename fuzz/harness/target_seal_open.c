/* target_seal_open.c - what is sealed opens to the same; and not after any
   octet of it was changed. */
#include "fuzz/harness/common.h"

/* Whether what was refused is in the output all the same: RFC 9605 4.5.1 has the
   tag verified first. GCM libraries often leave it there: -DSFF_NO_RELEASE asks
   of these suites as well. */
static int
is_released(unsigned suite, const uint8_t *out, const uint8_t *pt, size_t n)
{
	size_t same = 0;
	int gcm = suite == 4 || suite == 5;

#ifdef SFF_NO_RELEASE
	gcm = 0;
#endif
	for (size_t i = 0; i < n; i++)
		same += out[i] == pt[i];
	return !gcm && n >= 16 && same + 1 >= n;
}

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
			for (size_t k = 0; k < i.n; k++)
				pt[k] = (uint8_t)~i.ct[k];
			/* tags of four octets can be right by chance */
			m = sff_open(b, i.meta, i.n_meta, frame, (size_t)n, pt);
			SFF_CHECK(m < 0 || i.suite == 3 || i.suite == 8);
			SFF_CHECK(m >= 0 ||
				  !is_released(i.suite, pt, i.ct, i.n));
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
