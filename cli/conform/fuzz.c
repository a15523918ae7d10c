/*
 * fuzz.c - random scripts, put to a shim and to our own library (or to another
 * shim), a step at a time: what they answer has to be the same.
 *
 * A difference is made smaller while it stays, and kept as a file that a shim can
 * be fed; so is a script that leaves memory behind each time.
 */
#include "cli/conform/fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/conform/fuzz_parts.h"
#include "cli/conform/report.h"
#include "cli/output.h"

#define KEPT     5 /* of each kind and verb */
#define KINDS    64
#define GROWTH   ((uint64_t)96 << 20) /* octets of memory that are looked at */
#define SETTLED  200                  /* scripts after which memory is steady */
#define PATIENCE 2000                 /* milliseconds for a reply */

/* What was found so far. */
struct catch
{
	const char *folder, *command;
	unsigned n;
	struct {
		struct sf_fuzz_found what;
		unsigned times;
	} kinds[KINDS];
	uint64_t memory; /* of the shim, after a while */
};

/* ---- what was found ------------------------------------------------------ */

/* Steps as requests, a line each. */
static void
put_steps(FILE *out, const struct sf_fuzz_script *s)
{
	for (unsigned i = 0; i < s->n; i++)
		fprintf(out, "%u %s\n", i + 1, s->steps[i].text);
}

/* As a shell sends them; memory is only seen when they come often. */
static void
put_lines(
    FILE *out, const struct sf_fuzz_script *s, const char *command, bool often)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return;
	put_steps(f, s);
	if (fclose(f) == 0) {
		fputs(
		    often ? "      for i in $(seq 1000); do " : "      ", out);
		sf_conform_requests(
		    out, text, often ? "cat; done" : command, "          ");
		fprintf(
		    out, "%s%s\n", often ? " | " : "", often ? command : "");
	}
	free(text);
}

static void
put_file(const struct catch *c, const struct sf_fuzz *f,
    const struct sf_fuzz_script *s, const struct sf_fuzz_found *w)
{
	char name[256];
	FILE *out;

	if (c->folder == NULL)
		return;
	snprintf(name, sizeof(name), "%s/%s-%s-%llu.sfs", c->folder,
	    sf_fuzz_kind_name(w->kind), w->verb,
	    (unsigned long long)f->scripts);
	out = fopen(name, "w");
	if (out == NULL) {
		sf_complain(name, "%s", strerror(errno));
		return;
	}
	put_steps(out, s);
	if (fclose(out) == 0)
		printf("      %s < %s\n", w->by_other ? f->b.name : c->command,
		    name);
	else
		sf_complain(name, "%s", strerror(errno));
}

static void
keep(const struct catch *c, const struct sf_fuzz *f,
    const struct sf_fuzz_script *s, const struct sf_fuzz_found *w, bool alone)
{
	printf("%-12s %s%s%s%s%s\n", sf_fuzz_kind_name(w->kind), w->verb,
	    w->by_other ? ", by " : "", w->by_other ? f->b.name : "",
	    w->detail[0] != '\0' ? ": " : "", w->detail);
	if (!alone)
		fputs("      not in a process of its own: what came before "
		      "takes part\n",
		    stdout);
	put_lines(stdout, s, w->by_other ? f->b.name : c->command,
	    w->kind == SF_FUZZ_GREW);
	put_file(c, f, s, w);
	fflush(stdout);
}

/* Whether there is need to look at this one: few of a kind are. */
static bool
is_new(struct catch *c, const struct sf_fuzz_found *w)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->kinds[i].what.kind == w->kind &&
		    strcmp(c->kinds[i].what.verb, w->verb) == 0)
			return ++c->kinds[i].times <= KEPT;
	if (c->n == KINDS)
		return false;
	c->kinds[c->n].what = *w;
	c->kinds[c->n++].times = 1;
	return true;
}

