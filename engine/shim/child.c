/*
 * child.c - fork, exec, and one poll loop.
 */
#include "engine/shim/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ   65536 /* octets at a time */
#define LOOK   50    /* milliseconds from look to look at its memory */
#define MOMENT 200   /* milliseconds from the end of its output to its own */

int64_t
sf_child_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
close_one(int *fd)
{
	if (*fd > 2)
		close(*fd);
	*fd = -1;
}

/* ---- starting ------------------------------------------------------------ */

struct pipes {
	int in[2], out[2], err[2], fail[2];
};

/* Descriptors above the three of our own, closed on exec. */
static bool
open_pipe(int fd[2])
{
	if (pipe(fd) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		int high = fcntl(fd[i], F_DUPFD_CLOEXEC, 10);

		close(fd[i]);
		fd[i] = high;
	}
	if (fd[0] >= 0 && fd[1] >= 0)
		return true;
	close_one(&fd[0]);
	close_one(&fd[1]);
	return false;
}

static void
close_pipes(struct pipes *p)
{
	int *const all[] = { p->in, p->out, p->err, p->fail };

	for (size_t i = 0; i < 4; i++) {
		close_one(&all[i][0]);
		close_one(&all[i][1]);
	}
}

static bool
open_pipes(struct pipes *p)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (open_pipe(p->in) && open_pipe(p->out) && open_pipe(p->err) &&
	    open_pipe(p->fail))
		return true;
	close_pipes(p);
	return false;
}

