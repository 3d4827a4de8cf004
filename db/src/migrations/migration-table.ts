/** Where knex keeps the names of applied migrations. */
export const migrationTable = 'schema_migrations';
