/*
 * report_json.c - what became of the cases, as JSON and as JUnit.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/report.h"
#include "report/emit.h"
#include "report/escape.h"
#include "report/version.h"

/* ---- JSON ---------------------------------------------------------------- */

static void
put_words(struct sf_emit *e, const char *key, const char *words)
{
	sf_emit_open(e, key, '[');
	while (*words != '\0') {
		size_t n = strcspn(words, " ");
		char word[24];

		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		sf_emit_string(e, NULL, word);
		words += n + strspn(words + n, " ");
	}
	sf_emit_close(e, '[');
}

static void
put_limit(struct sf_emit *e, const char *key, uint64_t v)
{
	if (v != UINT64_MAX)
		sf_emit_u64(e, key, v);
}

static void
put_shim(struct sf_emit *e, const struct sf_conform_report *r)
{
	const struct sf_shim_info *info = &r->run->info;

	sf_emit_open(e, "shim", '{');
	sf_emit_string(e, "name", info->name);
	sf_emit_string(e, "version", info->version);
	sf_emit_open(e, "suites", '[');
	for (unsigned id = 1; id <= SF_SUITES; id++)
		if ((info->suites >> id & 1) != 0)
			sf_emit_count(e, NULL, id);
	sf_emit_close(e, '[');
	sf_emit_open(e, "caps", '[');
	for (unsigned i = 0; i < SF_CAPS; i++)
		if ((info->caps >> i & 1) != 0)
			sf_emit_string(e, NULL, sf_cap_name((enum sf_cap)i));
	sf_emit_close(e, '[');
	sf_emit_open(e, "policies", '{');
	for (unsigned i = 0; i < SF_VECTOR_POLICIES; i++)
		if (info->policy[i][0] != '\0')
			sf_emit_string(e,
			    sf_vector_policy_name((enum sf_vector_policy)i),
			    info->policy[i]);
	sf_emit_close(e, '{');
	sf_emit_open(e, "limits", '{');
	put_limit(e, "max-frame", info->max_frame);
	put_limit(e, "max-meta", info->max_meta);
	put_limit(e, "max-keys", info->max_keys);
	put_limit(e, "max-kid", info->max_kid);
	put_limit(e, "max-ctr", info->max_ctr);
	sf_emit_close(e, '{');
	sf_emit_close(e, '{');
}

static void
put_counts(struct sf_emit *e, const size_t n[SF_VERDICTS], size_t known)
{
	for (unsigned v = 0; v < SF_VERDICTS; v++)
		if (v != SF_V_NOT_RUN)
			sf_emit_count(e,
			    sf_case_verdict_name((enum sf_case_verdict)v),
			    n[v]);
	sf_emit_count(e, "known", known);
}

static void
put_case(struct sf_emit *e, const struct sf_case *c,
    const struct sf_case_result *result)
{
	char charged[SF_REQUIREMENT_ID];

	sf_emit_open(e, NULL, '{');
	e->lines = false;
	sf_emit_string(e, "id", c->id);
	sf_emit_string(e, "tag", c->tag);
	sf_emit_string(e, "section", c->section);
	put_words(e, "requirements", c->requirements);
	sf_emit_string(e, "says", c->says);
	sf_emit_string(e, "verdict", sf_case_verdict_name(result->verdict));
	sf_emit_bool(e, "known", result->known);
	if (result->flaky)
		sf_emit_bool(e, "flaky", true);
	if (result->verdict == SF_V_FAIL || result->verdict == SF_V_CRASH ||
	    result->verdict == SF_V_TIMEOUT) {
		sf_conform_charged(c, result, charged);
		sf_emit_string(e, "charged", charged);
	}
	if (result->why[0] != '\0')
		sf_emit_string(e, "why", result->why);
	if (result->replay != NULL)
		sf_emit_string(e, "replay", result->replay);
	if (result->error != NULL && result->error[0] != '\0')
		sf_emit_string(e, "stderr", result->error);
	sf_emit_close(e, '{');
	e->lines = true;
}

