// The table `link`: what chef laid out in the project, and what it looked like then.
import type { ContentName } from '../../base/content-name.ts'
import type { Statements } from './statements.ts'

export const linkSchema = `
CREATE TABLE link(kitchen TEXT NOT NULL, path TEXT NOT NULL, result TEXT NOT NULL, content TEXT NOT NULL, stat TEXT NOT NULL,
  PRIMARY KEY(kitchen, path));`

export interface LinkRow {
  path: string
  result: string
  content: ContentName
  stat: string
}

/** The links of one kitchen. */
export class LinkTable {
  readonly #kitchen: string
  readonly #all
  readonly #one
  readonly #nth
  readonly #set
  readonly #drop
  readonly #contents
  readonly #doubt
  readonly #dropKitchen

  constructor(on: Statements, kitchen: string) {
    this.#kitchen = kitchen
    this.#all = on.rows<[kitchen: string], LinkRow>('SELECT path, result, content, stat FROM link WHERE kitchen = ?')
    this.#one = on.rows<[kitchen: string, path: string], LinkRow>(
      'SELECT path, result, content, stat FROM link WHERE kitchen = ? AND path = ?',
    )
    this.#nth = on.values<[kitchen: string, n: number], number>('SELECT 1 FROM link WHERE kitchen = ? LIMIT 1 OFFSET ?')
    this.#set = on.command<[kitchen: string, path: string, result: string, content: string, stat: string]>(
      'INSERT OR REPLACE INTO link(kitchen, path, result, content, stat) VALUES (?, ?, ?, ?, ?)',
    )
    this.#drop = on.command<[kitchen: string, path: string]>('DELETE FROM link WHERE kitchen = ? AND path = ?')
    this.#doubt = on.command<[content: string]>("UPDATE link SET stat = 'unknown or ' || stat WHERE content = ?")
    this.#contents = on.values<[], ContentName>('SELECT content FROM link')
    this.#dropKitchen = on.command<[kitchen: string]>('DELETE FROM link WHERE kitchen = ?')
  }

  all(): LinkRow[] {
    return this.#all.all(this.#kitchen)
  }

  one(path: string): LinkRow | undefined {
    return this.#one.get(this.#kitchen, path)
  }

  hasAtLeast(many: number): boolean {
    return this.#nth.has(this.#kitchen, many - 1)
  }

  set({ path, result, content, stat }: LinkRow): void {
    this.#set.run(this.#kitchen, path, result, content, stat)
  }

  drop(path: string): void {
    this.#drop.run(this.#kitchen, path)
  }

  /** Of all kitchens. */
  contents(): ContentName[] {
    return this.#contents.all()
  }

  /** Marks links to this content, in all kitchens, as possibly damaged, so that they are looked at again. */
  doubt(content: ContentName): void {
    this.#doubt.run(content)
  }

  dropKitchen(kitchen: string): void {
    this.#dropKitchen.run(kitchen)
  }
}
