#ifndef ARCHIVE_SCHEMA_H
#define ARCHIVE_SCHEMA_H

#include "base/db.h"

/** The schema of archive.db: migrations and statements of schema/archive. Never freed. */
const struct db_schema *archive_schema(void);

#endif
