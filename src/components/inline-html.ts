/** Plain text with `code` in backticks and *stress* in asterisks, as HTML that is safe to set. */
import { piecesOf } from '../course/code-breaks.ts'

export function inlineHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // Split at code first: what stands in backticks is taken as it is.
  return escaped
    .split(/(`[^`]+`)/)
    .map((piece) =>
      piece.startsWith('`') && piece.length > 2
        ? `<code>${piecesOf(piece.slice(1, -1)).join('<wbr>')}</code>`
        : piece.replace(/\*(\S(?:[^*]*\S)?)\*/g, '<em>$1</em>'),
    )
    .join('')
}
