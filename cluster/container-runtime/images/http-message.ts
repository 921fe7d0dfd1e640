/** HTTP between Pods, as it travels in one TCP segment. */

export interface WebRequest {
  readonly method: string
  readonly path: string
  readonly host: string
  /** What is sent along, as text or as the object that it stands for; undefined: nothing is. */
  readonly body?: unknown
}

export interface WebResponse {
  readonly status: number
  readonly body: string
}

export const isWebRequest = (data: unknown): data is WebRequest =>
  typeof data === 'object' && data !== null && 'method' in data && 'path' in data
