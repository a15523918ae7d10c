/*
 * report_text.c - what became of the cases, for reading.
 */
#include <string.h>

#include "cli/conform/report.h"
#include "report/escape.h"
#include "report/version.h"

#define SHOWN 3 /* cases of one family that are told without --verbose */

void
sf_case_family(const char *id, char out[48])
{
	char *dash;

	snprintf(out, 48, "%s", id);
	dash = strstr(out, "-s");
	while (
	    dash != NULL && (dash[2] < '1' || dash[2] > '8' || dash[3] != '-'))
		dash = strstr(dash + 1, "-s");
	if (dash == NULL) {
		for (dash = strrchr(out, '-'); dash != NULL && dash > out;) {
			if (dash[1] >= '0' && dash[1] <= '9')
				break;
			do
				dash--;
			while (dash > out && *dash != '-');
		}
	}
	if (dash != NULL && dash > out)
		*dash = '\0';
}

/* ---- requirements -------------------------------------------------------- */

static struct sf_requirement *
requirement(struct sf_requirement all[SF_REQUIREMENTS], size_t *n,
    const char *id, size_t octets)
{
	for (size_t i = 0; i < *n; i++)
		if (strlen(all[i].id) == octets &&
		    memcmp(all[i].id, id, octets) == 0)
			return &all[i];
	if (*n == SF_REQUIREMENTS || octets >= sizeof(all[0].id))
		return NULL;
	all[*n] = (struct sf_requirement){ .known = 0 };
	memcpy(all[*n].id, id, octets);
	return &all[(*n)++];
}

static void
sort(struct sf_requirement *all, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i;
		     k > 0 && strcmp(all[k - 1].id, all[k].id) > 0; k--) {
			struct sf_requirement r = all[k];

			all[k] = all[k - 1];
			all[k - 1] = r;
		}
}

size_t
sf_conform_requirements(
    const struct sf_conform *run, struct sf_requirement out[SF_REQUIREMENTS])
{
	size_t n = 0;

	for (size_t i = 0; i < run->catalogue->n; i++) {
		const struct sf_case_result *r = &run->results[i];
		const char *words = run->catalogue->cases[i].requirements;

		/* what fails is charged to one: the first, or what is known */
		if (sf_conform_counts(r) && r->charged != NULL)
			words = r->charged;
		while (*words != '\0' && r->verdict != SF_V_NOT_RUN) {
			size_t w = strcspn(words, " ");
			struct sf_requirement *q =
			    requirement(out, &n, words, w);

			if (q != NULL) {
				q->n[r->verdict] += !r->known;
				q->known += r->known;
			}
			if (sf_conform_counts(r))
				break;
			words += w + strspn(words + w, " ");
		}
	}
	sort(out, n);
	return n;
}

/* ---- cases --------------------------------------------------------------- */

static void
put_said(void *who, struct sf_bytes line)
{
	FILE *f = who;

	fputs("      | ", f);
	sf_escape_write(f, line, SF_ESCAPE_TEXT);
	fputc('\n', f);
}

static void
put_case(FILE *f, const struct sf_conform_report *r, size_t i)
{
	const struct sf_case *c = &r->run->catalogue->cases[i];
	const struct sf_case_result *result = &r->run->results[i];
	char requirement[SF_REQUIREMENT_ID];

	sf_conform_charged(c, result, requirement);
	fprintf(f, "%-7s %s  %s  %s%s%s\n",
	    sf_case_verdict_name(result->verdict), c->id, requirement,
	    strcmp(c->section, "draft") == 0 ? "" : "RFC 9605 ", c->section,
	    result->flaky ? "  (not every time)" : "");
	fprintf(f, "      %s.\n      %s\n", c->says, result->why);
	if (result->error != NULL && result->error[0] != '\0') {
		fputs("      standard error:\n", f);
		sf_conform_said(result->error, f, put_said);
	}
	fputs("      ", f);
	sf_conform_replay(f, r, c, result, "          ");
	fputc('\n', f);
}

