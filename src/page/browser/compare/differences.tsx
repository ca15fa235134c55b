// How the content of one item differs from that of the first: lines, cells of a table, fields of JSON, members of a folder.
import type { ContentDifference } from '../../../inspection/item-difference.ts'
import { plainText } from '../../../base/value.ts'
import { bytes, count } from '../../../report/text/amounts-text.ts'
import { csvCells } from './csv-cells.ts'

const mostRows = 400
/** Lines that are the same around a change. */
const around = 3

export function Difference({ difference, texts }: { difference: ContentDifference; texts: [string?, string?] }) {
  switch (difference.kind) {
    case 'same':
      return <p class="state fresh">The same, byte for byte: {bytes(difference.size)}.</p>
    case 'missing':
      return <p class="faint">One of the two is not cooked.</p>
    case 'size':
      return (
        <p>
          {bytes(difference.one)} and {bytes(difference.other)}, which differ
        </p>
      )
    case 'json':
    case 'folder':
      return <Paths differences={difference.differences} />
    case 'text': {
      const [one, other] = texts.map((text) => csvCells(text ?? ''))
      return one && other ? <Tables one={one} other={other} /> : <Lines changes={difference.changes} />
    }
  }
}

function Paths({ differences }: { differences: Extract<ContentDifference, { kind: 'json' }>['differences'] }) {
  return (
    <table class="points">
      <thead>
        <tr>
          <th scope="col">where</th>
          <th scope="col">first</th>
          <th scope="col">this</th>
        </tr>
      </thead>
      <tbody>
        {differences.slice(0, mostRows).map(({ path, one, other }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td class="out">{one === undefined ? '' : plainText(one)}</td>
            <td class="in">{other === undefined ? '' : plainText(other)}</td>
          </tr>
        ))}
        {differences.length > mostRows && (
          <tr>
            <td colSpan={3} class="faint">
              and {count(differences.length - mostRows)} more
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

function Lines({ changes }: { changes: Extract<ContentDifference, { kind: 'text' }>['changes'] }) {
  const near = new Set(
    changes.flatMap(({ kind }, at) =>
      kind === 'same' ? [] : Array.from({ length: 2 * around + 1 }, (_, step) => at + step - around),
    ),
  )
  const shown = changes.flatMap((change, at) => (near.has(at) ? [{ ...change, at }] : []))
  return (
    <pre class="log" tabIndex={0}>
      {shown.slice(0, mostRows).map(({ kind, line, at }, index) => (
        <span key={at} class={kind}>
          {index > 0 && shown[index - 1]?.at !== at - 1 && '⋯\n'}
          {kind === 'in' ? '+ ' : kind === 'out' ? '− ' : '  '}
          {line}
          {'\n'}
        </span>
      ))}
      {shown.length > mostRows && `and ${count(shown.length - mostRows)} more lines`}
    </pre>
  )
}

/** The second table, with the cells marked that are not those of the first. */
function Tables({ one, other }: { one: string[][]; other: string[][] }) {
  const [head = [], ...rows] = other
  return (
    <div class="table compared" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {head.map((name, at) => (
              <th key={at} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) => {
                const before = one[row + 1]?.[at]
                return (
                  <td
                    key={at}
                    class={before === cell ? '' : 'in'}
                    title={before === cell ? undefined : `first: ${before ?? ''}`}
                  >
                    {cell}
                    {before !== cell && before !== undefined && <span class="out"> {before}</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
