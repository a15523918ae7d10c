/*
 * run.c - hello, then one case after another, each on the process that the one
 * before left alive; several processes at once when asked.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cli/conform/conform.h"
#include "cli/conform/names.h"
#include "parsers/text/shim_line.h"
#include "report/escape.h"

#define CRASHES  20 /* then a process for each case, if it starts quickly */
#define QUICKLY  20 /* milliseconds */
#define HANGS    50 /* then the run stops, without --keep-going */
#define PATIENCE 3  /* of one family: then the rest of it is left out */
#define JOBS_MAX 64
#define SKIP     89 /* exit status of a shim with nothing to test */

/* Verbs that one may have without saying so: asked for, and lost if not there. */
#define OPTIONAL SF_NEED(RMKEY)

void
sf_case_result_free(struct sf_case_result *r)
{
	free(r->replay);
	free(r->error);
	*r = (struct sf_case_result){ .verdict = SF_V_NOT_RUN };
}

/* ---- hello --------------------------------------------------------------- */

/* Calls take(who, word) for each word of a comma list. */
static void
each_word(struct sf_bytes list, void (*take)(void *who, struct sf_bytes word),
    void *who)
{
	size_t from = 0;

	for (size_t i = 0; i <= list.n; i++)
		if (i == list.n || list.p[i] == ',') {
			if (i > from)
				take(who, sf_bytes(list.p + from, i - from));
			from = i + 1;
		}
}

static void
take_suite(void *who, struct sf_bytes word)
{
	struct sf_shim_info *info = who;
	uint64_t id;

	if (sf_shim_number(word, &id) && id >= 1 && id <= SF_SUITES)
		info->suites |= 1u << id;
}

static void
take_cap(void *who, struct sf_bytes word)
{
	struct sf_shim_info *info = who;

	for (unsigned i = 0; i < SF_CAPS; i++)
		if (sf_shim_is(word, sf_cap_name((enum sf_cap)i)))
			info->caps |= 1u << i;
}

static void
take_policy(void *who, struct sf_bytes word)
{
	struct sf_shim_info *info = who;
	const uint8_t *colon = memchr(word.p, ':', word.n);

	if (colon == NULL)
		return;
	for (unsigned i = 0; i < SF_VECTOR_POLICIES; i++)
		if (sf_shim_is(sf_bytes(word.p, (size_t)(colon - word.p)),
			sf_vector_policy_name((enum sf_vector_policy)i)))
			sf_escape_copy(info->policy[i], sizeof(info->policy[i]),
			    sf_bytes(colon + 1,
				word.n - (size_t)(colon + 1 - word.p)),
			    SF_ESCAPE_TEXT);
}

static void
take_name(struct sf_bytes words, const char *key, char out[64])
{
	struct sf_bytes value;

	snprintf(out, 64, "unnamed");
	if (sf_shim_value(words, key, &value))
		sf_escape_copy(out, 64, value, SF_ESCAPE_TEXT);
}

static void
take_limit(struct sf_bytes words, const char *key, uint64_t *limit)
{
	struct sf_bytes value;

	*limit = UINT64_MAX;
	if (sf_shim_value(words, key, &value))
		(void)sf_shim_number(value, limit);
}

static bool
read_hello(struct sf_conform *r, struct sf_bytes line)
{
	struct sf_shim_info *info = &r->info;
	struct sf_shim_line l;
	struct sf_bytes value;
	struct sf_diag d;
	uint64_t v = 0;

	if (sf_shim_line_parse(&l, line, &d) != SF_OK || l.id != 0 ||
	    !sf_shim_is(l.name, "ok") ||
	    !sf_shim_value(l.payload, "v", &value) ||
	    !sf_shim_number(value, &v) || v != 1)
		return false;
	take_name(l.payload, "name", info->name);
	take_name(l.payload, "version", info->version);
	if (sf_shim_value(l.payload, "suites", &value))
		each_word(value, take_suite, info);
	if (sf_shim_value(l.payload, "caps", &value))
		each_word(value, take_cap, info);
	if (sf_shim_value(l.payload, "policies", &value))
		each_word(value, take_policy, info);
	take_limit(l.payload, "max-frame", &info->max_frame);
	take_limit(l.payload, "max-meta", &info->max_meta);
	take_limit(l.payload, "max-keys", &info->max_keys);
	take_limit(l.payload, "max-kid", &info->max_kid);
	take_limit(l.payload, "max-ctr", &info->max_ctr);
	return info->suites != 0;
}

