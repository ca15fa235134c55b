// The page: a title, a button, and what is left. The bundler puts the language in.
import { texts } from './texts.ts'
import { clock, countDown } from './timer.ts'

declare const LANGUAGE: string

const { title, start, done } = texts[LANGUAGE]!
const [heading, shown, button] = ['h1', 'output', 'button'].map((name) => document.querySelector<HTMLElement>(name)!)
heading!.textContent = title
button!.textContent = start
button!.onclick = () => countDown(5 * 60, (left) => (shown!.textContent = left > 0 ? clock(left) : done))
