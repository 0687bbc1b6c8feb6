/** What the migrations of the Medusa in `backend/` (1.20) make in an empty schema. */
export const MIGRATIONS = 75;
/** With the list of migrations itself. */
export const TABLES = 100;
export const INDEXES = 297;
export const ENUMS = 29;