/* The same again, in new processes: only then a line on a terminal shows it. */
static bool
shows(struct sf_fuzz *f, const struct sf_fuzz_script *s,
    const struct sf_fuzz_found *w)
{
	struct sf_fuzz_found again;
	unsigned at;

	sf_fuzz_stop(f);
	again = sf_fuzz_play(f, s, &at);
	return again.kind == w->kind && strcmp(again.verb, w->verb) == 0;
}

static void
take(struct catch *c, struct sf_fuzz *f, struct sf_fuzz_script *s,
    const struct sf_fuzz_found *w)
{
	struct sf_fuzz_script *less = malloc(sizeof(*less));
	bool alone = shows(f, s, w);

	if (less != NULL && alone) {
		*less = *s;
		sf_fuzz_shrink(f, less, w);
		if (shows(f, less, w))
			*s = *less;
	}
	free(less);
	keep(c, f, s, w, alone);
}

/* ---- memory -------------------------------------------------------------- */

/* It grew a lot: by a script such as this one, time after time? */
static void
find_leak(struct catch *c, struct sf_fuzz *f, struct sf_fuzz_script *s)
{
	struct sf_fuzz_found w = { .kind = SF_FUZZ_GREW };
	uint64_t each = sf_fuzz_leak(f, s);

	c->memory = 0; /* the process is new */
	if (each == 0)
		return;
	(void)sscanf(s->steps[s->n - 1].text, "%23s", w.verb);
	if (!is_new(c, &w))
		return;
	sf_fuzz_shrink(f, s, &w);
	(void)sscanf(s->steps[s->n - 1].text, "%23s", w.verb);
	snprintf(w.detail, sizeof(w.detail),
	    "about %llu octets are left behind each time",
	    (unsigned long long)sf_fuzz_leak(f, s));
	keep(c, f, s, &w, true);
}

static void
watch_memory(struct catch *c, struct sf_fuzz *f, struct sf_fuzz_script *s)
{
	uint64_t now = f->a.child->pid > 0 ? sf_child_memory(f->a.child) : 0;

	if (c->memory == 0 && f->scripts >= SETTLED)
		c->memory = now;
	else if (c->memory != 0 && now > c->memory + GROWTH)
		find_leak(c, f, s);
}

/* ---- the loop ------------------------------------------------------------ */

static void
one_script(struct catch *c, struct sf_fuzz *f, struct sf_fuzz_script *s)
{
	struct sf_fuzz_found w;
	unsigned at;

	sf_fuzz_make(f, s);
	f->scripts++;
	w = sf_fuzz_play(f, s, &at);
	if (w.kind != SF_FUZZ_SAME && is_new(c, &w)) {
		s->n = at;
		take(c, f, s, &w);
	}
	if (f->scripts % 50 == 0 && w.kind == SF_FUZZ_SAME)
		watch_memory(c, f, s);
}

