/*
 * opt.c - the commands and their options, as tables over getopt_long.
 */
#include "cli/opt.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "report/escape.h"
#include "report/version.h"

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
	    offsetof(struct sf_config, member), commands, arg, help },

const struct sf_option sf_options[] = {
#include "cli/options.def"
	{ .name = NULL }
};
/* clang-format on */

#define N_OPTIONS (sizeof(sf_options) / sizeof(sf_options[0]) - 1)

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
	    sf_commands[c->command].name,
	    sf_format_name(c->format));
	return false;
}

static struct sf_config
defaults(enum sf_command command)
{
	return (struct sf_config){
		.command = command,
		.fail_on = SF_ERROR,
		.max_memory = command == SF_CMD_compare ? SF_COMPARE_MEMORY
							: SF_DEFAULT_MEMORY,
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
			if (!sf_texts_add(&out->operands, optarg))
				return say(message, "too many:", "operands");
		} else if (got == ':') {
			return say_missing(message, argv);
		} else if (o == NULL) {
			return say_unknown(message, argv);
		} else if (!sf_option_set(out, o, optarg)) {
			return say_bad(message, o, optarg);
		}
	}
	for (; optind < argc; optind++)
		if (!sf_texts_add(&out->operands, argv[optind]))
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
