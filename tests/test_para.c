/*
 * test_para.c - paragraphs: where lines break, and that marks stay with their
 * word, in any colour.
 */
#include "tests/rows.h"

#include <stdio.h>
#include <string.h>

#include "report/para.h"

#define COLUMNS 60

/* A word of n letters, a mark, and a word behind it. */
static void
put(char *out, size_t room, size_t n, const char *mark, enum sf_paint paint)
{
	struct sf_report_style style = { .columns = COLUMNS, .colour = true };
	char word[COLUMNS + 2] = { 0 };
	FILE *f = fmemopen(out, room, "w");
	struct sf_para p;

	assert_non_null(f);
	memset(word, 'x', n);
	p = sf_para(f, &style, 0, 2);
	sf_para_text(&p, "first");
	sf_para_text(&p, word);
	sf_para_paint(&p, paint, mark);
	sf_para_text(&p, "last");
	sf_para_end(&p);
	fclose(f);
}

/* Columns of the longest line, without the octets that change the colour. */
static unsigned
widest(const char *text)
{
	unsigned most = 0, n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\033')
			text += strcspn(text, "m");
		else
			n = *text == '\n' ? 0 : n + 1;
		most = n > most ? n : most;
	}
	return most;
}

static void
keeps_marks_with_their_word(void **state)
{
	(void)state;
	for (size_t n = 40; n < 58; n++) {
		char out[400] = { 0 };
		bool fits = 6 + n + 1 <= COLUMNS; /* "first ", and the mark */

		put(out, sizeof(out), n, ",", SF_YELLOW);
		assert_true(widest(out) <= COLUMNS);
		assert_non_null(strstr(out, "x\033[33m,\033[0m"));
		assert_true((strstr(out, "first x") != NULL) == fits);
	}
}

static void
breaks_in_front_of_a_word_in_colour(void **state)
{
	char out[400] = { 0 };

	(void)state;
	put(out, sizeof(out), 50, "yellow", SF_YELLOW);
	assert_true(widest(out) <= COLUMNS);
	assert_non_null(strstr(out, "x\n  \033[33myellow\033[0m last"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_marks_with_their_word),
		cmocka_unit_test(breaks_in_front_of_a_word_in_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
