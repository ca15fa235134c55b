// The table `shelf`: one row a step of a kitchen.
import type { Statements } from './statements.ts'

export const shelfSchema =
  'CREATE TABLE shelf(id INTEGER PRIMARY KEY, kitchen TEXT NOT NULL, step TEXT NOT NULL, UNIQUE(kitchen, step));'

export class ShelfTable {
  readonly #id
  readonly #insert
  readonly #steps
  readonly #kitchens
  readonly #dropEmpty

  constructor(on: Statements) {
    this.#id = on.values<[kitchen: string, step: string], number>('SELECT id FROM shelf WHERE kitchen = ? AND step = ?')
    this.#insert = on.command<[kitchen: string, step: string]>('INSERT INTO shelf(kitchen, step) VALUES (?, ?)')
    this.#steps = on.values<[kitchen: string], string>('SELECT step FROM shelf WHERE kitchen = ?')
    this.#kitchens = on.values<[], string>(
      'SELECT kitchen FROM shelf UNION SELECT kitchen FROM look UNION SELECT kitchen FROM link',
    )
    this.#dropEmpty = on.command<[]>('DELETE FROM shelf WHERE id NOT IN (SELECT shelf FROM item)')
  }

  id(kitchen: string, step: string): number | undefined {
    return this.#id.get(kitchen, step)
  }

  add(kitchen: string, step: string): number {
    return this.#insert.run(kitchen, step).id
  }

  steps(kitchen: string): string[] {
    return this.#steps.all(kitchen)
  }

  /** Also those of which only looks or links are left. */
  kitchens(): string[] {
    return this.#kitchens.all()
  }

  dropEmpty(): void {
    this.#dropEmpty.run()
  }
}
