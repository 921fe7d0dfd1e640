/**
 * Two components in one process: a program, and a server that it has within itself.
 *
 * What the program opens to its own process reaches the server at once, and so does the answer come back: no message of the
 * world's lies between them, for between two parts of one program there is no network. They start and end together.
 * The server answers; it has no timers, no disk and no streams of its own.
 */
import type { Component, Context, Effect, Event } from './component.ts'

export interface OneProcess<Program = any, Server = any> {
  readonly program: Program
  readonly server: Server
}

/** Questions and answers within one step; more is a loop that does not end. */
const WITHIN_MAX = 10_000

type Open = Extract<Effect, { type: 'open' }>

/** @param name of the component that the two become; its options are the program's */
export function inOneProcess<Options>(
  name: string,
  program: Component<any, Options>,
  server: Component,
): Component<OneProcess, Options> {
  return {
    name,
    init: (options) => ({ program: program.init(options), server: server.init({}) }),
    step(state, event, ctx) {
      const effects = program.step(state.program, event, ctx)
      if (!effects.some((effect) => isWithin(effect, ctx))) return effects
      const left: Effect[] = []
      const asked: Open[] = []
      sort(effects, left, asked, ctx)
      for (let i = 0; i < asked.length; i++) {
        if (i >= WITHIN_MAX) throw new Error(`${ctx.self} asked itself ${i} times in one step: something loops`)
        const { stream, body } = asked[i]!
        for (const said of server.step(state.server, { type: 'opened', stream, from: ctx.self, body }, ctx))
          sort(program.step(state.program, heard(said, ctx), ctx), left, asked, ctx)
      }
      return left
    },
  }
}

const isWithin = (effect: Effect, { self }: Context): effect is Open => effect.type === 'open' && effect.to === self

function sort(effects: readonly Effect[], left: Effect[], asked: Open[], ctx: Context): void {
  for (const effect of effects) (isWithin(effect, ctx) ? asked : left).push(effect)
}

/** What the server says, as the program hears it. */
function heard(effect: Effect, { self }: Context): Event {
  switch (effect.type) {
    case 'write':
      return { type: 'data', stream: effect.stream, body: effect.body }
    case 'close': {
      const { stream, body } = effect
      return { type: 'closed', stream, reason: 'done', ...(body && { body }) }
    }
    default:
      throw new Error(`${self}: a server within a program answers, and does nothing else; it returned "${effect.type}"`)
  }
}
