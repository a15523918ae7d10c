/*
 * cmd_conform.c - somebody's implementation through every case.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/conform/conform.h"
#include "cli/conform/fuzz.h"
#include "cli/conform/names.h"
#include "cli/conform/peers.h"
#include "cli/conform/report.h"
#include "cli/output.h"

#define DEFAULT_SEED 9605
#define SCALE_MAX    1000

/* ---- the list ------------------------------------------------------------ */

static void
list(FILE *f, const struct sf_conform *r)
{
	for (size_t i = 0; i < r->catalogue->n; i++) {
		const struct sf_case *c = &r->catalogue->cases[i];

		if (sf_conform_wanted(r, c))
			fprintf(f, "%-24s %-9s %-6s %-20s %s.\n", c->id, c->tag,
			    c->section, c->requirements, c->says);
	}
}

/* ---- options ------------------------------------------------------------- */

static bool
read_options(struct sf_conform_options *o, const struct sf_config *c)
{
	uint64_t scale =
	    c->conform.timeout_scale.given ? c->conform.timeout_scale.v : 1;

	if (scale == 0 || scale > SCALE_MAX) {
		sf_complain(NULL, "conform: --timeout-scale is from 1 to %d",
		    SCALE_MAX);
		return false;
	}
	if (c->jobs.given && (c->jobs.v == 0 || c->jobs.v > 64)) {
		sf_complain(NULL, "conform: --jobs is from 1 to 64");
		return false;
	}
	if (c->conform.fuzz == NULL &&
	    (c->conform.against != NULL || c->conform.found != NULL)) {
		sf_complain(NULL, "conform: %s goes with --fuzz TIME only",
		    c->conform.against != NULL ? "--against" : "--found");
		return false;
	}
	*o = (struct sf_conform_options){
		.timeout_scale = (double)scale,
		.memory = c->conform.shim_memory,
		.seed = c->seed.given ? c->seed.v : DEFAULT_SEED,
		.isolate = c->conform.isolate,
		.keep_going = c->conform.keep_going,
		.quick = c->conform.quick,
		.timing = c->conform.timing,
		.pipeline = c->conform.pipeline,
		.jobs = sf_config_jobs(c),
		.tag = c->conform.tag,
		.names = c->conform.cases.v,
		.n_names = c->conform.cases.n,
	};
	return true;
}

/* The operands as execvp takes them. */
static char **
argv_of(const struct sf_config *c)
{
	char **v = calloc(c->operands.n + 1, sizeof(char *));

	for (unsigned i = 0; v != NULL && i < c->operands.n; i++)
		v[i] = strdup(c->operands.v[i]);
	return v;
}

static void
free_argv(char **v)
{
	for (char **p = v; v != NULL && *p != NULL; p++)
		free(*p);
	free(v);
}

/* The command as a shell reads it: quoted where that matters. */
static void
quote(struct sf_line *t, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./=:,@%+-";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		sf_line_put(t, word);
		return;
	}
	sf_line_put(t, "'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			sf_line_put(t, "'\\''");
		else
			sf_line_octets(t, sf_bytes(word, 1));
	sf_line_put(t, "'");
}

/* ---- after the run ------------------------------------------------------- */

static void
count(struct sf_conform_report *r)
{
	for (size_t i = 0; i < r->run->catalogue->n; i++) {
		const struct sf_case_result *result = &r->run->results[i];

		if (result->known)
			r->known++;
		else
			r->n[result->verdict]++;
		if (result->verdict == SF_V_UNSUPPORTED)
			r->lost++;
		else if (result->verdict != SF_V_NOT_RUN)
			r->exercised++;
	}
}

static bool
declares(const struct sf_shim_info *info, const char *name)
{
	for (unsigned i = 0; i < SF_CAPS; i++)
		if (strcmp(sf_cap_name((enum sf_cap)i), name) == 0)
			return (info->caps >> i & 1) != 0;
	return false;
}

