/**
 * Runs a script of any of the three kinds and compares what came out with what it expects.
 */
import { CONFCHANGE_COMMANDS, ConfchangeScript } from './confchange-script.ts'
import { type Block, parseScript, renderScript } from './datadriven.ts'
import { InteractionScript } from './interaction-script.ts'
import { QUORUM_COMMANDS, runQuorumBlock } from './quorum-script.ts'

export interface BlockResult {
  readonly block: Block
  readonly actual: string
  readonly passed: boolean
}

/** By its first command: they share none. */
function runnerFor(blocks: readonly Block[]): (block: Block) => string {
  const name = blocks[0]?.name ?? ''
  if (QUORUM_COMMANDS.has(name)) return runQuorumBlock
  const script = CONFCHANGE_COMMANDS.has(name) ? new ConfchangeScript() : new InteractionScript()
  return (block) => script.run(block)
}

/** Runs all blocks in order. Where one throws, that is what came out of it, and nothing comes out of the rest. */
export function runScript(text: string): readonly BlockResult[] {
  const blocks = parseScript(text)
  const run = runnerFor(blocks)
  let broken: string | undefined
  return blocks.map((block) => {
    let actual = `not run, since an earlier block broke off (${broken})\n`
    if (broken === undefined) {
      try {
        actual = run(block)
      } catch (error) {
        broken = (error as Error).message
        actual = `panic: ${broken}\n`
      }
    }
    if (actual !== '' && !actual.endsWith('\n')) actual += '\n'
    return { block, actual, passed: actual === block.expected }
  })
}

/** The script with what came out in the place of what it expects. */
export function rewriteScript(text: string): string {
  const results = runScript(text)
  return renderScript(
    text,
    results.map(({ block }) => block),
    results.map(({ actual }) => actual),
  )
}
