// The properties that every view receives.
import type { Overview } from '../../page-protocol.ts'
import type { Route } from '../route.ts'

export interface ViewProps {
  route: Route
  revision: number
  overview: Overview
}