/* Capabilities that somebody insists on. */
static void
check_required(struct sf_conform_report *r, const char *list)
{
	char name[SF_WORD];

	while (list != NULL && sf_conform_next_word(&list, ',', name))
		if (!declares(&r->run->info, name))
			sf_conform_complain(
			    r, "required, and not declared: %s", name);
}

static enum sf_exit
exit_of(const struct sf_conform_report *r)
{
	if (r->run->failed)
		return SF_EXIT_INTERNAL;
	if (!r->good)
		return SF_EXIT_FINDINGS;
	return r->exercised == 0 ? SF_EXIT_INCONCLUSIVE : SF_EXIT_OK;
}

static bool
write_report(FILE *f, enum sf_format format, const struct sf_conform_report *r)
{
	switch (format) {
	case SF_FORMAT_JSON:
		return sf_conform_json(f, r);
	case SF_FORMAT_JUNIT:
		return sf_conform_junit(f, r);
	case SF_FORMAT_HTML:
		return sf_conform_html(f, r);
	case SF_FORMAT_TEXT:
	case SF_FORMAT_JSONL:
	case SF_FORMAT_CSV:
		break;
	}
	return sf_conform_text(f, r);
}

static enum sf_exit
tell(struct sf_conform *run, struct sf_conform_report *r,
    const struct sf_config *c, struct sf_known *known)
{
	struct sf_output out;
	enum sf_exit st;

	if (known != NULL)
		sf_known_apply(known, run, r);
	count(r);
	check_required(r, c->conform.require);
	if (c->conform.min_cases.given && r->exercised < c->conform.min_cases.v)
		sf_conform_complain(r,
		    "%zu cases exercised, fewer than the %llu asked for",
		    r->exercised, (unsigned long long)c->conform.min_cases.v);
	if (run->left_out > 0)
		sf_conform_complain(r,
		    "%zu cases not run: three of their family were not "
		    "answered in time (--keep-going runs them)",
		    run->left_out);
	if (run->stopped)
		sf_conform_complain(r, "stopped: %.140s", run->trouble);
	r->good = r->n_complaints == 0 && r->n[SF_V_FAIL] == 0 &&
		  r->n[SF_V_CRASH] == 0 && r->n[SF_V_TIMEOUT] == 0;
	st = sf_output_open(&out, c);
	if (st != SF_EXIT_OK)
		return st;
	if (!sf_output_close(&out, write_report(out.f, c->format, r)))
		return SF_EXIT_INTERNAL;
	return exit_of(r);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum sf_exit
run_cases(struct sf_conform *run, const struct sf_config *c,
    struct sf_known *known, const char *command)
{
	struct sf_conform_report *r = calloc(1, sizeof(*r));
	double begun = now();
	enum sf_exit st = SF_EXIT_INTERNAL;
	size_t wanted = 0;

	for (size_t i = 0; i < run->catalogue->n; i++)
		wanted += sf_conform_wanted(run, &run->catalogue->cases[i]);
	if (wanted == 0 && r != NULL) {
		sf_complain(NULL,
		    "conform: no case is all of that; --list shows what there "
		    "is");
		st = SF_EXIT_USAGE;
	} else if (r != NULL && (sf_conform_causes(run), sf_conform_run(run))) {
		r->run = run;
		r->command = command;
		r->verbose = c->verbose;
		r->seconds = now() - begun;
		st = tell(run, r, c, known);
		for (size_t i = 0; i < run->catalogue->n; i++)
			sf_case_result_free(&run->results[i]);
	}
	free(run->results);
	free(r);
	return st;
}

/* A name without a slash is looked for in PATH, and not here. */
static bool
is_here(const char *name)
{
	return strchr(name, '/') == NULL && access(name, X_OK) == 0;
}

static enum sf_exit
greet(struct sf_conform *run, const char *command)
{
	const char *name = run->o->argv[0];

	switch (sf_conform_hello(run)) {
	case SF_HELLO_OK:
		return SF_EXIT_OK;
	case SF_HELLO_SKIP:
		sf_complain(command, "nothing to test here (exit status 89)");
		return SF_EXIT_INCONCLUSIVE;
	case SF_HELLO_NO_START:
		sf_complain(command, "cannot be started: %s%s%s", run->trouble,
		    is_here(name) ? "; what stands here is ./" : "",
		    is_here(name) ? name : "");
		return SF_EXIT_USAGE;
	case SF_HELLO_WRONG:
		break;
	}
	sf_complain(command, "%s", run->trouble);
	return SF_EXIT_FINDINGS;
}

static enum sf_exit
drive(struct sf_conform *run, struct sf_catalogue *catalogue,
    const struct sf_config *c, const char *command)
{
	struct sf_known *known = NULL;
	enum sf_exit st = SF_EXIT_OK;

	if (c->conform.known != NULL &&
	    !sf_known_read(&known, c->conform.known))
		st = SF_EXIT_INPUT;
	if (st == SF_EXIT_OK)
		st = greet(run, command);
	if (st == SF_EXIT_OK) {
		sf_catalogue_settle(catalogue, run->info.suites);
		if (c->conform.fuzz != NULL)
			st = sf_conform_fuzz(run, c, command);
		else if (sf_conform_cases_exist(run))
			st = run_cases(run, c, known, command);
		else
			st = SF_EXIT_USAGE;
	}
	sf_known_free(known);
	return st;
}

static enum sf_exit
matrix(const struct sf_config *c)
{
	struct sf_output out;
	enum sf_exit st;

	if (c->operands.n == 0) {
		sf_complain(NULL, "conform: missing: FILE... of JSON results");
		return SF_EXIT_USAGE;
	}
	st = sf_output_open(&out, c);
	if (st != SF_EXIT_OK)
		return st;
	st = (enum sf_exit)sf_conform_matrix(
	    out.f, c->operands.v, c->operands.n);
	if (!sf_output_close(&out, st == SF_EXIT_OK))
		return SF_EXIT_INTERNAL;
	return st;
}

enum sf_exit
sf_cmd_conform(const struct sf_config *c)
{
	struct sf_conform_options o;
	struct sf_catalogue catalogue;
	struct sf_conform run = {
		.o = &o, .crypto = &sf_crypto_ossl, .catalogue = &catalogue
	};
	struct sf_line command = { .p = NULL };
	enum sf_exit st = SF_EXIT_INTERNAL;
	char **argv;

	if (c->conform.matrix)
		return matrix(c);
	if (!read_options(&o, c))
		return SF_EXIT_USAGE;
	if (c->conform.peers.n > 0)
		return sf_conform_peers(&run, c);
	if (c->operands.n == 0 && !c->conform.list) {
		sf_complain(NULL, "conform: missing: -- COMMAND...");
		return SF_EXIT_USAGE;
	}
	argv = argv_of(c);
	o.argv = argv;
	for (unsigned i = 0; i < c->operands.n; i++) {
		sf_line_put(&command, i == 0 ? "" : " ");
		quote(&command, c->operands.v[i]);
	}
	sf_line_octets(&command, sf_bytes("", 1));
	if (argv == NULL || command.failed ||
	    !sf_catalogue_make(&catalogue, o.seed))
		sf_complain(NULL, "conform: no memory for the cases");
	else if (!sf_conform_names_exist(&run, c->conform.require) ||
		 (c->conform.list && !sf_conform_cases_exist(&run)))
		st = SF_EXIT_USAGE;
	else if (c->conform.list) {
		list(stdout, &run);
		st = SF_EXIT_OK;
	} else {
		st = drive(&run, &catalogue, c, command.p);
	}
	sf_catalogue_free(&catalogue);
	sf_line_free(&command);
	free_argv(argv);
	return st;
}