/* A family at a time, a few of each. */
static void
put_cases(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_catalogue *k = r->run->catalogue;
	char family[48], of[48];

	for (size_t i = 0; i < k->n; i++) {
		size_t more = 0, shown = 0;

		if (!sf_conform_counts(&r->run->results[i]))
			continue;
		sf_case_family(k->cases[i].id, family);
		for (size_t b = 0; b < i && more == 0; b++)
			if (sf_conform_counts(&r->run->results[b])) {
				sf_case_family(k->cases[b].id, of);
				more = strcmp(of, family) == 0;
			}
		if (more > 0)
			continue; /* told with an earlier one */
		for (size_t b = i; b < k->n; b++) {
			sf_case_family(k->cases[b].id, of);
			if (!sf_conform_counts(&r->run->results[b]) ||
			    strcmp(of, family) != 0)
				continue;
			if (r->verbose || shown < SHOWN) {
				put_case(f, r, b);
				shown++;
			} else {
				more++;
			}
		}
		if (more > 0)
			fprintf(f, "      and %zu more of %s (-v shows them)\n",
			    more, family);
	}
}

/* ---- what was recorded, what was lost ------------------------------------ */

/* The same was recorded for a case of the family that stands before. */
static bool
told_before(const struct sf_conform_report *r, size_t i, const char *family)
{
	const struct sf_case_result *all = r->run->results;
	char of[48];

	for (size_t b = 0; b < i; b++) {
		if (all[b].verdict != SF_V_RECORDED ||
		    strcmp(all[b].why, all[i].why) != 0)
			continue;
		sf_case_family(r->run->catalogue->cases[b].id, of);
		if (strcmp(of, family) == 0)
			return true;
	}
	return false;
}

static void
put_recorded(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_catalogue *k = r->run->catalogue;
	char family[48];

	if (r->n[SF_V_RECORDED] == 0)
		return;
	fputs("\nRecorded, because the documents leave it open or it is only "
	      "measured:\n",
	    f);
	for (size_t i = 0; i < k->n; i++) {
		const struct sf_case_result *result = &r->run->results[i];

		if (result->verdict != SF_V_RECORDED)
			continue;
		sf_case_family(k->cases[i].id, family);
		if (!r->verbose && told_before(r, i, family))
			continue;
		fprintf(f, "  %-20s %s\n", r->verbose ? k->cases[i].id : family,
		    result->why);
	}
}

/* What the RFC leaves to the implementation: as declared, or as it was seen. */
static void
put_policies(FILE *f, const struct sf_conform_report *r)
{
	bool any = false;

	for (unsigned i = 0; i < SF_VECTOR_POLICIES; i++) {
		enum sf_vector_policy p = (enum sf_vector_policy)i;
		struct sf_policy_seen s = sf_conform_policy(r->run, p);
		const char *declared = r->run->info.policy[i];

		if (s.n == 0)
			continue;
		if (!any)
			fputs("\nPolicies, which the RFC leaves open:\n", f);
		any = true;
		fprintf(f, "  %-20s", sf_vector_policy_name(p));
		for (unsigned k = 0; k < s.n; k++)
			fprintf(f, "%s %s in %zu", k == 0 ? "" : ",", s.word[k],
			    s.cases[k]);
		fprintf(f, " case%s; %s%s", s.n == 1 && s.cases[0] == 1 ? "" : "s",
		    declared[0] == '\0' ? "not declared" : "declared: ",
		    declared);
		fputs(s.n > 1 ? "; not always the same\n" : "\n", f);
	}
}

static void
put_lost(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_catalogue *k = r->run->catalogue;

	for (unsigned cap = 0; cap < SF_CAPS; cap++) {
		size_t n = 0;

		for (size_t i = 0; i < k->n; i++)
			n += r->run->results[i].verdict == SF_V_UNSUPPORTED &&
			     (k->cases[i].needs & ~r->run->info.caps &
				 1u << cap) != 0;
		if (n > 0)
			fprintf(f, "  %-14s %zu cases not asked\n",
			    sf_cap_name((enum sf_cap)cap), n);
	}
}

