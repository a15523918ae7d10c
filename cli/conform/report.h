/*
 * report.h - what became of the cases, in the ways there are to tell it.
 */
#ifndef SF_CONFORM_REPORT_H
#define SF_CONFORM_REPORT_H

#include "cli/conform/conform.h"

/* What is known beforehand, out of a file. */
struct sf_known;

/* False, and has told why, when the file is no such file. */
bool sf_known_read(struct sf_known **out, const char *name);
void sf_known_free(struct sf_known *k);

#define SF_COMPLAINTS 256

/* All about a run that a report tells. */
struct sf_conform_report {
	const struct sf_conform *run;
	const char *command; /* of the shim, made safe for a shell to read */
	bool verbose;
	double seconds;
	size_t
	    n[SF_VERDICTS]; /* cases by verdict; known ones are not in here */
	size_t known, exercised, lost; /* lost: for want of a capability */
	bool good;                     /* it conforms */
	size_t n_complaints;           /* about the run, not about a case */
	char complaints[SF_COMPLAINTS][160];
};

/* Marks the results that are known, and complains of lines that do not hold. */
void sf_known_apply(
    struct sf_known *k, struct sf_conform *run, struct sf_conform_report *r);

void sf_conform_complain(struct sf_conform_report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Is this one that keeps an implementation from conforming? */
/* What was seen of a policy: words, and in how many cases. */
#define SF_CHOICES 4

struct sf_policy_seen {
	unsigned n; /* words; more than one: it is not kept to */
	const char *word[SF_CHOICES];
	size_t cases[SF_CHOICES];
};

struct sf_policy_seen sf_conform_policy(
    const struct sf_conform *run, enum sf_vector_policy p);

bool sf_conform_counts(const struct sf_case_result *r);

#define SF_REQUIREMENT_ID 16

/* The requirement that a case is charged to. */
void sf_conform_charged(const struct sf_case *c,
    const struct sf_case_result *result, char out[SF_REQUIREMENT_ID]);

/* What sends requests, a line each, to a command when it is pasted into a shell:
   on one line, or, with an indent, a request on each. No line end behind it. */
void sf_conform_requests(
    FILE *f, const char *requests, const char *command, const char *indent);

/* What asks for the case again. With an indent it may take several lines. */
void sf_conform_replay(FILE *f, const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result,
    const char *indent);
/* The same on one line as text of the caller's, or NULL. */
char *sf_conform_replay_text(const struct sf_conform_report *r,
    const struct sf_case *c, const struct sf_case_result *result);

/* Standard error line by line; of many the first and the last. */
void sf_conform_said(
    const char *text, void *who, void (*line)(void *who, struct sf_bytes line));

/* What is wrong with all frames of some suites. */
struct sf_told_cause {
	enum sf_cause_kind kind;
	unsigned suites; /* bit 1 << id */
	const struct sf_cause *cause;
};

#define SF_TOLD_CAUSES (SF_SUITES * SF_CAUSES)

size_t sf_conform_told_causes(
    const struct sf_conform *run, struct sf_told_cause out[SF_TOLD_CAUSES]);
/* As a sentence without its full stop. */
void sf_conform_cause(FILE *f, const struct sf_told_cause *c);

/* Each returns false when the stream took an error. */
bool sf_conform_text(FILE *f, const struct sf_conform_report *r);
bool sf_conform_json(FILE *f, const struct sf_conform_report *r);
bool sf_conform_junit(FILE *f, const struct sf_conform_report *r);
bool sf_conform_html(FILE *f, const struct sf_conform_report *r);

/* Text for HTML and XML 1.0, in an element or between quotation marks. */
void sf_conform_markup(FILE *f, const char *text);
/* The same of what is pasted into a shell: a backslash stays one. */
void sf_conform_markup_command(FILE *f, const char *text);

/* A page out of files of JSON results; SF_EXIT_OK, or it has told why not. */
int sf_conform_matrix(FILE *f, const char *const *names, unsigned n);

/* What one requirement came to. */
struct sf_requirement {
	char id[SF_REQUIREMENT_ID];
	size_t n[SF_VERDICTS];
	size_t known;
};

#define SF_REQUIREMENTS 128

/* All that the cases of a run name, in their order; returns how many. */
size_t sf_conform_requirements(
    const struct sf_conform *run, struct sf_requirement out[SF_REQUIREMENTS]);

#endif
