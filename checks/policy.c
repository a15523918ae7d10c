/*
 * policy.c - the policies that come with the program.
 */
#include "checks/policy.h"

#include <string.h>

#define S ((int64_t)1000000000)

#define RFC9605_DIALECTS                                                       \
	.dialects = { [SF_DIALECT_RFC9605] = true,                             \
		[SF_DIALECT_RFC9605_PREFIXED] = true,                          \
		[SF_DIALECT_RTP_SFRAME] = true }

/* Whole frames; and nobody who may have stayed behind goes unnoticed. */
#define HARSHER                                                                \
	.set = { [SFP004] = true, [SFK012] = true, [SFK013] = true,            \
		[SFK014] = true },                                             \
	.severities = { [SFP004] = SF_ERROR, [SFK012] = SF_WARNING,           \
		[SFK013] = SF_WARNING, [SFK014] = SF_WARNING }

static const struct {
	const char *purpose;
	struct sf_policy policy;
} shipped[] = {
	{ "what the RFC and the contract of this program say",
	    { .name = "default",
		.any_dialect = true,
		.any_suite = true,
		.drift_grace_ns = 2 * S,
		.on_leave = SF_ROTATION_WARN,
		.on_join = SF_ROTATION_WARN,
		.rotate_within_ns = 3 * S } },
	{ "RFC 9605 and nothing else; whole frames, tags of 64 bits, a new key "
	  "after every leave",
	    { .name = "strict",
		RFC9605_DIALECTS,
		.any_suite = true,
		.least_tag = 8,
		.drift_grace_ns = 2 * S,
		.on_leave = SF_ROTATION_FAIL,
		.on_join = SF_ROTATION_WARN,
		.rotate_within_ns = 3 * S,
		HARSHER } },
	{ "proof for an audit: every frame opened with its key, a new key "
	  "after every join and leave",
	    { .name = "audit-e2ee",
		RFC9605_DIALECTS,
		.any_suite = true,
		.least_tag = 8,
		.drift_grace_ns = 2 * S,
		.on_leave = SF_ROTATION_FAIL,
		.on_join = SF_ROTATION_FAIL,
		.rotate_within_ns = 3 * S,
		.unverified_fails = true,
		HARSHER } },
};

#define SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

const struct sf_policy *
sf_policy_shipped(unsigned i)
{
	return i < SHIPPED ? &shipped[i].policy : NULL;
}

const char *
sf_policy_purpose(unsigned i)
{
	return i < SHIPPED ? shipped[i].purpose : NULL;
}

const struct sf_policy *
sf_policy_named(const char *name)
{
	for (unsigned i = 0; i < SHIPPED; i++)
		if (strcmp(shipped[i].policy.name, name) == 0)
			return &shipped[i].policy;
	return NULL;
}

const char *
sf_rotation_name(enum sf_rotation r)
{
	static const char *const names[] = { "off", "warn", "fail" };

	return names[r];
}
