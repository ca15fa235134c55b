// Names the pours of a plan whose pieces are not known before a build, with how many there were last time.
import type { UnknownPour } from '../../report/commands/plan-report.ts'
import { requireSession } from '../../session/open-session.ts'
import type { Session } from '../../session/session.ts'

export async function unknownPours({ growth, request }: Session): Promise<UnknownPour[]> {
  const names = growth.unknown()
  if (names.length === 0) return []
  const last = await requireSession({ ...request, assumeLast: true, emit: () => undefined })
  try {
    return names.map((name) => ({ name, last: piecesOn(last, name) }))
  } finally {
    last.close()
  }
}

function piecesOn({ plan }: Session, name: string): number {
  const { items = [], poured } = plan.poured.get(name) ?? {}
  return [...(poured?.places.array ?? [])].filter((place) => place < items.length).length
}
