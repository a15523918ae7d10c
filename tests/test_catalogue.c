/* The catalogue: every finding is named, sourced and explained. */
#include "tests/rows.h"

#include <string.h>

#include "checks/result.h"

#define LEAST 20 /* characters of a sentence that says something */

static bool
says_something(const char *s)
{
	return s != NULL && strlen(s) >= LEAST && s[strlen(s) - 1] == '.';
}

static void
every_finding_is_explained(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		if (!says_something(sf_reasons[i].cause) ||
		    !says_something(sf_reasons[i].consequence)) {
			print_error("%s (%s) has no cause and consequence: "
				    "give it a REASON row in "
				    "checks/reasons.def\n",
			    sf_rules[i].id, sf_rules[i].slug);
			bad++;
		}
		if (!says_something(sf_rules[i].remedy)) {
			print_error("%s has no remedy\n", sf_rules[i].id);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
ids_and_slugs_are_unique(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SF_FINDINGS; i++) {
		assert_int_equal(strlen(sf_rules[i].id), 6);
		assert_ptr_equal(sf_rule_find(sf_rules[i].id), &sf_rules[i]);
		assert_ptr_equal(sf_rule_find(sf_rules[i].slug), &sf_rules[i]);
	}
	assert_null(sf_rule_find("no-such-finding"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_is_explained),
		cmocka_unit_test(ids_and_slugs_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
