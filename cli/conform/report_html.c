/*
 * report_html.c - requirements by implementations, as one page that needs no
 * other: out of a run, or of files of JSON results.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/conform/report.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "engine/config/json.h"
#include "report/escape.h"

#define COLUMNS         16
#define FILE_MAX_OCTETS ((size_t)64 << 20)

struct column {
	char name[140];
	bool good;
	size_t n;
	struct sf_requirement all[SF_REQUIREMENTS];
};

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<title>SFrame conformance</title>\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em;color:#222}\n"
    ":root{color-scheme:light dark}\n"
    "table{border-collapse:collapse}code{overflow-wrap:anywhere}\n"
    "th,td{border:1px solid #bbb;padding:.2em .6em;text-align:left}\n"
    "thead th{background:#eee;vertical-align:bottom}\n"
    ".pass{background:#d9f2d9}.fail{background:#f6c9c4}\n"
    ".part{background:#fdf0c8}.none{color:#777}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}\n"
    "th,td{border-color:#555}thead th{background:#2a2a2a}\n"
    ".pass{background:#1d3b22}.fail{background:#5a2622}.part{background:#"
    "4a3f1a}\n"
    ".none{color:#999}}\n"
    "</style></head><body>\n<h1>SFrame (RFC 9605) conformance</h1>\n"
    "<p>A cell is the cases that hold of those asked. Red: some do not. "
    "Yellow: recorded, known or not supported alone. A case that fails counts "
    "for one requirement: the first that it names, or that of its "
    "cause.</p>\n<table>\n";

static const struct sf_requirement *
find(const struct column *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->all[i].id, id) == 0)
			return &c->all[i];
	return NULL;
}

static void
put_cell(FILE *f, const struct sf_requirement *q)
{
	size_t bad, asked;

	if (q == NULL) {
		fputs("<td class=\"none\">not asked</td>", f);
		return;
	}
	bad = q->n[SF_V_FAIL] + q->n[SF_V_CRASH] + q->n[SF_V_TIMEOUT];
	asked = bad + q->n[SF_V_PASS];
	if (bad > 0)
		fprintf(
		    f, "<td class=\"fail\">%zu of %zu", q->n[SF_V_PASS], asked);
	else if (asked > 0)
		fprintf(f, "<td class=\"pass\">%zu of %zu", asked, asked);
	else
		fprintf(f, "<td class=\"part\">none asked");
	if (q->n[SF_V_CRASH] > 0)
		fprintf(f, ", %zu crash", q->n[SF_V_CRASH]);
	if (q->n[SF_V_TIMEOUT] > 0)
		fprintf(f, ", %zu no answer", q->n[SF_V_TIMEOUT]);
	if (q->n[SF_V_RECORDED] > 0)
		fprintf(f, ", %zu recorded", q->n[SF_V_RECORDED]);
	if (q->known > 0)
		fprintf(f, ", %zu known", q->known);
	if (q->n[SF_V_UNSUPPORTED] > 0)
		fprintf(f, ", %zu not supported", q->n[SF_V_UNSUPPORTED]);
	fputs("</td>", f);
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Every requirement that some column has, once, in order. */
static size_t
union_of(const struct column *columns, unsigned n, char ids[][16])
{
	size_t have = 0;

	for (unsigned c = 0; c < n; c++)
		for (size_t i = 0; i < columns[c].n; i++) {
			bool there = false;

			for (size_t k = 0; k < have && !there; k++)
				there =
				    strcmp(ids[k], columns[c].all[i].id) == 0;
			if (!there && have < SF_REQUIREMENTS)
				memcpy(ids[have++], columns[c].all[i].id, 16);
		}
	qsort(ids, have, 16, by_id);
	return have;
}

