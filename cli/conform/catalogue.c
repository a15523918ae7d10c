/*
 * catalogue.c - all cases there are, in their order.
 */
#include "cli/conform/conform.h"

#include <stdlib.h>
#include <string.h>

#define QUICK 3 /* cases of each family and suite in --quick */
#define FIRST 4 /* the suite of what is asked in one alone */

const char *
sf_cap_name(enum sf_cap cap)
{
	static const char *const names[] = {
#define CAP(id, name, verbs) name,
#include "cli/conform/caps.def"
#undef CAP
	};

	return names[cap];
}

const char *
sf_case_verdict_name(enum sf_case_verdict v)
{
	static const char *const names[SF_VERDICTS] = { "pass", "fail", "crash",
		"timeout", "unsupported", "recorded", "not-run" };

	return names[v];
}

struct sf_case *
sf_catalogue_room(struct sf_catalogue *k)
{
	struct sf_case *more;

	if (k->n == k->room) {
		size_t room = k->room == 0 ? 1024 : 2 * k->room;

		more = realloc(k->cases, room * sizeof(*more));
		if (more == NULL) {
			k->failed = true;
			return NULL;
		}
		k->cases = more;
		k->room = room;
	}
	k->cases[k->n] = (struct sf_case){ .suite = 0 };
	return &k->cases[k->n++];
}

/* --quick: one suite of each kind, and not all of a long row. */
static bool
is_quick(uint16_t suite, unsigned i)
{
	return (suite == 0 || suite == 1 || suite == 4) && i < QUICK;
}

static void
add_one(struct sf_catalogue *k, const struct sf_family *f, uint16_t suite,
    unsigned i)
{
	struct sf_case *c = sf_catalogue_room(k);
	char of[16] = "";

	if (c == NULL)
		return;
	if (suite != 0)
		snprintf(of, sizeof(of), "-s%u", suite);
	snprintf(c->id, sizeof(c->id), "%s%s-%02u", f->id, of, i + 1);
	c->tag = f->tag;
	c->section = f->section;
	c->requirements = f->requirements;
	c->says = f->says;
	c->suite = suite;
	c->i = i;
	c->needs = f->needs;
	c->measures = strcmp(f->tag, "timing") == 0;
	c->any_suite = f->over == FIRST_SUITE;
	c->quick = (is_quick(suite, i) || strncmp(f->id, "hdr-e", 5) == 0) &&
		   strncmp(f->id, "fr-large", 8) != 0 &&
		   strcmp(f->tag, "resources") != 0 &&
		   strcmp(f->id, "st-forge-flood") != 0;
	c->run = f->run;
}

static bool
is_over(const struct sf_family *f, uint16_t id)
{
	switch (f->over) {
	case ONCE:
		return id == 0;
	case EACH_SUITE:
		return id != 0;
	case CTR_SUITES:
		return id != 0 && sf_suite_by_id(id)->mode == SF_MODE_CTR;
	case FIRST_SUITE:
		break;
	}
	return id == FIRST;
}

void
sf_catalogue_add(struct sf_catalogue *k, const struct sf_family *rows, size_t n)
{
	for (uint16_t id = 0; id <= SF_SUITES; id++)
		for (size_t r = 0; r < n; r++) {
			unsigned count = rows[r].count;

			if (!is_over(&rows[r], id))
				continue;
			if (count == 0)
				count = sf_suite_by_id(id)->tag_octets;
			for (unsigned i = 0; i < count; i++)
				add_one(k, &rows[r], id, i);
		}
}

bool
sf_catalogue_make(struct sf_catalogue *k, uint64_t seed)
{
	*k = (struct sf_catalogue){ .n = 0 };
	sf_cases_official(k);
	sf_cases_vectors(k, seed);
	sf_cases_header(k);
	sf_cases_frames(k);
	sf_cases_turns(k);
	sf_cases_tags(k);
	sf_cases_keys(k);
	sf_cases_keys_life(k);
	sf_cases_counters(k);
	sf_cases_replay(k);
	sf_cases_state(k);
	sf_cases_ratchet(k);
	sf_cases_mls(k);
	sf_cases_export(k);
	sf_cases_persist(k);
	sf_cases_resources(k);
	sf_cases_rtp(k);
	return !k->failed;
}

void
sf_catalogue_settle(struct sf_catalogue *k, unsigned suites)
{
	uint16_t id = 1;

	if ((suites >> FIRST & 1) != 0)
		return;
	while (id <= SF_SUITES && (suites >> id & 1) == 0)
		id++;
	for (size_t i = 0; i < k->n && id <= SF_SUITES; i++) {
		struct sf_case *c = &k->cases[i];
		char *digit = strstr(c->id, "-s4-");

		if (!c->any_suite || digit == NULL)
			continue;
		digit[2] = (char)('0' + id);
		c->suite = id;
	}
}

void
sf_catalogue_free(struct sf_catalogue *k)
{
	for (size_t i = 0; i < k->n_files; i++)
		sf_vectorfile_free(&k->files[i]);
	free(k->cases);
	*k = (struct sf_catalogue){ .n = 0 };
}
