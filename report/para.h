/*
 * para.h - a paragraph of words, broken at blanks to fit the columns, later
 * lines hung below the first.
 */
#ifndef SF_PARA_H
#define SF_PARA_H

#include "report/paint.h"

struct sf_para {
	FILE *f;
	const struct sf_report_style *style;
	unsigned columns;   /* that a line may take */
	unsigned hang;      /* blanks in front of every line but the first */
	unsigned at;        /* columns used on this line */
	bool fresh;         /* no word on this line yet */
	bool sticks;        /* what is held, to what is written */
	unsigned wide;      /* columns of what is held ... */
	size_t n_held;      /* ... and its octets, with the colours */
	const char *colour; /* that the next word begins with */
	char held[512];
};

/* Begins at the start of a line with indent blanks. */
struct sf_para sf_para(FILE *f, const struct sf_report_style *style,
    unsigned indent, unsigned hang);

/*
 * Adds text, made safe by escape.h; every run of blanks in it may become a
 * line break. Words of two calls are kept apart by one blank, except that a
 * text that begins with a punctuation mark sticks to the word before.
 */
void sf_para_text(struct sf_para *p, const char *text);

/* The same in a colour, and with blanks up to a width: for a first column. */
void sf_para_paint(struct sf_para *p, enum sf_paint paint, const char *text);
void sf_para_tab(struct sf_para *p, unsigned column);

/* printf for at most 511 octets, then sf_para_text */
void sf_para_format(struct sf_para *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void sf_para_end(struct sf_para *p);

/* Columns a report may use: those of the terminal in reason, else 100. */
unsigned sf_para_columns(const struct sf_report_style *style);

#endif
