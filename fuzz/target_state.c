/*
 * target_state.c - sf_state_read() and sf_state_add(): a state file of which
 * every line may lie. What was read adds up, and added to itself changes
 * nothing but what is of nobody.
 */
#include "checks/state.h"
#include "fuzz/fuzz.h"

#include <string.h>

static void
expect_ledger(const struct sf_ledger *s)
{
	FUZZ_CHECK(s->n_uses <= SF_STATE_USES);
	FUZZ_CHECK(s->n_marks <= SF_STATE_MARKS);
	for (uint32_t i = 0; i < s->n_uses; i++) {
		FUZZ_CHECK(s->uses[i].low <= s->uses[i].high);
		FUZZ_CHECK(s->uses[i].last_ns >= 0 && s->uses[i].stream == 0);
	}
	for (uint32_t i = 0; i < s->n_marks; i++)
		FUZZ_CHECK(s->marks[i].use < s->n_uses &&
			   (i == 0 || s->marks[i].use >= s->marks[i - 1].use));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sf_ledger *s = calloc(1, sizeof(*s)), *to;
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	unsigned line = 0;

	to = calloc(1, sizeof(*to));
	FUZZ_CHECK(s != NULL && to != NULL && exact != NULL);
	if (size != 0)
		memcpy(exact, data, size);
	if (sf_state_read(s, sf_bytes(exact, size), &line)) {
		uint32_t uses;

		expect_ledger(s);
		sf_state_add(to, s);
		expect_ledger(to);
		uses = to->n_uses;
		FUZZ_CHECK(uses <= s->n_uses);
		sf_state_add(to, s);
		expect_ledger(to);
		FUZZ_CHECK(to->n_uses == uses);
	} else {
		FUZZ_CHECK(line >= 1 && line <= size + 1);
	}
	free(exact);
	free(to);
	free(s);
	return 0;
}
