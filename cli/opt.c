/*
 * opt.c - the commands and their options, as tables over getopt_long.
 */
#include "cli/opt.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/escape.h"
#include "report/version.h"

#define LEAST_MEMORY ((uint64_t)8 << 20)

const struct sf_command_row sf_commands[SF_COMMANDS] = {
#define COMMAND(name, operands, words, summary)                                \
	{ #name, operands, words, summary },
#include "cli/commands.def"
#undef COMMAND
};

#define ON(name) (1u << SF_CMD_##name)
#define CAPTURES (ON(check) | ON(decode) | ON(keys) | ON(compare))
#define READ     (CAPTURES | ON(unwrap))
#define JUDGED   (ON(check) | ON(keys))
#define VERDICT  (JUDGED | ON(compare))
#define FRAMES   (ON(seal) | ON(open))
#define ALL      ((1u << SF_COMMANDS) - 1)

/* clang-format off */
/* The kind of an option follows from the member that it sets. */
#define OPT(member, name, letter, commands, arg, help)                     \
	{ name, letter,                                                    \
	    _Generic(((struct sf_config *)0)->member,                      \
	    bool: SF_OPT_FLAG,                                             \
	    uint64_t: SF_OPT_SIZE,                                         \
	    const char *: SF_OPT_TEXT,                                     \
	    struct sf_texts: SF_OPT_TEXTS,                                 \
	    enum sf_format: SF_OPT_FORMAT,                                 \
	    enum sf_severity: SF_OPT_SEVERITY,                             \
	    enum sf_colour: SF_OPT_COLOUR,                                 \
	    struct sf_kid_option: SF_OPT_KID,                              \
	    struct sf_number: SF_OPT_NUMBER),                              \
	    offsetof(struct sf_config, member), commands, arg, help }

const struct sf_option sf_options[] = {
	OPT(operands, "read", 'r', READ, "FILE",
	    "one more capture; - is standard input"),
	OPT(filter, "filter", 'f', READ, "BPF",
	    "look only at packets that this capture filter lets through"),
	OPT(sdp, "sdp", 0, READ, "FILE",
	    "a session description of the call; may be given again"),
	OPT(keys, "keys", 0, CAPTURES | FRAMES, "FILE",
	    "the key file; - is standard input, fd:N an open descriptor"),
	OPT(policy, "policy", 0, JUDGED, "POLICY",
	    "what to demand: default, strict, audit-e2ee or a file"),
	OPT(state, "state", 0, ON(check), "FILE",
	    "keeps which keys counted how far, to find reuse between captures"),
	OPT(events, "events", 0, JUDGED, "FILE",
	    "joins and leaves of the call: time,participant,event"),
	OPT(srtp_keys, "srtp-keys", 0, READ, "FILE",
	    "keys to remove SRTP with; those of a=crypto come with --sdp"),
	OPT(keylog, "keylog", 0, READ, "FILE",
	    "secrets of DTLS handshakes (SSLKEYLOGFILE), to remove SRTP with"),
	OPT(key_id, "kid", 0, ON(seal), "KID",
	    "the key id to seal under"),
	OPT(ctr, "ctr", 0, ON(seal), "CTR",
	    "the counter; never the same twice under one key"),
	OPT(ssrc, "ssrc", 0, FRAMES, "SSRC",
	    "of the stream, for keys that belong to one"),
	OPT(metadata, "metadata", 0, CAPTURES | FRAMES, "HEX",
	    "octets authenticated with each frame, and not sent"),
	OPT(seconds, "seconds", 0, ON(bench), "N",
	    "how long to measure, 1 to 3600; without it 8"),
	OPT(format, "format", 0, CAPTURES | ON(conform), "FORMAT",
	    "text or json; also jsonl, csv, junit or html where there is such"),
	OPT(json, "json", 0,
	    CAPTURES | FRAMES | ON(header) | ON(bench) | ON(vectors) | ON(version) | ON(conform), NULL,
	    "the same as --format json"),
	OPT(write, "write", 'w', ON(unwrap), "FILE",
	    "write the capture to FILE; - is standard output"),
	OPT(output, "output", 'o', CAPTURES | ON(vectors) | ON(conform), "FILE",
	    "write to a file and not to standard output"),
	OPT(fail_on, "fail-on", 0, VERDICT, "SEVERITY",
	    "the least severity that fails: note, warning, error or critical"),
	OPT(allow_inconclusive, "allow-inconclusive", 0, VERDICT, NULL,
	    "exit 0 and not 4 when nothing could be decided"),
	OPT(kid, "kid-scheme", 0, JUDGED | FRAMES, "SCHEME",
	    "how KIDs are made: raw, sender:R or mls:E,S (bits)"),
	OPT(per_ssrc_keys, "per-ssrc-keys", 0, JUDGED | FRAMES, NULL,
	    "every SSRC has keys of its own"),
	OPT(jobs, "jobs", 0, CAPTURES | ON(conform), "N",
	    "threads to use; without it as many as there are processors"),
	OPT(max_memory, "max-memory", 0, READ, "SIZE",
	    "memory of a run, such as 64M; 8M at least"),
	OPT(colour, "color", 0, CAPTURES | ON(header), "WHEN",
	    "auto, always or never"),
	OPT(quiet, "quiet", 'q', READ, NULL,
	    "say less: verdict and findings, frames without a heading"),
	OPT(verbose, "verbose", 'v', CAPTURES | ON(conform), NULL,
	    "say more: evidence and every interval, headers bit by bit"),
	OPT(suite, "suite", 0, FRAMES | ON(vectors), "SUITE",
	    "the cipher suite: its number or name; of vectors also all"),
	OPT(seed, "seed", 0, ON(vectors) | ON(conform), "NUMBER",
	    "what the octets of vectors and cases follow from; without it 9605"),
	OPT(conform.quick, "quick", 0, ON(conform), NULL,
	    "a part of the cases, for a commit hook"),
	OPT(conform.list, "list", 0, ON(conform), NULL,
	    "the cases, with what each asks for; no COMMAND is run"),
	OPT(conform.cases, "case", 0, ON(conform), "ID",
	    "only this case; * stands for anything; may be given again"),
	OPT(conform.tag, "tag", 0, ON(conform), "TAG",
	    "only one part: known, header, frames, metadata, keys, ..."),
	OPT(conform.known, "known", 0, ON(conform), "FILE",
	    "results that are expected: id or glob, verdict, reason"),
	OPT(conform.require, "require", 0, ON(conform), "CAPS",
	    "capabilities that the shim must declare, commas between"),
	OPT(conform.min_cases, "min-cases", 0, ON(conform), "N",
	    "fail when fewer cases than these were exercised"),
	OPT(conform.timing, "timing", 0, ON(conform), NULL,
	    "the cases that measure time as well"),
	OPT(conform.pipeline, "pipeline", 0, ON(conform), NULL,
	    "each case once more, 64 requests at a time without waiting"),
	OPT(conform.isolate, "isolate", 0, ON(conform), NULL,
	    "a process for each case"),
	OPT(conform.keep_going, "keep-going", 0, ON(conform), NULL,
	    "go on after 50 cases that were not answered in time"),
	OPT(conform.timeout_scale, "timeout-scale", 0, ON(conform), "N",
	    "wait N times as long, for emulators and sanitizers"),
	OPT(conform.shim_memory, "shim-memory", 0, ON(conform), "SIZE",
	    "limit of the address space of COMMAND, such as 512M"),
	OPT(conform.matrix, "matrix", 0, ON(conform), NULL,
	    "a page of requirements by implementations out of JSON results"),
	OPT(conform.fuzz, "fuzz", 0, ON(conform), "TIME",
	    "random scripts beside our own library, for 60s, 5m or 1h"),
	OPT(conform.against, "against", 0, ON(conform), "COMMAND",
	    "of --fuzz: another shim to compare with, words split at blanks"),
	OPT(conform.peers, "peer", 0, ON(conform), "COMMAND",
	    "a shim that seals for and opens from others and us; again for more"),
	OPT(conform.found, "found", 0, ON(conform), "FOLDER",
	    "of --fuzz: where scripts that show a difference are kept"),
	OPT(markdown, "markdown", 0, ON(list), NULL,
	    "the findings as a page of documentation"),
	OPT(help, "help", 'h', ALL, NULL,
	    "this text"),
	{ .name = NULL }
};
/* clang-format on */

#define N_OPTIONS (sizeof(sf_options) / sizeof(sf_options[0]) - 1)

/* In the order of their enumerators. */
static const char *const formats[] = { "text", "json", "jsonl", "csv", "junit",
	"html", NULL };
static const char *const severities[] = { "note", "warning", "error",
	"critical", NULL };
static const char *const colours[] = { "auto", "always", "never", NULL };

static const char *const *
words_of(enum sf_option_kind kind)
{
	switch (kind) {
	case SF_OPT_FORMAT:
		return formats;
	case SF_OPT_SEVERITY:
		return severities;
	case SF_OPT_COLOUR:
		return colours;
	case SF_OPT_FLAG:
	case SF_OPT_SIZE:
	case SF_OPT_TEXT:
	case SF_OPT_TEXTS:
	case SF_OPT_KID:
	case SF_OPT_NUMBER:
		break;
	}
	return NULL;
}

const char *
sf_option_word(const struct sf_option *o, unsigned i)
{
	const char *const *words = words_of(o->kind);

	return words == NULL ? NULL : words[i];
}

bool
sf_option_of(const struct sf_option *o, enum sf_command command)
{
	return (o->commands >> command & 1) != 0;
}

enum sf_command
sf_command_find(const char *name)
{
	unsigned i = 0;

	while (i < SF_COMMANDS && strcmp(sf_commands[i].name, name) != 0)
		i++;
	return (enum sf_command)i;
}

/* ---- values -------------------------------------------------------------- */

/* A decimal number of digits only, at most max; *end is what follows. */
static bool
read_number(const char *s, uint64_t max, uint64_t *out, const char **end)
{
	uint64_t v = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	*end = p;
	return p != s;
}

/* All of s: decimal, or hexadecimal behind 0x. */
static bool
read_whole(const char *s, struct sf_number *out)
{
	const char *end;
	uint64_t v = 0;

	if (s[0] != '0' || (s[1] != 'x' && s[1] != 'X')) {
		out->given =
		    read_number(s, UINT64_MAX, &out->v, &end) && *end == '\0';
		return out->given;
	}
	s += 2;
	if (*s == '\0' || strspn(s, "0123456789abcdefABCDEF") != strlen(s))
		return false;
	for (; *s != '\0'; s++) {
		unsigned digit =
		    (unsigned)(*s <= '9' ? *s - '0' : (*s | 0x20) - 'a' + 10);

		if (v >> 60 != 0)
			return false;
		v = v << 4 | digit;
	}
	*out = (struct sf_number){ true, v };
	return true;
}

static bool
read_size(const char *s, uint64_t *out)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	uint64_t v;
	unsigned shift = 0;

	if (!read_number(s, UINT64_MAX, &v, &end))
		return false;
	if (*end != '\0') {
		unit = strchr(units, *end & ~0x20);
		if (unit == NULL || end[1] != '\0')
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (v > SIZE_MAX >> shift || v << shift < LEAST_MEMORY)
		return false;
	*out = v << shift;
	return true;
}

static bool
read_bits(const char *s, char stop, unsigned *bits, const char **end)
{
	uint64_t v;

	if (!read_number(s, 63, &v, end) || **end != stop)
		return false;
	*bits = (unsigned)v;
	return true;
}

static bool
read_kid_scheme(const char *s, struct sf_kid_option *out)
{
	struct sf_kid_option k = { .scheme = SF_KID_RAW };
	const char *end;

	if (strcmp(s, "raw") == 0) {
		*out = k;
		return true;
	}
	if (strncmp(s, "sender:", 7) == 0) {
		k.scheme = SF_KID_SENDER;
		if (!read_bits(s + 7, '\0', &k.a, &end))
			return false;
	} else if (strncmp(s, "mls:", 4) == 0) {
		k.scheme = SF_KID_MLS;
		if (!read_bits(s + 4, ',', &k.a, &end) ||
		    !read_bits(end + 1, '\0', &k.b, &end))
			return false;
		if (k.a == 0 || k.b == 0 || k.a + k.b > 64)
			return false;
	} else {
		return false;
	}
	*out = k;
	return true;
}

static bool
read_word(const char *const *words, const char *s, unsigned *out)
{
	for (unsigned i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], s) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static bool
add_text(struct sf_texts *t, const char *s)
{
	if (t->n == SF_TEXTS_MAX)
		return false;
	t->v[t->n++] = s;
	return true;
}

/* Gives the member of an option its value. */
static bool
set_value(struct sf_config *c, const struct sf_option *o, const char *value)
{
	void *member = (char *)c + o->at;
	unsigned word = 0;
	const char *const *words = words_of(o->kind);

	if (words != NULL && !read_word(words, value, &word))
		return false;
	switch (o->kind) {
	case SF_OPT_FLAG:
		*(bool *)member = true;
		return true;
	case SF_OPT_SIZE:
		return read_size(value, member);
	case SF_OPT_TEXT:
		*(const char **)member = value;
		return value[0] != '\0';
	case SF_OPT_TEXTS:
		return value[0] != '\0' && add_text(member, value);
	case SF_OPT_FORMAT:
		*(enum sf_format *)member = (enum sf_format)word;
		return true;
	case SF_OPT_SEVERITY:
		*(enum sf_severity *)member = (enum sf_severity)word;
		return true;
	case SF_OPT_COLOUR:
		*(enum sf_colour *)member = (enum sf_colour)word;
		return true;
	case SF_OPT_KID:
		return read_kid_scheme(value, member);
	case SF_OPT_NUMBER:
		return read_whole(value, member);
	}
	return false;
}

/* ---- the argument list --------------------------------------------------- */

#define FIRST_LONG 256 /* values getopt_long gives back for rows */

struct getopt_tables {
	char letters[2 + 2 * N_OPTIONS + 1];
	struct option names[N_OPTIONS + 1];
};

static void
fill_tables(struct getopt_tables *t, enum sf_command command)
{
	size_t at = 0, n = 0;

	*t = (struct getopt_tables){ .letters = "" };
	t->letters[at++] = '-'; /* operands come in their place, as option 1 */
	t->letters[at++] = ':'; /* a missing argument is ':' and not '?' */
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct sf_option *o = &sf_options[i];

		if (!sf_option_of(o, command))
			continue;
		t->names[n++] = (struct option){ o->name,
			o->arg == NULL ? no_argument : required_argument, NULL,
			FIRST_LONG + (int)i };
		if (o->letter == 0)
			continue;
		t->letters[at++] = (char)o->letter;
		if (o->arg != NULL)
			t->letters[at++] = ':';
	}
}

