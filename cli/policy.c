/*
 * policy.c - the policy of --policy.
 */
#include "cli/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/output.h"
#include "cli/textfile.h"
#include "engine/base/digest.h"
#include "report/policy.h"
#include "report/version.h"

#define POLICY_MAX ((size_t)256 << 10) /* octets of a file */

static enum sf_exit
read_file(struct sf_policy *out, const char *name)
{
	struct sf_policy_error e;
	struct sf_bytes text;
	enum sf_exit st = sf_text_load(&text, name, POLICY_MAX, "policy");

	if (st != SF_EXIT_OK) {
		sf_complain(NULL,
		    "the policies that come with this program: " SF_NAME
		    " policy list");
		return st;
	}
	if (!sf_policy_read(out, text, &e)) {
		sf_text_complain(name, text, e.at, e.place, e.cause, e.remedy);
		st = SF_EXIT_INPUT;
	}
	sf_text_free(&text);
	return st;
}

static bool
hash(struct sf_chosen_policy *c)
{
	uint8_t sum[SF_DIGEST_OCTETS];
	struct sf_digest *g = sf_digest_new();
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	bool good = f != NULL && g != NULL && sf_policy_json(f, &c->policy);

	if (f != NULL && fclose(f) != 0)
		good = false;
	if (good) {
		sf_digest_feed(g, sf_bytes(text, n));
		good = sf_digest_finish(g, sum);
	}
	for (unsigned i = 0; good && i < SF_DIGEST_OCTETS; i++)
		snprintf(c->sha256 + 2 * i, 3, "%02x", sum[i]);
	sf_digest_free(g);
	free(text);
	return good;
}

enum sf_exit
sf_policy_choose(struct sf_chosen_policy *out, const char *name)
{
	const struct sf_policy *named =
	    sf_policy_named(name == NULL ? "default" : name);

	if (named != NULL) {
		out->policy = *named;
	} else {
		enum sf_exit st = read_file(&out->policy, name);

		if (st != SF_EXIT_OK)
			return st;
	}
	if (hash(out))
		return SF_EXIT_OK;
	sf_complain(NULL, "not enough memory for the policy");
	return SF_EXIT_INTERNAL;
}
