/*
 * report_parts.c - what more than one form of a report tells.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/conform/report.h"
#include "report/escape.h"
#include "report/version.h"

#define HELLO       "0 hello v=1"
#define ONE_LINE    70   /* characters of requests that go on one line */
#define REQUEST_MAX 4000 /* characters of a request that is printed */
#define SAID_FIRST 6 /* lines of standard error: of its beginning, ... */
#define SAID_LAST  6 /* ... and of its end */

bool
sf_conform_counts(const struct sf_case_result *r)
{
	return !r->known &&
	       (r->verdict == SF_V_FAIL || r->verdict == SF_V_CRASH ||
		   r->verdict == SF_V_TIMEOUT);
}

void
sf_conform_charged(const struct sf_case *c, const struct sf_case_result *result,
    char out[SF_REQUIREMENT_ID])
{
	const char *words =
	    result->charged != NULL ? result->charged : c->requirements;

	snprintf(
	    out, SF_REQUIREMENT_ID, "%.*s", (int)strcspn(words, " "), words);
}

/* A terminal takes no longer line, and nobody reads one. */
static bool
is_too_long(const char *requests)
{
	while (*requests != '\0') {
		size_t n = strcspn(requests, "\n");

		if (n > REQUEST_MAX)
			return true;
		requests += n + (requests[n] == '\n');
	}
	return false;
}

void
sf_conform_requests(
    FILE *f, const char *requests, const char *command, const char *indent)
{
	const char *between = indent == NULL ? "\\n" : "' \\\n";

	fputs(indent == NULL ? "printf '" HELLO "\\n"
			     : "printf '%s\\n' '" HELLO "' \\\n",
	    f);
	while (*requests != '\0') {
		size_t n = strcspn(requests, "\n");
		bool last = requests[n] == '\0' || requests[n + 1] == '\0';

		if (indent != NULL)
			fprintf(f, "%s'", indent);
		fwrite(requests, 1, n, f);
		fputs(!last || indent == NULL ? between : "'", f);
		requests += n + (requests[n] == '\n');
	}
	if (indent == NULL)
		fprintf(f, "' | %s", command);
	else
		fprintf(f, " \\\n%s| %s", indent, command);
}

void
sf_conform_replay(FILE *f, const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result,
    const char *indent)
{
	if (result->replay == NULL || is_too_long(result->replay))
		fprintf(f, SF_NAME " conform --case %s --seed %llu -- %s",
		    c->id, (unsigned long long)r->run->o->seed, r->command);
	else
		sf_conform_requests(f, result->replay, r->command,
		    strlen(result->replay) < ONE_LINE ? NULL : indent);
}

char *
sf_conform_replay_text(const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (f == NULL)
		return NULL;
	sf_conform_replay(f, r, c, result, NULL);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++)
		n += *p == '\n' || p[1] == '\0';
	return n;
}

void
sf_conform_said(
    const char *text, void *who, void (*line)(void *who, struct sf_bytes line))
{
	static const char more[] = "...";
	size_t n, at = 0;

	while (*text == '\n')
		text++;
	n = lines_of(text);
	for (; *text != '\0'; at++) {
		size_t octets = strcspn(text, "\n");

		if (n <= SAID_FIRST + SAID_LAST || at < SAID_FIRST ||
		    at >= n - SAID_LAST)
			line(who, sf_bytes(text, octets));
		else if (at == SAID_FIRST)
			line(who, sf_bytes(more, sizeof(more) - 1));
		text += octets + (text[octets] == '\n');
	}
}

/* ---- policies ------------------------------------------------------------ */

struct sf_policy_seen
sf_conform_policy(const struct sf_conform *run, enum sf_vector_policy p)
{
	struct sf_policy_seen s = { .n = 0 };

	for (size_t i = 0; i < run->catalogue->n; i++) {
		const struct sf_case_result *r = &run->results[i];
		unsigned k = 0;

		if (r->chosen == NULL || r->policy != (uint8_t)p)
			continue;
		while (k < s.n && strcmp(s.word[k], r->chosen) != 0)
			k++;
		if (k == SF_CHOICES)
			continue;
		s.n += k == s.n;
		s.word[k] = r->chosen;
		s.cases[k]++;
	}
	return s;
}

/* ---- causes -------------------------------------------------------------- */

static bool
nothing_opens(const struct sf_cause *c)
{
	return c->refused[0][0] && c->refused[0][1];
}

/* Worth telling: not what the plain frames of the suite show already. */
static bool
is_told(const struct sf_conform *run, unsigned suite, unsigned kind)
{
	const struct sf_cause *c = &run->causes[suite][kind];
	const struct sf_cause *plain = &run->causes[suite][SF_CAUSE_FRAMES];

	if (sf_cause_requirement(c) == NULL && !nothing_opens(c))
		return false;
	return kind == SF_CAUSE_FRAMES ||
	       ((sf_cause_requirement(c) == NULL ||
		    sf_cause_is_own(c, plain)) &&
		   sf_cause_requirement(c) != sf_cause_requirement(plain) &&
		   !nothing_opens(plain));
}

size_t
sf_conform_told_causes(
    const struct sf_conform *run, struct sf_told_cause out[SF_TOLD_CAUSES])
{
	size_t n = 0;

	for (unsigned kind = 0; kind < SF_CAUSES; kind++)
		for (unsigned suite = 1; suite <= SF_SUITES; suite++) {
			const struct sf_cause *c = &run->causes[suite][kind];
			size_t i = 0;

			if (!is_told(run, suite, kind))
				continue;
			while (i < n && (out[i].kind != kind ||
					    strcmp(sf_cause_text(out[i].cause),
						sf_cause_text(c)) != 0))
				i++;
			if (i == n)
				out[n++] = (struct sf_told_cause){
					.kind = (enum sf_cause_kind)kind,
					.cause = c
				};
			out[i].suites |= 1u << suite;
		}
	return n;
}

void
sf_conform_cause(FILE *f, const struct sf_told_cause *c)
{
	static const char *const kinds[SF_CAUSES] = { "", " of MLS epochs",
		" of sender keys" };
	bool many = (c->suites & (c->suites - 1)) != 0;

	if (sf_cause_requirement(c->cause) == NULL)
		fprintf(f, "no plain frame%s opens in suite%s", kinds[c->kind],
		    many ? "s" : "");
	else
		fprintf(f, "%s%s%s in suite%s",
		    c->cause->opened ? "as it opens frames" : "in the frames",
		    kinds[c->kind],
		    c->cause->opened		? ""
		    : sf_cause_opens(c->cause) ? " that it is given"
						: " that it seals",
		    many ? "s" : "");
	for (unsigned id = 1; id <= SF_SUITES; id++)
		if ((c->suites >> id & 1) != 0)
			fprintf(f, " %u", id);
	if (sf_cause_requirement(c->cause) == NULL)
		fputs("; most of what follows comes of that", f);
	else
		fprintf(f, ", %s (%s)", sf_cause_text(c->cause),
		    sf_cause_requirement(c->cause));
}
