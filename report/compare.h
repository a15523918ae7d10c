/*
 * compare.h - a comparison as text, or as JSON (sframe-tool/compare/v1,
 * docs/compare.schema.json).
 */
#ifndef SF_REPORT_COMPARE_H
#define SF_REPORT_COMPARE_H

#include "checks/compare.h"
#include "report/report.h"

/* The two sides, A and then B. */
struct sf_compare_view {
	const struct sf_comparison *c;
	struct sf_input inputs[2];
	uint64_t frames[2], incomplete[2];
	enum sf_verdict verdict; /* over the findings */
};

bool sf_compare_text(FILE *f, const struct sf_compare_view *v,
    const struct sf_report_style *style);
bool sf_compare_json(FILE *f, const struct sf_compare_view *v,
    const struct sf_tool_info *tool);

#define SF_COMPARE_HEADLINE 360
void sf_compare_headline(
    char out[SF_COMPARE_HEADLINE], const struct sf_comparison *c);

#endif
