/*
 * output.c - where data goes, and where complaints go.
 */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/escape.h"
#include "report/version.h"

void
sf_complain(const char *name, const char *format, ...)
{
	va_list args;

	if (name != NULL && strcmp(name, "-") == 0)
		name = "standard input";
	fputs(SF_NAME ": ", stderr);
	if (name != NULL) {
		sf_escape_write(
		    stderr, sf_bytes(name, strlen(name)), SF_ESCAPE_TEXT);
		fputs(": ", stderr);
	}
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* True when path is one of the inputs: then writing would destroy it. */
static bool
is_input(const struct stat *st, const struct sf_config *c)
{
	struct stat in;

	for (unsigned i = 0; i < c->operands.n; i++)
		if (strcmp(c->operands.v[i], "-") != 0 &&
		    stat(c->operands.v[i], &in) == 0 &&
		    in.st_dev == st->st_dev && in.st_ino == st->st_ino)
			return true;
	return false;
}

static bool
is_plain_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* A file beside the wanted one; NULL when the folder does not allow it. */
static FILE *
open_temporary(struct sf_output *o)
{
	size_t size = strlen(o->name) + sizeof(".XXXXXX");
	mode_t mask = umask(0);
	FILE *f = NULL;
	int fd = -1;

	umask(mask);
	o->temporary = malloc(size);
	if (o->temporary == NULL)
		return NULL;
	snprintf(o->temporary, size, "%s.XXXXXX", o->name);
	fd = mkstemp(o->temporary);
	if (fd >= 0 && fchmod(fd, 0666 & ~mask) == 0)
		f = fdopen(fd, "w");
	if (f == NULL) {
		if (fd >= 0) {
			close(fd);
			unlink(o->temporary);
		}
		free(o->temporary);
		o->temporary = NULL;
	}
	return f;
}

enum sf_exit
sf_output_open(struct sf_output *o, const struct sf_config *c)
{
	struct stat st;

	*o = (struct sf_output){ .f = stdout, .name = c->output };
	if (o->name == NULL || strcmp(o->name, "-") == 0) {
		o->name = NULL;
		o->terminal = isatty(STDOUT_FILENO) == 1;
		return SF_EXIT_OK;
	}
	if (stat(o->name, &st) == 0 && is_input(&st, c)) {
		sf_complain(o->name,
		    "is a capture to be read; write the report elsewhere");
		o->f = NULL;
		return SF_EXIT_USAGE;
	}
	o->f = is_plain_file(o->name) ? open_temporary(o) : NULL;
	if (o->f == NULL)
		o->f = fopen(o->name, "w");
	if (o->f != NULL)
		return SF_EXIT_OK;
	sf_complain(o->name, "cannot be written: %s", strerror(errno));
	return SF_EXIT_INTERNAL;
}

bool
sf_output_close(struct sf_output *o, bool good)
{
	const char *name = o->name == NULL ? "standard output" : o->name;
	bool done = !ferror(o->f);
	int error;

	errno = 0;
	if (fflush(o->f) != 0)
		done = false;
	error = errno;
	if (o->name != NULL && fclose(o->f) != 0 && done) {
		done = false;
		error = errno;
	}
	if (o->temporary != NULL && done && good &&
	    rename(o->temporary, o->name) != 0) {
		done = false;
		error = errno;
	}
	if (o->temporary != NULL && (!done || !good))
		unlink(o->temporary);
	free(o->temporary);
	o->temporary = NULL;
	if (!done)
		sf_complain(name, "cannot be written: %s",
		    error != 0 ? strerror(error) : "write error");
	if (o->name == NULL)
		clearerr(o->f); /* it has been told */
	return done;
}

static unsigned
terminal_columns(void)
{
#ifdef TIOCGWINSZ
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
		return w.ws_col;
#endif
	return 0;
}

static bool
wants_colour(const struct sf_output *o, const struct sf_config *c)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (c->colour != SF_COLOUR_AUTO)
		return c->colour == SF_COLOUR_ALWAYS;
	if (no != NULL && no[0] != '\0')
		return false;
	return o->terminal && (term == NULL || strcmp(term, "dumb") != 0);
}

struct sf_report_style
sf_output_style(const struct sf_output *o, const struct sf_config *c)
{
	return (struct sf_report_style){
		.colour = wants_colour(o, c),
		.quiet = c->quiet,
		.verbose = c->verbose,
		.columns = o->terminal ? terminal_columns() : 0,
	};
}