static bool
put_page(FILE *f, const struct column *columns, unsigned n)
{
	char ids[SF_REQUIREMENTS][16];
	size_t have = union_of(columns, n, ids);

	fputs(page_head, f);
	fputs("<thead><tr><th>requirement</th>", f);
	for (unsigned c = 0; c < n; c++) {
		fprintf(
		    f, "<th class=\"%s\">", columns[c].good ? "pass" : "fail");
		sf_conform_markup(f, columns[c].name);
		fprintf(
		    f, "<br>%s</th>", columns[c].good ? "conforms" : "fails");
	}
	fputs("</tr></thead><tbody>\n", f);
	for (size_t i = 0; i < have; i++) {
		fprintf(f, "<tr><th>%s</th>", ids[i]);
		for (unsigned c = 0; c < n; c++)
			put_cell(f, find(&columns[c], ids[i]));
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table>\n", f);
	return !ferror(f);
}

static void
put_replay(FILE *f, const struct sf_conform_report *r, size_t i)
{
	char *replay = sf_conform_replay_text(
	    r, &r->run->catalogue->cases[i], &r->run->results[i]);

	if (replay == NULL)
		return;
	fputs("<details><summary>again</summary><code>", f);
	sf_conform_markup_command(f, replay);
	fputs("</code></details>", f);
	free(replay);
}

static void
put_causes(FILE *f, const struct sf_conform_report *r)
{
	struct sf_told_cause causes[SF_TOLD_CAUSES];
	size_t n = sf_conform_told_causes(r->run, causes);

	for (size_t i = 0; i < n; i++) {
		fputs("<p><b>Cause:</b> ", f);
		sf_conform_cause(f, &causes[i]);
		fprintf(f, ". %s</p>\n", sf_cause_remedy(causes[i].cause));
	}
}

/* Cases that do not hold, of a run. */
static void
put_failures(FILE *f, const struct sf_conform_report *r)
{
	char charged[SF_REQUIREMENT_ID];
	const struct sf_catalogue *k = r->run->catalogue;
	bool any = false;

	for (size_t i = 0; i < k->n; i++) {
		if (!sf_conform_counts(&r->run->results[i]))
			continue;
		if (!any) {
			fputs("<h2>Cases that fail</h2>\n", f);
			put_causes(f, r);
			fputs("<table><thead><tr>"
			      "<th>case</th><th>requirement</th><th>what</th>"
			      "</tr></thead><tbody>\n",
			    f);
		}
		any = true;
		sf_conform_charged(&k->cases[i], &r->run->results[i], charged);
		fprintf(f, "<tr><td>%s</td><td>%s</td><td>", k->cases[i].id,
		    charged);
		sf_conform_markup(f, k->cases[i].says);
		fputs(".<br>", f);
		sf_conform_markup(f, r->run->results[i].why);
		put_replay(f, r, i);
		fputs("</td></tr>\n", f);
	}
	if (any)
		fputs("</tbody></table>\n", f);
}

bool
sf_conform_html(FILE *f, const struct sf_conform_report *r)
{
	struct column *c = calloc(1, sizeof(*c));
	bool done;

	if (c == NULL)
		return false;
	snprintf(c->name, sizeof(c->name), "%s %s", r->run->info.name,
	    r->run->info.version);
	c->good = r->good;
	c->n = sf_conform_requirements(r->run, c->all);
	done = put_page(f, c, 1);
	put_failures(f, r);
	fputs("</body></html>\n", f);
	free(c);
	return done && !ferror(f);
}

/* ---- files of results ---------------------------------------------------- */

static uint8_t *
read_all(const char *name, size_t *n)
{
	FILE *f = fopen(name, "rb");
	uint8_t *text = NULL;
	size_t room = 1 << 16;

	*n = 0;
	if (f == NULL)
		return NULL;
	for (;;) {
		uint8_t *more = realloc(text, room);

		if (more == NULL)
			break;
		text = more;
		*n += fread(text + *n, 1, room - *n, f);
		if (*n < room || room > FILE_MAX_OCTETS)
			break;
		room *= 2;
	}
	fclose(f);
	return text;
}

static size_t
count_of(const struct sf_json *j, const struct cJSON *object, const char *name)
{
	const struct cJSON *v = sf_json_member(object, name);
	const char *cause, *remedy;
	uint64_t n = 0;

	if (v == NULL || !sf_json_u64(j, v, SF_JSON_EXACT, &n, &cause, &remedy))
		return 0;
	return (size_t)n;
}

static const char *
text_of(const struct cJSON *object, const char *name)
{
	const struct cJSON *v = sf_json_member(object, name);
	const char *s = v == NULL ? NULL : sf_json_string(v);

	return s == NULL ? "" : s;
}

/* False when the document is none of ours. */
static bool
take(struct column *c, const struct sf_json *j)
{
	const struct cJSON *shim, *list, *one;

	if (sf_json_kind((const struct cJSON *)j->root) != SF_JSON_OBJECT ||
	    strcmp(text_of(j->root, "schema"), "sframe-tool/conform/v1") != 0)
		return false;
	shim = sf_json_member(j->root, "shim");
	list = sf_json_member(j->root, "requirements");
	if (shim == NULL || list == NULL || sf_json_kind(list) != SF_JSON_ARRAY)
		return false;
	snprintf(c->name, sizeof(c->name), "%.64s %.64s", text_of(shim, "name"),
	    text_of(shim, "version"));
	c->good = strcmp(text_of(j->root, "verdict"), "pass") == 0;
	for (one = sf_json_first(list); one != NULL && c->n < SF_REQUIREMENTS;
	     one = sf_json_next(one)) {
		struct sf_requirement *q = &c->all[c->n++];
		char id[16];

		snprintf(id, sizeof(id), "%s", text_of(one, "id"));
		for (const char *p = id; *p != '\0'; p++)
			if (strchr("<>&\"", *p) != NULL)
				return false;
		memcpy(q->id, id, sizeof(id));
		for (unsigned v = 0; v < SF_VERDICTS; v++)
			q->n[v] = count_of(j, one,
			    sf_case_verdict_name((enum sf_case_verdict)v));
		q->known = count_of(j, one, "known");
	}
	return true;
}

static bool
take_file(struct column *c, const char *name)
{
	size_t n;
	uint8_t *text = read_all(name, &n);
	struct sf_json j;
	struct sf_json_error e;
	bool done = false;

	if (text == NULL) {
		sf_complain(name, "%s", strerror(errno));
		return false;
	}
	if (!sf_json_read(&j, sf_bytes(text, n), &e)) {
		sf_complain(name, "octet %zu: %s", e.at, e.cause);
	} else {
		done = take(c, &j);
		if (!done)
			sf_complain(name,
			    "not results of conform; make some with "
			    "conform --json -o FILE -- COMMAND");
		sf_json_wipe(&j);
	}
	free(text);
	return done;
}

int
sf_conform_matrix(FILE *f, const char *const *names, unsigned n)
{
	struct column *columns = calloc(COLUMNS, sizeof(*columns));
	int st = SF_EXIT_OK;

	if (columns == NULL)
		return SF_EXIT_INTERNAL;
	if (n > COLUMNS) {
		sf_complain(
		    NULL, "conform: %d files of results at most", COLUMNS);
		st = SF_EXIT_USAGE;
	}
	for (unsigned i = 0; i < n && st == SF_EXIT_OK; i++)
		if (!take_file(&columns[i], names[i]))
			st = SF_EXIT_INPUT;
	if (st == SF_EXIT_OK) {
		if (!put_page(f, columns, n))
			st = SF_EXIT_INTERNAL;
		fputs("</body></html>\n", f);
	}
	free(columns);
	return st;
}
