/** Links to a moment: `#f09@1234` is tick 1234 of figure F09. */
export function parseMoment(hash: string, figure: string): number | undefined {
  const match = /^#([a-z0-9-]+)@(\d+)$/.exec(hash.toLowerCase())
  return match && match[1] === figure.toLowerCase() ? Number(match[2]) : undefined
}

export const momentLink = (figure: string, tick: number): string => `#${figure.toLowerCase()}@${tick}`
