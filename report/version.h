/*
 * version.h - what this program calls itself.
 */
#ifndef SF_VERSION_H
#define SF_VERSION_H

#define SF_NAME    "sframe-tool"
#define SF_VERSION "0.1.0"

/* The commit that it was built from, with "+" where files differed from it;
   "unknown" where nobody says. */
extern const char sf_commit[];

#endif
