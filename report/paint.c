/*
 * paint.c - colours of the text reports.
 */
#include "report/paint.h"

static const char *const sequences[SF_PAINTS] = {
	[SF_PLAIN] = "\033[0m",
	[SF_BOLD] = "\033[1m",
	[SF_RED] = "\033[31m",
	[SF_BOLD_RED] = "\033[1;31m",
	[SF_GREEN] = "\033[32m",
	[SF_BOLD_GREEN] = "\033[1;32m",
	[SF_YELLOW] = "\033[33m",
	[SF_BOLD_YELLOW] = "\033[1;33m",
	[SF_CYAN] = "\033[36m",
};

static const enum sf_paint protections[SF_PROTS] = {
	[SF_PROT_VERIFIED] = SF_GREEN,
	[SF_PROT_CONSISTENT] = SF_GREEN,
	[SF_PROT_PARTLY_CLEAR] = SF_YELLOW,
	[SF_PROT_MIXED] = SF_BOLD_RED,
	[SF_PROT_PLAINTEXT] = SF_BOLD_RED,
	[SF_PROT_OTHER_DIALECT] = SF_YELLOW,
	[SF_PROT_SRTP] = SF_YELLOW,
	[SF_PROT_UNDECIDABLE] = SF_YELLOW,
};

static const enum sf_paint states[SF_STATES] = {
	[SF_STATE_VERIFIED] = SF_GREEN,
	[SF_STATE_ENCRYPTED] = SF_GREEN,
	[SF_STATE_FAILED] = SF_RED,
	[SF_STATE_PLAINTEXT] = SF_BOLD_RED,
	[SF_STATE_UNKNOWN] = SF_YELLOW,
};

static const enum sf_paint severities[] = {
	[SF_NOTE] = SF_CYAN,
	[SF_WARNING] = SF_YELLOW,
	[SF_ERROR] = SF_RED,
	[SF_CRITICAL] = SF_BOLD_RED,
};

static const enum sf_paint verdicts[] = {
	[SF_PASS] = SF_BOLD_GREEN,
	[SF_FAIL] = SF_BOLD_RED,
	[SF_INCONCLUSIVE] = SF_BOLD_YELLOW,
};

const char *
sf_paint(const struct sf_report_style *style, enum sf_paint p)
{
	return style->colour ? sequences[p] : "";
}

enum sf_paint
sf_paint_of_protection(enum sf_protection p)
{
	return protections[p];
}

enum sf_paint
sf_paint_of_state(enum sf_state s)
{
	return states[s];
}

enum sf_paint
sf_paint_of_severity(enum sf_severity s)
{
	return severities[s];
}

enum sf_paint
sf_paint_of_verdict(enum sf_verdict v)
{
	return verdicts[v];
}