static void
put_requirements(FILE *f, const struct sf_conform_report *r)
{
	struct sf_requirement all[SF_REQUIREMENTS];
	size_t n = sf_conform_requirements(r->run, all);

	fputs("\nrequirement  pass  fail  crash  timeout  recorded  not "
	      "supported\n",
	    f);
	for (size_t i = 0; i < n; i++) {
		const struct sf_requirement *q = &all[i];
		size_t bad =
		    q->n[SF_V_FAIL] + q->n[SF_V_CRASH] + q->n[SF_V_TIMEOUT];

		if (!r->verbose && bad == 0)
			continue;
		fprintf(f, "%-11s %5zu %5zu %6zu %8zu %9zu %14zu\n", q->id,
		    q->n[SF_V_PASS], q->n[SF_V_FAIL], q->n[SF_V_CRASH],
		    q->n[SF_V_TIMEOUT], q->n[SF_V_RECORDED],
		    q->n[SF_V_UNSUPPORTED]);
	}
	if (!r->verbose)
		fputs("(requirements that hold are not shown; -v shows "
		      "them)\n",
		    f);
}

static void
put_head(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_shim_info *info = &r->run->info;
	size_t bad = r->n[SF_V_FAIL] + r->n[SF_V_CRASH] + r->n[SF_V_TIMEOUT];

	fprintf(f, "%s  %s %s: ", r->good ? "CONFORMS" : "FAILS", info->name,
	    info->version);
	if (bad > 0)
		fprintf(f, "%zu of %zu cases failed", bad, r->exercised);
	else
		fprintf(f, "%zu of %zu cases passed", r->n[SF_V_PASS],
		    r->exercised);
	if (r->n[SF_V_CRASH] > 0)
		fprintf(f, ", %zu by a crash", r->n[SF_V_CRASH]);
	if (r->n[SF_V_TIMEOUT] > 0)
		fprintf(f, ", %zu by no answer", r->n[SF_V_TIMEOUT]);
	if (r->n[SF_V_RECORDED] > 0)
		fprintf(f, ", %zu recorded", r->n[SF_V_RECORDED]);
	if (r->known > 0)
		fprintf(f, ", %zu as known", r->known);
	if (r->n[SF_V_UNSUPPORTED] > 0)
		fprintf(f, ", %zu not supported", r->n[SF_V_UNSUPPORTED]);
	fputs("\n      suites", f);
	for (unsigned id = 1; id <= SF_SUITES; id++)
		if ((info->suites >> id & 1) != 0)
			fprintf(f, " %u", id);
	fprintf(f, "; seed %llu; %.1f s\n", (unsigned long long)r->run->o->seed,
	    r->seconds);
}

/* What is wrong with all frames, before the cases that it breaks. */
static void
put_causes(FILE *f, const struct sf_conform_report *r)
{
	struct sf_told_cause causes[SF_TOLD_CAUSES];
	size_t n = sf_conform_told_causes(r->run, causes);

	for (size_t i = 0; i < n; i++) {
		fputs("cause   ", f);
		sf_conform_cause(f, &causes[i]);
		fputc('\n', f);
		if (sf_cause_requirement(causes[i].cause) != NULL)
			fprintf(f, "        -> %s\n",
			    sf_cause_remedy(causes[i].cause));
	}
}

bool
sf_conform_text(FILE *f, const struct sf_conform_report *r)
{
	bool bad = r->n[SF_V_FAIL] + r->n[SF_V_CRASH] + r->n[SF_V_TIMEOUT] > 0;

	put_head(f, r);
	for (size_t i = 0; i < r->n_complaints; i++)
		fprintf(f, "error   %s\n", r->complaints[i]);
	if (bad) {
		put_causes(f, r);
		fputc('\n', f);
		put_cases(f, r);
	}
	put_recorded(f, r);
	put_policies(f, r);
	if (r->lost > 0) {
		fputs("\nNot declared by the shim:\n", f);
		put_lost(f, r);
	}
	if (bad || r->verbose)
		put_requirements(f, r);
	return !ferror(f);
}
