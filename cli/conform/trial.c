/*
 * trial.c - one case under way: requests, replies, verdicts.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/conform/trial.h"
#include "engine/base/hash.h"
#include "parsers/text/shim_line.h"
#include "report/escape.h"

#define LOG_MAX ((size_t)48 << 10) /* octets of requests kept for a replay */

/* ---- verdicts ------------------------------------------------------------ */

static bool
is_failure(enum sf_case_verdict v)
{
	return v == SF_V_FAIL || v == SF_V_CRASH || v == SF_V_TIMEOUT;
}

static void __attribute__((format(printf, 3, 0))) decide(struct sf_trial *t,
    enum sf_case_verdict v, const char *format, va_list args)
{
	if (t->stopped)
		return;
	t->stopped = true;
	t->result->verdict = v;
	t->result->charged = !is_failure(v)     ? NULL
			     : t->blame != NULL ? t->blame
			     : t->cause != NULL ? t->cause
						: sf_cause_of_kids(t);
	vsnprintf(t->result->why, sizeof(t->result->why), format, args);
	if (is_failure(v) && t->habit != NULL)
		snprintf(t->result->why + strlen(t->result->why),
		    sizeof(t->result->why) - strlen(t->result->why),
		    ". In all: %s", t->habit);
}

static void __attribute__((format(printf, 3, 4)))
end(struct sf_trial *t, enum sf_case_verdict v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(t, v, format, args);
	va_end(args);
}

void
sf_fail(struct sf_trial *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(t, SF_V_FAIL, format, args);
	va_end(args);
}

/* It is the shim that does this, whatever the case is about. */
static void __attribute__((format(printf, 2, 3)))
fail_shim(struct sf_trial *t, const char *format, ...)
{
	va_list args;

	if (t->stopped)
		return;
	t->blame = SF_SHIM_FAULT;
	t->habit = NULL;
	va_start(args, format);
	decide(t, SF_V_FAIL, format, args);
	va_end(args);
}

void
sf_record(struct sf_trial *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	decide(t, SF_V_RECORDED, format, args);
	va_end(args);
}

void
sf_chose(struct sf_trial *t, enum sf_vector_policy p, const char *word)
{
	if (t->stopped)
		return;
	t->result->chosen = word;
	t->result->policy = (uint8_t)p;
}

void
sf_choose(struct sf_trial *t, enum sf_vector_policy p, bool taken,
    const char *word_taken, const char *word_refused)
{
	const char *declared = t->run->info.policy[p];
	const char *got = taken ? word_taken : word_refused;
	const char *other = taken ? word_refused : word_taken;

	if (t->stopped)
		return;
	if (!taken && t->cause != NULL &&
	    sf_fail_refused(t, "but for what the RFC leaves open"))
		return;
	if (!taken)
		sf_habit_blame(t, SF_EXPECTED_OK);
	sf_chose(t, p, got);
	if (strcmp(declared, other) == 0)
		sf_fail(t,
		    "the shim declares %s:%s, and here it is %s (the RFC "
		    "leaves the choice; the declaration binds)",
		    sf_vector_policy_name(p), declared, got);
	else
		sf_record(t, "%s: %s", sf_vector_policy_name(p), got);
}

/* ---- requests ------------------------------------------------------------ */

void
sf_trial_free(struct sf_trial *t)
{
	sf_line_free(&t->line);
	sf_line_free(&t->log);
	free(t->octets);
}

void
sf_trial_case(
    struct sf_trial *t, const struct sf_case *c, struct sf_case_result *result)
{
	t->c = c;
	t->suite = c->suite == 0 ? NULL : sf_suite_by_id(c->suite);
	if (t->run->ends && t->was_no && t->child->pid != 0)
		sf_trial_lost(t);
	t->random = t->run->o->seed ^ sf_hash(sf_bytes(c->id, strlen(c->id)));
	t->result = result;
	t->stopped = false;
	t->reply = SF_R_NONE;
	t->n_seals = 0;
	t->n_answers = 0;
	t->blame = t->cause = t->habit = t->otherwise = NULL;
	t->asked_short = NULL;
	t->epoch_known = t->ratchet_known = false;
	t->again_kid = t->again_suite = t->opened = false;
	t->log_cut = false;
	t->log_n = 0;
	sf_line_clear(&t->log);
	sf_case_result_free(result);
	*result = (struct sf_case_result){ .verdict = SF_V_PASS };
}