/* What was said in the place of a reply. */
static void
say_no_reply(struct sf_conform *r, const char *verb, struct sf_bytes line)
{
	struct sf_shim_line l;
	struct sf_diag d;
	char said[160];

	sf_escape_copy(said, sizeof(said), line, SF_ESCAPE_TEXT);
	if (sf_shim_line_parse(&l, line, &d) != SF_OK)
		snprintf(r->trouble, sizeof(r->trouble),
		    "%s was answered with: %s; standard output carries "
		    "replies alone, and logs go to standard error",
		    verb, said);
	else
		snprintf(r->trouble, sizeof(r->trouble),
		    "%s was answered with: %s; expected such as: 0 ok v=1 "
		    "name=x version=1 suites=4,5 caps=seal,open",
		    verb, said);
}

static void
say_end(struct sf_conform *r, const struct sf_child *c, enum sf_child_end e)
{
	char said[200];
	size_t n = c->n_error < 160 ? c->n_error : 160;

	sf_escape_copy(said, sizeof(said),
	    sf_bytes(c->error + c->n_error - n, n), SF_ESCAPE_TEXT);
	if (e == SF_CHILD_EXITED)
		snprintf(r->trouble, sizeof(r->trouble),
		    "it exited with status %d before it answered hello%s%s",
		    c->code, n > 0 ? "; standard error ends with: " : "", said);
	else if (e == SF_CHILD_KILLED)
		snprintf(r->trouble, sizeof(r->trouble),
		    "it was ended by signal %d before it answered hello%s%s",
		    c->code, n > 0 ? "; standard error ends with: " : "", said);
	else
		snprintf(r->trouble, sizeof(r->trouble),
		    "hello was not answered in %.0f seconds by one line "
		    "such as: 0 ok v=1 name=x version=1 suites=4,5 "
		    "caps=seal,open; does it flush its output after each line?",
		    10 * r->o->timeout_scale);
}

/* It answers hello. Does it answer another, in time and in order? A shim that
   falls over at it is let through: that is for the cases to tell. */
static bool
goes_on(struct sf_conform *r, struct sf_child *c)
{
	static const char again[] = "0 hello v=1\n";
	struct sf_bytes reply;
	struct sf_shim_line l;
	struct sf_diag d;

	switch (sf_child_ask(c, sf_bytes(again, sizeof(again) - 1),
	    (unsigned)(5000 * r->o->timeout_scale), &reply)) {
	case SF_CHILD_EXITED:
		if (c->code != 0)
			return true;
		snprintf(r->trouble, sizeof(r->trouble),
		    "it answered hello, and ended: a shim answers one request "
		    "after another, until its input ends or it is told bye");
		return false;
	case SF_CHILD_TIMEOUT:
		snprintf(r->trouble, sizeof(r->trouble),
		    "it answered hello, and not a second one: each "
		    "request gets its reply at once, in order, flushed");
		return false;
	case SF_CHILD_UNASKED:
		snprintf(r->trouble, sizeof(r->trouble),
		    "behind its reply to hello came a line that answers "
		    "nothing: standard output carries replies alone; logs go "
		    "to standard error");
		return false;
	case SF_CHILD_OK:
		if (sf_shim_line_parse(&l, reply, &d) == SF_OK && l.id == 0)
			return true;
		say_no_reply(r, "a second hello", reply);
		return false;
	case SF_CHILD_CLOSED:
	case SF_CHILD_KILLED:
	case SF_CHILD_TOO_BIG:
	case SF_CHILD_TOO_LONG:
	case SF_CHILD_NO_START:
	case SF_CHILD_OURS:
		break;
	}
	return true;
}

enum sf_hello
sf_conform_hello(struct sf_conform *r)
{
	static const char hello[] = "0 hello v=1\n";
	struct sf_child c = { .pid = 0 };
	struct sf_bytes reply;
	enum sf_child_end e;
	enum sf_hello answer = SF_HELLO_WRONG;
	int64_t begun = sf_child_now();

	e = sf_child_start(&c, r->o->argv, r->o->memory);
	if (e != SF_CHILD_OK) {
		snprintf(
		    r->trouble, sizeof(r->trouble), "%s", strerror(c.code));
		sf_child_free(&c);
		return SF_HELLO_NO_START;
	}
	e = sf_child_ask(&c, sf_bytes(hello, sizeof(hello) - 1),
	    (unsigned)(10000 * r->o->timeout_scale), &reply);
	r->starts_quickly = sf_child_now() - begun <= QUICKLY;
	if (e == SF_CHILD_EXITED && c.code == SKIP) {
		answer = SF_HELLO_SKIP;
	} else if (e != SF_CHILD_OK) {
		say_end(r, &c, e);
	} else if (!read_hello(r, reply)) {
		say_no_reply(r, "hello", reply);
	} else if (goes_on(r, &c)) {
		answer = SF_HELLO_OK;
	}
	sf_child_free(&c);
	return answer;
}

