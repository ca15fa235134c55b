// Buttons that build, each with the command that does the same on a terminal.
import type { ComponentChildren } from 'preact'
import { type BuildWish, buildWords } from '../build-words.ts'
import { tell, useConnection } from './connection.ts'

export function Doing({
  wish,
  children,
  isMain = false,
}: {
  wish: Partial<BuildWish>
  children: ComponentChildren
  isMain?: boolean
}) {
  const { live, state } = useConnection()
  const whole: BuildWish = { targets: [], narrow: [], force: false, keepGoing: true, ...wish }
  const busy = live.builder !== undefined
  return (
    <span class="doing">
      <button
        type="button"
        class={isMain ? 'build' : ''}
        disabled={busy || state !== 'joined'}
        title={busy ? 'a build is under way already' : undefined}
        onClick={() => tell({ type: 'build', ...whole })}
      >
        {children}
      </button>
      <code>{buildWords(whole)}</code>
    </span>
  )
}