uint64_t
sf_next(struct sf_trial *t)
{
	return sf_mix(t->random += 0x9e3779b97f4a7c15);
}

void
sf_fill(struct sf_trial *t, uint8_t *out, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			v = sf_next(t);
		out[i] = (uint8_t)(v >> i % 8 * 8);
	}
}

void
sf_fill_key(struct sf_trial *t, uint8_t *out, size_t n)
{
	sf_fill(t, out, n);
	for (size_t i = 0; i < n; i++)
		out[i] |= out[i] == 0;
}

void
sf_trial_verb(const struct sf_trial *t, char out[24])
{
	const char *p = memchr(t->line.p, ' ', t->line.n);
	size_t n = 0;

	for (p++; n < 23 && p + n < t->line.p + t->line.n && p[n] > ' '; n++)
		out[n] = p[n];
	out[n] = '\0';
}

void
sf_begin(struct sf_trial *t, const char *verb)
{
	sf_line_clear(&t->line);
	sf_line_number(&t->line, ++t->id);
	sf_line_put(&t->line, " ");
	sf_line_put(&t->line, verb);
	sf_excuse_verb(t, verb);
}

void
sf_put(struct sf_trial *t, const char *key, const char *value)
{
	if (!t->stopped)
		sf_line_word(&t->line, key, value);
}

void
sf_put_u64(struct sf_trial *t, const char *key, uint64_t v)
{
	if (t->stopped)
		return;
	sf_line_word_number(&t->line, key, v);
	sf_excuse_number(t, key, v);
}

void
sf_put_hex(struct sf_trial *t, const char *key, struct sf_bytes b)
{
	if (t->stopped)
		return;
	sf_line_word_hex(&t->line, key, b);
	sf_excuse_octets(t, key, b);
}

/* Requests for a replay, from the first word on: ids are given anew. */
static void
keep(struct sf_trial *t)
{
	t->log_n++;
	if (t->log.n + t->line.n > LOG_MAX)
		t->log_cut = true;
	if (!t->log_cut)
		sf_line_octets(&t->log, sf_bytes(t->line.p, t->line.n));
}

static void
keep_error(struct sf_trial *t)
{
	char *text = malloc(SF_CHILD_ERROR + 1);

	if (text == NULL)
		return;
	memcpy(text, t->child->error, t->child->n_error);
	text[t->child->n_error] = '\0';
	free(t->result->error);
	t->result->error = text;
}

void
sf_trial_gone(struct sf_trial *t, enum sf_child_end e, unsigned ms)
{
	char verb[24];

	sf_trial_verb(t, verb);
	*t->greeted = false;
	keep_error(t);
	sf_habit_blame(t, SF_EXPECTED_REPLY);
	if (t->run->ends && t->was_no)
		sf_record(t,
		    "the process ends when it has refused something: the rest "
		    "of the case was not asked");
	switch (e) {
	case SF_CHILD_EXITED:
		end(t, SF_V_CRASH, "%s: the shim exited with status %d", verb,
		    t->child->code);
		break;
	case SF_CHILD_KILLED:
		end(t, SF_V_CRASH, "%s: the shim was ended by signal %d (%s)",
		    verb, t->child->code, strsignal(t->child->code));
		break;
	case SF_CHILD_CLOSED:
		end(t, SF_V_CRASH, "%s: the shim closed its output", verb);
		break;
	case SF_CHILD_TOO_BIG:
		end(t, SF_V_CRASH,
		    "%s: the shim has taken %u MiB of memory, and was ended",
		    verb, SF_CHILD_MEMORY >> 20);
		break;
	case SF_CHILD_TIMEOUT:
		end(t, SF_V_TIMEOUT, "%s: no reply in %u ms", verb, ms);
		break;
	case SF_CHILD_TOO_LONG:
		end(t, SF_V_FAIL, "%s: a reply of more than %zu MiB", verb,
		    SF_CHILD_LINE >> 20);
		break;
	case SF_CHILD_UNASKED:
		t->blame = SF_SHIM_FAULT;
		end(t, SF_V_FAIL,
		    "%s: a line on standard output that answers nothing "
		    "(a library may log to standard error only)",
		    verb);
		break;
	case SF_CHILD_NO_START:
	case SF_CHILD_OURS:
	case SF_CHILD_OK:
		end(t, SF_V_NOT_RUN, "%s: the shim could not be asked: %s",
		    verb, strerror(t->child->code));
		break;
	}
}