/* ---- which cases --------------------------------------------------------- */

/* *, and nothing else, stands for any run of characters. */
static bool
matches(const char *glob, const char *id)
{
	while (*glob != '\0' && *glob != '*')
		if (*glob++ != *id++)
			return false;
	if (*glob == '\0')
		return *id == '\0';
	for (; *id != '\0'; id++)
		if (matches(glob + 1, id))
			return true;
	return matches(glob + 1, id);
}

bool
sf_case_matches(const char *glob, const char *id)
{
	return matches(glob, id);
}

bool
sf_conform_wanted(const struct sf_conform *r, const struct sf_case *c)
{
	const struct sf_conform_options *o = r->o;
	bool named = o->n_names == 0;

	for (unsigned i = 0; i < o->n_names; i++)
		named = named || matches(o->names[i], c->id) ||
			sf_case_is_about(c, o->names[i]);
	return named && (!o->quick || c->quick) &&
	       (!c->measures || o->timing || o->n_names > 0 || o->tag != NULL ||
		   r->info.suites == 0) &&
	       (o->tag == NULL || strcmp(o->tag, c->tag) == 0) &&
	       (c->suite == 0 || r->info.suites == 0 ||
		   (r->info.suites >> c->suite & 1) != 0);
}

/* ---- running ------------------------------------------------------------- */

/* A family whose cases are not answered: the rest of it is not waited for. */
struct hung {
	char family[48];
	unsigned times;
	size_t left_out;
};

#define FAMILIES 64

struct crew {
	struct sf_conform *r;
	pthread_mutex_t lock;
	size_t next;
	unsigned hangs, n_hung;
	struct hung hung[FAMILIES];
};

/* The family of a case among those that hung; NULL when it is not. */
static struct hung *
hung_of(struct crew *w, const char *id, bool add)
{
	char family[48];

	sf_case_family(id, family);
	for (unsigned i = 0; i < w->n_hung; i++)
		if (strcmp(w->hung[i].family, family) == 0)
			return &w->hung[i];
	if (!add || w->n_hung == FAMILIES)
		return NULL;
	w->hung[w->n_hung] = (struct hung){ .times = 0 };
	memcpy(w->hung[w->n_hung].family, family, sizeof(family));
	return &w->hung[w->n_hung++];
}

/* Three of its family were not answered: no case of it is waited for again. */
static bool
is_left_out(struct crew *w, const char *id)
{
	struct hung *h = hung_of(w, id, false);

	if (h == NULL || h->times < PATIENCE || w->r->o->keep_going)
		return false;
	h->left_out++;
	return true;
}

/* The requests as `printf` would send them; NULL when they are too many. */
static char *
replay_of(const struct sf_trial *t)
{
	char *text;

	if (t->log_cut || t->log.n == 0)
		return NULL;
	text = malloc(t->log.n + 1);
	if (text != NULL) {
		memcpy(text, t->log.p, t->log.n);
		text[t->log.n] = '\0';
	}
	return text;
}

/* A capability that was not declared is not asked for. */
static bool
lacks(const struct sf_conform *r, const struct sf_case *c,
    struct sf_case_result *out)
{
	unsigned missing = c->needs & ~r->info.caps & ~OPTIONAL;

	if (missing == 0)
		return false;
	sf_case_result_free(out);
	out->verdict = SF_V_UNSUPPORTED;
	for (unsigned i = 0; i < SF_CAPS; i++)
		if ((missing >> i & 1) != 0) {
			snprintf(out->why, sizeof(out->why), "needs %s",
			    sf_cap_name((enum sf_cap)i));
			break;
		}
	return true;
}

static bool
is_end(enum sf_case_verdict v)
{
	return v == SF_V_CRASH || v == SF_V_TIMEOUT;
}

static void
run_once(
    struct sf_trial *t, const struct sf_case *c, struct sf_case_result *out)
{
	sf_trial_case(t, c, out);
	c->run(t);
	if (t->run->o->pipeline &&
	    (c->needs & (SF_NEED(PARALLEL) | SF_NEED(PERSIST))) == 0)
		sf_trial_pipeline(t);
	if (out->verdict == SF_V_FAIL || is_end(out->verdict))
		out->replay = replay_of(t);
}

