/*
 * target_policy.c - sf_policy_read() and sf_policy_json(): either a place is
 * named, or what was read is written in a form that reads as the same again:
 * what reports give the hash of means one policy.
 */
#include "checks/policy.h"
#include "fuzz/fuzz.h"
#include "report/policy.h"

#include <string.h>

static void
expect_policy(const struct sf_policy *p)
{
	FUZZ_CHECK(memchr(p->name, '\0', sizeof(p->name)) != NULL);
	FUZZ_CHECK(p->n_clear <= SF_POLICY_CLEAR_MAX);
	FUZZ_CHECK((unsigned)p->on_leave <= SF_ROTATION_FAIL);
	FUZZ_CHECK((unsigned)p->on_join <= SF_ROTATION_FAIL);
	FUZZ_CHECK(p->drift_grace_ns >= 0 && p->rotate_within_ns >= 0);
	FUZZ_CHECK(p->max_age_ns >= 0);
	for (unsigned i = 0; i < p->n_clear; i++)
		FUZZ_CHECK(memchr(p->clear[i].reason, '\0',
			       sizeof(p->clear[i].reason)) != NULL);
}

/* The text of a policy; to be freed. */
static char *
text_of(const struct sf_policy *p, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);

	FUZZ_CHECK(f != NULL);
	FUZZ_CHECK(sf_policy_json(f, p));
	FUZZ_CHECK(fclose(f) == 0);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_policy *p = malloc(2 * sizeof(*p));
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct sf_policy_error e;

	FUZZ_CHECK(p != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	if (sf_policy_read(&p[0], sf_bytes(exact, size), &e)) {
		size_t n, again;
		char *text, *second;

		expect_policy(&p[0]);
		text = text_of(&p[0], &n);
		FUZZ_CHECK(sf_policy_read(&p[1], sf_bytes(text, n), &e));
		second = text_of(&p[1], &again);
		FUZZ_CHECK(n == again && memcmp(text, second, n) == 0);
		free(text);
		free(second);
	} else {
		FUZZ_CHECK(e.cause != NULL && e.cause[0] != '\0');
		FUZZ_CHECK(e.remedy != NULL && e.at <= size);
		FUZZ_CHECK(memchr(e.place, '\0', sizeof(e.place)) != NULL);
	}
	free(exact);
	free(p);
	return 0;
}