/* The row that getopt_long means, by letter or by place; else NULL. */
static const struct sf_option *
row_of(int got)
{
	if (got >= FIRST_LONG && got < FIRST_LONG + (int)N_OPTIONS)
		return &sf_options[got - FIRST_LONG];
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (got > 1 && sf_options[i].letter == got)
			return &sf_options[i];
	return NULL;
}

static void
safe(char out[80], const char *s)
{
	sf_escape_copy(out, 80, sf_bytes(s, strlen(s)), SF_ESCAPE_TEXT);
}

static void
name_letter(char out[80], int letter)
{
	char s[3] = { '-', (char)letter, '\0' };

	safe(out, s);
}

static bool
say(char message[SF_OPT_MESSAGE], const char *what, const char *word)
{
	snprintf(message, SF_OPT_MESSAGE, "%s %s", what, word);
	return false;
}

static bool
say_unknown(char message[SF_OPT_MESSAGE], char **argv)
{
	char name[80];

	if (optopt > 0 && optopt < FIRST_LONG)
		name_letter(name, optopt);
	else
		safe(name, argv[optind - 1]);
	if (optopt >= FIRST_LONG)
		return say(message, "this option takes no value:", name);
	return say(message, "there is no option", name);
}

static bool
say_missing(char message[SF_OPT_MESSAGE], char **argv)
{
	char name[80];

	if (optopt > 0 && optopt < FIRST_LONG)
		name_letter(name, optopt);
	else
		safe(name, argv[optind - 1]);
	return say(message, "a value is missing after", name);
}

