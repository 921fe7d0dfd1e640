/** A guest again, from its log. This is how a checkpoint of a world holds learner code: by what entered it, not by its memory. */
import type { Engine } from './engine.ts'
import type { Guest } from './guest.ts'
import type { GuestInput, GuestOptions } from './sandbox.ts'

/**
 * The guest that these inputs lead to: same options, same log, same state to the unit of fuel. Console output is not given
 * again. Throws when the module does not start, which a guest whose log this is cannot have done.
 */
export function replay(engine: Engine, options: GuestOptions, inputs: readonly GuestInput[]): Guest {
  const started = engine.start(options)
  if (!started.ok) throw new Error(`this log belongs to another module: ${started.message}`)
  for (const input of inputs) started.guest.enterLogged(input)
  started.guest.takeConsole()
  return started.guest
}
