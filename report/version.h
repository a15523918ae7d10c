/*
 * version.h - what this program calls itself.
 */
#ifndef SF_VERSION_H
#define SF_VERSION_H

#define SF_NAME    "sframe-tool"
#define SF_VERSION "0.1.0"

#ifndef SF_COMMIT
#define SF_COMMIT "unknown" /* the build may say -DSF_COMMIT='"..."' */
#endif

#endif
