/*
 * names.c - what the options of conform name: cases, parts, capabilities. A name
 * that is nothing is wrong use, and what was meant is guessed.
 */
#include "cli/conform/names.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"

#define LONGEST SF_WORD
#define SHOWN   40

/* The name that has the fewest changes from word, while there are few. */
struct guess {
	const char *word;
	unsigned changes;
	char name[LONGEST];
};

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Characters put in, taken out or changed, between names shorter than LONGEST. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[LONGEST + 1];
	size_t n = strlen(b);

	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		unsigned before = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			unsigned change = before + (a[i - 1] != b[j - 1]);

			before = row[j];
			row[j] = least(change, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[n];
}

static struct guess
guess(const char *word)
{
	struct guess g = { .word = word };

	g.changes = least(4, 1 + (unsigned)strlen(word) / 3);
	return g;
}

static void
consider(struct guess *g, const char *name)
{
	unsigned changes;

	if (strlen(g->word) >= LONGEST || strlen(name) >= LONGEST)
		return;
	changes = distance(g->word, name);
	if (changes >= g->changes)
		return;
	g->changes = changes;
	snprintf(g->name, sizeof(g->name), "%s", name);
}

static void
complain(const char *option, const struct guess *g, const char *list)
{
	sf_complain(NULL, "conform: %s: there is no %.*s%s%s; %s", option,
	    SHOWN, g->word, g->name[0] != '\0' ? "; did you mean " : "",
	    g->name, list);
}

bool
sf_conform_next_word(const char **list, char end, char word[SF_WORD])
{
	const char ends[] = { end, '\0' };
	size_t n;

	*list += strspn(*list, ends);
	n = strcspn(*list, ends);
	snprintf(
	    word, SF_WORD, "%.*s", (int)(n < SF_WORD ? n : SF_WORD), *list);
	*list += n;
	return n > 0;
}

/* ---- cases --------------------------------------------------------------- */

bool
sf_case_is_about(const struct sf_case *c, const char *requirement)
{
	const char *list = c->requirements;
	char word[SF_WORD];

	while (sf_conform_next_word(&list, ' ', word))
		if (strcmp(word, requirement) == 0)
			return true;
	return false;
}

/* What somebody may have meant by the name of a case. */
static void
consider_case(struct guess *g, const struct sf_case *c)
{
	const char *list = c->requirements;
	char word[SF_WORD], family[48];

	consider(g, c->id);
	sf_case_family(c->id, family);
	snprintf(word, sizeof(word), "%.*s-*", SF_WORD - 3, family);
	consider(g, word);
	while (sf_conform_next_word(&list, ' ', word))
		consider(g, word);
}

/* "hdr-shape" is meant to be "hdr-shape-*". */
static bool
begins(const char *id, const char *word)
{
	size_t n = strlen(word);

	return strncmp(id, word, n) == 0 &&
	       (id[n] == '-' || (n > 0 && word[n - 1] == '-'));
}

static bool
is_case(const struct sf_catalogue *k, const char *word, struct guess *g)
{
	bool part = false;

	for (size_t i = 0; i < k->n; i++) {
		const struct sf_case *c = &k->cases[i];

		if (sf_case_matches(word, c->id) || sf_case_is_about(c, word))
			return true;
		part = part || begins(c->id, word);
		consider_case(g, c);
	}
	if (part && strlen(word) + 2 < sizeof(g->name))
		snprintf(g->name, sizeof(g->name), "%s%s", word,
		    word[strlen(word) - 1] == '-' ? "*" : "-*");
	return false;
}

bool
sf_conform_cases_exist(const struct sf_conform *r)
{
	for (unsigned i = 0; i < r->o->n_names; i++) {
		struct guess g = guess(r->o->names[i]);

		if (is_case(r->catalogue, g.word, &g))
			continue;
		complain("--case", &g, "--list shows all cases");
		return false;
	}
	return true;
}

/* ---- parts, capabilities ------------------------------------------------- */

static bool
tag_exists(const struct sf_conform *r)
{
	struct guess g;

	if (r->o->tag == NULL)
		return true;
	g = guess(r->o->tag);
	for (size_t i = 0; i < r->catalogue->n; i++) {
		if (strcmp(r->catalogue->cases[i].tag, g.word) == 0)
			return true;
		consider(&g, r->catalogue->cases[i].tag);
	}
	complain("--tag", &g, "--list shows them in its second column");
	return false;
}

static bool
is_cap(struct guess *g)
{
	for (unsigned i = 0; i < SF_CAPS; i++) {
		const char *name = sf_cap_name((enum sf_cap)i);

		if (strcmp(name, g->word) == 0)
			return true;
		consider(g, name);
	}
	return false;
}

static bool
caps_exist(const char *list)
{
	char word[SF_WORD], all[400] = "they are";

	for (unsigned i = 0; i < SF_CAPS; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), " %s",
		    sf_cap_name((enum sf_cap)i));
	while (list != NULL && sf_conform_next_word(&list, ',', word)) {
		struct guess g = guess(word);

		if (is_cap(&g))
			continue;
		complain("--require", &g, all);
		return false;
	}
	return true;
}

bool
sf_conform_names_exist(const struct sf_conform *r, const char *require)
{
	return tag_exists(r) && caps_exist(require);
}
