/*
 * cmd_completion.c - completion scripts, made from the tables of opt.c.
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "report/version.h"

/* Shell function names have no dash. */
#define FUNCTION "_sframe_tool"

static void
put_commands(const char *before, const char *after)
{
	for (unsigned i = 0; i < SF_COMMANDS; i++)
		printf("%s%s%s", before, sf_commands[i].name, after);
	printf("%shelp%s", before, after);
}

static bool
has_words(const struct sf_option *o)
{
	return sf_option_word(o, 0) != NULL;
}

static bool
is_file(const struct sf_option *o)
{
	return o->arg != NULL && strcmp(o->arg, "FILE") == 0;
}

/* Files come behind the word that a command may take first. */
static bool
takes_files(const struct sf_command_row *row)
{
	return strcmp(row->operands, "CAPTURE...") == 0 ||
	       strcmp(row->operands, "ACTION...") == 0;
}

static void
put_words(const struct sf_option *o)
{
	const char *word;

	for (unsigned i = 0; (word = sf_option_word(o, i)) != NULL; i++)
		printf("%s%s", i == 0 ? "" : " ", word);
}

/* Text inside single quotes of a shell. */
static void
put_quoted(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*s);
}

/* ---- bash ---------------------------------------------------------------- */

static void
bash_values(void)
{
	fputs("\tcase $prev in\n", stdout);
	for (const struct sf_option *o = sf_options; o->name != NULL; o++) {
		if (o->arg == NULL)
			continue;
		printf("\t--%s", o->name);
		if (o->letter != 0)
			printf("|-%c", o->letter);
		if (is_file(o)) {
			fputs(") compopt -o filenames; COMPREPLY=($(compgen -f "
			      "-- \"$cur\")); return;;\n",
			    stdout);
		} else {
			fputs(") COMPREPLY=($(compgen -W '", stdout);
			put_words(o);
			fputs("' -- \"$cur\")); return;;\n", stdout);
		}
	}
	fputs("\tesac\n", stdout);
}

static void
bash_options(void)
{
	fputs("\tcase ${COMP_WORDS[1]} in\n", stdout);
	for (unsigned i = 0; i < SF_COMMANDS; i++) {
		printf("\t%s) options='", sf_commands[i].name);
		for (const struct sf_option *o = sf_options; o->name; o++)
			if (sf_option_of(o, (enum sf_command)i))
				printf("--%s ", o->name);
		printf("' words='%s'", sf_commands[i].words);
		printf(" files=%s;;\n",
		    takes_files(&sf_commands[i]) ? "yes" : "");
	}
	fputs("\tesac\n", stdout);
}

