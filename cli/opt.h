/*
 * opt.h - the commands and their options, as tables.
 *
 * The usage text, the completions and the option list of the manual are made
 * from these, or compared with them.
 */
#ifndef SF_OPT_H
#define SF_OPT_H

#include <stdio.h>

#include "checks/checks.h"

enum sf_command {
#define COMMAND(name, operands, words, summary) SF_CMD_##name,
#include "cli/commands.def"
#undef COMMAND
	SF_COMMANDS
};

struct sf_command_row {
	const char *name;
	const char *operands; /* "CAPTURE...", "" when there are none */
	const char *words; /* what an operand can be, blanks between; or "" */
	const char *summary;
};

extern const struct sf_command_row sf_commands[SF_COMMANDS];

/* SF_COMMANDS when there is none of that name. */
enum sf_command sf_command_find(const char *name);

enum sf_format {
	SF_FORMAT_TEXT,
	SF_FORMAT_JSON,
	SF_FORMAT_JSONL,
	SF_FORMAT_CSV,
	SF_FORMAT_JUNIT,
	SF_FORMAT_HTML
};
const char *sf_format_name(enum sf_format f);
enum sf_colour { SF_COLOUR_AUTO, SF_COLOUR_ALWAYS, SF_COLOUR_NEVER };

#define SF_TEXTS_MAX 1024

/* Arguments in their order; borrowed from argv. */
struct sf_texts {
	unsigned n;
	const char *v[SF_TEXTS_MAX];
};

/* raw, sender:R or mls:E,S */
struct sf_kid_option {
	enum sf_kid_scheme scheme;
	unsigned a, b; /* R, or E and S */
};

/* A whole number, decimal or 0x. */
struct sf_number {
	bool given;
	uint64_t v;
};

/* What conform alone asks for. */
struct sf_conform_config {
	bool quick, list, isolate, keep_going, matrix, timing, pipeline;
	struct sf_texts cases; /* ids, or globs */
	struct sf_texts peers; /* commands of shims */
	const char *tag, *require, *known, *fuzz, *against, *found;
	struct sf_number timeout_scale, min_cases;
	uint64_t shim_memory; /* octets, 0: no limit */
};

/* What an argument list says. Members that a command does not know keep their
   defaults. */
struct sf_config {
	enum sf_command command;
	struct sf_texts operands; /* captures of -r among them */
	struct sf_texts sdp;
	const char *filter; /* NULL: none */
	const char *output; /* NULL: standard output */
	const char *write;  /* the capture to make; "-" is standard output */
	const char *suite;  /* a number or a name, or NULL */
	enum sf_format format;
	bool json; /* --json; format says it, too */
	enum sf_severity fail_on;
	bool allow_inconclusive;
	enum sf_colour colour;
	bool quiet, verbose, markdown, help;
	bool rtcp; /* decode: RTCP as well */
	struct sf_kid_option kid;
	bool per_ssrc_keys;
	const char *keys;     /* NULL: none; "-", "fd:N" or the name of a file */
	const char *state;    /* file of earlier captures' uses; NULL: none */
	const char *policy;   /* a shipped name or a file; NULL: default */
	const char *events;   /* file of joins and leaves; NULL: none */
	const char *srtp_keys, *keylog; /* NULL: none; named like keys */
	const char *metadata; /* hex; NULL: as the key file says */
	struct sf_number key_id, ctr, ssrc, seconds, seed, jobs;
	uint64_t max_memory; /* octets */
	struct sf_conform_config conform;
};

enum sf_option_kind {
	SF_OPT_FLAG,
	SF_OPT_SIZE,
	SF_OPT_TEXT,
	SF_OPT_TEXTS,
	SF_OPT_FORMAT,
	SF_OPT_SEVERITY,
	SF_OPT_COLOUR,
	SF_OPT_KID,
	SF_OPT_NUMBER
};

struct sf_option {
	const char *name;
	int letter; /* 0 when there is none */
	enum sf_option_kind kind;
	size_t at;         /* of the member in struct sf_config */
	unsigned commands; /* bit 1 << command for each that takes it */
	const char *arg;   /* name of its argument, NULL for a flag */
	const char *help;
};

/* The table; a row whose name is NULL ends it. */
extern const struct sf_option sf_options[];

bool sf_option_of(const struct sf_option *o, enum sf_command command);

/* Word i that the argument can be; NULL after the last, or when it is free. */
const char *sf_option_word(const struct sf_option *o, unsigned i);

/* Gives the member of an option its value; false when it cannot be that. */
bool sf_option_set(struct sf_config *c, const struct sf_option *o,
    const char *value) SF_MUST_USE;
/* False when there is no more room. */
bool sf_texts_add(struct sf_texts *t, const char *s) SF_MUST_USE;

#define SF_OPT_MESSAGE 256

/*
 * Reads the arguments of a command; argv[0] is its name. Returns false, with a
 * sentence in message, when they are wrong. With --help the rest is not asked.
 */
bool sf_opt_parse(struct sf_config *out, enum sf_command command, int argc,
    char **argv, char message[SF_OPT_MESSAGE]) SF_MUST_USE;

/* All commands, or the options of one. */
void sf_opt_help(FILE *f);
void sf_opt_usage(FILE *f, enum sf_command command);

/* As --jobs says, or one for each processor. */
unsigned sf_config_jobs(const struct sf_config *c);

#endif
