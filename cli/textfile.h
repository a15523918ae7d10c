/*
 * textfile.h - small files that are given on the command line: events, a
 * policy. Read whole; what is wrong is told with line and column.
 */
#ifndef SF_CLI_TEXTFILE_H
#define SF_CLI_TEXTFILE_H

#include "cli/exit.h"
#include "parsers/base/bytes.h"
#include "parsers/base/diag.h"

/*
 * "-" is standard input. what names the kind of file in the complaint about
 * one that is larger than most. On any outcome but SF_EXIT_OK it has told why;
 * else the text is to be freed.
 */
enum sf_exit sf_text_load(struct sf_bytes *out, const char *name,
    size_t most, const char *what) SF_MUST_USE;

void sf_text_free(struct sf_bytes *text);

/* One line on standard error: name, line, column, place, cause; remedy. */
void sf_text_complain(const char *name, struct sf_bytes text, size_t at,
    const char *place, const char *cause, const char *remedy);

#endif
