/*
 * policy.h - the policy of --policy: a name that comes with the program, or a
 * file.
 */
#ifndef SF_CLI_POLICY_H
#define SF_CLI_POLICY_H

#include "checks/policy.h"
#include "cli/exit.h"

struct sf_chosen_policy {
	struct sf_policy policy;
	char sha256[65]; /* of its JSON as `policy show` writes it */
};

/* name NULL is the one named default. On any outcome but SF_EXIT_OK it has
   told why. */
enum sf_exit sf_policy_choose(
    struct sf_chosen_policy *out, const char *name) SF_MUST_USE;

#endif
