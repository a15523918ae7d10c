/*
 * keys.c - the keys of --keys.
 *
 * The text is read with read(2) into one buffer, which is wiped: a stream
 * would keep a copy of its own, and a buffer that grows leaves some behind.
 */
#include "cli/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/hex.h"
#include "cli/output.h"

#define TEXT_MAX ((size_t)4 << 20)

/* ---- the text ------------------------------------------------------------ */

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
read_text(const char *name, int fd, uint8_t *text, size_t *n)
{
	ssize_t got = 1;

	*n = 0;
	while (got > 0 && *n <= TEXT_MAX) {
		got = read(fd, text + *n, TEXT_MAX + 1 - *n);
		if (got > 0)
			*n += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (got < 0)
		sf_complain(name, "cannot be read: %s", strerror(errno));
	else if (*n > TEXT_MAX)
		sf_complain(name, "above 4 MiB is no key file");
	return got >= 0 && *n <= TEXT_MAX;
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

static bool
read_keyfile(const char *name, struct sf_bytes text, struct sf_keyfile *k)
{
	struct sf_keyfile_error e;
	size_t line, column;

	if (sf_keyfile_read(k, text, &e))
		return true;
	find_line(text, e.at, &line, &column);
	sf_complain(name, "line %zu, column %zu: %s%s%s%s%s", line, column,
	    e.place, e.place[0] == '\0' ? "" : ": ", e.cause,
	    e.remedy[0] == '\0' ? "" : "; ", e.remedy);
	return false;
}

static enum sf_exit
load_text(const char *name, struct sf_keyfile *k)
{
	uint8_t *text = malloc(TEXT_MAX + 1);
	int fd = -1;
	enum sf_exit st = SF_EXIT_INPUT;
	size_t n = 0;

	if (text == NULL) {
		sf_complain(name, "not enough memory");
		return SF_EXIT_INTERNAL;
	}
	fd = open_source(name);
	if (fd < 0) {
		sf_complain(name, "cannot be read: %s", strerror(errno));
		goto out;
	}
	warn_of_readers(name, fd);
	if (read_text(name, fd, text, &n) &&
	    read_keyfile(name, sf_bytes(text, n), k))
		st = SF_EXIT_OK;
out:
	if (fd >= 0 && descriptor(name) < 0 && strcmp(name, "-") != 0)
		close(fd);
	sf_crypto_ossl.wipe(text, n);
	free(text);
	return st;
}

/* ---- the other options --------------------------------------------------- */

static enum sf_exit
wrong_use(const char *message)
{
	sf_complain(NULL, "%s", message);
	return SF_EXIT_USAGE;
}

static bool
same_scheme(const struct sf_keyfile *k, const struct sf_kid_option *o)
{
	switch (k->scheme) {
	case SF_SCHEME_RAW:
		return o->scheme == SF_KID_RAW;
	case SF_SCHEME_SENDER:
		return o->scheme == SF_KID_SENDER && o->a == k->ratchet_bits;
	case SF_SCHEME_MLS:
		break;
	}
	return o->scheme == SF_KID_MLS && o->a == k->epoch_bits &&
	       o->b == k->sender_bits;
}

/* Epochs name the keys of MLS, so a file for it says that it is one. */
static enum sf_exit
apply_scheme(struct sf_keyfile *k, const struct sf_kid_option *o)
{
	if (o->scheme == SF_KID_UNSAID || same_scheme(k, o))
		return SF_EXIT_OK;
	if (k->scheme_given)
		return wrong_use("--kid-scheme is not that of the key file; "
				 "leave one out");
	if (o->scheme == SF_KID_MLS)
		return wrong_use("--kid-scheme mls does not fit keys that "
				 "have KIDs; write kid_scheme into the key "
				 "file, and epochs");
	k->scheme = SF_SCHEME_SENDER;
	k->ratchet_bits = o->a;
	return SF_EXIT_OK;
}

static enum sf_exit
apply_options(struct sf_keyfile *k, const struct sf_config *c)
{
	const struct sf_suite *suite =
	    c->suite == NULL ? NULL : sf_suite_by_name(c->suite);
	const char *wrong = NULL;

	if (c->suite != NULL && suite == NULL)
		return wrong_use("--suite: there is no such cipher suite; see "
				 "list suites");
	for (size_t i = 0; suite != NULL && i < k->n; i++)
		k->keys[i].suite = suite->id;
	if (c->metadata != NULL)
		wrong = sf_hex_read(c->metadata, k->metadata,
		    sizeof(k->metadata), &k->n_metadata);
	if (wrong != NULL) {
		sf_complain(NULL, "--metadata: %s", wrong);
		return SF_EXIT_USAGE;
	}
	if (c->per_ssrc_keys)
		k->per_ssrc_keys = true;
	return apply_scheme(k, &c->kid);
}

/* True when something else is to be read from standard input, too. */
static bool
input_is_taken(const struct sf_config *c)
{
	bool frames = c->command == SF_CMD_seal || c->command == SF_CMD_open;
	bool taken = frames && c->operands.n == 0;

	for (unsigned i = 0; !frames && i < c->operands.n; i++)
		taken = taken || strcmp(c->operands.v[i], "-") == 0;
	for (unsigned i = 0; i < c->sdp.n; i++)
		taken = taken || strcmp(c->sdp.v[i], "-") == 0;
	return taken;
}

enum sf_exit
sf_keyfile_load(struct sf_keyfile **out, const struct sf_config *c)
{
	struct sf_keyfile *k;
	enum sf_exit st;

	*out = NULL;
	if ((strcmp(c->keys, "-") == 0 || descriptor(c->keys) == 0) &&
	    input_is_taken(c))
		return wrong_use("--keys: standard input has something else; "
				 "give a file, or fd:N");
	k = calloc(1, sizeof(*k));
	if (k == NULL) {
		sf_complain(NULL, "not enough memory for keys");
		return SF_EXIT_INTERNAL;
	}
	st = load_text(c->keys, k);
	if (st == SF_EXIT_OK)
		st = apply_options(k, c);
	if (st == SF_EXIT_OK)
		*out = k;
	else
		sf_keyfile_drop(k);
	return st;
}

void
sf_keyfile_drop(struct sf_keyfile *k)
{
	if (k != NULL)
		sf_keyfile_wipe(k, &sf_crypto_ossl);
	free(k);
}

enum sf_exit
sf_keys_load(struct sf_keys **out, const struct sf_config *c)
{
	struct sf_keyfile *file;
	enum sf_exit st = sf_keyfile_load(&file, c);

	*out = NULL;
	if (st != SF_EXIT_OK)
		return st;
	*out = sf_keys_new(&sf_crypto_ossl, file);
	sf_keyfile_drop(file);
	if (*out != NULL)
		return SF_EXIT_OK;
	sf_complain(NULL, "not enough memory for keys");
	return SF_EXIT_INTERNAL;
}