static bool
say_bad(
    char message[SF_OPT_MESSAGE], const struct sf_option *o, const char *value)
{
	char word[80];

	safe(word, value);
	snprintf(message, SF_OPT_MESSAGE, "--%s cannot be '%s': %s", o->name,
	    word, o->help);
	return false;
}

/* "A B" is two operands, "FILE..." any number, "" none. */
static unsigned
most_operands(const char *operands)
{
	unsigned n = operands[0] != '\0';

	if (strstr(operands, "...") != NULL)
		return SF_TEXTS_MAX;
	for (const char *p = operands; *p != '\0'; p++)
		n += *p == ' ';
	return n;
}

static bool
say_operands(char message[SF_OPT_MESSAGE], const struct sf_config *c)
{
	const struct sf_command_row *row = &sf_commands[c->command];
	unsigned most = most_operands(row->operands);
	unsigned least = row->operands[0] == '[' ? 0
			 : most == SF_TEXTS_MAX  ? 1
						 : most;
	char word[80];

	if (c->operands.n < least)
		return say(message, "missing:", row->operands);
	if (c->operands.n > most) {
		safe(word, c->operands.v[most]);
		return say(message, "one too many:", word);
	}
	return true;
}

/* The commands that write a format; text and json all do. */
static bool
writes(enum sf_command command, enum sf_format f)
{
	static const unsigned who[] = {
		[SF_FORMAT_TEXT] = ALL,
		[SF_FORMAT_JSON] = ALL,
		[SF_FORMAT_JSONL] = ON(check) | ON(decode),
		[SF_FORMAT_CSV] = ON(keys),
		[SF_FORMAT_JUNIT] = ON(conform),
		[SF_FORMAT_HTML] = ON(conform),
	};

	return (who[f] >> command & 1) != 0;
}

