/*
 * para.c - a paragraph of words.
 */
#include "report/para.h"

#include <stdarg.h>
#include <string.h>

#include "report/escape.h"

#define DEFAULT_COLUMNS 100

unsigned
sf_para_columns(const struct sf_report_style *style)
{
	if (style->columns == 0)
		return DEFAULT_COLUMNS;
	if (style->columns < 60)
		return 60;
	return style->columns > 120 ? 120 : style->columns;
}

struct sf_para
sf_para(FILE *f, const struct sf_report_style *style, unsigned indent,
    unsigned hang)
{
	fprintf(f, "%*s", (int)indent, "");
	return (struct sf_para){ .f = f,
		.style = style,
		.columns = sf_para_columns(style),
		.hang = hang,
		.at = indent,
		.fresh = true,
		.colour = "" };
}

/* Characters, not octets, of valid UTF-8. */
static unsigned
width(const char *s, size_t n)
{
	unsigned w = 0;

	for (size_t i = 0; i < n; i++)
		w += ((unsigned char)s[i] & 0xc0) != 0x80;
	return w;
}

static bool
is_punctuation(char c)
{
	return c != '\0' && strchr(",;:.)", c) != NULL;
}

static void
hold(struct sf_para *p, const char *text, size_t n)
{
	memcpy(p->held + p->n_held, text, n);
	p->n_held += n;
}

/* Puts the word that is held on this line, or on the next. */
static void
put_held(struct sf_para *p)
{
	unsigned gap = p->fresh || p->sticks ? 0 : 1;

	if (p->n_held == 0)
		return;
	if (!p->fresh && !p->sticks && p->at + gap + p->wide > p->columns) {
		fprintf(p->f, "\n%*s", (int)p->hang, "");
		p->at = p->hang;
		gap = 0;
	}
	fprintf(p->f, "%*s", (int)gap, "");
	fwrite(p->held, 1, p->n_held, p->f);
	p->at += gap + p->wide;
	p->fresh = false;
	p->n_held = p->wide = 0;
}

#define COLOUR 16 /* octets, at most, that change it */

/* stick: no blank in front. A word is held until the next, as marks that stick
 * to it have to fit behind it. */
static void
put_word(struct sf_para *p, const char *word, size_t n, bool stick)
{
	if (!stick || p->n_held == 0 ||
	    p->n_held + n + 2 * (size_t)COLOUR > sizeof(p->held)) {
		put_held(p);
		p->sticks = stick;
	}
	hold(p, p->colour, strlen(p->colour));
	hold(p, word, n);
	p->colour = "";
	p->wide += width(word, n);
}

void
sf_para_text(struct sf_para *p, const char *text)
{
	bool stick = is_punctuation(text[0]);

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		struct sf_bytes in = sf_bytes(text, n);

		while (
		    in.n > 0) { /* a word longer than safe[] goes in pieces */
			char safe[256];
			size_t left = 0;

			while (in.n > 0 && left + SF_ESCAPE_MAX <= sizeof(safe))
				left += sf_escape_next(
				    safe + left, &in, SF_ESCAPE_TEXT);
			put_word(p, safe, left, stick);
			stick = true;
		}
		stick = false;
		text += n;
		text += strspn(text, " ");
	}
}

void
sf_para_paint(struct sf_para *p, enum sf_paint paint, const char *text)
{
	const char *plain = sf_paint(p->style, SF_PLAIN);

	p->colour = sf_paint(p->style, paint);
	sf_para_text(p, text);
	p->colour = "";
	if (text[0] != '\0')
		hold(p, plain, strlen(plain));
}

void
sf_para_tab(struct sf_para *p, unsigned column)
{
	put_held(p);
	if (p->at < column) {
		fprintf(p->f, "%*s", (int)(column - p->at), "");
		p->at = column;
		p->fresh = true;
	}
}

void
sf_para_format(struct sf_para *p, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sf_para_text(p, text);
}

void
sf_para_end(struct sf_para *p)
{
	put_held(p);
	fputc('\n', p->f);
}
