/*
 * cmd_version.c - what this is, and what it stands on.
 */
#include "cli/cmd.h"
#include "cli/run.h"
#include "report/emit.h"
#include "report/version.h"

enum sf_exit
sf_cmd_version(const struct sf_config *c)
{
	struct sf_tool_info tool = sf_run_tool();
	struct sf_emit e = sf_emit(stdout, true);

	if (c->format != SF_FORMAT_JSON) {
		printf(SF_NAME " " SF_VERSION " (commit %s)\n", sf_commit);
		if (tool.openssl != NULL)
			printf("%s\n", tool.openssl);
		if (tool.libpcap != NULL)
			printf("%s\n", tool.libpcap);
		return SF_EXIT_OK;
	}
	sf_emit_open(&e, NULL, '{');
	sf_emit_string(&e, "name", SF_NAME);
	sf_emit_string(&e, "version", SF_VERSION);
	sf_emit_string(&e, "commit", sf_commit);
	sf_emit_string(&e, "openssl", tool.openssl);
	sf_emit_string(&e, "libpcap", tool.libpcap);
	sf_emit_close(&e, '{');
	sf_emit_end(&e);
	return SF_EXIT_OK;
}
