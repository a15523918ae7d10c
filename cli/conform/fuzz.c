#include "cli/conform/fuzz.h"

#include "cli/output.h"

enum sf_exit
sf_conform_fuzz(const struct sf_conform *run, const struct sf_config *c,
    const char *command)
{
	(void)run;
	(void)c;
	sf_complain(command, "not yet");
	return SF_EXIT_INTERNAL;
}
