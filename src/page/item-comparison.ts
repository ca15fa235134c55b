// Puts several items side by side: what is known of each, and how their contents differ from that of the first.
import { compareItems } from '../inspection/item-difference.ts'
import { formerItem } from '../inspection/lineage.ts'
import { findItem } from '../inspection/queries.ts'
import type { KitchenView } from '../inspection/session-views.ts'
import { itemPage } from './item-details.ts'
import type { Reading } from './kitchen-reader.ts'
import type { ComparePage } from './page-protocol.ts'

/** More do not fit beside each other. */
const mostItems = 12

/** Items that are gone are left out. */
export function comparePage(reading: Reading, kitchen: KitchenView, ids: readonly string[]): ComparePage {
  const views = ids.slice(0, mostItems).flatMap((id) => findItem(kitchen, id) ?? formerItem(kitchen, id) ?? [])
  const [first, ...others] = views
  return {
    items: views.flatMap(({ id }) => itemPage(reading, kitchen, id) ?? []),
    differences: first ? others.map((other) => compareItems(kitchen, first, other).content) : [],
  }
}
