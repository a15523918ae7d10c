/*
 * cmd.h - the subcommands. Each takes what its arguments say, does its work
 * and returns the exit status of the program.
 */
#ifndef SF_CMD_H
#define SF_CMD_H

#include "cli/exit.h"
#include "cli/opt.h"

#define COMMAND(name, operands, words, summary)                                \
	enum sf_exit sf_cmd_##name(const struct sf_config *c);
#include "cli/commands.def"
#undef COMMAND

#endif
