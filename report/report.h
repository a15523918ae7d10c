/*
 * report.h - a result as text for a person, or as JSON for a program.
 *
 * Writers print what they are given and judge nothing. Every octet that came
 * from a capture or a file name goes through escape.h. All return false when
 * the stream took an error (a closed pipe, a full disk).
 */
#ifndef SF_REPORT_H
#define SF_REPORT_H

#include <stdio.h>

#include "checks/result.h"
#include "engine/event.h"

/* The libraries of this run; NULL for one that is not known. Static. */
struct sf_tool_info {
	const char *openssl;
	const char *libpcap;
};

struct sf_report_style {
	bool colour;  /* escape sequences are wanted */
	bool quiet;   /* verdict and findings only */
	bool verbose; /* evidence, every interval, every key use */
	unsigned
	    columns; /* of the terminal; 0: not a terminal, 100 is assumed */
};

bool sf_report_text(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style);

/* contract 6, sframe-tool/report/v1; one document, two-space indent */
bool sf_report_json(
    FILE *f, const struct sf_result *r, const struct sf_tool_info *tool);

/*
 * The same facts a line each, told apart by "type": tool, input, accounting,
 * stream, finding, rule, and last verdict.
 */
bool sf_report_jsonl(
    FILE *f, const struct sf_result *r, const struct sf_tool_info *tool);

/* decode: one line per frame. header prints the column names; packet is the first
   column: "12", or "2:12" for packet 12 of the second capture. */
bool sf_frame_text_header(FILE *f, const struct sf_report_style *style);
bool sf_frame_text(FILE *f, const struct sf_frame_event *ev,
    const struct sf_report_style *style);
bool sf_frame_json(FILE *f, const struct sf_frame_event *ev);
void sf_frame_packet(char *out, size_t size, const struct sf_place *p);

/*
 * One SFrame header bit by bit, as a field tree: octet, bits, name, value,
 * meaning, and what RFC 9605 4.3 says of its form. raw is as sent, with or
 * without what follows the header; a header that is cut short is printed as
 * far as it goes.
 */
bool sf_header_tree(FILE *f, struct sf_bytes raw, unsigned indent,
    const struct sf_report_style *style);
bool sf_header_json(FILE *f, struct sf_bytes raw);

/*
 * The same tree for a header in the layout of the drafts; omara is that of
 * draft-omara-sframe, where lengths are counts of octets.
 */
bool sf_draft_header_tree(FILE *f, struct sf_bytes raw, bool omara,
    unsigned indent, const struct sf_report_style *style);

#endif
