/*
 * target_sequence.c - a script: keys, seals, forgeries and frames in any order.
 * An octet says what comes next. No counter comes twice, what was sealed opens
 * whatever was forged in between, and nothing forged opens.
 */
#include "fuzz/harness/common.h"

#define SENT 64
#define LONG 48

struct sent {
	uint8_t frame[LONG + SFF_ROOM], pt[LONG];
	long n;
	size_t n_pt;
	int opened;
};

/* The same KID and CTR: one nonce for two frames. */
static int
same_header(const struct sent *a, const struct sent *b)
{
	uint8_t config = a->frame[0];
	size_t n = 1 + ((config & 0x80) != 0 ? (config >> 4 & 7u) + 1 : 0) +
		   ((config & 0x08) != 0 ? (config & 7u) + 1 : 0);

	return memcmp(a->frame, b->frame, n) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned suites[] = { 1, 2, 4, 5, 6, 7 };
	struct sent *sent;
	void *a, *b;
	unsigned n_sent = 0;
	uint8_t out[LONG + SFF_ROOM], scratch[LONG + SFF_ROOM];

	if (size < 2)
		return 0;
	a = sff_new(suites[data[0] % 6]);
	b = sff_new(suites[data[0] % 6]);
	sent = (struct sent *)calloc(SENT, sizeof(*sent));
	SFF_CHECK(sent != NULL);
	if (a == NULL || b == NULL || sff_key(a, 1, 7, sff_base, 16) != 0 ||
	    sff_key(b, 0, 7, sff_base, 16) != 0)
		goto done;
	for (size_t i = 1; i < size; i++) {
		unsigned what = data[i] & 7;
		struct sent *s = &sent[n_sent % SENT];

		if (what < 3 && n_sent < SENT) { /* one more frame */
			s->n_pt = data[i] >> 3;
			memset(s->pt, data[i], s->n_pt);
			s->n =
			    sff_seal(a, 7, NULL, 0, s->pt, s->n_pt, s->frame);
			SFF_CHECK(s->n > 0);
			for (unsigned k = 0; k < n_sent; k++)
				SFF_CHECK(!same_header(s, &sent[k]));
			n_sent++;
		} else if (what < 5 && n_sent > 0) { /* the last one opens */
			s = &sent[n_sent - 1];
			if (s->opened)
				continue;
			SFF_CHECK(sff_open(b, NULL, 0, s->frame, (size_t)s->n,
				      out) == (long)s->n_pt);
			SFF_CHECK(memcmp(out, s->pt, s->n_pt) == 0);
			s->opened = 1;
		} else if (what == 5 && n_sent > 0) { /* one of them, spoilt */
			s = &sent[(data[i] >> 3) % n_sent];
			memcpy(out, s->frame, (size_t)s->n);
			out[(size_t)s->n - 1] ^= 0x40;
			SFF_CHECK(sff_open(b, NULL, 0, out, (size_t)s->n,
				      scratch) < 0);
		} else if (what == 6) { /* noise with a high counter */
			memset(out, data[i], 40);
			out[0] = 0x7f;
			SFF_CHECK(sff_open(b, NULL, 0, out, 40, scratch) < 0);
		} else { /* a key of its own for another KID, or the same again */
			(void)sff_key(a, 1, 7 + (data[i] >> 3), sff_base, 16);
			(void)sff_key(b, 0, 7 + (data[i] >> 3), sff_base, 16);
		}
	}
done:
	if (a != NULL)
		sff_free(a);
	if (b != NULL)
		sff_free(b);
	free(sent);
	return 0;
}
