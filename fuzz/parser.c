/*
 * parser.c - the parsers of parsers.def that PARSERS names, each on the whole
 * input, and what holds for every parser whatever the input is. PARSERS is
 * ROW(name) once for a parser's own target, and once for each parser of a folder
 * for that of the folder.
 */
#include "fuzz/fuzz.h"
#include "parsers/run.h"

typedef enum sf_status run_fn(struct sf_bytes in, struct sf_bytes *payload,
    struct sf_diag *d);

/* These alone are linked: all that there are would be as many counters for an
   engine to look through after each run, which costs more than most parsers. */
#define ROW(name) sf_run_##name,
static run_fn *const runs[] = { PARSERS };
#undef ROW

static void
check_outcome(enum sf_status st, const struct sf_diag *d, struct sf_bytes in)
{
	FUZZ_CHECK(st == d->status);
	FUZZ_CHECK(st <= SF_LIMIT);
	FUZZ_CHECK((st == SF_SHORT) == (d->missing != 0));
	if (st == SF_OK) {
		FUZZ_CHECK(d->at == 0);
		FUZZ_CHECK(d->field == NULL && d->ref == NULL);
	} else {
		FUZZ_CHECK(d->at <= in.n);
		FUZZ_CHECK(d->field != NULL && d->ref != NULL);
	}
}

/* Long inputs are read twice in one of four, to spend the time on others. */
static bool
is_read_twice(const uint8_t *data, size_t size)
{
	return size < 64 || (size + data[size / 2]) % 4 == 0;
}

static void
check_again(run_fn *run, struct sf_bytes in, struct sf_bytes first,
    enum sf_status st, const struct sf_diag *d)
{
	struct sf_bytes second = sf_bytes(NULL, 0);
	struct sf_diag again = { SF_LIMIT, 2, 2, "old", "old" };

	FUZZ_CHECK(run(in, &second, &again) == st);
	FUZZ_CHECK(first.p == second.p && first.n == second.n);
	FUZZ_CHECK(d->at == again.at && d->missing == again.missing);
	FUZZ_CHECK(d->field == again.field && d->ref == again.ref);
}

static void
check(run_fn *run, struct sf_bytes in)
{
	struct sf_bytes untouched = sf_bytes(NULL, 0);
	struct sf_bytes first = untouched;
	struct sf_diag d = { SF_LIMIT, 1, 1, "stale", "stale" };
	enum sf_status st = run(in, &first, &d);

	check_outcome(st, &d, in);
	if (is_read_twice(in.p, in.n))
		check_again(run, in, first, st, &d);
	if (st == SF_OK) {
		FUZZ_CHECK(first.p != NULL);
		FUZZ_CHECK(sf_bytes_inside(first, in));
	} else {
		FUZZ_CHECK(first.p == untouched.p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* libFuzzer and replay.c give memory of exactly this size, where one
	   octet too many is seen, and look whether it was changed. */
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
		check(runs[i], sf_bytes(data, size));
	return 0;
}
