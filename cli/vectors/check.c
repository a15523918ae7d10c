/*
 * check.c - runs the tests of vector files and reports on them: a line for
 * each group, and one for each test that fails.
 */
#include "cli/vectors/check.h"

#include <inttypes.h>
#include <string.h>

#include "report/escape.h"
#include "report/version.h"

#define SENTENCE 160

/* ---- one test ------------------------------------------------------------ */

/* What was wrong, in words. */
static void
say_how(char out[SENTENCE], const struct sf_vector_outcome *o)
{
	const char *field = sf_vector_field_name(o->field);
	char where[48] = "";

	if (o->list != NULL)
		snprintf(where, sizeof(where), "%s[%zu].", o->list, o->index);
	switch (o->how) {
	case SF_VECTOR_HOLDS:
		snprintf(out, SENTENCE, "holds");
		break;
	case SF_VECTOR_DIFFERS:
		snprintf(out, SENTENCE, "%s%s differs from octet %zu on", where,
		    field, o->at);
		break;
	case SF_VECTOR_LENGTH:
		snprintf(out, SENTENCE,
		    "%s%s has %" PRIu64 " octets here and %" PRIu64
		    " in the vector",
		    where, field, o->got, o->want);
		break;
	case SF_VECTOR_NUMBER:
		snprintf(out, SENTENCE,
		    "%s%s is %" PRIu64 " here and %" PRIu64 " in the vector",
		    where, field, o->got, o->want);
		break;
	case SF_VECTOR_REFUSED:
		snprintf(out, SENTENCE, "refused for %s%s, and has to be taken",
		    where, field);
		break;
	case SF_VECTOR_TAKEN:
		snprintf(out, SENTENCE, "taken, and has to be refused");
		break;
	case SF_VECTOR_BROKEN:
		snprintf(out, SENTENCE, "the cryptographic library failed");
		break;
	}
}

static void
put_name(struct sf_vectors_check *c, const char *name)
{
	if (strcmp(name, "-") == 0)
		name = "standard input";
	sf_escape_write(c->f, sf_bytes(name, strlen(name)), SF_ESCAPE_TEXT);
}

/* A published test has no id; its number is its place, from 1. */
static void
text_failure(struct sf_vectors_check *c, const struct sf_vector_group *g,
    const struct sf_vector_case *test, const char *how)
{
	if (test->id[0] != '\0')
		fprintf(c->f, "  %s (tcId %" PRIu64 "): %s\n", test->id,
		    test->number, how);
	else
		fprintf(c->f, "  %s[%" PRIu64 "]: %s\n", g->name,
		    test->number - 1, how);
}

static void
json_failure(struct sf_vectors_check *c, const struct sf_vector_case *test,
    const struct sf_vector_outcome *o, const char *how)
{
	sf_emit_open(&c->e, NULL, '{');
	sf_emit_string(&c->e, "id", test->id[0] == '\0' ? NULL : test->id);
	sf_emit_count(&c->e, "test", test->number);
	sf_emit_string(&c->e, "field",
	    o->how == SF_VECTOR_TAKEN || o->how == SF_VECTOR_BROKEN
		? NULL
		: sf_vector_field_name(o->field));
	sf_emit_string(&c->e, "what", how);
	sf_emit_close(&c->e, '{');
}

/* ---- one group ----------------------------------------------------------- */

struct tally {
	size_t tests, failed, invalid;
	size_t policies[SF_VECTOR_POLICIES];
};

static void
count(struct tally *t, const struct sf_vector_case *test)
{
	t->tests++;
	if (test->result == SF_VECTOR_INVALID)
		t->invalid++;
	if (test->result == SF_VECTOR_POLICY)
		t->policies[test->policy]++;
}

/* Runs the group; in JSON the failures go out as they come. */
static struct tally
run_group(struct sf_vectors_check *c, const struct sf_vectorfile *file,
    const struct sf_vector_group *g, bool tell)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < g->cases.n; i++) {
		const struct sf_vector_case *test =
		    &file->cases[g->cases.first + i];
		struct sf_vector_outcome o =
		    sf_vector_run(c->crypto, file, g, test);
		char how[SENTENCE];

		count(&t, test);
		if (o.how == SF_VECTOR_HOLDS)
			continue;
		t.failed++;
		if (!tell)
			continue;
		say_how(how, &o);
		if (c->json)
			json_failure(c, test, &o, how);
		else
			text_failure(c, g, test, how);
	}
	return t;
}

/* The suite of all tests of the group; NULL when they have several, or none. */
static const struct sf_suite *
suite_of(const struct sf_vectorfile *file, const struct sf_vector_group *g)
{
	return file->published || g->cases.n == 0
		   ? NULL
		   : file->cases[g->cases.first].suite;
}

