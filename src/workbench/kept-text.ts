/** Small texts kept in the browser beside the learner's records; in memory where the browser refuses. */
const prefix = 'clusterwright/'
const memory = new Map<string, string>()

export function readKept(name: string): string | null {
  try {
    return memory.get(name) ?? localStorage.getItem(prefix + name)
  } catch {
    return memory.get(name) ?? null
  }
}

export function writeKept(name: string, text: string): void {
  try {
    localStorage.setItem(prefix + name, text)
    memory.delete(name)
  } catch {
    memory.set(name, text)
  }
}
