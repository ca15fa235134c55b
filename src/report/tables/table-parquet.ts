// Writes tables as typed Parquet columns for pandas, DuckDB, R and the like.
import { withNumberTexts } from '../../base/content-value.ts'
import { cellOf, type ColumnType, type Table } from '../../tables/table.ts'

const types = { integer: 'INT64', number: 'DOUBLE', flag: 'BOOLEAN', text: 'STRING', json: 'JSON' } as const satisfies {
  [type in ColumnType]: string
}

export async function parquetBytes({ columns, rows }: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer/src/write.js')
  const columnData = columns.map((column) => ({
    name: column.name,
    type: types[column.type],
    nullable: true,
    data: Array.from({ length: rows }, (_, row) =>
      parquetValue(column.type, column.type === 'json' ? withNumberTexts(column.at(row) ?? null) : cellOf(column, row)),
    ),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'chef' }))
}

function parquetValue(type: ColumnType, value: unknown): unknown {
  if (value === undefined || value === null) return undefined
  return type === 'integer' && typeof value === 'number' ? BigInt(value) : value
}
