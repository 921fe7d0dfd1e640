/**
 * The timers of one process: for each key the seq of the one that counts.
 *
 * A process has a handful, and each of them is set, looked up and deleted time and again. For that a short list is best: a Map
 * lays itself out anew after every few keys that come and go. Only the few processes that have many timers get one.
 */

const LISTED_MAX = 16

export class Timers {
  #keys: string[] = []
  #seqs: number[] = []
  /** Instead of the lists, once they would be long. */
  #many: Map<string, number> | undefined

  set(key: string, seq: number): void {
    if (this.#many) {
      this.#many.set(key, seq)
      return
    }
    const at = this.#keys.indexOf(key)
    if (at >= 0) this.#seqs[at] = seq
    else if (this.#keys.length < LISTED_MAX) {
      this.#keys.push(key)
      this.#seqs.push(seq)
    } else {
      this.#many = new Map(this.#keys.map((other, i) => [other, this.#seqs[i]!]))
      this.#many.set(key, seq)
      this.#keys = []
      this.#seqs = []
    }
  }

  delete(key: string): void {
    if (this.#many) this.#many.delete(key)
    else this.#remove(this.#keys.indexOf(key))
  }

  /** Whether this very timer still counts; if so, it does no more. */
  take(key: string, seq: number): boolean {
    if (this.#many) return this.#many.get(key) === seq && this.#many.delete(key)
    const at = this.#keys.indexOf(key)
    if (at < 0 || this.#seqs[at] !== seq) return false
    this.#remove(at)
    return true
  }

  fork(): Timers {
    const twin = new Timers()
    twin.#keys = this.#keys.slice()
    twin.#seqs = this.#seqs.slice()
    twin.#many = this.#many && new Map(this.#many)
    return twin
  }

  /** Their order says nothing, so the last one takes its place. */
  #remove(at: number): void {
    if (at < 0) return
    const key = this.#keys.pop()!
    const seq = this.#seqs.pop()!
    if (at === this.#keys.length) return
    this.#keys[at] = key
    this.#seqs[at] = seq
  }
}
