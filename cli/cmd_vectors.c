/*
 * cmd_vectors.c - test vectors: checks those of others, makes our own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/vectors/check.h"
#include "cli/vectors/make.h"

#define DEFAULT_SEED 9605

/* ---- check --------------------------------------------------------------- */

/* All of a stream, one octet more than is read at most; NULL without memory or
   when reading failed. */
static uint8_t *
read_stream(FILE *f, size_t *n)
{
	size_t room = 1 << 16;
	uint8_t *text = malloc(room);

	*n = 0;
	while (text != NULL) {
		uint8_t *more;

		*n += fread(text + *n, 1, room - *n, f);
		if (*n < room || room > SF_VECTOR_TEXT_MAX)
			break;
		room *= 2;
		more = realloc(text, room);
		if (more == NULL)
			free(text);
		text = more;
	}
	if (text != NULL && ferror(f)) {
		free(text);
		text = NULL;
	}
	return text;
}

static uint8_t *
read_file(const char *name, size_t *n)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
	uint8_t *text;
	int error;

	if (f == NULL)
		return NULL;
	errno = 0;
	text = read_stream(f, n);
	error = errno;
	if (f != stdin)
		fclose(f);
	errno = error;
	return text;
}

static void
complain_of(
    const char *name, const struct sf_vectorfile_error *e, struct sf_bytes text)
{
	size_t line = 1;

	for (size_t i = 0; i < e->at && i < text.n; i++)
		if (text.p[i] == '\n')
			line++;
	sf_complain(name, "line %zu: %s%s%s%s%s", line, e->place,
	    e->place[0] == '\0' ? "" : ": ", e->cause,
	    e->remedy[0] == '\0' ? "" : "; ", e->remedy);
}

static void
check_file(struct sf_vectors_check *check, const char *name)
{
	struct sf_vectorfile file;
	struct sf_vectorfile_error e;
	size_t n = 0;
	uint8_t *text = read_file(name, &n);

	if (text == NULL) {
		const char *why =
		    errno == 0 ? "cannot be read" : strerror(errno);

		sf_complain(name, "%s", why);
		sf_vectors_unreadable(check, name, "", why);
		return;
	}
	if (sf_vectorfile_read(&file, sf_bytes(text, n), &e)) {
		sf_vectors_file(check, name, &file);
		sf_vectorfile_free(&file);
	} else {
		complain_of(name, &e, sf_bytes(text, n));
		sf_vectors_unreadable(check, name, e.place, e.cause);
	}
	free(text);
}

static enum sf_exit
check(const struct sf_config *c)
{
	struct sf_vectors_check run = { .crypto = &sf_crypto_ossl,
		.json = c->format != SF_FORMAT_TEXT };
	struct sf_output out;
	enum sf_exit st;

	if (c->operands.n < 2) {
		sf_complain(NULL, "vectors: missing: FILE... to check");
		return SF_EXIT_USAGE;
	}
	st = sf_output_open(&out, c);
	if (st != SF_EXIT_OK)
		return st;
	run.f = out.f;
	sf_vectors_begin(&run);
	for (unsigned i = 1; i < c->operands.n; i++)
		check_file(&run, c->operands.v[i]);
	if (!sf_output_close(&out, sf_vectors_end(&run)))
		return SF_EXIT_INTERNAL;
	if (run.failed > 0)
		return SF_EXIT_FINDINGS;
	return run.unreadable > 0 ? SF_EXIT_INPUT : SF_EXIT_OK;
}

/* ---- make ---------------------------------------------------------------- */

/* All suites, or the one that is named. */
static bool
read_suites(const char *s, unsigned *out)
{
	const struct sf_suite *suite;

	if (s == NULL || strcmp(s, "all") == 0) {
		*out = ((1u << SF_SUITES) - 1) << 1;
		return true;
	}
	suite = sf_suite_by_name(s);
	if (suite == NULL) {
		sf_complain(NULL,
		    "vectors: --suite is all, a number from 1 to %d, or a "
		    "registered name",
		    SF_SUITES);
		return false;
	}
	*out = 1u << suite->id;
	return true;
}

static bool
make_folder(const char *name)
{
	struct stat st;

	if (mkdir(name, 0777) == 0)
		return true;
	if (errno == EEXIST && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	sf_complain(name, "cannot be made: %s", strerror(errno));
	return false;
}

static enum sf_exit
make_file(struct sf_make *m, const struct sf_make_file *file,
    const struct sf_config *c)
{
	struct sf_config one = { .output = NULL };
	struct sf_output out;
	char path[4096];
	enum sf_exit st;
	bool good;

	if (snprintf(path, sizeof(path), "%s/%s.json", c->output, file->name) >=
	    (int)sizeof(path)) {
		sf_complain(c->output, "the name is too long");
		return SF_EXIT_USAGE;
	}
	one.output = path;
	st = sf_output_open(&out, &one);
	if (st != SF_EXIT_OK)
		return st;
	good = sf_make_write(m, file, out.f);
	if (m->broken)
		sf_complain(path, "the cryptographic library failed");
	if (!sf_output_close(&out, good) || !good)
		return SF_EXIT_INTERNAL;
	printf("%s: %zu tests\n", path, m->tests);
	return SF_EXIT_OK;
}

static enum sf_exit
make(const struct sf_config *c)
{
	struct sf_make m = { .crypto = &sf_crypto_ossl };
	enum sf_exit st = SF_EXIT_OK;

	m.seed = c->seed.given ? c->seed.v : DEFAULT_SEED;
	if (!read_suites(c->suite, &m.suites))
		return SF_EXIT_USAGE;
	if (c->output == NULL || c->operands.n > 1) {
		sf_complain(
		    NULL, c->output == NULL
			      ? "vectors: missing: -o and the folder to make"
			      : "vectors: make takes no files");
		return SF_EXIT_USAGE;
	}
	if (!make_folder(c->output))
		return SF_EXIT_INTERNAL;
	for (size_t i = 0; i < sf_make_n_files && st == SF_EXIT_OK; i++) {
		const struct sf_make_file *file = &sf_make_files[i];

		if (file->suite == 0 || (m.suites >> file->suite & 1) != 0)
			st = make_file(&m, file, c);
	}
	return st;
}

enum sf_exit
sf_cmd_vectors(const struct sf_config *c)
{
	const char *what = c->operands.v[0];

	if (strcmp(what, "check") == 0)
		return check(c);
	if (strcmp(what, "make") == 0)
		return make(c);
	sf_complain(what, "not check or make; see sframe-tool vectors --help");
	return SF_EXIT_USAGE;
}
