/** Fixed places in containers. The files that the kit adds to an image or uploads lie in one folder. */
export const KIT_FOLDER = '/opt/medusa-infra';

/** The bundled program that migrates and probes before a release. */
export const PREPARE_SCRIPT_PATH = `${KIT_FOLDER}/prepare.cjs`;
/** The script for keep-alive connections, which `NODE_OPTIONS` loads before the backend (aws). */
export const KEEP_ALIVE_PATH = `${KIT_FOLDER}/keep-alive.cjs`;
/** The script that limits log-ins, which `NODE_OPTIONS` loads before the backend, and its settings next to it (docker). */
export const LOGIN_LIMIT_PATH = `${KIT_FOLDER}/login-limit.cjs`;
export const LOGIN_LIMIT_CONFIG_PATH = `${KIT_FOLDER}/login-limit.json`;
/** The psql script of roles, database, schemas and rights. */
export const PREPARE_SQL_PATH = `${KIT_FOLDER}/prepare.sql`;
/** The psql script that takes unused login roles out of service (aws). */
export const RETIRE_SQL_PATH = `${KIT_FOLDER}/retire.sql`;
/** The CAs of the region's database servers, in each image that connects to one (aws). */
export const RDS_CA_PATH = `${KIT_FOLDER}/rds-ca.pem`;
/** The CA of `database.ca`. */
export const DATABASE_CA_PATH = '/etc/medusa-infra/database-ca.pem';
