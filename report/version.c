#include "report/version.h"

#ifndef SF_COMMIT
#define SF_COMMIT "unknown"
#endif

const char sf_commit[] = SF_COMMIT;