/* How the next case is run. */
struct how {
	bool isolate; /* in a process of its own */
	bool once;    /* also when it crashes */
};

/* Once more and alone, after a crash or a hang: is it the case, or was it
   chance, or what came before? */
static void
run_case(struct sf_trial *t, const struct sf_case *c,
    struct sf_case_result *out, const struct how *how)
{
	enum sf_case_verdict first;
	char why[SF_WHY];

	if (how->isolate) {
		sf_child_stop(t->child);
		*t->greeted = false;
	}
	run_once(t, c, out);
	first = out->verdict;
	if (!is_end(first) || how->once)
		return; /* after so many, one more or less is no question */
	memcpy(why, out->why, sizeof(why));
	sf_child_stop(t->child);
	*t->greeted = false;
	run_once(t, c, out);
	if (is_end(out->verdict))
		return;
	out->flaky = true;
	out->verdict = first;
	snprintf(out->why, sizeof(out->why), "%.380s; alone and once more: not",
	    why);
}

/* The next case that is wanted; false at the end. */
static bool
next_case(struct crew *w, size_t *at, struct how *how)
{
	struct sf_conform *r = w->r;
	bool any = false;

	pthread_mutex_lock(&w->lock);
	while (!any && w->next < r->catalogue->n && !r->stopped) {
		const struct sf_case *c = &r->catalogue->cases[w->next];

		*at = w->next++;
		any = sf_conform_wanted(r, c) &&
		      !lacks(r, c, &r->results[*at]) && !is_left_out(w, c->id);
	}
	how->once = r->crashes >= CRASHES;
	how->isolate = r->o->isolate || (how->once && r->starts_quickly);
	pthread_mutex_unlock(&w->lock);
	return any;
}

static void
note(struct crew *w, const char *id, const struct sf_case_result *out)
{
	struct sf_conform *r = w->r;
	struct hung *h;

	pthread_mutex_lock(&w->lock);
	r->done++;
	r->crashes += out->verdict == SF_V_CRASH;
	w->hangs += out->verdict == SF_V_TIMEOUT;
	h = out->verdict == SF_V_TIMEOUT ? hung_of(w, id, true) : NULL;
	if (h != NULL)
		h->times++;
	if (w->hangs >= HANGS && !r->o->keep_going) {
		r->stopped = true;
		snprintf(r->trouble, sizeof(r->trouble),
		    "%u cases were not answered in time; the rest was not run "
		    "(--keep-going runs it)",
		    w->hangs);
	}
	if (out->verdict == SF_V_NOT_RUN) {
		r->stopped = r->failed = true;
		snprintf(r->trouble, sizeof(r->trouble), "%s", out->why);
	}
	pthread_mutex_unlock(&w->lock);
}

static void *
work(void *crew)
{
	struct crew *w = crew;
	struct sf_child child = { .pid = 0 };
	struct sf_trial *t = calloc(1, sizeof(*t));
	bool greeted = false;
	struct how how;
	size_t at;

	if (t == NULL)
		return NULL;
	child.in = child.out = child.err = -1;
	t->run = w->r;
	t->child = &child;
	t->greeted = &greeted;
	while (next_case(w, &at, &how)) {
		run_case(
		    t, &w->r->catalogue->cases[at], &w->r->results[at], &how);
		note(w, w->r->catalogue->cases[at].id, &w->r->results[at]);
	}
	sf_trial_free(t);
	sf_child_free(&child);
	free(t);
	return NULL;
}

bool
sf_conform_run(struct sf_conform *r)
{
	struct crew w = { .r = r };
	pthread_t threads[JOBS_MAX];
	unsigned jobs = r->o->jobs < JOBS_MAX ? r->o->jobs : JOBS_MAX, n = 0;

	r->results = calloc(r->catalogue->n, sizeof(*r->results));
	if (r->results == NULL)
		return false;
	for (size_t i = 0; i < r->catalogue->n; i++)
		r->results[i].verdict = SF_V_NOT_RUN;
	pthread_mutex_init(&w.lock, NULL);
	while (n + 1 < jobs && pthread_create(&threads[n], NULL, work, &w) == 0)
		n++;
	work(&w);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	pthread_mutex_destroy(&w.lock);
	for (unsigned i = 0; i < w.n_hung; i++)
		r->left_out += w.hung[i].left_out;
	return true;
}
