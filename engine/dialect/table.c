#include "engine/dialect/dialect.h"

#include <string.h>

static const struct sf_dialect_row rows[SF_DIALECTS] = {
	{ 0 },
#define DIALECT(id, name, who, told, lacks, opened)                            \
	{ name, who, told, lacks, opened },
#include "engine/dialect/dialects.def"
#undef DIALECT
};

const struct sf_dialect_row *
sf_dialect_row(enum sf_dialect d)
{
	return d == SF_DIALECT_NONE ? NULL : &rows[d];
}

const char *
sf_dialect_name(enum sf_dialect d)
{
	return rows[d].name;
}

enum sf_dialect
sf_dialect_by_name(const char *name)
{
	for (unsigned i = 1; i < SF_DIALECTS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (enum sf_dialect)i;
	return SF_DIALECT_NONE;
}

bool
sf_dialect_is_rfc9605(enum sf_dialect d)
{
	return d == SF_DIALECT_RFC9605 || d == SF_DIALECT_RFC9605_PREFIXED ||
	       d == SF_DIALECT_RTP_SFRAME;
}

bool
sf_dialect_is_other(enum sf_dialect d)
{
	return d != SF_DIALECT_NONE && rows[d].lacks[0] != '\0';
}

bool
sf_dialect_shares_kids(enum sf_dialect d)
{
	return sf_dialect_is_rfc9605(d) || d == SF_DIALECT_SFRAME_JS ||
	       d == SF_DIALECT_SFRAME_DRAFT;
}
