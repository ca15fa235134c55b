// The location on the page: view, name and choices. All of it is in the address, so every view can be linked to.
import { useEffect, useState } from 'preact/hooks'

export interface Route {
  view: string
  /** The path after the view: the name of a shelf, or an item with its slash. */
  name: string
  choices: { [name: string]: string }
}

function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [view = '', ...rest] = path.split('/')
  return {
    view: view || 'now',
    name: rest.map(decodeURIComponent).join('/'),
    choices: Object.fromEntries(new URLSearchParams(query)),
  }
}

export function linkTo(view: string, name = '', choices: Route['choices'] = {}): string {
  const set = Object.entries(choices).filter(([, value]) => value !== '')
  const query = set.length > 0 ? `?${new URLSearchParams(set)}` : ''
  const path = name === '' ? '' : `/${name.split('/').map(encodeURIComponent).join('/')}`
  return `#/${view}${path}${query}`
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash))
  useEffect(() => {
    const follow = (): void => setRoute(readRoute(location.hash))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return route
}

/** Replaces the address, so that going back leads to the view before and not through every choice. */
export function choose(route: Route, choices: Route['choices']): void {
  location.replace(linkTo(route.view, route.name, { ...route.choices, ...choices }))
}
