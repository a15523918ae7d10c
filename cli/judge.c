/*
 * judge.c - a run that is judged.
 */
#include "cli/judge.h"

#include <stdlib.h>

#include "cli/policy.h"
#include "cli/run.h"
#include "cli/state.h"
#include "cli/textfile.h"

#define EVENTS_MAX ((size_t)1 << 20) /* octets of a file of events */

static struct sf_checks_options
checks_options(const struct sf_config *c)
{
	struct sf_checks_options o = {
		.limits = sf_limits_for((size_t)c->max_memory),
		.fail_on = c->fail_on,
		.scheme = c->kid.scheme,
		.per_ssrc_keys = c->per_ssrc_keys,
	};

	if (o.scheme == SF_KID_SENDER)
		o.ratchet_bits = c->kid.a;
	if (o.scheme == SF_KID_MLS) {
		o.epoch_bits = c->kid.a;
		o.sender_bits = c->kid.b;
	}
	return o;
}

/* A finding outranks an input that could not be read, and that a limit. */
static enum sf_exit
status_of(const struct sf_config *c, const struct sf_run *run,
    const struct sf_result *r)
{
	if (r->verdict == SF_FAIL)
		return SF_EXIT_FINDINGS;
	if (run->unreadable > 0)
		return SF_EXIT_INPUT;
	if (r->partial)
		return SF_EXIT_INTERNAL;
	if (r->verdict == SF_INCONCLUSIVE && !c->allow_inconclusive)
		return SF_EXIT_INCONCLUSIVE;
	return SF_EXIT_OK;
}

static enum sf_exit
judge_into(struct sf_output *out, const struct sf_config *c,
    struct sf_checks *checks, sf_judge_writer *write)
{
	struct sf_run run;
	const struct sf_result *r;
	enum sf_exit st = sf_run_init(
	    &run, c, (size_t)c->max_memory, sf_checks_frame, checks);

	if (st != SF_EXIT_OK)
		goto out;
	if (run.keyfile != NULL)
		sf_checks_keys(checks, run.keyfile);
	if (!sf_run_read(&run)) {
		st = SF_EXIT_INPUT;
		goto out;
	}
	r = sf_checks_finish(
	    checks, sf_pipeline_model(run.pipeline), run.inputs, run.n_inputs);
	st = status_of(c, &run, r);
	if (!sf_output_close(out, write(out, c, r)))
		st = SF_EXIT_INTERNAL;
	out->f = NULL;
out:
	sf_run_wipe(&run);
	return st;
}

/* Joins and leaves of --events; NULL without it. */
static enum sf_exit
read_events(struct sf_events **out, const struct sf_config *c)
{
	struct sf_eventfile_error e;
	struct sf_bytes text;
	enum sf_exit st;

	*out = NULL;
	if (c->events == NULL)
		return SF_EXIT_OK;
	st = sf_text_load(&text, c->events, EVENTS_MAX, "file of events");
	if (st != SF_EXIT_OK)
		return st;
	*out = malloc(sizeof(**out));
	if (*out == NULL) {
		sf_complain(c->events, "not enough memory");
		st = SF_EXIT_INTERNAL;
	} else if (!sf_eventfile_read(*out, text, &e)) {
		sf_text_complain(
		    c->events, text, e.at, e.place, e.cause, e.remedy);
		st = SF_EXIT_INPUT;
	}
	sf_text_free(&text);
	return st;
}

static enum sf_exit
judge_with(const struct sf_config *c, const struct sf_checks_options *options,
    sf_judge_writer *write)
{
	struct sf_checks *checks = sf_checks_new(options);
	struct sf_output out = { 0 };
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (checks == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		return st;
	}
	st = sf_output_open(&out, c);
	if (st == SF_EXIT_OK)
		st = judge_into(&out, c, checks, write);
	if (out.f != NULL && !sf_output_close(&out, false))
		st = SF_EXIT_INTERNAL;
	sf_checks_free(checks);
	return st;
}

static enum sf_exit
judge_with_state(const struct sf_config *c, struct sf_checks_options *options,
    sf_judge_writer *write)
{
	struct sf_state_file state;
	enum sf_exit st = sf_state_open(&state, c->state);

	options->state = state.state;
	if (st == SF_EXIT_OK)
		st = judge_with(c, options, write);
	/* not after a run that failed: it may have seen half of the call */
	if (st != SF_EXIT_USAGE && st != SF_EXIT_INPUT &&
	    st != SF_EXIT_INTERNAL && !sf_state_save(&state))
		st = SF_EXIT_INTERNAL;
	sf_state_close(&state);
	return st;
}

enum sf_exit
sf_judge(const struct sf_config *c, const char *only, sf_judge_writer *write)
{
	struct sf_checks_options options = checks_options(c);
	struct sf_chosen_policy chosen;
	struct sf_events *events = NULL;
	enum sf_exit st = sf_policy_choose(&chosen, c->policy);

	if (st == SF_EXIT_OK)
		st = read_events(&events, c);
	options.only = only;
	options.events = events;
	options.policy = &chosen.policy;
	options.policy_sha256 = chosen.sha256;
	if (st == SF_EXIT_OK)
		st = judge_with_state(c, &options, write);
	free(events);
	return st;
}
