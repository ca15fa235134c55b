// Runs the loop of a warm cook in Node: takes orders from the socket one at a time, and answers each.
import { existsSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { redirect } from './process-state.ts'
import { type Answer, frame, frameReader, type Order, orderIn } from '../warm/worker-messages.ts'

// Kept, because a step may put another function in its place.
const look = existsSync

/** Tells an observer what this process works on from now on. */
function mark({ marks }: Order, kind: 'T' | 'E'): void {
  if (marks) look(`${marks.path}/${kind}/${marks.number}`)
}

/** For a server that is started as `node SERVER.mjs SOCKET TOKEN`. Standard output is the ticket's log. */
export function serve(cook: (order: Order) => Promise<Answer>): void {
  const [address = '', token = ''] = process.argv.slice(2)
  const channel: Socket = connect(address)
  let turn = Promise.resolve()
  channel.on('connect', () => channel.write(frame({ token, pid: process.pid })))
  channel.on(
    'data',
    frameReader((message) => {
      const order = orderIn(message)
      turn = turn.then(async () => {
        mark(order, 'T')
        const answer = redirect(order.log) ? await cook(order) : { again: true }
        mark(order, 'E')
        channel.write(frame(answer))
      })
    }),
  )
  channel.on('close', () => process.exit(0))
}
