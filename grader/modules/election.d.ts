/** What `lease-leader` hands over and wants back: several copies of a program, of which one leads. After client-go `tools/leaderelection`. */
import type { Lease } from 'clusterwright/api'

/**
 * The one Lease, at the API server. Each call takes time, at most a second: then it throws. What is thrown has a `code`: 409
 * where somebody else was faster, 0 where no answer came, which may or may not have been carried out.
 */
export interface LeaseApi {
  /** Undefined where there is none yet. */
  get(): Promise<Lease | undefined>
  create(lease: Lease): Promise<Lease>
  /** Refused unless its `metadata.resourceVersion` is the newest. */
  update(lease: Lease): Promise<Lease>
}

export interface ElectionContext {
  /** Milliseconds by this machine’s clock. Other machines have other clocks. */
  now(): number
  /** Who this copy is. */
  readonly identity: string
}

/** Made anew when the copy starts. Calls never overlap, but the copy may stand still for long at any `await`. */
export interface Elector {
  /** Called 2 s after the call before has ended. The word is good until the next one begins. */
  tick(api: LeaseApi, ctx: ElectionContext): Promise<'leading' | 'standby'>
  /** The copy stops for good. */
  release(api: LeaseApi, ctx: ElectionContext): Promise<void>
}
