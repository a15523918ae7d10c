/*
 * cases_resources.c - what the same thing done often costs, and how long a
 * refusal takes. Memory and time are measured and told; a case fails when
 * something does not work any more.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/conform/conform.h"

#define TIMES  500
#define ROUNDS 5
#define GROWTH 512 /* octets for each time that are worth a word */

struct job {
	uint8_t base[32], pt[200], ct[260];
	struct sf_plain f;
};

static void
make(struct sf_trial *t, struct job *j)
{
	sf_fill_key(t, j->base, sizeof(j->base));
	sf_fill_key(t, j->pt, sizeof(j->pt));
	j->f = (struct sf_plain){ .base = sf_bytes(j->base, sizeof(j->base)),
		.kid = 0x123,
		.meta = sf_bytes(NULL, 0),
		.pt = sf_bytes(j->pt, sizeof(j->pt)) };
}

/* The same thing over and over: what it leaves behind is told. A collector of
   garbage takes its time, so growth has to go on for several rounds. */
static void
again(struct sf_trial *t, struct job *j, const char *what,
    void (*once)(struct sf_trial *t, struct job *j, unsigned i))
{
	uint64_t before = 0, after = 0;
	unsigned done = 0;

	make(t, j);
	sf_new(t, "a");
	for (unsigned round = 0; round < ROUNDS && !t->stopped; round++) {
		for (unsigned i = 0; i < TIMES; i++)
			once(t, j, done++);
		before = after;
		after = sf_child_memory(t->child);
		if (before != 0 && after < before + (uint64_t)GROWTH * TIMES)
			return;
	}
	if (!t->stopped && before != 0)
		sf_record(t, "memory grew by about %llu octets for each %s",
		    (unsigned long long)((after - before) / TIMES), what);
}

static void
context_once(struct sf_trial *t, struct job *j, unsigned i)
{
	(void)i;
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", j->f.kid, j->f.base);
	sf_begin(t, "free");
	sf_put(t, "ctx", "a");
	(void)sf_ask_optional(t);
}

static void
contexts(struct sf_trial *t)
{
	struct job j;

	again(t, &j, "context that was made and let go of", context_once);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	sf_must_open_ours(t, "a", &j.f);
}

static void
open_once(struct sf_trial *t, struct job *j, unsigned i)
{
	if (i == 0)
		sf_must_key(t, "a", "recv", j->f.kid, j->f.base);
	j->f.ctr = i;
	sf_must_open(
	    t, "a", &j->f, sf_bytes(j->ct, sf_seal_by_us(t, &j->f, j->ct)));
}

static void
opened(struct sf_trial *t)
{
	struct job j;

	again(t, &j, "frame that was opened", open_once);
}

static void
refuse_once(struct sf_trial *t, struct job *j, unsigned i)
{
	size_t n;

	if (i == 0)
		sf_must_key(t, "a", "recv", j->f.kid, j->f.base);
	j->f.ctr = i;
	n = sf_seal_by_us(t, &j->f, j->ct);
	j->ct[n - 1] ^= 1;
	sf_must_refuse(t, "a", j->f.meta, sf_bytes(j->ct, n), "a forged frame");
}

static void
refused(struct sf_trial *t)
{
	struct job j;

	again(t, &j, "forged frame under a KID that is there", refuse_once);
	j.f.ctr = ROUNDS * TIMES;
	sf_must_open_ours(t, "a", &j.f);
}

static void
key_once(struct sf_trial *t, struct job *j, unsigned i)
{
	sf_must_key(t, "a", "recv", 0x1000 + i, j->f.base);
	sf_must_remove(t, "a", 0x1000 + i);
}

static void
keys(struct sf_trial *t)
{
	struct job j;

	again(t, &j, "key that came and went", key_once);
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	sf_must_open_ours(t, "a", &j.f);
}