static void
copy_safe(char *out, size_t room, struct sf_bytes b)
{
	sf_escape_copy(out, room, b, SF_ESCAPE_TEXT);
}

/* A verb that is not there: fine, unless it was declared. */
static enum sf_reply
not_supported(struct sf_trial *t)
{
	static const char *const verbs[] = {
#define CAP(id, name, verbs) verbs,
#include "cli/conform/caps.def"
#undef CAP
	};
	char verb[24];

	sf_trial_verb(t, verb);
	for (unsigned i = 0; i < SF_CAPS; i++) {
		const char *p = strstr(verbs[i], verb);
		size_t n = strlen(verb);

		if (p != NULL && (p[n] == ' ' || p[n] == '\0') &&
		    (p == verbs[i] || p[-1] == ' ') &&
		    (t->run->info.caps >> i & 1) != 0) {
			fail_shim(t, "%s: unsupported, but the shim declares %s",
			    verb, sf_cap_name((enum sf_cap)i));
			return SF_R_NONE;
		}
	}
	end(t, SF_V_UNSUPPORTED, "%s is not supported", verb);
	return SF_R_UNSUPPORTED;
}

void
sf_trial_lost(struct sf_trial *t)
{
	sf_child_stop(t->child);
	*t->greeted = false;
}

void
sf_kill(struct sf_trial *t)
{
	if (t->stopped)
		return;
	sf_trial_lost(t);
	t->log_cut = true; /* a pipe to one process does not replay it */
}

static enum sf_reply
judge(struct sf_trial *t, struct sf_bytes line)
{
	struct sf_shim_line l;
	struct sf_shim_word w;
	struct sf_bytes rest, why;
	struct sf_diag d;
	char verb[24], shown[120];

	sf_trial_verb(t, verb);
	copy_safe(shown, sizeof(shown), line);
	if (sf_shim_line_parse(&l, line, &d) != SF_OK) {
		fail_shim(t, "%s: not a reply (%s): %s", verb, d.field, shown);
		sf_trial_lost(t);
		return SF_R_NONE;
	}
	for (rest = l.payload; rest.n > 0; rest = w.payload)
		if (sf_shim_word_parse(&w, rest, &d) != SF_OK) {
			fail_shim(t, "%s: not a reply (%s): %s", verb, d.field,
			    shown);
			return SF_R_NONE;
		}
	if (l.id != t->id) {
		fail_shim(t, "%s: the reply is to %llu and not to %llu: %s", verb,
		    (unsigned long long)l.id, (unsigned long long)t->id, shown);
		sf_trial_lost(t);
		return SF_R_NONE;
	}
	t->words = l.payload;
	snprintf(t->reason, sizeof(t->reason), "%s", "no reason");
	if (sf_shim_value(l.payload, "why", &why))
		copy_safe(t->reason, sizeof(t->reason), why);
	if (sf_shim_is(l.name, "ok"))
		return SF_R_OK;
	if (t->optional)
		return SF_R_NO;
	if (sf_shim_is(l.name, "no"))
		return SF_R_NO;
	if (sf_shim_is(l.name, "unsupported"))
		return not_supported(t);
	if (sf_shim_is(l.name, "crash"))
		sf_habit_blame(t, SF_EXPECTED_REPLY);
	if (sf_shim_is(l.name, "crash"))
		end(t, SF_V_CRASH,
		    "%s: the shim caught a panic or an exception that is no "
		    "way of refusing: %s",
		    verb, shown);
	else if (sf_shim_is(l.name, "bad"))
		fail_shim(t, "%s: the shim did not understand the request: %s",
		    verb, shown);
	else
		fail_shim(t,
		    "%s: not a status: %s (there are ok, no, unsupported, bad "
		    "and crash)",
		    verb, shown);
	return SF_R_NONE;
}

