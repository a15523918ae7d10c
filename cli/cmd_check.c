/*
 * cmd_check.c - judges a call.
 */
#include "checks/checks.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/run.h"

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

static bool
write_report(
    struct sf_output *out, const struct sf_config *c, const struct sf_result *r)
{
	struct sf_report_style style = sf_output_style(out, c);
	struct sf_tool_info tool = sf_run_tool();

	switch (c->format) {
	case SF_FORMAT_JSON:
		return sf_report_json(out->f, r, &tool);
	case SF_FORMAT_JSONL:
		return sf_report_jsonl(out->f, r, &tool);
	case SF_FORMAT_TEXT:
		break;
	}
	return sf_report_text(out->f, r, &style);
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
check_into(
    struct sf_output *out, const struct sf_config *c, struct sf_checks *checks)
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
	if (!sf_output_close(out, write_report(out, c, r)))
		st = SF_EXIT_INTERNAL;
	out->f = NULL;
out:
	sf_run_wipe(&run);
	return st;
}

enum sf_exit
sf_cmd_check(const struct sf_config *c)
{
	struct sf_checks_options options = checks_options(c);
	struct sf_checks *checks = sf_checks_new(&options);
	struct sf_output out = { 0 };
	enum sf_exit st = SF_EXIT_INTERNAL;

	if (checks == NULL) {
		sf_complain(
		    NULL, "not enough memory; try a smaller --max-memory");
		return st;
	}
	st = sf_output_open(&out, c);
	if (st == SF_EXIT_OK)
		st = check_into(&out, c, checks);
	if (out.f != NULL && !sf_output_close(&out, false))
		st = SF_EXIT_INTERNAL;
	sf_checks_free(checks);
	return st;
}
