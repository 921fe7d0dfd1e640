/** Monaco's own worker: differences, links and word completion, off the page's thread. */
import 'monaco-editor/editor/editor.worker.js'
