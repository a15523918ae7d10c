/* target_open.c - frames to open: the mutator seals half of them rightly. */
#include "fuzz/harness/common.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sff_input i;
	uint8_t *meta, *ct, *first, *again;
	void *context;
	long a, b;

	if (!sff_take(&i, data, size))
		return 0;
	context = sff_new(i.suite);
	if (context == NULL)
		return 0;
	(void)sff_key(context, 0, sff_kid(i.ct, i.n), sff_base, 16);
	meta = sff_exact(i.meta, i.n_meta);
	ct = sff_exact(i.ct, i.n);
	first = sff_exact(i.ct, i.n);
	again = sff_exact(i.ct, i.n);
	a = sff_open(context, meta, i.n_meta, ct, i.n, first);
	SFF_CHECK(a < (long)i.n || a == 0);
	/* the input is not the implementation's to change */
	SFF_CHECK(i.n == 0 || memcmp(ct, i.ct, i.n) == 0);
	SFF_CHECK(i.n_meta == 0 || memcmp(meta, i.meta, i.n_meta) == 0);
	/* again: the same, or refused by a window */
	b = sff_open(context, meta, i.n_meta, ct, i.n, again);
	SFF_CHECK(a < 0 ? b < 0 : b < 0 || b == a);
	if (a > 0 && b == a)
		SFF_CHECK(memcmp(first, again, (size_t)a) == 0);
	free(meta);
	free(ct);
	free(first);
	free(again);
	sff_free(context);
	return 0;
}
