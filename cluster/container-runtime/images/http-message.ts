/** HTTP between Pods, as it travels in one TCP segment. */

export interface WebRequest {
  readonly method: 'GET'
  readonly path: string
  readonly host: string
}

export interface WebResponse {
  readonly status: number
  readonly body: string
}

export const isWebRequest = (data: unknown): data is WebRequest =>
  typeof data === 'object' && data !== null && 'method' in data && 'path' in data
