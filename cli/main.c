/*
 * main.c - finds the command, runs it, returns its status.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/output.h"
#include "report/version.h"

static enum sf_exit (*const functions[SF_COMMANDS])(
    const struct sf_config *c) = {
#define COMMAND(name, operands, words, summary) sf_cmd_##name,
#include "cli/commands.def"
#undef COMMAND
};

static bool
is_any(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 ||
	       strcmp(word, c) == 0;
}

static enum sf_exit
unknown_command(const char *word)
{
	if (access(word, F_OK) == 0)
		sf_complain(word,
		    "not a command; did you mean: " SF_NAME " check FILE");
	else
		sf_complain(
		    word, "there is no such command; see " SF_NAME " --help");
	return SF_EXIT_USAGE;
}

static enum sf_exit
help(int argc, char **argv)
{
	enum sf_command command;

	if (argc < 3) {
		sf_opt_help(stdout);
		return SF_EXIT_OK;
	}
	command = sf_command_find(argv[2]);
	if (command == SF_COMMANDS)
		return unknown_command(argv[2]);
	sf_opt_usage(stdout, command);
	return SF_EXIT_OK;
}

static enum sf_exit
run_command(enum sf_command command, int argc, char **argv)
{
	struct sf_config c;
	char message[SF_OPT_MESSAGE];

	if (!sf_opt_parse(&c, command, argc, argv, message)) {
		sf_complain(NULL, "%s: %s; see " SF_NAME " %s --help",
		    sf_commands[command].name, message,
		    sf_commands[command].name);
		return SF_EXIT_USAGE;
	}
	if (c.help) {
		sf_opt_usage(stdout, command);
		return SF_EXIT_OK;
	}
	return functions[command](&c);
}

static enum sf_exit
dispatch(int argc, char **argv)
{
	enum sf_command command;

	if (argc < 2) {
		sf_opt_help(stderr);
		return SF_EXIT_USAGE;
	}
	if (is_any(argv[1], "help", "--help", "-h"))
		return help(argc, argv);
	if (is_any(argv[1], "--version", "-V", "version"))
		return run_command(SF_CMD_version, argc - 1, argv + 1);
	command = sf_command_find(argv[1]);
	if (command == SF_COMMANDS)
		return unknown_command(argv[1]);
	return run_command(command, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	enum sf_exit st;
	struct sf_output standard = { .f = stdout };

	/* A reader that has seen enough (| head) ends us without a word, even
	   when whoever started us does not let that signal through. */
	signal(SIGPIPE, SIG_DFL);
	st = dispatch(argc, argv);
	if (!sf_output_close(&standard, true))
		return SF_EXIT_INTERNAL;
	return (int)st;
}
