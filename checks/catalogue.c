#include <ctype.h>
#include <string.h>

#include "checks/result.h"

/* The columns of findings.def are words; here they become values. */
#define SEV_CRITICAL SF_CRITICAL
#define SEV_ERROR    SF_ERROR
#define SEV_WARNING  SF_WARNING
#define SEV_NOTE     SF_NOTE
#define LVL_MUST     SF_MUST
#define LVL_SHOULD   SF_SHOULD
#define LVL_MAY      SF_MAY
#define LVL_OURS     SF_OURS

const struct sf_rule sf_rules[SF_FINDINGS] = {
#define FINDING(id, severity, level, source, slug, text, remedy)               \
	{ #id, SEV_##severity, LVL_##level, source, slug, text, remedy },
#include "checks/findings.def"
#undef FINDING
};

const struct sf_reason sf_reasons[SF_FINDINGS] = {
#define REASON(id, cause, consequence) [id] = { cause, consequence },
#include "checks/reasons.def"
#undef REASON
};

static const char *const severities[] = { "note", "warning", "error",
	"critical" };
static const char *const levels[] = { "MUST", "SHOULD", "MAY", "OURS" };
static const char *const outcomes[] = { "passed", "failed", "not-exercised",
	"cannot-tell" };
static const char *const verdicts[] = { "pass", "fail", "inconclusive" };

static bool
same_word(const char *a, const char *b)
{
	while (*a != '\0' &&
	       tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct sf_rule *
sf_rule_find(const char *name)
{
	for (size_t i = 0; i < SF_FINDINGS; i++)
		if (same_word(name, sf_rules[i].id) ||
		    same_word(name, sf_rules[i].slug))
			return &sf_rules[i];
	return NULL;
}

const char *
sf_severity_name(enum sf_severity s)
{
	return severities[s];
}

const char *
sf_level_name(enum sf_level l)
{
	return levels[l];
}

const char *
sf_outcome_name(enum sf_outcome o)
{
	return outcomes[o];
}

const char *
sf_verdict_name(enum sf_verdict v)
{
	return verdicts[v];
}
