/** The shape of a mutating admission plugin: pure, and about one object. */
import type { RequestInfo } from '../route.ts'

export interface AdmissionPlugin {
  readonly name: string
  readonly admits: (info: RequestInfo) => boolean
  /** Returns the same object where it has nothing to change. */
  readonly mutate: (object: any) => any
}
