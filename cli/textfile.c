/*
 * textfile.c - small files that are given on the command line.
 */
#include "cli/textfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"

static FILE *
open_text(const char *name)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	struct stat st;

	if (f != NULL && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		if (f != stdin)
			fclose(f);
		errno = EISDIR;
		return NULL;
	}
	return f;
}

enum sf_exit
sf_text_load(
    struct sf_bytes *out, const char *name, size_t most, const char *what)
{
	FILE *f = open_text(name);
	char *text = NULL;
	size_t n;
	bool bad;

	*out = sf_bytes(NULL, 0);
	if (f == NULL) {
		sf_complain(name, "cannot be read: %s", strerror(errno));
		return SF_EXIT_INPUT;
	}
	text = malloc(most + 1);
	if (text == NULL) {
		sf_complain(name, "not enough memory");
		if (f != stdin)
			fclose(f);
		return SF_EXIT_INTERNAL;
	}
	errno = 0;
	n = fread(text, 1, most + 1, f);
	bad = ferror(f) != 0;
	if (bad)
		sf_complain(name, "cannot be read: %s", strerror(errno));
	else if (n > most)
		sf_complain(name, "above %zu KiB is no %s", most >> 10, what);
	if (f != stdin)
		fclose(f);
	if (bad || n > most) {
		free(text);
		return SF_EXIT_INPUT;
	}
	if (n == 0)
		free(text);
	else
		*out = sf_bytes(text, n);
	return SF_EXIT_OK;
}

void
sf_text_free(struct sf_bytes *text)
{
	union {
		const uint8_t *kept;
		void *taken;
	} p = { .kept = text->p };

	if (text->n > 0)
		free(p.taken);
	*text = sf_bytes(NULL, 0);
}

void
sf_text_complain(const char *name, struct sf_bytes text, size_t at,
    const char *place, const char *cause, const char *remedy)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < text.n; i++) {
		column++;
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		}
	}
	sf_complain(name, "line %zu, column %zu: %s%s%s%s%s", line, column,
	    place, place[0] == '\0' ? "" : ": ", cause,
	    remedy[0] == '\0' ? "" : "; ", remedy);
}
