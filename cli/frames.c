/*
 * frames.c - frames that come as JSON, one object a line.
 */
#include "cli/frames.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "engine/config/json.h"
#include "report/json.h"

#define LINE_MAX_OCTETS (4 * SF_FRAME_OCTETS)
#define SLACK           64 /* octets for a header and a tag */

enum sf_exit
sf_frames_init(struct sf_frames *f, const struct sf_config *c)
{
	enum sf_exit st;

	*f = (struct sf_frames){ .config = c };
	if (c->keys == NULL) {
		sf_complain(NULL, "%s: --keys FILE is missing",
		    sf_commands[c->command].name);
		return SF_EXIT_USAGE;
	}
	f->line = malloc(LINE_MAX_OCTETS + 1);
	f->in = malloc(SF_FRAME_OCTETS + SLACK);
	f->out = malloc(SF_FRAME_OCTETS + SLACK);
	if (f->line == NULL || f->in == NULL || f->out == NULL) {
		sf_complain(NULL, "not enough memory");
		return SF_EXIT_INTERNAL;
	}
	st = sf_keyfile_load(&f->file, c);
	if (st != SF_EXIT_OK)
		return st;
	f->keys = sf_keys_new(&sf_crypto_ossl, f->file);
	if (f->keys != NULL)
		return SF_EXIT_OK;
	sf_complain(NULL, "not enough memory for keys");
	return SF_EXIT_INTERNAL;
}

void
sf_frames_wipe(struct sf_frames *f)
{
	sf_keys_free(f->keys);
	sf_keyfile_drop(f->file);
	free(f->puzzle.last);
	free(f->line);
	free(f->in);
	free(f->out);
	*f = (struct sf_frames){ 0 };
}

/* ---- one line ------------------------------------------------------------ */

/* The next line; false at the end. One that is too long is read to its end
   and has LINE_MAX_OCTETS + 1 octets. */
static bool
next_line(struct sf_frames *f)
{
	int c;

	f->n = 0;
	while ((c = getc(stdin)) != EOF && c != '\n')
		if (f->n <= LINE_MAX_OCTETS)
			f->line[f->n++] = (char)c;
	return c != EOF || f->n > 0;
}

static bool
is_blank(const struct sf_frames *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (strchr(" \t\r", f->line[i]) == NULL || f->line[i] == '\0')
			return false;
	return true;
}

static bool
explain(
    char why[160], const char *member, const char *cause, const char *remedy)
{
	snprintf(why, 160, "%s%s%s%s%s", member, member[0] == '\0' ? "" : ": ",
	    cause, remedy[0] == '\0' ? "" : "; ", remedy);
	return false;
}

static bool
read_number(const struct sf_json *j, const char *name, uint64_t most,
    struct sf_number *out, char why[160])
{
	const struct cJSON *v = sf_json_member(j->root, name);
	const char *cause, *remedy;

	if (v == NULL)
		return true;
	if (!sf_json_u64(j, v, SF_JSON_EXACT, &out->v, &cause, &remedy))
		return explain(why, name, cause, remedy);
	if (out->v > most)
		return explain(why, name, "too large", "");
	out->given = true;
	return true;
}

static bool
read_suite(const struct sf_json *j, uint16_t *out, char why[160])
{
	const struct cJSON *v = sf_json_member(j->root, "suite");
	const char *name = v == NULL ? NULL : sf_json_string(v);
	const struct sf_suite *suite;

	if (v == NULL)
		return true;
	suite = name == NULL ? NULL : sf_suite_by_name(name);
	if (suite == NULL)
		return explain(why, "suite", "there is no such cipher suite",
		    "write a name, or a number as a string");
	*out = suite->id;
	return true;
}

static bool
only(const struct sf_json *j, const char *const *names, char why[160])
{
	const struct cJSON *v;

	if (sf_json_kind(j->root) != SF_JSON_OBJECT)
		return explain(why, "", "not an object", "");
	for (v = sf_json_first(j->root); v != NULL; v = sf_json_next(v)) {
		const char *const *n = names;

		while (*n != NULL && strcmp(*n, sf_json_name(v)) != 0)
			n++;
		if (*n == NULL)
			return explain(
			    why, sf_json_name(v), "unknown member", "");
	}
	return true;
}

static bool
read_members(struct sf_frames *f, const struct sf_json *j, const char *octets,
    struct sf_one *one, char why[160])
{
	const struct cJSON *v = sf_json_member(j->root, octets);
	const char *cause, *remedy;
	size_t n;

	if (v == NULL)
		return explain(why, octets, "missing", "");
	if (!sf_json_hex(v, f->in, SF_FRAME_OCTETS, &n, &cause, &remedy))
		return explain(why, octets, cause, remedy);
	one->octets = sf_bytes(f->in, n);
	return read_number(j, "kid", UINT64_MAX, &one->kid, why) &&
	       read_number(j, "ctr", UINT64_MAX, &one->ctr, why) &&
	       read_number(j, "ssrc", UINT32_MAX, &one->ssrc, why) &&
	       read_suite(j, &one->suite, why);
}

static bool
read_one(struct sf_frames *f, const char *octets, const char *const *names,
    struct sf_one *one, char why[160])
{
	struct sf_json j;
	struct sf_json_error e;
	bool done;

	/* what a line does not say, the command line may */
	*one = (struct sf_one){ .ssrc = f->config->ssrc };
	if (f->n > LINE_MAX_OCTETS)
		return explain(why, "", "a line above 4 MiB", "");
	if (!sf_json_read(&j, sf_bytes(f->line, f->n), &e)) {
		snprintf(why, 160, "column %zu: %s", e.at + 1, e.cause);
		return false;
	}
	done = only(&j, names, why) && read_members(f, &j, octets, one, why);
	sf_json_wipe(&j);
	return done;
}

static void
answer_line(struct sf_frames *f, const char *octets, const char *const *names,
    sf_frame_work *work)
{
	struct sf_emit e = sf_emit(stdout, false);
	struct sf_one one;
	char why[160] = "";
	char ssrc[16];
	bool done = false;

	f->puzzle.looked = false;
	sf_emit_open(&e, NULL, '{');
	if (!read_one(f, octets, names, &one, why))
		f->unread++;
	else if (!(done = work(f, &one, &e, why)))
		f->failed++;
	if (!done)
		sf_emit_string(&e, "error", why);
	if (!done && f->puzzle.looked)
		sf_json_diagnosis(&e, &f->puzzle.found);
	if (done && one.ssrc.given) {
		snprintf(ssrc, sizeof(ssrc), "0x%08x", (unsigned)one.ssrc.v);
		sf_emit_string(&e, "ssrc", ssrc);
	}
	sf_emit_close(&e, '{');
	sf_emit_end(&e);
	fflush(stdout); /* who writes a line may wait for its answer */
}

enum sf_exit
sf_frames_lines(struct sf_frames *f, const char *octets,
    const char *const *names, sf_frame_work *work)
{
	while (!ferror(stdout) && next_line(f))
		if (!is_blank(f))
			answer_line(f, octets, names, work);
	if (ferror(stdin)) {
		sf_complain("-", "cannot be read");
		f->unread++;
	}
	if (f->failed > 0)
		return SF_EXIT_FINDINGS;
	return f->unread > 0 ? SF_EXIT_INPUT : SF_EXIT_OK;
}
