/** How much is asked of a program: the `burn` in a Pod uses so much memory and CPU from now on. */
import { milli } from '#cluster/api/quantity.ts'
import type { Load } from '#cluster/container-runtime/images/small.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { World } from '#cluster/kernel/world.ts'
import { containerProcess } from './look.ts'

/** `POD memory=500Mi cpu=250m` → what the program in the Pod of that name, or that begins so, is told. */
export function loadCommand(world: World, [pod = '', ...amounts]: readonly string[]): Command {
  const body: { -readonly [K in keyof Load]: Load[K] } = { type: 'load' }
  for (const amount of amounts) {
    const [name, text] = amount.split('=')
    if (name === 'memory') body.memory = milli(text) / 1_000
    else if (name === 'cpu') body.cpu = milli(text)
    else throw new Error(`"${amount}" is neither memory=… nor cpu=…`)
  }
  return { type: 'tell', process: containerProcess(world, pod), body }
}
