/** The two ways in which a call into a machine does not return: the machine has stopped for good, or the guest threw. */

/** Why a machine stopped for good. */
export type TrapKind = 'fuel' | 'memory' | 'stack' | 'engine'

export class MachineTrap extends Error {
  readonly kind: TrapKind
  constructor(kind: TrapKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** The guest threw, where no guest code was left to catch it. `pointer` is the thrown value. */
export class GuestThrew extends Error {
  readonly pointer: number
  constructor(pointer: number) {
    super('the guest threw')
    this.pointer = pointer
  }
}