static bool
read_time(const char *s, uint64_t *seconds)
{
	char *end;
	unsigned long long v = strtoull(s, &end, 10);

	if (end == s || s[0] == '-' || v > 1000000)
		return false;
	*seconds = v * (*end == 'h' ? 3600 : *end == 'm' ? 60 : 1);
	return *end == '\0' ||
	       ((*end == 's' || *end == 'm' || *end == 'h') && end[1] == '\0');
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum sf_exit
sum_up(const struct sf_fuzz *f, const struct catch *c)
{
	printf("%llu scripts, %llu steps, seed %llu: ",
	    (unsigned long long)f->scripts, (unsigned long long)f->steps,
	    (unsigned long long)f->run->o->seed);
	if (c->n == 0) {
		printf("no difference to %s\n", f->b.name);
		return SF_EXIT_OK;
	}
	printf("%u kinds of difference to %s\n", c->n, f->b.name);
	for (unsigned i = 0; i < c->n; i++)
		printf("  %-12s %-10s %u times\n",
		    sf_fuzz_kind_name(c->kinds[i].what.kind),
		    c->kinds[i].what.verb, c->kinds[i].times);
	return SF_EXIT_FINDINGS;
}

/* Words of a command, split at blanks; what they point to is in text. */
static void
split(char *text, char **words, unsigned most)
{
	char *save = NULL;
	unsigned n = 0;

	for (char *w = strtok_r(text, " ", &save); w != NULL && n < most;
	     w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	words[n] = NULL;
}

static enum sf_exit
loop(struct sf_fuzz *f, struct catch *c, uint64_t seconds)
{
	struct sf_fuzz_script *s = calloc(1, sizeof(*s));
	double until = now() + (double)seconds;

	if (s == NULL)
		return SF_EXIT_INTERNAL;
	sf_fuzz_bounds(f, s);
	f->removes = (f->run->info.caps & SF_NEED(RMKEY)) != 0;
	while (now() < until && !f->t->stopped)
		one_script(c, f, s);
	free(s);
	return f->t->stopped ? SF_EXIT_INTERNAL : sum_up(f, c);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What both of them can. */
static enum sf_exit
meet(struct sf_conform *run, char **words)
{
	struct sf_conform_options o = *run->o;
	struct sf_conform other = { .o = &o };
	struct sf_shim_info *a = &run->info, *b = &other.info;

	o.argv = words;
	if (words[0] == NULL || sf_conform_hello(&other) != SF_HELLO_OK) {
		sf_complain(words[0], "conform: --against: %s",
		    words[0] == NULL ? "no command" : other.trouble);
		return SF_EXIT_USAGE;
	}
	a->suites &= b->suites;
	a->caps &= b->caps;
	a->max_kid = least(a->max_kid, b->max_kid);
	a->max_ctr = least(a->max_ctr, b->max_ctr);
	a->max_meta = least(a->max_meta, b->max_meta);
	a->max_frame = least(a->max_frame, b->max_frame);
	if (a->suites != 0)
		return SF_EXIT_OK;
	sf_complain(NULL, "conform: the two have no cipher suite in common");
	return SF_EXIT_INCONCLUSIVE;
}

enum sf_exit
sf_conform_fuzz(const struct sf_conform *run, const struct sf_config *c,
    const char *command)
{
	struct sf_child children[2] = { { .in = -1, .out = -1, .err = -1 },
		{ .in = -1, .out = -1, .err = -1 } };
	struct sf_case_result result = { .verdict = SF_V_PASS };
	struct sf_conform both = *run;
	struct sf_fuzz f = { .run = &both,
		.a = { .name = command,
		    .child = &children[0],
		    .argv = run->o->argv },
		.b = { .name = "our own library" },
		.patience = (unsigned)(PATIENCE * run->o->timeout_scale) };
	struct catch found = { .folder = c->conform.found, .command = command };
	char *other = NULL, *words[64];
	uint64_t seconds;
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (!read_time(c->conform.fuzz, &seconds)) {
		sf_complain(
		    NULL, "conform: --fuzz is a time such as 60s, 5m or 1h");
		return SF_EXIT_USAGE;
	}
	if (found.folder != NULL && mkdir(found.folder, 0777) != 0 &&
	    errno != EEXIST) {
		sf_complain(found.folder, "%s", strerror(errno));
		return SF_EXIT_INPUT;
	}
	f.t = calloc(1, sizeof(*f.t));
	if (f.t != NULL) {
		f.t->run = &both;
		f.t->result = &result;
		f.t->random = run->o->seed;
	}
	if (c->conform.against != NULL) {
		other = strdup(c->conform.against);
		if (other != NULL)
			split(other, words, 63);
		f.b.name = c->conform.against;
		f.b.child = &children[1];
		f.b.argv = words;
	} else {
		f.b.ours = sf_serve_new(run->crypto);
	}
	if (other != NULL)
		st = meet(&both, words);
	else
		st = SF_EXIT_OK;
	if (st == SF_EXIT_OK && f.t != NULL &&
	    (other != NULL || f.b.ours != NULL))
		st = loop(&f, &found, seconds);
	sf_child_free(&children[0]);
	sf_child_free(&children[1]);
	sf_serve_free(f.b.ours);
	sf_line_free(&f.line);
	if (f.t != NULL)
		sf_trial_free(f.t);
	free(f.t);
	free(other);
	return st;
}
