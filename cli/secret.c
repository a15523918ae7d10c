/*
 * secret.c - files of keys.
 *
 * The text is read with read(2) into one buffer, which is wiped: a stream
 * would keep a copy of its own, and a buffer that grows leaves some behind.
 */
#include "cli/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"

/* The N of fd:N; -1 when the name is not of that form. */
static int
descriptor(const char *name)
{
	int fd = 0;

	if (strncmp(name, "fd:", 3) != 0 || name[3] == '\0' || strlen(name) > 7)
		return -1;
	for (const char *p = name + 3; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		fd = fd * 10 + (*p - '0');
	}
	return fd;
}

static int
open_source(const char *name)
{
	int fd = descriptor(name);

	if (strcmp(name, "-") == 0)
		return STDIN_FILENO;
	if (fd >= 0)
		return fd;
	return open(name, O_RDONLY | O_CLOEXEC);
}

/* A file of keys is for its owner alone. */
static void
warn_of_readers(const char *name, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRGRP | S_IROTH)) != 0)
		sf_complain(name,
		    "warning: others than its owner can read these keys; "
		    "chmod 600 would stop that");
}

static bool
read_text(const char *name, int fd, uint8_t *text, size_t most, size_t *n)
{
	ssize_t got = 1;

	*n = 0;
	while (got > 0 && *n <= most) {
		got = read(fd, text + *n, most + 1 - *n);
		if (got > 0)
			*n += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (got < 0)
		sf_complain(name, "cannot be read: %s", strerror(errno));
	else if (*n > most)
		sf_complain(
		    name, "above %zu MiB is no file of keys", most >> 20);
	return got >= 0 && *n <= most;
}

bool
sf_secret_is_standard_input(const char *name)
{
	return strcmp(name, "-") == 0 || descriptor(name) == 0;
}

/* Line and column, from 1, of an octet. */
static void
find_line(struct sf_bytes text, size_t at, size_t *line, size_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		++*column;
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		}
	}
}

void
sf_secret_complain(
    const char *name, struct sf_bytes text, const struct sf_keyfile_error *e)
{
	size_t line, column;

	find_line(text, e->at, &line, &column);
	sf_complain(name, "line %zu, column %zu: %s%s%s%s%s", line, column,
	    e->place, e->place[0] == '\0' ? "" : ": ", e->cause,
	    e->remedy[0] == '\0' ? "" : "; ", e->remedy);
}

#define SECRET_DIGITS 16

/* Is that a key, or JSON with keys, where the name of a file should stand? It is
   not shown then. */
static bool
is_secret(const char *name)
{
	size_t hex = strspn(name, "0123456789abcdefABCDEF");

	return strchr(name, '{') != NULL ||
	       (hex >= SECRET_DIGITS && name[hex] == '\0');
}

enum sf_exit
sf_secret_load(
    const char *name, size_t most, sf_secret_reader *reader, void *ctx)
{
	uint8_t *text = malloc(most + 1);
	int fd = -1;
	enum sf_exit st = SF_EXIT_INPUT;
	size_t n = 0;

	if (text == NULL) {
		sf_complain(name, "not enough memory");
		return SF_EXIT_INTERNAL;
	}
	fd = open_source(name);
	if (fd < 0) {
		if (is_secret(name))
			sf_complain(NULL,
			    "keys are given in a file, - or fd:N, and never on "
			    "the command line, which others can read");
		else
			sf_complain(
			    name, "cannot be read: %s", strerror(errno));
		goto out;
	}
	warn_of_readers(name, fd);
	if (read_text(name, fd, text, most, &n) &&
	    reader(ctx, name, sf_bytes(text, n)))
		st = SF_EXIT_OK;
out:
	if (fd >= 0 && descriptor(name) < 0 && strcmp(name, "-") != 0)
		close(fd);
	sf_crypto_ossl.wipe(text, n);
	free(text);
	return st;
}
