/** The style sheets of a decision: one for each part of the view, then what the width changes in them. */
import { unsafeCSS } from 'lit'
import frame from '../figures/kit/frame.css?inline'
import change from './change-view.css?inline'
import decision from './decision.css?inline'
import widths from './decision-widths.css?inline'
import map from './map-view.css?inline'
import node from './node-view.css?inline'
import table from './table-view.css?inline'

export const decisionStyles = [frame, decision, map, table, node, change, widths].map(unsafeCSS)
