#ifndef CASEBOOK_SCHEMA_H
#define CASEBOOK_SCHEMA_H

#include "base/db.h"

/** The schema of cases.db: migrations and statements of schema/casebook. Never freed. */
const struct db_schema *casebook_schema(void);

#endif
