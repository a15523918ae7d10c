/*
 * known.c - results that are expected: a line is an id or a glob, a verdict
 * and a reason. # begins a comment.
 *
 * Every line must still hold. One that nothing matches, or whose cases pass,
 * or end in another way, is an error: such files rot otherwise.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/conform/report.h"
#include "cli/output.h"

#define LINES 1024

struct line {
	char glob[48];
	enum sf_case_verdict verdict;
	unsigned number;
	size_t cases, held;
	bool exact; /* no star in it */
};

struct sf_known {
	size_t n;
	struct line lines[LINES];
};

static bool
read_verdict(const char *word, enum sf_case_verdict *v)
{
	static const enum sf_case_verdict all[] = { SF_V_FAIL, SF_V_CRASH,
		SF_V_TIMEOUT, SF_V_UNSUPPORTED };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(word, sf_case_verdict_name(all[i])) == 0) {
			*v = all[i];
			return true;
		}
	return false;
}

/* NULL, or what is wrong with the line. */
static const char *
read_one(struct sf_known *k, char *text, unsigned number)
{
	char *hash = text[0] == '#' ? text : NULL;
	char *save = NULL, *glob, *verdict, *reason;
	struct line *l = &k->lines[k->n];

	if (hash != NULL)
		*hash = '\0';
	glob = strtok_r(text, " \t\r\n", &save);
	if (glob == NULL)
		return NULL;
	verdict = strtok_r(NULL, " \t\r\n", &save);
	reason = strtok_r(NULL, "\r\n", &save);
	if (k->n == LINES)
		return "too many lines";
	if (strlen(glob) >= sizeof(l->glob))
		return "no id is that long";
	if (verdict == NULL || !read_verdict(verdict, &l->verdict))
		return "the second word has to be fail, crash, timeout or "
		       "unsupported";
	if (reason == NULL || reason[strspn(reason, " \t")] == '\0')
		return "a reason is missing behind the verdict";
	snprintf(l->glob, sizeof(l->glob), "%s", glob);
	l->exact = strchr(glob, '*') == NULL;
	l->number = number;
	l->cases = l->held = 0;
	k->n++;
	return NULL;
}

bool
sf_known_read(struct sf_known **out, const char *name)
{
	FILE *f = fopen(name, "r");
	char *text = NULL;
	const char *wrong = NULL;
	size_t room = 0;
	unsigned number = 0;

	*out = calloc(1, sizeof(**out));
	if (f == NULL || *out == NULL) {
		sf_complain(name, "%s", strerror(errno));
		if (f != NULL)
			fclose(f);
		return false;
	}
	while (wrong == NULL && getline(&text, &room, f) > 0)
		wrong = read_one(*out, text, ++number);
	free(text);
	fclose(f);
	if (wrong != NULL)
		sf_complain(name, "line %u: %s", number, wrong);
	return wrong == NULL;
}

void
sf_known_free(struct sf_known *k)
{
	free(k);
}

void
sf_conform_complain(struct sf_conform_report *r, const char *format, ...)
{
	va_list args;

	if (r->n_complaints == SF_COMPLAINTS)
		return;
	va_start(args, format);
	vsnprintf(r->complaints[r->n_complaints++], sizeof(r->complaints[0]),
	    format, args);
	va_end(args);
}

static void
apply_to(struct line *l, struct sf_conform *run, size_t i,
    struct sf_conform_report *r)
{
	struct sf_case_result *out = &run->results[i];
	const char *id = run->catalogue->cases[i].id;

	if (!sf_case_matches(l->glob, id))
		return;
	l->cases++;
	if (out->verdict == SF_V_NOT_RUN)
		return;
	if (out->verdict == l->verdict) {
		out->known = true;
		l->held++;
	} else if (l->exact && !out->known) {
		sf_conform_complain(r,
		    "known results, line %u: %s is expected to be %s, and is "
		    "%s",
		    l->number, id, sf_case_verdict_name(l->verdict),
		    sf_case_verdict_name(out->verdict));
	}
}

void
sf_known_apply(
    struct sf_known *k, struct sf_conform *run, struct sf_conform_report *r)
{
	for (size_t n = 0; n < k->n; n++) {
		struct line *l = &k->lines[n];
		size_t asked = 0;

		for (size_t i = 0; i < run->catalogue->n; i++) {
			apply_to(l, run, i, r);
			asked += run->results[i].verdict != SF_V_NOT_RUN &&
				 sf_case_matches(
				     l->glob, run->catalogue->cases[i].id);
		}
		if (l->cases == 0)
			sf_conform_complain(r,
			    "known results, line %u: there is no case %s",
			    l->number, l->glob);
		else if (!l->exact && asked > 0 && l->held == 0)
			sf_conform_complain(r,
			    "known results, line %u: no case %s is %s any more",
			    l->number, l->glob,
			    sf_case_verdict_name(l->verdict));
	}
}
