#include "parsers/parsers.h"
#include "parsers/run.h"

#include <string.h>

const struct sf_parser sf_parsers[] = {
#define PARSER(name, field, reads, ref) { #name, sf_run_##name, reads, ref },
#include "parsers/parsers.def"
#undef PARSER
	{ NULL, NULL, NULL, NULL },
};

const struct sf_parser *
sf_parsers_find(const char *name)
{
	for (const struct sf_parser *p = sf_parsers; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
