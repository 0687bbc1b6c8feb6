/** PostgreSQL's settings that end a session's work after a time, by their keys in `database.limits`. */
export const SESSION_TIMEOUTS = {
  statement: 'statement_timeout',
  lock: 'lock_timeout',
  idleInTransaction: 'idle_in_transaction_session_timeout',
} as const;
