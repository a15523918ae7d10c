/*
 * cmd_check.c - judges a call.
 */
#include "cli/cmd.h"
#include "cli/judge.h"
#include "cli/run.h"

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
	case SF_FORMAT_CSV:
	case SF_FORMAT_JUNIT:
	case SF_FORMAT_HTML:
		break;
	}
	return sf_report_text(out->f, r, &style);
}

enum sf_exit
sf_cmd_check(const struct sf_config *c)
{
	return sf_judge(c, NULL, write_report);
}