/* In the new process: never comes back. */
static void
become(char *const argv[], uint64_t memory, const struct pipes *p)
{
	struct rlimit none = { 0, 0 };
	int why;

	setpgid(0, 0);
	dup2(p->in[0], STDIN_FILENO);
	dup2(p->out[1], STDOUT_FILENO);
	dup2(p->err[1], STDERR_FILENO);
	signal(SIGPIPE, SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	if (memory != 0) {
		struct rlimit most = { (rlim_t)memory, (rlim_t)memory };

		setrlimit(RLIMIT_AS, &most);
	}
	execvp(argv[0], argv);
	why = errno;
	(void)!write(p->fail[1], &why, sizeof(why));
	_exit(127);
}

static void
no_wait(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

enum sf_child_end
sf_child_start(struct sf_child *c, char *const argv[], uint64_t memory)
{
	struct pipes p;
	int why;
	ssize_t n;

	c->pid = 0;
	c->n = c->used = c->n_error = 0;
	c->error_octets = 0;
	if (!open_pipes(&p)) {
		c->code = errno;
		return SF_CHILD_OURS;
	}
	c->pid = fork();
	if (c->pid == 0)
		become(argv, memory, &p);
	if (c->pid < 0) {
		c->code = errno;
		c->pid = 0;
		close_pipes(&p);
		return SF_CHILD_OURS;
	}
	setpgid(c->pid, c->pid);
	close_one(&p.fail[1]);
	do
		n = read(p.fail[0], &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	c->in = p.in[1];
	c->out = p.out[0];
	c->err = p.err[0];
	p.in[1] = p.out[0] = p.err[0] = -1;
	close_pipes(&p);
	if (n == (ssize_t)sizeof(why)) {
		sf_child_stop(c);
		c->code = why;
		return SF_CHILD_NO_START;
	}
	no_wait(c->in);
	no_wait(c->out);
	no_wait(c->err);
	return SF_CHILD_OK;
}

/* ---- ending -------------------------------------------------------------- */

/* What it says on standard error: the end of it is kept. */
static bool
read_error(struct sf_child *c)
{
	char some[READ];
	ssize_t n = read(c->err, some, sizeof(some));
	size_t keep, old;

	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	c->error_octets += (uint64_t)n;
	keep = (size_t)n < SF_CHILD_ERROR ? (size_t)n : SF_CHILD_ERROR;
	old = c->n_error < SF_CHILD_ERROR - keep ? c->n_error
						 : SF_CHILD_ERROR - keep;
	memmove(c->error, c->error + c->n_error - old, old);
	memcpy(c->error + old, some + (size_t)n - keep, keep);
	c->n_error = old + keep;
	return true;
}

/* It has something to do, if only to end: it does not wait for anybody. */
static bool
is_busy(const struct sf_child *c)
{
	char name[64], state = '?';
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%ld/stat", (long)c->pid);
	f = fopen(name, "r");
	if (f == NULL)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(f);
	return state == 'R' || state == 'D' || state == 'Z' || state == 'X';
}

/* Waits a moment for it to end by itself, and on a machine that is busy as long
   as for a reply; true when it did. */
static bool
reap(struct sf_child *c, int64_t until, int *status)
{
	int64_t soon = sf_child_now() + MOMENT;
	const struct timespec moment = { 0, 1000000 };

	for (;;) {
		pid_t got = waitpid(c->pid, status, WNOHANG);

		if (got == c->pid)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		if (sf_child_now() >= soon &&
		    (sf_child_now() >= until || !is_busy(c)))
			return false;
		nanosleep(&moment, NULL);
	}
}

/* What it has still said, then its status. A flood does not hold us up. */
static enum sf_child_end
ended(struct sf_child *c, int64_t until)
{
	int status = 0;
	bool by_itself = reap(c, until, &status);

	for (int i = 0; i < 64 && c->err >= 0; i++) {
		struct pollfd p = { .fd = c->err, .events = POLLIN };

		if (poll(&p, 1, 0) <= 0 || !read_error(c))
			break;
	}
	if (!by_itself) {
		sf_child_stop(c);
		return SF_CHILD_CLOSED;
	}
	kill(-c->pid, SIGKILL); /* what it has left behind */
	c->pid = 0;
	sf_child_stop(c);
	c->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	return WIFSIGNALED(status) ? SF_CHILD_KILLED : SF_CHILD_EXITED;
}

void
sf_child_stop(struct sf_child *c)
{
	int status;

	if (c->pid > 0) {
		kill(-c->pid, SIGKILL);
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
		c->pid = 0;
	}
	close_one(&c->in);
	close_one(&c->out);
	close_one(&c->err);
}

void
sf_child_free(struct sf_child *c)
{
	sf_child_stop(c);
	free(c->line);
	*c = (struct sf_child){ 0 };
}

/* ---- asking -------------------------------------------------------------- */

/* More of its output; false at its end. */
static bool
read_line(struct sf_child *c, bool *ours)
{
	ssize_t n;

	if (c->room - c->n < READ) {
		size_t room = c->room == 0 ? 2 * READ : 2 * c->room;
		char *more = realloc(c->line, room);

		*ours = more == NULL;
		if (more == NULL)
			return false;
		c->line = more;
		c->room = room;
	}
	n = read(c->out, c->line + c->n, c->room - c->n);
	if (n > 0)
		c->n += (size_t)n;
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void
use_up(struct sf_child *c)
{
	if (c->used > 0)
		memmove(c->line, c->line + c->used, c->n - c->used);
	c->n -= c->used;
	c->used = 0;
}

/* A write to somebody who is gone must not be our end. */
static ssize_t
write_some(int fd, const uint8_t *p, size_t n)
{
	sigset_t pipe_signal, before, pending;
	const struct timespec none = { 0, 0 };
	ssize_t wrote;
	int error;
	bool was_pending;

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE) == 1;
	pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
	wrote = write(fd, p, n);
	error = errno;
	if (wrote < 0 && error == EPIPE && !was_pending)
		while (sigtimedwait(&pipe_signal, NULL, &none) < 0 &&
		       errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return wrote;
}

/* The end of line number n from here on; looked is where to look from, seen
   how many ends are in front of it. NULL while there are fewer. */
static char *
line_end(struct sf_child *c, size_t n, size_t *looked, size_t *seen)
{
	while (*looked < c->n) {
		char *end = memchr(c->line + *looked, '\n', c->n - *looked);

		if (end == NULL) {
			*looked = c->n;
			return NULL;
		}
		*looked = (size_t)(end - c->line) + 1;
		if (++*seen == n)
			return end;
	}
	return NULL;
}

enum sf_child_end
sf_child_ask_many(struct sf_child *c, struct sf_bytes line, size_t n_lines,
    unsigned milliseconds, struct sf_bytes *reply)
{
	int64_t until = sf_child_now() + milliseconds;
	size_t sent = 0, looked = 0, seen = 0;
	bool ours = false, deaf = false;

	use_up(c);
	if (c->n > 0) {
		sf_child_stop(c);
		return SF_CHILD_UNASKED;
	}
	for (;;) {
		int64_t left = until - sf_child_now();
		struct pollfd p[3] = { { .fd = c->out, .events = POLLIN },
			{ .fd = c->err, .events = POLLIN },
			{ .fd = sent < line.n && !deaf ? c->in : -1,
			    .events = POLLOUT } };
		char *end;
		int ready = left <= 0
				? 0
				: poll(p, 3, (int)(left < LOOK ? left : LOOK));

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0 && left > LOOK) {
			if (sf_child_memory(c) < SF_CHILD_MEMORY)
				continue;
			sf_child_stop(c);
			return SF_CHILD_TOO_BIG;
		}
		if (ready <= 0) {
			sf_child_stop(c);
			return ready == 0 ? SF_CHILD_TIMEOUT : SF_CHILD_OURS;
		}
		if (p[2].revents != 0) {
			ssize_t n =
			    write_some(c->in, line.p + sent, line.n - sent);

			if (n > 0)
				sent += (size_t)n;
			else if (n < 0 && errno != EAGAIN && errno != EINTR)
				deaf = true; /* it may have said why */
		}
		if (p[1].revents != 0 && !read_error(c))
			close_one(&c->err);
		if (p[0].revents == 0)
			continue;
		if (!read_line(c, &ours)) {
			if (!ours)
				return ended(c, until);
			sf_child_stop(c);
			return SF_CHILD_OURS;
		}
		end = line_end(c, n_lines, &looked, &seen);
		if (end != NULL && sent < line.n && !deaf) {
			sf_child_stop(c);
			return SF_CHILD_UNASKED;
		}
		if (end != NULL) {
			*reply = sf_bytes(c->line, (size_t)(end - c->line));
			c->used = reply->n + 1;
			return SF_CHILD_OK;
		}
		if (c->n > SF_CHILD_LINE) {
			sf_child_stop(c);
			return SF_CHILD_TOO_LONG;
		}
	}
}

enum sf_child_end
sf_child_ask(struct sf_child *c, struct sf_bytes line, unsigned milliseconds,
    struct sf_bytes *reply)
{
	return sf_child_ask_many(c, line, 1, milliseconds, reply);
}

uint64_t
sf_child_memory(const struct sf_child *c)
{
	char name[64];
	unsigned long long size = 0, resident = 0;
	FILE *f;
	long page = sysconf(_SC_PAGESIZE);

	snprintf(name, sizeof(name), "/proc/%ld/statm", (long)c->pid);
	f = c->pid > 0 ? fopen(name, "r") : NULL;
	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu %llu", &size, &resident) != 2 || page <= 0)
		resident = 0;
	fclose(f);
	return (uint64_t)resident * (uint64_t)page;
}
