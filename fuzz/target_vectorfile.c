/*
 * target_vectorfile.c - vector files. It is there to reach the readers of
 * engine/config/vector*.c and, with a library that opens everything, all of
 * engine/vectors/vector_run.c: what is read stays inside its tables, what is
 * refused has a cause, and every test comes out as something, twice the
 * same.
 */
#include "engine/vectors/vector_run.h"
#include "fuzz/fuzz.h"

#include <string.h>

#define TESTS 64 /* of a file are run; a step of a chain costs time */

static void
check_span(struct sf_vector_span s, size_t most)
{
	FUZZ_CHECK(s.first <= most && s.n <= most - s.first);
}

static void
check_values(const struct sf_vector_values *v)
{
	for (unsigned i = 0; i < SF_VECTOR_FIELDS; i++) {
		struct sf_bytes b =
		    sf_vector_octets(v, (enum sf_vector_field)i);

		for (size_t k = 0; k < b.n; k++)
			FUZZ_CHECK(b.p[k] <= 0xff); /* it can be read */
	}
}

/* Steps far ahead are bounded by the engine, but are many. */
static bool
is_long(const struct sf_vectorfile *f, const struct sf_vector_case *c)
{
	const struct sf_vector_values *first = f->items + c->steps.first;

	for (size_t i = 0; i < c->steps.n; i++)
		if (sf_vector_number(&first[i], SF_VF_STEP) -
			sf_vector_number(first, SF_VF_STEP) >
		    300)
			return true;
	return false;
}

static enum sf_open_status
always_yes(struct sf_aead *a, const uint8_t nonce[SF_NONCE],
    struct sf_bytes aad1, struct sf_bytes aad2, struct sf_bytes ct, uint8_t *pt)
{
	(void)a;
	(void)nonce;
	(void)aad1;
	(void)aad2;
	memset(pt, 0, ct.n);
	return SF_OPENED;
}

static void
check_case(const struct sf_crypto *c, const struct sf_vectorfile *f,
    const struct sf_vector_group *g, const struct sf_vector_case *test)
{
	struct sf_vector_outcome o = sf_vector_run(c, f, g, test);
	struct sf_vector_outcome again = sf_vector_run(c, f, g, test);

	FUZZ_CHECK(o.how <= SF_VECTOR_BROKEN);
	FUZZ_CHECK(o.how == again.how && o.field == again.field);
	FUZZ_CHECK(o.field < SF_VECTOR_FIELDS);
	FUZZ_CHECK(test->result == SF_VECTOR_INVALID ||
		   test->result == SF_VECTOR_POLICY ||
		   o.how != SF_VECTOR_TAKEN);
}

static void
check_file(const struct sf_vectorfile *f)
{
	struct sf_crypto yes = sf_crypto_ossl;
	size_t run = 0;

	yes.open = always_yes;
	for (size_t i = 0; i < f->n_groups; i++) {
		const struct sf_vector_group *g = &f->groups[i];

		FUZZ_CHECK(g->type < SF_VECTOR_TYPES && g->name != NULL);
		check_span(g->keys, SF_VECTOR_KEYS);
		check_span(g->cases, SF_VECTOR_CASES);
		for (size_t k = 0; k < g->cases.n; k++) {
			const struct sf_vector_case *c =
			    &f->cases[g->cases.first + k];

			FUZZ_CHECK(strlen(c->id) <= 64);
			check_values(&c->values);
			if (run++ >= TESTS || is_long(f, c))
				continue;
			check_case(&sf_crypto_ossl, f, g, c);
			check_case(&yes, f, g, c);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct sf_vectorfile f;
	struct sf_vectorfile_error e;

	FUZZ_CHECK(exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	if (sf_vectorfile_read(&f, sf_bytes(exact, size), &e)) {
		free(exact); /* nothing may point into it */
		check_file(&f);
		sf_vectorfile_free(&f);
		return 0;
	}
	FUZZ_CHECK(e.cause != NULL && e.cause[0] != '\0');
	FUZZ_CHECK(e.remedy != NULL && e.at <= size);
	FUZZ_CHECK(memchr(e.place, '\0', sizeof(e.place)) != NULL);
	free(exact);
	return 0;
}
