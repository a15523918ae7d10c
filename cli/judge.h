/*
 * judge.h - a run that is judged: what check and keys have in common.
 */
#ifndef SF_CLI_JUDGE_H
#define SF_CLI_JUDGE_H

#include "checks/checks.h"
#include "cli/output.h"

/* Writes a result. Returns false when the stream took an error. */
typedef bool sf_judge_writer(struct sf_output *out, const struct sf_config *c,
    const struct sf_result *r);

/*
 * Reads the captures, judges them, writes the report. only are the letters of
 * the findings that are wanted, NULL for all.
 */
enum sf_exit sf_judge(
    const struct sf_config *c, const char *only, sf_judge_writer *write);

#endif
