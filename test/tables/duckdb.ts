// Another program that opens what chef writes: DuckDB, asked in SQL.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

export async function openDuck(): Promise<{ rows: (sql: string) => Promise<unknown[][]>; close: () => void }> {
  const instance = await DuckDBInstance.create()
  const connection: DuckDBConnection = await instance.connect()
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
