/** Your own examples for `lease-leader`: what befalls one copy and its Lease, step by step, and what it must say and leave then. */

/** The Lease after the step before it; name what you are sure of. */
export interface LeaseExpectation {
  /** The copy that is tested is `copy-1`. Empty: nobody. */
  holder?: string
  transitions?: number
  /** Whether the copy has written it in this step. */
  written?: boolean
  /** Whether its acquireTime has become another in this step. */
  acquired?: boolean
}

/** The server answers at once, unless something else is said here. A call that gets no answer throws after a second. */
export interface ServerWeather {
  /** No call arrives. */
  down?: true
  /** Writes never arrive, or they are carried out and their answers get lost. */
  writes?: 'lost' | 'unanswered'
  /** The copy stands still for so long before it hears that a write has succeeded. */
  writesTakeS?: number
  /** This copy takes the Lease just before the first write arrives. */
  outrunBy?: string
}

/** `afterS`: so many seconds after the end of the step before; 2 for a tick, else 0. */
export type ElectionStep = { afterS?: number; expect?: LeaseExpectation } & (
  | ({ tick: 'leading' | 'standby' | 'either' } & ServerWeather)
  | ({ release: true } & ServerWeather)
  /** Another copy writes the Lease: takes it, renews it, or, with an empty name, lets go. Its clock may be ahead of yours. */
  | { other: string; clockAheadS?: number }
)

/** In the beginning there is no Lease, and no tick has been. */
export interface ElectionExample {
  name: string
  steps: readonly ElectionStep[]
}