static void
text_group(struct sf_vectors_check *c, const char *name,
    const struct sf_vectorfile *file, const struct sf_vector_group *g)
{
	const struct sf_suite *suite = suite_of(file, g);
	struct tally t = run_group(c, file, g, false);

	put_name(c, name);
	fprintf(c->f, ": %s", g->name);
	if (suite != NULL)
		fprintf(c->f, ", suite %u", suite->id);
	fprintf(c->f, ": %zu of %zu", t.tests - t.failed, t.tests);
	if (t.invalid > 0)
		fprintf(c->f, ", %zu of them to be refused", t.invalid);
	fputc('\n', c->f);
	for (unsigned p = 0; p < SF_VECTOR_POLICIES; p++)
		if (t.policies[p] > 0)
			fprintf(c->f, "  %s: our choice is %s (%zu test%s)\n",
			    sf_vector_policy_name((enum sf_vector_policy)p),
			    sf_vector_choice((enum sf_vector_policy)p),
			    t.policies[p], t.policies[p] == 1 ? "" : "s");
	if (t.failed > 0)
		(void)run_group(c, file, g, true);
	c->tests += t.tests;
	c->failed += t.failed;
}

static void
json_group(struct sf_vectors_check *c, const struct sf_vectorfile *file,
    const struct sf_vector_group *g)
{
	const struct sf_suite *suite = suite_of(file, g);
	struct tally t;

	sf_emit_open(&c->e, NULL, '{');
	sf_emit_string(&c->e, "name", g->name);
	if (suite == NULL)
		sf_emit_null(&c->e, "suite");
	else
		sf_emit_string(&c->e, "suite", suite->name);
	sf_emit_open(&c->e, "failures", '[');
	t = run_group(c, file, g, true);
	sf_emit_close(&c->e, '[');
	sf_emit_count(&c->e, "tests", t.tests);
	sf_emit_count(&c->e, "invalid", t.invalid);
	sf_emit_count(&c->e, "passed", t.tests - t.failed);
	sf_emit_count(&c->e, "failed", t.failed);
	sf_emit_close(&c->e, '{');
	c->tests += t.tests;
	c->failed += t.failed;
}

/* ---- files --------------------------------------------------------------- */

void
sf_vectors_file(struct sf_vectors_check *c, const char *name,
    const struct sf_vectorfile *file)
{
	c->files++;
	if (!c->json) {
		for (size_t i = 0; i < file->n_groups; i++)
			text_group(c, name, file, &file->groups[i]);
		return;
	}
	sf_emit_open(&c->e, NULL, '{');
	sf_emit_string(&c->e, "name", name);
	sf_emit_null(&c->e, "error");
	sf_emit_open(&c->e, "groups", '[');
	for (size_t i = 0; i < file->n_groups; i++)
		json_group(c, file, &file->groups[i]);
	sf_emit_close(&c->e, '[');
	sf_emit_close(&c->e, '{');
}

void
sf_vectors_unreadable(struct sf_vectors_check *c, const char *name,
    const char *place, const char *cause)
{
	char error[2 * SENTENCE];

	c->files++;
	c->unreadable++;
	if (!c->json)
		return;
	snprintf(error, sizeof(error), "%s%s%s", place,
	    place[0] == '\0' ? "" : ": ", cause);
	sf_emit_open(&c->e, NULL, '{');
	sf_emit_string(&c->e, "name", name);
	sf_emit_string(&c->e, "error", error);
	sf_emit_open(&c->e, "groups", '[');
	sf_emit_close(&c->e, '[');
	sf_emit_close(&c->e, '{');
}

static void
json_choices(struct sf_vectors_check *c)
{
	sf_emit_open(&c->e, "policies", '{');
	for (unsigned p = 0; p < SF_VECTOR_POLICIES; p++)
		sf_emit_string(&c->e,
		    sf_vector_policy_name((enum sf_vector_policy)p),
		    sf_vector_choice((enum sf_vector_policy)p));
	sf_emit_close(&c->e, '{');
}

void
sf_vectors_begin(struct sf_vectors_check *c)
{
	if (!c->json)
		return;
	c->e = sf_emit(c->f, true);
	sf_emit_open(&c->e, NULL, '{');
	sf_emit_string(&c->e, "schema", "sframe-tool/vectors-check/v1");
	sf_emit_open(&c->e, "tool", '{');
	sf_emit_string(&c->e, "name", SF_NAME);
	sf_emit_string(&c->e, "version", SF_VERSION);
	sf_emit_close(&c->e, '{');
	json_choices(c);
	sf_emit_open(&c->e, "files", '[');
}

bool
sf_vectors_end(struct sf_vectors_check *c)
{
	if (c->json) {
		sf_emit_close(&c->e, '[');
		sf_emit_count(&c->e, "tests", c->tests);
		sf_emit_count(&c->e, "passed", c->tests - c->failed);
		sf_emit_count(&c->e, "failed", c->failed);
		sf_emit_count(&c->e, "unreadable", c->unreadable);
		sf_emit_close(&c->e, '{');
		return sf_emit_end(&c->e);
	}
	fprintf(c->f, "%zu tests, %zu hold, %zu fail\n", c->tests,
	    c->tests - c->failed, c->failed);
	return !ferror(c->f);
}