/* What is wrong with all frames of a suite. */
static void
put_causes(struct sf_emit *e, const struct sf_conform *run)
{
	static const char *const kinds[SF_CAUSES] = { "frames", "mls",
		"ratchet" };
	struct sf_told_cause causes[SF_TOLD_CAUSES];
	size_t n = sf_conform_told_causes(run, causes);

	sf_emit_open(e, "causes", '[');
	for (size_t i = 0; i < n; i++) {
		const struct sf_cause *c = causes[i].cause;

		sf_emit_open(e, NULL, '{');
		e->lines = false;
		sf_emit_string(e, "of", kinds[causes[i].kind]);
		sf_emit_open(e, "suites", '[');
		for (unsigned id = 1; id <= SF_SUITES; id++)
			if ((causes[i].suites >> id & 1) != 0)
				sf_emit_count(e, NULL, id);
		sf_emit_close(e, '[');
		if (sf_cause_requirement(c) != NULL) {
			sf_emit_string(e, "charged", sf_cause_requirement(c));
			sf_emit_string(
			    e, "in", sf_cause_opens(c) ? "opened" : "sealed");
			sf_emit_string(e, "text", sf_cause_text(c));
			sf_emit_string(e, "remedy", sf_cause_remedy(c));
		}
		sf_emit_close(e, '{');
		e->lines = true;
	}
	sf_emit_close(e, '[');
}

/* What was seen of what the RFC leaves open. */
static void
put_policies(struct sf_emit *e, const struct sf_conform *run)
{
	sf_emit_open(e, "policies", '[');
	for (unsigned i = 0; i < SF_VECTOR_POLICIES; i++) {
		enum sf_vector_policy p = (enum sf_vector_policy)i;
		struct sf_policy_seen s = sf_conform_policy(run, p);

		if (s.n == 0)
			continue;
		sf_emit_open(e, NULL, '{');
		e->lines = false;
		sf_emit_string(e, "name", sf_vector_policy_name(p));
		if (run->info.policy[i][0] != '\0')
			sf_emit_string(e, "declared", run->info.policy[i]);
		sf_emit_open(e, "seen", '{');
		for (unsigned k = 0; k < s.n; k++)
			sf_emit_count(e, s.word[k], s.cases[k]);
		sf_emit_close(e, '{');
		sf_emit_bool(e, "consistent", s.n == 1);
		sf_emit_close(e, '{');
		e->lines = true;
	}
	sf_emit_close(e, '[');
}

bool
sf_conform_json(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_catalogue *k = r->run->catalogue;
	struct sf_requirement all[SF_REQUIREMENTS];
	size_t n = sf_conform_requirements(r->run, all);
	struct sf_emit e = sf_emit(f, true);

	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "schema", "sframe-tool/conform/v1");
	sf_emit_open(&e, "tool", '{');
	sf_emit_string(&e, "name", SF_NAME);
	sf_emit_string(&e, "version", SF_VERSION);
	sf_emit_close(&e, '{');
	put_shim(&e, r);
	sf_emit_u64(&e, "seed", r->run->o->seed);
	sf_emit_string(&e, "verdict",
	    !r->good            ? "fail"
	    : r->exercised == 0 ? "inconclusive"
				: "pass");
	sf_emit_open(&e, "counts", '{');
	put_counts(&e, r->n, r->known);
	sf_emit_close(&e, '{');
	sf_emit_open(&e, "errors", '[');
	for (size_t i = 0; i < r->n_complaints; i++)
		sf_emit_string(&e, NULL, r->complaints[i]);
	sf_emit_close(&e, '[');
	put_causes(&e, r->run);
	put_policies(&e, r->run);
	sf_emit_open(&e, "requirements", '[');
	for (size_t i = 0; i < n; i++) {
		sf_emit_open(&e, NULL, '{');
		e.lines = false;
		sf_emit_string(&e, "id", all[i].id);
		put_counts(&e, all[i].n, all[i].known);
		sf_emit_close(&e, '{');
		e.lines = true;
	}
	sf_emit_close(&e, '[');
	sf_emit_open(&e, "cases", '[');
	for (size_t i = 0; i < k->n; i++)
		if (r->run->results[i].verdict != SF_V_NOT_RUN)
			put_case(&e, &k->cases[i], &r->run->results[i]);
	sf_emit_close(&e, '[');
	sf_emit_close(&e, '{');
	return sf_emit_end(&e);
}

