// Where one is on the page: view, name and choices, all of it in the address, so that every view can be linked to.
import { useEffect, useState } from 'preact/hooks'

export interface Route {
  view: string
  /** What comes after the view: the name of a shelf, or an item with its slash. */
  name: string
  choices: { [name: string]: string }
}

function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [view = '', ...rest] = path.split('/')
  return {
    view: view || 'recipe',
    name: rest.map(decodeURIComponent).join('/'),
    choices: Object.fromEntries(new URLSearchParams(query)),
  }
}

export function linkTo(view: string, name = '', choices: Route['choices'] = {}): string {
  const given = Object.entries(choices).filter(([, value]) => value !== '')
  const query = given.length > 0 ? `?${new URLSearchParams(given)}` : ''
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

/** A choice within a view replaces the last one: going back leads to the view before. */
export function choose(route: Route, choices: Route['choices']): void {
  location.replace(linkTo(route.view, route.name, { ...route.choices, ...choices }))
}
