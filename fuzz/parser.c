/*
 * parser.c - one parser of parsers.def, the one named TARGET, and what holds
 * for every parser whatever the input is.
 */
#include "fuzz/fuzz.h"
#include "parsers/parsers.h"

#include <string.h>

/* Its place in the table: a search by name would cost more than most parsers. */
#define ROW(target)  ROW_(target)
#define ROW_(target) row_##target
enum {
#define PARSER(name, field, reads, ref) row_##name,
#include "parsers/parsers.def"
#undef PARSER
};

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sf_parser *p = &sf_parsers[ROW(TARGET)];
	struct sf_bytes untouched = sf_bytes(NULL, 0);
	struct sf_bytes first = untouched;
	struct sf_bytes second = untouched;
	struct sf_diag d = { SF_LIMIT, 1, 1, "stale", "stale" };
	struct sf_diag again = { SF_LIMIT, 2, 2, "old", "old" };
	enum sf_status st;
	struct sf_bytes in;
	uint8_t *exact;

	/* Exactly as large as the input: one octet too many is then seen. */
	exact = malloc(size == 0 ? 1 : size);
	FUZZ_CHECK(exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	in = sf_bytes(exact, size);

	st = p->run(in, &first, &d);
	check_outcome(st, &d, in);
	FUZZ_CHECK(p->run(in, &second, &again) == st);
	FUZZ_CHECK(first.p == second.p && first.n == second.n);
	FUZZ_CHECK(d.at == again.at && d.missing == again.missing);
	FUZZ_CHECK(d.field == again.field && d.ref == again.ref);
	if (st == SF_OK) {
		FUZZ_CHECK(first.p != NULL);
		FUZZ_CHECK(sf_bytes_inside(first, in));
	} else {
		FUZZ_CHECK(first.p == untouched.p);
	}
	FUZZ_CHECK(size == 0 || memcmp(exact, data, size) == 0);
	free(exact);
	return 0;
}
