/*
 * The embedded schema/archive as a struct db_schema.
 */
#include "archive/schema.h"

#include "archive_migrations.h"
#include "archive_statements.h"

const struct db_schema *
archive_schema(void)
{
	static struct db_schema schema;

	/* Constant content; filled here because a table's size is no constant expression in C. */
	schema = (struct db_schema){
		.name = "archive",
		.application_id = 0x43504152, /* "CPAR" */
		.migrations = archive_migrations,
		.migration_count = archive_migrations_count,
		.statements = archive_statements,
		.statement_file_count = archive_statements_count,
	};
	return &schema;
}