static unsigned
patience(const struct sf_trial *t)
{
	double ms = (2000.0 + 1000.0 * (double)(t->line.n >> 20)) *
		    t->run->o->timeout_scale;

	return ms > 3600000.0 ? 3600000u : (unsigned)ms;
}

/* A shim that was started anew is greeted first, outside of the case. */
static bool
ready(struct sf_trial *t)
{
	static const char hello[] = "0 hello v=1\n";
	struct sf_bytes reply;
	enum sf_child_end e = SF_CHILD_OK;

	if (t->child->pid == 0) {
		e = sf_child_start(
		    t->child, t->run->o->argv, t->run->o->memory);
		*t->greeted = false;
		t->n_bases = 0;
	}
	if (e == SF_CHILD_OK && !*t->greeted)
		e = sf_child_ask(t->child, sf_bytes(hello, sizeof(hello) - 1),
		    (unsigned)(10000 * t->run->o->timeout_scale), &reply);
	*t->greeted = e == SF_CHILD_OK;
	if (e != SF_CHILD_OK)
		sf_trial_gone(t, e, 10000);
	return e == SF_CHILD_OK;
}

uint64_t
sf_trial_hash(struct sf_bytes line)
{
	const uint8_t *blank = memchr(line.p, ' ', line.n);
	size_t at = blank == NULL ? line.n : (size_t)(blank - line.p);

	return sf_hash(sf_bytes(line.p + at, line.n - at));
}

enum sf_reply
sf_ask(struct sf_trial *t)
{
	enum sf_child_end e;
	struct sf_bytes reply;
	unsigned ms = patience(t);

	t->reply = SF_R_NONE;
	if (t->stopped)
		return SF_R_NONE;
	sf_line_put(&t->line, "\n");
	if (t->line.failed) {
		end(t, SF_V_NOT_RUN, "no memory for a request");
		return SF_R_NONE;
	}
	keep(t);
	if (!ready(t))
		return SF_R_NONE;
	e = sf_child_ask(t->child, sf_bytes(t->line.p, t->line.n), ms, &reply);
	if (e != SF_CHILD_OK) {
		sf_trial_gone(t, e, ms);
		return SF_R_NONE;
	}
	t->reply = judge(t, reply);
	t->was_no = t->reply == SF_R_NO;
	if (t->n_answers < SF_ANSWERS)
		t->answers[t->n_answers] = sf_trial_hash(reply);
	t->n_answers++;
	if (t->reply == SF_R_OK)
		sf_excuse_taken(t);
	if (t->stopped)
		t->reply = SF_R_NONE;
	return t->reply;
}

enum sf_reply
sf_ask_optional(struct sf_trial *t)
{
	enum sf_reply r;

	t->optional = true;
	r = sf_ask(t);
	t->optional = false;
	return r;
}

/* ---- replies ------------------------------------------------------------- */

bool
sf_take_u64(struct sf_trial *t, const char *key, uint64_t *v)
{
	struct sf_bytes value;

	*v = 0;
	if (t->stopped)
		return false;
	if (sf_shim_value(t->words, key, &value) && sf_shim_number(value, v))
		return true;
	fail_shim(t, "the reply has no number %s", key);
	return false;
}