static bool
say_format(char message[SF_OPT_MESSAGE], const struct sf_config *c)
{
	snprintf(message, SF_OPT_MESSAGE, "%s does not write %s",
	    sf_commands[c->command].name, formats[c->format]);
	return false;
}

static struct sf_config
defaults(enum sf_command command)
{
	return (struct sf_config){
		.command = command,
		.fail_on = SF_ERROR,
		.max_memory = SF_DEFAULT_MEMORY,
	};
}

bool
sf_opt_parse(struct sf_config *out, enum sf_command command, int argc,
    char **argv, char message[SF_OPT_MESSAGE])
{
	struct getopt_tables t;
	int got;

	*out = defaults(command);
	fill_tables(&t, command);
	optind = 0; /* glibc and musl: begin anew */
	opterr = 0;
	while (
	    (got = getopt_long(argc, argv, t.letters, t.names, NULL)) != -1) {
		const struct sf_option *o = row_of(got);

		if (got == 1) {
			if (!add_text(&out->operands, optarg))
				return say(message, "too many:", "operands");
		} else if (got == ':') {
			return say_missing(message, argv);
		} else if (o == NULL) {
			return say_unknown(message, argv);
		} else if (!set_value(out, o, optarg)) {
			return say_bad(message, o, optarg);
		}
	}
	for (; optind < argc; optind++)
		if (!add_text(&out->operands, argv[optind]))
			return say(message, "too many:", "operands");
	if (out->json)
		out->format = SF_FORMAT_JSON;
	if (!out->help && !writes(command, out->format))
		return say_format(message, out);
	return out->help || say_operands(message, out);
}

