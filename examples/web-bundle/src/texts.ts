// What the page says, in every language that it knows.
export interface Texts {
  title: string
  start: string
  done: string
}

export const texts: { [language: string]: Texts } = {
  en: { title: 'Egg timer', start: 'Start', done: 'Done!' },
  de: { title: 'Eieruhr', start: 'Los', done: 'Fertig!' },
}
