/*
 * paint.h - colours of the text reports (ECMA-48 SGR), when they are wanted.
 */
#ifndef SF_PAINT_H
#define SF_PAINT_H

#include "report/report.h"

enum sf_paint {
	SF_PLAIN,
	SF_BOLD,
	SF_RED,
	SF_BOLD_RED,
	SF_GREEN,
	SF_BOLD_GREEN,
	SF_YELLOW,
	SF_BOLD_YELLOW,
	SF_CYAN,
	SF_PAINTS
};

/* The sequence, "" when the style has no colour. SF_PLAIN ends a colour. */
const char *sf_paint(const struct sf_report_style *style, enum sf_paint p);

enum sf_paint sf_paint_of_protection(enum sf_protection p);
enum sf_paint sf_paint_of_state(enum sf_state s);
enum sf_paint sf_paint_of_severity(enum sf_severity s);
enum sf_paint sf_paint_of_verdict(enum sf_verdict v);

#endif
