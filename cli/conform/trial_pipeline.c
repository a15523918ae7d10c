/*
 * trial_pipeline.c - the requests of a case once more, without waiting.
 */
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/base/hash.h"
#include "parsers/text/shim_line.h"

#define IN_FLIGHT 64 /* requests that are sent without waiting */

/* Requests out of the log, with ids of their own, up to IN_FLIGHT of them. */
static size_t
next_requests(struct sf_trial *t, struct sf_bytes *log)
{
	size_t n = 0;

	sf_line_clear(&t->line);
	while (n < IN_FLIGHT && log->n > 0) {
		const uint8_t *end = memchr(log->p, '\n', log->n);
		const uint8_t *blank = memchr(log->p, ' ', log->n);

		if (end == NULL || blank == NULL || blank > end)
			break;
		sf_line_number(&t->line, ++t->id);
		sf_line_octets(
		    &t->line, sf_bytes(blank, (size_t)(end + 1 - blank)));
		log->n -= (size_t)(end + 1 - log->p);
		log->p = end + 1;
		n++;
	}
	return n;
}

/* Replies to the requests before id t->id, against those of the first time. */
static void
check_replies(
    struct sf_trial *t, struct sf_bytes replies, size_t n, size_t first)
{
	for (size_t i = 0; i < n && !t->stopped; i++) {
		const uint8_t *end = memchr(replies.p, '\n', replies.n);
		size_t octets =
		    end == NULL ? replies.n : (size_t)(end - replies.p);
		struct sf_bytes line = sf_bytes(replies.p, octets);
		struct sf_shim_line l;
		struct sf_diag d;

		if (sf_shim_line_parse(&l, line, &d) != SF_OK ||
		    l.id != t->id - n + 1 + i)
			sf_fail(t,
			    "requests sent without waiting: reply %zu is not "
			    "to request %zu",
			    first + i + 1, first + i + 1);
		else if (sf_trial_hash(line) != t->answers[first + i])
			sf_fail(t,
			    "requests sent without waiting: the answer to "
			    "request %zu is another than with waiting",
			    first + i + 1);
		replies.p += octets + (end != NULL);
		replies.n -= octets + (end != NULL);
	}
}

void
sf_trial_pipeline(struct sf_trial *t)
{
	struct sf_bytes log = sf_bytes(t->log.p, t->log.n), replies;
	unsigned ms = (unsigned)(10000 * t->run->o->timeout_scale);
	enum sf_case_verdict before = t->result->verdict;
	size_t at = 0, n;

	if ((before != SF_V_PASS && before != SF_V_RECORDED) || t->log_cut ||
	    t->n_answers > SF_ANSWERS || t->child->pid == 0)
		return;
	t->stopped = false;
	while (!t->stopped && (n = next_requests(t, &log)) > 0) {
		enum sf_child_end e = sf_child_ask_many(
		    t->child, sf_bytes(t->line.p, t->line.n), n, ms, &replies);

		if (e != SF_CHILD_OK)
			sf_trial_gone(t, e, ms);
		else
			check_replies(t, replies, n, at);
		at += n;
	}
	if (t->stopped)
		sf_trial_lost(t);
	t->stopped = true;
}