static void
seal_once(struct sf_trial *t, struct job *j, unsigned i)
{
	uint64_t ctr;

	if (i == 0)
		sf_must_key(t, "a", "send", j->f.kid, j->f.base);
	sf_must_seal(t, "a", &j->f, &ctr);
}

static void
sealed(struct sf_trial *t)
{
	struct job j;

	again(t, &j, "frame that was sealed", seal_once);
}

/* ---- time ---------------------------------------------------------------- */

#define RUNS 300

static int64_t
now_ns(void)
{
	struct timespec s;

	clock_gettime(CLOCK_MONOTONIC, &s);
	return (int64_t)s.tv_sec * 1000000000 + s.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double
median_us(int64_t *times, size_t n)
{
	qsort(times, n, sizeof(*times), by_size);
	return (double)times[n / 2] / 1000;
}

/* A genuine frame, one whose first and one whose last octet of tag is wrong, in
   turns; and one whose KID nobody knows. Through a pipe, so only what is large
   shows: told, and never judged. */
static void
timing(struct sf_trial *t)
{
	int64_t times[4][RUNS];
	struct job j;

	make(t, &j);
	sf_new(t, "a");
	sf_must_key(t, "a", "recv", j.f.kid, j.f.base);
	for (unsigned i = 0; i < RUNS && !t->stopped; i++)
		for (unsigned way = 0; way < 4; way++) {
			size_t n, tag = t->suite->tag_octets;
			int64_t from;

			j.f.ctr = 4 * i + way;
			j.f.kid = way == 3 ? 0x124 : 0x123;
			n = sf_seal_by_us(t, &j.f, j.ct);
			if (way == 1)
				j.ct[n - tag] ^= 1;
			if (way == 2)
				j.ct[n - 1] ^= 1;
			from = now_ns();
			sf_open(t, "a", j.f.meta, sf_bytes(j.ct, n));
			times[way][i] = now_ns() - from;
			if (way == 0)
				sf_must_ok(t, "to open a genuine frame");
			else
				sf_must_no(t, "a frame that does not verify");
		}
	if (t->stopped)
		return;
	sf_record(t,
	    "median of %d, in microseconds with the pipe: genuine %.1f, first "
	    "octet of the tag wrong %.1f, last octet wrong %.1f, KID unknown "
	    "%.1f",
	    RUNS, median_us(times[0], RUNS), median_us(times[1], RUNS),
	    median_us(times[2], RUNS), median_us(times[3], RUNS));
}

void
sf_cases_resources(struct sf_catalogue *k)
{
	static const struct sf_family rows[] = {
		/* clang-format off */
		{ "rs-contexts", "resources", "4.4.1", "KEY-05", "1,000 contexts that are made and let go of leave nothing behind", FIRST_SUITE, 1, SF_NEED(OPEN), contexts },
		{ "rs-opened", "resources", "4.4.4", "DEC-02 KEY-05", "1,000 frames that are opened leave nothing behind", FIRST_SUITE, 1, SF_NEED(OPEN), opened },
		{ "rs-refused", "resources", "4.4.4", "DEC-05 KEY-05", "1,000 forged frames leave nothing behind, and a genuine one opens", FIRST_SUITE, 1, SF_NEED(OPEN), refused },
		{ "rs-keys", "resources", "4.4.1", "KEY-05 SK-10", "1,000 keys that come and go leave room for the next", FIRST_SUITE, 1, SF_NEED(OPEN) | SF_NEED(RMKEY), keys },
		{ "rs-sealed", "resources", "4.4.3", "CTR-04 KEY-05", "1,000 frames that are sealed leave nothing behind", FIRST_SUITE, 1, SF_NEED(SEAL), sealed },
		{ "fr-timing", "timing", "4.4.4", "DEC-06 AEAD-07", "How long it takes to open a frame, and to refuse one", EACH_SUITE, 1, SF_NEED(OPEN), timing },
		/* clang-format on */
	};

	sf_catalogue_add(k, rows, sizeof(rows) / sizeof(rows[0]));
}