/* ---- help ---------------------------------------------------------------- */

void
sf_opt_help(FILE *f)
{
	fputs(
	    "usage: " SF_NAME " COMMAND [OPTION...] [OPERAND...]\n"
	    "\n"
	    "Tells from a capture whether a call is encrypted end to end with "
	    "SFrame (RFC 9605).\n"
	    "\n",
	    f);
	for (unsigned i = 0; i < SF_COMMANDS; i++)
		fprintf(f, "  %-10s  %-12s  %s\n", sf_commands[i].name,
		    sf_commands[i].operands, sf_commands[i].summary);
	fputs("\n"
	      "Options of a command: " SF_NAME " COMMAND --help. Exit status: "
	      "0 nothing found,\n"
	      "1 findings, 2 wrong use, 3 an input could not be read, "
	      "4 inconclusive,\n"
	      "5 a limit was reached or the program failed.\n",
	    f);
}

static void
put_option(FILE *f, const struct sf_option *o)
{
	char text[64];

	snprintf(text, sizeof(text), "--%s%s%s", o->name, o->arg ? " " : "",
	    o->arg ? o->arg : "");
	if (o->letter != 0)
		fprintf(f, "  -%c, %-21s  %s\n", o->letter, text, o->help);
	else
		fprintf(f, "      %-21s  %s\n", text, o->help);
}

void
sf_opt_usage(FILE *f, enum sf_command command)
{
	const struct sf_command_row *row = &sf_commands[command];

	fprintf(f, "usage: " SF_NAME " %s [OPTION...]%s%s\n\n", row->name,
	    row->operands[0] == '\0' ? "" : " ", row->operands);
	fprintf(f, "%s.\n\n", row->summary);
	for (const struct sf_option *o = sf_options; o->name != NULL; o++)
		if (sf_option_of(o, command))
			put_option(f, o);
}

unsigned
sf_config_jobs(const struct sf_config *c)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (c->jobs.given)
		return c->jobs.v < UINT_MAX ? (unsigned)c->jobs.v : UINT_MAX;
	return processors > 1 ? (unsigned)processors : 1;
}
