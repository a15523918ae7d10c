/*
 * cmd_policy.c - the policies that come with this program, and what a policy
 * file comes to.
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "report/policy.h"

static enum sf_exit
list(void)
{
	for (unsigned i = 0; sf_policy_shipped(i) != NULL; i++)
		printf("%-10s  %s\n", sf_policy_shipped(i)->name,
		    sf_policy_purpose(i));
	return SF_EXIT_OK;
}

static enum sf_exit
show(const char *name)
{
	struct sf_chosen_policy c;
	enum sf_exit st = sf_policy_choose(&c, name);

	if (st != SF_EXIT_OK)
		return st;
	return sf_policy_json(stdout, &c.policy) ? SF_EXIT_OK
						 : SF_EXIT_INTERNAL;
}

enum sf_exit
sf_cmd_policy(const struct sf_config *c)
{
	const char *what = c->operands.v[0];

	if (strcmp(what, "list") == 0 && c->operands.n == 1)
		return list();
	if (strcmp(what, "show") == 0 && c->operands.n == 2)
		return show(c->operands.v[1]);
	sf_complain(NULL, "policy: list, or show NAME or FILE");
	return SF_EXIT_USAGE;
}
