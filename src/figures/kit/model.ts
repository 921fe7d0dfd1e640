/** What the furniture of a figure shows and what it can do: handed from the element to the templates. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Inspection } from '../../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './figure-definition.ts'
import type { Since } from './inspector.ts'
import type { PlayerState } from './player.ts'

export type Panel = 'transcript' | 'objects' | 'why'

export interface FigureModel {
  readonly title: string
  readonly definition: FigureDefinition
  readonly state: PlayerState
  /** The value that the reader has predicted; undefined: not yet. */
  readonly predicted: string | undefined
  readonly outcome: Outcome | undefined
  readonly speed: number
  readonly panel: Panel | undefined
  readonly why: readonly Described[]
  readonly inspection: Inspection | undefined
  readonly since: Since
  /** Choice per tweak. */
  readonly tweaks: ReadonlyMap<string, string>
  readonly isBusy: boolean
  /** Why something could not be done. */
  readonly notice: string | undefined
  /** Undefined: there is no link to a moment of this run. */
  readonly linkCopied: boolean | undefined
}

export interface FigureActions {
  predict(value: string): void
  toggle(): void
  step(by: number): void
  goTo(index: number): void
  goToTick(tick: number): void
  setSpeed(speed: number): void
  show(panel: Panel): void
  askWhy(tick: number): void
  inspect(key: string): void
  compare(since: Since): void
  tweak(id: string, value: string): void
  asWritten(): void
  copyLink(): void
}
