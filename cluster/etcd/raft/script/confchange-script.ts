/**
 * Scripts about changes of the configuration: `simple`, `enter-joint [autoleave=true]`, `leave-joint`.
 *
 * Where to read upstream: etcd-io/raft `confchange/datadriven_test.go`.
 */
import { type Changed, enterJoint, leaveJoint, simple } from '../confchange/confchange.ts'
import type { ConfChangeSingle } from '../messages.ts'
import { NO_LIMIT } from '../messages.ts'
import { createTracker, formatConfig, formatProgressMap, type ProgressTracker } from '../tracker/tracker.ts'
import { parseChanges } from './conf-changes.ts'
import { type Block, flag, valueOf } from './datadriven.ts'

export const CONFCHANGE_COMMANDS: ReadonlySet<string> = new Set(['simple', 'enter-joint', 'leave-joint'])

export class ConfchangeScript {
  #tracker: ProgressTracker = createTracker(10, NO_LIMIT)
  /** As many as there were commands: progress shows in which of them it began. */
  #lastIndex = 0

  run(block: Block): string {
    const changes = parseChanges(block.input)
    const changed = typeof changes === 'string' ? changes : this.#change(block, changes)
    this.#lastIndex++
    if (typeof changed === 'string') return `${changed}\n`
    this.#tracker = { ...this.#tracker, ...changed }
    return `${formatConfig(changed.config)}\n${formatProgressMap(changed.progress)}`
  }

  #change({ name, args }: Block, changes: readonly ConfChangeSingle[]): Changed {
    const changer = { tracker: this.#tracker, lastIndex: this.#lastIndex }
    if (name === 'simple') return simple(changer, changes)
    if (name === 'enter-joint') return enterJoint(changer, flag(valueOf(args, 'autoleave') ?? 'false'), changes)
    if (name !== 'leave-joint') return 'unknown command'
    return changes.length > 0 ? 'this command takes no input' : leaveJoint(changer)
  }
}