static bool
take_octets(struct sf_trial *t, const char *key, struct sf_bytes value,
    struct sf_bytes *b)
{
	size_t n;

	if (value.n > t->room) {
		uint8_t *more = realloc(t->octets, value.n);

		if (more == NULL) {
			end(t, SF_V_NOT_RUN, "no memory for a reply");
			return false;
		}
		t->octets = more;
		t->room = value.n;
	}
	if (!sf_shim_octets(value, t->octets, &n)) {
		fail_shim(t, "the reply's %s is not hexadecimal", key);
		return false;
	}
	*b = sf_bytes(t->octets, n);
	return true;
}

bool
sf_take_hex(struct sf_trial *t, const char *key, struct sf_bytes *b)
{
	struct sf_bytes value;

	*b = sf_bytes(NULL, 0);
	if (t->stopped)
		return false;
	if (!sf_shim_value(t->words, key, &value)) {
		fail_shim(t, "the reply has no %s", key);
		return false;
	}
	return take_octets(t, key, value, b);
}

bool
sf_take_next(struct sf_trial *t, struct sf_bytes *list, struct sf_bytes *b)
{
	const uint8_t *comma = memchr(list->p, ',', list->n);
	struct sf_bytes one = *list;

	*b = sf_bytes(NULL, 0);
	if (t->stopped || list->n == 0)
		return false;
	if (comma != NULL)
		one.n = (size_t)(comma - list->p);
	list->p += one.n + (comma != NULL);
	list->n -= one.n + (comma != NULL);
	return take_octets(t, "list", one, b);
}

bool
sf_must_ok(struct sf_trial *t, const char *what)
{
	bool beyond = t->beyond[0] != '\0';

	if (t->reply == SF_R_NO && !t->declared && sf_fail_refused(t, what))
		return false;
	if (t->reply == SF_R_NO && beyond)
		sf_record(t, "%s: refused (%s)%s", t->beyond, t->reason,
		    t->declared ? "" : "; the documents set no rule");
	else if (t->reply == SF_R_NO) {
		sf_habit_blame(t, SF_EXPECTED_OK);
		sf_fail(t, "must succeed: %s; refused (%s)", what, t->reason);
	}
	return t->reply == SF_R_OK;
}

bool
sf_must_no(struct sf_trial *t, const char *what)
{
	if (t->reply == SF_R_OK) {
		sf_habit_blame(t, SF_EXPECTED_NO);
		sf_fail(t, "must be refused: %s; it was taken", what);
	}
	return t->reply == SF_R_NO;
}

void
sf_must_octets(struct sf_trial *t, const char *key, struct sf_bytes want)
{
	struct sf_bytes got;
	size_t at = 0;
	char had[48] = "nothing", should[48] = "nothing";

	if (!sf_take_hex(t, key, &got))
		return;
	if (got.n == want.n &&
	    (want.n == 0 || memcmp(got.p, want.p, want.n) == 0))
		return;
	sf_habit_blame(t, SF_EXPECTED_OCTETS);
	while (at < got.n && at < want.n && got.p[at] == want.p[at])
		at++;
	for (size_t i = 0; i < 8 && at + i < got.n; i++)
		snprintf(
		    had + 2 * i, sizeof(had) - 2 * i, "%02x", got.p[at + i]);
	for (size_t i = 0; i < 8 && at + i < want.n; i++)
		snprintf(should + 2 * i, sizeof(should) - 2 * i, "%02x",
		    want.p[at + i]);
	sf_fail(t,
	    "%s: expected %zu octets, got %zu; from octet %zu on expected %s, "
	    "got %s",
	    key, want.n, got.n, at, should, had);
}

void
sf_must_u64(struct sf_trial *t, const char *key, uint64_t want)
{
	uint64_t got;

	if (sf_take_u64(t, key, &got) && got != want)
		sf_fail(t, "%s: expected %llu, got %llu", key,
		    (unsigned long long)want, (unsigned long long)got);
}
