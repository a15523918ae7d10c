/*
 * text.h - the parts of the text report, for text.c to put together.
 */
#ifndef SF_TEXT_H
#define SF_TEXT_H

#include "report/report.h"

/* The streams, a line each, under the path they took. */
void sf_text_streams(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style);

#define SF_TEXT_DETAIL 10 /* blanks in front of what is said below a stream */

/* Everything about one of them. */
void sf_text_detail(FILE *f, const struct sf_report_style *style,
    const struct sf_stream *s);

/* What became of SRTP; nothing where there was none and no key for it. */
void sf_text_srtp(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style);

/* The session descriptions that were found in logs; nothing without. */
void sf_text_sdp(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style);

/* RTCP packets by what they are; and what receivers say of a stream, behind so
   many blanks. */
void sf_text_rtcp(FILE *f, const struct sf_rtcp_facts *r,
    const struct sf_report_style *style);
void sf_text_feedback(FILE *f, const struct sf_feedback *b,
    const struct sf_report_style *style, unsigned indent);

/* The findings, worst first. */
void sf_text_findings(
    FILE *f, const struct sf_result *r, const struct sf_report_style *style);

/* The name of an input as a person knows it; not yet safe to print. */
const char *sf_text_input(const struct sf_input *in);

/* NULL when there is none. */
const struct sf_stream *sf_text_stream(const struct sf_result *r, uint32_t id);

#endif
