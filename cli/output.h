/*
 * output.h - where data goes: standard output, or the file of -o.
 *
 * A file appears under its name only when it is complete: it is written beside
 * itself and then renamed. Devices, pipes and links are written in place.
 */
#ifndef SF_OUTPUT_H
#define SF_OUTPUT_H

#include "cli/exit.h"
#include "cli/opt.h"
#include "report/report.h"

struct sf_output {
	FILE *f;
	const char *name; /* NULL: standard output */
	char *temporary;  /* NULL: in place */
	bool terminal;
};

/* On any outcome but SF_EXIT_OK it has told why, and nothing is open. */
enum sf_exit sf_output_open(
    struct sf_output *o, const struct sf_config *c) SF_MUST_USE;

/*
 * Ends the output; good is false when what was written is not to be kept.
 * Returns false, and has told why, when not everything could be written.
 */
bool sf_output_close(struct sf_output *o, bool good) SF_MUST_USE;

/* Colour and columns for this output. */
struct sf_report_style sf_output_style(
    const struct sf_output *o, const struct sf_config *c);

/* "sframe-tool: " name ": " message, a line on standard error. The name of a
   file is made safe, "-" is standard input; it may be NULL. */
void sf_complain(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
