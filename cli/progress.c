/*
 * progress.c - a line on standard error while a run takes long.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "report/escape.h"

#define EVERY    4096 /* packets between looks at the clock */
#define QUIET_MS 2000 /* runs shorter than this say nothing */
#define AGAIN_MS 500

static int64_t
now_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct sf_progress
sf_progress(bool wanted)
{
	struct sf_progress p = { .wanted =
				     wanted && isatty(STDERR_FILENO) == 1 };

	if (p.wanted)
		p.next_ms = now_ms() + QUIET_MS;
	return p;
}

void
sf_progress_feed(struct sf_progress *p, const char *name, uint64_t packets)
{
	char safe[48];
	int64_t now;

	if (!p->wanted || packets % EVERY != 0)
		return;
	now = now_ms();
	if (now < p->next_ms)
		return;
	sf_escape_copy(
	    safe, sizeof(safe), sf_bytes(name, strlen(name)), SF_ESCAPE_TEXT);
	fprintf(stderr, "\r\033[K%s: %" PRIu64 " packets", safe, packets);
	fflush(stderr);
	p->shown = true;
	p->next_ms = now + AGAIN_MS;
}

void
sf_progress_end(struct sf_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
