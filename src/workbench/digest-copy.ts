/** Copying a digest, and saying for a moment that it was done. */
import type { LitElement } from 'lit'

const SAYING_MS = 2_000

export class DigestCopy {
  readonly #host: LitElement
  isCopied = false

  constructor(host: LitElement) {
    this.#host = host
  }

  /** Does nothing where the browser has no clipboard for us (a page without https). */
  async copy(digest: string): Promise<void> {
    if (!navigator.clipboard) return
    await navigator.clipboard.writeText(digest)
    this.#say(true)
    setTimeout(() => this.#say(false), SAYING_MS)
  }

  #say(isCopied: boolean): void {
    this.isCopied = isCopied
    this.#host.requestUpdate()
  }
}
