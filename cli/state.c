/*
 * state.c - the file of --state.
 */
#include "cli/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/textfile.h"

#define LINKS       40   /* one behind the other, as Linux follows them */
#define LINK_OCTETS 4096 /* of what one says: PATH_MAX of Linux */

static char *
beside(const char *name, const char *end)
{
	size_t size = strlen(name) + strlen(end) + 1;
	char *s = malloc(size);

	if (s != NULL)
		snprintf(s, size, "%s%s", name, end);
	return s;
}

/* What a link says, from the folder that the link is in. */
static char *
link_target(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash - name) + 1;
	char *to = malloc(folder + LINK_OCTETS);
	ssize_t n =
	    to == NULL ? -1 : readlink(name, to + folder, LINK_OCTETS - 1);

	if (n < 0) {
		free(to);
		return NULL;
	}
	to[folder + (size_t)n] = '\0';
	if (to[folder] == '/')
		memmove(to, to + folder, (size_t)n + 1);
	else
		memcpy(to, name, folder);
	return to;
}

/* The file itself, which need not be there yet: realpath(3) wants it to be.
   NULL: errno tells why. */
static char *
behind_links(const char *name)
{
	char *path = strdup(name);
	struct stat st;

	for (unsigned i = 0;
	     path != NULL && lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	     i++) {
		char *to = i < LINKS ? link_target(path) : NULL;

		if (i == LINKS)
			errno = ELOOP;
		free(path);
		path = to;
	}
	return path;
}

static bool
take_lock(struct sf_state_file *f)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char *name = beside(f->path, ".lock");
	int got = -1;

	if (name != NULL)
		f->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(name);
	while (f->lock >= 0 && (got = fcntl(f->lock, F_SETLKW, &l)) != 0 &&
	       errno == EINTR)
		continue;
	if (got != 0)
		sf_complain(f->name, "cannot be locked: %s", strerror(errno));
	return got == 0;
}

static enum sf_exit
read_state(struct sf_state_file *f)
{
	struct sf_bytes text;
	struct stat st;
	unsigned line;
	enum sf_exit e;

	if (stat(f->name, &st) != 0 && errno == ENOENT)
		return SF_EXIT_OK;
	e = sf_text_load(&text, f->name, SF_STATE_OCTETS, "state");
	if (e != SF_EXIT_OK)
		return e;
	if (!sf_state_read(f->state, text, &line)) {
		sf_complain(f->name,
		    "line %u: not a state of this program, or cut short; "
		    "give another file, or remove it to begin anew",
		    line);
		e = SF_EXIT_INPUT;
	}
	sf_text_free(&text);
	return e;
}

/* A pipe would be waited for, and a device cannot be replaced by a file. */
static bool
is_file(const char *name)
{
	struct stat st;

	if (stat(name, &st) != 0 || S_ISREG(st.st_mode))
		return true;
	sf_complain(name, "is no file that a state can be kept in");
	return false;
}

enum sf_exit
sf_state_open(struct sf_state_file *f, const char *name)
{
	*f = (struct sf_state_file){ .name = name, .lock = -1 };
	if (name == NULL)
		return SF_EXIT_OK;
	if (!is_file(name))
		return SF_EXIT_INPUT;
	f->path = behind_links(name);
	if (f->path == NULL) {
		sf_complain(name, "%s", strerror(errno));
		return SF_EXIT_INPUT;
	}
	f->state = calloc(1, sizeof(*f->state));
	if (f->state == NULL) {
		sf_complain(name, "not enough memory");
		return SF_EXIT_INTERNAL;
	}
	return take_lock(f) ? read_state(f) : SF_EXIT_INTERNAL;
}

static bool
write_state(FILE *f, const struct sf_ledger *s)
{
	uint32_t m = 0;

	fprintf(f, "sframe-tool/state/v1\ntrimmed %" PRIu64 "\n", s->trimmed);
	for (uint32_t i = 0; i < s->n_uses; i++) {
		const struct sf_state_use *u = &s->uses[i];

		fprintf(f,
		    "use %016" PRIx64 " %" PRIu64 " %016" PRIx64 " %" PRIu64
		    " %" PRIu64 " %" PRId64 "\n",
		    u->fingerprint, u->kid, u->endpoint, u->low, u->high,
		    u->last_ns);
		if (u->first_ns != 0)
			fprintf(f, "since %" PRId64 "\n", u->first_ns);
		for (unsigned r = 0; r < u->counters.n; r++)
			fprintf(f,
			    "range %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
			    u->counters.v[r].low, u->counters.v[r].high,
			    u->counters.v[r].n);
		for (; m < s->n_marks && s->marks[m].use == i; m++)
			fprintf(f, "at %" PRIu64 " %016" PRIx64 "\n",
			    s->marks[m].ctr, s->marks[m].content);
	}
	fprintf(f, "end %" PRIu32 "\n", s->n_uses);
	return fflush(f) == 0 && !ferror(f);
}

/* Who holds the lock is alone with the new file: what a killed run left of one
   is written over. */
static int
open_new(const char *name)
{
	return open(
	    name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* That the new name stands survives a loss of power as well. */
static void
sync_folder(const char *name)
{
	const char *slash = strrchr(name, '/');
	char *folder =
	    strndup(name, slash == NULL ? 0 : (size_t)(slash - name));
	int fd = folder == NULL ? -1
				: open(slash == NULL       ? "."
				       : folder[0] == '\0' ? "/"
							   : folder,
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(folder);
}

bool
sf_state_save(const struct sf_state_file *f)
{
	char *name = f->state == NULL ? NULL : beside(f->path, ".new");
	int fd = name == NULL ? -1 : open_new(name);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool good = out != NULL && write_state(out, f->state) && fsync(fd) == 0;

	if (f->state == NULL)
		return true;
	if (out != NULL && fclose(out) != 0)
		good = false;
	if (good && rename(name, f->path) != 0)
		good = false;
	if (good)
		sync_folder(f->path);
	if (!good)
		sf_complain(f->name, "cannot be written: %s", strerror(errno));
	if (!good && fd >= 0)
		unlink(name);
	free(name);
	if (good && f->state->trimmed > 0)
		sf_complain(f->name,
		    "%" PRIu64 " uses of keys were left out of it so far: "
		    "the oldest make room",
		    f->state->trimmed);
	return good;
}

void
sf_state_close(struct sf_state_file *f)
{
	free(f->state);
	free(f->path);
	if (f->lock >= 0)
		close(f->lock);
}
