/*
 * keys.h - the key-id timeline of a call: as text with a drawing, as JSON
 * (sframe-tool/keys-report/v1, docs/keys.schema.json), as CSV.
 */
#ifndef SF_REPORT_KEYS_H
#define SF_REPORT_KEYS_H

#include "checks/timeline.h"
#include "report/report.h"

bool sf_keys_text(FILE *f, const struct sf_result *r,
    const struct sf_timeline *t, const struct sf_report_style *style);

bool sf_keys_json(FILE *f, const struct sf_result *r,
    const struct sf_timeline *t, const struct sf_tool_info *tool);

/* A line of names, then a line for each unbroken use of a KID (RFC 4180). */
bool sf_keys_csv(FILE *f, const struct sf_timeline *t);

/* Who stays behind, and for how long; in one sentence without a full stop. */
#define SF_KEYS_HEADLINE 320
void sf_keys_headline(
    char out[SF_KEYS_HEADLINE], const struct sf_timeline *t, int64_t grace_ns);

/* "epoch in the low 4 bits, as the capture shows"; at most 120 octets */
void sf_keys_form(char out[120], const struct sf_timeline *t);

#endif