static void
put_bash(void)
{
	fputs("# bash completion for " SF_NAME "\n" FUNCTION "()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
	      "prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal options= words= files=\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W '",
	    stdout);
	put_commands("", " ");
	fputs("' -- \"$cur\"))\n\t\treturn\n\tfi\n", stdout);
	bash_values();
	bash_options();
	fputs("\tif [ \"${cur#-}\" != \"$cur\" ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	      "\telif [ -n \"$words\" ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\telif [ -n \"$files\" ]; then\n"
	      "\t\tcompopt -o filenames\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	      "\telse\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\tfi\n"
	      "}\n"
	      "complete -F " FUNCTION " " SF_NAME "\n",
	    stdout);
}

/* ---- zsh ----------------------------------------------------------------- */

static void
zsh_option(const struct sf_option *o)
{
	if (o->letter != 0)
		printf(" \\\n\t\t\t'(-%c --%s)'{-%c,--%s}'[", o->letter,
		    o->name, o->letter, o->name);
	else
		printf(" \\\n\t\t\t'--%s[", o->name);
	put_quoted(o->help);
	putchar(']');
	if (o->arg != NULL)
		printf(":%s:", o->arg);
	if (is_file(o))
		fputs("_files", stdout);
	else if (has_words(o)) {
		putchar('(');
		put_words(o);
		putchar(')');
	}
	putchar('\'');
}

static void
zsh_command(enum sf_command i)
{
	const struct sf_command_row *row = &sf_commands[i];

	printf("\t\t%s)\n\t\t\t_arguments -S", row->name);
	for (const struct sf_option *o = sf_options; o->name != NULL; o++)
		if (sf_option_of(o, i))
			zsh_option(o);
	if (row->words[0] != '\0')
		printf(" \\\n\t\t\t'1:%s:(%s)'", row->operands, row->words);
	if (takes_files(row))
		fputs(" \\\n\t\t\t'*:file:_files'", stdout);
	fputs("\n\t\t\t;;\n", stdout);
}

static void
put_zsh(void)
{
	fputs("#compdef " SF_NAME "\n\n" FUNCTION "() {\n"
	      "\tlocal -a commands\n\tcommands=(\n",
	    stdout);
	for (unsigned i = 0; i < SF_COMMANDS; i++) {
		printf("\t\t'%s:", sf_commands[i].name);
		put_quoted(sf_commands[i].summary);
		fputs("'\n", stdout);
	}
	fputs("\t\t'help:the commands'\n\t)\n"
	      "\tif (( CURRENT == 2 )); then\n"
	      "\t\t_describe command commands\n\t\treturn\n\tfi\n"
	      "\tlocal command=$words[2]\n"
	      "\tshift words\n\t(( CURRENT-- ))\n"
	      "\tcase $command in\n",
	    stdout);
	for (unsigned i = 0; i < SF_COMMANDS; i++)
		zsh_command((enum sf_command)i);
	fputs("\tesac\n}\n\ncompdef " FUNCTION " " SF_NAME "\n", stdout);
}

/* ---- fish ---------------------------------------------------------------- */

static void
fish_option(const struct sf_option *o, enum sf_command i)
{
	printf("complete -c " SF_NAME
	       " -n '__fish_seen_subcommand_from %s' -l %s",
	    sf_commands[i].name, o->name);
	if (o->letter != 0)
		printf(" -s %c", o->letter);
	if (is_file(o)) {
		fputs(" -r -F", stdout);
	} else if (o->arg != NULL) {
		fputs(" -x", stdout);
		if (has_words(o)) {
			fputs(" -a '", stdout);
			put_words(o);
			putchar('\'');
		}
	}
	fputs(" -d '", stdout);
	put_quoted(o->help);
	fputs("'\n", stdout);
}

static void
fish_command(enum sf_command i)
{
	const struct sf_command_row *row = &sf_commands[i];

	printf("complete -c " SF_NAME " -n __fish_use_subcommand -f -a %s -d '",
	    row->name);
	put_quoted(row->summary);
	fputs("'\n", stdout);
	for (const struct sf_option *o = sf_options; o->name != NULL; o++)
		if (sf_option_of(o, i))
			fish_option(o, i);
	if (takes_files(row) && row->words[0] == '\0')
		return;
	printf("complete -c " SF_NAME
	       " -n '__fish_seen_subcommand_from %s'%s -a '%s'\n",
	    row->name, takes_files(row) ? "" : " -f", row->words);
}

static void
put_fish(void)
{
	fputs("# fish completion for " SF_NAME "\n", stdout);
	for (unsigned i = 0; i < SF_COMMANDS; i++)
		fish_command((enum sf_command)i);
}

enum sf_exit
sf_cmd_completion(const struct sf_config *c)
{
	const char *shell = c->operands.v[0];

	if (strcmp(shell, "bash") == 0)
		put_bash();
	else if (strcmp(shell, "zsh") == 0)
		put_zsh();
	else if (strcmp(shell, "fish") == 0)
		put_fish();
	else {
		sf_complain(NULL, "completion: SHELL is bash, zsh or fish");
		return SF_EXIT_USAGE;
	}
	return SF_EXIT_OK;
}
