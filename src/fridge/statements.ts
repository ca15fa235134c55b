// Statements of a database, each prepared once, by their text.
import type { Database, Statement } from 'better-sqlite3'

/** Raw mode and pluck are set by the caller, and are the same for one text always. */
export function statementsOf(database: Database): (text: string) => Statement {
  const prepared = new Map<string, Statement>()
  return (text) => {
    let statement = prepared.get(text)
    if (statement === undefined) {
      statement = database.prepare(text)
      prepared.set(text, statement)
    }
    return statement
  }
}