/* ---- JUnit --------------------------------------------------------------- */

static void
put_junit_said(void *who, struct sf_bytes line)
{
	FILE *f = who;
	char text[512];

	snprintf(text, sizeof(text), "%.*s", (int)line.n, (const char *)line.p);
	fputc('\n', f);
	sf_conform_markup(f, text);
}

/* What does not hold: why, what it is against, and how to see it again. */
static void
put_junit_failure(FILE *f, const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result)
{
	const char *element =
	    result->verdict == SF_V_FAIL ? "failure" : "error";
	char *replay = sf_conform_replay_text(r, c, result);
	char charged[SF_REQUIREMENT_ID];

	sf_conform_charged(c, result, charged);
	fprintf(f, "    <%s type=\"%s\" message=\"", element,
	    sf_case_verdict_name(result->verdict));
	sf_conform_markup(f, result->why);
	fprintf(f, "\">%s: ", charged);
	sf_conform_markup(f, c->says);
	fputc('.', f);
	if (replay != NULL) {
		fputc('\n', f);
		sf_conform_markup_command(f, replay);
	}
	fprintf(f, "</%s>\n", element);
	free(replay);
	if (result->error == NULL || result->error[0] == '\0')
		return;
	fputs("    <system-err>", f);
	sf_conform_said(result->error, f, put_junit_said);
	fputs("</system-err>\n", f);
}

static void
put_junit_case(FILE *f, const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result)
{
	fprintf(f, "  <testcase classname=\"%s\" name=\"%s\"", c->tag, c->id);
	if (sf_conform_counts(result)) {
		fputs(">\n", f);
		put_junit_failure(f, r, c, result);
		fputs("  </testcase>\n", f);
	} else if (result->verdict == SF_V_UNSUPPORTED || result->known) {
		fputs(">\n    <skipped message=\"", f);
		sf_conform_markup(f, result->known ? "as known" : result->why);
		fputs("\"/>\n  </testcase>\n", f);
	} else {
		fputs("/>\n", f);
	}
}

bool
sf_conform_junit(FILE *f, const struct sf_conform_report *r)
{
	const struct sf_catalogue *k = r->run->catalogue;
	size_t all = 0;

	for (size_t i = 0; i < k->n; i++)
		all += r->run->results[i].verdict != SF_V_NOT_RUN;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"",
	    f);
	sf_conform_markup(f, r->run->info.name);
	fprintf(f,
	    "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
	    "skipped=\"%zu\">\n",
	    all + r->n_complaints, r->n[SF_V_FAIL] + r->n_complaints,
	    r->n[SF_V_CRASH] + r->n[SF_V_TIMEOUT],
	    r->n[SF_V_UNSUPPORTED] + r->known);
	for (size_t i = 0; i < k->n; i++)
		if (r->run->results[i].verdict != SF_V_NOT_RUN)
			put_junit_case(f, r, &k->cases[i], &r->run->results[i]);
	for (size_t i = 0; i < r->n_complaints; i++) {
		fprintf(f,
		    "  <testcase classname=\"run\" name=\"error-%zu\">\n    "
		    "<failure message=\"",
		    i + 1);
		sf_conform_markup(f, r->complaints[i]);
		fputs("\"/>\n  </testcase>\n", f);
	}
	fputs("</testsuite>\n", f);
	return !ferror(f);
}
