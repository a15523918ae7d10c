/*
 * policy.h - a policy as JSON (sframe-tool/policy/v1) in one form: every
 * member, in one order. What is hashed into reports is this text.
 */
#ifndef SF_REPORT_POLICY_H
#define SF_REPORT_POLICY_H

#include <stdio.h>

#include "checks/policy.h"

bool sf_policy_json(FILE *f, const struct sf_policy *p);

#endif
