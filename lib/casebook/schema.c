/*
 * The embedded schema/casebook as a struct db_schema. Statements that write (statements.sql) and
 * that read (queries.sql) are one text here.
 */
#include "casebook/schema.h"

#include "casebook_migrations.h"
#include "casebook_statements.h"

const struct db_schema *
casebook_schema(void)
{
	static struct db_schema schema;

	/* Constant content; filled here because a table's size is no constant expression in C. */
	schema = (struct db_schema){
		.name = "casebook",
		.application_id = 0x43504342, /* "CPCB" */
		.migrations = casebook_migrations,
		.migration_count = casebook_migrations_count,
		.statements = casebook_statements,
		.statement_file_count = casebook_statements_count,
	};
	return &schema;
}
