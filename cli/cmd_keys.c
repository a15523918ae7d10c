/*
 * cmd_keys.c - the key ids of a call over time.
 */
#include "cli/cmd.h"
#include "cli/judge.h"
#include "cli/run.h"
#include "report/keys.h"

static bool
write_timeline(
    struct sf_output *out, const struct sf_config *c, const struct sf_result *r)
{
	struct sf_report_style style = sf_output_style(out, c);
	struct sf_tool_info tool = sf_run_tool();

	if (r->timeline == NULL) {
		sf_complain(NULL, "not enough memory for the timeline");
		return false;
	}
	switch (c->format) {
	case SF_FORMAT_JSON:
		return sf_keys_json(out->f, r, r->timeline, &tool);
	case SF_FORMAT_CSV:
		return sf_keys_csv(out->f, r->timeline);
	case SF_FORMAT_TEXT:
	case SF_FORMAT_JSONL:
	case SF_FORMAT_JUNIT:
	case SF_FORMAT_HTML:
		break;
	}
	return sf_keys_text(out->f, r, r->timeline, &style);
}

/* Of the findings, those about key ids and counters. */
enum sf_exit
sf_cmd_keys(const struct sf_config *c)
{
	return sf_judge(c, "KN", write_timeline);
}
